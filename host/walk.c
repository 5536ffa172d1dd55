/* SPDX-License-Identifier: MIT */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/vec.h"
#include "walk_dir.h"
#include "walk_list.h"

enum {
    OPEN_FRAMES = 32, /* directories kept open from the deepest one up; those above are opened again on the way back */
    DIR_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
    STAT_MASK = STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_CTIME,
};

/* One directory on the way down to the present one. */
struct frame {
    int fd; /* -1: closed for the time being */
    uint64_t device, inode;
    size_t path_size, key_size; /* of walk.path and walk.key, with the final slash */
    struct walk_dir names;
    size_t next;
};

struct walk {
    char **arguments;
    size_t argument_count, next_argument;
    struct walk_list list; /* the one being read, while in_list */
    const char *list_name;
    bool in_list, nul;
    int files_from; /* -1 once it is being read, or where there is none */
    char *files_from_name;
    struct frame *frames;
    size_t depth, frame_count, frame_capacity; /* frames beyond depth keep memory for reuse */
    struct buf path, key;
    char *cwd; /* with a final slash */
};

static void set_path(struct walk *w, size_t path_size, size_t key_size, const char *name, size_t size)
{
    w->path.size = path_size;
    w->key.size = key_size;
    buf_add(&w->path, name, size);
    buf_add(&w->key, name, size);
}

/* An argument as the key of the cache: absolute, "." and repeated slashes left out. ".." stays: what it means depends
 * on links. */
static void set_argument_path(struct walk *w, const char *path, size_t size)
{
    buf_reset(&w->path);
    buf_reset(&w->key);
    buf_add(&w->path, path, size);
    buf_adds(&w->key, path[0] == '/' ? "/" : w->cwd);
    for (const char *at = path, *end = path + size; at < end;) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        size_t n = (size_t)((slash ? slash : end) - at);
        if (n > 0 && !(n == 1 && at[0] == '.')) {
            if (w->key.size > 0 && w->key.data[w->key.size - 1] != '/')
                buf_putc(&w->key, '/');
            buf_add(&w->key, at, n);
        }
        at += n + 1;
    }
}

static void end_with_slash(struct buf *b)
{
    if (b->size == 0 || b->data[b->size - 1] != '/')
        buf_putc(b, '/');
}

static int stat_at(int dirfd, const char *name, int flags, struct statx *st)
{
    return statx(dirfd, name, flags | AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, STAT_MASK, st) == 0 ? 0 : -errno;
}

static void fill_stamp(struct stamp *stamp, const struct statx *st)
{
    *stamp = (struct stamp){.device = makedev(st->stx_dev_major, st->stx_dev_minor),
                            .inode = st->stx_ino,
                            .size = st->stx_size,
                            .mtime_ns = st->stx_mtime.tv_sec * 1000000000 + st->stx_mtime.tv_nsec,
                            .ctime_ns = st->stx_ctime.tv_sec * 1000000000 + st->stx_ctime.tv_nsec,
                            .exists = true};
    stamp->racy = stamp_is_racy(stamp, stamp_now());
}

static const char *kind_text(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFIFO:
        return "FIFO";
    case S_IFSOCK:
        return "socket";
    case S_IFCHR:
        return "character device";
    case S_IFBLK:
        return "block device";
    case S_IFLNK:
        return "symbolic link, not followed";
    default:
        return "of an unknown kind";
    }
}

/* Completes *out with the path as it is now; the other members are set. */
static int give(struct walk *w, struct walk_entry *out)
{
    out->path = buf_cstr(&w->path);
    out->path_size = w->path.size;
    out->key = buf_cstr(&w->key);
    out->key_size = w->key.size;
    return w->path.failed || w->key.failed ? -ENOMEM : 1;
}

static int give_error(struct walk *w, struct walk_entry *out, enum result_error error, const char *text)
{
    out->error = error;
    out->error_text = text;
    return give(w, out);
}

static int give_errno(struct walk *w, struct walk_entry *out, int error)
{
    bool vanished = error == -ENOENT && !out->argument;
    return give_error(w, out, vanished ? RESULT_VANISHED : RESULT_UNREADABLE, strerror(-error));
}

static int give_file(struct walk *w, struct walk_entry *out, const struct statx *st)
{
    fill_stamp(&out->stamp, st);
    if (S_ISREG(st->stx_mode))
        return give(w, out);
    return give_error(w, out, RESULT_NOT_REGULAR, kind_text(st->stx_mode));
}

static bool is_on_the_way(const struct walk *w, uint64_t device, uint64_t inode)
{
    for (size_t i = w->depth; i-- > 0;)
        if (w->frames[i].inode == inode && w->frames[i].device == device)
            return true;
    return false;
}

