/* SPDX-License-Identifier: MIT */
/* libraries: expat */
/* GPS exchange files: waypoints, routes and tracks, and what a track comes to: length, duration, climb. Source: GPX 1.1 schema
 * (topografix.com/GPX/1/1), and 1.0, in which what is in `metadata` stands in the root. Fields are named as the elements. */
#include "gpx_line.h"

ADIT_MODULE("gpx", "1.0.0")

static const struct adit_xml_space spaces[] = {
    {"", "http://www.topografix.com/GPX/1/1"},
    {"", "http://www.topografix.com/GPX/1/0"},
    {"", ""}, /* written by hand */
    {"tpx", "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"},
    {"tpx", "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"},
};

#define POINT(path, end)                                                                                               \
    {path "/@lat", ADIT_ROW_REAL, .keep = offsetof(struct gpx, point.lat)},                                            \
        {path "/@lon", ADIT_ROW_REAL, .keep = offsetof(struct gpx, point.lon)},                                        \
        {path "/ele", ADIT_ROW_REAL, .keep = offsetof(struct gpx, point.ele)},                                         \
        {path "/time", ADIT_ROW_TIME, .keep = offsetof(struct gpx, point.time)},                                       \
    {                                                                                                                  \
        path, ADIT_ROW_END, .call = end                                                                                \
    }
#define DESCRIPTION(path)                                                                                              \
    {path "/name", ADIT_ROW_TEXT, .field = "name"}, {path "/cmt", ADIT_ROW_TEXT, .field = "cmt"},                      \
        {path "/desc", ADIT_ROW_TEXT, .field = "desc"}, {path "/src", ADIT_ROW_TEXT, .field = "src"},                  \
        {path "/number", ADIT_ROW_INTEGER, .field = "number"},                                                         \
    {                                                                                                                  \
        path "/type", ADIT_ROW_TEXT, .field = "type"                                                                   \
    }

static const struct adit_xml_row rows[] = {
    {"@version", ADIT_ROW_TEXT, .field = "version"},
    {"@creator", ADIT_ROW_TEXT, .field = "creator"},
    /* metadataType; in 1.0 gpx itself */
    {"metadata/name", ADIT_ROW_TEXT, .field = "name"},
    {"name", ADIT_ROW_TEXT, .field = "name"},
    {"metadata/desc", ADIT_ROW_TEXT, .field = "desc"},
    {"desc", ADIT_ROW_TEXT, .field = "desc"},
    {"metadata/author", ADIT_ROW_OBJECT, .field = "author"},
    {"metadata/author/name", ADIT_ROW_TEXT, .field = "name"},
    {"metadata/author/email", ADIT_ROW_START, .call = emit_address},
    {"metadata/author/link/@href", ADIT_ROW_TEXT, .field = "link"},
    {"author", ADIT_ROW_OBJECT, .field = "author"},
    {"author", ADIT_ROW_TEXT, .field = "name"},
    {"email", ADIT_ROW_TEXT, .field = "email"},
    {"metadata/copyright", ADIT_ROW_OBJECT, .field = "copyright"},
    {"metadata/copyright/@author", ADIT_ROW_TEXT, .field = "author"},
    {"metadata/copyright/year", ADIT_ROW_TIME, .field = "year"},
    {"metadata/copyright/license", ADIT_ROW_TEXT, .field = "license"},
    {"metadata/link/@href", ADIT_ROW_TEXT, .field = "links"},
    {"url", ADIT_ROW_TEXT, .field = "links"},
    {"metadata/time", ADIT_ROW_TIME, .field = "time"},
    {"time", ADIT_ROW_TIME, .field = "time"},
    {"metadata/keywords", ADIT_ROW_TEXT, .field = "keywords"},
    {"keywords", ADIT_ROW_TEXT, .field = "keywords"},
    /* wptType */
    {"wpt", ADIT_ROW_OBJECT, .field = "waypoints"},
    POINT("wpt", end_waypoint),
    {"wpt/@lat", ADIT_ROW_REAL, .field = "lat"},
    {"wpt/@lon", ADIT_ROW_REAL, .field = "lon"},
    {"wpt/ele", ADIT_ROW_REAL, .field = "ele"},
    {"wpt/time", ADIT_ROW_TIME, .field = "time"},
    {"wpt/sym", ADIT_ROW_TEXT, .field = "sym"},
    {"wpt/link/@href", ADIT_ROW_TEXT, .field = "links"},
    {"wpt/url", ADIT_ROW_TEXT, .field = "links"},
    DESCRIPTION("wpt"),
    /* rteType */
    {"rte", ADIT_ROW_OBJECT, .field = "routes"},
    {"rte", ADIT_ROW_END, .call = end_line},
    DESCRIPTION("rte"),
    {"rte/rtept", ADIT_ROW_COUNT, .field = "points"},
    POINT("rte/rtept", end_point),
    /* trkType */
    {"trk", ADIT_ROW_OBJECT, .field = "tracks"},
    {"trk", ADIT_ROW_END, .call = end_line},
    DESCRIPTION("trk"),
    {"trk/trkseg", ADIT_ROW_COUNT, .field = "segments"},
    {"trk/trkseg", ADIT_ROW_END, .call = end_segment},
    {"trk/trkseg/trkpt", ADIT_ROW_COUNT, .field = "points"},
    POINT("trk/trkseg/trkpt", end_point),
    {"trk/trkseg/trkpt/extensions/tpx:TrackPointExtension/tpx:hr", ADIT_ROW_REAL,
     .keep = offsetof(struct gpx, point.hr)},
};
static const struct adit_xml_table table = ADIT_XML_TABLE("gpx", rows, spaces);

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_reader from = adit_reader(job);
    struct gpx gpx = {.job = job, .point = NO_POINT, .line = NO_LINE, .extent = NO_EXTENT};
    (void)state;
    int32_t status = adit_xml_read_document(job, &from, NULL, &table, &gpx);
    emit_extent(job, &gpx.extent);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
