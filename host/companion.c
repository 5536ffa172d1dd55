/* SPDX-License-Identifier: MIT */
/* Files beside a source that its plugins may read: opened here, told as what the result depends on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine_impl.h"

/* The pattern with {stem}, {name} and {dir} filled in; a name in the same folder. */
static bool expand(const char *pattern, const char *path, size_t size, struct buf *out)
{
    const char *slash = memrchr(path, '/', size);
    const char *name = slash ? slash + 1 : path;
    size_t name_size = size - (size_t)(name - path);
    const char *dot = memrchr(name, '.', name_size);
    size_t stem_size = dot && dot > name ? (size_t)(dot - name) : name_size;
    const char *above = slash ? memrchr(path, '/', (size_t)(slash - path)) : NULL;
    const char *dir = slash ? (above ? above + 1 : path) : "";
    size_t dir_size = slash ? (size_t)(slash - dir) : 0;
    buf_add(out, path, slash ? (size_t)(slash - path) + 1 : 0);
    while (*pattern) {
        if (strncmp(pattern, "{stem}", 6) == 0) {
            buf_add(out, name, stem_size);
            pattern += 6;
        } else if (strncmp(pattern, "{name}", 6) == 0) {
            buf_add(out, name, name_size);
            pattern += 6;
        } else if (strncmp(pattern, "{dir}", 5) == 0) {
            buf_add(out, dir, dir_size);
            pattern += 5;
        } else {
            buf_putc(out, *pattern++);
        }
    }
    return buf_cstr(out)[0] != '\0' && !out->failed;
}

/* Whether there is one or not: the result depends on it. */
static bool depend(struct engine *g, struct file *f, const char *path)
{
    struct result *r = &f->root.result;
    struct dependency *list = arena_array(&f->arena, r->dependency_count + 1, sizeof *list);
    char *copy = arena_strdup(&f->arena, path);
    struct stamp stamp;
    if (!list || !copy || stamp_of(AT_FDCWD, path, &stamp) != 0) {
        f->keep = false;
        return list && copy;
    }
    (void)g;
    for (size_t i = 0; i < r->dependency_count; i++) {
        list[i] = r->dependencies[i];
        if (strcmp(list[i].path, path) == 0)
            return true;
    }
    stamp.racy = stamp.exists && stamp_is_racy(&stamp, stamp_now());
    list[r->dependency_count++] = (struct dependency){copy, stamp};
    r->dependencies = list;
    return true;
}

bool source_keep_dependencies(struct file *f, const struct result *old)
{
    struct result *r = &f->root.result;
    struct dependency *list = arena_array(&f->arena, r->dependency_count + old->dependency_count + 1, sizeof *list);
    if (!list)
        return false;
    size_t count = r->dependency_count;
    if (count > 0)
        memcpy(list, r->dependencies, count * sizeof *list);
    for (size_t i = 0; i < old->dependency_count; i++) {
        const struct dependency *d = &old->dependencies[i];
        size_t k = 0;
        while (k < count && strcmp(list[k].path, d->path) != 0)
            k++;
        if (k == count)
            list[count++] = *d;
        else if (!stamp_equal(&list[k].stamp, &d->stamp))
            f->keep = false; /* it changed within this run */
    }
    r->dependencies = list;
    r->dependency_count = count;
    return true;
}

static void open_companion(struct source *s, const char *path, uint32_t plugin, uint16_t label)
{
    struct pool_task *t = &s->task;
    struct stat st;
    if (t->companion_count == POOL_TASK_COMPANIONS)
        return;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return;
    }
    t->companions[t->companion_count].fd = fd;
    t->companions[t->companion_count].size = (uint64_t)st.st_size;
    t->companions[t->companion_count].plugin = plugin;
    t->companions[t->companion_count].label = label;
    t->companion_count++;
}

void source_companions(struct engine *g, struct source *s, uint32_t plugin)
{
    const struct conf *c = &g->options.registry->plugins[plugin].conf;
    if (s->depth > 0)
        return;
    for (size_t i = 0; i < c->companion_count; i++) {
        struct buf path = BUF_INIT;
        const char *named = pairs_companion(g->options.pairs, s->file->key, s->file->key_size, c->companions[i].key);
        if (named)
            buf_adds(&path, named);
        if ((named ? buf_cstr(&path)[0] == '\0' || path.failed : !expand(c->companions[i].value, s->file->key, s->file->key_size, &path)) || !depend(g, s->file, path.data))
            engine_no_memory(g);
        else
            open_companion(s, path.data, plugin, (uint16_t)i);
        buf_release(&path);
    }
}

void source_close_companions(struct source *s)
{
    while (s->task.companion_count > 0)
        (void)close(s->task.companions[--s->task.companion_count].fd);
}
