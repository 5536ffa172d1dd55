/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "map_output_impl.h"

static const struct map_format_ops *const formats[] = {
    [MAP_TEXT] = &map_text_ops, [MAP_TSV] = &map_tsv_ops,     [MAP_NDJSON] = &map_ndjson_ops,
    [MAP_JSON] = &map_json_ops, [MAP_SSSOM] = &map_sssom_ops,
};

int map_format_parse(const char *name, enum map_format *out, struct err *e)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i]->name, name) == 0) {
            *out = (enum map_format)i;
            return 0;
        }
    }
    return err_set(e, -EINVAL, "there is no format '%s': expected tsv, ndjson, json, sssom or text", name);
}

int map_output_write(struct map_output *o)
{
    size_t done = 0;
    if (o->out.failed && !o->error)
        o->error = -ENOMEM;
    while (!o->error && done < o->out.size) {
        ssize_t n = write(o->options.fd, o->out.data + done, o->out.size - done);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = o->options.fd, .events = POLLOUT};
            (void)poll(&p, 1, -1);
        } else if (n < 0 && errno != EINTR) {
            o->error = -errno;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    buf_reset(&o->out);
    return o->error;
}

void map_output_spill(struct map_output *o)
{
    if (o->out.size >= MAP_BLOCK)
        (void)map_output_write(o);
}

const struct map_way *map_output_way(const struct map_output *o, const struct map_target *t)
{
    return &o->options.ways[t && t->found ? t->found->path : 0];
}

enum map_validation map_output_validation(const struct map_output *o, const struct map_target *t)
{
    if (!o->options.validated)
        return MAP_NOT_ASKED;
    return !t ? MAP_NO_FORWARD_TARGET : t->found ? (enum map_validation)t->found->validation : MAP_NO_REVERSE_PATH;
}

void map_output_count(struct map_output *o, const struct map_answer *a)
{
    o->counts.inputs++;
    o->counts.statuses[a->status]++;
    o->counts.targets += a->count;
    for (size_t i = 0; i < a->count; i++)
        o->counts.validations[map_output_validation(o, &a->targets[i])]++;
    if (a->count == 0)
        o->counts.validations[map_output_validation(o, NULL)]++;
}

int map_output_open(const struct map_output_options *options, struct map_output **out, struct err *e)
{
    struct map_output *o = calloc(1, sizeof *o);
    if (!o)
        return err_set(e, -ENOMEM, "out of memory");
    o->options = *options;
    o->ops = formats[options->format];
    o->terminal = isatty(options->fd);
    o->first = true;
    int rc = o->ops->begin(o, e);
    if (rc < 0) {
        o->ops = NULL;
        (void)map_output_close(o, NULL);
        return rc;
    }
    *out = o;
    return 0;
}

int map_output_take(void *output, struct map_chunk *c)
{
    struct map_output *o = output;
    if (!(o->ops->chunk && o->ops->chunk(o, c))) {
        struct map_cursor at = {.chunk = c};
        struct map_answer a;
        while (map_judge_next(o->options.judge, &at, &a)) {
            map_output_count(o, &a);
            o->ops->answer(o, &a);
            map_output_spill(o);
        }
    }
    if (map_judge_failed(o->options.judge) && !o->error)
        o->error = -ENOMEM;
    return o->terminal ? map_output_write(o) : o->error;
}

int map_output_flush(void *output)
{
    return map_output_write(output);
}

const struct map_counts *map_output_counts(const struct map_output *o)
{
    return &o->counts;
}

int map_output_close(struct map_output *o, struct map_counts *counts)
{
    if (!o)
        return 0;
    if (o->ops)
        o->ops->end(o);
    int error = map_output_write(o);
    if (counts)
        *counts = o->counts;
    buf_release(&o->out);
    arena_release(&o->arena);
    free(o);
    return error;
}
