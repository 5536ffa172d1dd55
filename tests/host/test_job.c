/* SPDX-License-Identifier: MIT */
/* A job's services: reads at every boundary of every kind of source, views, emitting, streams, limits, phases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "fields.h"
#include "job.h"

/* ---- a sink that keeps what it is told ---- */

struct record { enum wire_record kind; uint8_t flags; size_t at, size; };
struct journal {
    struct record records[4096];
    size_t count, data_bytes, largest_data;
    struct buf bytes;
    uint64_t done, total;
    bool stop;
};

static void journal_put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    struct journal *j = context;
    if (kind == RECORD_DATA) {
        j->data_bytes += a_size + b_size;
        if (a_size + b_size > j->largest_data)
            j->largest_data = a_size + b_size;
    }
    if (j->count < 4096)
        j->records[j->count] = (struct record){kind, flags, j->bytes.size, a_size + b_size};
    j->count++;
    if (j->bytes.size > 1 << 20)
        return;
    buf_add(&j->bytes, a, a_size);
    buf_add(&j->bytes, b, b_size);
}

static bool journal_progress(void *context, uint64_t done, uint64_t total)
{
    struct journal *j = context;
    j->done = done;
    j->total = total;
    return j->stop;
}

struct fixture {
    struct adit_job job;
    struct journal journal;
    struct job_sink sink;
    struct job_plugin plugin;
    struct adit_plugin table;
    int fd;
};

static const struct adit_host *const h = &job_host;
static int32_t (*body)(const struct adit_call *); /* what the plugin's run does */

static int32_t run(void *state, const struct adit_call *call)
{
    (void)state;
    return body(call);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    f->sink = (struct job_sink){&f->journal, journal_put, journal_progress};
    f->job.sink = &f->sink;
    f->table = (struct adit_plugin){.size = sizeof f->table, .run = run};
    f->plugin = (struct job_plugin){.index = 5, .name = "p", .table = &f->table, .output_bytes = 1 << 20, .stream_bytes = 1 << 20,
                                    .artifact_bytes = 1 << 20, .artifact_most = 10};
    f->fd = -1;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    job_release_source(&f->job);
    arena_release(&f->job.views);
    arena_release(&f->job.nodes_arena);
    buf_release(&f->job.event);
    buf_release(&f->journal.bytes);
    free(f->job.blocks);
    if (f->fd >= 0)
        (void)close(f->fd);
    free(f);
    return 0;
}

static uint8_t byte_at(uint64_t offset, unsigned seed)
{
    return (uint8_t)((offset * 2654435761u + seed) >> 7);
}

static int file_of(size_t size, unsigned seed)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    uint8_t *bytes = malloc(size + 1);
    assert_true(fd >= 0 && bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = byte_at(i, seed);
    assert_int_equal(write(fd, bytes, size), (ssize_t)size);
    free(bytes);
    return fd;
}

static void set(struct fixture *f, const struct job_source *source)
{
    job_set_source(&f->job, source, (struct adit_text){"name", 4}, (struct adit_text){"a/b", 3});
    f->job.quota = UINT64_MAX;
}

static const struct record *last_of(const struct fixture *f, enum wire_record kind)
{
    for (size_t i = f->journal.count < 4096 ? f->journal.count : 4096; i-- > 0;)
        if (f->journal.records[i].kind == kind)
            return &f->journal.records[i];
    return NULL;
}

static struct wire_job_end job_result(const struct fixture *f)
{
    struct wire_job_end end;
    const struct record *r = last_of(f, RECORD_JOB_END);
    assert_non_null(r);
    assert_int_equal(r->size, sizeof end);
    memcpy(&end, f->journal.bytes.data + r->at, sizeof end);
    return end;
}

static void begin(struct fixture *f)
{
    job_begin(&f->job, &f->plugin);
}

/* ---- reading ---- */

static void check_read(struct adit_job *job, adit_source source, uint64_t size, uint64_t offset, size_t n, unsigned seed)
{
    uint8_t *buffer = malloc(n + 1);
    assert_non_null(buffer);
    buffer[n] = 0x5a;
    uint64_t expected = offset >= size ? 0 : n < size - offset ? n : size - offset;
    int64_t got = h->read(job, source, offset, buffer, n);
    if (got != (int64_t)expected)
        fail_msg("source %d, %zu bytes at %llu of %llu: %lld", source, n, (unsigned long long)offset, (unsigned long long)size, (long long)got);
    for (uint64_t i = 0; i < expected; i++)
        if (buffer[i] != byte_at(offset + i, seed))
            fail_msg("source %d, size %llu: byte %llu differs", source, (unsigned long long)size, (unsigned long long)(offset + i));
    assert_int_equal(buffer[n], 0x5a);
    free(buffer);
}

