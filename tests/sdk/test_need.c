/* SPDX-License-Identifier: MIT */
/* A tree of fields that a host gives, passed on whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <adit/adit.h>

/* Node n is nodes[n]; 0 is none. */
struct node {
    const char *name;
    enum adit_kind kind;
    uint64_t number;
    uint32_t first, next;
};

struct adit_job {
    const struct node *nodes;
    char out[512];
    size_t size;
    int depth, refuse; /* emit() fails from the nth call on */
};

static uint32_t node_child(struct adit_job *job, uint32_t node, const char *name, size_t n)
{
    for (uint32_t at = job->nodes[node].first; at; at = job->nodes[at].next)
        if (strlen(job->nodes[at].name) == n && memcmp(job->nodes[at].name, name, n) == 0)
            return at;
    return 0;
}

static uint32_t node_first(struct adit_job *job, uint32_t node)
{
    return job->nodes[node].first;
}

static uint32_t node_next(struct adit_job *job, uint32_t node)
{
    return job->nodes[node].next;
}

static int node_get(struct adit_job *job, uint32_t node, struct adit_value *value, struct adit_text *name)
{
    if (value)
        *value = (struct adit_value){.kind = job->nodes[node].kind, .as.u64 = job->nodes[node].number};
    if (name)
        *name = adit_text_c(job->nodes[node].name);
    return 0;
}

static void say(struct adit_job *job, const char *text, struct adit_text name, uint64_t number)
{
    int n = snprintf(job->out + job->size, sizeof job->out - job->size, "%.*s%s", (int)name.size, name.data, text);
    job->size += (size_t)n;
    if (text[0] == '=')
        job->size += (size_t)snprintf(job->out + job->size, sizeof job->out - job->size, "%d ", (int)number);
}

static int emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *v)
{
    if (job->refuse && --job->refuse == 0)
        return ADIT_E_UNDECLARED;
    say(job, "=", adit_text_of(name, n), v->as.u64);
    return 0;
}

static int begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    job->depth++;
    say(job, kind == ADIT_KIND_LIST ? "[ " : "{ ", adit_text_of(name, n), 0);
    return 0;
}

static int end(struct adit_job *job)
{
    job->depth--;
    say(job, "; ", adit_text_of("", 0), 0);
    return 0;
}

static const struct adit_host host = {.size = sizeof host,
                                      .node_child = node_child,
                                      .node_first = node_first,
                                      .node_next = node_next,
                                      .node_get = node_get,
                                      .emit = emit,
                                      .begin = begin,
                                      .end = end};

static const struct node tree[] = {{"", ADIT_KIND_NONE, 0, 0, 0},    {"", ADIT_KIND_OBJECT, 0, 2, 0},
                                   {"a", ADIT_KIND_U64, 1, 0, 3},    {"list", ADIT_KIND_LIST, 0, 4, 6},
                                   {"", ADIT_KIND_U64, 2, 0, 5},     {"", ADIT_KIND_U64, 3, 0, 0},
                                   {"o", ADIT_KIND_OBJECT, 0, 7, 9}, {"none", ADIT_KIND_NONE, 0, 0, 8},
                                   {"b", ADIT_KIND_U64, 4, 0, 0},    {"empty", ADIT_KIND_LIST, 0, 0, 0}};

static void test_whole(void **state)
{
    struct adit_job job = {.nodes = tree};
    struct adit_call call = {sizeof call, 0, &host, &job};
    (void)state;
    assert_int_equal(adit_emit_node(&call, ADIT_TEXT("x"), 1), 0);
    assert_string_equal(job.out, "x{ a=1 list[ =2 =3 ; o{ b=4 ; empty[ ; ; ");
    assert_int_equal(job.depth, 0);
    job.size = 0;
    assert_int_equal(adit_emit_node(&call, ADIT_TEXT("x"), 0), 0);
    assert_int_equal(job.size, 0);
    assert_int_equal(adit_emit_node(&call, ADIT_TEXT("y"), adit_child_named(&call, 1, adit_text_of("a?", 1))), 0);
    assert_string_equal(job.out, "y=1 ");
    assert_int_equal(adit_child_named(&call, 0, ADIT_TEXT("a")), 0);
    assert_int_equal(adit_child_named(&call, 1, ADIT_TEXT("none")), 0);
}

/* What is refused is told, the rest goes on, and what was begun ends. */
static void test_refused(void **state)
{
    struct adit_job job = {.nodes = tree, .refuse = 2};
    struct adit_call call = {sizeof call, 0, &host, &job};
    (void)state;
    assert_int_equal(adit_emit_node(&call, ADIT_TEXT("x"), 1), ADIT_E_UNDECLARED);
    assert_string_equal(job.out, "x{ a=1 list[ =3 ; o{ b=4 ; empty[ ; ; ");
    assert_int_equal(job.depth, 0);
}

static void test_deep(void **state)
{
    struct node chain[40];
    struct adit_job job = {.nodes = chain};
    struct adit_call call = {sizeof call, 0, &host, &job};
    (void)state;
    for (uint32_t i = 0; i < 40; i++)
        chain[i] = (struct node){"d", ADIT_KIND_OBJECT, 0, i + 1 < 40 ? i + 1 : 0, 0};
    assert_int_equal(adit_emit_node(&call, ADIT_TEXT("d"), 1), 0);
    assert_int_equal(job.depth, 0);
    assert_int_equal(job.size, ADIT_NODE_DEPTH * strlen("d{ ; "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
