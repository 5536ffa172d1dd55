/* SPDX-License-Identifier: MIT */
#include "check_state.h"

#include <fcntl.h>
#include <fpu_control.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined __x86_64__
#include <xmmintrin.h>
#endif

#include "base/hash.h"
#include "check_job.h"

enum { DESCRIPTORS = 2048, SIGNALS = 64, EXTRA = 64 };

struct check_state {
    bool open[DESCRIPTORS];
    unsigned long threads, mask;
    struct sigaction actions[SIGNALS + 1];
    sigset_t blocked;
    char directory[512], locale[512];
    locale_t thread_locale;
    unsigned rounding, precision;
    uint64_t environment;
};

static int status_file = -1; /* /proc/self/status: proc(5) */

void check_state_prepare(void)
{
    status_file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
}

/* "Threads:\t1" of /proc/self/status. */
static unsigned long status_number(const char *text, const char *key, int base)
{
    const char *at = strstr(text, key);
    return at ? strtoul(at + strlen(key), NULL, base) : 0;
}

static uint64_t environment_hash(void)
{
    uint64_t h = 0;
    for (char **p = environ; p && *p; p++)
        h = hash64(*p, strlen(*p), h + 1);
    return h;
}

static unsigned rounding_now(void)
{
#if defined __x86_64__
    return _mm_getcsr() & ~0x3fu; /* but the flags of what happened: Intel SDM vol. 1, 10.2.3 */
#else
    return 0;
#endif
}

static void look(struct check_state *s)
{
    char text[4096];
    fpu_control_t precision;
    memset(s, 0, sizeof *s);
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        s->open[fd] = fcntl(fd, F_GETFD) >= 0;
    ssize_t n = pread(status_file, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    s->threads = status_number(text, "\nThreads:", 10);
    s->mask = status_number(text, "\nUmask:", 8);
    for (int i = 1; i <= SIGNALS; i++)
        (void)sigaction(i, NULL, &s->actions[i]);
    (void)sigprocmask(SIG_BLOCK, NULL, &s->blocked);
    if (!getcwd(s->directory, sizeof s->directory))
        s->directory[0] = '\0';
    (void)snprintf(s->locale, sizeof s->locale, "%s", setlocale(LC_ALL, NULL));
    s->thread_locale = uselocale((locale_t)0);
    _FPU_GETCW(precision);
    s->precision = (unsigned)precision;
    s->rounding = rounding_now();
    s->environment = environment_hash();
}

static void compare_signals(struct check *c, const struct check_state *a, const struct check_state *b, const char *when)
{
    for (int i = 1; i <= SIGNALS; i++)
        if (a->actions[i].sa_handler != b->actions[i].sa_handler || a->actions[i].sa_flags != b->actions[i].sa_flags)
            check_fail(c, "%s changed what signal %d (%s) does", when, i,
                       sigabbrev_np(i) ? sigabbrev_np(i) : "real-time");
    for (int i = 1; i <= SIGNALS; i++)
        if (sigismember(&a->blocked, i) != sigismember(&b->blocked, i))
            check_fail(c, "%s changed whether signal %d is blocked", when, i);
}

static void compare_descriptors(struct check *c, const struct check_state *a, const struct check_state *b,
                                const char *when)
{
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (a->open[fd] != b->open[fd])
            check_fail(c, "%s %s descriptor %d", when, b->open[fd] ? "left open" : "closed", fd);
}

static void compare(struct check *c, const struct check_state *a, const struct check_state *b, const char *when)
{
    switch ((enum check_id)c->request.check) {
    case CHECK_STATE_DESCRIPTORS:
        compare_descriptors(c, a, b, when);
        break;
    case CHECK_STATE_THREADS:
        if (a->threads != b->threads)
            check_fail(c, "%s left %lu threads; expected %lu", when, b->threads, a->threads);
        break;
    case CHECK_STATE_SIGNALS:
        compare_signals(c, a, b, when);
        break;
    case CHECK_STATE_DIRECTORY:
        if (strcmp(a->directory, b->directory) != 0)
            check_fail(c, "%s changed the working directory to %s", when, b->directory);
        break;
    case CHECK_STATE_LOCALE:
        if (strcmp(a->locale, b->locale) != 0)
            check_fail(c, "%s changed the locale from %.80s to %.80s", when, a->locale, b->locale);
        if (a->thread_locale != b->thread_locale)
            check_fail(c, "%s changed the thread's locale (uselocale)", when);
        break;
    case CHECK_STATE_UMASK:
        if (a->mask != b->mask)
            check_fail(c, "%s changed the umask from %03lo to %03lo", when, a->mask, b->mask);
        break;
    case CHECK_STATE_FLOATING:
        if (a->rounding != b->rounding)
            check_fail(c, "%s changed the control bits of MXCSR from 0x%04x to 0x%04x", when, a->rounding, b->rounding);
        if (a->precision != b->precision)
            check_fail(c, "%s changed the floating-point control word from 0x%04x to 0x%04x", when, a->precision,
                       b->precision);
        break;
    default:
        if (a->environment != b->environment)
            check_fail(c, "%s changed the environment's variables", when);
        break;
    }
}

/* Compares with what was before, and looks anew. */
static void look_again(struct check *c, const char *when)
{
    if (!c->before) /* CHECK_LOCK_CALLS: the lock itself tells */
        return;
    struct check_state *now = malloc(sizeof *now);
    if (!now) {
        check_fail(c, "out of memory");
        return;
    }
    look(now);
    compare(c, c->before, now, when);
    free(c->before);
    c->before = now;
}

void check_state_opening(struct check *c)
{
    c->before = malloc(sizeof *c->before);
    if (status_file < 0 || !c->before) {
        check_skip(c, "/proc is not there");
        return;
    }
    look(c->before);
    if (!check_load(c))
        return;
    look_again(c, "loading the module");
    if (!check_decided(c) && check_open_once(c))
        look_again(c, "open()");
}

/* Samples, and some of what is not: a way out by an error may forget more. */
void check_state_running(struct check *c)
{
    static struct check_job job;
    static struct check_input in;
    static const enum check_id kinds[] = {CHECK_INPUT_SAMPLE, CHECK_INPUT_TRUNCATED, CHECK_INPUT_FOREIGN,
                                          CHECK_INPUT_EMPTY};
    in.data = malloc(check_input_room(&c->corpus));
    if (!in.data || !check_job_init(&job, c, check_input_room(&c->corpus))) {
        check_fail(c, "out of memory");
        return;
    }
    if (c->before)
        look(c->before); /* the samples' descriptors came and went */
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        uint64_t count = check_is_sound(c, kinds[k]) ? check_input_count(&c->corpus, kinds[k]) : 0;
        for (uint64_t i = 0; i < count && i < EXTRA && !check_decided(c); i++) {
            check_input_make(&c->corpus, kinds[k], i, &in);
            check_what(c, "%s", in.what);
            check_job_source(&job, &in, CHECK_PLACE_LOOSE);
            atomic_fetch_add(&c->page->inputs, 1);
            check_job_run(c, &job, c->plugin.state, &check_host);
        }
        look_again(c, "run()");
    }
    check_close(c, c->plugin.state);
    look_again(c, "close()");
}
