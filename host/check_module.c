/* SPDX-License-Identifier: MIT */
/* Opening the module and its states, behind the zygote's lock. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_job.h"
#include "job_table.h"

/* Loads the sealed bytes behind `fd`. */
static void *open_sealed(int fd)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

bool check_load(struct check *c)
{
    static struct adit_plugin copy;
    struct err e = {0};
    void *module = NULL;
    check_what(c, "loading the module");
    check_enter(c, CHECK_PHASE_LOAD);
    uint64_t begin = check_now_ns();
    for (size_t i = 0; i < c->module_count && (i == 0 || module); i++)
        module = open_sealed(c->modules[i]);
    c->load_ns = (int64_t)(check_now_ns() - begin);
    check_leave(c);
    const struct adit_plugin *table = module ? dlsym(module, "adit_plugin") : NULL;
    if (!module)
        check_fail(c, "the loader refuses the module, or a library of its own: %s", dlerror());
    else if (job_table_copy(table, &copy, &e) != 0)
        check_fail(c, "%s", e.text);
    else
        c->plugin.table = &copy;
    return c->plugin.table != NULL;
}

struct last_warning {
    char *text;
    size_t room;
};

static void keep_warning(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size,
                         const void *b, size_t b_size)
{
    struct last_warning *w = context;
    (void)flags, (void)b, (void)b_size;
    if (kind == RECORD_WARN)
        (void)snprintf(w->text, w->room, "%.*s", (int)a_size, (const char *)a);
}

static bool never(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

int32_t check_open(struct check *c, const struct adit_host *host, void **state, char *reason, size_t n)
{
    struct last_warning warning = {reason, n};
    const struct job_sink sink = {.context = &warning, .put = keep_warning, .progress = never};
    *state = NULL;
    reason[0] = '\0';
    if (!c->plugin.table->open)
        return ADIT_OK;
    /* A new one for each open(): views made in it live as long as the process, as in a zygote. */
    struct check_job *j = calloc(1, sizeof *j);
    if (!j)
        return ADIT_FAILED;
    j->check = c;
    j->job.sink = &sink;
    j->job.plugin = &c->plugin;
    j->job.opening = true;
    struct {
        struct adit_call call;
        uint64_t more[8];
    } larger = {{sizeof larger, 0, host, &j->job}, {0}};
    if (host == &check_host)
        larger.call.size = sizeof larger.call;
    check_enter(c, CHECK_PHASE_OPEN);
    int32_t status = c->plugin.table->open(&larger.call, state);
    check_leave(c);
    free(j->job.blocks);
    j->job.blocks = NULL;
    return status;
}

bool check_open_once(struct check *c)
{
    char reason[200];
    if (!c->plugin.table && !check_load(c))
        return false;
    check_what(c, "open()");
    uint64_t begin = check_now_ns();
    int32_t status = check_open(c, &check_host, &c->plugin.state, reason, sizeof reason);
    c->load_ns += (int64_t)(check_now_ns() - begin);
    if (status != ADIT_OK)
        check_fail(c, "open() returned %d, expected ADIT_OK (0)%s%s", status, reason[0] ? ": " : "", reason);
    else if (reason[0] && c->request.check == CHECK_LOAD_OPEN)
        check_warn(c, "open() warned: %s", reason);
    return status == ADIT_OK;
}

void check_close(struct check *c, void *state)
{
    if (!c->plugin.table->close)
        return;
    check_what(c, "close()");
    check_enter(c, CHECK_PHASE_CLOSE);
    c->plugin.table->close(state);
    check_leave(c);
}
