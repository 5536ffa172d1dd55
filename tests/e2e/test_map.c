/* SPDX-License-Identifier: MIT */
/* adit map from end to end: tables that are dropped in, chains against a reference, statuses, every kind of input and output, mappers
 * that fail. */
#include <errno.h>
#include <fcntl.h>

#include "e2e.h"

#define TABLE "[plugin]\nname = %s\nversion = 1.0.0\nkind = mapper\nmodule = idmap/table.so\nsummary = s\n[map]\nfrom = %s\nto = %s\n%s" \
              "[resources]\ntable = %s\n[options]\nkey = %s\nvalue = %s\n%s"

/* A mapper over a table in the user's own directory. */
static void put_mapper(const struct user *u, const char *name, const char *from, const char *to, const char *map, const char *file,
                       const char *key, const char *value, const char *options)
{
    char text[2000], conf[80];
    (void)snprintf(text, sizeof text, TABLE, name, from, to, map, file, key, value, options);
    (void)snprintf(conf, sizeof conf, "%s.conf", name);
    put_conf(user_path(u, "config/adit/conf.d"), conf, text);
}

static void put_table(const struct user *u, const char *file, const char *text)
{
    put_text(user_path(u, "config/adit/conf.d/%s", file), text);
}

static void assert_text(const char *found, const char *expected)
{
    if (strcmp(found, expected) != 0)
        fail_msg("found:\n%s\nexpected:\n%s", found, expected);
}

/* Runs it, and holds output and the first line on standard error against what is expected (NULL: whatever). */
static void expect(const struct user *u, const char *input, const char *const *arguments, int status, const char *out, const char *err)
{
    struct outcome o = run_adit_input(u, input ? input : "", input ? strlen(input) : 0, arguments);
    assert_status(&o, status);
    if (out)
        assert_text(o.out, out);
    if (err)
        assert_has(o.err, err);
    outcome_release(&o);
}
#define ARGS(...) ((const char *const[]){"map", __VA_ARGS__, NULL})
#define SHORT "--columns", "input,target,status"
#define HEAD "input\ttarget\tstatus\n"

/* Symbols and their numbers, with aliases, in the shape of the tables of gene names: MEMO1 is an alias of two, and OLD3 withdrawn. */
static void put_genes(const struct user *u)
{
    put_table(u, "genes.csv",
              "symbol,number,aliases,state,instead\nAAA,101,A1|SAME,ok,\n\"B,B\",102,SAME|AAA,ok,\nCCC,103,,ok,\nCCC,104,,ok,\n"
              "OLD1,105,,gone,AAA\nOLD2,,,gone,\n");
    put_mapper(u, "genes", "sym", "num", "", "genes.csv", "symbol", "number",
               "secondary = aliases\nsecondary_separator = \"|\"\nobsolete = state=gone\nreplacement = number\n"
               "[namespace sym]\npattern = [A-Z,]+[0-9]*\nexample = AAA\nseparator = \" + \"\n[namespace num]\npattern = [0-9]+\n");
}

static void test_dropped_in(void **state)
{
    struct user *u = *state;
    expect(u, NULL, ARGS("--from", "fruit", "--to", "colour", "apple"), 2, "", "there is no namespace 'fruit': there are ");
    put_table(u, "fruit.csv", "name,colour\napple,red\nbanana,yellow\n");
    put_mapper(u, "fruit", "fruit", "colour", "symmetric = yes\n", "fruit.csv", "name", "colour", "");
    expect(u, NULL, ARGS("--from", "fruit", "--to", "colour", SHORT, "apple", "pear"), 0, HEAD "apple\tred\tmapped\npear\t\tunmapped\n",
           "2 inputs: 1 mapped, 1 unmapped; 1 target");
    expect(u, NULL, ARGS("--from", "colour", "--to", "fruit", SHORT, "yellow"), 0, HEAD "yellow\tbanana\tmapped\n", NULL);
}

