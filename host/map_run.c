/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "map_run_impl.h"
#include "path_text.h"

enum { IDLE_MS = 100, MAX_WARNINGS = 64 * 1024 };

/* ---- reasons ---- */

uint8_t map_run_fault(struct map_run *r, const char *plugin, const char *why)
{
    char text[600];
    (void)snprintf(text, sizeof text, "%s: %s", plugin, why);
    for (size_t i = 0; i < r->reason_count; i++)
        if (strcmp(r->reasons[i], text) == 0)
            return (uint8_t)(MAP_FAULT_FAILED + i);
    if (r->reason_count < MAP_REASONS) {
        r->reasons[r->reason_count] = strdup(text);
        if (!r->reasons[r->reason_count])
            r->out_of_memory = true;
        else
            r->reason_count++;
    }
    return (uint8_t)(MAP_FAULT_FAILED + (r->reason_count ? r->reason_count - 1 : 0));
}

const char *map_run_reason(const struct map_run *r, uint8_t fault)
{
    size_t i = fault >= MAP_FAULT_FAILED ? (size_t)fault - MAP_FAULT_FAILED : MAP_REASONS;
    return i < r->reason_count ? r->reasons[i] : "";
}

static const char *name_of(const struct map_run *r, uint32_t plugin)
{
    return r->options.registry->plugins[plugin].conf.name;
}

/* Keeps a warning, unless it is there already. */
static void warn(struct map_run *r, uint32_t plugin, const char *text, size_t size)
{
    struct buf line = BUF_INIT;
    buf_addf(&line, "%s: ", name_of(r, plugin));
    (void)path_text_visible(&line, text, size < 512 ? size : 512, SIZE_MAX, NULL);
    buf_putc(&line, '\n');
    bool told = r->warnings.size > 0 && memmem(r->warnings.data, r->warnings.size, line.data, line.size);
    if (!line.failed && !told && r->warnings.size < MAX_WARNINGS)
        buf_add(&r->warnings, line.data, line.size);
    buf_release(&line);
}

const char *map_run_warnings(struct map_run *r)
{
    return buf_cstr(&r->warnings);
}

/* ---- what the pool tells ---- */

static void on_warned(void *context, uint32_t plugin, const char *text)
{
    warn(context, plugin, text, strlen(text));
}

static void on_begun(void *context, struct pool_task *task, uint32_t plugin)
{
    (void)context;
    (void)task;
    (void)plugin;
}

static void on_record(void *context, struct pool_task *task, uint32_t plugin, const struct wire_record_head *head,
                      const uint8_t *payload)
{
    struct map_run *r = context;
    struct map_task *t = task->owner;
    if (head->kind == RECORD_LINKS && !map_links_add_record(&t->links, payload, head->size))
        r->out_of_memory = true;
    if (head->kind == RECORD_WARN) {
        buf_reset(&t->warning);
        buf_add(&t->warning, payload, head->size);
        warn(r, plugin, (const char *)payload, head->size);
    }
}

static void on_ended(void *context, struct pool_task *task, uint32_t plugin, const struct wire_job_end *end)
{
    static const char *const names[] = {"ok", "declined", "malformed", "unsupported", "failed"};
    struct map_run *r = context;
    struct map_task *t = task->owner;
    t->limited = (end->flags & JOB_END_LIMIT) != 0;
    if (end->status == ADIT_OK && !t->limited)
        return;
    char why[400];
    bool known = end->status > 0 && (size_t)end->status < sizeof names / sizeof *names;
    (void)snprintf(why, sizeof why, "%s%s%.*s",
                   t->limited ? "more links than [limits] output allows"
                   : known    ? names[end->status]
                              : "failed",
                   t->warning.size ? ": " : "", (int)(t->warning.size < 300 ? t->warning.size : 300),
                   t->warning.size ? t->warning.data : "");
    t->fault = map_run_fault(r, name_of(r, plugin), why);
}

