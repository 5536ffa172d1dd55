/* SPDX-License-Identifier: MIT */
/* Any bytes as a table, held against a format: the first byte chooses which, the second the size of the slices. Whatever the
 * slices are, the same is found; places lie in the file, and no more is told than was asked for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "resource.h"

#define HEAD                                                                                                           \
    "[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n[resources]\nt = "             \
    "t\n[resource t]\n"
#define COLUMNS "column = a u16 required\ncolumn = b text\ncolumn = c enum(x|y)\nunique = a\n"

static const char *const declared[] = {
    HEAD "format = tsv\n" COLUMNS,
    HEAD "format = tsv\nheader = yes\ncomment = #\n" COLUMNS,
    HEAD "format = csv\n" COLUMNS,
    HEAD "format = csv\nheader = yes\ncomment = #\n" COLUMNS,
    HEAD "format = csv\ncolumn = a text\nunique = a\n",
    HEAD "format = lines\ncolumn = a i64\nunique = a\n",
    HEAD "format = lines\ncolumn = a f64\n",
    HEAD "format = lines\ncolumn = a date required\n",
    HEAD "format = lines\ncolumn = a hex\n",
    HEAD "format = lines\ncomment = #\ncolumn = a name\n",
};

static void check(const char *path, const struct conf_format *format, size_t slice, struct findings *out)
{
    struct resource_check *c = NULL;
    if (resource_open(path, "t", format, RESOURCE_FINDINGS, out, &c) != 0)
        abort();
    int more;
    while ((more = resource_step(c, slice)) == 1)
        ;
    if (more != 0)
        abort();
    resource_close(c);
}

static void check_findings(const struct findings *f, const uint8_t *data, size_t size)
{
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (findings_errors(f) > RESOURCE_FINDINGS + 1)
        abort();
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].line > lines || f->items[i].column > size + 1)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct findings findings = {0}, again = {0};
    struct conf conf;
    char path[64];
    if (size < 2)
        return 0;
    const char *text = declared[data[0] % (sizeof declared / sizeof *declared)];
    size_t slice = data[1] + (size_t)1;
    int fd = memfd_create("table", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data + 2, size - 2) != (ssize_t)(size - 2) ||
        conf_parse("t.conf", text, strlen(text), &arena, &conf, &findings) != 0)
        abort();
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    check(path, &conf.formats[0], SIZE_MAX, &findings);
    check_findings(&findings, data + 2, size - 2);
    check(path, &conf.formats[0], slice, &again);
    if (findings.count != again.count)
        abort();
    for (size_t i = 0; i < again.count; i++)
        if (strcmp(findings.items[i].message, again.items[i].message) != 0)
            abort();
    (void)close(fd);
    findings_release(&findings);
    findings_release(&again);
    arena_release(&arena);
    return 0;
}
