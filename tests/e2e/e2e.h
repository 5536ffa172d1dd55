/* SPDX-License-Identifier: MIT */
/* What the end-to-end tests share: questions to the output, and files that the cache may believe. */
#ifndef TESTS_E2E_E2E_H
#define TESTS_E2E_E2E_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "json.h"
#include "run_program.h"

/* The value at `path` in one JSON text must be spelled so; NULL: must not be there. */
static inline void assert_json(const char *json, const char *path, const char *expected)
{
    char *found = json_at(json, strlen(json), path);
    if (!expected && !found)
        return;
    if (!expected || !found || strcmp(found, expected) != 0)
        fail_msg("%s is %s, expected %s, in\n%s", path, found ? found : "missing", expected ? expected : "none", json);
    free(found);
}

/* One line of ndjson, valid, and the only one. */
static inline void assert_one_object(const struct outcome *o)
{
    bool valid;
    size_t lines = json_lines(o->out, o->out_size, &valid);
    if (lines != 1 || !valid)
        fail_msg("expected one JSON object, found %zu lines (status %d, signal %d)\nout: %s\nerr: %s", lines, o->status,
                 o->signal, o->out, o->err);
}

static inline void assert_status(const struct outcome *o, int status)
{
    if (o->status != status)
        fail_msg("exit status %d (signal %d), expected %d\nout: %s\nerr: %s", o->status, o->signal, status, o->out, o->err);
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("expected \"%s\" in\n%s", part, text);
}

/* Waits until a file's last change is so long ago that a later one must show in its times. */
static inline void let_settle(const char *path)
{
    struct stat st;
    struct timespec now, pause = {0, 20000000};
    do {
        assert_int_equal(nanosleep(&pause, NULL), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    } while ((now.tv_sec - st.st_ctim.tv_sec) * 1000 + (now.tv_nsec - st.st_ctim.tv_nsec) / 1000000 < 250);
}

#endif
