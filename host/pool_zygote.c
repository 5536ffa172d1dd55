/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "channel.h"
#include "filter.h"
#include "module.h"
#include "plugin_options.h"
#include "pool_impl.h"
#include "sandbox.h"

enum { MAX_FAILURES = 3, CPU_SECONDS = 24 * 3600 };
static const uint64_t ZYGOTE_SPACE = 128u << 20; /* its libraries, before any plugin's memory */

/* ---- start ---- */

static int spawn(const struct pool *p, int socket, pid_t *pid, struct err *e)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/libexec/adit/adit-zygote", p->options.prefix);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0 || posix_spawnattr_init(&attributes) != 0)
        return err_set(e, -ENOMEM, "cannot start %s: out of memory", path);
    /* A process group of its own: a terminal's Ctrl-C is for the host, and must not look like a crash. */
    int error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, socket, WIRE_SOCKET);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (!error && !p->options.debug)
        error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, WIRE_SOCKET + 1);
    char *const arguments[] = {(char[]){"adit-zygote"}, NULL};
    /* Nothing of the user's environment goes in; sanitized builds need their own switches. */
    char *const environment[] = {(char[]){"LC_ALL=C.UTF-8"}, (char[]){"ASAN_OPTIONS=detect_leaks=0:allow_user_segv_handler=1"}, NULL};
    if (!error)
        error = posix_spawn(pid, path, &actions, &attributes, arguments, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    if (error)
        return err_set(e, -error, "cannot start %s: %s (%s)", path, strerror(error),
                       err_is_shortage(-error) ? "see ulimit -a" : "is adit installed completely?");
    return 0;
}

static bool runs_in(const struct plugin *p, const struct domain *d)
{
    return strcmp(registry_process(d->pool->options.registry, p), d->name) == 0;
}

static uint64_t domain_memory(const struct domain *d)
{
    const struct registry *r = d->pool->options.registry;
    uint64_t most = 0;
    for (size_t i = 0; i < r->count; i++)
        if (runs_in(&r->plugins[i], d) && r->plugins[i].conf.memory > most)
            most = r->plugins[i].conf.memory;
    return most + ZYGOTE_SPACE;
}

void domain_give_up(struct domain *d, enum part_status status, const char *reason)
{
    struct pool *p = d->pool;
    char why[300];
    (void)snprintf(why, sizeof why, "domain %s is given up: %s", d->name, reason);
    for (size_t i = 0; i < p->options.registry->count; i++)
        if (runs_in(&p->options.registry->plugins[i], d) && p->uses[i].failed == PART_OK)
            pool_disable(p, (uint32_t)i, status, why);
}

static int make_filters(struct pool *p, struct err *e)
{
    if (p->has_filters || !p->options.sandbox)
        return 0;
    p->landlock_abi = sandbox_landlock_abi();
    do
        if (getrandom(&p->fork_key, sizeof p->fork_key, 0) != (ssize_t)sizeof p->fork_key)
            return err_errno(e, "cannot read random bytes");
    while (p->fork_key == 0);
    int error = filter_zygote(&p->filters[0], p->options.strict, p->landlock_abi >= SANDBOX_SIGNALS_SCOPED_ABI, p->fork_key, e);
    if (!error)
        error = filter_worker(&p->filters[1], e);
    p->has_filters = error == 0;
    return error;
}

/* The zygote has hung up: its death is told by itself, and another one takes its place. */
static bool is_dying(int error)
{
    return error == -EPIPE || error == -ECONNRESET;
}

static int send_lock(struct domain *d, struct err *e)
{
    struct pool *p = d->pool;
    struct wire_lock lock = {
        .message = WIRE_LOCK,
        .version = WIRE_VERSION,
        .sandbox = p->options.sandbox,
        .filter_counts = {(uint32_t)(p->filters[0].size / sizeof(struct sock_filter)),
                          (uint32_t)(p->filters[1].size / sizeof(struct sock_filter))},
        .debug = p->options.debug,
        .address_space = domain_memory(d),
        .cpu_seconds = CPU_SECONDS,
    };
    buf_reset(&p->message);
    buf_add(&p->message, &lock, sizeof lock);
    buf_add(&p->message, p->filters[0].data, p->filters[0].size);
    buf_add(&p->message, p->filters[1].data, p->filters[1].size);
    if (p->message.failed)
        return err_set(e, -ENOMEM, "out of memory");
    int error = channel_send(d->socket, p->message.data, p->message.size, NULL, 0);
    return error && !is_dying(error) ? err_set(e, error, "cannot talk to the zygote of domain %s: %s", d->name, strerror(-error)) : 0;
}

