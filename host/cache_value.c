/* SPDX-License-Identifier: MIT */
#include "cache_value.h"

#include <errno.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fields.h"

enum { HEAD = 92, CHECKED = 16, FLAG_LZ4 = 1, MIN_TO_COMPRESS = 96 };
enum { TREE_TRUNCATED = 1, TREE_SAME_TYPE = 2 };
enum { PART_HAS_STREAMS = 1 };
enum { STAMP_EXISTS = 1 };
/* The least that one takes: bounds how much memory a count can ask for. */
enum {
    MIN_STRING = 2,
    MIN_PART = 2 + CACHE_VALUE_KEY + 3 * MIN_STRING + 3,
    MIN_TREE = 2 + 5 * MIN_STRING + 3 + 3,
    MIN_DEPENDENCY = MIN_STRING + 6
};

/* ---- writing ---- */

static void put_bytes(struct buf *b, const char *data, size_t size)
{
    put_varint(b, size);
    buf_add(b, data, size);
    buf_putc(b, '\0');
}

static void put_string(struct buf *b, const char *text)
{
    put_bytes(b, text, text ? strlen(text) : 0);
}

static void put_strings(struct buf *b, const char *const *texts, size_t count)
{
    put_varint(b, count);
    for (size_t i = 0; i < count; i++)
        put_string(b, texts[i]);
}

