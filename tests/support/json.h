/* SPDX-License-Identifier: MIT */
/* Enough of JSON (RFC 8259) to hold output against what is expected. */
#ifndef TESTS_SUPPORT_JSON_H
#define TESTS_SUPPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* Is this one valid JSON value, with UTF-8 throughout, no key twice in an object, and nothing after it but white space? */
bool json_valid(const char *text, size_t size);

/* The value without white space between its parts; in an object at the top, without the members named in `dropped`
 * (NULL-terminated; may be NULL). The text must be valid. free(). */
char *json_compact(const char *text, size_t size, const char *const *dropped);

/* The value at a path of members and list indexes separated by "/" ("plugins/png/fields/width", "streams/0/type"), in the
 * text's own spelling; NULL where there is none. free(). */
char *json_at(const char *text, size_t size, const char *path);

/* Counts lines; *valid tells whether each is a JSON object. */
size_t json_lines(const char *text, size_t size, bool *valid);
/* The line of ndjson whose "path" is spelled like this (as in JSON, without the quotes); NULL: none. free(). */
char *json_line_of(const char *text, size_t size, const char *path);

#endif