/* Offsets and lengths around every boundary: of the source, of blocks, of what counts as small. */
static void check_everywhere(struct adit_job *job, adit_source source, uint64_t size, unsigned seed)
{
    const uint64_t marks[] = {0, JOB_BLOCK, 2 * JOB_BLOCK, JOB_SMALL, 5 * JOB_BLOCK, size, size / 2};
    static const size_t lengths[] = {0, 1, 2, 7, JOB_BLOCK - 1, JOB_BLOCK, JOB_BLOCK + 1, 2 * JOB_BLOCK + 3, JOB_SMALL + 1};
    assert_int_equal(h->source_size(job, source), size);
    for (size_t m = 0; m < sizeof marks / sizeof *marks; m++)
        for (int d = -2; d <= 2; d++)
            for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
                if (d >= 0 || marks[m] >= (uint64_t)-d)
                    check_read(job, source, size, marks[m] + (uint64_t)d, lengths[l], seed);
}

static const size_t sizes[] = {0, 1, JOB_BLOCK - 1, JOB_BLOCK, JOB_BLOCK + 1, JOB_SMALL - 1, JOB_SMALL, JOB_SMALL + 1,
                               JOB_SMALL + JOB_BLOCK, 3 * JOB_SMALL + 17};

static void test_reads_of_files(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int fd = file_of(sizes[i], 1);
        set(f, &(struct job_source){.fd = fd, .size = sizes[i]});
        begin(f);
        check_everywhere(&f->job, 0, sizes[i], 1);
        (void)close(fd);
    }
}

static void test_reads_of_ranges(void **state)
{
    struct fixture *f = *state;
    f->fd = file_of(6 * JOB_SMALL, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const uint64_t offset = 12345;
        set(f, &(struct job_source){.fd = f->fd, .offset = offset, .size = sizes[i]});
        begin(f);
        assert_int_equal(h->source_size(&f->job, 0), sizes[i]);
        for (uint64_t at = sizes[i] > 40 ? sizes[i] - 40 : 0; at < sizes[i] + 5; at++) {
            uint8_t got[50];
            uint64_t expected = at < sizes[i] ? sizes[i] - at : 0;
            assert_int_equal(h->read(&f->job, 0, at, got, sizeof got), expected < 50 ? expected : 50);
            for (uint64_t k = 0; k < expected && k < 50; k++)
                assert_int_equal(got[k], byte_at(offset + at + k, 0));
        }
    }
}

static void test_reads_of_memory(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *bytes = malloc(sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            bytes[k] = byte_at(k, 3);
        set(f, &(struct job_source){.fd = -1, .memory = bytes, .size = sizes[i]});
        begin(f);
        check_everywhere(&f->job, 0, sizes[i], 3);
        free(bytes);
    }
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    uint8_t byte;
    assert_int_equal(h->read(&f->job, 0, 0, &byte, 1), 0);
    assert_non_null(h->view(&f->job, 0, 0, 0));
    assert_null(h->view(&f->job, 0, 0, 1));
}

