/* SPDX-License-Identifier: MIT */
/* One chunk's way: what a step answers is what the next one is asked, until the ways end and the links are the inputs' own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "map_level.h"
#include "map_run_impl.h"

static void release_tasks(struct map_flight *f)
{
    for (size_t i = 0; i < f->task_count; i++) {
        map_links_release(&f->tasks[i].links);
        buf_release(&f->tasks[i].warning);
    }
    f->task_count = 0;
}

void map_flight_free(struct map_flight *f)
{
    if (!f)
        return;
    release_tasks(f);
    for (size_t i = 0; i < f->level_capacity; i++) {
        buf_release(&f->levels[i].texts.bytes);
        free(f->levels[i].entries);
    }
    map_seen_release(&f->seen);
    map_links_release(&f->kept);
    buf_release(&f->missing.bytes);
    free(f->missing_of);
    free(f->levels);
    free(f->tasks);
    free(f);
}

/* ---- levels ---- */

static struct map_level *top(const struct map_flight *f)
{
    return &f->levels[f->level_count - 1];
}

/* An empty one; levels keep their memory. False: no memory. */
static bool push_level(struct map_flight *f)
{
    size_t before = f->level_capacity;
    if (!vec_grow(&f->levels, &f->level_capacity, f->level_count + 1, sizeof *f->levels))
        return false;
    memset(f->levels + before, 0, (f->level_capacity - before) * sizeof *f->levels);
    struct map_level *l = &f->levels[f->level_count++];
    buf_reset(&l->texts.bytes);
    l->texts.count = 0;
    map_seen_reset(&f->seen);
    return true;
}

/* ---- results ---- */

static bool add_found(struct map_chunk *c, uint32_t input, struct adit_text target, uint32_t flags,
                      struct map_found found)
{
    if (!vec_grow(&c->found, &c->found_capacity, c->links.count + 1, sizeof *c->found))
        return false;
    c->found[c->links.count] = found;
    return map_links_add(&c->links, input, target, flags);
}

/* The identifiers between the first level and this entry of level `level`. */
static bool add_through(struct map_flight *f, size_t level, uint32_t entry, struct map_found *found)
{
    struct buf *b = &f->chunk->through;
    uint32_t chain[64];
    size_t n = 0;
    for (size_t at = level; at > 1 && n < sizeof chain / sizeof *chain; at--)
        chain[n++] = entry = f->levels[at].entries[entry].parent;
    found->through = (uint32_t)b->size;
    for (size_t i = n; i-- > 0;) {
        const struct adit_text text = map_level_text(&f->levels[level - 1 - i], chain[i]);
        buf_add(b, text.data, text.size);
        if (i > 0)
            buf_putc(b, '>');
    }
    found->through_size = (uint32_t)(b->size - found->through);
    return !b->failed;
}

/* An entry of a level of the way there, as a result. */
static bool add_result(struct map_flight *f, size_t level, uint32_t entry, struct adit_text target, uint32_t flags,
                       int validation)
{
    struct map_chunk *c = f->chunk;
    uint32_t root = f->levels[level].entries[entry].root;
    struct map_found found = {.path = (uint16_t)f->way, .validation = (uint8_t)validation, .part = c->part_of[root]};
    return add_through(f, level, entry, &found) && add_found(c, c->input_of[root], target, flags, found);
}

/* ---- the first level ---- */

static bool add_first(struct map_flight *f, uint32_t input, uint32_t part, const char *text, size_t size)
{
    struct map_level *l = top(f);
    uint32_t entry = l->texts.count;
    f->chunk->input_of[entry] = input;
    f->chunk->part_of[entry] = part;
    return map_level_add(l, (struct adit_text){text, size}, (struct map_level_entry){.root = entry});
}

static bool add_parts(struct map_flight *f, uint32_t input, struct adit_text text)
{
    const struct map_run_options *o = &f->run->options;
    size_t between = o->composite ? strlen(o->separator) : 0;
    const char *at = text.data, *end = text.data + text.size;
    for (uint32_t part = 0;; part++) {
        const char *stop = between ? memmem(at, (size_t)(end - at), o->separator, between) : NULL;
        bool last = !stop || o->composite == MAP_COMPOSITE_FIRST;
        stop = stop ? stop : end;
        f->chunk->composite |= part > 0 || !last;
        if (stop > at && !add_first(f, input, part, at, (size_t)(stop - at)))
            return false;
        if (last)
            return true;
        at = stop + between;
    }
}

