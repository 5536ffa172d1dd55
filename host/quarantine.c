/* SPDX-License-Identifier: MIT */
#include "quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/newfile.h"
#include "base/vec.h"

enum { FILE_MAX = 1 << 20, HEX = 65 };

/* A line: PLUGIN tab DIGEST tab WHAT tab CONTENT tab PATH; control characters in PATH are written as \xNN. */
enum { EVENT_PARTS = 5 };
struct event { const char *plugin, *digest, *what, *content, *path; };

struct quarantine {
    struct { struct event *items; size_t count, capacity; } events;
    struct arena arena;
    char file[4200]; /* "": nothing is kept */
    struct buf text;
};

static void hex_of(const unsigned char digest[32], char out[HEX])
{
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* Cuts `line` at its tabs. False: it is no event. */
static bool parse(char *line, struct event *out)
{
    const char *parts[EVENT_PARTS];
    for (size_t i = 0; i < EVENT_PARTS; i++) {
        parts[i] = line;
        char *tab = strchr(line, '\t');
        if (!tab && i < EVENT_PARTS - 1)
            return false;
        if (tab) {
            *tab = '\0';
            line = tab + 1;
        }
    }
    *out = (struct event){parts[0], parts[1], parts[2], parts[3], parts[4]};
    return strlen(out->digest) == HEX - 1;
}

/* The file, or the newest FILE_MAX bytes of it, NUL-terminated; NULL: there is none, or it is none of ours. */
static char *read_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    char *text = NULL;
    size_t size = 0, skipped = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        skipped = st.st_size > FILE_MAX ? (size_t)st.st_size - FILE_MAX : 0; /* a line that is cut is no event */
        size = (size_t)st.st_size - skipped;
        text = calloc(1, size + 1);
    }
    for (size_t done = 0; text && done < size;) {
        ssize_t n = pread(fd, text + done, size - done, (off_t)(skipped + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    (void)close(fd);
    return text;
}

static bool same(const struct event *e, const char *plugin, const char *digest)
{
    return strcmp(e->plugin, plugin) == 0 && strcmp(e->digest, digest) == 0;
}

/* The same file by its place or by its bytes, whatever it is called in this run. */
static bool is_known(const struct quarantine *q, const struct event *e)
{
    for (size_t i = 0; i < q->events.count; i++) {
        const struct event *other = &q->events.items[i];
        if (same(other, e->plugin, e->digest) &&
            (strcmp(other->path, e->path) == 0 || (*e->content && strcmp(other->content, e->content) == 0)))
            return true;
    }
    return false;
}

static size_t count_of(const struct quarantine *q, const char *plugin, const char *digest)
{
    size_t n = 0;
    for (size_t i = 0; i < q->events.count; i++)
        n += same(&q->events.items[i], plugin, digest);
    return n;
}

int quarantine_open(const char *dir, struct quarantine **out)
{
    struct quarantine *q = calloc(1, sizeof *q);
    if (!q)
        return -ENOMEM;
    *out = q;
    if (!dir)
        return 0;
    int n = snprintf(q->file, sizeof q->file, "%s/quarantine.tsv", dir);
    if (n < 0 || (size_t)n >= sizeof q->file)
        q->file[0] = '\0';
    char *text = read_file(q->file), *rest = NULL;
    char *copy = text ? arena_strdup(&q->arena, text) : NULL;
    free(text);
    for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        struct event e;
        if (parse(line, &e) && !is_known(q, &e) && !vec_push(&q->events, e)) {
            quarantine_free(q);
            return -ENOMEM;
        }
    }
    return 0;
}

void quarantine_free(struct quarantine *q)
{
    if (!q)
        return;
    free(q->events.items);
    arena_release(&q->arena);
    buf_release(&q->text);
    free(q);
}

static void add_visible(struct buf *b, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            buf_addf(b, "\\x%02x", c);
        else
            buf_putc(b, (char)c);
    }
}

static void put_line(struct buf *b, const struct event *e)
{
    buf_addf(b, "%s\t%s\t%s\t%s\t%s\n", e->plugin, e->digest, e->what, e->content, e->path);
}

