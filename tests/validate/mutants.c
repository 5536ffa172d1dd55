// SPDX-License-Identifier: MIT
/*
 * mutants COUNT SEED KEEP-DIRECTORY MODULE...
 *
 * Makes COUNT mutants of the modules, validates each, and lets the dynamic loader open what the validator accepts, in
 * a child process. No accepted one may kill its child. Mutant number i depends on SEED + i alone; one that killed is
 * written to KEEP-DIRECTORY. Modules whose name ends in -ctor.so run code when they are loaded: where an accepted
 * mutant of those kills its child, it is opened once more without its constructors, and what then lives died of the
 * module's own code, which is told apart.
 */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libraries.h"
#include "mutate.h"
#include "validate.h"

#define BASES_MAX 64u
#define SECONDS_MAX 10u /* for one dlopen */
#define SAMPLE 50u      /* one of so many rejected mutants is opened too, to see what rejecting them is worth */

struct counts {
    uint64_t mutants, rejected, accepted, opened, refused, killed, killed_by_own_code, unchanged;
    uint64_t sampled, sampled_killed; /* rejected ones that were opened all the same */
};

struct run {
    struct base bases[BASES_MAX];
    unsigned base_count;
    struct libraries libraries;
    struct vfinding findings[8];
    uint8_t *mutant;
    size_t mutant_room;
    const char *keep;
    struct counts form, content;
};

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    uint8_t *bytes = NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        long n = ftell(f);
        rewind(f);
        bytes = n > 0 ? malloc((size_t)n) : NULL;
        if (bytes && fread(bytes, 1, (size_t)n, f) != (size_t)n) {
            free(bytes);
            bytes = NULL;
        }
        *size = bytes ? (size_t)n : 0;
    }
    fclose(f);
    return bytes;
}

static bool has_constructors(const struct base *b)
{
    size_t n = strlen(b->name);
    return n > 8 && strcmp(b->name + n - 8, "-ctor.so") == 0;
}

static int validate(struct run *run, const struct base *b, const uint8_t *bytes, size_t size)
{
    struct voptions options = {.libraries = run->libraries.symbols, .allow_constructors = has_constructors(b)};
    struct vfindings found = {.items = run->findings, .capacity = sizeof run->findings / sizeof run->findings[0]};
    return validate_module(bytes, size, &options, &found, NULL);
}

/* [child] 0: opened; 1: the loader said no. */
static int open_module(const uint8_t *bytes, size_t size)
{
    char path[64];
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(SECONDS_MAX);
    int fd = memfd_create("mutant", MFD_CLOEXEC);
    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        return 2;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!freopen("/dev/null", "w", stderr))
        return 2;
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return 1;
    return dlsym(handle, "adit_plugin") ? 0 : 1;
}

/* 0 opened, 1 refused by the loader, -1 killed. */
static int try_module(const uint8_t *bytes, size_t size)
{
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(3);
    }
    if (pid == 0)
        _exit(open_module(bytes, size));
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            exit(3);
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 1)
        return WEXITSTATUS(status);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
        fprintf(stderr, "mutants: no memory file could be made\n");
        exit(3);
    }
    return -1;
}

/* Empties the entries that run code, in place: size 0 for the arrays, DT_DEBUG for INIT and FINI. */
static void remove_constructors(uint8_t *bytes, const struct base *b)
{
    for (unsigned g = 0; g < b->group_count; g++) {
        if (b->groups[g].entry != 16)
            continue;
        for (uint32_t i = 0; i < b->groups[g].count; i += 2) {
            uint8_t *entry = bytes + b->fields[b->groups[g].first + i].offset;
            uint64_t tag, zero = 0, debug = DT_DEBUG;
            memcpy(&tag, entry, 8);
            if (tag == DT_INIT_ARRAYSZ || tag == DT_FINI_ARRAYSZ || tag == DT_PREINIT_ARRAYSZ)
                memcpy(entry + 8, &zero, 8);
            if (tag == DT_INIT || tag == DT_FINI)
                memcpy(entry, &debug, 8);
        }
    }
}

static void keep(const struct run *run, const struct base *b, uint64_t seed, size_t size, const char *what)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s-%llu-%s", run->keep, what, (unsigned long long)seed, b->name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(run->mutant, 1, size, f) != size)
        fprintf(stderr, "mutants: %s could not be written\n", path);
    else
        printf("%s: seed %llu: %s\n", what, (unsigned long long)seed, path);
    if (f)
        fclose(f);
}