void zygote_start(struct domain *d)
{
    struct pool *p = d->pool;
    struct err *e = &p->fatal;
    int pair[2] = {-1, -1};
    if (make_filters(p, e) != 0)
        return;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        (void)err_errno(e, "cannot make a socket for the zygote of domain %s", d->name);
        return;
    }
    int error = spawn(p, pair[1], &d->pid, e);
    (void)close(pair[1]);
    d->socket = pair[0];
    if (error) {
        (void)close(d->socket);
        d->socket = -1;
        return;
    }
    p->stats.zygotes_started++;
    d->since = pool_now_ms();
    d->strays = false;
    d->state = ZYGOTE_LOCKING;
    d->pidfd = (int)syscall(SYS_pidfd_open, d->pid, 0);
    if (d->pidfd < 0 || pool_watch(p, d->socket, &d->socket_watch, WATCH_ZYGOTE, d) != 0 ||
        pool_watch(p, d->pidfd, &d->death_watch, WATCH_ZYGOTE_DEATH, d) != 0)
        (void)err_errno(e, "cannot watch the zygote of domain %s", d->name);
    else
        (void)send_lock(d, e);
}

void zygote_stop(struct domain *d)
{
    if (d->state == ZYGOTE_NONE)
        return;
    pool_kept_end(d, 0);
    (void)close(d->socket);
    if (d->pidfd >= 0)
        (void)close(d->pidfd);
    (void)kill(d->pid, SIGKILL);
    while (waitpid(d->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    d->socket = d->pidfd = -1;
    d->pid = 0;
    d->state = ZYGOTE_NONE;
    while (d->loaded_count > 0)
        d->pool->uses[d->loaded[--d->loaded_count]].place = 0;
    d->common = 0;
}

void domain_stop(struct domain *d)
{
    for (size_t i = 0; i < d->worker_count; i++) { /* all of them at once */
        struct worker_process *w = d->workers[i];
        if (w->ready && !w->leaving && w->batch_count == 0)
            worker_dismiss(w);
    }
    while (d->worker_count > 0)
        worker_stop(d->workers[d->worker_count - 1]);
    if (d->state != ZYGOTE_NONE)
        (void)kill(-d->pid, SIGKILL);
    zygote_stop(d);
}

/* ---- load ---- */

/* Checks and seals a module the first time that it is wanted. */
static bool seal(struct pool *p, uint32_t plugin)
{
    struct plugin_use *use = &p->uses[plugin];
    struct plugin *pl = &p->options.registry->plugins[plugin];
    struct err e = {0};
    if (use->is_sealed)
        return true;
    if (!p->has_libraries)
        p->has_libraries = libraries_open(&p->libraries) == 0;
    int error = !p->has_libraries ? err_set(&e, -ENOMEM, "out of memory")
                                  : module_seal(pl, p->libraries.symbols, p->options.sandbox, &use->sealed, &e);
    if (error) {
        pool_disable(p, plugin, PART_FAILED, e.text);
        return false;
    }
    use->is_sealed = true;
    p->options.events.sealed(p->options.events.context, plugin, use->sealed.digest);
    return use->failed == PART_OK; /* it may have been recognised, and disabled */
}

static void add_string(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text) + 1);
}

static void add_keys(struct buf *b, const struct conf_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_string(b, pairs[i].key);
}

static void add_streams(const struct pool *p, struct buf *b, const struct conf *c)
{
    for (size_t i = 0; i < c->stream_count; i++) {
        bool any = strcmp(c->streams[i], "*") == 0;
        add_string(b, c->streams[i]);
        add_string(b, p->options.wants_stream(p->options.events.context, any ? "" : c->streams[i]) ? "1" : "0");
    }
}

/* A plugin of the domain that was loaded from the very same file: its module serves this one too. */
static uint32_t same_module(const struct domain *d, uint32_t plugin)
{
    const struct plugin *plugins = d->pool->options.registry->plugins;
    for (size_t i = 0; i < d->loaded_count; i++)
        if (strcmp(plugins[d->loaded[i]].module_path, plugins[plugin].module_path) == 0)
            return d->loaded[i];
    return WIRE_NO_PLUGIN;
}

