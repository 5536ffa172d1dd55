// SPDX-License-Identifier: MIT
/* From addresses to places in the file. An address belongs to the file only inside the file part of one PT_LOAD. */
#include "image.h"

const struct segment *image_load(const struct image *im, uint64_t address, uint64_t size)
{
    for (unsigned i = 0; i < im->load_count; i++) {
        const struct segment *s = &im->loads[i];
        if (address >= s->vaddr && inside(address - s->vaddr, size, s->filesz))
            return s;
    }
    return NULL;
}

const struct segment *image_load_memory(const struct image *im, uint64_t address, uint64_t size)
{
    for (unsigned i = 0; i < im->load_count; i++) {
        const struct segment *s = &im->loads[i];
        if (address >= s->vaddr && inside(address - s->vaddr, size, s->memsz))
            return s;
    }
    return NULL;
}

bool image_offset(const struct image *im, uint64_t address, uint64_t size, uint64_t *offset)
{
    const struct segment *s = image_load(im, address, size);
    if (!s)
        return false;
    *offset = s->offset + (address - s->vaddr);
    return true;
}

const char *image_string(const struct image *im, uint64_t name)
{
    if (!im->strings.usable || name >= im->strings.size)
        return NULL;
    return (const char *)im->bytes + im->strings.offset + name;
}

uint32_t hash_gnu(const char *name)
{
    uint32_t h = 5381;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++)
        h = h * 33 + *p;
    return h;
}

uint32_t hash_sysv(const char *name)
{
    uint32_t h = 0;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        h = (h << 4) + *p;
        uint32_t g = h & 0xf0000000u;
        h ^= g >> 24;
        h &= ~g;
    }
    return h;
}
