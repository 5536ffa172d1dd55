/* SPDX-License-Identifier: MIT */
/* adit explain: of what type a file is and why, which plugins run on it, in which order and which process, and why the others
 * do not. Nothing is loaded or run. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "cmd.h"
#include "detect.h"
#include "output_value.h"
#include "plugin_held.h"
#include "plugin_text.h"

static const char help[] = "Usage: adit explain [OPTION]… FILE…\n"
                           "\n"
                           "Say of what type each file is and what told so, which plugins run on it, in which order "
                           "and which process, and why the\n"
                           "others do not. Runs none of them.\n"
                           "\n"
                           "      --only NAME[,NAME]…  as of 'adit extract'\n"
                           "      --skip NAME[,NAME]…  as of 'adit extract'\n"
                           "      --with NAME[,NAME]…  as of 'adit extract'\n"
                           "      --type TYPE          the plan of a media type rather than of files\n"
                           "  -f, --format FORMAT      text (default), json\n" CMD_COMMON_HELP
                           "\nExit status: 0 all done; 1 some files could not be read; 2 bad usage; 3 configuration.\n";

enum { OPT_ONLY = CMD_OPT_FIRST_OWN, OPT_SKIP, OPT_WITH, OPT_TYPE };

struct names {
    const char **items;
    size_t count, capacity;
};

struct explanation {
    struct cmd_common common;
    struct registry *registry;
    struct planner *planner;
    struct names only, skip, with;
    const char *type;
    bool json;
    size_t printed;
    struct buf out;
    struct arena arena;
};

/* ---- printing ---- */

/* "magic of priority 50, declared by png (line 12)" */
static void put_why(struct buf *b, const struct detect_result *d)
{
    static const char *const by[] = {
        [DETECT_BY_NOTHING] = "nothing fits better",
        [DETECT_BY_MAGIC] = "its first or last bytes",
        [DETECT_BY_GLOB] = "its name",
        [DETECT_BY_MAGIC_AND_GLOB] = "its bytes and its name",
        [DETECT_BY_TEXT] = "it reads as text",
        [DETECT_BY_SIZE] = "its size",
        [DETECT_BY_DECLARATION] = "you say so",
    };
    buf_adds(b, by[d->by]);
    if (d->by != DETECT_BY_NOTHING && d->by != DETECT_BY_DECLARATION && d->declared_in && d->declared_in[0])
        buf_addf(b, "; priority %u, declared by %s in line %u", d->priority, d->declared_in, d->line);
}

/* A decision in words. */
static void put_decision(struct buf *b, const struct plan_decision *d)
{
    switch (d->reason) {
    case PLAN_RUNS_TYPE:
        buf_addf(b, "runs: matches %s", d->detail);
        break;
    case PLAN_RUNS_NEEDED:
        buf_addf(b, "runs: %s needs it", d->detail);
        break;
    case PLAN_RUNS_FIELD:
        buf_addf(b, "runs: maps fields of %s", d->detail);
        break;
    case PLAN_NOT_TYPE:
        buf_adds(b, *d->detail ? d->detail : "does not match this type");
        break;
    case PLAN_NOT_SELECTED:
        plugin_put_visible(b, d->detail);
        break;
    case PLAN_NOT_READY:
        plugin_put_visible(b, d->detail);
        break;
    case PLAN_MISSING_NEED:
        buf_addf(b, "needs %s", d->detail);
        break;
    case PLAN_CONFLICT:
        buf_addf(b, "conflicts with %s", d->detail);
        break;
    case PLAN_NOT_NEEDED:
        buf_adds(b, "nothing that runs needs it");
        break;
    }
}

