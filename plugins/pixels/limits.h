/* SPDX-License-Identifier: MIT */
/* What the decoders of this family read of [options], once. */
#ifndef PIXELS_LIMITS_H
#define PIXELS_LIMITS_H

#include <adit/adit.h>
#include <stdlib.h>

struct limits {
    uint64_t most_pixels; /* of larger images, squares become a pixel: see adit_pixels_begin */
    uint64_t memory;      /* bytes that the decoder may need at once for an image */
    uint64_t full_pixels; /* JPEG: larger images are decoded at a quarter of their sides */
};

static inline struct limits read_limits(const struct adit_call *job)
{
    struct limits limits = {
        .most_pixels = adit_option_u64(job, "most_pixels", 12000000),
        .memory = adit_option_u64(job, "memory", 128u << 20),
        .full_pixels = adit_option_u64(job, "full_pixels", 4000000),
    };
    return limits;
}

static inline int32_t open_limits(const struct adit_call *job, void **state)
{
    struct limits *limits = (struct limits *)malloc(sizeof *limits);
    if (!limits)
        return ADIT_FAILED;
    *limits = read_limits(job);
    *state = limits;
    return ADIT_OK;
}

static inline void close_limits(void *state)
{
    free(state);
}

#endif
