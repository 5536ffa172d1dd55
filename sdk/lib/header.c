/* SPDX-License-Identifier: MIT */
#include <adit/charset.h>
#include <adit/header.h>
#include <adit/hex.h>
#include <adit/transfer.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 1024 };

bool adit_text_equals_ignoring_case(struct adit_text text, const char *string)
{
    size_t i = 0;
    for (; i < text.size && string[i]; i++) {
        char a = text.data[i], b = string[i];
        a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
        if (a != b)
            return false;
    }
    return i == text.size && string[i] == '\0';
}

struct adit_text adit_text_trim(struct adit_text text)
{
    while (text.size > 0 && (text.data[0] == ' ' || (text.data[0] >= '\t' && text.data[0] <= '\r'))) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 &&
           (text.data[text.size - 1] == ' ' || (text.data[text.size - 1] >= '\t' && text.data[text.size - 1] <= '\r')))
        text.size--;
    return text;
}

bool adit_text_split(struct adit_text line, char mark, struct adit_text *key, struct adit_text *value)
{
    const char *at = line.size > 0 ? (const char *)__builtin_memchr(line.data, mark, line.size) : NULL;
    size_t n = at ? (size_t)(at - line.data) : line.size;
    *key = adit_text_trim(adit_text_of(line.data, n));
    *value = at ? adit_text_trim(adit_text_of(at + 1, line.size - n - 1)) : adit_text_of(NULL, 0);
    return at != NULL;
}

/* RFC 5322 2.2: printable ASCII but ":", and blanks before the colon as 4.5.8 allows. 0: it is no field. */
static size_t name_size(struct adit_text line)
{
    size_t n = 0;
    while (n < line.size && line.data[n] > ' ' && line.data[n] < 0x7f && line.data[n] != ':')
        n++;
    size_t colon = n;
    while (colon < line.size && (line.data[colon] == ' ' || line.data[colon] == '\t'))
        colon++;
    return colon < line.size && line.data[colon] == ':' ? n : 0;
}

static void end_at_lines(struct adit_headers *h)
{
    uint64_t at = h->lines.next - (h->lines.filled - h->lines.at),
             size = adit_source_size(h->lines.job, h->lines.source);
    h->ended = true;
    h->body = at < size ? at : size;
}

static bool next_line(struct adit_headers *h)
{
    if (h->pending || adit_next_line(&h->lines)) {
        h->pending = false;
        return true;
    }
    end_at_lines(h);
    return false;
}

static void append(struct adit_headers *h, struct adit_text text, uint64_t length)
{
    size_t space = h->capacity - h->value.size;
    size_t n = text.size < space ? text.size : space;
    if (n > 0)
        memcpy(h->room + h->value.size, text.data, n);
    h->value.size += n;
    h->length += length;
}

bool adit_next_header(struct adit_headers *h)
{
    while (!h->ended && next_line(h)) {
        struct adit_text line = h->lines.line;
        size_t n = name_size(line);
        if (line.size == 0) {
            end_at_lines(h);
            return false;
        }
        if (n == 0) {
            h->faults++;
            continue;
        }
        size_t colon = (size_t)((const char *)memchr(line.data, ':', line.size) - line.data);
        size_t kept = n < h->capacity ? n : h->capacity;
        memcpy(h->room, line.data, kept);
        h->offset = h->lines.offset;
        h->length = 0;
        h->value = adit_text_of(h->room, kept);
        append(h, adit_text_of(line.data + colon + 1, line.size - colon - 1), h->lines.length - colon - 1);
        while (adit_next_line(&h->lines)) {
            char first = h->lines.line.size > 0 ? h->lines.line.data[0] : '\0';
            h->pending = first != ' ' && first != '\t';
            if (h->pending)
                break;
            append(h, h->lines.line, h->lines.length);
        }
        h->name = adit_text_of(h->room, kept);
        h->value = adit_text_trim(adit_text_of(h->room + kept, h->value.size - kept));
        return true;
    }
    return false;
}

