/* SPDX-License-Identifier: MIT */
/* The locks, tried from within: what a plugin's code may call in a zygote and in a worker, and what becomes of it otherwise.
 * The expectations are written by hand, not taken from filter.c: a call that moves from one list to the other shows here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "filter.h"
#include "module.h"
#include "sandbox.h"

/* ---- a locked child ---- */

enum stage { ZYGOTE = 1, WORKER };

static struct buf filters[2][2]; /* [strict][which] */
static pid_t parent;
static int library_fd, socket_fd, plain_fd;
static char library[4096];
static const uint64_t fork_key = 0x0123456789abcdef;

static void lock(enum stage stage, bool strict)
{
    struct err e = {0};
    const struct buf *f = filters[strict];
    for (int i = 1; i < 32; i++) /* cmocka has handlers, which would go on with the next test in the child */
        (void)signal(i, SIG_DFL);
    (void)alarm(30);
    if (sandbox_lock_zygote((uint64_t)1 << 30, 60, (const struct sock_filter *)(const void *)f[0].data,
                            f[0].size / sizeof(struct sock_filter), &e) != 0 ||
        (stage == WORKER && sandbox_lock_worker((const struct sock_filter *)(const void *)f[1].data,
                                                f[1].size / sizeof(struct sock_filter), &e) != 0)) {
        (void)fprintf(stderr, "cannot lock: %s\n", e.text);
        _exit(250);
    }
}

/* What came of it: an errno, 0, or minus the signal that the child died of. */
static int outcome(long (*attempt)(void), enum stage stage, bool strict)
{
    int result[2], found = -1000, wait_status;
    assert_int_equal(pipe2(result, O_CLOEXEC), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        lock(stage, strict);
        errno = 0;
        int code = attempt() < 0 ? errno : 0;
        _exit(write(result[1], &code, sizeof code) == (ssize_t)sizeof code ? 0 : 251);
    }
    (void)close(result[1]);
    ssize_t n = read(result[0], &found, sizeof found);
    (void)close(result[0]);
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    while (waitpid(-1, NULL, 0) > 0) /* what the attempt forked is ours too */
        ;
    if (WIFSIGNALED(wait_status))
        return -WTERMSIG(wait_status);
    if (n != (ssize_t)sizeof found)
        fail_msg("the child ended with status %d and said nothing", WEXITSTATUS(wait_status));
    return found;
}

/* ---- attempts ---- */

#define TRY(name, call)                                                                                                 \
    static long try_##name(void)                                                                                        \
    {                                                                                                                   \
        return call;                                                                                                    \
    }
#define MAP_FAILED_IS(call) ((call) == MAP_FAILED ? -1 : 0)
static char page[3 * 4096];
static void *aligned(void)
{
    return (void *)(((uintptr_t)page + 4095) & ~(uintptr_t)4095);
}

