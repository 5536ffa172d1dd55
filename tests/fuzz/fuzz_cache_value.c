/* SPDX-License-Identifier: MIT */
/* Any bytes as a value of the cache: as they are, and as the body of a value whose head and checksum are right. What is
 * decoded is printed in every format, and encoded again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cache_value.h"
#include "output_format.h"

enum { HEAD = 92 };

static void use(const void *value, size_t size)
{
    struct arena arena = {0};
    struct cache_value_head head;
    struct result *r = NULL;
    if (cache_value_decode(value, size, &arena, &r) == 0 && cache_value_head(value, size, &head) == 0) {
        static const struct output_ops *const formats[] = {&output_ndjson_ops, &output_text_ops};
        for (size_t i = 0; i < 2; i++) {
            struct output o = {.fd = -1, .options = {.width = 80}};
            struct err e;
            if (!formats[i]->begin || formats[i]->begin(&o, &e) == 0)
                formats[i]->result(&o, r);
            if (formats[i]->release)
                formats[i]->release(&o);
            buf_release(&o.buf);
        }
        struct cache_encoder encoder = {0};
        struct buf again = BUF_INIT;
        (void)cache_value_encode(&encoder, &again, &head, r);
        buf_release(&again);
        cache_encoder_release(&encoder);
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    use(data, size);
    if (size == 0)
        return 0;
    unsigned char *value = calloc(1, HEAD + size);
    if (!value)
        return 0;
    value[0] = CACHE_VALUE_VERSION;
    value[1] = data[0] & 1;
    memcpy(value + HEAD, data + 1, size - 1);
    uint64_t seed, sum;
    memcpy(&seed, value, sizeof seed);
    sum = hash64(value + 16, HEAD + size - 1 - 16, seed);
    memcpy(value + 8, &sum, sizeof sum);
    use(value, HEAD + size - 1);
    free(value);
    return 0;
}
