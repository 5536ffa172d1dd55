/* SPDX-License-Identifier: MIT */
/* Bytes from files and file names as text that is safe to print: what UTF-8 they are, how wide a terminal shows them,
 * and control characters made visible. */
#ifndef HOST_PATH_TEXT_H
#define HOST_PATH_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Reads the character at `at` (at < end): returns its size in bytes, and *out. What is not UTF-8 gives a size of 1 to
 * 3 (the "maximal subpart" of the Unicode Standard, 3.9) and *out = UINT32_MAX. */
size_t path_text_decode(const unsigned char *at, const unsigned char *end, uint32_t *out);

/* Columns on a terminal: 0 for combining marks, 2 for East Asian wide characters and emoji, else 1. */
unsigned path_text_columns(uint32_t character);

/* Appends the text with everything that a terminal would act upon made visible: control characters
 * as \n, \t, \r, \x1b; C1 controls, line separators and direction marks as \u202e; bytes that are not UTF-8 as \xff.
 * Stops before `max_columns` would be exceeded (SIZE_MAX: never) and returns how many bytes of the text were used;
 * adds the columns to *columns where that is not NULL. */
size_t path_text_visible(struct buf *b, const char *text, size_t size, size_t max_columns, size_t *columns);

#endif