static void test_usage_of_read(void **state)
{
    struct fixture *f = *state;
    uint8_t byte;
    f->fd = file_of(10, 1);
    set(f, &(struct job_source){.fd = f->fd, .size = 10});
    begin(f);
    assert_int_equal(h->read(&f->job, 1, 0, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->read(&f->job, -1, 0, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->read(&f->job, INT32_MAX, 0, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->read(&f->job, INT32_MIN, 0, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->read(&f->job, 0, 0, NULL, 1), ADIT_E_USAGE);
    assert_int_equal(h->read(&f->job, 0, 0, NULL, 0), 0);
    assert_int_equal(h->read(&f->job, 0, UINT64_MAX, &byte, 1), 0);
    assert_int_equal(h->source_size(&f->job, 7), 0);
    assert_int_equal(h->source_size(&f->job, -7), 0);
    assert_null(h->view(&f->job, -1, 0, 1));
    assert_null(h->view(&f->job, 0, UINT64_MAX, 1));
    assert_null(h->view(&f->job, 0, 1, SIZE_MAX));
}

/* A small source and a companion are read in turns: neither may get the other's bytes, and views of both stay. */
static void test_companions_do_not_disturb(void **state)
{
    struct fixture *f = *state;
    static const char *labels[] = {"beside", "other"};
    int beside = file_of(5 * JOB_BLOCK, 77), other = file_of(300, 99);
    const struct job_companion companions[] = {
        {.plugin = 5, .label = 0, .source = {.fd = beside, .size = 5 * JOB_BLOCK}},
        {.plugin = 4, .label = 1, .source = {.fd = other, .size = 300}}, /* another plugin's */
    };
    f->plugin.companions = labels;
    f->plugin.companion_count = 2;
    f->fd = file_of(JOB_SMALL, 1);
    set(f, &(struct job_source){.fd = f->fd, .size = JOB_SMALL});
    f->job.companions = companions;
    f->job.companion_count = 2;
    begin(f);
    const uint8_t *view = h->view(&f->job, 0, 0, 1000);
    adit_source c = h->companion(&f->job, "beside");
    assert_true(c > 0);
    for (size_t i = 0; i < 5; i++) {
        check_read(&f->job, c, 5 * JOB_BLOCK, i * JOB_BLOCK + 3, 100, 77);
        check_read(&f->job, 0, JOB_SMALL, i * 999, 100, 1);
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(view[i], byte_at(i, 1));
    assert_int_equal(h->companion(&f->job, "other"), ADIT_E_RANGE);
    assert_int_equal(h->companion(&f->job, "nobody"), ADIT_E_UNDECLARED);
    assert_int_equal(h->companion(&f->job, NULL), ADIT_E_USAGE);
    int found = 0;
    for (int i = 0; i < 40; i++)
        found += h->companion(&f->job, "beside") >= 0;
    assert_true(found > 0 && found < JOB_MAX_SOURCES);
    assert_int_equal(h->companion(&f->job, "beside"), ADIT_E_LIMIT);
    job_end(&f->job, ADIT_OK);

    /* The next plugin's: a number that comes again is another file, and what the first one opened is not there. */
    f->plugin.index = 4;
    begin(f);
    uint8_t byte;
    assert_int_equal(h->read(&f->job, c, 0, &byte, 1), ADIT_E_USAGE);
    c = h->companion(&f->job, "other");
    assert_true(c > 0);
    check_everywhere(&f->job, c, 300, 99);
    (void)close(beside);
    (void)close(other);
}

static void test_views(void **state)
{
    struct fixture *f = *state;
    const size_t size = JOB_VIEWS + 2 * JOB_BLOCK;
    f->fd = file_of(size, 5);
    set(f, &(struct job_source){.fd = f->fd, .size = size});
    begin(f);
    assert_null(h->view(&f->job, 0, 0, JOB_VIEW + 1));
    assert_null(h->view(&f->job, 0, size - 10, 11));
    const uint8_t *views[4];
    for (size_t i = 0; i < 4; i++) {
        views[i] = h->view(&f->job, 0, i * JOB_VIEW + 7, JOB_VIEW);
        assert_non_null(views[i]);
    }
    assert_null(h->view(&f->job, 0, 0, 17)); /* 16 MiB are held */
    for (size_t i = 0; i < 4; i++) /* all at once */
        for (size_t k = 0; k < JOB_VIEW; k += 4099)
            assert_int_equal(views[i][k], byte_at(i * JOB_VIEW + 7 + k, 5));
    job_end(&f->job, ADIT_OK);
    assert_true(job_result(f).flags & JOB_END_VIEWS);
    begin(f);
    assert_non_null(h->view(&f->job, 0, 0, JOB_VIEW));
    job_end(&f->job, ADIT_OK);
    assert_false(job_result(f).flags & JOB_END_VIEWS);
}

static void test_file_that_shrinks(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[100];
    static const size_t lengths[] = {1000, 10 * JOB_BLOCK};
    for (size_t i = 0; i < 2; i++) {
        int fd = file_of(lengths[i], 1);
        set(f, &(struct job_source){.fd = fd, .size = lengths[i]});
        begin(f);
        assert_int_equal(ftruncate(fd, 50), 0);
        assert_int_equal(h->read(&f->job, 0, lengths[i] - 100, bytes, 100), ADIT_E_IO);
        assert_null(h->view(&f->job, 0, lengths[i] - 100, 100));
        job_end(&f->job, ADIT_OK);
        assert_true(job_result(f).flags & JOB_END_SHRANK);
        (void)close(fd);
    }
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* pread gives EISDIR */
    set(f, &(struct job_source){.fd = fd, .size = 100});
    begin(f);
    assert_int_equal(h->read(&f->job, 0, 0, bytes, 100), ADIT_E_IO);
    job_end(&f->job, ADIT_OK);
    assert_true(job_result(f).flags & JOB_END_READ_ERROR);
    (void)close(fd);
}

/* ---- the open phase ---- */

static const char *wanted_resource;
static const uint8_t *kept_view;

static int32_t read_resource(const struct adit_call *call, void **plugin_state)
{
    char *text = calloc(1, 16);
    assert_non_null(text);
    adit_source s = h->resource(call->job, wanted_resource);
    assert_true(s >= 0);
    assert_true(h->read(call->job, s, 0, text, 15) >= 0);
    kept_view = h->view(call->job, s, 0, 3);
    *plugin_state = text;
    return ADIT_OK;
}

static int file_with(const char *text)
{
    int fd = memfd_create("resource", MFD_CLOEXEC);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

/* Two plugins of one domain are opened one after the other by the same job: each reads its own table. */
static void test_resources_of_two_plugins(void **state)
{
    struct fixture *f = *state;
    static const char *names[] = {"first", "second"};
    const int fds_a[] = {file_with("a-one"), file_with("a-two")}, fds_b[] = {file_with("b-one"), file_with("b-two")};
    f->table.open = read_resource;
    struct job_plugin a = f->plugin, b = f->plugin;
    a.resources = b.resources = names;
    a.resource_count = b.resource_count = 2;
    a.resource_fds = fds_a;
    b.resource_fds = fds_b;
    char reason[100];
    wanted_resource = "first";
    assert_int_equal(job_open(&f->job, &a, reason, sizeof reason), ADIT_OK);
    assert_string_equal(a.state, "a-one");
    const uint8_t *view_of_a = kept_view;
    assert_int_equal(job_open(&f->job, &b, reason, sizeof reason), ADIT_OK);
    assert_string_equal(b.state, "b-one");
    assert_memory_equal(view_of_a, "a-o", 3);
    assert_memory_equal(kept_view, "b-o", 3);
    free(a.state);
    free(b.state);
    arena_release(&a.opened);
    wanted_resource = "second";
    assert_int_equal(job_open(&f->job, &b, reason, sizeof reason), ADIT_OK);
    assert_string_equal(b.state, "b-two");
    free(b.state);
    arena_release(&b.opened);
    arena_release(&a.opened);
    arena_release(&b.opened);
    for (size_t i = 0; i < 2; i++) {
        (void)close(fds_a[i]);
        (void)close(fds_b[i]);
    }
}

static int32_t try_everything(const struct adit_call *call, void **plugin_state)
{
    struct adit_job *job = call->job;
    const struct adit_value v = {.kind = ADIT_KIND_BOOL};
    const struct adit_stream s = {.size = sizeof s};
    const struct adit_artifact a = {.size = sizeof a};
    struct adit_value value;
    char byte = 0;
    (void)plugin_state;
    assert_int_equal(h->emit(job, "a", 1, &v), ADIT_E_USAGE);
    assert_int_equal(h->begin(job, "a", 1, ADIT_KIND_OBJECT), ADIT_E_USAGE);
    assert_int_equal(h->end(job), ADIT_E_USAGE);
    assert_int_equal(h->refine(job, "a/b", 3), ADIT_E_USAGE);
    assert_int_equal(h->stream_range(job, &s, 0, 0, 0), ADIT_E_USAGE);
    assert_int_equal(h->stream_open(job, &s), ADIT_E_USAGE);
    assert_int_equal(h->artifact_open(job, &a), ADIT_E_USAGE);
    assert_int_equal(h->write(job, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->close(job, 0), ADIT_E_USAGE);
    assert_int_equal(h->companion(job, "a"), ADIT_E_USAGE);
    assert_int_equal(h->need(job, "a", 0), 0);
    assert_int_equal(h->node_get(job, 1, &value, NULL), ADIT_E_RANGE);
    assert_int_equal(h->resource(job, "none"), ADIT_E_UNDECLARED);
    assert_int_equal(h->resource(job, NULL), ADIT_E_USAGE);
    assert_int_equal(h->read(job, 0, 0, &byte, 1), ADIT_E_USAGE);
    assert_int_equal(h->progress(job, 1, 2), 0);
    assert_int_equal(h->source_name(job).size, 0);
    assert_string_equal(h->option(job, "key").data, "value");
    assert_int_equal(h->option(job, "key").size, 5);
    assert_null(h->option(job, "none").data);
    assert_null(h->option(job, NULL).data);
    assert_int_equal(h->warn(job, "first", 5), 0);
    assert_int_equal(h->warn(job, "the last", 8), 0);
    return ADIT_UNSUPPORTED;
}

static void test_open_phase(void **state)
{
    struct fixture *f = *state;
    struct job_pair options[] = {{"other", "x"}, {"key", "value"}};
    char reason[6];
    f->table.open = try_everything;
    f->plugin.options = options;
    f->plugin.option_count = 2;
    assert_int_equal(job_open(&f->job, &f->plugin, reason, sizeof reason), ADIT_UNSUPPORTED);
    assert_string_equal(reason, "the l");
    assert_int_equal(job_open(&f->job, &f->plugin, NULL, 0), ADIT_UNSUPPORTED);
    assert_ptr_equal(f->job.sink, &f->sink);
    assert_int_equal(f->journal.count, 4); /* what was warned of, and nothing else */
    assert_int_equal(f->journal.records[3].kind, RECORD_WARN);
    f->table.open = NULL;
    assert_int_equal(job_open(&f->job, &f->plugin, reason, sizeof reason), ADIT_OK);
    assert_string_equal(reason, "");
}

static void test_no_resources_while_running(void **state)
{
    struct fixture *f = *state;
    static const char *names[] = {"first"};
    const int fds[] = {1};
    f->plugin.resources = names;
    f->plugin.resource_fds = fds;
    f->plugin.resource_count = 1;
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(h->resource(&f->job, "first"), ADIT_E_USAGE);
    assert_int_equal(h->source_name(&f->job).size, 4);
    assert_int_equal(h->source_media(&f->job).size, 3);
}

/* ---- emitting ---- */

static int emit_text(struct fixture *f, uint32_t kind, const char *text, size_t n)
{
    const struct adit_value v = {.kind = kind, .as.text = {text, n}};
    return h->emit(&f->job, "t", 1, &v);
}

static void test_what_may_be_emitted(void **state)
{
    struct fixture *f = *state;
    const struct adit_value good = {.kind = ADIT_KIND_U64, .as.u64 = 1};
    struct adit_value v = good;
    char name[FIELD_MAX_NAME + 1];
    memset(name, 'n', sizeof name);
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(h->emit(&f->job, "a", 1, &good), 0);
    assert_int_equal(h->emit(&f->job, "a", 1, NULL), ADIT_E_USAGE);
    assert_int_equal(h->emit(&f->job, NULL, 1, &good), ADIT_E_USAGE);
    assert_int_equal(h->emit(&f->job, "", 0, &good), ADIT_E_NESTING);
    assert_int_equal(h->emit(&f->job, NULL, 0, &good), ADIT_E_NESTING);
    assert_int_equal(h->emit(&f->job, "\xff", 1, &good), ADIT_E_USAGE);
    assert_int_equal(h->emit(&f->job, name, FIELD_MAX_NAME, &good), 0);
    assert_int_equal(h->emit(&f->job, name, FIELD_MAX_NAME + 1, &good), ADIT_E_LIMIT);
    for (v.kind = 0; v.kind < 20; v.kind++)
        if (v.kind == ADIT_KIND_NONE || v.kind > ADIT_KIND_TIME)
            assert_int_equal(h->emit(&f->job, "a", 1, &v), ADIT_E_TYPE);
    v.kind = UINT32_MAX;
    assert_int_equal(h->emit(&f->job, "a", 1, &v), ADIT_E_TYPE);
    assert_int_equal(emit_text(f, ADIT_KIND_STRING, NULL, 1), ADIT_E_USAGE);
    assert_int_equal(emit_text(f, ADIT_KIND_STRING, NULL, 0), 0);
    assert_int_equal(emit_text(f, ADIT_KIND_BYTES, NULL, 0), 0);
    v = (struct adit_value){.kind = ADIT_KIND_TIME, .as.time = {.year = 2000, .month = 13, .precision = ADIT_TIME_MONTH}};
    assert_int_equal(h->emit(&f->job, "a", 1, &v), ADIT_E_TYPE);
    job_end(&f->job, ADIT_OK);
    struct wire_job_end end = job_result(f);
    assert_true(end.refused > 10);
    assert_true(end.flags & JOB_END_LIMIT); /* the long name */
    for (size_t i = 0; i < f->journal.count; i++)
        if (f->journal.records[i].kind == RECORD_FIELD)
            assert_true(fields_valid(f->journal.bytes.data + f->journal.records[i].at, f->journal.records[i].size));
}

static void test_largest_value(void **state)
{
    struct fixture *f = *state;
    char *text = calloc(1, WIRE_VALUE + 1);
    f->plugin.output_bytes = 4 << 20;
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(emit_text(f, ADIT_KIND_BYTES, text, WIRE_VALUE + 1), ADIT_E_LIMIT);
    assert_int_equal(emit_text(f, ADIT_KIND_BYTES, text, WIRE_VALUE), 0);
    assert_true(last_of(f, RECORD_FIELD)->size <= WIRE_RECORD);
    free(text);
}

static void test_output_limit(void **state)
{
    struct fixture *f = *state;
    f->plugin.output_bytes = 1000;
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    char text[100] = {0};
    size_t kept = 0, total = 0;
    while (emit_text(f, ADIT_KIND_BYTES, text, sizeof text) == 0 && kept < 100) {
        total += last_of(f, RECORD_FIELD)->size;
        kept++;
    }
    assert_true(kept >= 8 && kept <= 10);
    assert_true(total <= 1000 + 16);
    assert_int_equal(h->begin(&f->job, "o", 1, ADIT_KIND_OBJECT) == 0 || kept == 9, 1);
    job_end(&f->job, ADIT_OK);
    assert_true(job_result(f).flags & JOB_END_LIMIT);
}

static void test_event_limit(void **state)
{
    struct fixture *f = *state;
    const struct adit_value v = {.kind = ADIT_KIND_BOOL};
    f->plugin.output_bytes = UINT64_MAX;
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    size_t kept = 0;
    assert_int_equal(h->begin(&f->job, "o", 1, ADIT_KIND_OBJECT), 0);
    while (kept < 2 * FIELD_MAX_EVENTS && h->emit(&f->job, "a", 1, &v) == 0)
        kept++;
    assert_int_equal(kept, FIELD_MAX_EVENTS - 1);
    assert_int_equal(h->begin(&f->job, "o", 1, ADIT_KIND_OBJECT), ADIT_E_LIMIT);
    assert_int_equal(h->end(&f->job), 0); /* what is open can be ended */
    assert_int_equal(h->end(&f->job), ADIT_E_NESTING);
}

/* An end that may belong to a begin that was refused is nobody's mistake. */
static void test_an_end_after_a_begin_that_was_refused(void **state)
{
    struct fixture *f = *state;
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(h->begin(&f->job, "", 0, ADIT_KIND_OBJECT), ADIT_E_NESTING);
    assert_int_equal(h->end(&f->job), ADIT_E_NESTING);
    job_end(&f->job, ADIT_OK);
    assert_false(job_result(f).flags & JOB_END_UNBEGUN);
}

static void test_nesting(void **state)
{
    struct fixture *f = *state;
    const struct adit_value v = {.kind = ADIT_KIND_BOOL};
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(h->end(&f->job), ADIT_E_NESTING);
    assert_int_equal(h->begin(&f->job, "a", 1, ADIT_KIND_STRING), ADIT_E_TYPE);
    assert_int_equal(h->begin(&f->job, "", 0, ADIT_KIND_OBJECT), ADIT_E_NESTING);
    assert_int_equal(h->begin(&f->job, "l", 1, ADIT_KIND_LIST), 0);
    assert_int_equal(h->emit(&f->job, "n", 1, &v), ADIT_E_NESTING);
    assert_int_equal(h->emit(&f->job, NULL, 0, &v), 0);
    assert_int_equal(h->begin(&f->job, "n", 1, ADIT_KIND_OBJECT), ADIT_E_NESTING);
    assert_int_equal(h->begin(&f->job, NULL, 0, ADIT_KIND_OBJECT), 0);
    assert_int_equal(h->emit(&f->job, NULL, 0, &v), ADIT_E_NESTING);
    for (size_t i = 2; i < FIELD_MAX_DEPTH / 2; i++)
        assert_int_equal(h->begin(&f->job, "d", 1, ADIT_KIND_OBJECT), 0);
    assert_int_equal(h->begin(&f->job, "d", 1, ADIT_KIND_OBJECT), ADIT_E_LIMIT);
    job_end(&f->job, ADIT_OK);
    assert_true(job_result(f).flags & JOB_END_NESTING);
    assert_true(job_result(f).flags & JOB_END_UNBEGUN);
    /* Whatever was left open is closed: the events pair. */
    struct buf all = BUF_INIT;
    for (size_t i = 0; i < f->journal.count; i++)
        if (f->journal.records[i].kind == RECORD_FIELD)
            buf_add(&all, f->journal.bytes.data + f->journal.records[i].at, f->journal.records[i].size);
    assert_true(fields_valid(all.data, all.size));
    buf_release(&all);
}

static void test_warn_and_refine(void **state)
{
    struct fixture *f = *state;
    char text[5000];
    memset(text, 'w', sizeof text);
    set(f, &(struct job_source){.fd = -1});
    begin(f);
    assert_int_equal(h->warn(&f->job, NULL, 3), ADIT_E_USAGE);
    assert_int_equal(h->warn(&f->job, text, sizeof text), 0);
    assert_int_equal(last_of(f, RECORD_WARN)->size, 1024);
    assert_int_equal(h->refine(&f->job, NULL, 3), ADIT_E_USAGE);
    assert_int_equal(h->refine(&f->job, "", 0), ADIT_E_USAGE);
    assert_int_equal(h->refine(&f->job, text, 256), ADIT_E_USAGE);
    assert_int_equal(h->refine(&f->job, text, 255), 0);
    assert_int_equal(last_of(f, RECORD_REFINE)->size, 255);
}

/* ---- streams and artifacts ---- */

static struct job_pair stream_types[] = {{"application/x-wanted", "1"}, {"application/x-unwanted", "0"}};

static struct adit_stream stream_of(const char *media)
{
    return (struct adit_stream){.size = sizeof(struct adit_stream), .name = {"n", 1}, .media = {media, strlen(media)}};
}

static void with_streams(struct fixture *f, uint64_t quota, uint64_t limit)
{
    f->plugin.streams = stream_types;
    f->plugin.stream_count = 2;
    f->plugin.stream_bytes = limit;
    f->fd = file_of(1000, 1);
    set(f, &(struct job_source){.fd = f->fd, .size = 1000});
    f->job.task_flags = WIRE_TASK_STREAMS | WIRE_TASK_ARTIFACTS;
    f->job.quota = quota;
    begin(f);
}

static void test_stream_ranges(void **state)
{
    struct fixture *f = *state;
    struct adit_stream s = stream_of("application/x-wanted");
    with_streams(f, 1000, 1000);
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1000), 0);
    assert_int_equal(h->stream_range(&f->job, &s, 0, 1000, 0), 0);
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1001), ADIT_E_RANGE);
    assert_int_equal(h->stream_range(&f->job, &s, 0, 1001, 0), ADIT_E_RANGE);
    assert_int_equal(h->stream_range(&f->job, &s, 0, 1, UINT64_MAX), ADIT_E_RANGE);
    assert_int_equal(h->stream_range(&f->job, &s, 0, UINT64_MAX, 2), ADIT_E_RANGE);
    assert_int_equal(h->stream_range(&f->job, &s, 1, 0, 1), ADIT_E_RANGE);
    assert_int_equal(h->stream_range(&f->job, NULL, 0, 0, 1), ADIT_E_USAGE);
    s.size--;
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_USAGE);
    s = stream_of("application/x-unwanted");
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_UNWANTED);
    s = stream_of("application/x-undeclared");
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_UNDECLARED);
    s = stream_of("");
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_UNDECLARED);
    s = stream_of("application/x-wanted");
    static char long_name[4097];
    s.name = (struct adit_text){long_name, 4097};
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_USAGE);
    s.name = (struct adit_text){NULL, 1};
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_USAGE);
    s.name = (struct adit_text){long_name, 4096};
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), 0);
    assert_int_equal(f->job.end_flags & JOB_END_DEPTH, 0);
    f->job.task_flags = 0; /* streams lie too deep within each other */
    assert_int_equal(h->stream_range(&f->job, &s, 0, 0, 1), ADIT_E_UNWANTED);
    assert_int_equal(f->job.end_flags & JOB_END_DEPTH, JOB_END_DEPTH);
}

