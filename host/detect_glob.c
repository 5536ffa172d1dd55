/* SPDX-License-Identifier: MIT */
/* Globs over base names: literals and suffixes by hash, the few others one by one. */
#include <string.h>

#include "base/hash.h"
#include "detect_impl.h"

enum { MAX_DOTS = 4 }; /* *.a.b.c.d is the longest suffix looked up */

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* ---- building ---- */

static void classify(struct detect_glob *g, const char *pattern, bool case_sensitive)
{
    size_t size = strlen(pattern);
    *g = (struct detect_glob){.text = pattern, .size = (uint32_t)size, .length = (uint16_t)size};
    if (!strpbrk(pattern, "*?["))
        g->kind = GLOB_LITERAL;
    else if (pattern[0] == '*' && pattern[1] == '.' && !strpbrk(pattern + 1, "*?["))
        *g = (struct detect_glob){.text = pattern + 1, .size = (uint32_t)size - 1, .kind = GLOB_SUFFIX,
                                  .length = (uint16_t)size};
    else
        g->kind = GLOB_PATTERN;
    if (case_sensitive)
        g->kind |= GLOB_CASE;
}

static void insert(struct detect *d, int32_t n)
{
    struct detect_glob *g = &d->globs[n];
    int32_t *head = &d->glob_patterns;
    if ((g->kind & ~(uint32_t)GLOB_CASE) != GLOB_PATTERN)
        head = &d->glob_buckets[hash64(g->text, g->size, g->kind) & d->glob_mask];
    g->next = *head;
    *head = n;
}

bool detect_glob_build(struct detect *d)
{
    size_t count = 0, buckets = 64;
    for (size_t i = 0; i < d->conf_count; i++)
        for (size_t t = 0; t < d->confs[i]->type_count; t++)
            count += d->confs[i]->types[t].glob_count;
    while (buckets < count * 2)
        buckets *= 2;
    d->globs = arena_array(&d->arena, count, sizeof *d->globs);
    d->glob_buckets = arena_array(&d->arena, buckets, sizeof *d->glob_buckets);
    if (!d->globs || !d->glob_buckets)
        return false;
    memset(d->glob_buckets, 0xff, buckets * sizeof *d->glob_buckets);
    d->glob_mask = buckets - 1;
    d->glob_patterns = DETECT_NONE;
    const int32_t *ids = d->ids;
    for (size_t i = 0; i < d->conf_count; ids += d->confs[i++]->type_count) {
        for (size_t t = 0; t < d->confs[i]->type_count; t++) {
            const struct conf_type *type = &d->confs[i]->types[t];
            for (size_t k = 0; k < type->glob_count; k++) {
                const struct conf_glob *from = &type->globs[k];
                struct detect_glob *g = &d->globs[d->glob_count];
                classify(g, from->pattern, from->case_sensitive);
                g->weight = (uint16_t)(from->weight > 100 ? 100 : from->weight);
                g->type = ids[t];
                g->where = (struct detect_where){(int32_t)i, from->line};
                insert(d, (int32_t)d->glob_count++);
            }
        }
    }
    return true;
}

/* ---- matching ---- */

/* One [set] of glob(7) at pattern[0], "[": does it hold c? Returns the bytes it takes, 0 where it has no end. */
static size_t match_set(const char *pattern, size_t size, unsigned char c, bool *holds)
{
    size_t i = 1;
    bool negate = i < size && (pattern[i] == '!' || pattern[i] == '^');
    bool found = false;
    i += negate;
    for (size_t start = i; i < size && (pattern[i] != ']' || i == start); i++) {
        unsigned char low = (unsigned char)pattern[i], high = low;
        if (i + 2 < size && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
            high = (unsigned char)pattern[i + 2];
            i += 2;
        }
        found |= c >= low && c <= high;
    }
    *holds = found != negate;
    return i < size ? i + 1 : 0;
}

/* glob(7) over bytes; "*" also matches a leading dot and nothing at all. */
static bool match_pattern(const char *p, size_t np, const char *s, size_t ns)
{
    size_t i = 0, j = 0, star = SIZE_MAX, star_at = 0;
    while (j < ns) {
        size_t step = 0;
        bool holds = false;
        if (i < np && p[i] == '*') {
            star = i++;
            star_at = j;
            continue;
        }
        if (i < np && p[i] == '[' && (step = match_set(p + i, np - i, (unsigned char)s[j], &holds)) > 0) {
            /* a set took `step` bytes of the pattern */
        } else if (i < np) {
            step = 1;
            holds = p[i] == '?' || p[i] == s[j];
        }
        if (holds) {
            i += step;
            j++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            j = ++star_at;
        } else {
            return false;
        }
    }
    while (i < np && p[i] == '*')
        i++;
    return i == np;
}

static void add(const struct detect_glob *g, struct detect_hits *hits)
{
    detect_hits_add(hits, (struct detect_hit){g->type, g->weight, g->length, g->where});
}

static void look_up(const struct detect *d, const char *text, size_t size, uint32_t kind, struct detect_hits *hits)
{
    for (int32_t n = d->glob_buckets[hash64(text, size, kind) & d->glob_mask]; n >= 0; n = d->globs[n].next) {
        const struct detect_glob *g = &d->globs[n];
        if (g->kind == kind && g->size == size && memcmp(g->text, text, size) == 0)
            add(g, hits);
    }
}

static void match_case(const struct detect *d, const char *name, size_t size, uint32_t sense, struct detect_hits *hits)
{
    look_up(d, name, size, GLOB_LITERAL | sense, hits);
    int dots = 0;
    for (size_t i = size; i-- > 0 && dots < MAX_DOTS;) {
        if (name[i] != '.')
            continue;
        look_up(d, name + i, size - i, GLOB_SUFFIX | sense, hits);
        dots++;
    }
    for (int32_t n = d->glob_patterns; n >= 0; n = d->globs[n].next) {
        const struct detect_glob *g = &d->globs[n];
        if ((g->kind & GLOB_CASE) == sense && match_pattern(g->text, g->size, name, size))
            add(g, hits);
    }
}

void detect_glob_match(const struct detect *d, const char *name, size_t size, struct detect_hits *hits)
{
    char folded[DETECT_NAME];
    if (size > sizeof folded) {
        name += size - sizeof folded;
        size = sizeof folded;
    }
    if (size == 0 || d->glob_count == 0)
        return;
    for (size_t i = 0; i < size; i++)
        folded[i] = (char)lower((unsigned char)name[i]);
    match_case(d, name, size, GLOB_CASE, hits); /* first: of equals, the one that minds the case is more exact */
    match_case(d, folded, size, 0, hits);
}
