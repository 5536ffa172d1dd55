/* SPDX-License-Identifier: MIT */
/* Points, and the lines that routes and tracks make of them. Distances are those on a sphere of the Earth's mean radius (IUGG: 6,371,008.8
 * m), which are within 0.6 % of those on WGS 84's ellipsoid. */
#ifndef PLUGINS_GIS_GPX_LINE_H
#define PLUGINS_GIS_GPX_LINE_H

#include <adit/adit.h>
#include <adit/time.h>
#include <adit/xml_table.h>
#include <math.h>
#include <stdio.h>

/* What one point says; NAN: it says nothing of that. */
struct point {
    double lat, lon, ele, hr;
    struct adit_time time; /* precision 0: none */
};

struct line {
    struct point last; /* of the segment */
    uint64_t joined;   /* points with a position */
    double length, ele_min, ele_max, climb, descent, hr_sum, hr_max;
    uint64_t hr_count;
    struct adit_time start, end;
};

struct extent {
    double lat_min, lat_max, lon_min, lon_max;
};

struct gpx {
    const struct adit_call *job;
    struct point point; /* the one that is being read */
    struct line line;
    struct extent extent;
};

#define NO_POINT                                                                                                       \
    (struct point)                                                                                                     \
    {                                                                                                                  \
        .lat = NAN, .lon = NAN, .ele = NAN, .hr = NAN                                                                  \
    }
#define NO_LINE                                                                                                        \
    (struct line)                                                                                                      \
    {                                                                                                                  \
        .last = NO_POINT, .ele_min = INFINITY, .ele_max = -INFINITY                                                    \
    }
#define NO_EXTENT                                                                                                      \
    (struct extent)                                                                                                    \
    {                                                                                                                  \
        INFINITY, -INFINITY, INFINITY, -INFINITY                                                                       \
    }

/* Metres by the haversine formula, which is good for short ones too. */
static inline double distance(const struct point *a, const struct point *b)
{
    const double radian = 0.017453292519943295, radius = 6371008.8;
    double lat = sin((b->lat - a->lat) * radian / 2), lon = sin((b->lon - a->lon) * radian / 2);
    double h = lat * lat + cos(a->lat * radian) * cos(b->lat * radian) * lon * lon;
    return 2 * radius * asin(sqrt(h < 1 ? h : 1));
}

static inline void widen(struct extent *e, const struct point *p)
{
    e->lat_min = fmin(e->lat_min, p->lat);
    e->lat_max = fmax(e->lat_max, p->lat);
    e->lon_min = fmin(e->lon_min, p->lon);
    e->lon_max = fmax(e->lon_max, p->lon);
}

/* Devices write points in any order: what counts is the earliest and the latest. */
static inline void add_time(struct line *l, const struct adit_time *t)
{
    if (t->precision < ADIT_TIME_SECOND)
        return;
    if (l->start.precision == 0 || adit_time_to_unix(t) < adit_time_to_unix(&l->start))
        l->start = *t;
    if (l->end.precision == 0 || adit_time_to_unix(t) > adit_time_to_unix(&l->end))
        l->end = *t;
}

static inline void add_to_line(struct line *l, const struct point *p)
{
    l->joined++;
    if (!isnan(l->last.lat))
        l->length += distance(&l->last, p);
    if (!isnan(p->ele)) {
        double rise = isnan(l->last.ele) ? 0 : p->ele - l->last.ele;
        l->climb += fmax(rise, 0);
        l->descent += fmax(-rise, 0);
        l->ele_min = fmin(l->ele_min, p->ele);
        l->ele_max = fmax(l->ele_max, p->ele);
    }
    if (!isnan(p->hr)) {
        l->hr_sum += p->hr;
        l->hr_max = fmax(l->hr_max, p->hr);
        l->hr_count++;
    }
    add_time(l, &p->time);
    double ele = isnan(p->ele) ? l->last.ele : p->ele;
    l->last = *p;
    l->last.ele = ele;
}

/* wptType: latitudeType is -90 to 90, longitudeType -180 to 180 (180 itself is written too). */
static inline bool take_point(struct adit_xml_read *r, struct point *p)
{
    struct gpx *g = (struct gpx *)r->context;
    *p = g->point;
    g->point = NO_POINT;
    if (fabs(p->lat) <= 90 && fabs(p->lon) <= 180) {
        widen(&g->extent, p);
        return true;
    }
    char found[64];
    (void)snprintf(found, sizeof found, "lat %g, lon %g", p->lat, p->lon);
    adit_xml_wrong(r, "lat and lon in degrees", adit_text_c(found));
    return false;
}

static inline void end_waypoint(struct adit_xml_read *r, struct adit_text none)
{
    struct point p;
    (void)take_point(r, &p);
    (void)none;
}

static inline void end_point(struct adit_xml_read *r, struct adit_text none)
{
    struct point p;
    if (take_point(r, &p))
        add_to_line(&((struct gpx *)r->context)->line, &p);
    (void)none;
}

/* No line is drawn from one segment to the next. */
static inline void end_segment(struct adit_xml_read *r, struct adit_text none)
{
    struct gpx *g = (struct gpx *)r->context;
    g->line.last = NO_POINT;
    (void)none;
}

static inline void end_line(struct adit_xml_read *r, struct adit_text none)
{
    struct line *l = &((struct gpx *)r->context)->line;
    if (l->joined > 0)
        (void)adit_emit_f64(r->job, "length", l->length);
    if (l->ele_min <= l->ele_max) {
        (void)adit_emit_f64(r->job, "ele_min", l->ele_min);
        (void)adit_emit_f64(r->job, "ele_max", l->ele_max);
        (void)adit_emit_f64(r->job, "climb", l->climb);
        (void)adit_emit_f64(r->job, "descent", l->descent);
    }
    if (l->start.precision) {
        (void)adit_emit_time(r->job, "start", l->start);
        (void)adit_emit_time(r->job, "end", l->end);
        (void)adit_emit_i64(r->job, "duration", adit_time_to_unix(&l->end) - adit_time_to_unix(&l->start));
    }
    if (l->hr_count > 0) {
        (void)adit_emit_f64(r->job, "hr_mean", l->hr_sum / (double)l->hr_count);
        (void)adit_emit_f64(r->job, "hr_max", l->hr_max);
    }
    *l = NO_LINE;
    (void)none;
}

/* emailType: id and domain apart. */
static inline void emit_address(struct adit_xml_read *r, struct adit_text none)
{
    struct adit_text id = adit_xml_attribute(r->x, "", "id"), domain = adit_xml_attribute(r->x, "", "domain");
    char address[320];
    int n = snprintf(address, sizeof address, "%.*s@%.*s", (int)(id.size < 64 ? id.size : 64), id.size ? id.data : "",
                     (int)(domain.size < 255 ? domain.size : 255), domain.size ? domain.data : "");
    if (id.size > 0 && domain.size > 0 && n > 0)
        (void)adit_emit_string(r->job, "email", address);
    (void)none;
}

static inline void emit_extent(const struct adit_call *job, const struct extent *e)
{
    if (e->lat_min > e->lat_max)
        return;
    (void)adit_begin_object(job, "extent");
    (void)adit_emit_f64(job, "lat_min", e->lat_min);
    (void)adit_emit_f64(job, "lat_max", e->lat_max);
    (void)adit_emit_f64(job, "lon_min", e->lon_min);
    (void)adit_emit_f64(job, "lon_max", e->lon_max);
    (void)adit_end(job);
}

#endif
