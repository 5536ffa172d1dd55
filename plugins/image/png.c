/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* PNG, with animation: the chunks in their order and what they hold. "PNG (Third Edition)", W3C 2025, sections 5 and 11. */
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/inflate.h>
#include <adit/tag.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

ADIT_MODULE("png", "1.0.0")

enum { MAX_WARNINGS = 24, MAX_CHUNKS = 1000000, MAX_KINDS = 64, MAX_CRC = 1 << 20 };
enum { MAX_TEXT = 1 << 20, MAX_PROFILE = 8 << 20, MAX_TEXTS = 1024 };
enum crc { CRC_NONE, CRC_METADATA, CRC_ALL };

/* One chunk that is being read. */
struct chunk {
    uint32_t type;
    uint64_t offset; /* of its length field, in the source */
    uint64_t size;
    char name[5];
};

struct png {
    const struct adit_call *job;
    uint32_t width, height;
    uint8_t bit_depth, color_type;
    uint32_t palette_entries;
    enum crc crc;
    bool broken, stopped, has_idat, in_idat, has_plte, has_iend, is_apple;
    uint64_t image_data_size;
    /* APNG */
    bool animated;
    uint32_t frames_declared, frames_seen, sequence;
    double duration;
    /* Which chunks were met, in the order of their first. */
    struct kind {
        uint32_t type, count;
        uint64_t size;
    } kinds[MAX_KINDS];
    size_t kind_count;
    struct chunk texts[MAX_TEXTS]; /* emitted when all are met: they are one object */
    size_t text_count;
    unsigned warnings;
};

#define TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The file breaks a rule: COMPLAIN. It is fine, but too much to read all of it: TELL. */
#define COMPLAIN(p, chunk, ...)                                                                                        \
    do {                                                                                                               \
        (p)->broken = true;                                                                                            \
        TELL(p, chunk, __VA_ARGS__);                                                                                   \
    } while (0)
#define TELL(p, chunk, format, ...)                                                                                    \
    do {                                                                                                               \
        if ((p)->warnings++ < MAX_WARNINGS)                                                                            \
            (void)adit_warnf((p)->job, "%s at offset %llu: " format, (chunk)->name,                                    \
                             (unsigned long long)(chunk)->offset, __VA_ARGS__);                                        \
    } while (0)

#include "png_chunks.h"
#include "png_text.h"

#include "png_extensions.h"