TRY(open_read, syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY))
#ifdef SYS_open
TRY(old_open, syscall(SYS_open, "/etc/passwd", O_RDONLY))
#endif
TRY(open_library, syscall(SYS_openat, AT_FDCWD, library, O_RDONLY))
TRY(open_write, syscall(SYS_openat, AT_FDCWD, "/tmp", O_WRONLY))
TRY(open_read_write, syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR))
TRY(open_create, syscall(SYS_openat, AT_FDCWD, "/tmp/adit-sandbox-test", O_RDONLY | O_CREAT, 0600))
TRY(open_truncate, syscall(SYS_openat, AT_FDCWD, "/tmp/adit-sandbox-test", O_RDONLY | O_TRUNC))
TRY(open_tmpfile, syscall(SYS_openat, AT_FDCWD, "/tmp", O_TMPFILE | O_RDWR, 0600))
TRY(open_root, syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY))
TRY(own_memory, syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDONLY))
TRY(own_memory_write, syscall(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR))
TRY(own_maps, syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY))
TRY(random_device, syscall(SYS_openat, AT_FDCWD, "/dev/urandom", O_RDONLY))
TRY(reopen, syscall(SYS_openat, AT_FDCWD, "/proc/self/fd/0", O_RDONLY))
TRY(openat2, syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0))
TRY(read, read(plain_fd, page, 1))
TRY(pread, pread(plain_fd, page, 1, 0))
TRY(fstat, syscall(SYS_fstat, plain_fd, page))
TRY(fstat_by_path, syscall(SYS_newfstatat, plain_fd, "", page, AT_EMPTY_PATH))
TRY(stat, syscall(SYS_newfstatat, AT_FDCWD, "/etc/passwd", page, 0))
TRY(statx, syscall(SYS_statx, AT_FDCWD, "/etc/passwd", 0, 0x7ff, page))
TRY(readlink, syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", page, 100))
TRY(access, syscall(SYS_faccessat, AT_FDCWD, "/etc/passwd", F_OK))
TRY(getcwd, syscall(SYS_getcwd, page, sizeof page))
TRY(lseek, lseek(plain_fd, 0, SEEK_SET))
TRY(getdents, syscall(SYS_getdents64, plain_fd, page, 100))
TRY(sendfile, syscall(SYS_sendfile, 1, plain_fd, NULL, 1))
TRY(splice, syscall(SYS_splice, plain_fd, NULL, 1, NULL, 1, 0))
TRY(dup, syscall(SYS_dup, plain_fd))
TRY(fcntl_dup, syscall(SYS_fcntl, plain_fd, F_DUPFD, 0))
TRY(fcntl_get, syscall(SYS_fcntl, plain_fd, F_GETFL))
TRY(fcntl_set, syscall(SYS_fcntl, plain_fd, F_SETFL, O_NONBLOCK))
TRY(fcntl_owner, syscall(SYS_fcntl, plain_fd, F_SETOWN, parent))
TRY(ioctl_terminal, syscall(SYS_ioctl, 0, TIOCSTI, "x"))
TRY(ioctl_size, syscall(SYS_ioctl, plain_fd, TIOCGWINSZ, page))
TRY(close_range, syscall(SYS_close_range, 100, 200, 0))

TRY(socket, syscall(SYS_socket, AF_INET, SOCK_STREAM, 0))
TRY(socketpair, syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, page))
TRY(connect, syscall(SYS_connect, socket_fd, &(struct sockaddr_un){.sun_family = AF_UNIX, .sun_path = "\0adit"}, 10))
TRY(bind, syscall(SYS_bind, socket_fd, &(struct sockaddr_un){.sun_family = AF_UNIX}, 2))
TRY(sendto, syscall(SYS_sendto, socket_fd, "x", 1, 0, NULL, 0))
TRY(io_uring, syscall(SYS_io_uring_setup, 1, page))

TRY(execve, syscall(SYS_execve, "/bin/true", (char *[]){page, NULL}, NULL))
TRY(execveat, syscall(SYS_execveat, plain_fd, "", (char *[]){page, NULL}, NULL, AT_EMPTY_PATH))
#ifdef SYS_fork
TRY(fork, syscall(SYS_fork))
TRY(vfork, syscall(SYS_vfork))
#endif
TRY(clone_process, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0))
TRY(clone_namespace, syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0))
TRY(clone_parent_namespace, syscall(SYS_clone, CLONE_PARENT | CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0))
TRY(clone3, syscall(SYS_clone3, page, 88))
static long try_ordered_fork(void) /* as the zygote does when the host has told it the key */
{
    long child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, (unsigned long)fork_key, NULL, 0);
    if (child == 0)
        _exit(0);
    return child;
}
TRY(fork_without_key, syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0))
TRY(fork_with_half_a_key, syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, (unsigned long)(uint32_t)fork_key, NULL, 0))
static void *nothing(void *p)
{
    return p;
}
static long try_thread(void)
{
    pthread_t t;
    errno = pthread_create(&t, NULL, nothing, NULL);
    return errno ? -1 : 0;
}
TRY(unshare, syscall(SYS_unshare, CLONE_NEWUSER))
TRY(setns, syscall(SYS_setns, plain_fd, 0))

