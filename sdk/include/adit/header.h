/* SPDX-License-Identifier: MIT */
/*
 * Header fields as mail and its many heirs write them, "Name: value", folded over lines; and what stands in their values: encoded
 * words, parameters, addresses. In libadit-sdk. [run; open for resources]
 *
 *     char room[64 * 1024];
 *     struct adit_headers h = adit_headers(job, 0, UINT64_MAX, room, sizeof room);
 *     while (adit_next_header(&h))
 *         if (adit_text_equals_ignoring_case(h.name, "Subject"))
 *             n = adit_header_decode(h.value, subject, sizeof subject);
 *     … the body begins at h.body
 *
 * Sources: RFC 5322 2.2, 3.2 and 3.4; RFC 2045 5.1; RFC 2047; RFC 2231.
 */
#ifndef ADIT_HEADER_H
#define ADIT_HEADER_H

#include <adit/abi.h>
#include <adit/lines.h>
#include <adit/text.h>

struct adit_headers {
    struct adit_lines lines;
    char *room; /* the caller's second half: the value being unfolded */
    size_t capacity;
    bool pending; /* lines.line was read and belongs to what comes next */
    bool ended;   /* by an empty line, which is not part of the body */
    /* The field found last; valid until the next call. */
    struct adit_text name;
    struct adit_text value; /* without line ends, and without blanks around it; cut where the room is used up */
    uint64_t offset;        /* of its name in the source */
    uint64_t length;        /* bytes of the value as it stands unfolded; more than value.size: it was cut or trimmed */
    uint64_t faults;        /* lines that are no field, which were passed over */
    uint64_t body;          /* once there is no more: where the rest begins */
};

/* The fields from `offset` on, at most `size` bytes. `room` is for lines and values: values of up to capacity / 2 bytes. */
static inline struct adit_headers adit_headers(const struct adit_call *job, uint64_t offset, uint64_t size, char *room,
                                               size_t capacity)
{
    struct adit_headers h;
    h.lines = adit_lines(job, offset, size, room, capacity / 2);
    h.room = room + capacity / 2;
    h.capacity = capacity - capacity / 2;
    h.pending = h.ended = false;
    h.name = h.value = adit_text_of(NULL, 0);
    h.offset = h.length = h.faults = 0;
    h.body = offset;
    return h;
}

/* One of a list of addresses. */
struct adit_address {
    struct adit_text name;           /* display name as it stands, for adit_header_decode; without quotes around it */
    struct adit_text address;        /* local@domain, without angle brackets and comments around it */
    struct adit_text group;          /* the name of the group that it is in, or empty */
    struct adit_text rest, in_group; /* where to go on */
};

#ifdef __cplusplus
extern "C" {
#endif
/* ASCII letters in either case are the same. */
bool adit_text_equals_ignoring_case(struct adit_text text, const char *string);
/* Without blanks and line ends at both ends. */
struct adit_text adit_text_trim(struct adit_text text);
/* "KEY=VALUE": splits at the first `mark` and trims both. False: there is no mark, and the key is all of it. */
bool adit_text_split(struct adit_text line, char mark, struct adit_text *key, struct adit_text *value);

/* Finds the next field. False: there is none, and h->body says where the body begins. */
bool adit_next_header(struct adit_headers *h);

/* Encoded words (=?charset?B?…?=) and what is around them as UTF-8, into out[room]. A charset that is not known leaves its word
 * as it is. Returns the bytes that all of it takes: more than `room` means that it was cut. */
size_t adit_header_decode(struct adit_text value, char *out, size_t room);

/* What stands before the first ";": "text/plain". */
struct adit_text adit_header_token(struct adit_text value);

/* A parameter's value, "charset" of "text/plain; charset=utf-8": unquoted, its pieces put together, its charset decoded (RFC
 * 2231; RFC 2047 too, which does not belong there and is common). The bytes that it takes, as above; -1: it is not there. */
int64_t adit_header_parameter(struct adit_text value, const char *name, char *out, size_t room);

/* Begins and goes on: `*a` zeroed but for rest, which is the field's value. False: there is no more. */
bool adit_next_address(struct adit_address *a);
#ifdef __cplusplus
}
#endif

#endif
