/* SPDX-License-Identifier: MIT */
/* Output formats, usage, and exit statuses. */
#include "e2e.h"

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    install_hostile(user_path(u, "conf"), "misbehave");
    put_text(user_path(u, "files/a"), "MISBEHAVE ok\n");
    put_text(user_path(u, "files/b"), "MISBEHAVE malformed\n");
    put_text(user_path(u, "files/c,\"c"), "MISBEHAVE ok\n");
    return 0;
}

static struct outcome extract(const struct user *u, const char *format, const char *more, const char *value)
{
    return run_adit(u, "extract", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a", "b", "c,\"c", "--format", format,
                    more, value, NULL);
}

static void test_ndjson(void **state)
{
    struct outcome o = extract(*state, "ndjson", NULL, NULL);
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), 3);
    assert_true(valid);
    assert_status(&o, 1);
    char *line = json_line_of(o.out, o.out_size, "c,\\\"c");
    assert_non_null(line);
    assert_json(line, "schema", "1");
    assert_json(line, "type", "\"application/x-misbehave\"");
    assert_json(line, "size", "13");
    assert_json(line, "plugins/misbehave/fields/number", "7");
    assert_json(line, "streams", "[]");
    free(line);
    outcome_release(&o);
}

static void test_pipe_gets_ndjson(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, "extract", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a", NULL);
    assert_one_object(&o);
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_json(void **state)
{
    struct outcome o = extract(*state, "json", NULL, NULL);
    assert_true(json_valid(o.out, o.out_size));
    assert_json(o.out, "0/path", "\"a\"");
    assert_json(o.out, "1/plugins/misbehave/status", "\"malformed\"");
    assert_json(o.out, "2/plugins/misbehave/fields/number", "7");
    assert_json(o.out, "3", NULL);
    outcome_release(&o);
}

static void test_csv(void **state)
{
    struct outcome o = extract(*state, "csv", "--fields", "path,type,misbehave,misbehave.number");
    assert_string_equal(o.out, "path,type,misbehave,misbehave.number\n"
                               "a,application/x-misbehave,ok,7\n"
                               "b,application/x-misbehave,malformed,\n"
                               "\"c,\"\"c\",application/x-misbehave,ok,7\n");
    outcome_release(&o);
}

static void test_fields(void **state)
{
    struct outcome o = extract(*state, "ndjson", "--fields", "misbehave.number");
    assert_has(o.out, "\"plugins\":{\"misbehave\":{\"status\":\"ok\",\"fields\":{\"number\":7}}}");
    assert_has(o.out, "\"status\":\"malformed\"");
    assert_status(&o, 1);
    outcome_release(&o);
    static const char *const formats[] = {"text", "ndjson", "json", "csv"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        o = extract(*state, formats[i], "--fields", "path,misbehave.numbr");
        assert_status(&o, 2);
        assert_string_equal(o.out, "");
        assert_string_equal(o.err, "adit extract: --fields: there is no field 'misbehave.numbr': did you mean misbehave.number?\n"
                                   "Try 'adit extract --help'.\n");
        outcome_release(&o);
    }
    /* Who asks for fields of a plugin that runs only when asked for has asked for it. */
    put_text(user_path(*state, "files/hello"), "hello");
    o = run_adit(*state, "extract", "hello", "--format", "csv", "--fields", "path,hashes.md5", NULL);
    assert_string_equal(o.out, "path,hashes.md5\nhello,5d41402abc4b2a76b9719d911017c592\n");
    assert_status(&o, 0);
    outcome_release(&o);
}

static void test_a_field_alone(void **state)
{
    struct user *u = *state;
    put_copy("tests/plugins/image/png/chunks.png", user_path(u, "files/gray.png"));
    struct outcome o = run_adit(u, "extract", "gray.png", "--only", "png.width", "-f", "ndjson", NULL);
    char *fields = json_at(o.out, strlen(o.out), "plugins/png/fields");
    assert_non_null(fields);
    assert_non_null(strstr(fields, "{\"width\":"));
    assert_null(strchr(fields, ','));
    free(fields);
    outcome_release(&o);
    o = run_adit(u, "extract", "gray.png", "--only", "png.width,hashes.md5", "-f", "csv", NULL);
    assert_has(o.out, "path,png.width,hashes.md5\ngray.png,");
    assert_status(&o, 0);
    outcome_release(&o);
    o = run_adit(u, "extract", "gray.png", "--only", "png.width", "--fields", "type", "-f", "csv", NULL);
    assert_string_equal(o.out, "type\nimage/png\n");
    outcome_release(&o);
}

static void test_text(void **state)
{
    struct outcome o = extract(*state, "text", NULL, NULL);
    assert_has(o.out, "application/x-misbehave");
    assert_has(o.out, "number");
    assert_has(o.out, "malformed");
    assert_null(strchr(o.out, '\x1b'));
    outcome_release(&o);
}

static void test_same_bytes_twice(void **state)
{
    static const char *const formats[] = {"text", "ndjson", "json", "csv"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct outcome cold = extract(*state, formats[i], "--no-cache", NULL);
        struct outcome first = extract(*state, formats[i], NULL, NULL);
        struct outcome second = extract(*state, formats[i], NULL, NULL);
        assert_string_equal(cold.out, first.out);
        assert_string_equal(first.out, second.out);
        outcome_release(&cold);
        outcome_release(&first);
        outcome_release(&second);
    }
}

static void test_same_bytes_whatever_the_jobs(void **state)
{
    struct outcome one = extract(*state, "ndjson", "--no-cache", "--jobs=1");
    struct outcome four = extract(*state, "ndjson", "--no-cache", "--jobs=4");
    assert_string_equal(one.out, four.out);
    outcome_release(&one);
    outcome_release(&four);
}

static void test_only_and_skip(void **state)
{
    struct outcome o = extract(*state, "ndjson", "--skip", "misbehave");
    assert_status(&o, 0);
    assert_null(strstr(o.out, "\"status\""));
    outcome_release(&o);
    o = extract(*state, "ndjson", "--only", "misbehave");
    assert_has(o.out, "\"number\":7");
    outcome_release(&o);
    o = extract(*state, "ndjson", "--only", "misbehaev");
    assert_status(&o, 2);
    assert_has(o.err, "misbehave");
    assert_string_equal(o.out, "");
    outcome_release(&o);
}

/* XMP is a file's type, and a stream's: whoever asks for it alone sees what is in a photograph. */
static void test_only_finds_streams(void **state)
{
    char *photo = realpath("tests/plugins/image/jpeg/segments.jpg", NULL);
    assert_non_null(photo);
    struct outcome o = run_adit(*state, "extract", "--format", "ndjson", "--only", "xmp", photo, NULL);
    assert_status(&o, 0);
    assert_json(o.out, "streams/0/type", "\"application/rdf+xml\"");
    assert_json(o.out, "streams/0/plugins/xmp/status", "\"ok\"");
    assert_null(strstr(o.out, "\"jpeg\":{\"status\"")); /* it ran, and was not asked for */
    outcome_release(&o);
    free(photo);
}

static void test_usage(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, NULL);
    assert_status(&o, 2);
    assert_string_equal(o.out, "");
    outcome_release(&o);
    static const char *const wrong[][4] = {
        {"extract", "--no-such-option", NULL},
        {"extract", "--format", "xml", "a"},
        {"no-such-command", NULL},
        {"extract", NULL},
        {"cache", "no-such-verb", NULL},
        {"plugins", "no-such-verb", NULL},
        {"new", NULL},
        {"new", "Bad_Name", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o = run_adit(u, wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][1] && wrong[i][2] ? wrong[i][3] : NULL, NULL);
        if (o.status != 2 || o.out_size != 0 || o.err_size == 0)
            fail_msg("%s %s: status %d, out \"%s\", err \"%s\"", wrong[i][0], wrong[i][1] ? wrong[i][1] : "", o.status, o.out,
                     o.err);
        outcome_release(&o);
    }
}

