/* SPDX-License-Identifier: MIT */
/* XML by its root element: a bounded scan of the prolog (XML 1.0, 2.8) up to the first tag, then {namespace, name} in a
 * hash. No DTD is read, no entity expanded. */
#include <string.h>

#include "base/hash.h"
#include "detect_impl.h"

/* ---- building ---- */

static uint64_t root_hash(const char *local, size_t local_size, const char *space, size_t space_size)
{
    return hash64(local, local_size, hash64(space, space_size, 1));
}

/* "LOCAL", "LOCAL NAMESPACE", "LOCAL *" (any namespace), "* NAMESPACE" (any element). */
static void parse_root(const char *text, struct detect_root *r)
{
    r->local = text;
    r->local_size = (uint32_t)strcspn(text, " \t");
    r->space = text + r->local_size + strspn(text + r->local_size, " \t");
    r->space_size = (uint32_t)strcspn(r->space, " \t");
    bool spaced = r->space_size > 0 && r->space[0] != '*';
    r->priority = spaced ? DETECT_ROOT_NAMESPACE : DETECT_ROOT_ALONE;
}

bool detect_root_build(struct detect *d)
{
    size_t count = 0, buckets = 16;
    for (size_t i = 0; i < d->conf_count; i++)
        for (size_t t = 0; t < d->confs[i]->type_count; t++)
            count += d->confs[i]->types[t].root_count;
    while (buckets < count * 2)
        buckets *= 2;
    d->roots = arena_array(&d->arena, count, sizeof *d->roots);
    d->root_buckets = arena_array(&d->arena, buckets, sizeof *d->root_buckets);
    if (!d->roots || !d->root_buckets)
        return false;
    memset(d->root_buckets, 0xff, buckets * sizeof *d->root_buckets);
    d->root_mask = buckets - 1;
    const int32_t *ids = d->ids;
    for (size_t i = 0; i < d->conf_count; ids += d->confs[i++]->type_count) {
        for (size_t t = 0; t < d->confs[i]->type_count; t++) {
            const struct conf_type *type = &d->confs[i]->types[t];
            for (size_t k = 0; k < type->root_count; k++) {
                struct detect_root *r = &d->roots[d->root_count];
                parse_root(type->roots[k], r);
                r->type = ids[t];
                r->where = (struct detect_where){(int32_t)i, type->line};
                int32_t *b = &d->root_buckets[root_hash(r->local, r->local_size, r->space, r->space_size) & d->root_mask];
                r->next = *b;
                *b = (int32_t)d->root_count++;
                d->types[ids[t]].strong = true;
            }
        }
    }
    return true;
}

/* ---- matching ---- */

struct span { const char *p; size_t n; };

struct scan { const char *p, *end; };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_space(struct scan *s)
{
    while (s->p < s->end && is_space(*s->p))
        s->p++;
}

static bool starts(const struct scan *s, const char *text)
{
    size_t n = strlen(text);
    return (size_t)(s->end - s->p) >= n && memcmp(s->p, text, n) == 0;
}

/* Goes behind the next `text`; false, at the end, where there is none. */
static bool skip_past(struct scan *s, const char *text)
{
    const char *at = memmem(s->p, (size_t)(s->end - s->p), text, strlen(text));
    s->p = at ? at + strlen(text) : s->end;
    return at != NULL;
}

/* A DOCTYPE ends at ">" outside of quotes, comments and the [internal subset] (2.8, production 28). */
static bool skip_doctype(struct scan *s)
{
    bool subset = false;
    while (s->p < s->end) {
        if (starts(s, "<!--")) {
            if (!skip_past(s, "-->"))
                return false;
            continue;
        }
        char c = *s->p++;
        if (c == '"' || c == '\'') {
            const char *quote = memchr(s->p, c, (size_t)(s->end - s->p));
            if (!quote)
                return false;
            s->p = quote + 1;
        } else if (c == '[') {
            subset = true;
        } else if (c == ']') {
            subset = false;
        } else if (c == '>' && !subset) {
            return true;
        }
    }
    return false;
}

/* Everything before the root element: declaration, processing instructions, comments, DOCTYPE. */
static bool skip_prolog(struct scan *s)
{
    for (;;) {
        skip_space(s);
        bool done = true, found = true;
        if (starts(s, "<?"))
            found = skip_past(s, "?>");
        else if (starts(s, "<!--"))
            found = skip_past(s, "-->");
        else if (starts(s, "<!DOCTYPE"))
            found = skip_doctype(s);
        else
            done = false;
        if (!found)
            return false;
        if (!done)
            return s->p < s->end && *s->p == '<';
    }
}