/* Each separator makes one more entry. */
static size_t most_entries(const struct map_flight *f)
{
    return f->chunk->inputs.count + (f->run->options.composite ? f->chunk->inputs.bytes.size : 0);
}

static bool build_first(struct map_flight *f)
{
    struct map_chunk *c = f->chunk;
    const char *at = c->inputs.bytes.data;
    c->input_of = malloc((most_entries(f) + 1) * sizeof *c->input_of);
    c->part_of = malloc((most_entries(f) + 1) * sizeof *c->part_of);
    f->level_count = 0;
    if (!c->input_of || !c->part_of || !push_level(f))
        return false;
    for (uint32_t i = 0; i < c->inputs.count; i++) {
        const struct adit_text text = map_texts_next(&at);
        if (!(c->faults && c->faults[i]) && !add_parts(f, i, text))
            return false;
    }
    return true;
}

/* ---- steps ---- */

static const struct map_edge *edge_of(const struct map_flight *f)
{
    return f->path->steps[f->step];
}

static bool add_task(struct map_flight *f, const char *at, size_t size, uint32_t begin, uint32_t count)
{
    const struct map_edge *edge = edge_of(f);
    if (!vec_grow(&f->tasks, &f->task_capacity, f->task_count + 1, sizeof *f->tasks))
        return false;
    f->tasks[f->task_count++] = (struct map_task){
        .flight = f,
        .begin = begin,
        .pool = {.domain = f->run->domains[edge->plugin],
                 .jobs = {edge->plugin},
                 .job_count = 1,
                 .fd = -1,
                 .memory = (const uint8_t *)at,
                 .size = size,
                 .map_ids = count,
                 .flags = (uint16_t)(WIRE_TASK_MAP | (edge->backward ? WIRE_TASK_MAP_BACKWARD : 0))},
    };
    return true;
}

/* Cuts the texts into tasks, and hands them to the mapper. */
static bool ask(struct map_flight *f, const struct map_texts *t)
{
    const char *at = t->bytes.data, *from = at;
    uint32_t begin = 0;
    release_tasks(f);
    at += t->bytes.size <= WIRE_IDS ? t->bytes.size : 0; /* all in one, mostly */
    for (uint32_t i = 0; i < t->count && at < t->bytes.data + t->bytes.size; i++) {
        const char *next = at;
        (void)map_texts_next(&next);
        if ((size_t)(next - from) > WIRE_IDS) {
            if (!add_task(f, from, (size_t)(at - from), begin, i - begin))
                return false;
            from = at;
            begin = i;
        }
        at = next;
    }
    if (!add_task(f, from, (size_t)(at - from), begin, t->count - begin))
        return false;
    f->pending = f->task_count;
    for (size_t i = 0; i < f->task_count; i++)
        map_run_submit(f->run, &f->tasks[i]);
    return true;
}

static bool go_on(struct map_flight *f);
static bool stepped(struct map_flight *f);

static bool next_way(struct map_flight *f)
{
    const struct map_run_options *o = &f->run->options;
    f->back = false;
    f->step = 0;
    f->level_count = 1;
    if (f->way == o->path_count) {
        struct map_chunk *c = f->chunk;
        bool done = map_links_sort(&c->links, c->inputs.count, c->found, sizeof *c->found);
        map_run_landed(f);
        return done;
    }
    f->path = &o->paths[f->way];
    return go_on(f);
}

/* All that the way there led to, with what the way back said (NULL: there was none). */
static bool add_results(struct map_flight *f, size_t level, const uint8_t *validations)
{
    const struct map_level *l = &f->levels[level];
    int otherwise = f->run->options.validate ? MAP_NO_REVERSE_PATH : MAP_NOT_ASKED;
    for (uint32_t i = 0; i < l->texts.count; i++)
        if (!add_result(f, level, i, map_level_text(l, i), l->entries[i].flags,
                        validations ? validations[i] : otherwise))
            return false;
    f->way++;
    return next_way(f);
}

