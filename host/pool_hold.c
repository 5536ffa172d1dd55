/* SPDX-License-Identifier: MIT */
/* Holding back: while the owner keeps as many results as it may, only what it waits for is run. Workers that are at something else
 * are ended, and their jobs run again later: so nobody waits for anybody, and what has come in stays bounded. */
#include "pool_impl.h"

static bool is_urgent(const struct pool *p, const struct pool_task *task)
{
    return p->options.events.urgent && p->options.events.urgent(p->options.events.context, task);
}

static bool has_urgent(const struct worker_process *w)
{
    for (size_t k = 0; k < w->batch_count; k++)
        for (size_t i = 0; i < w->batches[k].count; i++)
            if (!w->batches[k].task_ended[i] && is_urgent(w->domain->pool, w->batches[k].tasks[i]))
                return true;
    return false;
}

void pool_hold(struct pool *p, bool on)
{
    p->holding = on;
    for (size_t i = 0; on && i < p->domain_count; i++)
        for (size_t k = p->domains[i]->worker_count; k-- > 0;) {
            struct worker_process *w = p->domains[i]->workers[k];
            if (w->ready && w->batch_count > 0 && !has_urgent(w))
                worker_abandon(w);
        }
}

/* Brings the first task that is waited for to the front of the queue. False: there is none. */
bool hold_back_others(struct domain *d)
{
    struct pool_task *before = NULL, *task = d->first;
    while (task && !is_urgent(d->pool, task)) {
        before = task;
        task = task->next;
    }
    if (!task)
        return false;
    if (before) {
        before->next = task->next;
        if (d->last == task)
            d->last = before;
        task->next = d->first;
        d->first = task;
    }
    return true;
}
