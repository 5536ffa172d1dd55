/* SPDX-License-Identifier: MIT */
#include "check_input.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

enum { RANDOM_MAX = 64 * 1024, GROWTH = 4096, MAX_CHANGES = 8, SMALLEST = 2, GUARDED = 24 };

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t check_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t n)
{
    return n ? (size_t)(check_random(state) % n) : 0;
}

uint64_t check_random_seed(const struct check_corpus *corpus, enum check_id check, uint64_t number)
{
    return hash64(check_rules[check].id, strlen(check_rules[check].id), corpus->seed) + number * 0xd6e8feb86659fd93u;
}

size_t check_input_room(const struct check_corpus *corpus)
{
    size_t most = RANDOM_MAX;
    for (size_t i = 0; i < corpus->count; i++)
        if (corpus->samples[i].size > most)
            most = corpus->samples[i].size;
    return most + GROWTH;
}

size_t check_spread(uint64_t n, uint64_t count, size_t size)
{
    uint64_t close = count / 2;
    if (size <= count || n < close)
        return n < size ? (size_t)n : size;
    return (size_t)(close + (n - close) * (size - close) / (count - close));
}

/* ---- what there is without samples ---- */

static void fill_random(uint8_t *data, size_t size, uint64_t *state)
{
    for (size_t i = 0; i < size; i += sizeof(uint64_t)) {
        uint64_t r = check_random(state);
        memcpy(data + i, &r, size - i < sizeof r ? size - i : sizeof r);
    }
}

static void make_empty(uint64_t number, struct check_input *in)
{
    in->size = number > 0;
    in->data[0] = (uint8_t)(number - 1);
    if (number)
        (void)snprintf(in->what, sizeof in->what, "the one byte 0x%02x", in->data[0]);
    else
        (void)snprintf(in->what, sizeof in->what, "an empty source");
}

static void make_random(uint64_t *state, struct check_input *in)
{
    size_t scale = (size_t)1 << (4 + below(state, 13)); /* as many short ones as long ones */
    in->size = SMALLEST + below(state, scale < RANDOM_MAX ? scale : RANDOM_MAX);
    if (in->size > RANDOM_MAX)
        in->size = RANDOM_MAX;
    fill_random(in->data, in->size, state);
    (void)snprintf(in->what, sizeof in->what, "%zu random bytes", in->size);
}

