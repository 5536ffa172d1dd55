/* SPDX-License-Identifier: MIT */
/* The pool with real zygotes and workers: batches, limits, deaths at bad moments, and who is blamed for what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channel.h"
#include "conf_tree.h"
#include "fields.h"
#include "links.h"
#include "pool_impl.h"
#include "run_program.h"

enum { MAX_TASKS = 400, SECONDS = 60 };

/* What the pool told of one task. */
struct told {
    unsigned begun, ended, lost, again, done;
    int32_t status;        /* of the end */
    uint32_t end_flags;
    enum part_status lost_as;
    uint64_t refused;
    char why[300];
    struct buf fields, ids;
    struct buf links, warnings; /* a line each: number:flags:target */
};

struct fixture {
    struct conf_tree tree;
    struct registry *registry;
    struct pool *pool;
    bool no_sandbox;
    struct pool_task tasks[MAX_TASKS];
    struct told told[MAX_TASKS];
    char texts[MAX_TASKS][64];
    size_t count, done, sealed, warned;
    char warning[200];
};

/* ---- what the pool tells ---- */

static struct told *told_of(const struct pool_task *task)
{
    return task->owner;
}
static void job_begun(void *context, struct pool_task *task, uint32_t plugin)
{
    (void)context;
    (void)plugin;
    told_of(task)->begun++;
}
static void on_record(void *context, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head, const uint8_t *payload)
{
    (void)context;
    (void)plugin;
    if (head->kind == RECORD_FIELD)
        buf_add(&told_of(task)->fields, payload, head->size);
    if (head->kind == RECORD_WARN)
        buf_addf(&told_of(task)->warnings, "%.*s\n", (int)head->size, (const char *)payload);
    if (head->kind != RECORD_LINKS)
        return;
    struct links_reader r = links_reader_of(payload);
    struct links_item link;
    while (links_next(&r, &link))
        buf_addf(&told_of(task)->links, "%u:%u:%.*s\n", link.id, link.flags, (int)link.target.size, link.target.data);
}
static void job_ended(void *context, struct pool_task *task, uint32_t plugin, const struct wire_job_end *end)
{
    (void)context;
    (void)plugin;
    told_of(task)->ended++;
    told_of(task)->status = end->status;
    told_of(task)->end_flags = end->flags;
    told_of(task)->refused = end->refused;
}
static void job_lost(void *context, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason)
{
    (void)context;
    (void)plugin;
    told_of(task)->lost++;
    told_of(task)->lost_as = status;
    (void)snprintf(told_of(task)->why, sizeof told_of(task)->why, "%s", reason);
}
static void job_again(void *context, struct pool_task *task, uint32_t plugin)
{
    (void)context;
    (void)plugin;
    told_of(task)->again++;
    buf_reset(&told_of(task)->fields);
}
static void on_sealed(void *context, uint32_t plugin, const unsigned char digest[32])
{
    (void)plugin;
    (void)digest;
    ((struct fixture *)context)->sealed++;
}
static void task_done(void *context, struct pool_task *task)
{
    told_of(task)->done++;
    ((struct fixture *)context)->done++;
}
static void on_warned(void *context, uint32_t plugin, const char *text)
{
    struct fixture *f = context;
    f->warned++;
    (void)snprintf(f->warning, sizeof f->warning, "%s: %s", f->registry->plugins[plugin].conf.name, text);
}
static bool wants_stream(void *context, const char *media)
{
    (void)context;
    (void)media;
    return true;
}

/* ---- set-up ---- */

/* A plugin on a module, in a domain of its own name unless `domain` is given. */
static void put_plugin_on(const struct fixture *f, const char *module, const char *name, const char *domain, const char *limits,
                          const char *options)
{
    char text[1500], path[100];
    (void)snprintf(text, sizeof text,
                   "[plugin]\nname = %s\nversion = 1.0.0\nkind = extractor\nmodule = %s.so\nsummary = s\ndomain = %s\n[match]\n"
                   "type = application/x-batch\n[fields]\ncontent = string\ntogether = u32\n[limits]\n%s[options]\n%s%s",
                   name, module, domain ? domain : name, limits[0] ? limits : "time = 20s\n", options,
#ifdef ADIT_SANITIZED
                   "[module]\nconstructors = yes\n"
#else
                   ""
#endif
    );
    (void)snprintf(path, sizeof path, "conf.d/%s.conf", name);
    conf_tree_write(&f->tree, path, text);
}

