/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "channel.h"
#include "pool_impl.h"

enum { GROUP_TASKS = 16, INLINE_SOURCE = 8 * 1024, INLINE_NEEDS = 8 * 1024 };
static const uint64_t BATCH_BYTES = 8 << 20; /* of sources: a batch should not take long */

/* A message under way. */
struct draft {
    struct buf *message;
    int fds[WIRE_DESCRIPTORS];
    size_t fd_count;
    int made[WIRE_DESCRIPTORS]; /* memfds to close once they are sent */
    size_t made_count;
    uint64_t bytes;
};

static uint16_t add_fd(struct draft *m, int fd)
{
    for (size_t i = m->fd_count; i-- > 0;)
        if (m->fds[i] == fd)
            return (uint16_t)i;
    m->fds[m->fd_count++] = fd;
    return (uint16_t)(m->fd_count - 1);
}

/* Bytes too large for the message travel in a memfd. 0 or -errno. */
static int add_memory(struct draft *m, const uint8_t *bytes, size_t size, uint16_t *index)
{
    int fd = memfd_create("adit-source", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            (void)close(fd);
            return -ENOSPC;
        }
        done += (size_t)n;
    }
    m->made[m->made_count++] = fd;
    *index = add_fd(m, fd);
    return 0;
}

static size_t message_room(const struct pool_task *t)
{
    size_t size = sizeof(struct wire_task) + t->job_count * sizeof(uint32_t) + t->companion_count * sizeof(struct wire_companion) +
                  t->name.size + t->media.size + 8;
    if (t->needs_size <= INLINE_NEEDS)
        size += t->needs_size;
    if (t->fd < 0 && t->size <= INLINE_SOURCE)
        size += (size_t)t->size;
    return size;
}

static bool fits(const struct draft *m, const struct pool_task *t)
{
    return m->message->size + message_room(t) <= WIRE_MESSAGE && m->fd_count + t->companion_count + 2 <= WIRE_DESCRIPTORS;
}

static int add_sources(struct draft *m, const struct pool_task *t, struct wire_task *head)
{
    head->descriptor = head->needs_descriptor = WIRE_NO_DESCRIPTOR;
    if (t->fd >= 0)
        head->descriptor = add_fd(m, t->fd);
    else if (t->size > INLINE_SOURCE) {
        int error = add_memory(m, t->memory, (size_t)t->size, &head->descriptor);
        if (error)
            return error;
        head->offset = 0;
    } else
        head->inline_size = (uint32_t)t->size;
    return t->needs_size > INLINE_NEEDS ? add_memory(m, t->needs, t->needs_size, &head->needs_descriptor) : 0;
}

static int add_task(struct draft *m, const struct pool_task *t)
{
    struct buf *b = m->message;
    size_t start = b->size;
    struct wire_task head = {
        .flags = t->flags,
        .offset = t->offset,
        .size = t->size,
        .stream_bytes = t->stream_bytes,
        .needs_size = (uint32_t)t->needs_size,
        .name_size = (uint16_t)t->name.size,
        .media_size = (uint16_t)t->media.size,
        .job_count = (uint16_t)t->job_count,
        .companion_count = (uint16_t)t->companion_count,
    };
    int error = add_sources(m, t, &head);
    if (error)
        return error;
    buf_add(b, &head, sizeof head);
    buf_add(b, t->jobs, t->job_count * sizeof *t->jobs);
    for (uint32_t i = 0; i < t->companion_count; i++) {
        const struct wire_companion c = {t->companions[i].size, t->companions[i].plugin, t->companions[i].label,
                                         add_fd(m, t->companions[i].fd)};
        buf_add(b, &c, sizeof c);
    }
    buf_add(b, t->name.data, t->name.size);
    buf_add(b, t->media.data, t->media.size);
    if (head.needs_descriptor == WIRE_NO_DESCRIPTOR)
        buf_add(b, t->needs, t->needs_size);
    if (head.descriptor == WIRE_NO_DESCRIPTOR)
        buf_add(b, t->memory, head.inline_size);
    while (!b->failed && b->size % 8)
        buf_putc(b, 0);
    if (b->failed)
        return -ENOMEM;
    head.bytes = (uint32_t)(b->size - start);
    memcpy(b->data + start, &head, sizeof head);
    m->bytes += t->size;
    return 0;
}

static bool runs_here(const struct worker_process *w, const struct pool_task *t)
{
    for (uint32_t i = 0; i < t->job_count; i++)
        if (w->domain->pool->uses[t->jobs[i]].failed != PART_OK)
            return false;
    return pool_task_runs(w->domain->pool, t, w->loaded);
}

static struct pool_task *unqueue(struct domain *d)
{
    struct pool_task *t = d->first;
    d->first = t->next;
    if (!d->first)
        d->last = NULL;
    d->queued--;
    t->next = NULL;
    return t;
}

/* What a file's streams decode into is bounded for all of them together, and a task that was sent knows only what was left then. */
static bool group_is_full(const struct batch *b, const struct pool_task *t)
{
    size_t n = 0;
    for (size_t i = 0; t->group && i < b->count; i++)
        n += b->tasks[i]->group == t->group;
    return n >= GROUP_TASKS;
}

static int fill(struct worker_process *w, struct draft *m, struct batch *b, size_t most)
{
    struct domain *d = w->domain;
    int error = 0;
    while (!error && b->count < most && d->first && runs_here(w, d->first) && fits(m, d->first)) {
        if (group_is_full(b, d->first))
            break;
        if (b->count > 0 && (d->first->alone || b->alone || m->bytes + d->first->size > BATCH_BYTES))
            break;
        struct pool_task *t = unqueue(d);
        b->alone |= t->alone;
        b->tasks[b->count] = t;
        b->open[b->count] = WIRE_NO_PLUGIN;
        b->count++;
        error = add_task(m, t);
    }
    return error;
}

bool batch_send(struct worker_process *w, size_t most)
{
    struct pool *p = w->domain->pool;
    struct batch *b = &w->batches[w->batch_count];
    struct draft m = {.message = &p->message};
    struct wire_batch head = {.message = WIRE_BATCH, .serial = ++p->serial};
    memset(b, 0, sizeof *b);
    b->serial = head.serial;
    buf_reset(m.message);
    buf_add(m.message, &head, sizeof head);
    int error = fill(w, &m, b, most);
    if (!error && b->count > 0) {
        head.count = (uint32_t)b->count;
        head.descriptor_count = (uint32_t)m.fd_count;
        memcpy(m.message->data, &head, sizeof head);
        error = channel_send(w->socket, m.message->data, m.message->size, m.fds, m.fd_count);
    }
    while (m.made_count > 0)
        (void)close(m.made[--m.made_count]);
    if (error) {
        for (size_t i = b->count; i-- > 0;)
            pool_requeue(p, b->tasks[i]);
        /* A worker that has just died says so by itself; anything else is the machine's trouble. */
        if (error != -EPIPE && error != -ECONNRESET)
            (void)err_set(&p->fatal, error, "cannot hand files to a worker: %s", strerror(-error));
        return false;
    }
    if (b->count == 0)
        return false;
    if (w->batch_count == 0)
        w->since = pool_now_ms();
    w->batch_count++;
    p->stats.batches++;
    return true;
}
