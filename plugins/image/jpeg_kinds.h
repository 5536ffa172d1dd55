/* SPDX-License-Identifier: MIT */
/* Which kinds of segments a JPEG has, by marker and by how they begin; what all of them told together, and what follows them. Part of
 * jpeg.c. */
#ifndef IMAGE_JPEG_KINDS_H
#define IMAGE_JPEG_KINDS_H

#include "jpeg_parts.h"

static bool is_sof(uint8_t marker)
{
    return marker == SOF55 || (marker >= SOF0 && marker <= 0xcf && marker != DHT && marker != JPG && marker != DAC);
}

static void count_segment(struct jpeg *j, const struct segment *s)
{
    struct kind kind = {.marker = s->marker};
    struct adit_cursor c = adit_cursor_at(j->job, ADIT_SOURCE_MAIN, s->offset, s->size);
    for (size_t i = 0; s->marker >= APP0 && s->marker <= APP15 && i + 1 < sizeof kind.identifier && adit_left(&c) > 0;
         i++) {
        char letter = (char)adit_read_u8(&c);
        if (letter < ' ' || letter > '~')
            break;
        kind.identifier[i] = letter;
    }
    size_t i = 0;
    while (i < j->kind_count &&
           (j->kinds[i].marker != kind.marker || !adit_text_is(adit_text_c(j->kinds[i].identifier), kind.identifier)))
        i++;
    if (i == MAX_KINDS)
        return;
    if (i == j->kind_count)
        j->kinds[j->kind_count++] = kind;
    j->kinds[i].count++;
    j->kinds[i].size += s->size;
}

static void emit_kinds(struct jpeg *j)
{
    static const struct adit_tag names[] = {{DHT, 0, "DHT"}, {DAC, 0, "DAC"}, {SOS, 0, "SOS"}, {DQT, 0, "DQT"},
                                            {DNL, 0, "DNL"}, {DRI, 0, "DRI"}, {DHP, 0, "DHP"}, {EXP, 0, "EXP"},
                                            {LSE, 0, "LSE"}, {COM, 0, "COM"}};
    for (size_t i = 0; i < j->kind_count; i++) {
        const struct kind *k = &j->kinds[i];
        const char *name = adit_tag_name(ADIT_TAGS(names), k->marker);
        char made[16];
        if (k->marker >= APP0 && k->marker <= APP15)
            (void)snprintf(made, sizeof made, "APP%d", k->marker - APP0);
        else if (is_sof(k->marker))
            (void)snprintf(made, sizeof made, "SOF%d", k->marker == SOF55 ? 55 : k->marker - SOF0);
        else
            (void)snprintf(made, sizeof made, "FF%02X", k->marker);
        (void)adit_begin_object(j->job, "segments");
        (void)adit_emit_string(j->job, "marker", name ? name : made);
        if (k->identifier[0])
            (void)adit_emit_string(j->job, "identifier", k->identifier);
        (void)adit_emit_u64(j->job, "count", k->count);
        (void)adit_emit_u64(j->job, "size", k->size);
        (void)adit_end(j->job);
    }
}

static void emit_summary(struct jpeg *j)
{
    if (j->lines_unknown && j->height)
        (void)adit_emit_u64(j->job, "height", j->height);
    if (j->quantization_tables)
        (void)adit_emit_u64(j->job, "quantization_tables", j->quantization_tables);
    if (j->huffman_tables)
        (void)adit_emit_u64(j->job, "huffman_tables", j->huffman_tables);
    if (j->scanned_all) {
        (void)adit_emit_u64(j->job, "scans", j->scans);
        (void)adit_emit_u64(j->job, "image_data_size", j->image_data_size);
    }
    emit_kinds(j);
    emit_parts(j);
    emit_images(j);
}

/* What follows EOI: a video of a motion photo, a preview. What the multi-picture index names is not told of twice. */
static void emit_trailer(struct jpeg *j)
{
    uint64_t from = j->c.at, size = j->c.end - from;
    if (!j->has_eoi || size == 0)
        return;
    (void)adit_emit_u64(j->job, "trailing_size", size);
    if (j->images_end > from && j->images_end <= j->c.end)
        from = j->images_end;
    if (from < j->c.end)
        (void)adit_emit_range(j->job, ADIT_TEXT("trailer"), NULL, from, j->c.end - from);
}

#endif