/* Noticed in the next run, whatever the stamps say: the same size, and the same time of change. */
static void test_edited_table(void **state)
{
    struct user *u = *state;
    put_table(u, "t.tsv", "a\tb\nx\t1\n");
    put_mapper(u, "t", "n.a", "n.b", "", "t.tsv", "a", "b", "");
    expect(u, NULL, ARGS("--from", "n.a", "--to", "n.b", SHORT, "x"), 0, HEAD "x\t1\tmapped\n", NULL);
    struct stat st;
    const char *path = user_path(u, "config/adit/conf.d/t.tsv");
    assert_int_equal(stat(path, &st), 0);
    for (int i = 2; i < 6; i++) {
        char text[32], row[64];
        (void)snprintf(text, sizeof text, "a\tb\nx\t%d\n", i);
        (void)snprintf(row, sizeof row, HEAD "x\t%d\tmapped\n", i);
        put_table(u, "t.tsv", text);
        const struct timespec times[2] = {st.st_atim, st.st_mtim};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
        expect(u, NULL, ARGS("--from", "n.a", "--to", "n.b", SHORT, "x"), 0, row, NULL);
    }
}

static void test_statuses(void **state)
{
    struct user *u = *state;
    put_genes(u);
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", SHORT, "AAA", "A1", "SAME", "CCC", "OLD1", "OLD2", "NONE", "n0", ""), 0,
           HEAD "AAA\t101\tambiguous\nAAA\t102\tambiguous\nA1\t101\tsecondary\nSAME\t101\tambiguous\nSAME\t102\tambiguous\n"
                "CCC\t103\tambiguous\nCCC\t104\tambiguous\nOLD1\t105\tobsolete\nOLD2\t\tobsolete\nNONE\t\tunmapped\nn0\t\tmalformed\n"
                "\t\tmalformed\n",
           "9 inputs: 0 mapped, 1 secondary, 3 ambiguous, 2 obsolete, 1 unmapped, 2 malformed; 8 targets");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--columns", "input,reason", "n0", ""), 1,
           "input\treason\nn0\tit does not match [A-Z,]+[0-9]*\n\tit is empty\n", "2 malformed; 0 targets");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "-q", "--strict", SHORT, "B,B"), 0, HEAD "B,B\t102\tmapped\n", NULL);
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "-q", "--strict", "B,B", "CCC"), 1, NULL, NULL);
}

static void test_composites(void **state)
{
    struct user *u = *state;
    put_genes(u);
#define COMPOSITE(how) ARGS("--from", "sym", "--to", "num", SHORT, "--composite", how, "B,B + A1", "CCC + NO", "B,B + ", "B,B")
    expect(u, NULL, COMPOSITE("all"), 0,
           HEAD "B,B + A1\t102\tsecondary\nB,B + A1\t101\tsecondary\nCCC + NO\t103\tunmapped\nCCC + NO\t104\tunmapped\n"
                "B,B + \t102\tmalformed\nB,B\t102\tmapped\n",
           "4 inputs: 1 mapped, 1 secondary, 1 unmapped, 1 malformed; 6 targets");
    expect(u, NULL, COMPOSITE("first"), 0,
           HEAD "B,B + A1\t102\tmapped\nCCC + NO\t103\tambiguous\nCCC + NO\t104\tambiguous\nB,B + \t102\tmapped\nB,B\t102\tmapped\n",
           "3 mapped, 1 ambiguous; 5 targets");
    expect(u, NULL, COMPOSITE("combined"), 0,
           HEAD "B,B + A1\t102 + 101\tsecondary\nCCC + NO\t103\tunmapped\nCCC + NO\t104\tunmapped\nB,B + \t102\tmalformed\n"
                "B,B\t102\tmapped\n",
           "5 targets");
    expect(u, NULL, COMPOSITE("none"), 0, HEAD "B,B + A1\t\tmalformed\nCCC + NO\t\tmalformed\nB,B + \t\tmalformed\nB,B\t102\tmapped\n", NULL);
}

