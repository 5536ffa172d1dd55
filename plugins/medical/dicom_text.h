/* SPDX-License-Identifier: MIT */
/* Text of a data set in its Specific Character Set (0008,0005): PS3.3 C.12.1.1.2, PS3.5 6.1 and annexes H to K. */
#ifndef MEDICAL_DICOM_TEXT_H
#define MEDICAL_DICOM_TEXT_H

#include <adit/adit.h>
#include <adit/charset.h>
#include <string.h>

/* What is in G0 (bytes below 0x80) or G1 (from 0x80 on). Beyond these an enum adit_charset + SET_TABLE. */
enum {
    SET_NONE = 0,
    SET_ASCII,
    SET_ROMAJI,
    SET_KATAKANA,
    SET_UTF8,
    SET_JIS_X_0208, /* the next four: pairs of bytes with the same upper bit */
    SET_JIS_X_0212,
    SET_KS_X_1001,
    SET_GB_2312,
    SET_GB18030, /* with GBK in it */
    SET_TABLE,
};

struct repertoire {
    uint8_t g0, g1;
    bool declared; /* by an element (0008,0005), not the default */
};

static const struct {
    const char *term; /* without its "ISO_IR " or "ISO 2022 IR " */
    uint8_t g0, g1;
} character_sets[] = {
    {"6", SET_ASCII, SET_NONE},
    {"100", SET_ASCII, SET_TABLE + ADIT_CHARSET_LATIN1},
    {"101", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_2},
    {"109", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_3},
    {"110", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_4},
    {"144", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_5},
    {"127", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_6},
    {"126", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_7},
    {"138", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_8},
    {"148", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_9},
    {"203", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_15},
    {"166", SET_ASCII, SET_TABLE + ADIT_CHARSET_ISO_8859_11},
    {"13", SET_ROMAJI, SET_KATAKANA},
    {"87", SET_ASCII, SET_NONE},
    {"159", SET_ASCII, SET_NONE},
    {"149", SET_ASCII, SET_KS_X_1001},
    {"58", SET_ASCII, SET_GB_2312},
    {"192", SET_UTF8, SET_UTF8},
    {"GB18030", SET_GB18030, SET_GB18030},
    {"GBK", SET_GB18030, SET_GB18030},
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
    {"$B", 0, SET_JIS_X_0208},
    {"$@", 0, SET_JIS_X_0208},
    {"$(D", 0, SET_JIS_X_0212},
    {"$)C", 1, SET_KS_X_1001},
    {"$)A", 1, SET_GB_2312},
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

/* Of one well-formed character. */
static inline uint32_t utf8_point(const uint8_t *p, size_t n)
{
    uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3fu);
    return c;
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
    s->at += n;
    return utf8_point(s->at - n, n);
}

/* The EUC in which the SDK reads a set's characters: theirs with the upper bits set, JIS X 0212's behind a byte of its own. */
static inline enum adit_charset euc_of(uint8_t set)
{
    static enum adit_charset japanese, korean, chinese;
    if (!japanese) {
        japanese = adit_charset_by_name(ADIT_TEXT("euc-jp"));
        korean = adit_charset_by_name(ADIT_TEXT("euc-kr"));
        chinese = adit_charset_by_name(ADIT_TEXT("gb18030"));
    }
    return set == SET_KS_X_1001 ? korean : set >= SET_GB_2312 ? chinese : japanese;
}

/* A character of several bytes. What is none is passed over by a byte. */
static inline uint32_t scan_wide(struct scan *s, uint8_t set)
{
    size_t left = (size_t)(s->end - s->at), n = 2, size = 0;
    if (set == SET_GB18030 && left >= 4 && s->at[1] >= 0x30 && s->at[1] <= 0x39)
        n = 4;
    char bytes[5], utf8[ADIT_UTF8_BOUND(sizeof bytes)];
    if (set == SET_JIS_X_0212)
        bytes[size++] = (char)0x8f;
    for (size_t i = 0; i < n && i < left; i++)
        bytes[size++] = (char)(s->at[i] | (set < SET_GB18030 ? 0x80 : 0));
    size_t made = adit_charset_to_utf8(euc_of(set), adit_text_of(bytes, size), utf8, sizeof utf8);
    uint32_t c = made <= 4 ? utf8_point((const uint8_t *)utf8, made) : 0xfffd;
    bool found = left >= n && c >= 0x80 && c != 0xfffd;
    s->unread = s->unread || !found;
    s->at += found ? n : 1;
    return found ? c : 0xfffd;
}

/* The next character; false at the end. *delimiter: it may separate values, which no part of a wide character does. */
static inline bool scan_next(struct scan *s, uint32_t *c, bool *delimiter)
{
    while (s->at < s->end && *s->at == 0x1b && s->g0 != SET_UTF8 && s->g0 != SET_GB18030)
        scan_escape(s);
    if (s->at >= s->end)
        return false;
    uint8_t byte = *s->at, set = byte < 0x80 ? s->g0 : s->g1;
    bool pairs = set == SET_JIS_X_0208 || set == SET_JIS_X_0212;
    *delimiter = byte < 0x80 && !pairs;
    if (set == SET_UTF8) {
        *c = scan_utf8(s);
        return true;
    }
    if ((pairs && byte > 0x20) || set == SET_KS_X_1001 || set == SET_GB_2312 || (set == SET_GB18030 && byte >= 0x80)) {
        *c = scan_wide(s, set);
        return true;
    }
    s->at++;
    *c = byte;
    if (set == SET_ROMAJI) { /* JIS X 0201; a delimiter is one whatever it looks like */
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
