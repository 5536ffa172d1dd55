/* SPDX-License-Identifier: MIT */
/* The samples of a plugin: found, read, and given their types. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conform_impl.h"
#include "detect_read.h"

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* What lies beside samples, in a plugin's project too: expectations, sources, what is built, where samples came from. */
static int is_sample(const struct dirent *d)
{
    static const char *const others[] = {".expected.json", ".expected.tsv", ".c", ".h", ".o", ".d", ".so", ".conf", ".mk", ".py", ".md"};
    if (d->d_name[0] == '.' || strcmp(d->d_name, "SOURCES") == 0 || strcmp(d->d_name, "README") == 0 ||
        strcmp(d->d_name, "Makefile") == 0)
        return 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (ends_with(d->d_name, others[i]))
            return 0;
    return 1;
}

/* Beside a .conf, where other things lie too: what is called so, or has an expectation. */
static bool is_sample_beside(const char *folder, const char *name)
{
    char path[8192];
    (void)snprintf(path, sizeof path, "%s/%s.expected.json", folder, name);
    return ends_with(name, ".sample") || access(path, F_OK) == 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* --samples DIR: DIR/FAMILY/NAME, DIR/NAME, DIR/NAME.samples, or DIR itself. Otherwise NAME.samples beside the .conf, or what lies
 * there as 'adit new' puts it. */
static void find_folder(struct conform_samples *s, const struct conform *c, const struct plugin *p)
{
    const char *dir = c->options.samples, *name = p->conf.name, *slash = strrchr(p->conf_path, '/');
    int folder = slash ? (int)(slash - p->conf_path) : 0;
    if (!dir) {
        (void)snprintf(s->folder, sizeof s->folder, "%.*s/%s.samples", folder, p->conf_path, name);
        s->beside = !is_folder(s->folder);
        if (s->beside)
            (void)snprintf(s->folder, sizeof s->folder, "%.*s", folder, p->conf_path);
        return;
    }
    int family = folder;
    while (family > 0 && p->conf_path[family - 1] != '/')
        family--;
    (void)snprintf(s->folder, sizeof s->folder, "%s/%.*s/%s", dir, folder - family, p->conf_path + family, name);
    if (!is_folder(s->folder))
        (void)snprintf(s->folder, sizeof s->folder, "%s/%s", dir, name);
    if (!is_folder(s->folder))
        (void)snprintf(s->folder, sizeof s->folder, "%s/%s.samples", dir, name);
    if (!is_folder(s->folder))
        (void)snprintf(s->folder, sizeof s->folder, "%s", dir);
}

static const char *type_of(const struct registry *r, const struct check_sample *s)
{
    struct detect_result result;
    detect_memory(r->detect, s->data, s->size, s->name, s->name_size, &result);
    return result.media;
}

/* 1: it is one; 0: it is none, or too large. */
static int read_sample(struct conform_samples *s, const struct registry *r, const char *name, struct err *e)
{
    char path[8192];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", s->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int error = err_errno(e, "cannot read the sample %s", path);
        if (fd >= 0)
            (void)close(fd);
        return error;
    }
    if (!S_ISREG(st.st_mode) || st.st_size > CHECK_SAMPLE_BYTES || s->count == CHECK_SAMPLE_COUNT) {
        s->left_out += S_ISREG(st.st_mode);
        (void)close(fd);
        return 0;
    }
    struct check_sample *out = &s->items[s->count];
    *out = (struct check_sample){.name = arena_strdup(&s->arena, name),
                                 .name_size = strlen(name),
                                 .size = (size_t)st.st_size,
                                 .data = arena_alloc(&s->arena, (size_t)st.st_size + 1)};
    bool good = out->name && out->data && pread(fd, out->data, out->size, 0) == (ssize_t)out->size;
    if (!good) {
        (void)close(fd);
        return err_set(e, -EIO, "cannot read the sample %s", path);
    }
    const char *media = type_of(r, out);
    out->media = (struct adit_text){media, strlen(media)};
    s->fds[s->count++] = fd;
    return 1;
}

int conform_samples_open(struct conform_samples *s, const struct conform *c, const struct registry *r,
                         const struct plugin *p, struct err *e)
{
    struct dirent **list = NULL;
    int error = 0;
    memset(s, 0, sizeof *s);
    find_folder(s, c, p);
    int n = is_folder(s->folder) ? scandir(s->folder, &list, is_sample, alphasort) : 0;
    if (n < 0)
        return err_errno(e, "cannot read the samples in %s", s->folder);
    for (int i = 0; i < n; i++) {
        if (error >= 0 && (!s->beside || is_sample_beside(s->folder, list[i]->d_name)))
            error = read_sample(s, r, list[i]->d_name, e);
        free(list[i]);
    }
    free(list);
    if (s->beside && s->count == 0) /* where they had better be */
        (void)snprintf(s->folder + strlen(s->folder), sizeof s->folder - strlen(s->folder), "/%s.samples", p->conf.name);
    if (error < 0)
        conform_samples_close(s);
    return error < 0 ? error : 0;
}

void conform_samples_close(struct conform_samples *s)
{
    while (s->count > 0)
        (void)close(s->fds[--s->count]);
    arena_release(&s->arena);
}

int conform_save_input(const struct conform *c, const struct conform_subject *s, enum check_id check, uint64_t number,
                       char *path, size_t room)
{
    const struct check_corpus corpus = {s->samples->items, s->samples->count, c->options.seed, c->options.effort};
    struct check_input in;
    if (number >= check_input_count(&corpus, check))
        return -ENOENT;
    in.data = malloc(check_input_room(&corpus));
    if (!in.data)
        return -ENOMEM;
    check_input_make(&corpus, check, number, &in);
    (void)snprintf(path, room, "%s/%s.%s.%llu", c->options.save_inputs, s->plugin->conf.name, check_rules[check].id,
                   (unsigned long long)number + 1);
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(in.data, 1, in.size, f) == in.size;
    if (f)
        good = fclose(f) == 0 && good;
    free(in.data);
    return good ? 0 : -errno;
}
