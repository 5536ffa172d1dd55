/* SPDX-License-Identifier: MIT */
/*
 * JSON as a sequence of values, read block by block in bounded memory, whatever the document's size and nesting. In libadit-sdk.
 * [run; open for resources]
 *
 *     char room[4096];
 *     struct adit_reader from = adit_reader(job);
 *     struct adit_json j = adit_json(&from, room, sizeof room);
 *     while (adit_json_next(&j))
 *         if (j.depth == 1 && j.kind == ADIT_JSON_STRING && adit_text_is(j.key, "name"))
 *             adit_emit_text(job, "name", j.text);
 *     return adit_json_status(job, &j);
 *
 * Strict: what RFC 8259 does not allow ends the reading. Strings come as well-formed UTF-8: bytes that are none, and halves of
 * surrogate pairs, become U+FFFD and are counted. Source: RFC 8259.
 */
#ifndef ADIT_JSON_H
#define ADIT_JSON_H

#include <adit/abi.h>
#include <adit/reader.h>
#include <adit/text.h>

enum { ADIT_JSON_BUFFER = 4096, ADIT_JSON_KEY = 256, ADIT_JSON_DEPTH = 512 };

enum adit_json_kind {
    ADIT_JSON_NONE = 0,
    ADIT_JSON_OBJECT = 1, /* begins; what is in it follows, one deeper */
    ADIT_JSON_ARRAY = 2,
    ADIT_JSON_END = 3, /* of an object or array, as deep as its beginning */
    ADIT_JSON_STRING = 4,
    ADIT_JSON_NUMBER = 5,
    ADIT_JSON_BOOL = 6,
    ADIT_JSON_NULL = 7,
};

enum adit_json_result {
    ADIT_JSON_OK = 0,
    ADIT_JSON_MALFORMED = 1,
    ADIT_JSON_TRUNCATED = 2,
    ADIT_JSON_LIMIT = 3, /* nested deeper than ADIT_JSON_DEPTH */
    ADIT_JSON_UNREADABLE = 4,
};

struct adit_json {
    struct adit_reader *from;
    char *room; /* the caller's: a string or number */
    size_t capacity;
    bool
        many; /* set before the first call: values may follow each other, as in JSON lines (a sequence's end is no fault) */
    char buffer[ADIT_JSON_BUFFER];
    size_t at, filled;
    uint64_t before; /* bytes before the buffer */
    bool ended, finished, fresh;
    uint8_t arrays[ADIT_JSON_DEPTH / 8]; /* which of the open ones are */
    uint32_t open;
    char key_room[ADIT_JSON_KEY];
    /* The value found last; valid until the next call. */
    enum adit_json_kind kind;
    uint32_t depth;        /* objects and arrays around it: 0 for the outermost value */
    struct adit_text key;  /* of a member of an object, and of the end of one; data NULL: none. Cut at 256 bytes */
    struct adit_text text; /* STRING, and NUMBER as written; with a NUL behind it */
    bool cut;              /* the text was longer than the room */
    bool boolean;          /* BOOL */
    bool integer;          /* NUMBER: it is written without fraction and exponent, and i64 holds it exactly */
    int64_t i64;
    double number;     /* NUMBER */
    uint64_t replaced; /* so far: what is no UTF-8, and halves of surrogate pairs */
    /* Once adit_json_next has returned false. */
    enum adit_json_result result;
    const char *message;
    uint64_t offset; /* where */
};

/* Strings and numbers of up to capacity - 1 bytes (at least 63); longer ones are cut. */
static inline struct adit_json adit_json(struct adit_reader *from, char *room, size_t capacity)
{
    struct adit_json j;
    __builtin_memset(&j, 0, sizeof j);
    j.from = from;
    j.room = room;
    j.capacity = capacity;
    j.message = "";
    return j;
}

#ifdef __cplusplus
extern "C" {
#endif
/* Moves on. False: there is no more; j->result says why. */
bool adit_json_next(struct adit_json *j);
/* After an OBJECT or ARRAY: passes over all of it, to its END. False: it has none. */
bool adit_json_skip(struct adit_json *j);
/* What the result comes to as a plugin's status; tells the user where it is not ADIT_OK. */
int32_t adit_json_status(const struct adit_call *job, const struct adit_json *j);
#ifdef __cplusplus
}
#endif

#endif