/* A crash over a single identifier is that identifier's: over more of them, halves will tell. */
static void note_loss(struct map_run *r, const struct map_task *t, uint32_t plugin, const char *reason)
{
    enum { SHOWN = 512 };
    const struct plugin *p = &r->options.registry->plugins[plugin];
    const struct map_edge *edge = t->flight->path->steps[t->flight->step];
    const char *at = (const char *)t->pool.memory;
    if (t->pool.map_ids != 1 || !p->has_module_digest)
        return;
    struct adit_text id = map_texts_next(&at);
    struct buf name = BUF_INIT;
    buf_addf(&name, "%s:", r->options.registry->namespaces[edge->backward ? edge->to : edge->from].name);
    buf_add(&name, id.data, id.size < SHOWN ? id.size : SHOWN);
    const struct quarantine_file asked = {name.data, name.size, ""};
    if (name.failed)
        r->out_of_memory = true;
    else if (quarantine_note(r->options.quarantine, p->conf.name, p->module_digest, &asked, reason))
        pool_disable(r->pool, plugin, PART_QUARANTINED, quarantine_reason(r->options.quarantine, p->conf.name, p->module_digest));
    buf_release(&name);
}

static void on_lost(void *context, struct pool_task *task, uint32_t plugin, enum part_status status, const char *reason)
{
    struct map_run *r = context;
    struct map_task *t = task->owner;
    char why[500];
    t->crashed = status == PART_CRASHED || status == PART_OUT_OF_MEMORY || status == PART_DENIED;
    r->crashes += t->crashed;
    if (status == PART_CRASHED || status == PART_TIMEOUT)
        note_loss(r, t, plugin, reason);
    (void)snprintf(why, sizeof why, "%s: %s", part_status_name(status), reason);
    t->fault = map_run_fault(r, name_of(r, plugin), why);
    if (r->crashes == MAP_CRASHES)
        pool_disable(r->pool, plugin, status, "crashed too often in this run");
}

static void on_again(void *context, struct pool_task *task, uint32_t plugin)
{
    struct map_task *t = task->owner;
    (void)context;
    (void)plugin;
    t->links.count = 0;
    t->links.unsorted = false;
    buf_reset(&t->links.bytes);
}

static void on_sealed(void *context, uint32_t plugin, const unsigned char digest[32])
{
    struct map_run *r = context;
    registry_set_digest(r->options.registry, &r->options.registry->plugins[plugin], digest);
}

static void on_done(void *context, struct pool_task *task)
{
    struct map_task *t = task->owner;
    (void)context;
    if (--t->flight->pending == 0)
        map_flight_stepped(t->flight);
}

void map_run_submit(struct map_run *r, struct map_task *t)
{
    t->pool.owner = t;
    pool_want(r->pool, t->pool.domain, t->pool.jobs[0]);
    pool_submit(r->pool, &t->pool);
}

/* ---- chunks ---- */

void map_run_landed(struct map_flight *f)
{
    f->chunk->done = true;
    f->chunk->run = NULL;
    f->next = f->run->spare_flights;
    f->run->spare_flights = f;
}

static struct map_chunk *take_chunk(struct map_run *r)
{
    struct map_chunk *c = r->spare;
    if (!c)
        return map_chunk_new();
    r->spare = c->next;
    map_chunk_reset(c);
    return c;
}

static void give_chunk(struct map_run *r, struct map_chunk *c)
{
    c->next = r->spare;
    r->spare = c;
}

static bool copy_half(struct map_chunk *from, struct map_chunk *to, uint32_t begin)
{
    const char *at = from->inputs.bytes.data, *row = from->rows.bytes.data;
    for (uint32_t i = 0; i < begin; i++) {
        (void)map_texts_next(&at);
        if (from->rows.count)
            (void)map_texts_next(&row);
    }
    const char *inputs_end = from->inputs.bytes.data + from->inputs.bytes.size,
               *rows_end = from->rows.bytes.data + from->rows.bytes.size;
    buf_add(&to->inputs.bytes, at, (size_t)(inputs_end - at));
    to->inputs.count = from->inputs.count - begin;
    if (from->rows.count) {
        buf_add(&to->rows.bytes, row, (size_t)(rows_end - row));
        to->rows.count = to->inputs.count;
        from->rows.bytes.size = (size_t)(row - from->rows.bytes.data);
        from->rows.count = begin;
    }
    from->inputs.bytes.size = (size_t)(at - from->inputs.bytes.data);
    from->inputs.count = begin;
    to->plain = from->plain;
    to->first = from->first + begin;
    for (uint32_t i = 0; from->faults && i < to->inputs.count; i++)
        if (from->faults[begin + i] && !map_chunk_set_fault(to, i, from->faults[begin + i]))
            return false;
    return !to->inputs.bytes.failed && !to->rows.bytes.failed;
}

