/* SPDX-License-Identifier: MIT */
/* Slices as files: FLAC, WAV, or NumPy arrays of float16, each with a JSON that says which note it is. Sources: RFC 9639;
 * Microsoft's WAVEFORMATEX and WAVEFORMATEXTENSIBLE; NEP 1 of NumPy (.npy, version 1.0); RFC 8259. */
#ifndef PLUGINS_AUDIO_SLICE_WRITE_H
#define PLUGINS_AUDIO_SLICE_WRITE_H

#include "slice_cut.h"
#include <adit/charset.h>
#include <stdio.h>

static inline void add_text(struct bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

static inline void add_number(struct bytes *b, const char *before, uint64_t value)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%s%llu", before, (unsigned long long)value);
    bytes_add(b, text, (size_t)n);
}

/* What is no ASCII is left as the file system has it, and what is no text goes. */
static inline void add_json_string(struct bytes *b, struct adit_text text)
{
    bytes_add(b, "\"", 1);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\')
            bytes_add(b, "\\", 1);
        if (c < 0x20)
            c = '?';
        bytes_add(b, &c, 1);
    }
    bytes_add(b, "\"", 1);
}

static inline const char *class_of(const struct slice_options *o, const struct slice *s)
{
    return o->class_column >= 0 && s->channel == 9 ? o->hits->text[s->pitch][o->class_column] : "";
}

static inline void add_note(struct bytes *b, const struct slice_options *o, const struct slice *s)
{
    const char *class = class_of(o, s);
    add_number(b, "\"note\":", s->note);
    add_number(b, ",\"onset\":", s->onset);
    add_number(b, ",\"channel\":", s->channel + 1u);
    add_number(b, ",\"pitch\":", s->pitch);
    if (class[0]) {
        add_text(b, ",\"class\":");
        add_json_string(b, adit_text_c(class));
    }
    add_number(b, ",\"velocity\":", s->velocity);
    add_number(b, ",\"start\":", s->start);
    add_number(b, ",\"frames\":", s->end - s->start);
}

static inline void add_sound(struct bytes *b, const struct cutter *c)
{
    struct adit_text name = adit_source_name(c->job);
    add_text(b, "\"file\":");
    if (adit_utf8_valid(name))
        add_json_string(b, name);
    else
        add_text(b, "null");
    add_number(b, ",\"rate\":", c->rate);
    add_number(b, ",\"channels\":", c->channels);
}

static inline bool write_artifact(struct cutter *c, const char *stem, const char *ending, const char *media, const struct bytes *b)
{
    char name[32];
    (void)snprintf(name, sizeof name, "%s.%s", stem, ending);
    if (b->failed || adit_open_artifact(c->job, adit_text_c(name), media) != 0)
        return false;
    int error = adit_write(c->job, b->data, b->size);
    if (adit_close(c->job) != 0 || error)
        return false;
    c->bytes += b->size;
    return true;
}

/* ---- the sound ---- */

/* Are all blocks but the last of one size? */
static inline bool is_even(const struct cutter *c, const struct active *a)
{
    bool even = a->frames == 0;
    for (uint64_t number = a->kept_from; even && number + 1 < a->kept_to; number++)
        even = kept_of(c, number)->samples == BLOCK;
    return even;
}

static inline void flac_slice(struct cutter *c, struct active *a, struct bytes *out)
{
    struct flac_info *i = &a->info;
    uint8_t head[FLAC_HEAD];
    bool even = is_even(c, a);
    (void)bytes_more(out, FLAC_HEAD);
    bytes_add(out, a->before.data, a->before.size);
    for (uint64_t number = a->kept_from; number < a->kept_to; number++) {
        const struct kept *k = kept_of(c, number);
        if (!k->ready) {
            c->failed = true;
            return;
        }
        uint32_t size = frame_put(&k->frame, even ? number - a->kept_from : k->at - a->start, even, out);
        note_frame(i, k->samples, size, k->at + k->samples == a->end);
    }
    bytes_add(out, a->after.data, a->after.size);
    if (i->most_block < FLAC_LEAST)
        i->most_block = FLAC_LEAST;
    if (i->least_block > i->most_block)
        i->least_block = i->most_block;
    md5_end(c->md5, &a->md5, i->md5);
    flac_head(&c->format, i, head);
    if (!out->failed)
        memcpy(out->data, head, FLAC_HEAD);
}

