/* SPDX-License-Identifier: MIT */
/* `adit new NAME`: writes a plugin project from the files of PREFIX/share/adit/template. In a file's contents @NAME@ and
 * @PREFIX@ are replaced; a file called plugin.X becomes NAME.X. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd.h"
#include "config.h"

enum { TEMPLATE_MAX_FILE = 1024 * 1024 };

struct project {
    const char *name, *dir;
    const char *prefix;
    int template_fd, dir_fd;
    bool made_dir;
    struct dirent **files; /* of the template, sorted */
    int file_count;
    int written; /* how many of them were made: on failure those are removed again */
};

static void print_help(void)
{
    (void)printf("Usage: adit new NAME [--dir DIR]\n\n"
                 "Writes a plugin project that builds, validates and passes its own test: a C file, a .conf, a Makefile,\n"
                 "samples and what they should give.\n\n"
                 "NAME is the plugin's name: a-z, 0-9 and -, at most %d characters, a letter or digit first.\n\n"
                 "      --dir DIR            write into DIR, which is empty or not there; otherwise ./NAME\n"
                 "  -h, --help               print this and end\n",
                 CONF_MAX_PLUGIN_NAME);
}

static bool name_is_valid(const char *name)
{
    size_t size = strlen(name);
    return size >= 1 && size <= CONF_MAX_PLUGIN_NAME && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == size;
}

static int read_whole(int dir_fd, const char *name, struct buf *out, struct err *e)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_errno(e, "template file %s", name);
    int result = 0;
    for (;;) {
        char *room = buf_reserve(out, 4096);
        ssize_t n = room ? read(fd, room, 4096) : -1;
        if (!room)
            result = err_set(e, -ENOMEM, "template file %s: memory is short", name);
        else if (n < 0)
            result = err_errno(e, "template file %s", name);
        else if (out->size + (size_t)n > TEMPLATE_MAX_FILE)
            result = err_set(e, -EFBIG, "template file %s is larger than %d bytes", name, TEMPLATE_MAX_FILE);
        else
            out->size += (size_t)n;
        if (result || n == 0)
            break;
    }
    (void)close(fd);
    return result;
}

static void fill_in(const struct project *p, const struct buf *from, struct buf *to)
{
    const struct { const char *mark, *value; } fields[] = {{"@NAME@", p->name}, {"@PREFIX@", p->prefix}};
    size_t i = 0;
    while (i < from->size) {
        const char *at = from->data + i;
        size_t step = 0;
        for (size_t k = 0; *at == '@' && k < sizeof fields / sizeof *fields; k++) {
            size_t n = strlen(fields[k].mark);
            if (n > from->size - i || memcmp(at, fields[k].mark, n) != 0)
                continue;
            buf_adds(to, fields[k].value);
            step = n;
            break;
        }
        if (step == 0) {
            buf_putc(to, *at);
            step = 1;
        }
        i += step;
    }
}

/* What a template's file is called in the project. */
static void project_file_name(const struct project *p, const char *name, char out[NAME_MAX + 1])
{
    if (strncmp(name, "plugin.", 7) == 0)
        (void)snprintf(out, NAME_MAX + 1, "%s.%s", p->name, name + 7);
    else
        (void)snprintf(out, NAME_MAX + 1, "%s", name);
}

static int write_whole(struct project *p, const char *name, const struct buf *content, struct err *e)
{
    /* Group and others never get to write: adit would refuse such a .conf, whatever the umask. */
    int fd = openat(p->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return err_errno(e, "%s/%s", p->dir, name);
    p->written++;
    int result = 0;
    for (size_t done = 0; done < content->size && !result;) {
        ssize_t n = write(fd, content->data + done, content->size - done);
        if (n < 0)
            result = err_errno(e, "%s/%s", p->dir, name);
        else
            done += (size_t)n;
    }
    if (close(fd) != 0 && !result)
        result = err_errno(e, "%s/%s", p->dir, name);
    return result;
}

static int write_file(struct project *p, const char *template_name, struct err *e)
{
    char name[NAME_MAX + 1];
    struct buf from = BUF_INIT, to = BUF_INIT;
    int result = read_whole(p->template_fd, template_name, &from, e);
    if (result)
        goto out;
    fill_in(p, &from, &to);
    if (to.failed) {
        result = err_set(e, -ENOMEM, "memory is short");
        goto out;
    }
    project_file_name(p, template_name, name);
    result = write_whole(p, name, &to, e);
out:
    buf_release(&from);
    buf_release(&to);
    return result;
}

static bool is_empty_dir(const char *dir)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    if (n >= 0)
        free(entries);
    return n == 2; /* . and .. */
}

