/* SPDX-License-Identifier: MIT */
/* Says what it may not, too much of it, and what breaks terminals and paths, all by the services it was given. */
#include "hostile.h"

#include <stdio.h>

ADIT_MODULE("malice_output", "1.0.0")

static const char nasty[] = "\x1b]0;owned\x07\x1b[2J\x1b[31m\r\n\t\b\x7f\xc2\x9b" "31m\xe2\x80\xae\xff\xfe\xc0\xaf\xed\xa0\x80 end";
#define NASTY adit_text_of(nasty, sizeof nasty - 1)

static int32_t do_undeclared(const struct adit_call *job)
{
    adit_emit_u64(job, "nobody_declared_this", 1);
    adit_emit_string(job, "errno", "no number");
    adit_emit_i64(job, "errno", INT64_MAX);
    adit_emit_u64(job, "witness.sum", 666);
    adit_begin_object(job, "witness");
    adit_emit_u64(job, "sum", 666);
    adit_end(job);
    return ADIT_OK;
}

static int32_t do_fields(const struct adit_call *job)
{
    for (uint64_t i = 0; i < 1000000; i++)
        adit_emit_u64(job, "list", i);
    return ADIT_OK;
}

static int32_t do_gigabyte(const struct adit_call *job)
{
    size_t size = (size_t)1 << 30;
    char *text = NULL;
    while (size > 4096 && !(text = calloc(1, size)))
        size /= 2;
    adit_emit_text(job, "note", adit_text_of(text, (size_t)1 << 30)); /* past its own memory, too */
    adit_emit_text(job, "note", adit_text_of(text, size));
    return ADIT_OK;
}

static int32_t do_long_texts(const struct adit_call *job)
{
    size_t size = (size_t)1 << 20;
    char *text = malloc(size);
    if (text)
        memset(text, 't', size);
    for (int i = 0; text && i < 1024; i++)
        adit_emit_text(job, "list_of_texts", adit_text_of(text, size));
    return ADIT_OK;
}

static int32_t do_nesting(const struct adit_call *job)
{
    for (int i = 0; i < 100000; i++)
        adit_begin_object(job, "deep");
    for (int i = 0; i < 200000; i++)
        adit_end(job);
    return ADIT_OK;
}

static int32_t do_unended(const struct adit_call *job)
{
    adit_begin_object(job, "deep");
    adit_begin_list(job, "deep");
    return ADIT_OK;
}

/* Overlapping, the whole file again, and beyond its end. */
static int32_t do_streams(const struct adit_call *job)
{
    uint64_t size = adit_size(job);
    for (uint64_t i = 0; i < 20; i++)
        adit_emit_range(job, ADIT_TEXT("part"), "application/x-witness", i, size - i);
    adit_emit_range(job, ADIT_TEXT("beyond"), "application/x-witness", size - 1, 2);
    adit_emit_range(job, ADIT_TEXT("wraps"), "application/x-witness", UINT64_MAX, 2);
    adit_emit_range(job, ADIT_TEXT("of another type"), "application/x-nobody", 0, size);
    return ADIT_OK;
}

static int32_t do_again(const struct adit_call *job)
{
    for (int i = 0; i < 3; i++)
        adit_emit_range(job, ADIT_TEXT("again"), "application/x-hostile", 0, adit_size(job));
    return ADIT_OK;
}

static int32_t do_many_streams(const struct adit_call *job)
{
    for (int i = 0; i < 100000; i++)
        adit_emit_range(job, ADIT_TEXT("one of many"), "application/x-witness", 0, 1);
    return ADIT_OK;
}

static int32_t do_large_stream(const struct adit_call *job)
{
    static const char part[65536];
    adit_open_stream(job, ADIT_TEXT("large"), "application/x-witness");
    for (int i = 0; i < 16384; i++)
        adit_write(job, part, sizeof part);
    adit_close(job);
    return ADIT_OK;
}

static void put_artifact(const struct adit_call *job, struct adit_text name)
{
    if (adit_open_artifact(job, name, "text/plain") == 0) {
        adit_write(job, "artifact", 8);
        adit_close(job);
    }
}

static int32_t do_artifact_names(const struct adit_call *job)
{
    static const char *const names[] = {"../../x", "/etc/x", "a/../../../x", "..", ".", "", "a//b", ".hidden", "~/x", "kept", "kept"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_artifact(job, adit_text_c(names[i]));
    put_artifact(job, NASTY);
    put_artifact(job, adit_text_of("nul\0in/it", 9));
    return ADIT_OK;
}

static int32_t do_many_artifacts(const struct adit_call *job)
{
    for (int i = 0; i < 100000; i++)
        put_artifact(job, ADIT_TEXT("one"));
    return ADIT_OK;
}

static int32_t do_large_artifact(const struct adit_call *job)
{
    static const char part[65536];
    put_artifact(job, ADIT_TEXT("small"));
    if (adit_open_artifact(job, ADIT_TEXT("large"), "text/plain") != 0)
        return ADIT_FAILED;
    for (int i = 0; i < 16384; i++)
        if (adit_write(job, part, sizeof part) != 0)
            break;
    adit_close(job);
    return ADIT_OK;
}

/* Two streams without a name, whose artifacts are called the same. */
static int32_t do_nameless(const struct adit_call *job)
{
    adit_emit_range(job, adit_text_of("", 0), "application/x-witness", 0, 4);
    adit_emit_range(job, adit_text_of("", 0), "application/x-witness", 0, 5);
    adit_emit_range(job, ADIT_TEXT("twin"), "application/x-witness", 0, 6);
    adit_emit_range(job, ADIT_TEXT("twin"), "application/x-witness", 0, 7);
    return ADIT_OK;
}

static int32_t do_nasty(const struct adit_call *job)
{
    char name[sizeof nasty + 8];
    adit_emit_text(job, "note", NASTY);
    adit_emit_named(job, NASTY, &(struct adit_value){.kind = ADIT_KIND_BOOL});
    (void)snprintf(name, sizeof name, "any.%s", "\x1b[31m\nred");
    adit_emit_string(job, name, "under a nasty name");
    adit_begin_object(job, "any");
    adit_emit_text(job, "\x1b[31m\nred", NASTY);
    adit_emit_text(job, "\xff\xfe", NASTY);
    adit_end(job);
    adit_warn(job, nasty);
    adit_refine(job, nasty);
    adit_emit_range(job, NASTY, "application/x-witness", 0, 4);
    adit_emit_range(job, NASTY, nasty, 0, 4);
    put_artifact(job, NASTY);
    return ADIT_MALFORMED;
}

static int32_t do_many_warnings(const struct adit_call *job)
{
    for (unsigned i = 0; i < 300000; i++)
        adit_warn(job, nasty);
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct hostile_act acts[] = {
        {"undeclared", do_undeclared},         {"fields", do_fields},
        {"gigabyte", do_gigabyte},             {"long-texts", do_long_texts},
        {"nesting", do_nesting},               {"unended", do_unended},
        {"streams", do_streams},               {"again", do_again},
        {"many-streams", do_many_streams},     {"large-stream", do_large_stream},
        {"artifact-names", do_artifact_names}, {"many-artifacts", do_many_artifacts},
        {"large-artifact", do_large_artifact}, {"nameless", do_nameless},
        {"nasty", do_nasty},                   {"many-warnings", do_many_warnings},
    };
    (void)state;
    return hostile_run(job, acts, sizeof acts / sizeof *acts);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
