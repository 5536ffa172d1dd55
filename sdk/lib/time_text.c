/* SPDX-License-Identifier: MIT */
/* Times as mail, PDF, C and ISO 8601's other forms write them. Sources: RFC 5322 3.3 and 4.3, ISO 32000-1 7.9.4, C11 7.27.3.1, ISO
 * 8601-1:2019 5.2. */
#include <adit/text.h>
#include <adit/time.h>

struct scan {
    const char *at, *end;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* From `min` to `max` digits. */
static bool number(struct scan *s, int min, int max, uint32_t *out)
{
    uint32_t value = 0;
    int n = 0;
    for (; n < max && s->at < s->end && is_digit(*s->at); n++, s->at++)
        value = value * 10 + (uint32_t)(*s->at - '0');
    if (n < min)
        return false;
    *out = value;
    return true;
}

/* Blanks and, as in headers of mail, nested comments (RFC 5322 3.2.2). */
static bool blanks(struct scan *s)
{
    const char *begin = s->at;
    int depth = 0;
    for (; s->at < s->end; s->at++) {
        char c = *s->at;
        if (c == '(')
            depth++;
        else if (c == ')' && depth > 0)
            depth--;
        else if (depth == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
    }
    return s->at > begin;
}

/* One of `count` names of three letters, in any case; what follows of a longer name is passed over. */
static bool name(struct scan *s, const char *names, unsigned count, uint32_t *out)
{
    for (unsigned i = 0; i < count && s->end - s->at >= 3; i++) {
        const char *n = names + (size_t)i * 3;
        if (lower(s->at[0]) != n[0] || lower(s->at[1]) != n[1] || lower(s->at[2]) != n[2])
            continue;
        for (s->at += 3; s->at < s->end && lower(*s->at) >= 'a' && lower(*s->at) <= 'z';)
            s->at++;
        *out = i;
        return true;
    }
    return false;
}

static bool month_name(struct scan *s, uint32_t *out)
{
    bool found = name(s, "janfebmaraprmayjunjulaugsepoctnovdec", 12, out);
    *out += 1;
    return found;
}

static bool day_name(struct scan *s)
{
    uint32_t ignored;
    return name(s, "montuewedthufrisatsun", 7, &ignored);
}

/* A colon, with blanks and comments around it as RFC 5322 4.3 still allows. */
static bool colon(struct scan *s)
{
    struct scan at = *s;
    (void)blanks(&at);
    if (!take(&at, ':'))
        return false;
    (void)blanks(&at);
    *s = at;
    return true;
}

static bool clock_time(struct scan *s, struct adit_time *t)
{
    uint32_t hour, minute, second;
    if (!number(s, 1, 2, &hour) || !colon(s) || !number(s, 2, 2, &minute))
        return false;
    t->hour = (uint8_t)hour;
    t->minute = (uint8_t)minute;
    t->precision = ADIT_TIME_MINUTE;
    if (colon(s)) {
        if (!number(s, 2, 2, &second))
            return false;
        t->second = (uint8_t)second;
        t->precision = ADIT_TIME_SECOND;
    }
    return true;
}

/* RFC 5322 4.3: letters of one place and of the military say nothing that can be relied on, as "-0000" does not. */
static bool named_zone(struct scan *s, struct adit_time *t)
{
    static const struct {
        char text[5];
        int8_t hours;
    } zones[] = {{"ut", 0},   {"gmt", 0},  {"utc", 0},  {"z", 0},    {"est", -5}, {"edt", -4},
                 {"cst", -6}, {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
    const char *begin = s->at;
    while (s->at < s->end && lower(*s->at) >= 'a' && lower(*s->at) <= 'z')
        s->at++;
    size_t n = (size_t)(s->at - begin);
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        size_t k = 0;
        while (k < n && k < 4 && lower(begin[k]) == zones[i].text[k])
            k++;
        if (k == n && zones[i].text[k] == '\0')
            t->zone = (int16_t)(zones[i].hours * 60);
    }
    return n > 0;
}

static bool zone(struct scan *s, struct adit_time *t)
{
    uint32_t hour, minute;
    bool west = s->at < s->end && *s->at == '-';
    if (!take(s, '+') && !take(s, '-'))
        return named_zone(s, t);
    if (!number(s, 2, 2, &hour))
        return false;
    (void)take(s, ':');
    if (!number(s, 2, 2, &minute) || hour > 23 || minute > 59)
        return false;
    int minutes = (int)(hour * 60 + minute);
    t->zone = west && minutes == 0 ? ADIT_ZONE_UNKNOWN : (int16_t)(west ? -minutes : minutes);
    return true;
}

static bool finish(struct scan *s, const struct adit_time *t, struct adit_time *out)
{
    (void)blanks(s);
    if (s->at != s->end || !adit_time_valid(t))
        return false;
    *out = *t;
    return true;
}

static struct scan begin(struct adit_text text, struct adit_time *t)
{
    struct scan s = {text.data, text.data ? text.data + text.size : NULL};
    *t = (struct adit_time){.zone = ADIT_ZONE_UNKNOWN};
    (void)blanks(&s);
    return s;
}

bool adit_time_parse_mail(struct adit_text text, struct adit_time *out)
{
    struct adit_time t;
    struct scan s = begin(text, &t);
    uint32_t day, month = 0, year;
    if (day_name(&s)) {
        (void)blanks(&s);
        (void)take(&s, ',');
        (void)blanks(&s);
    }
    if (!number(&s, 1, 2, &day))
        return false;
    (void)(blanks(&s) || take(&s, '-')); /* RFC 850 wrote 12-Jan-96 */
    if (!month_name(&s, &month))
        return false;
    (void)(blanks(&s) || take(&s, '-'));
    const char *digits = s.at;
    if (!number(&s, 2, 4, &year))
        return false;
    long width = s.at - digits;
    t.year = (int32_t)(width == 2 ? year + (year < 50 ? 2000 : 1900) : width == 3 ? year + 1900 : year);
    t.month = (uint8_t)month;
    t.day = (uint8_t)day;
    t.precision = ADIT_TIME_DAY;
    if (blanks(&s) && s.at < s.end) {
        if (!clock_time(&s, &t))
            return false;
        if (blanks(&s) && s.at < s.end && !zone(&s, &t))
            return false;
    }
    return finish(&s, &t, out);
}

bool adit_time_parse_asctime(struct adit_text text, struct adit_time *out)
{
    struct adit_time t;
    struct scan s = begin(text, &t);
    uint32_t day, month = 0, year;
    if (!day_name(&s) || !blanks(&s) || !month_name(&s, &month) || !blanks(&s) || !number(&s, 1, 2, &day) ||
        !blanks(&s) || !clock_time(&s, &t) || !blanks(&s))
        return false;
    if (s.at < s.end && !is_digit(*s.at) && (!zone(&s, &t) || !blanks(&s))) /* as date(1) writes it, or mail programs */
        return false;
    if (!number(&s, 4, 4, &year))
        return false;
    if (blanks(&s) && s.at < s.end && (t.zone != ADIT_ZONE_UNKNOWN || !zone(&s, &t)))
        return false;
    t.year = (int32_t)year;
    t.month = (uint8_t)month;
    t.day = (uint8_t)day;
    return finish(&s, &t, out);
}

bool adit_time_parse_pdf(struct adit_text text, struct adit_time *out)
{
    struct adit_time t;
    struct scan s = begin(text, &t);
    uint32_t value;
    if (s.end - s.at > 1 && s.at[0] == 'D' && s.at[1] == ':')
        s.at += 2;
    if (!number(&s, 4, 4, &value))
        return false;
    t.year = (int32_t)value;
    t.precision = ADIT_TIME_YEAR;
    uint8_t *const members[] = {&t.month, &t.day, &t.hour, &t.minute, &t.second};
    static const uint8_t precisions[] = {ADIT_TIME_MONTH, ADIT_TIME_DAY, ADIT_TIME_DAY, ADIT_TIME_MINUTE,
                                         ADIT_TIME_SECOND};
    for (int i = 0; i < 5 && s.at < s.end && is_digit(*s.at); i++) {
        if (!number(&s, 2, 2, &value))
            return false;
        *members[i] = (uint8_t)value;
        t.precision = i == 2 ? ADIT_TIME_MINUTE : precisions[i]; /* the hour alone: its minutes are 0 by default */
    }
    bool west = s.at < s.end && *s.at == '-';
    bool utc = take(&s, 'Z') || take(&s, 'z');
    if (utc)
        t.zone = 0;
    if ((s.at < s.end && utc && *s.at == '0') || take(&s, '+') || take(&s, '-')) {
        uint32_t minute = 0;
        if (!number(&s, 2, 2, &value))
            return false;
        if (take(&s, '\'') && s.at < s.end && !number(&s, 2, 2, &minute))
            return false;
        (void)take(&s, '\'');
        if (value > 23 || minute > 59)
            return false;
        t.zone = utc ? 0 : (int16_t)((int)(value * 60 + minute) * (west ? -1 : 1)); /* Z is UT, whatever follows */
    }
    return finish(&s, &t, out);
}

static bool is_leap(uint32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The day `ordinal` of a year, from 1; days beyond it are of the next, 0 and below of the one before. */
static void set_ordinal(struct adit_time *t, int32_t year, int ordinal)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (ordinal < 1) {
        year--;
        ordinal += is_leap((uint32_t)year) ? 366 : 365;
    } else if (ordinal > (is_leap((uint32_t)year) ? 366 : 365)) {
        ordinal -= is_leap((uint32_t)year) ? 366 : 365;
        year++;
    }
    int month = 0;
    for (; month < 11; month++) {
        int length = days[month] + (month == 1 && is_leap((uint32_t)year));
        if (ordinal <= length)
            break;
        ordinal -= length;
    }
    t->year = year;
    t->month = (uint8_t)(month + 1);
    t->day = (uint8_t)ordinal;
    t->precision = ADIT_TIME_DAY;
}

/* 1 Monday to 7 Sunday, of 1 January. */
static int first_weekday(int32_t year)
{
    int32_t y = year - 1;
    return (int)((y + y / 4 - y / 100 + y / 400) % 7) + 1;
}

/* 5.2.4: a year's first week is the one with its first Thursday. */
static bool week_date(struct scan *s, struct adit_time *t, int32_t year)
{
    uint32_t week, day;
    if (!number(s, 2, 2, &week) || (take(s, '-'), !number(s, 1, 1, &day)) || day < 1 || day > 7)
        return false;
    int first = first_weekday(year);
    int weeks = first == 4 || (first == 3 && is_leap((uint32_t)year)) ? 53 : 52;
    if (week < 1 || (int)week > weeks)
        return false;
    set_ordinal(t, year, (int)week * 7 + (int)day - ((first + 2) % 7 + 4)); /* 4 January is in week 1 */
    return true;
}

static bool basic_clock(struct scan *s, struct adit_time *t)
{
    uint32_t hour, minute = 0, second;
    if (!number(s, 2, 2, &hour) || (take(s, ':'), !number(s, 2, 2, &minute)))
        return false;
    t->hour = (uint8_t)hour;
    t->minute = (uint8_t)minute;
    t->precision = ADIT_TIME_MINUTE;
    (void)take(s, ':');
    if (!number(s, 2, 2, &second))
        return true;
    t->second = (uint8_t)second;
    t->precision = ADIT_TIME_SECOND;
    return true;
}

bool adit_time_parse_iso(struct adit_text text, struct adit_time *out)
{
    struct adit_time t;
    struct scan s = begin(text, &t);
    uint32_t year, rest;
    if (adit_time_parse(text, out))
        return true;
    if (!number(&s, 4, 4, &year))
        return false;
    bool extended = take(&s, '-');
    const char *digits = s.at;
    if (take(&s, 'W')) {
        if (!week_date(&s, &t, (int32_t)year))
            return false;
    } else if (!number(&s, 3, 4, &rest)) {
        return false;
    } else if (s.at - digits == 3) { /* 5.2.3: the day of the year */
        if (rest < 1 || rest > (is_leap(year) ? 366u : 365u))
            return false;
        set_ordinal(&t, (int32_t)year, (int)rest);
    } else {
        t.year = (int32_t)year;
        t.month = (uint8_t)(rest / 100);
        t.day = (uint8_t)(rest % 100);
        t.precision = ADIT_TIME_DAY;
        if (extended)
            return false;
    }
    if (take(&s, 'T') && (!basic_clock(&s, &t) || (s.at < s.end && !zone(&s, &t))))
        return false;
    return finish(&s, &t, out);
}