/* ---- encoded words ---- */

/* Bytes of one charset, of one or more words: a character may be spread over two of them, against RFC 2047 5. */
struct decoder {
    char *out;
    size_t room, needed;
    enum adit_charset charset;
    size_t held;
    char bytes[2048];
};

static void put(struct decoder *d, struct adit_text text)
{
    if (d->needed < d->room && text.size > 0)
        memcpy(d->out + d->needed, text.data, text.size < d->room - d->needed ? text.size : d->room - d->needed);
    d->needed += text.size;
}

static void flush(struct decoder *d)
{
    char utf8[ADIT_UTF8_BOUND(sizeof d->bytes)];
    if (d->held > 0)
        put(d,
            adit_text_of(utf8, adit_charset_to_utf8(d->charset, adit_text_of(d->bytes, d->held), utf8, sizeof utf8)));
    d->held = 0;
}

static void put_q(struct decoder *d, struct adit_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '=' && i + 2 < text.size) {
            int high = adit_hex_digit(text.data[i + 1]), low = adit_hex_digit(text.data[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            }
        }
        d->bytes[d->held++] = text.data[i] == '_' ? ' ' : c;
    }
}

struct encoded {
    enum adit_charset charset;
    bool q;
    struct adit_text content;
    size_t size; /* of all of it */
};

/* Is there an encoded word at the beginning of `text` that can be decoded? */
static bool find_word(struct adit_text text, struct encoded *e)
{
    if (text.size < 8 || text.data[0] != '=' || text.data[1] != '?')
        return false;
    const char *end = text.data + text.size, *charset = text.data + 2;
    const char *mark = (const char *)memchr(charset, '?', (size_t)(end - charset));
    if (!mark || end - mark < 5 || mark[2] != '?')
        return false;
    const char *stop = mark + 3;
    while (end - stop >= 2 && !(stop[0] == '?' && stop[1] == '='))
        stop++;
    struct adit_text name = adit_text_of(charset, (size_t)(mark - charset));
    const char *language = name.size > 0 ? (const char *)memchr(name.data, '*', name.size) : NULL; /* RFC 2231 5 */
    if (language)
        name.size = (size_t)(language - name.data);
    e->q = mark[1] == 'Q' || mark[1] == 'q';
    e->charset = adit_charset_by_name(name);
    e->content = adit_text_of(mark + 3, (size_t)(stop - mark - 3));
    e->size = (size_t)(stop + 2 - text.data);
    return end - stop >= 2 && e->content.size <= WORD_MAX && e->charset && (e->q || mark[1] == 'B' || mark[1] == 'b');
}

static void put_word(struct decoder *d, const struct encoded *e)
{
    struct adit_base64 b = {0, 0, false, 0};
    if (e->charset != d->charset || e->content.size + 3 > sizeof d->bytes - d->held)
        flush(d);
    d->charset = e->charset;
    if (e->q)
        put_q(d, e->content);
    else
        d->held += adit_base64_decode(&b, e->content.data, e->content.size, d->bytes + d->held);
}

/* Text up to the next blank or word, from `at` on. */
static size_t plain_end(struct adit_text value, size_t at)
{
    size_t stop = at;
    while (stop < value.size && value.data[stop] != ' ' && value.data[stop] != '\t' &&
           !(stop > at && stop + 1 < value.size && value.data[stop] == '=' && value.data[stop + 1] == '?'))
        stop++;
    return stop;
}