/* What a command says of an option that it does not have: what is wrong, and what to type instead. */
static void test_wrong_options(void **state)
{
    static const struct { const char *arguments[3], *says; } cases[] = {
        {{"extract", "--json", "a"}, "adit extract: there is no option --json: did you mean '--format json'?\n"},
        {{"extract", "-json", "a"}, "there is no option -json: did you mean '--format json'?\n"},
        {{"extract", "a", "-csv"}, "there is no option -csv: did you mean '--format csv'?\n"},
        {{"extract", "a", "--formt=csv"}, "there is no option --formt: did you mean --format?\n"},
        {{"extract", "-stats", "a"}, "there is no option -s: did you mean --stats?\n"},
        {{"extract", "--quiet=no", "a"}, "--quiet takes no value, found 'no'\n"},
        {{"extract", "a", "--only"}, "--only needs a value\n"},
        {{"extract", "a", "-j"}, "--jobs needs a value\n"},
        {{"extract", "-qx", "a"}, "there is no option -x\n"},
        {{"extract", "-\xc3\xa4", "a"}, "there is no option of the byte 0xc3\n"},
        {{"extract", "--no", "a"}, "--no may be any of --no-default-conf, --no-snapshot, --no-cache, --no-quarantine\n"},
        {{"extract", "-f", "a"}, "--format: there is no format 'a': expected text, ndjson, json or csv\n"},
        {{"detect", "--jsno", "a"}, "there is no option --jsno\n"},
        {{"explain", "--jason", "a"}, "there is no option --jason\n"},
        {{"plugins", "--sarif", "a"}, "there is no option --sarif: did you mean '--format sarif'?\n"},
        {{"validate", "-x", "a"}, "adit validate: there is no option -x\nTry 'adit validate --help'.\n"},
        {{"cache", "stats", "--cache-sise"}, "there is no option --cache-sise: did you mean --cache-size?\n"},
        {{"map", "--frm", "x"}, "there is no option --frm: did you mean --from?\n"},
        {{"new", "--dri", "x"}, "there is no option --dri: did you mean --dir?\n"},
        {{"--format", "json", "a"}, "adit: there is no option '--format' before a command: options follow it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_adit(*state, cases[i].arguments[0], cases[i].arguments[1], cases[i].arguments[2], NULL);
        assert_status(&o, 2);
        assert_string_equal(o.out, "");
        assert_has(o.err, cases[i].says);
        outcome_release(&o);
    }
}

/* Whoever sees exit status 1 sees why, also where the results go elsewhere. */
static void test_what_failed_is_told(void **state)
{
    struct user *u = *state;
    struct outcome o = extract(u, "csv", NULL, NULL);
    assert_status(&o, 1);
    assert_has(o.err, "adit extract: something failed in 1 of 3 files; the first: b: misbehave: malformed");
    outcome_release(&o);
    o = extract(u, "csv", "--quiet", NULL);
    assert_status(&o, 1);
    assert_string_equal(o.err, "");
    outcome_release(&o);
    put_text(user_path(u, "files/named"), "no\033where\na\n");
    o = run_adit(u, "extract", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "--files-from", "named", NULL);
    assert_status(&o, 1);
    assert_string_equal(o.err, "adit extract: something failed in 1 of 2 files; the first: no\\x1bwhere: No such file or directory\n");
    outcome_release(&o);
    static const char *const one[][2] = {{"text", ""}, {"ndjson", "adit extract: something failed in 1 of 1 files; the first: b: misbehave: malformed: the header says 3, expected 4\n"}};
    for (size_t i = 0; i < 2; i++) { /* text of one file ends with it */
        o = run_adit(u, "extract", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "b", "--format", one[i][0], NULL);
        assert_status(&o, 1);
        assert_string_equal(o.err, one[i][1]);
        outcome_release(&o);
    }
}

/* For CI: nothing where nothing is wrong, and what is wrong alone where something is. */
static void test_validate_quietly(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, "validate", "-q", user_path(u, "conf"), NULL);
    assert_status(&o, 0);
    assert_string_equal(o.out, "");
    assert_string_equal(o.err, "");
    outcome_release(&o);
    put_text(user_path(u, "files/no.so"), "no module");
    o = run_adit(u, "validate", "--quiet", "no.so", user_path(u, "conf"), NULL);
    assert_status(&o, 1);
    assert_has(o.out, "no.so: error: ");
    assert_null(strstr(o.out, "stack protector"));
    assert_has(o.out, "3 files, 1 error, 0 warnings: not accepted\n");
    outcome_release(&o);
    o = run_adit(u, "validate", "no.so", NULL); /* what is no module has none of its properties */
    assert_null(strstr(o.out, "stack protector"));
    outcome_release(&o);
    o = run_adit(u, "validate", "-q", "-f", "json", user_path(u, "conf"), NULL);
    assert_has(o.out, "\"errors\":0");
    outcome_release(&o);
}

