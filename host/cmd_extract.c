/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "choice.h"
#include "cmd.h"
#include "engine.h"
#include "path_text.h"

enum { MAX_NAMES = 256 };

struct names { const char *items[MAX_NAMES]; size_t count; };

struct extract {
    struct cmd_common common;
    struct names only, skip, with;
    struct choice chosen; /* of `fields` */
    struct buf only_fields;
    const char *fields, *files_from, *artifacts, *artifacts_format, *shard_name, *shard_size, *cache_size, *companions;
    uint64_t shard_bytes;
    bool nul, no_cache, stats, quiet, strict, debug, no_sandbox, no_quarantine;
    enum conf_isolation isolation;
    enum output_format format;
    size_t jobs;
    const char *const *paths;
    size_t path_count;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    interrupted = number;
}

static const char help[] =
    "Usage: adit extract [OPTION]… PATH…\n\n"
    "Say what is in files. Folders are walked; '-' reads a list of names from standard input.\n\n"
    "What is read:\n"
    "      --files-from FILE    read more names from FILE ('-': standard input), one a line\n"
    "  -0, --null               names in lists end in NUL instead\n"
    "  -r, --recursive          accepted, and changes nothing: folders are walked anyway\n"
    "      --only NAME[,NAME]…  run these plugins and what they need, alone; NAME.FIELD: and print that field alone\n"
    "      --skip NAME[,NAME]…  do not run these\n"
    "      --with NAME[,NAME]…  also run these, which are off unless asked for (hashes, …)\n"
    "What comes out:\n"
    "  -f, --format FORMAT      text (at a terminal), ndjson (otherwise), json or csv\n"
    "      --fields LIST        only these fields: exif.DateTimeOriginal,photo.*,*.title ('adit plugins fields' lists them);\n"
    "                           for csv its columns, to which path, type, size, mtime, error, reason belong as well\n"
    "      --companions FILE    a CSV whose columns LABEL_filename say which files belong together\n"
    "      --artifacts DIR      keep the files that plugins make (thumbnails, slices, …) in DIR\n"
    "      --artifacts-format FORMAT  dir (a file each, the default) or webdataset (tar shards, and what was there is reused)\n"
    "      --shard-size SIZE    bound of a shard (default 256M)\n"
    "      --shard-name NAME    shards are NAME-000000.tar, … (default shard)\n"
    "      --stats              figures of the run on standard error\n"
    "  -q, --quiet              no progress bar, and no word on standard error of what failed in files\n"
    "How it runs:\n"
    "  -j, --jobs N             workers at once (default: one a processor)\n"
    "      --no-cache           neither read nor write the cache of results\n"
    "      --cache-size SIZE    bound of the cache (default 1G)\n"
    "      --isolation LEVEL    keep plugins apart at least this much: domain (what their .confs say, the default),\n"
    "                           plugin (a process for each), job (a fresh one for each file; slow)\n"
    "      --no-quarantine      run plugins that are in quarantine too, and put none there\n"
    "      --sandbox=off        run plugins without their locks: only where you trust every one of them\n"
    "      --sandbox=strict     end a plugin at any system call that is not allowed, rather than refuse the call\n"
    "      --debug              let plugins write to standard error\n" CMD_COMMON_HELP
    "\nExit status: 0 all done; 1 some files or plugins failed; 2 bad usage; 3 configuration.\n";

static int add_names(struct names *names, char *list, const char *option)
{
    char *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (names->count == MAX_NAMES) {
            (void)cmd_usage("extract", "%s takes at most %d names", option, MAX_NAMES);
            return -EINVAL;
        }
        names->items[names->count++] = name;
    }
    return 0;
}

static int parse_format(struct extract *x, const char *name)
{
    struct err e = {0};
    if (output_format_parse(name, &x->format, &e) == 0)
        return 0;
    (void)cmd_usage("extract", "--format: %s", e.text);
    return -EINVAL;
}

static int parse_jobs(const char *text, size_t *out)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    if (errno || *end || n < 1 || n > 1024) {
        (void)cmd_usage("extract", "--jobs: expected a number from 1 to 1024, found '%s'", text);
        return -EINVAL;
    }
    *out = (size_t)n;
    return 0;
}

static int parse_sandbox(const char *text, struct extract *x)
{
    x->no_sandbox = strcmp(text, "off") == 0;
    x->strict = strcmp(text, "strict") == 0;
    if (x->no_sandbox || x->strict || strcmp(text, "on") == 0)
        return 0;
    (void)cmd_usage("extract", "--sandbox: expected on, strict or off, found '%s'", text);
    return -EINVAL;
}

