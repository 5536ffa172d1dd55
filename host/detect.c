/* SPDX-License-Identifier: MIT */
/* The decision between what the bytes say, what the name says, and what text looks like.
 *
 *  1. No bytes at all: application/x-empty.
 *  2. Magics and XML roots that match, by priority, then length, then child before parent. The name breaks a tie of
 *     priority; below DETECT_STRONG it chooses among all that match. What only the end of the file shows, or what lies beyond
 *     the head, is never strong.
 *  3. The name may make that answer more exact (a .docx that is a zip) and never vaguer (an EPUB called .zip). Where the
 *     two contradict each other a strong magic wins, and a weak one loses.
 *  4. Without a magic the name decides, unless the content contradicts it: a text type needs text, and a type all of
 *     whose magics are strong, of which none matched, is not believed by name; nor is its child (a .docx that is no
 *     zip). So where not every file of a type has its magic, at least one is declared below DETECT_STRONG.
 *  5. Else text by its shape, text/plain, or application/octet-stream. */
#include "detect.h"

#include <string.h>

#include "detect_impl.h"
#include "text_guess.h"

struct decision {
    const struct detect *d;
    const struct detect_source *s;
    struct detect_hits magics, globs;
    enum text_encoding encoding;
};

static void look(struct decision *x, enum detect_assume assume)
{
    const struct detect_source *s = x->s;
    x->encoding = TEXT_BINARY;
    if (s->head_size > 0)
        x->encoding = text_encoding_of(s->head, s->head_size, s->size > s->head_size);
    bool firm = false;
    /* What begins as XML or HTML is that, even with a byte in it that no text should have. Asked first: a root element
     * found spares the search for patterns in ranges. */
    detect_root_match(x->d, s->head, s->head_size, &x->magics);
    if (text_is_html(s->head, s->head_size, &firm))
        detect_hits_add(&x->magics, (struct detect_hit){BUILTIN_HTML, firm ? DETECT_STRONG : DETECT_STRONG - 20, 5,
                                                        {DETECT_NONE, 0}});
    detect_magic_match(x->d, s, x->encoding != TEXT_BINARY, assume, &x->magics);
    detect_glob_match(x->d, s->name, s->name_size, &x->globs);
}

/* A child that matches as loudly as its parent, though by a shorter pattern, is the better answer. */
static struct detect_hit best_magic(const struct decision *x)
{
    struct detect_hit best = x->magics.items[0];
    for (size_t i = 1; i < x->magics.count && x->magics.items[i].priority == best.priority; i++)
        if (x->magics.items[i].length == best.length && detect_index_is_a(x->d, x->magics.items[i].type, best.type))
            best = x->magics.items[i];
    return best;
}

/* The glob that says the same as `type` or something more exact. */
static const struct detect_hit *glob_within(const struct decision *x, int32_t type)
{
    for (size_t i = 0; i < x->globs.count; i++)
        if (detect_index_is_a(x->d, x->globs.items[i].type, type))
            return &x->globs.items[i];
    return NULL;
}

static bool glob_is_vaguer(const struct decision *x, int32_t type)
{
    for (size_t i = 0; i < x->globs.count; i++)
        if (detect_index_is_a(x->d, type, x->globs.items[i].type))
            return true;
    return false;
}

/* Rule 4. */
static const struct detect_hit *glob_alone(const struct decision *x)
{
    for (size_t i = 0; i < x->globs.count; i++) {
        const struct detect_type *t = &x->d->types[x->globs.items[i].type];
        if (!t->wants_magic && !(t->text && x->encoding == TEXT_BINARY))
            return &x->globs.items[i];
    }
    return NULL;
}

static void answer(const struct decision *x, const struct detect_hit *hit, enum detect_by by, struct detect_result *out)
{
    *out = (struct detect_result){
        .media = x->d->types[hit->type].media,
        .by = by,
        .priority = hit->priority,
        .declared_in = hit->where.conf >= 0 ? x->d->confs[hit->where.conf]->name : "",
        .line = hit->where.line,
    };
}

/* The name agreed with a magic or made it more exact: its type, on the strength of the magic. */
static void answer_both(const struct decision *x, const struct detect_hit *magic, const struct detect_hit *glob,
                        struct detect_result *out)
{
    answer(x, glob->type == magic->type ? magic : glob, DETECT_BY_MAGIC_AND_GLOB, out);
    out->priority = magic->priority;
}

