/* SPDX-License-Identifier: MIT */
/* Orders for adit-check's allocator, which stands in for libc's where no sanitizer does: fail, and what fresh memory holds.
 * [adit-check, locked] */
#ifndef HOST_CHECK_ALLOC_H
#define HOST_CHECK_ALLOC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct check_alloc {
    bool present;             /* the allocator obeys (check_main.c, without sanitizers) */
    bool active;              /* plugin code runs */
    uint64_t count;           /* allocations since it was reset */
    uint64_t fail_at;         /* this one fails, 1-based; 0: none */
    bool fail_after;          /* and all that follow */
    _Atomic uint32_t *failed; /* set to 1 when one fails; NULL: nobody asks */
    int fill;                 /* 1..255: fresh memory of malloc is full of it; 0: left as it is */
};
extern struct check_alloc check_alloc;

#endif
