/* SPDX-License-Identifier: MIT */
/* From chunk to chunk: their layout (5.3), names (5.4), CRCs (5.5) and order (5.6), and how many there are. Part of png.c. */
#ifndef IMAGE_PNG_WALK_H
#define IMAGE_PNG_WALK_H

#include "png_file.h"
#include <zlib.h>

/* The next chunk's head, checked against the source. False: there is none. */
static bool next_chunk(struct png *p, struct adit_cursor *c, struct chunk *chunk)
{
    uint64_t left = adit_left(c);
    *chunk = (struct chunk){"data", c->at, 0};
    if (left < 12) {
        COMPLAIN(p, chunk, "expected a chunk of 12 bytes or more, found %llu", (unsigned long long)left);
        return false;
    }
    chunk->size = adit_read_u32be(c);
    uint32_t type = adit_read_u32be(c);
    for (int i = 0; i < 4; i++) {
        char letter = (char)(type >> (24 - 8 * i)), lower = (char)(letter | 0x20);
        if (lower < 'a' || lower > 'z') {
            memcpy(chunk->type, "data", 5);
            COMPLAIN(p, chunk, "expected a chunk type of four letters, found bytes %08x", type);
            return false;
        }
        chunk->type[i] = letter;
    }
    if (chunk->size > left - 12) {
        COMPLAIN(p, chunk, "says it has %llu bytes, but the file ends after %llu", (unsigned long long)chunk->size,
                 (unsigned long long)(left - 8));
        if (is(chunk, "IDAT"))
            p->image_data_size += left - 8;
        return false;
    }
    adit_skip(c, chunk->size + 4);
    return adit_ok(c);
}

/* 5.4: bit 5 of the first letter. */
static bool is_critical(const struct chunk *chunk)
{
    return !(chunk->type[0] & 0x20);
}

static enum crc crc_option(const struct adit_call *job)
{
    struct adit_text crc = adit_option(job, "crc");
    return adit_text_is(crc, "all") ? CRC_ALL : adit_text_is(crc, "none") ? CRC_NONE : CRC_METADATA;
}

/* 5.5: CRC-32 of the type and the data. That of image data is computed only where asked for: it means reading everything. */
static void check_crc(struct png *p, const struct chunk *chunk)
{
    uint8_t buffer[4096];
    bool image = is(chunk, "IDAT") || is(chunk, "fdAT");
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

/* 5.6, table 7: how often a chunk comes and where. */
enum { ONCE = 1, BEFORE_PLTE = 2, AFTER_PLTE = 4, BEFORE_IDAT = 8 };

/* Those of an unknown type have no order. */
static void check_order(struct png *p, const struct chunk *chunk, unsigned order, uint32_t before)
{
    bool is_idat = is(chunk, "IDAT");
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

/* How many of this type came before it. */
static uint32_t count_kind(struct png *p, const struct chunk *chunk)
{
    size_t i = 0;
    while (i < p->kind_count && !is(chunk, p->kinds[i].type))
        i++;
    if (i == MAX_KINDS)
        return 0;
    if (i == p->kind_count) {
        memcpy(p->kinds[i].type, chunk->type, 4);
        p->kind_count++;
    }
    p->kinds[i].size += chunk->size;
    return p->kinds[i].count++;
}

static void emit_kinds(const struct png *p)
{
    for (size_t i = 0; i < p->kind_count; i++) {
        (void)adit_begin_object(p->job, "chunks");
        (void)adit_emit_string(p->job, "type", p->kinds[i].type);
        (void)adit_emit_u64(p->job, "count", p->kinds[i].count);
        (void)adit_emit_u64(p->job, "size", p->kinds[i].size);
        (void)adit_end(p->job);
    }
}

#endif
