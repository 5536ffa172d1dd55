/* SPDX-License-Identifier: MIT */
/* Any plugin on any bytes: an input names its plugin (job_input.h) and goes through the checks of replay.h. Inputs to start from are
 * what the plugins are given for their samples:
 *
 *     plugin --seeds FOLDER [NAME]…     writes those of these plugins, or of all */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "replay.h"

static struct registry *registry;
static struct replay *replays; /* by plugin index; opened when they are first named */

static void write_seeds(const struct plugin *p, const char *folder)
{
    struct capture c;
    if (!capture_samples(registry, p, &c))
        exit(1);
    for (size_t i = 0; i < c.count; i++) {
        char path[4096];
        struct buf file = BUF_INIT;
        (void)snprintf(path, sizeof path, "%s/%s.%zu", folder, p->conf.name, i);
        job_input_write(registry, &c.items[i].input, &file);
        FILE *f = fopen(path, "wb");
        if (!f || fwrite(file.data, 1, file.size, f) != file.size || fclose(f) != 0) {
            perror(path);
            exit(1);
        }
        buf_release(&file);
    }
    capture_release(&c);
}

static bool is_named(const char *name, char **names, int count)
{
    bool named = count == 0;
    for (int i = 0; i < count; i++)
        named |= strcmp(names[i], name) == 0;
    return named;
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    registry = loaded_registry(BUILD_DIR);
    replays = registry ? calloc(registry->count + 1, sizeof *replays) : NULL;
    if (!replays)
        exit(1);
    if (*argc < 3 || strcmp((*argv)[1], "--seeds") != 0)
        return 0;
    size_t written = 0;
    for (size_t i = 0; i < registry->count; i++) {
        const struct plugin *p = &registry->plugins[i];
        if (p->state != PLUGIN_READY || !p->module_path || !is_named(p->conf.name, *argv + 3, *argc - 3))
            continue;
        write_seeds(p, (*argv)[2]);
        written++;
    }
    if (!written)
        (void)fprintf(stderr, "there is no plugin of that name that can be run\n");
    exit(written ? 0 : 1);
}

static struct replay *replay_of(const char *name)
{
    const struct plugin *p = registry_find(registry, name);
    struct replay *r = &replays[p->index];
    if (!r->plugin && replay_open(r, registry, p) != ADIT_OK) {
        (void)fprintf(stderr, "%s: cannot be used: %s\n", name, r->fault);
        exit(1);
    }
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job_input in;
    if (job_input_parse(registry, data, size, &in) && registry_find(registry, in.plugin)->module_path) {
        struct replay *r = replay_of(in.plugin);
        if (replay_run(r, &in, CHECK_PLACE_END) > 0) {
            (void)fprintf(stderr, "%s: %s\n", in.plugin, r->fault);
            abort();
        }
    }
    job_input_release(&in);
    return 0;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

/* Changes one part, and leaves the line that says whose they are. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
    struct job_input in;
    struct buf *parts[INPUT_PARTS], out = BUF_INIT;
    bool good = job_input_parse(registry, data, size, &in);
    size_t count = job_input_parts(&in, parts), filled = 0;
    for (size_t i = 1; i < count; i++)
        filled += parts[i]->size > 0;
    /* Half of the changes are for the source, where there is something else. */
    size_t which = filled == 0 || (parts[0]->size > 0 && seed % 2) ? 0 : 1 + seed / 2 % (count - 1);
    struct buf *part = parts[which];
    size_t more = room > size ? room - size : 0;
    more = more < 4096 ? more : 4096;
    char *to = good && more > 0 ? buf_reserve(part, more) : NULL;
    if (to) {
        part->size = LLVMFuzzerMutate((uint8_t *)part->data, part->size, part->size + more);
        job_input_write(registry, &in, &out);
        size = out.size < room ? out.size : room;
        memcpy(data, out.data, size);
    }
    job_input_release(&in);
    buf_release(&out);
    return to ? size : LLVMFuzzerMutate(data, size, room);
}
