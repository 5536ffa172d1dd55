/* SPDX-License-Identifier: MIT */
/*
 * Runs a built module on bytes in memory, in this process, with the host's own services, and keeps what it emits as lines:
 *
 *     width = 8                      a field: its path (elements of lists under the list's name) and its value
 *     stream iCCP application/vnd.iccprofile 3144     made bytes, or "range OFFSET+SIZE" at the end
 *     refine image/apng
 *     warning …
 *
 * (test_torture.c cuts and changes the samples of all plugins: a plugin's own test needs not.)
 * Fields are collected as the host collects them: what the .conf does not declare, or declares otherwise, fails the test.
 */
#ifndef TESTS_PLUGINS_PLUGIN_TEST_H
#define TESTS_PLUGINS_PLUGIN_TEST_H

#include <dlfcn.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "collect.h"
#include "config.h"
#include "fields.h"
#include "findings.h"
#include "job.h"

enum { MODULE_DEPTH = 16, MODULE_PAIRS = 64, MODULE_RESOURCES = 4 };

struct module_test {
    struct arena arena;
    struct conf conf;
    struct plugin declared; /* its conf alone */
    struct collector *collector;
    struct job_plugin plugin;
    struct job_pair streams[MODULE_PAIRS], options[MODULE_PAIRS];
    struct adit_job job;
    /* of the last run */
    struct buf lines, raw;
    struct buf fields; /* collected as the host does it: what a mapper takes */
    struct buf stream; /* bytes of the streams that were made, one after another */
    size_t stream_at;
    char opened[4096 + 256 + 2]; /* name and type of the stream that is open */
    int32_t status;
    uint64_t refused;
    char path[MODULE_DEPTH + 1][512];
    int depth;
    char folder[128], reason[256]; /* of the .conf; of open() */
    bool started;
};

static char *read_whole(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    *size = 0;
    if (!f) {
        print_error("%s: cannot be opened\n", path);
        fail();
        return NULL;
    }
    struct buf b = BUF_INIT;
    char part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        buf_add(&b, part, n);
    (void)fclose(f);
    *size = b.size;
    char *exact = malloc(b.size ? b.size : 1); /* so that ASan sees a read behind it */
    assert_non_null(exact);
    memcpy(exact, b.data ? b.data : "", b.size);
    buf_release(&b);
    return exact;
}

static void put_field_line(struct module_test *t, const char *path, const struct field_event *e)
{
    char time[FIELD_TIME_TEXT];
    buf_addf(&t->lines, "%s = ", path);
    switch (e->tag) {
    case FIELD_BOOL:
        buf_adds(&t->lines, e->boolean ? "true" : "false");
        break;
    case FIELD_I64:
        buf_addf(&t->lines, "%lld", (long long)e->i64);
        break;
    case FIELD_U64:
        buf_addf(&t->lines, "%llu", (unsigned long long)e->u64);
        break;
    case FIELD_F64:
        buf_addf(&t->lines, "%.10g", e->f64);
        break;
    case FIELD_TIME:
        buf_add(&t->lines, time, field_time_text(&e->time, time));
        break;
    case FIELD_BYTES:
        for (size_t i = 0; i < e->text.size; i++)
            buf_addf(&t->lines, "%02x", (unsigned char)e->text.data[i]);
        break;
    default:
        buf_add(&t->lines, e->text.data, e->text.size);
    }
    buf_putc(&t->lines, '\n');
}

static void take_field(struct module_test *t, const void *data, size_t size)
{
    struct field_reader r = {data, (const uint8_t *)data + size};
    struct field_event e;
    char path[512];
    buf_add(&t->raw, data, size);
    assert_int_equal(field_next(&r, &e), 1);
    if (e.tag == FIELD_END) {
        t->depth--;
        return;
    }
    const char *outer = t->path[t->depth];
    int n = snprintf(path, sizeof path, "%s%s%.*s", outer, *outer && e.name.size ? "." : "", (int)e.name.size,
                     e.name.data ? e.name.data : "");
    assert_in_range(n, 1, sizeof path - 1);
    if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST) {
        assert_in_range(t->depth, 0, MODULE_DEPTH - 1);
        memcpy(t->path[++t->depth], path, sizeof path);
        return;
    }
    put_field_line(t, path, &e);
}

static void take_stream(struct module_test *t, enum wire_record kind, const void *data)
{
    struct wire_stream s;
    memcpy(&s, data, sizeof s);
    const char *name = (const char *)data + sizeof s;
    (void)snprintf(t->opened, sizeof t->opened, "%.*s %.*s", s.name_size, name, s.media_size, name + s.name_size);
    if (kind == RECORD_STREAM_RANGE)
        buf_addf(&t->lines, "stream %s range %llu+%llu\n", t->opened, (unsigned long long)s.offset, (unsigned long long)s.size);
    t->stream_at = t->stream.size;
}

