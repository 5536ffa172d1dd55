/* SPDX-License-Identifier: MIT */
/* What the chunks of WAVE and AIFF say themselves: all that libsndfile does not tell, and the most important of the rest where it cannot
 * open the file. Sources: Multimedia Programming Interface and Data Specifications 1.0, 2 and 3; Multimedia Data Standards Update
 * (WAVEFORMATEXTENSIBLE, fact, smpl); Exif 2.32, 5.6 (exif list); AIFF 1.3; AIFF-C draft 8/26/91. */
#ifndef PLUGINS_AUDIO_SNDFILE_HEADER_H
#define PLUGINS_AUDIO_SNDFILE_HEADER_H

#include "sndfile_broadcast.h"
#include <adit/chunks.h>
#include <adit/guid.h>
#include <math.h>

enum { HEADER_LISTS = 4, HEADER_COMMENTS = 256, HEADER_TEXT = 64 * 1024, HEADER_EPOCH_1904 = 2082844800 };

/* The form is whether libsndfile tells it, too. */
static const struct adit_tag header_info[] = {
    {ADIT_FOURCC('I', 'A', 'R', 'L'), 0, "archival_location"},
    {ADIT_FOURCC('I', 'A', 'R', 'T'), 1, "artist"},
    {ADIT_FOURCC('I', 'C', 'M', 'S'), 0, "commissioned"},
    {ADIT_FOURCC('I', 'C', 'M', 'T'), 1, "comment"},
    {ADIT_FOURCC('I', 'C', 'O', 'P'), 1, "copyright"},
    {ADIT_FOURCC('I', 'C', 'R', 'D'), 1, "date"},
    {ADIT_FOURCC('I', 'E', 'N', 'G'), 0, "engineer"},
    {ADIT_FOURCC('I', 'G', 'N', 'R'), 1, "genre"},
    {ADIT_FOURCC('I', 'K', 'E', 'Y'), 0, "keywords"},
    {ADIT_FOURCC('I', 'L', 'N', 'G'), 0, "language"},
    {ADIT_FOURCC('I', 'M', 'E', 'D'), 0, "medium"},
    {ADIT_FOURCC('I', 'N', 'A', 'M'), 1, "title"},
    {ADIT_FOURCC('I', 'P', 'R', 'D'), 1, "album"},
    {ADIT_FOURCC('I', 'S', 'B', 'J'), 0, "subject"},
    {ADIT_FOURCC('I', 'S', 'F', 'T'), 1, "software"},
    {ADIT_FOURCC('I', 'S', 'R', 'C'), 0, "source"},
    {ADIT_FOURCC('I', 'S', 'R', 'F'), 0, "source_form"},
    {ADIT_FOURCC('I', 'T', 'C', 'H'), 0, "technician"},
    {ADIT_FOURCC('I', 'T', 'R', 'K'), 1, "tracknumber"},
};

/* Exif 2.32, table 55; the maker's note is no text. */
static const struct adit_tag header_exif[] = {
    {ADIT_FOURCC('e', 'c', 'o', 'r'), 0, "exif.Make"},
    {ADIT_FOURCC('e', 'm', 'd', 'l'), 0, "exif.Model"},
    {ADIT_FOURCC('e', 'r', 'e', 'l'), 0, "exif.RelatedImageFile"},
    {ADIT_FOURCC('e', 't', 'i', 'm'), 0, "exif.TimeCreated"},
    {ADIT_FOURCC('e', 'v', 'e', 'r'), 0, "exif.ExifVersion"},
};

/* AIFF 1.3, "Text Chunks" */
static const struct adit_tag header_texts[] = {
    {ADIT_FOURCC('(', 'c', ')', ' '), 1, "copyright"},
    {ADIT_FOURCC('A', 'N', 'N', 'O'), 1, "comment"},
    {ADIT_FOURCC('A', 'U', 'T', 'H'), 1, "artist"},
    {ADIT_FOURCC('N', 'A', 'M', 'E'), 1, "title"},
};

struct header {
    const struct adit_call *job;
    bool known; /* of the format: these */
    uint64_t sample_rate, channels, bits;
    struct adit_cursor lists[HEADER_LISTS], broadcast;
    uint32_t list_count, told; /* told: bits of header_texts */
    struct adit_cursor texts[4];
};

/* A chunk's text up to its NUL. */
static inline void header_text(const struct adit_call *job, const char *name, struct adit_cursor c)
{
    uint64_t n = adit_left(&c) < HEADER_TEXT ? adit_left(&c) : HEADER_TEXT;
    struct adit_text text = adit_read_bytes(&c, n);
    emit_fixed(job, name, text.data, text.size);
}

