/* SPDX-License-Identifier: MIT */
/* adit map: identifiers of one namespace as those of another. */
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
#include "quarantine.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static const char help[] =
    "Usage: adit map --from NAMESPACE --to NAMESPACE [OPTION]… [ID]…\n"
    "       adit map --list\n\n"
    "Look up identifiers, over the cheapest chain of mappers. They are arguments, or lines of standard input.\n\n"
    "What is mapped:\n"
    "      --from NAMESPACE     what the identifiers are; may be left out where their look tells it\n"
    "      --to NAMESPACE       what they are to become\n"
    "  -i, --input FILE         read FILE in place of standard input\n"
    "      --column NAME|N      the identifiers are a column of a CSV or TSV; its other columns pass through\n"
    "      --delimiter C        what is between its cells: tab, comma, semicolon, pipe, or a character\n"
    "      --no-header          its first row is a row; --column is a number\n"
    "      --composite HOW      identifiers that are several (P12345,Q67890), by the separator that the namespace declares:\n"
    "                           all of them (default), the first one, combined to one again, or none: they are one\n"
    "Which way:\n"
    "      --via NAME[,NAME]…   over these namespaces or mappers, in this order\n"
    "      --avoid NAME[,NAME]… not over these\n"
    "      --max-hops N         at most N steps\n"
    "      --all-paths          over every way, not only the cheapest (at most 100)\n"
    "      --explain            print the way, its costs and what else there is; map nothing\n"
    "      --list               print the namespaces and the mappers\n"
    "      --validate           look up each target backwards: is it validated, ambiguous, no-reverse-path?\n"
    "What comes out:\n"
    "  -f, --format FORMAT      text (at a terminal), tsv (otherwise), ndjson, json or sssom\n"
    "      --columns LIST       of tsv: input,input_index,target,status,predicate,path,hops,through,validation,\n"
    "                           resource_digest,reason\n"
    "      --strict             exit status 1 unless every identifier has exactly one target\n"
    "      --stats              figures of the run on standard error, mapper by mapper\n"
    "  -q, --quiet              no summary on standard error\n"
    "How it runs:\n"
    "  -j, --jobs N             workers at once (default: one a processor)\n"
    "      --sandbox=off        run mappers without their locks: only where you trust every one of them\n"
    "      --sandbox=strict     end a mapper at any system call that is not allowed, rather than refuse the call\n"
    "      --debug              let mappers write to standard error\n" CMD_COMMON_HELP
    "\nExit status: 0 all were looked up; 1 a mapper failed, or none of them has a target; 2 bad usage; 3 configuration.\n";

/* ---- the command line ---- */

enum {
    OPT_FROM = CMD_OPT_FIRST_OWN, OPT_TO, OPT_COLUMN, OPT_DELIMITER, OPT_NO_HEADER, OPT_COMPOSITE, OPT_VIA, OPT_AVOID, OPT_MAX_HOPS,
    OPT_ALL_PATHS, OPT_EXPLAIN, OPT_LIST, OPT_VALIDATE, OPT_COLUMNS, OPT_STRICT, OPT_STATS, OPT_SANDBOX, OPT_DEBUG
};

static int add_names(struct map_names *names, char *list, const char *option)
{
    char *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (names->count == MAP_NAMES)
            return cmd_usage("map", "%s takes at most %d names", option, MAP_NAMES);
        names->items[names->count++] = name;
    }
    return 0;
}

static int parse_number(const char *option, const char *text, size_t most, size_t *out)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (errno || text[0] < '0' || text[0] > '9' || *end || n < 1 || n > most)
        return cmd_usage("map", "%s: expected a number from 1 to %zu, found '%s'", option, most, text);
    *out = n;
    return 0;
}

static int parse_delimiter(struct map_request *q, const char *text)
{
    static const struct { const char *name; char is; } names[] = {
        {"tab", '\t'}, {"comma", ','}, {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i].name) == 0)
            q->delimiter = names[i].is;
    if (!q->delimiter && text[0] && !text[1] && text[0] != '"' && text[0] != '\n')
        q->delimiter = text[0];
    return q->delimiter ? 0 : cmd_usage("map", "--delimiter: expected tab, comma, semicolon, pipe, space or a character, found '%s'", text);
}

static int parse_composite(struct map_request *q, const char *text)
{
    static const char *const names[] = {"none", "first", "all", "combined"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(text, names[i]) == 0) {
            q->composite = (enum map_composite)i;
            return 0;
        }
    }
    return cmd_usage("map", "--composite: expected all, first, combined or none, found '%s'", text);
}

