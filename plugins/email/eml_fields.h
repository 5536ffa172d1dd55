/* SPDX-License-Identifier: MIT */
/* The header fields of a message: RFC 5322 3.6, RFC 5321 4.4 (Received), RFC 6376 3.5 (DKIM-Signature). Those that have a form of
 * their own are emitted in it, the others as text in header[]. */
#ifndef PLUGINS_EMAIL_EML_FIELDS_H
#define PLUGINS_EMAIL_EML_FIELDS_H

#include <adit/adit.h>
#include <adit/header.h>
#include <adit/transfer.h>
#include <string.h>

enum { MAX_PARTS = 10000 };
#define LL(x) ((unsigned long long)(x))

struct eml {
    const struct adit_call *job;
    int32_t status;
    uint64_t fields, attachments;
    unsigned count; /* parts */
    uint32_t seen;  /* of known[], those that stand once */
    char room[64 * 1024], text[32 * 1024];
};

enum field_form { FORM_TEXT, FORM_DATE, FORM_ADDRESSES, FORM_IDS, FORM_WORDS, FORM_RECEIVED, FORM_DKIM };

static const struct known {
    const char *name;
    enum field_form form;
    const char *field;
    bool once;
} known[] = {
    {"Date", FORM_DATE, "date", true},
    {"From", FORM_ADDRESSES, "from", false},
    {"Sender", FORM_ADDRESSES, "sender", false},
    {"Reply-To", FORM_ADDRESSES, "reply_to", false},
    {"To", FORM_ADDRESSES, "to", false},
    {"Cc", FORM_ADDRESSES, "cc", false},
    {"Bcc", FORM_ADDRESSES, "bcc", false},
    {"Message-ID", FORM_IDS, "message_id", false},
    {"In-Reply-To", FORM_IDS, "in_reply_to", false},
    {"References", FORM_IDS, "references", false},
    {"Subject", FORM_TEXT, "subject", true},
    {"Comments", FORM_TEXT, "comments", false},
    {"Keywords", FORM_WORDS, "keywords", false},
    {"Return-Path", FORM_ADDRESSES, "return_path", false},
    {"Received", FORM_RECEIVED, "received", false},
    {"DKIM-Signature", FORM_DKIM, "dkim_signatures", false},
    {"MIME-Version", FORM_TEXT, "mime_version", true},
    {"User-Agent", FORM_TEXT, "user_agent", true},
    {"X-Mailer", FORM_TEXT, "x_mailer", true},
};

static inline struct adit_text decoded(struct eml *m, struct adit_text value)
{
    size_t n = adit_header_decode(value, m->text, sizeof m->text);
    return adit_text_of(m->text, n < sizeof m->text ? n : sizeof m->text);
}

static inline void emit_other(struct eml *m, const struct adit_headers *h)
{
    (void)adit_begin_object(m->job, "header");
    (void)adit_emit_text(m->job, "name", h->name);
    (void)adit_emit_text(m->job, "value", decoded(m, h->value));
    (void)adit_end(m->job);
}

/* RFC 5322 3.2.4: in quoted strings, and so in names, a backslash stands before a character that is meant as it is. */
static inline struct adit_text unescaped(struct eml *m, struct adit_text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++)
        m->text[n++] = text.data[i] == '\\' && i + 1 < text.size ? text.data[++i] : text.data[i];
    return adit_text_of(m->text, n);
}

static inline void emit_addresses(struct eml *m, const char *field, struct adit_text value)
{
    struct adit_address a;
    memset(&a, 0, sizeof a);
    a.rest = value;
    while (adit_next_address(&a)) {
        (void)adit_begin_object(m->job, field);
        if (a.group.size > 0)
            (void)adit_emit_text(m->job, "group", decoded(m, a.group));
        if (a.name.size > 0)
            (void)adit_emit_text(m->job, "name", unescaped(m, decoded(m, a.name)));
        (void)adit_emit_text(m->job, "address", a.address);
        (void)adit_end(m->job);
    }
}

/* 3.6.4: identifiers in angle brackets; text between them is obsolete and passed over, unless there is nothing else. */
static inline void emit_ids(struct eml *m, const char *field, struct adit_text value)
{
    const char *at = value.data, *end = value.data + value.size;
    bool any = false;
    while (at < end && (at = (const char *)memchr(at, '<', (size_t)(end - at)))) {
        const char *close = (const char *)memchr(at, '>', (size_t)(end - at));
        if (!close)
            break;
        (void)adit_emit_text(m->job, field, adit_text_of(at + 1, (size_t)(close - at - 1)));
        at = close + 1;
        any = true;
    }
    if (!any && value.size > 0)
        (void)adit_emit_text(m->job, field, value);
}

