/* SPDX-License-Identifier: MIT */
/* Magic patterns: an index from (offset, first bytes) to rules, and a window scan for patterns that may begin anywhere
 * in a range. */
#include <assert.h>
#include <string.h>

#include "detect_impl.h"

enum { KEY_WIDTH = 4, KEY_SPREAD_BITS = 6, ANCHOR_REACH = 8, PAIRS = 65536, DEAD = 8 };

/* ---- building ---- */

struct anchor { uint8_t part, at, width; int score; };

static unsigned char mask_at(const struct conf_magic_part *p, size_t i)
{
    return p->mask ? p->mask[i] : 0xff;
}

static bool is_tail(const struct conf_magic_part *p)
{
    return p->first < 0;
}

/* How much byte `i` tells, in bits. */
static int byte_bits(const struct conf_magic_part *p, size_t i)
{
    /* zeros and ones are everywhere in binary files, and so is a byte repeated */
    bool common = p->bytes[i] == 0 || p->bytes[i] == 0xff || (i > 0 && p->bytes[i] == p->bytes[i - 1]);
    int set = p->mask && p->mask[i] != 0xff ? __builtin_popcount(p->mask[i]) : 8;
    return common ? set / 2 : set;
}

/* The best place to index a rule by: many telling bytes, at a fixed offset, in the head. Score 0: there is none. */
static struct anchor pick_anchor(const struct conf_magic *m)
{
    enum { SURE = 4 * 8 * KEY_WIDTH + 1000 };
    struct anchor best = {0};
    for (size_t n = 0; n < m->part_count && best.score < SURE; n++) {
        const struct conf_magic_part *p = &m->parts[n];
        if (conf_magic_part_is_far(p) || (is_tail(p) && p->first != p->last))
            continue; /* a range at the end is only ever checked, never searched first */
        int place = (p->first == p->last ? 1000 : 500) - (is_tail(p) ? 499 : 0);
        for (size_t at = 0; at < p->size && at < ANCHOR_REACH && best.score < SURE; at++) {
            int bits = 0, spread = 0;
            for (size_t i = at; i < p->size && i < at + KEY_WIDTH; i++) {
                spread += p->mask ? 8 - __builtin_popcount(p->mask[i]) : 0;
                bits += byte_bits(p, i);
                int score = bits * 4 - (int)at * 5 + place;
                if (spread > KEY_SPREAD_BITS)
                    break;
                if (bits > 0 && score > best.score)
                    best = (struct anchor){(uint8_t)n, (uint8_t)at, (uint8_t)(i - at + 1), score};
            }
        }
    }
    return best;
}

static uint32_t load_key(const unsigned char *p, size_t width)
{
    uint32_t key = 0;
    for (size_t i = 0; i < width; i++)
        key |= (uint32_t)p[i] << (8 * i);
    return key;
}

static size_t bucket_of(const struct detect_index *x, uint32_t key, uint32_t slot, uint32_t width)
{
    uint64_t h = (key ^ ((uint64_t)(slot * 8 + width) << 32)) * 0x9e3779b97f4a7c15u;
    return (size_t)(h >> 32) & x->mask;
}

static void index_add(struct detect_index *x, uint32_t key, uint32_t slot, uint32_t width, int32_t rule)
{
    size_t b = bucket_of(x, key, slot, width);
    x->entries[x->count] = (struct detect_entry){key, rule, x->buckets[b], (uint16_t)slot, (uint8_t)width};
    x->buckets[b] = (int32_t)x->count++;
}

static bool index_init(struct detect *d, struct detect_index *x, size_t capacity)
{
    size_t size = 64;
    while (size < capacity * 2)
        size *= 2;
    x->buckets = arena_array(&d->arena, size, sizeof *x->buckets);
    x->entries = arena_array(&d->arena, capacity, sizeof *x->entries);
    if (!x->buckets || !x->entries)
        return false;
    memset(x->buckets, 0xff, size * sizeof *x->buckets);
    x->mask = size - 1;
    x->capacity = capacity;
    return true;
}

