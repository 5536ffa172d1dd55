/* SPDX-License-Identifier: MIT */
/* Lets the N-th call of a kind fail in the program that it is preloaded into: ADIT_FAULT=KIND:N for one call, KIND:N+ for all from
 * the N-th on. ADIT_FAULT_LOG names a file that gets one line where a fault came. Kinds:
 *
 *   memory      ENOMEM   malloc and its kin, those of libc and of libraries included
 *   descriptor  EMFILE   whatever makes a descriptor
 *   disk        ENOSPC   writing, growing, renaming, making files and folders (not memory files, pipes and sockets)
 *   process     EAGAIN   starting a process
 *   interrupt   EINTR    calls that a signal may interrupt (open() is begun again by the kernel: the handlers say SA_RESTART)
 *   short       -        reading and writing transfers one byte
 *   leap        -        no failures: at the N-th look at it the real-time clock goes back by a day and forth again,
 *   late, early -        or is a day late, or early
 *
 * Counting begins once the program runs (the dynamic loader's own calls are left alone). The program's children that are given an
 * environment of their own know nothing of it. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum kind { NONE, MEMORY, DESCRIPTOR, DISK, PROCESS, INTERRUPT, SHORT, LEAP, LATE, EARLY };

static enum kind kind;
static unsigned long wanted;
static bool from_there_on;
static atomic_ulong calls;
static const char *log_path;

__attribute__((constructor)) static void arm(void)
{
    static const char *const names[] = {"none",      "memory", "descriptor", "disk", "process",
                                        "interrupt", "short",  "leap",       "late", "early"};
    const char *text = getenv("ADIT_FAULT"), *colon = text ? strchr(text, ':') : NULL;
    char *end;
    log_path = getenv("ADIT_FAULT_LOG");
    if (!colon)
        return;
    wanted = strtoul(colon + 1, &end, 10);
    from_there_on = *end == '+';
    for (size_t i = 1; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == (size_t)(colon - text) && memcmp(names[i], text, (size_t)(colon - text)) == 0)
            kind = (enum kind)i;
}

/* By system calls alone: what is preloaded stands in the way of everything else. */
static void write_log(const char *line, int size)
{
    long fd = log_path ? syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    (void)syscall(SYS_write, fd, line, size);
    (void)syscall(SYS_close, fd);
}

static void tell(const char *name, unsigned long n, const void *caller)
{
    char line[300];
    Dl_info where = {0};
    (void)dladdr(caller, &where);
    const char *slash = where.dli_fname ? strrchr(where.dli_fname, '/') : NULL;
    write_log(line, snprintf(line, sizeof line, "%s, call %lu, from %s+0x%zx\n", name, n, slash ? slash + 1 : "?",
                             (size_t)((const char *)caller - (const char *)where.dli_fbase)));
}

/* How many such calls there were, where the wanted one never came. */
__attribute__((destructor)) static void tell_total(void)
{
    char line[64];
    if (kind != NONE && calls < wanted)
        write_log(line, snprintf(line, sizeof line, "total %lu\n", calls));
    kind = NONE;
}

/* The host gives libseccomp its memory beforehand (host/filter.c; tests/machine/test_filter_memory.c shows that it does), and it
 * writes to a memory file only. */
static bool is_provided(const void *caller)
{
    static const char *begin, *end;
    if (!begin) {
        Dl_info where = {0};
        void *known = dlsym(RTLD_DEFAULT, "seccomp_init");
        const struct link_map *map = NULL;
        if (!known || dladdr1(known, &where, (void **)&map, RTLD_DL_LINKMAP) == 0)
            return false;
        begin = where.dli_fbase;
        end = (const char *)map->l_ld; /* data comes after code */
    }
    return (const char *)caller >= begin && (const char *)caller < end;
}

static bool fails(enum kind k, const char *name, const void *caller)
{
    if (kind != k || wanted == 0 || is_provided(caller))
        return false;
    unsigned long n = atomic_fetch_add(&calls, 1) + 1;
    if (n != wanted && !(from_there_on && n > wanted))
        return false;
    int saved = errno;
    if (n == wanted)
        tell(name, n, caller);
    errno = saved;
    return true;
}

/* The function that would have been called. (A pointer to an object becomes one to a function: dlsym is made so.) */
#define REAL(name)                                                                                                     \
    static __typeof__(&name) real;                                                                                     \
    if (!real) {                                                                                                       \
        void *found = dlsym(RTLD_NEXT, #name);                                                                         \
        memcpy(&real, &found, sizeof real);                                                                            \
    }
#define FAIL(k, code, result)                                                                                          \
    if (fails(k, __func__, __builtin_return_address(0))) {                                                             \
        errno = code;                                                                                                  \
        return result;                                                                                                 \
    }

/* A function that fails so, or is called. */
#define WRAP(type, name, parameters, arguments, k, code, result)                                                       \
    type name parameters                                                                                               \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        FAIL(k, code, result)                                                                                          \
        return real arguments;                                                                                         \
    }