static void put_stages(struct explanation *x, const struct plan *plan)
{
    struct buf *b = &x->out;
    if (plan->stage_count == 0)
        buf_adds(b, "  no plugin runs\n");
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *s = &plan->stages[i];
        buf_addf(b, "  stage %zu, domain %s%s:", i + 1, planner_domain_name(x->planner, s->domain),
                 s->after_streams ? ", after the streams" : "");
        for (size_t k = 0; k < s->job_count; k++)
            buf_addf(b, " %s", x->registry->plugins[s->jobs[k]].conf.name);
        buf_putc(b, '\n');
    }
}

static void put_predicates(struct buf *b, const struct conf *c)
{
    static const char *const ops[] = {"", " = ", " != ", " is there"};
    for (size_t i = 0; i < c->predicate_count; i++) {
        const struct conf_predicate *on = &c->predicates[i];
        buf_addf(b, "%s%s.%s%s", i ? " and " : ", where ", on->plugin, on->field, ops[on->op]);
        plugin_put_visible(b, on->value);
    }
}

static void explain_text(struct explanation *x, const char *path, const struct detect_result *d,
                         const struct plan *plan, const struct plan_decision *decisions, size_t count)
{
    struct buf *b = &x->out;
    size_t width = 8;
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(x->registry->plugins[decisions[i].plugin].conf.name);
        width = size > width ? size : width;
    }
    buf_adds(b, x->printed ? "\n" : "");
    plugin_put_visible(b, path);
    buf_addf(b, ": %s\n  because: ", d->media);
    put_why(b, d);
    buf_putc(b, '\n');
    put_stages(x, plan);
    buf_adds(b, "  decisions:\n");
    for (int runs = 1; runs >= 0; runs--) {
        for (size_t i = 0; i < count; i++) {
            const struct conf *c = &x->registry->plugins[decisions[i].plugin].conf;
            if (plan_reason_runs(decisions[i].reason) != (runs != 0) || c->kind == CONF_TYPES)
                continue;
            buf_addf(b, "    %-*s  ", (int)width, c->name);
            put_decision(b, &decisions[i]);
            if (runs)
                put_predicates(b, c);
            buf_putc(b, '\n');
        }
    }
}

static void explain_json(struct explanation *x, const char *path, const struct detect_result *d,
                         const struct plan *plan, const struct plan_decision *decisions, size_t count)
{
    struct buf *b = &x->out, why = BUF_INIT;
    buf_adds(b, x->printed ? ",\n{" : "\n{");
    plugin_put_json(b, "path", path);
    plugin_put_json(b, "type", d->media);
    put_why(&why, d);
    plugin_put_json(b, "because", buf_cstr(&why));
    buf_release(&why);
    plugin_put_json(b, "declared_by", d->declared_in ? d->declared_in : "");
    buf_adds(b, ",\"stages\":[");
    for (size_t i = 0; i < plan->stage_count; i++) {
        const struct plan_stage *s = &plan->stages[i];
        buf_addf(b, "%s{\"domain\":\"%s\",\"after_streams\":%s,\"plugins\":[", i ? "," : "",
                 planner_domain_name(x->planner, s->domain), s->after_streams ? "true" : "false");
        for (size_t k = 0; k < s->job_count; k++)
            buf_addf(b, "%s\"%s\"", k ? "," : "", x->registry->plugins[s->jobs[k]].conf.name);
        buf_adds(b, "]}");
    }
    buf_adds(b, "],\"decisions\":[");
    for (size_t i = 0; i < count; i++) {
        buf_adds(b, i ? ",{" : "{");
        plugin_put_json(b, "plugin", x->registry->plugins[decisions[i].plugin].conf.name);
        buf_addf(b, ",\"runs\":%s", plan_reason_runs(decisions[i].reason) ? "true" : "false");
        plugin_put_json(b, "reason", plan_reason_name(decisions[i].reason));
        plugin_put_json(b, "detail", decisions[i].detail);
        buf_putc(b, '}');
    }
    buf_adds(b, "]}");
}

