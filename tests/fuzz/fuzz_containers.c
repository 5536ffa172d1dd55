/* SPDX-License-Identifier: MIT */
/* Any bytes as chunks and as boxes: every one lies in its container, they come one after another, and the walk ends. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/boxes.h>
#include <adit/chunks.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void walk_chunks(struct adit_chunks *w, uint64_t end, int depth)
{
    struct adit_chunk chunk;
    struct adit_chunks inner;
    uint64_t at = w->cursor.at;
    while (adit_next_chunk(w, &chunk)) {
        check(chunk.offset == at && chunk.data == at + 8 && chunk.available <= chunk.size);
        check(chunk.data + chunk.available <= end && (chunk.available == chunk.size || w->truncated));
        at = w->cursor.at;
        check(at >= chunk.data + chunk.available && at <= end);
        if (depth < 8 && adit_chunk_enter(w, &chunk, &inner))
            walk_chunks(&inner, chunk.data + chunk.available, depth + 1);
        struct adit_cursor c = adit_chunk_cursor(w, &chunk);
        check(adit_left(&c) == chunk.available);
    }
    check(adit_left(&w->cursor) < 8 || w->too_many);
}

static void walk_boxes(struct adit_boxes w, uint64_t end)
{
    struct adit_box box;
    uint64_t at = w.cursor.at;
    while (adit_next_box(&w, &box)) {
        check(box.offset == at && box.data <= end && box.available <= end - box.data && box.data > box.offset);
        check(box.size - (box.data - box.offset) == box.available || w.fault);
        at = w.cursor.at;
        check(at == box.data + box.available);
        walk_boxes(adit_box_enter(&w, &box, 0), at);
        walk_boxes(adit_box_enter(&w, &box, 4), at);
        struct adit_cursor c = adit_box_cursor(&w, &box);
        check(adit_left(&c) == box.available);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    for (int memory = 0; memory < 2; memory++) {
        struct adit_cursor c = memory_cursor(&call, memory);
        struct adit_chunks chunks;
        if (adit_chunks_open(&chunks, &c))
            walk_chunks(&chunks, size, 0);
        if (size <= 512) /* each level is walked twice */
            walk_boxes(adit_boxes(&c), size);
    }
    return 0;
}
