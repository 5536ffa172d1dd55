/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "check_wire.h"
#include "conform_impl.h"
#include "filter.h"
#include "plugin_options.h"
#include "wire.h"

enum {
    LOAD_MS = 10000,   /* one open(), as a zygote is given */
    BUDGET_MS = 20000, /* after which a check takes no new input */
    ALL_MS = 180000,   /* all of a check, whatever its process says of itself */
    OWN_MS = 60000,    /* adit-check's own work */
    TICK_MS = 100,
    CPU_SECONDS = 600,
#ifdef ADIT_SANITIZED
    SLOWER = 10,
#else
    SLOWER = 1,
#endif
};
static const uint64_t OWN_SPACE = 320u << 20; /* libraries, samples and the pages they run in */

_Static_assert(MODULE_LIBRARIES + 1 <= CHECK_MODULES, "the module and all its libraries can be sent");

struct process {
    struct conform *c;
    const struct conform_subject *subject;
    enum check_id check;
    struct conform_verdict *verdict;
    struct check_page *page;
    int socket, page_fd;
    pid_t pid;
    bool locked, ready, reaped, timed_out, all_out; /* all_out: the check as a whole was too long */
    uint32_t phase;                                 /* as it was last seen */
    int wait_status;
    struct buf records;
};

static uint64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- start ---- */

static int spawn(struct process *p, int socket, struct err *e)
{
    char path[4200];
    (void)snprintf(path, sizeof path, "%s/libexec/adit/adit-check", p->c->options.prefix);
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return err_set(e, -ENOMEM, "cannot start %s: out of memory", path);
    int error = posix_spawn_file_actions_adddup2(&actions, socket, WIRE_SOCKET);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    for (int fd = 1; !error && fd <= 2; fd++)
        error = posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, WIRE_SOCKET + 1);
    char *const arguments[] = {(char[]){"adit-check"}, NULL};
    /* Signals are to be seen as they are, also in sanitized builds. */
    char *const environment[] = {
        (char[]){"LC_ALL=C.UTF-8"},
        (char[]){"ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:"
                 "handle_sigfpe=0:allocator_may_return_null=1"},
        NULL};
    if (!error)
        error = posix_spawn(&p->pid, path, &actions, NULL, arguments, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error ? err_set(e, -error, "cannot start %s: %s (is adit installed completely?)", path, strerror(error)) : 0;
}

