/* SPDX-License-Identifier: MIT */
/* Files: PS3.10 section 7. The meta information, and how the data set behind it is encoded, deflated ones included (PS3.5 annex A). */
#ifndef MEDICAL_DICOM_FILE_H
#define MEDICAL_DICOM_FILE_H

#include <adit/inflate.h>

#include "dicom_data.h"

enum { META_START = 132, INFLATED_MAX = 64 << 20 };

/* How the element at `at` is encoded, as far as it shows. False: it does not look like one. */
static inline bool guess_encoding(struct dicom *d, uint64_t at, struct encoding *out)
{
    const uint8_t *p = bytes_at(&d->bytes, at, 8);
    if (!p)
        return false;
    uint16_t vr = VR(p[4], p[5]);
    out->implicit = !is_letters(vr); /* as a length they would be 16 KiB and more */
    out->big = p[0] == 0 && p[1] != 0;
    return true;
}

/* PS3.3 C.12.1.1.8: it stands behind some of the times that it holds for. */
static inline void find_zone(struct dicom *d, const struct set *s, uint64_t at)
{
    struct set peek = *s;
    struct element e;
    char text[24];
    peek.quiet = true;
    for (int i = 0; i < 256 && read_head(d, &peek, at, &e) && e.length <= s->end - e.value; i++) {
        if (e.tag == TAG_ZONE) {
            copy_text(d, &e, text, sizeof text);
            (void)read_zone(adit_text_c(text), &d->moments.zone);
        }
        if (e.tag >= TAG_ZONE)
            return;
        at = e.value + e.length;
    }
}

/* PS3.10 7.1: group 0002, always explicit and little endian; written otherwise all the same. Returns where the data set begins. */
static inline uint64_t read_meta(struct dicom *d, uint64_t at)
{
    struct set meta = {.repertoire = {.g0 = SET_ASCII}, .encoding = explicit_little, .end = d->bytes.size, .group = 2};
    struct encoding found;
    if (guess_encoding(d, at, &found) && found.implicit) {
        adit_complain(&d->report, "offset %llu: the file's meta information is not in explicit VR (PS3.10 7.1)",
                      LL(at));
        meta.encoding = implicit_little;
    }
    at = read_set(d, &meta, at);
    d->tag_count = d->empty_count = 0; /* of the data set alone */
    if (!d->syntax_uid[0]) {
        adit_complain(&d->report, "there is no TransferSyntaxUID (PS3.10 7.1)");
        return at;
    }
    d->syntax = syntax_of(adit_text_c(d->syntax_uid));
    (void)adit_emit_string(d->job, "transfer_syntax", d->syntax_uid);
    if (d->syntax)
        (void)adit_emit_string(d->job, "transfer_syntax_name", d->syntax->name);
    else
        adit_remark(&d->report, "the transfer syntax %s is not known: read as explicit VR, little endian",
                    d->syntax_uid);
    return at;
}

struct inflated {
    uint8_t *data;
    size_t size, room;
};

static inline bool keep_inflated(void *context, const uint8_t *data, size_t n)
{
    struct inflated *to = (struct inflated *)context;
    if (to->size + n > to->room) {
        size_t room = to->room ? to->room * 2 : 64 << 10;
        while (room < to->size + n)
            room *= 2;
        uint8_t *grown = (uint8_t *)realloc(to->data, room);
        if (!grown)
            return false;
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->size, data, n);
    to->size += n;
    return true;
}

/* PS3.5 A.5: all that follows the meta information is one raw deflate stream. False: nothing came of it. */
static inline bool inflate_rest(struct dicom *d, uint64_t at, struct inflated *to)
{
    struct adit_inflate z = adit_inflate(d->job, at, UINT64_MAX, ADIT_INFLATE_RAW);
    z.max_output = INFLATED_MAX;
    z.sink = keep_inflated;
    z.context = to;
    enum adit_inflate_result result = adit_inflate_run(&z);
    if (result == ADIT_INFLATE_LIMIT)
        adit_remark(&d->report, "only the first %d MiB of the data set are inflated", INFLATED_MAX >> 20);
    else if (result != ADIT_INFLATE_DONE)
        adit_complain(&d->report, "deflated data set at offset %llu: %s", LL(at), z.message);
    if (to->size == 0)
        return false;
    d->bytes.memory = to->data;
    d->bytes.size = to->size;
    return true;
}

static inline void read_data(struct dicom *d, uint64_t at)
{
    struct set s = {.repertoire = {.g0 = SET_ASCII}, .encoding = explicit_little, .end = d->bytes.size};
    struct encoding found;
    if (d->syntax && (d->syntax->form == SYNTAX_IMPLICIT || d->syntax->form == SYNTAX_BIG))
        s.encoding = (struct encoding){d->syntax->form == SYNTAX_IMPLICIT, d->syntax->form == SYNTAX_BIG};
    if (at < s.end && guess_encoding(d, at, &found) &&
        (found.implicit != s.encoding.implicit || found.big != s.encoding.big)) {
        if (d->syntax_uid[0])
            adit_complain(&d->report,
                          "offset %llu: the data set is in %s VR, %s endian, which the transfer syntax is not", LL(at),
                          found.implicit ? "implicit" : "explicit", found.big ? "big" : "little");
        s.encoding = found;
    }
    find_zone(d, &s, at);
    (void)read_set(d, &s, at);
}

#endif
