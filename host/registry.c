/* SPDX-License-Identifier: MIT */
#include "registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "detect.h"
#include "digest.h"
#include "graph.h"
#include "namespace.h"
#include "registry_impl.h"
#include "snapshot.h"

_Static_assert((int)CONF_MAGIC_HEAD == (int)DETECT_HEAD && (int)CONF_MAGIC_TAIL == (int)DETECT_TAIL &&
                   (int)CONF_MAGIC_BLOCK == (int)DETECT_FAR,
               "patterns must lie where detection looks");

static int no_memory(struct err *e)
{
    return err_set(e, -ENOMEM, "out of memory");
}

bool registry_break(struct registry *r, struct plugin *p, const char *fmt, ...)
{
    if (p->state == PLUGIN_BROKEN)
        return true;
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->reason = arena_strdup(&r->state->arena, text);
    p->state = PLUGIN_BROKEN;
    return p->reason != NULL;
}

struct plugin *registry_find(const struct registry *r, const char *name)
{
    return map_gets(&r->by_name, name);
}

static int copy_options(struct registry_state *s, const struct registry_options *o, struct err *e)
{
    const char **lists[2];
    const char *const *from[2] = {o->conf_dirs, o->module_dirs};
    size_t counts[2] = {o->conf_dir_count, o->module_dir_count};
    for (size_t l = 0; l < 2; l++) {
        lists[l] = arena_array(&s->arena, counts[l], sizeof **lists);
        if (!lists[l])
            return no_memory(e);
        for (size_t i = 0; i < counts[l]; i++) {
            lists[l][i] = arena_strdup(&s->arena, from[l][i]);
            if (!lists[l][i])
                return no_memory(e);
        }
    }
    s->options = *o;
    s->options.conf_dirs = lists[0];
    s->options.module_dirs = lists[1];
    s->options.prefix = arena_strdup(&s->arena, o->prefix ? o->prefix : "/usr/local");
    s->options.snapshot_path = o->snapshot_path ? arena_strdup(&s->arena, o->snapshot_path) : NULL;
    for (size_t i = 0; i < o->module_dir_count; i++) {
        char *real = realpath(lists[1][i], NULL);
        if (!real)
            return err_errno(e, "--module-dir %s", lists[1][i]);
        lists[1][i] = arena_strdup(&s->arena, real);
        free(real);
        if (!lists[1][i])
            return no_memory(e);
    }
    if (!s->options.prefix || (o->snapshot_path && !s->options.snapshot_path))
        return no_memory(e);
    s->standard_modules = registry_join(&s->arena, s->options.prefix, "lib/adit/modules");
    s->standard_resources = registry_join(&s->arena, s->options.prefix, "share/adit/resources");
    return s->standard_modules && s->standard_resources ? 0 : no_memory(e);
}

/* One snapshot for each set of options, so that two ways of calling do not overwrite each other's. */
static int name_snapshot(struct registry_state *s, struct err *e)
{
    const struct registry_options *o = &s->options;
    if (!o->snapshot_path)
        return 0;
    uint64_t hash = hash64(o->prefix, strlen(o->prefix), o->only_given_dirs);
    for (size_t i = 0; i < o->conf_dir_count; i++)
        hash = hash64(o->conf_dirs[i], strlen(o->conf_dirs[i]), hash);
    for (size_t i = 0; i < o->module_dir_count; i++)
        hash = hash64(o->module_dirs[i], strlen(o->module_dirs[i]), hash + 1);
    s->snapshot_file = arena_printf(&s->arena, "%s/registry-%016llx.snap", o->snapshot_path, (unsigned long long)hash);
    return s->snapshot_file ? 0 : no_memory(e);
}

