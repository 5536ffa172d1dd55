/* SPDX-License-Identifier: MIT */
#include "map_module.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "job_table.h"
#include "links.h"

static void die(const char *what)
{
    (void)fprintf(stderr, "map_module: %s\n", what);
    abort();
}

static void on_links(struct map_module *m, const uint8_t *record, size_t size)
{
    struct links_item link;
    struct links_reader r = links_reader_of(record);
    m->linked += r.left;
    if (m->count_only)
        return;
    if (!links_valid(record, size, m->ids))
        die("links that are not valid");
    while (links_next(&r, &link))
        buf_addf(&m->links, "%u %u %.*s\n", link.id, link.flags, (int)link.target.size, link.target.data);
}

static void put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t b_size)
{
    static uint8_t record[WIRE_DATA];
    struct map_module *m = context;
    (void)flags;
    if (kind == RECORD_WARN)
        buf_addf(&m->warnings, "%.*s\n", (int)a_size, (const char *)a);
    if (kind != RECORD_LINKS)
        return;
    if (a_size + b_size > sizeof record)
        die("a record that is too large");
    memcpy(record, a, a_size);
    if (b_size)
        memcpy(record + a_size, b, b_size);
    on_links(m, record, a_size + b_size);
}

static bool progress(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

void map_module_init(struct map_module *m, const char *so, const char *file, const void *bytes, size_t size)
{
    static const char *keys[] = {"table"};
    struct err e = {0};
    memset(m, 0, sizeof *m);
    void *module = dlopen(so, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        die(dlerror());
    if (job_table_copy(dlsym(module, "adit_plugin"), &m->table, &e) != 0)
        die(e.text);
    m->fd = memfd_create("table", MFD_CLOEXEC);
    if (m->fd < 0 || write(m->fd, bytes, size) != (ssize_t)size)
        die("no memory for the table");
    m->sink = (struct job_sink){.context = m, .put = put, .progress = progress};
    m->job.sink = &m->sink;
    m->plugin = (struct job_plugin){.name = "mapper", .table = &m->table, .options = m->options, .resources = keys, .resource_fds = &m->fd,
                                    .resource_count = 1, .output_bytes = UINT64_MAX};
    map_module_option(m, "resources.table", file);
}

void map_module_option(struct map_module *m, const char *key, const char *value)
{
    if (m->plugin.option_count == MAP_MODULE_OPTIONS)
        die("too many options");
    m->options[m->plugin.option_count++] = (struct job_pair){key, value};
}

int32_t map_module_open(struct map_module *m)
{
    char reason[500];
    return job_open(&m->job, &m->plugin, reason, sizeof reason);
}

int32_t map_module_run(struct map_module *m, const struct adit_text *ids, size_t n, uint32_t flags)
{
    m->ids = (uint32_t)n;
    job_begin(&m->job, &m->plugin);
    struct adit_call call = job_call(&m->job);
    int32_t status = job_map_call(&m->job, &call, ids, n, flags);
    job_end(&m->job, status);
    return status;
}

void map_module_release(struct map_module *m)
{
    if (m->table.close && m->plugin.state)
        m->table.close(m->plugin.state);
    job_release_source(&m->job);
    job_map_release(&m->job);
    arena_release(&m->job.views);
    arena_release(&m->plugin.opened);
    buf_release(&m->job.event);
    buf_release(&m->warnings);
    buf_release(&m->links);
    free(m->job.blocks);
    (void)close(m->fd);
}
