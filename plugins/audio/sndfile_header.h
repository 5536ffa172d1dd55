/* SPDX-License-Identifier: MIT */
/* What the chunks of WAVE and AIFF say themselves: all that libsndfile does not tell, and the most important of the rest where it cannot
 * open the file. Sources: Multimedia Programming Interface and Data Specifications 1.0, 2 and 3; Multimedia Data Standards Update
 * (WAVEFORMATEXTENSIBLE, fact, smpl); EBU Tech 3306 (ds64); Exif 2.32, 5.6 (exif list); AIFF 1.3; AIFF-C draft 8/26/91. */
#ifndef PLUGINS_AUDIO_SNDFILE_HEADER_H
#define PLUGINS_AUDIO_SNDFILE_HEADER_H

#include "sndfile_broadcast.h"
#include <adit/chunks.h>
#include <math.h>

enum { HEADER_LISTS = 4, HEADER_COMMENTS = 256, HEADER_TEXT = 64 * 1024 };

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
    uint64_t sample_rate, channels, bits, frames; /* frames: of AIFF */
    uint16_t tag, exponent, text_size; /* of what is being read */
    struct adit_cursor lists[HEADER_LISTS], bext, cart;
    uint32_t list_count, told; /* told: bits of header_texts */
    struct adit_cursor texts[4];
};
#define KEEP(member) ADIT_KEEP(struct header, member)

/* "Waveform Audio File Format" */
static const struct adit_row header_format[] = {
    ADIT_U16("tag", KEEP(tag)), ADIT_U16(NULL, KEEP(channels)), ADIT_U32(NULL, KEEP(sample_rate)),
    ADIT_U32("byte_rate"),      ADIT_U16("block_align"),        ADIT_U16("bits_per_sample", KEEP(bits)),
};
/* WAVEFORMATEXTENSIBLE */
static const struct adit_row header_extensible[] = {
    ADIT_U16("valid_bits"),
    ADIT_U32("channel_mask"),
    ADIT_GUID("sub_format"),
};

static inline void header_fmt(struct header *h, struct adit_cursor *c)
{
    if (adit_left(c) < adit_record_size(ADIT_ROWS(header_format)))
        return;
    h->known = true;
    (void)adit_begin_object(h->job, "format");
    (void)adit_record(c, ADIT_ROWS(header_format), h);
    if (h->tag == 0xfffe && adit_read_u16(c) >= 22 && adit_left(c) >= 22)
        (void)adit_record(c, ADIT_ROWS(header_extensible), NULL);
    (void)adit_end(h->job);
}

/* IEEE 754's 80 bits, as in AIFF 1.3, "Extended". */
static inline void header_extended(const struct adit_call *job, const char *name, const struct adit_value *mantissa,
                                   void *keep)
{
    struct header *h = (struct header *)keep;
    double rate = ldexp((double)mantissa->as.u64, (h->exponent & 0x7fff) - 16383 - 63);
    (void)job, (void)name;
    h->known = !(h->exponent & 0x8000 && rate > 0) && rate <= UINT32_MAX;
    h->sample_rate = h->known ? (uint64_t)rate : 0;
}

/* AIFF 1.3, "Common Chunk"; AIFF-C's goes on with the compression. */
static const struct adit_row header_common[] = {
    ADIT_U16BE(NULL, KEEP(channels)),           ADIT_U32BE("frames", KEEP(frames)),
    ADIT_U16BE("bits_per_sample", KEEP(bits)),  ADIT_U16BE(NULL, KEEP(exponent)),
    ADIT_U64BE(NULL, ADIT_BY(header_extended)),
};
static const struct adit_row header_compression[] = {ADIT_CODE("compression")};

static inline void header_comm(struct header *h, struct adit_cursor *c)
{
    if (adit_left(c) < adit_record_size(ADIT_ROWS(header_common)))
        return;
    (void)adit_begin_object(h->job, "format");
    (void)adit_record(c, ADIT_ROWS(header_common), h);
    if (adit_left(c) > 0)
        (void)adit_record(c, ADIT_ROWS(header_compression), NULL);
    (void)adit_end(h->job);
}

/* AIFF 1.3, "Comments Chunk": a time by the writer's clock, a marker or 0, a text padded to even length. */
static const struct adit_row header_comment[] = {
    ADIT_U32BE("time", ADIT_IS_TIME(ADIT_SINCE_1904_LOCAL), ADIT_UNLESS(0)),
    ADIT_U16BE("marker", ADIT_UNLESS(0)),
    ADIT_U16BE(NULL, KEEP(text_size)),
};

