/* SPDX-License-Identifier: MIT */
/* Moments with their precision and zone. Source: ISO 8601-1:2019; the Gregorian calendar is proleptic. */
#ifndef ADIT_TIME_H
#define ADIT_TIME_H

#include <adit/abi.h>

/* Is every member in its range for the precision, the day in its month? (A leap second, 60, is.) */
static inline bool adit_time_valid(const struct adit_time *t)
{
    static const uint8_t days[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t->precision < ADIT_TIME_YEAR || t->precision > ADIT_TIME_NANOSECOND)
        return false;
    if (t->zone != ADIT_ZONE_UNKNOWN && (t->zone < -1439 || t->zone > 1439))
        return false;
    if (t->precision < ADIT_TIME_MONTH)
        return true;
    if (t->month < 1 || t->month > 12)
        return false;
    if (t->precision < ADIT_TIME_DAY)
        return true;
    if (t->day < 1 || t->day > days[t->month])
        return false;
    bool leap = t->year % 4 == 0 && (t->year % 100 != 0 || t->year % 400 == 0);
    if (t->month == 2 && t->day == 29 && !leap)
        return false;
    return t->hour < 24 && t->minute < 60 && t->second <= 60 && t->nanosecond < 1000000000u;
}

/* From seconds and nanoseconds since 1970-01-01T00:00:00Z; the zone is UTC. `precision` as the format has it. */
static inline struct adit_time adit_time_from_unix(int64_t seconds, uint32_t nanosecond, uint8_t precision)
{
    int64_t day = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        day--;
    }
    /* Days to civil date by 400-year eras that begin on 1 March. */
    int64_t shifted = day + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    struct adit_time t;
    t.year = (int32_t)(year_of_era + era * 400 + (month <= 2));
    t.month = (uint8_t)month;
    t.day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    t.hour = (uint8_t)(rest / 3600);
    t.minute = (uint8_t)(rest / 60 % 60);
    t.second = (uint8_t)(rest % 60);
    t.precision = precision;
    t.zone = 0;
    t.nanosecond = nanosecond;
    return t;
}

/* Whole seconds from 1970-01-01T00:00:00Z to a valid moment; where its zone is not known, as if it were UTC. What its precision leaves
 * open counts as the earliest: of a day its midnight. */
static inline int64_t adit_time_to_unix(const struct adit_time *t)
{
    int32_t month = t->precision >= ADIT_TIME_MONTH ? t->month : 1, day = t->precision >= ADIT_TIME_DAY ? t->day : 1;
    /* Days by 400-year eras of years that begin on 1 March. */
    int64_t year = month > 2 ? t->year : (int64_t)t->year - 1;
    int64_t era = (year >= 0 ? year : year - 399) / 400, year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
    if (t->precision < ADIT_TIME_MINUTE)
        return days * 86400;
    int64_t second = t->precision >= ADIT_TIME_SECOND ? t->second : 0, zone = t->zone == ADIT_ZONE_UNKNOWN ? 0 : t->zone;
    return days * 86400 + t->hour * 3600 + t->minute * 60 + second - zone * 60;
}

/* From a FILETIME ([MS-DTYP] 2.3.3): units of 100 ns since 1601-01-01T00:00:00Z. False: it is not set, or beyond what counts as one. */
static inline bool adit_time_from_filetime(uint64_t ticks, struct adit_time *out)
{
    if (ticks == 0 || ticks > (uint64_t)INT64_MAX)
        return false;
    *out = adit_time_from_unix((int64_t)(ticks / 10000000) - 11644473600, (uint32_t)(ticks % 10000000) * 100,
                               ADIT_TIME_NANOSECOND);
    return true;
}

/* Which is earlier as written: -1, 0 or 1 as a is before, like or after b. Zones are not taken into account. */
static inline int adit_time_compare(const struct adit_time *a, const struct adit_time *b)
{
    const int64_t left[] = {a->year, a->month, a->day, a->hour, a->minute, a->second, a->nanosecond};
    const int64_t right[] = {b->year, b->month, b->day, b->hour, b->minute, b->second, b->nanosecond};
    for (int i = 0; i < 7; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* Text such as "2003:10:31 15:44:19" (EXIF), "2003-10-31T15:44:19.25+02:00" (ISO 8601, RFC 3339), "2003-10", "2003".
 * Separators of dates may be ':', '-', '/' or '.', between date and time ' ' or 'T'. False: it is no valid moment. In
 * libadit-sdk. */
#ifdef __cplusplus
extern "C" {
#endif
bool adit_time_parse(struct adit_text text, struct adit_time *out);
/* What adit_time_parse takes, and ISO 8601's basic format ("20031031T154419Z"), weeks ("2003-W44-5") and ordinal dates
 * ("2003-304"). */
bool adit_time_parse_iso(struct adit_text text, struct adit_time *out);
/* Mail: "Fri, 31 Oct 2003 15:44:19 +0200", with the obsolete forms of RFC 5322 4.3; also HTTP's and RFC 850's. "-0000" and
 * zones by a name that says nothing certain give ADIT_ZONE_UNKNOWN. */
bool adit_time_parse_mail(struct adit_text text, struct adit_time *out);
/* C's asctime: "Fri Oct 31 15:44:19 2003", with a zone ("UTC", "+0200") before the year, behind it, or none. */
bool adit_time_parse_asctime(struct adit_text text, struct adit_time *out);
/* PDF: "D:20031031154419+02'00'" (ISO 32000-1 7.9.4), cut at any member; without "D:" too. */
bool adit_time_parse_pdf(struct adit_text text, struct adit_time *out);
/* MS-DOS date and time words (ZIP APPNOTE 4.4.6): two-second steps, local time of an unknown zone. */
bool adit_time_from_dos(uint16_t date, uint16_t time, struct adit_time *out);
#ifdef __cplusplus
}
#endif

#endif
