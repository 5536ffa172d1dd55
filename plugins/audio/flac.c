/* SPDX-License-Identifier: MIT */
/* FLAC: the metadata blocks and the first frame's header. RFC 9639, sections 6 to 9. */
#include <adit/adit.h>
#include <adit/bits.h>
#include <adit/report.h>
#include <adit/tag.h>
#include <adit/varint.h>
#include <stdio.h>

ADIT_MODULE("flac", "1.0.0")

enum { STREAMINFO, PADDING, APPLICATION, SEEKTABLE, VORBIS_COMMENT, CUESHEET, PICTURE, FORBIDDEN = 127 };
enum { MAX_BLOCKS = 65536, MAX_TAGS = 16 };

struct flac {
    const struct adit_call *job;
    struct adit_report report;
    uint64_t sample_rate, channels, bits_per_sample, total_samples;
    uint64_t end; /* of the audio */
    uint64_t seek_points, placeholders, padding;
    bool has_streaminfo, has_seektable, has_comment;
};

/* The next n bits as a field, where they are there. */
static uint64_t take(struct flac *f, struct adit_bits *b, const char *field, unsigned n, unsigned plus)
{
    uint64_t value = adit_read_bits(b, n) + plus;
    if (adit_bits_ok(b))
        (void)adit_emit_u64(f->job, field, value);
    return adit_bits_ok(b) ? value : 0;
}

/* 9.1.3: the speakers in the order of the channels; a comment may tell others (8.6.2). */
static const char *const channel_layouts[8] = {"FC",
                                               "FL FR",
                                               "FL FR FC",
                                               "FL FR BL BR",
                                               "FL FR FC BL BR",
                                               "FL FR FC LFE BL BR",
                                               "FL FR FC LFE BC SL SR",
                                               "FL FR FC LFE BL BR SL SR"};

/* 8.2 */
static void read_streaminfo(struct flac *f, struct adit_cursor *c)
{
    struct adit_bits b = adit_bits_msb(c);
    uint64_t least = take(f, &b, "min_block_size", 16, 0), most = take(f, &b, "max_block_size", 16, 0);
    char md5[33];
    (void)take(f, &b, "min_frame_size", 24, 0);
    (void)take(f, &b, "max_frame_size", 24, 0);
    f->sample_rate = take(f, &b, "sample_rate", 20, 0);
    f->channels = take(f, &b, "channels", 3, 1);
    if (f->channels > 0)
        (void)adit_emit_string(f->job, "channel_layout", channel_layouts[f->channels - 1]);
    f->bits_per_sample = take(f, &b, "bits_per_sample", 5, 1);
    f->total_samples = take(f, &b, "total_samples", 36, 0);
    for (int i = 0; i < 16; i++)
        (void)snprintf(md5 + 2 * i, 3, "%02x", (unsigned)adit_read_bits(&b, 8));
    if (!adit_bits_ok(&b))
        adit_fail(c);
    else
        (void)adit_emit_string(f->job, "md5", md5);
    if (adit_bits_ok(&b) && (least < 16 || most < least))
        adit_complain(&f->report, "STREAMINFO: blocks of %u to %u samples; expected 16 or more, and the least first",
                      (unsigned)least, (unsigned)most);
}

/* 8.4 */
static void read_application(struct flac *f, struct adit_cursor *c)
{
    char name[5];
    adit_fourcc_name(adit_read_u32be(c), name);
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(f->job, "applications");
    (void)adit_emit_string(f->job, "id", name);
    (void)adit_emit_u64(f->job, "size", adit_left(c));
    (void)adit_end(f->job);
    if (adit_left(c) > 0)
        (void)adit_emit_range(f->job, adit_text_c(name), "application/x-flac-application", c->at, adit_left(c));
}

/* 8.5 */
static void read_seektable(struct flac *f, struct adit_cursor *c)
{
    uint64_t size = adit_length(c), before = 0;
    bool told = false;
    if (size % 18 != 0)
        adit_complain(&f->report, "SEEKTABLE: has %llu bytes; expected a multiple of 18", (unsigned long long)size);
    for (uint64_t i = 0; i < size / 18 && adit_ok(c); i++) {
        uint64_t sample = adit_read_u64be(c);
        adit_skip(c, 10);
        if (sample == UINT64_MAX) {
            f->placeholders++;
            continue;
        }
        if (f->seek_points++ > 0 && sample <= before && !told) {
            told = true;
            adit_complain(&f->report, "SEEKTABLE: point %llu is of sample %llu, not beyond %llu of the one before",
                          (unsigned long long)i, (unsigned long long)sample, (unsigned long long)before);
        }
        before = sample;
    }
}

