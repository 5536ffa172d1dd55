/* SPDX-License-Identifier: MIT */
#include "choice.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/vec.h"
#include "fields.h"
#include "nearest.h"

enum { MOST_PATH = 512 };

const char *const choice_own_names[OWN_COUNT] = {
    [OWN_PATH] = "path", [OWN_PATH_BASE64] = "path_base64", [OWN_TYPE] = "type", [OWN_DETECTED] = "detected",
    [OWN_SIZE] = "size", [OWN_MTIME] = "mtime", [OWN_ERROR] = "error", [OWN_REASON] = "reason",
};

/* ---- what there is ---- */

/* "tracks[].formats[].width" as "tracks.formats.width"; false where it does not fit. */
static bool plain_path(const char *path, char out[MOST_PATH])
{
    size_t n = 0;
    for (; *path; path++) {
        if (path[0] == '[' && path[1] == ']') {
            path++;
            continue;
        }
        if (n + 1 >= MOST_PATH)
            return false;
        out[n++] = *path;
    }
    out[n] = '\0';
    return true;
}

static bool is_pattern(const char *text)
{
    return strchr(text, '*') != NULL;
}

static bool fits(const char *pattern, const char *text)
{
    return is_pattern(pattern) ? fnmatch(pattern, text, FNM_NOESCAPE) == 0 : strcmp(pattern, text) == 0;
}

/* Is `path` a field that is declared so, an object or list with such, or a name that "text.*" declares? */
static bool is_declared(const struct plugin *p, const char *path)
{
    char known[MOST_PATH];
    size_t size = strlen(path);
    for (size_t i = 0; i < p->conf.field_count; i++) {
        if (!plain_path(p->conf.fields[i].path, known))
            continue;
        if (fits(path, known) || fits(known, path) || (strncmp(known, path, size) == 0 && known[size] == '.'))
            return true;
    }
    return false;
}

static const char *last_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot ? dot + 1 : path;
}

/* "exif.DateTimeOriginal or xmp.…": fields of any plugin whose last name is this, whatever the case. */
static bool put_owners(const struct registry *r, const char *name, struct buf *out)
{
    enum { MOST = 3 };
    char known[MOST_PATH];
    size_t found = 0;
    for (size_t i = 0; i < r->count && found < MOST; i++) {
        const struct conf *c = &r->plugins[i].conf;
        for (size_t k = 0; k < c->field_count && found < MOST; k++) {
            if (!plain_path(c->fields[k].path, known) || strcasecmp(last_name(known), name) != 0)
                continue;
            buf_addf(out, "%s%s.%s", found++ ? " or " : "", c->name, known);
        }
    }
    return found > 0;
}

static int no_plugin(const struct registry *r, const char *item, const char *name, struct err *e)
{
    struct nearest near = {.word = name};
    struct buf owners = BUF_INIT;
    for (size_t i = 0; i < OWN_COUNT; i++)
        nearest_offer(&near, choice_own_names[i]);
    for (size_t i = 0; i < r->count; i++)
        nearest_offer(&near, r->plugins[i].conf.name);
    bool owned = put_owners(r, name, &owners);
    int error = err_set(e, -EINVAL,
                        "there is no column or field '%s': expected path, path_base64, type, detected, size, mtime, error, reason, PLUGIN "
                        "or PLUGIN.FIELD%s%s%s",
                        item, owned || near.best ? " (did you mean " : ", which 'adit plugins fields' lists",
                        owned ? buf_cstr(&owners) : near.best ? near.best : "", owned || near.best ? "?)" : "");
    buf_release(&owners);
    return error;
}

static int no_field(const struct plugin *p, const char *item, const char *path, struct err *e)
{
    char known[MOST_PATH], best[MOST_PATH] = "";
    size_t distance = SIZE_MAX;
    for (size_t i = 0; i < p->conf.field_count; i++) {
        struct nearest near = {.word = path};
        if (plain_path(p->conf.fields[i].path, known))
            nearest_offer(&near, known);
        if (!near.best || near.distance >= distance)
            continue;
        distance = near.distance;
        memcpy(best, known, sizeof best);
    }
    return err_set(e, -EINVAL,
                   best[0] ? "there is no field '%s': did you mean %s.%s?" : "there is no field '%s': 'adit plugins fields %s' lists those of %s",
                   item, p->conf.name, best[0] ? best : p->conf.name);
}