static void put_signed(struct buf *b, int64_t v)
{
    put_varint(b, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

static void put_part(struct buf *b, const struct part *part)
{
    buf_putc(b, (char)part->status);
    buf_putc(b, part->produced_streams ? PART_HAS_STREAMS : 0);
    buf_add(b, part->fingerprint, sizeof part->fingerprint);
    put_string(b, part->plugin);
    put_string(b, part->version);
    put_string(b, part->reason);
    put_strings(b, part->warnings, part->warning_count);
    put_strings(b, part->artifacts, part->artifact_count);
    put_varint(b, part->fields_size);
    buf_add(b, part->fields, part->fields_size);
}

static void put_dependency(struct buf *b, const struct dependency *d)
{
    put_string(b, d->path);
    buf_putc(b, d->stamp.exists ? STAMP_EXISTS : 0);
    put_varint(b, d->stamp.device);
    put_varint(b, d->stamp.inode);
    put_varint(b, d->stamp.size);
    put_signed(b, d->stamp.mtime_ns);
    put_signed(b, d->stamp.ctime_ns);
}

static void put_head(struct buf *b, const struct result *r)
{
    const char *media = r->media ? r->media : "", *detected = r->detected ? r->detected : "";
    bool same = strcmp(media, detected) == 0;
    buf_putc(b, (char)((r->truncated ? TREE_TRUNCATED : 0) | (same ? TREE_SAME_TYPE : 0)));
    buf_putc(b, (char)r->error);
    put_string(b, media);
    if (!same)
        put_string(b, detected);
    put_string(b, r->error_text);
    put_string(b, r->source_plugin);
    put_string(b, r->limit);
    put_varint(b, r->size);
    put_signed(b, r->mtime_ns);
    put_varint(b, r->offset + 1); /* none, UINT64_MAX, becomes 0 */
}

/* *whole becomes false where parts were left out. 0, 1 or -E2BIG as cache_value_encode. */
static int put_tree(struct buf *b, const struct result *r, unsigned depth, bool *whole)
{
    if (depth == CACHE_VALUE_DEPTH)
        return -E2BIG;
    put_head(b, r);
    if (depth == 0)
        put_bytes(b, "", 0); /* the path, which the value has already */
    else
        put_bytes(b, r->name, r->name_size);
    size_t kept = 0;
    for (size_t i = 0; i < r->part_count; i++)
        kept += part_status_is_cacheable(r->parts[i].status);
    *whole = *whole && kept == r->part_count;
    put_varint(b, kept);
    for (size_t i = 0; i < r->part_count; i++)
        if (part_status_is_cacheable(r->parts[i].status))
            put_part(b, &r->parts[i]);
    put_varint(b, r->dependency_count);
    for (size_t i = 0; i < r->dependency_count; i++) {
        if (r->dependencies[i].stamp.racy)
            return 1;
        put_dependency(b, &r->dependencies[i]);
    }
    put_varint(b, r->stream_count);
    for (size_t i = 0; i < r->stream_count; i++) {
        int error = put_tree(b, &r->streams[i], depth + 1, whole);
        if (error)
            return error;
        if (b->size > CACHE_VALUE_MAX)
            return -E2BIG;
    }
    return 0;
}

static uint64_t checksum(const unsigned char *value, size_t size)
{
    uint64_t seed;
    memcpy(&seed, value, sizeof seed);
    return hash64(value + CHECKED, size - CHECKED, seed);
}

/* Appends the tree, compressed where that is smaller. Returns whether it is. */
static bool put_body(struct cache_encoder *c, struct buf *out)
{
    put_varint(out, c->tree.size);
    if (c->tree.size >= MIN_TO_COMPRESS && !c->lz4)
        c->lz4 = malloc((size_t)LZ4_sizeofState());
    if (c->tree.size >= MIN_TO_COMPRESS && c->lz4) {
        /* Not given more room than the tree itself takes: what does not shrink fails and is kept as it is. */
        char *to = buf_reserve(out, c->tree.size);
        int n =
            to ? LZ4_compress_fast_extState(c->lz4, c->tree.data, to, (int)c->tree.size, (int)c->tree.size - 1, 1) : 0;
        if (n > 0) {
            out->size += (size_t)n;
            return true;
        }
    }
    buf_add(out, c->tree.data, c->tree.size);
    return false;
}

int cache_value_encode(struct cache_encoder *c, struct buf *out, const struct cache_value_head *head,
                       const struct result *r)
{
    if (r->error != RESULT_READ || head->stamp.racy || !head->stamp.exists)
        return 1;
    if (head->path_size > CACHE_VALUE_MAX)
        return -E2BIG;
    bool whole = true;
    buf_reset(&c->tree);
    int error = put_tree(&c->tree, r, 0, &whole);
    if (error)
        return error;
    if (c->tree.failed)
        return -ENOMEM;
    if (c->tree.size > CACHE_VALUE_MAX)
        return -E2BIG;
    size_t start = out->size;
    unsigned char raw[HEAD] = {CACHE_VALUE_VERSION};
    uint32_t path_size = (uint32_t)head->path_size;
    memcpy(raw + 4, &head->day, 4);
    memcpy(raw + 16, &head->stamp.device, 8);
    memcpy(raw + 24, &head->stamp.inode, 8);
    memcpy(raw + 32, &head->stamp.size, 8);
    memcpy(raw + 40, &head->stamp.mtime_ns, 8);
    memcpy(raw + 48, &head->stamp.ctime_ns, 8);
    if (whole)
        memcpy(raw + 56, head->registry_key, CACHE_VALUE_KEY);
    memcpy(raw + 88, &path_size, 4);
    buf_add(out, raw, sizeof raw);
    buf_add(out, head->path, head->path_size);
    bool compressed = put_body(c, out);
    if (out->failed) {
        out->size = start;
        return -ENOMEM;
    }
    unsigned char *value = (unsigned char *)out->data + start;
    value[1] = compressed ? FLAG_LZ4 : 0;
    uint64_t sum = checksum(value, out->size - start);
    memcpy(value + 8, &sum, 8);
    return 0;
}

void cache_encoder_release(struct cache_encoder *c)
{
    buf_release(&c->tree);
    free(c->lz4);
    *c = (struct cache_encoder){0};
}

/* ---- reading ---- */

int cache_value_head(const void *value, size_t size, struct cache_value_head *out)
{
    const unsigned char *raw = value;
    uint32_t path_size;
    if (size < HEAD || raw[0] != CACHE_VALUE_VERSION)
        return -EBADMSG;
    memcpy(&path_size, raw + 88, 4);
    if (path_size > size - HEAD)
        return -EBADMSG;
    *out = (struct cache_value_head){.path = (const char *)raw + HEAD, .path_size = path_size, .stamp.exists = true};
    memcpy(&out->day, raw + 4, 4);
    memcpy(&out->stamp.device, raw + 16, 8);
    memcpy(&out->stamp.inode, raw + 24, 8);
    memcpy(&out->stamp.size, raw + 32, 8);
    memcpy(&out->stamp.mtime_ns, raw + 40, 8);
    memcpy(&out->stamp.ctime_ns, raw + 48, 8);
    memcpy(out->registry_key, raw + 56, CACHE_VALUE_KEY);
    return 0;
}

/* Reading a tree. `error` is sticky: 0, -EBADMSG or -ENOMEM. */
struct decoder {
    const uint8_t *at, *end;
    struct arena *arena;
    int error;
};

static void fail(struct decoder *d, int error)
{
    if (d->error == 0)
        d->error = error;
    d->at = d->end;
}

static uint64_t take_varint(struct decoder *d)
{
    uint64_t v = 0;
    if (d->at < d->end && *d->at < 0x80)
        return *d->at++;
    if (!get_varint(&d->at, d->end, &v))
        fail(d, -EBADMSG);
    return v;
}

static int64_t take_signed(struct decoder *d)
{
    uint64_t v = take_varint(d);
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static uint8_t take_byte(struct decoder *d, uint8_t max)
{
    if (d->at == d->end || *d->at > max) {
        fail(d, -EBADMSG);
        return 0;
    }
    return *d->at++;
}

static const uint8_t *take_bytes(struct decoder *d, size_t size)
{
    static const uint8_t nothing[CACHE_VALUE_KEY];
    if (size > (size_t)(d->end - d->at)) {
        fail(d, -EBADMSG);
        return nothing;
    }
    const uint8_t *p = d->at;
    d->at += size;
    return p;
}

/* A count of things of which each takes at least `least` bytes. */
static size_t take_count(struct decoder *d, size_t least)
{
    uint64_t n = take_varint(d);
    if (n > (uint64_t)(d->end - d->at) / least) {
        fail(d, -EBADMSG);
        return 0;
    }
    return (size_t)n;
}

static const char *take_name(struct decoder *d, size_t *size)
{
    uint64_t n = take_varint(d);
    *size = 0;
    if (d->error || n >= (uint64_t)(d->end - d->at) || d->at[n] != '\0') {
        fail(d, -EBADMSG);
        return "";
    }
    *size = (size_t)n;
    return (const char *)take_bytes(d, (size_t)n + 1);
}

static const char *take_string(struct decoder *d)
{
    size_t size;
    const char *text = take_name(d, &size);
    if (size > 0 && memchr(text, '\0', size)) {
        fail(d, -EBADMSG);
        return "";
    }
    return text;
}

static void *take_array(struct decoder *d, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *array = arena_array(d->arena, count, size);
    if (!array)
        fail(d, -ENOMEM);
    return array;
}

static const char **take_strings(struct decoder *d, size_t *count)
{
    size_t n = take_count(d, MIN_STRING);
    const char **texts = take_array(d, n, sizeof *texts);
    for (size_t i = 0; i < n && texts; i++)
        texts[i] = take_string(d);
    *count = texts ? n : 0;
    return texts;
}

static void take_part(struct decoder *d, struct part *part)
{
    part->status = (enum part_status)take_byte(d, PART_STATUS_COUNT - 1);
    part->produced_streams = take_byte(d, PART_HAS_STREAMS) != 0;
    memcpy(part->fingerprint, take_bytes(d, sizeof part->fingerprint), sizeof part->fingerprint);
    part->plugin = take_string(d);
    part->version = take_string(d);
    part->reason = take_string(d);
    part->warnings = take_strings(d, &part->warning_count);
    part->artifacts = take_strings(d, &part->artifact_count);
    part->fields_size = take_count(d, 1);
    part->fields = take_bytes(d, part->fields_size);
}

static void take_dependency(struct decoder *d, struct dependency *out)
{
    out->path = take_string(d);
    out->stamp.exists = take_byte(d, STAMP_EXISTS) != 0;
    out->stamp.device = take_varint(d);
    out->stamp.inode = take_varint(d);
    out->stamp.size = take_varint(d);
    out->stamp.mtime_ns = take_signed(d);
    out->stamp.ctime_ns = take_signed(d);
}

static void take_head(struct decoder *d, struct result *r)
{
    uint8_t flags = take_byte(d, TREE_TRUNCATED | TREE_SAME_TYPE);
    r->truncated = flags & TREE_TRUNCATED;
    r->from_cache = true;
    r->error = (enum result_error)take_byte(d, RESULT_CHANGED);
    r->media = take_string(d);
    r->detected = flags & TREE_SAME_TYPE ? r->media : take_string(d);
    r->error_text = take_string(d);
    r->source_plugin = take_string(d);
    r->limit = take_string(d);
    r->size = take_varint(d);
    r->mtime_ns = take_signed(d);
    r->offset = take_varint(d) - 1;
    r->name = take_name(d, &r->name_size);
}

static void take_tree(struct decoder *d, struct result *r, unsigned depth)
{
    if (depth == CACHE_VALUE_DEPTH) {
        fail(d, -EBADMSG);
        return;
    }
    take_head(d, r);
    r->part_count = take_count(d, MIN_PART);
    r->parts = take_array(d, r->part_count, sizeof *r->parts);
    for (size_t i = 0; i < r->part_count && !d->error; i++)
        take_part(d, &r->parts[i]);
    r->dependency_count = take_count(d, MIN_DEPENDENCY);
    r->dependencies = take_array(d, r->dependency_count, sizeof *r->dependencies);
    for (size_t i = 0; i < r->dependency_count && !d->error; i++)
        take_dependency(d, &r->dependencies[i]);
    r->stream_count = take_count(d, MIN_TREE);
    r->streams = take_array(d, r->stream_count, sizeof *r->streams);
    for (size_t i = 0; i < r->stream_count && !d->error; i++)
        take_tree(d, &r->streams[i], depth + 1);
}

/* The tree's bytes, in the arena; NULL with d->error set. */
static const uint8_t *unpack(struct decoder *d, bool compressed, size_t *size)
{
    uint64_t n = take_varint(d);
    size_t left = (size_t)(d->end - d->at);
    if (d->error || n > CACHE_VALUE_MAX || (!compressed && n != left) || left > INT32_MAX) {
        fail(d, -EBADMSG);
        return NULL;
    }
    *size = (size_t)n;
    if (!compressed) {
        uint8_t *copy = arena_dup(d->arena, d->at, left);
        if (!copy)
            fail(d, -ENOMEM);
        return copy;
    }
    char *tree = arena_alloc(d->arena, (size_t)n);
    if (!tree)
        fail(d, -ENOMEM);
    else if (LZ4_decompress_safe((const char *)d->at, tree, (int)left, (int)n) != (int)n)
        fail(d, -EBADMSG);
    return (const uint8_t *)tree;
}

int cache_value_decode(const void *value, size_t size, struct arena *arena, struct result **out)
{
    struct cache_value_head head;
    const unsigned char *raw = value;
    uint64_t sum;
    int error = cache_value_head(value, size, &head);
    if (error)
        return error;
    memcpy(&sum, raw + 8, 8);
    if (sum != checksum(raw, size) || raw[1] > FLAG_LZ4)
        return -EBADMSG;
    struct decoder d = {.at = raw + HEAD + head.path_size, .end = raw + size, .arena = arena};
    size_t tree_size = 0;
    const uint8_t *tree = unpack(&d, raw[1] == FLAG_LZ4, &tree_size);
    if (d.error)
        return d.error;
    struct result *r = arena_alloc(arena, sizeof *r);
    if (!r)
        return -ENOMEM;
    d.at = tree;
    d.end = tree + tree_size;
    take_tree(&d, r, 0);
    if (!d.error && d.at != d.end)
        return -EBADMSG;
    if (!d.error)
        *out = r;
    return d.error;
}