static struct frame *push_frame(struct walk *w)
{
    if (w->depth == w->frame_count) {
        if (!vec_grow(&w->frames, &w->frame_capacity, w->frame_count + 1, sizeof *w->frames))
            return NULL;
        w->frames[w->frame_count++] = (struct frame){.fd = -1};
    }
    if (w->depth > OPEN_FRAMES) { /* the first stays open */
        struct frame *above = &w->frames[w->depth - OPEN_FRAMES];
        if (above->fd >= 0)
            (void)close(above->fd);
        above->fd = -1;
    }
    return &w->frames[w->depth++];
}

/* Enters the directory that *out names. 0: entered; otherwise it became the entry, as walk_next. */
static int enter(struct walk *w, struct walk_entry *out)
{
    int fd = openat(out->dirfd, out->name, DIR_FLAGS | (out->argument ? 0 : O_NOFOLLOW));
    if (fd < 0)
        return give_errno(w, out, -errno);
    struct statx st;
    int error = stat_at(fd, "", AT_EMPTY_PATH, &st);
    if (error) {
        (void)close(fd);
        return give_errno(w, out, error);
    }
    uint64_t device = makedev(st.stx_dev_major, st.stx_dev_minor);
    if (is_on_the_way(w, device, st.stx_ino)) {
        (void)close(fd);
        return give_error(w, out, RESULT_NOT_REGULAR, "directory that contains itself, not entered again");
    }
    struct frame *f = push_frame(w);
    if (!f) {
        (void)close(fd);
        return -ENOMEM;
    }
    f->fd = fd;
    f->device = device;
    f->inode = st.stx_ino;
    f->next = 0;
    end_with_slash(&w->path);
    end_with_slash(&w->key);
    f->path_size = w->path.size;
    f->key_size = w->key.size;
    error = walk_dir_read(&f->names, fd);
    if (error && error != -ENOMEM)
        return give_errno(w, out, error);
    return error;
}

static bool is_frame(const struct frame *f, int fd)
{
    struct statx st;
    return stat_at(fd, "", AT_EMPTY_PATH, &st) == 0 && st.stx_ino == f->inode &&
           makedev(st.stx_dev_major, st.stx_dev_minor) == f->device;
}

/* Opens a directory by its names, from the deepest one above it that is open: the first always is. */
static int reopen_by_names(struct walk *w, size_t index)
{
    size_t i = index;
    while (w->frames[i].fd < 0)
        i--;
    int at = w->frames[i].fd;
    for (; i < index; i++) {
        char *name = w->path.data + w->frames[i].path_size, *slash = w->path.data + w->frames[i + 1].path_size - 1;
        *slash = '\0';
        int fd = openat(at, name, DIR_FLAGS | O_NOFOLLOW);
        *slash = '/';
        if (at != w->frames[i].fd)
            (void)close(at);
        if (fd < 0)
            return -1;
        at = fd;
    }
    return at;
}

/* Opens the last frame again where it was closed on the way down; `below` is the directory just left, or -1. */
static bool reopen(struct walk *w, int below)
{
    struct frame *f = &w->frames[w->depth - 1];
    if (f->fd >= 0)
        return true;
    int fd = below >= 0 ? openat(below, "..", DIR_FLAGS) : -1;
    if (fd >= 0 && !is_frame(f, fd)) { /* `below` was moved meanwhile */
        (void)close(fd);
        fd = -1;
    }
    if (fd < 0)
        fd = reopen_by_names(w, w->depth - 1);
    if (fd >= 0 && !is_frame(f, fd)) {
        (void)close(fd);
        fd = -1;
    }
    f->fd = fd;
    return fd >= 0;
}

/* Leaves the last frame for the one above, which is open again if it has names left. */
static void leave(struct walk *w)
{
    struct frame *f = &w->frames[--w->depth];
    walk_dir_empty(&f->names);
    if (w->depth > 0)
        (void)reopen(w, f->fd);
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
}

/* The next entry of the directories that are entered; 0: none is left. */
static int next_in_tree(struct walk *w, struct walk_entry *out)
{
    while (w->depth > 0) {
        struct frame *f = &w->frames[w->depth - 1];
        *out = (struct walk_entry){.dirfd = f->fd};
        if (f->next == f->names.count) {
            leave(w);
            continue;
        }
        if (f->fd < 0) {
            set_path(w, f->path_size, f->key_size, "", 0);
            f->next = f->names.count;
            return give_error(w, out, RESULT_CHANGED,
                              "directory was moved while it was walked: the rest of it is left out");
        }
        size_t i = f->next++;
        out->name = walk_dir_name(&f->names, i);
        set_path(w, f->path_size, f->key_size, out->name, strlen(out->name));
        struct statx st = {.stx_mode = S_IFDIR};
        if (walk_dir_type(&f->names, i) != DT_DIR) {
            int error = stat_at(f->fd, out->name, AT_SYMLINK_NOFOLLOW, &st);
            if (error)
                return give_errno(w, out, error);
        }
        int given = S_ISDIR(st.stx_mode) ? enter(w, out) : give_file(w, out, &st);
        if (given != 0)
            return given;
    }
    return 0;
}