static struct span take_name(struct scan *s)
{
    struct span name = {s->p, 0};
    while (s->p < s->end && !is_space(*s->p) && !strchr("/>=<\"'", *s->p ? *s->p : '<'))
        s->p++;
    name.n = (size_t)(s->p - name.p);
    return name;
}

/* NameStartChar (2.3), as far as ASCII goes. */
static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* The value of xmlns, or of xmlns:PREFIX, among the attributes of the tag. */
static struct span find_namespace(struct scan *s, struct span prefix, bool *any)
{
    struct span space = {"", 0};
    while (s->p < s->end) {
        skip_space(s);
        struct span name = take_name(s);
        skip_space(s);
        if (name.n == 0 || s->p >= s->end || *s->p != '=')
            break;
        s->p++;
        skip_space(s);
        if (s->p >= s->end || (*s->p != '"' && *s->p != '\''))
            break;
        char quote = *s->p++;
        const char *close = memchr(s->p, quote, (size_t)(s->end - s->p));
        if (!close)
            break;
        bool declares = name.n >= 5 && memcmp(name.p, "xmlns", 5) == 0;
        *any |= declares;
        bool ours = prefix.n == 0 ? name.n == 5
                                  : name.n == prefix.n + 6 && name.p[5] == ':' &&
                                        memcmp(name.p + 6, prefix.p, prefix.n) == 0;
        if (declares && ours)
            space = (struct span){s->p, (size_t)(close - s->p)};
        s->p = close + 1;
    }
    return space;
}

static void look_up(const struct detect *d, struct span local, struct span space, struct detect_hits *hits)
{
    int32_t n = d->root_buckets[root_hash(local.p, local.n, space.p, space.n) & d->root_mask];
    for (; n >= 0; n = d->roots[n].next) {
        const struct detect_root *r = &d->roots[n];
        if (r->local_size == local.n && r->space_size == space.n && memcmp(r->local, local.p, local.n) == 0 &&
            memcmp(r->space, space.p, space.n) == 0)
            detect_hits_add(hits, (struct detect_hit){r->type, (uint16_t)r->priority,
                                                      (uint16_t)((local.n + space.n) & 0xfff), r->where});
    }
}

static void match_root(const struct detect *d, const char *text, size_t size, struct detect_hits *hits)
{
    static const struct span ANY = {"*", 1};
    struct scan s = {text, text + size};
    skip_space(&s);
    bool declared = starts(&s, "<?xml") && s.end - s.p > 5 && is_space(s.p[5]), spaced = false;
    bool root = skip_prolog(&s);
    if (root)
        s.p++;
    root = root && s.p < s.end && name_start(*s.p);
    if (root) {
        struct span prefix = {"", 0}, local = take_name(&s);
        const char *colon = memchr(local.p, ':', local.n);
        if (colon) {
            prefix = (struct span){local.p, (size_t)(colon - local.p)};
            local = (struct span){colon + 1, local.n - prefix.n - 1};
        }
        struct span space = find_namespace(&s, prefix, &spaced);
        look_up(d, local, space, hits);
        look_up(d, local, ANY, hits);
        if (space.n)
            look_up(d, ANY, space, hits);
    }
    struct detect_hit xml = {BUILTIN_XML, declared ? DETECT_STRONG : DETECT_STRONG - 10, 6, {DETECT_NONE, 0}};
    if (declared || (root && spaced))
        detect_hits_add(hits, xml);
}

/* UTF-16 to one byte a character; what is not ASCII becomes a letter that no known name holds. */
static size_t narrow(const unsigned char *p, size_t size, bool big, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        unsigned c = big ? (unsigned)p[i] << 8 | p[i + 1] : (unsigned)p[i + 1] << 8 | p[i];
        out[n++] = c < 0x80 ? (char)c : (char)0xff;
    }
    return n;
}

/* Is this UTF-16, by its mark or by a first "<"? 0, or the bytes of the mark plus 1. */
static size_t utf16(const unsigned char *p, size_t size, bool *big)
{
    if (size < 4)
        return 0;
    *big = p[0] == 0xfe || p[0] == 0;
    if ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff))
        return 2 + 1;
    bool little = p[0] == '<' && p[1] == 0 && p[2] && !p[3];
    return little || (p[0] == 0 && p[1] == '<' && !p[2] && p[3]) ? 1 : 0;
}

void detect_root_match(const struct detect *d, const unsigned char *head, size_t size, struct detect_hits *hits)
{
    char narrowed[DETECT_HEAD / 2];
    bool big = false;
    if (size > DETECT_HEAD)
        size = DETECT_HEAD;
    size_t wide = utf16(head, size, &big);
    size_t mark = wide ? wide - 1 : size >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (wide)
        match_root(d, narrowed, narrow(head + mark, size - mark, big, narrowed), hits);
    else
        match_root(d, (const char *)head + mark, size - mark, hits);
}
