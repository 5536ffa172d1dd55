/* SPDX-License-Identifier: MIT */
/* The broadcast chunks: bext (EBU Tech 3285 v2, 2.3) and cart (AES46-2002, 6), under the names of those standards. */
#ifndef PLUGINS_AUDIO_SNDFILE_BROADCAST_H
#define PLUGINS_AUDIO_SNDFILE_BROADCAST_H

#include <adit/adit.h>
#include <adit/record.h>

enum { BROADCAST_TEXT = 16 * 1024 };

/* Text up to its NUL, without blanks at its end; nothing where it is empty. */
static inline void emit_fixed(const struct adit_call *job, const char *name, struct adit_text bytes)
{
    struct adit_text text = adit_text_trim_end(adit_text_until_nul(bytes));
    if (text.size > 0)
        adit_emit_text(job, name, text);
}

/* What is left of a chunk as text, `most` bytes of it. */
static inline void emit_rest(const char *name, struct adit_cursor *c, uint64_t most)
{
    uint64_t n = adit_left(c) < most ? adit_left(c) : most;
    emit_fixed(c->job, name, adit_read_bytes(c, n));
}

static inline bool any_byte(struct adit_text bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i])
            return true;
    return false;
}

struct bext {
    uint32_t time_low;
    int16_t version;
};

static inline void emit_time_reference(const struct adit_call *job, const char *name, const struct adit_value *high,
                                       void *keep)
{
    const struct bext *b = (const struct bext *)keep;
    adit_emit_u64(job, name, high->as.u64 << 32 | b->time_low);
}

static inline void emit_umid(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep)
{
    const struct bext *b = (const struct bext *)keep;
    if (b->version >= 1 && any_byte(value->as.text))
        adit_emit(job, name, value);
}

/* 2.4: since version 2. */
static inline void emit_loudness(const struct adit_call *job, const char *name, const struct adit_value *value,
                                 void *keep)
{
    const struct bext *b = (const struct bext *)keep;
    if (b->version >= 2)
        adit_emit(job, name, value);
}
/* Hundredths; 0x7fff: not told. */
#define LOUDNESS ADIT_PER(100), ADIT_UNLESS(0x7fff), ADIT_BY(emit_loudness)

static const struct adit_row bext[] = {
    ADIT_CHARS(256, "Description"),
    ADIT_CHARS(32, "Originator"),
    ADIT_CHARS(32, "OriginatorReference"),
    ADIT_CHARS(10, "OriginationDate"),
    ADIT_CHARS(8, "OriginationTime"),
    ADIT_U32(NULL, ADIT_KEEP(struct bext, time_low)),
    ADIT_U32("TimeReference", ADIT_BY(emit_time_reference)),
    ADIT_I16("Version", ADIT_KEEP(struct bext, version)),
    ADIT_BYTES(64, "UMID", ADIT_BY(emit_umid)),
    ADIT_I16("LoudnessValue", LOUDNESS),
    ADIT_I16("LoudnessRange", LOUDNESS),
    ADIT_I16("MaxTruePeakLevel", LOUDNESS),
    ADIT_I16("MaxMomentaryLoudness", LOUDNESS),
    ADIT_I16("MaxShortTermLoudness", LOUDNESS),
    ADIT_AT(602),
};

static inline void emit_bext(struct adit_cursor c)
{
    struct bext b;
    if (adit_left(&c) < adit_record_size(ADIT_ROWS(bext)))
        return;
    adit_begin_object(c.job, "bext");
    (void)adit_record(&c, ADIT_ROWS(bext), &b);
    emit_rest("CodingHistory", &c, BROADCAST_TEXT);
    adit_end(c.job);
}

static const struct adit_row cart[] = {
    ADIT_CHARS(4, "Version"),         ADIT_CHARS(64, "Title"),
    ADIT_CHARS(64, "Artist"),         ADIT_CHARS(64, "CutID"),
    ADIT_CHARS(64, "ClientID"),       ADIT_CHARS(64, "Category"),
    ADIT_CHARS(64, "Classification"), ADIT_CHARS(64, "OutCue"),
    ADIT_CHARS(10, "StartDate"),      ADIT_CHARS(8, "StartTime"),
    ADIT_CHARS(10, "EndDate"),        ADIT_CHARS(8, "EndTime"),
    ADIT_CHARS(64, "ProducerAppID"),  ADIT_CHARS(64, "ProducerAppVersion"),
    ADIT_CHARS(64, "UserDef"),        ADIT_I32("LevelReference"),
};
static const struct adit_row timer[] = {ADIT_CHARS(4, "Usage"), ADIT_I32("Value")};
static const struct adit_row url[] = {ADIT_SKIP(276), ADIT_CHARS(1024, "URL")};
enum { CART_SIZE = 2048, TIMERS = 8 };

static inline void emit_timers(struct adit_cursor *c)
{
    adit_begin_list(c->job, "PostTimer");
    for (int i = 0; i < TIMERS; i++) {
        struct adit_cursor usage = *c;
        if (adit_read_u32(&usage) != 0)
            (void)adit_records(c, "", ADIT_ROWS(timer), NULL, 1);
        else
            adit_skip(c, 8);
    }
    adit_end(c->job);
}

static inline void emit_cart(struct adit_cursor c)
{
    if (adit_left(&c) < CART_SIZE)
        return;
    adit_begin_object(c.job, "cart");
    (void)adit_record(&c, ADIT_ROWS(cart), NULL);
    emit_timers(&c);
    (void)adit_record(&c, ADIT_ROWS(url), NULL);
    emit_rest("TagText", &c, BROADCAST_TEXT);
    adit_end(c.job);
}

#endif