static void take_record(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size,
                        const void *b, size_t b_size)
{
    struct module_test *t = context;
    struct wire_job_end end;
    (void)b, (void)b_size;
    switch (kind) {
    case RECORD_FIELD:
        take_field(t, a, a_size);
        break;
    case RECORD_WARN:
        buf_addf(&t->lines, "warning %.*s\n", (int)a_size, (const char *)a);
        break;
    case RECORD_REFINE:
        buf_addf(&t->lines, "refine %.*s\n", (int)a_size, (const char *)a);
        break;
    case RECORD_STREAM_RANGE:
    case RECORD_STREAM_OPEN:
        take_stream(t, kind, a);
        break;
    case RECORD_DATA:
        buf_add(&t->stream, a, a_size);
        break;
    case RECORD_CLOSE:
        buf_addf(&t->lines, "stream %s %zu%s\n", t->opened, t->stream.size - t->stream_at, flags ? " truncated" : "");
        break;
    case RECORD_JOB_END:
        memcpy(&end, a, sizeof end);
        t->status = end.status;
        t->refused = end.refused;
        break;
    default:
        break;
    }
}

static bool never_stop(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

/* `name`: "image/png". The module stays loaded. */
static struct module_test *module_open(const char *name)
{
    char module[256], conf[256];
    size_t size;
    struct findings findings = {0};
    struct module_test *t = calloc(1, sizeof *t);
    assert_non_null(t);
    (void)snprintf(module, sizeof module, BUILD_DIR "/lib/adit/modules/%s.so", name);
    (void)snprintf(conf, sizeof conf, "conf.d/%s.conf", name);
    char *text = read_whole(conf, &size);
    if (conf_parse(conf, text, size, &t->arena, &t->conf, &findings) != 0) {
        for (size_t i = 0; i < findings.count; i++)
            print_error("%s:%u: %s\n", conf, findings.items[i].line, findings.items[i].message);
        fail();
    }
    findings_release(&findings);
    free(text);
    void *handle = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        print_error("%s\n", dlerror());
        fail();
    }
    t->declared.conf = t->conf;
    t->collector = collector_new();
    assert_non_null(t->collector);
    t->plugin.name = t->conf.name;
    t->plugin.table = dlsym(handle, "adit_plugin");
    assert_non_null(t->plugin.table);
    for (size_t i = 0; i < t->conf.stream_count && i < MODULE_PAIRS; i++)
        t->streams[t->plugin.stream_count++] = (struct job_pair){t->conf.streams[i], "1"};
    for (size_t i = 0; i < t->conf.option_count && i < MODULE_PAIRS; i++)
        t->options[t->plugin.option_count++] = (struct job_pair){t->conf.options[i].key, t->conf.options[i].value};
    t->plugin.streams = t->streams;
    t->plugin.options = t->options;
    t->plugin.output_bytes = t->conf.output_bytes ? t->conf.output_bytes : 16 << 20;
    t->plugin.artifact_bytes = t->conf.artifact_bytes ? t->conf.artifact_bytes : 64 << 20;
    t->plugin.artifact_most = t->conf.artifact_most ? t->conf.artifact_most : 1000;
    t->plugin.stream_bytes = t->conf.stream_bytes ? t->conf.stream_bytes : 8 << 20;
    (void)snprintf(t->folder, sizeof t->folder, "%.*s", (int)(strrchr(conf, '/') + 1 - conf), conf);
    return t;
}

/* Replaces what an option of the .conf says, or adds it. A plugin that reads options in open(): module_start after it. */
static inline void module_option(struct module_test *t, const char *key, const char *value)
{
    size_t i = 0;
    while (i < t->plugin.option_count && strcmp(t->options[i].key, key) != 0)
        i++;
    assert_true(i < MODULE_PAIRS);
    if (i == t->plugin.option_count)
        t->options[t->plugin.option_count++].key = key;
    t->options[i].value = value;
}

