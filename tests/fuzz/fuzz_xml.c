/* SPDX-License-Identifier: MIT */
/* libraries: expat */
/* Any bytes as XML: tags pair, depths fit, and the bounds hold, in whatever pieces the bytes come. */
#include <adit/xml.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../sdk/pieces.h"

static uint64_t sum(uint64_t hash, struct adit_text text)
{
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (uint8_t)text.data[i]) * 1099511628211u;
    return hash * 31 + text.size;
}

/* A digest of all that is found. Text is one piece wherever it is cut. */
static uint64_t read_all(const uint8_t *data, size_t size, size_t piece)
{
    struct pieces b = pieces_of(data, size, piece);
    struct adit_xml_options options = {.max_depth = 32, .max_token = 4096};
    struct adit_xml *x = adit_xml_open(&b.reader, &options);
    uint64_t hash = 14695981039346656037u;
    uint32_t depth = 0;
    while (adit_xml_next(x)) {
        depth += x->kind == ADIT_XML_START;
        if (x->depth != depth || depth > 32 || (x->kind == ADIT_XML_TEXT && x->text.size == 0))
            abort();
        depth -= x->kind == ADIT_XML_END;
        hash = sum(hash, x->name.space) + (uint64_t)x->kind;
        hash = sum(sum(sum(hash, x->name.local), x->name.prefix), x->kind == ADIT_XML_TEXT ? x->text : ADIT_TEXT(""));
        for (size_t i = 0; i < x->attribute_count; i++)
            hash = sum(sum(hash, x->attributes[i].name.local), x->attributes[i].value);
    }
    if (x && x->result == ADIT_XML_OK && depth != 0)
        abort();
    if (x && x->result != ADIT_XML_OK && !*x->message)
        abort();
    /* What comes before a fault, and which of two faults is told, is expat's choice and depends on the pieces. */
    if (x && x->result != ADIT_XML_OK)
        hash = 0;
    adit_xml_close(x);
    return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A long token is refused or not by how much of it came at once: only short inputs are the same in all pieces. */
    uint64_t whole = read_all(data, size, SIZE_MAX);
    if (size < 4096 && (read_all(data, size, 1) != whole || read_all(data, size, 13) != whole))
        abort();
    return 0;
}
