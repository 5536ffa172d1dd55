/* SPDX-License-Identifier: MIT */
/* Values as fields, by their VR: PS3.5 table 6.2-1. Numbers are numbers, also those that the file has as decimal text: DS has at most 16
 * characters, of which a double keeps every digit. */
#ifndef MEDICAL_DICOM_VALUES_H
#define MEDICAL_DICOM_VALUES_H

#include "dicom_numbers.h"

static inline struct adit_text trim_value(struct adit_text text, bool leading)
{
    text = adit_text_trim_end(text);
    while (leading && text.size > 0 && text.data[0] == ' ')
        text = adit_text_of(text.data + 1, text.size - 1);
    return text;
}

static inline void wrong_value(struct dicom *d, const struct element *e, const char *expected, struct adit_text found)
{
    char name[112];
    struct adit_text n = name_of(e, "", name);
    adit_complain(&d->report, "%.*s at offset %llu: expected %s, found \"%.*s\"", (int)n.size, n.data, LL(e->offset),
                  expected, (int)(found.size < 40 ? found.size : 40), found.data);
}

/* DS, IS: a decimal number and nothing else. */
static inline bool read_decimal(struct adit_text text, bool integer, struct adit_value *v)
{
    int64_t i = 0;
    double f = 0;
    bool good = integer ? adit_text_to_i64(text, &i) : adit_text_to_f64(text, &f);
    if (good)
        *v = integer ? adit_value_i64(i) : adit_value_f64(f);
    return good;
}

static inline struct moment *moment_to_keep(struct dicom *d, const struct set *s, const struct element *e,
                                            const char *end)
{
    struct adit_text stem;
    return s->depth == 0 && e->attribute && ends_in(e->attribute->keyword, end, &stem) ? moment_of(&d->moments, stem)
                                                                                       : NULL;
}

static inline bool read_moment(struct dicom *d, const struct set *s, const struct element *e, struct adit_text text,
                               char out[32], struct adit_value *v)
{
    struct adit_time t;
    struct moment *m = NULL;
    if (e->vr == VR('D', 'A') && read_da(text, &t)) {
        if ((m = moment_to_keep(d, s, e, "Date"))) {
            m->date = t;
            m->has_date = true;
        }
        *v = adit_value_time(t);
        return true;
    }
    if (e->vr == VR('T', 'M') && read_tm(text, &t)) {
        if ((m = moment_to_keep(d, s, e, "Time"))) {
            m->clock = t;
            m->has_clock = true;
        }
        *v = adit_value_text(clock_text(&t, text, out));
        return true;
    }
    if (e->vr != VR('D', 'T') || !read_dt(text, &t))
        return false;
    if ((m = moment_to_keep(d, s, e, "DateTime")))
        m->has_whole = true;
    if (t.zone == ADIT_ZONE_UNKNOWN)
        t.zone = d->moments.zone; /* PS3.3 C.12.1.1.8 */
    *v = adit_value_time(t);
    return true;
}

/* One of the values of an element whose VR is text of the default repertoire. What has not its form stays text. */
static inline void emit_plain(struct dicom *d, const struct set *s, const struct element *e, struct adit_text name,
                              struct adit_text text)
{
    struct adit_value v = adit_value_text(text);
    char room[32];
    switch (e->vr) {
    case VR('D', 'S'):
        if (text.size > 0 && !read_decimal(text, false, &v))
            wrong_value(d, e, "a decimal number", text);
        break;
    case VR('I', 'S'):
        if (text.size > 0 && !read_decimal(text, true, &v))
            wrong_value(d, e, "an integer", text);
        break;
    case VR('D', 'A'):
    case VR('T', 'M'):
    case VR('D', 'T'):
        if (text.size > 0 && !read_moment(d, s, e, text, room, &v))
            wrong_value(d, e, e->vr == VR('D', 'A') ? "a day as YYYYMMDD" : "a time as the VR has it", text);
        break;
    default:
        break;
    }
    (void)adit_emit_named(d->job, name, &v);
}

/* Text that is not in its character set is kept as the file has it. */
static inline void tell_unread(struct dicom *d, const struct set *s, const struct element *e)
{
    char name[112];
    struct adit_text n = name_of(e, "", name);
    bool *told = s->repertoire.declared ? &d->unread_told : &d->undeclared_told;
    if (*told)
        return;
    *told = true;
    adit_complain(&d->report, "%.*s at offset %llu: bytes that are not in the character set %s; they are kept", (int)n.size, n.data,
                  LL(e->offset), s->repertoire.declared ? "of the data set" : "ISO-IR 6, as none is given");
}

static inline struct adit_value text_value(struct dicom *d, const struct set *s, const struct element *e,
                                           const struct part *p, bool leading)
{
    if (!p->unread)
        return adit_value_text(trim_value(p->text, leading));
    tell_unread(d, s, e);
    return adit_value_bytes(trim_value(p->raw, leading));
}