/* ---- memory ---- */

WRAP(void *, malloc, (size_t size), (size), MEMORY, ENOMEM, NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), MEMORY, ENOMEM, NULL)
WRAP(void *, realloc, (void *memory, size_t size), (memory, size), MEMORY, ENOMEM, NULL)
WRAP(void *, reallocarray, (void *memory, size_t count, size_t size), (memory, count, size), MEMORY, ENOMEM, NULL)
WRAP(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size), MEMORY, ENOMEM, NULL)

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    REAL(posix_memalign)
    if (fails(MEMORY, __func__, __builtin_return_address(0)))
        return ENOMEM;
    return real(memory, alignment, size);
}

#define MMAP(name, offset_type)                                                                                        \
    void *name(void *at, size_t size, int protection, int flags, int fd, offset_type offset)                           \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        FAIL(MEMORY, ENOMEM, MAP_FAILED)                                                                               \
        return real(at, size, protection, flags, fd, offset);                                                          \
    }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

/* ---- descriptors ---- */

static mode_t mode_of(int flags, va_list ap)
{
    return flags & (O_CREAT | O_TMPFILE) & ~O_DIRECTORY ? va_arg(ap, mode_t) : 0;
}

#define OPEN(name, parameters, ...)                                                                                    \
    int name parameters                                                                                                \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        va_list ap;                                                                                                    \
        va_start(ap, flags);                                                                                           \
        mode_t mode = mode_of(flags, ap);                                                                              \
        va_end(ap);                                                                                                    \
        FAIL(DESCRIPTOR, EMFILE, -1)                                                                                   \
        if (flags & (O_CREAT | O_TMPFILE) & ~O_DIRECTORY)                                                              \
            FAIL(DISK, ENOSPC, -1)                                                                                     \
        return real(__VA_ARGS__, flags, mode);                                                                         \
    }
OPEN(open, (const char *path, int flags, ...), path)
OPEN(open64, (const char *path, int flags, ...), path)
OPEN(openat, (int dir, const char *path, int flags, ...), dir, path)
OPEN(openat64, (int dir, const char *path, int flags, ...), dir, path)

/* Fortified builds call these. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dir, const char *path, int flags);
int __openat64_2(int dir, const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open(path, flags);
}
int __open64_2(const char *path, int flags)
{
    return open64(path, flags);
}
int __openat_2(int dir, const char *path, int flags)
{
    return openat(dir, path, flags);
}
int __openat64_2(int dir, const char *path, int flags)
{
    return openat64(dir, path, flags);
}

WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), DESCRIPTOR, EMFILE, NULL)
WRAP(DIR *, opendir, (const char *path), (path), DESCRIPTOR, EMFILE, NULL)
WRAP(int, memfd_create, (const char *name, unsigned flags), (name, flags), DESCRIPTOR, EMFILE, -1)
WRAP(int, epoll_create1, (int flags), (flags), DESCRIPTOR, EMFILE, -1)
WRAP(int, socketpair, (int domain, int type, int protocol, int pair[2]), (domain, type, protocol, pair), DESCRIPTOR, EMFILE, -1)
WRAP(int, pipe2, (int pair[2], int flags), (pair, flags), DESCRIPTOR, EMFILE, -1)
WRAP(int, dup, (int fd), (fd), DESCRIPTOR, EMFILE, -1)

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    REAL(epoll_ctl)
    if (operation == EPOLL_CTL_ADD) {
        FAIL(DESCRIPTOR, ENOSPC, -1) /* of /proc/sys/fs/epoll/max_user_watches */
        FAIL(MEMORY, ENOMEM, -1)
    }
    return real(epoll, operation, fd, event);
}

/* pidfd_open has no wrapper in the oldest libc that is supported. */
long syscall(long number, ...)
{
    REAL(syscall)
    long a[6];
    va_list ap;
    va_start(ap, number);
    for (size_t i = 0; i < 6; i++)
        a[i] = va_arg(ap, long);
    va_end(ap);
    if (number == SYS_pidfd_open)
        FAIL(DESCRIPTOR, EMFILE, -1)
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- disk ---- */

static bool is_on_disk(int fd)
{
    struct stat st;
    char path[64], name[64];
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, name, sizeof name);
    return n < 7 || memcmp(name, "/memfd:", 7) != 0;
}

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(write)
    FAIL(INTERRUPT, EINTR, -1)
    if (kind == DISK && is_on_disk(fd))
        FAIL(DISK, ENOSPC, -1)
    if (size > 1 && fails(SHORT, __func__, __builtin_return_address(0)))
        size = 1;
    return real(fd, data, size);
}

