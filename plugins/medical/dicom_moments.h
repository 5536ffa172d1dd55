/* SPDX-License-Identifier: MIT */
/* DA, TM and DT (PS3.5 table 6.2-1), with the separators that ACR-NEMA 2.0 had (DA "2003.10.31", TM "15:44:19"). A day and a time of
 * day of one name are one moment, in the zone of Timezone Offset From UTC (0008,0201) where the data set has one. */
#ifndef MEDICAL_DICOM_MOMENTS_H
#define MEDICAL_DICOM_MOMENTS_H

#include <adit/adit.h>
#include <stdio.h>
#include <string.h>

enum { MOMENTS_MAX = 32 };

struct moment {
    struct adit_text stem; /* the keyword without Date, Time or DateTime */
    struct adit_time date, clock;
    bool has_date, has_clock, has_whole;
};

struct moments {
    struct moment items[MOMENTS_MAX];
    size_t count;
    int16_t zone;
};

/* `n` digits at *at, which moves. */
static inline bool read_digits(struct adit_text *at, size_t n, unsigned *out)
{
    unsigned value = 0;
    if (at->size < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (at->data[i] < '0' || at->data[i] > '9')
            return false;
        value = value * 10 + (unsigned)(at->data[i] - '0');
    }
    *at = adit_text_of(at->data + n, at->size - n);
    *out = value;
    return true;
}

static inline void step_over(struct adit_text *at, char c)
{
    if (at->size > 1 && at->data[0] == c)
        *at = adit_text_of(at->data + 1, at->size - 1);
}

/* ".FFFFFF", to the precision that it has. */
static inline bool read_fraction(struct adit_text *at, struct adit_time *t)
{
    uint32_t scale = 100000000;
    size_t n = 0;
    if (at->size == 0 || at->data[0] != '.')
        return true;
    for (n = 1; n < at->size && at->data[n] >= '0' && at->data[n] <= '9'; n++, scale /= 10)
        t->nanosecond += (uint32_t)(at->data[n] - '0') * scale;
    if (n == 1 || n > 10)
        return n == 1; /* "12." says no more than "12" */
    t->precision = n <= 4 ? ADIT_TIME_MILLISECOND : n <= 7 ? ADIT_TIME_MICROSECOND : ADIT_TIME_NANOSECOND;
    *at = adit_text_of(at->data + n, at->size - n);
    return true;
}

/* "HHMMSS.FFFFFF", cut behind any of its members. An hour alone is told as one of 0 minutes. */
static inline bool read_clock(struct adit_text *at, struct adit_time *t)
{
    unsigned hour = 0, minute = 0, second = 0;
    if (!read_digits(at, 2, &hour))
        return false;
    t->precision = ADIT_TIME_MINUTE;
    step_over(at, ':');
    if (read_digits(at, 2, &minute)) {
        step_over(at, ':');
        if (read_digits(at, 2, &second))
            t->precision = ADIT_TIME_SECOND;
    }
    t->hour = (uint8_t)hour;
    t->minute = (uint8_t)minute;
    t->second = (uint8_t)second;
    return t->precision < ADIT_TIME_SECOND || read_fraction(at, t);
}

static inline bool read_date(struct adit_text *at, bool whole, struct adit_time *t)
{
    unsigned year = 0, month = 0, day = 0;
    if (!read_digits(at, 4, &year))
        return false;
    t->year = (int32_t)year;
    t->precision = ADIT_TIME_YEAR;
    step_over(at, '.');
    if (read_digits(at, 2, &month)) {
        t->precision = ADIT_TIME_MONTH;
        step_over(at, '.');
        if (read_digits(at, 2, &day))
            t->precision = ADIT_TIME_DAY;
    }
    t->month = (uint8_t)month;
    t->day = (uint8_t)day;
    return !whole || t->precision == ADIT_TIME_DAY;
}