/* PN (PS3.5 6.2.1): up to three groups of one name, called as PS3.18 F.2.2 does. Steps over one value. */
static inline bool emit_name(struct dicom *d, const struct set *s, const struct element *e, struct scan *scan,
                             struct adit_text name)
{
    static const char *const groups[] = {"Alphabetic", "Ideographic", "Phonetic"};
    struct part p = {.last = false};
    bool more = true;
    (void)adit_begin_named(d->job, name, ADIT_KIND_OBJECT);
    for (size_t i = 0; more; i++) {
        p = scan_part(scan, "\\=", true, d->room);
        more = p.delimiter == '=';
        struct adit_value v = text_value(d, s, e, &p, true);
        if (i < 3 && v.as.text.size > 0)
            (void)adit_emit(d->job, groups[i], &v);
        else if (i == 3)
            wrong_value(d, e, "at most three groups of a name", p.raw);
    }
    (void)adit_end(d->job);
    return !p.last;
}

static inline bool is_charset_text(uint16_t vr)
{
    return vr == VR('L', 'O') || vr == VR('L', 'T') || vr == VR('S', 'H') || vr == VR('S', 'T') || vr == VR('U', 'C') ||
           vr == VR('U', 'T') || vr == VR('P', 'N');
}

/* LT, ST, UT and UR have one value, whatever is in it. */
static inline bool is_single(uint16_t vr)
{
    return vr == VR('L', 'T') || vr == VR('S', 'T') || vr == VR('U', 'T') || vr == VR('U', 'R');
}

static const struct repertoire plain_repertoire = {.g0 = SET_TABLE + ADIT_CHARSET_LATIN1,
                                                   .g1 = SET_TABLE + ADIT_CHARSET_LATIN1};

/* A UID that the tables know is told by its name, too; those of the file itself are told as sop_class and transfer_syntax. */
static inline void emit_uid_name(struct dicom *d, const struct element *e, struct adit_text uid)
{
    char name[112];
    if (e->tag == TAG_TRANSFER_SYNTAX || e->tag == TAG_MEDIA_SOP_CLASS || e->tag == TAG_SOP_CLASS)
        return;
    if (uid.size < sizeof DICOM_ROOT || memcmp(uid.data, DICOM_ROOT, sizeof DICOM_ROOT - 1) != 0)
        return;
    const struct row *r = find(&d->tables->sops, uid);
    const struct transfer_syntax *t = syntax_of(uid);
    struct adit_value v = adit_value_text(r ? r->value : adit_text_c(t ? t->name : ""));
    if (v.as.text.size > 0)
        (void)adit_emit_named(d->job, name_of(e, "_name", name), &v);
}

/* A backslash may be half of a wide character. */
static inline bool has_several(struct scan scan)
{
    uint32_t c;
    bool delimiter;
    while (scan_next(&scan, &c, &delimiter))
        if (delimiter && scan.at[-1] == '\\')
            return true;
    return false;
}

static inline void emit_texts(struct dicom *d, const struct set *s, const struct element *e, struct adit_text value)
{
    char name[112];
    bool charset = is_charset_text(e->vr), single = is_single(e->vr), person = e->vr == VR('P', 'N'), more = true;
    struct scan scan = scan_of(charset ? &s->repertoire : &plain_repertoire, value);
    bool several = !single && memchr(value.data, '\\', value.size) && has_several(scan);
    struct adit_text field = name_of(e, "", name);
    bool list = e->attribute ? e->attribute->list || several : several;
    if (list)
        (void)adit_begin_named(d->job, field, ADIT_KIND_LIST);
    for (uint64_t n = 0; more; n++) {
        if (n == d->max_values) {
            d->cut_values++;
            break;
        }
        struct adit_text inner = list ? ADIT_TEXT("") : field;
        if (person) {
            more = emit_name(d, s, e, &scan, inner);
            continue;
        }
        struct part p = scan_part(&scan, single ? "" : "\\", false, d->room);
        more = !p.last;
        if (charset) {
            struct adit_value v = text_value(d, s, e, &p, !single);
            (void)adit_emit_named(d->job, inner, &v);
            continue;
        }
        struct adit_text text = trim_value(p.raw, !single);
        emit_plain(d, s, e, inner, text);
        if (!list && e->vr == VR('U', 'I'))
            emit_uid_name(d, e, text);
    }
    if (list)
        (void)adit_end(d->job);
}

/* What is neither text nor numbers that are told: how much there is of it. */
static inline void emit_size(struct dicom *d, const struct element *e, uint64_t size)
{
    char name[112];
    struct adit_value v = adit_value_u64(size);
    (void)adit_emit_named(d->job, name_of(e, "_size", name), &v);
}

#endif
