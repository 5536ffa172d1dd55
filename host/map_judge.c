/* SPDX-License-Identifier: MIT */
#include "map_judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/vec.h"
#include "map_seen.h"

/* What one part of an input has come to. */
struct map_part {
    struct adit_text text;
    size_t targets; /* distinct ones */
    uint32_t flags; /* of the links */
    bool gone;      /* withdrawn without a replacement */
};

struct map_judge {
    struct map_judge_options options;
    struct id_pattern *pattern;
    struct map_target *targets;
    size_t capacity;
    struct map_part *parts;
    size_t part_capacity;
    struct map_seen seen, seen_in_part;
    struct buf joined, mismatch;
    bool failed;
};

const char *map_status_name(enum map_status s)
{
    static const char *const names[] = {"mapped",   "secondary", "ambiguous", "obsolete",
                                        "unmapped", "malformed", "failed"};
    return names[s];
}

const char *map_validation_name(enum map_validation v)
{
    static const char *const names[] = {"", "validated", "ambiguous", "no-reverse-path", "no-forward-target"};
    return names[v];
}

int map_judge_open(const struct map_judge_options *options, struct map_judge **out, struct err *e)
{
    struct map_judge *j = calloc(1, sizeof *j);
    if (!j)
        return err_set(e, -ENOMEM, "out of memory");
    j->options = *options;
    int rc = *options->pattern ? id_pattern_new(options->pattern, &j->pattern, e) : 0;
    buf_addf(&j->mismatch, "it does not match %s", options->pattern);
    if (rc < 0) {
        map_judge_free(j);
        return rc;
    }
    *out = j;
    return 0;
}

void map_judge_set_run(struct map_judge *j, const struct map_run *run)
{
    j->options.run = run;
}

void map_judge_free(struct map_judge *j)
{
    if (!j)
        return;
    id_pattern_free(j->pattern);
    map_seen_release(&j->seen);
    map_seen_release(&j->seen_in_part);
    buf_release(&j->joined);
    buf_release(&j->mismatch);
    free(j->targets);
    free(j->parts);
    free(j);
}

bool map_judge_failed(const struct map_judge *j)
{
    return j->failed;
}

static const char *fault_text(const struct map_judge *j, uint8_t fault)
{
    switch (fault) {
    case MAP_FAULT_EMPTY:
        return "it is empty";
    case MAP_FAULT_NUL:
        return "it has a NUL";
    case MAP_FAULT_UTF8:
        return "it is not UTF-8";
    case MAP_FAULT_LONG:
        return "it has more than 4096 bytes; its beginning is shown";
    case MAP_FAULT_COLUMN:
        return "the row lacks the column, or a quote in it is not closed";
    default:
        return j->options.run ? map_run_reason(j->options.run, fault) : "";
    }
}

/* ---- targets, each once ---- */

struct wanted {
    const struct map_judge *j;
    struct adit_text text;
    bool any_way;
    uint32_t path, part;
};

static bool same_target(const void *context, uint32_t index)
{
    const struct wanted *w = context;
    const struct map_target *t = &w->j->targets[index];
    bool same_way = w->any_way || !t->found || t->found->path == w->path;
    bool same_part = !t->found || t->found->part == w->part;
    return same_way && same_part && t->text.size == w->text.size &&
           memcmp(t->text.data, w->text.data, w->text.size) == 0;
}

/* Few are compared with each other; many are hashed. */
static int known(struct map_seen *seen, const struct wanted *w, size_t count, bool hashed)
{
    if (hashed)
        return map_seen_put(seen, hash64(w->text.data, w->text.size, w->part * 2 + w->any_way), (uint32_t)count,
                            same_target, w);
    for (size_t i = 0; i < count; i++)
        if (same_target(w, (uint32_t)i))
            return 1;
    return 0;
}

/* Takes the links of an input. */
static bool take_targets(struct map_judge *j, struct map_cursor *at, struct map_part *parts, struct map_answer *out)
{
    enum { FEW = 16 };
    const struct map_links *l = &at->chunk->links;
    size_t end = at->link;
    while (end < l->count && l->heads[end].id == at->number)
        end++;
    bool hashed = end - at->link > FEW;
    if (!vec_grow(&j->targets, &j->capacity, end - at->link + 1, sizeof *j->targets))
        return false;
    if (hashed) {
        map_seen_reset(&j->seen);
        map_seen_reset(&j->seen_in_part);
    }
    for (; at->link < end; at->link++) {
        const struct map_found *found = at->chunk->found ? &at->chunk->found[at->link] : NULL;
        uint32_t size = l->heads[at->link].size_flags >> 8, flags = l->heads[at->link].size_flags & 0xff;
        struct map_part *part = &parts[found ? found->part : 0];
        struct wanted w = {j, {l->bytes.data + at->byte, size}, true, found ? found->path : 0, found ? found->part : 0};
        at->byte += size;
        part->flags |= flags;
        if (size == 0) {
            part->gone = true;
            continue;
        }
        int other_way = known(&j->seen, &w, out->count, hashed);
        w.any_way = false;
        int same_way = other_way == 0 ? 0 : known(&j->seen_in_part, &w, out->count, hashed);
        if (other_way < 0 || same_way < 0)
            return false;
        if (hashed && other_way == 0)
            same_way = known(&j->seen_in_part, &w, out->count, hashed);
        part->targets += other_way == 0;
        out->distinct += other_way == 0;
        if (same_way == 0)
            j->targets[out->count++] = (struct map_target){
                .text = w.text,
                .flags = flags,
                .found = found,
                .through = {found ? at->chunk->through.data + found->through : NULL, found ? found->through_size : 0}};
    }
    out->targets = j->targets;
    return true;
}