static void answer_magic(const struct decision *x, struct detect_result *out)
{
    struct detect_hit best = best_magic(x);
    const struct detect_hit *glob = glob_within(x, best.type);
    if (glob) {
        answer_both(x, &best, glob, out);
        return;
    }
    if (glob_is_vaguer(x, best.type)) {
        answer(x, &best, DETECT_BY_MAGIC, out);
        return;
    }
    for (size_t i = 0; i < x->magics.count; i++) {
        const struct detect_hit *hit = &x->magics.items[i];
        bool open = hit->priority == best.priority || best.priority < DETECT_STRONG;
        if (!open || detect_index_is_a(x->d, best.type, hit->type) || !(glob = glob_within(x, hit->type)))
            continue;
        answer_both(x, hit, glob, out);
        return;
    }
    glob = best.priority < DETECT_STRONG ? glob_alone(x) : NULL;
    answer(x, glob ? glob : &best, glob ? DETECT_BY_GLOB : DETECT_BY_MAGIC, out);
}

static void answer_builtin(const struct decision *x, enum detect_builtin type, enum detect_by by,
                           struct detect_result *out)
{
    struct detect_hit hit = {.type = (int32_t)type, .where = x->d->types[type].where};
    answer(x, &hit, by, out);
}

static void answer_shape(const struct decision *x, struct detect_result *out)
{
    static const enum detect_builtin TYPES[] = {
        [TEXT_PLAIN] = BUILTIN_TEXT, [TEXT_HTML] = BUILTIN_HTML, [TEXT_JSON] = BUILTIN_JSON,
        [TEXT_NDJSON] = BUILTIN_NDJSON, [TEXT_CSV] = BUILTIN_CSV, [TEXT_TSV] = BUILTIN_TSV,
    };
    enum text_shape shape = TEXT_PLAIN;
    if (x->encoding == TEXT_ASCII || x->encoding == TEXT_UTF8 || x->encoding == TEXT_LEGACY)
        shape = text_shape_of(x->s->head, x->s->head_size, x->s->size > x->s->head_size);
    answer_builtin(x, TYPES[shape], DETECT_BY_TEXT, out);
}

static void decide(const struct decision *x, struct detect_result *out)
{
    const struct detect_hit *glob;
    if (x->magics.count > 0)
        answer_magic(x, out);
    else if ((glob = glob_alone(x)))
        answer(x, glob, DETECT_BY_GLOB, out);
    else if (x->encoding != TEXT_BINARY)
        answer_shape(x, out);
    else
        answer_builtin(x, BUILTIN_OCTETS, DETECT_BY_NOTHING, out);
}

void detect_type(const struct detect *d, const struct detect_source *s, struct detect_result *out)
{
    struct decision x = {.d = d, .s = s};
    if (s->size == 0) {
        answer_builtin(&x, BUILTIN_EMPTY, DETECT_BY_SIZE, out);
        return;
    }
    look(&x, ASSUME_NOTHING);
    decide(&x, out);
}

/* Does a magic that was found outrank all of that priority? */
static bool outranks(const struct detect_result *r, int priority)
{
    return (r->by == DETECT_BY_MAGIC || r->by == DETECT_BY_MAGIC_AND_GLOB) && (int64_t)r->priority > priority;
}

static bool would_change(const struct detect *d, const struct detect_source *s, enum detect_assume assume,
                         const struct detect_result *so_far)
{
    struct decision x = {.d = d, .s = s};
    struct detect_result other;
    look(&x, assume);
    decide(&x, &other);
    return other.media != so_far->media || other.by != so_far->by;
}

bool detect_wants_tail(const struct detect *d, const struct detect_source *s, const struct detect_result *so_far)
{
    if (s->tail || s->size <= s->head_size || d->tail_priority == DETECT_NONE || outranks(so_far, d->tail_priority))
        return false;
    return would_change(d, s, ASSUME_TAIL, so_far);
}

uint64_t detect_wants_far(const struct detect *d, const struct detect_source *s, const struct detect_result *so_far)
{
    const struct detect_block *b = &d->blocks[s->block];
    bool there = s->block < d->block_count && s->size > b->at && !s->far;
    if (!there || so_far->by == DETECT_BY_TEXT || outranks(so_far, b->priority))
        return 0;
    bool open = so_far->by == DETECT_BY_NOTHING; /* whatever is found is an answer */
    return open || would_change(d, s, ASSUME_FAR, so_far) ? b->at : 0;
}
