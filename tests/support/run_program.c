/* SPDX-License-Identifier: MIT */
#include "run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

enum { MAX_ARGUMENTS = 64, LIMIT_MS = 100000, STEP_MS = 5 };

static char project_root[PATH_MAX];

int user_setup(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct user *u = calloc(1, sizeof *u);
    if (!u || !getcwd(project_root, sizeof project_root))
        return -1;
    (void)snprintf(u->root, sizeof u->root, "%s/adit-e2e-XXXXXX", tmp && strlen(tmp) < 200 ? tmp : "/tmp");
    if (!mkdtemp(u->root)) {
        free(u);
        return -1;
    }
    static const char *const dirs[] = {"home", "cache", "config", "files"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        if (mkdir(user_path(u, "%s", dirs[i]), 0755) != 0)
            return -1;
    *state = u;
    return 0;
}

int user_teardown(void **state)
{
    struct user *u = *state;
    remove_tree(u->root);
    free(u);
    return 0;
}

const char *user_path(const struct user *u, const char *format, ...)
{
    static char ring[16][PATH_MAX];
    static unsigned turn;
    char *text = ring[turn++ % 16];
    int n = snprintf(text, PATH_MAX, "%s/", u->root);
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(text + n, (size_t)(PATH_MAX - n), format, ap);
    va_end(ap);
    return text;
}

static void need(bool holds, const char *what, const char *path)
{
    if (!holds)
        fail_msg("%s %s: %s", what, path, strerror(errno));
}

void put_dir(const char *path)
{
    char part[PATH_MAX];
    (void)snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        need(mkdir(part, 0755) == 0 || errno == EEXIST, "mkdir", part);
        *p = '/';
    }
    need(mkdir(part, 0755) == 0 || errno == EEXIST, "mkdir", part);
}

void put_file(const char *path, const void *data, size_t size)
{
    char dir[PATH_MAX];
    (void)snprintf(dir, sizeof dir, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash && slash != dir) {
        *slash = '\0';
        put_dir(dir);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    need(fd >= 0, "open", path);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)data + done, size - done);
        need(n > 0, "write", path);
        done += (size_t)n;
    }
    need(close(fd) == 0, "close", path);
}

void put_text(const char *path, const char *text)
{
    put_file(path, text, strlen(text));
}

char *get_file(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    need(fd >= 0, "open", path);
    size_t used = 0, room = 65536;
    char *data = malloc(room + 1);
    need(data != NULL, "malloc", path);
    for (ssize_t n; (n = read(fd, data + used, room - used)) != 0;) {
        need(n > 0, "read", path);
        used += (size_t)n;
        if (used == room) {
            room *= 2;
            data = realloc(data, room + 1);
            need(data != NULL, "realloc", path);
        }
    }
    (void)close(fd);
    data[used] = '\0';
    if (size)
        *size = used;
    return data;
}

void put_copy(const char *from, const char *to)
{
    size_t size;
    char *data = get_file(from, &size);
    put_file(to, data, size);
    free(data);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int open_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)ftw;
    return type == FTW_D || type == FTW_DNR ? chmod(path, st->st_mode | 0700) : 0;
}

void remove_tree(const char *path)
{
    (void)nftw(path, open_entry, 16, FTW_PHYS);
    need(nftw(path, remove_entry, 16, FTW_PHYS | FTW_DEPTH) == 0 || errno == ENOENT, "remove", path);
}

static bool is_given(const struct launch *how, const char *name)
{
    size_t size = strlen(name);
    for (const char *const *more = how ? how->environment : NULL; more && *more; more++)
        if (strncmp(*more, name, size) == 0 && (*more)[size] == '=')
            return true;
    return false;
}

/* In the child: becomes adit. Sanitizers' options and PATH stay, everything else of the environment is the test's. */
static void become_adit(const struct user *u, const struct launch *how, const char *const *arguments)
{
    static const char *const kept[] = {"PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TMPDIR", "GCOV_PREFIX"};
    char program[PATH_MAX + 64], *env[24], text[16][PATH_MAX];
    const char *argv[MAX_ARGUMENTS + 2];
    size_t n = 0, count = 0;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (getenv(kept[i]) && !is_given(how, kept[i]))
            (void)snprintf(text[n++], PATH_MAX, "%s=%s", kept[i], getenv(kept[i]));
    (void)snprintf(text[n++], PATH_MAX, "HOME=%s/home", u->root);
    (void)snprintf(text[n++], PATH_MAX, "XDG_CACHE_HOME=%s/cache", u->root);
    (void)snprintf(text[n++], PATH_MAX, "XDG_CONFIG_HOME=%s/config", u->root);
    (void)snprintf(text[n++], PATH_MAX, "LC_ALL=C.UTF-8");
    (void)snprintf(text[n++], PATH_MAX, "TZ=UTC");
    for (size_t i = 0; i < n; i++)
        env[i] = text[i];
    for (const char *const *more = how ? how->environment : NULL; more && *more && n < 23; more++)
        env[n++] = (char *)(uintptr_t)*more;
    env[n] = NULL;
    argv[count++] = "adit";
    for (; arguments[count - 1] && count <= MAX_ARGUMENTS; count++)
        argv[count] = arguments[count - 1];
    argv[count] = NULL;
    (void)snprintf(program, sizeof program, "%s/%s/bin/adit", project_root, BUILD_DIR);
    bool there = chdir(user_path(u, "files")) == 0;
    if (how)
        (void)setsid();
    if (there && how && how->in_child)
        how->in_child(how->data);
    if (there)
        (void)execve(program, (char *const *)(uintptr_t)argv, env);
    (void)dprintf(STDERR_FILENO, "cannot run %s: %s\n", program, strerror(errno));
    _exit(127);
}