#define PWRITE(name, offset_type)                                                                                      \
    ssize_t name(int fd, const void *data, size_t size, offset_type offset)                                            \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        FAIL(INTERRUPT, EINTR, -1)                                                                                     \
        if (kind == DISK && is_on_disk(fd))                                                                            \
            FAIL(DISK, ENOSPC, -1)                                                                                     \
        if (size > 1 && fails(SHORT, __func__, __builtin_return_address(0)))                                           \
            size = 1;                                                                                                  \
        return real(fd, data, size, offset);                                                                           \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset_type)                                                                                    \
    int name(int fd, offset_type size)                                                                                 \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        if (kind == DISK && is_on_disk(fd))                                                                            \
            FAIL(DISK, ENOSPC, -1)                                                                                     \
        if (kind == INTERRUPT && is_on_disk(fd))                                                                       \
            FAIL(INTERRUPT, EINTR, -1)                                                                                 \
        return real(fd, size);                                                                                         \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int fsync(int fd)
{
    REAL(fsync)
    FAIL(INTERRUPT, EINTR, -1)
    FAIL(DISK, EIO, -1)
    return real(fd);
}

int fdatasync(int fd)
{
    REAL(fdatasync)
    FAIL(INTERRUPT, EINTR, -1)
    FAIL(DISK, EIO, -1)
    return real(fd);
}

WRAP(int, rename, (const char *from, const char *to), (from, to), DISK, ENOSPC, -1)
WRAP(int, renameat, (int from_dir, const char *from, int to_dir, const char *to), (from_dir, from, to_dir, to), DISK, ENOSPC, -1)
WRAP(int, linkat, (int from_dir, const char *from, int to_dir, const char *to, int flags),
     (from_dir, from, to_dir, to, flags), DISK, ENOSPC, -1)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), DISK, ENOSPC, -1)
WRAP(int, mkdirat, (int dir, const char *path, mode_t mode), (dir, path, mode), DISK, ENOSPC, -1)

/* ---- processes ---- */

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment)
{
    REAL(posix_spawn)
    if (fails(PROCESS, __func__, __builtin_return_address(0)))
        return EAGAIN;
    return real(pid, path, actions, attributes, arguments, environment);
}

/* ---- interrupted and short calls ---- */

ssize_t read(int fd, void *data, size_t size)
{
    REAL(read)
    FAIL(INTERRUPT, EINTR, -1)
    if (size > 1 && fails(SHORT, __func__, __builtin_return_address(0)))
        size = 1;
    return real(fd, data, size);
}

#define PREAD(name, offset_type)                                                                                       \
    ssize_t name(int fd, void *data, size_t size, offset_type offset)                                                  \
    {                                                                                                                  \
        REAL(name)                                                                                                     \
        FAIL(INTERRUPT, EINTR, -1)                                                                                     \
        if (size > 1 && fails(SHORT, __func__, __builtin_return_address(0)))                                           \
            size = 1;                                                                                                  \
        return real(fd, data, size, offset);                                                                           \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

WRAP(ssize_t, recvmsg, (int socket, struct msghdr *message, int flags), (socket, message, flags), INTERRUPT, EINTR, -1)
WRAP(ssize_t, sendmsg, (int socket, const struct msghdr *message, int flags), (socket, message, flags), INTERRUPT, EINTR, -1)
WRAP(int, epoll_wait, (int epoll, struct epoll_event *events, int most, int timeout), (epoll, events, most, timeout),
     INTERRUPT, EINTR, -1)
WRAP(int, poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout), INTERRUPT, EINTR, -1)

pid_t waitpid(pid_t pid, int *status, int options)
{
    REAL(waitpid)
    if (!(options & WNOHANG))
        FAIL(INTERRUPT, EINTR, -1)
    return real(pid, status, options);
}

WRAP(int, flock, (int fd, int operation), (fd, operation), INTERRUPT, EINTR, -1)
WRAP(int, usleep, (useconds_t microseconds), (microseconds), INTERRUPT, EINTR, -1)

/* ---- the clock ---- */

int clock_gettime(clockid_t clock, struct timespec *out)
{
    enum { DAY = 86400 };
    REAL(clock_gettime)
    int error = real(clock, out);
    if (kind != LEAP && kind != LATE && kind != EARLY)
        return error;
    if (error != 0 || clock != CLOCK_REALTIME || !fails(kind, __func__, __builtin_return_address(0)))
        return error;
    if (kind == LATE || (kind == LEAP && calls % 2 == 0))
        out->tv_sec -= DAY;
    if (kind == EARLY)
        out->tv_sec += DAY;
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
