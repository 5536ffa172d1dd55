/* SPDX-License-Identifier: MIT */
#include <adit/cursor.h>
#include <adit/zip.h>

enum { LOCAL_HEADER = 0x04034b50, MAX_OUTPUT = 64 << 20, MAX_RATIO = 500 };

static uint64_t number(const struct adit_call *job, uint32_t node, const char *name)
{
    struct adit_value v = adit_field(job, node, name);
    return v.kind == ADIT_KIND_U64 ? v.as.u64 : 0;
}

bool adit_zip_next(const struct adit_call *job, uint32_t *node, struct adit_zip_member *out)
{
    *node = *node ? adit_next(job, *node) : adit_first(job, adit_child(job, adit_need(job, "zip", 0), "members"));
    if (!*node)
        return false;
    struct adit_value name = adit_field(job, *node, "name"), method = adit_field(job, *node, "compression_method");
    struct adit_value secret = adit_field(job, *node, "encrypted");
    bool text = method.kind == ADIT_KIND_STRING;
    out->name = name.kind == ADIT_KIND_STRING ? name.as.text : adit_text_of(NULL, 0);
    out->offset = number(job, *node, "offset");
    out->compressed_size = number(job, *node, "compressed_size");
    out->uncompressed_size = number(job, *node, "uncompressed_size");
    out->deflated = text && adit_text_is(method.as.text, "deflated");
    out->encrypted = (secret.kind == ADIT_KIND_BOOL && secret.as.boolean) ||
                     !(out->deflated || (text && adit_text_is(method.as.text, "stored")));
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool adit_zip_find(const struct adit_call *job, struct adit_text name, struct adit_zip_member *out)
{
    uint32_t node = 0;
    while (adit_zip_next(job, &node, out)) {
        size_t i = 0;
        if (out->name.size != name.size)
            continue;
        while (i < name.size && lower(name.data[i]) == lower(out->name.data[i]))
            i++;
        if (i == name.size)
            return true;
    }
    return false;
}

bool adit_zip_open(struct adit_zip_reader *reader, const struct adit_call *job, const struct adit_zip_member *member)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, member->offset, 30);
    uint32_t signature = adit_read_u32le(&c);
    adit_skip(&c, 22);
    uint64_t data = member->offset + 30 + adit_read_u16le(&c);
    data += adit_read_u16le(&c);
    reader->from = NULL;
    if (!adit_ok(&c) || signature != LOCAL_HEADER || member->encrypted)
        return false;
    reader->stored = adit_reader_at(job, ADIT_SOURCE_MAIN, data, member->compressed_size);
    reader->inflate = adit_inflate(job, data, member->compressed_size, ADIT_INFLATE_RAW);
    reader->inflate.max_output = MAX_OUTPUT;
    reader->inflate.max_ratio = MAX_RATIO;
    reader->from = member->deflated ? adit_inflate_open(&reader->inflate, &reader->result) : &reader->stored;
    return reader->from != NULL;
}

void adit_zip_close(struct adit_zip_reader *reader)
{
    if (reader->from != &reader->stored)
        adit_inflate_close(reader->from);
    reader->from = NULL;
}
