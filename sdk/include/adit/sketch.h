/* SPDX-License-Identifier: MIT */
/*
 * How many different values there are in a long sequence, estimated in 1 KiB: HyperLogLog with 1,024 registers. Up to some hundred the
 * estimate is nearly exact, beyond it is off by 3.25 % (one standard deviation). In libadit-sdk. [run; open]
 *
 * Source: Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog", 2007; small numbers by linear counting (there, figure 3).
 */
#ifndef ADIT_SKETCH_H
#define ADIT_SKETCH_H

#include <adit/abi.h>

/* Zeroed at the beginning. */
struct adit_distinct {
    uint8_t registers[1024];
};

#ifdef __cplusplus
extern "C" {
#endif
void adit_distinct_add(struct adit_distinct *d, const void *data, size_t n);
double adit_distinct_estimate(const struct adit_distinct *d);
#ifdef __cplusplus
}
#endif

#endif
