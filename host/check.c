/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "channel.h"
#include "check_alloc.h"
#include "check_job.h"
#include "check_state.h"
#include "sandbox.h"

static struct check_page *shared_page; /* for the signal handler */

/* ---- verdicts ---- */

bool check_decided(const struct check *c)
{
    return atomic_load(&c->page->status) != CHECK_RUNNING;
}

__attribute__((format(printf, 3, 0))) static void decide(struct check *c, enum check_status status, const char *fmt,
                                                         va_list ap)
{
    if (check_decided(c))
        return;
    (void)vsnprintf(c->page->text, sizeof c->page->text, fmt, ap);
    atomic_store(&c->page->status, status);
}

#define DECIDE(status)                                                                                                 \
    va_list ap;                                                                                                        \
    va_start(ap, fmt);                                                                                                 \
    decide(c, status, fmt, ap);                                                                                        \
    va_end(ap)

void check_fail(struct check *c, const char *fmt, ...)
{
    DECIDE(CHECK_FAIL);
}
void check_skip(struct check *c, const char *fmt, ...)
{
    DECIDE(CHECK_SKIP);
}
void check_warn(struct check *c, const char *fmt, ...)
{
    DECIDE(CHECK_WARN);
}
void check_pass(struct check *c, const char *fmt, ...)
{
    DECIDE(CHECK_PASS);
}

void check_what(struct check *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(c->page->what, sizeof c->page->what, fmt, ap);
    va_end(ap);
}

uint64_t check_now_ns(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec : 0;
}

bool check_next(struct check *c, uint64_t *i, uint64_t n)
{
    if (check_decided(c) || *i >= n)
        return false;
    if (c->request.only_input) {
        if (c->one_done || c->request.only_input > n)
            return false;
        c->one_done = true;
        *i = c->request.only_input - 1;
    } else if (*i > 0 && check_now_ns() - c->started_ns > c->request.budget_ms * (uint64_t)1000000) {
        c->out_of_time = true;
        return false;
    }
    atomic_store(&c->page->input, *i + 1);
    atomic_fetch_add(&c->page->inputs, 1);
    return true;
}

bool check_is_sound(const struct check *c, enum check_id check)
{
    return c->request.sound >> check & 1;
}

void check_enter(struct check *c, enum check_phase phase)
{
    atomic_store(&c->page->no_memory, 0);
    atomic_fetch_add(&c->page->calls, 1);
    atomic_store(&c->page->phase, phase);
    check_alloc.failed = &c->page->no_memory;
    check_alloc.active = true;
}

void check_leave(struct check *c)
{
    check_alloc.active = false;
    atomic_fetch_add(&c->page->calls, 1);
    atomic_store(&c->page->phase, CHECK_PHASE_OWN);
}

/* ---- the lock ---- */

/* A refused call fails here and is noted, where a worker would die of it: so that each check tells what it is there for. */
static void on_denied(int signal_number, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    uint32_t n = atomic_fetch_add(&shared_page->denied_count, 1);
    (void)signal_number;
    if (n < CHECK_DENIED)
        atomic_store(&shared_page->denied[n], (uint32_t)info->si_syscall + 1);
#if defined __x86_64__
    u->uc_mcontext.gregs[REG_RAX] = -EPERM;
#elif defined __aarch64__
    u->uc_mcontext.regs[0] = (unsigned long long)-EPERM;
#else
#error "which register holds the result of a system call?"
#endif
}

static int reply(uint32_t message, int status, const char *text)
{
    struct wire_reply r = {.message = message, .status = status};
    (void)snprintf(r.text, sizeof r.text, "%.*s", (int)sizeof r.text - 1, text);
    return channel_send(WIRE_SOCKET, &r, sizeof r, NULL, 0);
}

struct locks {
    struct wire_lock head;
    struct sock_filter *filters[2];
};

static int read_locks(struct locks *l, const uint8_t *message, size_t size, struct err *e)
{
    if (size < sizeof l->head)
        return err_set(e, -EPROTO, "the first message is cut short");
    memcpy(&l->head, message, sizeof l->head);
    if (l->head.message != WIRE_LOCK || l->head.version != WIRE_VERSION || !l->head.sandbox)
        return err_set(e, -EPROTO, "adit and adit-check are of different versions: install them together");
    message += sizeof l->head;
    size -= sizeof l->head;
    for (int i = 0; i < 2; i++) {
        size_t n = l->head.filter_counts[i] * sizeof(struct sock_filter);
        if (l->head.filter_counts[i] > BPF_MAXINSNS || n > size)
            return err_set(e, -EPROTO, "the first message is cut short");
        l->filters[i] = malloc(n + 1);
        if (!l->filters[i])
            return err_set(e, -ENOMEM, "out of memory");
        memcpy(l->filters[i], message, n);
        message += n;
        size -= n;
    }
    return 0;
}