static int parse_isolation(const char *text, struct extract *x)
{
    for (size_t i = 0; conf_isolation_names[i]; i++)
        if (strcmp(text, conf_isolation_names[i]) == 0) {
            x->isolation = (enum conf_isolation)i;
            return 0;
        }
    (void)cmd_usage("extract", "--isolation: expected domain, plugin or job, found '%s'", text);
    return -EINVAL;
}

enum {
    OPT_FILES_FROM = CMD_OPT_FIRST_OWN, OPT_ONLY, OPT_SKIP, OPT_WITH, OPT_FIELDS, OPT_ARTIFACTS, OPT_ARTIFACTS_FORMAT, OPT_SHARD_SIZE, OPT_COMPANIONS, OPT_SHARD_NAME, OPT_STATS, OPT_NO_CACHE,
    OPT_CACHE_SIZE, OPT_SANDBOX, OPT_DEBUG, OPT_ISOLATION, OPT_NO_QUARANTINE
};

static int own_option(struct extract *x, int option, char *argument)
{
    switch (option) {
    case OPT_FILES_FROM: x->files_from = argument; return 0;
    case '0': x->nul = true; return 0;
    case 'r': return 0; /* folders are walked anyway */
    case OPT_ONLY: return add_names(&x->only, argument, "--only");
    case OPT_SKIP: return add_names(&x->skip, argument, "--skip");
    case OPT_WITH: return add_names(&x->with, argument, "--with");
    case 'f': return parse_format(x, argument);
    case OPT_FIELDS: x->fields = argument; return 0;
    case OPT_ARTIFACTS: x->artifacts = argument; return 0;
    case OPT_ARTIFACTS_FORMAT: x->artifacts_format = argument; return 0;
    case OPT_COMPANIONS: x->companions = argument; return 0;
    case OPT_SHARD_SIZE: x->shard_size = argument; return 0;
    case OPT_SHARD_NAME: x->shard_name = argument; return 0;
    case OPT_STATS: x->stats = true; return 0;
    case 'q': x->quiet = true; return 0;
    case 'j': return parse_jobs(argument, &x->jobs);
    case OPT_NO_CACHE: x->no_cache = true; return 0;
    case OPT_CACHE_SIZE: x->cache_size = argument; return 0;
    case OPT_SANDBOX: return parse_sandbox(argument, x);
    case OPT_DEBUG: x->debug = true; return 0;
    case OPT_ISOLATION: return parse_isolation(argument, x);
    case OPT_NO_QUARANTINE: x->no_quarantine = true; return 0;
    default: return -EINVAL;
    }
}

/* What says how artifacts are kept fits together. */
static int check_artifacts(struct extract *x)
{
    struct err e = {0};
    bool shards = x->artifacts_format && strcmp(x->artifacts_format, "webdataset") == 0;
    x->shard_bytes = SHARDS_DEFAULT_BYTES;
    if (x->artifacts_format && !shards && strcmp(x->artifacts_format, "dir") != 0)
        return cmd_usage("extract", "--artifacts-format: expected dir or webdataset, found '%s'", x->artifacts_format);
    if ((x->artifacts_format && !x->artifacts) || ((x->shard_size || x->shard_name) && !shards))
        return cmd_usage("extract", "%s", x->artifacts ? "--shard-size and --shard-name need --artifacts-format webdataset"
                                                       : "--artifacts-format needs --artifacts DIR");
    if (x->shard_size && cache_size_parse(x->shard_size, &x->shard_bytes, &e) != 0)
        return cmd_usage("extract", "--shard-size: %s", e.text);
    if (shards && !x->shard_name)
        x->shard_name = "shard";
    return 0;
}

