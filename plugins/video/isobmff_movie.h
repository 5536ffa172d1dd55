/* SPDX-License-Identifier: MIT */
/* The movie. ISO/IEC 14496-12, 8.2. */
#ifndef PLUGINS_VIDEO_ISOBMFF_MOVIE_H
#define PLUGINS_VIDEO_ISOBMFF_MOVIE_H

#include "isobmff_fragments.h"
#include "isobmff_tracks.h"
#include <adit/guid.h>

static inline void emit_ticks(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct isobmff *x = (const struct isobmff *)keep;
    if (x->movie_timescale > 0)
        (void)adit_emit_f64(job, name, (double)value->as.u64 / x->movie_timescale);
}

/* 8.2.2, between the duration and the matrix; and behind it: times of QuickTime, 0 in MP4. */
static const struct adit_row mvhd_play[] = {
    ADIT_I32("rate", ADIT_PER(65536)),
    ADIT_I16("volume", ADIT_PER(256)),
    ADIT_SKIP(10),
};
#define TICKS(field) ADIT_U32(field, ADIT_UNLESS(0), ADIT_BY(emit_ticks))
static const struct adit_row mvhd_times[] = {
    TICKS("preview_time"),       TICKS("preview_duration"), TICKS("poster_time"),      TICKS("selection_time"),
    TICKS("selection_duration"), TICKS("current_time"),     ADIT_U32("next_track_id"),
};

static inline void read_mvhd(struct isobmff *x, struct adit_cursor *c)
{
    uint8_t version = adit_read_full_box(c, NULL);
    uint64_t created = read_versioned(c, version), modified = read_versioned(c, version);
    x->movie_timescale = adit_read_u32(c);
    uint64_t duration = read_versioned(c, version);
    if (!adit_ok(c))
        return;
    (void)adit_begin_object(x->job, "movie");
    emit_date(x, "creation_time", created);
    emit_date(x, "modification_time", modified);
    (void)adit_emit_u64(x->job, "timescale", x->movie_timescale);
    emit_duration(x, "duration", duration, x->movie_timescale, version);
    (void)adit_emit_u64(x->job, "header_version", version);
    (void)adit_record(c, ADIT_ROWS(mvhd_play), NULL);
    emit_matrix(x, c, false);
    (void)adit_record(c, ADIT_ROWS(mvhd_times), x);
    (void)adit_end(x->job);
}

/* XMP (ISO 16684-3) and Canon's TIFF structures of a CR3 are in boxes with an identifier of their own. */
static inline void read_uuid(struct isobmff *x, const struct adit_boxes *parent, const struct adit_box *uuid)
{
    struct adit_guid id;
    __builtin_memcpy(id.bytes, uuid->uuid, sizeof id.bytes);
    if (adit_guid_is(&id, "be7acfcb-97a9-42e8-9c71-999491e3afac")) {
        (void)adit_emit_range(x->job, ADIT_TEXT("XMP"), "application/rdf+xml", uuid->data, uuid->available);
    } else if (adit_guid_is(&id, "85c0b687-820f-11e0-8111-f4ce462b6a48")) {
        struct adit_boxes boxes = adit_box_enter(parent, uuid, 0);
        struct adit_box box;
        while (adit_next_box(&boxes, &box))
            if (box.type == BOX('C', 'M', 'T', '1') || box.type == BOX('C', 'M', 'T', '2') ||
                box.type == BOX('C', 'M', 'T', '4'))
                (void)adit_emit_range(x->job, adit_text_c(box.name), "application/x-exif", box.data, box.available);
    }
}

/* 8.2.1 */
static inline void read_moov(struct isobmff *x, struct adit_boxes boxes)
{
    struct adit_box box;
    x->has_movie = true;
    while (adit_next_box(&boxes, &box)) {
        struct adit_cursor c = adit_box_cursor(&boxes, &box);
        switch (box.type) {
        case BOX('m', 'v', 'h', 'd'):
            if (is_first(x, &x->in_file, &box))
                read_mvhd(x, &c);
            break;
        case BOX('t', 'r', 'a', 'k'):
            read_trak(x, adit_box_enter(&boxes, &box, 0));
            break;
        case BOX('m', 'v', 'e', 'x'):
            read_mvex(x, adit_box_enter(&boxes, &box, 0));
            break;
        case BOX('u', 'd', 't', 'a'):
            read_user_data(x, adit_box_enter(&boxes, &box, 0), false);
            break;
        case BOX('m', 'e', 't', 'a'):
            read_meta(x, &boxes, &box);
            break;
        case BOX('u', 'u', 'i', 'd'):
            read_uuid(x, &boxes, &box);
            break;
        case BOX('c', 'm', 'o', 'v'):
            adit_remark(&x->report, "moov at offset %llu: is compressed, and not read", (unsigned long long)box.offset);
            break;
        default:
            break;
        }
    }
    check_walk(x, &boxes, &box);
}

#endif