static void put_plugin(const struct fixture *f, const char *name, const char *domain, const char *limits, const char *options)
{
    put_plugin_on(f, "batch", name, domain, limits, options);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    conf_tree_make(&f->tree);
    static const char *const modules[] = {"tests/hostile/batch", "tests/hostile/mapper", "tests/hostile/abi10", "lib/adit/modules/idmap/table"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        char from[200], to[100];
        (void)snprintf(from, sizeof from, BUILD_DIR "/%s.so", modules[i]);
        (void)snprintf(to, sizeof to, "conf.d/%s.so", strrchr(modules[i], '/') + 1);
        put_copy(from, conf_tree_path(&f->tree, to));
    }
    *state = f;
    return 0;
}

/* Nothing that a pool started outlives it. */
static int teardown(void **state)
{
    struct fixture *f = *state;
    pool_close(f->pool);
    pool_close(NULL);
    if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
        fail_msg("a child is left behind");
    registry_free(f->registry);
    conf_tree_remove(&f->tree);
    for (size_t i = 0; i < MAX_TASKS; i++) {
        struct told *t = &f->told[i];
        buf_release(&t->fields);
        buf_release(&t->ids);
        buf_release(&t->links);
        buf_release(&t->warnings);
    }
    free(f);
    return 0;
}

static void open_pool(struct fixture *f, size_t workers)
{
    struct err e = {0};
    f->registry = conf_tree_open(&f->tree, NULL);
    const struct pool_options options = {
        .registry = f->registry,
        .workers = workers,
        .sandbox = !f->no_sandbox,
        .wants_stream = wants_stream,
        .prefix = BUILD_DIR,
        .events = {.context = f, .job_begun = job_begun, .record = on_record, .job_ended = job_ended, .job_lost = job_lost,
                   .job_again = job_again, .sealed = on_sealed, .task_done = task_done, .warned = on_warned},
    };
    if (pool_open(&options, &f->pool, &e) != 0)
        fail_msg("%s", e.text);
}

static uint32_t index_of(const struct fixture *f, const char *plugin)
{
    conf_tree_expect(f->registry, plugin, PLUGIN_READY, "");
    return registry_find(f->registry, plugin)->index;
}

static struct told *submit(struct fixture *f, const char *plugin, const char *content)
{
    size_t i = f->count++;
    assert_true(i < MAX_TASKS);
    (void)snprintf(f->texts[i], sizeof f->texts[i], "%s", content);
    struct pool_task *t = &f->tasks[i];
    *t = (struct pool_task){
        .fd = -1, .memory = (const uint8_t *)f->texts[i], .size = strlen(content), .name = {"name", 4}, .media = {"application/x-batch", 19},
        .jobs = {index_of(f, plugin)}, .job_count = 1, .owner = &f->told[i]};
    const char *process = registry_process(f->registry, registry_find(f->registry, plugin));
    assert_int_equal(pool_domain(f->pool, process, &t->domain), 0);
    pool_submit(f->pool, t);
    return &f->told[i];
}

/* Identifiers, one a line. */
static struct told *submit_ids(struct fixture *f, const char *plugin, const char *lines, uint16_t flags)
{
    struct told *t = submit(f, plugin, "");
    struct pool_task *task = &f->tasks[f->count - 1];
    task->flags = WIRE_TASK_MAP | flags;
    for (const char *at = lines, *end; *at; at = end + 1) {
        end = strchr(at, '\n');
        uint32_t n = (uint32_t)(end - at);
        buf_add(&t->ids, &n, sizeof n);
        buf_add(&t->ids, at, n);
        task->map_ids++;
    }
    task->memory = (const uint8_t *)t->ids.data;
    task->size = t->ids.size;
    return t;
}

static void pump(struct fixture *f)
{
    struct err e = {0};
    if (pool_wait(f->pool, 20, -1, &e) != 0)
        fail_msg("the run ended: %s", e.text);
}

static void finish(struct fixture *f)
{
    int64_t end = pool_now_ms() + SECONDS * 1000;
    while (pool_pending(f->pool) > 0 && pool_now_ms() < end)
        pump(f);
    assert_int_equal(pool_pending(f->pool), 0);
    assert_int_equal(f->done, f->count);
}

static void until_begun(struct fixture *f, const struct told *t)
{
    int64_t end = pool_now_ms() + SECONDS * 1000;
    while (t->begun == 0 && t->done == 0 && pool_now_ms() < end)
        pump(f);
    assert_int_equal(t->begun, 1);
}

/* Ran to its end, once as far as can be told from outside, with this content. */
static void expect_ok(const struct told *t, const char *content)
{
    if (t->lost || t->done != 1 || t->ended != 1 || t->status != ADIT_OK || t->end_flags != 0)
        fail_msg("lost %u (%s: %s), done %u, ended %u, status %d, flags %u", t->lost, part_status_name(t->lost_as), t->why, t->done,
                 t->ended, t->status, t->end_flags);
    assert_true(fields_valid(t->fields.data, t->fields.size));
    struct field_reader r = {(const uint8_t *)t->fields.data, (const uint8_t *)t->fields.data + t->fields.size};
    struct field_event e;
    assert_int_equal(field_next(&r, &e), 1);
    if (e.text.size != strlen(content) || memcmp(e.text.data, content, e.text.size) != 0)
        fail_msg("content is \"%.*s\", expected \"%s\"", (int)e.text.size, e.text.data, content);
}

