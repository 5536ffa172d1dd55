/* SPDX-License-Identifier: MIT */
/* The multi-picture format's index: further images behind the first one. Part of jpeg.c. */
#ifndef IMAGE_JPEG_MPF_H
#define IMAGE_JPEG_MPF_H

#include "jpeg_parts.h"
#include <adit/tiff.h>

/* CIPA DC-007, 5.2.3.3: 16 bytes an image: attribute, size, offset from the MP header (0: this very image), dependents. */
static void read_images(struct jpeg *j, const struct segment *s, struct adit_tiff *t, const struct adit_tiff_entry *e)
{
    static const struct adit_tag types[] = {{0x000000, 0, "Undefined"},
                                            {0x010001, 0, "Large thumbnail (VGA)"},
                                            {0x010002, 0, "Large thumbnail (HD)"},
                                            {0x020001, 0, "Panorama"},
                                            {0x020002, 0, "Disparity"},
                                            {0x020003, 0, "Multi-angle"},
                                            {0x030000, 0, "Primary image"},
                                            {0x050000, 0, "Gain map"}};
    struct adit_cursor c = adit_sub_at(&t->values, e->offset, e->size);
    for (unsigned i = 1; i <= 64 && adit_left(&c) >= 16; i++) {
        uint32_t attribute = adit_read_u32(&c), size = adit_read_u32(&c);
        uint64_t offset = adit_read_u32(&c);
        adit_skip(&c, 4);
        offset += offset ? adit_tiff_base(t) : 0;
        (void)adit_begin_object(j->job, "mpf_images");
        (void)adit_emit_u64(j->job, "type", attribute & 0xffffff);
        (void)adit_emit_tag(j->job, "type_name", ADIT_TAGS(types), attribute & 0xffffff);
        (void)adit_emit_u64(j->job, "size", size);
        (void)adit_emit_u64(j->job, "offset", offset);
        (void)adit_end(j->job);
        if (offset == 0)
            continue;
        if (offset > j->c.end || size > j->c.end - offset) {
            COMPLAIN(j, s->at, "multi-picture image %u: %u bytes at offset %llu are not in the file", i, size,
                     (unsigned long long)offset);
            continue;
        }
        keep_image(j, i, offset, size);
        if (offset + size > j->images_end)
            j->images_end = offset + size;
    }
}

/* CIPA DC-007 (multi-picture format), 5.2: a TIFF structure whose offsets reach beyond the segment, into the file. */
static void read_mpf(struct jpeg *j, const struct segment *s, struct adit_cursor *c)
{
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e;
    (void)adit_emit_range(j->job, ADIT_TEXT("MPF"), "application/x-mpf", c->at, adit_left(c));
    if (adit_tiff_open(&t, c) != ADIT_TIFF_OK || adit_tiff_read_ifd(&t, t.first_ifd, &ifd) != ADIT_TIFF_OK) {
        COMPLAIN(j, s->at, "%s", "the multi-picture index is no TIFF structure");
        return;
    }
    while (adit_tiff_next(&t, &ifd, &e))
        if (e.tag == 0xb002 && e.inside)
            read_images(j, s, &t, &e);
}

#endif
