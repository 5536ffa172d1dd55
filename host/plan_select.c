/* SPDX-License-Identifier: MIT */
/* --only, --skip, --with and `default = no`: which plugins take part in this run. */
#include <errno.h>
#include <string.h>

#include "detect.h"
#include "nearest.h"
#include "plan_impl.h"

bool plan_is_ready(const struct plugin *p)
{
    return p->state == PLUGIN_READY && p->conf.kind != CONF_TYPES;
}

static bool type_fits(const struct planner *p, const char *pattern, const char *media)
{
    size_t size = strlen(pattern);
    if (strcmp(pattern, "*") == 0 || strcmp(pattern, media) == 0)
        return true;
    if (pattern[size - 1] == '*')
        return strncmp(pattern, media, size - 1) == 0;
    return detect_is_a(p->registry->detect, media, pattern);
}

const char *plan_match(const struct planner *p, uint32_t plugin, const char *media)
{
    const struct conf *c = &p->registry->plugins[plugin].conf;
    for (size_t i = 0; i < c->match_type_count; i++) {
        if (type_fits(p, p->choices[plugin].types[i], media))
            return c->match_types[i];
    }
    return NULL;
}

/* Is there a field of this path, or an object of this name? */
static bool has_field(const struct plugin *p, const char *path)
{
    size_t size = strlen(path);
    if (plugin_field(p, path, size))
        return true;
    for (size_t i = 0; i < p->conf.field_count; i++) {
        const char *declared = p->conf.fields[i].path;
        if (strncmp(declared, path, size) == 0 && (declared[size] == '.' || declared[size] == '['))
            return true;
    }
    return false;
}

/* The plugin that NAME or NAME.field names; NULL with e filled. */
static const struct plugin *named(const struct planner *p, const char *option, const char *text, bool fields,
                                  struct err *e)
{
    const struct registry *r = p->registry;
    const char *dot = fields ? strchr(text, '.') : NULL;
    size_t size = dot ? (size_t)(dot - text) : strlen(text);
    const struct plugin *plugin = map_get(&r->by_name, text, size);
    char name[64];
    if (!plugin) {
        size_t n = size < sizeof name ? size : sizeof name - 1;
        memcpy(name, text, n);
        name[n] = '\0';
        struct nearest near = {.word = name};
        for (size_t i = 0; i < r->count; i++)
            nearest_offer(&near, r->plugins[i].conf.name);
        (void)err_set(e, -EINVAL,
                      near.best ? "%s %s: there is no plugin %s: did you mean %s?"
                                : "%s %s: there is no plugin %s; `adit plugins` lists them",
                      option, text, name, near.best);
        return NULL;
    }
    if (dot && !has_field(plugin, dot + 1)) {
        struct nearest near = {.word = dot + 1};
        for (size_t i = 0; i < plugin->conf.field_count; i++)
            nearest_offer(&near, plugin->conf.fields[i].path);
        (void)err_set(e, -EINVAL,
                      near.best ? "%s %s: %s has no such field: did you mean %s?"
                                : "%s %s: %s has no such field; `adit plugins fields %s` lists them",
                      option, text, plugin->conf.name, near.best ? near.best : plugin->conf.name);
        return NULL;
    }
    return plugin;
}

static int ask_for(struct planner *p, const char *option, const char *const *names, size_t count, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        const struct plugin *plugin = named(p, option, names[i], strcmp(option, "--only") == 0, e);
        if (!plugin)
            return -EINVAL;
        if (plugin->conf.kind == CONF_TYPES)
            return err_set(e, -EINVAL, "%s %s: it only declares types, and runs on nothing", option, names[i]);
        if (!plan_is_ready(plugin))
            return err_set(e, -EINVAL, "%s %s: it cannot run: %s", option, names[i], plugin->reason);
        p->choices[plugin->index].asked = p->choices[plugin->index].allowed;
        p->choices[plugin->index].named = true;
    }
    return 0;
}

/* Can a file have this type by itself? Otherwise it occurs in streams only. One declaration with `embedded = yes` decides, though
 * others tell how a file of the type is recognised, too. */