static void expect_lost(const struct told *t, enum part_status status, const char *why)
{
    if (t->lost != 1 || t->done != 1 || t->ended != 0 || t->lost_as != status || !strstr(t->why, why))
        fail_msg("lost %u (%s: %s), done %u, ended %u; expected %s with \"%s\"", t->lost, part_status_name(t->lost_as), t->why, t->done,
                 t->ended, part_status_name(status), why);
}

/* ---- batches ---- */

static void test_many_sources(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 2);
    for (int i = 0; i < 300; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "BATCH %d", i);
        (void)submit(f, "p", text);
    }
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], f->texts[i]);
    struct pool_stats stats;
    pool_stats(f->pool, &stats);
    assert_int_equal(stats.tasks, 300);
    assert_int_equal(stats.jobs, 300);
    assert_int_equal(stats.zygotes_started, 1);
    assert_int_equal(stats.modules_loaded, 1);
    assert_int_equal(stats.workers_lost, 0);
    assert_true(stats.batches < 100);
    assert_int_equal(f->sealed, 1);
    assert_int_not_equal(getpgid(f->pool->domains[0]->pid), getpgrp()); /* a terminal's Ctrl-C is not for them */
}

/* Bytes that do not fit a message travel in memory of their own; a range of a file as a descriptor. */
static void test_sources_of_every_kind(void **state)
{
    struct fixture *f = *state;
    static uint8_t large[100000];
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    memset(large, 'x', sizeof large);
    struct told *t = submit(f, "p", "");
    f->tasks[0].memory = large;
    f->tasks[0].size = sizeof large;
    struct told *u = submit(f, "p", "");
    int fd = memfd_create("source", MFD_CLOEXEC);
    assert_int_equal(pwrite(fd, "before BATCH after", 18, 0), 18);
    f->tasks[1].fd = fd;
    f->tasks[1].offset = 7;
    f->tasks[1].size = 5;
    struct told *v = submit(f, "p", ""); /* no bytes at all */
    f->tasks[2].memory = NULL;
    finish(f);
    large[64] = '\0';
    expect_ok(t, (const char *)large);
    expect_ok(u, "BATCH");
    expect_ok(v, "");
    (void)close(fd);
}

static void test_only_the_culprit_is_blamed(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    put_plugin(f, "other", "p", "", ""); /* of the same domain: two jobs in each source's task */
    open_pool(f, 1);
    for (int i = 0; i < 40; i++) {
        (void)submit(f, "p", i == 7 || i == 31 ? "BATCH crash" : i % 3 == 0 ? "BATCH malformed" : "BATCH fine");
        if (i % 2)
            f->tasks[i].jobs[f->tasks[i].job_count++] = index_of(f, "other");
    }
    finish(f);
    for (size_t i = 0; i < f->count; i++) {
        const struct told *t = &f->told[i];
        unsigned jobs = i % 2 ? 2 : 1;
        bool culprit = i == 7 || i == 31;
        if (t->lost != (culprit ? jobs : 0) || t->ended != (culprit ? 0 : jobs) || t->done != 1)
            fail_msg("task %zu: lost %u (%s), ended %u", i, t->lost, t->why, t->ended);
        if (culprit)
            assert_int_equal(t->lost_as, PART_CRASHED);
        else
            assert_int_equal(t->status, i % 3 == 0 ? ADIT_MALFORMED : ADIT_OK);
    }
#ifndef ADIT_SANITIZED /* AddressSanitizer catches the signal, reports, and exits */
    assert_non_null(strstr(f->told[7].why, "signal 11"));
#endif
}

/* SIGSTOP does not kill: the clock does. */
static void test_stopped_worker_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "time = 300ms\n", "");
    open_pool(f, 1);
    for (int i = 0; i < 4; i++)
        (void)submit(f, "p", i == 2 ? "BATCH stop" : "BATCH fine");
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        if (i == 2)
            expect_lost(&f->told[i], PART_TIMEOUT, "took longer than 300 ms");
        else
            expect_ok(&f->told[i], "BATCH fine");
}

/* ---- deaths from outside ---- */

static struct worker_process *running_worker(const struct fixture *f)
{
    for (size_t i = 0; i < f->pool->domain_count; i++)
        for (size_t k = 0; k < f->pool->domains[i]->worker_count; k++)
            if (f->pool->domains[i]->workers[k]->batch_count > 0)
                return f->pool->domains[i]->workers[k];
    fail_msg("no worker is running");
    return NULL;
}

