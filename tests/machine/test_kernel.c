/* SPDX-License-Identifier: MIT */
/* Kernels and containers that lack something, played by a filter on adit's system calls: where a lock cannot be applied nothing runs,
 * and the message says what is missing and how to go on; where another one serves as well, everything runs. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "machine.h"

enum { FILES = 5, NO_ARGUMENT = -1, PR_MDWE = 65, NEW_USER = 0x10000000, TMPFILE = 020000000 };

struct rule {
    int number;   /* system call */
    int argument; /* whose low half is masked and compared, or NO_ARGUMENT */
    uint32_t mask, value;
    int error; /* what it answers; 0: this program does */
};

struct kernel {
    const char *name;
    struct rule rules[3];
    bool runs;          /* and everything is right */
    const char *tells;  /* else this is in the message */
    bool runs_unlocked; /* with --sandbox=off, which the message then names */
};

static const struct kernel kernels[] = {
    {"without Landlock",
     {{SYS_landlock_create_ruleset, NO_ARGUMENT, 0, 0, ENOSYS}},
     false,
     "this kernel has no Landlock",
     true},
    {"Landlock off at boot",
     {{SYS_landlock_create_ruleset, NO_ARGUMENT, 0, 0, EOPNOTSUPP}},
     false,
     "lsm=landlock",
     true},
    {"Landlock without rules", {{SYS_landlock_add_rule, NO_ARGUMENT, 0, 0, ENOMEM}}, false, "Landlock rule", true},
    {"Landlock refused", {{SYS_landlock_restrict_self, NO_ARGUMENT, 0, 0, EPERM}}, false, "Landlock domain", true},
    {"without seccomp()", {{SYS_seccomp, NO_ARGUMENT, 0, 0, ENOSYS}}, false, "seccomp refuses", true},
    {"without filters", {{SYS_seccomp, NO_ARGUMENT, 0, 0, EINVAL}}, false, "seccomp refuses", true},
    {"seccomp() forbidden", {{SYS_seccomp, NO_ARGUMENT, 0, 0, EPERM}}, false, "seccomp refuses", true},
    {"without no-new-privileges",
     {{SYS_prctl, 0, UINT32_MAX, PR_SET_NO_NEW_PRIVS, EINVAL}},
     false,
     "new privileges",
     true},
    {"without MDWE", {{SYS_prctl, 0, UINT32_MAX, PR_MDWE, EINVAL}}, true, NULL, true},
    {"MDWE forbidden", {{SYS_prctl, 0, UINT32_MAX, PR_MDWE, EPERM}}, false, "written and executed", true},
    {"without pidfds", {{SYS_pidfd_open, NO_ARGUMENT, 0, 0, ENOSYS}}, false, "cannot watch the zygote", false},
    {"without memory files", {{SYS_memfd_create, NO_ARGUMENT, 0, 0, ENOSYS}}, false, "cannot ", false},
    {"without user namespaces",
     {{SYS_unshare, 0, NEW_USER, NEW_USER, EPERM}, {SYS_clone, 0, NEW_USER, NEW_USER, EPERM}},
     true,
     NULL,
     true},
    {"without close_range", {{SYS_close_range, NO_ARGUMENT, 0, 0, ENOSYS}}, true, NULL, true},
    {"without files that have no name", {{SYS_openat, 2, TMPFILE, TMPFILE, EOPNOTSUPP}}, true, NULL, true},
};

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    machine_tree(*state, FILES);
    return 0;
}

/* ---- the filter ---- */

static size_t add_rule(struct sock_filter *to, const struct rule *r)
{
    const struct sock_filter answer =
        BPF_STMT(BPF_RET | BPF_K, r->error ? SECCOMP_RET_ERRNO | (uint32_t)r->error : SECCOMP_RET_USER_NOTIF);
    const uint32_t argument =
        (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)(r->argument < 0 ? 0 : r->argument));
    const struct sock_filter simple[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->number, 0, 1), answer};
    const struct sock_filter masked[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->number, 0, 4),
                                         BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
                                         BPF_STMT(BPF_ALU | BPF_AND | BPF_K, r->mask),
                                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, r->value, 0, 1),
                                         answer};
    bool plain = r->argument == NO_ARGUMENT;
    memcpy(to, plain ? simple : masked, plain ? sizeof simple : sizeof masked);
    return plain ? sizeof simple / sizeof *simple : sizeof masked / sizeof *masked;
}