static void test_columns_pass_through(void **state)
{
    struct user *u = *state;
    put_genes(u);
    expect(u, "id,\"the, gene\",note\r\n1,\"B,B\",\"two\nlines\"\r\n2,CCC,\"a \"\"b\"\"\"\n3,\n4\n5,NONE,x",
           ARGS("--from", "sym", "--to", "num", "-q", "--column", "the, gene", "--columns", "target,status,reason"), 0,
           "id,\"the, gene\",note,target,status,reason\n1,\"B,B\",\"two\nlines\",102,mapped,\n2,CCC,\"a \"\"b\"\"\",103,ambiguous,\n"
           "2,CCC,\"a \"\"b\"\"\",104,ambiguous,\n3,,,malformed,it is empty\n"
           "4,,malformed,\"the row lacks the column, or a quote in it is not closed\"\n5,NONE,x,,unmapped,\n",
           NULL);
    expect(u, "AAA\t1\nB,B\t2\n", ARGS("--from", "sym", "--to", "num", "-q", "--column", "1", "--no-header", "--columns", "target"), 0,
           "AAA\t1\t101\nAAA\t1\t102\nB,B\t2\t102\n", NULL);
    expect(u, "a;b\n1;CCC\n", ARGS("--from", "sym", "--to", "num", "-q", "--column", "b", "--columns", "input,target"), 0,
           "a;b;input;target\n1;CCC;CCC;103\n1;CCC;CCC;104\n", NULL);
    expect(u, "a,b\n", ARGS("--from", "sym", "--to", "num", "--column", "c"), 2, "", "--column c: the table has no such column; it has a, b");
    expect(u, "", ARGS("--from", "sym", "--to", "num", "--column", "c"), 2, "", "no such column");
    expect(u, "a,b\n1,CCC\n", ARGS("--from", "sym", "--to", "num", "-q", "--column", "b", "-f", "ndjson"), 0, NULL, NULL);
}

/* Lines as they come, the worst ones too: each is answered. */
static void test_lines(void **state)
{
    struct user *u = *state;
    put_genes(u);
    static const char lines[] = "\xef\xbb\xbf" "CCC\r\n\nB,B\nA\tB\nA\0B\nA\xff\nB\\B\nB\xc3\xa9\nAAA";
    struct outcome o = run_adit_input(u, lines, sizeof lines - 1, ARGS("--from", "sym", "--to", "num", "--columns", "input_index,input,status,reason"));
    assert_status(&o, 0);
    assert_text(o.out, "input_index\tinput\tstatus\treason\n1\tCCC\tambiguous\t\n1\tCCC\tambiguous\t\n2\t\tmalformed\tit is empty\n"
                       "3\tB,B\tmapped\t\n4\tA\\tB\tmalformed\tit does not match [A-Z,]+[0-9]*\n5\tA\\0B\tmalformed\tit has a NUL\n"
                       "6\tA\xff\tmalformed\tit is not UTF-8\n7\tB\\\\B\tmalformed\tit does not match [A-Z,]+[0-9]*\n"
                       "8\tB\xc3\xa9\tmalformed\tit does not match [A-Z,]+[0-9]*\n9\tAAA\tambiguous\t\n9\tAAA\tambiguous\t\n");
    assert_has(o.err, "9 inputs: 1 mapped, 2 ambiguous, 6 malformed; 5 targets");
    outcome_release(&o);
    o = run_adit_input(u, lines, sizeof lines - 1, ARGS("--from", "sym", "--to", "num", "-f", "ndjson"));
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 9);
    assert_true(valid);
    outcome_release(&o);
}

static void test_long_lines(void **state)
{
    struct user *u = *state;
    enum { LONG = 3000000, MOST = 4096 };
    put_genes(u);
    char *text = malloc(LONG + 100);
    assert_non_null(text);
    memset(text, 'A', LONG);
    memcpy(text, "CCC\n", 4);
    text[LONG] = '\n';
    memset(text + LONG + 1, 'B', 20);
    memcpy(text + LONG + 20, "\nB,B\n", 6);
    struct outcome o = run_adit_input(u, text, LONG + 25, ARGS("--from", "sym", "--to", "num", "--columns", "input_index,target,reason,input"));
    assert_status(&o, 0);
    assert_has(o.out, "\n1\t104\t\tCCC\n2\t\tit has more than 4096 bytes; its beginning is shown\tAAAA");
    assert_has(o.out, "A\n3\t\t\tBBBBBBBBBBBBBBBBBBB\n4\t102\t\tB,B\n");
    assert_has(o.err, "4 inputs: 1 mapped, 1 ambiguous, 1 unmapped, 1 malformed; 3 targets");
    assert_true(o.out_size < MOST + 500);
    outcome_release(&o);
    free(text);
}

/* ---- chains ---- */

