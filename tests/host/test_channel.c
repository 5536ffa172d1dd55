/* SPDX-License-Identifier: MIT */
/* Messages with descriptors: what fits arrives, what does not is refused and nothing of it is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "channel.h"
#include "wire.h"

static int pair[2];

static int setup(void **state)
{
    (void)state;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int teardown(void **state)
{
    (void)state;
    (void)close(pair[0]);
    (void)close(pair[1]);
    return 0;
}

static size_t open_descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;
    assert_non_null(d);
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n;
}

static void test_message(void **state)
{
    (void)state;
    char got[16];
    assert_int_equal(channel_send(pair[0], "hello", 5, NULL, 0), 0);
    assert_int_equal(channel_receive(pair[1], 0, got, sizeof got, NULL, NULL, NULL), 5);
    assert_memory_equal(got, "hello", 5);
    assert_int_equal(channel_receive(pair[1], MSG_DONTWAIT, got, sizeof got, NULL, NULL, NULL), -EAGAIN);
    (void)shutdown(pair[0], SHUT_WR);
    assert_int_equal(channel_receive(pair[1], 0, got, sizeof got, NULL, NULL, NULL), 0);
}

static void test_as_many_descriptors_as_there_may_be(void **state)
{
    (void)state;
    int fds[WIRE_DESCRIPTORS + 1], got[WIRE_DESCRIPTORS];
    char text[4];
    size_t before = open_descriptors(), count = WIRE_DESCRIPTORS;
    struct stat mine, theirs;
    for (size_t i = 0; i <= WIRE_DESCRIPTORS; i++)
        fds[i] = pair[i % 2];
    assert_int_equal(channel_send(pair[0], "x", 1, fds, WIRE_DESCRIPTORS + 1), -EINVAL);
    assert_int_equal(channel_send(pair[0], "x", 1, fds, WIRE_DESCRIPTORS), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, got, &count, NULL), 1);
    assert_int_equal(count, WIRE_DESCRIPTORS);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fcntl(got[i], F_GETFD), FD_CLOEXEC);
        assert_int_equal(fstat(got[i], &theirs), 0);
        assert_int_equal(fstat(pair[i % 2], &mine), 0);
        assert_int_equal(theirs.st_ino, mine.st_ino);
        (void)close(got[i]);
    }
    assert_int_equal(open_descriptors(), before);
}

/* Too long a message, more descriptors than wanted, more than the kernel's buffer was made for: nothing stays open. */
static void test_what_does_not_fit_is_refused_whole(void **state)
{
    (void)state;
    int fds[5], got[3] = {-1, -1, -1};
    char text[4];
    size_t before = open_descriptors(), count;
    for (size_t i = 0; i < 5; i++)
        fds[i] = pair[0];
    count = 3;
    assert_int_equal(channel_send(pair[0], "longer", 6, fds, 2), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, got, &count, NULL), -EMSGSIZE);
    assert_int_equal(count, 0);
    count = 3;
    assert_int_equal(channel_send(pair[0], "abc", 3, fds, 5), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, got, &count, NULL), -EMSGSIZE);
    assert_int_equal(count, 0);
    assert_int_equal(channel_send(pair[0], "abc", 3, fds, 1), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, NULL, NULL, NULL), -EMSGSIZE);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(channel_send(pair[0], "abc", 3, NULL, 0), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, NULL, NULL, NULL), 3);
}

/* 253 is what one message can carry (the kernel's SCM_MAX_FD): more than channel_send sends, and a worker is free to. */
static void test_more_descriptors_than_we_send(void **state)
{
    (void)state;
    enum { MOST = 253 };
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int) * MOST)];
    } control;
    struct iovec part = {(void *)(uintptr_t)"x", 1};
    struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&head);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * MOST);
    for (size_t i = 0; i < MOST; i++)
        memcpy(CMSG_DATA(c) + i * sizeof(int), &pair[0], sizeof(int));
    int got[WIRE_DESCRIPTORS];
    char text[4];
    size_t before = open_descriptors(), count = WIRE_DESCRIPTORS;
    assert_int_equal(sendmsg(pair[0], &head, 0), 1);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, got, &count, NULL), -EMSGSIZE);
    assert_int_equal(count, 0);
    assert_int_equal(open_descriptors(), before);
}

static void test_sender_is_the_kernels_word(void **state)
{
    (void)state;
    const int on = 1;
    char text[4];
    pid_t sender = 99;
    assert_int_equal(channel_send(pair[0], "a", 1, NULL, 0), 0);
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, NULL, NULL, &sender), 1);
    assert_int_equal(sender, 0);
    assert_int_equal(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(channel_send(pair[0], "b", 1, &pair[0], 1) == 0 ? 0 : 1);
    int fd, wait_status;
    size_t count = 1;
    assert_int_equal(channel_receive(pair[1], 0, text, sizeof text, &fd, &count, &sender), 1);
    assert_int_equal(sender, child);
    assert_int_equal(count, 1);
    (void)close(fd);
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
}

static void test_a_full_socket_and_a_closed_one(void **state)
{
    (void)state;
    static char large[60000];
    int error;
    assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
    for (int i = 0; i < 1000 && (error = channel_send(pair[0], large, sizeof large, NULL, 0)) == 0; i++)
        ;
    assert_int_equal(error, -EAGAIN);
    (void)close(pair[1]);
    pair[1] = -1;
    assert_int_equal(channel_send(pair[0], "x", 1, NULL, 0), -ECONNRESET); /* the other side left messages unread */
    assert_int_equal(channel_send(pair[0], "x", 1, NULL, 0), -EPIPE);      /* and no SIGPIPE */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_message), TEST(test_as_many_descriptors_as_there_may_be), TEST(test_what_does_not_fit_is_refused_whole),
        TEST(test_more_descriptors_than_we_send), TEST(test_sender_is_the_kernels_word), TEST(test_a_full_socket_and_a_closed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
