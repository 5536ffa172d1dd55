/* SPDX-License-Identifier: MIT */
#include <adit/chunks.h>

#define RIFF ADIT_FOURCC('R', 'I', 'F', 'F')
#define RIFX ADIT_FOURCC('R', 'I', 'F', 'X')
#define RF64 ADIT_FOURCC('R', 'F', '6', '4')
#define BW64 ADIT_FOURCC('B', 'W', '6', '4')
#define FORM ADIT_FOURCC('F', 'O', 'R', 'M')
#define LIST ADIT_FOURCC('L', 'I', 'S', 'T')
#define CAT ADIT_FOURCC('C', 'A', 'T', ' ')
#define PROP ADIT_FOURCC('P', 'R', 'O', 'P')
#define DS64 ADIT_FOURCC('d', 's', '6', '4')
#define DATA ADIT_FOURCC('d', 'a', 't', 'a')

static bool is_big_endian(uint32_t form)
{
    return form == RIFX || form == FORM || form == CAT || form == PROP;
}

/* EBU Tech 3306, 3: after the head come the container's size, the data chunk's, the sample count, and a table of others. */
static void find_ds64(struct adit_chunks *w)
{
    struct adit_cursor c = w->cursor;
    if (adit_read_u32be(&c) != DS64)
        return;
    uint64_t size = adit_read_u32le(&c), at = c.at;
    uint64_t container = adit_read_u64le(&c);
    if (size < 28 || size > adit_left(&c) + 8 || !adit_ok(&c))
        return;
    w->ds64 = at;
    w->ds64_end = at + size;
    if (w->size == UINT32_MAX)
        w->size = container;
}

/* The 64-bit size of a chunk whose 32 bits say -1; UINT64_MAX: it is not told. */
static uint64_t size_in_ds64(const struct adit_chunks *w, uint32_t id)
{
    if (!w->ds64)
        return UINT64_MAX;
    struct adit_cursor c = adit_cursor_range(&w->cursor, w->ds64, w->ds64_end - w->ds64);
    adit_skip(&c, 8);
    uint64_t data = adit_read_u64le(&c);
    if (id == DATA)
        return adit_ok(&c) ? data : UINT64_MAX;
    adit_skip(&c, 8);
    uint32_t entries = adit_read_u32le(&c);
    for (uint32_t i = 0; i < entries && adit_left(&c) >= 12; i++) {
        uint32_t entry = adit_read_u32be(&c);
        uint64_t size = adit_read_u64le(&c);
        if (entry == id && adit_ok(&c))
            return size;
    }
    return UINT64_MAX;
}

bool adit_chunks_open(struct adit_chunks *w, const struct adit_cursor *c)
{
    struct adit_cursor whole = *c;
    w->cursor = adit_sub(&whole, adit_left(&whole));
    w->ds64 = w->ds64_end = 0;
    w->truncated = w->too_many = false;
    w->count = 0;
    w->form = adit_read_u32be(&w->cursor);
    bool wide = w->form == RF64 || w->form == BW64;
    if (w->form != LIST) /* in IFF too there is a LIST: the outer container tells */
        w->cursor.big_endian = is_big_endian(w->form);
    if (!wide && w->form != RIFF && w->form != LIST && !is_big_endian(w->form))
        return false;
    w->size = adit_read_u32(&w->cursor);
    uint64_t body = w->cursor.at;
    w->type = adit_read_u32be(&w->cursor);
    if (!adit_ok(&w->cursor))
        return false;
    if (wide)
        find_ds64(w);
    if (w->size == UINT32_MAX)
        w->size = UINT64_MAX;
    uint64_t room = w->cursor.end - body;
    w->truncated = w->size > room && w->size != UINT64_MAX;
    if (w->size >= 4 && w->size < room)
        w->cursor.end = body + w->size;
    return true;
}

bool adit_next_chunk(struct adit_chunks *w, struct adit_chunk *chunk)
{
    struct adit_cursor *c = &w->cursor;
    if (adit_left(c) < 8) {
        w->truncated |= adit_left(c) > 1; /* one byte is padding */
        return false;
    }
    if (w->count == ADIT_CHUNKS_MAX) {
        w->too_many = true;
        return false;
    }
    w->count++;
    chunk->offset = c->at;
    chunk->id = adit_read_u32be(c);
    chunk->size = adit_read_u32(c);
    chunk->data = c->at;
    adit_fourcc_name(chunk->id, chunk->name);
    if (!adit_ok(c))
        return false;
    if (chunk->size == UINT32_MAX)
        chunk->size = size_in_ds64(w, chunk->id);
    uint64_t left = adit_left(c);
    if (chunk->size == UINT64_MAX)
        chunk->size = left;
    w->truncated |= chunk->size > left;
    chunk->available = chunk->size < left ? chunk->size : left;
    adit_skip(c, chunk->available);
    if ((chunk->size & 1) && adit_left(c) > 0)
        adit_skip(c, 1);
    return true;
}

bool adit_chunk_enter(const struct adit_chunks *w, const struct adit_chunk *chunk, struct adit_chunks *inner)
{
    struct adit_cursor c = adit_cursor_range(&w->cursor, chunk->offset, chunk->data - chunk->offset + chunk->available);
    return adit_chunks_open(inner, &c);
}

struct adit_cursor adit_chunk_cursor(const struct adit_chunks *w, const struct adit_chunk *chunk)
{
    return adit_cursor_range(&w->cursor, chunk->data, chunk->available);
}