/* 0: go on; otherwise end with *status. */
static int parse(struct extract *x, int argc, char **argv, int *status)
{
    static const struct option longs[] = {CMD_COMMON_LONG,
        {"files-from", required_argument, NULL, OPT_FILES_FROM}, {"null", no_argument, NULL, '0'}, {"recursive", no_argument, NULL, 'r'},
        {"only", required_argument, NULL, OPT_ONLY}, {"skip", required_argument, NULL, OPT_SKIP},
        {"with", required_argument, NULL, OPT_WITH}, {"format", required_argument, NULL, 'f'},
        {"fields", required_argument, NULL, OPT_FIELDS}, {"artifacts", required_argument, NULL, OPT_ARTIFACTS},
        {"artifacts-format", required_argument, NULL, OPT_ARTIFACTS_FORMAT}, {"shard-size", required_argument, NULL, OPT_SHARD_SIZE},
        {"shard-name", required_argument, NULL, OPT_SHARD_NAME}, {"companions", required_argument, NULL, OPT_COMPANIONS},
        {"stats", no_argument, NULL, OPT_STATS}, {"quiet", no_argument, NULL, 'q'}, {"jobs", required_argument, NULL, 'j'},
        {"no-cache", no_argument, NULL, OPT_NO_CACHE}, {"cache-size", required_argument, NULL, OPT_CACHE_SIZE},
        {"sandbox", required_argument, NULL, OPT_SANDBOX}, {"debug", no_argument, NULL, OPT_DEBUG},
        {"isolation", required_argument, NULL, OPT_ISOLATION}, {"no-quarantine", no_argument, NULL, OPT_NO_QUARANTINE}, {NULL, 0, NULL, 0}};
    int option;
    *status = EXIT_USAGE;
    x->format = output_format_for(STDOUT_FILENO);
    while ((option = cmd_getopt(argc, argv, "0rf:qj:", longs)) != -1) {
        if (option == CMD_OPT_HELP) {
            (void)fputs(help, stdout);
            *status = EXIT_DONE;
            return 1;
        }
        int common = cmd_common_option(&x->common, option, optarg);
        if (common < 0 || (common == 0 && own_option(x, option, optarg) != 0))
            return 1;
    }
    x->paths = (const char *const *)argv + optind;
    x->path_count = (size_t)(argc - optind);
    if (x->path_count == 0 && !x->files_from) {
        (void)cmd_usage("extract", "name at least one file or folder");
        return 1;
    }
    return check_artifacts(x) != 0;
}

static void print_artifacts(const struct engine_stats *s, double seconds)
{
    if (s->artifacts > 0)
        (void)fprintf(stderr, "artifacts %llu (%.0f a second, %.1f MB, %.3f of the bytes in)\n", (unsigned long long)s->artifacts,
                      (double)s->artifacts / seconds, (double)s->artifact_bytes / 1e6, s->bytes ? (double)s->artifact_bytes / (double)s->bytes : 0);
    if (s->shards.samples > 0)
        (void)fprintf(stderr, "shards %llu: samples %llu (%.0f a second), there already %llu; %.1f MB, written %.1f MB\n",
                      (unsigned long long)s->shards.shards, (unsigned long long)s->shards.samples, (double)s->shards.samples / seconds,
                      (unsigned long long)s->shards.reused, (double)s->shards.bytes / 1e6, (double)s->shards.written / 1e6);
}

