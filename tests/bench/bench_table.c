/* SPDX-License-Identifier: MIT */
/* What a table costs: rows compiled and identifiers looked up a second, by number of rows, in one process and on one core:
 * bench_table MODULE [ROWS…] (the best of some rounds, in seconds of the processor). Identifiers come in no order; one in ten is unknown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "map_module.h"

enum { ROUNDS = 3, LOOKUPS = 4000000, CHUNK = 8192 };

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* others may use the machine */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13, *seed ^= *seed >> 7, *seed ^= *seed << 17;
    return *seed;
}

/* Numbers and accessions, as gene tables have. */
static void make_table(struct buf *b, size_t rows)
{
    buf_adds(b, "entrez\tuniprot\n");
    for (size_t i = 0; i < rows; i++)
        buf_addf(b, "%zu\tP%08zX\n", i * 7 + 1000, i);
}

static double look_up(struct map_module *m, size_t rows)
{
    static char text[CHUNK][24];
    static struct adit_text ids[CHUNK];
    uint64_t seed = 88172645463325252u;
    double spent = 0;
    m->linked = 0;
    for (size_t done = 0; done < LOOKUPS; done += CHUNK) {
        for (size_t i = 0; i < CHUNK; i++) {
            uint64_t row = next_random(&seed) % rows;
            int n = snprintf(text[i], sizeof text[i], "%zu", (size_t)row * 7 + 1000 + (done + i) % 10 / 9);
            ids[i] = (struct adit_text){text[i], (size_t)n};
        }
        double begin = now();
        if (map_module_run(m, ids, CHUNK, 0) != ADIT_OK)
            exit(1);
        spent += now() - begin;
    }
    return spent;
}

static void measure(const char *module, size_t rows)
{
    struct buf table = BUF_INIT;
    double compile = 1e9, lookup = 1e9;
    uint64_t linked = 0;
    make_table(&table, rows);
    for (int round = 0; round < ROUNDS; round++) {
        struct map_module m;
        map_module_init(&m, module, "table.tsv", table.data, table.size);
        m.count_only = true;
        double begin = now();
        if (map_module_open(&m) != ADIT_OK)
            exit(1);
        double spent = now() - begin;
        compile = spent < compile ? spent : compile;
        spent = look_up(&m, rows);
        lookup = spent < lookup ? spent : lookup;
        linked = m.linked;
        map_module_release(&m);
    }
    (void)printf("%9zu rows: compile %6.1f M rows/s (%.1f ms), look up %6.1f M/s, %llu links\n", rows, (double)rows / compile / 1e6,
                 compile * 1e3, LOOKUPS / lookup / 1e6, (unsigned long long)linked);
    (void)fflush(stdout);
    buf_release(&table);
}

int main(int argc, char **argv)
{
    static const size_t usual[] = {1000, 45000, 500000, 5000000};
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_table MODULE [ROWS...]\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        measure(argv[1], strtoul(argv[i], NULL, 10));
    for (size_t i = 0; argc == 2 && i < sizeof usual / sizeof *usual; i++)
        measure(argv[1], usual[i]);
    return 0;
}
