/* SPDX-License-Identifier: MIT */
/* The ring of shared memory: wrap-around at every offset, a writer in another process that waits for room, heads that lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ring.h"

struct fixture {
    void *memory;
    int sockets[2]; /* [0]: the host's */
};
static struct fixture f;

static int setup(void **state)
{
    (void)state;
    f.memory = mmap(NULL, WIRE_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return f.memory == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, f.sockets) != 0 ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)close(f.sockets[0]);
    (void)close(f.sockets[1]);
    return munmap(f.memory, WIRE_SHARED);
}

/* A record whose bytes follow from its number, so that any slip shows. */
static size_t size_of(uint32_t number)
{
    return number * 2654435761u % 700;
}
static uint8_t byte_of(uint32_t number, size_t i)
{
    return (uint8_t)(number * 31 + i * 7);
}

static void put(struct ring_writer *w, uint32_t number)
{
    uint8_t bytes[700];
    size_t n = size_of(number), a = n / 3;
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_of(number, i);
    ring_put(w, RECORD_DATA, (uint8_t)number, (uint16_t)number, bytes, a, bytes + a, n - a);
}

/* Takes whole records out of the buffer, the next of which is *number. */
static void check(struct buf *b, uint32_t *number)
{
    size_t at = 0;
    struct wire_record_head head;
    while (b->size - at >= sizeof head) {
        memcpy(&head, b->data + at, sizeof head);
        if (head.size != size_of(*number) || head.kind != RECORD_DATA || head.task != (uint16_t)*number || head.flags != (uint8_t)*number)
            fail_msg("record %u: kind %u task %u size %u", *number, head.kind, head.task, head.size);
        if (b->size - at - sizeof head < head.size)
            break;
        for (size_t i = 0; i < head.size; i++)
            if ((uint8_t)b->data[at + sizeof head + i] != byte_of(*number, i))
                fail_msg("record %u differs at byte %zu", *number, i);
        at += sizeof head + head.size;
        (*number)++;
    }
    memmove(b->data, b->data + at, b->size - at);
    b->size -= at;
}

/* The same record, beginning at each of the last and first offsets of the ring. */
static void test_wrap_at_every_offset(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    struct buf b = BUF_INIT;
    uint8_t payload[40];
    for (size_t i = 0; i < sizeof payload; i++)
        payload[i] = (uint8_t)(i + 1);
    for (uint64_t start = WIRE_RING - 60; start <= WIRE_RING + 4; start++) {
        struct ring_writer w;
        struct ring_reader r;
        atomic_store(&s->head, start);
        atomic_store(&s->tail, start);
        ring_writer_init(&w, f.memory, f.sockets[1]);
        ring_reader_init(&r, f.memory);
        r.tail = start;
        ring_put(&w, RECORD_FIELD, 3, 7, payload, 11, payload + 11, sizeof payload - 11);
        buf_reset(&b);
        assert_int_equal(ring_take(&r, &b), 0);
        assert_int_equal(b.size, sizeof(struct wire_record_head) + sizeof payload);
        const struct wire_record_head expected = {RECORD_FIELD, 3, 7, sizeof payload};
        assert_memory_equal(b.data, &expected, sizeof expected);
        assert_memory_equal(b.data + sizeof expected, payload, sizeof payload);
        assert_true(atomic_load(&s->tail) == start + b.size);
    }
    buf_release(&b);
}

/* A full ring is taken in one go, whatever offset it begins at. */
static void test_full_ring(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    static uint8_t fill[WIRE_RING];
    const uint64_t starts[] = {0, 1, WIRE_RING / 2, WIRE_RING - 1, UINT64_MAX - WIRE_RING / 2};
    for (size_t i = 0; i < sizeof fill; i++)
        fill[i] = (uint8_t)(i * 13);
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct buf b = BUF_INIT;
        struct ring_writer w;
        struct ring_reader r;
        atomic_store(&s->head, starts[i]);
        atomic_store(&s->tail, starts[i]);
        ring_writer_init(&w, f.memory, f.sockets[1]);
        ring_reader_init(&r, f.memory);
        r.tail = starts[i];
        size_t n = WIRE_RING - sizeof(struct wire_record_head);
        ring_put(&w, RECORD_DATA, 0, 0, fill, n, NULL, 0);
        assert_int_equal(ring_take(&r, &b), 0);
        assert_int_equal(b.size, WIRE_RING);
        assert_memory_equal(b.data + sizeof(struct wire_record_head), fill, n);
        assert_int_equal(ring_take(&r, &b), 0);
        assert_int_equal(b.size, WIRE_RING);
        buf_release(&b);
    }
}

/* One doorbell until the host has cleared it. */
static void test_doorbell_rings_once(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    struct ring_writer w;
    uint32_t message[4];
    ring_writer_init(&w, f.memory, f.sockets[1]);
    for (int i = 0; i < 5; i++)
        ring_doorbell(&w);
    assert_int_equal(recv(f.sockets[0], message, sizeof message, MSG_DONTWAIT), 4);
    assert_int_equal(message[0], WIRE_DOORBELL);
    assert_int_equal(recv(f.sockets[0], message, sizeof message, MSG_DONTWAIT), -1);
    atomic_store(&s->doorbell, 0);
    ring_doorbell(&w);
    assert_int_equal(recv(f.sockets[0], message, sizeof message, MSG_DONTWAIT), 4);
}