/* One write a line: other processes append to the same file. A line that a kill cut in the middle ends where this one begins.
 * What cannot be kept counts for this run. */
static void append_line(const struct quarantine *q, const struct event *e)
{
    struct buf line = BUF_INIT;
    int fd = q->file[0] ? open(q->file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600) : -1;
    if (fd < 0)
        return;
    buf_putc(&line, '\n');
    put_line(&line, e);
    ssize_t wrote = line.failed ? 0 : write(fd, line.data, line.size);
    (void)wrote;
    (void)close(fd);
    buf_release(&line);
}

bool quarantine_note(struct quarantine *q, const char *plugin, const unsigned char digest[32], const struct quarantine_file *file,
                     const char *what)
{
    char hex[HEX];
    if (!q)
        return false;
    hex_of(digest, hex);
    buf_reset(&q->text);
    add_visible(&q->text, file->path, file->path_size);
    struct event e = {.path = arena_strdup(&q->arena, buf_cstr(&q->text)), .content = arena_strdup(&q->arena, file->content)};
    buf_reset(&q->text);
    add_visible(&q->text, what, strlen(what));
    e.what = arena_strdup(&q->arena, buf_cstr(&q->text));
    e.plugin = arena_strdup(&q->arena, plugin);
    e.digest = arena_strdup(&q->arena, hex);
    if (!e.plugin || !e.digest || !e.what || !e.content || !e.path)
        return false;
    if (!is_known(q, &e) && count_of(q, plugin, hex) < QUARANTINE_FILES && vec_push(&q->events, e))
        append_line(q, &e);
    return count_of(q, plugin, hex) >= QUARANTINE_FILES;
}

bool quarantine_mentions(const struct quarantine *q, const char *plugin)
{
    for (size_t i = 0; q && i < q->events.count; i++)
        if (strcmp(q->events.items[i].plugin, plugin) == 0)
            return true;
    return false;
}

const char *quarantine_reason(struct quarantine *q, const char *plugin, const unsigned char digest[32])
{
    char hex[HEX];
    if (!q)
        return NULL;
    hex_of(digest, hex);
    if (count_of(q, plugin, hex) < QUARANTINE_FILES)
        return NULL;
    buf_reset(&q->text);
    buf_addf(&q->text, "failed on %d files or identifiers, 'adit plugins release %s' lets it run again:", QUARANTINE_FILES, plugin);
    for (size_t i = 0, n = 0; i < q->events.count; i++) {
        const struct event *e = &q->events.items[i];
        if (same(e, plugin, hex))
            buf_addf(&q->text, "%s %s %s", n++ ? ";" : "", e->path, e->what);
    }
    return buf_cstr(&q->text);
}

static int write_file(const char *path, const struct buf *text, struct err *e)
{
    char temporary[4300];
    (void)snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    int fd = newfile_open(AT_FDCWD, temporary, 0600);
    int error = fd < 0 ? fd : newfile_write(fd, text->data, text->size);
    if (!error)
        error = newfile_commit(fd, AT_FDCWD, temporary, path);
    if (fd >= 0 && error)
        newfile_discard(fd, AT_FDCWD, temporary);
    if (fd >= 0)
        (void)close(fd);
    if (error)
        return err_set(e, error, "cannot replace %s: %s", path, strerror(-error));
    return 0;
}

int quarantine_release(const char *dir, const char *plugin, size_t *released, struct err *e)
{
    struct quarantine *q;
    struct buf text = BUF_INIT;
    *released = 0;
    if (quarantine_open(dir, &q) != 0)
        return err_set(e, -ENOMEM, "out of memory");
    for (size_t i = 0; i < q->events.count; i++) {
        const struct event *v = &q->events.items[i];
        if (strcmp(v->plugin, plugin) == 0)
            (*released)++;
        else
            put_line(&text, v);
    }
    int error = text.failed ? err_set(e, -ENOMEM, "out of memory") : 0;
    if (!error && *released > 0)
        error = write_file(q->file, &text, e);
    buf_release(&text);
    quarantine_free(q);
    return error;
}
