/* SPDX-License-Identifier: MIT */
/*
 * Results as text for a person, and as ndjson, json and csv for programs. The same results give the same bytes.
 *
 * ndjson is one object a source and line, json the same objects in one array. Keys come in this order, and those in
 * brackets only where there is something to say:
 *
 *   schema          1: changes when a key changes its meaning or goes; keys may be added
 *   path            U+FFFD where it is not UTF-8, and then [path_base64] has its bytes
 *   [type]          media type, after plugins refined it; [detected]: before, where that differs
 *   [size] [mtime]  bytes; ISO 8601, UTC, nanoseconds. Both are absent where the file was not read
 *   [error]         unreadable, not-regular, vanished, changed; [reason] says why
 *   [limit]         the bound at which looking into streams stopped
 *   plugins         { NAME: { status, [reason], [warnings], [fields], [artifacts] } } in the order they ran; `fields` is
 *                   always there where the status is ok
 *   streams         [ { name, [name_base64], plugin, type, [detected], size, [offset], [truncated], [error], [reason],
 *                   [limit], plugins, streams } ]
 *
 * Values: integers and bools as they are, integers beyond 2^53 included (some readers round those); floating point
 * numbers in the shortest form that reads back the same, NaN and infinities (which JSON lacks) as null; times as ISO
 * 8601 text with the precision and the zone that are known; bytes, and text that is not UTF-8, as {"base64": "…"}.
 *
 * With a choice of fields, the others are left out, and plugins and streams that have none of them, unless they failed.
 *
 * csv has a line a file, and the columns that were asked for: path, path_base64, type, detected, size, mtime, error,
 * reason, NAME (a plugin's status) or NAME.FIELD.PATH, from the file itself or else from the first stream that has
 * it. A path through a list gives a JSON array; "*" is a column for each declared field that it stands for. Cells are quoted as RFC 4180 says; lines end in a newline alone; lists, objects and bytes are JSON.
 */
#ifndef HOST_OUTPUT_H
#define HOST_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "registry.h"
#include "result.h"

enum { OUTPUT_SCHEMA = 1 };
enum output_format { OUTPUT_TEXT = 0, OUTPUT_NDJSON, OUTPUT_JSON, OUTPUT_CSV };

/* 0, or -EINVAL with the known names in e. */
int output_format_parse(const char *name, enum output_format *out, struct err *e);
/* What suits the descriptor: text for a terminal, ndjson otherwise. */
enum output_format output_format_for(int fd);

struct output_options {
    const char *fields;              /* csv: columns, NULL: path,type,size,mtime,error; others: what is printed, NULL: all. choice.h */
    bool color;                      /* text: see output_wants_color */
    size_t width;                    /* text: columns to cut long values to; 0: never */
    const struct registry *registry; /* text: units; plugins and fields that `fields` may name. NULL: neither */
    void (*before_write)(void *);    /* called before bytes go out: clears a progress bar; may be NULL */
    void *before_write_data;
};

/* Colours are for terminals, unless NO_COLOR is set or TERM is dumb. */
bool output_wants_color(int fd);
/* The terminal's width, or 0 where fd is none. */
size_t output_width(int fd);

struct output;

/* Does not own fd. `options` may be NULL; the registry must outlive the output. -EINVAL with e filled: bad columns. */
int output_open(enum output_format format, int fd, const struct output_options *options, struct output **out,
                struct err *e);

/* Prints one file's result. 0 or -errno of the first write that failed (EPIPE, ENOSPC), which stays. A terminal sees
 * each result at once, anything else in blocks of 64 KiB. */
int output_result(struct output *o, const struct result *r);

/* Writes what is held back: worth it whenever there is nothing else to do. */
int output_flush(struct output *o);

/* Ends the output, frees it, and tells of the first error. NULL is legal. */
int output_close(struct output *o);

#endif
