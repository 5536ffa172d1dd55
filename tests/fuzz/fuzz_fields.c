/* SPDX-License-Identifier: MIT */
/* Any bytes as a worker's events: what is collected from them is well-formed, stays the same when it is collected again,, can
 * be walked as the fields of a needed plugin, and some of it can be chosen. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "choice.h"
#include "collect.h"
#include "config.h"
#include "job.h"

static const char declarations[] =
    "[plugin]\nname = p\nversion = 1.0.0\nkind = extractor\nmodule = p.so\nsummary = s\n[match]\ntype = a/b\n[fields]\n"
    "a = u8\nb = i16\nc = f64\nd = string\ne = bytes\nf = time\ng = bool\nh = any\nl[] = u32\no.x = u32\no.l[].y = string\n"
    "m[].n[].k = i64\nm[].s = string\nw.* = string\nw.*[] = string\nz.* = any\nq.b = u8\nq[] = u8\n";

static const struct plugin *plugin(void)
{
    static struct plugin p;
    static bool ready;
    if (!ready) {
        static struct arena arena;
        struct findings findings = {0};
        if (conf_parse("p.conf", declarations, sizeof declarations - 1, &arena, &p.conf, &findings) != 0)
            abort();
        findings_release(&findings);
        ready = true;
    }
    return &p;
}

static size_t depth_of(const struct buf *b)
{
    struct field_reader r = field_reader_of(b->data, b->size);
    struct field_event e;
    size_t depth = 0, most = 0;
    while (field_next(&r, &e) == 1) {
        char text[FIELD_TIME_TEXT];
        if (e.tag == FIELD_TIME && field_time_text(&e.time, text) >= sizeof text)
            abort();
        if (e.tag == FIELD_END)
            depth--;
        else if (e.tag == FIELD_OBJECT || e.tag == FIELD_LIST)
            depth++;
        most = depth > most ? depth : most;
    }
    return most;
}

static void collect_again(struct collector *c, const struct buf *first)
{
    struct buf second = BUF_INIT;
    struct collect_warnings w = {.count = 0};
    int error = collect_fields(c, plugin(), first->data, first->size, &second, &w);
    bool deep = depth_of(first) > FIELD_MAX_DEPTH / 2; /* lists that were implied count now */
    if (error && !(deep && error == -EBADMSG))
        abort();
    if (!error && (w.left_out || second.size != first->size || (first->size && memcmp(first->data, second.data, first->size) != 0)))
        abort();
    buf_release(&second);
}

static size_t walk(struct adit_job *job, uint32_t node)
{
    struct adit_value value;
    struct adit_text name;
    if (job_host.node_get(job, node, &value, &name) != 0)
        abort();
    size_t n = 1;
    for (uint32_t at = job_host.node_first(job, node); at; at = job_host.node_next(job, at))
        n += walk(job, at);
    return n;
}

static void walk_as_need(const uint8_t *data, size_t size)
{
    static struct adit_job job;
    const struct job_need need = {"p", 1, data, size};
    struct field_reader r = field_reader_of(data, size);
    struct field_event e;
    size_t events = 0;
    while (field_next(&r, &e) == 1)
        events += e.tag != FIELD_END;
    job_set_source(&job, &(struct job_source){.fd = -1}, (struct adit_text){"", 0}, (struct adit_text){"", 0});
    job.needs = &need;
    job.need_count = 1;
    if (walk(&job, job_host.need(&job, "p", 0)) != events + 1)
        abort();
    job_release_source(&job);
}

/* What is chosen of well-formed fields is well-formed, no more than there was, and chosen again it is the same. */
static void choose(const uint8_t *data, size_t size)
{
    static struct choice choice;
    struct err e = {0};
    struct arena arena = {0};
    if (choice.count == 0 && choice_read("p.a,p.o.l,p.m.n.k,p.*s,p.w.x*", NULL, false, &choice, &e) != 0)
        abort();
    struct part part = {.plugin = "p", .reason = "", .status = PART_PARTIAL, .fields = data, .fields_size = size};
    const struct result r = {.name = "r", .name_size = 1, .parts = &part, .part_count = 1};
    const struct result *once = choice_apply(&choice, &arena, &r), *twice = once ? choice_apply(&choice, &arena, once) : NULL;
    if (!twice || once->part_count != 1 || twice->part_count != 1)
        abort();
    const struct part *a = &once->parts[0], *b = &twice->parts[0];
    if (a->fields_size > size || !fields_valid(a->fields, a->fields_size) || a->fields_size != b->fields_size ||
        (a->fields_size && memcmp(a->fields, b->fields, a->fields_size) != 0))
        abort();
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collector *collector;
    struct buf out = BUF_INIT;
    struct collect_warnings warnings = {.count = 0};
    if (!collector && !(collector = collector_new()))
        return 0;
    int error = collect_fields(collector, plugin(), data, size, &out, &warnings);
    if (error == 0) {
        if (!fields_valid(out.data, out.size) || warnings.left_out < warnings.count)
            abort();
        collect_again(collector, &out);
        walk_as_need((const uint8_t *)out.data, out.size);
    } else if (error != -EBADMSG || out.size > 0) {
        abort();
    }
    if (fields_valid(data, size)) {
        walk_as_need(data, size);
        choose(data, size);
    }
    buf_release(&out);
    return 0;
}
