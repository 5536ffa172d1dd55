/* SPDX-License-Identifier: MIT */
/* Any bytes as delimited text: cells lie in the room, and are the same whatever pieces the bytes come in. */
#include <adit/csv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../sdk/pieces.h"

static uint64_t read_all(const uint8_t *data, size_t size, size_t piece, size_t capacity, bool backslash)
{
    struct pieces b = pieces_of(data, size, piece);
    char *room = malloc(capacity);
    struct adit_text cells[4];
    struct adit_csv c = adit_csv(&b.reader, ',', room, capacity, cells, 4);
    uint64_t hash = 14695981039346656037u;
    c.backslash = backslash;
    while (adit_next_row(&c)) {
        if (c.total == 0 || c.count == 0 || c.count > c.total)
            abort();
        for (size_t i = 0; i < c.count; i++) {
            if (cells[i].data < room || cells[i].data + cells[i].size > room + capacity)
                abort();
            for (size_t k = 0; k < cells[i].size; k++)
                hash = (hash ^ (uint8_t)cells[i].data[k]) * 1099511628211u;
            hash = hash * 31 + cells[i].size;
        }
        hash = hash * 31 + c.total + c.unclosed * 7u + c.cut * 3u;
    }
    hash += c.faults + c.number;
    free(room);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t capacity = size > 0 ? 1 + data[0] % 64u : 1;
    for (int backslash = 0; backslash < 2; backslash++)
        if (read_all(data, size, SIZE_MAX, capacity, backslash) != read_all(data, size, 1, capacity, backslash))
            abort();
    return 0;
}
