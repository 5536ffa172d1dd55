/* SPDX-License-Identifier: MIT */
/* Single values as JSON, appended to a buffer. */
#ifndef HOST_OUTPUT_VALUE_H
#define HOST_OUTPUT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "fields.h"

/* A string; what is not UTF-8 in it becomes U+FFFD, and the answer is false. */
bool value_string(struct buf *b, const char *text, size_t size);
void value_base64(struct buf *b, const void *data, size_t size); /* RFC 4648, section 4; without quotes */
void value_bytes(struct buf *b, const void *data, size_t size);  /* {"base64":"…"} */
void value_u64(struct buf *b, uint64_t v);
void value_i64(struct buf *b, int64_t v);
/* The shortest decimal form that reads back as the same number; it has a "." or an "e". null for NaN and infinities. */
void value_f64(struct buf *b, double v);
/* Nanoseconds since 1970 as "2003-10-31T15:44:19.25Z", nine digits of fraction unless that is 0; no quotes. */
void value_unix_time(struct buf *b, int64_t ns);

/* The event's value, for everything but OBJECT, LIST and END. */
void value_event(struct buf *b, const struct field_event *e);

enum { VALUE_SPILL = 64 * 1024 };

/* Reads the value that begins with `e`, to its END where it is a list or object, and appends it. `spill` is called with
 * `data` when VALUE_SPILL bytes wait in the buffer, if it is not NULL. False: the fields are damaged; what was appended
 * is complete JSON all the same. */
bool value_tree(struct buf *b, struct field_reader *r, const struct field_event *e, void (*spill)(void *), void *data);
/* All the fields, as one object; as value_tree. */
bool value_fields(struct buf *b, const void *fields, size_t size, void (*spill)(void *), void *data);

#endif
