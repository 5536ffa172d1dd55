/* SPDX-License-Identifier: MIT */
/* SHA-256, for fingerprints. Alone knows nettle. */
#ifndef HOST_DIGEST_H
#define HOST_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32 };

struct digest {
    struct sha256_ctx context;
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, const void *data, size_t size);

/* What goes into a fingerprint is framed, so that no two different lists of values give the same bytes: an integer is 8
 * bytes, a text is its length and its bytes. */
void digest_add_u64(struct digest *d, uint64_t value);
void digest_add_text(struct digest *d, const char *text);
void digest_finish(struct digest *d, unsigned char out[DIGEST_SIZE]);

/* All at once. */
void digest_of(const void *data, size_t size, unsigned char out[DIGEST_SIZE]);

#endif
