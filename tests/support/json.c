/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 128 };

struct scan {
    const char *at, *end;
    int depth;
};

static bool scan_value(struct scan *s);

static void skip_blank(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at)
        s->at++;
}

static bool take(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

/* One character of UTF-8 above ASCII: Unicode 15, table 3-7. */
static bool scan_utf8(struct scan *s)
{
    static const struct { unsigned char first, last, low, high, more; } rows[] = {
        {0xC2, 0xDF, 0x80, 0xBF, 1}, {0xE0, 0xE0, 0xA0, 0xBF, 2}, {0xE1, 0xEC, 0x80, 0xBF, 2}, {0xED, 0xED, 0x80, 0x9F, 2},
        {0xEE, 0xEF, 0x80, 0xBF, 2}, {0xF0, 0xF0, 0x90, 0xBF, 3}, {0xF1, 0xF3, 0x80, 0xBF, 3}, {0xF4, 0xF4, 0x80, 0x8F, 3}};
    const unsigned char *p = (const unsigned char *)s->at;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (p[0] < rows[i].first || p[0] > rows[i].last)
            continue;
        if (s->end - s->at <= rows[i].more || p[1] < rows[i].low || p[1] > rows[i].high)
            return false;
        for (int k = 2; k <= rows[i].more; k++)
            if ((p[k] & 0xC0) != 0x80)
                return false;
        s->at += rows[i].more + 1;
        return true;
    }
    return false;
}

static bool scan_escape(struct scan *s)
{
    s->at++;
    if (s->at == s->end)
        return false;
    if (*s->at != 'u')
        return strchr("\"\\/bfnrt", *s->at++) != NULL;
    s->at++;
    for (int i = 0; i < 4; i++, s->at++)
        if (s->at == s->end || !strchr("0123456789abcdefABCDEF", *s->at) || !*s->at)
            return false;
    return true;
}

static bool scan_string(struct scan *s)
{
    if (!take(s, "\""))
        return false;
    while (s->at < s->end) {
        unsigned char c = (unsigned char)*s->at;
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c < 0x20 || (c == '\\' && !scan_escape(s)) || (c >= 0x80 && !scan_utf8(s)))
            return false;
        if (c != '\\' && c < 0x80)
            s->at++;
    }
    return false;
}

static bool scan_digits(struct scan *s)
{
    const char *begin = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        s->at++;
    return s->at > begin;
}

static bool scan_number(struct scan *s)
{
    (void)take(s, "-");
    if (!take(s, "0") && !scan_digits(s))
        return false;
    if (take(s, ".") && !scan_digits(s))
        return false;
    if (take(s, "e") || take(s, "E")) {
        if (!take(s, "+"))
            (void)take(s, "-");
        return scan_digits(s);
    }
    return true;
}

struct key { const char *text; size_t size; };

static bool add_key(struct key **keys, size_t *count, struct key k)
{
    for (size_t i = 0; i < *count; i++)
        if ((*keys)[i].size == k.size && memcmp((*keys)[i].text, k.text, k.size) == 0)
            return false;
    struct key *more = realloc(*keys, (*count + 1) * sizeof k);
    if (!more)
        return false;
    *keys = more;
    more[(*count)++] = k;
    return true;
}

static bool scan_object(struct scan *s)
{
    struct key *keys = NULL;
    size_t count = 0;
    bool good = false;
    s->at++;
    skip_blank(s);
    if (take(s, "}"))
        return true;
    for (;;) {
        skip_blank(s);
        const char *begin = s->at;
        if (!scan_string(s) || !add_key(&keys, &count, (struct key){begin, (size_t)(s->at - begin)}))
            break;
        skip_blank(s);
        if (!take(s, ":") || !scan_value(s))
            break;
        skip_blank(s);
        if (take(s, "}")) {
            good = true;
            break;
        }
        if (!take(s, ","))
            break;
    }
    free(keys);
    return good;
}

static bool scan_list(struct scan *s)
{
    s->at++;
    skip_blank(s);
    if (take(s, "]"))
        return true;
    for (;;) {
        if (!scan_value(s))
            return false;
        skip_blank(s);
        if (take(s, "]"))
            return true;
        if (!take(s, ","))
            return false;
    }
}

