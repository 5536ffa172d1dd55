/* SPDX-License-Identifier: MIT */
#include "zygote.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/vec.h"
#include "channel.h"
#include "job.h"
#include "job_table.h"
#include "sandbox.h"
#include "worker.h"

struct zygote {
    struct wire_lock lock;
    struct sock_filter *filters[2];
    struct { struct job_plugin **items; size_t count, capacity; } plugins;
    pid_t *thread_id; /* where libc keeps the thread's id: a forked worker's must be its own, for abort() */
};

/* ---- lock ---- */

static int read_filters(struct zygote *z, const uint8_t *at, size_t size, struct err *e)
{
    for (int i = 0; i < 2; i++) {
        size_t bytes = z->lock.filter_counts[i] * sizeof(struct sock_filter);
        if (z->lock.filter_counts[i] > BPF_MAXINSNS || bytes > size)
            return err_set(e, -EINVAL, "the host's first message is cut short");
        z->filters[i] = malloc(bytes + 1);
        if (!z->filters[i])
            return err_set(e, -ENOMEM, "out of memory");
        memcpy(z->filters[i], at, bytes);
        at += bytes;
        size -= bytes;
    }
    return 0;
}

static int lock_down(struct zygote *z, uint8_t *message, size_t size, struct err *e)
{
    if (size < sizeof z->lock)
        return err_set(e, -EINVAL, "the host's first message is cut short");
    memcpy(&z->lock, message, sizeof z->lock);
    if (z->lock.message != WIRE_LOCK || z->lock.version != WIRE_VERSION)
        return err_set(e, -EPROTO, "adit and adit-zygote are of different versions: install them together");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return err_errno(e, "cannot tie the zygote's life to the host's");
    /* A write to a file (standard error, with --debug) fails with EFBIG under FSIZE 0, and does not kill. */
    (void)signal(SIGXFSZ, SIG_IGN);
#ifdef PR_GET_TID_ADDRESS
    if (prctl(PR_GET_TID_ADDRESS, &z->thread_id) != 0)
        z->thread_id = NULL;
#endif
    int error = read_filters(z, message + sizeof z->lock, size - sizeof z->lock, e);
    if (error || !z->lock.sandbox)
        return error;
    error = sandbox_lock_zygote(z->lock.address_space, z->lock.cpu_seconds, z->filters[0], z->lock.filter_counts[0], e);
    /* The key to fork is in it: no plugin's open() is to find that here. */
    explicit_bzero(z->filters[0], z->lock.filter_counts[0] * sizeof(struct sock_filter));
    explicit_bzero(message, size);
    return error;
}

static int reply(enum wire_message message, int status, uint32_t plugin, const char *text)
{
    struct wire_reply r = {.message = message, .status = status, .plugin = plugin};
    if (text)
        (void)snprintf(r.text, sizeof r.text, "%s", text);
    return channel_send(WIRE_SOCKET, &r, sizeof r, NULL, 0);
}

/* ---- load ---- */

struct strings { const char *at, *end; };

static const char *next_string(struct strings *s)
{
    const char *text = s->at;
    size_t n = strnlen(text, (size_t)(s->end - s->at));
    if (s->at + n == s->end)
        return "";
    s->at += n + 1;
    return text;
}

static struct job_pair *next_pairs(struct strings *s, size_t count)
{
    struct job_pair *pairs = calloc(count + 1, sizeof *pairs);
    for (size_t i = 0; pairs && i < count; i++) {
        pairs[i].key = next_string(s);
        pairs[i].value = next_string(s);
    }
    return pairs;
}

static const char **next_strings(struct strings *s, size_t count)
{
    const char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list && i < count; i++)
        list[i] = next_string(s);
    return list;
}

static struct job_plugin *find_plugin(const struct zygote *z, uint32_t index)
{
    for (size_t i = 0; i < z->plugins.count; i++)
        if (z->plugins.items[i]->index == index)
            return z->plugins.items[i];
    return NULL;
}

