/* SPDX-License-Identifier: MIT */
/* The metadata blocks. RFC 9639, section 8. Part of flac.c. */
#ifndef PLUGINS_AUDIO_FLAC_BLOCKS_H
#define PLUGINS_AUDIO_FLAC_BLOCKS_H

#include <adit/adit.h>
#include <adit/record.h>
#include <adit/report.h>

enum { STREAMINFO, PADDING, APPLICATION, SEEKTABLE, VORBIS_COMMENT, CUESHEET, PICTURE, KINDS, FORBIDDEN = 127 };
enum { MAX_BLOCKS = 65536 };

struct flac {
    const struct adit_call *job;
    struct adit_report report;
    uint32_t least, most; /* samples of a block */
    uint64_t sample_rate, channels, bits_per_sample, total_samples;
    uint64_t end; /* of the audio */
    uint64_t seek_points, placeholders, padding;
    uint32_t seen; /* kinds of blocks, a bit each */
    uint8_t cue_tracks, cue_points;
};
#define KEEP(member) ADIT_KEEP(struct flac, member)

static inline bool has(const struct flac *f, unsigned kind)
{
    return f->seen >> kind & 1;
}

/* 9.1.3: the speakers in the order of the channels; a comment may tell others (8.6.2). */
static const struct adit_tag channel_layouts[] = {{1, 0, "FC"},
                                                  {2, 0, "FL FR"},
                                                  {3, 0, "FL FR FC"},
                                                  {4, 0, "FL FR BL BR"},
                                                  {5, 0, "FL FR FC BL BR"},
                                                  {6, 0, "FL FR FC LFE BL BR"},
                                                  {7, 0, "FL FR FC LFE BC SL SR"},
                                                  {8, 0, "FL FR FC LFE BL BR SL SR"}};

/* 8.2 */
static const struct adit_row streaminfo[] = {
    ADIT_U16BE("min_block_size", KEEP(least)),
    ADIT_U16BE("max_block_size", KEEP(most)),
    ADIT_U24BE("min_frame_size"),
    ADIT_U24BE("max_frame_size"),
    ADIT_U64BE(NULL),
    ADIT_BITS(44, 20, "sample_rate", KEEP(sample_rate)),
    ADIT_BITS(41, 3, "channels", ADIT_PLUS(1), KEEP(channels), ADIT_NAMES("channel_layout", channel_layouts)),
    ADIT_BITS(36, 5, "bits_per_sample", ADIT_PLUS(1), KEEP(bits_per_sample)),
    ADIT_BITS(0, 36, "total_samples", KEEP(total_samples)),
    ADIT_HEX(16, "md5"),
};

static inline void read_streaminfo(struct flac *f, struct adit_cursor *c)
{
    if (adit_record(c, ADIT_ROWS(streaminfo), f) == ADIT_OK && (f->least < 16 || f->most < f->least))
        adit_complain(&f->report, "STREAMINFO: blocks of %u to %u samples; expected 16 or more, and the least first",
                      f->least, f->most);
}

/* 8.3 */
static inline void read_padding(struct flac *f, struct adit_cursor *c)
{
    f->padding += adit_length(c);
}

/* 8.4 */
static inline void read_application(struct flac *f, struct adit_cursor *c)
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
static inline void read_seektable(struct flac *f, struct adit_cursor *c)
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

/* 8.6 */
static inline void read_comment(struct flac *f, struct adit_cursor *c)
{
    (void)adit_emit_range(f->job, ADIT_TEXT("VORBIS_COMMENT"), "application/x-vorbis-comment", c->at, adit_left(c));
}

/* 8.7 */
static const struct adit_row cuesheet[] = {
    ADIT_CHARS(128, "media_catalog_number"), ADIT_U64BE("lead_in"), ADIT_U8(NULL),
    ADIT_BITS(7, 1, "is_cd", ADIT_IS_NOT_0), ADIT_SKIP(258),        ADIT_U8(NULL, KEEP(cue_tracks)),
};
/* 8.7.1 */
static const struct adit_row cue_track[] = {
    ADIT_U64BE("offset"),
    ADIT_U8("number"),
    ADIT_CHARS(12, "isrc"),
    ADIT_U8(NULL),
    ADIT_BITS(7, 1, "is_audio", ADIT_IS_0),
    ADIT_BITS(6, 1, "pre_emphasis", ADIT_IS_NOT_0),
    ADIT_SKIP(13),
    ADIT_U8(NULL, KEEP(cue_points)),
};
/* 8.7.1.1 */
static const struct adit_row cue_point[] = {ADIT_U64BE("offset"), ADIT_U8("number"), ADIT_SKIP(3)};

static inline void read_cuesheet(struct flac *f, struct adit_cursor *c)
{
    (void)adit_begin_object(f->job, "cuesheet");
    int32_t status = adit_record(c, ADIT_ROWS(cuesheet), f);
    for (unsigned i = 0; i < f->cue_tracks && status == ADIT_OK; i++) {
        (void)adit_begin_object(f->job, "tracks");
        status = adit_record(c, ADIT_ROWS(cue_track), f);
        if (status == ADIT_OK)
            status = adit_records(c, "indexes", ADIT_ROWS(cue_point), NULL, f->cue_points);
        (void)adit_end(f->job);
    }
    (void)adit_end(f->job);
    if (status == ADIT_OK && f->cue_tracks == 0)
        adit_complain(&f->report, "CUESHEET: has no track; expected the lead-out at least");
}

/* 8.8 */
static inline void read_picture(struct flac *f, struct adit_cursor *c)
{
    (void)adit_emit_range(f->job, ADIT_TEXT("PICTURE"), "application/x-flac-picture", c->at, adit_left(c));
}

/* 8.1: the data of one block. */
static inline void read_block(struct flac *f, unsigned type, struct adit_cursor *c, uint64_t offset)
{
    static const struct {
        const char *name; /* of those that there may be one of */
        void (*read)(struct flac *f, struct adit_cursor *c);
    } kinds[KINDS] = {
        [STREAMINFO] = {"STREAMINFO", read_streaminfo},
        [PADDING] = {NULL, read_padding},
        [APPLICATION] = {NULL, read_application},
        [SEEKTABLE] = {"SEEKTABLE", read_seektable},
        [VORBIS_COMMENT] = {"VORBIS_COMMENT", read_comment},
        [CUESHEET] = {NULL, read_cuesheet},
        [PICTURE] = {NULL, read_picture},
    };
    if (type >= KINDS) {
        adit_remark(&f->report, "metadata block of type %u at offset %llu: not one that RFC 9639 defines", type,
                    (unsigned long long)offset);
        return;
    }
    if (kinds[type].name && has(f, type)) {
        adit_complain(&f->report, "%s at offset %llu: there may be only one; the first is taken", kinds[type].name,
                      (unsigned long long)offset);
        return;
    }
    f->seen |= 1u << type;
    kinds[type].read(f, c);
    if (!adit_ok(c))
        adit_complain(&f->report, "metadata block of type %u at offset %llu: its %u bytes are too few for what it says",
                      type, (unsigned long long)offset, (unsigned)adit_length(c));
}

/* 8: all metadata blocks. False: the file ends, or cannot go on. */
static inline bool read_blocks(struct flac *f, struct adit_cursor *c)
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
    }
    return last;
}

#endif