static int parse_sandbox(struct map_request *q, const char *text)
{
    q->no_sandbox = strcmp(text, "off") == 0;
    q->strict = strcmp(text, "strict") == 0;
    bool known = q->no_sandbox || q->strict || strcmp(text, "on") == 0;
    return known ? 0 : cmd_usage("map", "--sandbox: expected on, strict or off, found '%s'", text);
}

static int own_option(struct map_request *q, int option, char *argument)
{
    switch (option) {
    case OPT_FROM: q->from = argument; return 0;
    case OPT_TO: q->to = argument; return 0;
    case 'i': q->input = argument; return 0;
    case OPT_COLUMN: q->column = argument; return 0;
    case OPT_DELIMITER: return parse_delimiter(q, argument);
    case OPT_NO_HEADER: q->no_header = true; return 0;
    case OPT_COMPOSITE: return parse_composite(q, argument);
    case OPT_VIA: return add_names(&q->via, argument, "--via");
    case OPT_AVOID: return add_names(&q->avoid, argument, "--avoid");
    case OPT_MAX_HOPS: return parse_number("--max-hops", argument, 1000, &q->max_hops);
    case OPT_ALL_PATHS: q->all_paths = true; return 0;
    case OPT_EXPLAIN: q->explain = true; return 0;
    case OPT_LIST: q->list = true; return 0;
    case OPT_VALIDATE: q->validate = true; return 0;
    case 'f': q->format = argument; return 0;
    case OPT_COLUMNS: q->columns = argument; return 0;
    case OPT_STRICT: q->complete = true; return 0;
    case OPT_STATS: q->stats = true; return 0;
    case 'q': q->quiet = true; return 0;
    case 'j': return parse_number("--jobs", argument, 1024, &q->jobs);
    case OPT_SANDBOX: return parse_sandbox(q, argument);
    case OPT_DEBUG: q->debug = true; return 0;
    default: (void)fprintf(stderr, "Try 'adit map --help'.\n"); return EXIT_USAGE;
    }
}

/* -1: go on; otherwise the exit status. */
static int parse(struct map_request *q, int argc, char **argv)
{
    static const struct option longs[] = {CMD_COMMON_LONG,
        {"from", required_argument, NULL, OPT_FROM}, {"to", required_argument, NULL, OPT_TO},
        {"input", required_argument, NULL, 'i'}, {"column", required_argument, NULL, OPT_COLUMN},
        {"delimiter", required_argument, NULL, OPT_DELIMITER}, {"no-header", no_argument, NULL, OPT_NO_HEADER},
        {"composite", required_argument, NULL, OPT_COMPOSITE}, {"via", required_argument, NULL, OPT_VIA},
        {"avoid", required_argument, NULL, OPT_AVOID}, {"max-hops", required_argument, NULL, OPT_MAX_HOPS},
        {"all-paths", no_argument, NULL, OPT_ALL_PATHS}, {"explain", no_argument, NULL, OPT_EXPLAIN},
        {"list", no_argument, NULL, OPT_LIST}, {"validate", no_argument, NULL, OPT_VALIDATE},
        {"format", required_argument, NULL, 'f'}, {"columns", required_argument, NULL, OPT_COLUMNS},
        {"strict", no_argument, NULL, OPT_STRICT}, {"stats", no_argument, NULL, OPT_STATS}, {"quiet", no_argument, NULL, 'q'},
        {"jobs", required_argument, NULL, 'j'}, {"sandbox", required_argument, NULL, OPT_SANDBOX},
        {"debug", no_argument, NULL, OPT_DEBUG}, {NULL, 0, NULL, 0}};
    q->composite = MAP_COMPOSITE_ALL;
    for (int option; (option = getopt_long(argc, argv, "i:f:qj:", longs, NULL)) != -1;) {
        if (option == CMD_OPT_HELP) {
            (void)fputs(help, stdout);
            return EXIT_DONE;
        }
        int common = cmd_common_option(&q->common, option, optarg);
        int status = common < 0 ? EXIT_USAGE : common > 0 ? 0 : own_option(q, option, optarg);
        if (status)
            return status;
    }
    q->ids = (const char *const *)argv + optind;
    q->id_count = (size_t)(argc - optind);
    if (q->id_count == 1 && strcmp(q->ids[0], "-") == 0)
        q->id_count = 0;
    if (q->id_count > 0 && (q->column || q->input))
        return cmd_usage("map", "identifiers are arguments, or they are read with --input and --column: not both");
    return -1;
}

