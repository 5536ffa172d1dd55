/* SPDX-License-Identifier: MIT */
/*
 * The encoding of what plugins emit: the same bytes from a worker, in the cache, and under the printers.
 *
 *   fields := event*
 *   event  := tag, name, payload          name is empty inside a list; end has neither
 *   tag    := one byte, enum field_tag
 *   name   := varint size, bytes (UTF-8)
 *   payload:  BOOL one byte 0/1; I64 zigzag varint; U64 varint; F64 8 bytes IEEE 754 little endian; STRING, BYTES varint
 *             size, bytes (a STRING is valid UTF-8; text that is not is BYTES_TEXT); TIME 16 bytes (struct adit_time's
 *             members in order, little endian); OBJECT and LIST: events up to the matching END
 *
 * A varint is LEB128 of at most 10 bytes. "Canonical" fields have no two equal names in one object.
 */
#ifndef HOST_FIELDS_H
#define HOST_FIELDS_H

#include <adit/abi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum field_tag {
    FIELD_BOOL = 1,
    FIELD_I64,
    FIELD_U64,
    FIELD_F64,
    FIELD_STRING,
    FIELD_BYTES,
    FIELD_TIME,
    FIELD_OBJECT,
    FIELD_LIST,
    FIELD_END,
    FIELD_BYTES_TEXT, /* emitted as text, and not valid UTF-8 */
};

enum { FIELD_MAX_DEPTH = 32, FIELD_MAX_NAME = 1024, FIELD_MAX_EVENTS = 500000 };

/* One event, borrowed from the encoded bytes. */
struct field_event {
    enum field_tag tag;
    struct adit_text name;
    bool boolean;
    int64_t i64;
    uint64_t u64;
    double f64;
    struct adit_text text;
    struct adit_time time;
};

struct field_reader {
    const uint8_t *at, *end;
};

/* No bytes may be a null pointer. */
static inline struct field_reader field_reader_of(const void *data, size_t size)
{
    const uint8_t *at = (const uint8_t *)data;
    return (struct field_reader){at, size ? at + size : at};
}

/* 1: *out is the next event; 0: the end; -EBADMSG: these bytes are no fields (nothing is read out of bounds; nesting is the
 * caller's to follow). */
int field_next(struct field_reader *r, struct field_event *out);
/* From behind an OBJECT or LIST to behind its END. False: the bytes are no fields. */
bool field_skip(struct field_reader *r);

/* Writers append one event. */
void field_put_value(struct buf *b, const char *name, size_t n, const struct adit_value *v);
void field_put_begin(struct buf *b, const char *name, size_t n, enum field_tag object_or_list);
void field_put_end(struct buf *b);
void put_varint(struct buf *b, uint64_t v);
bool get_varint(const uint8_t **at, const uint8_t *end, uint64_t *out);

bool utf8_valid(const char *text, size_t size);

/* Are these bytes well-formed fields: known tags, valid names and times, balanced, no deeper than FIELD_MAX_DEPTH? */
bool fields_valid(const void *data, size_t size);

/* ISO 8601 text of a time, as far as its precision goes; no zone where it is not known: "2003-10-31T15:44:19.25+02:00". */
enum { FIELD_TIME_TEXT = 48 };
size_t field_time_text(const struct adit_time *t, char out[FIELD_TIME_TEXT]);

#endif