/* Steps to the next value that the mask allows; 0 when all were seen. `free_bits` has a bit for each that may vary. */
static uint32_t next_variant(uint32_t variant, uint32_t free_bits)
{
    return (variant - free_bits) & free_bits;
}

static void add_variants(struct detect *d, struct detect_index *x, struct detect_slot *slot, uint32_t slot_id,
                         const struct conf_magic_part *p, struct anchor a, int32_t rule)
{
    uint32_t key = load_key(p->bytes + a.at, a.width), free_bits = 0;
    for (size_t i = 0; i < a.width; i++)
        free_bits |= (uint32_t)(unsigned char)~mask_at(p, a.at + i) << (8 * i);
    uint32_t variant = 0;
    do {
        uint32_t value = (key & ~free_bits) | variant;
        index_add(x, value, slot_id, a.width, rule);
        if (slot) {
            slot->first[(value & 0xff) / 64] |= 1ull << (value & 63);
        } else {
            uint32_t pair = value & 0xffff;
            for (uint32_t any = 0; any < (a.width == 1 ? 256u : 1u); any++, pair += 0x100)
                d->pairs[pair / 64] |= 1ull << (pair & 63);
        }
        variant = next_variant(variant, free_bits);
    } while (variant);
}

static uint32_t slot_for(struct detect *d, int16_t *slot_of, int32_t offset)
{
    int16_t *known = &slot_of[offset + DETECT_TAIL];
    if (*known < 0) {
        d->slots[d->slot_count] = (struct detect_slot){.offset = offset};
        *known = (int16_t)d->slot_count++;
    }
    return (uint32_t)*known;
}

static void add_rule(struct detect *d, int32_t n, struct anchor a, int16_t *slot_of)
{
    struct detect_rule *r = &d->rules[n];
    if (a.score == 0) {
        d->loose[d->loose_count++] = n;
        return;
    }
    const struct conf_magic_part *p = &r->magic->parts[a.part];
    r->anchor = a.part;
    r->anchor_at = a.at;
    if (p->first == p->last) {
        uint32_t id = slot_for(d, slot_of, (int32_t)p->first + a.at);
        d->slots[id].widths |= 1u << a.width;
        add_variants(d, &d->fixed, &d->slots[id], id, p, a, n);
        return;
    }
    d->ranged_widths |= 1u << a.width;
    add_variants(d, &d->ranged, NULL, 0, p, a, n);
    int64_t end = p->last + a.at + 1;
    for (int i = r->priority; i >= 0 && d->limits[i] < end; i--)
        d->limits[i] = (uint16_t)(end > DETECT_HEAD ? DETECT_HEAD : end);
}

static uint16_t counted_bytes(const struct conf_magic *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->part_count; i++)
        for (size_t k = 0; k < m->parts[i].size; k++)
            n += mask_at(&m->parts[i], k) != 0;
    return (uint16_t)(n > UINT16_MAX ? UINT16_MAX : n);
}

static void collect_rules(struct detect *d, const struct conf *c, int32_t conf, const int32_t *ids)
{
    for (size_t t = 0; t < c->type_count; t++) {
        const struct conf_type *type = &c->types[t];
        int32_t id = ids[t];
        for (size_t i = 0; i < type->magic_count; i++) {
            const struct conf_magic *m = &type->magics[i];
            assert(conf_magic_fits(m));
            struct detect_rule *r = &d->rules[d->rule_count++];
            *r = (struct detect_rule){.magic = m, .type = id, .conf = conf, .length = counted_bytes(m), .block = DETECT_NONE,
                                      .priority = (uint8_t)(m->priority > 100 ? 100 : m->priority)};
            bool *force = m->priority >= DETECT_STRONG ? &d->types[id].strong : &d->types[id].weak;
            *force = true;
            bool has_head = false;
            for (size_t k = 0; k < m->part_count; k++) {
                r->has_tail |= is_tail(&m->parts[k]);
                r->has_far |= conf_magic_part_is_far(&m->parts[k]);
                has_head |= !is_tail(&m->parts[k]);
            }
            /* Neither the end alone nor what is beyond the head outranks a strong magic at the beginning, which so spares
             * reading them. */
            if ((!has_head || r->has_far) && r->priority >= DETECT_STRONG)
                r->priority = DETECT_STRONG - 1;
            if (r->has_far)
                d->fars[d->far_count++] = (int32_t)d->rule_count - 1;
            if (r->has_tail)
                d->tails[d->tail_count++] = (int32_t)d->rule_count - 1;
            if (r->has_tail && r->priority > d->tail_priority)
                d->tail_priority = r->priority;
        }
    }
}

