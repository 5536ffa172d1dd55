/* SPDX-License-Identifier: MIT */
/* "Did you mean …": the known word that is nearest to a wrong one. */
#ifndef HOST_NEAREST_H
#define HOST_NEAREST_H

#include <stddef.h>

/* Start with {.word = the wrong one}, offer every known word, read `best`: NULL when none is near enough to be meant. */
struct nearest {
    const char *word;
    const char *best;
    size_t distance;
};
void nearest_offer(struct nearest *n, const char *known);

#endif
