/* SPDX-License-Identifier: MIT */
/* The inputs of the checks, each made from the samples, the seed and its number alone: the locked process makes them to run
 * them, the host makes them again to show them. [adit-check; command] */
#ifndef HOST_CHECK_INPUT_H
#define HOST_CHECK_INPUT_H

#include "check.h"

struct check_input {
    uint8_t *data; /* the caller's, of check_input_room bytes */
    size_t size;
    struct adit_text name, media;
    char what[CHECK_WHAT];
};

uint64_t check_random(uint64_t *state);
/* The generator's state for one input of one check. */
uint64_t check_random_seed(const struct check_corpus *corpus, enum check_id check, uint64_t number);

size_t check_input_room(const struct check_corpus *corpus);
/* How many inputs a check has; 0: it makes none in this way. */
uint64_t check_input_count(const struct check_corpus *corpus, enum check_id check);
void check_input_make(const struct check_corpus *corpus, enum check_id check, uint64_t number, struct check_input *in);

/* The n-th of `count` lengths below `size`: the first ones one by one, then spread evenly. */
size_t check_spread(uint64_t n, uint64_t count, size_t size);

#endif
