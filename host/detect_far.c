/* SPDX-License-Identifier: MIT */
/* Magics beyond the head: the few blocks of a file that hold them. A block begins where the first of its patterns does, so
 * that marks which stand near each other (32,752 and 32,769) are read at once. */
#include <inttypes.h>

#include "detect_impl.h"

_Static_assert(DETECT_BLOCKS == 4, "a message tells where each of them begins");

struct span { uint64_t begin, end; };

static struct span span_of(const struct conf_magic *m)
{
    struct span s = {UINT64_MAX, 0};
    for (size_t i = 0; i < m->part_count; i++) {
        const struct conf_magic_part *p = &m->parts[i];
        if (!conf_magic_part_is_far(p))
            continue;
        uint64_t begin = (uint64_t)p->first, end = begin + p->size;
        s.begin = begin < s.begin ? begin : s.begin;
        s.end = end > s.end ? end : s.end;
    }
    return s;
}

/* Where the next block begins: at the first pattern that is in none yet. UINT64_MAX: all are. */
static uint64_t next_block(const struct detect *d)
{
    uint64_t at = UINT64_MAX;
    for (size_t i = 0; i < d->far_count; i++) {
        const struct detect_rule *r = &d->rules[d->fars[i]];
        struct span s = span_of(r->magic);
        at = r->block == DETECT_NONE && s.begin < at ? s.begin : at;
    }
    return at;
}

static void fill_block(struct detect *d, uint64_t at)
{
    struct detect_block *b = &d->blocks[d->block_count];
    *b = (struct detect_block){.at = at};
    for (size_t i = 0; i < d->far_count; i++) {
        struct detect_rule *r = &d->rules[d->fars[i]];
        struct span s = span_of(r->magic);
        if (r->block != DETECT_NONE || s.begin < at || s.end > at + DETECT_FAR)
            continue;
        r->block = (int8_t)d->block_count;
        b->priority = r->priority > b->priority ? r->priority : b->priority;
    }
    d->block_count++;
}

static void refuse(const struct detect *d, const struct detect_rule *r, struct findings *findings)
{
    findings_add(findings, FINDING_WARNING, "type.magic.reach", d->confs[r->conf]->name, r->magic->line, 0,
                 "choose an offset near one of those, or let a glob decide",
                 "a pattern at offset %" PRIu64 " is never seen: detection reads at most %d blocks beyond the first %d "
                 "bytes, and the others begin at %" PRIu64 ", %" PRIu64 ", %" PRIu64 " and %" PRIu64,
                 span_of(r->magic).begin, DETECT_BLOCKS, DETECT_HEAD, d->blocks[0].at, d->blocks[1].at, d->blocks[2].at,
                 d->blocks[3].at);
}

void detect_far_build(struct detect *d, struct findings *findings)
{
    uint64_t at;
    while (d->block_count < DETECT_BLOCKS && (at = next_block(d)) != UINT64_MAX)
        fill_block(d, at);
    for (size_t i = 0; i < d->far_count; i++)
        if (d->rules[d->fars[i]].block == DETECT_NONE)
            refuse(d, &d->rules[d->fars[i]], findings);
}
