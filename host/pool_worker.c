/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "channel.h"
#include "filter.h"
#include "links.h"
#include "pool_impl.h"

/* ---- start ---- */

static int new_shared_memory(void **memory)
{
    int fd = memfd_create("adit-results", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    int error = 0;
    if (ftruncate(fd, WIRE_SHARED) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
        error = -errno;
    *memory = error ? MAP_FAILED : mmap(NULL, WIRE_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (*memory == MAP_FAILED) {
        error = error ? error : -errno;
        *memory = NULL;
        (void)close(fd);
        return error;
    }
    return fd;
}

void worker_free(struct worker_process *w)
{
    struct domain *d = w->domain;
    for (size_t i = 0; i < d->worker_count; i++)
        if (d->workers[i] == w) {
            d->workers[i] = d->workers[--d->worker_count];
            break;
        }
    if (w->socket >= 0)
        (void)close(w->socket);
    if (w->pidfd >= 0)
        (void)close(w->pidfd);
    if (w->memory)
        (void)munmap(w->memory, WIRE_SHARED);
    buf_release(&w->inbox);
    free(w);
}

/* NULL with errno set where it cannot be. */
static struct worker_process *new_worker(struct domain *d, int *their_socket, int *their_memory)
{
    const int on = 1;
    int pair[2];
    struct worker_process *w = calloc(1, sizeof *w);
    if (!w || !vec_grow(&d->workers, &d->worker_capacity, d->worker_count + 1, sizeof *d->workers)) {
        free(w);
        errno = ENOMEM;
        return NULL;
    }
    *w = (struct worker_process){.domain = d, .socket = -1, .pidfd = -1, .loaded = d->loaded_count, .since = pool_now_ms()};
    d->workers[d->worker_count++] = w;
    *their_memory = new_shared_memory(&w->memory);
    if (*their_memory < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        int saved = *their_memory < 0 ? -*their_memory : errno;
        if (*their_memory >= 0)
            (void)close(*their_memory);
        worker_free(w);
        errno = saved;
        return NULL;
    }
    w->socket = pair[0];
    *their_socket = pair[1];
    /* The kernel then tells who says hello. */
    (void)setsockopt(w->socket, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    ring_reader_init(&w->ring, w->memory);
    return w;
}

void worker_start(struct domain *d)
{
    struct pool *p = d->pool;
    const struct wire_fork message = {.message = WIRE_FORK, .key = p->fork_key};
    int fds[2];
    struct worker_process *w = new_worker(d, &fds[0], &fds[1]);
    if (!w) {
        (void)err_errno(&p->fatal, "cannot start a worker for domain %s", d->name);
        return;
    }
    int error = channel_send(d->socket, &message, sizeof message, fds, 2);
    (void)close(fds[0]);
    (void)close(fds[1]);
    if (error) { /* the zygote is dying: its death is told by itself */
        worker_free(w);
        return;
    }
    if (pool_watch(p, w->socket, &w->socket_watch, WATCH_WORKER, w) != 0)
        (void)err_errno(&p->fatal, "cannot watch a worker of domain %s", d->name);
}

enum { MAX_FAILED_STARTS = 8 };

/* It ended, or hung, before it could be used: what the zygote's plugins did to the process may be why. */
void worker_never_started(struct worker_process *w)
{
    struct domain *d = w->domain;
    worker_free(w);
    if (++d->failed_starts >= MAX_FAILED_STARTS)
        domain_give_up(d, PART_FAILED, "its workers end before they can be used");
}

bool process_has_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

static void on_hello(struct worker_process *w, pid_t pid)
{
    struct pool *p = w->domain->pool;
    if (pid <= 0 || process_has_ended(pid)) { /* dead already, or no child of ours */
        if (pid > 0)
            (void)waitpid(pid, NULL, WNOHANG);
        worker_never_started(w);
        return;
    }
    w->pid = pid;
    w->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (w->pidfd < 0 || pool_watch(p, w->pidfd, &w->death_watch, WATCH_WORKER_DEATH, w) != 0) {
        (void)err_errno(&p->fatal, "cannot watch worker %d", (int)pid);
        return;
    }
    int locked = p->options.sandbox ? worker_is_locked(p, pid) : 1;
    if (locked != 1) {
        if (process_has_ended(pid)) /* the kernel takes the filters off the dead; the death is told by itself */
            return;
        if (locked < 0)
            (void)err_set(&p->fatal, locked, "cannot see whether worker %d of domain %s is locked (/proc/%d/status): %s; nothing was given to it",
                          (int)pid, w->domain->name, (int)pid, strerror(-locked));
        else
            (void)err_set(&p->fatal, -EPERM, "worker %d of domain %s has not locked itself (see /proc/%d/status); nothing was given to it",
                          (int)pid, w->domain->name, (int)pid);
        return;
    }
    w->ready = true;
    w->domain->failed_starts = 0;
    p->stats.workers_started++;
}

void worker_on_message(struct worker_process *w)
{
    uint32_t message = 0;
    pid_t sender = 0;
    ssize_t size = channel_receive(w->socket, MSG_DONTWAIT, &message, sizeof message, NULL, NULL, &sender);
    if (size == -EAGAIN)
        return;
    if (size == 0 || size == -ECONNRESET) { /* hung up: its death follows, or it never lived */
        if (w->pid == 0)
            worker_never_started(w);
        else
            (void)epoll_ctl(w->domain->pool->epoll, EPOLL_CTL_DEL, w->socket, NULL);
        return;
    }
    bool known = size == (ssize_t)sizeof message;
    if (known && !w->ready && message == WIRE_HELLO)
        on_hello(w, sender);
    else if (known && w->ready && message == WIRE_DOORBELL)
        worker_drain(w);
    else if (w->pid == 0)
        worker_never_started(w);
    else { /* too long, with descriptors, or no word of ours: what was begun before tells whose */
        worker_drain(w);
        w->late = true;
        worker_kill(w, PART_CRASHED, "broke the protocol: an unexpected message");
    }
}

/* ---- records ---- */

static bool stream_fits(const struct wire_record_head *head, const uint8_t *payload)
{
    struct wire_stream s;
    if (head->size < sizeof s)
        return false;
    memcpy(&s, payload, sizeof s);
    return head->size == sizeof s + s.name_size + s.media_size && s.name_size <= 4096 && s.media_size <= 255;
}

/* All links of a job together keep within [limits] output, as the worker counts them: head and target. */
static bool links_fit(const struct pool *p, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head,
                      const uint8_t *payload)
{
    if (!(task->flags & WIRE_TASK_MAP) || !links_valid(payload, head->size, task->map_ids))
        return false;
    task->link_bytes += head->size - sizeof(uint32_t);
    return task->link_bytes <= p->options.registry->plugins[plugin].conf.output_bytes;
}

static bool is_job_of(const struct pool_task *task, uint32_t plugin)
{
    for (uint32_t i = 0; i < task->job_count; i++)
        if (task->jobs[i] == plugin)
            return true;
    return false;
}

static void remove_job(struct pool_task *task, uint32_t plugin)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < task->job_count; i++)
        if (task->jobs[i] != plugin)
            task->jobs[kept++] = task->jobs[i];
    task->job_count = kept;
}

static bool on_job_begin(struct worker_process *w, struct batch *b, size_t i, const struct wire_record_head *head, const uint8_t *payload)
{
    const struct pool_events *events = &w->domain->pool->options.events;
    uint32_t plugin;
    if (head->size != sizeof plugin || b->open[i] != WIRE_NO_PLUGIN || b->task_ended[i])
        return false;
    memcpy(&plugin, payload, sizeof plugin);
    if (!is_job_of(b->tasks[i], plugin))
        return false;
    b->open[i] = plugin;
    b->open_count++;
    w->since = pool_now_ms();
    b->tasks[i]->link_bytes = 0;
    events->job_begun(events->context, b->tasks[i], plugin);
    return true;
}

static bool on_job_end(struct worker_process *w, struct batch *b, size_t i, const struct wire_record_head *head, const uint8_t *payload)
{
    struct pool *p = w->domain->pool;
    struct wire_job_end end;
    if (head->size != sizeof end || b->open[i] == WIRE_NO_PLUGIN || b->writing[i])
        return false;
    memcpy(&end, payload, sizeof end);
    uint32_t plugin = b->open[i];
    b->open[i] = WIRE_NO_PLUGIN;
    b->open_count--;
    w->domain->failures = 0;
    w->since = pool_now_ms();
    p->stats.jobs++;
    remove_job(b->tasks[i], plugin);
    p->options.events.job_ended(p->options.events.context, b->tasks[i], plugin, &end);
    return true;
}

static bool on_task_end(struct worker_process *w, struct batch *b, size_t i)
{
    if (b->open[i] != WIRE_NO_PLUGIN || b->task_ended[i] || b->tasks[i]->job_count > 0)
        return false;
    b->task_ended[i] = true;
    b->ended++;
    w->domain->pool->stats.tasks++;
    pool_task_finished(w->domain->pool, b->tasks[i]);
    return true;
}

static bool on_batch_end(struct worker_process *w, const struct wire_record_head *head, const uint8_t *payload)
{
    uint32_t serial;
    const struct batch *b = &w->batches[0];
    if (head->size != sizeof serial || b->ended != b->count)
        return false;
    memcpy(&serial, payload, sizeof serial);
    if (serial != b->serial)
        return false;
    w->used_up = b->alone;
    if (w->domain->most < WIRE_TASKS)
        w->domain->most *= 2;
    memmove(&w->batches[0], &w->batches[1], (BATCHES - 1) * sizeof *w->batches);
    w->batch_count--;
    w->since = pool_now_ms();
    return true;
}

/* A record that belongs to a running job. */
static bool on_job_record(struct worker_process *w, struct batch *b, size_t i, const struct wire_record_head *head, const uint8_t *payload)
{
    const struct pool_events *events = &w->domain->pool->options.events;
    bool opens = head->kind == RECORD_STREAM_OPEN || head->kind == RECORD_ARTIFACT_OPEN;
    if (b->open[i] == WIRE_NO_PLUGIN)
        return false;
    if ((opens || head->kind == RECORD_STREAM_RANGE) && (b->writing[i] || !stream_fits(head, payload)))
        return false;
    if ((head->kind == RECORD_DATA || head->kind == RECORD_CLOSE) && !b->writing[i])
        return false;
    if (head->kind == RECORD_LINKS && !links_fit(w->domain->pool, b->tasks[i], b->open[i], head, payload))
        return false;
    if (opens || head->kind == RECORD_CLOSE)
        b->writing[i] = opens;
    events->record(events->context, b->tasks[i], b->open[i], head, payload);
    return true;
}

static bool on_record(struct worker_process *w, const struct wire_record_head *head, const uint8_t *payload)
{
    struct batch *b = &w->batches[0];
    if (w->batch_count == 0)
        return false;
    if (head->kind == RECORD_BATCH_END)
        return on_batch_end(w, head, payload);
    if (head->task >= b->count || b->task_ended[head->task])
        return false;
    switch ((enum wire_record)head->kind) {
    case RECORD_JOB_BEGIN: return on_job_begin(w, b, head->task, head, payload);
    case RECORD_JOB_END: return on_job_end(w, b, head->task, head, payload);
    case RECORD_TASK_END: return on_task_end(w, b, head->task);
    case RECORD_FIELD:
    case RECORD_WARN:
    case RECORD_REFINE:
    case RECORD_STREAM_RANGE:
    case RECORD_STREAM_OPEN:
    case RECORD_ARTIFACT_OPEN:
    case RECORD_DATA:
    case RECORD_LINKS:
    case RECORD_CLOSE: return on_job_record(w, b, head->task, head, payload);
    case RECORD_BATCH_END: break;
    }
    return false;
}

void worker_drain(struct worker_process *w)
{
    struct wire_shared *shared = w->memory;
    atomic_store(&shared->doorbell, 0);
    int error = ring_take(&w->ring, &w->inbox);
    size_t at = 0;
    struct wire_record_head head;
    while (!error && w->inbox.size - at >= sizeof head) {
        memcpy(&head, w->inbox.data + at, sizeof head);
        if (head.size > WIRE_RECORD)
            error = -EBADMSG;
        else if (head.size > w->inbox.size - at - sizeof head)
            break;
        else if (!on_record(w, &head, (const uint8_t *)w->inbox.data + at + sizeof head))
            error = -EBADMSG;
        else
            at += sizeof head + head.size;
    }
    if (error) {
        at = w->inbox.size;
        worker_kill(w, error == -ENOMEM ? PART_FAILED : PART_CRASHED,
                    error == -ENOMEM ? "the host is out of memory" : "broke the protocol: a record that makes no sense");
    }
    if (at > 0) {
        memmove(w->inbox.data, w->inbox.data + at, w->inbox.size - at);
        w->inbox.size -= at;
    }
}

/* ---- death ---- */

void worker_kill(struct worker_process *w, enum part_status status, const char *format, ...)
{
    if (w->killed)
        return;
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(w->killed_why, sizeof w->killed_why, format, ap);
    va_end(ap);
    w->killed = true;
    w->killed_as = status;
    if (w->pid > 0)
        (void)kill(w->pid, SIGKILL);
    else
        worker_free(w);
}

void worker_abandon(struct worker_process *w)
{
    w->blameless = true;
    worker_kill(w, PART_FAILED, "was ended with its domain");
}

static void requeue_batch(struct pool *p, struct batch *b)
{
    for (size_t i = b->count; i-- > 0;)
        if (!b->task_ended[i])
            pool_requeue(p, b->tasks[i]);
}

/* The job that was running is lost, with the reason; everything else in the batch runs again. */
static void settle(struct worker_process *w, struct batch *b, enum part_status status, const char *why)
{
    struct pool *p = w->domain->pool;
    bool unsure = b->open_count > 1 || (w->late && !b->alone);
    for (size_t i = 0; i < b->count; i++) {
        if (b->task_ended[i])
            continue;
        struct pool_task *task = b->tasks[i];
        bool finished = false;
        if (b->open[i] != WIRE_NO_PLUGIN && (unsure || w->blameless)) { /* which of them it was shows when each runs alone */
            task->alone |= unsure;
            p->options.events.job_again(p->options.events.context, task, b->open[i]);
        } else if (b->open[i] != WIRE_NO_PLUGIN) {
            finished = pool_drop_job(p, task, b->open[i], status, why);
        } else if (b->open_count == 0 && !w->blameless) { /* between two jobs: nobody is blamed who was not alone */
            task->attempts++;
            if (b->alone && task->attempts >= MAX_ATTEMPTS)
                finished = pool_drop_job(p, task, task->jobs[0], status, why);
            task->alone = task->attempts >= MAX_ATTEMPTS - 1;
        }
        if (finished) {
            b->task_ended[i] = true;
            pool_task_finished(p, task);
        }
    }
    requeue_batch(p, b);
}

void worker_on_death(struct worker_process *w)
{
    struct pool *p = w->domain->pool;
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)w->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return;
    if (!w->killed && !w->leaving)
        worker_drain(w); /* may find nonsense and kill it once more: until it is reaped its number is its own */
    (void)waitpid(w->pid, NULL, 0);
    w->pid = 0;
    if (!w->ready) {
        worker_never_started(w);
        return;
    }
    if (w->leaving) {
        worker_free(w);
        return;
    }
    char why[200];
    enum part_status status = worker_cause(w, &info, why, sizeof why);
    struct batch *batches = w->batches;
    p->stats.workers_lost += w->batch_count > 0;
    if (w->domain->most > 1)
        w->domain->most /= 2;
    if (w->batch_count > 1)
        requeue_batch(p, &batches[1]);
    if (w->batch_count > 0)
        settle(w, &batches[0], status, why);
    worker_free(w);
}

void worker_dismiss(struct worker_process *w)
{
    (void)epoll_ctl(w->domain->pool->epoll, EPOLL_CTL_DEL, w->socket, NULL);
    (void)shutdown(w->socket, SHUT_RDWR);
    w->leaving = true;
    w->since = pool_now_ms();
}

void worker_stop(struct worker_process *w)
{
    if (w->pid > 0) {
        struct pollfd end = {.fd = w->pidfd, .events = POLLIN};
        if (!w->leaving || poll(&end, 1, CLOSE_MS) != 1)
            (void)kill(w->pid, SIGKILL);
        while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    worker_free(w);
}