static struct running start(const struct user *u, const struct launch *how, const char *const *arguments, const char *input)
{
    static unsigned number;
    struct running r;
    number++;
    (void)snprintf(r.out_path, sizeof r.out_path, "%s/out-%u", u->root, number);
    (void)snprintf(r.err_path, sizeof r.err_path, "%s/err-%u", u->root, number);
    int in = open(input, O_RDONLY | O_CLOEXEC);
    int out = open(r.out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int err = open(r.err_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    need(in >= 0 && out >= 0 && err >= 0, "open", r.out_path);
    (void)fflush(NULL);
    r.pid = fork();
    need(r.pid >= 0, "fork", "adit");
    if (r.pid == 0) {
        if (dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2)
            become_adit(u, how, arguments);
        _exit(127);
    }
    (void)close(in);
    (void)close(out);
    (void)close(err);
    return r;
}

struct running start_adit(const struct user *u, const char *const *arguments)
{
    return start(u, NULL, arguments, "/dev/null");
}

struct running launch_adit(const struct user *u, const struct launch *how, const char *const *arguments)
{
    return start(u, how, arguments, "/dev/null");
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct outcome finish_adit(struct running *r)
{
    struct outcome o = {0};
    int status;
    int64_t deadline = now_ms() + LIMIT_MS;
    for (pid_t done; (done = waitpid(r->pid, &status, WNOHANG)) != r->pid;) {
        need(done == 0, "waitpid", "adit");
        if (now_ms() > deadline) {
            (void)kill(r->pid, SIGKILL);
            (void)waitpid(r->pid, &status, 0);
            fail_msg("adit ran for more than %d s", LIMIT_MS / 1000);
        }
        (void)poll(NULL, 0, 1);
    }
    o.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    o.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    o.out = get_file(r->out_path, &o.out_size);
    o.err = get_file(r->err_path, &o.err_size);
    (void)unlink(r->out_path);
    (void)unlink(r->err_path);
    return o;
}

bool wait_for_text(const struct running *r, const char *path, const char *text)
{
    for (int64_t deadline = now_ms() + 60000; now_ms() < deadline;) {
        siginfo_t info = {0};
        bool ended = waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == r->pid;
        char *data = get_file(path, NULL);
        bool found = strstr(data, text) != NULL;
        free(data);
        if (found || ended)
            return found;
        (void)poll(NULL, 0, STEP_MS);
    }
    return false;
}

struct outcome run_adit_v(const struct user *u, const char *const *arguments)
{
    struct running r = start(u, NULL, arguments, "/dev/null");
    return finish_adit(&r);
}

struct outcome run_adit_input(const struct user *u, const char *input, size_t size, const char *const *arguments)
{
    const char *path = user_path(u, "input");
    put_file(path, input, size);
    struct running r = start(u, NULL, arguments, path);
    return finish_adit(&r);
}

struct outcome run_adit(const struct user *u, ...)
{
    const char *arguments[MAX_ARGUMENTS + 1];
    size_t n = 0;
    va_list ap;
    va_start(ap, u);
    for (const char *a; n < MAX_ARGUMENTS && (a = va_arg(ap, const char *)) != NULL;)
        arguments[n++] = a;
    va_end(ap);
    arguments[n] = NULL;
    return run_adit_v(u, arguments);
}

void outcome_release(struct outcome *o)
{
    free(o->out);
    free(o->err);
    *o = (struct outcome){0};
}

void put_conf(const char *dir, const char *file, const char *text)
{
#ifdef ADIT_SANITIZED
    static const char addition[] = "\n[module]\nconstructors = yes\n";
#else
    static const char addition[] = "";
#endif
    char path[PATH_MAX];
    size_t size = strlen(text);
    char *whole = malloc(size + sizeof addition);
    need(whole != NULL, "malloc", file);
    memcpy(whole, text, size);
    memcpy(whole + size, addition, sizeof addition);
    (void)snprintf(path, sizeof path, "%s/%s", dir, file);
    put_file(path, whole, size + sizeof addition - 1);
    free(whole);
}

void install_hostile(const char *dir, const char *name)
{
    char from[PATH_MAX], to[PATH_MAX];
    (void)snprintf(from, sizeof from, "tests/hostile/%s.conf", name);
    char *text = get_file(from, NULL);
    (void)snprintf(to, sizeof to, "%s.conf", name);
    put_conf(dir, to, text);
    free(text);
    (void)snprintf(from, sizeof from, "%s/tests/hostile/%s.so", BUILD_DIR, name);
    (void)snprintf(to, sizeof to, "%s/%s.so", dir, name);
    put_copy(from, to);
}