/* 8.7.1 */
static void read_cue_track(struct flac *f, struct adit_cursor *c)
{
    char isrc[13] = "";
    (void)adit_begin_object(f->job, "tracks");
    (void)adit_emit_u64(f->job, "offset", adit_read_u64be(c));
    (void)adit_emit_u64(f->job, "number", adit_read_u8(c));
    (void)adit_read_exact(c, isrc, 12);
    if (isrc[0])
        (void)adit_emit_text(f->job, "isrc", adit_text_trim_end(adit_text_of(isrc, 12)));
    uint8_t flags = adit_read_u8(c);
    (void)adit_emit_bool(f->job, "is_audio", !(flags & 0x80));
    (void)adit_emit_bool(f->job, "pre_emphasis", flags & 0x40);
    adit_skip(c, 13);
    uint8_t points = adit_read_u8(c);
    for (unsigned i = 0; i < points && adit_left(c) >= 12; i++) {
        (void)adit_begin_object(f->job, "indexes");
        (void)adit_emit_u64(f->job, "offset", adit_read_u64be(c));
        (void)adit_emit_u64(f->job, "number", adit_read_u8(c));
        (void)adit_end(f->job);
        adit_skip(c, 3);
    }
    (void)adit_end(f->job);
}

/* 8.7 */
static void read_cuesheet(struct flac *f, struct adit_cursor *c)
{
    char catalog[128];
    (void)adit_read_exact(c, catalog, sizeof catalog);
    uint64_t lead_in = adit_read_u64be(c);
    bool is_cd = adit_read_u8(c) & 0x80;
    adit_skip(c, 258);
    uint8_t tracks = adit_read_u8(c);
    if (!adit_ok(c))
        return;
    struct adit_text number = adit_text_trim_end(adit_text_of(catalog, sizeof catalog));
    (void)adit_begin_object(f->job, "cuesheet");
    if (number.size > 0)
        (void)adit_emit_text(f->job, "media_catalog_number", number);
    (void)adit_emit_u64(f->job, "lead_in", lead_in);
    (void)adit_emit_bool(f->job, "is_cd", is_cd);
    for (unsigned i = 0; i < tracks && adit_left(c) > 0; i++)
        read_cue_track(f, c);
    (void)adit_end(f->job);
    if (tracks == 0)
        adit_complain(&f->report, "CUESHEET: has no track; expected the lead-out at least");
}

/* 8.1: the data of one block. */
static void read_block(struct flac *f, unsigned type, struct adit_cursor *c, uint64_t offset)
{
    static const struct adit_tag names[] = {
        {STREAMINFO, 0, "STREAMINFO"}, {SEEKTABLE, 0, "SEEKTABLE"}, {VORBIS_COMMENT, 0, "VORBIS_COMMENT"}};
    bool *once = type == STREAMINFO       ? &f->has_streaminfo
                 : type == SEEKTABLE      ? &f->has_seektable
                 : type == VORBIS_COMMENT ? &f->has_comment
                                          : NULL;
    if (once && *once) {
        adit_complain(&f->report, "%s at offset %llu: there may be only one; the first is taken",
                      adit_tag_name(ADIT_TAGS(names), type), (unsigned long long)offset);
        return;
    }
    if (once)
        *once = true;
    if (type == STREAMINFO)
        read_streaminfo(f, c);
    else if (type == PADDING)
        f->padding += adit_length(c);
    else if (type == APPLICATION)
        read_application(f, c);
    else if (type == SEEKTABLE)
        read_seektable(f, c);
    else if (type == VORBIS_COMMENT)
        (void)adit_emit_range(f->job, ADIT_TEXT("VORBIS_COMMENT"), "application/x-vorbis-comment", c->at, adit_left(c));
    else if (type == CUESHEET)
        read_cuesheet(f, c);
    else if (type == PICTURE)
        (void)adit_emit_range(f->job, ADIT_TEXT("PICTURE"), "application/x-flac-picture", c->at, adit_left(c));
    else
        adit_remark(&f->report, "metadata block of type %u at offset %llu: not one that RFC 9639 defines", type,
                    (unsigned long long)offset);
}

