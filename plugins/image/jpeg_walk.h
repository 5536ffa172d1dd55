/* SPDX-License-Identifier: MIT */
/* From segment to segment, and over entropy-coded data. ITU-T T.81, B.1. Part of jpeg.c. */
#ifndef IMAGE_JPEG_WALK_H
#define IMAGE_JPEG_WALK_H

#include "jpeg_file.h"

/* B.1.1.5: entropy-coded data go on to the next marker; FF00 is a byte FF, RSTm belong to them. Leaves the cursor at that
 * marker. False: there is none, or the limit of what is searched was reached. */
static bool skip_scan(struct jpeg *j)
{
    uint8_t buffer[32 * 1024];
    uint64_t start = j->c.at, at = start;
    j->scans++;
    for (;;) {
        uint64_t want = j->c.end - at < sizeof buffer ? j->c.end - at : sizeof buffer;
        if (at - start > j->scan_limit || !adit_progress(j->job, at, j->c.end))
            return false;
        int64_t got = want > 1 ? adit_read(j->job, ADIT_SOURCE_MAIN, at, buffer, (size_t)want) : 0;
        if (got < 2) {
            j->scanned_all = true;
            j->image_data_size += j->c.end - start;
            j->c.at = j->c.end;
            return false;
        }
        const uint8_t *p = buffer, *end = buffer + got - 1;
        while ((p = __builtin_memchr(p, 0xff, (size_t)(end - p))) != NULL) {
            if (p[1] != 0 && p[1] != 0xff && !(p[1] >= RST0 && p[1] <= RST7)) {
                j->c.at = at + (uint64_t)(p - buffer);
                j->image_data_size += j->c.at - start;
                return true;
            }
            if (++p == end)
                break;
        }
        at += (uint64_t)got - 1; /* an FF at the end is looked at again, with what follows it */
    }
}

/* B.1.1.2: FF, more FF as fill bytes, a code. Bytes that are none of it are stepped over, up to a bound. */
static bool next_marker(struct jpeg *j, struct segment *s)
{
    struct adit_cursor *c = &j->c;
    uint64_t expected = c->at, skipped = 0;
    while (adit_left(c) >= 2 && skipped <= MAX_GARBAGE) {
        s->at = c->at;
        if (adit_read_u8(c) != 0xff) {
            skipped++;
            continue;
        }
        do
            s->marker = adit_read_u8(c);
        while (s->marker == 0xff && adit_left(c) > 0);
        if (s->marker != 0 && s->marker != 0xff) {
            if (skipped)
                COMPLAIN(j, expected, "expected a marker, found it %llu bytes later", (unsigned long long)skipped);
            return true;
        }
        skipped += 2;
    }
    if (skipped > MAX_GARBAGE)
        COMPLAIN(j, expected, "expected a marker, found none in the next %d bytes", MAX_GARBAGE);
    return false;
}

static bool has_parameters(uint8_t marker)
{
    return marker != TEM && !(marker >= RST0 && marker <= EOI);
}

/* The next segment, which the cursor steps over, or EOI. False: the file ends before. */
static bool next_segment(struct jpeg *j, struct segment *s)
{
    while (next_marker(j, s)) {
        if (s->marker == EOI)
            return true;
        if (!has_parameters(s->marker))
            continue;
        uint64_t left = adit_left(&j->c);
        uint16_t length = adit_read_u16be(&j->c);
        if (length < 2 || length > left)
            COMPLAIN(j, s->at, "segment FF%02X says it has %u bytes; there are %llu, and 2 are the least", s->marker,
                     length, (unsigned long long)left);
        if (length < 2)
            continue; /* go on at the next marker */
        s->offset = j->c.at;
        s->size = (uint32_t)(length < left ? length : left) - 2u;
        adit_skip(&j->c, s->size);
        return true;
    }
    return false;
}

#endif