/* Standard error is a file here. */
static void test_debug_into_a_file_is_told(void **state)
{
    struct outcome o = extract(*state, "ndjson", "--debug", NULL);
    assert_has(o.err, "--debug: standard error is a file, to which locked plugins cannot write");
    outcome_release(&o);
}

static void test_types_that_nobody_declares(void **state)
{
    static const struct { const char *type, *says; } cases[] = {
        {"jpeg", "adit explain: --type: no plugin declares 'jpeg': did you mean image/jpeg?\n"},
        {"image/jpge", "did you mean image/jpeg?\n"},
        {"qqqqqqqqqqqq", "--type: no plugin declares 'qqqqqqqqqqqq': expected a media type such as image/jpeg\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_adit(*state, "explain", "--type", cases[i].type, NULL);
        assert_status(&o, 2);
        assert_string_equal(o.out, "");
        assert_has(o.err, cases[i].says);
        outcome_release(&o);
    }
    struct outcome o = run_adit(*state, "explain", "--type", "IMAGE/JPEG", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "jpeg  ");
    assert_null(strstr(o.out, "  also: "));
    outcome_release(&o);
}

static void test_explain_tells_the_kinds(void **state)
{
    struct outcome o = run_adit(*state, "explain", "--type", "image/svg+xml", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "image/svg+xml: image/svg+xml\n  because: you say so\n  also: application/xml, text/plain\n");
    outcome_release(&o);
    o = run_adit(*state, "explain", "--type", "image/svg+xml", "-f", "json", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "\"is\":[\"image/svg+xml\",\"application/xml\",\"text/plain\"]");
    outcome_release(&o);
}

static void test_help_of_a_command(void **state)
{
    struct outcome o = run_adit(*state, "help", "cache", NULL), same = run_adit(*state, "cache", "-h", NULL);
    assert_status(&o, 0);
    assert_has(o.out, "Usage: adit cache");
    assert_string_equal(o.out, same.out);
    outcome_release(&o);
    outcome_release(&same);
    o = run_adit(*state, "help", "cahce", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "did you mean 'cache'?");
    outcome_release(&o);
    static const char *const versions[] = {"-V", "version"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        o = run_adit(*state, versions[i], NULL);
        assert_status(&o, 0);
        assert_string_equal(o.out, "adit " ADIT_VERSION "\n");
        outcome_release(&o);
    }
}

static void test_help(void **state)
{
    static const char *const commands[] = {"extract", "detect", "explain", "plugins", "validate", "cache", "new"};
    struct outcome o = run_adit(*state, "--help", NULL);
    assert_status(&o, 0);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        assert_has(o.out, commands[i]);
    outcome_release(&o);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        o = run_adit(*state, commands[i], "--help", NULL);
        assert_status(&o, 0);
        assert_has(o.out, "Usage: adit");
        assert_has(o.out, commands[i]);
        outcome_release(&o);
    }
    o = run_adit(*state, "--version", NULL);
    assert_status(&o, 0);
    assert_string_equal(o.out, "adit " ADIT_VERSION "\n");
    outcome_release(&o);
}