static void test_killed_worker_costs_one_job(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    const struct told *victim = submit(f, "p", "BATCH wait");
    until_begun(f, victim);
    for (int i = 0; i < 50; i++)
        (void)submit(f, "p", "BATCH fine");
    pump(f); /* the next batch is under way to the same worker */
    assert_int_equal(kill(running_worker(f)->pid, SIGKILL), 0);
    finish(f);
    expect_lost(victim, PART_OUT_OF_MEMORY, "was killed from outside");
    for (size_t i = 1; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
}

/* Killed after its hello and before the host has heard it: no job was lost, and it is no breach of the locks. */
static void test_killed_before_it_was_heard(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    for (int i = 0; i < 10; i++)
        (void)submit(f, "p", "BATCH fine");
    const struct domain *d = f->pool->domains[0];
    while (d->loaded_count == 0)
        pump(f);
    assert_int_equal(kill(d->pid, SIGSTOP), 0);
    while (d->worker_count == 0)
        pump(f);
    assert_int_equal(kill(d->pid, SIGCONT), 0);
    struct pollfd said = {.fd = d->workers[0]->socket, .events = POLLIN};
    assert_int_equal(poll(&said, 1, SECONDS * 1000), 1);
    uint32_t message;
    pid_t pid = 0;
    siginfo_t info;
    assert_int_equal(channel_receive(said.fd, MSG_PEEK, &message, sizeof message, NULL, NULL, &pid), 4);
    assert_int_equal(message, WIRE_HELLO);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
}

static void test_killed_zygote_costs_nothing(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    put_plugin(f, "late", "p", "", "");
    open_pool(f, 2);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 60; i++)
            (void)submit(f, "p", "BATCH fine");
        size_t before = f->done;
        while (f->done < before + 5)
            pump(f);
        if (f->pool->domains[0]->pid > 0) /* once it is dead its workers may do for the next round */
            assert_int_equal(kill(f->pool->domains[0]->pid, SIGKILL), 0);
        finish(f);
    }
    (void)submit(f, "late", "BATCH fine"); /* another is started for it */
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
}

/* Nonsense in the ring, and then death before the host has looked: told as what it was, and nothing is used after it is gone. */
static void test_nonsense_before_death(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    for (int kind = 0; kind < 3; kind++) {
        struct told *t = submit(f, "p", "BATCH wait");
        until_begun(f, t);
        struct worker_process *w = running_worker(f);
        struct wire_shared *shared = w->memory;
        siginfo_t info;
        pid_t pid = w->pid;
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
        uint64_t head = atomic_load(&shared->head);
        static const struct wire_record_head lies[] = {{99, 0, 0, 0}, {RECORD_FIELD, 0, 0, UINT32_MAX}, {RECORD_JOB_END, 0, 60000, 16}};
        for (size_t i = 0; i < sizeof lies[0]; i++)
            ((uint8_t *)w->memory)[4096 + ((head + i) & (WIRE_RING - 1))] = ((const uint8_t *)&lies[kind])[i];
        atomic_store(&shared->head, kind == 2 ? head + 8 + 16 : head + 8);
        (void)submit(f, "p", "BATCH fine");
        finish(f);
        expect_lost(t, PART_CRASHED, "broke the protocol");
        expect_ok(&f->told[f->count - 1], "BATCH fine");
    }
    struct told *t = submit(f, "p", "BATCH wait");
    until_begun(f, t);
    atomic_store(&((struct wire_shared *)running_worker(f)->memory)->head, UINT64_MAX);
    finish(f);
    expect_lost(t, PART_CRASHED, "broke the protocol");
}

/* A message may be read after the job that sent it has ended: whose worker dies of it runs again, alone, and is not blamed for it. */
static void test_late_message_is_nobodys(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "time = 300ms\n", "");
    open_pool(f, 1);
    struct told *t = submit(f, "p", "BATCH wait");
    until_begun(f, t);
    struct worker_process *w = running_worker(f);
    w->late = true;
    worker_kill(w, PART_CRASHED, "broke the protocol: an unexpected message");
    finish(f);
    assert_int_equal(t->again, 1);
    expect_lost(t, PART_TIMEOUT, "took longer than 300 ms"); /* what it does when it runs alone */
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    struct told *t = submit(f, "p", "BATCH wait");
    until_begun(f, t);
    struct pool_task *task = NULL;
    uint64_t done = 0, total = 0;
    while (!pool_progress(f->pool, &task, &done, &total))
        pump(f);
    assert_ptr_equal(task, &f->tasks[0]);
    assert_int_equal(done, 1);
    assert_int_equal(total, 2);
    pool_cancel(f->pool);
    finish(f);
    assert_int_equal(t->ended, 1);
    assert_true(t->end_flags & JOB_END_CANCELLED);
}