static uint32_t seed = 4711;
static uint32_t below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static char *random_table(size_t rows, const char *head, const char *left, uint32_t lefts, const char *right, uint32_t rights, char between)
{
    char *text = malloc(rows * 40 + 100);
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "%s\n", head);
    for (size_t i = 0; i < rows; i++)
        n += (size_t)sprintf(text + n, "%s%u%c%s%u\n", left, below(lefts), between, right, below(rights));
    return text;
}

static void put_random(const struct user *u, const char *file, char *text)
{
    put_table(u, file, text);
    free(text);
}

/* The same, by a reference script in another language. */
static char *reference(const struct user *u, const char *steps)
{
    char command[3000];
    size_t size;
    (void)snprintf(command, sizeof command, "cd %s && %s/scripts/map-reference %s < %s > %s", user_path(u, "config/adit/conf.d"),
                   getenv("PWD"), steps, user_path(u, "ids"), user_path(u, "expected"));
    if (system(command) != 0)
        fail_msg("the reference failed: %s", command);
    return get_file(user_path(u, "expected"), &size);
}

static char *put_ids(const struct user *u, size_t count, const char *letter, uint32_t most)
{
    char *ids = malloc(count * 16);
    size_t n = 0;
    assert_non_null(ids);
    for (size_t i = 0; i < count; i++)
        n += (size_t)sprintf(ids + n, "%s%u\n", letter, below(most));
    put_text(user_path(u, "ids"), ids);
    return ids;
}

/* Ten thousand identifiers over three steps: the second is a CSV, the third is walked backwards. Many have several targets. */
static void test_three_steps(void **state)
{
    struct user *u = *state;
    put_random(u, "one.tsv", random_table(2600, "a\tb", "A", 3000, "B", 2500, '\t'));
    put_random(u, "two.csv", random_table(3000, "b,c", "B", 2600, "C", 2000, ','));
    put_random(u, "three.tsv", random_table(2000, "d\tc", "D", 1500, "C", 2100, '\t'));
    put_mapper(u, "one", "ns.a", "ns.b", "", "one.tsv", "a", "b", "");
    put_mapper(u, "two", "ns.b", "ns.c", "", "two.csv", "b", "c", "");
    put_mapper(u, "three", "ns.d", "ns.c", "symmetric = yes\n", "three.tsv", "d", "c", "");
    char *ids = put_ids(u, 10000, "A", 3100);
    char *expected = reference(u, "--step one.tsv:a:b --step two.csv:b:c --step three.tsv:d:c:back");
    expect(u, ids, ARGS("--from", "ns.a", "--to", "ns.d", SHORT), 0, expected, "10000 inputs");
    assert_non_null(strstr(expected, "\tambiguous\n"));
    assert_non_null(strstr(expected, "\tmapped\n"));
    assert_non_null(strstr(expected, "\tunmapped\n"));
    free(expected);
    expected = reference(u, "--step one.tsv:a:b");
    expect(u, ids, ARGS("--from", "ns.a", "--to", "ns.b", SHORT, "--jobs", "2"), 0, expected, "10000 inputs");
    free(expected);
    free(ids);
}

/* Where each target comes from. */
static void test_provenance(void **state)
{
    struct user *u = *state;
    put_table(u, "one.tsv", "a\tb\nx\t1\nx\t2\ny\t3\n");
    put_table(u, "two.tsv", "b\tc\n1\tP\n2\tP\n2\tQ\n3\tR\n");
    put_mapper(u, "one", "ns.a", "ns.b", "predicate = skos:broadMatch\n", "one.tsv", "a", "b", "");
    put_mapper(u, "two", "ns.b", "ns.c", "", "two.tsv", "b", "c", "");
    put_mapper(u, "direct", "ns.a", "ns.c", "cost = 50\n", "direct.tsv", "a", "c", "");
    put_table(u, "direct.tsv", "a\tc\nx\tQ\nx\tS\n");
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.c", "-q", "--columns", "input,target,through,path,hops,predicate", "x"), 0,
           "input\ttarget\tthrough\tpath\thops\tpredicate\nx\tP\t1\tone>two\t2\tskos:broadMatch\nx\tQ\t2\tone>two\t2\tskos:broadMatch\n",
           NULL);
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.c", "-q", "--columns", "target,path,status", "--all-paths", "x", "y"), 0,
           "target\tpath\tstatus\nP\tone>two\tambiguous\nQ\tone>two\tambiguous\nQ\tdirect\tambiguous\nS\tdirect\tambiguous\n"
           "R\tone>two\tmapped\n",
           NULL);
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.c", "-q", "--columns", "target,path", "--avoid", "two", "x"), 0,
           "target\tpath\nQ\tdirect\nS\tdirect\n", NULL);
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.c", "--explain"), 0, NULL, NULL);
    struct outcome o = run_adit_v(u, ARGS("--from", "ns.a", "--to", "ns.c", "--explain"));
    assert_has(o.out, "ns.a to ns.c: 2 steps, cost 20: the cheapest way\n  1. ns.a to ns.b over one: cost 10, skos:broadMatch\n");
    assert_has(o.out, "  cost 50, ns.a -[direct]-> ns.c (dearer)\n");
    outcome_release(&o);
    expect(u, NULL, ARGS("--from", "ns.c", "--to", "ns.a", "P"), 2, "", "there is no way from ns.c to ns.a: ns.c leads to nothing");
}