static void load_accepted(struct run *run, const struct base *b, uint64_t seed, size_t size, struct counts *c)
{
    int r = try_module(run->mutant, size);
    if (r >= 0) {
        c->opened += r == 0;
        c->refused += r == 1;
        return;
    }
    if (has_constructors(b)) {
        uint8_t *copy = malloc(size);
        if (!copy)
            exit(3);
        memcpy(copy, run->mutant, size);
        remove_constructors(copy, b);
        r = try_module(copy, size);
        free(copy);
        if (r >= 0) {
            c->killed_by_own_code++;
            return;
        }
    }
    c->killed++;
    keep(run, b, seed, size, "killed");
}

static void one(struct run *run, uint64_t seed)
{
    uint64_t rng = seed;
    const struct base *b = &run->bases[random_next(&rng) % run->base_count];
    size_t size;
    struct counts *c = mutate(b, rng, run->mutant, &size) == MUTATION_FORM ? &run->form : &run->content;
    c->mutants++;
    if (size == b->size && memcmp(run->mutant, b->bytes, size) == 0) {
        c->unchanged++;
        return;
    }
    int r = validate(run, b, run->mutant, size);
    if (r != 0) {
        c->rejected++;
        if (c->rejected % SAMPLE == 0) {
            c->sampled++;
            c->sampled_killed += try_module(run->mutant, size) < 0;
        }
        return;
    }
    c->accepted++;
    load_accepted(run, b, seed, size, c);
}

static void print(const char *what, const struct counts *c)
{
    printf("%-28s %9llu mutants, %9llu rejected, %9llu accepted (%llu opened, %llu refused by the loader), %llu killed "
           "the child",
           what, (unsigned long long)c->mutants, (unsigned long long)c->rejected, (unsigned long long)c->accepted,
           (unsigned long long)c->opened, (unsigned long long)c->refused, (unsigned long long)c->killed);
    if (c->killed_by_own_code)
        printf(", %llu died in their own constructors", (unsigned long long)c->killed_by_own_code);
    printf("; %llu equal to their module\n", (unsigned long long)c->unchanged);
    if (c->sampled)
        printf("%-28s of %llu rejected ones that were opened all the same, %llu killed the child\n", "",
               (unsigned long long)c->sampled, (unsigned long long)c->sampled_killed);
}

static int open_bases(struct run *run, int count, char **paths)
{
    for (int i = 0; i < count && run->base_count < BASES_MAX; i++) {
        struct base *b = &run->bases[run->base_count];
        const char *slash = strrchr(paths[i], '/');
        size_t size;
        uint8_t *bytes = read_file(paths[i], &size);
        if (!bytes || base_open(b, slash ? slash + 1 : paths[i], bytes, size) != 0) {
            fprintf(stderr, "mutants: %s cannot be read as a module\n", paths[i]);
            return -1;
        }
        if (validate(run, b, bytes, size) != 0 || try_module(bytes, size) != 0) {
            fprintf(stderr, "mutants: %s is not accepted as it is\n", paths[i]);
            return -1;
        }
        if (2 * size + 4096 > run->mutant_room)
            run->mutant_room = 2 * size + 4096;
        run->base_count++;
    }
    run->mutant = malloc(run->mutant_room);
    return run->mutant && run->base_count ? 0 : -1;
}

int main(int argc, char **argv)
{
    static struct run run;
    struct timespec begin, end;
    if (argc < 5) {
        fprintf(stderr, "usage: mutants COUNT SEED KEEP-DIRECTORY MODULE...\n");
        return 2;
    }
    uint64_t count = strtoull(argv[1], NULL, 10), seed = strtoull(argv[2], NULL, 10);
    run.keep = argv[3];
    if (libraries_open(&run.libraries) != 0 || open_bases(&run, argc - 4, argv + 4) != 0)
        return 3;
    /* Loaded here, so that the children need not. */
    (void)dlopen("libstdc++.so.6", RTLD_NOW);
    (void)dlopen("libm.so.6", RTLD_NOW);
    setvbuf(stdout, NULL, _IOLBF, 0);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (uint64_t i = 0; i < count; i++)
        one(&run, seed + i);
    clock_gettime(CLOCK_MONOTONIC, &end);
    print("headers and tables:", &run.form);
    print("code and constant data only:", &run.content);
    printf("seeds %llu to %llu, %u modules, %.1f s\n", (unsigned long long)seed, (unsigned long long)(seed + count - 1),
           run.base_count, (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9);
    for (unsigned i = 0; i < run.base_count; i++)
        base_release(&run.bases[i]);
    free(run.mutant);
    libraries_close(&run.libraries);
    return run.form.killed || run.content.killed;
}
