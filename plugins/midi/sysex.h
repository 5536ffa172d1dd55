/* SPDX-License-Identifier: MIT */
/* System exclusive messages: whose they are, and which reset a device. Sources: MIDI 1.0 Detailed Specification, "System Exclusive
 * Messages" and "Universal System Exclusive Messages"; Roland's and Yamaha's reset messages as their GS and XG specifications have
 * them. */
#ifndef PLUGINS_MIDI_SYSEX_H
#define PLUGINS_MIDI_SYSEX_H

#include "meta.h"
#include "summary.h"

enum { MANUFACTURERS_MAX = 64 };

/* One byte, or 0 and two more. */
struct manufacturers {
    uint32_t ids[MANUFACTURERS_MAX], count;
};

static inline void note_manufacturer(struct manufacturers *m, struct adit_text p)
{
    if (p.size < 1 || (p.data[0] == 0 && p.size < 3))
        return;
    const uint8_t *b = (const uint8_t *)p.data;
    uint32_t id = b[0] ? b[0] : 0x1000000u | (uint32_t)b[1] << 8 | b[2];
    for (uint32_t i = 0; i < m->count; i++)
        if (m->ids[i] == id)
            return;
    if (m->count < MANUFACTURERS_MAX)
        m->ids[m->count++] = id;
}

static inline void emit_manufacturers(const struct adit_call *job, const struct manufacturers *m)
{
    char text[16];
    for (uint32_t i = 0; i < m->count; i++) {
        if (m->ids[i] & 0x1000000u)
            (void)snprintf(text, sizeof text, "00 %02x %02x", m->ids[i] >> 8 & 0xff, m->ids[i] & 0xff);
        else
            (void)snprintf(text, sizeof text, "%02x", m->ids[i]);
        adit_emit_string(job, "manufacturers", text);
    }
}

enum { RESET_GM = 1, RESET_GM2 = 2, RESET_GS = 4, RESET_XG = 8 };

static inline unsigned reset_of(struct adit_text p)
{
    const uint8_t *b = (const uint8_t *)p.data;
    if (p.size >= 4 && b[0] == 0x7e && b[2] == 0x09 && (b[3] == 1 || b[3] == 3))
        return b[3] == 1 ? RESET_GM : RESET_GM2;
    if (p.size >= 8 && b[0] == 0x41 && b[2] == 0x42 && b[3] == 0x12 && b[4] == 0x40 && b[5] == 0 && b[6] == 0x7f &&
        b[7] == 0)
        return RESET_GS;
    return p.size >= 7 && b[0] == 0x43 && b[2] == 0x4c && b[3] == 0 && b[4] == 0 && b[5] == 0x7e && b[6] == 0 ? RESET_XG
                                                                                                              : 0;
}

struct sysex {
    uint32_t messages, continued, escapes;
    uint64_t bytes;
    struct manufacturers manufacturers;
    unsigned resets;
};

static inline void on_sysex(struct sysex *s, struct texts *x, const struct adit_smf_event *e, bool *open)
{
    struct adit_text p = payload_of(x, e);
    s->bytes += e->size;
    if (e->status == ADIT_SMF_SYSEX) {
        s->messages++;
        note_manufacturer(&s->manufacturers, p);
        s->resets |= reset_of(p);
        *open = p.size > 0 && e->size <= TEXT_MAX && (uint8_t)p.data[p.size - 1] != 0xf7;
    } else if (*open) { /* RP-001: an F7 event after a sysex without its end goes on with it */
        s->continued++;
        *open = !(p.size > 0 && (uint8_t)p.data[p.size - 1] == 0xf7);
    } else {
        s->escapes++;
    }
}

/* Sequencer-specific meta events begin with whose they are, too. */
static inline void emit_specific(const struct adit_call *job, uint32_t events, const struct manufacturers *m)
{
    if (events == 0)
        return;
    adit_begin_object(job, "sequencer_specific");
    adit_emit_u64(job, "events", events);
    emit_manufacturers(job, m);
    adit_end(job);
}

static inline void emit_sysex(const struct adit_call *job, const struct sysex *s)
{
    static const char *const resets[4] = {"GM", "GM2", "GS", "XG"};
    if (s->messages + s->escapes + s->continued == 0)
        return;
    adit_begin_object(job, "sysex");
    adit_emit_u64(job, "messages", s->messages);
    emit_some(job, "continued", s->continued);
    emit_some(job, "escapes", s->escapes);
    adit_emit_u64(job, "bytes", s->bytes);
    emit_manufacturers(job, &s->manufacturers);
    for (int i = 0; i < 4; i++)
        if (s->resets >> i & 1)
            adit_emit_string(job, "resets", resets[i]);
    adit_end(job);
}

#endif
