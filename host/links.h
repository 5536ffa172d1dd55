/* SPDX-License-Identifier: MIT */
/*
 * The encoding of a LINKS record: what an id mapper answered, many links at once.
 *
 *   record := uint32_t count; struct link_head heads[count]; the targets' bytes, one behind the other
 *
 * A sender fills a block and sends its two halves; the receiver checks a record as a whole and then walks it unchecked.
 */
#ifndef HOST_LINKS_H
#define HOST_LINKS_H

#include <adit/abi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "wire.h"

struct link_head {
    uint32_t id;
    uint32_t size_flags; /* size of the target << 8 | ADIT_LINK_… */
};
enum { LINK_TARGET = 32000, LINK_FLAGS = ADIT_LINK_SECONDARY | ADIT_LINK_OBSOLETE };
enum { LINKS_HEADS = (WIRE_DATA - sizeof(uint32_t)) / sizeof(struct link_head) };

/* Links on their way into a record. Zero-initialise `count` and `size`. */
struct links_block {
    uint32_t count;
    struct link_head heads[LINKS_HEADS];
    uint32_t size;
    char bytes[WIRE_DATA];
};

static inline size_t links_heads_size(const struct links_block *b)
{
    return sizeof b->count + b->count * sizeof *b->heads;
}
static inline bool links_fits(const struct links_block *b, size_t size)
{
    return links_heads_size(b) + sizeof *b->heads + b->size + size <= WIRE_DATA;
}
/* Where it fits. */
static inline void links_put(struct links_block *b, uint32_t id, const char *target, size_t size, uint32_t flags)
{
    b->heads[b->count++] = (struct link_head){id, (uint32_t)size << 8 | flags};
    memcpy(b->bytes + b->size, target, size);
    b->size += (uint32_t)size;
}
/* Takes out links whose target is no UTF-8. Returns how many. */
size_t links_drop_invalid(struct links_block *b);

/* One link of a record, borrowed from it. */
struct links_reader { const uint8_t *heads; const char *bytes; uint32_t left; };
struct links_item { uint32_t id; uint32_t flags; struct adit_text target; };

/* Is this a record of links of identifiers below `ids`: everything within bounds, flags known, UTF-8, no target empty but that
 * of a withdrawn one? */
bool links_valid(const uint8_t *record, size_t size, uint32_t ids);
/* Over a record that is valid. */
static inline struct links_reader links_reader_of(const uint8_t *record)
{
    struct links_reader r = {.heads = record + sizeof r.left};
    memcpy(&r.left, record, sizeof r.left);
    r.bytes = (const char *)r.heads + r.left * sizeof(struct link_head);
    return r;
}
static inline bool links_next(struct links_reader *r, struct links_item *out)
{
    struct link_head head;
    if (r->left == 0)
        return false;
    r->left--;
    memcpy(&head, r->heads, sizeof head);
    *out = (struct links_item){head.id, head.size_flags & 0xff, {r->bytes, head.size_flags >> 8}};
    r->heads += sizeof head;
    r->bytes += out->target.size;
    return true;
}

#endif