/* From every target back again. */
static bool turn_back(struct map_flight *f)
{
    size_t end = f->level_count - 1;
    f->forward_levels = f->level_count;
    f->back = true;
    f->step = 0;
    f->path = f->run->options.back;
    if (!push_level(f))
        return false;
    for (uint32_t i = 0; i < f->levels[end].texts.count; i++)
        if (!map_level_add(top(f), map_level_text(&f->levels[end], i), (struct map_level_entry){.root = i}))
            return false;
    return go_on(f);
}

/* Does what each target leads back to have the identifier that led to it, and does it have others? */
static bool judge_back(struct map_flight *f)
{
    enum { SELF = 1, OTHER = 2 };
    size_t end = f->forward_levels - 1;
    const struct map_level *there = &f->levels[end], *back = top(f);
    uint8_t *verdicts = calloc((size_t)there->texts.count + 1, 1);
    if (!verdicts)
        return false;
    for (uint32_t i = 0; i < back->texts.count; i++) {
        uint32_t target = back->entries[i].root;
        const struct adit_text text = map_level_text(back, i),
                               asked = map_level_text(&f->levels[0], there->entries[target].root);
        bool self = text.size == asked.size && memcmp(text.data, asked.data, text.size) == 0;
        verdicts[target] |= self ? SELF : OTHER;
    }
    for (uint32_t i = 0; i < there->texts.count; i++)
        verdicts[i] = !(verdicts[i] & SELF)   ? MAP_NO_REVERSE_PATH
                      : (verdicts[i] & OTHER) ? MAP_AMBIGUOUS_BACK
                                              : MAP_VALIDATED;
    bool done = add_results(f, end, verdicts);
    free(verdicts);
    return done;
}

/* Asks the next step, or ends the way. */
static bool go_on(struct map_flight *f)
{
    if (f->step < f->path->count && top(f)->texts.count > 0) {
        f->cached = f->run->cache && f->run->options.registry->plugins[edge_of(f)->plugin].conf.map.cache;
        if (!f->cached)
            return ask(f, &top(f)->texts);
        if (!map_kept_look_up(f, top(f)))
            return false;
        release_tasks(f);
        return f->missing.count > 0 ? ask(f, &f->missing) : stepped(f);
    }
    if (f->back)
        return judge_back(f);
    /* Where nothing is left half-way, the last level is empty. */
    if (f->run->options.validate && f->run->options.back && top(f)->texts.count > 0)
        return turn_back(f);
    return add_results(f, f->level_count - 1, NULL);
}

/* The inputs behind a task's identifiers could not be looked up. */
static bool fail_inputs(struct map_flight *f, const struct map_task *t, const struct map_level *asked)
{
    struct map_chunk *c = f->chunk;
    for (uint32_t i = t->begin; i < t->begin + t->pool.map_ids; i++) {
        uint32_t root = asked->entries[f->cached ? f->missing_of[i] : i].root;
        if (f->back)
            root = f->levels[f->forward_levels - 1].entries[root].root;
        if (!map_chunk_set_fault(c, c->input_of[root], t->fault))
            return false;
    }
    return true;
}

/* Makes the next level's entries of links, whose ids count from `begin`. 0; -ENOMEM; -E2BIG. */
static int collect_links(struct map_flight *f, const struct map_links *links, uint32_t begin)
{
    size_t asked = f->level_count - 2;
    const char *at = links->bytes.data;
    int rc = 0;
    for (size_t i = 0; i < links->count && rc == 0; i++) {
        const struct link_head *head = &links->heads[i];
        const struct map_level_entry *entry = &f->levels[asked].entries[begin + head->id];
        const struct adit_text target = {at, head->size_flags >> 8};
        uint32_t flags = entry->flags | (head->size_flags & 0xff);
        at += target.size;
        if (target.size > 0)
            rc = map_level_add_once(top(f), &f->seen, target,
                                    (struct map_level_entry){entry->root, begin + head->id, flags, 0});
        else if (!f->back && !add_result(f, asked, begin + head->id, target, flags, MAP_NOT_ASKED))
            rc = -ENOMEM;
    }
    return rc;
}

