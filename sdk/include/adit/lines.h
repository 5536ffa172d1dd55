/* SPDX-License-Identifier: MIT */
/*
 * A line scanner over a range of a source in bounded memory: the caller's buffer and nothing else [run; open for
 * resources]. A line ends in LF, CRLF or CR, as each of them comes; the last one may have no end.
 *
 *     char room[4096];
 *     struct adit_lines lines = adit_lines(job, 0, UINT64_MAX, room, sizeof room);
 *     while (adit_next_line(&lines))
 *         if (lines.line.size == 0)
 *             break;
 *
 * Bytes are bytes: nothing is decoded, a NUL is a byte like any other, and a byte order mark is part of the first line.
 */
#ifndef ADIT_LINES_H
#define ADIT_LINES_H

#include <adit/abi.h>
#include <adit/source.h>
#include <adit/text.h>

enum adit_line_end {
    ADIT_LINE_END_NONE = 0, /* the range ended */
    ADIT_LINE_END_LF = 1,
    ADIT_LINE_END_CRLF = 2,
    ADIT_LINE_END_CR = 3,
};

struct adit_lines {
    const struct adit_call *job;
    adit_source source;
    char *room; /* the caller's */
    size_t capacity, filled, at;
    uint64_t next, end; /* range still to be read into room */
    bool failed;        /* the source could not be read; the scan ended there */
    /* The line found last. */
    struct adit_text line; /* without its end; valid until the next call. Cut to `capacity` bytes at most */
    uint64_t number;       /* from 1 */
    uint64_t offset;       /* of its first byte in the source */
    uint64_t length;       /* bytes without the end; more than line.size: it was cut */
    enum adit_line_end ended;
};

/* Lines of [offset, offset + size) of the job's own source, with room for lines of up to `capacity` bytes (at least 1;
 * longer ones are cut, and told by `length`). For another source set .source before the first call. */
static inline struct adit_lines adit_lines(const struct adit_call *job, uint64_t offset, uint64_t size, char *room,
                                           size_t capacity)
{
    struct adit_lines l;
    l.job = job;
    l.source = ADIT_SOURCE_MAIN;
    l.room = room;
    l.capacity = capacity;
    l.filled = l.at = 0;
    l.next = offset;
    l.end = size < UINT64_MAX - offset ? offset + size : UINT64_MAX;
    l.failed = false;
    l.line = adit_text_of(NULL, 0);
    l.number = l.offset = l.length = 0;
    l.ended = ADIT_LINE_END_NONE;
    return l;
}

static inline bool adit_line_is_cut(const struct adit_lines *l)
{
    return l->length > l->line.size;
}

#ifdef __cplusplus
extern "C" {
#endif
/* Finds the next line. False: there is none. An empty range has no line; one that ends in a line end has none after it.
 * In libadit-sdk. */
bool adit_next_line(struct adit_lines *l);
#ifdef __cplusplus
}
#endif

#endif