/* ---- the run ---- */

/* Mappers that quarantine holds back do not take part. */
static bool mark_held(struct map_request *q, struct arena *arena)
{
    char dir[4096];
    struct quarantine *held = NULL;
    bool known = cmd_cache_dir(&q->common, dir, sizeof dir) == 0;
    if (quarantine_open(known ? dir : NULL, &held) != 0)
        return false;
    bool done = true;
    for (size_t i = 0; done && i < q->registry->count; i++) {
        struct plugin *p = &q->registry->plugins[i];
        if (p->state != PLUGIN_READY || p->conf.map.from_count == 0)
            continue;
        registry_check_module(q->registry, p);
        const char *reason = p->has_module_digest ? quarantine_reason(held, p->conf.name, p->module_digest) : NULL;
        if (!reason)
            continue;
        p->state = PLUGIN_QUARANTINED;
        p->reason = arena_strdup(arena, reason);
        done = p->reason != NULL;
    }
    quarantine_free(held);
    return done;
}

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
        (void)fprintf(stderr, "mapper %s%s: asked %llu, hits %llu, misses %llu\n", q->registry->plugins[uses[i].plugin].conf.name,
                      uses[i].backward ? " (backwards)" : "", (unsigned long long)uses[i].asked, (unsigned long long)uses[i].known,
                      (unsigned long long)(uses[i].asked - uses[i].known));
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
    struct arena arena;
    int fd;
};

static void release(struct prepared *p)
{
    map_run_close(p->run);
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
    const struct map_run_options options = {.registry = q->registry,
                                            .paths = p->paths.items,
                                            .path_count = p->paths.count,
                                            .validate = q->validate,
                                            .back = p->has_back ? p->back.items : NULL,
                                            .composite = q->composite,
                                            .separator = declared(&q->registry->namespaces[query->from], true),
                                            .input = p->input,
                                            .take = map_output_take,
                                            .flush = map_output_flush,
                                            .context = p->output,
                                            .workers = q->jobs,
                                            .sandbox = !q->no_sandbox,
                                            .strict = q->strict,
                                            .debug = q->debug,
                                            .prefix = q->common.prefix,
                                            .interrupted = &interrupted};
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

static int map(struct map_request *q, const struct map_query *query, enum map_format format)
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

/* --from and --to are there. */
static int ask(struct map_request *q)
{
    struct err e = {0};
    enum map_format format = isatty(STDOUT_FILENO) && !q->column ? MAP_TEXT : MAP_TSV;
    struct map_query query = {.via = q->via.items,
                              .via_count = q->via.count,
                              .avoid = q->avoid.items,
                              .avoid_count = q->avoid.count,
                              .max_hops = q->max_hops,
                              .most = q->all_paths ? MAP_PATHS : 1};
    if (mapgraph_namespace(q->graph, q->from, &query.from, &e) != 0 || mapgraph_namespace(q->graph, q->to, &query.to, &e) != 0)
        return cmd_usage("map", "%s", e.text);
    if (q->explain)
        return map_tell_explain(q, &query);
    if (q->format && map_format_parse(q->format, &format, &e) != 0)
        return cmd_usage("map", "--format: %s", e.text);
    return map(q, &query, format);
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGHUP, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

int cmd_map(int argc, char **argv)
{
    static struct map_request q;
    struct arena arena = {0};
    struct err e = {0};
    if (cmd_common_init(&q.common) != 0)
        return EXIT_CONFIGURATION;
    int status = parse(&q, argc, argv);
    if (status >= 0)
        return status;
    if (q.no_sandbox)
        cmd_error("map", "WARNING: --sandbox=off: mappers run without any lock, with all that you may do");
    catch_signals();
    status = cmd_open_registry(&q.common, &q.registry);
    if (!status && (!mark_held(&q, &arena) || mapgraph_open(q.registry, &q.graph, &e) < 0)) {
        cmd_error("map", "out of memory");
        status = EXIT_CONFIGURATION;
    }
    if (!status && q.list) {
        status = map_tell_list(&q);
    } else if (!status) {
        status = q.from && q.to ? -1 : map_tell_missing(&q);
        if (status < 0) {
            status = ask(&q);
            (void)registry_save_snapshot(q.registry, NULL);
        }
    }
    mapgraph_free(q.graph);
    registry_free(q.registry);
    arena_release(&arena);
    return status;
}