size_t adit_header_decode(struct adit_text value, char *out, size_t room)
{
    struct decoder d;
    struct encoded e;
    bool after_word = false;
    d.out = out;
    d.room = room;
    d.needed = d.held = 0;
    d.charset = ADIT_CHARSET_UTF8;
    for (size_t i = 0, begin; i < value.size;) {
        for (begin = i; begin < value.size && (value.data[begin] == ' ' || value.data[begin] == '\t');)
            begin++;
        bool found = find_word(adit_text_of(value.data + begin, value.size - begin), &e);
        size_t stop = found ? begin + e.size : plain_end(value, begin);
        if (!found)
            flush(&d);
        if (!found || !after_word) /* blanks between words vanish (RFC 2047 6.2) */
            put(&d, adit_text_of(value.data + i, (found ? begin : stop) - i));
        if (found)
            put_word(&d, &e);
        i = stop;
        after_word = found;
    }
    flush(&d);
    return d.needed;
}

/* ---- parameters ---- */

struct adit_text adit_header_token(struct adit_text value)
{
    struct adit_text token, rest;
    (void)adit_text_split(value, ';', &token, &rest);
    return token;
}

/* Where the quoted string or comment that begins at `i` ends: behind its last character. */
static size_t quoted_end(struct adit_text t, size_t i)
{
    char open = t.data[i], close = open == '(' ? ')' : open;
    unsigned depth = 1;
    for (i++; i < t.size; i++) {
        if (t.data[i] == '\\')
            i++;
        else if (t.data[i] == close && --depth == 0)
            return i + 1;
        else if (open == '(' && t.data[i] == '(')
            depth++;
    }
    return t.size;
}

/* The first of `marks` outside of quoted strings and comments, or the end. */
static size_t find_outside(struct adit_text t, size_t i, const char *marks)
{
    while (i < t.size && !(t.data[i] && strchr(marks, t.data[i])))
        i = t.data[i] == '"' || t.data[i] == '(' ? quoted_end(t, i) : i + 1;
    return i < t.size ? i : t.size;
}