TRY(ptrace_parent, syscall(SYS_ptrace, PTRACE_ATTACH, parent, NULL, NULL))
TRY(ptrace_me, syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL))
TRY(kill_parent, syscall(SYS_kill, parent, SIGKILL))
TRY(kill_all, syscall(SYS_kill, -1, 0))
TRY(tgkill_parent, syscall(SYS_tgkill, parent, parent, SIGKILL))
TRY(tgkill_self, syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), 0))
TRY(tkill, syscall(SYS_tkill, (pid_t)syscall(SYS_gettid), 0))
TRY(queue_signal, syscall(SYS_rt_sigqueueinfo, parent, SIGKILL, page))
TRY(pidfd_open, syscall(SYS_pidfd_open, parent, 0))
TRY(read_parent, syscall(SYS_process_vm_readv, parent, NULL, 0, NULL, 0, 0))
TRY(write_parent, syscall(SYS_process_vm_writev, parent, NULL, 0, NULL, 0, 0))

TRY(map_plain, MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
TRY(map_executable, MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
TRY(map_everything, MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
TRY(map_execute_only, MAP_FAILED_IS(mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE, library_fd, 0)))
TRY(map_shared_executable, MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, library_fd, 0)))
TRY(map_library, MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, library_fd, 0)))
TRY(protect_plain, syscall(SYS_mprotect, aligned(), 4096, PROT_READ | PROT_WRITE))
TRY(protect_executable, syscall(SYS_mprotect, aligned(), 4096, PROT_READ | PROT_EXEC))
TRY(pkey_executable, syscall(SYS_pkey_mprotect, aligned(), 4096, PROT_READ | PROT_EXEC, -1))
TRY(remap_pages, syscall(SYS_remap_file_pages, aligned(), 4096, 0, 0, 0))
TRY(memfd, syscall(SYS_memfd_create, "x", 0))
TRY(personality, syscall(SYS_personality, 0x0400000)) /* READ_IMPLIES_EXEC */
TRY(shared_memory, syscall(SYS_shmget, 0, 4096, 0600))
TRY(userfaultfd, syscall(SYS_userfaultfd, 0))

TRY(unlink, syscall(SYS_unlinkat, AT_FDCWD, "/tmp/adit-sandbox-test", 0))
TRY(rename, syscall(SYS_renameat2, AT_FDCWD, "/tmp/a", AT_FDCWD, "/tmp/b", 0))
TRY(mkdir, syscall(SYS_mkdirat, AT_FDCWD, "/tmp/adit-sandbox-test", 0700))
TRY(symlink, syscall(SYS_symlinkat, "/etc", AT_FDCWD, "/tmp/adit-sandbox-test"))
TRY(link, syscall(SYS_linkat, plain_fd, "", AT_FDCWD, "/tmp/adit-sandbox-test", AT_EMPTY_PATH))
TRY(chmod, syscall(SYS_fchmodat, AT_FDCWD, "/tmp", 0777))
TRY(chown, syscall(SYS_fchownat, AT_FDCWD, "/tmp", 0, 0, 0))
TRY(truncate, syscall(SYS_truncate, "/tmp/adit-sandbox-test", 0))
TRY(ftruncate, syscall(SYS_ftruncate, plain_fd, 0))
TRY(chdir, syscall(SYS_chdir, "/"))
TRY(chroot, syscall(SYS_chroot, "/"))
TRY(mount, syscall(SYS_mount, "x", "/tmp", "tmpfs", 0, NULL))
TRY(mknod, syscall(SYS_mknodat, AT_FDCWD, "/tmp/adit-sandbox-test", 0, 0))
TRY(setxattr, syscall(SYS_setxattr, "/tmp", "user.x", "x", 1, 0))