/* Everything is in the middle of something: closing ends it all the same. */
static void test_close_in_the_middle(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "");
    put_plugin(f, "q", NULL, "", "");
    open_pool(f, 2);
    struct told *t = submit(f, "p", "BATCH wait");
    (void)submit(f, "q", "BATCH stop");
    until_begun(f, t);
    for (int i = 0; i < 20; i++)
        (void)submit(f, "p", "BATCH fine");
    pump(f);
}

/* ---- identifiers ---- */

static void expect_links(struct told *t, const char *links)
{
    if (t->lost || t->done != 1 || t->ended != 1 || t->status != ADIT_OK || strcmp(buf_cstr(&t->links), links) != 0)
        fail_msg("lost %u (%s: %s), ended %u, status %d, warnings \"%s\", links\n%s\nexpected\n%s", t->lost, part_status_name(t->lost_as),
                 t->why, t->ended, t->status, buf_cstr(&t->warnings), buf_cstr(&t->links), links);
}

static void test_links(void **state)
{
    struct fixture *f = *state;
    put_plugin_on(f, "mapper", "m", NULL, "", "");
    open_pool(f, 1);
    struct told *plain = submit_ids(f, "m", "id1\nnone\n\ntwice\nsecondary\nwithdrawn\nid1\n", 0);
    struct told *back = submit_ids(f, "m", "id1\nnone\n", WIRE_TASK_MAP_BACKWARD);
    struct told *refused = submit_ids(f, "m", "id1\nrefused\n", 0);
    struct told *invalid = submit_ids(f, "m", "id1\nlatin\nhalves\nid\xc3\xa9\n", 0);
    finish(f);
    expect_links(plain, "0:0:id1\n0:0:first's\n3:0:same\n3:0:same\n4:1:main\n5:2:\n6:0:id1\n");
    assert_int_equal(plain->end_flags, 0);
    assert_int_equal(plain->refused, 0);
    expect_links(back, "0:0:back\n");
    expect_links(refused, "0:0:id1\n");
    assert_int_equal(refused->refused, 7);
    expect_links(invalid, "0:0:id1\n3:0:id\xc3\xa9\n");
    assert_int_equal(invalid->refused, 3);
    struct pool_stats stats;
    pool_stats(f->pool, &stats);
    assert_int_equal(stats.workers_lost, 0);
}

/* More than a message holds, and more links than a record holds. */
static void test_many_links(void **state)
{
    struct fixture *f = *state;
    struct buf lines = BUF_INIT, links = BUF_INIT;
    put_plugin_on(f, "mapper", "m", NULL, "", "");
    open_pool(f, 1);
    for (int i = 0; lines.size < WIRE_IDS / 2; i++) {
        buf_addf(&lines, "id%d\n", i);
        buf_addf(&links, "%d:0:id%d\n", i, i);
    }
    struct told *t = submit_ids(f, "m", buf_cstr(&lines), 0);
    (void)submit_ids(f, "m", "id\n", 0);
    finish(f);
    expect_links(t, buf_cstr(&links));
    expect_links(&f->told[1], "0:0:id\n");
    buf_release(&lines);
    buf_release(&links);
}

static void test_links_have_a_limit(void **state)
{
    struct fixture *f = *state;
    put_plugin_on(f, "mapper", "m", NULL, "output = 100K\n", "");
    open_pool(f, 1);
    struct told *t = submit_ids(f, "m", "id1\nflood\nid2\n", 0);
    struct told *large = submit_ids(f, "m", "large\nid3\n", 0);
    finish(f);
    assert_int_equal(t->ended, 1);
    assert_int_equal(t->end_flags, JOB_END_LIMIT);
    assert_true(t->links.size > 96000 && t->links.size < 100 * 1024);
    expect_links(large, "1:0:id3\n");
    assert_int_equal(large->end_flags, JOB_END_LIMIT);
}

/* What was answered before a crash is kept; tasks beside it are not touched. */
static void test_map_that_crashes(void **state)
{
    struct fixture *f = *state;
    put_plugin_on(f, "mapper", "m", NULL, "", "");
    open_pool(f, 1);
    struct told *before = submit_ids(f, "m", "id1\n", 0);
    struct told *crash = submit_ids(f, "m", "id2\ncrash\n", 0);
    struct told *after = submit_ids(f, "m", "id3\n", 0);
    finish(f);
    expect_links(before, "0:0:id1\n");
    expect_links(after, "0:0:id3\n");
#ifdef ADIT_SANITIZED
    assert_int_equal(crash->lost_as, PART_CRASHED);
#else
    expect_lost(crash, PART_CRASHED, "crashed with signal 6");
#endif
}