static struct adit_text unquote(struct adit_text text)
{
    text = adit_text_trim(text);
    if (text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"')
        text = adit_text_of(text.data + 1, text.size - 2);
    return text;
}

/* `*rest` begins at a ";". */
static bool next_parameter(struct adit_text *rest, struct adit_text *name, struct adit_text *value)
{
    while (rest->size > 0) {
        size_t end = find_outside(*rest, 1, ";");
        bool found = adit_text_split(adit_text_of(rest->data + 1, end - 1), '=', name, value);
        *rest = adit_text_of(rest->data + end, rest->size - end);
        if (found)
            return true;
    }
    return false;
}

/* A piece of a value: percent-encoded where `extended`, else with backslashes. */
static void hold(struct decoder *d, struct adit_text text, bool extended)
{
    for (size_t i = 0; i < text.size && d->held < sizeof d->bytes; i++) {
        char c = text.data[i];
        if (extended && c == '%' && i + 2 < text.size && adit_hex_digit(text.data[i + 1]) >= 0 &&
            adit_hex_digit(text.data[i + 2]) >= 0) {
            c = (char)(adit_hex_digit(text.data[i + 1]) << 4 | adit_hex_digit(text.data[i + 2]));
            i += 2;
        } else if (!extended && c == '\\' && i + 1 < text.size) {
            c = text.data[++i];
        }
        d->bytes[d->held++] = c;
    }
}

/* RFC 2231 4: charset'language'text at the beginning of an extended value. */
static struct adit_text take_charset(struct decoder *d, struct adit_text text)
{
    const char *first = text.size > 0 ? (const char *)memchr(text.data, '\'', text.size) : NULL;
    const char *second =
        first ? (const char *)memchr(first + 1, '\'', (size_t)(text.data + text.size - first - 1)) : NULL;
    if (!second)
        return text;
    enum adit_charset charset = adit_charset_by_name(adit_text_of(text.data, (size_t)(first - text.data)));
    d->charset = charset ? charset : ADIT_CHARSET_UTF8;
    return adit_text_of(second + 1, (size_t)(text.data + text.size - second - 1));
}

/* The parameter of exactly this name: "filename*0*". */
static bool find_parameter(struct adit_text value, const char *name, struct adit_text *found)
{
    size_t begin = find_outside(value, 0, ";");
    struct adit_text rest = adit_text_of(value.data + begin, value.size - begin), key;
    while (next_parameter(&rest, &key, found))
        if (adit_text_equals_ignoring_case(key, name)) {
            *found = unquote(*found);
            return true;
        }
    return false;
}

int64_t adit_header_parameter(struct adit_text value, const char *name, char *out, size_t room)
{
    struct decoder d;
    struct adit_text piece;
    char key[80];
    unsigned n = 0;
    d.out = out;
    d.room = room;
    d.needed = d.held = 0;
    d.charset = ADIT_CHARSET_UTF8;
    (void)snprintf(key, sizeof key, "%s*", name);
    if (find_parameter(value, key, &piece)) {
        hold(&d, take_charset(&d, piece), true);
        flush(&d);
        return (int64_t)d.needed;
    }
    for (; n < 100; n++) { /* RFC 2231 3: numbered pieces, each extended or not */
        (void)snprintf(key, sizeof key, "%s*%u", name, n);
        bool plain = find_parameter(value, key, &piece);
        (void)snprintf(key, sizeof key, "%s*%u*", name, n);
        if (!plain && !find_parameter(value, key, &piece))
            break;
        hold(&d, n == 0 && !plain ? take_charset(&d, piece) : piece, !plain);
    }
    if (n == 0) {
        if (!find_parameter(value, name, &piece))
            return -1;
        hold(&d, piece, false);
        size_t held = d.held;
        return (int64_t)adit_header_decode(adit_text_of(d.bytes, held), out, room);
    }
    flush(&d);
    return (int64_t)d.needed;
}

/* ---- addresses ---- */

/* RFC 5322 3.4: one mailbox, "name <local@domain>" or "local@domain (name)". */
static void split_mailbox(struct adit_address *a, struct adit_text text)
{
    size_t angle = find_outside(text, 0, "<");
    if (angle < text.size) {
        size_t end = find_outside(text, angle + 1, ">");
        a->name = unquote(adit_text_of(text.data, angle));
        a->address = adit_text_trim(adit_text_of(text.data + angle + 1, end > angle ? end - angle - 1 : 0));
        size_t route = a->address.size > 0 && a->address.data[0] == '@' ? find_outside(a->address, 0, ":") + 1 : 0;
        if (route > 0 && route < a->address.size) /* 4.4: the way that it should take, long obsolete */
            a->address = adit_text_of(a->address.data + route, a->address.size - route);
        return;
    }
    const char *comment = text.size > 0 ? (const char *)memchr(text.data, '(', text.size) : NULL;
    size_t n = comment && text.data[0] != '"' ? (size_t)(comment - text.data) : text.size;
    size_t end = n < text.size ? quoted_end(text, n) : n;
    a->name = end > n + 2 ? adit_text_trim(adit_text_of(text.data + n + 1, end - n - 2)) : adit_text_of(NULL, 0);
    a->address = adit_text_trim(adit_text_of(text.data, n));
    if (a->address.size == 0 && end < text.size)
        a->address = adit_text_trim(adit_text_of(text.data + end, text.size - end));
}

bool adit_next_address(struct adit_address *a)
{
    while (a->rest.size > 0) {
        size_t end = find_outside(a->rest, 0, ",;:<");
        if (end < a->rest.size && a->rest.data[end] == '<')
            end = find_outside(a->rest, find_outside(a->rest, end, ">"), ",;");
        char mark = end < a->rest.size ? a->rest.data[end] : '\0';
        struct adit_text item = adit_text_trim(adit_text_of(a->rest.data, end));
        size_t step = end + (mark != '\0');
        a->rest = adit_text_of(a->rest.data + step, a->rest.size - step);
        if (mark == ':') {
            a->in_group = unquote(item);
            continue;
        }
        a->group = a->in_group;
        if (mark == ';')
            a->in_group = adit_text_of(NULL, 0);
        if (item.size == 0)
            continue;
        split_mailbox(a, item);
        return true;
    }
    return false;
}
