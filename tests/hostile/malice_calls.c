/* SPDX-License-Identifier: MIT */
/* One system call that no plugin has a use for, as the option says; what came back is told. */
#include "hostile.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

ADIT_MODULE("malice_calls", "1.0.0")

static long zygote; /* known since open() */
static char page[8192];

struct call { const char *word; long number, a[6]; };

/* The descriptor of the file under work. */
static long input(void)
{
    struct stat st;
    for (long fd = 3; fd < 300; fd++)
        if (hostile_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) == 0 && S_ISREG(st.st_mode) && st.st_size < 4096)
            return fd;
    return -1;
}

/* The worker's socket. */
static long channel(void)
{
    struct stat st;
    for (long fd = 3; fd < 300; fd++)
        if (hostile_call(SYS_fstat, fd, (long)&st, 0, 0, 0, 0) == 0 && S_ISSOCK(st.st_mode))
            return fd;
    return -1;
}

static long try_call(const struct adit_call *job, const char *word)
{
    static char host_memory[64], *argv[] = {page, NULL};
    static const struct sockaddr_in web = {.sin_family = AF_INET, .sin_port = 0x5000, .sin_addr = {0x0100007f}};
    static const struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0adit"};
    const struct rlimit64 { unsigned long now, most; } most = {~0UL, ~0UL};
    struct io_uring_params ring = {0};
    struct iovec part = {page, 8};
    const struct msghdr elsewhere = {.msg_name = (void *)(uintptr_t)&abstract, .msg_namelen = 7, .msg_iov = &part, .msg_iovlen = 1};
    const long host = hostile_number(job, "host="), self = hostile_call(SYS_getpid, 0, 0, 0, 0, 0, 0), here = AT_FDCWD;
    const long at = ((long)page + 4095) & ~4095L, anonymous = MAP_PRIVATE | MAP_ANONYMOUS, x = PROT_READ | PROT_EXEC;
    const long passwd = (long)"/etc/passwd", file = (long)"/tmp/adit-hostile", socket = channel();
    (void)snprintf(host_memory, sizeof host_memory, "/proc/%ld/mem", host);
    const struct call calls[] = {
        {"open-read", SYS_openat, {here, passwd, O_RDONLY}},
        {"open-write", SYS_openat, {here, file, O_WRONLY | O_CREAT, 0600}},
        {"open-own-memory", SYS_openat, {here, (long)"/proc/self/mem", O_RDWR}},
        {"open-host-memory", SYS_openat, {here, (long)host_memory, O_RDONLY}},
        {"open-descriptor", SYS_openat, {here, (long)"/proc/self/fd/0", O_RDONLY}},
        {"open-by-handle", SYS_open_by_handle_at, {0, (long)page, O_RDONLY}},
        {"stat-path", SYS_newfstatat, {here, passwd, (long)page}},
        {"readlink-path", SYS_readlink, {(long)"/proc/self/exe", (long)page, 100}},
        {"access-path", SYS_access, {passwd, 0}},
        {"write-input", SYS_write, {input(), (long)"x", 1}},
        {"truncate-input", SYS_ftruncate, {input(), 0}},
        {"unlink", SYS_unlink, {file}},
        {"connect", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
        {"connect-own-socket", SYS_connect, {socket, (long)&web, sizeof web}},
        {"bind", SYS_bind, {socket, (long)&abstract, 7}},
        {"dns", SYS_socket, {AF_INET, SOCK_DGRAM, 0}},
        {"send-elsewhere", SYS_sendmsg, {socket, (long)&elsewhere, 0}},
        {"exec", SYS_execve, {(long)"/bin/true", (long)argv, 0}},
        {"exec-at", SYS_execveat, {0, (long)"", (long)argv, 0, 0x1000}},
        {"fork", SYS_fork, {0}},
        {"vfork", SYS_vfork, {0}},
        {"clone-as-zygote", SYS_clone, {CLONE_PARENT | SIGCHLD}},
        {"thread", SYS_clone, {CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, at}},
        {"clone3", SYS_clone3, {(long)page, 88}},
        {"namespace", SYS_unshare, {CLONE_NEWUSER}},
        {"ptrace-host", SYS_ptrace, {PTRACE_ATTACH, host}},
        {"ptrace-zygote", SYS_ptrace, {PTRACE_ATTACH, zygote}},
        {"kill-host", SYS_kill, {host, SIGKILL}},
        {"kill-all", SYS_kill, {-1, SIGKILL}},
        {"tgkill-host", SYS_tgkill, {host, host, SIGKILL}},
        {"tgkill-zygote", SYS_tgkill, {zygote, zygote, SIGKILL}},
        {"tgkill-worker", SYS_tgkill, {self + 1, self + 1, SIGKILL}},
        {"sigqueue-host", SYS_rt_sigqueueinfo, {host, SIGKILL, (long)page}},
        {"signal-by-descriptor", SYS_pidfd_open, {host, 0}},
        {"owner-of-signals", SYS_fcntl, {socket, F_SETOWN, host}},
        {"read-host", SYS_process_vm_readv, {host, (long)&part, 1, (long)&part, 1}},
        {"write-host", SYS_process_vm_writev, {host, (long)&part, 1, (long)&part, 1}},
        {"map-executable", SYS_mmap, {0, 4096, x, anonymous, -1}},
        {"map-all", SYS_mmap, {0, 4096, x | PROT_WRITE, anonymous, -1}},
        {"map-input-executable", SYS_mmap, {0, 4096, x, MAP_PRIVATE, input()}},
        {"protect-executable", SYS_mprotect, {at, 4096, x}},
        {"key-executable", SYS_pkey_mprotect, {at, 4096, x, -1}},
        {"personality", SYS_personality, {0x0400000}},
        {"memory-file", SYS_memfd_create, {(long)"x", 0}},
        {"raise-limit", SYS_prlimit64, {0, RLIMIT_NOFILE, (long)&most, 0}},
        {"limit-of-host", SYS_prlimit64, {host, RLIMIT_CPU, (long)&most, 0}},
        {"old-raise-limit", SYS_setrlimit, {RLIMIT_AS, (long)&most}},
        {"more-filter", SYS_seccomp, {1, 0, (long)page}},
        {"dumpable", SYS_prctl, {PR_SET_DUMPABLE, 1}},
        {"outlive-host", SYS_prctl, {PR_SET_PDEATHSIG, 0}},
        {"become-root", SYS_setuid, {0}},
        {"io-uring", SYS_io_uring_setup, {4, (long)&ring}},
        {"duplicate", SYS_dup, {0}},
        {"duplicate-by-fcntl", SYS_fcntl, {0, F_DUPFD, 100}},
        {"other-numbers", 0x40000000 | SYS_getpid, {0}},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const struct call *c = &calls[i];
        if (strcmp(c->word, word) == 0)
            return hostile_call(c->number, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4], c->a[5]);
    }
    return -EBADMSG;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    (void)job, (void)state;
    zygote = hostile_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    char word[64] = "";
    struct adit_text what = adit_option(job, "what");
    (void)state;
    if (!hostile_begin(job))
        return ADIT_OK;
    memcpy(word, what.data, what.size < 63 ? what.size : 63);
    if (strcmp(word, "fork-bomb") == 0)
        while (hostile_call(SYS_fork, 0, 0, 0, 0, 0, 0) != -EPERM)
            ;
    long result = try_call(job, word);
    if (strcmp(word, "send-elsewhere") == 0)
        hostile_sleep(200); /* so that it is not over before the host hears of it */
    return hostile_tell(job, result);
}

ADIT_PLUGIN(open_plugin, run, NULL, NULL)
