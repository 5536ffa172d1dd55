/* SPDX-License-Identifier: MIT */
/* Every plugin on every one of its samples, cut at every length and with every byte changed: whatever a file holds, a plugin neither
 * dies nor hangs nor leaks, and emits only what its .conf declares. Its companions, the fields that it needs and the beginnings of its
 * resources are treated alike.
 *
 *     test_torture              a share of the inputs for each plugin, within seconds: `make test`
 *     test_torture all [NAME]…  all of them, of these plugins: `make torture`
 *     test_torture over DIR [NAME]…  the files below DIR as they are, to these plugins, whatever their types: `make malicious`
 *     test_torture FILE         once more what was saved because it broke a plugin
 *
 * A plugin has a process of its own. Plugins and samples are found; there is no list. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "replay.h"
#include "resource.h"

#ifdef ADIT_SANITIZED
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
enum { SLOWER = 5 };
#else
enum { SLOWER = 1 };
#endif
enum {
    POSITIONS = 4096,             /* of one part: the first half of them one by one, then spread */
    SHARED = 400000 / SLOWER,     /* inputs of all plugins together, where not all are run */
    AT_LEAST = 250 / SLOWER,      /* for each captured job */
    LIMIT_S = SLOWER > 1 ? 4 : 2, /* of processor time for one input */
    SAMPLES_S = 60,               /* for all samples of a plugin as they are */
    ALARM_S = 120,                /* without any input being done: it sleeps */
    RESOURCE = 2048,              /* bytes of a resource, from its beginning */
    TELL = 3,                     /* findings of a plugin */
};

static const unsigned char flips[] = {0xff, 0x01, 0x80};
enum { FLIPS = sizeof flips };

/* What runs now, for whoever ends it. */
static struct {
    struct registry *registry;
    const char *plugin;
    struct job_input *input;
    const char *sample;
    const char *resource; /* which is damaged; NULL: none */
    size_t part, at;      /* at: length, or the byte that was changed */
    int flip;             /* index, -1: cut */
    unsigned saved;
} now;

/* What is asked for. */
struct order {
    bool all;
    const char *over; /* a folder; NULL: the samples */
    char **names;
    int name_count;
    size_t processes;
    uint64_t budget; /* of a plugin */
};

struct torture {
    struct replay replay;
    bool all;
    uint64_t budget; /* inputs of a captured job, where not all */
    uint64_t inputs, refused, findings, most_calls;
};

/* ---- what is told ---- */

static void describe(char *out, size_t room)
{
    char part[64] = "";
    if (now.resource)
        (void)snprintf(part, sizeof part, "resource %.40s of ", now.resource);
    else if (now.part > 0)
        (void)snprintf(part, sizeof part, now.part == 1 ? "the needed fields of " : "companion %zu of ", now.part - 1);
    if (now.flip < 0)
        (void)snprintf(out, room, "%s%s, cut to %zu bytes", part, now.sample, now.at);
    else if (now.flip == FLIPS)
        (void)snprintf(out, room, "%s", now.sample);
    else
        (void)snprintf(out, room, "%s%s, byte %zu ^ 0x%02x", part, now.sample, now.at, flips[now.flip]);
}

/* Writes the running input to BUILD/torture; `path` is "" where that is not possible. */
static void save(char *path, size_t room)
{
    struct buf file = BUF_INIT;
    (void)mkdir(BUILD_DIR "/torture", 0755);
    (void)snprintf(path, room, BUILD_DIR "/torture/%s.%u", now.input->plugin, ++now.saved);
    job_input_write(now.registry, now.input, &file);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(file.data, 1, file.size, f) != file.size)
        path[0] = '\0';
    if (f)
        (void)fclose(f);
    buf_release(&file);
}

static void tell(const char *what)
{
    char text[700], path[256];
    if (!now.input) {
        (void)fprintf(stderr, "%s: its samples as they are: %s\n", now.plugin, what);
        return;
    }
    describe(text, sizeof text);
    save(path, sizeof path);
    (void)fprintf(stderr, "%s: %s: %s; again: " BUILD_DIR "/tests/plugins/test_torture %s\n", now.input->plugin, text,
                  what, path);
}

#ifdef ADIT_SANITIZED
static void on_death(void)
{
    tell("died");
}
#endif

static void on_signal(int number)
{
    char text[100];
    (void)snprintf(text, sizeof text, number == SIGPROF ? "took more than %d s of processor time" : "died of signal %d",
                   number == SIGPROF ? (now.input ? LIMIT_S : SAMPLES_S) : number);
#ifdef ADIT_SANITIZED
    __sanitizer_print_stack_trace();
#endif
    tell(text);
    _exit(1);
}