static bool is_file_type(const struct planner *p, const char *type)
{
    const struct registry *r = p->registry;
    bool recognised = false;
    if (type[strlen(type) - 1] == '*' || strcmp(type, "application/octet-stream") == 0 ||
        strcmp(type, "text/plain") == 0)
        return true;
    for (size_t i = 0; i < r->count; i++) {
        const struct conf *c = &r->plugins[i].conf;
        for (size_t k = 0; r->plugins[i].state != PLUGIN_DISABLED && k < c->type_count; k++) {
            const struct conf_type *t = &c->types[k];
            bool same = strcmp(t->media, type) == 0;
            if (same && t->embedded)
                return false;
            recognised = recognised || ((t->magic_count || t->glob_count || t->root_count) && !t->embedded &&
                                        (same || detect_is_a(r->detect, t->media, type)));
        }
    }
    return recognised;
}

static bool matches_only_streams(const struct planner *p, const struct plugin *plugin)
{
    for (size_t i = 0; i < plugin->conf.match_type_count; i++) {
        if (is_file_type(p, p->choices[plugin->index].types[i]))
            return false;
    }
    return plugin->conf.match_type_count > 0;
}

/* Does it declare to emit streams of a type that `to` matches? "*" says nothing about what is inside. */
static bool feeds(const struct planner *p, const struct plugin *from, const struct plugin *to)
{
    for (size_t i = 0; i < from->conf.stream_count; i++) {
        const char *stream = from->conf.streams[i];
        if (stream[strlen(stream) - 1] != '*' && plan_match(p, to->index, stream))
            return true;
    }
    return false;
}

static bool runs(const struct plan_choice *c)
{
    return c->asked || c->along;
}

/* Brings along what one running plugin depends on, where that does not follow from the plan of its own source. */
static bool bring_along(struct planner *p, const struct plugin *plugin)
{
    const struct registry *r = p->registry;
    bool more = false;
    for (size_t i = 0; plugin->conf.kind == CONF_MAPPER && i < plugin->hard_count + plugin->soft_count; i++) {
        bool soft = i >= plugin->hard_count;
        uint32_t index = soft ? plugin->soft[i - plugin->hard_count] : plugin->hard[i];
        const struct plugin *need = &r->plugins[index];
        struct plan_choice *c = &p->choices[index];
        bool anywhere = need->conf.by_default || (!soft && matches_only_streams(p, need));
        if (c->allowed && !runs(c) && anywhere)
            more = c->along = true;
    }
    if (!p->only || plugin->conf.kind != CONF_EXTRACTOR || !matches_only_streams(p, plugin))
        return more;
    for (size_t i = 0; i < r->count; i++) {
        struct plan_choice *c = &p->choices[i];
        if (c->allowed && !runs(c) && r->plugins[i].conf.by_default && feeds(p, &r->plugins[i], plugin))
            more = c->along = true;
    }
    return more;
}

/* What could take part: asked for, brought along, or a need of such. */
static void mark_present(struct planner *p)
{
    const struct registry *r = p->registry;
    for (size_t i = 0; i < r->count; i++)
        p->present[i] = runs(&p->choices[i]);
    for (size_t i = r->count; i-- > 0;) {
        const struct plugin *plugin = &r->plugins[p->order[i]];
        for (size_t k = 0; p->present[plugin->index] && k < plugin->hard_count; k++)
            p->present[plugin->hard[k]] = p->choices[plugin->hard[k]].allowed;
        for (size_t k = 0; p->present[plugin->index] && k < plugin->soft_count; k++) {
            if (p->choices[plugin->soft[k]].allowed && r->plugins[plugin->soft[k]].conf.by_default)
                p->present[plugin->soft[k]] = true;
        }
    }
}

int plan_select(struct planner *p, const struct plan_selection *s, struct err *e)
{
    static const struct plan_selection everything;
    const struct registry *r = p->registry;
    if (!s)
        s = &everything;
    p->only = s->only_count > 0;
    for (size_t i = 0; i < r->count; i++)
        p->choices[i].allowed = plan_is_ready(&r->plugins[i]);
    for (size_t i = 0; i < s->skip_count; i++) {
        const struct plugin *plugin = named(p, "--skip", s->skip[i], false, e);
        if (!plugin)
            return -EINVAL;
        p->choices[plugin->index].allowed = false;
    }
    for (size_t i = 0; i < r->count; i++)
        p->choices[i].asked = !p->only && p->choices[i].allowed && r->plugins[i].conf.by_default;
    int rc = ask_for(p, "--only", s->only, s->only_count, e);
    if (rc == 0)
        rc = ask_for(p, "--with", s->with, s->with_count, e);
    for (bool more = rc == 0; more;) {
        more = false;
        for (size_t i = 0; i < r->count; i++)
            more = (runs(&p->choices[i]) && bring_along(p, &r->plugins[i])) || more;
    }
    mark_present(p);
    return rc;
}