static void test_stream_quota(void **state)
{
    struct fixture *f = *state;
    struct adit_stream s = stream_of("application/x-wanted");
    static char data[100000];
    with_streams(f, 150000, 1 << 20);
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->write(&f->job, data, sizeof data), 0);
    assert_int_equal(h->write(&f->job, NULL, 0), 0);
    assert_int_equal(h->write(&f->job, NULL, 1), ADIT_E_USAGE);
    assert_int_equal(h->write(&f->job, data, 50001), ADIT_E_LIMIT);
    assert_int_equal(f->journal.data_bytes, 150000); /* what fits is kept */
    assert_true(f->journal.largest_data <= WIRE_DATA);
    assert_int_equal(h->write(&f->job, data, 1), ADIT_E_LIMIT);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, ADIT_STREAM_TRUNCATED | WIRE_CLOSE_LIMIT);
    /* The next one has nothing left, and says so only where something was to be written. */
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, 0);
    job_end(&f->job, ADIT_OK);
    assert_int_equal(f->job.quota, 0);
    begin(f); /* another job of the same source */
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->write(&f->job, data, 1), ADIT_E_LIMIT);
}

static void test_stream_limit_of_a_job(void **state)
{
    struct fixture *f = *state;
    struct adit_stream s = stream_of("application/x-wanted");
    char data[600] = {0};
    with_streams(f, 10000, 1000);
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->write(&f->job, data, 600), 0);
    assert_int_equal(h->write(&f->job, data, 600), ADIT_E_LIMIT);
    job_end(&f->job, ADIT_OK); /* closes it */
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, ADIT_STREAM_TRUNCATED | WIRE_CLOSE_LIMIT);
    assert_int_equal(f->job.quota, 9000);
    begin(f);
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->write(&f->job, data, 600), 0);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, 0);
}

