/* SPDX-License-Identifier: MIT */
/* Meta events as fields. Sources: RP-001, "Meta-Events"; RP-017 (charsets of lyrics); RP-019 (device and program names). */
#ifndef PLUGINS_MIDI_META_H
#define PLUGINS_MIDI_META_H

#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/smf.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 65536, TEXTS_MAX = 20000 };

/* How texts are told, over a whole file. */
struct texts {
    const struct adit_call *job;
    adit_source source;
    enum adit_charset charset; /* 0: bytes as they are */
    uint32_t told;
    char buffer[TEXT_MAX];
};

static inline struct adit_text payload_of(struct texts *x, const struct adit_smf_event *e)
{
    int64_t got = adit_read(x->job, x->source, e->payload, x->buffer, e->size < TEXT_MAX ? e->size : TEXT_MAX);
    return adit_text_of(x->buffer, got > 0 ? (size_t)got : 0);
}

/* False: enough of them were told. */
static inline bool may_tell(struct texts *x)
{
    if (x->told == TEXTS_MAX)
        adit_warnf(x->job, "only the first %d texts and signatures are told", TEXTS_MAX);
    x->told += x->told <= TEXTS_MAX;
    return x->told <= TEXTS_MAX;
}

static inline void emit_payload(struct texts *x, const char *name, const struct adit_smf_event *e)
{
    struct adit_text text = payload_of(x, e);
    if (e->size > TEXT_MAX)
        adit_warnf(x->job, "a text of %u bytes at offset %llu is cut at %d", e->size, (unsigned long long)e->at,
                   TEXT_MAX);
    if (text.size >= 8 && memcmp(text.data, "{@LATIN}", 8) == 0)
        x->charset = ADIT_CHARSET_LATIN1;
    else if (text.size >= 5 && memcmp(text.data, "{@JP}", 5) == 0)
        x->charset = adit_charset_by_name(ADIT_TEXT("shift_jis"));
    bool converts =
        x->charset && (adit_ascii_only(text) || !adit_utf8_valid(text)); /* some charsets have no other bytes */
    if (converts)
        adit_emit_in_charset(x->job, name, x->charset, text);
    else
        adit_emit_text(x->job, name, text);
}

static inline void emit_moment(struct texts *x, const char *list, const struct adit_smf_event *e)
{
    adit_begin_object(x->job, list);
    adit_emit_u64(x->job, "tick", e->tick);
    emit_payload(x, "text", e);
    adit_end(x->job);
}

static inline void emit_time_signature(struct texts *x, const struct adit_smf_event *e)
{
    struct adit_text p = payload_of(x, e);
    char signature[24];
    if (p.size < 4 || (uint8_t)p.data[1] > 31)
        return;
    (void)snprintf(signature, sizeof signature, "%u/%u", (uint8_t)p.data[0], 1u << (uint8_t)p.data[1]);
    adit_begin_object(x->job, "time_signatures");
    adit_emit_u64(x->job, "tick", e->tick);
    adit_emit_string(x->job, "signature", signature);
    adit_emit_u64(x->job, "clocks", (uint8_t)p.data[2]);
    adit_emit_u64(x->job, "thirty_seconds", (uint8_t)p.data[3]);
    adit_end(x->job);
}

static inline void emit_key_signature(struct texts *x, const struct adit_smf_event *e)
{
    static const char *const keys[2][15] = {
        {"Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"},
        {"ab", "eb", "bb", "f", "c", "g", "d", "a", "e", "b", "f#", "c#", "g#", "d#", "a#"}};
    struct adit_text p = payload_of(x, e);
    char key[16];
    int sharps = p.size >= 2 ? (int8_t)p.data[0] : 99;
    if (sharps < -7 || sharps > 7 || (uint8_t)p.data[1] > 1) {
        adit_warnf(x->job, "key signature at offset %llu: expected -7 to 7 sharps, and 0 or 1",
                   (unsigned long long)e->at);
        return;
    }
    (void)snprintf(key, sizeof key, "%s %s", keys[(uint8_t)p.data[1]][sharps + 7], p.data[1] ? "minor" : "major");
    adit_begin_object(x->job, "key_signatures");
    adit_emit_u64(x->job, "tick", e->tick);
    adit_emit_string(x->job, "key", key);
    adit_end(x->job);
}

/* The hours have the frame rate in their upper bits, as in MIDI Time Code: 0rrhhhhh. */
static inline void emit_smpte_offset(struct texts *x, const struct adit_smf_event *e)
{
    static const char *const rates[4] = {"24", "25", "29.97", "30"};
    struct adit_text p = payload_of(x, e);
    char text[32];
    if (p.size < 5)
        return;
    const uint8_t *b = (const uint8_t *)p.data;
    (void)snprintf(text, sizeof text, "%02u:%02u:%02u:%02u.%02u", b[0] & 0x1f, b[1], b[2], b[3], b[4]);
    adit_emit_string(x->job, "smpte_offset", text);
    adit_emit_string(x->job, "smpte_offset_frames", rates[b[0] >> 5 & 3]);
}

#endif
