/* SPDX-License-Identifier: MIT */
/* What the boxes of ISO-BMFF have in common: times, durations, matrices, languages; and the state of one file. */
#ifndef PLUGINS_VIDEO_ISOBMFF_VALUES_H
#define PLUGINS_VIDEO_ISOBMFF_VALUES_H

#include "picture.h"
#include <adit/adit.h>
#include <adit/boxes.h>
#include <adit/charset.h>
#include <adit/report.h>
#include <adit/tag.h>
#include <math.h>
#include <stdio.h>

#define BOX(a, b, c, d) ADIT_FOURCC(a, b, c, d)

enum { MAX_ONCE = 32, MAX_TRACKS = 32, MAX_TEXT_TRACKS = 4, MAX_TEXT = 1 << 20 };
enum {
    COLORS_TOLD = 1,
    RANGE_TOLD,
    LAYOUT_TOLD,
    ENCODER_TOLD
};                                           /* facts that may be told once, beside boxes in struct once */
enum { UNITS_NONE, UNITS_H264, UNITS_H265 }; /* what samples are made of */

/* What is known of a track when its samples are in fragments. */
struct fragment_track {
    uint32_t id, timescale, default_duration, default_size; /* default_…: of trex */
    uint64_t samples, duration, bytes;
    bool picture;
};

/* Where the samples of a track of text are, for chapters. */
struct text_track {
    uint32_t id, timescale;
    struct adit_cursor stts, stsc, stsz, stco;
    bool wide; /* co64 */
};

/* Boxes that may come once, of those seen in what is being read. */
struct once {
    uint32_t types[MAX_ONCE];
    size_t count;
};

struct isobmff {
    const struct adit_call *job;
    struct adit_report report;
    uint32_t brand; /* the major one; 0: there is no ftyp */
    uint32_t movie_timescale;
    /* of the current track */
    uint32_t track_id, timescale, handler;
    uint64_t samples, sample_ticks, sample_bytes, media_duration;
    uint64_t least_delta, greatest_delta; /* of its samples but the last; 0: there is none */
    uint64_t first_size;                  /* bytes of its first sample */
    double width_shown, height_shown;
    uint32_t units, unit_size; /* unit_size: bytes of the size before each unit */
    struct adit_cursor info;   /* what its encoder wrote of itself, beside the samples; empty: nothing */
    /* of the current sample entry or item */
    struct picture_coding picture;
    uint32_t object_type, original_format; /* 0: none */
    const char *codec;                     /* its name, where the configuration tells it; NULL: it does not */
    bool is_little;                        /* enda: samples are little endian */
    struct fragment_track tracks[MAX_TRACKS];
    size_t track_count;
    uint32_t samples_read;          /* for what an encoder wrote into them */
    uint64_t fragment_duration;     /* of mehd, in ticks of the movie; 0: not told */
    bool has_data, movie_is_behind; /* the first mdat came; and moov after it */
    uint64_t fragments, first_sequence, last_sequence;
    struct text_track text_tracks[MAX_TEXT_TRACKS], text; /* text: of the current track */
    uint32_t chapter_ids[MAX_TEXT_TRACKS];
    size_t text_track_count, chapter_id_count;
    bool has_movie, has_items, has_chapters, cut;
    struct once in_file, in_track, in_entry; /* in_entry: of the current sample entry or item */
};

/* The record of a track; NULL: there are too many. */
static inline struct fragment_track *track_of(struct isobmff *x, uint32_t id)
{
    for (size_t i = 0; i < x->track_count; i++)
        if (x->tracks[i].id == id)
            return &x->tracks[i];
    if (x->track_count == MAX_TRACKS)
        return NULL;
    x->tracks[x->track_count] = (struct fragment_track){.id = id};
    return &x->tracks[x->track_count++];
}

/* False: there was one of this type before. */
static inline bool add_once(struct once *once, uint32_t type)
{
    for (size_t i = 0; i < once->count; i++)
        if (once->types[i] == type)
            return false;
    if (once->count == MAX_ONCE)
        return false;
    once->types[once->count++] = type;
    return true;
}

/* The same, with a complaint: the first one counts. */
static inline bool is_first(struct isobmff *x, struct once *once, const struct adit_box *box)
{
    bool first = add_once(once, box->type);
    if (!first)
        adit_complain(&x->report, "box %s at offset %llu: there may be only one; the first is taken", box->name,
                      (unsigned long long)box->offset);
    return first;
}

/* Reports why a walk ended early. A file that was cut off is told of once, with the innermost box. */
static inline void check_walk(struct isobmff *x, const struct adit_boxes *boxes, const struct adit_box *box)
{
    bool at_end = boxes->cursor.end == adit_size(x->job);
    if (boxes->fault && !(at_end && x->cut))
        adit_complain(&x->report, "box %s at offset %llu: %s", box->name, (unsigned long long)box->offset,
                      boxes->fault);
    x->cut = x->cut || (boxes->fault && at_end);
}

