/* SPDX-License-Identifier: MIT */
#include "loaded.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job_table.h"

struct registry *loaded_registry(const char *build)
{
    char root[PATH_MAX], confs[PATH_MAX + 32], modules[PATH_MAX + 32];
    struct registry *r = NULL;
    struct err e = {0};
    if (!realpath(build, root)) {
        perror(build);
        return NULL;
    }
    (void)snprintf(confs, sizeof confs, "%s/share/adit/conf.d", root);
    (void)snprintf(modules, sizeof modules, "%s/lib/adit/modules", root);
    const char *const conf_dirs[] = {confs}, *const module_dirs[] = {modules};
    const struct registry_options options = {.conf_dirs = conf_dirs,
                                             .conf_dir_count = 1,
                                             .module_dirs = module_dirs,
                                             .module_dir_count = 1,
                                             .prefix = root,
                                             .only_given_dirs = true};
    if (registry_open(&options, &r, &e) != 0)
        (void)fprintf(stderr, "%s: %s\n", confs, e.text);
    return r;
}

static bool take_tables(struct loaded *l, const struct conf *c)
{
    l->options = calloc(c->option_count + 1, sizeof *l->options);
    l->streams = calloc(c->stream_count + 1, sizeof *l->streams);
    l->labels = calloc(c->resource_count + c->companion_count + 1, sizeof *l->labels);
    l->fds = calloc(c->resource_count + 1, sizeof *l->fds);
    if (!l->options || !l->streams || !l->labels || !l->fds)
        return false;
    for (size_t i = 0; i < c->option_count; i++)
        l->options[i] = (struct job_pair){c->options[i].key, c->options[i].value};
    for (size_t i = 0; i < c->stream_count; i++)
        l->streams[i] = (struct job_pair){c->streams[i], "1"};
    for (size_t i = 0; i < c->resource_count; i++)
        l->labels[i] = c->resources[i].key;
    for (size_t i = 0; i < c->companion_count; i++)
        l->labels[c->resource_count + i] = c->companions[i].key;
    return true;
}

static int32_t open_plugin(struct loaded *l, const struct plugin *p, const int *fds, char *reason, size_t n)
{
    static struct adit_job job;
    const struct conf *c = &p->conf;
    int32_t status = ADIT_OK;
    size_t opened = 0;
    for (; status == ADIT_OK && opened < c->resource_count; opened++) {
        l->fds[opened] =
            fds ? fcntl(fds[opened], F_DUPFD_CLOEXEC, 0) : open(p->resource_paths[opened], O_RDONLY | O_CLOEXEC);
        if (l->fds[opened] < 0) {
            (void)snprintf(reason, n, "resource %s cannot be opened", p->resource_paths[opened]);
            status = ADIT_FAILED;
            break;
        }
    }
    if (status == ADIT_OK)
        status = job_open(&job, &l->job, reason, n);
    while (opened > 0)
        (void)close(l->fds[--opened]);
    return status;
}

int32_t loaded_open(struct loaded *l, const struct plugin *p, const int *fds, char *reason, size_t n)
{
    const struct conf *c = &p->conf;
    memset(l, 0, sizeof *l);
    reason[0] = '\0';
    void *module = p->module_path ? dlopen(p->module_path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!module) {
        (void)snprintf(reason, n, "%s", p->module_path ? dlerror() : "it has no module");
        return ADIT_FAILED;
    }
    struct err e = {0};
    if (job_table_copy(dlsym(module, "adit_plugin"), &l->table, &e) != 0 || !take_tables(l, c)) {
        (void)snprintf(reason, n, "%s", e.code ? e.text : "out of memory");
        return ADIT_FAILED;
    }
    l->job = (struct job_plugin){.index = p->index,
                                 .name = c->name,
                                 .table = &l->table,
                                 .options = l->options,
                                 .option_count = c->option_count,
                                 .resources = l->labels,
                                 .resource_fds = l->fds,
                                 .resource_count = c->resource_count,
                                 .companions = l->labels + c->resource_count,
                                 .companion_count = c->companion_count,
                                 .streams = l->streams,
                                 .stream_count = c->stream_count,
                                 .output_bytes = c->output_bytes,
                                 .stream_bytes = c->stream_bytes};
    int32_t status = open_plugin(l, p, fds, reason, n);
    l->opened = status == ADIT_OK;
    return status;
}

void loaded_close(struct loaded *l)
{
    if (l->opened && l->job.table->close)
        l->job.table->close(l->job.state);
    arena_release(&l->job.opened);
    free(l->options);
    free(l->streams);
    free(l->labels);
    free(l->fds);
    memset(l, 0, sizeof *l);
}
