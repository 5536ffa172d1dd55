/* SPDX-License-Identifier: MIT */
/* Files that change while they are read: what is told is whole or says why not, and what is kept is what an undisturbed run finds. */
#include <time.h>

#include "machine.h"

enum { FILES = 8, SIZE = 1 << 20, ROUNDS = 8 };

static const struct launch plain = {NULL, NULL, NULL};

static const char *file_of(const struct user *u, int i)
{
    return user_path(u, "files/tree/%d.bin", i);
}

static void fill(const struct user *u, int i, char c, size_t size)
{
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, c, size);
    memcpy(bytes, "ECHO ", 5);
    put_file(file_of(u, i), bytes, size);
    free(bytes);
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    for (int i = 0; i < FILES; i++)
        fill(u, i, 'a', SIZE);
    install_hostile(user_path(u, "conf"), "misbehave");
    return 0;
}

/* The bundled plugin that reads every byte. */
static const char *const *hashing(const struct user *u, const char *more)
{
    static const char *list[12];
    static char conf[300];
    (void)snprintf(conf, sizeof conf, "%s", user_path(u, "conf"));
    const char *const values[] = {"extract",    "--format", "ndjson", "--with", "hashes",
                                  "--conf-dir", conf,       "tree",   more,     NULL};
    memcpy(list, values, sizeof values);
    return list;
}

/* One change, of every kind in turn. */
static void disturb(const struct user *u, unsigned n)
{
    int i = (int)(n / 7 % FILES);
    char other[300];
    int fd;
    (void)snprintf(other, sizeof other, "%s", user_path(u, "files/new"));
    switch (n % 7) {
    case 0:
        fd = open(file_of(u, i), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        assert_true(fd >= 0 && ftruncate(fd, 1000) == 0);
        (void)close(fd);
        break;
    case 1:
        fill(u, i, 'b', SIZE);
        break;
    case 2:
        fill(u, i, 'c', SIZE + 4096);
        break;
    case 3:
        put_text(other, "ECHO another");
        (void)rename(other, file_of(u, i));
        break;
    case 4:
        (void)chmod(file_of(u, i), n % 2 ? 0600 : 0644);
        break;
    case 5:
        (void)unlink(file_of(u, i));
        break;
    default:
        fill(u, i, 'd', SIZE);
        break;
    }
}

static void assert_told(const struct outcome *o)
{
    if (o->signal || (o->status != 0 && o->status != 1))
        fail_msg("status %d, signal %d\n%s", o->status, o->signal, o->err);
    size_t lines = assert_lines(o), good = machine_count(o->out, "\"sha256\""),
           told = machine_count(o->out, "\"error\":");
    size_t failed = machine_count(o->out, "\"status\":\"failed\"");
    if (good + told + failed < lines)
        fail_msg("%zu lines, %zu whole, %zu with an error, %zu failed\n%s", lines, good, told, failed, o->out);
    assert_int_equal(o->status, told + failed > 0);
}

static void assert_kept_is_right(const struct user *u)
{
    struct outcome fresh = run_adit_v(u, hashing(u, "--no-cache")), kept = run_adit_v(u, hashing(u, NULL));
    assert_string_equal(kept.out, fresh.out);
    assert_string_equal(kept.err, "");
    outcome_release(&fresh);
    outcome_release(&kept);
}

static void test_racing_writer(void **state)
{
    struct user *u = *state;
    unsigned n = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct running r = launch_adit(u, &plain, hashing(u, NULL));
        siginfo_t info = {0};
        while (waitid(P_PID, (id_t)r.pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != r.pid) {
            disturb(u, n++);
            (void)poll(NULL, 0, (int)(n % 3));
        }
        struct outcome o = finish_adit(&r);
        assert_told(&o);
        outcome_release(&o);
        assert_no_orphans(r.pid);
        if (round % 4 == 3)
            assert_kept_is_right(u);
    }
    assert_true(n > 2 * ROUNDS);
    assert_cache_is_sound(u);
    assert_kept_is_right(u);
}

/* ---- one change, at a moment that is known: while a plugin takes its two seconds ---- */

enum change { GROWN, CUT, REWRITTEN, RIGHTS, GONE, REPLACED };

static void change(const struct user *u, enum change what)
{
    char path[300], other[300];
    (void)snprintf(path, sizeof path, "%s", user_path(u, "files/one/loops-%d", (int)what));
    (void)snprintf(other, sizeof other, "%s", user_path(u, "files/other"));
    switch (what) {
    case GROWN:
        put_text(path, "MISBEHAVE loop\nand more");
        break;
    case CUT:
        assert_int_equal(truncate(path, 12), 0);
        break;
    case REWRITTEN:
        put_text(path, "MISBEHAVE lo0p\n");
        break;
    case RIGHTS:
        assert_int_equal(chmod(path, 0600), 0);
        break;
    case GONE:
        assert_int_equal(unlink(path), 0);
        break;
    case REPLACED:
        put_text(other, "MISBEHAVE loop\n");
        assert_int_equal(rename(other, path), 0);
        break;
    }
}

/* Whoever has lost its name or its rights, or made room for another file, is still what was read. */
static void test_changed_meanwhile(void **state)
{
    struct user *u = *state;
    static const bool told[] = {
        [GROWN] = true, [CUT] = true, [REWRITTEN] = true, [RIGHTS] = false, [GONE] = false, [REPLACED] = false};
    put_text(user_path(u, "files/one/a"), "MISBEHAVE ok\n");
    for (enum change what = GROWN; what <= REPLACED; what++)
        put_text(user_path(u, "files/one/loops-%d", (int)what), "MISBEHAVE loop\n");
    let_settle(user_path(u, "files/one/loops-%d", REPLACED));
    struct running r = launch_adit(u, &plain, machine_extract(u, "one", "--jobs=7", NULL));
    assert_true(wait_for_text(&r, r.out_path, "\"number\":7")); /* then the other ones are open, and run */
    for (enum change what = GROWN; what <= REPLACED; what++)
        change(u, what);
    struct outcome o = finish_adit(&r);
    assert_int_equal(assert_lines(&o), REPLACED + 2);
    assert_status(&o, 1);
    for (enum change what = GROWN; what <= REPLACED; what++) {
        char name[32];
        (void)snprintf(name, sizeof name, "one/loops-%d\"", (int)what);
        const char *line = strstr(o.out, name), *end = line ? strchr(line, '\n') : NULL,
                   *error = line ? strstr(line, "\"error\":\"changed\"") : NULL;
        assert_non_null(end);
        if (told[what] != (error && error < end))
            fail_msg("change %d: expected %s\n%s", (int)what, told[what] ? "an error" : "none", o.out);
    }
    outcome_release(&o);
    assert_cache_is_sound(u);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_racing_writer), TEST(test_changed_meanwhile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