/* How many index entries there will be: one for each value that an anchor's mask allows. */
static size_t entries_needed(const struct detect *d, const struct anchor *anchors)
{
    size_t total = 0;
    for (size_t i = 0; i < d->rule_count; i++) {
        const struct conf_magic_part *p = &d->rules[i].magic->parts[anchors[i].part];
        int spread = 0;
        for (size_t k = 0; k < anchors[i].width; k++)
            spread += 8 - __builtin_popcount(mask_at(p, anchors[i].at + k));
        total += (size_t)1 << spread;
    }
    return total;
}

bool detect_magic_build(struct detect *d, struct findings *findings)
{
    size_t rules = 0;
    d->tail_priority = DETECT_NONE;
    for (size_t i = 0; i < d->conf_count; i++)
        for (size_t t = 0; t < d->confs[i]->type_count; t++)
            rules += d->confs[i]->types[t].magic_count;
    d->rules = arena_array(&d->arena, rules, sizeof *d->rules);
    d->loose = arena_array(&d->arena, rules, sizeof *d->loose);
    d->tails = arena_array(&d->arena, rules, sizeof *d->tails);
    d->pairs = arena_array(&d->arena, PAIRS / 64, sizeof *d->pairs);
    int16_t slot_of[DETECT_TAIL + DETECT_HEAD];
    memset(slot_of, 0xff, sizeof slot_of);
    size_t slots = rules < sizeof slot_of / sizeof *slot_of ? rules : sizeof slot_of / sizeof *slot_of;
    d->slots = arena_array(&d->arena, slots, sizeof *d->slots);
    d->fars = arena_array(&d->arena, rules, sizeof *d->fars);
    if (!d->rules || !d->loose || !d->tails || !d->fars || !d->pairs || !d->slots)
        return false;
    const int32_t *ids = d->ids;
    for (size_t i = 0; i < d->conf_count; ids += d->confs[i++]->type_count)
        collect_rules(d, d->confs[i], (int32_t)i, ids);
    detect_far_build(d, findings);
    struct anchor *anchors = arena_array(&d->arena, d->rule_count, sizeof *anchors);
    if (!anchors)
        return false;
    for (size_t i = 0; i < d->rule_count; i++)
        anchors[i] = d->rules[i].has_far ? (struct anchor){0} : pick_anchor(d->rules[i].magic);
    size_t entries = entries_needed(d, anchors);
    if (!index_init(d, &d->fixed, entries) || !index_init(d, &d->ranged, entries))
        return false;
    for (size_t i = 0; i < d->rule_count; i++)
        if (!d->rules[i].has_far)
            add_rule(d, (int32_t)i, anchors[i], slot_of);
    return true;
}

/* ---- matching ---- */

struct view { const unsigned char *data; size_t size; };

struct matcher {
    const struct detect *d;
    struct view head, tail;   /* the tail may lie within the head */
    struct view far;          /* the source's block */
    uint64_t far_at;          /* where it begins in the file */
    bool text;
    enum detect_assume assume;
    struct detect_hits *hits;
    int32_t dead[DEAD];       /* rules whose other parts are known to fail: not tried again at the next window */
    size_t dead_count;
};