/* Loads the sealed bytes behind `fd`: which stays open, since a number that came again would name what was loaded before. */
static void *open_sealed(int fd)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* The module's table. Its own libraries come first: the loader then finds them by their SONAME. */
static int open_module(const int *fds, size_t count, const struct adit_plugin **out, struct err *e)
{
    void *module = NULL;
    for (size_t i = 0; i < count; i++) {
        module = open_sealed(fds[i]);
        if (!module)
            return err_set(e, -ENOEXEC, "the loader refuses %s: %s", i + 1 < count ? "a library of its own" : "the module", dlerror());
    }
    const struct adit_plugin *table = dlsym(module, "adit_plugin");
    struct adit_plugin *copy = malloc(sizeof *copy);
    int error = copy ? job_table_copy(table, copy, e) : err_set(e, -ENOMEM, "out of memory");
    *out = copy;
    return error;
}

/* Each warning is sent when the next one comes: where open() fails, the last one is the reason. */
struct open_warnings { uint32_t plugin; unsigned count; char last[512]; };

static void send_last(struct open_warnings *w)
{
    if (w->last[0] && w->count++ < WIRE_WARNINGS)
        (void)reply(WIRE_WARNED, 0, w->plugin, w->last);
}

static void take_warning(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    struct open_warnings *w = context;
    (void)flags, (void)b, (void)b_size;
    if (kind != RECORD_WARN)
        return;
    send_last(w);
    (void)snprintf(w->last, sizeof w->last, "%.*s", (int)a_size, (const char *)a);
}

static int call_open(struct job_plugin *plugin, uint64_t *kept, struct err *e)
{
    static struct adit_job job;
    struct open_warnings warnings = {.plugin = plugin->index};
    const struct job_sink sink = {.context = &warnings, .put = take_warning};
    static const char *const names[] = {"ok", "declined", "malformed", "unsupported", "failed"};
    char reason[300];
    job.sink = &sink;
    int32_t status = job_open(&job, plugin, reason, sizeof reason);
    job.sink = NULL;
    if (status == ADIT_OK) {
        *kept = job.kept_bytes;
        send_last(&warnings);
        return 0;
    }
    const char *name = status > 0 && status <= ADIT_FAILED ? names[status] : "an unknown status";
    return err_set(e, -ECANCELED, "open() gave %s%s%s", name, reason[0] ? ": " : "", reason);
}

static int load(struct zygote *z, const struct wire_load *head, const char *text, const int *fds, size_t fd_count, uint64_t *kept, struct err *e)
{
    bool shares = head->module_of != WIRE_NO_PLUGIN;
    const struct job_plugin *other = shares ? find_plugin(z, head->module_of) : NULL;
    size_t own = shares ? 0 : head->library_count + 1u;
    if (fd_count != own + head->resource_count + (head->keeping != 0) || head->keeping > WIRE_HAS_KEPT || (shares && !other))
        return err_set(e, -EPROTO, "the host's message does not fit its descriptors");
    struct job_plugin *plugin = calloc(1, sizeof *plugin);
    int *resource_fds = calloc(head->resource_count + 1, sizeof *resource_fds);
    char *strings = malloc(head->strings + 1);
    if (!plugin || !resource_fds || !strings || !vec_grow(&z->plugins.items, &z->plugins.capacity, z->plugins.count + 1, sizeof *z->plugins.items))
        return err_set(e, -ENOMEM, "out of memory");
    memcpy(strings, text, head->strings);
    memcpy(resource_fds, fds + own, head->resource_count * sizeof *fds);
    struct strings s = {strings, strings + head->strings};
    *plugin = (struct job_plugin){.index = head->plugin, .output_bytes = head->output_bytes, .stream_bytes = head->stream_bytes,
                                  .artifact_bytes = head->artifact_bytes, .artifact_most = head->artifact_most};
    plugin->name = next_string(&s);
    plugin->options = next_pairs(&s, plugin->option_count = head->option_count);
    plugin->resources = next_strings(&s, plugin->resource_count = head->resource_count);
    plugin->companions = next_strings(&s, plugin->companion_count = head->companion_count);
    plugin->streams = next_pairs(&s, plugin->stream_count = head->stream_count);
    plugin->resource_fds = resource_fds;
    plugin->keeping = (enum job_keeping)head->keeping;
    plugin->kept_fd = head->keeping ? fds[fd_count - 1] : -1;
    plugin->kept_size = head->kept_size;
    if (!plugin->options || !plugin->resources || !plugin->companions || !plugin->streams)
        return err_set(e, -ENOMEM, "out of memory");
    if (other)
        plugin->table = other->table;
    int error = other ? 0 : open_module(fds, own, &plugin->table, e);
    if (!error)
        error = call_open(plugin, kept, e);
    if (head->keeping)
        (void)close(plugin->kept_fd);
    for (size_t i = 0; i < head->resource_count; i++)
        (void)close(resource_fds[i]);
    if (error)
        return error;
    z->plugins.items[z->plugins.count++] = plugin;
    return 0;
}