/* Calls open(), after close() where it was called before; what it says instead of ADIT_OK is in t->reason. */
static inline int32_t module_start(struct module_test *t)
{
    const char *keys[MODULE_RESOURCES];
    int fds[MODULE_RESOURCES];
    char path[512];
    assert_true(t->conf.resource_count <= MODULE_RESOURCES);
    for (size_t i = 0; i < t->conf.resource_count; i++) {
        keys[i] = t->conf.resources[i].key;
        (void)snprintf(path, sizeof path, "%s%s", t->folder, t->conf.resources[i].value);
        fds[i] = open(path, O_RDONLY | O_CLOEXEC);
        assert_true(fds[i] >= 0);
    }
    if (t->plugin.table->close && t->started)
        t->plugin.table->close(t->plugin.state);
    t->plugin.resources = keys;
    t->plugin.resource_fds = fds;
    t->plugin.resource_count = t->conf.resource_count;
    int32_t status = job_open(&t->job, &t->plugin, t->reason, sizeof t->reason);
    t->started = status == ADIT_OK;
    t->plugin.resource_count = 0;
    for (size_t i = 0; i < t->conf.resource_count; i++)
        (void)close(fds[i]);
    return status;
}

/* Fails the test where something was emitted that the .conf does not declare, or not so. */
static void collect(struct module_test *t)
{
    struct collect_warnings warnings = {0};
    buf_reset(&t->fields);
    assert_int_equal(collect_fields(t->collector, &t->declared, t->raw.data, t->raw.size, &t->fields, &warnings), 0);
    for (size_t i = 0; i < warnings.count; i++)
        print_error("%s\n", warnings.text[i]);
    assert_int_equal(warnings.left_out, 0);
}

/* Runs the plugin on these bytes, or, a mapper, on these needs. */
static void module_run_needs(struct module_test *t, const void *data, size_t size, const struct job_need *needs,
                             size_t count)
{
    const struct job_sink sink = {.context = t, .put = take_record, .progress = never_stop};
    buf_reset(&t->lines);
    buf_reset(&t->raw);
    buf_reset(&t->stream);
    t->depth = 0;
    t->path[0][0] = '\0';
    t->job.sink = &sink;
    t->job.quota = 64 << 20;
    t->job.task_flags = WIRE_TASK_STREAMS;
    job_set_source(&t->job, &(struct job_source){.fd = -1, .memory = data, .size = size}, (struct adit_text){"test", 4},
                   (struct adit_text){NULL, 0});
    t->job.needs = needs;
    t->job.need_count = count;
    job_run(&t->job, &t->plugin);
    job_release_source(&t->job);
    t->job.sink = NULL;
    assert_int_equal(t->depth, 0);
    collect(t);
}

static inline void module_run(struct module_test *t, const void *data, size_t size)
{
    module_run_needs(t, data, size, NULL, 0);
}

static inline void module_run_file(struct module_test *t, const char *path)
{
    size_t size;
    char *data = read_whole(path, &size);
    module_run(t, data, size);
    free(data);
}

static void module_close(struct module_test *t)
{
    if (t->plugin.table->close && t->started)
        t->plugin.table->close(t->plugin.state);
    arena_release(&t->plugin.opened);
    arena_release(&t->arena);
    buf_release(&t->lines);
    buf_release(&t->raw);
    buf_release(&t->fields);
    collector_free(t->collector);
    buf_release(&t->stream);
    arena_release(&t->job.views);
    arena_release(&t->job.nodes_arena);
    buf_release(&t->job.event);
    free(t->job.blocks);
    free(t);
}

/* What module_tests loads: a group's setup is given nothing. */
static const char *module_of_group;

static inline int module_setup(void **state)
{
    *state = module_open(module_of_group);
    assert_int_equal(module_start(*state), ADIT_OK);
    return 0;
}

static inline int module_teardown(void **state)
{
    module_close(*state);
    return 0;
}

/* Runs an array of tests, each with the module (as of module_open) in *state: one for all of them, opened and started. */
#define module_tests(name, tests)                                                                                      \
    (module_of_group = (name), cmocka_run_group_tests(tests, module_setup, module_teardown))

/* Is there a line that begins so, or is it exactly so? */
static bool has_line_that(struct module_test *t, const char *line, bool whole)
{
    size_t n = strlen(line);
    const char *all = buf_cstr(&t->lines);
    for (const char *at = all; at && *at; at = strchr(at, '\n'), at += at != NULL)
        if (strncmp(at, line, n) == 0 && (!whole || at[n] == '\n'))
            return true;
    return false;
}

static inline void expect_line(struct module_test *t, const char *line)
{
    if (!has_line_that(t, line, true)) {
        print_error("no line \"%s\" in:\n%s", line, buf_cstr(&t->lines));
        fail();
    }
}

static inline void expect_beginning(struct module_test *t, const char *line)
{
    if (!has_line_that(t, line, false)) {
        print_error("no line that begins with \"%s\" in:\n%s", line, buf_cstr(&t->lines));
        fail();
    }
}

static inline void expect_none(struct module_test *t, const char *line)
{
    if (has_line_that(t, line, false)) {
        print_error("there is a line that begins with \"%s\" in:\n%s", line, buf_cstr(&t->lines));
        fail();
    }
}

#endif