static bool bytes_match(const struct conf_magic_part *p, const unsigned char *at)
{
    if (!p->mask)
        return memcmp(p->bytes, at, p->size) == 0;
    for (size_t i = 0; i < p->size; i++)
        if ((at[i] & p->mask[i]) != p->bytes[i])
            return false;
    return true;
}

static bool far_part_matches(const struct matcher *m, const struct conf_magic_part *p)
{
    uint64_t at = (uint64_t)p->first - m->far_at; /* the rule's parts are all in its block */
    if (!m->far.data)
        return m->assume == ASSUME_FAR;
    return at + p->size <= m->far.size && bytes_match(p, m->far.data + at);
}

/* Does the part match anywhere in its range? Offsets of the tail count from its end. */
static bool part_matches(const struct matcher *m, const struct conf_magic_part *p)
{
    struct view v = m->head;
    int64_t first = p->first, last = p->last;
    if (conf_magic_part_is_far(p))
        return far_part_matches(m, p);
    if (is_tail(p)) {
        if (!m->tail.data)
            return m->assume == ASSUME_TAIL;
        v = m->tail;
        first += (int64_t)v.size;
        last += (int64_t)v.size;
    }
    if (first < 0)
        first = 0;
    if (last > (int64_t)v.size - (int64_t)p->size)
        last = (int64_t)v.size - (int64_t)p->size;
    if (!p->mask && last > first)
        return memmem(v.data + first, (size_t)(last - first) + p->size, p->bytes, p->size) != NULL;
    for (int64_t at = first; at <= last; at++)
        if (bytes_match(p, v.data + at))
            return true;
    return false;
}

static void try_rule(struct matcher *m, int32_t n, bool anchored)
{
    const struct detect_rule *r = &m->d->rules[n];
    bool head_part = false;
    for (size_t i = 0; i < r->magic->part_count; i++) {
        head_part |= !is_tail(&r->magic->parts[i]) && !r->has_far;
        if (!(anchored && i == r->anchor) && !part_matches(m, &r->magic->parts[i])) {
            if (m->dead_count < DEAD)
                m->dead[m->dead_count++] = n;
            return;
        }
    }
    if (!head_part && m->text)
        return; /* a few bytes at the end, or far inside, do not make text something else */
    detect_hits_add(m->hits, (struct detect_hit){r->type, r->priority, r->length, {r->conf, r->magic->line}});
}

static void probe_slot(struct matcher *m, const struct detect_slot *slot, uint32_t id, struct view v, size_t at)
{
    const struct detect_index *x = &m->d->fixed;
    if (!(slot->first[v.data[at] / 64] >> (v.data[at] & 63) & 1))
        return;
    for (uint32_t width = 1; width <= KEY_WIDTH && at + width <= v.size; width++) {
        if (!(slot->widths >> width & 1))
            continue;
        uint32_t key = load_key(v.data + at, width);
        for (int32_t e = x->buckets[bucket_of(x, key, id, width)]; e >= 0; e = x->entries[e].next) {
            const struct detect_entry *entry = &x->entries[e];
            if (entry->key == key && entry->slot == id && entry->width == width)
                try_rule(m, entry->rule, false);
        }
    }
}

static bool is_dead(const struct matcher *m, int32_t rule)
{
    for (size_t i = 0; i < m->dead_count; i++)
        if (m->dead[i] == rule)
            return true;
    return false;
}

static void probe_window(struct matcher *m, size_t at)
{
    const struct detect_index *x = &m->d->ranged;
    for (uint32_t width = 1; width <= KEY_WIDTH && at + width <= m->head.size; width++) {
        if (!(m->d->ranged_widths >> width & 1))
            continue;
        uint32_t key = load_key(m->head.data + at, width);
        for (int32_t e = x->buckets[bucket_of(x, key, 0, width)]; e >= 0; e = x->entries[e].next) {
            const struct detect_entry *entry = &x->entries[e];
            if (entry->key != key || entry->width != width || is_dead(m, entry->rule))
                continue;
            const struct detect_rule *r = &m->d->rules[entry->rule];
            const struct conf_magic_part *p = &r->magic->parts[r->anchor];
            int64_t begin = (int64_t)at - r->anchor_at;
            if (begin >= p->first && begin <= p->last && begin + (int64_t)p->size <= (int64_t)m->head.size &&
                bytes_match(p, m->head.data + begin))
                try_rule(m, entry->rule, true);
        }
    }
}