/* Hundreds of targets of one identifier, most of them found several times: each once, in order. */
static void test_many_targets(void **state)
{
    struct user *u = *state;
    put_random(u, "one.tsv", random_table(900, "a\tb", "A", 3, "B", 400, '\t'));
    put_random(u, "two.tsv", random_table(2000, "b\tc", "B", 400, "C", 600, '\t'));
    put_mapper(u, "one", "ns.a", "ns.b", "", "one.tsv", "a", "b", "");
    put_mapper(u, "two", "ns.b", "ns.c", "", "two.tsv", "b", "c", "");
    char *ids = put_ids(u, 5, "A", 3), *expected = reference(u, "--step one.tsv:a:b --step two.tsv:b:c");
    expect(u, ids, ARGS("--from", "ns.a", "--to", "ns.c", SHORT), 0, expected, "5 ambiguous");
    free(expected);
    expected = reference(u, "--step one.tsv:a:b");
    expect(u, ids, ARGS("--from", "ns.a", "--to", "ns.b", SHORT), 0, expected, "5 ambiguous");
    free(expected);
    free(ids);
}

static void test_warm(void **state)
{
    struct user *u = *state;
    put_genes(u);
    put_table(u, "t.tsv", "a\tb\nx\t1\n");
    put_mapper(u, "t", "ns.a", "ns.b", "", "t.tsv", "none", "b", "");
    struct outcome o = run_adit(u, "cache", "warm", "--map", "genes", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "genes: loaded in ");
    outcome_release(&o);
    o = run_adit(u, "cache", "warm", "--map", NULL);
    assert_status(&o, 1);
    assert_has(o.out, "element-number: loaded in ");
    assert_has(o.out, "genes: loaded in ");
    assert_has(o.out, "\nt: failed");
    outcome_release(&o);
    o = run_adit(u, "cache", "warm", "--map", "gene", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "there is no id mapper 'gene': did you mean 'genes'?");
    outcome_release(&o);
}

static void test_validate(void **state)
{
    struct user *u = *state;
    put_table(u, "t.tsv", "a\tb\nx\t1\ny\t2\nz\t2\n");
    put_mapper(u, "t", "ns.a", "ns.b", "symmetric = yes\n", "t.tsv", "a", "b", "case = fold\n");
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.b", "--validate", "--columns", "input,target,validation", "x", "y", "X", "none"), 0,
           "input\ttarget\tvalidation\nx\t1\tvalidated\ny\t2\tambiguous\nX\t1\tno-reverse-path\nnone\t\tno-forward-target\n",
           "1 validated, 1 ambiguous, 1 no-reverse-path, 1 no-forward-target");
}

/* ---- SSSOM ---- */

