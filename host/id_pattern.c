/* SPDX-License-Identifier: MIT */
#include "id_pattern.h"

#include <errno.h>
#include <regex.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_EXPANDED = 4096, MAX_DEPTH = 32, MAX_ID = 4096 };

struct id_pattern {
    regex_t regex;
};

/* How many atoms an expression has once its counts are written out: a{9}{9}{9} has 729. The compiler of the C library does write
 * them out, so this bounds its memory. */
struct count {
    uint64_t group[MAX_DEPTH]; /* atoms of each open group */
    size_t depth;
    uint64_t last; /* of the atom or group that a {m,n} would repeat */
};

static const char *skip_bracket(const char *at)
{
    at++; /* [ */
    at += *at == '^';
    at += *at == ']';
    while (*at && *at != ']') {
        char kind = at[1];
        if (*at == '[' && (kind == ':' || kind == '.' || kind == '=')) {
            const char end[3] = {kind, ']', '\0'};
            const char *close = strstr(at + 2, end);
            if (!close)
                return NULL;
            at = close + 2;
        } else {
            at++;
        }
    }
    return *at ? at + 1 : NULL;
}

/* {m}, {m,}, {m,n} at `at`: by how much it repeats. */
static const char *read_interval(const char *at, uint64_t *times)
{
    char *end;
    unsigned long least = strtoul(at + 1, &end, 10), most = least;
    if (*end == ',')
        most = strtoul(end + 1, &end, 10);
    *times = (most > least ? most : least) + 1;
    return *end == '}' ? end + 1 : NULL;
}

static const char *count_one(struct count *c, const char *at)
{
    uint64_t times, *open = &c->group[c->depth];
    switch (*at) {
    case '(':
        if (c->depth + 1 == MAX_DEPTH)
            return NULL;
        c->group[++c->depth] = 1;
        c->last = 0;
        return at + 1;
    case ')':
        if (c->depth == 0)
            return NULL;
        c->last = *open;
        c->group[--c->depth] += c->last;
        return at + 1;
    case '{':
        at = read_interval(at, &times);
        *open += c->last * times;
        c->last *= times;
        return at;
    case '*':
    case '+':
    case '?':
        *open += c->last;
        c->last *= 2;
        return at + 1;
    case '[':
        at = skip_bracket(at);
        break;
    case '\\': /* a digit or letter behind it would be the C library's own addition to the standard: \1, \w */
        at = at[1] && strchr("^.[]$()|*+?{}\\/-", at[1]) ? at + 2 : NULL;
        break;
    default:
        at++;
    }
    *open += 1;
    c->last = 1;
    return at;
}

/* NULL: it is fine. */
static const char *fault_of(const char *text)
{
    struct count c = {.last = 0};
    const char *at = text;
    while (at && *at) {
        at = count_one(&c, at);
        if (c.group[c.depth] > MAX_EXPANDED)
            return "it repeats too much for a pattern: its counts, multiplied, must stay below 4096";
    }
    if (!at)
        return "a bracket, a count or an escape in it is malformed: only what is special is escaped, \\1 and \\d are "
               "not there";
    return c.depth ? "a parenthesis is not closed" : NULL;
}

int id_pattern_new(const char *text, struct id_pattern **out, struct err *e)
{
    const char *fault = fault_of(text);
    if (fault)
        return err_set(e, -EINVAL, "the pattern %s cannot be used: %s", text, fault);
    size_t size = strlen(text);
    struct id_pattern *p = malloc(sizeof *p);
    char *anchored = malloc(size + 5);
    if (!p || !anchored) {
        free(p);
        free(anchored);
        return err_set(e, -ENOMEM, "out of memory");
    }
    memcpy(anchored, "^(", 2);
    memcpy(anchored + 2, text, size);
    memcpy(anchored + 2 + size, ")$", 3);
    int rc = regcomp(&p->regex, anchored, REG_EXTENDED | REG_NOSUB);
    free(anchored);
    if (rc == 0) {
        *out = p;
        return 0;
    }
    char why[128];
    (void)regerror(rc, &p->regex, why, sizeof why);
    free(p);
    return err_set(e, rc == REG_ESPACE ? -ENOMEM : -EINVAL, "the pattern %s cannot be used: %s", text, why);
}

void id_pattern_free(struct id_pattern *p)
{
    if (!p)
        return;
    regfree(&p->regex);
    free(p);
}

int id_pattern_fits(const struct id_pattern *p, const char *id, size_t size)
{
    char copy[MAX_ID + 1];
    if (size > MAX_ID || memchr(id, '\0', size) || memchr(id, '\n', size))
        return 0;
    memcpy(copy, id, size);
    copy[size] = '\0';
    errno = 0; /* glibc tells a lack of memory as REG_NOMATCH too */
    int found = regexec(&p->regex, copy, 0, NULL, 0);
    return found == 0 ? 1 : found == REG_ESPACE || errno == ENOMEM ? -ENOMEM : 0;
}