/* ---- reading the list ---- */

static int add(struct choice *c, const char *text, int own, const char *plugin, const char *path, struct err *e)
{
    struct choice_item item = {.text = text, .own = own, .plugin = plugin, .path = path};
    return text && vec_push(c, item) ? 0 : err_set(e, -ENOMEM, "not enough memory");
}

static bool has_column(const struct choice *c, size_t from, const char *text)
{
    for (size_t i = from; i < c->count; i++)
        if (strcmp(c->items[i].text, text) == 0)
            return true;
    return false;
}

/* The columns of one plugin that a pattern stands for. What is below a list, or has any name, is in the column above it. */
static int add_columns(struct choice *c, const struct plugin *p, const char *path, size_t from, struct err *e)
{
    for (size_t i = 0; i < p->conf.field_count; i++) {
        char known[MOST_PATH], whole[MOST_PATH];
        const char *declared = p->conf.fields[i].path, *list = strstr(declared, "[]"), *any = strstr(declared, ".*");
        if (!plain_path(declared, whole) || !fits(path, whole) || declared[0] == '*')
            continue;
        size_t size = strlen(declared);
        size = list && (size_t)(list - declared) < size ? (size_t)(list - declared) : size;
        size = any && (size_t)(any - declared) < size ? (size_t)(any - declared) : size;
        memcpy(known, declared, size); /* shorter than `whole`, which fitted */
        known[size] = '\0';
        const char *text = arena_printf(&c->arena, "%s.%s", p->conf.name, known);
        if (text && has_column(c, from, text))
            continue;
        int error = add(c, text, -1, p->conf.name, text ? text + strlen(p->conf.name) + 1 : NULL, e);
        if (error)
            return error;
    }
    return 0;
}

/* NAME.PATH as `plugin` and `path` of which one at least holds "*". */
static int add_pattern(struct choice *c, const struct registry *r, bool columns, const char *text, const char *plugin,
                       const char *path, struct err *e)
{
    bool there = false;
    size_t from = c->count;
    for (size_t i = 0; i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        if (!fits(plugin, p->conf.name))
            continue;
        there = there || !path || is_declared(p, path);
        int error = columns && path ? add_columns(c, p, path, from, e) : 0;
        if (error)
            return error;
    }
    if (!there || (columns && c->count == from))
        return err_set(e, -EINVAL, "no field fits '%s'; 'adit plugins fields' lists those that there are", text);
    return columns ? 0 : add(c, text, -1, plugin, path, e);
}

static int add_item(struct choice *c, const struct registry *r, bool columns, const char *text, struct err *e)
{
    char plain[MOST_PATH];
    for (int i = 0; i < OWN_COUNT; i++)
        if (strcmp(text, choice_own_names[i]) == 0)
            return add(c, text, i, NULL, NULL, e);
    const char *dot = strchr(text, '.');
    if (text[0] == '\0' || dot == text || (dot && dot[1] == '\0') || !plain_path(text, plain))
        return err_set(e, -EINVAL, "'%s' is no column: expected a name, PLUGIN or PLUGIN.FIELD between commas", text);
    char *plugin = arena_strdup(&c->arena, plain);
    if (!plugin)
        return err_set(e, -ENOMEM, "not enough memory");
    char *path = strchr(plugin, '.');
    if (path)
        *path++ = '\0';
    if (r && (is_pattern(plugin) || (path && is_pattern(path))) && (is_pattern(plugin) || registry_find(r, plugin)))
        return add_pattern(c, r, columns, text, plugin, path, e);
    const struct plugin *p = r ? registry_find(r, plugin) : NULL;
    if (r && !p)
        return no_plugin(r, text, plugin, e);
    if (p && path && !is_declared(p, path))
        return no_field(p, text, path, e);
    return add(c, text, -1, plugin, path, e);
}

int choice_read(const char *list, const struct registry *r, bool columns, struct choice *out, struct err *e)
{
    for (;; list++) {
        size_t size = strcspn(list, ",");
        const char *text = arena_strndup(&out->arena, list, size);
        int error = text ? add_item(out, r, columns, text, e) : err_set(e, -ENOMEM, "not enough memory");
        if (error)
            return error;
        list += size;
        if (!*list)
            return 0;
    }
}