static void test_sssom(void **state)
{
    struct user *u = *state;
    put_genes(u);
    put_table(u, "t.tsv", "n\tz\n101\tz1\n102\tz1\n103\tz 2\n");
    put_mapper(u, "t", "num", "zed", "", "t.tsv", "n", "z", "[namespace zed]\nprefix = Z\niri = https://example.org/z/\n");
    static const char *const targets[] = {"num", "zed"};
    for (size_t i = 0; i < 2; i++) {
        struct outcome o = run_adit_v(u, ARGS("--from", "sym", "--to", targets[i], "-q", "-f", "sssom", "AAA", "B,B", "CCC", "A1", "OLD2", "no\"ne", "", "B,B"));
        char command[700];
        assert_status(&o, 0);
        assert_has(o.out, "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_cardinality\tsubject_source\t"
                          "object_source\tmapping_tool\tmapping_tool_version\tmapping_source\t");
        assert_has(o.out, i ? "\tsemapv:MappingChaining\t\tn:1\t" : "\tsemapv:UnspecifiedMatching\t\t1:n\t");
        assert_has(o.out, "\tsssom:NoTermFound\t");
        put_text(user_path(u, "a.sssom.tsv"), o.out);
        (void)snprintf(command, sizeof command, "%s/scripts/read-sssom %s > /dev/null", getenv("PWD"), user_path(u, "a.sssom.tsv"));
        if (system(command) != 0)
            fail_msg("%s", o.out);
        outcome_release(&o);
    }
}

/* ---- mappers that fail ---- */

static void put_bad_mapper(const struct user *u)
{
    put_copy(BUILD_DIR "/tests/hostile/mapper.so", user_path(u, "config/adit/conf.d/mapper.so"));
    put_conf(user_path(u, "config/adit/conf.d"), "bad.conf",
             "[plugin]\nname = bad\nversion = 1.0.0\nkind = mapper\nmodule = mapper.so\nsummary = s\n[map]\nfrom = ns.a\nto = ns.b\n"
             "[limits]\ntime = 1s\noutput = 100K\n");
}

/* One identifier that crashes its mapper, one that answers too much: all others are answered. */
static void test_only_the_culprit_fails(void **state)
{
    struct user *u = *state;
    char *ids = malloc(200000), *expected = malloc(400000);
    size_t n = 0, e = 0;
    put_bad_mapper(u);
    assert_non_null(ids);
    assert_non_null(expected);
    e += (size_t)sprintf(expected, HEAD);
    for (int i = 0; i < 9000; i++) {
        const char *what = i == 4000 ? "crash" : i == 7000 ? "flood" : "id";
        n += (size_t)sprintf(ids + n, "%s%d\n", what, i);
        e += (size_t)sprintf(expected + e, what[0] == 'i' ? "%s%d\t%s%d\tmapped\n" : "%s%d\t\tfailed\n", what, i, what, i);
    }
    struct outcome o = run_adit_input(u, ids, n, ARGS("--from", "ns.a", "--to", "ns.b", SHORT));
    assert_status(&o, 1);
    assert_text(o.out, expected);
    assert_has(o.err, "9000 inputs: 8998 mapped, 2 failed; 8998 targets");
    outcome_release(&o);
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.b", "-q", "--columns", "reason", "flood"), 1,
           "reason\nbad: more links than [limits] output allows\n", NULL);
    free(ids);
    free(expected);
}

