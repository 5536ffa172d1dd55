/* SPDX-License-Identifier: MIT */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "conform_impl.h"
#include "detect_read.h"
#include "engine_impl.h"
#include "pool_inline.h"

static const char expected[] = ".expected.json";

struct watched {
    struct registry *registry;
    const struct plugin *plugin;
    struct capture *capture;
};

/* ---- samples ---- */

/* tests/plugins/ and the last two parts of the path, without its extension. */
static void name_folder(const char *path, char out[CAPTURE_PATH])
{
    const char *slash = strrchr(path, '/'), *at = slash;
    while (at && at > path && at[-1] != '/')
        at--;
    const char *dot = strrchr(path, '.');
    (void)snprintf(out, CAPTURE_PATH, "tests/plugins/%.*s", at && dot ? (int)(dot - at) : 0, at ? at : "");
}

static bool find_samples(const struct plugin *p, char folder[CAPTURE_PATH], glob_t *found)
{
    const char *const paths[] = {p->conf_path, p->module_path};
    for (size_t i = 0; i < 2; i++) {
        char pattern[CAPTURE_PATH + 32];
        name_folder(paths[i], folder);
        (void)snprintf(pattern, sizeof pattern, "%s/*%s", folder, expected);
        if (glob(pattern, 0, NULL, found) == 0)
            return true;
        globfree(found);
    }
    return false;
}

bool capture_has_samples(const struct plugin *p)
{
    char folder[CAPTURE_PATH];
    glob_t found = {0};
    bool any = p->conf.map.from_count > 0 || find_samples(p, folder, &found);
    globfree(&found);
    return any;
}

static void cut_extension(glob_t *found)
{
    for (size_t i = 0; i < found->gl_pathc; i++)
        found->gl_pathv[i][strlen(found->gl_pathv[i]) - strlen(expected)] = '\0';
}

/* ---- what is kept ---- */

static bool is_same(struct buf *a, struct buf *b)
{
    return a->size == b->size && memcmp(buf_cstr(a), buf_cstr(b), a->size) == 0;
}

static bool is_known(const struct capture *c, struct job_input *in)
{
    for (size_t i = 0; i < c->count; i++) {
        struct job_input *other = &c->items[i].input;
        if (other->companion_count == in->companion_count && is_same(&other->source, &in->source) &&
            is_same(&other->needs, &in->needs))
            return true;
    }
    return false;
}

static void keep(struct capture *c, struct job_input *in, const char *sample)
{
    if (is_known(c, in) || !vec_grow(&c->items, &c->capacity, c->count + 1, sizeof *c->items)) {
        job_input_release(in);
        return;
    }
    c->items[c->count].input = *in;
    (void)snprintf(c->items[c->count++].sample, CAPTURE_PATH, "%s", sample);
}

static bool read_range(int fd, uint64_t offset, uint64_t size, struct buf *out)
{
    char *to = size <= CAPTURE_BYTES ? buf_reserve(out, (size_t)size + 1) : NULL;
    if (!to || pread(fd, to, (size_t)size, (off_t)offset) != (ssize_t)size)
        return false;
    out->size += (size_t)size;
    return true;
}

/* Names are for the header of a file: without what separates there. */
static void put_name(char *out, size_t room, struct adit_text text)
{
    (void)snprintf(out, room, "%.*s", (int)text.size, text.size ? text.data : "");
    for (; *out; out++)
        if (*out == '\t' || *out == '\n')
            *out = '_';
}

static void on_job(void *context, const struct pool_task *t, uint32_t plugin)
{
    struct watched *w = context;
    const struct source *s = t->owner;
    struct job_input in = {.companion_count = 0};
    if (plugin != w->plugin->index)
        return;
    put_name(in.plugin, sizeof in.plugin, (struct adit_text){w->plugin->conf.name, strlen(w->plugin->conf.name)});
    put_name(in.media, sizeof in.media, t->media);
    put_name(in.name, sizeof in.name, t->name);
    bool good = true;
    if (t->fd >= 0)
        good = read_range(t->fd, t->offset, t->size, &in.source);
    else if (t->memory)
        buf_add(&in.source, t->memory, (size_t)t->size);
    if (t->needs_size)
        buf_add(&in.needs, t->needs, t->needs_size);
    for (size_t i = 0; good && i < t->companion_count && in.companion_count < INPUT_COMPANIONS; i++) {
        if (t->companions[i].plugin != plugin)
            continue;
        in.companions[in.companion_count].label = t->companions[i].label;
        good = read_range(t->companions[i].fd, 0, t->companions[i].size, &in.companions[in.companion_count++].data);
    }
    if (good)
        keep(w->capture, &in, s->file->root.result.name);
    else
        job_input_release(&in);
}

/* ---- the engine ---- */