/* The host's side as pool_worker.c has it, against a writer that is always ahead: every byte arrives, nobody waits forever. */
static void read_all(pid_t child, uint32_t records, unsigned delay_us)
{
    struct wire_shared *s = f.memory;
    struct ring_reader r;
    struct buf b = BUF_INIT;
    uint32_t number = 0;
    ring_reader_init(&r, f.memory);
    while (number < records) {
        struct pollfd poll_fd = {.fd = f.sockets[0], .events = POLLIN};
        uint32_t message;
        if (poll(&poll_fd, 1, 50) == 1)
            (void)recv(f.sockets[0], &message, sizeof message, MSG_DONTWAIT);
        if (delay_us)
            (void)usleep(delay_us);
        atomic_store(&s->doorbell, 0);
        assert_int_equal(ring_take(&r, &b), 0);
        check(&b, &number);
    }
    assert_int_equal(b.size, 0);
    buf_release(&b);
    int wait_status;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
}

static void test_writer_in_another_process(void **state)
{
    (void)state;
    enum { RECORDS = 60000 };
    pid_t child = fork();
    if (child == 0) {
        struct ring_writer w;
        (void)alarm(60);
        ring_writer_init(&w, f.memory, f.sockets[1]);
        for (uint32_t i = 0; i < RECORDS; i++)
            put(&w, i);
        ring_doorbell(&w);
        _exit(0);
    }
    read_all(child, RECORDS, 0);
}

static void test_slow_reader(void **state)
{
    (void)state;
    enum { RECORDS = 5000 };
    pid_t child = fork();
    if (child == 0) {
        struct ring_writer w;
        (void)alarm(60);
        ring_writer_init(&w, f.memory, f.sockets[1]);
        for (uint32_t i = 0; i < RECORDS; i++)
            put(&w, i);
        ring_doorbell(&w);
        _exit(0);
    }
    read_all(child, RECORDS, 1000);
}

/* One record of the largest size there is: four times the ring. */
static void test_record_larger_than_the_ring(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    struct ring_reader r;
    struct buf b = BUF_INIT;
    static uint8_t large[WIRE_RECORD];
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i % 251);
    pid_t child = fork();
    if (child == 0) {
        struct ring_writer w;
        (void)alarm(60);
        ring_writer_init(&w, f.memory, f.sockets[1]);
        ring_put(&w, RECORD_FIELD, 0, 0, large, 1000, large + 1000, sizeof large - 1000);
        _exit(0);
    }
    ring_reader_init(&r, f.memory);
    while (b.size < sizeof large + sizeof(struct wire_record_head)) {
        struct pollfd poll_fd = {.fd = f.sockets[0], .events = POLLIN};
        uint32_t message;
        if (poll(&poll_fd, 1, 50) == 1)
            (void)recv(f.sockets[0], &message, sizeof message, MSG_DONTWAIT);
        atomic_store(&s->doorbell, 0);
        assert_int_equal(ring_take(&r, &b), 0);
    }
    assert_memory_equal(b.data + sizeof(struct wire_record_head), large, sizeof large);
    buf_release(&b);
    int wait_status;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
}

/* A writer that says it waits is woken, also where there is nothing new to take: it may have looked too early. */
static void test_waiting_writer_is_always_woken(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    struct ring_reader r;
    struct buf b = BUF_INIT;
    ring_reader_init(&r, f.memory);
    atomic_store(&s->waiting, 1);
    assert_int_equal(ring_take(&r, &b), 0);
    assert_int_equal(atomic_load(&s->wake), 1);
    atomic_store(&s->head, 10);
    assert_int_equal(ring_take(&r, &b), 0);
    assert_int_equal(atomic_load(&s->wake), 2);
    atomic_store(&s->waiting, 0);
    assert_int_equal(ring_take(&r, &b), 0);
    assert_int_equal(atomic_load(&s->wake), 2);
    buf_release(&b);
}

/* A worker may write any number into the head, and change it while it is read. */
static void test_heads_that_lie(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    const uint64_t tail = 1000;
    const uint64_t lies[] = {0, tail - 1, tail + WIRE_RING + 1, UINT64_MAX, UINT64_MAX / 2, tail + (1ull << 32), tail - WIRE_RING};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct ring_reader r;
        struct buf b = BUF_INIT;
        ring_reader_init(&r, f.memory);
        r.tail = tail;
        atomic_store(&s->head, lies[i]);
        assert_int_equal(ring_take(&r, &b), -EBADMSG);
        assert_int_equal(b.size, 0);
        assert_true(r.tail == tail);
        buf_release(&b);
    }
}

/* What the host believes of the tail is its own: a worker that writes it changes nothing. */
static void test_tail_is_not_believed(void **state)
{
    (void)state;
    struct wire_shared *s = f.memory;
    struct ring_writer w;
    struct ring_reader r;
    struct buf b = BUF_INIT;
    uint32_t number = 0;
    ring_writer_init(&w, f.memory, f.sockets[1]);
    ring_reader_init(&r, f.memory);
    put(&w, 0);
    atomic_store(&s->tail, UINT64_MAX - 3);
    assert_int_equal(ring_take(&r, &b), 0);
    check(&b, &number);
    assert_int_equal(number, 1);
    buf_release(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_wrap_at_every_offset), TEST(test_full_ring), TEST(test_doorbell_rings_once),
        TEST(test_writer_in_another_process), TEST(test_slow_reader), TEST(test_record_larger_than_the_ring),
        TEST(test_waiting_writer_is_always_woken), TEST(test_heads_that_lie), TEST(test_tail_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
