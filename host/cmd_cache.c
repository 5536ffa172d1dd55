/* SPDX-License-Identifier: MIT */
/* adit cache: what is kept of earlier runs. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "cmd.h"
#include "cmd_cache_warm.h"
#include "kept.h"
#include "snapshot.h"

static const char help[] =
    "Usage: adit cache [stats|prune|clear|verify] [OPTION]…\n"
    "       adit cache warm --map [NAME]…\n"
    "\n"
    "Looks after the results that adit keeps, so that a file that did not change is not read again, the\n"
    "indexes of large tables, and the snapshots of what the folders of plugins hold.\n"
    "\n"
    "  stats    say where the cache is, how much is in it, and how often it helped (default)\n"
    "  prune    remove what was not used for longest, to stay within the size; snapshots after 30 days\n"
    "  clear    remove everything\n"
    "  verify   read everything, and say what is damaged\n"
    "  warm     load id mappers (these, or all), so that what they keep is there before it is asked for\n"
    "\n"
    "      --cache-size SIZE    of prune and stats: bytes, or such as 500M or 2G (default: $ADIT_CACHE_SIZE, or 1G)\n"
    "      --unused-days N      of prune: also remove what was not used for N days\n"
    "      --map                of warm: id mappers are meant\n"
    "      --cache-dir DIR      the folder of the cache (default: $XDG_CACHE_HOME/adit, ~/.cache/adit)\n"
    "  -h, --help               print this and end\n"
    "\n"
    "Exit status: 0 done; 1 something is damaged or could not be done; 2 usage.\n";

enum { OPT_SIZE = CMD_OPT_FIRST_OWN, OPT_DAYS, OPT_MAP };
static const struct option long_options[] = {CMD_COMMON_LONG,
                                             {"cache-size", required_argument, NULL, OPT_SIZE},
                                             {"unused-days", required_argument, NULL, OPT_DAYS},
                                             {"map", no_argument, NULL, OPT_MAP},
                                             {0}};

struct arguments {
    struct cmd_common common;
    const char *dir;  /* the cache's folder; NULL: none */
    const char *kept; /* folder of what plugins keep; NULL: none */
    struct cache_options options;
    uint32_t unused_days;
    bool map;
};

static int fail(const struct err *e)
{
    cmd_error("cache", "%s", e->text);
    return EXIT_SOME_FAILED;
}

static void print_day(const char *label, int64_t day)
{
    time_t seconds = (time_t)day * 86400;
    struct tm tm;
    char text[32];
    if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%d", &tm) > 0)
        (void)printf("%-14s %s\n", label, text);
}

/* What lies beside the results: the indexes of tables that plugins keep, and the snapshots of the plugins themselves. */
struct beside { struct prune indexes, snapshots; };

/* As `b` bounds them. Returns how many files are gone. */
static uint64_t prune_beside(const struct arguments *a, struct beside *b)
{
    int error = a->kept ? kept_prune(a->kept, &b->indexes) : 0;
    if (error)
        cmd_error("cache", "%s: %s", a->kept, strerror(-error));
    error = a->dir ? snapshot_prune(a->dir, &b->snapshots) : 0;
    if (error)
        cmd_error("cache", "%s: %s", a->dir, strerror(-error));
    return b->indexes.gone + b->snapshots.gone;
}

static void print_files(const char *label, const struct prune *p)
{
    (void)printf("%-14s %" PRIu64 " bytes in %" PRIu64 " %s\n", label, p->bytes, p->files, p->files == 1 ? "file" : "files");
}

static int do_stats(struct cache *c, const struct arguments *a)
{
    struct err e = {0};
    struct cache_stats s;
    struct beside all = {{.before = INT64_MIN, .most = UINT64_MAX}, {.before = INT64_MIN, .most = UINT64_MAX}};
    if (cache_stats(c, &s, &e) != 0)
        return fail(&e);
    (void)printf("%-14s %s\n", "path", s.path);
    (void)printf("%-14s %" PRIu64 "\n", "entries", s.entries);
    (void)printf("%-14s %" PRIu64 " bytes of at most %" PRIu64 "\n", "used", s.bytes, s.max_bytes);
    (void)printf("%-14s %" PRIu64 " bytes\n", "file", s.file_bytes);
    (void)prune_beside(a, &all);
    print_files("indexes", &all.indexes);
    print_files("snapshots", &all.snapshots);
    (void)printf("%-14s %" PRIu64 "\n", "hits", s.hits);
    (void)printf("%-14s %" PRIu64 "\n", "misses", s.misses);
    (void)printf("%-14s %" PRIu64 "\n", "evicted", s.evicted);
    if (s.entries > 0) {
        print_day("oldest use", s.oldest_day);
        print_day("latest use", s.newest_day);
    }
    return EXIT_DONE;
}

static int do_prune(struct cache *c, const struct arguments *a)
{
    struct err e = {0};
    uint64_t gone = 0;
    if (cache_prune(c, a->unused_days, &gone, &e) != 0)
        return fail(&e);
    int64_t now = (int64_t)time(NULL), before = a->unused_days ? now - (int64_t)a->unused_days * 86400 : INT64_MIN;
    int64_t month = now - (int64_t)SNAPSHOT_DAYS * 86400;
    struct beside b = {{.before = before, .most = KEPT_TOTAL},
                       {.before = before > month ? before : month, .most = SNAPSHOT_TOTAL}};
    gone += prune_beside(a, &b);
    (void)printf("removed %" PRIu64 " %s\n", gone, gone == 1 ? "entry" : "entries");
    return EXIT_DONE;
}

