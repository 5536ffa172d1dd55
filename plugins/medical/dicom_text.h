/* SPDX-License-Identifier: MIT */
/* Text of a data set in its Specific Character Set (0008,0005): PS3.3 C.12.1.1.2, PS3.5 6.1 and annexes H to K. Sets of one byte a
 * character, JIS X 0201 and UTF-8 are decoded; of those with several bytes a character there are no tables here: they stay bytes. */
#ifndef MEDICAL_DICOM_TEXT_H
#define MEDICAL_DICOM_TEXT_H

#include <adit/adit.h>
#include <adit/charset.h>
#include <string.h>

/* What is in G0 (bytes below 0x80) or G1 (from 0x80 on). Beyond these an enum adit_charset + SET_TABLE. */
enum { SET_NONE = 0, SET_ASCII, SET_ROMAJI, SET_KATAKANA, SET_UTF8, SET_WIDE7, SET_WIDE8, SET_GB, SET_TABLE };

struct repertoire {
    uint8_t g0, g1;
    bool declared;      /* by an element (0008,0005), not the default */
    const char *unread; /* the name of a set that is not decoded; NULL: all are */
};

static const struct {
    const char *term; /* without its "ISO_IR " or "ISO 2022 IR " */
    uint8_t g0, g1;
    const char *unread;
} character_sets[] = {
    {"6", SET_ASCII, SET_NONE, NULL},
    {"100", SET_ASCII, SET_TABLE + ADIT_CHARSET_LATIN1, NULL},
    {"101", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_2, NULL},
    {"109", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_3, NULL},
    {"110", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_4, NULL},
    {"144", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_5, NULL},
    {"127", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_6, NULL},
    {"126", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_7, NULL},
    {"138", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_8, NULL},
    {"148", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_9, NULL},
    {"203", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_15, NULL},
    {"166", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_11, NULL},
    {"13", SET_ROMAJI, SET_KATAKANA, NULL},
    {"87", SET_ASCII, SET_NONE, "JIS X 0208"},
    {"159", SET_ASCII, SET_NONE, "JIS X 0212"},
    {"149", SET_ASCII, SET_WIDE8, "KS X 1001"},
    {"58", SET_ASCII, SET_WIDE8, "GB 2312"},
    {"192", SET_UTF8, SET_UTF8, NULL},
    {"GB18030", SET_GB, SET_GB, "GB18030"},
    {"GBK", SET_GB, SET_GB, "GBK"},
};

/* PS3.3 tables C.12-3, C.12-4: what follows the escape, and what it puts where. */
static const struct {
    const char *sequence;
    uint8_t half; /* 0: G0, 1: G1 */
    uint8_t set;
} escapes[] = {
    {"(B", 0, SET_ASCII},
    {"(J", 0, SET_ROMAJI},
    {")I", 1, SET_KATAKANA},
    {"-A", 1, SET_TABLE + ADIT_CHARSET_LATIN1},
    {"-B", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_2},
    {"-C", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_3},
    {"-D", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_4},
    {"-L", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_5},
    {"-G", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_6},
    {"-F", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_7},
    {"-H", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_8},
    {"-M", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_9},
    {"-b", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_15},
    {"-T", 1, SET_TABLE + ADIT_CHARSET_ISO_8859_11},
    {"$B", 0, SET_WIDE7},
    {"$@", 0, SET_WIDE7},
    {"$(D", 0, SET_WIDE7},
    {"$)C", 1, SET_WIDE8},
    {"$)A", 1, SET_WIDE8},
};

static inline struct adit_text term_number(struct adit_text term)
{
    static const char *const prefixes[] = {"ISO_IR ", "ISO 2022 IR ", "ISO-IR ", "ISO IR "};
    for (size_t i = 0; i < 4; i++) {
        size_t n = strlen(prefixes[i]);
        if (term.size > n && memcmp(term.data, prefixes[i], n) == 0)
            return adit_text_of(term.data + n, term.size - n);
    }
    return term;
}

/* The nth value of (0008,0005). The first one says what text begins with; the others what escapes may bring. False: unknown. */
static inline bool add_term(struct repertoire *r, struct adit_text term, size_t nth)
{
    struct adit_text number = term_number(term);
    if (nth == 0)
        *r = (struct repertoire){.g0 = SET_ASCII, .g1 = SET_NONE, .declared = true};
    if (term.size == 0)
        return true;
    for (size_t i = 0; i < sizeof character_sets / sizeof *character_sets; i++) {
        if (!adit_text_is(number, character_sets[i].term))
            continue;
        if (nth == 0) {
            r->g0 = character_sets[i].g0;
            r->g1 = character_sets[i].g1;
        }
        if (character_sets[i].unread && !r->unread)
            r->unread = character_sets[i].unread;
        return true;
    }
    return false;
}