/* Forgets what came of a chunk. */
static void begin_anew(struct map_chunk *c)
{
    free(c->input_of);
    free(c->part_of);
    c->input_of = c->part_of = NULL;
    c->composite = false;
    free(c->found);
    c->found = NULL;
    c->found_capacity = 0;
    c->links.count = 0;
    c->links.unsorted = false;
    buf_reset(&c->links.bytes);
    buf_reset(&c->through);
    for (uint32_t i = 0; c->faults && i < c->inputs.count; i++)
        c->faults[i] = c->faults[i] >= MAP_FAULT_FAILED ? 0 : c->faults[i];
}

bool map_run_split(struct map_flight *f)
{
    struct map_run *r = f->run;
    struct map_chunk *c = f->chunk, *half = take_chunk(r);
    if (!half)
        return false;
    begin_anew(c);
    if (!copy_half(c, half, c->inputs.count / 2)) {
        map_chunk_free(half);
        return false;
    }
    half->next = c->next;
    c->next = half;
    if (r->last == c)
        r->last = half;
    r->under_way++;
    map_run_landed(f);
    c->done = false;
    map_flight_start(r, c);
    map_flight_start(r, half);
    return true;
}

/* ---- the loop ---- */

static int hand_out(struct map_run *r)
{
    int rc = 0;
    while (rc == 0 && r->first && r->first->done) {
        struct map_chunk *c = r->first;
        r->first = c->next;
        if (!r->first)
            r->last = NULL;
        r->under_way--;
        rc = r->options.take(r->options.context, c);
        give_chunk(r, c);
    }
    return rc;
}

/* 1: took a chunk in; 0: the input has ended; -EAGAIN; another negative errno. */
static int take_in(struct map_run *r, struct err *e)
{
    struct map_chunk *c = take_chunk(r);
    if (!c)
        return err_set(e, -ENOMEM, "out of memory");
    int got = map_input_next(r->options.input, c, r->under_way == 0, e);
    if (got <= 0) {
        give_chunk(r, c);
        return got;
    }
    c->first = r->next_input;
    r->next_input += c->inputs.count;
    if (r->last)
        r->last->next = c;
    else
        r->first = c;
    r->last = c;
    r->under_way++;
    map_flight_start(r, c);
    return 1;
}

static int wait_for_more(struct map_run *r, bool starved, struct err *e)
{
    if (r->under_way == 0) {
        struct pollfd p = {.fd = map_input_fd(r->options.input), .events = POLLIN};
        int rc = r->options.flush(r->options.context);
        if (rc == 0 && starved)
            (void)poll(&p, 1, -1);
        return rc < 0 ? err_set(e, rc, "cannot write the results: %s", strerror(-rc)) : 0;
    }
    return pool_wait(r->pool, IDLE_MS, starved ? map_input_fd(r->options.input) : -1, e);
}

int map_run_all(struct map_run *r, struct err *e)
{
    bool ended = false;
    for (;;) {
        bool starved = false;
        if (r->out_of_memory) /* a chunk that seems done may lack what there was no memory for */
            return err_set(e, -ENOMEM, "out of memory");
        if (r->cache)
            cache_tick(r->options.cache);
        int rc = hand_out(r);
        if (rc < 0)
            return err_set(e, rc, "cannot write the results: %s", strerror(-rc));
        if (r->options.interrupted && *r->options.interrupted)
            return -EINTR;
        if (ended && !r->first)
            return 0;
        if (!ended && r->under_way < r->window) {
            rc = take_in(r, e);
            if (rc < 0 && rc != -EAGAIN)
                return rc;
            ended = rc == 0;
            starved = rc == -EAGAIN;
            if (rc == 1 && (rc = pool_wait(r->pool, 0, -1, e)) < 0)
                return rc;
            if (!starved)
                continue;
        }
        rc = wait_for_more(r, starved, e);
        if (rc < 0)
            return rc;
    }
}