static int on_load(struct zygote *z, const uint8_t *message, size_t size, const int *fds, size_t fd_count)
{
    struct wire_load head = {0};
    struct err e = {0};
    uint64_t kept = 0;
    int error = -EPROTO;
    if (size >= sizeof head) {
        memcpy(&head, message, sizeof head);
        if (head.strings == size - sizeof head)
            error = load(z, &head, (const char *)message + sizeof head, fds, fd_count, &kept, &e);
    }
    struct wire_reply r = {.message = WIRE_LOADED, .status = error, .plugin = head.plugin, .kept = kept};
    (void)snprintf(r.text, sizeof r.text, "%.*s", (int)sizeof r.text - 1, error ? e.text : "");
    return channel_send(WIRE_SOCKET, &r, sizeof r, NULL, 0);
}

/* ---- fork ---- */

/* CLONE_PARENT makes the worker the host's own child: the host sees it die. A plain clone keeps everything else as fork()
 * does, and libc's copy of the thread id is put right. */
static pid_t fork_worker(const struct zygote *z, uint64_t key)
{
    unsigned long flags = CLONE_PARENT | SIGCHLD | (z->thread_id ? (unsigned long)CLONE_CHILD_SETTID : 0);
#if defined __x86_64__
    return (pid_t)syscall(SYS_clone, flags, NULL, key, z->thread_id, 0);
#else
    return (pid_t)syscall(SYS_clone, flags, NULL, key, 0, z->thread_id);
#endif
}

/* What a call left on the stack below. */
static __attribute__((noinline)) void wipe_stack(void)
{
    char below[4096];
    explicit_bzero(below, sizeof below);
}

static void on_fork(const struct zygote *z, uint8_t *message, size_t size, const int *fds, size_t fd_count)
{
    struct wire_fork order = {0};
    if (fd_count != 2 || size != sizeof order)
        return;
    memcpy(&order, message, sizeof order);
    explicit_bzero(message, size);
    pid_t child = fork_worker(z, order.key);
    explicit_bzero(&order, sizeof order);
    wipe_stack();
    if (child == 0) {
        (void)close(WIRE_SOCKET);
        const struct worker_setup setup = {
            .socket = fds[0],
            .shared_memory = fds[1],
            .filter = z->lock.sandbox ? z->filters[1] : NULL,
            .filter_count = z->lock.filter_counts[1],
            .plugins = z->plugins.items,
            .plugin_count = z->plugins.count,
        };
        worker_main(&setup);
    }
    /* A failed fork shows to the host as a worker that never said hello: its socket closes here. */
    (void)close(fds[0]);
    (void)close(fds[1]);
}

int zygote_main(void)
{
    static uint8_t message[WIRE_MESSAGE];
    static struct zygote z;
    struct err e = {0};
    ssize_t size = channel_receive(WIRE_SOCKET, 0, message, sizeof message, NULL, NULL, NULL);
    if (size <= 0)
        return 1;
    int error = lock_down(&z, message, (size_t)size, &e);
    if (reply(WIRE_LOCKED, error, 0, error ? e.text : NULL) != 0 || error)
        return 1;
    for (;;) {
        int fds[WIRE_DESCRIPTORS];
        size_t fd_count = WIRE_DESCRIPTORS;
        size = channel_receive(WIRE_SOCKET, 0, message, sizeof message, fds, &fd_count, NULL);
        uint32_t kind = 0;
        if (size <= 0)
            return 0;
        if (size >= (ssize_t)sizeof kind)
            memcpy(&kind, message, sizeof kind);
        if (kind == WIRE_LOAD && on_load(&z, message, (size_t)size, fds, fd_count) != 0)
            return 1;
        if (kind == WIRE_FORK)
            on_fork(&z, message, (size_t)size, fds, fd_count);
    }
}