/* "&ZZXX" */
static inline bool read_zone(struct adit_text at, int16_t *out)
{
    unsigned hour, minute;
    char sign = at.size ? at.data[0] : '\0';
    if (sign != '+' && sign != '-')
        return false;
    at = adit_text_of(at.data + 1, at.size - 1);
    if (!read_digits(&at, 2, &hour) || !read_digits(&at, 2, &minute) || at.size > 0 || hour > 14 || minute > 59)
        return false;
    *out = (int16_t)((sign == '-' ? -1 : 1) * (int)(hour * 60 + minute));
    return true;
}

static inline bool read_da(struct adit_text text, struct adit_time *t)
{
    *t = (struct adit_time){.zone = ADIT_ZONE_UNKNOWN};
    return read_date(&text, true, t) && text.size == 0 && adit_time_valid(t);
}

/* A time of day: of *t only the clock says something. */
static inline bool read_tm(struct adit_text text, struct adit_time *t)
{
    *t = (struct adit_time){.year = 1970, .month = 1, .day = 1, .zone = ADIT_ZONE_UNKNOWN};
    return read_clock(&text, t) && text.size == 0 && adit_time_valid(t);
}

static inline bool read_dt(struct adit_text text, struct adit_time *t)
{
    *t = (struct adit_time){.zone = ADIT_ZONE_UNKNOWN};
    if (!read_date(&text, false, t))
        return false;
    bool zoned = text.size > 0 && (text.data[0] == '+' || text.data[0] == '-');
    if (t->precision == ADIT_TIME_DAY && text.size > 0 && !zoned && !read_clock(&text, t))
        return false;
    return (text.size == 0 || read_zone(text, &t->zone)) && adit_time_valid(t);
}

/* The time of day as ISO 8601 writes it; a fraction of a second stays as it is in the file. */
static inline struct adit_text clock_text(const struct adit_time *t, struct adit_text written, char out[32])
{
    const char *dot = t->precision > ADIT_TIME_SECOND ? (const char *)memchr(written.data, '.', written.size) : NULL;
    int fraction = dot ? (int)(written.data + written.size - dot) : 0;
    int n = t->precision < ADIT_TIME_SECOND
                ? snprintf(out, 32, "%02u:%02u", t->hour, t->minute)
                : snprintf(out, 32, "%02u:%02u:%02u%.*s", t->hour, t->minute, t->second, fraction, dot ? dot : "");
    return adit_text_of(out, (size_t)n);
}

static inline bool ends_in(struct adit_text text, const char *end, struct adit_text *stem)
{
    size_t n = strlen(end);
    *stem = adit_text_of(text.data, text.size - (n < text.size ? n : 0));
    return text.size > n && memcmp(text.data + text.size - n, end, n) == 0;
}

/* The entry of a keyword's stem; NULL: there are too many. */
static inline struct moment *moment_of(struct moments *m, struct adit_text stem)
{
    for (size_t i = 0; i < m->count; i++)
        if (adit_text_equal(m->items[i].stem, stem))
            return &m->items[i];
    if (m->count == MOMENTS_MAX)
        return NULL;
    m->items[m->count] = (struct moment){.stem = stem};
    return &m->items[m->count++];
}

/* StudyDate and StudyTime as StudyDateTime, but for those whose moment the data set has an element of its own for. */
static inline void emit_moments(const struct adit_call *job, struct moments *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct moment *one = &m->items[i];
        char name[96];
        int n = snprintf(name, sizeof name, "%.*sDateTime", (int)one->stem.size, one->stem.data);
        if (one->has_whole || !one->has_date || !one->has_clock || n >= (int)sizeof name)
            continue;
        struct adit_time t = one->clock;
        t.year = one->date.year;
        t.month = one->date.month;
        t.day = one->date.day;
        t.zone = m->zone;
        struct adit_value value = adit_value_time(t);
        (void)adit_emit_named(job, adit_text_of(name, (size_t)n), &value);
    }
}

#endif
