/* SPDX-License-Identifier: MIT */
#include "pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "resource_impl.h"

enum { COLUMNS = 64, LABEL = 64, TOLD = 20 };

struct pairs {
    struct arena arena;
    struct map rows;                 /* path -> paths of its row, by label */
    char labels[COLUMNS][LABEL];     /* "": the column names no file */
    size_t column_count;
    unsigned char digest[DIGEST_SIZE];
};

struct reading {
    struct pairs *p;
    const char *path;
    void (*say)(void *context, const char *line);
    void *context;
    struct buf folder;               /* of the table, absolute, with a slash at its end */
    uint64_t wrong;
    struct cutter cutter;
    char *scratch;
};

static void tell(struct reading *r, uint64_t line, const char *what)
{
    char text[600];
    if (r->wrong++ >= TOLD)
        return;
    (void)snprintf(text, sizeof text, "%.300s:%llu: %s: the row is left out", r->path, (unsigned long long)line, what);
    r->say(r->context, text);
}

/* As walk.c makes the keys of files: absolute, without "." and doubled slashes. */
static int find_folder(struct reading *r, struct err *e)
{
    const char *slash = strrchr(r->path, '/');
    size_t size = slash ? (size_t)(slash - r->path) + 1 : 0;
    char cwd[4096];
    if (r->path[0] != '/') {
        if (!getcwd(cwd, sizeof cwd))
            return err_errno(e, "cannot tell the present folder, to which %s is relative", r->path);
        buf_adds(&r->folder, cwd);
    }
    for (const char *at = r->path, *end = at + size; at < end;) {
        size_t n = strcspn(at, "/");
        if (n > 0 && !(n == 1 && at[0] == '.')) {
            buf_putc(&r->folder, '/');
            buf_add(&r->folder, at, n);
        }
        at += n + 1;
    }
    buf_putc(&r->folder, '/');
    return r->folder.failed ? err_set(e, -ENOMEM, "out of memory") : 0;
}

static int read_header(struct reading *r, const struct row *row, struct err *e)
{
    static const char ending[] = "_filename";
    struct cell cell;
    size_t named = 0;
    cut_begin(&r->cutter, row);
    while (cut_next(&r->cutter, &cell) == 1 && r->p->column_count < COLUMNS) {
        size_t n = cell.size > sizeof ending - 1 ? cell.size - (sizeof ending - 1) : 0;
        bool file = n > 0 && n < LABEL && memcmp(cell.text + n, ending, sizeof ending - 1) == 0;
        (void)snprintf(r->p->labels[r->p->column_count++], LABEL, "%.*s", file ? (int)n : 0, cell.text);
        named += file;
    }
    return named >= 2 ? 0 : err_set(e, -EINVAL, "%s: expected a header with two columns such as midi_filename and audio_filename, found %zu", r->path, named);
}

/* A path within the table's folder. */
static bool is_inside(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        const char *slash = memchr(text + at, '/', size - at);
        size_t n = slash ? (size_t)(slash - text) - at : size - at;
        if (n == 0 || (n == 1 && text[at] == '.') || (n == 2 && memcmp(text + at, "..", 2) == 0))
            return false;
        at += n + 1;
    }
    return size > 0 && text[size - 1] != '/' && !memchr(text, '\0', size);
}

static const char *path_of(struct reading *r, const struct cell *cell)
{
    struct buf path = BUF_INIT;
    buf_add(&path, r->folder.data, r->folder.size);
    buf_add(&path, cell->text, cell->size);
    const char *copy = path.failed ? NULL : arena_strndup(&r->p->arena, path.data, path.size);
    buf_release(&path);
    return copy;
}

