// SPDX-License-Identifier: MIT
/*
 * census [--modules DIRECTORY] DIRECTORY...
 *
 * Validates every shared library (a regular file with ".so" in its name) below the directories by the rules about form,
 * which no ordinary library should break, and counts how many break the rules that are stricter than the loader. Below
 * --modules there are modules of ours, in which nothing at all may be found. Exit status 1 where something was.
 */
#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "libraries.h"
#include "validate.h"

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#else
#define MACHINE EM_AARCH64
#endif
#define RULES_MAX 256u

static struct {
    struct libraries libraries;
    struct vfinding findings[256];
    size_t form[RULES_MAX], strict[RULES_MAX]; /* libraries in which the rule has a finding */
    size_t read, other, modules, bad_modules, bad;
    uint64_t bytes;
    double seconds;
    bool are_modules;
} census;

static void count(const struct vfindings *found, size_t *by_rule)
{
    size_t n;
    const struct vrule *rules = validate_rules(&n);
    bool seen[RULES_MAX] = {false};
    for (size_t i = 0; i < found->count; i++) {
        size_t rule = (size_t)(found->items[i].rule - rules);
        by_rule[rule] += !seen[rule];
        seen[rule] = true;
    }
}

static void print_findings(const char *path, const struct vfindings *found)
{
    for (size_t i = 0; i < found->count; i++) {
        char text[700];
        (void)validate_describe(&found->items[i], text, sizeof text);
        printf("%s: %s [%s]\n", path, text, found->items[i].rule->id);
    }
}

static bool is_ours(const uint8_t *b, size_t size)
{
    return size >= 64 && memcmp(b, ELFMAG, SELFMAG) == 0 && b[EI_CLASS] == ELFCLASS64 && b[EI_DATA] == ELFDATA2LSB &&
           (b[16] | b[17] << 8) == ET_DYN && (b[18] | b[19] << 8) == MACHINE;
}

static void check(const char *path, const uint8_t *bytes, size_t size)
{
    struct vfindings found = {.items = census.findings, .capacity = 256};
    struct voptions options = {.form_only = !census.are_modules, .libraries = census.libraries.symbols};
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    (void)validate_module(bytes, size, &options, &found, NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    census.seconds += (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    print_findings(path, &found);
    if (census.are_modules) {
        census.modules++;
        census.bad_modules += found.count != 0;
        return;
    }
    census.read++;
    census.bytes += size;
    census.bad += found.count != 0;
    count(&found, census.form);
    options.form_only = false;
    options.libraries = NULL;
    found = (struct vfindings){.items = census.findings, .capacity = 256};
    (void)validate_module(bytes, size, &options, &found, NULL);
    count(&found, census.strict);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
    if (type != FTW_F || !S_ISREG(st->st_mode) || st->st_size < 64 || !strstr(path + where->base, ".so"))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    void *p = mmap(NULL, (size_t)st->st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return 0;
    if (is_ours(p, (size_t)st->st_size))
        check(path, p, (size_t)st->st_size);
    else
        census.other++;
    munmap(p, (size_t)st->st_size);
    return 0;
}

static void print_rules(const char *title, const size_t *by_rule, bool form)
{
    size_t n, printed = 0;
    const struct vrule *rules = validate_rules(&n);
    printf("%s\n", title);
    for (size_t i = 0; i < n; i++)
        if (rules[i].form == form && by_rule[i]) {
            printf("  %-26s %6zu  %s\n", rules[i].id, by_rule[i], rules[i].title);
            printed++;
        }
    if (!printed)
        printf("  none\n");
}

int main(int argc, char **argv)
{
    if (argc < 2 || libraries_open(&census.libraries) != 0)
        return 2;
    for (int i = 1; i < argc; i++) {
        census.are_modules = strcmp(argv[i], "--modules") == 0;
        if (census.are_modules && ++i == argc)
            return 2;
        (void)nftw(argv[i], visit, 64, FTW_PHYS | FTW_MOUNT);
    }
    printf(
        "%zu shared libraries of this machine, %.1f MB, checked in %.2f s; %zu files of that name are something else\n",
        census.read, (double)census.bytes / 1e6, census.seconds, census.other);
    print_rules("findings of rules about form (libraries):", census.form, true);
    print_rules("stricter rules, which ordinary libraries may break (libraries; the rules' explanations say why):",
                census.strict, false);
    printf("%zu of %zu modules of ours with a finding\n", census.bad_modules, census.modules);
    libraries_close(&census.libraries);
    return census.bad || census.bad_modules || census.read == 0;
}
