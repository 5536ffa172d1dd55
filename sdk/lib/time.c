/* SPDX-License-Identifier: MIT */
/* Times as formats write them. Source: ISO 8601-1:2019 5.4 (extended format), RFC 3339, EXIF 2.32 4.6.5, APPNOTE 4.4.6. */
#include <adit/text.h>
#include <adit/time.h>

struct scan {
    const char *at, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly n digits. */
static bool number(struct scan *s, int n, uint32_t *out)
{
    uint32_t value = 0;
    if (s->end - s->at < n)
        return false;
    for (int i = 0; i < n; i++, s->at++) {
        if (!is_digit(*s->at))
            return false;
        value = value * 10 + (uint32_t)(*s->at - '0');
    }
    *out = value;
    return true;
}

static bool one_of(struct scan *s, const char *set)
{
    if (s->at == s->end)
        return false;
    for (; *set; set++)
        if (*s->at == *set) {
            s->at++;
            return true;
        }
    return false;
}

static bool padding(char c)
{
    return c == ' ' || c == '\0' || c == '\t' || c == '\r' || c == '\n';
}

/* Digits after the decimal sign; those beyond nanoseconds are dropped, not rounded. */
static bool fraction(struct scan *s, struct adit_time *t)
{
    uint32_t value = 0, scale = 1000000000;
    int digits = 0;
    for (; s->at < s->end && is_digit(*s->at); s->at++, digits++)
        if (scale > 1) {
            value = value * 10 + (uint32_t)(*s->at - '0');
            scale /= 10;
        }
    t->nanosecond = value * scale;
    t->precision = digits <= 3 ? ADIT_TIME_MILLISECOND : digits <= 6 ? ADIT_TIME_MICROSECOND : ADIT_TIME_NANOSECOND;
    return digits > 0;
}

/* "Z", "+02:00", "+0200", "+02", with a space before or not. "-00:00" says that the place is not known (RFC 3339 4.3). */
static bool zone(struct scan *s, struct adit_time *t)
{
    uint32_t hour, minute = 0;
    (void)one_of(s, " ");
    if (one_of(s, "Zz")) {
        t->zone = 0;
        return true;
    }
    bool west = s->at < s->end && *s->at == '-';
    if (!one_of(s, "+-") || !number(s, 2, &hour) || hour > 23)
        return false;
    bool colon = one_of(s, ":");
    if ((colon || s->at < s->end) && (!number(s, 2, &minute) || minute > 59))
        return false;
    int minutes = (int)(hour * 60 + minute);
    t->zone = west && minutes == 0 ? ADIT_ZONE_UNKNOWN : (int16_t)(west ? -minutes : minutes);
    return true;
}

static bool clock_time(struct scan *s, struct adit_time *t)
{
    uint32_t hour, minute, second;
    if (!number(s, 2, &hour) || !one_of(s, ":") || !number(s, 2, &minute))
        return false;
    t->hour = (uint8_t)hour;
    t->minute = (uint8_t)minute;
    t->precision = ADIT_TIME_MINUTE;
    if (one_of(s, ":")) {
        if (!number(s, 2, &second))
            return false;
        t->second = (uint8_t)second;
        t->precision = ADIT_TIME_SECOND;
        if (one_of(s, ".,") && !fraction(s, t))
            return false;
    }
    return s->at == s->end || zone(s, t);
}

static bool date_and_time(struct scan *s, struct adit_time *t)
{
    uint32_t year, month, day;
    if (!number(s, 4, &year))
        return false;
    t->year = (int32_t)year;
    t->precision = ADIT_TIME_YEAR;
    if (s->at == s->end)
        return true;
    if (!one_of(s, ":-/.") || !number(s, 2, &month))
        return false;
    t->month = (uint8_t)month;
    t->precision = ADIT_TIME_MONTH;
    if (s->at == s->end)
        return true;
    if (!one_of(s, ":-/.") || !number(s, 2, &day))
        return false;
    t->day = (uint8_t)day;
    t->precision = ADIT_TIME_DAY;
    if (s->at == s->end)
        return true;
    return one_of(s, " Tt") && clock_time(s, t);
}

bool adit_time_parse(struct adit_text text, struct adit_time *out)
{
    struct adit_time t = {0};
    if (!text.data)
        return false;
    struct scan s = {text.data, text.data + text.size};
    while (s.at < s.end && padding(*s.at))
        s.at++;
    while (s.end > s.at && padding(s.end[-1]))
        s.end--;
    t.zone = ADIT_ZONE_UNKNOWN;
    if (!date_and_time(&s, &t) || s.at != s.end || !adit_time_valid(&t))
        return false;
    *out = t;
    return true;
}

bool adit_time_from_dos(uint16_t date, uint16_t time, struct adit_time *out)
{
    struct adit_time t = {0};
    t.year = 1980 + (date >> 9);
    t.month = (uint8_t)(date >> 5 & 15);
    t.day = (uint8_t)(date & 31);
    t.hour = (uint8_t)(time >> 11);
    t.minute = (uint8_t)(time >> 5 & 63);
    t.second = (uint8_t)((time & 31) * 2);
    t.precision = ADIT_TIME_SECOND;
    t.zone = ADIT_ZONE_UNKNOWN;
    if (!adit_time_valid(&t))
        return false;
    *out = t;
    return true;
}