static inline void wav_head(const struct cutter *c, uint64_t frames, struct bytes *out)
{
    uint32_t size = pack_size(c->pack), frame = size * c->channels, data = (uint32_t)(frames * frame);
    bool wide = c->channels > 2 || size > 2;
    uint32_t format = c->pack == PACK_F32 ? 3 : 1, fmt = wide ? 40 : 16;
    bytes_add(out, "RIFF", 4);
    bytes_le(out, 4 + 8 + fmt + 8 + data + (data & 1), 4);
    bytes_add(out, "WAVEfmt ", 8);
    bytes_le(out, fmt, 4);
    bytes_le(out, wide ? 0xfffe : format, 2);
    bytes_le(out, c->channels, 2);
    bytes_le(out, c->rate, 4);
    bytes_le(out, (uint64_t)c->rate * frame, 4);
    bytes_le(out, frame, 2);
    bytes_le(out, size * 8, 2);
    if (wide) {
        bytes_le(out, 22, 2);
        bytes_le(out, size * 8, 2);
        bytes_le(out, 0, 4); /* no loudspeaker is named */
        bytes_le(out, format, 4);
        bytes_add(out, "\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71", 12);
    }
    bytes_add(out, "data", 4);
    bytes_le(out, data, 4);
}

static inline void npy_head(const struct cutter *c, uint64_t frames, struct bytes *out)
{
    char text[128];
    int n = snprintf(text, sizeof text, "{'descr': '<f2', 'fortran_order': False, 'shape': (%llu, %u), }", (unsigned long long)frames, c->channels);
    int padded = (10 + n + 1 + 63) / 64 * 64 - 10;
    bytes_add(out, "\x93NUMPY\1\0", 8);
    bytes_le(out, (uint64_t)padded, 2);
    bytes_add(out, text, (size_t)n);
    for (int i = n; i < padded; i++)
        bytes_add(out, i == padded - 1 ? "\n" : " ", 1);
}

static inline void raw_slice(struct cutter *c, struct active *a, struct bytes *out)
{
    (c->pack == PACK_F16 ? npy_head : wav_head)(c, a->end - a->start, out);
    bytes_add(out, a->before.data, a->before.size);
    for (uint64_t number = a->kept_from; number < a->kept_to; number++) {
        const struct kept *k = kept_of(c, number);
        bytes_add(out, k->packed.data, k->packed.size);
    }
    bytes_add(out, a->after.data, a->after.size);
    if (c->pack != PACK_F16 && out->size & 1)
        bytes_add(out, "", 1); /* RIFF pads to even sizes */
}

/* ---- a window's files ---- */

static inline void slice_name(const struct cutter *c, uint32_t at, char out[16])
{
    (void)snprintf(out, 16, "%06u", c->plan->list[at].note);
}

static inline const char *slice_ending(const struct cutter *c)
{
    return c->flac ? "flac" : c->pack == PACK_F16 ? "npy" : "wav";
}

/* Encoded once; written for each of its notes, or for all of them together. */
static inline void finish_window(struct cutter *c, struct active *a, struct bytes *out)
{
    struct bytes *json = &c->json;
    const char *media = c->flac ? "audio/flac" : c->pack == PACK_F16 ? "application/x-npy" : "audio/vnd.wave";
    char stem[16];
    out->size = 0;
    (c->flac ? flac_slice : raw_slice)(c, a, out);
    for (uint32_t i = 0; i < a->count && !c->failed && !c->stopped; i++) {
        uint32_t last = c->o->refer ? a->count : i + 1;
        slice_name(c, a->first + i, stem);
        c->stopped = !write_artifact(c, stem, slice_ending(c), media, out);
        json->size = 0;
        add_text(json, "{");
        add_sound(json, c);
        add_text(json, c->o->refer ? ",\"notes\":[" : ",");
        for (uint32_t k = i; k < last; k++) {
            add_text(json, !c->o->refer ? "" : k > i ? ",{" : "{");
            add_note(json, c->o, &c->plan->list[a->first + k]);
            add_text(json, c->o->refer ? "}" : "");
        }
        add_text(json, c->o->refer ? "]}\n" : "}\n");
        c->stopped = c->stopped || !write_artifact(c, stem, "json", "application/json", json);
        c->slices += last - i;
        i = last - 1;
    }
    c->windows_done++;
}

#endif