static void test_writing_out_of_turn(void **state)
{
    struct fixture *f = *state;
    struct adit_stream s = stream_of("application/x-wanted"), unwanted = stream_of("application/x-unwanted");
    struct adit_artifact a = {.size = sizeof a, .name = {"a", 1}};
    with_streams(f, 1000, 1000);
    assert_int_equal(h->write(&f->job, "x", 1), ADIT_E_USAGE);
    assert_int_equal(h->close(&f->job, 0), ADIT_E_USAGE);
    assert_int_equal(h->stream_open(&f->job, NULL), ADIT_E_USAGE);
    assert_int_equal(h->stream_open(&f->job, &unwanted), ADIT_E_UNWANTED);
    assert_int_equal(h->write(&f->job, "x", 1), ADIT_E_USAGE);
    assert_int_equal(h->stream_open(&f->job, &s), 0);
    assert_int_equal(h->stream_open(&f->job, &s), ADIT_E_USAGE);
    assert_int_equal(h->artifact_open(&f->job, &a), ADIT_E_USAGE);
    assert_int_equal(h->close(&f->job, UINT32_MAX), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, ADIT_STREAM_TRUNCATED); /* the others are the host's own */
    assert_int_equal(h->close(&f->job, 0), ADIT_E_USAGE);
    assert_int_equal(h->artifact_open(&f->job, &a), 0);
    char data[3000] = {0};
    assert_int_equal(h->write(&f->job, data, sizeof data), 0); /* no stream: its quota does not count */
    assert_int_equal(f->job.quota, 1000);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(h->artifact_open(&f->job, NULL), ADIT_E_USAGE);
    a.size = 1;
    assert_int_equal(h->artifact_open(&f->job, &a), ADIT_E_USAGE);
    a.size = sizeof a;
    f->job.task_flags = 0;
    assert_int_equal(h->artifact_open(&f->job, &a), ADIT_E_UNWANTED);
}