static int do_clear(struct cache *c, const struct arguments *a)
{
    struct err e = {0};
    uint64_t gone = 0;
    struct beside none = {{.before = INT64_MAX}, {.before = INT64_MAX}};
    if (cache_clear(c, &gone, &e) != 0)
        return fail(&e);
    gone += prune_beside(a, &none);
    (void)printf("removed %" PRIu64 " %s\n", gone, gone == 1 ? "entry" : "entries");
    return EXIT_DONE;
}

static void print_wrong(void *data, const char *line)
{
    (void)data;
    (void)printf("%s\n", line);
}

static int do_verify(struct cache *c, const struct arguments *a)
{
    (void)a;
    struct err e = {0};
    uint64_t entries = 0, wrong = 0;
    if (cache_verify(c, print_wrong, NULL, &entries, &wrong, &e) != 0)
        return fail(&e);
    if (wrong == 0) {
        (void)printf("%" PRIu64 " %s, nothing damaged\n", entries, entries == 1 ? "entry" : "entries");
        return EXIT_DONE;
    }
    (void)printf("%" PRIu64 " %s, %" PRIu64 " %s: 'adit cache clear' begins anew\n", entries,
                 entries == 1 ? "entry" : "entries", wrong, wrong == 1 ? "thing wrong" : "things wrong");
    return EXIT_SOME_FAILED;
}

static const struct {
    const char *name;
    int (*run)(struct cache *c, const struct arguments *a);
} actions[] = {{"stats", do_stats}, {"prune", do_prune}, {"clear", do_clear}, {"verify", do_verify}};

static int parse_days(const char *text, uint32_t *out)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || n < 1 || n > 36500)
        return cmd_usage("cache", "--unused-days '%s': expected a number of days, 1 to 36500", text);
    *out = (uint32_t)n;
    return 0;
}

static int parse_size(const char *from, const char *text, uint64_t *out)
{
    struct err e = {0};
    if (cache_size_parse(text, out, &e) != 0)
        return cmd_usage("cache", "%s: %s", from, e.text);
    return 0;
}

/* 0: go on; -1: help was printed; otherwise the exit status. */
static int parse(struct arguments *a, int argc, char **argv)
{
    const char *size = getenv("ADIT_CACHE_SIZE");
    if (cmd_common_init(&a->common) != 0)
        return EXIT_CONFIGURATION;
    int status = size ? parse_size("ADIT_CACHE_SIZE", size, &a->options.max_bytes) : 0;
    optind = 1;
    for (int option; status == 0 && (option = cmd_getopt(argc, argv, "", long_options)) != -1;) {
        if (option == OPT_SIZE)
            status = parse_size("--cache-size", optarg, &a->options.max_bytes);
        else if (option == OPT_DAYS)
            status = parse_days(optarg, &a->unused_days);
        else if (option == OPT_MAP)
            a->map = true;
        else if (option == CMD_OPT_HELP)
            return -1;
        else if (option == '?' || cmd_common_option(&a->common, option, optarg) < 0)
            status = EXIT_USAGE; /* a message was printed */
    }
    return status;
}

/* Where nothing was ever kept. */
static int tell_missing(const char *dir, bool removes)
{
    if (!removes)
        cmd_error("cache", "there is no cache in %s", dir);
    else
        (void)printf("removed 0 entries\n");
    return removes ? EXIT_DONE : EXIT_SOME_FAILED;
}

static int run_action(int (*run)(struct cache *, const struct arguments *), struct arguments *a)
{
    a->kept = cmd_kept_dir(&a->common);
    char dir[4096];
    struct cache *c = NULL;
    struct err e = {0};
    int error = cmd_cache_dir(&a->common, dir, sizeof dir);
    a->dir = error ? NULL : dir;
    if (!error && access(dir, F_OK) != 0 && errno == ENOENT)
        return tell_missing(dir, run == do_prune || run == do_clear);
    if (cache_open(error ? NULL : dir, &a->options, &c, &e) != 0)
        return fail(&e);
    int status = EXIT_DONE;
    for (const char *line; (line = cache_message(c));) {
        cmd_error("cache", "%s", strncmp(line, "cache: ", 7) == 0 ? line + 7 : line);
        status = EXIT_SOME_FAILED;
    }
    int result = run(c, a);
    cache_close(c);
    return result ? result : status;
}

int cmd_cache(int argc, char **argv)
{
    struct arguments a = {0};
    int status = parse(&a, argc, argv);
    if (status == -1) {
        (void)fputs(help, stdout);
        return EXIT_DONE;
    }
    if (status != 0)
        return status;
    if (optind < argc && strcmp(argv[optind], "warm") == 0)
        return a.map ? cmd_cache_warm(&a.common, argv + optind + 1, argc - optind - 1)
                     : cmd_usage("cache", "warm: say what, with --map");
    if (optind == argc && !a.map)
        return run_action(do_stats, &a);
    if (argc - optind != 1 || a.map)
        return cmd_usage("cache", "expected one of stats, prune, clear, verify, or warm --map");
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(argv[optind], actions[i].name) == 0)
            return run_action(actions[i].run, &a);
    return cmd_usage("cache", "there is no '%s': expected stats, prune, clear, verify or warm", argv[optind]);
}
