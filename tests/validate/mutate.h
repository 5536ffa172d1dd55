/* SPDX-License-Identifier: MIT */
/* Changes to modules that a linker would not make: to every field of every header and table that the loader reads. */
#ifndef TESTS_MUTATE_H
#define TESTS_MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One number (or byte) in the file that means something to the loader. */
struct field {
    uint32_t offset;
    uint8_t width;  /* 1, 2, 4, 8 */
    uint16_t group; /* the table that it belongs to */
};

/* A module to start from. */
struct base {
    const char *name;
    uint8_t *bytes;
    size_t size;
    struct field *fields;
    size_t field_count;
    struct {
        uint32_t first, count, entry;
    } groups[32]; /* of fields; entry: bytes of one record, 0: no table of records */
    unsigned group_count;
    uint64_t values[512]; /* addresses, offsets and sizes in it, to put in the wrong places */
    unsigned value_count;
};

/* Takes `bytes` (malloc'd). 0, or -1: not a module, or no memory. */
int base_open(struct base *b, const char *name, uint8_t *bytes, size_t size);
void base_release(struct base *b);

/* The numbers of splitmix64: the same for a seed everywhere. */
uint64_t random_next(uint64_t *state);

enum mutation {
    MUTATION_FORM = 0,
    MUTATION_CONTENT
}; /* CONTENT: only of bytes that no table holds: code, constants, data */

/* Makes one mutant into `out` (room for 2 * base->size + 4096 bytes); *size: how many bytes it has. `seed` decides
 * all. */
enum mutation mutate(const struct base *b, uint64_t seed, uint8_t *out, size_t *size);

#endif