/* Up to `room` bytes. Returns how many; negative errno. */
static ssize_t read_whole(int fd, char *bytes, size_t room)
{
    size_t n = 0;
    while (n < room) {
        ssize_t got = read(fd, bytes + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

/* Breaks a plugin whose .conf cannot be used, for a reason that is a finding too. */
static int refuse_conf(struct registry *r, struct plugin *p, const char *rule, const char *mend, const char *reason,
                       struct err *e)
{
    bool done = findings_add(&r->findings, FINDING_ERROR, rule, p->conf_path, 0, 0, mend, "%s", reason) &&
                registry_break(r, p, "%s", reason);
    return done ? 0 : no_memory(e);
}

/* One that could not be read: where the machine is short of something, that says nothing about the plugin. */
static int unreadable(struct registry *r, struct plugin *p, const char *rule, const char *mend, int code, const char *reason,
                      struct err *e)
{
    return err_is_shortage(code) ? err_set(e, code, "cannot read %s: %s", p->conf_path, reason) : refuse_conf(r, p, rule, mend, reason, e);
}

static int parse_conf(struct registry *r, struct plugin *p, const char *data, size_t size, struct err *e)
{
    size_t before = r->findings.count;
    int rc = conf_parse(p->conf_path, data, size, &r->state->arena, &p->conf, &r->findings);
    if (rc == -ENOMEM)
        return no_memory(e);
    if (rc == 0)
        return 0;
    size_t first = before, errors = 0;
    for (size_t i = before; i < r->findings.count; i++) {
        if (r->findings.items[i].severity != FINDING_ERROR)
            continue;
        if (errors++ == 0)
            first = i;
    }
    const struct finding *f = &r->findings.items[first];
    char more[40] = "";
    if (errors > 1)
        (void)snprintf(more, sizeof more, " (and %zu more)", errors - 1);
    return registry_break(r, p, "the .conf has an error: line %u: %s%s", f->line, f->message, more) ? 0 : no_memory(e);
}

/* What changes detection: the plugin's part of registry.types_fingerprint. */
static void digest_types(const struct conf *c, unsigned char out[DIGEST_SIZE])
{
    struct digest d;
    digest_init(&d);
    digest_add_text(&d, c->name);
    for (size_t i = 0; i < c->type_count; i++) {
        const struct conf_type *t = &c->types[i];
        digest_add_text(&d, t->media);
        digest_add_u64(&d, t->text);
        const char **lists[] = {t->parents, t->aliases, t->roots};
        size_t counts[] = {t->parent_count, t->alias_count, t->root_count};
        for (size_t l = 0; l < 3; l++) {
            digest_add_u64(&d, counts[l]);
            for (size_t k = 0; k < counts[l]; k++)
                digest_add_text(&d, lists[l][k]);
        }
        digest_add_u64(&d, t->magic_count);
        for (size_t k = 0; k < t->magic_count; k++) {
            digest_add_u64(&d, t->magics[k].priority);
            digest_add_u64(&d, t->magics[k].part_count);
            for (size_t n = 0; n < t->magics[k].part_count; n++) {
                const struct conf_magic_part *part = &t->magics[k].parts[n];
                digest_add_u64(&d, (uint64_t)part->first);
                digest_add_u64(&d, (uint64_t)part->last);
                digest_add_u64(&d, part->size);
                digest_add_u64(&d, part->mask != NULL);
                digest_add(&d, part->bytes, part->size);
                if (part->mask)
                    digest_add(&d, part->mask, part->size);
            }
        }
        digest_add_u64(&d, t->glob_count);
        for (size_t k = 0; k < t->glob_count; k++) {
            digest_add_text(&d, t->globs[k].pattern);
            digest_add_u64(&d, t->globs[k].weight);
            digest_add_u64(&d, t->globs[k].case_sensitive);
        }
    }
    digest_finish(&d, out);
}

/* Refuses what is no file, or what others can write. */
static int check_file(struct registry *r, struct plugin *p, const struct stat *st, struct err *e)
{
    if (!S_ISREG(st->st_mode))
        return refuse_conf(r, p, "conf.file.refused", "", "it is not a regular file", e);
    const char *refused = stat_refuses(st, false);
    const char *reason = refused ? arena_printf(&r->state->arena, "the .conf %s", refused) : "";
    if (!reason)
        return no_memory(e);
    return refused
               ? refuse_conf(r, p, "conf.file.refused", "chown it to root or to yourself, and chmod go-w", reason, e)
               : 0;
}

/* Reads and parses an open .conf, if it is still what it was when it was looked at. */
static int read_open(struct registry *r, struct plugin *p, int fd, struct err *e)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return unreadable(r, p, "conf.file.unreadable", "", -errno, strerror(errno), e);
    int rc = check_file(r, p, &st, e);
    if (rc < 0 || p->state == PLUGIN_BROKEN)
        return rc;
    stamp_from_stat(&st, &p->conf_stamp);
    p->conf_stamp.racy = stamp_is_racy(&p->conf_stamp, r->state->now_ns);
    char small[8192];
    /* One byte more than there should be: conf_parse complains where a file is too large. */
    size_t room = st.st_size > CONF_MAX_FILE ? CONF_MAX_FILE + 1 : (size_t)st.st_size + 1;
    char *bytes = room <= sizeof small ? small : malloc(room);
    if (!bytes)
        return no_memory(e);
    ssize_t n = read_whole(fd, bytes, room);
    rc = n < 0 ? unreadable(r, p, "conf.file.unreadable", "", (int)n, strerror((int)-n), e)
               : parse_conf(r, p, bytes, (size_t)n, e);
    if (bytes != small)
        free(bytes);
    return rc;
}

/* Opens a .conf. The folder that a link leads to must not be open to others either. */
static int open_conf(struct registry_state *s, const struct scan_file *file, bool *is_link, struct err *why)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int fd = openat(file->dir->fd, file->name, flags | O_NOFOLLOW);
    *is_link = fd < 0 && errno == ELOOP;
    if (*is_link) {
        int rc = scan_check_ancestors(s, file->path, why);
        if (rc < 0)
            return rc;
        fd = openat(file->dir->fd, file->name, flags);
    }
    return fd >= 0 ? fd : err_set(why, -errno, "%s", strerror(errno));
}

static int read_conf(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e)
{
    struct registry_state *s = r->state;
    size_t before = r->findings.count;
    bool is_link;
    struct err why = {0};
    s->all_kept = false;
    int fd = open_conf(s, file, &is_link, &why);
    if (fd < 0)
        return unreadable(r, p, "conf.file.refused", "", fd, why.text, e);
    int rc = read_open(r, p, fd, e);
    (void)close(fd);
    if (rc < 0)
        return rc;
    /* Where a link leads to is looked at anew each time. */
    p->conf_is_clean = r->findings.count == before && !is_link;
    s->changed = s->changed || (p->conf_is_clean && !p->conf_stamp.racy);
    if (p->state != PLUGIN_BROKEN && p->conf.type_count > 0)
        digest_types(&p->conf, p->types_digest);
    return 0;
}

/* Reads one .conf, or takes it from the snapshot. */
static int load_conf(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e)
{
    struct registry_state *s = r->state;
    conf_blank(&p->conf, file->base);
    p->conf_path = file->path;
    p->overrides = file->overrides;
    p->trusted = file->dir->trusted;
    p->rank = file->dir->rank;
    p->reason = "";
    struct stat st;
    if (fstatat(file->dir->fd, file->name, &st, 0) < 0)
        return unreadable(r, p, "conf.file.unreadable", "remove the link, or let it lead to a file", -errno, strerror(errno), e);
    stamp_from_stat(&st, &p->conf_stamp);
    p->conf_stamp.racy = stamp_is_racy(&p->conf_stamp, s->now_ns);
    struct stat null;
    bool is_null = S_ISCHR(st.st_mode) && stat("/dev/null", &null) == 0 && null.st_rdev == st.st_rdev;
    if (is_null || (S_ISREG(st.st_mode) && st.st_size == 0)) {
        p->state = PLUGIN_DISABLED;
        p->reason = arena_printf(&s->arena, "masked by %s", file->path);
        return p->reason ? 0 : no_memory(e);
    }
    int rc = check_file(r, p, &st, e);
    if (rc < 0 || p->state == PLUGIN_BROKEN)
        return rc;
    if (snapshot_conf(s->snapshot, file->path, &p->conf_stamp, &s->arena, &p->conf, p->types_digest)) {
        p->conf_is_clean = true;
        return 0;
    }
    return read_conf(r, p, file, e);
}

static int load_plugin(struct registry *r, struct plugin *p, const struct scan_file *file, struct err *e)
{
    int rc = load_conf(r, p, file, e);
    if (rc < 0 || p->state != PLUGIN_READY)
        return rc;
    p->own_process = arena_printf(&r->state->arena, "%s (alone)", p->conf.name);
    if (!p->own_process)
        return no_memory(e);
    if (strcmp(p->conf.domain, "bundled") == 0 && !p->trusted) {
        return refuse_conf(r, p, "conf.domain.bundled", "leave the key out, or choose a domain of your own",
                           "the domain \"bundled\" is for installed plugins only", e);
    }
    if (!p->conf.enabled) {
        p->state = PLUGIN_DISABLED;
        p->reason = "enabled = no in its .conf";
        return 0;
    }
    return registry_find_files(r, p, file, e);
}

static int by_name(const void *a, const void *b)
{
    const struct plugin *p = a, *q = b;
    int c = strcmp(p->conf.name, q->conf.name);
    return c ? c : strcmp(p->conf_path, q->conf_path);
}

static int load_all(struct registry *r, struct err *e)
{
    struct scan *scan = &r->state->scan;
    r->plugins = arena_array(&r->state->arena, scan->file_count, sizeof *r->plugins);
    if (!r->plugins)
        return no_memory(e);
    bool sorted = true;
    for (size_t i = 0; i < scan->file_count; i++) {
        int rc = load_plugin(r, &r->plugins[i], &scan->files[i], e);
        if (rc < 0)
            return rc;
        r->count++;
        sorted = sorted && (i == 0 || by_name(&r->plugins[i - 1], &r->plugins[i]) < 0);
    }
    if (!sorted)
        qsort(r->plugins, r->count, sizeof *r->plugins, by_name);
    for (size_t i = 0; i < r->count; i++)
        r->plugins[i].index = (uint32_t)i;
    return 0;
}

/* Declared types count where the .conf itself is good: a module that is missing does not change what a file is. */
static bool declares_types(const struct plugin *p)
{
    return p->state != PLUGIN_DISABLED && p->conf.type_count > 0;
}

static int compile_types(struct registry *r, struct err *e)
{
    const struct conf **confs = arena_array(&r->state->arena, r->count, sizeof *confs);
    if (!confs)
        return no_memory(e);
    size_t n = 0;
    struct digest d;
    digest_init(&d);
    for (size_t i = 0; i < r->count; i++) {
        if (!declares_types(&r->plugins[i]))
            continue;
        confs[n++] = &r->plugins[i].conf;
        digest_add(&d, r->plugins[i].types_digest, DIGEST_SIZE);
    }
    digest_finish(&d, r->types_fingerprint);
    size_t before = r->findings.count;
    r->detect = detect_compile(confs, n, &r->findings);
    for (size_t i = before; i < r->findings.count; i++) {
        /* The detector knows declarations by the plugin's name; people know the file. */
        const struct plugin *p = registry_find(r, r->findings.items[i].file);
        if (p)
            r->findings.items[i].file = p->conf_path;
    }
    return r->detect ? 0 : no_memory(e);
}

int registry_open(const struct registry_options *options, struct registry **out, struct err *e)
{
    struct registry *r = calloc(1, sizeof *r);
    struct registry_state *s = calloc(1, sizeof *s);
    if (!r || !s) {
        free(r);
        free(s);
        return no_memory(e);
    }
    r->state = s;
    s->now_ns = stamp_now();
    int rc = copy_options(s, options, e);
    if (rc == 0)
        rc = name_snapshot(s, e);
    if (rc == 0 && s->snapshot_file)
        s->snapshot = snapshot_open(s->snapshot_file, s->now_ns);
    arena_reserve(&s->arena, snapshot_decoded_size(s->snapshot));
    s->all_kept = s->snapshot != NULL;
    s->changed = !s->all_kept;
    if (rc == 0)
        rc = scan_run(r, e);
    if (rc == 0)
        rc = load_all(r, e);
    if (rc == 0)
        rc = graph_join(r, e);
    if (rc == 0)
        rc = namespaces_join(r, e);
    if (rc == 0)
        rc = compile_types(r, e);
    registry_close_files(r);
    if (rc < 0) {
        registry_free(r);
        return rc;
    }
    r->from_snapshot = s->all_kept;
    findings_sort(&r->findings);
    *out = r;
    return 0;
}

void registry_free(struct registry *r)
{
    if (!r)
        return;
    detect_free(r->detect);
    map_release(&r->by_name);
    findings_release(&r->findings);
    free(r->state->scan.dirs);
    free(r->state->scan.files);
    map_release(&r->state->module_dirs);
    map_release(&r->state->safe_dirs);
    snapshot_close(r->state->snapshot);
    arena_release(&r->state->arena);
    free(r->state);
    free(r);
}
