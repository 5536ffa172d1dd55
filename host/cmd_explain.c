/* SPDX-License-Identifier: MIT */
/* adit explain: of what type a file is and why, which plugins run on it, in which order and which process, what of it is kept from
 * an earlier run, and why the others do not. Nothing is loaded or run. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "cmd_explain.h"
#include "detect_read.h"
#include "nearest.h"
#include "plugin_held.h"
#include "plugin_text.h"

static const char help[] = "Usage: adit explain [OPTION]… FILE…\n"
                           "\n"
                           "Say of what type each file is and what told so, which plugins run on it, in which order "
                           "and which process, what is kept\n"
                           "of an earlier run and what is made anew, and why the other plugins do not run. Runs none of them.\n"
                           "\n"
                           "      --only NAME[,NAME]…  as of 'adit extract'\n"
                           "      --skip NAME[,NAME]…  as of 'adit extract'\n"
                           "      --with NAME[,NAME]…  as of 'adit extract'\n"
                           "      --type TYPE          the plan of a media type rather than of files\n"
                           "  -f, --format FORMAT      text (default), json\n" CMD_COMMON_HELP
                           "\nExit status: 0 all done; 1 some files, or the cache, could not be read; 2 bad usage; 3 configuration.\n";

enum { OPT_ONLY = CMD_OPT_FIRST_OWN, OPT_SKIP, OPT_WITH, OPT_TYPE };

/* ---- one file, or one type ---- */

static void tell_cache_faults(struct explanation *x)
{
    struct cache *c = reuse_tell_cache(x->reuse);
    for (const char *line; c && (line = cache_message(c)); x->cache_fails = true)
        cmd_error("explain", "%s", line);
}

/* `file`: the path is that of a file, of which something may be kept. */
static bool explain(struct explanation *x, const char *path, bool file, const struct detect_result *d)
{
    struct reuse_told told;
    struct explained f = {.path = path, .type = d, .plan = planner_plan(x->planner, d->media)};
    struct plan_decision *decisions = NULL;
    int error = f.plan && planner_explain(x->planner, d->media, &decisions, &f.count) == 0 ? 0 : -ENOMEM;
    f.decisions = decisions;
    if (!error && file) {
        error = reuse_tell_file(x->reuse, path, d->media, f.plan, &x->arena, &told);
        f.told = &told;
        tell_cache_faults(x);
        if (x->cache_fails) {
            told.kept = 0;
            told.reason = "what is kept of this file is not known: the cache cannot be used";
        }
    }
    if (!error && !(x->json ? explain_json : explain_text)(x, &f))
        error = -ENOMEM;
    if (error)
        cmd_error("explain", "%s: %s", path, error == -ENOMEM ? "out of memory" : strerror(-error));
    x->printed++;
    free(decisions);
    return !error;
}

/* ---- reading ---- */

/* 0, or an errno. */
static int detect_open(const struct detect *detect, int fd, const char *path, struct detect_result *out)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return -detect_fd(detect, fd, 0, detect_file_size(st.st_size), name, strlen(name), out);
}

static bool explain_file(struct explanation *x, const char *path)
{
    struct detect_result found;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int error = fd < 0 ? errno : detect_open(x->registry->detect, fd, path, &found);
    if (fd >= 0)
        (void)close(fd);
    if (error == 0)
        return explain(x, path, true, &found);
    struct buf shown = BUF_INIT;
    plugin_put_visible(&shown, path);
    cmd_error("explain", "%s: %s", buf_cstr(&shown), error == EINVAL ? "not a regular file" : strerror(error));
    buf_release(&shown);
    return false;
}

/* Does a plugin say that it runs on this type, though nobody declares it? */
static bool is_matched(const struct registry *r, const char *type)
{
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->plugins[i].conf.match_type_count; k++)
            if (strcmp(r->plugins[i].conf.match_types[k], type) == 0)
                return true;
    return false;
}

/* "jpeg", "image/jpge": the nearest type, or one with that subtype. */
static int unknown_type(const struct explanation *x)
{
    struct nearest near = {.word = x->type};
    const char *same = NULL;
    for (size_t i = 0; i < x->registry->count; i++) {
        const struct conf *c = &x->registry->plugins[i].conf;
        for (size_t k = 0; k < c->type_count; k++) {
            const char *slash = strchr(c->types[k].media, '/');
            nearest_offer(&near, c->types[k].media);
            if (!same && slash && strcmp(slash + 1, x->type) == 0)
                same = c->types[k].media;
        }
    }
    const char *meant = same ? same : near.best;
    return cmd_usage("explain", meant ? "--type: no plugin declares '%s': did you mean %s?" : "--type: no plugin declares '%s': expected a media type such as image/jpeg",
                     x->type, meant);
}

