/* SPDX-License-Identifier: MIT */
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than Debian 12's headers. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* struct landlock_ruleset_attr as of ABI 6; older kernels are given fewer bytes of it. */
struct ruleset {
    uint64_t fs, net, scoped;
};
enum {
    RIGHTS_ABI_1 = (1 << 13) - 1,
    RIGHT_REFER = 1 << 13,     /* ABI 2 */
    RIGHT_TRUNCATE = 1 << 14,  /* ABI 3 */
    RIGHT_IOCTL_DEV = 1 << 15, /* ABI 5 */
    NET_BIND_AND_CONNECT = 3,  /* ABI 4 */
    SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 3, /* ABI 6 */
};

int sandbox_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

const char *sandbox_coverage(int abi)
{
    static const char *const words[] = {
        "none",
        "Landlock ABI 1: files; not truncating, TCP, devices, abstract sockets and signals, which the filters refuse alone",
        "Landlock ABI 2: files; not truncating, TCP, devices, abstract sockets and signals, which the filters refuse alone",
        "Landlock ABI 3: files; not TCP, devices, abstract sockets and signals, which the filters refuse alone",
        "Landlock ABI 4: files, TCP; not devices, abstract sockets and signals, which the filters refuse alone",
        "Landlock ABI 5: files, TCP, devices; not abstract sockets and signals, which the filters refuse alone",
        "Landlock ABI 6 or later: files, TCP, devices, abstract sockets, signals",
    };
    enum { LAST = sizeof words / sizeof *words - 1 };
    return words[abi < 0 ? 0 : abi > LAST ? LAST : abi];
}

static int limit(int resource, uint64_t value, const char *name, struct err *e)
{
    struct rlimit now, want = {.rlim_cur = value, .rlim_max = value};
    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < want.rlim_max)
        want.rlim_cur = want.rlim_max = now.rlim_max;
    if (setrlimit((__rlimit_resource_t)resource, &want) != 0)
        return err_errno(e, "cannot lower %s", name);
    return 0;
}

static int lower_limits(uint64_t address_space, uint64_t cpu_seconds, struct err *e)
{
    enum { DESCRIPTORS = 2048 };
    int error = limit(RLIMIT_CORE, 0, "RLIMIT_CORE", e);
    if (!error)
        error = limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE", e);
    if (!error)
        error = limit(RLIMIT_NOFILE, DESCRIPTORS, "RLIMIT_NOFILE", e);
    if (!error && cpu_seconds)
        error = limit(RLIMIT_CPU, cpu_seconds, "RLIMIT_CPU", e);
#ifndef ADIT_SANITIZED /* AddressSanitizer reserves terabytes of address space */
    if (!error && address_space)
        error = limit(RLIMIT_AS, address_space, "RLIMIT_AS", e);
#else
    (void)address_space;
#endif
    return error;
}

static int drop_capabilities(struct err *e)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &head, none) != 0)
        return err_errno(e, "cannot drop capabilities");
    return 0;
}

/* A path that does not exist needs no rule. */
static int allow_path(int ruleset, const char *path, uint64_t rights, struct err *e)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : err_errno(e, "cannot open %s for a Landlock rule", path);
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    int error = 0;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        error = err_errno(e, "cannot add a Landlock rule for %s", path);
    (void)close(fd);
    return error;
}

static int restrict_files(int ruleset, struct err *e)
{
    static const char *const library_dirs[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"};
    int error = allow_path(ruleset, "/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE, e);
    for (size_t i = 0; !error && i < sizeof library_dirs / sizeof *library_dirs; i++)
        error = allow_path(ruleset, library_dirs[i], LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, e);
    if (!error && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        error = err_errno(e, "cannot enter the Landlock domain");
    return error;
}

static int apply_landlock(struct err *e)
{
    int abi = sandbox_landlock_abi();
    if (abi < 1)
        return err_set(e, -ENOSYS, "this kernel has no Landlock (it is off or older than 5.13): boot with lsm=landlock,…");
    struct ruleset attr = {.fs = RIGHTS_ABI_1};
    size_t size = sizeof attr.fs;
    if (abi >= 2)
        attr.fs |= RIGHT_REFER;
    if (abi >= 3)
        attr.fs |= RIGHT_TRUNCATE;
    if (abi >= 4) {
        attr.net = NET_BIND_AND_CONNECT;
        size = offsetof(struct ruleset, scoped);
    }
    if (abi >= 5)
        attr.fs |= RIGHT_IOCTL_DEV;
    if (abi >= SANDBOX_SIGNALS_SCOPED_ABI) {
        attr.scoped = SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS;
        size = sizeof attr;
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
    if (ruleset < 0)
        return err_errno(e, "cannot make a Landlock ruleset (ABI %d)", abi);
    int error = restrict_files(ruleset, e);
    (void)close(ruleset);
    return error;
}

static int refuse_filter(size_t count, struct err *e)
{
    return err_set(e, -EINVAL, "a system-call filter of %zu instructions cannot be installed", count);
}

static int install_filter(const struct sock_filter *filter, size_t count, struct err *e)
{
    if (count == 0 || count > BPF_MAXINSNS)
        return refuse_filter(count, e);
    struct sock_fprog program = {.len = (unsigned short)count, .filter = (struct sock_filter *)(uintptr_t)filter};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        return err_set(e, -errno, "seccomp refuses the system-call filter (%s): use a kernel that has CONFIG_SECCOMP_FILTER, or a container that "
                                  "allows seccomp()", strerror(errno));
    return 0;
}

int sandbox_lock_zygote(uint64_t address_space, uint64_t cpu_seconds, const struct sock_filter *filter, size_t count,
                        struct err *e)
{
    int error = lower_limits(address_space, cpu_seconds, e);
    if (error)
        return error;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_errno(e, "cannot give up new privileges");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return err_errno(e, "cannot become undumpable");
    error = drop_capabilities(e);
    if (error)
        return error;
    /* Kernels before 6.3 do not know it; filter 1 refuses the same by itself. */
    if (prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0 && errno != EINVAL)
        return err_errno(e, "cannot refuse memory that is written and executed");
    error = apply_landlock(e);
    if (error)
        return error;
    return install_filter(filter, count, e);
}

int sandbox_lock_worker(const struct sock_filter *filter, size_t count, struct err *e)
{
    /* A process may signal itself (abort), and not the others of its domain. Written here, where its number is known. The
     * zygote's filter has checked the architecture. */
    const uint32_t low_half = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0;
    const struct sock_filter own_signals[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, args) + low_half),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    if (count == 0 || count > BPF_MAXINSNS)
        return refuse_filter(count, e);
    int error = install_filter(own_signals, sizeof own_signals / sizeof *own_signals, e);
    return error ? error : install_filter(filter, count, e);
}