static inline void header_comments(struct header *h, struct adit_cursor *c)
{
    uint32_t count = adit_read_u16be(c);
    for (uint32_t i = 0; i < count && i < HEADER_COMMENTS && adit_left(c) >= 8; i++) {
        (void)adit_begin_object(h->job, "comments");
        (void)adit_record(c, ADIT_ROWS(header_comment), h);
        emit_fixed(h->job, "text", adit_read_bytes(c, h->text_size));
        if (h->text_size & 1 && adit_left(c) > 0)
            adit_skip(c, 1);
        (void)adit_end(h->job);
    }
}

static const struct adit_row header_fact[] = {ADIT_U32("fact_samples")};
/* EBU Tech 3306 */
static const struct adit_row header_ds64[] = {ADIT_SKIP(16), ADIT_U64("ds64_samples")};
/* Multimedia Data Standards Update, "Sampler" */
static const struct adit_row header_smpl[] = {
    ADIT_BEGIN("smpl"),       ADIT_U32("manufacturer"), ADIT_U32("product"), ADIT_U32("sample_period"), ADIT_SKIP(8),
    ADIT_U32("smpte_format"), ADIT_U32("smpte_offset"), ADIT_SKIP(4),        ADIT_U32("data_size"),     ADIT_END,
};

/* Texts with a NUL after each (AFsp, "Audio File Formats"). */
static inline void header_afsp(struct adit_cursor *c)
{
    uint64_t n = adit_left(c) < HEADER_TEXT ? adit_left(c) : HEADER_TEXT;
    struct adit_text rest = adit_read_bytes(c, n);
    while (rest.size > 0) {
        struct adit_text one = adit_text_until_nul(rest);
        size_t step = one.size < rest.size ? one.size + 1 : one.size;
        if (one.size > 0)
            (void)adit_emit_text(c->job, "afsp", one);
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
        header_fmt(h, &c);
        break;
    case ADIT_FOURCC('C', 'O', 'M', 'M'):
        header_comm(h, &c);
        break;
    case ADIT_FOURCC('C', 'O', 'M', 'T'):
        header_comments(h, &c);
        break;
    case ADIT_FOURCC('f', 'a', 'c', 't'):
        (void)adit_record(&c, ADIT_ROWS(header_fact), NULL);
        break;
    case ADIT_FOURCC('d', 's', '6', '4'):
        (void)adit_record(&c, ADIT_ROWS(header_ds64), NULL);
        break;
    case ADIT_FOURCC('s', 'm', 'p', 'l'):
        (void)adit_record(&c, ADIT_ROWS(header_smpl), NULL);
        break;
    case ADIT_FOURCC('a', 'f', 's', 'p'):
        header_afsp(&c);
        break;
    case ADIT_FOURCC('b', 'e', 'x', 't'):
        h->bext = c;
        break;
    case ADIT_FOURCC('c', 'a', 'r', 't'):
        h->cart = c;
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

static inline void header_list(const struct adit_cursor *list, bool opened)
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
        struct adit_cursor c = adit_chunk_cursor(&chunks, &chunk);
        if (tag && !(opened && tag->form))
            emit_rest(tag->name, &c, HEADER_TEXT);
    }
}

/* bext and cart, of RIFF and RF64. */
static inline void header_broadcast(const struct header *h)
{
    if (h->bext.job)
        emit_bext(h->bext);
    if (h->cart.job)
        emit_cart(h->cart);
}

/* After libsndfile: `opened`, whether it could open the file, and so has told its part. */
static inline void header_emit(const struct header *h, bool opened)
{
    for (uint32_t i = 0; i < h->list_count; i++)
        header_list(&h->lists[i], opened);
    if (opened)
        return;
    if (h->known) {
        (void)adit_emit_u64(h->job, "sample_rate", h->sample_rate);
        (void)adit_emit_u64(h->job, "channels", h->channels);
        if (h->bits > 0)
            (void)adit_emit_u64(h->job, "bits_per_sample", h->bits);
    }
    if (h->frames > 0 && h->sample_rate > 0) { /* of COMM, which AIFF alone has */
        (void)adit_emit_string(h->job, "container", "AIFF");
        (void)adit_emit_f64(h->job, "duration", (double)h->frames / (double)h->sample_rate);
    }
    for (uint32_t i = 0; i < sizeof header_texts / sizeof *header_texts; i++)
        if (h->told & 1u << i) {
            struct adit_cursor c = h->texts[i];
            emit_rest(header_texts[i].name, &c, HEADER_TEXT);
        }
    header_broadcast(h);
}

#endif
