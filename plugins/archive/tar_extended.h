/* SPDX-License-Identifier: MIT */
/* What stands in front of a tar member about it: pax records and GNU's long names. POSIX.1-2017, pax, "pax Interchange Format";
 * GNU tar manual, "Extensions to tar Archive Format" and appendix D. */
#ifndef PLUGINS_ARCHIVE_TAR_EXTENDED_H
#define PLUGINS_ARCHIVE_TAR_EXTENDED_H

#include "tar_block.h"
#include <stdlib.h>

enum { TAR_EXTENDED_MAX = 1 << 20 };
enum { TAR_PATH, TAR_LINKPATH, TAR_UNAME, TAR_GNAME, TAR_SPARSE_NAME, TAR_ACL, TAR_TEXTS };
enum { TAR_SIZE, TAR_REAL_SIZE, TAR_MODE, TAR_UID, TAR_GID, TAR_DEVMAJOR, TAR_DEVMINOR, TAR_NUMBERS };
enum { TAR_MTIME, TAR_ATIME, TAR_CTIME, TAR_TIMES };
enum { TAR_TEXT, TAR_NUMBER, TAR_TIME };

/* What a header or records say. A text without data, a number without its bit, a time of precision 0: not said. */
struct tar_facts {
    struct adit_text texts[TAR_TEXTS];
    int64_t numbers[TAR_NUMBERS];
    uint32_t has; /* bit n: numbers[n] */
    struct adit_time times[TAR_TIMES];
};

static inline bool tar_has(const struct tar_facts *f, unsigned number)
{
    return f->has >> number & 1;
}

struct tar_extended {
    struct tar_facts says;
    struct adit_text rest; /* all the records; those without a field of their own are told as they are */
    char *loaded[4];       /* what the slices above point into */
    size_t loaded_count;
};

/* "pax Extended Header Keywords"; real sizes of sparse files, appendix D. */
static const struct tar_keyword {
    const char *keyword;
    uint8_t kind, slot;
} tar_keywords[] = {
    {"path", TAR_TEXT, TAR_PATH},
    {"GNU.sparse.name", TAR_TEXT, TAR_SPARSE_NAME},
    {"linkpath", TAR_TEXT, TAR_LINKPATH},
    {"uname", TAR_TEXT, TAR_UNAME},
    {"gname", TAR_TEXT, TAR_GNAME},
    {"size", TAR_NUMBER, TAR_SIZE},
    {"uid", TAR_NUMBER, TAR_UID},
    {"gid", TAR_NUMBER, TAR_GID},
    {"mtime", TAR_TIME, TAR_MTIME},
    {"atime", TAR_TIME, TAR_ATIME},
    {"ctime", TAR_TIME, TAR_CTIME},
    {"GNU.sparse.size", TAR_NUMBER, TAR_REAL_SIZE},
    {"GNU.sparse.realsize", TAR_NUMBER, TAR_REAL_SIZE},
};

static inline void tar_extended_clear(struct tar_extended *e)
{
    for (size_t i = 0; i < e->loaded_count; i++)
        free(e->loaded[i]);
    memset(e, 0, sizeof *e);
}

/* The data of an extended header, kept until tar_extended_clear. More of them than there is room for begin anew: no
 * writer makes so many for one member. */
static inline bool tar_load(const struct adit_call *job, struct tar_extended *e, uint64_t at, size_t n,
                            struct adit_text *out)
{
    if (e->loaded_count == sizeof e->loaded / sizeof *e->loaded)
        tar_extended_clear(e);
    char *data = (char *)malloc(n + 1);
    if (!data)
        return false;
    e->loaded[e->loaded_count++] = data;
    *out = adit_text_of(data, n);
    return adit_read(job, ADIT_SOURCE_MAIN, at, data, n) == (int64_t)n;
}

/* "LENGTH KEYWORD=VALUE\n", LENGTH counting all of it. Takes one record off the front. */
static inline bool tar_next_record(struct adit_text *text, struct adit_text *keyword, struct adit_text *value)
{
    size_t length = 0, i = 0;
    for (; i < text->size && i < 8 && text->data[i] >= '0' && text->data[i] <= '9'; i++)
        length = length * 10 + (size_t)(text->data[i] - '0');
    if (i == 0 || i >= text->size || text->data[i] != ' ' || length > text->size || length < i + 3 ||
        text->data[length - 1] != '\n')
        return false;
    i++;
    const char *equals = (const char *)memchr(text->data + i, '=', length - 1 - i);
    if (!equals)
        return false;
    size_t at = (size_t)(equals - text->data);
    *keyword = adit_text_of(text->data + i, at - i);
    *value = adit_text_of(equals + 1, length - 1 - (at + 1));
    *text = adit_text_of(text->data + length, text->size - length);
    return true;
}

static inline bool tar_decimal(struct adit_text text, int64_t *out)
{
    int64_t value = 0;
    bool negative = text.size > 0 && text.data[0] == '-';
    for (size_t i = negative; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i > 17)
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = negative ? -value : value;
    return text.size > negative;
}