static bool explain(struct explanation *x, const char *path, const struct detect_result *d)
{
    const struct plan *plan = planner_plan(x->planner, d->media);
    struct plan_decision *decisions = NULL;
    size_t count = 0;
    if (!plan || planner_explain(x->planner, d->media, &decisions, &count) != 0) {
        cmd_error("explain", "%s: out of memory", path);
        return false;
    }
    if (x->json)
        explain_json(x, path, d, plan, decisions, count);
    else
        explain_text(x, path, d, plan, decisions, count);
    x->printed++;
    free(decisions);
    return true;
}

/* ---- reading ---- */

/* Up to `size` bytes from `offset`; -1 with errno set. */
static ssize_t read_some(int fd, unsigned char *buffer, size_t size, off_t offset)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = pread(fd, buffer + got, size - got, offset + (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -1 : (ssize_t)got;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

/* 0, or an errno. */
static int detect_open(const struct detect *detect, int fd, const char *path, struct detect_result *out)
{
    unsigned char head[DETECT_HEAD], tail[DETECT_TAIL];
    struct stat st;
    if (fstat(fd, &st) < 0)
        return errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
    const char *slash = strrchr(path, '/');
    ssize_t n = read_some(fd, head, sizeof head, 0);
    if (n < 0)
        return errno;
    struct detect_source s = {
        .head = head, .head_size = (size_t)n, .size = (uint64_t)st.st_size, .name = slash ? slash + 1 : path};
    s.name_size = strlen(s.name);
    if (s.head_size < sizeof head)
        s.size = s.head_size; /* all of it was read, whatever fstat says */
    detect_type(detect, &s, out);
    if (!detect_wants_tail(detect, &s, out))
        return 0;
    uint64_t from = s.size > sizeof tail ? s.size - sizeof tail : 0;
    n = read_some(fd, tail, (size_t)(s.size - from), (off_t)from);
    if (n < 0)
        return errno;
    s.tail = tail;
    s.tail_size = (size_t)n;
    detect_type(detect, &s, out);
    return 0;
}

static bool explain_file(struct explanation *x, const char *path)
{
    struct detect_result found;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int error = fd < 0 ? errno : detect_open(x->registry->detect, fd, path, &found);
    if (fd >= 0)
        (void)close(fd);
    if (error == 0)
        return explain(x, path, &found);
    struct buf shown = BUF_INIT;
    plugin_put_visible(&shown, path);
    cmd_error("explain", "%s: %s", buf_cstr(&shown), error == EINVAL ? "not a regular file" : strerror(error));
    buf_release(&shown);
    return false;
}

static bool explain_type(struct explanation *x)
{
    const char *known = detect_canonical(x->registry->detect, x->type, strlen(x->type));
    struct detect_result r = {.media = known ? known : x->type, .by = DETECT_BY_DECLARATION, .declared_in = ""};
    return explain(x, x->type, &r);
}

/* ---- the command line ---- */

/* Names between commas; cuts `list` into them. */
static int add_names(struct names *to, char *list)
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
    if (planner_open(x->registry, &selection, &x->planner, &e) == 0)
        return 0;
    cmd_error("explain", "%s", e.text);
    return EXIT_USAGE;
}

static int explain_all(struct explanation *x, char **paths, int count)
{
    buf_adds(&x->out, x->json ? "{\"schema\":1,\"files\":[" : "");
    bool all = !x->type || explain_type(x);
    for (int i = 0; i < count; i++)
        all = explain_file(x, paths[i]) && all;
    if (x->json)
        buf_adds(&x->out, "\n]}\n");
    if (!x->out.failed) {
        (void)fwrite(x->out.data ? x->out.data : "", 1, x->out.size, stdout); /* main() tells where that fails */
        return all ? EXIT_DONE : EXIT_SOME_FAILED;
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
    planner_free(x.planner);
    registry_free(x.registry);
    buf_release(&x.out);
    arena_release(&x.arena);
    free(x.only.items);
    free(x.skip.items);
    free(x.with.items);
    return status < 0 ? EXIT_DONE : status;
}