static bool explain_type(struct explanation *x)
{
    const char *known = detect_canonical(x->registry->detect, x->type, strlen(x->type));
    struct detect_result r = {.media = known ? known : x->type, .by = DETECT_BY_DECLARATION, .declared_in = ""};
    return explain(x, x->type, false, &r);
}

/* ---- the command line ---- */

/* Names between commas; cuts `list` into them. */
static int add_names(struct explain_names *to, char *list)
{
    char *rest = NULL;
    for (char *name = strtok_r(list, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (!vec_push(to, name)) {
            cmd_error("explain", "out of memory");
            return EXIT_SOME_FAILED;
        }
    }
    return 0;
}

static int own_option(struct explanation *x, int option, char *argument)
{
    switch (option) {
    case OPT_ONLY:
        return add_names(&x->only, argument);
    case OPT_SKIP:
        return add_names(&x->skip, argument);
    case OPT_WITH:
        return add_names(&x->with, argument);
    case OPT_TYPE:
        x->type = argument;
        return 0;
    case 'f':
        x->json = strcmp(argument, "json") == 0;
        if (x->json || strcmp(argument, "text") == 0)
            return 0;
        return cmd_usage("explain", "--format: expected text or json, found '%s'", argument);
    default:
        return EXIT_USAGE;
    }
}

/* 0: go on; -1: help was printed; otherwise the exit status. */
static int parse(struct explanation *x, int argc, char **argv)
{
    static const struct option longs[] = {
        CMD_COMMON_LONG,
        {"only", required_argument, NULL, OPT_ONLY},
        {"skip", required_argument, NULL, OPT_SKIP},
        {"with", required_argument, NULL, OPT_WITH},
        {"type", required_argument, NULL, OPT_TYPE},
        {"format", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0},
    };
    int status = 0;
    for (int option; status == 0 && (option = cmd_getopt(argc, argv, "f:", longs)) != -1;) {
        if (option == CMD_OPT_HELP) {
            (void)fputs(help, stdout);
            return -1;
        }
        int common = cmd_common_option(&x->common, option, optarg);
        status = common < 0 ? EXIT_USAGE : common == 0 ? own_option(x, option, optarg) : 0;
    }
    if (status == 0 && optind == argc && !x->type)
        status = cmd_usage("explain", "name at least one file, or give --type");
    return status;
}

static int open_plans(struct explanation *x)
{
    char dir[4096];
    int status = cmd_open_registry(&x->common, &x->registry);
    if (status)
        return status;
    if (cmd_cache_dir(&x->common, dir, sizeof dir) == 0 && !plugin_mark_held(x->registry, dir, &x->arena)) {
        cmd_error("explain", "out of memory");
        return EXIT_SOME_FAILED;
    }
    const struct plan_selection selection = {
        x->only.items, x->only.count, x->skip.items, x->skip.count, x->with.items, x->with.count,
    };
    struct err e = {0};
    if (planner_open(x->registry, &selection, &x->planner, &e) != 0) {
        cmd_error("explain", "%s", e.text);
        return EXIT_USAGE;
    }
    bool known = cmd_cache_dir(&x->common, dir, sizeof dir) == 0;
    if (reuse_tell_open(x->registry, x->planner, &selection, known ? dir : NULL, &x->reuse, &e) != 0) {
        cmd_error("explain", "%s", e.text);
        return EXIT_SOME_FAILED;
    }
    tell_cache_faults(x);
    return 0;
}

static int explain_all(struct explanation *x, char **paths, int count)
{
    if (x->type && !detect_canonical(x->registry->detect, x->type, strlen(x->type)) && !is_matched(x->registry, x->type))
        return unknown_type(x);
    buf_adds(&x->out, x->json ? "{\"schema\":1,\"files\":[" : "");
    bool all = !x->type || explain_type(x);
    for (int i = 0; i < count; i++)
        all = explain_file(x, paths[i]) && all;
    if (x->json)
        buf_adds(&x->out, "\n]}\n");
    if (!x->out.failed) {
        (void)fwrite(x->out.data ? x->out.data : "", 1, x->out.size, stdout); /* main() tells where that fails */
        return all && !x->cache_fails ? EXIT_DONE : EXIT_SOME_FAILED;
    }
    cmd_error("explain", "out of memory");
    return EXIT_SOME_FAILED;
}

int cmd_explain(int argc, char **argv)
{
    struct explanation x = {0};
    if (cmd_common_init(&x.common) != 0)
        return EXIT_CONFIGURATION;
    int status = parse(&x, argc, argv);
    if (status == 0)
        status = open_plans(&x);
    if (status == 0)
        status = explain_all(&x, argv + optind, argc - optind);
    reuse_tell_close(x.reuse);
    planner_free(x.planner);
    registry_free(x.registry);
    buf_release(&x.out);
    arena_release(&x.arena);
    free(x.only.items);
    free(x.skip.items);
    free(x.with.items);
    return status < 0 ? EXIT_DONE : status;
}