/* ---- parts ---- */

/* The parts of an input, as map_flight.c cuts it; empty ones are none. */
static size_t cut(struct map_judge *j, struct adit_text input, bool composite)
{
    size_t between = composite ? strlen(j->options.separator) : 0, n = 0;
    const char *at = input.data, *end = input.data + input.size;
    for (;;) {
        const char *stop = between ? memmem(at, (size_t)(end - at), j->options.separator, between) : NULL;
        const char *part_end = stop ? stop : end;
        if (!vec_grow(&j->parts, &j->part_capacity, n + 1, sizeof *j->parts))
            return 0;
        j->parts[n++] = (struct map_part){.text = {at, (size_t)(part_end - at)}};
        if (!stop || j->options.composite == MAP_COMPOSITE_FIRST)
            return n;
        at = stop + between;
    }
}

static enum map_status status_of(struct map_judge *j, const struct map_part *p)
{
    if (p->targets == 0) {
        int fits = p->text.size == 0 ? 0 : j->pattern ? id_pattern_fits(j->pattern, p->text.data, p->text.size) : 1;
        j->failed |= fits < 0;
        return p->gone ? MAP_OBSOLETE : fits ? MAP_UNMAPPED : MAP_MALFORMED;
    }
    return p->targets > 1                     ? MAP_AMBIGUOUS
           : (p->flags & ADIT_LINK_OBSOLETE)  ? MAP_OBSOLETE
           : (p->flags & ADIT_LINK_SECONDARY) ? MAP_SECONDARY
                                              : MAP_MAPPED;
}

/* A composite one whose parts have a target each becomes one composite target. */
static bool combine(struct map_judge *j, size_t parts, struct map_answer *out)
{
    const char *between = *j->options.target_separator ? j->options.target_separator : j->options.separator;
    uint32_t flags = 0;
    buf_reset(&j->joined);
    for (size_t p = 0, i = 0; p < parts; p++) {
        if (j->parts[p].targets != 1)
            return true;
        while (i < out->count && out->targets[i].found && out->targets[i].found->part != p)
            i++;
        if (i == out->count)
            return true;
        buf_addf(&j->joined, "%s", p ? between : "");
        buf_add(&j->joined, out->targets[i].text.data, out->targets[i].text.size);
        flags |= out->targets[i].flags;
        i = 0;
    }
    out->targets[0].text = (struct adit_text){j->joined.data, j->joined.size};
    out->targets[0].flags = flags;
    out->count = out->distinct = 1;
    return !j->joined.failed;
}

/* Once for a chunk: are there inputs of several parts in it? */
static bool has_parts(const struct map_judge *j, const struct map_chunk *c)
{
    return j->options.composite && *j->options.separator && c->input_of;
}

bool map_judge_next(struct map_judge *j, struct map_cursor *at, struct map_answer *out)
{
    const struct map_chunk *c = at->chunk;
    if (at->number == c->inputs.count || j->failed)
        return false;
    if (!at->input) {
        at->input = c->inputs.bytes.data;
        at->row = c->rows.count ? c->rows.bytes.data : NULL;
    }
    *out = (struct map_answer){.index = c->first + at->number, .reason = ""};
    out->input = map_texts_next(&at->input);
    if (at->row)
        out->row = map_texts_next(&at->row);
    size_t parts = cut(j, out->input, has_parts(j, c));
    j->failed = parts == 0 || !take_targets(j, at, j->parts, out);
    uint8_t fault = c->faults ? c->faults[at->number] : 0;
    at->number++;
    if (fault) {
        out->status = fault < MAP_FAULT_FAILED ? MAP_MALFORMED : MAP_FAILED;
        out->reason = fault_text(j, fault);
        return !j->failed;
    }
    for (size_t p = 0; p < parts; p++) {
        enum map_status s = status_of(j, &j->parts[p]);
        out->status = s > out->status ? s : out->status;
    }
    if (out->status == MAP_MALFORMED)
        out->reason = j->pattern ? buf_cstr(&j->mismatch) : "a part of it is empty";
    if (j->options.composite == MAP_COMPOSITE_COMBINED && parts > 1 && !combine(j, parts, out))
        j->failed = true;
    return !j->failed;
}