/* Three identifiers that crash it, and a mapper does not run any more, in this run or a later one, until it is released. */
static void test_quarantine(void **state)
{
    struct user *u = *state;
    put_bad_mapper(u);
    const char *const way[] = {"map", "--from", "ns.a", "--to", "ns.b", "-q", "-f", "tsv", "--columns", "input,status,reason"};
    static const char *const asked[][2] = {{"id1", "crash1"}, {"crash1", "crash1"}, {"crash2", "id2"}, {"crash3", "id3"}};
    for (size_t i = 0; i < 4; i++) {
        const char *arguments[13] = {0};
        memcpy(arguments, way, sizeof way);
        arguments[10] = asked[i][0];
        arguments[11] = asked[i][1];
        struct outcome o = run_adit_v(u, arguments);
        assert_status(&o, 1);
        assert_has(o.out, "\tfailed\tbad: crashed: ");
        outcome_release(&o);
        o = run_adit(u, "plugins", "list", NULL);
        char *line = strstr(o.out, "bad ");
        assert_non_null(line);
        line[strcspn(line, "\n")] = '\0';
        if ((strstr(line, " mapper     quarantined ") != NULL) != (i == 3))
            fail_msg("after %zu: %s", i, line);
        if (i == 3)
            assert_has(line, "failed on 3 files or identifiers, 'adit plugins release bad' lets it run again: ns.a:crash1 crashed");
        outcome_release(&o);
    }
    struct outcome o = run_adit(u, "map", "--from", "ns.a", "--to", "ns.b", "id4", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "failed on 3 files or identifiers");
    outcome_release(&o);
    o = run_adit(u, "plugins", "release", "bad", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
    o = run_adit(u, "map", "--from", "ns.a", "--to", "ns.b", "-q", "id4", NULL);
    assert_status(&o, 0);
    outcome_release(&o);
}

/* Answers of a mapper that has them kept: whether it knew the identifier or not; not those of a crash; none after its .conf changed. */
static void test_kept_answers(void **state)
{
    struct user *u = *state;
    static const char *const told[] = {"asked 5, hits 3, misses 2; from the cache 0", "asked 1, hits 0, misses 1; from the cache 4",
                                       "asked 5, hits 3, misses 2; from the cache 0"};
    put_copy(BUILD_DIR "/tests/hostile/mapper.so", user_path(u, "config/adit/conf.d/mapper.so"));
    for (size_t i = 0; i < 3; i++) {
        char text[400];
        (void)snprintf(text, sizeof text,
                       "[plugin]\nname = m\nversion = 1.0.0\nkind = mapper\nmodule = mapper.so\nsummary = s\n[map]\nfrom = ns.a\n"
                       "to = ns.b\ncache = yes\n[options]\na = %d\n",
                       i == 2);
        if (i != 1)
            put_conf(user_path(u, "config/adit/conf.d"), "m.conf", text);
        expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.b", SHORT, "--stats", "id1", "none", "crash", "secondary", "withdrawn"), 1,
               HEAD "id1\tid1\tmapped\nnone\t\tunmapped\ncrash\t\tfailed\nsecondary\tmain\tsecondary\nwithdrawn\t\tobsolete\n", told[i]);
    }
    expect(u, NULL, ARGS("--from", "ns.a", "--to", "ns.b", SHORT, "--stats", "--no-cache", "id1"), 0, HEAD "id1\tid1\tmapped\n",
           "asked 1, hits 1, misses 0; from the cache 0");
    struct outcome o = run_adit(u, "cache", "verify", NULL);
    assert_text(o.out, "4 entries, nothing damaged\n");
    outcome_release(&o);
}

/* A mapper that cannot be loaded: every identifier has a status and the reason. */
static void test_mapper_that_cannot_be_loaded(void **state)
{
    struct user *u = *state;
    put_table(u, "t.tsv", "a\tb\nx\t1\n");
    put_mapper(u, "t", "ns.a", "ns.b", "", "t.tsv", "no such column", "b", "");
    struct outcome o = run_adit_v(u, ARGS("--from", "ns.a", "--to", "ns.b", "--columns", "input,status,reason", "x", "y"));
    assert_status(&o, 1);
    assert_has(o.out, "x\tfailed\tt: ");
    assert_has(o.out, "y\tfailed\tt: ");
    assert_has(o.out, "no such column");
    assert_has(o.err, "2 inputs: 0 mapped, 2 failed; 0 targets");
    outcome_release(&o);
}

/* ---- being asked wrongly ---- */

