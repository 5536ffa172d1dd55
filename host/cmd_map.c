/* SPDX-License-Identifier: MIT */
/* adit map: identifiers of one namespace as those of another. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_map.h"
#include "plugin_held.h"
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
    "      --no-cache           neither read nor write the answers of mappers that have them kept\n"
    "      --debug              let mappers write to standard error\n" CMD_COMMON_HELP
    "\nExit status: 0 all were looked up; 1 a mapper failed, or none of them has a target; 2 bad usage; 3 configuration.\n";

/* ---- the command line ---- */

enum {
    OPT_FROM = CMD_OPT_FIRST_OWN, OPT_TO, OPT_COLUMN, OPT_DELIMITER, OPT_NO_HEADER, OPT_COMPOSITE, OPT_VIA, OPT_AVOID, OPT_MAX_HOPS,
    OPT_ALL_PATHS, OPT_EXPLAIN, OPT_LIST, OPT_VALIDATE, OPT_COLUMNS, OPT_STRICT, OPT_STATS, OPT_SANDBOX, OPT_DEBUG, OPT_NO_CACHE
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
    case OPT_NO_CACHE: q->no_cache = true; return 0;
    default: return EXIT_USAGE;
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
        {"debug", no_argument, NULL, OPT_DEBUG}, {"no-cache", no_argument, NULL, OPT_NO_CACHE}, {NULL, 0, NULL, 0}};
    q->composite = MAP_COMPOSITE_ALL;
    for (int option; (option = cmd_getopt(argc, argv, "i:f:qj:", longs)) != -1;) {
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
static bool open_quarantine(struct map_request *q, struct arena *arena)
{
    char dir[4096];
    const char *known = cmd_cache_dir(&q->common, dir, sizeof dir) == 0 ? dir : NULL;
    return plugin_mark_held(q->registry, known, arena) && quarantine_open(known, &q->quarantine) == 0;
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
    return map_request_run(q, &query, format);
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
    if (q.debug && !q.no_sandbox)
        cmd_tell_debug("map");
    catch_signals();
    q.interrupted = &interrupted;
    status = cmd_open_registry(&q.common, &q.registry);
    if (!status && (!open_quarantine(&q, &arena) || mapgraph_open(q.registry, &q.graph, &e) < 0)) {
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
    quarantine_free(q.quarantine);
    registry_free(q.registry);
    arena_release(&arena);
    return status;
}
