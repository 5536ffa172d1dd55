/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "graph.h"
#include "registry_impl.h"

/* Paths tried before giving up on listing more: their number can grow exponentially. */
enum { MAX_STEPS = 200000 };

struct cycles {
    struct registry *r;
    struct err *e;
    bool *on_cycle; /* by plugin */
    bool *reaches;  /* the present start, through plugins not before it */
    bool *on_path;
    uint32_t *path, *edge; /* a path from the start, and the next edge to try at each of its plugins */
    uint32_t *queue;
    size_t found, steps;
};

static uint32_t edge_count(const struct plugin *p)
{
    return p->hard_count + p->soft_count;
}

static uint32_t edge_target(const struct plugin *p, uint32_t i)
{
    return i < p->hard_count ? p->hard[i] : p->soft[i - p->hard_count];
}

/* Marks in `reaches` what leads to `start` without passing a plugin before `from`. Returns whether start itself does.
 */
static bool mark_reaching(struct cycles *c, uint32_t start, uint32_t from)
{
    const struct registry *r = c->r;
    memset(c->reaches, 0, r->count * sizeof *c->reaches);
    size_t head = 0, tail = 0;
    c->queue[tail++] = start;
    while (head < tail) {
        const struct plugin *p = &r->plugins[c->queue[head++]];
        for (size_t i = 0; i < p->dependent_count; i++) {
            uint32_t next = p->dependents[i];
            if (next < from || c->reaches[next])
                continue;
            c->reaches[next] = true;
            if (next != start)
                c->queue[tail++] = next;
        }
    }
    return c->reaches[start];
}

/* path[0..count) as "a -> b -> a". */
static int report(struct cycles *c, size_t count)
{
    struct buf text = BUF_INIT;
    const struct registry *r = c->r;
    for (size_t i = 0; i < count; i++)
        buf_addf(&text, "%s -> ", r->plugins[c->path[i]].conf.name);
    const struct plugin *first = &r->plugins[c->path[0]];
    buf_adds(&text, first->conf.name);
    bool done = findings_add(&c->r->findings, FINDING_ERROR, "graph.cycle", first->conf_path, 0, 0,
                             "remove one of these needs", "plugins need each other in a circle: %s", buf_cstr(&text));
    for (size_t i = 0; done && i < count; i++)
        done = registry_break(c->r, &c->r->plugins[c->path[i]], "is in a circle of needs: %s", buf_cstr(&text));
    done = done && !text.failed;
    buf_release(&text);
    c->found++;
    return done ? 0 : err_set(c->e, -ENOMEM, "out of memory");
}

/* All elementary cycles whose smallest plugin is `start`, depth first. */
static int list_from(struct cycles *c, uint32_t start)
{
    size_t depth = 1;
    c->path[0] = start;
    c->edge[0] = 0;
    c->on_path[start] = true;
    int rc = 0;
    while (depth > 0 && rc == 0) {
        const struct plugin *p = &c->r->plugins[c->path[depth - 1]];
        bool enough = c->found >= GRAPH_MAX_CYCLES || c->steps >= MAX_STEPS;
        if (enough || c->edge[depth - 1] == edge_count(p)) {
            c->on_path[c->path[--depth]] = false;
            continue;
        }
        uint32_t next = edge_target(p, c->edge[depth - 1]++);
        c->steps++;
        if (next == start) {
            rc = report(c, depth);
        } else if (next > start && c->reaches[next] && !c->on_path[next]) {
            c->path[depth] = next;
            c->edge[depth] = 0;
            c->on_path[next] = true;
            depth++;
        }
    }
    return rc;
}

static int list_all(struct cycles *c)
{
    struct registry *r = c->r;
    for (uint32_t i = 0; i < r->count; i++)
        c->on_cycle[i] = mark_reaching(c, i, 0);
    for (uint32_t i = 0; i < r->count; i++) {
        if (!c->on_cycle[i] || c->found >= GRAPH_MAX_CYCLES || !mark_reaching(c, i, i))
            continue;
        int rc = list_from(c, i);
        if (rc < 0)
            return rc;
    }
    bool more = c->found >= GRAPH_MAX_CYCLES || c->steps >= MAX_STEPS;
    if (more && !findings_add(&r->findings, FINDING_NOTE, "graph.cycle.more", "", 0, 0, "",
                              "there may be more circles of needs than the %zu listed", c->found))
        return err_set(c->e, -ENOMEM, "out of memory");
    for (uint32_t i = 0; i < r->count; i++) {
        if (c->on_cycle[i] && !registry_break(r, &r->plugins[i], "is in a circle of needs"))
            return err_set(c->e, -ENOMEM, "out of memory");
    }
    return 0;
}

int graph_find_cycles(struct registry *r, struct err *e)
{
    size_t n = r->count + 1;
    struct cycles c = {
        .r = r,
        .e = e,
        .on_cycle = calloc(n, sizeof *c.on_cycle),
        .reaches = calloc(n, sizeof *c.reaches),
        .on_path = calloc(n, sizeof *c.on_path),
        .path = calloc(n, sizeof *c.path),
        .edge = calloc(n, sizeof *c.edge),
        .queue = calloc(n, sizeof *c.queue),
    };
    bool ready = c.on_cycle && c.reaches && c.on_path && c.path && c.edge && c.queue;
    int rc = ready ? list_all(&c) : err_set(e, -ENOMEM, "out of memory");
    free(c.on_cycle);
    free(c.reaches);
    free(c.on_path);
    free(c.path);
    free(c.edge);
    free(c.queue);
    return rc;
}
