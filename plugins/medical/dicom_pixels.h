/* SPDX-License-Identifier: MIT */
/* Encapsulated pixel data (PS3.5 A.4) as streams: each frame, or the one video. */
#ifndef MEDICAL_DICOM_PIXELS_H
#define MEDICAL_DICOM_PIXELS_H

#include <adit/array.h>

#include "dicom_set.h"

enum { FRAGMENTS_MAX = 65536 };

struct pixels {
    struct range table, *fragments; /* the basic offset table; what comes behind it */
    size_t count, capacity;
    uint64_t first; /* where the first fragment's item begins: offsets are from here */
    uint64_t total, bytes;
};

static inline void add_fragment(struct pixels *p, uint64_t offset, uint64_t size)
{
    p->total++;
    p->bytes += size;
    struct range *grown =
        (struct range *)adit_grow(p->fragments, &p->capacity, p->count, sizeof *grown, FRAGMENTS_MAX);
    if (!grown)
        return;
    p->fragments = grown;
    p->fragments[p->count++] = (struct range){offset, size};
}

/* Reads the items up to the sequence's delimiter; returns where the data set goes on. */
static inline uint64_t read_fragments(struct dicom *d, const struct set *s, const struct element *e, struct pixels *p)
{
    uint64_t at = e->value, items = 0;
    struct element item;
    for (;; items++) {
        if (!read_head(d, s, at, &item)) {
            adit_complain(&d->report, "pixel data at offset %llu: the file ends before its delimiter", LL(e->offset));
            return s->end;
        }
        if (item.tag == TAG_SEQUENCE_END)
            return item.value + (item.length <= s->end - item.value ? item.length : 0);
        if (item.tag != TAG_ITEM) {
            adit_complain(&d->report, "offset %llu: expected an item of pixel data, found (%04X,%04X)", LL(at),
                          item.tag >> 16, item.tag & 0xffff);
            d->stop = true;
            return s->end;
        }
        bool whole = item.length <= s->end - item.value;
        uint64_t size = whole ? item.length : s->end - item.value;
        if (items == 0)
            p->table = (struct range){item.value, size};
        else if (whole)
            add_fragment(p, item.value, size);
        if (!whole) {
            adit_complain(&d->report, "pixel data at offset %llu: an item should have %u bytes, there are %llu", LL(at),
                          item.length, LL(size));
            return s->end;
        }
        at = item.value + item.length;
        if (items == 0)
            p->first = at;
        if (items % 4096 == 4095 && !adit_progress(d->job, at, d->bytes.size)) {
            d->stop = true;
            return s->end;
        }
    }
}

static inline void emit_fragments(struct dicom *d, const struct pixels *p, size_t from, size_t to, const char *name,
                                  const char *media)
{
    const char *known = media && *media ? media : NULL;
    if (to - from == 1) {
        bytes_emit(&d->bytes, name, known, p->fragments[from].offset, p->fragments[from].size);
        return;
    }
    if (adit_open_stream(d->job, adit_text_c(name), known) != 0)
        return;
    bool whole = true;
    for (size_t i = from; i < to && whole; i++)
        whole = bytes_write(&d->bytes, p->fragments[i].offset, p->fragments[i].size);
    if (whole)
        (void)adit_close(d->job);
    else
        (void)adit_close_truncated(d->job);
}

/* The nth number of the basic (A.4) or the extended (A.4.1) offset table; false: there is none. */
static inline bool frame_offset(struct dicom *d, const struct pixels *p, uint64_t nth, uint64_t *out)
{
    bool extended = d->frame_offsets.size > 0;
    unsigned width = extended ? 8 : 4;
    struct range table = extended ? d->frame_offsets : p->table;
    const uint8_t *bytes = nth < table.size / width ? bytes_at(&d->bytes, table.offset + nth * width, width) : NULL;
    if (bytes)
        *out = adit_number(bytes, width, false);
    return bytes != NULL;
}

/* The fragment whose item begins at this offset from the first one; count: none does. */
static inline size_t fragment_at(const struct pixels *p, uint64_t offset)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->fragments[middle].offset - 8 - p->first < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->count && p->fragments[low].offset - 8 - p->first == offset ? low : p->count;
}

/* A.4: one frame has all fragments; as many fragments as frames are one each; else the tables say where each begins. False: they do not. */
static inline bool find_frame(struct dicom *d, const struct pixels *p, uint64_t nth, uint64_t frames, size_t *from,
                              size_t *to)
{
    uint64_t begin = 0, next = 0;
    if (frames == 1 || p->total == frames) {
        *from = (size_t)nth;
        *to = frames == 1 ? p->count : (size_t)nth + 1;
    } else {
        *from = frame_offset(d, p, nth, &begin) ? fragment_at(p, begin) : p->count;
        *to = nth + 1 < frames && frame_offset(d, p, nth + 1, &next) ? fragment_at(p, next) : p->count;
    }
    return *from < *to && *to <= p->count;
}

static inline void emit_frames(struct dicom *d, const struct pixels *p)
{
    const struct transfer_syntax *t = d->syntax;
    uint64_t frames = t && t->form == SYNTAX_VIDEO ? 1 : d->frames ? d->frames : 1, most = d->max_frames;
    if (!t || !t->media || p->total == 0 || most == 0)
        return;
    if (frames == 1 && p->count != p->total) {
        adit_remark(&d->report, "more than %d fragments of one frame: it is no stream", FRAGMENTS_MAX);
        return;
    }
    for (uint64_t i = 0; i < frames && i < most; i++) {
        char name[32];
        size_t from, to;
        if (!find_frame(d, p, i, frames, &from, &to)) {
            bool table = p->table.size > 0 || d->frame_offsets.size > 0; /* there may be none */
            (table ? adit_complain : adit_remark)(
                &d->report, "frame %llu of %llu: %s where it begins among %llu fragments", LL(i + 1), LL(frames),
                table ? "the offset table does not say" : "no offset table says", LL(p->total));
            return;
        }
        (void)snprintf(name, sizeof name, "frame-%llu", LL(i + 1));
        emit_fragments(d, p, from, to, t->form == SYNTAX_VIDEO ? "video" : name, t->media);
    }
    if (frames > most)
        adit_remark(&d->report, "only the first %llu of %llu frames are looked at (option max_frames)", LL(most),
                    LL(frames));
}

#endif
