/* SPDX-License-Identifier: MIT */
/* A piece of what is to be mapped, and what became of it: some thousands of identifiers that go through the steps together. */
#ifndef HOST_MAP_CHUNK_H
#define HOST_MAP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "links.h"

enum { MAP_CHUNK_BYTES = 128 * 1024, MAP_ID = 4096 }; /* bytes taken from the input at once; of one identifier at most */

/* Texts one behind the other, each uint32_t size and bytes: as a task's source is (wire.h). */
struct map_texts {
    struct buf bytes;
    uint32_t count;
};
static inline void map_texts_add(struct map_texts *t, const char *text, size_t n)
{
    uint32_t size = (uint32_t)n;
    char *to = buf_reserve(&t->bytes, sizeof size + n);
    if (!to)
        return;
    memcpy(to, &size, sizeof size);
    if (n > 0)
        memcpy(to + sizeof size, text, n);
    t->bytes.size += sizeof size + n;
    t->count++;
}
/* The text at *at, which is moved behind it. */
static inline struct adit_text map_texts_next(const char **at)
{
    uint32_t size;
    memcpy(&size, *at, sizeof size);
    const struct adit_text text = {*at + sizeof size, size};
    *at += sizeof size + size;
    return text;
}
/* One more than count offsets of the texts, in `out`. */
void map_texts_offsets(const struct map_texts *t, uint32_t *out);

/* Links with the targets' bytes one behind the other. heads[].id is what each is of. */
struct map_links {
    struct link_head *heads;
    size_t count, capacity;
    struct buf bytes;
    bool unsorted; /* by id */
};
/* Adds a record (links.h) that was checked. False: no memory. */
bool map_links_add_record(struct map_links *l, const uint8_t *record, size_t size);
bool map_links_add(struct map_links *l, uint32_t id, struct adit_text target, uint32_t flags);
/* By id; links of one id stay in their order. `extra` (NULL: none) is an array of `extra_size` bytes a link that goes along. */
bool map_links_sort(struct map_links *l, uint32_t ids, void *extra, size_t extra_size);
void map_links_release(struct map_links *l);

/* Why an input is not looked up. From MAP_FAULT_FAILED on: reason number fault - MAP_FAULT_FAILED of the run. */
enum map_fault {
    MAP_FAULT_NONE = 0, MAP_FAULT_EMPTY, MAP_FAULT_NUL, MAP_FAULT_UTF8, MAP_FAULT_LONG, MAP_FAULT_COLUMN, MAP_FAULT_FAILED = 16,
};

/* What a target was found by, where there is more than one way or step. */
enum map_validation { MAP_NOT_ASKED = 0, MAP_VALIDATED, MAP_AMBIGUOUS_BACK, MAP_NO_REVERSE_PATH, MAP_NO_FORWARD_TARGET };
struct map_found {
    uint32_t through, through_size; /* identifiers between, joined by ">": in map_chunk.through */
    uint16_t path;
    uint8_t validation;
    uint32_t part; /* of a composite identifier, from 0 */
};

/* The identifiers before a step: what is looked up, where it comes from. */
struct map_level {
    struct map_texts texts;
    struct map_level_entry {
        uint32_t root;   /* entry of the first level (of the way there or, once it is walked back, of the last one) */
        uint32_t parent; /* entry of the level before */
        uint32_t flags;  /* ADIT_LINK_… on the way */
        uint32_t offset; /* of its text */
    } *entries;
    size_t capacity;
};

struct map_chunk {
    struct map_chunk *next;
    uint64_t first;         /* number of the first input, from 0 */
    struct map_texts inputs;
    bool plain;             /* the inputs have no control characters and no backslash, and are UTF-8 */
    uint8_t *faults;        /* an enum map_fault an input; NULL: none has one */
    struct map_texts rows;  /* whole rows, where other columns are passed through */

    uint32_t *input_of;     /* which input each entry of the first level is (a part) of; NULL: they are the inputs */
    uint32_t *part_of;
    bool composite;         /* an input has several parts */
    struct map_links links; /* by input */
    struct map_found *found; size_t found_capacity; /* a link each; NULL: one way of one step, nothing composite */
    struct buf through;
    bool done;
    void *run; /* what the run keeps while it is under way */
};
struct map_chunk *map_chunk_new(void);
void map_chunk_reset(struct map_chunk *c); /* keeps memory */
void map_chunk_free(struct map_chunk *c);
/* False: no memory. */
bool map_chunk_set_fault(struct map_chunk *c, uint32_t input, uint8_t fault);
/* Adds an input, and its fault where it has one. `size` may be more than MAP_ID: only its beginning is kept then. */
bool map_chunk_add(struct map_chunk *c, const char *text, size_t size, uint64_t whole_size);

/* Eight bytes that print as they are in a table, and are ASCII. */
static inline bool map_plain8(uint64_t v)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t backslash = v ^ (0x5c * ones), control = (v - 0x20 * ones) & ~v; /* below 0x20 */
    return ((v | control | ((backslash - ones) & ~backslash)) & high) == 0;
}
bool map_plain(const char *text, size_t size);

#endif
