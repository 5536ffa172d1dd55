/* SPDX-License-Identifier: MIT */
/* MD5 (RFC 1321) of many slices at once, one in each lane of a vector: overlapping slices hash the same samples from
 * different starts, which one lane after another would cost more than encoding them. */
#ifndef PLUGINS_AUDIO_SLICE_MD5_H
#define PLUGINS_AUDIO_SLICE_MD5_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

struct md5 {
    uint32_t h[4];
    uint64_t size;
    uint8_t pending[64];
};

/* Whole blocks of 64 bytes for one state. */
struct md5_job {
    struct md5 *of;
    const uint8_t *data;
    uint64_t blocks;
    uint32_t left; /* bytes after them, which wait for more */
};

/* Runs all of them, each to blocks == 0. The longest should come first: lanes are left over at the end else. */
typedef void md5_run(struct md5_job *jobs, uint32_t n);

static const uint32_t md5_k[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af,
    0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa,
    0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
    0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97,
    0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

#define MD5_F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define MD5_G(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define MD5_H(x, y, z) ((x) ^ (y) ^ (z))
#define MD5_I(x, y, z) ((y) ^ ((x) | ~(z)))
#define MD5_STEP(f, a, b, c, d, word, k, s)                                                                            \
    (a) += f(b, c, d) + m[word] + md5_k[k];                                                                            \
    (a) = (((a) << (s)) | ((a) >> (32 - (s)))) + (b);
#define MD5_FOUR(f, i, w0, w1, w2, w3, s0, s1, s2, s3)                                                                 \
    MD5_STEP(f, a, b, c, d, w0, i, s0)                                                                                 \
    MD5_STEP(f, d, a, b, c, w1, (i) + 1, s1)                                                                           \
    MD5_STEP(f, c, d, a, b, w2, (i) + 2, s2)                                                                           \
    MD5_STEP(f, b, c, d, a, w3, (i) + 3, s3)
#define MD5_ROUNDS                                                                                                     \
    MD5_FOUR(MD5_F, 0, 0, 1, 2, 3, 7, 12, 17, 22)                                                                      \
    MD5_FOUR(MD5_F, 4, 4, 5, 6, 7, 7, 12, 17, 22)                                                                      \
    MD5_FOUR(MD5_F, 8, 8, 9, 10, 11, 7, 12, 17, 22)                                                                    \
    MD5_FOUR(MD5_F, 12, 12, 13, 14, 15, 7, 12, 17, 22)                                                                 \
    MD5_FOUR(MD5_G, 16, 1, 6, 11, 0, 5, 9, 14, 20)                                                                     \
    MD5_FOUR(MD5_G, 20, 5, 10, 15, 4, 5, 9, 14, 20)                                                                    \
    MD5_FOUR(MD5_G, 24, 9, 14, 3, 8, 5, 9, 14, 20)                                                                     \
    MD5_FOUR(MD5_G, 28, 13, 2, 7, 12, 5, 9, 14, 20)                                                                    \
    MD5_FOUR(MD5_H, 32, 5, 8, 11, 14, 4, 11, 16, 23)                                                                   \
    MD5_FOUR(MD5_H, 36, 1, 4, 7, 10, 4, 11, 16, 23)                                                                    \
    MD5_FOUR(MD5_H, 40, 13, 0, 3, 6, 4, 11, 16, 23)                                                                    \
    MD5_FOUR(MD5_H, 44, 9, 12, 15, 2, 4, 11, 16, 23)                                                                   \
    MD5_FOUR(MD5_I, 48, 0, 7, 14, 5, 6, 10, 15, 21)                                                                    \
    MD5_FOUR(MD5_I, 52, 12, 3, 10, 1, 6, 10, 15, 21)                                                                   \
    MD5_FOUR(MD5_I, 56, 8, 15, 6, 13, 6, 10, 15, 21)                                                                   \
    MD5_FOUR(MD5_I, 60, 4, 11, 2, 9, 6, 10, 15, 21)

/* Rows of words, one for each lane, become vectors of the same word of all lanes: log2(lanes) times, each row is interleaved
 * with the one half of them after it. */
#define MD5_ZIP(to, from, half, i, low, high)                                                                          \
    to[2 * (i)] = low(from[i], from[(i) + (half)]);                                                                    \
    to[2 * (i) + 1] = high(from[i], from[(i) + (half)]);
#define MD5_ZIP2(to, from, half, i, low, high) MD5_ZIP(to, from, half, i, low, high) MD5_ZIP(to, from, half, (i) + 1, low, high)
#define MD5_ZIP4(to, from, half, i, low, high) MD5_ZIP2(to, from, half, i, low, high) MD5_ZIP2(to, from, half, (i) + 2, low, high)
#define MD5_LOW_4(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define MD5_HIGH_4(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define MD5_LOW_8(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define MD5_HIGH_8(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define MD5_LOW_16(x, y) __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define MD5_HIGH_16(x, y) __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define MD5_STAGE_4(to, from) MD5_ZIP2(to, from, 2, 0, MD5_LOW_4, MD5_HIGH_4)
#define MD5_STAGE_8(to, from) MD5_ZIP4(to, from, 4, 0, MD5_LOW_8, MD5_HIGH_8)
#define MD5_STAGE_16(to, from)                                                                                         \
    MD5_ZIP4(to, from, 8, 0, MD5_LOW_16, MD5_HIGH_16) MD5_ZIP4(to, from, 8, 4, MD5_LOW_16, MD5_HIGH_16)
#define MD5_TURN_4(x, y) MD5_STAGE_4(y, x) MD5_STAGE_4(x, y)
#define MD5_TURN_8(x, y) MD5_STAGE_8(y, x) MD5_STAGE_8(x, y) MD5_STAGE_8(y, x) memcpy(x, y, sizeof y);
#define MD5_TURN_16(x, y) MD5_STAGE_16(y, x) MD5_STAGE_16(x, y) MD5_STAGE_16(y, x) MD5_STAGE_16(x, y)

/* Lanes that have no job hash nothing in particular into nothing that is used. A lane that ends takes the next job. */
#define MD5_DEFINE(name, lanes, narrower, attributes)                                                                  \
    typedef uint32_t name##_vector __attribute__((vector_size((lanes)*4)));                                            \
    attributes static void name##_blocks(name##_vector h[4], const uint8_t *const data[lanes], uint64_t run)           \
    {                                                                                                                  \
        name##_vector a = h[0], b = h[1], c = h[2], d = h[3], m[16], y[lanes];                                         \
        for (uint64_t at = 0; at < run * 64; at += 64) {                                                               \
            for (int part = 0; part < 16; part += (lanes)) {                                                           \
                name##_vector *x = m + part;                                                                           \
                for (int i = 0; i < (lanes); i++)                                                                      \
                    memcpy(&x[i], data[i] + (data[i] == md5_nothing ? 0 : at) + 4 * part, sizeof x[i]);                \
                MD5_TURN_##lanes(x, y)                                                                                 \
            }                                                                                                          \
            name##_vector a0 = a, b0 = b, c0 = c, d0 = d;                                                              \
            MD5_ROUNDS                                                                                                 \
            a += a0, b += b0, c += c0, d += d0;                                                                        \
        }                                                                                                              \
        h[0] = a, h[1] = b, h[2] = c, h[3] = d;                                                                        \
    }                                                                                                                  \
    attributes static void name(struct md5_job *jobs, uint32_t n)                                                      \
    {                                                                                                                  \
        name##_vector h[4] = {0};                                                                                      \
        const uint8_t *data[lanes];                                                                                    \
        struct md5_job *at[lanes] = {0}, *back[lanes], rest[lanes];                                                    \
        uint32_t next = 0, left = 0;                                                                                   \
        for (;;) {                                                                                                     \
            uint64_t run = UINT64_MAX;                                                                                 \
            uint32_t busy = 0;                                                                                         \
            for (uint32_t i = 0; i < (lanes); i++) {                                                                   \
                for (; !at[i] && next < n; next++)                                                                     \
                    if (jobs[next].blocks > 0) {                                                                       \
                        at[i] = &jobs[next];                                                                           \
                        for (int k = 0; k < 4; k++)                                                                    \
                            h[k][i] = at[i]->of->h[k];                                                                 \
                    }                                                                                                  \
                busy += at[i] != NULL;                                                                                 \
                data[i] = at[i] ? at[i]->data : md5_nothing;                                                           \
                run = at[i] && at[i]->blocks < run ? at[i]->blocks : run;                                              \
            }                                                                                                          \
            if (busy * 4 > (lanes))                                                                                    \
                name##_blocks(h, data, run);                                                                           \
            for (uint32_t i = 0; i < (lanes); i++) {                                                                   \
                if (!at[i])                                                                                            \
                    continue;                                                                                          \
                for (int k = 0; k < 4; k++)                                                                            \
                    at[i]->of->h[k] = h[k][i];                                                                         \
                if (busy * 4 <= (lanes)) { /* few are left: not worth so wide a vector */                              \
                    back[left] = at[i];                                                                                \
                    rest[left++] = *at[i];                                                                             \
                    continue;                                                                                          \
                }                                                                                                      \
                at[i]->data += run * 64;                                                                               \
                at[i]->blocks -= run;                                                                                  \
                at[i] = at[i]->blocks > 0 ? at[i] : NULL;                                                              \
            }                                                                                                          \
            if (busy * 4 <= (lanes))                                                                                   \
                break;                                                                                                 \
        }                                                                                                              \
        narrower(rest, left);                                                                                          \
        for (uint32_t i = 0; i < left; i++)                                                                            \
            *back[i] = rest[i];                                                                                        \
    }

static const uint8_t md5_nothing[64];

/* One after the other. */
static void md5_one(struct md5_job *jobs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct md5_job *at = &jobs[i];
        uint32_t *h = at->of->h, a = h[0], b = h[1], c = h[2], d = h[3], m[16];
        for (; at->blocks > 0; at->blocks--, at->data += 64) {
            uint32_t a0 = a, b0 = b, c0 = c, d0 = d;
            memcpy(m, at->data, 64);
            MD5_ROUNDS
            a += a0, b += b0, c += c0, d += d0;
        }
        h[0] = a, h[1] = b, h[2] = c, h[3] = d;
    }
}

