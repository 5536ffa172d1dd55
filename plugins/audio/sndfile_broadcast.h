/* SPDX-License-Identifier: MIT */
/* The broadcast chunks that libsndfile decodes: bext (EBU Tech 3285 v2, 2.3) and cart (AES46-2002, 6), under the
 * names of those standards. */
#ifndef PLUGINS_AUDIO_SNDFILE_BROADCAST_H
#define PLUGINS_AUDIO_SNDFILE_BROADCAST_H

#include <adit/adit.h>
#include <sndfile.h>
#include <stdlib.h>

enum { BROADCAST_TEXT = 16 * 1024 };
typedef SF_BROADCAST_INFO_VAR(BROADCAST_TEXT) sndfile_bext;
typedef SF_CART_INFO_VAR(BROADCAST_TEXT) sndfile_cart;

/* Fixed-width text; nothing where it is empty. */
static inline void emit_fixed(const struct adit_call *job, const char *name, const char *data, size_t size)
{
    struct adit_text text = adit_text_trim_end(adit_text_until_nul(adit_text_of(data, size)));
    if (text.size > 0)
        adit_emit_text(job, name, text);
}
#define EMIT_FIXED(job, name, array) emit_fixed((job), (name), (array), sizeof(array))

/* Hundredths; 0x7fff: not told (2.4). */
static inline void emit_loudness(const struct adit_call *job, const char *name, int16_t value)
{
    if (value != INT16_MAX)
        adit_emit_f64(job, name, value / 100.0);
}

static inline bool any_byte(const char *data, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (data[i])
            return true;
    return false;
}

static inline void emit_bext(const struct adit_call *job, const sndfile_bext *b)
{
    adit_begin_object(job, "bext");
    EMIT_FIXED(job, "Description", b->description);
    EMIT_FIXED(job, "Originator", b->originator);
    EMIT_FIXED(job, "OriginatorReference", b->originator_reference);
    EMIT_FIXED(job, "OriginationDate", b->origination_date);
    EMIT_FIXED(job, "OriginationTime", b->origination_time);
    adit_emit_u64(job, "TimeReference", (uint64_t)b->time_reference_high << 32 | b->time_reference_low);
    adit_emit_i64(job, "Version", b->version);
    if (b->version >= 1 && any_byte(b->umid, sizeof b->umid))
        adit_emit_bytes(job, "UMID", adit_text_of(b->umid, sizeof b->umid));
    if (b->version >= 2) {
        emit_loudness(job, "LoudnessValue", b->loudness_value);
        emit_loudness(job, "LoudnessRange", b->loudness_range);
        emit_loudness(job, "MaxTruePeakLevel", b->max_true_peak_level);
        emit_loudness(job, "MaxMomentaryLoudness", b->max_momentary_loudness);
        emit_loudness(job, "MaxShortTermLoudness", b->max_shortterm_loudness);
    }
    uint32_t n = b->coding_history_size < sizeof b->coding_history ? b->coding_history_size : sizeof b->coding_history;
    emit_fixed(job, "CodingHistory", b->coding_history, n);
    adit_end(job);
}

static inline void emit_broadcast(const struct adit_call *job, SNDFILE *file)
{
    sndfile_bext *b = (sndfile_bext *)calloc(1, sizeof *b);
    if (b && sf_command(file, SFC_GET_BROADCAST_INFO, b, sizeof *b) == SF_TRUE)
        emit_bext(job, b);
    free(b);
}

static inline void emit_timers(const struct adit_call *job, const sndfile_cart *c)
{
    adit_begin_list(job, "PostTimer");
    for (size_t i = 0; i < sizeof c->post_timers / sizeof *c->post_timers; i++) {
        if (!any_byte(c->post_timers[i].usage, 4))
            continue;
        adit_begin_object(job, "");
        EMIT_FIXED(job, "Usage", c->post_timers[i].usage);
        adit_emit_i64(job, "Value", c->post_timers[i].value);
        adit_end(job);
    }
    adit_end(job);
}

static inline void emit_cart_fields(const struct adit_call *job, const sndfile_cart *c)
{
    adit_begin_object(job, "cart");
    EMIT_FIXED(job, "Version", c->version);
    EMIT_FIXED(job, "Title", c->title);
    EMIT_FIXED(job, "Artist", c->artist);
    EMIT_FIXED(job, "CutID", c->cut_id);
    EMIT_FIXED(job, "ClientID", c->client_id);
    EMIT_FIXED(job, "Category", c->category);
    EMIT_FIXED(job, "Classification", c->classification);
    EMIT_FIXED(job, "OutCue", c->out_cue);
    EMIT_FIXED(job, "StartDate", c->start_date);
    EMIT_FIXED(job, "StartTime", c->start_time);
    EMIT_FIXED(job, "EndDate", c->end_date);
    EMIT_FIXED(job, "EndTime", c->end_time);
    EMIT_FIXED(job, "ProducerAppID", c->producer_app_id);
    EMIT_FIXED(job, "ProducerAppVersion", c->producer_app_version);
    EMIT_FIXED(job, "UserDef", c->user_def);
    adit_emit_i64(job, "LevelReference", c->level_reference);
    emit_timers(job, c);
    EMIT_FIXED(job, "URL", c->url);
    uint32_t n = c->tag_text_size < sizeof c->tag_text ? c->tag_text_size : sizeof c->tag_text;
    emit_fixed(job, "TagText", c->tag_text, n);
    adit_end(job);
}

static inline void emit_cart(const struct adit_call *job, SNDFILE *file)
{
    sndfile_cart *c = (sndfile_cart *)calloc(1, sizeof *c);
    if (c && sf_command(file, SFC_GET_CART_INFO, c, sizeof *c) == SF_TRUE)
        emit_cart_fields(job, c);
    free(c);
}

#endif