/* All metadata blocks. False: the file ends, or cannot go on. */
static bool read_blocks(struct flac *f, struct adit_cursor *c)
{
    bool last = false;
    for (int n = 0; !last && n < MAX_BLOCKS; n++) {
        uint64_t offset = c->at;
        uint8_t head = adit_read_u8(c);
        uint32_t size = adit_read_u24be(c);
        unsigned type = head & 0x7f;
        last = head & 0x80;
        if (!adit_ok(c)) {
            adit_complain(&f->report, "offset %llu: expected the head of a metadata block, found the end of the file",
                          (unsigned long long)offset);
            return false;
        }
        if (size > adit_left(c)) {
            adit_complain(&f->report,
                          "metadata block of type %u at offset %llu: has %u bytes; the file ends after %llu", type,
                          (unsigned long long)offset, (unsigned)size, (unsigned long long)adit_left(c));
            return false;
        }
        if (type == FORBIDDEN) {
            adit_complain(&f->report, "metadata block at offset %llu: type 127 is forbidden",
                          (unsigned long long)offset);
            return false;
        }
        if (n == 0 && type != STREAMINFO)
            adit_complain(&f->report, "metadata block at offset %llu: the first must be STREAMINFO, found type %u",
                          (unsigned long long)offset, type);
        struct adit_cursor block = adit_sub(c, size);
        read_block(f, type, &block, offset);
        if (!adit_ok(&block))
            adit_complain(&f->report,
                          "metadata block of type %u at offset %llu: its %u bytes are too few for what it says", type,
                          (unsigned long long)offset, (unsigned)size);
    }
    return last;
}

#include "flac_frame.h"

/* Bytes of audio a second are those of the frames over the samples they hold. */
static void emit_audio(struct flac *f, uint64_t start)
{
    double duration = f->sample_rate > 0 ? (double)f->total_samples / (double)f->sample_rate : 0;
    (void)adit_emit_u64(f->job, "audio_offset", start);
    (void)adit_emit_u64(f->job, "audio_size", f->end - start);
    if (f->has_streaminfo && f->sample_rate == 0 && f->end > start)
        adit_complain(&f->report, "STREAMINFO: the sample rate is 0, and there is audio");
    if (duration <= 0)
        return;
    (void)adit_emit_f64(f->job, "duration", duration);
    (void)adit_emit_f64(f->job, "bit_rate", (double)(f->end - start) * 8 / duration);
}

/* Tags of other formats stand before "fLaC", and ID3v1 at the end: not part of FLAC, but what is found (RFC 9639, 6 and A). */
static void step_over_id3(struct flac *f, struct adit_cursor *c)
{
    for (int i = 0; i < MAX_TAGS; i++) {
        struct adit_cursor tag = *c;
        if (!adit_match_literal(&tag, "ID3"))
            break;
        adit_skip(&tag, 3);
        uint64_t size = 10 + adit_read_syncsafe(&tag);
        if (!adit_ok(&tag) || size > adit_left(c))
            break;
        (void)adit_emit_range(f->job, ADIT_TEXT("ID3"), "application/x-id3", c->at, size);
        adit_skip(c, size);
    }
    struct adit_cursor tail = adit_cursor_at(f->job, ADIT_SOURCE_MAIN, f->end < 128 ? f->end : f->end - 128, 128);
    if (f->end - c->at > 128 && adit_match_literal(&tail, "TAG")) {
        f->end -= 128;
        (void)adit_emit_range(f->job, ADIT_TEXT("ID3v1"), "application/x-id3", f->end, 128);
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct flac f = {.job = job, .report = adit_report(job), .end = adit_size(job)};
    struct adit_cursor c = adit_cursor(job);
    step_over_id3(&f, &c);
    if (!adit_match_literal(&c, "fLaC"))
        return ADIT_DECLINED;
    bool whole = read_blocks(&f, &c);
    if (f.has_seektable) {
        (void)adit_emit_u64(job, "seek_points", f.seek_points);
        (void)adit_emit_u64(job, "seek_placeholders", f.placeholders);
    }
    (void)adit_emit_u64(job, "padding", f.padding);
    if (whole && c.at <= f.end) {
        emit_audio(&f, c.at);
        read_frame(&f, &c);
    }
    return adit_verdict(&f.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