static void test_artifact_limits(void **state)
{
    struct fixture *f = *state;
    struct adit_artifact a = {.size = sizeof a, .name = {"a", 1}};
    static const char data[1000];
    with_streams(f, 1000, 1000);
    f->plugin.artifact_bytes = 1500;
    f->plugin.artifact_most = 2;
    begin(f);
    assert_int_equal(h->artifact_open(&f->job, &a), 0);
    assert_int_equal(h->write(&f->job, data, sizeof data), 0);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, 0);
    assert_int_equal(h->artifact_open(&f->job, &a), 0);
    assert_int_equal(h->write(&f->job, data, sizeof data), ADIT_E_LIMIT);
    assert_int_equal(h->write(&f->job, data, 1), ADIT_E_LIMIT);
    assert_int_equal(h->close(&f->job, 0), 0);
    assert_int_equal(last_of(f, RECORD_CLOSE)->flags, ADIT_STREAM_TRUNCATED);
    assert_int_equal(f->job.end_flags, JOB_END_LIMIT);
    assert_int_equal(h->artifact_open(&f->job, &a), ADIT_E_LIMIT);
    assert_int_equal(h->close(&f->job, 0), ADIT_E_USAGE);
    begin(f); /* another job's limits are its own here */
    assert_int_equal(h->artifact_open(&f->job, &a), 0);
    assert_int_equal(h->write(&f->job, data, sizeof data), 0);
}