static bool read_row(struct reading *r, const struct row *row)
{
    struct pairs *p = r->p;
    struct cell cell;
    size_t column = 0, files = 0;
    int got;
    const char **list = arena_array(&p->arena, COLUMNS, sizeof *list);
    if (!list)
        return false;
    cut_begin(&r->cutter, row);
    for (; (got = cut_next(&r->cutter, &cell)) == 1; column++) {
        if (column >= p->column_count || !p->labels[column][0] || cell.size == 0)
            continue;
        if (!is_inside(cell.text, cell.size)) {
            tell(r, row->line, "a file name that is not below the table's folder");
            return true;
        }
        list[column] = path_of(r, &cell);
        if (!list[column])
            return false;
        files++;
    }
    if (got < 0 || column != p->column_count) {
        tell(r, row->line, got < 0 ? r->cutter.problem : "another number of cells than the header has");
        return true;
    }
    for (size_t i = 0; i < column && files > 1; i++)
        if (list[i] && !map_get(&p->rows, list[i], strlen(list[i])) && !map_put(&p->rows, list[i], strlen(list[i]), (void *)list))
            return false;
    if (files < 2)
        tell(r, row->line, "fewer than two file names");
    return true;
}

static int read_rows(struct reading *r, int fd, struct err *e)
{
    struct row_reader rows;
    struct digest d;
    struct row row;
    bool fits = rows_open(&rows, fd, "");
    int got = 0, error = fits ? 0 : -ENOMEM;
    size_t count = 0;
    digest_init(&d);
    digest_add_text(&d, buf_cstr(&r->folder));
    while (!error && fits && (got = rows_next(&rows, true, &row)) == 1) {
        digest_add_u64(&d, row.size);
        digest_add(&d, row.text, row.size);
        if (count++ == 0)
            error = read_header(r, &row, e);
        else if (row.too_long || row.open)
            tell(r, row.line, "longer than 256 KiB, or a quote that is not closed");
        else if (row.size > 0)
            fits = read_row(r, &row);
    }
    rows_close(&rows);
    digest_finish(&d, r->p->digest);
    if (!error && count == 0 && got == 0)
        error = err_set(e, -EINVAL, "%s is empty: expected a header with two columns such as midi_filename and audio_filename", r->path);
    if (!error && got < 0)
        error = err_set(e, got, "cannot read %s: %s", r->path, strerror(-got));
    return fits ? error : err_set(e, -ENOMEM, "out of memory");
}

int pairs_open(const char *path, void (*say)(void *context, const char *line), void *context, struct pairs **out, struct err *e)
{
    struct reading r = {.p = calloc(1, sizeof *r.p), .path = path, .say = say, .context = context, .scratch = malloc(RESOURCE_ROW_MAX)};
    int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
    r.cutter = (struct cutter){.separator = ',', .quotes = true, .scratch = r.scratch};
    if (fd < 0)
        error = err_errno(e, "cannot read the table of companions %s", path);
    else if (!r.p || !r.scratch)
        error = err_set(e, -ENOMEM, "out of memory");
    if (!error)
        error = find_folder(&r, e);
    if (!error)
        error = read_rows(&r, fd, e);
    if (r.wrong > TOLD) {
        char text[100];
        (void)snprintf(text, sizeof text, "%llu rows are left out in all", (unsigned long long)r.wrong);
        say(context, text);
    }
    if (fd >= 0)
        (void)close(fd);
    buf_release(&r.folder);
    free(r.scratch);
    if (error) {
        pairs_free(r.p);
        return error;
    }
    *out = r.p;
    return 0;
}

void pairs_free(struct pairs *p)
{
    if (!p)
        return;
    map_release(&p->rows);
    arena_release(&p->arena);
    free(p);
}

const char *pairs_companion(const struct pairs *p, const char *path, size_t size, const char *label)
{
    const char *const *list = p ? map_get(&p->rows, path, size) : NULL;
    for (size_t i = 0; list && i < p->column_count; i++)
        if (list[i] && strcmp(p->labels[i], label) == 0)
            return list[i];
    return NULL;
}

const unsigned char *pairs_digest(const struct pairs *p)
{
    return p->digest;
}