static int open_project(struct project *p, struct err *e)
{
    if (mkdir(p->dir, 0755) == 0)
        p->made_dir = true;
    else if (errno != EEXIST)
        return err_errno(e, "cannot make the folder %s", p->dir);
    else if (!is_empty_dir(p->dir))
        return err_set(e, -EEXIST, "%s is there already and is no empty folder: choose another with --dir", p->dir);
    p->dir_fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return p->dir_fd < 0 ? err_errno(e, "cannot open %s", p->dir) : 0;
}

static int no_dot_file(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int open_template(struct project *p, struct err *e)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/share/adit/template", p->prefix);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(e, -ENAMETOOLONG, "%s/share/adit/template: the path is too long", p->prefix);
    p->template_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->template_fd < 0)
        return err_errno(e, "cannot open the template %s, which belongs to an installed adit", path);
    p->file_count = scandir(path, &p->files, no_dot_file, alphasort);
    if (p->file_count < 0)
        return err_errno(e, "cannot list %s", path);
    return p->file_count > 0 ? 0 : err_set(e, -ENOENT, "%s is empty: is adit installed completely?", path);
}

static void undo(struct project *p)
{
    char name[NAME_MAX + 1];
    for (int i = 0; i < p->written; i++) {
        project_file_name(p, p->files[i]->d_name, name);
        (void)unlinkat(p->dir_fd, name, 0);
    }
    if (p->made_dir)
        (void)rmdir(p->dir);
}

static int make_project(struct project *p, struct err *e)
{
    int result = open_template(p, e);
    if (!result)
        result = open_project(p, e);
    for (int i = 0; i < p->file_count && !result; i++)
        result = write_file(p, p->files[i]->d_name, e);
    if (result)
        undo(p);
    return result;
}

static void release_project(struct project *p)
{
    for (int i = 0; i < p->file_count; i++)
        free(p->files[i]);
    free(p->files);
    if (p->template_fd >= 0)
        (void)close(p->template_fd);
    if (p->dir_fd >= 0)
        (void)close(p->dir_fd);
}

static void print_next_steps(const struct project *p)
{
    (void)printf("%s:", p->dir);
    for (int i = 0; i < p->file_count; i++) {
        char name[NAME_MAX + 1];
        project_file_name(p, p->files[i]->d_name, name);
        (void)printf(" %s", name);
    }
    const char *quote = strpbrk(p->dir, " \t*?[]$&|;<>()\"") ? "'" : "";
    (void)printf("\n\nNext:\n    cd %s%s%s\n    make test\n    %s/bin/adit extract --conf-dir . good.sample\n", quote, p->dir,
                 quote, p->prefix);
}

/* A plugin of that name, among those that adit reads anyway, would be replaced by an installed new one. */
static void tell_if_taken(const struct project *p)
{
    const struct registry_options options = {.prefix = p->prefix};
    struct registry *r = NULL;
    struct err e = {0};
    const struct plugin *there = registry_open(&options, &r, &e) == 0 ? registry_find(r, p->name) : NULL;
    if (there)
        cmd_error("new", "there is a plugin %s already, declared in %s: once yours is installed it takes that one's place; for one "
                         "beside it, choose another name", p->name, there->conf_path);
    registry_free(r);
}

int cmd_new(int argc, char **argv)
{
    static const struct option options[] = {
        {"dir", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    char prefix[PATH_MAX];
    struct project p = {.prefix = prefix, .template_fd = -1, .dir_fd = -1};
    for (int c; (c = cmd_getopt(argc, argv, "", options)) != -1;) {
        if (c == 'h') {
            print_help();
            return EXIT_DONE;
        }
        if (c != 'd')
            return EXIT_USAGE;
        p.dir = optarg;
    }
    if (argc - optind != 1)
        return cmd_usage("new", "expected one NAME, found %d", argc - optind);
    p.name = argv[optind];
    if (!name_is_valid(p.name))
        return cmd_usage("new", "'%s' is no plugin name: use a-z, 0-9 and -, at most %d, a letter or digit first", p.name,
                         CONF_MAX_PLUGIN_NAME);
    if (!p.dir)
        p.dir = p.name;
    struct err e = {0};
    int result = cmd_prefix(prefix, sizeof prefix);
    if (result)
        (void)err_set(&e, result, "cannot tell where adit is installed: %s", strerror(-result));
    else
        result = make_project(&p, &e);
    if (result)
        cmd_error("new", "%s", e.text);
    else
        print_next_steps(&p);
    if (!result)
        tell_if_taken(&p);
    release_project(&p);
    return result ? EXIT_SOME_FAILED : EXIT_DONE;
}