static int open_resources(const struct pool *p, uint32_t plugin, int *fds, size_t *count, struct err *e)
{
    const struct plugin *pl = &p->options.registry->plugins[plugin];
    int error = 0;
    for (size_t i = 0; !error && i < pl->conf.resource_count; i++) {
        int fd = open(pl->resource_paths[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
            return err_errno(e, "cannot open resource %s (%s)", pl->conf.resources[i].key, pl->resource_paths[i]);
        fds[(*count)++] = fd;
        error = pool_resource_same(p, plugin, i, fd, e);
    }
    return error;
}

static int send_load(struct domain *d, uint32_t plugin, struct err *e)
{
    struct pool *p = d->pool;
    const struct plugin *pl = &p->options.registry->plugins[plugin];
    const struct conf *c = &pl->conf;
    struct wire_load head = {
        .message = WIRE_LOAD,
        .plugin = plugin,
        .resource_count = (uint32_t)c->resource_count,
        .companion_count = (uint32_t)c->companion_count,
        .stream_count = (uint32_t)c->stream_count,
        .module_of = same_module(d, plugin),
        .output_bytes = c->output_bytes,
        .stream_bytes = c->stream_bytes,
        .artifact_bytes = c->artifact_bytes,
        .artifact_most = c->artifact_most,
    };
    int fds[WIRE_DESCRIPTORS];
    const struct sealed_module *sealed = &p->uses[plugin].sealed;
    size_t own = 0;
    if (c->resource_count + 2 + MODULE_LIBRARIES > WIRE_DESCRIPTORS)
        return err_set(e, -E2BIG, "%zu resources are more than %d", c->resource_count, WIRE_DESCRIPTORS - 2 - MODULE_LIBRARIES);
    if (head.module_of == WIRE_NO_PLUGIN) {
        for (; own < sealed->library_count; own++)
            fds[own] = sealed->libraries[own];
        head.library_count = (uint32_t)sealed->library_count;
        fds[own++] = sealed->fd;
    }
    size_t fd_count = own;
    struct buf *b = &p->message;
    buf_reset(b);
    buf_add(b, &head, sizeof head);
    add_string(b, c->name);
    head.option_count = plugin_options_add(c, b);
    add_keys(b, c->resources, c->resource_count);
    add_keys(b, c->companions, c->companion_count);
    add_streams(p, b, c);
    int error = b->failed ? err_set(e, -ENOMEM, "out of memory") : 0;
    if (!error && b->size > WIRE_MESSAGE)
        error = err_set(e, -E2BIG, "its .conf has more than %d bytes of options", WIRE_MESSAGE);
    if (!error) {
        head.strings = (uint32_t)(b->size - sizeof head);
        error = open_resources(p, plugin, fds, &fd_count, e);
    }
    int kept = error ? -1 : pool_kept_begin(d, plugin, fds + own, &head);
    if (kept >= 0)
        fds[fd_count++] = kept;
    if (!error)
        memcpy(b->data, &head, sizeof head);
    if (!error && (error = channel_send(d->socket, b->data, b->size, fds, fd_count)) != 0)
        (void)err_set(e, error, "cannot send the module to its zygote: %s", strerror(-error));
    while (fd_count > own)
        (void)close(fds[--fd_count]);
    return error;
}

void zygote_load(struct domain *d, uint32_t plugin)
{
    struct err e = {0};
    if (!seal(d->pool, plugin))
        return;
    enum pool_checked checked = pool_check_resources(d->pool, plugin);
    if (checked == POOL_CHECKING) { /* to be called again; where memory is short, when its first task comes */
        if (vec_grow(&d->wanted, &d->wanted_capacity, d->wanted_count + 1, sizeof *d->wanted))
            d->wanted[d->wanted_count++] = plugin;
        return;
    }
    if (checked == POOL_BROKEN)
        return;
    int error = send_load(d, plugin, &e);
    if (is_dying(error))
        return;
    if (error) {
        pool_disable(d->pool, plugin, PART_FAILED, e.text);
        return;
    }
    d->loading = plugin;
    d->warnings = 0;
    d->state = ZYGOTE_LOADING;
    d->since = pool_now_ms();
}

/* Workers of a zygote that is gone go on, and are given nothing new. */
static void orphan_workers(struct domain *d)
{
    for (size_t i = 0; i < d->worker_count; i++) {
        d->workers[i]->loaded = 0;
        d->workers[i]->retiring = true;
    }
}

static void on_loaded(struct domain *d, const struct wire_reply *r)
{
    if (d->state != ZYGOTE_LOADING || r->plugin != d->loading) {
        (void)kill(d->pid, SIGKILL);
        return;
    }
    d->state = ZYGOTE_READY;
    pool_kept_end(d, r->status == 0 ? r->kept : 0);
    if (r->status == 0 && vec_grow(&d->loaded, &d->loaded_capacity, d->loaded_count + 1, sizeof *d->loaded)) {
        d->loaded[d->loaded_count++] = d->loading;
        d->pool->uses[d->loading].place = (uint32_t)d->loaded_count;
        d->pool->stats.modules_loaded++;
        return;
    }
    char why[sizeof r->text + 1];
    (void)snprintf(why, sizeof why, "%.*s", (int)sizeof r->text, r->text);
    pool_disable(d->pool, d->loading, PART_FAILED, r->status == 0 ? "out of memory" : why);
    /* What it did to the process stays in it: memory, descriptors. The others are loaded into a fresh one. */
    zygote_stop(d);
    orphan_workers(d);
}

void zygote_on_message(struct domain *d)
{
    struct wire_reply r;
    ssize_t size = channel_receive(d->socket, MSG_DONTWAIT, &r, sizeof r, NULL, NULL, NULL);
    if (size == -EAGAIN)
        return;
    if (size != (ssize_t)sizeof r) { /* it has hung up, or talks nonsense: its death tells more */
        (void)epoll_ctl(d->pool->epoll, EPOLL_CTL_DEL, d->socket, NULL);
        (void)kill(d->pid, SIGKILL);
        return;
    }
    r.text[sizeof r.text - 1] = '\0';
    if (r.message == WIRE_LOCKED && d->state == ZYGOTE_LOCKING) {
        if (r.status == 0)
            d->state = ZYGOTE_READY;
        else
            (void)err_set(&d->pool->fatal, -EPERM, "cannot lock the processes that run plugins: %s; or run with --sandbox=off where you trust "
                          "every plugin", r.text);
        return;
    }
    if (r.message == WIRE_LOADED) {
        on_loaded(d, &r);
        return;
    }
    const struct pool_events *events = &d->pool->options.events;
    if (r.message == WIRE_WARNED && d->state == ZYGOTE_LOADING && r.plugin == d->loading && d->warnings++ < WIRE_WARNINGS) {
        if (events->warned)
            events->warned(events->context, r.plugin, r.text);
        return;
    }
    (void)kill(d->pid, SIGKILL);
}

/* Nobody but the kernel, short of memory, or a user kills with SIGKILL: that is not counted against the plugin. */
static enum part_status status_of_open(const siginfo_t *info, bool hung)
{
    if (hung)
        return PART_TIMEOUT;
    if (info->si_code == CLD_EXITED)
        return PART_CRASHED;
    return info->si_status == SIGSYS ? PART_DENIED : info->si_status == SIGKILL ? PART_OUT_OF_MEMORY : PART_CRASHED;
}

void zygote_on_death(struct domain *d)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)d->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return;
    if (d->strays && d->state != ZYGOTE_LOADING) /* nothing of it is to run again, and it was said why */
        d->failures = 0;
    bool loading = d->state == ZYGOTE_LOADING, of_use = d->loaded_count > 0;
    bool hung = pool_now_ms() - d->since >= START_MS && info.si_code == CLD_KILLED && info.si_status == SIGKILL;
    uint32_t plugin = d->loading;
    char why[256];
    if (d->strays)
        (void)snprintf(why, sizeof why, "loading it (its open()) started processes of its own");
    else if (hung)
        (void)snprintf(why, sizeof why, "loading it (its open()) took longer than allowed");
    else if (info.si_code == CLD_EXITED)
        (void)snprintf(why, sizeof why, "loading it (its open()) ended the process with status %d", info.si_status);
    else
        (void)snprintf(why, sizeof why, "loading it (its open()) was ended by signal %d (%s)", info.si_status, strsignal(info.si_status));
    zygote_stop(d);
    orphan_workers(d);
    d->failures++;
    enum part_status status = d->strays ? PART_DENIED : status_of_open(&info, hung);
    if (loading && status == PART_CRASHED && pool_lost_resource(d->pool, plugin, &info, why, sizeof why))
        status = PART_FAILED;
    if (loading && status == PART_OUT_OF_MEMORY && d->failures <= MAX_FAILURES)
        return; /* it is loaded again */
    if (loading)
        pool_disable(d->pool, plugin, status, why);
    else if (d->failures > MAX_FAILURES && of_use) /* plugins' code ran in it */
        domain_give_up(d, PART_FAILED, "its zygote ends again and again");
    else if (d->failures > MAX_FAILURES)
        (void)err_set(&d->pool->fatal, -ECHILD, "the zygote of domain %s ended %u times before it was of use", d->name, d->failures);
}
