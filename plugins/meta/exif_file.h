/* SPDX-License-Identifier: MIT */
/* What is known of an EXIF structure while it is read. Part of exif.c. */
#ifndef META_EXIF_FILE_H
#define META_EXIF_FILE_H

#include "exif_tags.h"
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/report.h>
#include <adit/tag.h>
#include <adit/tiff.h>
#include <stdio.h>

enum { MAX_LIST = 4096, MAX_UNKNOWN = 64, MAX_SPANS = 8 };
enum { TABLE_TIFF = 0, TABLE_EXIF = 1, TABLE_GPS, TABLE_INTEROP, TABLES };

/* Parts of a time that different tags hold. */
struct moment {
    const char *field;
    struct adit_text date, offset, fraction;
};
/* A coordinate whose sign is in another tag. */
struct coordinate {
    const char *field;
    struct adit_text ref;
    double degrees;
    bool present;
};
struct exif {
    const struct adit_call *job;
    struct adit_report report;
    struct adit_tiff tiff;
    const char *directory; /* for messages */
    uint64_t exif_ifd, gps_ifd, interop_ifd;
    uint64_t thumbnail_offset, thumbnail_size;
    uint64_t seen[TABLES][2];     /* a bit for each line of a table */
    struct adit_tiff_ifd ifds[2]; /* the 0th and the Exif directory, from their first entry */
    struct {
        uint64_t start, end;
    } spans[MAX_SPANS]; /* where the directories are */
    size_t span_count;
    struct moment moments[3];
    struct coordinate coordinates[4]; /* in the order of their tags */
    struct adit_text gps_date;
    double gps_clock[3], altitude;
    uint64_t altitude_ref;
    bool has_clock, has_altitude, in_thumbnail;
};

static const struct {
    const struct adit_tag *tags;
    size_t count;
} tables[TABLES] = {{ADIT_TAGS(tiff_tags)}, {ADIT_TAGS(exif_tags)}, {ADIT_TAGS(gps_tags)}, {ADIT_TAGS(interop_tags)}};

/* The file breaks a rule: COMPLAIN. It is fine, but not all of it is read: TELL. */
#define COMPLAIN(x, ...) adit_complain(&(x)->report, __VA_ARGS__)
#define TELL(x, ...) adit_remark(&(x)->report, __VA_ARGS__)

#endif
