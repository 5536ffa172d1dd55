/* SPDX-License-Identifier: MIT */
/*
 * Walks the boxes of the ISO base media file format and its relatives (MP4, QuickTime, 3GPP, HEIF, AVIF, JPEG 2000, JPEG XL):
 * a size, a type, and data, which may be boxes again. One level at a time, from a source that need not be in memory.
 * In libadit-sdk. [run]
 *
 *     struct adit_cursor c = adit_cursor(job);
 *     struct adit_boxes boxes = adit_boxes(&c);
 *     struct adit_box box;
 *     while (adit_next_box(&boxes, &box))
 *         if (box.type == ADIT_FOURCC('m', 'o', 'o', 'v'))
 *             read_movie(m, adit_box_enter(&boxes, &box, 0));
 *     if (boxes.fault)
 *         adit_warnf(job, "box %s at offset %llu: %s", box.name, (unsigned long long)box.offset, boxes.fault);
 *
 * Source: ISO/IEC 14496-12:2022, 4.2 (boxes, full boxes).
 */
#ifndef ADIT_BOXES_H
#define ADIT_BOXES_H

#include <adit/abi.h>
#include <adit/cursor.h>
#include <adit/tag.h>

enum {
    ADIT_BOXES_MAX = 65536, /* boxes of one level; what is beyond is a fault */
    ADIT_BOXES_DEPTH = 16,  /* levels that can be entered */
};

struct adit_boxes {
    struct adit_cursor cursor; /* at the next box, big endian */
    uint32_t count;
    uint8_t depth;     /* 0: not entered from another box */
    const char *fault; /* why the walk ended where it should not have; NULL: it did not. Static, in English */
};

struct adit_box {
    uint32_t type;
    uint8_t uuid[16];   /* of a box of type "uuid": which one; otherwise zeros */
    uint64_t offset;    /* in the source */
    uint64_t size;      /* as it says, its head included; one that says 0 goes on to the end of what it is in */
    uint64_t data;      /* where its data begin in the source */
    uint64_t available; /* bytes of data that are there: fewer than it says in a truncated file */
    char name[5];       /* the type, with what does not print as '?' */
};

/* A walker over what is left of the cursor, which does not move. */
static inline struct adit_boxes adit_boxes(const struct adit_cursor *c)
{
    struct adit_boxes w = {*c, 0, 0, NULL};
    w.cursor.big_endian = true;
    return w;
}

#ifdef __cplusplus
extern "C" {
#endif

/* The next box; false after the last one, or where none can be: then `fault` says why, and the box's offset where. A box that
 * goes on beyond what it is in is still given, as the last one, with a fault; after it *box stays what it is. */
bool adit_next_box(struct adit_boxes *w, struct adit_box *box);
/* Over the box's available data, big endian. */
struct adit_cursor adit_box_cursor(const struct adit_boxes *w, const struct adit_box *box);
/* Its boxes, after the first `skip` bytes of its data. Too deep: an empty walker with a fault. */
struct adit_boxes adit_box_enter(const struct adit_boxes *w, const struct adit_box *box, uint64_t skip);

#ifdef __cplusplus
}
#endif

/* What a full box begins with: a byte of version and 24 bits of flags (4.2.2). */
static inline uint8_t adit_read_full_box(struct adit_cursor *c, uint32_t *flags)
{
    uint8_t version = adit_read_u8(c);
    uint32_t bits = adit_read_u24be(c);
    if (flags)
        *flags = bits;
    return version;
}

#endif