static void watch_for_ends(void)
{
    /* The sanitizers tell of the others by themselves. */
    static const int deadly[] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};
    enum { OURS = SLOWER > 1 ? 3 : sizeof deadly / sizeof *deadly };
    static char stack[64 * 1024];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigaction(SIGPROF, &action, NULL);
    (void)sigaction(SIGALRM, &action, NULL);
#ifdef ADIT_SANITIZED
    (void)other;
    __sanitizer_set_death_callback(on_death);
#else
    (void)sigaltstack(&other, NULL);
    action.sa_flags |= SA_ONSTACK;
#endif
    for (size_t i = 0; i < OURS; i++)
        (void)sigaction(deadly[i], &action, NULL);
}

/* ---- one input ---- */

static void limit_time(int seconds)
{
    const struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    (void)setitimer(ITIMER_PROF, &timer, NULL);
    (void)alarm(seconds ? ALARM_S : 0);
}

static void run(struct torture *t, struct job_input *in, size_t part, size_t at, int flip)
{
    now.input = in;
    now.part = part;
    now.at = at;
    now.flip = flip;
    limit_time(LIMIT_S);
    int fault = replay_run(&t->replay, in, at % 2 ? CHECK_PLACE_BEGIN : CHECK_PLACE_END);
    limit_time(0);
    t->inputs++;
    t->refused += fault < 0;
    uint64_t calls = t->replay.job->seen.reads + t->replay.job->seen.polls;
    t->most_calls = calls > t->most_calls ? calls : t->most_calls;
    if (fault > 0 && t->findings++ < TELL)
        tell(t->replay.fault);
    now.input = NULL;
}

/* ---- the inputs of one captured job ---- */

static void run_part(struct torture *t, struct job_input *in, size_t number, struct buf *part, uint64_t positions)
{
    size_t size = part->size, flip_count = t->all ? FLIPS : 1;
    positions = positions < size ? positions : size;
    for (uint64_t i = 0; i < positions; i++) {
        part->size = check_spread(i, positions, size);
        run(t, in, number, part->size, -1);
        part->size = size;
    }
    for (uint64_t i = 0; i < positions; i++) {
        size_t at = check_spread(i, positions, size);
        for (size_t k = 0; k < flip_count; k++) {
            int flip = (int)((i + k) % FLIPS);
            part->data[at] = (char)((unsigned char)part->data[at] ^ flips[flip]);
            run(t, in, number, at, flip);
            part->data[at] = (char)((unsigned char)part->data[at] ^ flips[flip]);
        }
    }
}

static bool leaks(const char *name, const char *sample)
{
#ifdef ADIT_SANITIZED
    if (__lsan_do_recoverable_leak_check()) {
        (void)fprintf(stderr, "%s: leaks on %s and what was made of it\n", name, sample);
        return true;
    }
#endif
    (void)name, (void)sample;
    return false;
}

static void run_captured(struct torture *t, struct captured *c)
{
    struct buf *parts[INPUT_PARTS];
    size_t count = job_input_parts(&c->input, parts), filled = 0;
    for (size_t i = 0; i < count; i++)
        filled += parts[i]->size > 0;
    now.sample = c->sample;
    run(t, &c->input, 0, 0, FLIPS);
    for (size_t i = 0; i < count; i++)
        run_part(t, &c->input, i, parts[i], t->all ? POSITIONS : t->budget / 2 / (filled ? filled : 1));
    if (t->all)
        t->findings += leaks(c->input.plugin, c->sample);
}

/* ---- resources ---- */

/* What the host would not let through does not reach the plugin. */
static bool passes(const struct plugin *p, const char *label, int fd)
{
    const struct conf_format *format = conf_format_of(&p->conf, label);
    struct findings findings = {.count = 0};
    struct resource_check *check = NULL;
    char path[64];
    if (!format)
        return true;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    bool good = resource_open(path, path, format, 1, &findings, &check) == 0 && resource_step(check, SIZE_MAX) == 0 &&
                findings_errors(&findings) == 0;
    resource_close(check);
    findings_release(&findings);
    return good;
}

