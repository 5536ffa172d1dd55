/* SPDX-License-Identifier: MIT */
/* What storing, looking up and printing a result costs, in microseconds: bench_cache [FILES] [DIR] */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "fields.h"
#include "output.h"
#include "walk.h"

enum { PER_FOLDER = 700, TICK = 5000 };

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *what, double seconds, size_t n)
{
    (void)printf("%-28s %8.2f us each  %9.0f a second\n", what, seconds * 1e6 / (double)n, (double)n / seconds);
}

/* Fields such as those of a small picture. */
static void add_fields(struct buf *b, size_t i)
{
    static const char *const names[] = {"width", "height", "bit_depth", "color_type", "x_density", "y_density"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct adit_value v = {.kind = ADIT_KIND_U64, .as.u64 = i * 7 + k};
        field_put_value(b, names[k], strlen(names[k]), &v);
    }
    char title[64];
    struct adit_value v = {.kind = ADIT_KIND_STRING,
                           .as.text = {title, (size_t)snprintf(title, sizeof title, "Picture %zu", i)}};
    field_put_begin(b, "text", 4, FIELD_OBJECT);
    field_put_value(b, "Title", 5, &v);
    field_put_end(b);
}

static size_t path_of(size_t i, char *out, size_t room)
{
    return (size_t)snprintf(out, room, "/home/user/pictures/%04zu/picture-%07zu.png", i / PER_FOLDER, i);
}

static struct stamp stamp_for(size_t i)
{
    return (struct stamp){.device = 1,
                          .inode = i,
                          .size = 1000 + i,
                          .mtime_ns = 1700000000000000000,
                          .ctime_ns = 1700000000000000000 + (int64_t)i,
                          .exists = true};
}

static struct cache *open_cache(const char *dir)
{
    struct cache *c = NULL;
    struct err e;
    if (cache_open(dir, NULL, &c, &e) != 0) {
        (void)fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
    for (const char *line; (line = cache_message(c));)
        (void)fprintf(stderr, "%s\n", line);
    return c;
}

static void fill(struct result *r, struct part parts[3], struct buf *fields, size_t i)
{
    buf_reset(fields);
    add_fields(fields, i);
    for (size_t k = 0; k < 3; k++) {
        static const char *const names[] = {"png", "exif", "photo"};
        parts[k] =
            (struct part){.plugin = names[k], .version = "1.0.0", .reason = "", .status = k ? PART_DECLINED : PART_OK};
        memset(parts[k].fingerprint, (int)k + 1, sizeof parts[k].fingerprint);
    }
    parts[0].fields = (const unsigned char *)fields->data;
    parts[0].fields_size = fields->size;
    *r = (struct result){.media = "image/png",
                         .detected = "image/png",
                         .size = 1000 + i,
                         .error_text = "",
                         .mtime_ns = 1700000000000000000,
                         .source_plugin = "",
                         .offset = UINT64_MAX,
                         .limit = "",
                         .parts = parts,
                         .part_count = 3};
}

static void bench_store(const char *dir, size_t n)
{
    struct cache *c = open_cache(dir);
    struct buf fields = BUF_INIT;
    double start = now();
    for (size_t i = 0; i < n; i++) {
        char path[128];
        struct part parts[3];
        struct result r;
        struct stamp stamp = stamp_for(i);
        unsigned char key[CACHE_KEY] = {1};
        fill(&r, parts, &fields, i);
        (void)cache_store(c, path, path_of(i, path, sizeof path), &stamp, key, &r);
    }
    report("store", now() - start, n);
    cache_close(c);
    report("store, with the end", now() - start, n);
    buf_release(&fields);
}

static void bench_lookup(const char *dir, size_t n)
{
    double start = now();
    struct cache *c = open_cache(dir);
    (void)printf("%-28s %8.2f us\n", "open", (now() - start) * 1e6);
    struct arena arena = {0};
    size_t hits = 0;
    start = now();
    for (size_t i = 0; i < n; i++) {
        char path[128];
        struct stamp stamp = stamp_for(i);
        struct result *r = NULL;
        unsigned char key[CACHE_KEY];
        arena_reset(&arena);
        hits += cache_lookup(c, path, path_of(i, path, sizeof path), &stamp, &arena, &r, key) == 1;
        if (i % TICK == 0)
            cache_tick(c);
    }
    report("look up and decode", now() - start, n);
    if (hits != n)
        (void)printf("  only %zu hits\n", hits);
    start = now();
    for (size_t i = 0; i < n; i++) {
        char path[128];
        struct stamp stamp = stamp_for(i);
        struct result *r = NULL;
        unsigned char key[CACHE_KEY];
        (void)cache_lookup(c, path, path_of(i + n, path, sizeof path), &stamp, &arena, &r, key);
    }
    report("look up and miss", now() - start, n);
    start = now();
    cache_close(c);
    (void)printf("%-28s %8.2f us\n", "close", (now() - start) * 1e6);
    arena_release(&arena);
}

static void bench_output(enum output_format format, const char *what, size_t n)
{
    struct output *o = NULL;
    struct buf fields = BUF_INIT;
    struct part parts[3];
    struct result r;
    struct err e;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (output_open(format, null, NULL, &o, &e) != 0)
        exit(1);
    fill(&r, parts, &fields, 12345);
    r.name = "/home/user/pictures/0001/picture-0012345.png";
    r.name_size = strlen(r.name);
    double start = now();
    for (size_t i = 0; i < n; i++)
        (void)output_result(o, &r);
    report(what, now() - start, n);
    (void)output_close(o);
    (void)close(null);
    buf_release(&fields);
}

static void bench_walk(const char *tree)
{
    struct walk *w = NULL;
    struct walk_entry entry;
    struct err e;
    size_t n = 0;
    double start = now();
    if (walk_open(&(struct walk_options){.paths = &tree, .path_count = 1}, &w, &e) != 0)
        exit(1);
    while (walk_next(w, &entry) == 1)
        n++;
    (void)printf("%zu entries in %s\n", n, tree);
    report("walk", now() - start, n ? n : 1);
    walk_free(w);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    char dir[] = "/tmp/adit-bench-XXXXXX", command[64];
    if (!mkdtemp(dir))
        return 1;
    bench_store(dir, n);
    bench_lookup(dir, n);
    bench_output(OUTPUT_NDJSON, "ndjson", n);
    bench_output(OUTPUT_TEXT, "text", n);
    bench_output(OUTPUT_CSV, "csv", n);
    bench_walk(argc > 2 ? argv[2] : "/usr");
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("peak memory %ld KiB\n", usage.ru_maxrss);
    (void)snprintf(command, sizeof command, "du -k %s; rm -r %s", dir, dir);
    return system(command) != 0;
}