struct scan {
    const struct repertoire *repertoire;
    const uint8_t *at, *end;
    uint8_t g0, g1;
    bool unread; /* something on the way is in no set that is decoded here */
};

static inline struct scan scan_of(const struct repertoire *r, struct adit_text text)
{
    const uint8_t *at = (const uint8_t *)text.data;
    struct scan s = {r, at, at + text.size, r->g0, r->g1, false};
    return s;
}

/* PS3.5 6.1.2.5.3: values, lines and components of names begin anew with the first value's sets. */
static inline void scan_reset(struct scan *s)
{
    s->g0 = s->repertoire->g0;
    s->g1 = s->repertoire->g1;
}

/* Steps over an escape sequence; one that is not known leaves what follows unread. */
static inline void scan_escape(struct scan *s)
{
    size_t left = (size_t)(s->end - s->at);
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t n = strlen(escapes[i].sequence);
        if (left <= n || memcmp(s->at + 1, escapes[i].sequence, n) != 0)
            continue;
        if (escapes[i].half)
            s->g1 = escapes[i].set;
        else
            s->g0 = escapes[i].set;
        s->at += n + 1;
        return;
    }
    s->unread = true;
    s->at++;
}

static inline uint32_t scan_utf8(struct scan *s)
{
    uint8_t lead = *s->at;
    size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (n > (size_t)(s->end - s->at) || !adit_utf8_valid(adit_text_of((const char *)s->at, n))) {
        s->at++;
        s->unread = true;
        return 0xfffd;
    }
    uint32_t c = n == 1 ? lead : lead & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (s->at[i] & 0x3fu);
    s->at += n;
    return c;
}

/* The next character; false at the end. *delimiter: it may separate values, which no part of a wide character does. */
static inline bool scan_next(struct scan *s, uint32_t *c, bool *delimiter)
{
    while (s->at < s->end && *s->at == 0x1b && s->g0 != SET_UTF8 && s->g0 != SET_GB)
        scan_escape(s);
    if (s->at >= s->end)
        return false;
    uint8_t byte = *s->at, set = byte < 0x80 ? s->g0 : s->g1;
    *delimiter = byte < 0x80 && set != SET_WIDE7;
    if (set == SET_UTF8) {
        *c = scan_utf8(s);
        return true;
    }
    bool wide = (set == SET_WIDE7 && byte > 0x20) || set == SET_WIDE8 || (set == SET_GB && byte >= 0x80);
    s->at += wide && s->end - s->at > 1 ? 2 : 1;
    *c = byte;
    if (wide) {
        s->unread = true;
        *c = 0xfffd;
    } else if (set == SET_ROMAJI) { /* JIS X 0201; a delimiter is one whatever it looks like */
        *c = byte == 0x5c ? 0xa5 : byte == 0x7e ? 0x203e : byte;
    } else if (set == SET_KATAKANA) {
        *c = byte >= 0xa1 && byte <= 0xdf ? 0xff61u + byte - 0xa1 : 0xfffd;
    } else if (set > SET_TABLE) {
        *c = adit_charset_point((enum adit_charset)(set - SET_TABLE), byte);
    } else if (byte >= 0x80) { /* the default repertoire has no such byte */
        s->unread = true;
        *c = 0xfffd;
    }
    return true;
}

/* One part of a text up to one of `delimiters`, which is stepped over. */
struct part {
    struct adit_text raw;
    struct adit_text text; /* UTF-8, in the caller's room, which holds three bytes for each of the value */
    bool unread;           /* `text` lacks something: take `raw` */
    bool last;
    char delimiter; /* what it ended at; NUL: the end */
};

static inline struct part scan_part(struct scan *s, const char *delimiters, bool name, char *room)
{
    struct part p = {adit_text_of((const char *)s->at, 0), adit_text_of(room, 0), false, true, '\0'};
    uint32_t c;
    bool delimiter;
    s->unread = false;
    scan_reset(s);
    while (scan_next(s, &c, &delimiter)) {
        char byte = (char)s->at[-1];
        if (delimiter && byte && strchr(delimiters, byte)) {
            p.last = false;
            p.delimiter = byte;
            break;
        }
        if (delimiter && ((name && byte == '^') || byte == '\r' || byte == '\n' || byte == '\f' || byte == '\t'))
            scan_reset(s);
        p.text.size += adit_utf8_put(c, room + p.text.size);
    }
    p.raw.size = (size_t)((const char *)s->at - p.raw.data) - !p.last;
    p.unread = s->unread;
    return p;
}

#endif
