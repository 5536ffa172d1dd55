/* SPDX-License-Identifier: MIT */
/* `adit map`, once it is known what leads where: opens both ends, runs, and tells how it went. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "cmd_map.h"
#include "map_way.h"
#include "namespace.h"

static double seconds_since(const struct timespec *begin)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begin->tv_sec) + (double)(now.tv_nsec - begin->tv_nsec) / 1e9;
}

static void print_summary(const struct map_counts *c, bool validated)
{
    (void)fprintf(stderr, "adit map: %llu %s:", (unsigned long long)c->inputs, c->inputs == 1 ? "input" : "inputs");
    const char *between = " ";
    for (size_t s = 0; s < MAP_STATUSES; s++) {
        if (c->statuses[s] == 0 && s != MAP_MAPPED)
            continue;
        (void)fprintf(stderr, "%s%llu %s", between, (unsigned long long)c->statuses[s], map_status_name((enum map_status)s));
        between = ", ";
    }
    (void)fprintf(stderr, "; %llu %s\n", (unsigned long long)c->targets, c->targets == 1 ? "target" : "targets");
    between = "adit map: ";
    for (size_t v = 1; v < MAP_VALIDATIONS && validated; v++) {
        (void)fprintf(stderr, "%s%llu %s", between, (unsigned long long)c->validations[v], map_validation_name((enum map_validation)v));
        between = ", ";
    }
    if (validated)
        (void)fputc('\n', stderr);
}

static void print_stats(const struct map_request *q, const struct map_run *run, const struct map_counts *c, double seconds)
{
    struct rusage self, children;
    struct pool_stats pool;
    size_t count;
    const struct map_use *uses = map_run_uses(run, &count);
    (void)getrusage(RUSAGE_SELF, &self);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    map_run_stats(run, &pool);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(stderr, "mapper %s%s: asked %llu, hits %llu, misses %llu; from the cache %llu\n", q->registry->plugins[uses[i].plugin].conf.name,
                      uses[i].backward ? " (backwards)" : "", (unsigned long long)uses[i].asked, (unsigned long long)uses[i].known,
                      (unsigned long long)(uses[i].asked - uses[i].known), (unsigned long long)uses[i].cached);
    (void)fprintf(stderr, "inputs %llu (%.0f a second); jobs %llu in %llu batches; zygotes %llu, workers %llu (lost %llu)\n",
                  (unsigned long long)c->inputs, (double)c->inputs / seconds, (unsigned long long)pool.jobs,
                  (unsigned long long)pool.batches, (unsigned long long)pool.zygotes_started, (unsigned long long)pool.workers_started,
                  (unsigned long long)pool.workers_lost);
    (void)fprintf(stderr, "time %.3f s; peak memory: host %.1f MB, largest worker %.1f MB\n", seconds, (double)cmd_peak_kib(&self) / 1024,
                  (double)children.ru_maxrss / 1024);
}

static int status_of(const struct map_request *q, const struct map_counts *c, int error)
{
    if (error == -EINTR)
        return 128 + SIGINT;
    if (error)
        return error == -EPIPE ? EXIT_DONE : EXIT_SOME_FAILED;
    bool complete = c->statuses[MAP_MAPPED] + c->statuses[MAP_SECONDARY] == c->inputs;
    bool none = c->inputs > 0 && c->targets == 0;
    return c->statuses[MAP_FAILED] || none || (q->complete && !complete) ? EXIT_SOME_FAILED : EXIT_DONE;
}

/* Is this column printed? */
static bool wants_digest(const struct map_request *q, enum map_format format)
{
    return format != MAP_TEXT && (!q->columns || format != MAP_TSV || strstr(q->columns, "resource_digest"));
}

struct prepared {
    struct map_paths paths, back;
    bool has_back;
    struct map_way ways[MAP_PATHS];
    struct map_input *input;
    struct map_judge *judge;
    struct map_output *output;
    struct map_run *run;
    struct cache *cache;
    struct arena arena;
    int fd;
};

static void say_cache_messages(struct cache *cache)
{
    for (const char *message; cache && (message = cache_message(cache)) != NULL;)
        cmd_error("map", "%s", message);
}

/* Opens the cache where a mapper has its answers kept. */
static int open_cache(const struct map_request *q, struct prepared *p, struct err *e)
{
    char dir[4096];
    struct cache_options options = {0};
    const char *size = getenv("ADIT_CACHE_SIZE");
    bool wanted = false;
    for (size_t i = 0; i < p->paths.count + p->back.count; i++) {
        const struct map_path *path = i < p->paths.count ? &p->paths.items[i] : &p->back.items[i - p->paths.count];
        for (size_t k = 0; k < path->count; k++)
            wanted |= q->registry->plugins[path->steps[k]->plugin].conf.map.cache;
    }
    if (q->no_cache || !wanted)
        return 0;
    if (size && size[0] && cache_size_parse(size, &options.max_bytes, e) != 0)
        return -EINVAL;
    bool known = cmd_cache_dir(&q->common, dir, sizeof dir) == 0;
    int rc = cache_open(known ? dir : NULL, &options, &p->cache, e);
    say_cache_messages(p->cache);
    return rc;
}

static void release(struct prepared *p)
{
    map_run_close(p->run);
    say_cache_messages(p->cache);
    cache_close(p->cache);
    map_judge_free(p->judge);
    map_input_free(p->input);
    map_paths_release(&p->paths);
    map_paths_release(&p->back);
    arena_release(&p->arena);
    if (p->fd > STDIN_FILENO)
        (void)close(p->fd);
}

