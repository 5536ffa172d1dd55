/* SPDX-License-Identifier: MIT */
/* What libpng is given: bytes to read, and where its errors and warnings go. */
#ifndef PIXELS_PNG_CALLS_H
#define PIXELS_PNG_CALLS_H

#include <adit/adit.h>
#include <adit/pixels.h>
#include <adit/report.h>
#include <png.h>
#include <string.h>

#include "limits.h"

struct decoder {
    const struct adit_call *job;
    const struct limits *limits;
    struct adit_report report;
    png_structp png;
    png_infop info;
    uint64_t at;
    bool stopped; /* no more rows are wanted */
    struct adit_pixels is;
    struct adit_pixels_writer writer;
    bool writing;
    uint8_t *rows; /* one, or of an interlaced image all */
};

static inline void on_read(png_structp png, png_bytep out, size_t n)
{
    struct decoder *d = (struct decoder *)png_get_io_ptr(png);
    int64_t got = adit_read(d->job, ADIT_SOURCE_MAIN, d->at, out, n);
    if (got != (int64_t)n)
        png_error(png, "the file ends before the image");
    d->at += n;
}

static inline void on_error(png_structp png, png_const_charp text)
{
    struct decoder *d = (struct decoder *)png_get_error_ptr(png);
    adit_complain(&d->report, "before offset %llu: %s", (unsigned long long)d->at, text);
    png_longjmp(png, 1);
}

static inline void on_warning(png_structp png, png_const_charp text)
{
    struct decoder *d = (struct decoder *)png_get_error_ptr(png);
    if (strstr(text, "CRC"))
        adit_complain(&d->report, "before offset %llu: %s", (unsigned long long)d->at, text);
    else
        adit_remark(&d->report, "before offset %llu: %s", (unsigned long long)d->at, text);
}

#endif