static void test_what_open_warns_of(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *name, *options, *told; size_t count; } cases[] = {
        {"some", "warnings = 3\n", "some: warning 3", 3},
        {"many", "warnings = 100000\n", "many: warning 32", WIRE_WARNINGS},
        {"none", "", "", 0},
        {"fails", "warnings = 2\nfails = yes\n", "fails: warning 1", 1}, /* the last one is the reason */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        put_plugin_on(f, "mapper", cases[i].name, NULL, "", cases[i].options);
    open_pool(f, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f->warned = 0;
        f->warning[0] = '\0';
        struct told *t = submit_ids(f, cases[i].name, "id1\n", 0);
        finish(f);
        assert_int_equal(f->warned, cases[i].count);
        assert_string_equal(f->warning, cases[i].told);
        if (i == 3)
            expect_lost(t, PART_FAILED, "open() gave failed: warning 2");
        else
            expect_links(t, "0:0:id1\n");
    }
}

/* A large table is mapped, not read: where it shrinks under the workers, that is told as what it is, and costs no more. */
static void test_table_that_shrinks(void **state)
{
    struct fixture *f = *state;
    struct buf table = BUF_INIT;
    buf_adds(&table, "key\tvalue\n");
    for (int i = 0; table.size < 3 << 20; i++)
        buf_addf(&table, "id%d\tv%d\n", i, i);
    conf_tree_write(&f->tree, "conf.d/table.tsv", buf_cstr(&table));
    buf_release(&table);
    put_plugin_on(f, "table", "t", "d", "", "[resources]\ntable = table.tsv\n");
    put_plugin_on(f, "mapper", "m", "d", "", "");
    open_pool(f, 1);
    struct told *before = submit_ids(f, "t", "id7\nid100000\n", 0);
    finish(f);
    expect_links(before, "0:0:v7\n1:0:v100000\n");
    assert_int_equal(truncate(conf_tree_path(&f->tree, "conf.d/table.tsv"), 4096), 0);
    struct told *after = submit_ids(f, "t", "id7\nid100000\n", 0);
    struct told *other = submit_ids(f, "m", "id1\n", 0);
    finish(f);
#ifndef ADIT_SANITIZED /* AddressSanitizer catches the signal */
    expect_lost(after, PART_FAILED, "became shorter");
#endif
    assert_int_equal(after->lost, 1);
    expect_links(other, "0:0:id1\n");
}

/* A module of the first minor ABI goes on working beside newer ones; nobody is asked for what it does not have. */
static void test_functions_that_are_not_there(void **state)
{
    struct fixture *f = *state;
    put_plugin_on(f, "abi10", "old", "d", "", "");
    put_plugin_on(f, "mapper", "m", "d", "", "");
    open_pool(f, 1);
    (void)submit(f, "old", "BATCH old");
    struct told *no_map = submit_ids(f, "old", "id1\n", 0);
    struct told *no_run = submit(f, "m", "BATCH x");
    struct told *mapped = submit_ids(f, "m", "id1\n", 0);
    finish(f);
    expect_ok(&f->told[0], "BATCH old");
    expect_links(mapped, "0:0:id1\n");
    assert_int_equal(no_map->status, ADIT_FAILED);
    assert_non_null(strstr(buf_cstr(&no_map->warnings), "has no map()"));
    assert_int_equal(no_run->status, ADIT_FAILED);
    assert_non_null(strstr(buf_cstr(&no_run->warnings), "has no run()"));
}

/* ---- open and close ---- */