static inline void emit_words(struct eml *m, const char *field, struct adit_text value)
{
    struct adit_text all = decoded(m, value), word;
    while (all.size > 0) {
        struct adit_text rest;
        (void)adit_text_split(all, ',', &word, &rest);
        if (word.size > 0)
            (void)adit_emit_text(m->job, field, word);
        all = rest;
    }
}

/* The end of a word of Received: comments belong to the clause in which they stand. */
static inline size_t received_word(struct adit_text t, size_t i)
{
    int depth = 0;
    for (; i < t.size && (depth > 0 || (t.data[i] != ' ' && t.data[i] != '\t')); i++)
        depth += t.data[i] == '(' ? 1 : t.data[i] == ')' && depth > 0 ? -1 : 0;
    return i;
}

static inline void emit_clause(struct eml *m, const char *clause, struct adit_text text)
{
    text = adit_text_trim(text);
    if (clause && text.size > 0)
        (void)adit_emit_text(m->job, clause, text);
}

/* RFC 5321 4.4: "from … by … via … with … id … for …; date". Each clause once, in that order or another. */
static inline void emit_received(struct eml *m, struct adit_text value)
{
    static const char *const clauses[] = {"from", "by", "via", "with", "id", "for"};
    struct adit_time date;
    size_t stop = value.size, begin = 0, next;
    while (stop > 0 && value.data[stop - 1] != ';')
        stop--;
    bool dated = stop > 0 && adit_time_parse_mail(adit_text_of(value.data + stop, value.size - stop), &date);
    struct adit_text t = adit_text_of(value.data, stop > 0 ? stop - 1 : value.size);
    const char *clause = NULL;
    unsigned used = 0;
    (void)adit_begin_object(m->job, "received");
    for (size_t i = 0; i < t.size; i = next) {
        next = received_word(t, i);
        for (unsigned k = 0; k < 6; k++)
            if (!(used & 1u << k) && adit_text_equals_ignoring_case(adit_text_of(t.data + i, next - i), clauses[k])) {
                emit_clause(m, clause, adit_text_of(t.data + begin, i - begin));
                clause = clauses[k];
                begin = next;
                used |= 1u << k;
            }
        next += next < t.size;
    }
    emit_clause(m, clause, adit_text_of(t.data + begin, t.size - begin));
    if (dated)
        (void)adit_emit_time(m->job, "date", date);
    (void)adit_end(m->job);
}

/* RFC 6376 3.2: tag=value; the hashes and the signature itself say nothing to a reader. */
static inline void emit_dkim(struct eml *m, struct adit_text value)
{
    static const struct {
        char tag[2];
        const char *field;
    } tags[] = {{"v", "version"},  {"a", "algorithm"}, {"d", "domain"},
                {"s", "selector"}, {"i", "identity"},  {"h", "fields"}};
    (void)adit_begin_object(m->job, "dkim_signatures");
    while (value.size > 0) {
        struct adit_text item, rest, key, content;
        (void)adit_text_split(value, ';', &item, &rest);
        bool found = adit_text_split(item, '=', &key, &content);
        for (size_t i = 0; found && i < sizeof tags / sizeof *tags; i++)
            if (adit_text_is(key, tags[i].tag))
                (void)adit_emit_text(m->job, tags[i].field, content);
        value = rest;
    }
    (void)adit_end(m->job);
}

static inline void emit_field(struct eml *m, const struct adit_headers *h)
{
    struct adit_time date;
    size_t i = 0;
    while (i < sizeof known / sizeof *known && !adit_text_equals_ignoring_case(h->name, known[i].name))
        i++;
    const struct known *k = i < sizeof known / sizeof *known ? &known[i] : NULL;
    bool again = k && k->once && m->seen & 1u << i;
    if (!k || again || (k->form == FORM_DATE && !adit_time_parse_mail(h->value, &date))) {
        if (!(h->name.size > 8 && adit_text_equals_ignoring_case(adit_text_of(h->name.data, 8), "Content-")))
            emit_other(m, h);
        return;
    }
    m->seen |= 1u << i;
    switch (k->form) {
    case FORM_TEXT:
        (void)adit_emit_text(m->job, k->field, decoded(m, h->value));
        return;
    case FORM_DATE:
        (void)adit_emit_time(m->job, k->field, date);
        return;
    case FORM_ADDRESSES:
        emit_addresses(m, k->field, h->value);
        return;
    case FORM_IDS:
        emit_ids(m, k->field, h->value);
        return;
    case FORM_WORDS:
        emit_words(m, k->field, h->value);
        return;
    case FORM_RECEIVED:
        emit_received(m, h->value);
        return;
    case FORM_DKIM:
        emit_dkim(m, h->value);
        return;
    }
}

#endif
