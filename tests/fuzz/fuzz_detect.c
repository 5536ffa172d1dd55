/* SPDX-License-Identifier: MIT */
/* Any bytes as a .conf's [type] sections and as a file that they are asked about: CONF, a NUL, the size of the name, the
 * name, the file. The committed declarations are asked about the same file. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>
#include <stdio.h>

#include "base/buf.h"
#include "detect_read.h"

static struct {
    struct arena arena;
    struct findings findings;
    const struct conf *list[1024];
    size_t count;
    struct detect *d;
} committed;

static void load(const char *path)
{
    struct buf text = BUF_INIT;
    char chunk[4096];
    FILE *f = fopen(path, "rb");
    if (!f)
        return;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&text, chunk, n);
    (void)fclose(f);
    struct conf *c = arena_alloc(&committed.arena, sizeof *c);
    char *kept = arena_dup(&committed.arena, buf_cstr(&text), text.size + 1);
    if (c && kept && conf_parse(path, kept, text.size, &committed.arena, c, &committed.findings) == 0)
        committed.list[committed.count++] = c;
    buf_release(&text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    glob_t found;
    if (glob("conf.d/*/*.conf", 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc && committed.count < 1024; i++)
            load(found.gl_pathv[i]);
        globfree(&found);
    }
    committed.d = detect_compile(committed.list, committed.count, &committed.findings);
    assert(committed.d);
    return 0;
}

/* Each block beyond the head that is asked for, in an allocation of its own. */
static void ask_far(const struct detect *d, struct detect_source *s, const uint8_t *file, struct detect_result r)
{
    for (s->block = 0; s->block < DETECT_BLOCKS; s->block++) {
        uint64_t at = detect_wants_far(d, s, &r);
        assert(at == 0 || at < s->size);
        s->far_size = s->size - at < DETECT_FAR ? (size_t)(s->size - at) : DETECT_FAR;
        unsigned char *far = at ? malloc(s->far_size) : NULL;
        if (!far)
            continue;
        memcpy(far, file + at, s->far_size);
        s->far = far;
        struct detect_result now;
        detect_type(d, s, &now);
        assert(!detect_wants_far(d, s, &now));
        s->far = NULL;
        free(far);
    }
}

/* The file is in an allocation of its own, so that a read past it shows; the tail comes in one too where it is asked for. */
static void ask(const struct detect *d, const char *name, size_t name_size, const uint8_t *file, size_t size)
{
    size_t head_size = size < DETECT_HEAD ? size : DETECT_HEAD;
    unsigned char *head = malloc(head_size ? head_size : 1), *tail = NULL;
    if (!head)
        return;
    if (head_size)
        memcpy(head, file, head_size);
    struct detect_source s = {.head = head, .head_size = head_size, .size = size, .name = name, .name_size = name_size};
    struct detect_result r, again;
    detect_type(d, &s, &r);
    detect_type(d, &s, &again);
    assert(r.media == again.media && r.by == again.by);
    const char *canonical = detect_canonical(d, r.media, strlen(r.media));
    assert(canonical == r.media && detect_is_a(d, r.media, "application/octet-stream"));
    if (detect_wants_tail(d, &s, &r)) {
        s.tail_size = size < DETECT_TAIL ? size : DETECT_TAIL;
        tail = malloc(s.tail_size);
        if (tail) {
            memcpy(tail, file + (size - s.tail_size), s.tail_size);
            s.tail = tail;
            detect_type(d, &s, &r);
            assert(!detect_wants_tail(d, &s, &r));
        }
    }
    ask_far(d, &s, file, r);
    free(tail);
    free(head);
    detect_memory(d, file, size, name, name_size, &again);
    assert(detect_canonical(d, again.media, strlen(again.media)) == again.media);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char head[] = "[plugin]\nname = fuzz\nversion = 1.0.0\nkind = types\nsummary = Fuzz\n";
    const uint8_t *nul = memchr(data, 0, size);
    if (!nul || nul + 1 == data + size)
        return 0;
    size_t name_size = nul[1], rest = size - (size_t)(nul + 2 - data);
    if (name_size > rest)
        name_size = rest;
    const char *name = (const char *)nul + 2;
    const uint8_t *file = nul + 2 + name_size;
    ask(committed.d, name, name_size, file, rest - name_size);

    struct arena arena = {0};
    struct findings findings = {0};
    struct buf text = BUF_INIT;
    struct conf conf;
    buf_adds(&text, head);
    buf_add(&text, data, (size_t)(nul - data));
    if (conf_parse("fuzz.conf", buf_cstr(&text), text.size, &arena, &conf, &findings) == 0) {
        const struct conf *list[] = {&conf, &conf};
        struct detect *d = detect_compile(list, 1, &findings), *both = detect_compile(list, 2, &findings);
        if (d && both) {
            ask(d, name, name_size, file, rest - name_size);
            ask(both, name, name_size, file, rest - name_size);
        }
        detect_free(d);
        detect_free(both);
    }
    buf_release(&text);
    findings_release(&findings);
    arena_release(&arena);
    return 0;
}