static void test_conf_dir_that_is_missing(void **state)
{
    struct outcome o = run_adit(*state, "extract", "--conf-dir", "/nowhere/at/all", "a", NULL);
    assert_status(&o, 3);
    assert_has(o.err, "/nowhere/at/all");
    outcome_release(&o);
}

/* Who asks about a cache that is not there makes none. */
static void test_cache_that_is_missing(void **state)
{
    struct user *u = *state;
    static const struct { const char *action; int status; const char *out, *err; } cases[] = {
        {"stats", 1, "", "adit cache: there is no cache in mistyped\n"},
        {NULL, 1, "", "adit cache: there is no cache in mistyped\n"},
        {"verify", 1, "", "adit cache: there is no cache in mistyped\n"},
        {"prune", 0, "removed 0 entries\n", ""},
        {"clear", 0, "removed 0 entries\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_adit(u, "cache", "--cache-dir", "mistyped", cases[i].action, NULL);
        assert_status(&o, cases[i].status);
        assert_string_equal(o.out, cases[i].out);
        assert_string_equal(o.err, cases[i].err);
        outcome_release(&o);
        assert_int_not_equal(access(user_path(u, "files/mistyped"), F_OK), 0);
    }
    struct outcome o = extract(u, "ndjson", NULL, NULL), stats = run_adit(u, "cache", NULL);
    assert_status(&stats, 0);
    assert_has(stats.out, "misses         3\n");
    outcome_release(&o);
    outcome_release(&stats);
}

static void test_stats_go_to_stderr(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), "a",
                                "--stats", NULL);
    assert_status(&o, 0);
    assert_one_object(&o);
    assert_true(o.err_size > 0);
    outcome_release(&o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, user_teardown)
