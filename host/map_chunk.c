/* SPDX-License-Identifier: MIT */
#include "map_chunk.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "fields.h"

void map_texts_offsets(const struct map_texts *t, uint32_t *out)
{
    const char *at = t->bytes.data;
    for (uint32_t i = 0; i < t->count; i++) {
        out[i] = (uint32_t)(at - t->bytes.data);
        (void)map_texts_next(&at);
    }
    out[t->count] = (uint32_t)t->bytes.size;
}

bool map_plain(const char *text, size_t size)
{
    size_t i = 0;
    for (uint64_t eight; size - i >= sizeof eight; i += sizeof eight) {
        memcpy(&eight, text + i, sizeof eight);
        if (!map_plain8(eight))
            return false;
    }
    for (; i < size; i++)
        if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] >= 0x80 || text[i] == '\\')
            return false;
    return true;
}

/* ---- links ---- */

bool map_links_add_record(struct map_links *l, const uint8_t *record, size_t size)
{
    uint32_t count;
    memcpy(&count, record, sizeof count);
    size_t heads_size = count * sizeof(struct link_head), bytes = size - sizeof count - heads_size;
    if (!vec_grow(&l->heads, &l->capacity, l->count + count, sizeof *l->heads))
        return false;
    memcpy(l->heads + l->count, record + sizeof count, heads_size);
    uint32_t before = l->count ? l->heads[l->count - 1].id : 0;
    bool unsorted = false;
    for (size_t i = 0; i < count; i++) {
        unsorted |= l->heads[l->count + i].id < before;
        before = l->heads[l->count + i].id;
    }
    l->unsorted |= unsorted;
    l->count += count;
    buf_add(&l->bytes, record + sizeof count + heads_size, bytes);
    return !l->bytes.failed;
}

bool map_links_add(struct map_links *l, uint32_t id, struct adit_text target, uint32_t flags)
{
    if (!vec_grow(&l->heads, &l->capacity, l->count + 1, sizeof *l->heads))
        return false;
    l->unsorted |= l->count > 0 && id < l->heads[l->count - 1].id;
    l->heads[l->count++] = (struct link_head){id, (uint32_t)target.size << 8 | flags};
    buf_add(&l->bytes, target.data, target.size);
    return !l->bytes.failed;
}

/* The places that links go to, by counting; at[] is of `ids` + 1. */
static void count_places(const struct map_links *l, uint32_t *at, uint32_t ids)
{
    for (size_t i = 0; i < l->count; i++)
        at[l->heads[i].id + 1]++;
    for (uint32_t i = 0; i < ids; i++)
        at[i + 1] += at[i];
}

bool map_links_sort(struct map_links *l, uint32_t ids, void *extra, size_t extra_size)
{
    if (!l->unsorted)
        return true;
    uint32_t *at = calloc((size_t)ids + 1, sizeof *at);
    struct link_head *heads = malloc(l->count * sizeof *heads);
    size_t *offsets = malloc(l->count * sizeof *offsets);
    char *bytes = malloc(l->bytes.size + 1), *extras = extra ? malloc(l->count * extra_size) : NULL;
    bool done = at && heads && offsets && bytes && (!extra || extras);
    if (done) {
        size_t offset = 0;
        count_places(l, at, ids);
        for (size_t i = 0; i < l->count; i++) {
            uint32_t place = at[l->heads[i].id]++;
            heads[place] = l->heads[i];
            offsets[place] = offset;
            offset += l->heads[i].size_flags >> 8;
            if (extra)
                memcpy(extras + place * extra_size, (char *)extra + i * extra_size, extra_size);
        }
        offset = 0;
        for (size_t i = 0; i < l->count; i++) {
            size_t n = heads[i].size_flags >> 8;
            memcpy(bytes + offset, l->bytes.data + offsets[i], n);
            offset += n;
        }
        memcpy(l->heads, heads, l->count * sizeof *heads);
        if (offset)
            memcpy(l->bytes.data, bytes, offset);
        if (extra)
            memcpy(extra, extras, l->count * extra_size);
        l->unsorted = false;
    }
    free(at);
    free(heads);
    free(offsets);
    free(bytes);
    free(extras);
    return done;
}

static void links_reset(struct map_links *l)
{
    l->count = 0;
    l->unsorted = false;
    buf_reset(&l->bytes);
}

void map_links_release(struct map_links *l)
{
    free(l->heads);
    buf_release(&l->bytes);
    *l = (struct map_links){0};
}

/* ---- chunks ---- */

struct map_chunk *map_chunk_new(void)
{
    struct map_chunk *c = calloc(1, sizeof *c);
    if (c)
        c->plain = true;
    return c;
}

void map_chunk_reset(struct map_chunk *c)
{
    free(c->faults);
    free(c->input_of);
    free(c->part_of);
    free(c->found);
    c->faults = NULL;
    c->input_of = c->part_of = NULL;
    c->found = NULL;
    c->found_capacity = 0;
    c->next = NULL;
    c->run = NULL;
    c->done = c->composite = false;
    c->plain = true;
    buf_reset(&c->inputs.bytes);
    buf_reset(&c->rows.bytes);
    buf_reset(&c->through);
    c->inputs.count = c->rows.count = 0;
    links_reset(&c->links);
}

void map_chunk_free(struct map_chunk *c)
{
    if (!c)
        return;
    map_chunk_reset(c);
    buf_release(&c->inputs.bytes);
    buf_release(&c->rows.bytes);
    buf_release(&c->through);
    map_links_release(&c->links);
    free(c);
}

bool map_chunk_set_fault(struct map_chunk *c, uint32_t input, uint8_t fault)
{
    if (!c->faults && !(c->faults = calloc(MAP_CHUNK_BYTES + 1, 1)))
        return false;
    c->faults[input] = fault;
    return true;
}

static enum map_fault fault_of(const char *text, size_t size, uint64_t whole_size)
{
    if (size == 0)
        return MAP_FAULT_EMPTY;
    if (whole_size > MAP_ID)
        return MAP_FAULT_LONG;
    if (memchr(text, '\0', size))
        return MAP_FAULT_NUL;
    return utf8_valid(text, size) ? MAP_FAULT_NONE : MAP_FAULT_UTF8;
}

bool map_chunk_add(struct map_chunk *c, const char *text, size_t size, uint64_t whole_size)
{
    size = size > MAP_ID ? MAP_ID : size;
    if (whole_size <= MAP_ID && size > 0 && map_plain(text, size)) {
        map_texts_add(&c->inputs, text, size);
        return !c->inputs.bytes.failed;
    }
    enum map_fault fault = fault_of(text, size, whole_size);
    c->plain = false;
    if (fault && !map_chunk_set_fault(c, c->inputs.count, (uint8_t)fault))
        return false;
    map_texts_add(&c->inputs, text, size);
    return !c->inputs.bytes.failed;
}
