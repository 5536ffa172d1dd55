/* SPDX-License-Identifier: MIT */
/* What detection costs: compiling the declarations, and one look-up by kind of file, with the committed types alone and
 * with thousands of made-up ones beside them: bench_detect (from the project's root; the best of many rounds) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <glob.h>

#include "base/buf.h"
#include "detect.h"

enum { MAX_CONFS = 2048, ROUNDS = 40, CALLS = 500, TYPES_A_CONF = 50 };

static struct arena arena;
static struct findings findings;
static const struct conf *confs[MAX_CONFS];
static size_t conf_count;

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void add_conf(const char *name, struct buf *text)
{
    struct conf *c = arena_alloc(&arena, sizeof *c);
    const char *kept = arena_dup(&arena, buf_cstr(text), text->size + 1);
    if (c && kept && conf_count < MAX_CONFS && conf_parse(name, kept, text->size, &arena, c, &findings) == 0)
        confs[conf_count++] = c;
    buf_reset(text);
}

static void load_committed(struct buf *text)
{
    glob_t found;
    if (glob("conf.d/*/*.conf", 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char chunk[4096];
        FILE *f = fopen(found.gl_pathv[i], "rb");
        for (size_t n; f && (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
            buf_add(text, chunk, n);
        if (f)
            (void)fclose(f);
        add_conf(found.gl_pathv[i], text);
    }
    globfree(&found);
}

/* Magics such as strangers' plugins bring: most at 0, some at an offset of their own, some in a range. */
static void add_made_up(struct buf *text, size_t types)
{
    for (size_t i = 0; i < types; i++) {
        if (i % TYPES_A_CONF == 0)
            buf_addf(text, "[plugin]\nname = made%zu\nversion = 1.0.0\nkind = types\nsummary = Made up\n", i);
        buf_addf(text, "[type t%zu]\nmedia = application/x-made-%zu\nglob = *.m%zu\n", i, i, i);
        size_t offset = i % 10 == 0 ? 16 + i % 64 : 0;
        if (i % 20 == 0)
            buf_addf(text, "magic = %zu..%zu \"M%05zuXYZ\"\npriority = 40\n", offset, offset + 500, i);
        else
            buf_addf(text, "magic = %zu \"M%05zuXYZ\"\n", offset, i);
        if (i % TYPES_A_CONF == TYPES_A_CONF - 1)
            add_conf("made-up", text);
    }
}

static struct detect *measure_compile(void)
{
    struct detect *d = NULL;
    double best = 1e12;
    for (int round = 0; round < ROUNDS; round++) {
        detect_free(d);
        double begin = now();
        d = detect_compile(confs, conf_count, &findings);
        double took = now() - begin;
        best = took < best ? took : best;
    }
    (void)printf("%-34s %9.0f us\n", "compile", best);
    return d;
}

static void measure(const struct detect *d, const char *what, const char *name, const void *head, size_t size)
{
    struct detect_source s = {.head = head, .head_size = size, .size = size + (size == DETECT_HEAD), .name = name,
                              .name_size = strlen(name)};
    struct detect_result r = {0};
    double best = 1e12;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = now();
        for (int i = 0; i < CALLS; i++)
            detect_type(d, &s, &r);
        double took = (now() - begin) / CALLS;
        best = took < best ? took : best;
    }
    (void)printf("%-34s %9.3f us   %s\n", what, best, r.media ? r.media : "");
}

static void measure_files(const struct detect *d)
{
    static unsigned char noise[DETECT_HEAD], words[DETECT_HEAD], png[DETECT_HEAD], zip[DETECT_HEAD], xml[DETECT_HEAD];
    unsigned seed = 1;
    for (size_t i = 0; i < DETECT_HEAD; i++) {
        seed = seed * 1664525 + 1013904223;
        noise[i] = png[i] = zip[i] = (unsigned char)(seed >> 24);
        words[i] = xml[i] = (unsigned char)(i % 61 == 60 ? '\n' : i % 7 == 6 ? ' ' : 'a' + (seed >> 24) % 26);
    }
    memcpy(png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    memcpy(zip, "PK\3\4\x14\0\0\0\x08\0", 10);
    static const char svg[] = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\">";
    memcpy(xml, svg, sizeof svg - 1);
    measure(d, "PNG", "a.png", png, sizeof png);
    measure(d, "zip called .docx", "a.docx", zip, sizeof zip);
    measure(d, "SVG", "a.svg", xml, sizeof xml);
    measure(d, "text of 4 KiB", "notes", words, sizeof words);
    measure(d, "text of 200 bytes called .c", "a.c", words, 200);
    measure(d, "4 KiB that nothing matches", "", noise, sizeof noise);
}

int main(void)
{
    static const size_t more[] = {0, 1000, 10000};
    struct buf text = BUF_INIT;
    load_committed(&text);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        if (i > 0)
            add_made_up(&text, more[i]);
        struct detect *d = measure_compile();
        if (!d)
            return 1;
        (void)printf("%-34s %9zu\n", "types", detect_type_count(d));
        measure_files(d);
        (void)printf("\n");
        detect_free(d);
    }
    buf_release(&text);
    findings_release(&findings);
    arena_release(&arena);
    return 0;
}