static void scan_windows(struct matcher *m)
{
    /* What was found at a fixed offset with a strong priority is not outranked by what is below it. */
    int best = m->hits->count ? m->hits->items[0].priority : 0;
    size_t limit = m->d->limits[best >= DETECT_STRONG ? best : 0];
    if (limit > m->head.size)
        limit = m->head.size;
    const unsigned char *p = m->head.data;
    const uint64_t *pairs = m->d->pairs;
    for (size_t at = 0; at + 1 < limit; at++) {
        uint32_t pair = (uint32_t)p[at] | (uint32_t)p[at + 1] << 8;
        if (pairs[pair / 64] >> (pair & 63) & 1)
            probe_window(m, at);
    }
    if (limit > 0)
        probe_window(m, limit - 1);
}

static struct view tail_of(const struct detect_source *s)
{
    if (s->tail)
        return (struct view){s->tail, s->tail_size};
    if (s->size > s->head_size)
        return (struct view){NULL, 0};
    size_t n = s->head_size < DETECT_TAIL ? s->head_size : DETECT_TAIL;
    return (struct view){s->head + (s->head_size - n), n};
}

static void try_block(struct matcher *m, const struct detect_source *s)
{
    m->far = (struct view){s->far, s->far_size};
    m->far_at = m->d->blocks[s->block].at;
    for (size_t i = 0; i < m->d->far_count; i++)
        if (m->d->rules[m->d->fars[i]].block == (int)s->block)
            try_rule(m, m->d->fars[i], false);
}

void detect_magic_match(const struct detect *d, const struct detect_source *s, bool text, enum detect_assume assume,
                        struct detect_hits *hits)
{
    struct matcher m = {.d = d, .head = {s->head, s->head_size}, .tail = tail_of(s), .text = text,
                        .assume = assume, .hits = hits};
    for (size_t i = 0; i < d->slot_count; i++) {
        const struct detect_slot *slot = &d->slots[i];
        if (slot->offset >= 0) {
            if ((size_t)slot->offset < m.head.size)
                probe_slot(&m, slot, (uint32_t)i, m.head, (size_t)slot->offset);
        } else if (m.tail.data && (size_t)-slot->offset <= m.tail.size) {
            probe_slot(&m, slot, (uint32_t)i, m.tail, m.tail.size - (size_t)-slot->offset);
        }
    }
    for (size_t i = 0; i < d->loose_count; i++)
        try_rule(&m, d->loose[i], false);
    for (size_t i = 0; assume == ASSUME_TAIL && !m.tail.data && i < d->tail_count; i++)
        try_rule(&m, d->tails[i], false);
    if (s->far || assume == ASSUME_FAR)
        try_block(&m, s);
    m.dead_count = 0;
    scan_windows(&m);
}

static bool hit_before(const struct detect_hit *a, const struct detect_hit *b)
{
    return a->priority != b->priority ? a->priority > b->priority : a->length > b->length;
}

void detect_hits_add(struct detect_hits *hits, struct detect_hit hit)
{
    size_t at = 0;
    while (at < hits->count && hits->items[at].type != hit.type)
        at++;
    if (at < hits->count) {
        if (!hit_before(&hit, &hits->items[at]))
            return;
    } else if (hits->count < DETECT_HITS) {
        at = hits->count++;
    } else if (hit_before(&hit, &hits->items[DETECT_HITS - 1])) {
        at = DETECT_HITS - 1;
    } else {
        return;
    }
    for (; at > 0 && hit_before(&hit, &hits->items[at - 1]); at--)
        hits->items[at] = hits->items[at - 1];
    hits->items[at] = hit;
}