static void count_use(struct map_flight *f, const struct map_task *t)
{
    struct map_use *use = map_run_use(f->run, edge_of(f));
    uint32_t before = UINT32_MAX;
    uint64_t known = 0;
    for (size_t i = 0; i < t->links.count; i++) {
        known += t->links.heads[i].id != before;
        before = t->links.heads[i].id;
    }
    use->asked += t->pool.map_ids;
    use->known += known;
}

/* All tasks' answers. 0; -ENOMEM; -E2BIG. */
static int collect(struct map_flight *f)
{
    const struct map_level *asked = &f->levels[f->level_count - 2];
    int rc = 0;
    for (size_t i = 0; i < f->task_count && rc == 0; i++) {
        struct map_task *t = &f->tasks[i];
        if (!map_links_sort(&t->links, t->pool.map_ids, NULL, 0) || (t->fault && !fail_inputs(f, t, asked)))
            return -ENOMEM;
        count_use(f, t);
        if (!t->fault && !f->cached)
            rc = collect_links(f, &t->links, t->begin);
    }
    if (rc == 0 && f->cached)
        rc = map_kept_join(f, asked) ? collect_links(f, &f->kept, 0) : -ENOMEM;
    return rc;
}

/* All links of the only step are the inputs' own. */
static bool end_simple(struct map_flight *f)
{
    struct map_chunk *c = f->chunk;
    struct map_task *t = &f->tasks[0];
    struct map_links links = c->links;
    if (!map_links_sort(&t->links, c->inputs.count, NULL, 0))
        return false;
    count_use(f, t);
    for (uint32_t i = 0; t->fault && i < c->inputs.count; i++)
        if (!map_chunk_set_fault(c, i, t->fault))
            return false;
    if (!t->fault) { /* a part of an answer would pass for all of it */
        c->links = t->links;
        t->links = links;
    }
    map_run_landed(f);
    return true;
}

/* Too much for one answer, or one identifier's fault: halves may do better. */
static bool may_split(struct map_flight *f)
{
    for (size_t i = 0; i < f->task_count; i++)
        if (f->tasks[i].limited || (f->tasks[i].crashed && f->run->crashes < MAP_CRASHES))
            return f->chunk->inputs.count > 1;
    return false;
}

static bool stepped(struct map_flight *f)
{
    int rc = 0;
    if (may_split(f))
        return map_run_split(f);
    if (f->simple)
        return end_simple(f);
    if (!push_level(f))
        return false;
    rc = collect(f);
    if (rc == -E2BIG && f->chunk->inputs.count > 1)
        return map_run_split(f);
    if (rc == -E2BIG) {
        uint8_t fault = map_run_fault(f->run, f->run->options.registry->plugins[edge_of(f)->plugin].conf.name,
                                      "it leads to more than 64 MiB of identifiers");
        rc = map_chunk_set_fault(f->chunk, 0, fault) ? 0 : -ENOMEM;
    }
    f->step++;
    return rc == 0 && go_on(f);
}

void map_flight_stepped(struct map_flight *f)
{
    struct map_run *r = f->run;
    if (!stepped(f))
        r->out_of_memory = true;
}

static bool has_composites(const struct map_run_options *o, const struct map_chunk *c)
{
    return o->composite && *o->separator &&
           memmem(c->inputs.bytes.data, c->inputs.bytes.size, o->separator, strlen(o->separator)) != NULL;
}

void map_flight_start(struct map_run *r, struct map_chunk *c)
{
    const struct map_run_options *o = &r->options;
    struct map_flight *f = r->spare_flights;
    if (f)
        r->spare_flights = f->next;
    else if (!(f = calloc(1, sizeof *f))) {
        r->out_of_memory = true;
        return;
    }
    f->next = NULL;
    f->run = r;
    f->chunk = c;
    f->way = f->step = 0;
    f->path = &o->paths[0];
    c->run = f;
    f->simple = o->path_count == 1 && o->paths[0].count == 1 && !o->validate && !c->faults && !r->cache &&
                !has_composites(o, c);
    f->cached = false;
    if (f->simple ? !ask(f, &c->inputs) : !build_first(f) || !next_way(f))
        r->out_of_memory = true;
}