void choice_release(struct choice *c)
{
    free(c->items);
    arena_release(&c->arena);
}

/* ---- choosing ---- */

struct filter {
    const struct choice *choice;
    const char *plugin;
    struct buf path, kept;
};

static bool is_chosen(const struct filter *f, const char *path)
{
    for (size_t i = 0; i < f->choice->count; i++) {
        const struct choice_item *item = &f->choice->items[i];
        if (item->own < 0 && fits(item->plugin, f->plugin) && (!path || !item->path || fits(item->path, path)))
            return true;
    }
    return false;
}

/* Keeps what is chosen up to the END of this level, or of all. False: the fields are damaged. Recursion is bounded by `depth`. */
static bool keep_level(struct filter *f, struct field_reader *r, unsigned depth)
{
    struct field_event e;
    const uint8_t *begin = r->at;
    int got;
    for (; (got = field_next(r, &e)) == 1 && e.tag != FIELD_END; begin = r->at) {
        size_t path = f->path.size, kept = f->kept.size;
        bool nested = e.tag == FIELD_OBJECT || e.tag == FIELD_LIST;
        if (e.name.size > 0 && path > 0)
            buf_putc(&f->path, '.');
        buf_add(&f->path, e.name.data, e.name.size);
        if (is_chosen(f, buf_cstr(&f->path))) {
            if (nested && !field_skip(r))
                return false;
            buf_add(&f->kept, begin, (size_t)(r->at - begin));
        } else if (nested) {
            field_put_begin(&f->kept, e.name.data, e.name.size, e.tag);
            size_t inside = f->kept.size;
            if (depth == FIELD_MAX_DEPTH || !keep_level(f, r, depth + 1))
                return false;
            if (f->kept.size > inside)
                field_put_end(&f->kept);
            else
                f->kept.size = kept;
        }
        f->path.size = path;
    }
    return got == (depth > 0);
}

/* 1: kept, 0: left out, -ENOMEM. */
static int keep_part(const struct choice *c, struct arena *arena, const struct part *from, struct part *to)
{
    struct filter f = {.choice = c, .plugin = from->plugin};
    *to = *from;
    if (!is_chosen(&f, NULL))
        return 0;
    struct field_reader r = field_reader_of(from->fields, from->fields_size);
    bool whole = keep_level(&f, &r, 0);
    bool failed = f.kept.failed || f.path.failed;
    if (whole && !failed) { /* damaged ones are printed, and told, as they are */
        to->fields = f.kept.size ? arena_dup(arena, f.kept.data, f.kept.size) : NULL;
        to->fields_size = f.kept.size;
        failed = f.kept.size && !to->fields;
    }
    buf_release(&f.kept);
    buf_release(&f.path);
    return failed ? -ENOMEM : to->status != PART_OK || to->fields_size > 0;
}

static int keep_result(const struct choice *c, struct arena *arena, const struct result *from, struct result *to)
{
    size_t parts = 0, streams = 0;
    *to = *from;
    to->parts = arena_array(arena, from->part_count + 1, sizeof *to->parts);
    to->streams = arena_array(arena, from->stream_count + 1, sizeof *to->streams);
    if (!to->parts || !to->streams)
        return -ENOMEM;
    for (size_t i = 0; i < from->part_count; i++) {
        int kept = keep_part(c, arena, &from->parts[i], &to->parts[parts]);
        if (kept < 0)
            return kept;
        parts += kept > 0;
    }
    for (size_t i = 0; i < from->stream_count; i++) {
        int kept = keep_result(c, arena, &from->streams[i], &to->streams[streams]);
        if (kept < 0)
            return kept;
        streams += kept > 0;
    }
    to->part_count = parts;
    to->stream_count = streams;
    return parts > 0 || streams > 0;
}

const struct result *choice_apply(const struct choice *c, struct arena *arena, const struct result *r)
{
    struct result *out = arena_alloc(arena, sizeof *out);
    return out && keep_result(c, arena, r, out) >= 0 ? out : NULL;
}
