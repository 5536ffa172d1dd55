/* SPDX-License-Identifier: MIT */
/* What the tests of a hostile machine share: a small tree of files whose results are known, runs in it under some trouble, and what
 * must hold whatever the trouble was. */
#ifndef TESTS_MACHINE_MACHINE_H
#define TESTS_MACHINE_MACHINE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "../e2e/e2e.h"

/* The plugin misbehave in ROOT/conf, and files of which it says a number, in ROOT/files/tree. */
static inline void machine_tree(const struct user *u, int files)
{
    install_hostile(user_path(u, "conf"), "misbehave");
    for (int i = 0; i < files; i++)
        put_text(user_path(u, "files/tree/%04d", i), "MISBEHAVE ok\n");
    let_settle(user_path(u, "files/tree/%04d", files - 1));
}

/* extract --format ndjson … PATH [MORE…]; in a static list. */
static inline const char *const *machine_extract(const struct user *u, const char *path, const char *more,
                                                 const char *value)
{
    static const char *list[12];
    const char *const values[] = {
        "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), path,
        more,      value,      NULL};
    memcpy(list, values, sizeof values);
    return list;
}

static inline struct outcome machine_run(const struct user *u, const struct launch *how, const char *const *arguments)
{
    struct running r = launch_adit(u, how, arguments);
    return finish_adit(&r);
}

/* One field of /proc/PID/stat after the name: 0 is the state. */
static inline bool machine_stat(long pid, char *state, long *session, long *group)
{
    char path[64], text[512] = "";
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        (void)close(fd);
    const char *at = n > 0 ? strrchr(text, ')') : NULL;
    return at && sscanf(at, ") %c %*d %ld %ld", state, group, session) == 3;
}

/* The processes of a session that run, but for its first; zygotes lead a process group. Returns how many; *zygote and *worker are
 * one of each, or 0. */
static inline size_t machine_members(pid_t session, pid_t *zygote, pid_t *worker)
{
    size_t count = 0;
    DIR *d = opendir("/proc");
    assert_non_null(d);
    *zygote = *worker = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        long pid = strtol(e->d_name, NULL, 10), its_session = 0, group = 0;
        char state = 'Z';
        if (pid <= 0 || pid == session || !machine_stat(pid, &state, &its_session, &group) || its_session != session ||
            strchr("ZX", state))
            continue;
        *(group == pid ? zygote : worker) = (pid_t)pid;
        count++;
    }
    (void)closedir(d);
    return count;
}

/* Processes of a killed host die of its death, which takes a moment; none may be left. */
static inline void assert_no_orphans(pid_t session)
{
    pid_t zygote, worker;
    for (int i = 0; i < 400 && machine_members(session, &zygote, &worker) > 0; i++)
        (void)poll(NULL, 0, 5);
    size_t left = machine_members(session, &zygote, &worker);
    if (left > 0)
        fail_msg("%zu processes are left (zygote %d, worker %d)", left, (int)zygote, (int)worker);
}

static inline void assert_cache_is_sound(const struct user *u)
{
    struct outcome o = run_adit(u, "cache", "verify", NULL);
    if (o.status != 0 && !strstr(o.err, "there is no cache"))
        fail_msg("adit cache verify: status %d\n%s%s", o.status, o.out, o.err);
    outcome_release(&o);
}

/* An undisturbed run says what a run without a cache says, and nothing else. */
static inline void assert_afterwards_right(const struct user *u)
{
    assert_cache_is_sound(u);
    struct outcome fresh = run_adit_v(u, machine_extract(u, "tree", "--no-cache", NULL));
    struct outcome kept = run_adit_v(u, machine_extract(u, "tree", NULL, NULL));
    assert_string_equal(kept.out, fresh.out);
    assert_string_equal(kept.err, "");
    assert_int_equal(kept.status, fresh.status);
    outcome_release(&fresh);
    outcome_release(&kept);
}

static inline size_t machine_count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        n++;
    return n;
}

/* Whatever was printed is whole lines of JSON. */
static inline size_t assert_lines(const struct outcome *o)
{
    bool valid = true;
    size_t lines = o->out_size ? json_lines(o->out, o->out_size, &valid) : 0;
    if (!valid)
        fail_msg("broken output (status %d): %s", o->status, o->out);
    return lines;
}

#endif