/* ---- opening ---- */

static bool add_uses(struct map_run *r, const struct map_path *path)
{
    for (size_t i = 0; path && i < path->count; i++) {
        const struct map_edge *edge = path->steps[i];
        bool known = false;
        for (size_t k = 0; k < r->use_count && !known; k++)
            known = r->uses[k].plugin == edge->plugin && r->uses[k].backward == edge->backward;
        if (known)
            continue;
        struct map_use *uses = realloc(r->uses, (r->use_count + 1) * sizeof *uses);
        if (!uses)
            return false;
        r->uses = uses;
        r->uses[r->use_count++] = (struct map_use){.plugin = edge->plugin, .backward = edge->backward};
    }
    return true;
}

static bool find_domains(struct map_run *r)
{
    const struct registry *registry = r->options.registry;
    r->domains = calloc(registry->count + 1, sizeof *r->domains);
    for (size_t i = 0; r->domains && i < r->use_count; i++)
        if (pool_domain(r->pool, registry_process(registry, &registry->plugins[r->uses[i].plugin]), &r->domains[r->uses[i].plugin]) != 0)
            return false;
    return r->domains != NULL;
}

int map_run_open(const struct map_run_options *options, struct map_run **out, struct err *e)
{
    struct map_run *r = calloc(1, sizeof *r);
    if (!r)
        return err_set(e, -ENOMEM, "out of memory");
    r->options = *options;
    const struct pool_options pool = {
        .registry = options->registry,
        .workers = options->workers,
        .sandbox = options->sandbox,
        .strict = options->strict,
        .debug = options->debug,
        .kept = options->kept,
        .prefix = options->prefix,
        .events = {.context = r,
                   .job_begun = on_begun,
                   .record = on_record,
                   .job_ended = on_ended,
                   .job_lost = on_lost,
                   .job_again = on_again,
                   .sealed = on_sealed,
                   .task_done = on_done,
                   .warned = on_warned},
    };
    bool done = true, keeps = false;
    for (size_t i = 0; i < options->path_count && done; i++)
        done = add_uses(r, &options->paths[i]);
    done = done && (!options->validate || add_uses(r, options->back));
    for (size_t i = 0; i < r->use_count; i++)
        keeps |= options->registry->plugins[r->uses[i].plugin].conf.map.cache;
    if (keeps && options->cache)
        done = (r->cache = map_cache_new(options->cache, options->registry)) != NULL && done;
    int rc = done ? pool_open(&pool, &r->pool, e) : err_set(e, -ENOMEM, "out of memory");
    if (rc == 0 && !find_domains(r))
        rc = err_set(e, -ENOMEM, "out of memory");
    r->window = 2 * (options->workers ? options->workers : 2) + 2;
    if (rc < 0) {
        map_run_close(r);
        return rc;
    }
    *out = r;
    return 0;
}

struct map_use *map_run_use(struct map_run *r, const struct map_edge *edge)
{
    struct map_use *use = r->uses;
    while (use->plugin != edge->plugin || use->backward != edge->backward)
        use++;
    return use;
}

const struct map_use *map_run_uses(const struct map_run *r, size_t *count)
{
    *count = r->use_count;
    return r->uses;
}

void map_run_stats(const struct map_run *r, struct pool_stats *out)
{
    pool_stats(r->pool, out);
}

static void free_chunks(struct map_chunk *c)
{
    while (c) {
        struct map_chunk *next = c->next;
        map_flight_free(c->run);
        map_chunk_free(c);
        c = next;
    }
}

void map_run_close(struct map_run *r)
{
    if (!r)
        return;
    pool_close(r->pool);
    free_chunks(r->first);
    free_chunks(r->spare);
    while (r->spare_flights) {
        struct map_flight *f = r->spare_flights;
        r->spare_flights = f->next;
        map_flight_free(f);
    }
    for (size_t i = 0; i < r->reason_count; i++)
        free(r->reasons[i]);
    map_cache_free(r->cache);
    buf_release(&r->warnings);
    free(r->uses);
    free(r->domains);
    free(r);
}
