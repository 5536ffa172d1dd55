/* SPDX-License-Identifier: MIT */
/* Any bytes as JSON: objects and arrays pair, text is UTF-8 and lies in the room, and pieces give what the whole gives. */
#include <adit/charset.h>
#include <adit/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../sdk/pieces.h"

static uint64_t sum(uint64_t hash, struct adit_text text)
{
    if (!adit_utf8_valid(text))
        abort();
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (uint8_t)text.data[i]) * 1099511628211u;
    return hash * 31 + text.size;
}

static uint64_t read_all(const uint8_t *data, size_t size, size_t piece, bool many)
{
    struct pieces b = pieces_of(data, size, piece);
    char *room = malloc(64);
    struct adit_json j = adit_json(&b.reader, room, 64);
    uint64_t hash = 14695981039346656037u;
    uint32_t depth = 0;
    j.many = many;
    while (adit_json_next(&j)) {
        depth -= j.kind == ADIT_JSON_END;
        if (j.depth != depth || j.text.size > 63 || (j.kind == ADIT_JSON_NONE))
            abort();
        depth += j.kind == ADIT_JSON_OBJECT || j.kind == ADIT_JSON_ARRAY;
        hash = sum(sum(hash, j.key), j.text) + j.kind + (uint64_t)j.i64;
    }
    if (j.result == ADIT_JSON_OK && depth != 0)
        abort();
    if (j.result != ADIT_JSON_OK && (!*j.message || j.offset > size))
        abort();
    free(room);
    return hash * 31 + j.result + j.offset + j.replaced;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int many = 0; many < 2; many++)
        if (read_all(data, size, SIZE_MAX, many) != read_all(data, size, 1, many))
            abort();
    return 0;
}