static bool scan_value(struct scan *s)
{
    bool good;
    skip_blank(s);
    if (s->at == s->end || ++s->depth > MAX_DEPTH)
        return false;
    if (*s->at == '{')
        good = scan_object(s);
    else if (*s->at == '[')
        good = scan_list(s);
    else if (*s->at == '"')
        good = scan_string(s);
    else
        good = take(s, "true") || take(s, "false") || take(s, "null") || scan_number(s);
    s->depth--;
    return good;
}

bool json_valid(const char *text, size_t size)
{
    struct scan s = {text, text + size, 0};
    if (!scan_value(&s))
        return false;
    skip_blank(&s);
    return s.at == s.end;
}

static bool is_one_of(const char *text, size_t size, const char *const *words)
{
    for (; words && *words; words++)
        if (strlen(*words) == size && memcmp(*words, text, size) == 0)
            return true;
    return false;
}

/* Appends [from, to) without the white space outside of strings. */
static void append_compact(char **to, const char *from, const char *end)
{
    bool in_string = false;
    for (; from < end; from++) {
        if (!in_string && strchr(" \t\r\n", *from))
            continue;
        *(*to)++ = *from;
        if (in_string && *from == '\\')
            *(*to)++ = *++from;
        else if (*from == '"')
            in_string = !in_string;
    }
}

char *json_compact(const char *text, size_t size, const char *const *dropped)
{
    char *out = malloc(size + 3), *to = out;
    struct scan s = {text, text + size, 0};
    if (!out)
        return NULL;
    skip_blank(&s);
    if (!dropped || s.at == s.end || *s.at != '{') {
        append_compact(&to, text, text + size);
        *to = '\0';
        return out;
    }
    *to++ = '{';
    s.at++;
    for (;;) {
        skip_blank(&s);
        const char *key = s.at;
        if (!scan_string(&s))
            break;
        size_t key_size = (size_t)(s.at - key);
        skip_blank(&s);
        s.at++; /* the colon */
        if (!scan_value(&s))
            break;
        if (!is_one_of(key + 1, key_size - 2, dropped)) {
            if (to[-1] != '{')
                *to++ = ',';
            append_compact(&to, key, s.at);
        }
        skip_blank(&s);
        if (!take(&s, ","))
            break;
    }
    *to++ = '}';
    *to = '\0';
    return out;
}

/* Moves to the member or element called by `part`; false where there is none. */
static bool enter(struct scan *s, const char *part, size_t size)
{
    skip_blank(s);
    if (s->at == s->end || (*s->at != '{' && *s->at != '['))
        return false;
    bool object = *s->at++ == '{';
    size_t wanted = object ? 0 : strtoul(part, NULL, 10);
    for (size_t i = 0;; i++) {
        skip_blank(s);
        bool here = !object && i == wanted;
        if (object) {
            const char *key = s->at;
            if (!scan_string(s))
                return false;
            here = (size_t)(s->at - key) == size + 2 && memcmp(key + 1, part, size) == 0;
            skip_blank(s);
            if (!take(s, ":"))
                return false;
            skip_blank(s);
        }
        if (here)
            return s->at < s->end && *s->at != ']';
        if (!scan_value(s))
            return false;
        skip_blank(s);
        if (!take(s, ","))
            return false;
    }
}

char *json_at(const char *text, size_t size, const char *path)
{
    struct scan s = {text, text + size, 0};
    while (*path) {
        size_t n = strcspn(path, "/");
        if (!enter(&s, path, n))
            return NULL;
        path += n + (path[n] == '/');
    }
    skip_blank(&s);
    const char *begin = s.at;
    if (!scan_value(&s))
        return NULL;
    return strndup(begin, (size_t)(s.at - begin));
}

size_t json_lines(const char *text, size_t size, bool *valid)
{
    size_t count = 0;
    *valid = true;
    for (const char *at = text, *end = text + size; at < end; count++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline || *at != '{' || !json_valid(at, (size_t)(newline - at)))
            *valid = false;
        at = newline ? newline + 1 : end;
    }
    return count;
}

char *json_line_of(const char *text, size_t size, const char *path)
{
    for (const char *at = text, *end = text + size; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((newline ? newline : end) - at);
        char *found = json_at(at, n, "path");
        bool same = found && strlen(found) == strlen(path) + 2 && memcmp(found + 1, path, strlen(path)) == 0;
        free(found);
        if (same)
            return strndup(at, n);
        at += n + 1;
    }
    return NULL;
}