static inline void header_fmt(struct header *h, struct adit_cursor c)
{
    uint16_t tag = adit_read_u16(&c);
    h->channels = adit_read_u16(&c);
    h->sample_rate = adit_read_u32(&c);
    uint32_t byte_rate = adit_read_u32(&c), align = adit_read_u16(&c);
    h->bits = adit_read_u16(&c);
    if (!adit_ok(&c))
        return;
    h->known = true;
    (void)adit_begin_object(h->job, "format");
    (void)adit_emit_u64(h->job, "tag", tag);
    (void)adit_emit_u64(h->job, "byte_rate", byte_rate);
    (void)adit_emit_u64(h->job, "block_align", align);
    (void)adit_emit_u64(h->job, "bits_per_sample", h->bits);
    if (tag == 0xfffe && adit_read_u16(&c) >= 22 && adit_left(&c) >= 22) { /* WAVE_FORMAT_EXTENSIBLE */
        (void)adit_emit_u64(h->job, "valid_bits", adit_read_u16(&c));
        (void)adit_emit_u64(h->job, "channel_mask", adit_read_u32(&c));
        struct adit_guid sub_format = adit_read_guid(&c);
        (void)adit_emit_guid(h->job, "sub_format", &sub_format);
    }
    (void)adit_end(h->job);
}

/* IEEE 754's 80 bits, as in AIFF 1.3, "Extended". */
static inline double header_extended(struct adit_cursor *c)
{
    uint16_t high = adit_read_u16be(c);
    uint64_t mantissa = adit_read_u64be(c);
    double value = ldexp((double)mantissa, (high & 0x7fff) - 16383 - 63);
    return high & 0x8000 ? -value : value;
}

static inline void header_comm(struct header *h, struct adit_cursor c)
{
    char name[5];
    h->channels = adit_read_u16be(&c);
    uint32_t frames = adit_read_u32be(&c);
    h->bits = adit_read_u16be(&c);
    double rate = header_extended(&c);
    if (!adit_ok(&c))
        return;
    h->known = rate >= 0 && rate <= UINT32_MAX;
    h->sample_rate = h->known ? (uint64_t)rate : 0;
    (void)adit_begin_object(h->job, "format");
    (void)adit_emit_u64(h->job, "frames", frames);
    (void)adit_emit_u64(h->job, "bits_per_sample", h->bits);
    if (adit_left(&c) >= 4) { /* AIFF-C */
        adit_fourcc_name(adit_read_u32be(&c), name);
        (void)adit_emit_string(h->job, "compression", name);
    }
    (void)adit_end(h->job);
}

/* AIFF 1.3, "Comments Chunk": seconds since 1904 by the writer's clock, a marker or 0, a text padded to even length. */
static inline void header_comments(const struct adit_call *job, struct adit_cursor c)
{
    uint32_t count = adit_read_u16be(&c);
    for (uint32_t i = 0; i < count && i < HEADER_COMMENTS && adit_left(&c) >= 8; i++) {
        uint32_t seconds = adit_read_u32be(&c), marker = adit_read_u16be(&c), n = adit_read_u16be(&c);
        struct adit_text text = adit_read_bytes(&c, n);
        if (n & 1 && adit_left(&c) > 0)
            adit_skip(&c, 1);
        (void)adit_begin_object(job, "comments");
        if (seconds > 0) {
            struct adit_time time = adit_time_from_unix((int64_t)seconds - HEADER_EPOCH_1904, 0, ADIT_TIME_SECOND);
            time.zone = ADIT_ZONE_UNKNOWN;
            (void)adit_emit_time(job, "time", time);
        }
        if (marker > 0)
            (void)adit_emit_u64(job, "marker", marker);
        emit_fixed(job, "text", text.data, text.size);
        (void)adit_end(job);
    }
}

static inline void header_smpl(const struct adit_call *job, struct adit_cursor c)
{
    static const char *const fields[] = {"manufacturer", "product", "sample_period", NULL, NULL, "smpte_format",
                                         "smpte_offset", NULL,      "data_size"};
    (void)adit_begin_object(job, "smpl");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        uint32_t value = adit_read_u32(&c);
        if (fields[i] && adit_ok(&c))
            (void)adit_emit_u64(job, fields[i], value);
    }
    (void)adit_end(job);
}

/* Texts with a NUL after each (AFsp, "Audio File Formats"). */
static inline void header_afsp(const struct adit_call *job, struct adit_cursor c)
{
    uint64_t n = adit_left(&c) < HEADER_TEXT ? adit_left(&c) : HEADER_TEXT;
    struct adit_text rest = adit_read_bytes(&c, n);
    while (rest.size > 0) {
        struct adit_text one = adit_text_until_nul(rest);
        size_t step = one.size < rest.size ? one.size + 1 : one.size;
        if (one.size > 0)
            (void)adit_emit_text(job, "afsp", one);
        rest = adit_text_of(rest.data + step, rest.size - step);
    }
}