static const char *declared(const struct namespace *n, bool separator)
{
    return !n->declared ? "" : separator ? n->declared->separator : n->declared->pattern;
}

/* Opens input, judge and output. 0 or a negative errno. */
static int open_ends(struct map_request *q, struct prepared *p, const struct map_query *query, enum map_format format, struct err *e)
{
    const struct namespace *from = &q->registry->namespaces[query->from], *to = &q->registry->namespaces[query->to];
    const struct map_input_options input = {
        .ids = q->ids, .id_count = q->id_count, .fd = p->fd, .column = q->column, .no_header = q->no_header, .delimiter = q->delimiter};
    const struct map_judge_options judge = {.pattern = declared(from, false),
                                            .composite = q->composite,
                                            .separator = declared(from, true),
                                            .target_separator = declared(to, true)};
    int rc = 0;
    for (size_t i = 0; i < p->paths.count && rc == 0; i++)
        rc = map_way_of(q->registry, &p->paths.items[i], wants_digest(q, format), &p->arena, &p->ways[i], e);
    if (rc == 0)
        rc = map_input_open(&input, &p->input, e);
    if (rc == 0)
        rc = map_judge_open(&judge, &p->judge, e);
    if (rc < 0)
        return rc;
    struct map_output_options output = {.format = format,
                                        .fd = STDOUT_FILENO,
                                        .columns = q->columns,
                                        .ways = p->ways,
                                        .way_count = p->paths.count,
                                        .validated = q->validate,
                                        .judge = p->judge,
                                        .from = from,
                                        .to = to};
    output.header = map_input_header(p->input, &output.header_size, &output.delimiter);
    return map_output_open(&output, &p->output, e);
}

static int open_run(struct map_request *q, struct prepared *p, const struct map_query *query, struct err *e)
{
    int opened = open_cache(q, p, e);
    if (opened < 0)
        return opened;
    const struct map_run_options options = {.registry = q->registry,
                                            .paths = p->paths.items,
                                            .path_count = p->paths.count,
                                            .validate = q->validate,
                                            .back = p->has_back ? p->back.items : NULL,
                                            .composite = q->composite,
                                            .separator = declared(&q->registry->namespaces[query->from], true),
                                            .input = p->input,
                                            .cache = p->cache,
                                            .take = map_output_take,
                                            .flush = map_output_flush,
                                            .context = p->output,
                                            .workers = q->jobs,
                                            .sandbox = !q->no_sandbox,
                                            .strict = q->strict,
                                            .debug = q->debug,
                                            .kept = q->no_cache ? NULL : cmd_kept_dir(&q->common),
                                            .prefix = q->common.prefix,
                                            .quarantine = q->quarantine,
                                            .interrupted = q->interrupted};
    int rc = map_run_open(&options, &p->run, e);
    if (rc == 0)
        map_judge_set_run(p->judge, p->run);
    return rc;
}

static int open_input(struct map_request *q, struct prepared *p)
{
    p->fd = STDIN_FILENO;
    if (q->input && strcmp(q->input, "-") != 0 && (p->fd = open(q->input, O_RDONLY | O_CLOEXEC)) < 0) {
        cmd_error("map", "%s: %s", q->input, strerror(errno));
        return EXIT_USAGE;
    }
    if (q->id_count == 0 && isatty(p->fd))
        cmd_error("map", "reading identifiers from the terminal, one a line; Ctrl-D ends");
    return 0;
}

static int find_ways(struct map_request *q, struct prepared *p, const struct map_query *query, struct err *e)
{
    int rc = mapgraph_paths(q->graph, query, &p->paths, e);
    if (rc < 0 || !q->validate)
        return rc;
    const struct map_query back = {.from = query->to, .to = query->from, .avoid = query->avoid, .avoid_count = query->avoid_count, .most = 1};
    struct err why = {0};
    p->has_back = mapgraph_paths(q->graph, &back, &p->back, &why) == 0;
    if (!p->has_back && !q->quiet)
        cmd_error("map", "--validate: %s", why.text);
    return 0;
}

int map_request_run(struct map_request *q, const struct map_query *query, enum map_format format)
{
    struct prepared p = {.fd = -1};
    struct err e = {0};
    struct timespec begin;
    struct map_counts counts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    int rc = find_ways(q, &p, query, &e), status = rc < 0 ? EXIT_USAGE : open_input(q, &p);
    if (rc == 0 && status == 0) {
        rc = open_ends(q, &p, query, format, &e);
        status = rc < 0 ? (rc == -EINVAL ? EXIT_USAGE : EXIT_CONFIGURATION) : 0;
    }
    if (rc == 0 && status == 0) {
        rc = open_run(q, &p, query, &e);
        status = rc < 0 ? EXIT_CONFIGURATION : 0;
    }
    if (rc == 0 && status == 0) {
        rc = map_run_all(p.run, &e);
        int written = map_output_close(p.output, &counts);
        p.output = NULL;
        if (rc == 0 && written < 0)
            rc = err_set(&e, written, "cannot write the results: %s", strerror(-written));
        const char *warnings = map_run_warnings(p.run);
        (void)fputs(warnings, stderr);
        if (!q->quiet && rc != -EPIPE)
            print_summary(&counts, q->validate);
        if (q->stats)
            print_stats(q, p.run, &counts, seconds_since(&begin));
        status = status_of(q, &counts, rc);
    }
    (void)map_output_close(p.output, NULL);
    if (rc < 0 && rc != -EPIPE)
        cmd_error("map", "%s", rc == -EINTR ? "interrupted" : e.text);
    release(&p);
    return status;
}
