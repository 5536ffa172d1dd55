/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* PNG, with animation: the chunks in their order and what they hold. "PNG (Third Edition)", W3C 2025, sections 5 and 11. */
#include "png_chunks.h"
#include "png_extensions.h"
#include "png_text.h"
#include "png_walk.h"

ADIT_MODULE("png", "1.0.0")

/* 5.6, table 7: how often and where; then what the data are: a table of the size that they must have, or how many bytes are possible,
 * and who reads or checks them. */
#define TABLE(rows) ADIT_ROWS(rows), 0, 0
#define SIZE(least, most) NULL, 0, (least), (most)
static const struct rule {
    const char *type;
    unsigned order;
    const struct adit_row *rows;
    size_t count;
    uint64_t least, most;
    void (*read)(struct png *p, const struct chunk *chunk, struct adit_cursor *c);
} rules[] = {
    {"IHDR", ONCE, TABLE(ihdr), check_ihdr},
    {"PLTE", ONCE | BEFORE_IDAT, SIZE(3, 768), read_plte},
    {"IDAT", 0, SIZE(0, INT32_MAX), NULL},
    {"IEND", ONCE, SIZE(0, 0), NULL},
    {"tRNS", ONCE | AFTER_PLTE | BEFORE_IDAT, SIZE(0, 256), read_trns},
    {"cHRM", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(chrm), NULL},
    {"gAMA", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(gama), check_gama},
    {"iCCP", ONCE | BEFORE_PLTE | BEFORE_IDAT, SIZE(3, INT32_MAX), read_iccp},
    {"sBIT", ONCE | BEFORE_PLTE | BEFORE_IDAT, SIZE(1, 4), read_sbit},
    {"sRGB", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(srgb), check_srgb},
    {"cICP", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(cicp), NULL},
    {"mDCV", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(mdcv), NULL},
    {"cLLI", ONCE | BEFORE_PLTE | BEFORE_IDAT, TABLE(clli), NULL},
    {"tEXt", 0, SIZE(2, INT32_MAX), keep_text},
    {"zTXt", 0, SIZE(3, INT32_MAX), keep_text},
    {"iTXt", 0, SIZE(6, INT32_MAX), keep_text},
    {"bKGD", ONCE | AFTER_PLTE | BEFORE_IDAT, SIZE(1, 6), read_bkgd},
    {"hIST", ONCE | AFTER_PLTE | BEFORE_IDAT, SIZE(2, 512), read_hist},
    {"pHYs", ONCE | BEFORE_IDAT, TABLE(phys), NULL},
    {"sPLT", BEFORE_IDAT, SIZE(3, INT32_MAX), read_splt},
    {"eXIf", ONCE, SIZE(8, INT32_MAX), read_exif},
    {"tIME", ONCE, TABLE(time_rows), check_time},
    {"acTL", ONCE | BEFORE_IDAT, TABLE(actl), check_actl},
    {"fcTL", 0, SIZE(26, 26), read_fctl},
    {"fdAT", 0, SIZE(4, INT32_MAX), read_sequence},
    /* "Extensions to the PNG 1.2 Specification" 1.4.0 */
    {"oFFs", ONCE | BEFORE_IDAT, TABLE(offs), NULL},
    {"pCAL", ONCE | BEFORE_IDAT, SIZE(13, 65536), read_pcal},
    {"sCAL", ONCE | BEFORE_IDAT, SIZE(4, 65536), read_scal},
    {"sTER", ONCE | BEFORE_IDAT, TABLE(ster), NULL},
    {"gIFg", 0, TABLE(gifg), NULL},
    {"gIFx", 0, SIZE(11, INT32_MAX), read_gifx},
    /* Of ImageMagick, C2PA, Apple */
    {"caNv", ONCE, TABLE(canv), NULL},
    {"vpAg", ONCE, TABLE(vpag), NULL},
    {"caBX", 0, SIZE(8, INT32_MAX), read_cabx},
    {"CgBI", ONCE, TABLE(cgbi), NULL},
};

static const struct rule *rule_of(const struct chunk *chunk)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (is(chunk, rules[i].type))
            return &rules[i];
    return NULL;
}

static void read_data(struct png *p, const struct chunk *chunk, const struct rule *rule)
{
    uint64_t size = adit_record_size(rule->rows, rule->count);
    uint64_t least = rule->rows ? size : rule->least, most = rule->rows ? size : rule->most;
    if (chunk->size < least || chunk->size > most) {
        COMPLAIN(p, chunk, "has %llu bytes; expected %llu to %llu", (unsigned long long)chunk->size,
                 (unsigned long long)least, (unsigned long long)most);
        return;
    }
    struct adit_cursor c = adit_cursor_at(p->job, ADIT_SOURCE_MAIN, chunk->offset + 8, chunk->size);
    c.big_endian = true;
    (void)adit_record(&c, rule->rows, rule->count, p);
    if (rule->read)
        rule->read(p, chunk, &c);
    if (!adit_ok(&c))
        COMPLAIN(p, chunk, "its %llu bytes are too few for what it says", (unsigned long long)chunk->size);
}

static void read_chunk(struct png *p, const struct chunk *chunk, bool first)
{
    const struct rule *rule = rule_of(chunk);
    uint32_t before = count_kind(p, chunk);
    check_crc(p, chunk);
    if (first && !is(chunk, "IHDR") && !is(chunk, "CgBI"))
        COMPLAIN(p, chunk, "%s", "the first chunk must be IHDR");
    check_order(p, chunk, rule ? rule->order : 0, before);
    if (is(chunk, "IDAT"))
        p->image_data_size += chunk->size;
    if (!rule && is_critical(chunk))
        COMPLAIN(p, chunk, "%s", "is a critical chunk of a type that PNG does not have");
    if (rule && (rule->rows || rule->read) && !((rule->order & ONCE) && before))
        read_data(p, chunk, rule);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct png p = {.job = job, .report = adit_report(job), .crc = crc_option(job)};
    struct adit_cursor c = adit_cursor(job);
    struct chunk chunk;
    uint32_t n = 0;
    (void)state;
    if (!adit_match_literal(&c, "\x89PNG\r\n\x1a\n"))
        return ADIT_DECLINED;
    for (; n < MAX_CHUNKS && !p.has_iend && !p.stopped && next_chunk(&p, &c, &chunk); n++) {
        p.has_iend = is(&chunk, "IEND");
        read_chunk(&p, &chunk, n == 0);
    }
    chunk = (struct chunk){"data", c.at, 0};
    if (n == MAX_CHUNKS)
        TELL(&p, &chunk, "there are more than %d chunks; the rest is not read", MAX_CHUNKS);
    else if (p.has_iend && !p.has_idat)
        COMPLAIN(&p, &chunk, "%s", "there is no IDAT before IEND");
    check_animation(&p, &chunk);
    emit_texts(&p);
    emit_animation(&p);
    (void)adit_emit_u64(job, "image_data_size", p.image_data_size);
    emit_kinds(&p);
    if (p.has_iend && adit_left(&c) > 0) {
        (void)adit_emit_u64(job, "trailing_size", adit_left(&c));
        (void)adit_emit_range(job, ADIT_TEXT("trailer"), NULL, c.at, adit_left(&c));
    }
    return adit_verdict(&p.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