static int start_argument(struct walk *w, struct walk_entry *out, const char *path, size_t size)
{
    *out = (struct walk_entry){.dirfd = AT_FDCWD, .name = path, .argument = true};
    set_argument_path(w, path, size);
    struct statx st;
    int error = stat_at(AT_FDCWD, path, 0, &st);
    if (error)
        return give_errno(w, out, error);
    return S_ISDIR(st.stx_mode) ? enter(w, out) : give_file(w, out, &st);
}

static void begin_list(struct walk *w, int fd, const char *name)
{
    w->list = (struct walk_list){.fd = fd, .separator = w->nul ? '\0' : '\n'};
    w->list_name = name;
    w->in_list = true;
}

static int give_list_error(struct walk *w, struct walk_entry *out, int error)
{
    *out = (struct walk_entry){.dirfd = AT_FDCWD, .name = w->list_name, .argument = true};
    set_argument_path(w, w->list_name, strlen(w->list_name));
    return give_error(w, out, RESULT_UNREADABLE, walk_list_error(error));
}

/* Starts with the next name of the list; 0: a directory was entered, or the list has ended. */
static int next_in_list(struct walk *w, struct walk_entry *out)
{
    const char *name = NULL;
    size_t size = 0;
    int got = walk_list_next(&w->list, &name, &size);
    if (got == -EAGAIN || got == -ENOMEM)
        return got;
    if (got <= 0) {
        w->in_list = false;
        walk_list_release(&w->list);
        return got == 0 ? 0 : give_list_error(w, out, got);
    }
    return start_argument(w, out, name, size);
}

int walk_next(struct walk *w, struct walk_entry *out)
{
    for (;;) {
        int given = next_in_tree(w, out);
        if (given != 0)
            return given;
        if (w->in_list) {
            given = next_in_list(w, out);
        } else if (w->next_argument < w->argument_count) {
            const char *path = w->arguments[w->next_argument++];
            if (strcmp(path, "-") == 0)
                begin_list(w, STDIN_FILENO, "standard input");
            else
                given = start_argument(w, out, path, strlen(path));
        } else if (w->files_from >= 0) {
            begin_list(w, w->files_from, w->files_from_name);
            w->files_from = -1;
        } else {
            return 0;
        }
        if (given != 0)
            return given;
    }
}

int walk_fd(const struct walk *w)
{
    return w->in_list ? w->list.fd : -1;
}

static bool copy_arguments(struct walk *w, const struct walk_options *options)
{
    w->arguments = calloc(options->path_count + 1, sizeof *w->arguments);
    if (!w->arguments)
        return false;
    for (size_t i = 0; i < options->path_count; i++, w->argument_count++)
        if (!(w->arguments[i] = strdup(options->paths[i])))
            return false;
    return true;
}

/* Where the current folder has no name any more, keys are made of "/": freshness does not depend on them. */
static bool copy_cwd(struct walk *w)
{
    char *cwd = getcwd(NULL, 0);
    if (!cwd && errno == ENOMEM)
        return false;
    bool ok = asprintf(&w->cwd, "%s/", cwd && cwd[0] == '/' && cwd[1] ? cwd : "") >= 0;
    free(cwd);
    return ok;
}

static int open_list(struct walk *w, const char *list, struct err *e)
{
    bool is_stdin = strcmp(list, "-") == 0;
    w->files_from_name = strdup(is_stdin ? "standard input" : list);
    if (!w->files_from_name)
        return err_set(e, -ENOMEM, "not enough memory");
    w->files_from = is_stdin ? STDIN_FILENO : open(list, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return w->files_from >= 0 ? 0 : err_errno(e, "cannot open the list of files '%s'", list);
}

int walk_open(const struct walk_options *options, struct walk **out, struct err *e)
{
    struct walk *w = calloc(1, sizeof *w);
    if (!w)
        return err_set(e, -ENOMEM, "not enough memory");
    w->files_from = -1;
    w->nul = options->nul;
    int error = 0;
    if (!copy_cwd(w) || !copy_arguments(w, options))
        error = err_set(e, -ENOMEM, "not enough memory");
    else if (options->list)
        error = open_list(w, options->list, e);
    if (error) {
        walk_free(w);
        return error;
    }
    *out = w;
    return 0;
}

void walk_free(struct walk *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->frame_count; i++) {
        walk_dir_release(&w->frames[i].names);
        if (w->frames[i].fd >= 0)
            (void)close(w->frames[i].fd);
    }
    for (size_t i = 0; i < w->argument_count; i++)
        free(w->arguments[i]);
    if (w->in_list)
        walk_list_release(&w->list);
    if (w->files_from > STDERR_FILENO)
        (void)close(w->files_from);
    free(w->files_from_name);
    free(w->arguments);
    free(w->frames);
    free(w->cwd);
    buf_release(&w->path);
    buf_release(&w->key);
    free(w);
}
