/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "path_text.h"

static const int64_t INTERVAL_NS = 100000000;
static const int64_t RATE_NS = 1000000000;
enum { MIN_PATH = 12, COUNTED = 10000000 };

struct progress {
    int fd;
    bool on, shown;
    int64_t started, drawn;
    struct buf line;
};

static int64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct progress *progress_open(int fd, bool wanted)
{
    struct progress *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->fd = fd;
    p->on = wanted && isatty(fd);
    p->started = now_ns();
    p->drawn = p->started + INTERVAL_NS; /* short runs show nothing */
    return p;
}

static size_t columns_of(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void add_bytes(struct buf *b, uint64_t bytes)
{
    static const char units[] = "KMGTPE";
    double v = (double)bytes;
    size_t unit = 0;
    if (bytes < 1024) {
        buf_addf(b, "%u B", (unsigned)bytes);
        return;
    }
    for (v /= 1024; v >= 1024 && unit + 2 < sizeof units; v /= 1024)
        unit++;
    buf_addf(b, v < 10 ? "%.1f %ciB" : "%.0f %ciB", v, units[unit]);
}

static void add_percent(struct buf *b, uint64_t done, uint64_t total)
{
    buf_addf(b, "%u %%", done >= total ? 100 : (unsigned)((double)done / (double)total * 100));
}

/* The end of a path says more than its beginning. */
static void add_path(struct buf *b, const char *path, size_t size, size_t columns)
{
    struct buf visible = BUF_INIT;
    size_t wide = 0;
    (void)path_text_visible(&visible, path, size, SIZE_MAX, &wide);
    const unsigned char *at = (const unsigned char *)visible.data, *end = at + visible.size;
    bool cut = wide > columns;
    while (at < end && wide > columns - cut) {
        uint32_t c;
        at += path_text_decode(at, end, &c);
        wide -= path_text_columns(c);
    }
    if (cut)
        buf_adds(b, "…");
    buf_add(b, at, (size_t)(end - at));
    buf_release(&visible);
}

void progress_line(struct buf *out, const struct progress_state *s, double seconds, size_t columns)
{
    buf_reset(out);
    buf_addf(out, "%llu", (unsigned long long)s->files);
    if (s->total > 0) {
        buf_addf(out, "/%llu (", (unsigned long long)s->total);
        add_percent(out, s->files, s->total);
        buf_putc(out, ')');
    }
    buf_adds(out, s->files == 1 ? " file, " : " files, ");
    add_bytes(out, s->bytes);
    if (seconds > 0)
        buf_addf(out, ", %.0f/s", (double)s->files / seconds);
    if (s->hits > 0)
        buf_addf(out, ", %llu cached", (unsigned long long)s->hits);
    if (s->failures > 0)
        buf_addf(out, ", %llu failed", (unsigned long long)s->failures);
    if (s->job_total > 0) {
        buf_adds(out, ", this one ");
        if (s->job_total < COUNTED) /* records of some kind, not bytes */
            buf_addf(out, "%llu of %llu, ", (unsigned long long)s->job_done, (unsigned long long)s->job_total);
        add_percent(out, s->job_done, s->job_total);
    } else if (s->job_done > 0) {
        buf_adds(out, ", this one ");
        add_bytes(out, s->job_done);
    }
    if (out->size > columns)
        out->size = columns; /* ASCII up to here */
    if (s->path && s->path_size > 0 && out->size + 2 + MIN_PATH <= columns) {
        buf_adds(out, ": ");
        add_path(out, s->path, s->path_size, columns - out->size);
    }
    (void)buf_cstr(out);
}

bool progress_due(struct progress *p)
{
    return p && p->on && now_ns() - p->drawn >= INTERVAL_NS;
}

/* A terminal that does not take it is not worth waiting for. */
static void put(struct progress *p, const char *data, size_t size)
{
    ssize_t n = write(p->fd, data, size);
    if (n < 0 && errno != EINTR && errno != EAGAIN)
        p->on = false;
}

void progress_update(struct progress *p, const struct progress_state *state)
{
    if (!progress_due(p))
        return;
    int64_t now = now_ns(), running = now - p->started;
    size_t columns = columns_of(p->fd);
    /* The last column stays free: a terminal would go to the next line. */
    progress_line(&p->line, state, running >= RATE_NS ? (double)running / 1e9 : 0, columns > 1 ? columns - 1 : 1);
    struct buf whole = BUF_INIT;
    buf_adds(&whole, "\r");
    buf_add(&whole, p->line.data, p->line.size);
    buf_adds(&whole, "\033[K");
    if (!whole.failed)
        put(p, whole.data, whole.size);
    buf_release(&whole);
    p->shown = true;
    p->drawn = now;
}

void progress_clear(struct progress *p)
{
    if (!p || !p->shown)
        return;
    static const char erase[] = "\r\033[K";
    put(p, erase, sizeof erase - 1);
    p->shown = false;
}

void progress_clear_callback(void *progress)
{
    progress_clear(progress);
}

void progress_close(struct progress *p)
{
    if (!p)
        return;
    progress_clear(p);
    buf_release(&p->line);
    free(p);
}