/* Seconds since 1970 with a decimal fraction; those before count down: -1.5 is 1.5 s before. */
static inline struct adit_time tar_decimal_time(struct adit_text text)
{
    static const uint8_t precisions[] = {ADIT_TIME_SECOND, ADIT_TIME_MILLISECOND, ADIT_TIME_MICROSECOND,
                                         ADIT_TIME_NANOSECOND};
    struct adit_time none = {0};
    const char *dot = (const char *)memchr(text.data, '.', text.size);
    struct adit_text whole = adit_text_of(text.data, dot ? (size_t)(dot - text.data) : text.size);
    int64_t seconds, nanosecond = 0;
    size_t digits = dot ? text.size - whole.size - 1 : 0;
    if (!tar_decimal(whole, &seconds) || tar_seconds(seconds).precision == 0)
        return none;
    for (size_t i = 0; i < 9; i++) {
        char c = i < digits ? dot[1 + i] : '0';
        if (c < '0' || c > '9')
            return none;
        nanosecond = nanosecond * 10 + (c - '0');
    }
    if (text.data[0] == '-' && nanosecond > 0) {
        seconds--;
        nanosecond = 1000000000 - nanosecond;
    }
    return adit_time_from_unix(seconds, (uint32_t)nanosecond, precisions[digits > 6 ? 3 : (digits + 2) / 3]);
}

/* One record into the fact that it is. False: it is none of those. */
static inline bool tar_take_record(struct tar_facts *f, struct adit_text keyword, struct adit_text value)
{
    for (size_t i = 0; i < sizeof tar_keywords / sizeof *tar_keywords; i++) {
        const struct tar_keyword *k = &tar_keywords[i];
        if (!adit_text_is(keyword, k->keyword))
            continue;
        if (k->kind == TAR_TEXT)
            f->texts[k->slot] = value;
        else if (k->kind == TAR_TIME)
            f->times[k->slot] = tar_decimal_time(value);
        else
            f->has = (f->has & ~(1u << k->slot)) | (uint32_t)tar_decimal(value, &f->numbers[k->slot]) << k->slot;
        return true;
    }
    return false;
}

/* Solaris, sys/acl and struct sec_attr of tar.h: a type, six octal digits, NUL, the entries with commas between. False: not so. */
static inline bool tar_take_acl(struct tar_facts *f, struct adit_text data)
{
    uint64_t count;
    if (data.size < 8 || data.data[7] != '\0' || !adit_octal(adit_text_of(data.data + 1, 6), &count))
        return false;
    f->texts[TAR_ACL] = adit_text_until_nul(adit_text_of(data.data + 8, data.size - 8));
    return true;
}

static inline bool tar_parse_records(struct tar_extended *e, struct adit_text data)
{
    struct adit_text text = data, keyword, value;
    while (text.size > 0 && text.data[0] != '\0') {
        if (!tar_next_record(&text, &keyword, &value))
            return false;
        if (!tar_take_record(&e->says, keyword, value))
            e->rest = data;
    }
    return true;
}

enum tar_taken { TAR_TAKEN, TAR_WRONG, TAR_LOST }; /* lost: where the next header is cannot be known */

/* The data of an extended header, behind it. */
static inline enum tar_taken tar_read_extended(struct adit_report *report, struct tar_extended *e,
                                               const struct tar_header *h)
{
    char type = h->block[TAR_TYPE];
    uint64_t at = h->offset + TAR_BLOCK;
    struct adit_text data;
    bool good = true;
    if (h->size < 0 || h->size > TAR_EXTENDED_MAX || !tar_load(report->job, e, at, (size_t)h->size, &data)) {
        adit_complain(report, "extended header at offset %llu: its %lld bytes are not there, or more than %d",
                      ADIT_LLU(h->offset), (long long)h->size, TAR_EXTENDED_MAX);
        return TAR_LOST;
    }
    if (type == 'L')
        e->says.texts[TAR_PATH] = adit_text_until_nul(data);
    else if (type == 'K')
        e->says.texts[TAR_LINKPATH] = adit_text_until_nul(data);
    else
        good = type == 'A' ? tar_take_acl(&e->says, data) : tar_parse_records(e, data);
    if (!good)
        adit_complain(report, "%s at offset %llu: expected %s, found something else",
                      type == 'A' ? "access control list" : "pax records", ADIT_LLU(at),
                      type == 'A' ? "seven digits, NUL and its entries" : "\"LENGTH KEYWORD=VALUE\"");
    return good ? TAR_TAKEN : TAR_WRONG;
}

/* The records that are no facts, as pax[] of {keyword, value}. */
static inline void tar_emit_rest(const struct adit_call *job, const struct tar_extended *e)
{
    struct tar_facts ignored = {0};
    struct adit_text text = e->rest, keyword, value;
    if (text.size == 0)
        return;
    adit_begin_list(job, "pax");
    while (text.size > 0 && tar_next_record(&text, &keyword, &value)) {
        if (tar_take_record(&ignored, keyword, value))
            continue;
        adit_begin_object(job, "");
        adit_emit_text(job, "keyword", keyword);
        adit_emit_text(job, "value", value);
        adit_end(job);
    }
    adit_end(job);
}

#endif