/* 5.6, table 7: how often and where; then the bytes of data that are possible, and who reads them. */
enum { ONCE = 1, BEFORE_PLTE = 2, AFTER_PLTE = 4, BEFORE_IDAT = 8 };
static const struct rule {
    uint32_t type;
    unsigned order;
    uint32_t least, most;
    void (*read)(struct png *p, const struct chunk *chunk, struct adit_cursor *c);
} rules[] = {
    {TYPE('I', 'H', 'D', 'R'), ONCE, 13, 13, read_ihdr},
    {TYPE('P', 'L', 'T', 'E'), ONCE | BEFORE_IDAT, 3, 768, read_plte},
    {TYPE('I', 'D', 'A', 'T'), 0, 0, INT32_MAX, NULL},
    {TYPE('I', 'E', 'N', 'D'), ONCE, 0, 0, NULL},
    {TYPE('t', 'R', 'N', 'S'), ONCE | AFTER_PLTE | BEFORE_IDAT, 0, 256, read_trns},
    {TYPE('c', 'H', 'R', 'M'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 32, 32, read_chrm},
    {TYPE('g', 'A', 'M', 'A'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 4, 4, read_gama},
    {TYPE('i', 'C', 'C', 'P'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 3, INT32_MAX, read_iccp},
    {TYPE('s', 'B', 'I', 'T'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 1, 4, read_sbit},
    {TYPE('s', 'R', 'G', 'B'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 1, 1, read_srgb},
    {TYPE('c', 'I', 'C', 'P'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 4, 4, read_cicp},
    {TYPE('m', 'D', 'C', 'V'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 24, 24, read_mdcv},
    {TYPE('c', 'L', 'L', 'I'), ONCE | BEFORE_PLTE | BEFORE_IDAT, 8, 8, read_clli},
    {TYPE('t', 'E', 'X', 't'), 0, 2, INT32_MAX, keep_text},
    {TYPE('z', 'T', 'X', 't'), 0, 3, INT32_MAX, keep_text},
    {TYPE('i', 'T', 'X', 't'), 0, 6, INT32_MAX, keep_text},
    {TYPE('b', 'K', 'G', 'D'), ONCE | AFTER_PLTE | BEFORE_IDAT, 1, 6, read_bkgd},
    {TYPE('h', 'I', 'S', 'T'), ONCE | AFTER_PLTE | BEFORE_IDAT, 2, 512, read_hist},
    {TYPE('p', 'H', 'Y', 's'), ONCE | BEFORE_IDAT, 9, 9, read_phys},
    {TYPE('s', 'P', 'L', 'T'), BEFORE_IDAT, 3, INT32_MAX, read_splt},
    {TYPE('e', 'X', 'I', 'f'), ONCE, 8, INT32_MAX, read_exif},
    {TYPE('t', 'I', 'M', 'E'), ONCE, 7, 7, read_time},
    {TYPE('a', 'c', 'T', 'L'), ONCE | BEFORE_IDAT, 8, 8, read_actl},
    {TYPE('f', 'c', 'T', 'L'), 0, 26, 26, read_fctl},
    {TYPE('f', 'd', 'A', 'T'), 0, 4, INT32_MAX, read_fdat},
    /* "Extensions to the PNG 1.2 Specification" 1.4.0 */
    {TYPE('o', 'F', 'F', 's'), ONCE | BEFORE_IDAT, 9, 9, read_offs},
    {TYPE('p', 'C', 'A', 'L'), ONCE | BEFORE_IDAT, 13, 65536, read_pcal},
    {TYPE('s', 'C', 'A', 'L'), ONCE | BEFORE_IDAT, 4, 65536, read_scal},
    {TYPE('s', 'T', 'E', 'R'), ONCE | BEFORE_IDAT, 1, 1, read_ster},
    {TYPE('g', 'I', 'F', 'g'), 0, 4, 4, read_gifg},
    {TYPE('g', 'I', 'F', 'x'), 0, 11, INT32_MAX, read_gifx},
    /* Of ImageMagick, C2PA, Apple */
    {TYPE('c', 'a', 'N', 'v'), ONCE, 16, 16, read_canv},
    {TYPE('v', 'p', 'A', 'g'), ONCE, 9, 9, read_vpag},
    {TYPE('c', 'a', 'B', 'X'), 0, 8, INT32_MAX, read_cabx},
    {TYPE('C', 'g', 'B', 'I'), ONCE, 4, 4, read_cgbi},
};

static const struct rule *rule_of(uint32_t type)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].type == type)
            return &rules[i];
    return NULL;
}

/* How many of this type came before it. */
static uint32_t count_kind(struct png *p, const struct chunk *chunk)
{
    size_t i = 0;
    while (i < p->kind_count && p->kinds[i].type != chunk->type)
        i++;
    if (i == MAX_KINDS)
        return 0;
    if (i == p->kind_count)
        p->kinds[p->kind_count++] = (struct kind){chunk->type, 0, 0};
    p->kinds[i].size += chunk->size;
    return p->kinds[i].count++;
}

/* 5.6: order of chunks. Those of an unknown type have none. */
static void check_order(struct png *p, const struct chunk *chunk, unsigned order, uint32_t before)
{
    bool is_idat = chunk->type == TYPE('I', 'D', 'A', 'T');
    if ((order & ONCE) && before)
        COMPLAIN(p, chunk, "%s", "there may be only one");
    if ((order & BEFORE_PLTE) && p->has_plte)
        COMPLAIN(p, chunk, "%s", "must come before PLTE");
    if ((order & BEFORE_IDAT) && p->has_idat)
        COMPLAIN(p, chunk, "%s", "must come before the first IDAT");
    if ((order & AFTER_PLTE) && !p->has_plte && p->color_type == 3)
        COMPLAIN(p, chunk, "%s", "must come after PLTE");
    if (is_idat && p->has_idat && !p->in_idat)
        COMPLAIN(p, chunk, "%s", "IDAT chunks must follow one another");
    p->has_idat |= is_idat;
    p->in_idat = is_idat;
}

/* 5.5: CRC-32 of the type and the data. That of image data is computed only where asked for: it means reading everything. */
static void check_crc(struct png *p, const struct chunk *chunk)
{
    uint8_t buffer[4096];
    bool image = chunk->type == TYPE('I', 'D', 'A', 'T') || chunk->type == TYPE('f', 'd', 'A', 'T');
    if (p->crc == CRC_NONE || (p->crc == CRC_METADATA && (image || chunk->size > MAX_CRC)))
        return;
    struct adit_cursor c = adit_cursor_at(p->job, ADIT_SOURCE_MAIN, chunk->offset + 4, chunk->size + 8);
    unsigned long computed = 0;
    for (uint64_t left = chunk->size + 4; left > 0;) {
        size_t n = left < sizeof buffer ? (size_t)left : sizeof buffer;
        p->stopped = !adit_progress(p->job, chunk->offset, adit_size(p->job));
        if (p->stopped || !adit_read_exact(&c, buffer, n))
            return;
        computed = crc32(computed, buffer, (unsigned)n);
        left -= n;
    }
    uint32_t stored = adit_read_u32be(&c);
    if (adit_ok(&c) && stored != computed)
        COMPLAIN(p, chunk, "CRC is %08x, computed from its bytes %08lx", stored, computed);
}

static void read_chunk(struct png *p, const struct chunk *chunk, bool first)
{
    const struct rule *rule = rule_of(chunk->type);
    uint32_t before = count_kind(p, chunk);
    check_crc(p, chunk);
    if (first && chunk->type != TYPE('I', 'H', 'D', 'R') && chunk->type != TYPE('C', 'g', 'B', 'I'))
        COMPLAIN(p, chunk, "%s", "the first chunk must be IHDR");
    check_order(p, chunk, rule ? rule->order : 0, before);
    if (chunk->type == TYPE('I', 'D', 'A', 'T'))
        p->image_data_size += chunk->size;
    if (!rule && !(chunk->type & 0x20000000)) /* 5.4: bit 5 of the first byte */
        COMPLAIN(p, chunk, "%s", "is a critical chunk of a type that PNG does not have");
    if (!rule || !rule->read || ((rule->order & ONCE) && before))
        return;
    if (chunk->size < rule->least || chunk->size > rule->most) {
        COMPLAIN(p, chunk, "has %llu bytes; expected %u to %u", (unsigned long long)chunk->size, rule->least,
                 rule->most);
        return;
    }
    struct adit_cursor c = adit_cursor_at(p->job, ADIT_SOURCE_MAIN, chunk->offset + 8, chunk->size);
    c.big_endian = true;
    rule->read(p, chunk, &c);
    if (!adit_ok(&c))
        COMPLAIN(p, chunk, "its %llu bytes are too few for what it says", (unsigned long long)chunk->size);
}

/* The next chunk's head, checked against the source. False: there is none. */
static bool next_chunk(struct png *p, struct adit_cursor *c, struct chunk *chunk)
{
    uint64_t left = adit_left(c);
    *chunk = (struct chunk){0, c->at, 0, "data"};
    if (left < 12) {
        COMPLAIN(p, chunk, "expected a chunk of 12 bytes or more, found %llu", (unsigned long long)left);
        return false;
    }
    chunk->size = adit_read_u32be(c);
    chunk->type = adit_read_u32be(c);
    for (int i = 0; i < 4; i++) {
        chunk->name[i] = (char)(chunk->type >> (24 - 8 * i));
        char lower = (char)(chunk->name[i] | 0x20);
        if (lower < 'a' || lower > 'z') {
            __builtin_memcpy(chunk->name, "data", 5);
            COMPLAIN(p, chunk, "expected a chunk type of four letters, found bytes %08x", chunk->type);
            return false;
        }
    }
    if (chunk->size > left - 12) {
        COMPLAIN(p, chunk, "says it has %llu bytes, but the file ends after %llu", (unsigned long long)chunk->size,
                 (unsigned long long)(left - 8));
        if (chunk->type == TYPE('I', 'D', 'A', 'T'))
            p->image_data_size += left - 8;
        return false;
    }
    adit_skip(c, chunk->size + 4);
    return adit_ok(c);
}

static void emit_summary(struct png *p)
{
    if (p->animated) {
        (void)adit_begin_object(p->job, "animation");
        (void)adit_emit_u64(p->job, "frames", p->frames_seen);
        (void)adit_emit_f64(p->job, "duration", p->duration);
        (void)adit_end(p->job);
    }
    (void)adit_emit_u64(p->job, "image_data_size", p->image_data_size);
    for (size_t i = 0; i < p->kind_count; i++) {
        char name[4];
        for (int k = 0; k < 4; k++)
            name[k] = (char)(p->kinds[i].type >> (24 - 8 * k));
        (void)adit_begin_object(p->job, "chunks");
        (void)adit_emit_text(p->job, "type", adit_text_of(name, 4));
        (void)adit_emit_u64(p->job, "count", p->kinds[i].count);
        (void)adit_emit_u64(p->job, "size", p->kinds[i].size);
        (void)adit_end(p->job);
    }
}

static enum crc crc_option(const struct adit_call *job)
{
    struct adit_text crc = adit_option(job, "crc");
    return adit_text_is(crc, "all") ? CRC_ALL : adit_text_is(crc, "none") ? CRC_NONE : CRC_METADATA;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct png p = {.job = job, .crc = crc_option(job)};
    struct adit_cursor c = adit_cursor(job);
    struct chunk chunk;
    if (!adit_match_literal(&c, "\x89PNG\r\n\x1a\n"))
        return ADIT_DECLINED;
    uint32_t n = 0;
    for (; n < MAX_CHUNKS && !p.has_iend && !p.stopped && next_chunk(&p, &c, &chunk); n++) {
        p.has_iend = chunk.type == TYPE('I', 'E', 'N', 'D');
        read_chunk(&p, &chunk, n == 0);
    }
    chunk = (struct chunk){0, c.at, 0, "data"};
    if (n == MAX_CHUNKS)
        TELL(&p, &chunk, "there are more than %d chunks; the rest is not read", MAX_CHUNKS);
    else if (p.has_iend && !p.has_idat)
        COMPLAIN(&p, &chunk, "%s", "there is no IDAT before IEND");
    if (!p.stopped)
        check_animation(&p, &chunk);
    emit_texts(&p);
    emit_summary(&p);
    if (p.has_iend && adit_left(&c) > 0) {
        (void)adit_emit_u64(job, "trailing_size", adit_left(&c));
        (void)adit_emit_range(job, ADIT_TEXT("trailer"), NULL, c.at, adit_left(&c));
    }
    return p.broken ? ADIT_MALFORMED : ADIT_OK;
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