/* Opens the plugin with these bytes as one of its resources, and runs it once. */
static void open_with(struct torture *t, struct registry *r, struct job_input *in, size_t which, const char *data,
                      size_t size)
{
    const struct plugin *p = t->replay.plugin;
    struct replay damaged = {.registry = r};
    int *fds = calloc(p->conf.resource_count, sizeof *fds);
    for (size_t i = 0; fds && i < p->conf.resource_count; i++)
        fds[i] = i == which ? memfd_create("resource", MFD_CLOEXEC) : open(p->resource_paths[i], O_RDONLY | O_CLOEXEC);
    bool good =
        fds && write(fds[which], data, size) == (ssize_t)size && passes(p, p->conf.resources[which].key, fds[which]);
    damaged.resources = fds;
    limit_time(LIMIT_S);
    if (good && replay_open(&damaged, r, p) == ADIT_OK) {
        if (replay_run(&damaged, in, CHECK_PLACE_END) > 0 && t->findings++ < TELL)
            tell(damaged.fault);
    }
    replay_close(&damaged);
    limit_time(0);
    t->inputs++;
    t->refused += !good;
    for (size_t i = 0; fds && i < p->conf.resource_count; i++)
        (void)close(fds[i]);
    free(fds);
}

/* The beginning of a resource, cut and changed: the operator's files are not the plugin's. */
static void run_resource(struct torture *t, struct registry *r, struct captured *c, size_t which)
{
    static char bytes[RESOURCE];
    const struct plugin *p = t->replay.plugin;
    int fd = open(p->resource_paths[which], O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, bytes, sizeof bytes) : 0;
    uint64_t room = size > 0 ? (uint64_t)size : 0, positions = t->all || t->budget / 4 > room ? room : t->budget / 4;
    if (fd >= 0)
        (void)close(fd);
    now.resource = p->conf.resources[which].key;
    now.sample = c->sample;
    now.input = &c->input;
    for (uint64_t i = 0; i < positions; i++) {
        size_t at = now.at = check_spread(i, positions, (size_t)room);
        now.flip = -1;
        open_with(t, r, &c->input, which, bytes, at);
        now.flip = (int)(i % FLIPS);
        bytes[at] = (char)((unsigned char)bytes[at] ^ flips[now.flip]);
        open_with(t, r, &c->input, which, bytes, (size_t)room);
        bytes[at] = (char)((unsigned char)bytes[at] ^ flips[now.flip]);
    }
    now.resource = NULL;
    now.input = NULL;
}

/* Every file below a folder. */
static void run_tree(struct torture *t, struct registry *r, const char *folder)
{
    char *const folders[] = {(char *)folder, NULL};
    FTS *walk = fts_open(folders, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *e; walk && (e = fts_read(walk)) != NULL;) {
        struct job_input in;
        if (e->fts_info != FTS_F || !capture_file(r, t->replay.plugin, e->fts_path, &in))
            continue;
        now.sample = e->fts_path;
        run(t, &in, 0, 0, FLIPS);
        job_input_release(&in);
    }
    if (walk)
        (void)fts_close(walk);
}

/* ---- one plugin, in a process of its own ---- */

/* As a worker's: what is there and [limits] memory. */
static void limit_memory(const struct plugin *p)
{
#ifndef ADIT_SANITIZED
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%lu", &pages) == 1) {
        const struct rlimit r = {pages * 4096 + p->conf.memory, RLIM_INFINITY};
        (void)setrlimit(RLIMIT_AS, &r);
    }
    if (f)
        (void)fclose(f);
#endif
    (void)p;
}