static long install(const struct rule *rules, unsigned flags)
{
    struct sock_filter code[64];
    size_t n = 0;
    for (; rules->number; rules++)
        n += add_rule(code + n, rules);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {(unsigned short)n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void play(void *data)
{
    const struct kernel *k = data;
    struct rule rules[4] = {0};
    memcpy(rules, k->rules, sizeof k->rules);
    if (install(rules, 0) != 0)
        _exit(99);
}

static void assert_runs(const struct kernel *k, const struct outcome *o, const char *err)
{
    if (o->status != 0 || machine_count(o->out, "\"number\":7") != FILES ||
        (err ? !strstr(o->err, err) : o->err_size > 0))
        fail_msg("a kernel %s: status %d, signal %d\n%s%s", k->name, o->status, o->signal, o->out, o->err);
}

static void test_kernels(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/one/makes"), "MISBEHAVE escape\n");
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        const struct kernel *k = &kernels[i];
        const struct launch how = {NULL, play, (void *)(uintptr_t)k};
        struct outcome o = machine_run(u, &how, machine_extract(u, "tree", NULL, NULL));
        if (k->runs)
            assert_runs(k, &o, NULL);
        else if (o.status == 0 || o.signal || machine_count(o.out, "\"number\"") > 0 ||
                 !strstr(k->runs_unlocked ? o.err
                         : o.status == 3  ? o.err
                                          : o.out,
                         k->tells))
            fail_msg("a kernel %s: status %d, signal %d\n%s%s", k->name, o.status, o.signal, o.out, o.err);
        if (!k->runs && k->runs_unlocked)
            assert_has(o.err, "or run with --sandbox=off");
        outcome_release(&o);
        if (k->runs_unlocked) {
            o = machine_run(u, &how, machine_extract(u, "tree", "--sandbox=off", "--no-cache"));
            assert_runs(k, &o, "WARNING");
            outcome_release(&o);
        }
        o = run_adit(u, "cache", "clear", NULL);
        outcome_release(&o);
    }
    struct launch how = {NULL, play, (void *)(uintptr_t)&kernels[sizeof kernels / sizeof *kernels - 1]};
    struct outcome o = machine_run(u, &how, machine_extract(u, "one", "--artifacts", user_path(u, "made")));
    assert_status(&o, 0);
    assert_int_equal(access(user_path(u, "made/one/makes/misbehave/kept.txt"), F_OK), 0);
    outcome_release(&o);
}

/* ---- older Landlocks: this program answers the question for the version ---- */

static int handed[2]; /* the listener comes through */

static void listen_in(void *data)
{
    const struct rule rules[] = {{SYS_landlock_create_ruleset, NO_ARGUMENT, 0, 0, 0}, {0}};
    (void)data;
    int listener = (int)install(rules, SECCOMP_FILTER_FLAG_NEW_LISTENER);
    struct iovec part = {"x", 1};
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    *c = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    memcpy(CMSG_DATA(c), &listener, sizeof listener);
    if (listener < 0 || sendmsg(handed[1], &m, 0) != 1)
        _exit(99);
    (void)close(listener);
}

static int receive_listener(void)
{
    char byte;
    int listener = -1;
    struct iovec part = {&byte, 1};
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    assert_int_equal(recvmsg(handed[0], &m, MSG_CMSG_CLOEXEC), 1);
    assert_non_null(CMSG_FIRSTHDR(&m));
    memcpy(&listener, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof listener);
    return listener;
}

static void answer(int listener, int abi)
{
    struct seccomp_notif asked;
    memset(&asked, 0, sizeof asked);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
        return; /* who asked has ended */
    bool version = (asked.data.args[2] & LANDLOCK_CREATE_RULESET_VERSION) != 0;
    struct seccomp_notif_resp told = {
        .id = asked.id, .val = version ? abi : 0, .flags = version ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &told);
}

static void test_older_landlock(void **state)
{
    struct user *u = *state;
    for (int abi = 1; abi <= 7; abi++) {
        const struct launch how = {NULL, listen_in, NULL};
        char named[32];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, handed), 0);
        struct running r = launch_adit(u, &how, machine_extract(u, "tree", "--no-cache", "--stats"));
        int listener = receive_listener();
        siginfo_t info = {0};
        while (waitid(P_PID, (id_t)r.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != r.pid) {
            struct pollfd ready = {.fd = listener, .events = POLLIN};
            if (poll(&ready, 1, 5) == 1 && ready.revents & POLLIN)
                answer(listener, abi);
        }
        struct outcome o = finish_adit(&r);
        assert_status(&o, 0);
        assert_int_equal(machine_count(o.out, "\"number\":7"), FILES);
        (void)snprintf(named, sizeof named, "locks: Landlock ABI %d", abi < 6 ? abi : 6);
        assert_has(o.err, named);
        assert_has(o.err, abi < 6 ? "which the filters refuse alone" : "or later");
        outcome_release(&o);
        (void)close(listener);
        (void)close(handed[0]);
        (void)close(handed[1]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_kernels), TEST(test_older_landlock)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
