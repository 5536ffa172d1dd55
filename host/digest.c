/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <string.h>

void digest_init(struct digest *d)
{
    sha256_init(&d->context);
}

void digest_add(struct digest *d, const void *data, size_t size)
{
    sha256_update(&d->context, size, data);
}

void digest_add_u64(struct digest *d, uint64_t value)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(value >> (8 * i));
    digest_add(d, bytes, sizeof bytes);
}

void digest_add_text(struct digest *d, const char *text)
{
    size_t size = strlen(text);
    digest_add_u64(d, size);
    digest_add(d, text, size);
}

void digest_finish(struct digest *d, unsigned char out[DIGEST_SIZE])
{
    sha256_digest(&d->context, DIGEST_SIZE, out);
}

void digest_of(const void *data, size_t size, unsigned char out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, data, size);
    digest_finish(&d, out);
}