/* ---- running ---- */

static int32_t cancelled(const struct adit_call *call)
{
    return h->progress(call->job, 3, 9) == ADIT_E_CANCELLED ? ADIT_FAILED : ADIT_OK;
}

static void test_progress_and_cancel(void **state)
{
    struct fixture *f = *state;
    set(f, &(struct job_source){.fd = -1});
    body = cancelled;
    job_run(&f->job, &f->plugin);
    assert_int_equal(job_result(f).status, ADIT_OK);
    assert_int_equal(f->journal.done, 3);
    assert_int_equal(f->journal.total, 9);
    f->journal.stop = true;
    job_run(&f->job, &f->plugin);
    assert_int_equal(job_result(f).status, ADIT_FAILED);
    assert_true(job_result(f).flags & JOB_END_CANCELLED);
    f->journal.stop = false;
    job_run(&f->job, &f->plugin);
    assert_int_equal(job_result(f).flags, 0);
}

static void batch_of_one(void *plugin_state, const struct adit_call *calls, int32_t *status, size_t n)
{
    (void)plugin_state;
    assert_int_equal(n, 1);
    assert_int_equal(calls->size, sizeof *calls);
    assert_int_equal(calls->host->abi_major, ADIT_ABI_MAJOR);
    *status = ADIT_DECLINED;
}