static int lock_down(struct locks *l, const uint8_t *message, size_t size, struct err *e)
{
    const struct sigaction action = {.sa_sigaction = on_denied, .sa_flags = SA_SIGINFO | SA_NODEFER};
    int error = read_locks(l, message, size, e);
    if (error)
        return error;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return err_errno(e, "cannot tie this process's life to adit's");
    (void)signal(SIGXFSZ, SIG_IGN);
    if (sigaction(SIGSYS, &action, NULL) != 0)
        return err_errno(e, "cannot watch for refused calls");
    check_state_prepare();
    return sandbox_lock_zygote(l->head.address_space, l->head.cpu_seconds, l->filters[0], l->head.filter_counts[0], e);
}

/* ---- the request ---- */

struct strings {
    const char *at, *end;
};

static const char *next_string(struct strings *s)
{
    const char *text = s->at;
    size_t n = strnlen(text, (size_t)(s->end - s->at));
    if (s->at + n == s->end)
        return "";
    s->at += n + 1;
    return text;
}

static struct job_pair *next_pairs(struct strings *s, size_t count, const char *value)
{
    struct job_pair *pairs = calloc(count + 1, sizeof *pairs);
    for (size_t i = 0; pairs && i < count; i++) {
        pairs[i].key = next_string(s);
        pairs[i].value = value ? value : next_string(s);
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

static int take_request(struct check *c, const uint8_t *message, size_t size, const int *fds, size_t fd_count)
{
    struct check_request *r = &c->request;
    if (size < sizeof *r)
        return -EPROTO;
    memcpy(r, message, sizeof *r);
    size_t own = 1 + (size_t)r->library_count + 1; /* the page, the libraries, the module */
    if (r->message != CHECK_REQUEST || r->check >= CHECK_COUNT || r->strings != size - sizeof *r ||
        r->library_count >= CHECK_MODULES || fd_count != own + r->resource_count)
        return -EPROTO;
    char *text = malloc(r->strings + 1);
    int *resources = calloc(r->resource_count + 1, sizeof *resources);
    if (!text || !resources)
        return -ENOMEM;
    memcpy(text, message + sizeof *r, r->strings);
    memcpy(resources, fds + own, r->resource_count * sizeof *fds);
    struct strings s = {text, text + r->strings};
    struct job_plugin *p = &c->plugin;
    *p = (struct job_plugin){
        .output_bytes = r->output_bytes, .stream_bytes = r->stream_bytes, .artifact_bytes = r->artifact_bytes,
        .artifact_most = r->artifact_most, .resource_fds = resources};
    p->name = next_string(&s);
    p->options = next_pairs(&s, p->option_count = r->option_count, NULL);
    p->resources = next_strings(&s, p->resource_count = r->resource_count);
    p->companions = next_strings(&s, p->companion_count = r->companion_count);
    p->streams = next_pairs(&s, p->stream_count = r->stream_count, "1");
    c->refines = next_strings(&s, r->refine_count);
    if (!p->options || !p->resources || !p->companions || !p->streams || !c->refines)
        return -ENOMEM;
    c->page = mmap(NULL, CHECK_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fds[0], 0);
    if (c->page == MAP_FAILED)
        return -errno;
    (void)close(fds[0]);
    c->module_count = own - 1;
    memcpy(c->modules, fds + 1, c->module_count * sizeof *fds);
    shared_page = c->page;
    c->corpus = (struct check_corpus){.seed = r->seed, .effort = r->effort};
    return 0;
}

/* ---- the samples ---- */

static int read_file(int fd, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(fd, to + done, size - done, (off_t)done);
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        done += (size_t)n;
    }
    return 0;
}

/* The fields of needed plugins, as in wire.h. */
static int take_needs(struct check *c, int fd, size_t size)
{
    uint8_t *bytes = malloc(size + 1);
    c->needs = calloc(size / 5 + 1, sizeof *c->needs);
    if (!bytes || !c->needs)
        return -ENOMEM;
    int error = read_file(fd, bytes, size);
    for (size_t at = 0; !error && at < size;) {
        uint32_t n;
        if (size - at < sizeof n + 1)
            return -EPROTO;
        memcpy(&n, bytes + at, sizeof n);
        size_t name = bytes[at + sizeof n];
        at += sizeof n + 1;
        if (name > size - at || n > size - at - name)
            return -EPROTO;
        c->needs[c->need_count++] = (struct job_need){(const char *)bytes + at, name, bytes + at + name, n};
        at += name + n;
    }
    return error;
}

static int take_sample(struct check_sample *out, const uint8_t **at, const uint8_t *end, int fd)
{
    struct check_sample_head head;
    if ((size_t)(end - *at) < sizeof head)
        return -EPROTO;
    memcpy(&head, *at, sizeof head);
    *at += sizeof head;
    if ((size_t)(end - *at) < (size_t)head.name_size + head.media_size || head.size > CHECK_SAMPLE_BYTES)
        return -EPROTO;
    char *text = calloc(1, (size_t)head.name_size + head.media_size + 2);
    out->data = malloc((size_t)head.size + 1);
    if (!text || !out->data)
        return -ENOMEM;
    memcpy(text, *at, head.name_size);
    memcpy(text + head.name_size + 1, *at + head.name_size, head.media_size);
    *at += head.name_size + head.media_size;
    out->name = text;
    out->name_size = head.name_size;
    out->media = (struct adit_text){text + head.name_size + 1, head.media_size};
    out->size = (size_t)head.size;
    return read_file(fd, out->data, out->size);
}

static int take_samples(struct check *c, const uint8_t *message, size_t size, const int *fds, size_t fd_count)
{
    struct check_samples head;
    const uint8_t *at = message + sizeof head, *end = message + size;
    if (size < sizeof head)
        return -EPROTO;
    memcpy(&head, message, sizeof head);
    if (head.message != CHECK_SAMPLES || head.count > CHECK_SAMPLE_COUNT || fd_count != (size_t)head.count + 1)
        return -EPROTO;
    c->samples = calloc((size_t)head.count + 1, sizeof *c->samples);
    int error = c->samples ? take_needs(c, fds[0], (size_t)head.needs_size) : -ENOMEM;
    for (size_t i = 0; !error && i < head.count; i++)
        error = take_sample(&c->samples[i], &at, end, fds[1 + i]);
    for (size_t i = 0; i < fd_count; i++)
        (void)close(fds[i]);
    c->corpus.samples = c->samples;
    c->corpus.count = head.count;
    return error;
}

/* ---- the check ---- */

static void close_resources(const struct check *c)
{
    for (size_t i = 0; i < c->plugin.resource_count; i++)
        (void)close(c->plugin.resource_fds[i]);
}

static int receive(uint8_t *message, size_t *size, int *fds, size_t *fd_count)
{
    *fd_count = WIRE_DESCRIPTORS;
    ssize_t n = channel_receive(WIRE_SOCKET, 0, message, WIRE_MESSAGE, fds, fd_count, NULL);
    *size = n > 0 ? (size_t)n : 0;
    return n > 0 ? 0 : -EPIPE;
}

static int serve(struct locks *l, uint8_t *message)
{
    static struct check check;
    struct check *c = &check;
    int fds[WIRE_DESCRIPTORS];
    size_t size, fd_count;
    if (receive(message, &size, fds, &fd_count) != 0 || take_request(c, message, size, fds, fd_count) != 0)
        return 3;
    const struct check_steps *steps = &check_steps[c->request.check];
    c->started_ns = check_now_ns();
    check_host_init();
    if (steps->opening)
        steps->opening(c);
    else
        (void)check_open_once(c);
    close_resources(c);
    if (sandbox_lock_worker(l->filters[1], l->head.filter_counts[1], NULL) != 0)
        return 5;
    if (reply(CHECK_READY, 0, "") != 0 || receive(message, &size, fds, &fd_count) != 0 ||
        take_samples(c, message, size, fds, fd_count) != 0)
        return 3;
    c->started_ns = check_now_ns();
    if (!check_decided(c))
        steps->running(c);
    const char *cut = c->out_of_time ? " (no time for more)" : "";
    check_pass(c, "%llu input%s%s", (unsigned long long)atomic_load(&c->page->inputs),
               atomic_load(&c->page->inputs) == 1 ? "" : "s", cut);
    return 0;
}

int check_process(void)
{
    static uint8_t message[WIRE_MESSAGE];
    struct locks locks = {0};
    struct err e = {0};
    ssize_t size = channel_receive(WIRE_SOCKET, 0, message, sizeof message, NULL, NULL, NULL);
    if (size <= 0)
        return 1;
    int error = lock_down(&locks, message, (size_t)size, &e);
    if (reply(WIRE_LOCKED, error, error ? e.text : "") != 0 || error)
        return 1;
    /* Nothing of the module runs at the end: not its destructors either. */
    _exit(serve(&locks, message));
}