TRY(raise_limit, syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &(struct rlimit){4096, 4096}, NULL))
TRY(limit_of_parent, syscall(SYS_prlimit64, parent, RLIMIT_CPU, &(struct rlimit){1, 1}, NULL))
TRY(read_limit, syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, page))
TRY(setrlimit, syscall(SYS_setrlimit, RLIMIT_FSIZE, &(struct rlimit){100, 100}))
TRY(setuid, syscall(SYS_setuid, 0))
TRY(capset, syscall(SYS_capset, page, NULL))
TRY(priority, syscall(SYS_setpriority, PRIO_PROCESS, 0, -5))
TRY(scheduler, syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, page))
TRY(affinity, syscall(SYS_sched_setaffinity, 0, 8, page))
TRY(session, syscall(SYS_setsid))
TRY(getppid, syscall(SYS_getppid))
TRY(getpid, syscall(SYS_getpid))
TRY(clock, syscall(SYS_clock_gettime, CLOCK_REALTIME, page))
TRY(timer, syscall(SYS_timer_create, CLOCK_REALTIME, NULL, page))
TRY(set_clock, syscall(SYS_clock_settime, CLOCK_REALTIME, page))
TRY(prctl_dumpable, syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0))
TRY(prctl_name, syscall(SYS_prctl, PR_SET_NAME, "x", 0, 0, 0))
TRY(prctl_ptracer, syscall(SYS_prctl, PR_SET_PTRACER, -1, 0, 0, 0))
TRY(prctl_death, syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
TRY(prctl_no_death, syscall(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0))
TRY(seccomp, syscall(SYS_seccomp, 1, 0, page))
TRY(bpf, syscall(SYS_bpf, 0, page, 0))
TRY(perf, syscall(SYS_perf_event_open, page, 0, -1, -1, 0))
TRY(keyctl, syscall(SYS_keyctl, 0, 0, 0, 0, 0))
TRY(landlock, syscall(SYS_landlock_create_ruleset, NULL, 0, 1))
TRY(handler_of_sigsys, sigaction(SIGSYS, &(struct sigaction){.sa_handler = SIG_IGN}, NULL))
TRY(handler_of_another, sigaction(SIGUSR1, &(struct sigaction){.sa_handler = SIG_IGN}, NULL))
TRY(unknown_number, syscall(100000))
#ifdef __x86_64__
TRY(x32_number, syscall(0x40000000 | 39))
static long try_compat_call(void) /* getpid of i386: another architecture's numbers */
{
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
    return result;
}
#endif
static long try_ignored_sigsys(void) /* blocking or ignoring the signal does not help */
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}
static long try_abort(void)
{
    abort();
}
static long try_file_write(void)
{
    return write(library_fd, "x", 1);
}

#define DIES (-SIGSYS)
#define SCOPED (-2000) /* EPERM where Landlock scopes signals, DIES where not */

