// SPDX-License-Identifier: MIT
/*
 * bench MODULE...
 *
 * How long validation takes: 500 modules (the given ones, again and again, each in memory of its own) in one process
 * that has looked into no library yet, and one module at the median. One line of JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libraries.h"
#include "validate.h"

#define MODULES 500

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return NULL;
    uint8_t *bytes = NULL;
    long n = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    rewind(f);
    if (n > 0 && (bytes = malloc((size_t)n)) && fread(bytes, 1, (size_t)n, f) != (size_t)n) {
        free(bytes);
        bytes = NULL;
    }
    *size = bytes ? (size_t)n : 0;
    fclose(f);
    return bytes;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct vfinding items[64];
    static double times[MODULES];
    struct libraries libraries;
    size_t refused = 0, total_size = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: bench MODULE...\n");
        return 2;
    }
    double begin = now();
    if (libraries_open(&libraries) != 0)
        return 1;
    for (int i = 0; i < MODULES; i++) {
        /* Reading is part of it: with a warm page cache. */
        double from = now();
        size_t size;
        uint8_t *bytes = read_file(argv[1 + i % (argc - 1)], &size);
        if (!bytes)
            return 1;
        const struct voptions options = {.libraries = libraries.symbols, .allow_constructors = true};
        struct vfindings found = {.items = items, .capacity = sizeof items / sizeof items[0]};
        refused += validate_module(bytes, size, &options, &found, NULL) != 0;
        times[i] = now() - from;
        total_size += size;
        free(bytes);
    }
    double total = now() - begin;
    libraries_close(&libraries);
    qsort(times, MODULES, sizeof times[0], compare);
    printf("{\"modules\":%d,\"different\":%d,\"mean_bytes\":%zu,\"refused\":%zu,\"total_ms\":%.1f,\"median_us\":%.1f,"
           "\"p95_us\":%.1f,\"max_us\":%.1f}\n",
           MODULES, argc - 1, total_size / MODULES, refused, total / 1e3, times[MODULES / 2], times[MODULES * 95 / 100],
           times[MODULES - 1]);
    return refused != 0;
}
