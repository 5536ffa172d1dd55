/* SPDX-License-Identifier: MIT */
/* How far an image may be decoded smaller without its perceptual hashes becoming others. */
#ifndef PIXELS_JPEG_SCALE_H
#define PIXELS_JPEG_SCALE_H

#include <stdint.h>

static inline unsigned scale_for(uint32_t width, uint32_t height, uint64_t full_pixels)
{
    uint64_t pixels = (uint64_t)width * height;
    unsigned denominator = 1;
    while (denominator < 4 && pixels / denominator / denominator > full_pixels)
        denominator *= 2;
    return denominator;
}

#endif