/* In a worker, in production and in strict mode; in a zygote (production). */
static const struct { const char *what; long (*attempt)(void); int worker, strict, zygote; } attempts[] = {
#define A(name, w, s, z) {#name, try_##name, w, s, z}
    /* files */
    A(open_read, EACCES, EACCES, EACCES),
#ifdef SYS_open
    A(old_open, EACCES, EACCES, EACCES),
#endif
    A(open_library, EACCES, EACCES, 0), A(open_write, EACCES, DIES, ENOSYS), A(open_read_write, EACCES, DIES, ENOSYS),
    A(open_create, EACCES, DIES, ENOSYS), A(open_truncate, EACCES, DIES, ENOSYS), A(open_tmpfile, EACCES, DIES, ENOSYS),
    A(open_root, EACCES, EACCES, EACCES), A(own_memory, EACCES, EACCES, EACCES), A(own_memory_write, EACCES, DIES, ENOSYS),
    A(own_maps, EACCES, EACCES, EACCES), A(random_device, EACCES, EACCES, EACCES), A(reopen, EACCES, EACCES, EACCES),
    A(openat2, ENOSYS, ENOSYS, ENOSYS), A(close_range, ENOSYS, ENOSYS, ENOSYS),
    A(read, 0, 0, 0), A(pread, 0, 0, 0), A(fstat, 0, 0, 0), A(fstat_by_path, EACCES, EACCES, 0),
    A(stat, EACCES, EACCES, 0), A(statx, EACCES, EACCES, 0), A(readlink, EACCES, EACCES, 0), A(access, EACCES, EACCES, 0),
    A(getcwd, EACCES, EACCES, 0), A(lseek, 0, 0, 0), A(getdents, ENOSYS, DIES, ENOSYS),
    A(sendfile, ENOSYS, DIES, ENOSYS), A(splice, ENOSYS, DIES, ENOSYS), A(dup, DIES, DIES, DIES),
    A(fcntl_dup, ENOSYS, DIES, ENOSYS), A(fcntl_get, 0, 0, 0), A(fcntl_set, ENOSYS, DIES, ENOSYS),
    A(fcntl_owner, ENOSYS, DIES, ENOSYS), A(ioctl_terminal, ENOTTY, ENOTTY, ENOTTY), A(ioctl_size, ENOTTY, ENOTTY, ENOTTY),
    A(file_write, EBADF, EBADF, EBADF),
    /* the network */
    A(socket, DIES, DIES, DIES), A(socketpair, DIES, DIES, DIES), A(connect, DIES, DIES, DIES), A(bind, DIES, DIES, DIES),
    A(sendto, DIES, DIES, DIES), A(io_uring, DIES, DIES, DIES),
    /* other programs, more processes */
    A(execve, DIES, DIES, DIES), A(execveat, DIES, DIES, DIES),
#ifdef SYS_fork
    A(fork, DIES, DIES, DIES), A(vfork, DIES, DIES, DIES),
#endif
    A(clone_process, DIES, DIES, DIES), A(clone_namespace, DIES, DIES, DIES), A(clone_parent_namespace, DIES, DIES, DIES),
    A(ordered_fork, DIES, DIES, 0), A(fork_without_key, DIES, DIES, DIES), A(fork_with_half_a_key, DIES, DIES, DIES),
    A(clone3, ENOSYS, ENOSYS, ENOSYS), A(unshare, DIES, DIES, DIES), A(setns, DIES, DIES, DIES),
    /* other processes */
    A(ptrace_parent, DIES, DIES, DIES), A(ptrace_me, DIES, DIES, DIES), A(kill_parent, DIES, DIES, DIES), A(kill_all, DIES, DIES, DIES),
    A(tgkill_parent, DIES, DIES, SCOPED), A(tkill, DIES, DIES, DIES), A(queue_signal, DIES, DIES, DIES),
    A(pidfd_open, DIES, DIES, DIES), A(read_parent, DIES, DIES, DIES), A(write_parent, DIES, DIES, DIES),
    /* memory */
    A(map_plain, 0, 0, 0), A(map_executable, EPERM, DIES, ENOSYS), A(map_everything, EPERM, DIES, ENOSYS),
    A(map_execute_only, EPERM, DIES, ENOSYS), A(map_shared_executable, EPERM, DIES, ENOSYS), A(map_library, EPERM, EPERM, 0),
    A(protect_plain, 0, 0, 0), A(protect_executable, ENOSYS, DIES, ENOSYS), A(pkey_executable, ENOSYS, DIES, ENOSYS),
    A(remap_pages, ENOSYS, DIES, ENOSYS), A(memfd, DIES, DIES, DIES), A(personality, DIES, DIES, DIES),
    A(shared_memory, DIES, DIES, DIES), A(userfaultfd, DIES, DIES, DIES),
    /* changes to the file system */
    A(unlink, DIES, DIES, DIES), A(rename, DIES, DIES, DIES), A(mkdir, DIES, DIES, DIES), A(symlink, DIES, DIES, DIES),
    A(link, DIES, DIES, DIES), A(chmod, DIES, DIES, DIES), A(chown, DIES, DIES, DIES), A(truncate, DIES, DIES, DIES),
    A(ftruncate, DIES, DIES, DIES), A(chdir, DIES, DIES, DIES), A(chroot, DIES, DIES, DIES), A(mount, DIES, DIES, DIES),
    A(mknod, DIES, DIES, DIES), A(setxattr, DIES, DIES, DIES),
    /* limits, identity, time, the locks themselves */
    A(raise_limit, ENOSYS, DIES, ENOSYS), A(limit_of_parent, ENOSYS, DIES, ENOSYS), A(read_limit, 0, 0, 0),
    A(setrlimit, DIES, DIES, DIES), A(setuid, DIES, DIES, DIES), A(capset, DIES, DIES, DIES), A(priority, DIES, DIES, DIES),
    A(scheduler, DIES, DIES, DIES), A(affinity, ENOSYS, DIES, ENOSYS), A(session, DIES, DIES, DIES),
    A(getppid, ENOSYS, DIES, ENOSYS), A(getpid, 0, 0, 0), A(clock, 0, 0, 0), A(timer, ENOSYS, DIES, ENOSYS),
    A(set_clock, DIES, DIES, DIES), A(prctl_dumpable, EPERM, DIES, ENOSYS), A(prctl_name, EPERM, DIES, ENOSYS),
    A(prctl_ptracer, EPERM, DIES, ENOSYS), A(prctl_death, EPERM, EPERM, 0), A(prctl_no_death, EPERM, DIES, ENOSYS),
    A(seccomp, EPERM, EPERM, EINVAL), A(bpf, DIES, DIES, DIES), A(perf, DIES, DIES, DIES), A(keyctl, DIES, DIES, DIES),
    A(landlock, ENOSYS, DIES, ENOSYS), A(handler_of_sigsys, EPERM, EPERM, 0), A(handler_of_another, 0, 0, 0),
    A(unknown_number, ENOSYS, DIES, ENOSYS), A(ignored_sigsys, DIES, DIES, DIES), A(abort, -SIGABRT, -SIGABRT, -SIGABRT),
    A(tgkill_self, 0, 0, 0), A(thread, DIES, DIES, DIES),
#ifdef __x86_64__
    A(x32_number, DIES, DIES, DIES),
#endif
#undef A
};

