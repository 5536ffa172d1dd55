/* SPDX-License-Identifier: MIT */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void cmd_error(const char *command, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)fprintf(stderr, "adit %s: ", command);
    (void)vfprintf(stderr, fmt, ap);
    (void)fputc('\n', stderr);
    va_end(ap);
}

int cmd_usage(const char *command, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)fprintf(stderr, "adit %s: ", command);
    (void)vfprintf(stderr, fmt, ap);
    (void)fprintf(stderr, "\nTry 'adit %s --help'.\n", command);
    va_end(ap);
    return EXIT_USAGE;
}

void cmd_tell_debug(const char *command)
{
    struct stat st;
    if (fstat(STDERR_FILENO, &st) == 0 && S_ISREG(st.st_mode))
        cmd_error(command, "--debug: standard error is a file, to which locked plugins cannot write: give them a pipe, as in 2>&1 | cat");
}

int cmd_prefix(char *out, size_t size)
{
    ssize_t n = readlink("/proc/self/exe", out, size - 1);
    if (n < 0)
        return -errno;
    out[n] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(out, '/');
        if (!slash)
            return -ENOENT;
        *slash = '\0';
    }
    if (out[0] == '\0')
        (void)snprintf(out, size, "/");
    return 0;
}

int cmd_common_init(struct cmd_common *c)
{
    memset(c, 0, sizeof *c);
    int error = cmd_prefix(c->prefix, sizeof c->prefix);
    if (error) {
        (void)fprintf(stderr, "adit: cannot read /proc/self/exe, which says where adit is installed: %s\n",
                      strerror(-error));
        return error;
    }
    c->registry.prefix = c->prefix;
    c->registry.snapshot_path = c->snapshot;
    return 0;
}

static int add_dir(const char **dirs, size_t room, size_t *count, const char *option, char *argument)
{
    if (*count == room) {
        (void)fprintf(stderr, "adit: %s may be given at most %zu times\n", option, room);
        return -EINVAL;
    }
    dirs[(*count)++] = argument;
    return 1;
}

int cmd_common_option(struct cmd_common *c, int option, char *argument)
{
    switch (option) {
    case CMD_OPT_CONF_DIR:
        return add_dir(c->conf_dirs, sizeof c->conf_dirs / sizeof *c->conf_dirs, &c->registry.conf_dir_count,
                       "--conf-dir", argument);
    case CMD_OPT_MODULE_DIR:
        return add_dir(c->module_dirs, sizeof c->module_dirs / sizeof *c->module_dirs, &c->registry.module_dir_count,
                       "--module-dir", argument);
    case CMD_OPT_NO_DEFAULT_CONF:
        c->registry.only_given_dirs = true;
        return 1;
    case CMD_OPT_NO_SNAPSHOT:
        c->registry.snapshot_path = NULL;
        return 1;
    case CMD_OPT_CACHE_DIR:
        c->cache_dir = argument;
        return 1;
    case CMD_OPT_VERBOSE:
        c->verbose = true;
        return 1;
    default:
        return 0;
    }
}

int cmd_cache_dir(const struct cmd_common *c, char *out, size_t size)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n;
    if (c->cache_dir)
        n = snprintf(out, size, "%s", c->cache_dir);
    else if (xdg && xdg[0] == '/')
        n = snprintf(out, size, "%s/adit", xdg);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/.cache/adit", home);
    else
        return -ENOENT;
    return n > 0 && (size_t)n < size ? 0 : -ENAMETOOLONG;
}

const char *cmd_kept_dir(struct cmd_common *c)
{
    char dir[4096];
    if (cmd_cache_dir(c, dir, sizeof dir) != 0)
        return NULL;
    (void)snprintf(c->kept, sizeof c->kept, "%s/kept", dir);
    return c->kept;
}

static void print_findings(const struct registry *r, bool verbose)
{
    for (size_t i = 0; i < r->findings.count; i++) {
        const struct finding *f = &r->findings.items[i];
        if (f->severity != FINDING_ERROR && !verbose)
            continue;
        (void)fprintf(stderr, "adit: %s", f->file);
        if (f->line)
            (void)fprintf(stderr, ":%u", f->line);
        if (f->line && f->column)
            (void)fprintf(stderr, ":%u", f->column);
        (void)fprintf(stderr, ": %s", f->message);
        if (f->mend[0])
            (void)fprintf(stderr, " (%s)", f->mend);
        (void)fprintf(stderr, " [%s]\n", f->rule);
    }
}

int cmd_open_registry(struct cmd_common *c, struct registry **out)
{
    char dir[4000];
    c->registry.conf_dirs = c->conf_dirs;
    c->registry.module_dirs = c->module_dirs;
    if (cmd_cache_dir(c, dir, sizeof dir) != 0)
        c->registry.snapshot_path = NULL;
    else
        (void)snprintf(c->snapshot, sizeof c->snapshot, "%s", dir);
    struct err e = {0};
    if (registry_open(&c->registry, out, &e) != 0) {
        (void)fprintf(stderr, "adit: %s\n", e.text);
        return EXIT_CONFIGURATION;
    }
    print_findings(*out, c->verbose);
    if (registry_save_snapshot(*out, &e) != 0 && c->verbose)
        (void)fprintf(stderr, "adit: the snapshot of the plugins was not saved: %s\n", e.text);
    return 0;
}

/* The kernel's own figure: that of getrusage is at least what the program that started this one had. */
long cmd_peak_kib(const struct rusage *self)
{
    char line[256];
    long kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    while (f && kib == 0 && fgets(line, sizeof line, f))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f)
        (void)fclose(f);
    return kib > 0 ? kib : self->ru_maxrss;
}