#define BYTES(text) (text), sizeof(text) - 1
static const struct foreign {
    const char *name, *bytes;
    size_t size, repeat; /* the last byte fills up to `repeat` bytes */
} foreign[] = {
    {"PNG", BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"), 0},
    {"JPEG", BYTES("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9"), 0},
    {"GIF", BYTES("GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;"), 0},
    {"TIFF", BYTES("II*\0\x08\0\0\0\xff\xff\0"), 4096},
    {"PDF", BYTES("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), 0},
    {"ZIP", BYTES("PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0aPK\5\6\0"), 64},
    {"gzip", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"), 0},
    {"tar", BYTES("name\0"), 10240},
    {"ELF",
     BYTES("\x7f"
           "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0\0"),
     4096},
    {"RIFF", BYTES("RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff\1\0\2\0\x44\xac\0"), 128},
    {"FLAC", BYTES("fLaC\x80\0\0\x22\x10\0\x10\0\0"), 64},
    {"MP4",
     BYTES("\0\0\0\x18"
           "ftypisom\0\0\2\0isomiso2\xff\xff\xff\xffmoov\0"),
     128},
    {"Ogg", BYTES("OggS\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1\x1e\1vorbis\0"), 64},
    {"SQLite", BYTES("SQLite format 3\0\x10\0\1\1\0@  \0"), 4096},
    {"XML", BYTES("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a x='1'>&b;<b/></a>\n"), 0},
    {"JSON", BYTES("{\"a\":[1,2.5e300,null,true,\"\\u00e9\"],\"b\":{\"c\":{}}}\n"), 0},
    {"CSV", BYTES("a,b,\"c\"\"d\"\n1,,\"x\ny\"\r\n"), 0},
    {"UTF-16 text", BYTES("\xff\xfeh\0i\0\n\0"), 0},
    {"text without an end of line", BYTES("a"), 60000},
    {"zeros", BYTES("\0\0"), 65536},
    {"ones", BYTES("\xff\xff"), 65536},
    {"opening brackets", BYTES("[["), 50000},
};
enum { FOREIGN = sizeof foreign / sizeof *foreign };

static void make_foreign(uint64_t number, struct check_input *in)
{
    const struct foreign *f = &foreign[number % FOREIGN];
    memcpy(in->data, f->bytes, f->size);
    in->size = f->size;
    if (f->repeat > f->size) {
        memset(in->data + f->size, f->bytes[f->size - 1], f->repeat - f->size);
        in->size = f->repeat;
    }
    (void)snprintf(in->what, sizeof in->what, "%zu bytes of another type (%s)", in->size, f->name);
}

/* ---- from samples ---- */

/* Which sample a number belongs to, and its number among that sample's: in turns. */
static const struct check_sample *turn(const struct check_corpus *c, uint64_t number, uint64_t *among,
                                       struct check_input *in)
{
    const struct check_sample *s = &c->samples[number % c->count];
    *among = number / c->count;
    memcpy(in->data, s->data, s->size);
    in->size = s->size;
    in->name = (struct adit_text){s->name, s->name_size};
    in->media = s->media;
    return s;
}

static uint64_t each_sample(const struct check_corpus *c)
{
    return c->count ? (c->effort + c->count - 1) / c->count : 0;
}

static void make_truncated(const struct check_corpus *c, uint64_t number, struct check_input *in)
{
    uint64_t n;
    const struct check_sample *s = turn(c, number, &n, in);
    size_t size = SMALLEST + check_spread(n, each_sample(c), s->size > SMALLEST ? s->size - SMALLEST : 0);
    if (size < in->size)
        in->size = size;
    (void)snprintf(in->what, sizeof in->what, "sample %.80s, cut to %zu of %zu bytes", s->name, in->size, s->size);
}

static void make_flipped(const struct check_corpus *c, uint64_t number, uint64_t *state, struct check_input *in)
{
    uint64_t n;
    const struct check_sample *s = turn(c, number, &n, in);
    if (s->size == 0)
        return;
    /* The head bit by bit with half of the effort, then anywhere. */
    uint64_t bit = n < each_sample(c) / 2 ? n % (s->size * 8) : check_random(state) % (s->size * 8);
    in->data[bit / 8] = (uint8_t)(in->data[bit / 8] ^ 1u << bit % 8);
    (void)snprintf(in->what, sizeof in->what, "sample %.80s, bit %u of byte %llu flipped", s->name, (unsigned)(bit % 8),
                   (unsigned long long)(bit / 8));
}

/* Whole, nearly whole and cut samples, each at the end and at the beginning of its pages (the number's parity says which). */
static void make_guarded(const struct check_corpus *c, uint64_t number, struct check_input *in)
{
    uint64_t n;
    const struct check_sample *s = turn(c, number, &n, in);
    n /= 2;
    if (n > 0 && n <= 4)
        in->size -= in->size >= n ? (size_t)n : 0;
    else if (n > 4)
        in->size = (size_t)(s->size * (GUARDED / 2 - n) / (GUARDED / 2 - 4));
    (void)snprintf(in->what, sizeof in->what, "sample %.80s, %zu of %zu bytes, %s unreadable memory", s->name, in->size,
                   s->size, number / c->count % 2 ? "behind" : "before");
}

static void put_number(uint8_t *at, size_t room, uint64_t *state)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     0x7f,
                                     0x80,
                                     0xff,
                                     0x7fff,
                                     0x8000,
                                     0xffff,
                                     0x7fffffff,
                                     0x80000000u,
                                     0xffffffffu,
                                     0xfffffffe,
                                     0x7fffffffffffffff,
                                     0x8000000000000000u,
                                     UINT64_MAX};
    uint64_t v = edges[below(state, sizeof edges / sizeof *edges)];
    size_t size = (size_t)1 << below(state, 4);
    bool big = check_random(state) & 1;
    for (size_t i = 0; i < size && i < room; i++)
        at[i] = (uint8_t)(v >> 8 * (big ? size - 1 - i : i));
}

/* Moves what is behind `at`: n bytes are taken out, or a copy of the n bytes at `from` is put in. */
static void change_size(const struct check_corpus *c, struct check_input *in, uint64_t *state)
{
    size_t at = below(state, in->size), n = 1 + below(state, 64), room = check_input_room(c) - in->size;
    if (check_random(state) & 1) {
        n = n < in->size - at ? n : in->size - at;
        memmove(in->data + at, in->data + at + n, in->size - at - n);
        in->size -= n;
        return;
    }
    size_t from = below(state, in->size);
    n = n < room ? n : room;
    n = n < in->size - from ? n : in->size - from;
    uint8_t copy[64];
    memcpy(copy, in->data + from, n);
    memmove(in->data + at + n, in->data + at, in->size - at);
    memcpy(in->data + at, copy, n);
    in->size += n;
}

static void change(const struct check_corpus *c, struct check_input *in, uint64_t *state)
{
    if (in->size == 0)
        return;
    size_t at = below(state, in->size), left = in->size - at;
    const struct check_sample *other = &c->samples[below(state, c->count)];
    switch (below(state, 7)) {
    case 0:
        in->data[at] = (uint8_t)check_random(state);
        break;
    case 1:
        in->data[at] = (uint8_t)(in->data[at] ^ 1u << below(state, 8));
        break;
    case 2:
        put_number(in->data + at, left, state);
        break;
    case 3:
        fill_random(in->data + at, left < 16 ? left : 16, state);
        break;
    case 4:
        change_size(c, in, state);
        break;
    case 5: /* the rest of another sample */
        if (other->size > at) {
            size_t n = other->size - at;
            memcpy(in->data + at, other->data + at, n);
            in->size = at + n;
        }
        break;
    default:
        in->size = at;
        break;
    }
}

static void make_fuzzed(const struct check_corpus *c, uint64_t number, uint64_t *state, struct check_input *in)
{
    uint64_t n;
    const struct check_sample *s = turn(c, number, &n, in);
    size_t changes = 1 + below(state, MAX_CHANGES);
    for (size_t i = 0; i < changes; i++)
        change(c, in, state);
    if (in->size < SMALLEST) {
        memset(in->data + in->size, 0, SMALLEST - in->size);
        in->size = SMALLEST;
    }
    (void)snprintf(in->what, sizeof in->what, "sample %.80s with %zu changes, %zu bytes", s->name, changes, in->size);
}

uint64_t check_input_count(const struct check_corpus *c, enum check_id check)
{
    switch (check) {
    case CHECK_INPUT_EMPTY:
        return 257;
    case CHECK_INPUT_RANDOM:
        return c->effort;
    case CHECK_INPUT_FOREIGN:
        return FOREIGN;
    case CHECK_INPUT_SAMPLE:
        return c->count;
    case CHECK_INPUT_TRUNCATED:
    case CHECK_INPUT_FLIPPED:
        return each_sample(c) * c->count;
    case CHECK_INPUT_GUARD:
        return (uint64_t)GUARDED * c->count;
    case CHECK_INPUT_FUZZ:
        return c->count ? c->effort : 0;
    default:
        return 0;
    }
}

void check_input_make(const struct check_corpus *c, enum check_id check, uint64_t number, struct check_input *in)
{
    uint64_t state = check_random_seed(c, check, number), among;
    in->name = in->media = (struct adit_text){NULL, 0};
    in->size = 0;
    in->what[0] = '\0';
    switch (check) {
    case CHECK_INPUT_EMPTY:
        make_empty(number, in);
        break;
    case CHECK_INPUT_RANDOM:
        make_random(&state, in);
        break;
    case CHECK_INPUT_FOREIGN:
        make_foreign(number, in);
        break;
    case CHECK_INPUT_TRUNCATED:
        make_truncated(c, number, in);
        break;
    case CHECK_INPUT_FLIPPED:
        make_flipped(c, number, &state, in);
        break;
    case CHECK_INPUT_GUARD:
        make_guarded(c, number, in);
        break;
    case CHECK_INPUT_FUZZ:
        make_fuzzed(c, number, &state, in);
        break;
    default:
        (void)snprintf(in->what, sizeof in->what, "sample %.80s", turn(c, number, &among, in)->name);
        break;
    }
}