static void name_outcome(int found, char out[32])
{
    if (found < 0)
        (void)snprintf(out, 32, "dies of SIG%s", sigabbrev_np(-found));
    else
        (void)snprintf(out, 32, "%s", found ? strerrorname_np(found) : "done");
}

static void check_stage(enum stage stage, bool strict)
{
    bool scoped = sandbox_landlock_abi() >= SANDBOX_SIGNALS_SCOPED_ABI;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        /* Without the scope a process cannot be told apart from another, so none may be signalled. */
        bool signals = attempts[i].attempt == try_abort || attempts[i].attempt == try_tgkill_self;
        int expected = stage == ZYGOTE ? attempts[i].zygote : strict ? attempts[i].strict : attempts[i].worker;
        if (expected == SCOPED)
            expected = scoped ? EPERM : DIES;
        if (!scoped && signals)
            expected = DIES;
#ifdef ADIT_SANITIZED
        /* AddressSanitizer's pthread_create maps and protects a stack of its own first and calls what we forbid. */
        if (attempts[i].attempt == try_thread)
            continue;
#endif
        int found = outcome(attempts[i].attempt, stage, strict);
        if (found == expected)
            continue;
        char is[32], should[32];
        name_outcome(found, is);
        name_outcome(expected, should);
        print_error("%s: %s, expected %s\n", attempts[i].what, is, should);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_worker(void **state)
{
    (void)state;
    check_stage(WORKER, false);
}
static void test_worker_strict(void **state)
{
    (void)state;
    check_stage(WORKER, true);
}
static void test_zygote(void **state)
{
    (void)state;
    check_stage(ZYGOTE, false);
}

#ifdef __x86_64__
/* Where the kernel has no 32-bit calls at all the instruction itself is a fault. */
static void test_calls_of_another_architecture(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++) {
        int found = outcome(try_compat_call, WORKER, strict);
        assert_true(found == -SIGSYS || found == -SIGSEGV);
    }
}
#endif

/* ---- modules ---- */

static int sealed = -1;

static long try_dlopen(void)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", sealed);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    errno = EACCES;
    return module && dlsym(module, "adit_plugin") ? 0 : -1;
}

/* Written to through the descriptor, the mapping, or cut: nothing changes sealed bytes. */
static long try_change_sealed(void)
{
    return MAP_FAILED_IS(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, sealed, 0));
}

static void test_sealed_module(void **state)
{
    (void)state;
    struct plugin plugin = {.module_path = BUILD_DIR "/tests/hostile/echo.so"};
    struct sealed_module module;
    struct err e = {0};
    if (module_seal(&plugin, NULL, false, &module, &e) != 0)
        fail_msg("%s", e.text);
    sealed = module.fd;
    for (int strict = 0; strict < 2; strict++) {
        assert_int_equal(outcome(try_dlopen, ZYGOTE, strict), 0);
        assert_int_equal(outcome(try_dlopen, WORKER, strict), EACCES);
        assert_int_equal(outcome(try_change_sealed, ZYGOTE, strict), EPERM);
    }
    module_close(&module);
}

/* ---- from outside ---- */

static void expect_line(const char *status, const char *line)
{
    if (!strstr(status, line))
        fail_msg("expected \"%s\" in %s", line, status);
}

static size_t read_proc(pid_t pid, const char *name, char *out, size_t room)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(out, 1, room - 1, f);
    out[n] = '\0';
    (void)fclose(f);
    return n;
}