/* One chunk of the outermost container. What has to wait for libsndfile is kept. */
static inline void header_chunk(void *context, const struct adit_chunks *chunks, const struct adit_chunk *chunk)
{
    struct header *h = (struct header *)context;
    struct adit_cursor c = adit_chunk_cursor(chunks, chunk);
    switch (chunk->id) {
    case ADIT_FOURCC('f', 'm', 't', ' '):
        header_fmt(h, c);
        break;
    case ADIT_FOURCC('C', 'O', 'M', 'M'):
        header_comm(h, c);
        break;
    case ADIT_FOURCC('C', 'O', 'M', 'T'):
        header_comments(h->job, c);
        break;
    case ADIT_FOURCC('f', 'a', 'c', 't'):
        if (adit_left(&c) >= 4)
            (void)adit_emit_u64(h->job, "fact_samples", adit_read_u32(&c));
        break;
    case ADIT_FOURCC('d', 's', '6', '4'): /* EBU Tech 3306 */
        if (adit_left(&c) >= 24) {
            adit_skip(&c, 16);
            (void)adit_emit_u64(h->job, "ds64_samples", adit_read_u64(&c));
        }
        break;
    case ADIT_FOURCC('s', 'm', 'p', 'l'):
        header_smpl(h->job, c);
        break;
    case ADIT_FOURCC('a', 'f', 's', 'p'):
        header_afsp(h->job, c);
        break;
    case ADIT_FOURCC('b', 'e', 'x', 't'):
        h->broadcast = c;
        break;
    case ADIT_FOURCC('L', 'I', 'S', 'T'):
        if (h->list_count < HEADER_LISTS) {
            c = adit_cursor_at(h->job, ADIT_SOURCE_MAIN, chunk->offset, chunk->available + 8);
            c.big_endian = chunks->cursor.big_endian;
            h->lists[h->list_count++] = c;
        }
        break;
    default:
        for (uint32_t i = 0; i < sizeof header_texts / sizeof *header_texts; i++)
            if (chunk->id == header_texts[i].number && !(h->told & 1u << i)) {
                h->told |= 1u << i;
                h->texts[i] = c;
            }
    }
}

static inline void header_list(const struct header *h, const struct adit_cursor *list, bool opened)
{
    struct adit_chunks chunks;
    struct adit_chunk chunk;
    if (!adit_chunks_open(&chunks, list))
        return;
    chunks.cursor.big_endian = list->big_endian;
    while (adit_next_chunk(&chunks, &chunk)) {
        const struct adit_tag *tag =
            chunks.type == ADIT_FOURCC('I', 'N', 'F', 'O')   ? adit_tag_find(ADIT_TAGS(header_info), chunk.id)
            : chunks.type == ADIT_FOURCC('e', 'x', 'i', 'f') ? adit_tag_find(ADIT_TAGS(header_exif), chunk.id)
                                                             : NULL;
        if (tag && !(opened && tag->form))
            header_text(h->job, tag->name, adit_chunk_cursor(&chunks, &chunk));
    }
}

/* EBU Tech 3285, 2.3: the chunk as libsndfile would have given it. */
static inline void header_broadcast(const struct adit_call *job, struct adit_cursor c)
{
    sndfile_bext *b = (sndfile_bext *)calloc(1, sizeof *b);
    if (b && adit_left(&c) >= 602) {
        (void)adit_read_exact(&c, b->description, sizeof b->description);
        (void)adit_read_exact(&c, b->originator, sizeof b->originator);
        (void)adit_read_exact(&c, b->originator_reference, sizeof b->originator_reference);
        (void)adit_read_exact(&c, b->origination_date, sizeof b->origination_date);
        (void)adit_read_exact(&c, b->origination_time, sizeof b->origination_time);
        b->time_reference_low = adit_read_u32(&c);
        b->time_reference_high = adit_read_u32(&c);
        b->version = adit_read_i16(&c);
        (void)adit_read_exact(&c, b->umid, sizeof b->umid);
        int16_t *const loudness[] = {&b->loudness_value, &b->loudness_range, &b->max_true_peak_level,
                                     &b->max_momentary_loudness, &b->max_shortterm_loudness};
        for (size_t i = 0; i < 5; i++)
            *loudness[i] = adit_read_i16(&c);
        adit_skip(&c, 180);
        uint64_t left = adit_left(&c) < sizeof b->coding_history ? adit_left(&c) : sizeof b->coding_history;
        b->coding_history_size = (uint32_t)left;
        (void)adit_read_exact(&c, b->coding_history, (size_t)left);
        emit_bext(job, b);
    }
    free(b);
}

/* After libsndfile: `opened`, whether it could open the file, and so has told its part. */
static inline void header_emit(const struct header *h, bool opened)
{
    for (uint32_t i = 0; i < h->list_count; i++)
        header_list(h, &h->lists[i], opened);
    if (opened)
        return;
    if (h->known) {
        (void)adit_emit_u64(h->job, "sample_rate", h->sample_rate);
        (void)adit_emit_u64(h->job, "channels", h->channels);
        if (h->bits > 0)
            (void)adit_emit_u64(h->job, "bits_per_sample", h->bits);
    }
    for (uint32_t i = 0; i < sizeof header_texts / sizeof *header_texts; i++)
        if (h->told & 1u << i)
            header_text(h->job, header_texts[i].name, h->texts[i]);
    if (h->broadcast.job)
        header_broadcast(h->job, h->broadcast);
}

#endif