static void test_unknown_command(void **state)
{
    struct user *u = *state;
    put_text(user_path(u, "files/letter.txt"), "Dear reader\n");
    static const char *const cases[][2] = {{"extrct", "did you mean 'extract'?"}, {"qqqqqq", "there is no command 'qqqqqq'\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_adit(u, cases[i][0], NULL);
        assert_status(&o, 2);
        assert_has(o.err, cases[i][1]);
        outcome_release(&o);
    }
    struct outcome o = run_adit(u, user_path(u, "files/letter.txt"), NULL);
    assert_status(&o, 2);
    assert_has(o.err, "did you mean 'adit extract ");
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ndjson),
        TEST(test_wrong_options),
        TEST(test_help_of_a_command),
        TEST(test_types_that_nobody_declares),
        TEST(test_explain_tells_the_kinds),
        TEST(test_debug_into_a_file_is_told),
        TEST(test_validate_quietly),
        TEST(test_what_failed_is_told),
        TEST(test_pipe_gets_ndjson),
        TEST(test_json),
        TEST(test_csv),
        TEST(test_fields),
        TEST(test_a_field_alone),
        TEST(test_text),
        TEST(test_same_bytes_twice),
        TEST(test_same_bytes_whatever_the_jobs),
        TEST(test_only_and_skip),
        TEST(test_only_finds_streams),
        TEST(test_usage),
        TEST(test_help),
        TEST(test_conf_dir_that_is_missing),
        TEST(test_cache_that_is_missing),
        TEST(test_stats_go_to_stderr),
        TEST(test_unknown_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
