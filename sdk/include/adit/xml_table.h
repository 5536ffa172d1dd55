/* SPDX-License-Identifier: MIT */
/*
 * What an XML document says as fields, by a table: "the text of element a/b is field f, a number". One row an element or attribute;
 * what a row cannot say a function of the plugin's does, which the row calls. Over xml.h (libraries: expat). In libadit-sdk. [run]
 *
 *     static const struct adit_xml_space spaces[] = {{"", "http://www.topografix.com/GPX/1/1"}};
 *     static const struct adit_xml_row rows[] = {
 *         {"@creator", ADIT_ROW_TEXT, .field = "creator"},
 *         {"metadata/time", ADIT_ROW_TIME, .field = "time"},
 *         {"trk", ADIT_ROW_OBJECT, .field = "tracks"},
 *         {"trk/name", ADIT_ROW_TEXT, .field = "name"},                         in the object of its track
 *         {"trk/trkseg/trkpt", ADIT_ROW_COUNT, .field = "points"},              at the end of it
 *         {"trk/trkseg/trkpt/ele", ADIT_ROW_REAL, .keep = offsetof(struct gpx, elevation)},
 *         {"trk/trkseg/trkpt", ADIT_ROW_END, .call = add_point},
 *     };
 *     static const struct adit_xml_table table = ADIT_XML_TABLE("gpx", rows, spaces);
 *
 *     struct adit_reader from = adit_reader(job);
 *     return adit_xml_read_document(job, &from, NULL, &table, &gpx);
 *
 * Paths are those of elements below the one that is read (the root, for a document), names between slashes; "" is the element itself, an
 * @name at the end an attribute, and "//" at the beginning stands for any depth: "//Placemark/name". A prefix is one of the table's
 * `spaces`, where it may stand several times for what is the same in several versions; "" is then the namespace of elements without a
 * prefix, and where it does not stand there their namespace does not matter. Attributes without a prefix have no namespace. Prefixes in
 * the document are its own affair.
 *
 * Several rows may have one path. At a start tag come objects, attributes and then ADIT_ROW_START; at an end tag values, ADIT_ROW_END and
 * the object's end; rows of one kind in the table's order. Memory is bounded by the document's depth and the longest value.
 *
 * Sources: XML 1.0 (5th ed.), Namespaces in XML 1.0 (3rd ed.); forms of values: XML Schema 1.1 part 2.
 */
#ifndef ADIT_XML_TABLE_H
#define ADIT_XML_TABLE_H

#include <adit/abi.h>
#include <adit/report.h>
#include <adit/xml.h>

/* What is done with an element or attribute. Values are without the blanks around them, and empty ones are passed over. */
enum adit_row_type {
    ADIT_ROW_OBJECT = 1, /* element: an object `field`, into which goes what rows below it emit */
    ADIT_ROW_COUNT,      /* element: how many there are in the object that it is in; told at its end, 0 too */
    ADIT_ROW_SOME,       /* as COUNT, but 0 is not told */
    ADIT_ROW_TEXT,       /* all text in the element; at most 1 MiB of it */
    ADIT_ROW_INTEGER,    /* adit_text_to_i64 or _u64; keeps an int64_t */
    ADIT_ROW_REAL,       /* adit_text_to_f64; keeps a double. INF and NaN are no value, and no fault */
    ADIT_ROW_REALS,      /* reals between blanks or commas, each emitted; the field is a list */
    ADIT_ROW_BOOLEAN,    /* adit_text_to_bool; keeps a bool */
    ADIT_ROW_TIME,       /* adit_time_parse; keeps a struct adit_time */
    ADIT_ROW_MAIL_TIME,  /* adit_time_parse_mail, or else as TIME */
    ADIT_ROW_CALL,       /* a value: `call` is given its text, an empty one too */
    ADIT_ROW_START, /* element: `call` at its start tag. It may read on, but not beyond the element's end tag; what it leaves is
                          * passed over */
    ADIT_ROW_END, /* element: `call` at its end tag, or where the document ends too early */
};

struct adit_xml_read;
typedef void adit_xml_row_call(struct adit_xml_read *r, struct adit_text value);

struct adit_xml_row {
    const char *path;
    enum adit_row_type type;
    const char *field;       /* NULL: it is not emitted. By a name alone; OBJECT rows make it a path */
    adit_xml_row_call *call; /* for CALL, START, END */
    size_t keep; /* offsetof the context's member that the value is kept in; COUNTs in a uint64_t. 0: none is */
};

struct adit_xml_space {
    const char *prefix, *uri;
};

struct adit_xml_table {
    const char *root; /* name of a document's root, with a prefix or none; NULL: any */
    const struct adit_xml_row *rows;
    size_t count;
    const struct adit_xml_space *spaces;
    size_t space_count;
};
/* Of arrays of rows and spaces. */
#define ADIT_XML_TABLE(root, rows, spaces)                                                                             \
    {                                                                                                                  \
        root, rows, sizeof(rows) / sizeof *(rows), spaces, sizeof(spaces) / sizeof *(spaces)                           \
    }

/* Without prefixes: elements of any namespace. */
#define ADIT_XML_TABLE_PLAIN(root, rows)                                                                               \
    {                                                                                                                  \
        root, rows, sizeof(rows) / sizeof *(rows), NULL, 0                                                             \
    }

/* What calls get. */
struct adit_xml_read {
    const struct adit_call *job;
    struct adit_xml *x; /* START: on the start tag */
    void *context;      /* the plugin's */
    const struct adit_xml_row *row;
    struct adit_report report; /* for faults in values: adit_xml_wrong */
    bool done;                 /* a call may set it: no more of the document is wanted */
};

#ifdef __cplusplus
extern "C" {
#endif
/* After a START: reads that element to its end. Values that are not of their kind are told, each with its place, what was expected and
 * what was found. ADIT_OK; ADIT_MALFORMED: there were such; ADIT_FAILED: no memory, or a row makes no sense, which is told. What ends
 * the document too early is adit_xml_status's. */
int32_t adit_xml_read(const struct adit_call *job, struct adit_xml *x, const struct adit_xml_table *table,
                      void *context);
/* A document from its beginning to its end. `options` NULL: the usual bounds; places are told anyway. ADIT_DECLINED: its root is
 * another one; otherwise as above, or what adit_xml_status says. */
int32_t adit_xml_read_document(const struct adit_call *job, struct adit_reader *from,
                               const struct adit_xml_options *options, const struct adit_xml_table *table,
                               void *context);
/* For calls: "line 3, column 7: trk/name: expected …, found "…"". */
void adit_xml_wrong(struct adit_xml_read *r, const char *expected, struct adit_text found);
/* Is it this name, "title" or "dc:title", by the table's spaces? */
bool adit_xml_table_is(const struct adit_xml_table *table, const struct adit_xml_name *name, const char *wanted);
#ifdef __cplusplus
}
#endif

#endif
