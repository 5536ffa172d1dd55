/* SPDX-License-Identifier: MIT */
/* Times and places, whose parts are in several tags. Part of exif.c, which defines struct exif. */
#ifndef META_EXIF_MOMENTS_H
#define META_EXIF_MOMENTS_H

#include "exif_values.h"

static void keep_moment(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    static const struct adit_tag order[] = {
        {0x0132, 0, "DateTime"}, {0x9003, 1, "DateTimeOriginal"}, {0x9004, 2, "DateTimeDigitized"},
        {0x9010, 0, "DateTime"}, {0x9011, 1, "DateTimeOriginal"}, {0x9012, 2, "DateTimeDigitized"},
        {0x9290, 0, "DateTime"}, {0x9291, 1, "DateTimeOriginal"}, {0x9292, 2, "DateTimeDigitized"}};
    const struct adit_tag *part = adit_tag_find(ADIT_TAGS(order), tag->number);
    struct adit_text text = adit_text_trim_end(adit_tiff_text(&x->tiff, e));
    if (e->unit != 1) {
        wrong_type(x, tag, e, "text");
        return;
    }
    struct moment *m = &x->moments[part->form];
    m->field = part->name;
    if (tag->form == FORM_TIME)
        m->date = text;
    else if (tag->form == FORM_OFFSET)
        m->offset = text;
    else
        m->fraction = text;
    if (tag->form != FORM_TIME)
        (void)adit_emit_text(x->job, tag->name, text);
}

/* 4.6.4, DateTime: blanks mean that it is not known; cameras whose clock is not set write zeros. */
static bool is_blank_time(struct adit_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != ' ' && text.data[i] != ':' && text.data[i] != '0' && text.data[i] != '-')
            return false;
    return true;
}

static bool has_content(struct adit_text text)
{
    return !is_blank_time(text) || (text.size && text.data[0] == '0');
}

/* 4.6.5: "2003:10:31 15:44:19", a fraction "25" and an offset "+02:00" make one time. */
static void emit_moments(struct exif *x)
{
    for (int i = 0; i < 3; i++) {
        struct moment *m = &x->moments[i];
        struct adit_time time;
        char text[96];
        bool fraction = has_content(m->fraction), offset = m->offset.size && m->offset.data[0] != ' ';
        int n =
            snprintf(text, sizeof text, "%.*s%s%.*s%.*s", (int)(m->date.size < 32 ? m->date.size : 32), m->date.data,
                     fraction ? "." : "", fraction ? (int)(m->fraction.size < 20 ? m->fraction.size : 20) : 0,
                     fraction ? m->fraction.data : "", offset ? (int)(m->offset.size < 12 ? m->offset.size : 12) : 0,
                     offset ? m->offset.data : "");
        if (is_blank_time(m->date))
            ; /* not known */
        else if (n > 0 && adit_time_parse(adit_text_of(text, (size_t)n), &time))
            (void)adit_emit_time(x->job, m->field, time);
        else {
            COMPLAIN(x, "%s: expected a time such as 2003:10:31 15:44:19, found \"%.*s\"", m->field, n, text);
            if (adit_time_parse(m->date, &time))
                (void)adit_emit_time(x->job, m->field, time);
        }
        m->date = m->offset = m->fraction = adit_text_of(NULL, 0);
    }
}

/* 4.6.6: degrees, minutes and seconds; each may have a fraction. */
static void keep_position(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    if (tag->form == FORM_DATE) {
        x->gps_date = adit_text_trim_end(adit_tiff_text(&x->tiff, e));
        return;
    }
    if (!adit_tiff_is_number(e)) {
        wrong_type(x, tag, e, "a number");
        return;
    }
    if (tag->form == FORM_ALTITUDE) {
        x->altitude = adit_tiff_f64(&x->tiff, e, 0);
        x->has_altitude = __builtin_isfinite(x->altitude);
        return;
    }
    struct coordinate *c = &x->coordinates[tag->number == 2 ? 0 : tag->number == 4 ? 1 : tag->number == 0x14 ? 2 : 3];
    double parts[3] = {0, 0, 0}; /* 0/0 minutes or seconds are none */
    for (uint64_t i = 0; i < e->count && i < 3; i++) {
        double value = adit_tiff_f64(&x->tiff, e, i);
        parts[i] = i == 0 || __builtin_isfinite(value) ? value : 0;
    }
    c->field = tag->name;
    c->degrees = parts[0] + (parts[1] * 60 + parts[2]) / 3600;
    c->present = __builtin_isfinite(c->degrees);
}

static void emit_gps_time(struct exif *x)
{
    struct adit_time t;
    if (!adit_time_parse(x->gps_date, &t)) {
        if (!is_blank_time(x->gps_date))
            COMPLAIN(x, "GPSDateStamp: expected a day such as 2003:10:31, found \"%.*s\"",
                     (int)(x->gps_date.size < 32 ? x->gps_date.size : 32), x->gps_date.data);
        return;
    }
    (void)adit_emit_time(x->job, "GPSDateStamp", t);
    double hour = x->gps_clock[0], minute = x->gps_clock[1], second = x->gps_clock[2];
    if (!x->has_clock || t.precision != ADIT_TIME_DAY || !(hour >= 0 && hour < 24 && minute >= 0 && minute < 60) ||
        !(second >= 0 && second < 61))
        return;
    t.hour = (uint8_t)hour;
    t.minute = (uint8_t)minute;
    t.second = (uint8_t)second;
    t.nanosecond = (uint32_t)((second - t.second) * 1e6 + 0.5) * 1000;
    t.nanosecond = t.nanosecond > 999999000 ? 999999000 : t.nanosecond;
    t.precision = t.nanosecond == 0             ? ADIT_TIME_SECOND
                  : t.nanosecond % 1000000 == 0 ? ADIT_TIME_MILLISECOND
                                                : ADIT_TIME_MICROSECOND;
    t.zone = 0;
    (void)adit_emit_time(x->job, "GPSDateTime", t);
}

static void emit_position(struct exif *x)
{
    for (int i = 0; i < 4; i++) {
        struct coordinate *c = &x->coordinates[i];
        char letter = '\0';
        if (!c->present)
            continue;
        if (c->ref.size)
            letter = (char)(c->ref.data[0] & ~0x20);
        if (c->degrees > (i & 1 ? 180 : 90) || c->degrees < 0 ||
            !(letter == (i & 1 ? 'E' : 'N') || letter == (i & 1 ? 'W' : 'S'))) {
            COMPLAIN(x, "%s: %g degrees \"%.*s\" are no place; expected 0 to %d and %s", c->field, c->degrees,
                     c->ref.size ? 1 : 0, c->ref.size ? c->ref.data : "", i & 1 ? 180 : 90,
                     i & 1 ? "E or W" : "N or S");
            continue;
        }
        (void)adit_emit_f64(x->job, c->field, letter == 'S' || letter == 'W' ? -c->degrees : c->degrees);
    }
    if (x->has_altitude)
        (void)adit_emit_f64(x->job, "GPSAltitude",
                            x->altitude_ref == 1 || x->altitude_ref == 3 ? -x->altitude : x->altitude);
    emit_gps_time(x);
}

#endif