static void test_plugins_that_cannot_be_opened(void **state)
{
    struct fixture *f = *state;
    static const struct { const char *name, *option; enum part_status status; const char *why; } cases[] = {
        {"failed", "open = failed\n", PART_FAILED, "open() gave failed: the table is missing"},
        {"strange", "open = strange\n", PART_FAILED, "open() gave an unknown status"},
        {"crash", "open = crash\n", PART_CRASHED, "open()) was ended by signal 11"},
        {"exit", "open = exit\n", PART_CRASHED, "open()) ended the process with status 3"},
        {"socket", "open = socket\n", PART_DENIED, "open()) was ended by signal 31"},
        {"hang", "open = hang\n", PART_TIMEOUT, "open()) took longer than allowed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        put_plugin(f, cases[i].name, NULL, "time = 1s\n", cases[i].option);
    put_plugin(f, "good", "failed", "", ""); /* shares a domain with the first */
    open_pool(f, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 0; k < 3; k++) {
            (void)submit(f, cases[i].name, "BATCH fine");
            (void)submit(f, "good", "BATCH fine");
        }
    finish(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3; k++) {
            const struct told *t = &f->told[6 * i + 2 * k];
#ifdef ADIT_SANITIZED /* AddressSanitizer catches the signal, reports, and exits with status 1 */
            if (strcmp(cases[i].name, "crash") == 0) {
                assert_int_equal(t->lost_as, PART_CRASHED);
                continue;
            }
#endif
            expect_lost(t, cases[i].status, cases[i].why);
            expect_ok(&f->told[6 * i + 2 * k + 1], "BATCH fine");
        }
}

/* open() succeeded and left the zygote unable to fork: a domain that cannot work is given up, the others go on. */
static void test_open_that_breaks_its_zygote(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "descriptors", NULL, "", "open = descriptors\n");
#ifndef ADIT_SANITIZED /* there is no RLIMIT_AS */
    put_plugin(f, "memory", NULL, "", "open = memory\n");
#endif
    put_plugin(f, "good", NULL, "", "");
    open_pool(f, 2);
    for (int i = 0; i < 5; i++) {
        (void)submit(f, "descriptors", "BATCH fine");
        (void)submit(f, "good", "BATCH fine");
#ifndef ADIT_SANITIZED
        (void)submit(f, "memory", "BATCH fine");
#endif
    }
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        if (f->tasks[i].domain == f->tasks[1].domain)
            expect_ok(&f->told[i], "BATCH fine");
        else
            expect_lost(&f->told[i], PART_FAILED, "is given up");
}

/* A zygote may fork, so a plugin's open() can too: what it leaves running ends with the pool (see tear-down). */
static void test_open_that_forks(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "open = spawn\n");
    open_pool(f, 2);
    (void)submit(f, "p", "BATCH fine");
    finish(f);
    expect_lost(&f->told[0], PART_DENIED, "Bad system call");
}

static bool has_children(void)
{
    siginfo_t info = {0};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Without the locks anyone can fork: what nobody ordered is ended with its whole group, and the plugin told. */
static void test_strays_without_locks(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "open = linger\n");
    put_plugin(f, "q", NULL, "", "");
    f->no_sandbox = true;
    open_pool(f, 1);
    (void)submit(f, "p", "BATCH fine");
    (void)submit(f, "q", "BATCH fine");
    finish(f);
    expect_lost(&f->told[0], PART_DENIED, "its open()) started processes of its own");
    expect_ok(&f->told[1], "BATCH fine");
}

/* An open() that plays the zygote gets the key with the first order to fork. */
static void test_open_that_takes_over(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "open = take-over\n");
    put_plugin(f, "q", NULL, "", "");
    open_pool(f, 2);
    for (int i = 0; i < 20; i++)
        (void)submit(f, i % 2 ? "q" : "p", "BATCH fine");
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        if (i % 2)
            expect_ok(&f->told[i], "BATCH fine");
        else
            expect_lost(&f->told[i], PART_DENIED, "that adit did not order ran in it");
    pool_close(f->pool);
    f->pool = NULL;
    assert_false(has_children());
}

static void test_close_that_crashes_does_no_harm(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "close = crash\n");
    open_pool(f, 1);
    for (int i = 0; i < 12; i++) {
        (void)submit(f, "p", "BATCH fine");
        f->tasks[i].alone = i % 2; /* a worker for each: every second time one is closed */
    }
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
    struct pool_stats stats;
    pool_stats(f->pool, &stats);
    assert_int_equal(stats.workers_lost, 0);
    assert_true(stats.workers_started >= 6);
}

static void test_close_that_hangs_keeps_nobody_waiting(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "close = hang\n");
    open_pool(f, 2);
    for (int i = 0; i < 12; i++) {
        (void)submit(f, "p", "BATCH fine");
        f->tasks[i].alone = true; /* a worker for each */
    }
    finish(f);
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
    assert_true(f->pool->domains[0]->worker_count <= 5); /* two, and those that have to be ended */
    struct pool_stats stats;
    pool_stats(f->pool, &stats);
    assert_int_equal(stats.workers_lost, 0);
}

/* ---- modules that come later ---- */

static void put_plugins_together(struct fixture *f, int count)
{
    for (int i = 0; i < count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p%d", i);
        put_plugin(f, name, "together", "", "");
    }
}

/* A worker has the modules that were loaded before it: one by one, six that come at once would cost six workers. */
static void test_new_modules_come_together(void **state)
{
    struct fixture *f = *state;
    put_plugins_together(f, 6);
    open_pool(f, 1);
    (void)submit(f, "p0", "BATCH first");
    finish(f);
    for (int i = 0; i < 60; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p%d", i % 2 ? i / 2 % 6 : 0);
        (void)submit(f, name, "BATCH fine");
    }
    finish(f);
    for (size_t i = 1; i < f->count; i++)
        expect_ok(&f->told[i], "BATCH fine");
    struct pool_stats stats;
    pool_stats(f->pool, &stats);
    assert_int_equal(stats.modules_loaded, 6);
    assert_int_equal(stats.workers_started, 2);
}

