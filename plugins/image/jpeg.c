/* SPDX-License-Identifier: MIT */
/* JPEG: markers and segments up to EOI, and what follows. ITU-T T.81 (1992), annex B; T.871 (JFIF). */
#include "jpeg_application.h"
#include "jpeg_kinds.h"
#include "jpeg_mpf.h"
#include "jpeg_segments.h"
#include "jpeg_walk.h"

ADIT_MODULE("jpeg", "1.0.0")

/* Table B.1 and the application segments in use: by marker and by how they begin. */
#define ID(text) sizeof(text) - 1, (text)
#define TABLE(rows) ADIT_ROWS(rows)
#define CODE NULL, 0
static const struct reader {
    uint8_t marker;
    uint8_t length;
    const char *identifier;
    const struct adit_row *rows; /* what is behind the identifier; then, or instead: */
    size_t count;
    void (*read)(struct jpeg *j, const struct segment *s, struct adit_cursor *c);
    bool once; /* of several only the first is told */
} readers[] = {
    {APP0, ID("JFIF\0"), TABLE(jfif), NULL, true},
    {APP0, ID("JFXX\0"), TABLE(jfxx), keep_jfxx, false},
    {APP0 + 1, ID("Exif\0"), CODE, read_exif, false},
    {APP0 + 1, ID("http://ns.adobe.com/xap/1.0/\0"), CODE, read_xmp, false},
    {APP0 + 1, ID("http://ns.adobe.com/xmp/extension/\0"), CODE, read_extended_xmp, false},
    {APP0 + 1, ID("FLIR\0"), CODE, read_flir, false},
    {APP0 + 2, ID("ICC_PROFILE\0"), CODE, read_icc, false},
    {APP0 + 2, ID("MPF\0"), CODE, read_mpf, false},
    {APP0 + 2, ID("FPXR\0"), CODE, read_fpxr, false},
    {APP0 + 8, ID("SPIFF\0"), TABLE(spiff), NULL, true},
    {APP0 + 10, ID("UNICODE\0"), CODE, read_unicode, false},
    {APP0 + 11, ID("JP"), CODE, read_jumbf, false},
    {APP0 + 12, ID("Ducky"), CODE, read_ducky, true},
    {APP0 + 12, ID(""), CODE, read_picture_info, true},
    {APP0 + 13, ID("Photoshop 3.0\0"), CODE, read_photoshop, false},
    {APP0 + 14, ID("Adobe"), TABLE(adobe), NULL, true},
    {APP15, ID("Q "), CODE, read_quality, true},
    {COM, ID(""), CODE, read_comment, false},
    {DRI, ID(""), CODE, read_dri, false},
    {DNL, ID(""), CODE, read_dnl, false},
    {DQT, ID(""), CODE, read_dqt, false},
    {DHT, ID(""), CODE, read_dht, false},
};
enum { READERS = sizeof readers / sizeof *readers };

static bool is_this(const struct reader *r, const struct segment *s, struct adit_cursor *c)
{
    return r->marker == s->marker && (!r->length || adit_match(c, r->identifier, r->length));
}

/* A table is read whole, or not at all. */
static void read_parameters(struct jpeg *j, const struct reader *r, const struct segment *s, struct adit_cursor *c)
{
    if (adit_left(c) < adit_record_size(r->rows, r->count))
        adit_fail(c);
    else
        (void)adit_record(c, r->rows, r->count, j);
    if (r->read && adit_ok(c))
        r->read(j, s, c);
}

static void read_segment(struct jpeg *j, const struct segment *s)
{
    struct adit_cursor c = adit_cursor_at(j->job, ADIT_SOURCE_MAIN, s->offset, s->size);
    size_t i = 0;
    c.big_endian = true;
    count_segment(j, s);
    if (is_sof(s->marker))
        read_frame(j, s, &c);
    while (i < READERS && !is_this(&readers[i], s, &c))
        i++;
    if (i < READERS && (j->read_once >> i & 1))
        TELL(j, s->at, "a further segment FF%02X of the same kind is left out", s->marker);
    else if (i < READERS)
        read_parameters(j, &readers[i], s, &c);
    if (i < READERS)
        j->read_once |= (uint32_t)(readers[i].once && adit_ok(&c)) << i;
    if (!adit_ok(&c))
        COMPLAIN(j, s->at, "segment FF%02X: its %u bytes are too few for what it says", s->marker, s->size);
}

/* Reads up to EOI. False: the file ends, or is left, before. */
static bool read_image(struct jpeg *j)
{
    struct segment s;
    for (int n = 0; n < MAX_SEGMENTS && next_segment(j, &s); n++) {
        if (s.marker == EOI)
            return true;
        read_segment(j, &s);
        if (s.marker == SOS && !skip_scan(j))
            return false;
    }
    return false;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct jpeg j = {.job = job, .report = adit_report(job), .scan_limit = adit_option_u64(job, "scan", 64 << 20)};
    j.c = adit_cursor(job);
    if (!adit_match_literal(&j.c, "\xff\xd8"))
        return ADIT_DECLINED;
    j.has_eoi = read_image(&j);
    j.scanned_all |= j.has_eoi;
    if (!j.has_eoi && adit_left(&j.c) < 2)
        COMPLAIN(&j, j.c.end, "%s", "the file ends before EOI, the marker FFD9");
    if (!j.has_frame)
        COMPLAIN(&j, 0, "%s", "there is no frame header (SOF): no image");
    emit_summary(&j);
    emit_trailer(&j);
    return adit_verdict(&j.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
