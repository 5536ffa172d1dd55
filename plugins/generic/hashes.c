/* SPDX-License-Identifier: MIT */
/* libraries: nettle zlib */
/* Digests of the whole source, whatever it is. Sources: the names and functions are Nettle's; RFC 1952 8 (CRC-32),
 * RFC 1950 8.2 (Adler-32); Git's object format for the id of a blob. */
#include <adit/adit.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

ADIT_MODULE("hashes", "1.0.0")

enum { MAX_DIGESTS = 16, DIGEST_MAX = 64, PIECE = 256 * 1024 };

/* What to compute: options, read once. */
struct plan {
    const struct nettle_hash *hashes[MAX_DIGESTS];
    size_t count;
    bool crc32, adler32, git_blob;
};

struct sums {
    void *contexts[MAX_DIGESTS];
    uLong crc32, adler32;
    struct sha1_ctx git_blob;
};

static const struct nettle_hash *find_hash(struct adit_text name)
{
    const struct nettle_hash *const *list = nettle_get_hashes();
    for (; *list; list++)
        if (adit_text_is(name, (*list)->name))
            return *list;
    return NULL;
}

static bool add(struct plan *plan, struct adit_text name)
{
    const struct nettle_hash *hash = find_hash(name);
    bool *const checks[] = {&plan->crc32, &plan->adler32, &plan->git_blob};
    static const char *const check_names[] = {"crc32", "adler32", "git_blob"};
    for (size_t i = 0; i < 3; i++)
        if (adit_text_is(name, check_names[i])) {
            *checks[i] = true;
            return true;
        }
    for (size_t i = 0; i < plan->count; i++)
        if (plan->hashes[i] == hash)
            return true;
    if (!hash || plan->count == MAX_DIGESTS || hash->digest_size > DIGEST_MAX)
        return false;
    plan->hashes[plan->count++] = hash;
    return true;
}

/* Names between blanks or commas. */
static struct adit_text next_word(struct adit_text *rest)
{
    size_t begin = 0, end;
    while (begin < rest->size && (rest->data[begin] == ' ' || rest->data[begin] == ','))
        begin++;
    for (end = begin; end < rest->size && rest->data[end] != ' ' && rest->data[end] != ',';)
        end++;
    struct adit_text word = adit_text_of(rest->data + begin, end - begin);
    *rest = adit_text_of(rest->data + end, rest->size - end);
    return word;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    struct adit_text rest = adit_option(job, "algorithms");
    struct plan *plan = (struct plan *)calloc(1, sizeof *plan);
    if (!plan)
        return ADIT_FAILED;
    if (!rest.data)
        rest = ADIT_TEXT("md5 sha1 sha256");
    for (struct adit_text word = next_word(&rest); word.size > 0; word = next_word(&rest))
        if (!add(plan, word)) {
            adit_warnf(job,
                       "option algorithms: \"%.*s\" is not known: expected md5, sha1, sha256, sha512, sha3_256, "
                       "ripemd160, crc32, adler32, git_blob or another hash of Nettle's, at most %d",
                       (int)word.size, word.data, MAX_DIGESTS);
            free(plan);
            return ADIT_FAILED;
        }
    *state = plan;
    return ADIT_OK;
}

/* A Git blob is "blob ", its size in decimal, NUL, and the content. */
static void begin_git_blob(struct sha1_ctx *sha1, uint64_t size)
{
    char head[32];
    int n = snprintf(head, sizeof head, "blob %llu", (unsigned long long)size);
    sha1_init(sha1);
    sha1_update(sha1, (size_t)n + 1, (const uint8_t *)head);
}

static bool begin(const struct plan *plan, struct sums *sums, uint64_t size)
{
    sums->crc32 = crc32(0, NULL, 0);
    sums->adler32 = adler32(0, NULL, 0);
    begin_git_blob(&sums->git_blob, size);
    for (size_t i = 0; i < plan->count; i++) {
        sums->contexts[i] = malloc(plan->hashes[i]->context_size);
        if (!sums->contexts[i])
            return false;
        plan->hashes[i]->init(sums->contexts[i]);
    }
    return true;
}

static void update(const struct plan *plan, struct sums *sums, const uint8_t *data, size_t n)
{
    for (size_t i = 0; i < plan->count; i++)
        plan->hashes[i]->update(sums->contexts[i], n, data);
    if (plan->crc32)
        sums->crc32 = crc32(sums->crc32, data, (uInt)n);
    if (plan->adler32)
        sums->adler32 = adler32(sums->adler32, data, (uInt)n);
    if (plan->git_blob)
        sha1_update(&sums->git_blob, n, data);
}

static void emit_digest(const struct adit_call *job, const char *name, const uint8_t *digest, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * DIGEST_MAX + 1];
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    adit_emit_text(job, name, adit_text_of(text, 2 * n));
}

static void emit_check(const struct adit_call *job, const char *name, uLong value)
{
    const uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    emit_digest(job, name, bytes, sizeof bytes);
}

static void emit_all(const struct adit_call *job, const struct plan *plan, struct sums *sums)
{
    uint8_t digest[DIGEST_MAX];
    for (size_t i = 0; i < plan->count; i++) {
        plan->hashes[i]->digest(sums->contexts[i], plan->hashes[i]->digest_size, digest);
        emit_digest(job, plan->hashes[i]->name, digest, plan->hashes[i]->digest_size);
    }
    if (plan->crc32)
        emit_check(job, "crc32", sums->crc32);
    if (plan->adler32)
        emit_check(job, "adler32", sums->adler32);
    if (plan->git_blob) {
        sha1_digest(&sums->git_blob, SHA1_DIGEST_SIZE, digest);
        emit_digest(job, "git_blob", digest, SHA1_DIGEST_SIZE);
    }
}

/* Reads all of it; what is asked for is the whole or nothing, so a stop on the way emits nothing. */
static int32_t hash(const struct adit_call *job, const struct plan *plan, struct sums *sums, uint8_t *piece)
{
    uint64_t size = adit_size(job), done = 0;
    while (done < size) {
        int64_t got =
            adit_read(job, ADIT_SOURCE_MAIN, done, piece, size - done < PIECE ? (size_t)(size - done) : PIECE);
        if (got <= 0) {
            adit_warnf(job, "offset %llu of %llu: the source could not be read", (unsigned long long)done,
                       (unsigned long long)size);
            return ADIT_FAILED;
        }
        update(plan, sums, piece, (size_t)got);
        done += (uint64_t)got;
        if (!adit_progress(job, done, size) && done < size)
            return ADIT_OK;
    }
    emit_all(job, plan, sums);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct plan *plan = (const struct plan *)state;
    struct sums sums = {0};
    uint8_t *piece = (uint8_t *)malloc(PIECE);
    int32_t status = ADIT_FAILED;
    if (piece && begin(plan, &sums, adit_size(job)))
        status = hash(job, plan, &sums, piece);
    for (size_t i = 0; i < plan->count; i++)
        free(sums.contexts[i]);
    free(piece);
    return status;
}

static void close_plugin(void *state)
{
    free(state);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
