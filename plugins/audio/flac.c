/* SPDX-License-Identifier: MIT */
/* FLAC: the metadata blocks and the first frame's header. RFC 9639, sections 6 to 9. */
#include "flac_blocks.h"
#include "flac_frame.h"
#include <adit/varint.h>

ADIT_MODULE("flac", "1.0.0")

enum { MAX_TAGS = 16 };

/* Bytes of audio a second are those of the frames over the samples they hold. */
static void emit_audio(struct flac *f, uint64_t start)
{
    double duration = f->sample_rate > 0 ? (double)f->total_samples / (double)f->sample_rate : 0;
    (void)adit_emit_u64(f->job, "audio_offset", start);
    (void)adit_emit_u64(f->job, "audio_size", f->end - start);
    if (has(f, STREAMINFO) && f->sample_rate == 0 && f->end > start)
        adit_complain(&f->report, "STREAMINFO: the sample rate is 0, and there is audio");
    if (duration <= 0)
        return;
    (void)adit_emit_f64(f->job, "duration", duration);
    (void)adit_emit_f64(f->job, "bit_rate", (double)(f->end - start) * 8 / duration);
}

/* Tags of other formats stand before "fLaC", and ID3v1 at the end: not part of FLAC, but what is found (RFC 9639, 6 and A). */
static void step_over_id3(struct flac *f, struct adit_cursor *c)
{
    for (int i = 0; i < MAX_TAGS; i++) {
        struct adit_cursor tag = *c;
        if (!adit_match_literal(&tag, "ID3"))
            break;
        adit_skip(&tag, 3);
        uint64_t size = 10 + adit_read_syncsafe(&tag);
        if (!adit_ok(&tag) || size > adit_left(c))
            break;
        (void)adit_emit_range(f->job, ADIT_TEXT("ID3"), "application/x-id3", c->at, size);
        adit_skip(c, size);
    }
    struct adit_cursor tail = adit_cursor_at(f->job, ADIT_SOURCE_MAIN, f->end < 128 ? f->end : f->end - 128, 128);
    if (f->end - c->at > 128 && adit_match_literal(&tail, "TAG")) {
        f->end -= 128;
        (void)adit_emit_range(f->job, ADIT_TEXT("ID3v1"), "application/x-id3", f->end, 128);
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct flac f = {.job = job, .report = adit_report(job), .end = adit_size(job)};
    struct adit_cursor c = adit_cursor(job);
    step_over_id3(&f, &c);
    if (!adit_match_literal(&c, "fLaC"))
        return ADIT_DECLINED;
    bool whole = read_blocks(&f, &c);
    if (has(&f, SEEKTABLE)) {
        (void)adit_emit_u64(job, "seek_points", f.seek_points);
        (void)adit_emit_u64(job, "seek_placeholders", f.placeholders);
    }
    (void)adit_emit_u64(job, "padding", f.padding);
    if (whole && c.at <= f.end) {
        emit_audio(&f, c.at);
        read_frame(&f, &c);
    }
    return adit_verdict(&f.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
