/* SPDX-License-Identifier: MIT */
/* Processes that nobody ordered. Forks in a zygote are the host's own children, and in the zygote's process group, which no locked
 * process can leave: so each child is known, is being started, or is a stray. Only a zygote that a plugin's open() has taken over
 * can make one, since a fork needs the key (filter.h). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool_impl.h"

enum {
    LIST_BYTES = 64 * 1024,
    FORGOTTEN = 10000,
    /* A worker that ends before it could say hello is nobody's for a moment: a few are looked at again. */
    FEW = 4,
    LOOKS = 3,
};

/* Calls `visit` for the children of this thread, as far as the list holds them. */
static void each_child(void (*visit)(void *context, pid_t child), void *context)
{
    static char list[LIST_BYTES];
    char *rest = NULL;
    FILE *f = fopen("/proc/thread-self/children", "re");
    size_t n = f ? fread(list, 1, sizeof list - 1, f) : 0;
    if (f)
        (void)fclose(f);
    list[n] = '\0';
    for (const char *at = strtok_r(list, " ", &rest); at; at = strtok_r(NULL, " ", &rest))
        visit(context, (pid_t)strtol(at, NULL, 10));
}

/* Is it called as our locked processes are? They cannot change that. */
static bool is_locked_process(pid_t pid)
{
    char path[64], name[32];
    (void)snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *f = fopen(path, "re");
    bool ours = f && fgets(name, sizeof name, f) && strcmp(name, "adit-zygote\n") == 0;
    if (f)
        (void)fclose(f);
    return ours;
}

/* ---- while the pool runs ---- */

struct census {
    struct pool *pool;
    size_t starting; /* workers of any domain whose number is not known yet */
};

static size_t starting_in(const struct domain *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->worker_count; i++)
        n += d->workers[i]->pid == 0;
    return n;
}

static bool is_known(const struct pool *p, pid_t pid)
{
    for (size_t i = 0; i < p->domain_count; i++) {
        const struct domain *d = p->domains[i];
        if (d->pid == pid)
            return true;
        for (size_t k = 0; k < d->worker_count; k++)
            if (d->workers[k]->pid == pid)
                return true;
    }
    return false;
}

static struct domain *domain_of_group(const struct pool *p, pid_t group)
{
    for (size_t i = 0; i < p->domain_count; i++)
        if (p->domains[i]->state != ZYGOTE_NONE && p->domains[i]->pid == group)
            return p->domains[i];
    return NULL;
}

static void count_child(void *context, pid_t pid)
{
    struct census *c = context;
    if (is_known(c->pool, pid))
        return;
    struct domain *d = domain_of_group(c->pool, getpgid(pid));
    if (d && process_has_ended(pid))
        (void)waitpid(pid, NULL, WNOHANG);
    else if (d)
        d->unknown++;
    else if (c->starting == 0 && is_locked_process(pid)) { /* of a zygote that is gone */
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
    }
}

/* The group is killed at once: a fork that is under way sees the signal, so that none slips through. */
static void end_group(struct domain *d, size_t strays)
{
    char why[128];
    d->strays = true;
    for (size_t i = d->worker_count; i-- > 0;)
        if (d->workers[i]->pid > 0 && getpgid(d->workers[i]->pid) == d->pid)
            worker_abandon(d->workers[i]);
    (void)kill(-d->pid, SIGKILL);
    if (d->state == ZYGOTE_LOADING) /* whose open() it is shows there: zygote_on_death */
        return;
    (void)snprintf(why, sizeof why, "%zu process%s that adit did not order ran in it", strays, strays == 1 ? "" : "es");
    domain_give_up(d, PART_DENIED, why);
}

void strays_check(struct pool *p)
{
    struct census c = {.pool = p};
    for (size_t i = 0; i < p->domain_count; i++) {
        p->domains[i]->unknown = 0;
        c.starting += starting_in(p->domains[i]);
    }
    each_child(count_child, &c);
    for (size_t i = 0; i < p->domain_count; i++) {
        struct domain *d = p->domains[i];
        size_t starting = starting_in(d), strays = d->unknown > starting ? d->unknown - starting : 0;
        d->strays_seen = strays ? d->strays_seen + 1 : 0;
        if (!d->strays && (strays > FEW || d->strays_seen >= LOOKS))
            end_group(d, strays);
    }
}

/* ---- at the end ---- */

static void keep_first(void *context, pid_t pid)
{
    pid_t *first = context;
    if (*first == 0 && is_locked_process(pid))
        *first = pid;
}

/* Workers that never said hello are not known by number. */
void strays_end(void)
{
    for (int i = 0; i < FORGOTTEN; i++) {
        pid_t stray = 0;
        each_child(keep_first, &stray);
        if (stray == 0)
            return;
        (void)kill(stray, SIGKILL);
        (void)waitpid(stray, NULL, 0);
    }
}