static int make_page(struct process *p, struct err *e)
{
    p->page_fd = memfd_create("check", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (p->page_fd < 0 || ftruncate(p->page_fd, CHECK_PAGE) != 0 ||
        fcntl(p->page_fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
        return err_errno(e, "cannot make shared memory");
    void *m = mmap(NULL, CHECK_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, p->page_fd, 0);
    if (m == MAP_FAILED)
        return err_errno(e, "cannot map shared memory");
    p->page = m;
    return 0;
}

/* ---- what is sent ---- */

static int send_buf(const struct process *p, struct buf *b, const int *fds, size_t fd_count, const char *what,
                    struct err *e)
{
    int error = b->failed                ? -ENOMEM
                : b->size > WIRE_MESSAGE ? -E2BIG
                                         : channel_send(p->socket, b->data, b->size, fds, fd_count);
    buf_release(b);
    return error ? err_set(e, error, "cannot send %s to adit-check: %s", what, strerror(-error)) : 0;
}

static int send_lock(const struct process *p, struct err *e)
{
    struct buf b = BUF_INIT;
    const struct buf *f = p->c->filters;
    const struct wire_lock lock = {.message = WIRE_LOCK,
                                   .version = WIRE_VERSION,
                                   .sandbox = 1,
                                   .filter_counts = {(uint32_t)(f[0].size / sizeof(struct sock_filter)),
                                                     (uint32_t)(f[1].size / sizeof(struct sock_filter))},
                                   .address_space = p->subject->plugin->conf.memory + OWN_SPACE,
                                   .cpu_seconds = CPU_SECONDS};
    buf_add(&b, &lock, sizeof lock);
    buf_add(&b, f[0].data, f[0].size);
    buf_add(&b, f[1].data, f[1].size);
    return send_buf(p, &b, NULL, 0, "its lock", e);
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

static void add_request(const struct process *p, struct buf *b)
{
    const struct conf *c = &p->subject->plugin->conf;
    const struct conform_options *o = &p->c->options;
    struct check_request head = {.message = CHECK_REQUEST,
                                 .check = (uint32_t)p->check,
                                 .seed = o->seed,
                                 .only_input = o->only_input,
                                 .sound = p->subject->sound,
                                 .reference = p->subject->reference,
                                 .effort = o->effort,
                                 .budget_ms = BUDGET_MS,
                                 .resource_count = (uint32_t)c->resource_count,
                                 .companion_count = (uint32_t)c->companion_count,
                                 .stream_count = (uint32_t)c->stream_count,
                                 .refine_count = (uint32_t)c->refine_count,
                                 .artifacts = c->artifacts,
                                 .library_count = (uint32_t)p->subject->sealed->library_count,
                                 .output_bytes = c->output_bytes,
                                 .stream_bytes = c->stream_bytes,
                                 .artifact_bytes = c->artifact_bytes,
                                 .artifact_most = c->artifact_most};
    buf_add(b, &head, sizeof head);
    add_string(b, c->name);
    head.option_count = plugin_options_add(c, b);
    add_keys(b, c->resources, c->resource_count);
    add_keys(b, c->companions, c->companion_count);
    for (size_t i = 0; i < c->stream_count; i++)
        add_string(b, c->streams[i]);
    for (size_t i = 0; i < c->refine_count; i++)
        add_string(b, c->refines[i]);
    head.strings = (uint32_t)(b->size - sizeof head);
    if (!b->failed)
        memcpy(b->data, &head, sizeof head);
}

/* The page and the sealed module with its libraries: not to be closed. */
static size_t own_descriptors(const struct process *p, int *fds)
{
    const struct sealed_module *m = p->subject->sealed;
    size_t n = 0;
    fds[n++] = p->page_fd;
    for (size_t i = 0; i < m->library_count; i++)
        fds[n++] = m->libraries[i];
    fds[n++] = m->fd;
    return n;
}

static int send_request(const struct process *p, struct err *e)
{
    struct buf b = BUF_INIT;
    const struct plugin *pl = p->subject->plugin;
    int fds[WIRE_DESCRIPTORS], error = 0;
    size_t own = own_descriptors(p, fds), n = own;
    if (pl->conf.resource_count + n > WIRE_DESCRIPTORS)
        return err_set(e, -E2BIG, "%s: %zu resources are too many", pl->conf.name, pl->conf.resource_count);
    for (size_t i = 0; !error && i < pl->conf.resource_count; i++) {
        fds[n] = open(pl->resource_paths[i], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fds[n] < 0)
            error = err_errno(e, "cannot open resource %s of %s (%s)", pl->conf.resources[i].key, pl->conf.name,
                              pl->resource_paths[i]);
        else
            n++;
    }
    add_request(p, &b);
    if (!error)
        error = send_buf(p, &b, fds, n, "the plugin", e);
    buf_release(&b);
    while (n > own)
        (void)close(fds[--n]);
    return error;
}

static int needs_file(const struct buf *needs, struct err *e)
{
    int fd = memfd_create("needs", MFD_CLOEXEC);
    if (fd < 0 || (needs->size && pwrite(fd, needs->data, needs->size, 0) != (ssize_t)needs->size)) {
        int error = err_errno(e, "cannot make shared memory");
        if (fd >= 0)
            (void)close(fd);
        return error;
    }
    return fd;
}

static int send_samples(const struct process *p, struct err *e)
{
    struct buf b = BUF_INIT;
    const struct conform_samples *s = p->subject->samples;
    int fds[1 + CHECK_SAMPLE_COUNT];
    const struct check_samples head = {CHECK_SAMPLES, (uint32_t)s->count, p->subject->needs.size};
    fds[0] = needs_file(&p->subject->needs, e);
    if (fds[0] < 0)
        return fds[0];
    buf_add(&b, &head, sizeof head);
    for (size_t i = 0; i < s->count; i++) {
        const struct check_sample *one = &s->items[i];
        const struct check_sample_head h = {
            .size = one->size, .name_size = (uint16_t)one->name_size, .media_size = (uint16_t)one->media.size};
        buf_add(&b, &h, sizeof h);
        buf_add(&b, one->name, one->name_size);
        buf_add(&b, one->media.data, one->media.size);
        fds[1 + i] = s->fds[i];
    }
    int error = send_buf(p, &b, fds, 1 + s->count, "the samples", e);
    (void)close(fds[0]);
    return error;
}

/* ---- what comes back ---- */

static void take_records(struct process *p, const uint8_t *message, size_t size)
{
    struct check_records head;
    struct collect_warnings warnings = {0};
    struct buf out = BUF_INIT;
    memcpy(&head, message, sizeof head);
    if (head.first)
        buf_reset(&p->records);
    if (p->records.size + size > 2 * p->subject->plugin->conf.output_bytes + WIRE_MESSAGE)
        return;
    buf_add(&p->records, message + sizeof head, size - sizeof head);
    if (!head.last || p->verdict->undeclared)
        return;
    int error = collect_fields(p->c->collector, p->subject->plugin, p->records.data, p->records.size, &out, &warnings);
    if (error || warnings.count) {
        p->verdict->undeclared = true;
        (void)snprintf(p->verdict->text, sizeof p->verdict->text, "%s%s",
                       error ? "what is emitted is no well-formed list of fields" : warnings.text[0],
                       warnings.count > 1 ? ", and more" : "");
    }
    buf_release(&out);
}

/* What cannot be sent because it has ended is told by its end. */
static int unless_gone(int error)
{
    return error == -EPIPE || error == -ECONNRESET ? 0 : error;
}

static int on_message(struct process *p, struct err *e)
{
    static uint8_t message[WIRE_MESSAGE];
    struct wire_reply r = {0};
    ssize_t size = channel_receive(p->socket, MSG_DONTWAIT, message, sizeof message, NULL, NULL, NULL);
    if (size == -EAGAIN)
        return 0;
    if (size < (ssize_t)sizeof(struct check_records)) {
        (void)shutdown(p->socket, SHUT_RDWR);
        return 1; /* hung up: its end tells more */
    }
    memcpy(&r, message, (size_t)size < sizeof r ? (size_t)size : sizeof r);
    r.text[sizeof r.text - 1] = '\0';
    if (r.message == WIRE_LOCKED && !p->locked) {
        if (r.status != 0)
            return err_set(e, r.status < 0 ? r.status : -EPROTO, "cannot lock the processes that run plugins: %s",
                           r.text);
        p->locked = true;
        return unless_gone(send_request(p, e));
    }
    if (r.message == CHECK_READY && p->locked && !p->ready) {
        p->ready = true;
        return unless_gone(send_samples(p, e));
    }
    if (r.message == CHECK_RECORDS && p->check == CHECK_DECLARED_FIELDS)
        take_records(p, message, (size_t)size);
    return 0;
}

/* How long the module's running function may take; adit-check's own work has a bound as well. */
static uint64_t limit_ms(const struct process *p, uint32_t phase)
{
    uint64_t own = p->subject->plugin->conf.time_ms;
    switch (phase) {
    case CHECK_PHASE_RUN:
        return own * SLOWER;
    case CHECK_PHASE_OWN:
        return (uint64_t)OWN_MS * SLOWER;
    default:
        return (uint64_t)LOAD_MS * SLOWER;
    }
}

/* What there is to be read, or the end. 0, or a negative errno. */
static int wait_for_news(struct process *p, int pidfd, bool *talking, struct err *e)
{
    struct pollfd fds[2] = {{pidfd, POLLIN, 0}, {*talking ? p->socket : -1, POLLIN, 0}};
    if (poll(fds, 2, TICK_MS) < 0)
        return errno == EINTR ? 0 : err_errno(e, "cannot wait for adit-check");
    if (fds[1].revents) { /* its last words come before its end */
        int r = on_message(p, e);
        *talking = r == 0;
        return r < 0 ? r : 0;
    }
    if (fds[0].revents)
        p->reaped = waitpid(p->pid, &p->wait_status, 0) == p->pid;
    return 0;
}

/* Until it has ended, or a call or all of it took too long. */
static int attend(struct process *p, struct err *e)
{
    int error = 0, pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    uint32_t calls = 0;
    uint64_t begin = now_ms(), since = begin;
    bool talking = true;
    if (pidfd < 0)
        return err_errno(e, "cannot watch adit-check");
    while (!error && !p->reaped && !p->timed_out) {
        error = wait_for_news(p, pidfd, &talking, e);
        uint32_t count = atomic_load(&p->page->calls);
        uint64_t now = now_ms();
        if (count != calls)
            since = now;
        calls = count;
        p->phase = atomic_load(&p->page->phase);
        p->all_out = now - begin > (uint64_t)ALL_MS * SLOWER;
        p->timed_out = !p->reaped && (p->all_out || now - since > limit_ms(p, p->phase));
    }
    (void)close(pidfd);
    return error;
}

/* ---- the verdict ---- */

/* The check that a refused call belongs to. */
static enum check_id check_of_call(int number)
{
    static const struct {
        const char *name;
        enum check_id check;
    } known[] = {
        {"clone", CHECK_STATE_THREADS},   {"fork", CHECK_STATE_THREADS},     {"vfork", CHECK_STATE_THREADS},
        {"dup", CHECK_STATE_DESCRIPTORS}, {"dup2", CHECK_STATE_DESCRIPTORS}, {"dup3", CHECK_STATE_DESCRIPTORS},
        {"chdir", CHECK_STATE_DIRECTORY}, {"fchdir", CHECK_STATE_DIRECTORY}, {"umask", CHECK_STATE_UMASK},
    };
    const char *name = filter_call_name(number);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].check;
    return CHECK_LOCK_CALLS;
}

/* Calls that this check is there for; false: none. */
static bool refused_call(const struct process *p, struct conform_verdict *v)
{
    uint32_t count = atomic_load(&p->page->denied_count);
    for (uint32_t i = 0; i < count && i < CHECK_DENIED; i++) {
        int number = (int)atomic_load(&p->page->denied[i]) - 1;
        if (number < 0 || check_of_call(number) != p->check)
            continue;
        v->status = CHECK_FAIL;
        (void)snprintf(v->text, sizeof v->text, "it called %s, which the lock refuses: a worker dies of it",
                       filter_call_name(number));
        return true;
    }
    return false;
}

static const char *phase_name(uint32_t phase)
{
    static const char *const names[] = {"adit-check itself", "loading the module", "open()", "run()", "close()"};
    return phase < sizeof names / sizeof *names ? names[phase] : "something";
}

static void tell_end(const struct process *p, struct conform_verdict *v, const char *what)
{
    uint32_t phase = p->timed_out ? p->phase : atomic_load(&p->page->phase);
    const char *name = phase_name(phase),
               *memory = atomic_load(&p->page->no_memory) ? ", after an allocation failed" : "";
    int s = p->wait_status;
    v->status = p->timed_out ? CHECK_TIMEOUT : CHECK_CRASH;
    if (p->timed_out && p->all_out)
        (void)snprintf(v->text, sizeof v->text, "the check took longer than %d s in all (%s)", ALL_MS / 1000 * SLOWER,
                       what);
    else if (p->timed_out)
        (void)snprintf(v->text, sizeof v->text, "%s took longer than %llu ms (%s)", name,
                       (unsigned long long)limit_ms(p, phase), what);
    else if (WIFSIGNALED(s))
        (void)snprintf(v->text, sizeof v->text, "%s was ended by signal %d (%s)%s (%s)", name, WTERMSIG(s),
                       strsignal(WTERMSIG(s)), memory, what);
    else
        (void)snprintf(v->text, sizeof v->text, "%s ended the process with status %d%s (%s)", name, WEXITSTATUS(s),
                       memory, what);
}

static void judge(const struct process *p)
{
    struct conform_verdict *v = p->verdict;
    char what[CHECK_WHAT + 1] = "", text[CHECK_TEXT + 1] = "";
    memcpy(what, p->page->what, CHECK_WHAT);
    memcpy(text, p->page->text, CHECK_TEXT);
    uint32_t status = atomic_load(&p->page->status);
    v->input = atomic_load(&p->page->input);
    v->digest = atomic_load(&p->page->digest);
    bool ended = !p->timed_out && WIFEXITED(p->wait_status) && WEXITSTATUS(p->wait_status) == 0 &&
                 status >= CHECK_PASS && status <= CHECK_WARN;
    if (!ended)
        tell_end(p, v, what);
    else if (v->undeclared)
        v->status = CHECK_FAIL;
    else if (refused_call(p, v))
        return;
    else {
        v->status = (enum check_status)status;
        (void)snprintf(v->text, sizeof v->text, "%s", text);
    }
}

static void release(struct process *p)
{
    if (p->pid > 0 && !p->reaped) {
        (void)kill(p->pid, SIGKILL);
        while (waitpid(p->pid, &p->wait_status, 0) < 0 && errno == EINTR)
            ;
    }
    if (p->page)
        (void)munmap(p->page, CHECK_PAGE);
    if (p->page_fd >= 0)
        (void)close(p->page_fd);
    if (p->socket >= 0)
        (void)close(p->socket);
    buf_release(&p->records);
}

int conform_process(struct conform *c, const struct conform_subject *s, enum check_id check, struct conform_verdict *v,
                    struct err *e)
{
    int pair[2];
    struct process p = {.c = c, .subject = s, .check = check, .verdict = v, .socket = -1, .page_fd = -1};
    memset(v, 0, sizeof *v);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return err_errno(e, "cannot make a socket");
    p.socket = pair[0];
    int error = make_page(&p, e);
    if (!error)
        error = spawn(&p, pair[1], e);
    (void)close(pair[1]);
    if (!error)
        error = send_lock(&p, e);
    if (!error)
        error = attend(&p, e);
    if (!error && !p.locked)
        error = err_set(e, -ECHILD, "adit-check ended before it was locked: nothing was run");
    if (!error)
        judge(&p);
    release(&p);
    return error;
}
