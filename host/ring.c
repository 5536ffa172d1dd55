/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void ring_writer_init(struct ring_writer *w, void *memory, int socket)
{
    *w = (struct ring_writer){.shared = memory, .data = (uint8_t *)memory + 4096, .socket = socket};
    w->head = atomic_load(&w->shared->head);
}

void ring_doorbell(struct ring_writer *w)
{
    if (atomic_exchange(&w->shared->doorbell, 1))
        return;
    const uint32_t message = WIRE_DOORBELL;
    while (write(w->socket, &message, sizeof message) < 0 && errno == EINTR)
        ;
}

static void wait_for_room(struct ring_writer *w)
{
    struct wire_shared *s = w->shared;
    uint32_t seen = atomic_load(&s->wake);
    atomic_store(&s->waiting, 1);
    if (w->head - atomic_load(&s->tail) == WIRE_RING) {
        ring_doorbell(w);
        /* Not FUTEX_PRIVATE: the host wakes from its own mapping. */
        (void)syscall(SYS_futex, &s->wake, FUTEX_WAIT, seen, NULL, NULL, 0);
    }
    atomic_store(&s->waiting, 0);
}

static void write_bytes(struct ring_writer *w, const void *data, size_t size)
{
    const uint8_t *p = data;
    while (size > 0) {
        uint64_t used = w->head - atomic_load_explicit(&w->shared->tail, memory_order_acquire);
        size_t room = used < WIRE_RING ? (size_t)(WIRE_RING - used) : 0;
        if (room == 0) {
            atomic_store_explicit(&w->shared->head, w->head, memory_order_release);
            wait_for_room(w);
            continue;
        }
        size_t at = (size_t)(w->head & (WIRE_RING - 1));
        size_t n = size < room ? size : room;
        if (n > WIRE_RING - at)
            n = WIRE_RING - at;
        memcpy(w->data + at, p, n);
        w->head += n;
        p += n;
        size -= n;
    }
}

void ring_put(struct ring_writer *w, enum wire_record kind, uint8_t flags, uint16_t task, const void *a, size_t a_size,
              const void *b, size_t b_size)
{
    struct wire_record_head head = {(uint8_t)kind, flags, task, (uint32_t)(a_size + b_size)};
    write_bytes(w, &head, sizeof head);
    write_bytes(w, a, a_size);
    write_bytes(w, b, b_size);
    atomic_store_explicit(&w->shared->head, w->head, memory_order_release);
    if (w->head - atomic_load_explicit(&w->shared->tail, memory_order_relaxed) > WIRE_RING / 2)
        ring_doorbell(w);
}

void ring_reader_init(struct ring_reader *r, void *memory)
{
    *r = (struct ring_reader){.shared = memory, .data = (const uint8_t *)memory + 4096};
}

/* Also where nothing new came: the writer may have begun to wait just after room was made. */
static void wake_writer(struct wire_shared *s)
{
    if (!atomic_load(&s->waiting))
        return;
    (void)atomic_fetch_add(&s->wake, 1);
    (void)syscall(SYS_futex, &s->wake, FUTEX_WAKE, 1, NULL, NULL, 0);
}

int ring_take(struct ring_reader *r, struct buf *out)
{
    struct wire_shared *s = r->shared;
    uint64_t head = atomic_load_explicit(&s->head, memory_order_acquire);
    uint64_t size = head - r->tail;
    if (size > WIRE_RING)
        return -EBADMSG;
    if (size == 0) {
        wake_writer(s);
        return 0;
    }
    char *p = buf_reserve(out, (size_t)size);
    if (!p)
        return -ENOMEM;
    size_t at = (size_t)(r->tail & (WIRE_RING - 1));
    size_t first = (size_t)size < WIRE_RING - at ? (size_t)size : WIRE_RING - at;
    memcpy(p, r->data + at, first);
    memcpy(p + first, r->data, (size_t)size - first);
    out->size += (size_t)size;
    r->tail = head;
    atomic_store(&s->tail, head); /* before `waiting` is looked at: the writer does the two in the other order */
    wake_writer(s);
    return 0;
}
