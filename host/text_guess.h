/* SPDX-License-Identifier: MIT */
/* What the bytes of a file without a magic look like. Nothing here knows names, types or .confs. */
#ifndef HOST_TEXT_GUESS_H
#define HOST_TEXT_GUESS_H

#include <stdbool.h>
#include <stddef.h>

enum text_encoding { TEXT_BINARY = 0, TEXT_ASCII, TEXT_UTF8, TEXT_UTF16, TEXT_UTF32, TEXT_LEGACY };

/* Is this text, and how is it written? `cut`: more follows, so that a character may be incomplete at the end.
 *   UTF-16, UTF-32: only with their byte-order mark, and whole code units that are characters
 *   control characters allowed: BEL BS HT LF VT FF CR ESC (and NEL in legacy text); any other, or DEL, is binary
 *   UTF-8: strictly valid (RFC 3629: no overlong forms, no surrogates), else
 *   legacy (8-bit or double-byte): no control characters, and at least an eighth of the bytes ASCII
 * No bytes at all are TEXT_ASCII. */
enum text_encoding text_encoding_of(const unsigned char *data, size_t size, bool cut);

enum text_shape { TEXT_PLAIN = 0, TEXT_HTML, TEXT_JSON, TEXT_NDJSON, TEXT_CSV, TEXT_TSV };

/* The shape of ASCII, UTF-8 or legacy text, by rules that a person can check by eye:
 *   HTML    behind space, comments and an XML declaration comes <!DOCTYPE html or one of the tags of the WHATWG MIME
 *           sniffing standard, in any case, ended by a space or ">"
 *   JSON    begins with { or [ and every byte seen fits RFC 8259; when not cut, it also ends there
 *   NDJSON  two lines or more, each one whole JSON object or array (the last may be cut)
 *   TSV     two lines or more, each with the same number of tabs, at least one, none with a quote that does not close
 *   CSV     the same of commas (or semicolons), by RFC 4180's quoting; two lines need two commas each, three one, and
 *           no field of the first line is longer than 100 bytes
 * Blank lines at the end are ignored; in a cut head the last, incomplete line is. */
enum text_shape text_shape_of(const unsigned char *data, size_t size, bool cut);

/* HTML alone, as above; `firm` is set for a doctype or the tags html, head and body. */
bool text_is_html(const unsigned char *data, size_t size, bool *firm);

#endif
