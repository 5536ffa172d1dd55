/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output_format.h"

enum { BLOCK = 64 * 1024, KEEP = 4 * BLOCK };

static const struct {
    const char *name;
    const struct output_ops *ops;
} formats[] = {
    [OUTPUT_TEXT] = {"text", &output_text_ops},
    [OUTPUT_NDJSON] = {"ndjson", &output_ndjson_ops},
    [OUTPUT_JSON] = {"json", &output_json_ops},
    [OUTPUT_CSV] = {"csv", &output_csv_ops},
};

int output_format_parse(const char *name, enum output_format *out, struct err *e)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            *out = (enum output_format)i;
            return 0;
        }
    }
    return err_set(e, -EINVAL, "there is no format '%s': expected text, ndjson, json or csv", name);
}

enum output_format output_format_for(int fd)
{
    return isatty(fd) ? OUTPUT_TEXT : OUTPUT_NDJSON;
}

bool output_wants_color(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0 && isatty(fd);
}

size_t output_width(int fd)
{
    struct winsize size;
    if (!isatty(fd))
        return 0;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

const char *output_error_name(enum result_error error)
{
    switch (error) {
    case RESULT_READ:
        return "";
    case RESULT_UNREADABLE:
        return "unreadable";
    case RESULT_NOT_REGULAR:
        return "not-regular";
    case RESULT_VANISHED:
        return "vanished";
    case RESULT_CHANGED:
        return "changed";
    }
    return "unreadable";
}

static int write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EAGAIN) { /* somebody made the other side's pipe non-blocking */
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        data += n;
        size -= (size_t)n;
    }
    return 0;
}

int output_flush(struct output *o)
{
    if (o->error == 0 && o->buf.failed)
        o->error = -ENOMEM;
    if (o->error == 0 && o->buf.size > 0) {
        if (o->options.before_write)
            o->options.before_write(o->options.before_write_data);
        o->error = write_all(o->fd, o->buf.data, o->buf.size);
    }
    if (o->buf.capacity > KEEP)
        buf_release(&o->buf);
    buf_reset(&o->buf);
    return o->error;
}

void output_spill(struct output *o)
{
    if (o->buf.size >= BLOCK || o->buf.failed)
        (void)output_flush(o);
}

static void free_output(struct output *o)
{
    if (o->ops->release)
        o->ops->release(o);
    choice_release(&o->choice);
    arena_release(&o->arena);
    buf_release(&o->buf);
    free(o);
}

int output_open(enum output_format format, int fd, const struct output_options *options, struct output **out,
                struct err *e)
{
    struct output *o = calloc(1, sizeof *o);
    if (!o)
        return err_set(e, -ENOMEM, "not enough memory");
    o->fd = fd;
    o->terminal = isatty(fd);
    o->ops = formats[format].ops;
    if (options)
        o->options = *options;
    int error = o->options.fields && format != OUTPUT_CSV ? choice_read(o->options.fields, o->options.registry, false, &o->choice, e) : 0;
    if (!error && o->ops->begin)
        error = o->ops->begin(o, e);
    if (error) {
        free_output(o);
        return error;
    }
    *out = o;
    return 0;
}

int output_result(struct output *o, const struct result *r)
{
    if (o->error)
        return o->error;
    if (o->choice.count > 0) {
        arena_reset(&o->arena);
        r = choice_apply(&o->choice, &o->arena, r);
        if (!r)
            return o->error = -ENOMEM;
    }
    o->ops->result(o, r);
    o->results++;
    if (o->terminal)
        return output_flush(o);
    output_spill(o);
    return o->error;
}

int output_close(struct output *o)
{
    if (!o)
        return 0;
    if (o->ops->end)
        o->ops->end(o);
    int error = output_flush(o);
    free_output(o);
    return error;
}
