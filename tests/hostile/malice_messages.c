/* SPDX-License-Identifier: MIT */
/* Does to its descriptors what it should not, and says to the host what no worker says. */
#include "hostile.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "take_over.h"

ADIT_MODULE("malice_messages", "1.0.0")

enum { DESCRIPTORS = 2048 };

static long on(long number, long fd, const void *data, size_t size)
{
    return hostile_call(number, fd, (long)data, (long)size, 0, 0, 0);
}

static long channel(void)
{
    struct stat st;
    for (long fd = 3; fd < DESCRIPTORS; fd++)
        if (hostile_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) == 0 && S_ISSOCK(st.st_mode))
            return fd;
    return -1;
}

/* All that it can find: "NUMBER MODE DEVICE INODE FLAGS SIZE", for the test to know or not to know. */
static int32_t do_inherited(const struct adit_call *job)
{
    struct stat st;
    for (long fd = 0; fd < DESCRIPTORS; fd++) {
        char text[100];
        if (hostile_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) != 0)
            continue;
        long flags = hostile_call(SYS_fcntl, fd, F_GETFL, 0, 0, 0, 0);
        (void)snprintf(text, sizeof text, "%ld %o %llx %llu %lo %lld", fd, st.st_mode & S_IFMT, (unsigned long long)st.st_rdev,
                       (unsigned long long)st.st_ino, flags & O_ACCMODE, (long long)st.st_size);
        adit_emit_string(job, "note", text);
    }
    return ADIT_OK;
}

static int32_t do_close_all(const struct adit_call *job)
{
    for (long fd = 0; fd < DESCRIPTORS; fd++)
        (void)hostile_call(SYS_close, fd, 0, 0, 0, 0, 0);
    return hostile_tell(job, 0);
}

static int32_t do_duplicate_all(const struct adit_call *job)
{
    long result = 0;
    for (long fd = 0; fd < DESCRIPTORS; fd++)
        result = hostile_call(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 0, 0, 0, 0);
    for (long fd = 0; fd < DESCRIPTORS; fd++)
        (void)hostile_call(SYS_dup2, fd, fd + 1, 0, 0, 0, 0);
    return hostile_tell(job, result);
}

static int32_t do_garbage(const struct adit_call *job)
{
    unsigned char noise[512];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(i * 37 + 11);
    for (long fd = 0; fd < DESCRIPTORS; fd++)
        for (size_t n = 1; n <= sizeof noise; n *= 8)
            (void)on(SYS_write, fd, noise, n);
    return hostile_tell(job, 0);
}

static int32_t do_huge(const struct adit_call *job)
{
    size_t size = 32 << 20;
    char *message = calloc(1, size);
    long fd = channel(), result = 0;
    for (; message && size >= 4096; size /= 2)
        if ((result = on(SYS_write, fd, message, size)) >= 0)
            break;
    hostile_sleep(200);
    return hostile_tell(job, result);
}

static int32_t do_endless(const struct adit_call *job)
{
    static const char message[1024] = "and on and on";
    for (long fd = channel(); adit_size(job) > 0;)
        (void)on(SYS_write, fd, message, sizeof message);
    return ADIT_OK;
}

/* A message that the host expects, without end. */
static int32_t do_doorbells(const struct adit_call *job)
{
    const uint32_t message = WIRE_DOORBELL;
    for (long fd = channel(); adit_size(job) > 0;)
        (void)on(SYS_write, fd, &message, sizeof message);
    return ADIT_OK;
}

/* The zygote's words, from a worker. */
static int32_t do_zygotes_words(const struct adit_call *job)
{
    const struct wire_reply reply = {.message = WIRE_LOADED, .status = 0};
    long result = on(SYS_write, channel(), &reply, sizeof reply);
    hostile_sleep(200); /* so that it is not over before the host hears of it */
    return hostile_tell(job, result);
}

/* Descriptors that the host did not ask for. */
static int32_t do_hand_over(const struct adit_call *job)
{
    const uint32_t doorbell = WIRE_DOORBELL;
    struct iovec part = {(void *)(uintptr_t)&doorbell, sizeof doorbell};
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(200 * sizeof(int))];
    } control = {.head = {.cmsg_len = CMSG_LEN(200 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    long fd = channel(), result = 0;
    memset(CMSG_DATA(&control.head), 0, 200 * sizeof(int)); /* standard input, 200 times */
    for (int i = 0; i < 50; i++)
        result = hostile_call(SYS_sendmsg, fd, (long)&message, 0x4040 /* MSG_NOSIGNAL | MSG_DONTWAIT */, 0, 0, 0);
    hostile_sleep(200);
    return hostile_tell(job, result);
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)state;
    if (hostile_is(adit_option(job, "what"), "take-over"))
        take_over(job);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct hostile_act acts[] = {
        {"inherited", do_inherited}, {"close-all", do_close_all},   {"duplicate-all", do_duplicate_all},
        {"garbage", do_garbage},     {"huge", do_huge},             {"endless", do_endless},
        {"doorbells", do_doorbells}, {"zygotes-words", do_zygotes_words}, {"hand-over", do_hand_over},
    };
    (void)state;
    return hostile_run(job, acts, sizeof acts / sizeof *acts);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
