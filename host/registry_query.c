/* SPDX-License-Identifier: MIT */
/* What is asked of a plugin once the registry is open: its fields, its fingerprint, its module's digest. */
#include <fcntl.h>
#include <string.h>

#include "digest.h"
#include "registry_impl.h"
#include "snapshot.h"

/* Compares path[0..size) followed by `suffix` with a NUL-terminated text, as strcmp. */
static int compare_joined(const char *path, size_t size, const char *suffix, const char *text)
{
    int c = strncmp(path, text, size);
    return c ? c : strcmp(suffix, text + size);
}

static const struct conf_field *find_field(const struct conf *c, const char *path, size_t size, const char *suffix)
{
    size_t low = 0, high = c->field_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_joined(path, size, suffix, c->fields[middle].path);
        if (order == 0)
            return &c->fields[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum conf_isolation registry_isolation(const struct registry *r, const struct plugin *p)
{
    return p->conf.isolation > r->least_isolation ? p->conf.isolation : r->least_isolation;
}

const char *registry_process(const struct registry *r, const struct plugin *p)
{
    if (!p->own_process) /* masked or broken: it may have no name, and runs nowhere */
        return "";
    bool shares = registry_isolation(r, p) == CONF_ISOLATE_DOMAIN && strcmp(p->conf.domain, p->conf.name) != 0;
    return shares ? p->conf.domain : p->own_process;
}

const struct conf_field *plugin_field(const struct plugin *p, const char *path, size_t size)
{
    const struct conf *c = &p->conf;
    if (size == 0 || memchr(path, '\0', size))
        return NULL;
    const struct conf_field *field = find_field(c, path, size, "");
    if (field)
        return field;
    bool list = size >= 2 && path[size - 1] == ']' && path[size - 2] == '[';
    for (size_t prefix = size; prefix > 0; prefix--) {
        /* The prefix ends behind a ".", or is empty. */
        size_t n = prefix - 1;
        if (n > 0 && path[n - 1] != '.')
            continue;
        if (list && (field = find_field(c, path, n, "*[]")))
            return field;
        field = find_field(c, path, n, "*");
        if (field && (!list || field->kind == CONF_FIELD_ANY))
            return field;
    }
    return NULL;
}

static void add_pairs(struct digest *d, const struct conf_pair *pairs, size_t count)
{
    digest_add_u64(d, count);
    for (size_t i = 0; i < count; i++) {
        digest_add_text(d, pairs[i].key);
        digest_add_text(d, pairs[i].value);
    }
}

static void add_stamp(struct digest *d, const struct stamp *s)
{
    digest_add_u64(d, s->exists);
    digest_add_u64(d, s->device);
    digest_add_u64(d, s->inode);
    digest_add_u64(d, s->size);
    digest_add_u64(d, (uint64_t)s->mtime_ns);
    digest_add_u64(d, (uint64_t)s->ctime_ns);
}

/* A plugin whose resource is not of the declared format does not run. */
static void add_formats(struct digest *d, const struct conf *c)
{
    digest_add_u64(d, c->format_count);
    for (size_t i = 0; i < c->format_count; i++) {
        const struct conf_format *f = &c->formats[i];
        digest_add_text(d, f->label);
        digest_add_u64(d, f->kind);
        digest_add_u64(d, f->header);
        digest_add_text(d, f->comment);
        digest_add_u64(d, f->column_count);
        for (size_t k = 0; k < f->column_count; k++) {
            digest_add_text(d, f->columns[k].name);
            digest_add_u64(d, f->columns[k].kind);
            digest_add_u64(d, f->columns[k].required);
            digest_add_u64(d, f->columns[k].choice_count);
            for (size_t n = 0; n < f->columns[k].choice_count; n++)
                digest_add_text(d, f->columns[k].choices[n]);
        }
        digest_add_u64(d, f->unique_count);
        for (size_t k = 0; k < f->unique_count; k++)
            digest_add_u64(d, f->unique[k]);
    }
}

/* What a mapper that is bound to fields says depends on them. */
static void add_map(struct digest *d, const struct conf_map *m)
{
    digest_add_u64(d, m->from_count);
    for (size_t i = 0; i < m->from_count; i++)
        digest_add_text(d, m->from[i]);
    digest_add_text(d, m->to);
    digest_add_text(d, m->predicate);
    digest_add_u64(d, m->symmetric);
    digest_add_u64(d, m->field_count);
    for (size_t i = 0; i < m->field_count; i++) {
        digest_add_text(d, m->fields[i].plugin);
        digest_add_text(d, m->fields[i].path);
    }
}

/* Everything in the .conf that can change what the plugin emits, or what of it is kept. */
static void add_conf(struct digest *d, const struct conf *c)
{
    digest_add_text(d, c->name);
    digest_add_u64(d, c->version.major);
    digest_add_u64(d, c->version.minor);
    digest_add_u64(d, c->version.patch);
    digest_add_u64(d, c->kind);
    digest_add_u64(d, c->field_count);
    for (size_t i = 0; i < c->field_count; i++) {
        digest_add_text(d, c->fields[i].path);
        digest_add_u64(d, c->fields[i].kind);
        digest_add_u64(d, c->fields[i].bits);
    }
    digest_add_u64(d, c->predicate_count);
    for (size_t i = 0; i < c->predicate_count; i++) {
        digest_add_text(d, c->predicates[i].plugin);
        digest_add_text(d, c->predicates[i].field);
        digest_add_text(d, c->predicates[i].value);
        digest_add_u64(d, c->predicates[i].op);
    }
    const char **lists[] = {c->streams, c->refines};
    size_t counts[] = {c->stream_count, c->refine_count};
    for (size_t l = 0; l < 2; l++) {
        digest_add_u64(d, counts[l]);
        for (size_t i = 0; i < counts[l]; i++)
            digest_add_text(d, lists[l][i]);
    }
    digest_add_u64(d, c->artifacts);
    digest_add_u64(d, c->stream_bytes);
    digest_add_u64(d, c->output_bytes);
    digest_add_u64(d, c->artifact_bytes);
    digest_add_u64(d, c->artifact_most);
    add_pairs(d, c->companions, c->companion_count);
    add_pairs(d, c->options, c->option_count);
    if (c->map.line)
        add_map(d, &c->map);
}

/* `limit` bounds the recursion by the number of plugins: edges of plugins that run make no circle. */
static bool fingerprint(const struct registry *r, const struct plugin *p, const bool *present, size_t limit,
                        unsigned char out[DIGEST_SIZE])
{
    if (p->state != PLUGIN_READY || limit == 0)
        return false;
    registry_check_module(r, p);
    if (!p->has_module_digest)
        return false;
    struct digest d, code;
    digest_init(&d);
    digest_init(&code);
    digest_add(&d, p->module_digest, DIGEST_SIZE);
    digest_add(&code, p->module_digest, DIGEST_SIZE);
    add_conf(&d, &p->conf);
    add_pairs(&d, p->conf.resources, p->conf.resource_count);
    add_formats(&d, &p->conf);
    for (size_t i = 0; i < p->conf.resource_count; i++) {
        if (p->resource_stamps[i].racy)
            return false;
        add_stamp(&d, &p->resource_stamps[i]);
    }
    for (size_t i = 0; i < p->hard_count + p->soft_count; i++) {
        const struct plugin *need = &r->plugins[i < p->hard_count ? p->hard[i] : p->soft[i - p->hard_count]];
        bool soft = i >= p->hard_count;
        if (soft && (need->state != PLUGIN_READY || (present && !present[need->index])))
            continue; /* as if it were not there */
        unsigned char of_need[DIGEST_SIZE];
        if (!fingerprint(r, need, present, limit - 1, of_need))
            return false;
        digest_add_text(&d, need->conf.name);
        digest_add(&d, of_need, DIGEST_SIZE);
        digest_add(&code, of_need, REGISTRY_FINGERPRINT_CODE);
    }
    unsigned char all[DIGEST_SIZE];
    digest_finish(&code, out);
    digest_finish(&d, all); /* the modules are in it, too */
    memcpy(out + REGISTRY_FINGERPRINT_CODE, all, DIGEST_SIZE - REGISTRY_FINGERPRINT_CODE);
    return true;
}

bool registry_fingerprint(const struct registry *r, const struct plugin *p, unsigned char out[32])
{
    return fingerprint(r, p, NULL, r->count + 1, out);
}

bool registry_fingerprint_among(const struct registry *r, const struct plugin *p, const bool *present,
                                unsigned char out[32])
{
    return fingerprint(r, p, present, r->count + 1, out);
}

void registry_check_module(const struct registry *r, const struct plugin *plugin)
{
    struct plugin *p = &r->plugins[plugin->index];
    struct registry_state *s = r->state;
    if (!p->module_path || p->module_is_checked)
        return;
    struct stamp now;
    if (stamp_of(AT_FDCWD, p->module_path, &now) < 0)
        now = (struct stamp){0};
    now.racy = stamp_is_racy(&now, s->now_ns);
    s->changed = s->changed || !stamp_equal(&now, &p->module_stamp);
    p->module_stamp = now;
    p->module_is_checked = true;
    p->has_module_digest = snapshot_module(s->snapshot, p->module_path, &now, p->module_digest);
}

void registry_set_digest(struct registry *r, struct plugin *p, const unsigned char digest[32])
{
    if (!p->module_is_checked) {
        struct stamp before = p->module_stamp;
        registry_check_module(r, p);
        /* Changed since the snapshot, and perhaps between sealing and now: the new stamp may not be the sealed bytes'.
         */
        if (!stamp_equal(&before, &p->module_stamp))
            p->module_stamp.racy = true;
    }
    if (p->has_module_digest && memcmp(p->module_digest, digest, DIGEST_SIZE) == 0)
        return;
    memcpy(p->module_digest, digest, DIGEST_SIZE);
    p->has_module_digest = true;
    r->state->changed = true;
}

int registry_save_snapshot(struct registry *r, struct err *e)
{
    struct registry_state *s = r->state;
    if (!s->snapshot_file || !s->changed)
        return 0;
    int rc = snapshot_save(r, s->snapshot_file, e);
    if (rc == 0)
        s->changed = false;
    return rc;
}