static void report(const struct torture *t, const struct capture *c, struct timespec begin)
{
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    (void)printf("%-16s %3zu samples %3zu jobs %8llu inputs (%llu refused) %6llu calls at most %7.2f s  %s\n",
                 now.plugin, c->sample_count, c->count, (unsigned long long)t->inputs, (unsigned long long)t->refused,
                 (unsigned long long)t->most_calls,
                 (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
                 t->findings       ? "FAILED"
                 : c->sample_count ? "ok"
                                   : "FAILED: no samples");
}

static int torture_plugin(struct registry *r, const struct plugin *p, const struct order *o)
{
    static struct torture t;
    struct capture c = {.count = 0};
    struct timespec begin;
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    now.plugin = p->conf.name;
    watch_for_ends();
    limit_time(SAMPLES_S);
    if (!capture_samples(r, p, &c))
        return 1;
    limit_time(0);
    if (replay_open(&t.replay, r, p) != ADIT_OK) {
        (void)fprintf(stderr, "%s: cannot be used: %s\n", p->conf.name, t.replay.fault);
        return 1;
    }
    limit_memory(p);
    t.all = o->all;
    t.budget = o->budget / (c.count ? c.count : 1) > AT_LEAST ? o->budget / (c.count ? c.count : 1) : AT_LEAST;
    if (o->over)
        run_tree(&t, r, o->over);
    for (size_t i = 0; !o->over && i < c.count; i++)
        run_captured(&t, &c.items[i]);
    for (size_t i = 0; !o->over && c.count > 0 && i < p->conf.resource_count; i++)
        run_resource(&t, r, &c.items[0], i);
    now.input = NULL;
    replay_close(&t.replay);
    t.findings += leaks(p->conf.name, o->over ? o->over : "its samples");
    report(&t, &c, begin);
    bool passed = t.findings == 0 && c.sample_count > 0;
    capture_release(&c);
    return passed ? 0 : 1;
}

/* ---- all of them ---- */

/* A module that many .confs put to use has samples for some of them: without a name, those stand for all. */
static bool is_stood_for(const struct registry *r, const struct plugin *p)
{
    bool found = false;
    for (size_t i = 0; i < r->count && !found && !capture_has_samples(p); i++) {
        const struct plugin *other = &r->plugins[i];
        found = other != p && other->module_path && strcmp(other->module_path, p->module_path) == 0 && capture_has_samples(other);
    }
    return found;
}

static bool is_wanted(const struct registry *r, const struct plugin *p, const struct order *o)
{
    bool named = o->name_count == 0;
    for (int i = 0; i < o->name_count; i++)
        named |= strcmp(o->names[i], p->conf.name) == 0;
    return named && p->state == PLUGIN_READY && p->module_path && (o->name_count > 0 || !is_stood_for(r, p));
}

/* Waits for one of the processes. True: it found something. */
static bool one_ends(size_t *running)
{
    int status = 0;
    while (waitpid(-1, &status, 0) < 0 && errno == EINTR)
        ;
    --*running;
    if (WIFSIGNALED(status))
        (void)fprintf(stderr, "a plugin's process died of signal %d\n", WTERMSIG(status));
    return status != 0;
}

/* How many plugins failed; -1: none was run. */
static int torture(struct order o)
{
    struct registry *r = loaded_registry(BUILD_DIR);
    size_t wanted = 0, running = 0;
    int failed = 0;
    for (size_t i = 0; r && i < r->count; i++)
        wanted += is_wanted(r, &r->plugins[i], &o);
    now.registry = r;
    o.budget = SHARED / (wanted ? wanted : 1);
    for (size_t i = 0; r && i < r->count; i++) {
        if (!is_wanted(r, &r->plugins[i], &o))
            continue;
        (void)fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            int status = torture_plugin(r, &r->plugins[i], &o);
            (void)fflush(NULL);
            _exit(status);
        }
        failed += pid < 0;
        running += pid > 0;
        if (running == o.processes)
            failed += one_ends(&running);
    }
    while (running > 0)
        failed += one_ends(&running);
    registry_free(r);
    return wanted ? failed : -1;
}

static int again(const char *path)
{
    static struct torture t;
    struct job_input in;
    struct buf file = BUF_INIT;
    FILE *f = fopen(path, "rb");
    char part[4096];
    for (size_t n; f && (n = fread(part, 1, sizeof part, f)) > 0;)
        buf_add(&file, part, n);
    if (f)
        (void)fclose(f);
    struct registry *r = now.registry = loaded_registry(BUILD_DIR);
    if (!r || !job_input_parse(r, file.data, file.size, &in)) {
        (void)fprintf(stderr,
                      "%s: is no input: expected a plugin's name, and what it is given (tests/support/job_input.h)\n",
                      path);
        return 2;
    }
    now.sample = path;
    watch_for_ends();
    if (replay_open(&t.replay, r, registry_find(r, in.plugin)) != ADIT_OK)
        return 2;
    run(&t, &in, 0, 0, FLIPS);
    (void)printf("%s: status %d, %s\n", path, t.replay.job->seen.status, t.findings ? "FAILED" : "ok");
    job_input_release(&in);
    buf_release(&file);
    replay_close(&t.replay);
    registry_free(r);
    return t.findings != 0;
}

static void test_all_plugins(void **state)
{
    (void)state;
    assert_int_equal(torture((struct order){.processes = 1}), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_plugins)};
    size_t processors = (size_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (argc > 1 && strcmp(argv[1], "all") == 0)
        return torture((struct order){
                   .all = true, .names = argv + 2, .name_count = argc - 2, .processes = processors}) != 0;
    if (argc > 2 && strcmp(argv[1], "over") == 0)
        return torture((struct order){
                   .over = argv[2], .names = argv + 3, .name_count = argc - 3, .processes = processors}) != 0;
    return argc > 1 ? again(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
