/* SPDX-License-Identifier: MIT */
/* The recording once, as FLAC, and a JSON that says where each slice is. */
#ifndef PLUGINS_AUDIO_SLICE_INDEX_H
#define PLUGINS_AUDIO_SLICE_INDEX_H

#include "slice_pass.h"
#include "slice_write.h"

/* A recording that is FLAC already stays as it is. */
static inline bool copy_source(struct cutter *c)
{
    uint64_t size = adit_size(c->job);
    for (uint64_t at = 0; at < size;) {
        int64_t got = adit_read(c->job, ADIT_SOURCE_MAIN, at, c->packed, (size_t)BLOCK * pack_size(c->pack));
        if (got <= 0 || adit_write(c->job, c->packed, (size_t)got) != 0)
            return false;
        at += (uint64_t)got;
        c->bytes += (uint64_t)got;
    }
    return true;
}

static inline void write_frame(void *user, const uint8_t *data, size_t n, uint32_t samples)
{
    struct cutter *c = (struct cutter *)user;
    (void)samples;
    c->stopped = c->stopped || adit_write(c->job, data, n) != 0;
    c->bytes += n;
}

/* Two passes, since the digest of all samples stands before them. */
static inline bool encode_source(struct cutter *c, uint64_t frames)
{
    struct flac_info info = {.least_block = BLOCK, .most_block = BLOCK, .samples = frames};
    struct md5 md5;
    uint8_t head[FLAC_HEAD];
    md5_begin(&md5);
    for (c->at = 0; c->at < frames && !c->stopped; c->at += c->got) {
        read_block(c, frames - c->at < BLOCK ? (uint32_t)(frames - c->at) : BLOCK);
        pack(c, c->block, c->got, c->packed);
        md5_add(c->md5, &md5, c->packed, (size_t)c->got * c->channels * pack_size(c->pack));
        c->stopped = c->cut_off || !adit_progress(c->job, c->at, frames * 2);
    }
    md5_end(c->md5, &md5, info.md5);
    flac_head(&c->format, &info, head);
    c->once.take = write_frame;
    if (c->stopped || !seek_frame(c, 0) || adit_write(c->job, head, sizeof head) != 0 || !encoder_open(&c->once, &c->format, BLOCK))
        return false;
    c->bytes += sizeof head;
    for (c->at = 0; c->at < frames && !c->stopped; c->at += c->got) {
        read_block(c, frames - c->at < BLOCK ? (uint32_t)(frames - c->at) : BLOCK);
        c->failed |= !FLAC__stream_encoder_process_interleaved(c->once.flac, c->block, c->got);
        c->stopped = c->stopped || c->failed || c->cut_off || !adit_progress(c->job, frames + c->at, frames * 2);
    }
    return encoder_close(&c->once) && !c->stopped;
}

static inline void write_index(struct cutter *c, uint64_t frames)
{
    struct bytes json = {0};
    c->stopped = adit_open_artifact(c->job, ADIT_TEXT("source.flac"), "audio/flac") != 0;
    if (c->stopped)
        return;
    bool same = !(c->o->mono && c->source_channels > 1) && adit_text_is(adit_source_media(c->job), "audio/flac");
    c->stopped = !(same ? copy_source(c) : encode_source(c, frames)) || c->stopped;
    c->stopped = (c->stopped ? adit_close_truncated(c->job) : adit_close(c->job)) != 0 || c->stopped;
    add_text(&json, "{");
    add_sound(&json, c);
    add_text(&json, ",\"slices\":[");
    for (uint32_t i = 0; i < c->plan->count; i++) {
        add_text(&json, i > 0 ? ",\n{" : "\n{");
        add_note(&json, c->o, &c->plan->list[i]);
        add_text(&json, "}");
    }
    add_text(&json, "]}\n");
    if (!c->stopped && write_artifact(c, "source", "json", "application/json", &json)) {
        c->slices = c->plan->count;
        c->windows_done = c->plan->windows;
    }
    bytes_free(&json);
}

#endif