/* 8.2.2.3: seconds since 1904-01-01T00:00:00Z; 0 is not set. */
static inline void emit_date(struct isobmff *x, const char *field, uint64_t seconds)
{
    if (seconds == 0 || seconds > UINT64_C(400000000000))
        return;
    struct adit_time t = adit_time_from_unix((int64_t)seconds - 2082844800, 0, ADIT_TIME_SECOND);
    (void)adit_emit_time(x->job, field, t);
}

static inline uint64_t read_versioned(struct adit_cursor *c, uint8_t version)
{
    return version == 1 ? adit_read_u64(c) : adit_read_u32(c);
}

/* All bits set: not known. */
static inline void emit_duration(struct isobmff *x, const char *field, uint64_t ticks, uint64_t timescale,
                                 uint8_t version)
{
    if (timescale > 0 && ticks != (version == 1 ? UINT64_MAX : UINT32_MAX))
        (void)adit_emit_f64(x->job, field, (double)ticks / (double)timescale);
}

static inline double read_fixed(struct adit_cursor *c)
{
    return adit_read_i32(c) / 65536.0;
}

/* 8.2.2.2: a b u, c d v, x y w; u, v and w in 2.30. The rotation it stands for is told where it is one. */
static inline void emit_matrix(struct isobmff *x, struct adit_cursor *c, bool rotation)
{
    double m[9];
    for (int i = 0; i < 9; i++)
        m[i] = adit_read_i32(c) / (i % 3 == 2 ? 1073741824.0 : 65536.0);
    if (!adit_ok(c))
        return;
    for (int i = 0; i < 9; i++)
        (void)adit_emit_f64(x->job, "matrix", m[i]);
    if (rotation && m[0] == m[4] && m[1] == -m[3] && (m[0] != 0 || m[1] != 0)) {
        double degrees = round(atan2(m[1], m[0]) * 180 / 3.14159265358979323846);
        (void)adit_emit_f64(x->job, "rotation", degrees < 0 ? degrees + 360 : degrees);
    }
}

/* 8.4.2.3: three letters of five bits, 0x7fff is none; below 0x400 QuickTime has numbers ("Language Code Values"), which MP4 has not. */
static inline void emit_language(struct isobmff *x, uint16_t packed)
{
    static const char macintosh[][4] = {"eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb",
                                        "jpn", "ara", "fin", "ell", "isl", "mlt", "tur", "hrv", "zho", "urd", "hin",
                                        "tha", "kor", "lit", "pol", "hun", "est", "lav", "sme", "fao", "fas", "rus",
                                        "zho", "nld", "gle", "sqi", "ron", "ces", "slk", "slv"};
    char text[4] = {(char)(0x60 + (packed >> 10 & 31)), (char)(0x60 + (packed >> 5 & 31)), (char)(0x60 + (packed & 31)),
                    0};
    bool letters =
        text[0] > 0x60 && text[0] <= 'z' && text[1] > 0x60 && text[1] <= 'z' && text[2] > 0x60 && text[2] <= 'z';
    bool quicktime = x->brand == 0 || x->brand == BOX('q', 't', ' ', ' ');
    if (packed >= 0x400 && packed != 0x7fff && letters)
        (void)adit_emit_string(x->job, "language", text);
    else if (quicktime && packed < sizeof macintosh / sizeof *macintosh)
        (void)adit_emit_string(x->job, "language", macintosh[packed]);
}

static inline void emit_fourcc(struct isobmff *x, const char *field, uint32_t type)
{
    char name[4] = {(char)(type >> 24), (char)(type >> 16), (char)(type >> 8), (char)type};
    if (type)
        (void)adit_emit_in_charset(x->job, field, ADIT_CHARSET_LATIN1, adit_text_of(name, 4));
}

/* What is left of a cursor as text: UTF-8, or UTF-16 with a byte order mark; cut at its NUL. */
static inline void emit_rest_as_text(struct isobmff *x, const char *field, struct adit_cursor *c)
{
    uint64_t left = adit_left(c);
    struct adit_text text = left > 0 ? adit_read_bytes(c, left < MAX_TEXT ? left : MAX_TEXT) : adit_text_of("", 0);
    bool wide = text.size >= 2 &&
                (__builtin_memcmp(text.data, "\xfe\xff", 2) == 0 || __builtin_memcmp(text.data, "\xff\xfe", 2) == 0);
    if (wide)
        (void)adit_emit_in_charset(x->job, field, ADIT_CHARSET_UTF16, text);
    else
        (void)adit_emit_text(x->job, field, adit_text_until_nul(text));
}

#endif
