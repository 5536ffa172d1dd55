/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* Any bytes as XML: tags pair, depths fit, and the bounds hold, in whatever pieces the bytes come; so do the objects that a table makes of them. */
#include <adit/opc.h>
#include <adit/xml.h>
#include <adit/xml_table.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../sdk/memory_job.h"
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

/* ---- by a table ---- */

static int depth;
static uint64_t emitted;

static int on_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *v)
{
    (void)job;
    emitted = sum(emitted, adit_text_of(name, n)) + v->kind;
    if (v->kind == ADIT_KIND_STRING)
        emitted = sum(emitted, v->as.text);
    return 0;
}

static int on_begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    (void)job, (void)kind;
    emitted = sum(emitted, adit_text_of(name, n)) + (uint64_t)++depth;
    return 0;
}

static int on_end(struct adit_job *job)
{
    (void)job;
    if (depth-- == 0)
        abort();
    return 0;
}

static int on_warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job;
    if (n == 0 || !text)
        abort();
    return 0;
}

static int on_progress(struct adit_job *job, uint64_t done, uint64_t total)
{
    (void)job, (void)done, (void)total;
    return 0;
}

static void on_call(struct adit_xml_read *r, struct adit_text value)
{
    if (r->row->type == ADIT_ROW_START && r->x->attribute_count > 1)
        (void)adit_xml_skip(r->x);
    if (value.size == 5)
        adit_xml_wrong(r, "another length", value);
    r->done = value.size == 7;
}

/* Names of one letter: what the corpus and the mutations of it have. */
static const struct adit_xml_row rows[] = {
    {"@x", ADIT_ROW_TEXT, .field = "1"},       {"a", ADIT_ROW_OBJECT, .field = "2"},
    {"a/b", ADIT_ROW_OBJECT, .field = "3"},    {"a/b", ADIT_ROW_INTEGER, .field = "4"},
    {"//b", ADIT_ROW_COUNT, .field = "5"},     {"//a/a/@x", ADIT_ROW_REAL, .field = "6"},
    {"//p:b/c", ADIT_ROW_REALS, .field = "7"}, {"a/c", ADIT_ROW_BOOLEAN, .field = "8"},
    {"//c", ADIT_ROW_TIME, .field = "9"},      {"//c", ADIT_ROW_MAIL_TIME, .field = "10"},
    {"//d", ADIT_ROW_CALL, .call = on_call},   {"//a/b", ADIT_ROW_START, .call = on_call},
    {"//c", ADIT_ROW_END, .call = on_call},    {"", ADIT_ROW_TEXT, .field = "11"},
    {"a/b/c", ADIT_ROW_SOME, .field = "12"},
};
static const struct adit_xml_space spaces[] = {{"p", "u:1"}, {"p", "u:2"}};
static const struct adit_xml_table table = ADIT_XML_TABLE(NULL, rows, spaces);

static uint64_t read_table(const uint8_t *data, size_t size, size_t piece)
{
    static const struct adit_host host = {.size = sizeof host,
                                          .emit = on_emit,
                                          .begin = on_begin,
                                          .end = on_end,
                                          .warn = on_warn,
                                          .progress = on_progress};
    struct adit_job job = {.data = NULL};
    struct adit_call call = {sizeof call, 0, &host, &job};
    struct pieces b = pieces_of(data, size, piece);
    depth = 0;
    emitted = 1;
    int32_t status = adit_xml_read_document(&call, &b.reader, NULL, &table, NULL);
    if (depth != 0 || (status == ADIT_DECLINED && emitted != 1))
        abort();
    return status == ADIT_OK ? emitted : 0;
}

/* ---- targets of relationships ---- */

static void read_target(const uint8_t *data, size_t size)
{
    struct adit_opc_link link = {.target = adit_text_of((const char *)data, size)};
    struct adit_opc_links links = {&link, "a/b/c"};
    char out[ADIT_OPC_NAME];
    if (adit_opc_target(&links, &link, out) && !memchr(data, 0, size) &&
        (*out == '/' || strstr(out, "//") || strstr(out, "/../") || strlen(out) > size + 4))
        abort();
    (void)adit_opc_is_type(link.target, "custom-properties");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A long token is refused or not by how much of it came at once: only short inputs are the same in all pieces. */
    uint64_t whole = read_all(data, size, SIZE_MAX);
    if (size < 4096 && (read_all(data, size, 1) != whole || read_all(data, size, 13) != whole))
        abort();
    read_target(data, size);
    uint64_t fields = read_table(data, size, SIZE_MAX);
    if (size < 4096 && read_table(data, size, 7) != fields)
        abort();
    return 0;
}