static void test_seen_from_outside(void **state)
{
    (void)state;
    int ready[2], go[2];
    char byte = 0, text[8192];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        lock(WORKER, false);
        _exit(write(ready[1], &byte, 1) == 1 && read(go[0], &byte, 1) == 1 ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    (void)read_proc(child, "status", text, sizeof text);
    expect_line(text, "\nNoNewPrivs:\t1\n");
    expect_line(text, "\nSeccomp:\t2\n");
    expect_line(text, "\nCapPrm:\t0000000000000000\n");
    expect_line(text, "\nCapEff:\t0000000000000000\n");
    expect_line(text, "\nCapInh:\t0000000000000000\n");
    const char *filter_count = strstr(text, "\nSeccomp_filters:\t");
    assert_non_null(filter_count);
    assert_true(strtol(filter_count + strlen("\nSeccomp_filters:\t"), NULL, 10) >= 3);
    struct rlimit limit;
    assert_int_equal(prlimit(child, RLIMIT_CORE, NULL, &limit), 0);
    assert_int_equal(limit.rlim_max, 0);
    assert_int_equal(prlimit(child, RLIMIT_FSIZE, NULL, &limit), 0);
    assert_int_equal(limit.rlim_max, 0);
    assert_int_equal(prlimit(child, RLIMIT_CPU, NULL, &limit), 0);
    assert_int_equal(limit.rlim_max, 60);
#ifndef ADIT_SANITIZED /* AddressSanitizer reserves more address space than there may be */
    assert_int_equal(prlimit(child, RLIMIT_AS, NULL, &limit), 0);
    assert_int_equal(limit.rlim_max, (rlim_t)1 << 30);
#endif
    assert_int_equal(write(go[1], &byte, 1), 1);
    int wait_status;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
    for (int i = 0; i < 2; i++) {
        (void)close(ready[i]);
        (void)close(go[i]);
    }
}

/* ---- failing closed ---- */

static long try_empty_filter(void)
{
    struct err e = {0};
    return sandbox_lock_worker(NULL, 0, &e) == -EINVAL && e.text[0] ? 0 : -1;
}

static void test_bad_filters_are_errors(void **state)
{
    (void)state;
    const struct sock_filter nonsense[] = {{0xffff, 1, 2, 3}};
    struct err e = {0};
    assert_int_equal(outcome(try_empty_filter, WORKER, false), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(sandbox_lock_zygote(0, 0, nonsense, 1, &e) == -EINVAL && strstr(e.text, "filter") ? 0 : 1);
    int wait_status;
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
    assert_int_equal(sandbox_lock_worker(nonsense, SIZE_MAX, &e), -EINVAL); /* nothing is installed */
    assert_int_equal(prctl(PR_GET_SECCOMP), 0);
}

static void test_call_names(void **state)
{
    (void)state;
    assert_string_equal(filter_call_name(SYS_socket), "socket");
    assert_string_equal(filter_call_name(100000), "system call 100000");
    assert_string_equal(filter_call_name(-5), "system call -5");
}

static int find_library(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (!strstr(info->dlpi_name, "/libc.so"))
        return 0;
    (void)snprintf(library, sizeof library, "%s", info->dlpi_name);
    return 1;
}

static int setup(void **state)
{
    struct err e = {0};
    bool scoped = sandbox_landlock_abi() >= SANDBOX_SIGNALS_SCOPED_ABI;
    (void)state;
    for (int strict = 0; strict < 2; strict++)
        if (filter_zygote(&filters[strict][0], strict, scoped, fork_key, &e) != 0 || filter_worker(&filters[strict][1], &e) != 0)
            return -1;
    parent = getpid();
    (void)dl_iterate_phdr(find_library, NULL);
    library_fd = open(library, O_RDONLY | O_CLOEXEC);
    plain_fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return library_fd < 0 || plain_fd < 0 || socket_fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    for (int strict = 0; strict < 2; strict++)
        for (int i = 0; i < 2; i++)
            buf_release(&filters[strict][i]);
    (void)close(library_fd);
    (void)close(plain_fd);
    (void)close(socket_fd);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worker), cmocka_unit_test(test_worker_strict), cmocka_unit_test(test_zygote),
#ifdef __x86_64__
        cmocka_unit_test(test_calls_of_another_architecture),
#endif
        cmocka_unit_test(test_sealed_module), cmocka_unit_test(test_seen_from_outside), cmocka_unit_test(test_bad_filters_are_errors),
        cmocka_unit_test(test_call_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
