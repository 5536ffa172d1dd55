/* SPDX-License-Identifier: MIT */
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Reading what was handed over, memory, waiting, the time. */
static const char *const allowed[] = {
    "read", "pread64", "readv", "preadv", "write", "writev", "lseek", "close", "fstat", "newfstatat", "statx", "readlink",
    "readlinkat", "access", "faccessat", "getcwd", "fadvise64", "poll", "ppoll", "recvmsg", "sendmsg", "munmap", "mremap",
    "madvise", "brk", "futex", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "sched_yield",
    "sched_getaffinity", "rseq", "set_robust_list", "membarrier", "restart_syscall", "exit", "exit_group", "clock_gettime",
    "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "getrandom", "getpid", "gettid", "getrusage", "uname",
    "sysinfo", "seccomp", NULL};

/* What only a break-out would call. */
static const char *const trapped[] = {
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_open",
    "pidfd_getfd", "pidfd_send_signal", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "socket", "socketpair",
    "connect", "bind", "listen", "accept", "accept4", "shutdown", "setsockopt", "sendto", "sendmmsg", "setuid", "setgid",
    "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset", "mount", "umount2",
    "move_mount", "fsopen", "fsmount", "open_tree", "mount_setattr", "chroot", "pivot_root", "unshare", "setns", "bpf",
    "perf_event_open", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "keyctl", "add_key",
    "request_key", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "unlink", "unlinkat", "rename",
    "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link", "linkat", "symlink", "symlinkat", "chmod", "fchmod",
    "fchmodat", "chown", "fchown", "lchown", "fchownat", "truncate", "ftruncate", "fallocate", "creat", "mknod", "mknodat",
    "memfd_create", "memfd_secret", "setrlimit", "sethostname", "setdomainname", "reboot", "swapon", "swapoff", "settimeofday",
    "clock_settime", "adjtimex", "iopl", "ioperm", "modify_ldt", "personality", "name_to_handle_at", "open_by_handle_at",
    "shmget", "shmat", "msgget", "semget", "mq_open", "inotify_init1", "fanotify_init", "quotactl", "acct", "vhangup", "chdir",
    "fchdir", "setpgid", "setsid", "umask", "utimensat", "setxattr", "fsetxattr", "setpriority", "sched_setscheduler",
    "sched_setattr", "dup", "dup2", "dup3", NULL};

/* Where an allocation fails, libseccomp 2.5 crashes, loops for ever, or writes a program that lacks a part. So the heap first gets what
 * the library will need, in blocks that the allocator keeps: freed below one that is in use they are neither given back nor apart. */
enum { HEAP_BLOCKS = 8, HEAP_BLOCK = 64 * 1024 };

static int reserve_heap(void **keeper, struct err *e)
{
    void *blocks[HEAP_BLOCKS];
    size_t n = 0;
    while (n < HEAP_BLOCKS && (blocks[n] = malloc(HEAP_BLOCK)) != NULL)
        n++;
    *keeper = n == HEAP_BLOCKS ? malloc(1) : NULL;
    while (n > 0)
        free(blocks[--n]);
    return *keeper ? 0 : err_set(e, -ENOMEM, "cannot write the system-call filter: out of memory");
}

/* libseccomp refuses rules that say what the default already says. */
static bool is_default(scmp_filter_ctx ctx, uint32_t action)
{
    uint32_t otherwise;
    return seccomp_attr_get(ctx, SCMP_FLTATR_ACT_DEFAULT, &otherwise) == 0 && otherwise == action;
}

static int add_named(scmp_filter_ctx ctx, uint32_t action, const char *const *names)
{
    if (is_default(ctx, action))
        return 0;
    for (; *names; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        if (number < 0) /* this architecture has no such call */
            continue;
        int error = seccomp_rule_add(ctx, action, number, 0);
        if (error)
            return error;
    }
    return 0;
}

/* The first error of several steps. */
static int first_error(const int *errors, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (errors[i])
            return errors[i];
    return 0;
}
#define FIRST_ERROR(...) first_error((const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

static int add_conditional(scmp_filter_ctx ctx, bool signals_scoped)
{
    const uint64_t changing = O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY);
    const uint64_t file_backed = MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS;
    const uint32_t allow = SCMP_ACT_ALLOW;
    int error = FIRST_ERROR(
#ifdef SYS_open
        seccomp_rule_add(ctx, allow, SCMP_SYS(open), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, changing, O_RDONLY)),
#endif
        seccomp_rule_add(ctx, allow, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, changing, O_RDONLY)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(mmap), 2, SCMP_A2(SCMP_CMP_EQ, PROT_READ | PROT_EXEC, 0),
                         SCMP_A3(SCMP_CMP_MASKED_EQ, file_backed, MAP_PRIVATE)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(prlimit64), 1, SCMP_A2(SCMP_CMP_EQ, 0, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFD, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_SETFD, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS, 0)),
        seccomp_rule_add(ctx, allow, SCMP_SYS(prctl), 2, SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG, 0),
                         SCMP_A1(SCMP_CMP_EQ, SIGKILL, 0)),
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0));
    if (!error && signals_scoped)
        error = seccomp_rule_add(ctx, allow, SCMP_SYS(tgkill), 0);
    if (error || is_default(ctx, SCMP_ACT_TRAP))
        return error;
    return signals_scoped ? 0 : seccomp_rule_add(ctx, SCMP_ACT_TRAP, SCMP_SYS(tgkill), 0);
}

