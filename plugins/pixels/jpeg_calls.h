/* SPDX-License-Identifier: MIT */
/* What libjpeg calls: errors, warnings, more bytes. Part of jpeg-pixels.c, whose decoder they are given. */
#ifndef PIXELS_JPEG_CALLS_H
#define PIXELS_JPEG_CALLS_H

static void on_error(j_common_ptr c)
{
    longjmp(((struct decoder *)c->client_data)->out, 1);
}

/* level -1: a warning, the data are corrupt; otherwise a trace. */
static void on_message(j_common_ptr c, int level)
{
    struct decoder *d = (struct decoder *)c->client_data;
    char text[JMSG_LENGTH_MAX];
    if (level >= 0)
        return;
    if (c->err->msg_code == JWRN_HIT_MARKER && d->ended)
        d->starved = true;
    else if (c->err->msg_code != JWRN_JPEG_EOF) {
        c->err->format_message(c, text);
        adit_complain(&d->report, "before offset %llu: %s", (unsigned long long)(d->at - d->source.bytes_in_buffer),
                      text);
    }
}

static void no_operation(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

/* More bytes; where there are none, an EOI, as libjpeg suggests. */
static boolean on_fill(j_decompress_ptr jpeg)
{
    static const JOCTET eoi[2] = {0xff, JPEG_EOI};
    struct decoder *d = (struct decoder *)jpeg->client_data;
    int64_t got = d->ended ? 0 : adit_read(d->job, ADIT_SOURCE_MAIN, d->at, d->buffer, sizeof d->buffer);
    if (got <= 0) {
        d->ended = true;
        d->source.next_input_byte = eoi;
        d->source.bytes_in_buffer = sizeof eoi;
        return TRUE;
    }
    d->at += (uint64_t)got;
    d->source.next_input_byte = d->buffer;
    d->source.bytes_in_buffer = (size_t)got;
    return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count)
{
    struct decoder *d = (struct decoder *)jpeg->client_data;
    uint64_t n = count > 0 ? (uint64_t)count : 0;
    if (n < d->source.bytes_in_buffer) {
        d->source.next_input_byte += n;
        d->source.bytes_in_buffer -= n;
    } else {
        d->at += n - d->source.bytes_in_buffer;
        d->source.bytes_in_buffer = 0;
    }
}

/* Within long work: a progressive image may say thousands of times that it becomes better. */
static void on_progress(j_common_ptr c)
{
    struct decoder *d = (struct decoder *)c->client_data;
    if (d->jpeg.input_scan_number > MAX_SCANS) {
        adit_complain(&d->report, "before offset %llu: more than %d scans", (unsigned long long)d->at, MAX_SCANS);
        longjmp(d->out, 1);
    }
    if (!adit_progress(d->job, d->at, adit_size(d->job)))
        d->stopped = true;
    if (d->stopped)
        longjmp(d->out, 1);
}

#endif
