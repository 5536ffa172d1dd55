/* SPDX-License-Identifier: MIT */
/* EXIF: a TIFF structure of directories; CIPA DC-008 (EXIF 2.32, 3.0), section 4. The tags are in exif_tags.h. */
#include "exif_directory.h"
#include "exif_file.h"

ADIT_MODULE("exif", "1.0.0")

/* The 1st directory describes the thumbnail (4.5.5): its own Compression and resolution, and where its JPEG is. */
static void read_thumbnail(struct exif *x, uint64_t offset)
{
    x->in_thumbnail = true;
    x->thumbnail_offset = x->thumbnail_size = 0;
    __builtin_memset(x->seen, 0, sizeof x->seen);
    (void)adit_begin_object(x->job, "thumbnail");
    (void)read_directory(x, "1st directory", TABLE_TIFF, offset);
    emit_moments(x);
    (void)adit_end(x->job);
    if (!x->thumbnail_size)
        return;
    uint64_t length = adit_length(&x->tiff.values);
    if (x->thumbnail_offset > length || x->thumbnail_size > length - x->thumbnail_offset)
        COMPLAIN(x, "thumbnail: %llu bytes at offset %llu are not inside of the %llu bytes that there are",
                 (unsigned long long)x->thumbnail_size, (unsigned long long)x->thumbnail_offset,
                 (unsigned long long)length);
    else
        (void)adit_emit_range(x->job, ADIT_TEXT("thumbnail"), "image/jpeg",
                              adit_tiff_base(&x->tiff) + x->thumbnail_offset, x->thumbnail_size);
}

static void read_directories(struct exif *x)
{
    uint64_t next = read_directory(x, "0th directory", TABLE_TIFF, x->tiff.first_ifd);
    if (x->exif_ifd)
        (void)read_directory(x, "Exif directory", TABLE_EXIF, x->exif_ifd);
    if (x->gps_ifd)
        (void)read_directory(x, "GPS directory", TABLE_GPS, x->gps_ifd);
    if (x->interop_ifd)
        (void)read_directory(x, "Interoperability directory", TABLE_INTEROP, x->interop_ifd);
    read_misplaced(x, TABLE_TIFF);
    if (x->ifds[TABLE_EXIF].count)
        read_misplaced(x, TABLE_EXIF);
    emit_moments(x);
    emit_position(x);
    if (next)
        read_thumbnail(x, next);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct exif x = {.job = job, .report = adit_report(job)};
    struct adit_cursor c = adit_cursor(job);
    if (adit_match_literal(&c, "Exif\0"))
        adit_skip(&c, 1); /* 4.7.2: the code is followed by 00 and a byte of padding */
    if (adit_tiff_open(&x.tiff, &c) != ADIT_TIFF_OK) {
        (void)adit_warnf(job, "offset %llu: expected a TIFF header (II 2A 00 or MM 00 2A)", (unsigned long long)c.at);
        return ADIT_MALFORMED;
    }
    (void)adit_emit_string(job, "ByteOrder", x.tiff.values.big_endian ? "MM" : "II");
    read_directories(&x);
    return adit_verdict(&x.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
