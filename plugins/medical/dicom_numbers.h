/* SPDX-License-Identifier: MIT */
/* Binary numbers as fields: PS3.5 table 6.2-1. */
#ifndef MEDICAL_DICOM_NUMBERS_H
#define MEDICAL_DICOM_NUMBERS_H

#include <math.h>

#include "dicom_set.h"

/* The shortest decimal that is this float: 0.1, not 0.10000000149. */
static inline double decimal_of(float f)
{
    char text[32];
    for (int digits = 6; digits < 10; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, (double)f);
        if (strtof(text, NULL) == f)
            break;
    }
    return isfinite(f) ? strtod(text, NULL) : (double)f;
}

static inline struct adit_value number_at(const uint8_t *p, uint16_t vr, unsigned size, bool big, char room[16])
{
    uint64_t bits = adit_number(p, size, big);
    uint32_t low = (uint32_t)bits;
    float f;
    double g;
    switch (vr) {
    case VR('S', 'S'):
        return adit_value_i64((int16_t)bits);
    case VR('S', 'L'):
        return adit_value_i64((int32_t)bits);
    case VR('S', 'V'):
        return adit_value_i64((int64_t)bits);
    case VR('F', 'L'):
        memcpy(&f, &low, sizeof f);
        return adit_value_f64(decimal_of(f));
    case VR('F', 'D'):
        memcpy(&g, &bits, sizeof g);
        return adit_value_f64(g);
    case VR('A', 'T'): /* two numbers of 16 bits */
        (void)snprintf(room, 16, "(%04X,%04X)", (unsigned)adit_number(p, 2, big), (unsigned)adit_number(p + 2, 2, big));
        return adit_value_text(adit_text_c(room));
    default:
        return adit_value_u64(bits);
    }
}

static inline unsigned number_size(uint16_t vr)
{
    switch (vr) {
    case VR('U', 'S'):
    case VR('S', 'S'):
        return 2;
    case VR('U', 'L'):
    case VR('S', 'L'):
    case VR('F', 'L'):
    case VR('A', 'T'):
        return 4;
    case VR('U', 'V'):
    case VR('S', 'V'):
    case VR('F', 'D'):
        return 8;
    default:
        return 0;
    }
}

static inline void emit_numbers(struct dicom *d, const struct set *s, const struct element *e, unsigned size)
{
    char name[112], room[16];
    struct adit_text field = name_of(e, "", name);
    uint64_t count = e->length / size;
    bool list = (e->attribute && e->attribute->list) || count > 1;
    if (e->length % size)
        adit_complain(&d->report, "%.*s at offset %llu: %u bytes are no whole number of values of %u bytes",
                      (int)field.size, field.data, LL(e->offset), e->length, size);
    if (count == 0)
        return;
    if (list)
        (void)adit_begin_named(d->job, field, ADIT_KIND_LIST);
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *p = i < d->max_values ? bytes_at(&d->bytes, e->value + i * size, size) : NULL;
        if (!p) {
            d->cut_values++;
            break;
        }
        struct adit_value v = number_at(p, e->vr, size, s->encoding.big, room);
        (void)adit_emit_named(d->job, list ? ADIT_TEXT("") : field, &v);
    }
    if (list)
        (void)adit_end(d->job);
}

#endif