/* The zygote's own forks, with the key; threads and any other fork are ended. */
static int add_fork(scmp_filter_ctx ctx, uint64_t fork_key)
{
    const uint64_t flags[] = {CLONE_PARENT | SIGCHLD, CLONE_PARENT | CLONE_CHILD_SETTID | SIGCHLD};
    int error = 0;
    for (size_t i = 0; !error && fork_key && i < sizeof flags / sizeof *flags; i++)
        error = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 2, SCMP_A0(SCMP_CMP_EQ, flags[i], 0),
                                 SCMP_A2(SCMP_CMP_EQ, fork_key, 0));
    if (error || is_default(ctx, SCMP_ACT_TRAP))
        return error;
    return fork_key ? seccomp_rule_add(ctx, SCMP_ACT_TRAP, SCMP_SYS(clone), 1, SCMP_A2(SCMP_CMP_NE, fork_key, 0))
                    : seccomp_rule_add(ctx, SCMP_ACT_TRAP, SCMP_SYS(clone), 0);
}

/* Probes that libraries make and fall back from, whatever the mode. */
static int add_missing(scmp_filter_ctx ctx)
{
    static const char *const missing[] = {"clone3", "openat2", "faccessat2", "close_range", NULL};
    return add_named(ctx, SCMP_ACT_ERRNO(ENOSYS), missing);
}

static int export_program(scmp_filter_ctx ctx, struct buf *out)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = seccomp_export_bpf(ctx, fd);
    off_t size = error ? 0 : lseek(fd, 0, SEEK_END);
    bool whole = size > 0 && size % (off_t)sizeof(struct sock_filter) == 0;
    char *p = whole ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    if (p != MAP_FAILED) {
        buf_add(out, p, (size_t)size);
        (void)munmap(p, (size_t)size);
    }
    if (!error && (p == MAP_FAILED || out->failed))
        error = whole ? -ENOMEM : -EIO;
    (void)close(fd);
    return error;
}

static int finish(scmp_filter_ctx ctx, int error, struct buf *out, struct err *e)
{
    /* A binary tree over the numbers: allowed calls cost next to nothing. */
    if (!error)
        error = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (!error)
        error = export_program(ctx, out);
    seccomp_release(ctx);
    if (error)
        return err_set(e, error, "cannot write the system-call filter: %s", strerror(-error));
    return 0;
}

static int write_zygote(struct buf *out, bool strict, bool signals_scoped, uint64_t fork_key, struct err *e)
{
    scmp_filter_ctx ctx = seccomp_init(strict ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(ENOSYS));
    if (!ctx)
        return err_set(e, -ENOMEM, "cannot write the system-call filter: out of memory");
    int error = add_named(ctx, SCMP_ACT_ALLOW, allowed);
    if (!error && !strict)
        error = add_named(ctx, SCMP_ACT_TRAP, trapped);
    if (!error)
        error = add_conditional(ctx, signals_scoped);
    if (!error)
        error = add_fork(ctx, fork_key);
    if (!error)
        error = add_missing(ctx);
    return finish(ctx, error, out, e);
}

static int write_worker(struct buf *out, struct err *e)
{
    /* fstat() stays; what there is elsewhere is none of a worker's business. AT_EMPTY_PATH is no way to tell newfstatat's two uses
     * apart: the path is not in a register. */
    static const char *const by_path[] = {"newfstatat", "statx", "readlink", "readlinkat", "access", "faccessat", "getcwd", NULL};

    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx)
        return err_set(e, -ENOMEM, "cannot write the system-call filter: out of memory");
    int error = FIRST_ERROR(
#ifdef SYS_open
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), 0),
#endif
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), 0),
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC)),
        seccomp_rule_add(ctx, SCMP_ACT_TRAP, SCMP_SYS(clone), 0),
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(seccomp), 0),
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prctl), 0),
        /* The handler of SIGSYS tells the host which call it was: it stays. */
        seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(rt_sigaction), 2, SCMP_A0(SCMP_CMP_EQ, SIGSYS, 0),
                         SCMP_A1(SCMP_CMP_NE, 0, 0)));
    if (!error)
        error = add_named(ctx, SCMP_ACT_ERRNO(EACCES), by_path);
    return finish(ctx, error, out, e);
}

int filter_zygote(struct buf *out, bool strict, bool signals_scoped, uint64_t fork_key, struct err *e)
{
    void *keeper;
    int error = reserve_heap(&keeper, e);
    if (error)
        return error;
    error = write_zygote(out, strict, signals_scoped, fork_key, e);
    free(keeper);
    return error;
}

int filter_worker(struct buf *out, struct err *e)
{
    void *keeper;
    int error = reserve_heap(&keeper, e);
    if (error)
        return error;
    error = write_worker(out, e);
    free(keeper);
    return error;
}

const char *filter_call_name(int number)
{
    static char text[64];
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    if (name)
        (void)snprintf(text, sizeof text, "%s", name);
    else
        (void)snprintf(text, sizeof text, "system call %d", number);
    free(name);
    return text;
}
