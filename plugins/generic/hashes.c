/* SPDX-License-Identifier: MIT */
/* libraries: nettle zlib */
/* Digests of the whole source, whatever it is. Sources: the names and functions are Nettle's; RFC 1952 8 (CRC-32),
 * RFC 1950 8.2 (Adler-32); Git's object format for the id of a blob. */
#include "hashes_algorithms.h"
#include <adit/adit.h>
#include <adit/hex.h>
#include <adit/report.h>
#include <stdio.h>
#include <stdlib.h>

ADIT_MODULE("hashes", "1.0.0")

enum { MAX_DIGESTS = 16, PIECE = 256 * 1024 };

/* What to compute: options, read once. */
struct plan {
    struct algorithm list[MAX_DIGESTS];
    size_t count;
};

static bool add(struct plan *plan, struct adit_text name)
{
    for (size_t i = 0; i < plan->count; i++)
        if (adit_text_is(name, plan->list[i].name))
            return true;
    return plan->count < MAX_DIGESTS && find(name, &plan->list[plan->count]) && ++plan->count;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct adit_text rest = adit_option(job, "algorithms");
    struct plan *plan = (struct plan *)calloc(1, sizeof *plan);
    if (!plan)
        return ADIT_FAILED;
    if (!rest.data)
        rest = ADIT_TEXT("md5 sha1 sha256");
    for (struct adit_text word = adit_option_word(&rest); word.size > 0; word = adit_option_word(&rest))
        if (!add(plan, word)) {
            adit_warnf(job,
                       "option algorithms: \"%.*s\" is not known: expected md5, sha1, sha256, sha512, sha3_256, "
                       "ripemd160, crc32, adler32, git_blob or another hash of Nettle's, at most %d",
                       ADIT_SHOW(word), MAX_DIGESTS);
            free(plan);
            return ADIT_FAILED;
        }
    *state = plan;
    return ADIT_OK;
}

static bool begin(const struct plan *plan, void **contexts, uint64_t size)
{
    char head[32];
    int n = snprintf(head, sizeof head, "blob %llu", ADIT_LLU(size));
    for (size_t i = 0; i < plan->count; i++) {
        const struct nettle_hash *hash = plan->list[i].hash;
        contexts[i] = malloc(hash->context_size);
        if (!contexts[i])
            return false;
        hash->init(contexts[i]);
        if (plan->list[i].is_blob)
            hash->update(contexts[i], (size_t)n + 1, (const uint8_t *)head);
    }
    return true;
}

static void emit_all(const struct adit_call *job, const struct plan *plan, void **contexts)
{
    uint8_t digest[DIGEST_MAX];
    for (size_t i = 0; i < plan->count; i++) {
        const struct nettle_hash *hash = plan->list[i].hash;
        hash->digest(contexts[i], hash->digest_size, digest);
        adit_emit_hex(job, plan->list[i].name, digest, hash->digest_size);
    }
}

/* Reads all of it; what is asked for is the whole or nothing, so a stop on the way emits nothing. */
static int32_t hash_all(const struct adit_call *job, const struct plan *plan, void **contexts, uint8_t *piece)
{
    uint64_t size = adit_size(job), done = 0;
    while (done < size) {
        int64_t got =
            adit_read(job, ADIT_SOURCE_MAIN, done, piece, size - done < PIECE ? (size_t)(size - done) : PIECE);
        if (got <= 0) {
            adit_warnf(job, "offset %llu of %llu: the source could not be read", ADIT_LLU(done), ADIT_LLU(size));
            return ADIT_FAILED;
        }
        for (size_t i = 0; i < plan->count; i++)
            plan->list[i].hash->update(contexts[i], (size_t)got, piece);
        done += (uint64_t)got;
        if (!adit_progress(job, done, size) && done < size)
            return ADIT_OK;
    }
    emit_all(job, plan, contexts);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct plan *plan = (const struct plan *)state;
    void *contexts[MAX_DIGESTS] = {NULL};
    uint8_t *piece = (uint8_t *)malloc(PIECE);
    int32_t status = ADIT_FAILED;
    if (piece && begin(plan, contexts, adit_size(job)))
        status = hash_all(job, plan, contexts, piece);
    for (size_t i = 0; i < plan->count; i++)
        free(contexts[i]);
    free(piece);
    return status;
}

static void close_plugin(void *state)
{
    free(state);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