static void test_batch_alone(void **state)
{
    struct fixture *f = *state;
    f->table.run = NULL;
    f->table.run_batch = batch_of_one;
    set(f, &(struct job_source){.fd = -1});
    job_run(&f->job, &f->plugin);
    assert_int_equal(f->journal.records[0].kind, RECORD_JOB_BEGIN);
    uint32_t index;
    memcpy(&index, f->journal.bytes.data, sizeof index);
    assert_int_equal(index, 5);
    assert_int_equal(job_result(f).status, ADIT_DECLINED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reads_of_files), TEST(test_reads_of_ranges), TEST(test_reads_of_memory), TEST(test_usage_of_read),
        TEST(test_companions_do_not_disturb), TEST(test_views), TEST(test_file_that_shrinks),
        TEST(test_resources_of_two_plugins), TEST(test_open_phase), TEST(test_no_resources_while_running),
        TEST(test_what_may_be_emitted), TEST(test_largest_value), TEST(test_output_limit), TEST(test_event_limit),
        TEST(test_nesting), TEST(test_an_end_after_a_begin_that_was_refused), TEST(test_warn_and_refine), TEST(test_stream_ranges), TEST(test_stream_quota),
        TEST(test_stream_limit_of_a_job), TEST(test_writing_out_of_turn), TEST(test_artifact_limits), TEST(test_progress_and_cancel), TEST(test_batch_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