static int run_engine(struct registry *r, const char *const *paths, size_t count)
{
    struct err e = {0};
    struct walk *walk = NULL;
    struct output *output = NULL;
    struct quarantine *quarantine = NULL;
    struct engine_stats stats;
    int status, null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const char **all = calloc(r->count + 1, sizeof *all);
    const struct walk_options walk_options = {.paths = paths, .path_count = count};
    size_t with = 0;
    int error = -ENOMEM;
    for (size_t i = 0; all && i < r->count; i++)
        if (r->plugins[i].state == PLUGIN_READY && r->plugins[i].module_path)
            all[with++] = r->plugins[i].conf.name;
    if (all && null >= 0 && output_open(OUTPUT_NDJSON, null, NULL, &output, &e) == 0 &&
        walk_open(&walk_options, &walk, &e) == 0 && quarantine_open(NULL, &quarantine) == 0) {
        const struct engine_options options = {.registry = r,
                                               .selection = {.with = all, .with_count = with},
                                               .walk = walk,
                                               .output = output,
                                               .quarantine = quarantine,
                                               .workers = 1};
        error = engine_run(&options, &status, &stats, &e);
    }
    if (error)
        (void)fprintf(stderr, "the samples cannot be run: %s\n", e.text);
    (void)output_close(output);
    walk_free(walk);
    quarantine_free(quarantine);
    free(all);
    if (null >= 0)
        (void)close(null);
    return error;
}

/* ---- files as they are ---- */

static void set_media(const struct registry *r, struct job_input *in)
{
    struct detect_result found;
    detect_memory(r->detect, buf_cstr(&in->source), in->source.size, in->name, strlen(in->name), &found);
    (void)snprintf(in->media, sizeof in->media, "%s", found.media);
}

bool capture_file(struct registry *r, const struct plugin *p, const char *path, struct job_input *out)
{
    const char *slash = strrchr(path, '/');
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    memset(out, 0, sizeof *out);
    put_name(out->plugin, sizeof out->plugin, (struct adit_text){p->conf.name, strlen(p->conf.name)});
    put_name(out->name, sizeof out->name,
             (struct adit_text){slash ? slash + 1 : path, strlen(slash ? slash + 1 : path)});
    bool good = fd >= 0 && fstat(fd, &st) == 0 && conform_needs(r, p, &out->needs) == 0;
    if (good && p->conf.kind != CONF_MAPPER)
        good = S_ISREG(st.st_mode) && read_range(fd, 0, (uint64_t)st.st_size, &out->source);
    set_media(r, out);
    if (fd >= 0)
        (void)close(fd);
    if (!good)
        job_input_release(out);
    return good;
}

static bool has_sample(const struct capture *c, const char *path)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->items[i].sample, path) == 0)
            return true;
    return false;
}

/* The cells of a table are what an id mapper may be asked for. */
static void take_cells(const struct plugin *p, struct capture *out)
{
    struct job_input in = {.companion_count = 0};
    int fd = p->conf.resource_count ? open(p->resource_paths[0], O_RDONLY | O_CLOEXEC) : -1;
    char *to = buf_reserve(&in.source, CAPTURE_CELLS);
    ssize_t n = fd >= 0 && to ? pread(fd, to, CAPTURE_CELLS, 0) : 0;
    (void)snprintf(in.plugin, sizeof in.plugin, "%s", p->conf.name);
    in.source.size = n > 0 ? (size_t)n : 0;
    for (size_t i = 0; i < in.source.size; i++)
        if (strchr("\t,;|", to[i]))
            to[i] = '\n';
    if (fd >= 0)
        (void)close(fd);
    out->sample_count += n > 0;
    keep(out, &in, fd >= 0 ? p->resource_paths[0] : "");
}

bool capture_samples(struct registry *r, const struct plugin *p, struct capture *out)
{
    glob_t found = {0};
    struct watched w = {r, p, out};
    struct job_input in;
    memset(out, 0, sizeof *out);
    if (p->conf.map.from_count > 0)
        take_cells(p, out);
    if (!find_samples(p, out->folder, &found))
        return true;
    cut_extension(&found);
    out->sample_count += found.gl_pathc;
    pool_inline_watch(on_job, &w);
    int error = run_engine(r, (const char *const *)found.gl_pathv, found.gl_pathc);
    pool_inline_watch(NULL, NULL);
    for (size_t i = 0; !error && i < found.gl_pathc; i++)
        if (!has_sample(out, found.gl_pathv[i]) && capture_file(r, p, found.gl_pathv[i], &in))
            keep(out, &in, found.gl_pathv[i]);
    globfree(&found);
    return !error;
}

void capture_release(struct capture *c)
{
    for (size_t i = 0; i < c->count; i++)
        job_input_release(&c->items[i].input);
    free(c->items);
    memset(c, 0, sizeof *c);
}