static void test_what_could_be_meant(void **state)
{
    struct user *u = *state;
    put_genes(u);
    put_table(u, "t.tsv", "a\tb\n1\t101\n");
    put_mapper(u, "t", "small", "num", "", "t.tsv", "a", "b", "[namespace small]\npattern = [0-9]\n");
    expect(u, NULL, (const char *const[]){"map", NULL}, 2, "", "--from and --to are missing; there are\n  ");
    expect(u, NULL, ARGS("AAA"), 2, "", "\n  sym ");
    expect(u, NULL, ARGS("--to", "num", SHORT, "B,B"), 0, HEAD "B,B\t102\tmapped\n", "taking --from sym");
    expect(u, NULL, ARGS("--to", "num"), 2, "", "these lead to num\n  small");
    expect(u, NULL, ARGS("--from", "sym", "AAA"), 2, "", "sym leads to\n  num");
    expect(u, NULL, ARGS("--from", "sim", "--to", "num", "AAA"), 2, "", "there is no namespace 'sim': did you mean 'sym'?");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--via", "gene", "A"), 2, "", "did you mean 'genes'?");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--columns", "a", "A"), 2, "", "there is no column 'a'");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--format", "xml", "A"), 2, "", "expected tsv, ndjson, json, sssom or text");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--max-hops", "0", "A"), 2, "", "from 1 to 1000, found '0'");
    expect(u, NULL, ARGS("--from", "sym", "--to", "num", "--column", "a", "A"), 2, "", "not both");
    struct outcome o = run_adit(u, "map", "--list", NULL);
    assert_has(o.out, "  sym -> num, skos:exactMatch, cost 10\n");
    outcome_release(&o);
    o = run_adit(u, "map", "--list", "--format", "json", NULL);
    assert_true(json_valid(o.out, o.out_size));
    assert_has(o.out, "\"name\":\"sym\",\"prefix\":\"sym\"");
    outcome_release(&o);
    o = run_adit(u, "map", "--from", "sym", "--to", "num", "--format", "json", "-q", "A1", NULL);
    assert_json(o.out, "answers/0/targets/0/id", "\"101\"");
    assert_json(o.out, "answers/0/targets/0/secondary", "true");
    assert_json(o.out, "answers/0/status", "\"secondary\"");
    outcome_release(&o);
}

/* ---- a stream ---- */

/* Whoever asks line by line is answered line by line. */
static void test_answers_do_not_wait_for_the_end(void **state)
{
    struct user *u = *state;
    int in[2];
    put_genes(u);
    assert_int_equal(mkfifo(user_path(u, "files/fifo"), 0600), 0);
    struct running r = start_adit(u, ARGS("--from", "sym", "--to", "num", SHORT, "--input", "fifo"));
    in[1] = open(user_path(u, "files/fifo"), O_WRONLY);
    assert_true(in[1] >= 0);
    assert_int_equal(write(in[1], "B,B\n", 4), 4);
    assert_true(wait_for_text(&r, r.out_path, "B,B\t102\tmapped\n"));
    assert_int_equal(write(in[1], "CC", 2), 2);
    assert_int_equal(write(in[1], "C\n", 2), 2);
    assert_true(wait_for_text(&r, r.out_path, "CCC\t104\tambiguous\n"));
    (void)close(in[1]);
    struct outcome o = finish_adit(&r);
    assert_status(&o, 0);
    assert_has(o.err, "2 inputs: 1 mapped, 1 ambiguous; 3 targets");
    outcome_release(&o);
}

/* Half a million lines in little memory. */
static void test_bounded_memory(void **state)
{
    struct user *u = *state;
    enum { LINES = 500000 };
    put_genes(u);
    char *lines = malloc(LINES * 8);
    size_t n = 0;
    assert_non_null(lines);
    for (int i = 0; i < LINES; i++)
        n += (size_t)sprintf(lines + n, i % 3 ? "B,B\n" : "CCC\n");
    struct outcome o = run_adit_input(u, lines, n, ARGS("--from", "sym", "--to", "num", SHORT, "--stats"));
    assert_status(&o, 0);
    assert_has(o.err, "500000 inputs: 333333 mapped, 166667 ambiguous; 666667 targets");
    assert_has(o.err, "mapper genes: asked 500000, hits 500000, misses 0; from the cache 0");
#ifndef ADIT_SANITIZED
    const char *peak = strstr(o.err, "host ");
    assert_non_null(peak);
    assert_true(strtod(peak + 5, NULL) < 40);
#endif
    outcome_release(&o);
    free(lines);
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, user_setup, user_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_dropped_in),
        TEST(test_edited_table),
        TEST(test_statuses),
        TEST(test_composites),
        TEST(test_columns_pass_through),
        TEST(test_lines),
        TEST(test_long_lines),
        TEST(test_three_steps),
        TEST(test_provenance),
        TEST(test_many_targets),
        TEST(test_validate),
        TEST(test_warm),
        TEST(test_sssom),
        TEST(test_quarantine), TEST(test_only_the_culprit_fails),
        TEST(test_kept_answers),
        TEST(test_mapper_that_cannot_be_loaded),
        TEST(test_what_could_be_meant),
        TEST(test_answers_do_not_wait_for_the_end),
        TEST(test_bounded_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
