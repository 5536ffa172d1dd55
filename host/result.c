/* SPDX-License-Identifier: MIT */
#include "result.h"

#include <string.h>

#include "path_text.h"

static const struct {
    const char *name;
    bool cacheable, failure;
} statuses[PART_STATUS_COUNT] = {
    [PART_OK] = {"ok", true, false},
    [PART_DECLINED] = {"declined", true, false},
    [PART_MALFORMED] = {"malformed", true, true},
    [PART_UNSUPPORTED] = {"unsupported", true, false},
    [PART_FAILED] = {"failed", false, true},
    [PART_PARTIAL] = {"partial", true, true},
    [PART_TIMEOUT] = {"timeout", false, true},
    [PART_CRASHED] = {"crashed", false, true},
    [PART_OUT_OF_MEMORY] = {"out-of-memory", false, true},
    [PART_DENIED] = {"denied", false, true},
    [PART_QUARANTINED] = {"quarantined", false, true},
    [PART_MISSING_DEPENDENCY] = {"missing-dependency", false, false},
    [PART_CANCELLED] = {"cancelled", false, true},
};

const char *part_status_name(enum part_status status)
{
    return (unsigned)status < PART_STATUS_COUNT ? statuses[status].name : "unknown";
}

bool part_status_is_cacheable(enum part_status status)
{
    return (unsigned)status < PART_STATUS_COUNT && statuses[status].cacheable;
}

bool part_status_is_failure(enum part_status status)
{
    return (unsigned)status >= PART_STATUS_COUNT || statuses[status].failure;
}

/* Copies a string into the arena; NULL stays NULL. Sets *ok to false when memory is short. */
static const char *dup_string(struct arena *arena, const char *text, bool *ok)
{
    if (!text)
        return NULL;
    const char *copy = arena_strdup(arena, text);
    if (!copy)
        *ok = false;
    return copy;
}

static const char **dup_strings(struct arena *arena, const char *const *texts, size_t count, bool *ok)
{
    if (count == 0)
        return NULL;
    const char **copy = arena_array(arena, count, sizeof *copy);
    if (!copy) {
        *ok = false;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        copy[i] = dup_string(arena, texts[i], ok);
    return copy;
}

static bool dup_parts(struct arena *arena, struct result *to, const struct result *from)
{
    if (from->part_count == 0)
        return true;
    to->parts = arena_dup(arena, from->parts, from->part_count * sizeof *from->parts);
    if (!to->parts)
        return false;
    bool ok = true;
    for (size_t i = 0; i < from->part_count; i++) {
        const struct part *part = &from->parts[i];
        struct part *copy = &to->parts[i];
        copy->plugin = dup_string(arena, part->plugin, &ok);
        copy->version = dup_string(arena, part->version, &ok);
        copy->reason = dup_string(arena, part->reason, &ok);
        copy->warnings = dup_strings(arena, part->warnings, part->warning_count, &ok);
        copy->artifacts = dup_strings(arena, part->artifacts, part->artifact_count, &ok);
        copy->fields = arena_dup(arena, part->fields, part->fields_size);
        ok = ok && copy->fields;
    }
    return ok;
}

static bool dup_dependencies(struct arena *arena, struct result *to, const struct result *from)
{
    if (from->dependency_count == 0)
        return true;
    to->dependencies = arena_dup(arena, from->dependencies, from->dependency_count * sizeof *from->dependencies);
    if (!to->dependencies)
        return false;
    bool ok = true;
    for (size_t i = 0; i < from->dependency_count; i++)
        to->dependencies[i].path = dup_string(arena, from->dependencies[i].path, &ok);
    return ok;
}

/* Everything but the streams' own contents, for which it only makes room. */
static bool dup_one(struct arena *arena, struct result *to, const struct result *from)
{
    bool ok = true;
    *to = *from;
    to->name = arena_strndup(arena, from->name, from->name_size);
    to->media = dup_string(arena, from->media, &ok);
    to->detected = dup_string(arena, from->detected, &ok);
    to->error_text = dup_string(arena, from->error_text, &ok);
    to->source_plugin = dup_string(arena, from->source_plugin, &ok);
    to->limit = dup_string(arena, from->limit, &ok);
    to->parts = NULL;
    to->dependencies = NULL;
    to->streams = NULL;
    if (from->stream_count > 0 && !(to->streams = arena_array(arena, from->stream_count, sizeof *to->streams)))
        return false;
    return to->name && ok && dup_parts(arena, to, from) && dup_dependencies(arena, to, from);
}

/* Recursion is as deep as streams are nested, which the engine bounds. */
static bool dup_tree(struct arena *arena, struct result *to, const struct result *from)
{
    if (!dup_one(arena, to, from))
        return false;
    for (size_t i = 0; i < from->stream_count; i++)
        if (!dup_tree(arena, &to->streams[i], &from->streams[i]))
            return false;
    return true;
}

struct result *result_dup(struct arena *arena, const struct result *r)
{
    struct result *copy = arena_alloc(arena, sizeof *copy);
    return copy && dup_tree(arena, copy, r) ? copy : NULL;
}

static bool is_unread(const struct result *r)
{
    /* What is no regular file was said, and nothing about it failed. */
    return r->error != RESULT_READ && r->error != RESULT_NOT_REGULAR;
}

static void put_visible(struct buf *out, const char *separator, const char *text, size_t size)
{
    if (size == 0)
        return;
    buf_adds(out, separator);
    (void)path_text_visible(out, text, size, SIZE_MAX, NULL);
}

void result_put_failure(const struct result *r, struct buf *out)
{
    put_visible(out, "", r->name, r->name_size);
    if (is_unread(r)) {
        put_visible(out, ": ", r->error_text, strlen(r->error_text));
        return;
    }
    for (size_t i = 0; i < r->part_count; i++) {
        const struct part *p = &r->parts[i];
        if (!part_status_is_failure(p->status))
            continue;
        buf_addf(out, ": %s: %s", p->plugin, part_status_name(p->status));
        const char *why = p->reason[0] || p->warning_count == 0 ? p->reason : p->warnings[0];
        put_visible(out, ": ", why, strlen(why));
        return;
    }
    for (size_t i = 0; i < r->stream_count; i++) {
        if (!result_exit_status(&r->streams[i]))
            continue;
        buf_adds(out, ": stream ");
        result_put_failure(&r->streams[i], out);
        return;
    }
}

int result_exit_status(const struct result *r)
{
    if (is_unread(r))
        return 1;
    for (size_t i = 0; i < r->part_count; i++)
        if (part_status_is_failure(r->parts[i].status))
            return 1;
    for (size_t i = 0; i < r->stream_count; i++)
        if (result_exit_status(&r->streams[i]))
            return 1;
    return 0;
}