/* Others are never out of work, and still it has its turn. */
static void test_new_module_does_not_wait_for_ever(void **state)
{
    struct fixture *f = *state;
    put_plugins_together(f, 2);
    open_pool(f, 1);
    (void)submit(f, "p0", "BATCH first");
    finish(f);
    const struct told *late = submit(f, "p1", "BATCH fine");
    while (late->done == 0 && f->count + 1 < MAX_TASKS) {
        while (pool_pending(f->pool) < 200 && f->count < MAX_TASKS)
            (void)submit(f, "p0", "BATCH pause");
        pump(f);
    }
    expect_ok(late, "BATCH fine");
    finish(f);
}

/* ---- many domains ---- */

static void test_more_domains_than_zygotes(void **state)
{
    struct fixture *f = *state;
    enum { DOMAINS = 22 };
    char name[16];
    for (int i = 0; i < DOMAINS; i++) {
        (void)snprintf(name, sizeof name, "p%d", i);
        put_plugin(f, name, NULL, "", "");
    }
    open_pool(f, 1);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < DOMAINS; i++) {
            (void)snprintf(name, sizeof name, "p%d", i);
            (void)submit(f, name, name);
            if (round == 1) /* one after the other, so that some are idle for long */
                finish(f);
        }
        finish(f);
    }
    for (size_t i = 0; i < f->count; i++)
        expect_ok(&f->told[i], f->texts[i]);
    size_t alive = 0;
    for (int i = 0; i < DOMAINS; i++)
        pump(f);
    for (size_t i = 0; i < f->pool->domain_count; i++)
        alive += f->pool->domains[i]->state != ZYGOTE_NONE;
    assert_true(alive <= MAX_ZYGOTES);
    assert_int_equal(f->pool->domain_count, DOMAINS);
}

/* ---- modules that are refused ---- */

static void test_module_that_is_none(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "good", NULL, "", "");
    conf_tree_plugin(&f->tree, "bad", "[match]\ntype = a/b\n"); /* bad.so holds the text "bad" */
    open_pool(f, 1);
    (void)submit(f, "bad", "BATCH fine");
    (void)submit(f, "good", "BATCH fine");
    finish(f);
    expect_lost(&f->told[0], PART_FAILED, "is refused");
    expect_ok(&f->told[1], "BATCH fine");
}

static void test_missing_resource(void **state)
{
    struct fixture *f = *state;
    put_plugin(f, "p", NULL, "", "[resources]\ntable = p.tsv\n");
    conf_tree_write(&f->tree, "conf.d/p.tsv", "x");
    open_pool(f, 1);
    assert_int_equal(unlink(conf_tree_path(&f->tree, "conf.d/p.tsv")), 0);
    (void)submit(f, "p", "BATCH fine");
    finish(f);
    expect_lost(&f->told[0], PART_FAILED, "cannot open resource table");
}

/* No zygote, no run: said once, at once. */
static void test_installation_without_a_zygote(void **state)
{
    struct fixture *f = *state;
    struct err e = {0};
    put_plugin(f, "p", NULL, "", "");
    open_pool(f, 1);
    f->pool->options.prefix = f->tree.root;
    (void)submit(f, "p", "BATCH fine");
    int error = 0;
    for (int i = 0; i < 10 && !error; i++)
        error = pool_wait(f->pool, 20, -1, &e);
    assert_int_equal(error, -ENOENT);
    assert_non_null(strstr(e.text, "adit-zygote"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_many_sources), TEST(test_sources_of_every_kind), TEST(test_only_the_culprit_is_blamed),
        TEST(test_stopped_worker_is_a_timeout), TEST(test_killed_worker_costs_one_job), TEST(test_killed_before_it_was_heard),
        TEST(test_killed_zygote_costs_nothing), TEST(test_nonsense_before_death), TEST(test_late_message_is_nobodys), TEST(test_cancel), TEST(test_close_in_the_middle),
        TEST(test_links), TEST(test_many_links), TEST(test_links_have_a_limit), TEST(test_map_that_crashes), TEST(test_what_open_warns_of), TEST(test_table_that_shrinks),
        TEST(test_functions_that_are_not_there),
        TEST(test_plugins_that_cannot_be_opened), TEST(test_open_that_breaks_its_zygote),
        TEST(test_open_that_forks), TEST(test_strays_without_locks), TEST(test_open_that_takes_over),
        TEST(test_close_that_crashes_does_no_harm), TEST(test_close_that_hangs_keeps_nobody_waiting),
        TEST(test_new_modules_come_together), TEST(test_new_module_does_not_wait_for_ever), TEST(test_more_domains_than_zygotes), TEST(test_module_that_is_none),
        TEST(test_missing_resource), TEST(test_installation_without_a_zygote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