MD5_DEFINE(md5_four, 4, md5_one, )
#if defined(__x86_64__)
MD5_DEFINE(md5_eight, 8, md5_four, __attribute__((target("avx2"))))
MD5_DEFINE(md5_sixteen, 16, md5_four, __attribute__((target("avx512f"))))
#endif

/* The widest that this processor, and the system's saving of registers, has. (No __builtin_cpu_supports: it brings code
 * that runs when the module is loaded.) */
static inline md5_run *md5_widest(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return md5_four;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0xe6) == 0xe6 && (b & bit_AVX512F))
        return md5_sixteen;
    if ((low & 6) == 6 && (b & bit_AVX2))
        return md5_eight;
#endif
    return md5_four;
}

static inline void md5_begin(struct md5 *m)
{
    *m = (struct md5){.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

/* What a state still needs of n bytes, as two jobs: the block that is pending, and the whole ones after it. What is left
 * over is kept. The jobs of one state must run in this order. */
static inline void md5_take(struct md5 *m, const uint8_t *data, size_t n, struct md5_job *first, struct md5_job *rest)
{
    size_t have = (size_t)(m->size % 64), part = have > 0 ? 64 - have : 0;
    *first = *rest = (struct md5_job){m, m->pending, 0, 0};
    m->size += n;
    if (part > n)
        part = n;
    memcpy(m->pending + have, data, part);
    first->blocks = have > 0 && have + part == 64;
    data += part;
    n -= part;
    rest->data = data;
    rest->blocks = n / 64;
    rest->left = n % 64;
}

/* After both have run. */
static inline void md5_keep(const struct md5_job *rest)
{
    memcpy(rest->of->pending, rest->data, rest->left);
}

static inline void md5_add(md5_run *run, struct md5 *m, const uint8_t *data, size_t n)
{
    struct md5_job jobs[2];
    md5_take(m, data, n, &jobs[0], &jobs[1]);
    run(&jobs[0], 1);
    run(&jobs[1], 1);
    md5_keep(&jobs[1]);
}

static inline void md5_end(md5_run *run, struct md5 *m, uint8_t digest[16])
{
    uint8_t tail[72] = {0x80};
    uint64_t bits = m->size * 8;
    size_t zeros = (size_t)(119 - m->size % 64) % 64;
    memcpy(tail + 1 + zeros, &bits, 8); /* x86-64 and arm64 are little endian */
    md5_add(run, m, tail, 1 + zeros + 8);
    memcpy(digest, m->h, 16);
}

#endif