static void print_stats(const struct engine_stats *s, const struct tally *tally, const struct cache *cache, double seconds)
{
    struct rusage self, children;
    (void)getrusage(RUSAGE_SELF, &self);
    (void)getrusage(RUSAGE_CHILDREN, &children);
    (void)fprintf(stderr,
                  "files %llu (%.0f a second, %.1f MB), from the cache %llu, parts reused %llu, streams %llu\n"
                  "jobs %llu in %llu batches; failed parts %llu, unreadable files %llu\n"
                  "zygotes %llu, workers %llu (lost %llu), modules %llu\n"
                  "time %.3f s; processor: host %.3f s, workers %.3f s; peak memory: host %.1f MB, largest worker %.1f MB\n",
                  (unsigned long long)s->files, (double)s->files / seconds, (double)s->bytes / 1e6, (unsigned long long)s->hits,
                  (unsigned long long)s->reused, (unsigned long long)s->streams, (unsigned long long)s->pool.jobs,
                  (unsigned long long)s->pool.batches, (unsigned long long)s->failed, (unsigned long long)s->unread,
                  (unsigned long long)s->pool.zygotes_started, (unsigned long long)s->pool.workers_started,
                  (unsigned long long)s->pool.workers_lost, (unsigned long long)s->pool.modules_loaded, seconds,
                  (double)(self.ru_utime.tv_sec + self.ru_stime.tv_sec) + (double)(self.ru_utime.tv_usec + self.ru_stime.tv_usec) / 1e6,
                  (double)(children.ru_utime.tv_sec + children.ru_stime.tv_sec) + (double)(children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e6,
                  (double)cmd_peak_kib(&self) / 1024, (double)children.ru_maxrss / 1024);
    struct cache_counts c;
    print_artifacts(s, seconds);
    if (tally)
        tally_print(tally, seconds, stderr);
    if (s->pool.locks && s->pool.locks[0])
        (void)fprintf(stderr, "locks: %s\n", s->pool.locks);
    if (!cache)
        return;
    cache_counts(cache, &c);
    (void)fprintf(stderr, "cache: hits %llu, misses %llu, stored %llu, not stored %llu, evicted %llu\n", (unsigned long long)c.hits,
                  (unsigned long long)c.misses, (unsigned long long)c.stored, (unsigned long long)c.skipped, (unsigned long long)c.evicted);
}

static void say_cache_message(struct cache *cache)
{
    for (const char *message; cache && (message = cache_message(cache)) != NULL;)
        cmd_error("extract", "%s", message);
}

static int open_cache(const struct extract *x, struct cache **out)
{
    char dir[4096];
    struct err e = {0};
    struct cache_options options = {0};
    const char *size = x->cache_size ? x->cache_size : getenv("ADIT_CACHE_SIZE");
    if (x->no_cache)
        return 0;
    if (size && size[0] && cache_size_parse(size, &options.max_bytes, &e) != 0)
        return cmd_usage("extract", "%s: %s", x->cache_size ? "--cache-size" : "ADIT_CACHE_SIZE", e.text);
    bool known = cmd_cache_dir(&x->common, dir, sizeof dir) == 0;
    if (cache_open(known ? dir : NULL, &options, out, &e) != 0) {
        cmd_error("extract", "%s", e.text);
        return EXIT_CONFIGURATION;
    }
    say_cache_message(*out);
    return 0;
}

static int open_quarantine(const struct extract *x, struct quarantine **out)
{
    char dir[4096];
    bool known = cmd_cache_dir(&x->common, dir, sizeof dir) == 0;
    if (quarantine_open(known ? dir : NULL, out) == 0)
        return 0;
    cmd_error("extract", "out of memory");
    return EXIT_CONFIGURATION;
}

static void catch_signals(void)
{
    struct sigaction stop = {.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGHUP, &stop, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

/* Ends with the status that a signal would have given the program, so that a shell's loop stops as well. */
static int exit_status_of(int error, int status)
{
    if (error == -EINTR)
        return 128 + interrupted;
    if (error == -EINVAL) /* of a plugin that was named */
        return EXIT_USAGE;
    return error == -EPIPE ? EXIT_DONE : error ? EXIT_CONFIGURATION : status;
}

/* A line of any bytes, from a plugin. */
static void say_warning(void *progress, const char *plugin, const char *text)
{
    struct buf shown = BUF_INIT;
    (void)path_text_visible(&shown, text, strlen(text), SIZE_MAX, NULL);
    progress_clear(progress);
    cmd_error("extract", "plugin %s: %s", plugin, buf_cstr(&shown));
    buf_release(&shown);
}

static void say_row(void *context, const char *line)
{
    (void)context;
    cmd_error("extract", "%s", line);
}

/* --only NAME.FIELD asks for a field, and not for all of the plugin. */
static int take_fields_of_only(struct extract *x)
{
    bool csv = x->format == OUTPUT_CSV, any = false;
    for (size_t i = 0; i < x->only.count; i++)
        any = any || strchr(x->only.items[i], '.');
    if (!any || x->fields)
        return 0;
    buf_adds(&x->only_fields, csv ? "path" : "");
    for (size_t i = 0; i < x->only.count; i++)
        buf_addf(&x->only_fields, "%s%s%s", i || csv ? "," : "", x->only.items[i], csv && !strchr(x->only.items[i], '.') ? ".*" : "");
    x->fields = buf_cstr(&x->only_fields);
    return x->only_fields.failed ? -ENOMEM : 0;
}

/* Fields of a plugin that runs only where it is asked for are such a question. */
static int ask_for_fields(struct extract *x, const struct registry *registry)
{
    struct err e = {0};
    if (take_fields_of_only(x) != 0) {
        cmd_error("extract", "out of memory");
        return EXIT_CONFIGURATION;
    }
    if (!x->fields)
        return 0;
    int error = choice_read(x->fields, registry, false, &x->chosen, &e);
    if (error)
        return cmd_usage("extract", "--fields: %s", e.text);
    for (size_t i = 0; i < x->chosen.count; i++) {
        const struct choice_item *item = &x->chosen.items[i];
        const struct plugin *p = item->own < 0 ? registry_find(registry, item->plugin) : NULL; /* NULL: a pattern */
        if (p && p->state == PLUGIN_READY && p->conf.kind != CONF_TYPES && !p->conf.by_default && x->with.count < MAX_NAMES)
            x->with.items[x->with.count++] = p->conf.name;
    }
    return 0;
}

static int extract(struct extract *x, struct registry *registry, struct cache *cache, struct quarantine *quarantine)
{
    struct err e = {0};
    struct walk *walk = NULL;
    struct pairs *pairs = NULL;
    struct output *output = NULL;
    struct tally *tally = NULL;
    struct progress *progress = NULL;
    struct engine_stats stats = {0};
    struct timespec begin, end;
    int status = EXIT_USAGE, error;
    const struct walk_options walk_options = {.paths = x->paths, .path_count = x->path_count, .list = x->files_from, .nul = x->nul};
    progress = progress_open(STDERR_FILENO, !x->quiet);
    if (x->stats)
        tally = tally_new(registry);
    const struct output_options output_options = {
        .fields = x->fields, .color = output_wants_color(STDOUT_FILENO), .width = output_width(STDOUT_FILENO),
        .registry = registry, .before_write = progress_clear_callback, .before_write_data = progress};
    if (output_open(x->format, STDOUT_FILENO, &output_options, &output, &e) != 0 || walk_open(&walk_options, &walk, &e) != 0) {
        (void)cmd_usage("extract", "%s", e.text);
        goto out;
    }
    if (x->companions && pairs_open(x->companions, say_row, NULL, &pairs, &e) != 0) {
        (void)cmd_usage("extract", "--companions: %s", e.text);
        goto out;
    }
    const struct engine_options options = {
        .registry = registry,
        .selection = {x->only.items, x->only.count, x->skip.items, x->skip.count, x->with.items, x->with.count},
        .walk = walk, .output = output, .cache = cache, .progress = progress, .tally = tally, .quarantine = quarantine, .artifacts = x->artifacts,
        .pairs = pairs, .shard_name = x->shard_name, .shard_bytes = x->shard_bytes, .workers = x->jobs,
        .sandbox = !x->no_sandbox, .strict = x->strict, .debug = x->debug,
        .kept = x->no_cache ? NULL : cmd_kept_dir(&x->common), .prefix = x->common.prefix, .warned = say_warning, .context = progress,
        .interrupted = &interrupted};
    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    error = engine_run(&options, &status, &stats, &e);
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    progress_clear(progress);
    int written = output_close(output);
    output = NULL;
    if (!error && written)
        error = err_set(&e, written, "cannot write the results: %s", strerror(-written));
    if (error && error != -EPIPE)
        cmd_error("extract", "%s", error == -EINTR ? "interrupted; what was done is printed and kept" : e.text);
    if (!error && stats.failing > 0 && !x->quiet && !(x->format == OUTPUT_TEXT && stats.files == 1))
        cmd_error("extract", "something failed in %llu of %llu files; the first: %s", (unsigned long long)stats.failing,
                  (unsigned long long)stats.files, stats.first_failure);
    if (!error && stats.files == 0)
        cmd_error("extract", "there are no files in what was named");
    if (cache)
        cache_flush(cache); /* so that its counts and what it has to say are there */
    if (x->stats)
        print_stats(&stats, tally, cache, (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
    status = exit_status_of(error, status);
out:
    (void)output_close(output);
    pairs_free(pairs);
    walk_free(walk);
    progress_close(progress);
    tally_free(tally);
    return status;
}

int cmd_extract(int argc, char **argv)
{
    static struct extract x;
    struct registry *registry = NULL;
    struct cache *cache = NULL;
    struct quarantine *quarantine = NULL;
    int status;
    if (cmd_common_init(&x.common) != 0)
        return EXIT_CONFIGURATION;
    if (parse(&x, argc, argv, &status) != 0)
        return status;
    if (x.no_sandbox)
        cmd_error("extract", "WARNING: --sandbox=off: plugins run without any lock, with all that you may do");
    if (x.debug && !x.no_sandbox)
        cmd_tell_debug("extract");
    catch_signals();
    status = cmd_open_registry(&x.common, &registry);
    if (!status)
        registry->least_isolation = x.isolation;
    if (!status)
        status = ask_for_fields(&x, registry);
    if (!status)
        status = open_cache(&x, &cache);
    if (!status && !x.no_quarantine)
        status = open_quarantine(&x, &quarantine);
    if (!status) {
        status = extract(&x, registry, cache, quarantine);
        say_cache_message(cache);
        (void)registry_save_snapshot(registry, NULL);
    }
    choice_release(&x.chosen);
    buf_release(&x.only_fields);
    quarantine_free(quarantine);
    cache_close(cache);
    registry_free(registry);
    return status;
}
