/* SPDX-License-Identifier: MIT */
/* ndjson and json: see output.h for the keys. */
#include <string.h>

#include "output_format.h"
#include "output_value.h"

#define ADD(b, literal) buf_add(b, literal, sizeof(literal) - 1)

static void spill(void *data)
{
    output_spill(data);
}

static void add_string(struct buf *b, const char *text)
{
    (void)value_string(b, text, strlen(text));
}

/* `,"key":"text"`, or nothing where the text is empty. `key` has its comma, quotes and colon. */
static void add_text(struct buf *b, const char *key, const char *text)
{
    if (!text || !text[0])
        return;
    buf_adds(b, key);
    add_string(b, text);
}

/* Bytes that should be text: with U+FFFD where they are not, and then again in base64. */
static void add_name(struct buf *b, const char *key, const char *base64_key, const char *name, size_t size)
{
    buf_adds(b, key);
    if (value_string(b, name, size))
        return;
    buf_adds(b, base64_key);
    buf_putc(b, '"');
    value_base64(b, name, size);
    buf_putc(b, '"');
}

static void add_list(struct buf *b, const char *key, const char *const *texts, size_t count)
{
    if (count == 0)
        return;
    buf_adds(b, key);
    for (size_t i = 0; i < count; i++) {
        buf_putc(b, i == 0 ? '[' : ',');
        add_string(b, texts[i]);
    }
    buf_putc(b, ']');
}

static void add_part(struct output *o, const struct part *part)
{
    struct buf *b = &o->buf;
    add_string(b, part->plugin);
    ADD(b, ":{\"status\":");
    add_string(b, part_status_name(part->status));
    add_text(b, ",\"reason\":", part->reason);
    add_list(b, ",\"warnings\":", part->warnings, part->warning_count);
    if (part->fields_size > 0 || part->status == PART_OK) {
        ADD(b, ",\"fields\":");
        (void)value_fields(b, part->fields, part->fields_size, spill, o);
    }
    add_list(b, ",\"artifacts\":", part->artifacts, part->artifact_count);
    buf_putc(b, '}');
}

static void add_type(struct buf *b, const struct result *r)
{
    add_text(b, ",\"type\":", r->media);
    if (r->detected && r->media && strcmp(r->detected, r->media) != 0)
        add_text(b, ",\"detected\":", r->detected);
}

static void add_size(struct buf *b, uint64_t size)
{
    ADD(b, ",\"size\":");
    value_u64(b, size);
}

static void add_contents(struct output *o, const struct result *r);

static void add_stream(struct output *o, const struct result *r)
{
    struct buf *b = &o->buf;
    add_name(b, "{\"name\":", ",\"name_base64\":", r->name, r->name_size);
    add_text(b, ",\"plugin\":", r->source_plugin);
    add_type(b, r);
    add_size(b, r->size);
    if (r->offset != UINT64_MAX) {
        ADD(b, ",\"offset\":");
        value_u64(b, r->offset);
    }
    if (r->truncated)
        ADD(b, ",\"truncated\":true");
    add_contents(o, r);
    output_spill(o);
}

/* From `error` to the end of the object. Recursion is as deep as streams are nested, which the engine bounds. */
static void add_contents(struct output *o, const struct result *r)
{
    struct buf *b = &o->buf;
    if (r->error != RESULT_READ) {
        add_text(b, ",\"error\":", output_error_name(r->error));
        add_text(b, ",\"reason\":", r->error_text);
    }
    add_text(b, ",\"limit\":", r->limit);
    ADD(b, ",\"plugins\":{");
    for (size_t i = 0; i < r->part_count; i++) {
        if (i > 0)
            buf_putc(b, ',');
        add_part(o, &r->parts[i]);
    }
    ADD(b, "},\"streams\":[");
    for (size_t i = 0; i < r->stream_count; i++) {
        if (i > 0)
            buf_putc(b, ',');
        add_stream(o, &r->streams[i]);
    }
    ADD(b, "]}");
}

static void add_source(struct output *o, const struct result *r)
{
    struct buf *b = &o->buf;
    ADD(b, "{\"schema\":");
    value_u64(b, OUTPUT_SCHEMA);
    add_name(b, ",\"path\":", ",\"path_base64\":", r->name, r->name_size);
    add_type(b, r);
    if (r->error == RESULT_READ || r->error == RESULT_CHANGED) {
        add_size(b, r->size);
        ADD(b, ",\"mtime\":\"");
        value_unix_time(b, r->mtime_ns);
        buf_putc(b, '"');
    }
    add_contents(o, r);
}

static void ndjson_result(struct output *o, const struct result *r)
{
    add_source(o, r);
    buf_putc(&o->buf, '\n');
}

static void json_result(struct output *o, const struct result *r)
{
    buf_adds(&o->buf, o->results == 0 ? "[\n" : ",\n");
    add_source(o, r);
}

static void json_end(struct output *o)
{
    buf_adds(&o->buf, o->results == 0 ? "[]\n" : "\n]\n");
}

const struct output_ops output_ndjson_ops = {.result = ndjson_result};
const struct output_ops output_json_ops = {.result = json_result, .end = json_end};
