/* SPDX-License-Identifier: MIT */
/* `adit validate --run`: every bundled plugin passes; every plugin of tests/hostile/check_*.c is found out by the check that it
 * is named after, and by no other. */
#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conform_impl.h"
#include "fields.h"
#include "run_program.h"

#ifdef ADIT_SANITIZED
static const bool sanitized = true;
#define EFFORT "8"
#else
static const bool sanitized = false;
#define EFFORT "60"
#endif

static struct user *user;
static char project[4096];

static const char *in_project(const char *path)
{
    static char ring[4][4500];
    static unsigned turn;
    char *text = ring[turn++ % 4];
    (void)snprintf(text, sizeof ring[0], "%s/%s", project, path);
    return text;
}

/* The hostile plugin of a check, in conf.d, and samples for it. Returns its .conf. */
static const char *install(const char *name)
{
    put_dir(user_path(user, "conf.d"));
    put_dir(user_path(user, "samples"));
    install_hostile(user_path(user, "conf.d"), name);
    put_text(user_path(user, "samples/one.check"),
             "CHECK one\nAll that glitters is not gold; often have you heard that told. 0123456789 abcdef\n");
    put_text(user_path(user, "samples/two.check"),
             "CHECK two\nA second sample, of another size, so that the two cannot be taken for each other.\n");
    return user_path(user, "conf.d/%s.conf", name);
}

static struct outcome validate(const char *path, ...)
{
    const char *arguments[32] = {"validate", "--run", "--no-default-conf", "--no-snapshot"};
    size_t n = 4;
    va_list ap;
    va_start(ap, path);
    for (const char *a = va_arg(ap, const char *); a; a = va_arg(ap, const char *))
        arguments[n++] = a;
    va_end(ap);
    arguments[n++] = path;
    arguments[n] = NULL;
    return run_adit_v(user, arguments);
}

/* The rules of a JSON report's findings that are errors, joined by blanks, each once. */
static void errors_of(const char *json, char *out, size_t room)
{
    size_t n = 0;
    out[0] = '\0';
    for (const char *at = json; (at = strstr(at, "{\"rule\":\"")) != NULL; at++) {
        const char *rule = at + 9, *end = strchr(rule, '"');
        static const char error[] = "\",\"severity\":\"error\"";
        assert_non_null(end);
        char id[64];
        (void)snprintf(id, sizeof id, "%.*s", (int)(end - rule), rule);
        if (strncmp(end, error, sizeof error - 1) == 0 && !strstr(out, id))
            n += (size_t)snprintf(out + n, room - n, "%s%s", n ? " " : "", id);
    }
}

/* "run.input.fuzz" -> "check_input_fuzz" */
static void name_of(enum check_id check, char out[64])
{
    (void)snprintf(out, 64, "check_%s", check_rules[check].id + 4);
    for (char *p = out; *p; p++)
        if (*p == '.')
            *p = '_';
}

static bool is_skipped_here(enum check_id check)
{
    return sanitized && (check == CHECK_MEMORY_OPEN || check == CHECK_MEMORY_RUN);
}

/* One after the other: with all checks, or, where that would take long, with its own. */
static void test_hostile(void **state)
{
    (void)state;
    for (int i = 0; i < CHECK_COUNT; i++) {
        char name[64], errors[512];
        name_of((enum check_id)i, name);
        const char *conf = install(name), *samples = user_path(user, "samples");
        struct outcome o = sanitized ? validate(conf, "--samples", samples, "--reproduce", "1", "--effort", "120",
                                                "--format", "json", "--check", check_rules[i].id, NULL)
                                     : validate(conf, "--samples", samples, "--reproduce", "1", "--effort", "120",
                                                "--format", "json", NULL);
        errors_of(o.out, errors, sizeof errors);
        if (is_skipped_here((enum check_id)i)) {
            assert_string_equal(errors, "");
            assert_non_null(strstr(o.out, "built with a sanitizer"));
        } else {
            if (strcmp(errors, check_rules[i].id) != 0)
                print_message("%s\n%s\n", o.out, o.err);
            assert_string_equal(errors, check_rules[i].id);
            assert_int_equal(o.status, 1);
        }
        outcome_release(&o);
        remove_tree(user_path(user, "conf.d"));
    }
}

static void test_bundled(void **state)
{
    glob_t modules;
    struct outcome o = {0};
    char conf_d[4500];
    (void)state;
    (void)snprintf(conf_d, sizeof conf_d, "%s", in_project(BUILD_DIR "/share/adit/conf.d"));
    o = validate(conf_d, "--samples", in_project("tests/plugins"), "--reproduce", "1", "--effort", EFFORT, NULL);
    if (o.status != 0)
        print_message("%s\n%s\n", o.out, o.err);
    assert_int_equal(o.status, 0);
    size_t checked = 0;
    for (const char *at = o.out; (at = strstr(at, " samples: ")) != NULL; at++)
        checked++;
    assert_int_equal(glob(BUILD_DIR "/lib/adit/modules/*/*.so", 0, NULL, &modules), 0);
    assert_true(checked >= modules.gl_pathc);
    globfree(&modules);
    outcome_release(&o);
}

static void test_reproduce(void **state)
{
    (void)state;
    const char *conf = install("check_input_random"), *samples = user_path(user, "samples");
    struct outcome o = validate(conf, "--samples", samples, "--check", "run.input.random", NULL);
    assert_int_equal(o.status, 1);
    char *at = strstr(o.out, "--reproduce ");
    assert_non_null(at);
    char seed[64], *colon;
    (void)snprintf(seed, sizeof seed, "%.*s", (int)strcspn(at + 12, " ;["), at + 12);
    outcome_release(&o);
    colon = strchr(seed, ':');
    assert_non_null(colon);
    put_dir(user_path(user, "inputs"));
    o = validate(conf, "--samples", samples, "--check", "run.input.random", "--reproduce", seed, "--save-inputs",
                 user_path(user, "inputs"), NULL);
    assert_int_equal(o.status, 1);
    assert_non_null(strstr(o.out, seed));
    size_t size;
    char *input = get_file(user_path(user, "inputs/check_input_random.run.input.random.%s", colon + 1), &size);
    assert_true(size > 3 && (input[0] & 0x80) && (input[1] & 0x80) && (input[2] & 0x80) && (input[3] & 0x80));
    free(input);
    outcome_release(&o);
    (void)snprintf(colon, 8, ":%d", 1); /* the first one did no harm unless it was the one */
    o = validate(conf, "--samples", samples, "--check", "run.input.random", "--reproduce", seed, NULL);
    assert_true(o.status == 0 || o.status == 1);
    assert_non_null(strstr(o.out, o.status ? "crash" : "(1 input)"));
    outcome_release(&o);
}

static void test_without_samples(void **state)
{
    (void)state;
    struct outcome o = validate(install("check_io_short"), "--effort", "8", NULL);
    assert_int_equal(o.status, 0);
    const char *told = strstr(o.out, "skip: there are no samples: put some into ");
    assert_non_null(told);
    assert_null(strstr(told + 10, "there are no samples")); /* once, with all that was skipped for it */
    assert_non_null(strstr(o.out, "check_io_short.samples, or give --samples DIR [run.input.sample, run.input.truncated, "));
    assert_non_null(strstr(o.out, ", run.io.short, "));
    outcome_release(&o);
    /* As 'adit new' puts them: beside the .conf. Other files there are none. */
    put_copy(user_path(user, "samples/one.check"), user_path(user, "conf.d/other.check"));
    o = validate(user_path(user, "conf.d/check_io_short.conf"), "--effort", "8", "--check", "run.io.short", NULL);
    assert_non_null(strstr(o.out, "there are no samples"));
    outcome_release(&o);
    put_copy(user_path(user, "samples/one.check"), user_path(user, "conf.d/one.sample"));
    o = validate(user_path(user, "conf.d/check_io_short.conf"), "--effort", "8", "--check", "run.io.short", NULL);
    assert_int_equal(o.status, 1);
    assert_null(strstr(o.out, "there are no samples"));
    outcome_release(&o);
    assert_int_equal(unlink(user_path(user, "conf.d/one.sample")), 0);
    /* Samples beside the .conf need no option. */
    put_dir(user_path(user, "conf.d/check_io_short.samples"));
    put_copy(user_path(user, "samples/one.check"), user_path(user, "conf.d/check_io_short.samples/one.check"));
    o = validate(user_path(user, "conf.d/check_io_short.conf"), "--effort", "8", "--check", "run.io.short", NULL);
    assert_int_equal(o.status, 1);
    outcome_release(&o);
}

static void test_nothing_ran(void **state)
{
    (void)state;
    put_dir(user_path(user, "conf.d"));
    put_text(user_path(user, "conf.d/types.conf"),
             "[plugin]\nname = types\nversion = 1.0.0\nkind = types\nsummary = t\n[type a]\n"
             "media = application/x-a\nglob = *.a\n");
    struct outcome o = validate(user_path(user, "conf.d"), NULL);
    assert_int_equal(o.status, 3);
    assert_non_null(strstr(o.err, "no check was run"));
    outcome_release(&o);
    /* All that could run was skipped. */
    o = validate(install("check_io_short"), "--check", "run.io.short", NULL);
    assert_int_equal(o.status, 3);
    outcome_release(&o);
}

static void test_waiver(void **state)
{
    (void)state;
    const char *conf = install("check_input_random");
    size_t size;
    char *text = get_file(conf, &size), *module = strstr(text, "[module]\n");
    FILE *f = fopen(conf, "w");
    assert_non_null(f);
    static const char waiver[] = "waive = run.input.random because it is so\n";
    if (module)
        (void)fprintf(f, "%.*s[module]\n%s%s", (int)(module - text), text, waiver, module + 9);
    else
        (void)fprintf(f, "%s\n[module]\n%s", text, waiver);
    assert_int_equal(fclose(f), 0);
    free(text);
    struct outcome o = validate(conf, "--check", "run.input.random", "--reproduce", "1", "--effort", "100", "--Werror",
                                "--format", "json", NULL);
    if (o.status != 0)
        print_message("%s\n%s\n", o.out, o.err);
    assert_int_equal(o.status, 0);
    assert_non_null(strstr(o.out, "\"message\":\"crash: run() was ended by signal"));
    assert_non_null(strstr(o.out, "\"waived\":\"it is so\""));
    outcome_release(&o);
}

/* A run() that does not end is ended after [limits] time. */
static void test_hang(void **state)
{
    (void)state;
    if (sanitized)
        return;
    install_hostile(user_path(user, "files"), "misbehave");
    put_dir(user_path(user, "files/misbehave.samples"));
    put_text(user_path(user, "files/misbehave.samples/loop"), "MISBEHAVE loop\n");
    struct outcome o = validate(user_path(user, "files/misbehave.conf"), "--check", "run.input.sample", NULL);
    assert_int_equal(o.status, 1);
    assert_non_null(strstr(o.out, "timeout: run() took longer than 2000 ms (sample loop)"));
    outcome_release(&o);
}

static void test_formats(void **state)
{
    static const char *const formats[] = {"text", "json", "sarif", "junit", "tap"};
    (void)state;
    const char *conf = install("check_declared_fields"), *samples = user_path(user, "samples");
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct outcome o =
            validate(conf, "--samples", samples, "--check", "run.declared.fields", "--format", formats[i], NULL);
        assert_int_equal(o.status, 1);
        assert_non_null(strstr(o.out, "run.declared.fields"));
        assert_non_null(strstr(o.out, "unheard_of is not declared in [fields]"));
        outcome_release(&o);
    }
}

static void test_usage(void **state)
{
    static const char *const wrong[][2] = {{"--check", "run.nothing"}, {"--reproduce", "green"},
                                           {"--effort", "0"},          {"--samples", "/nowhere/at/all"},
                                           {"--effort", "many"},       {"--save-inputs", "/nowhere/at/all"}};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct outcome o = validate(".", wrong[i][0], wrong[i][1], NULL);
        assert_int_equal(o.status, 2);
        outcome_release(&o);
    }
    struct outcome o = run_adit(user, "validate", "--effort", "5", ".", NULL);
    assert_int_equal(o.status, 2);
    assert_non_null(strstr(o.err, "go with --run"));
    outcome_release(&o);
    o = run_adit(user, "validate", "--run", "--rules", NULL);
    assert_int_equal(o.status, 0);
    for (int i = 0; i < CHECK_COUNT; i++)
        assert_non_null(strstr(o.out, check_rules[i].id));
    outcome_release(&o);
}

/* Without its locked program nothing is run, and nothing is called good. */
static void test_fails_closed(void **state)
{
    (void)state;
    struct report report = {0};
    struct registry *r;
    struct err e = {0};
    struct conform *c;
    const struct conform_options options = {.prefix = "/nowhere/at/all", .only = CHECK_COUNT, .effort = 4};
    const char *conf = install("check_io_short"), *dir = user_path(user, "conf.d");
    const struct registry_options where = {.conf_dirs = &dir, .conf_dir_count = 1, .only_given_dirs = true};
    assert_int_equal(registry_open(&where, &r, &e), 0);
    assert_int_equal(conform_new(&options, &report, &c, &e), 0);
    const struct plugin *p = registry_find(r, "check_io_short");
    assert_non_null(p);
    assert_int_equal(conform_plugin(c, r, p, conf, &e), -ENOENT);
    assert_non_null(strstr(e.text, "/nowhere/at/all/libexec/adit/adit-check"));
    assert_int_equal(conform_ran(c), 0);
    conform_free(c);
    registry_free(r);
    report_release(&report);
}

/* What a plugin with needs is given: one of each declared field, as the needed plugins would emit them. */
static void test_needs(void **state)
{
    (void)state;
    struct registry *r;
    struct err e = {0};
    struct buf needs = BUF_INIT;
    size_t count = 0;
    const char *dir = in_project(BUILD_DIR "/share/adit/conf.d");
    const struct registry_options where = {
        .conf_dirs = &dir, .conf_dir_count = 1, .only_given_dirs = true, .prefix = in_project(BUILD_DIR)};
    assert_int_equal(registry_open(&where, &r, &e), 0);
    const struct plugin *p = registry_find(r, "photo");
    assert_non_null(p);
    assert_int_equal(conform_needs(r, p, &needs), 0);
    for (size_t at = 0; at < needs.size; count++) {
        uint32_t size;
        memcpy(&size, needs.data + at, sizeof size);
        size_t name = (uint8_t)needs.data[at + sizeof size];
        at += sizeof size + 1 + name;
        assert_true(size > 0 && at + size <= needs.size);
        assert_true(fields_valid(needs.data + at, size));
        at += size;
    }
    assert_int_equal(count, p->hard_count + p->soft_count);
    assert_true(count > 1);
    buf_release(&needs);
    registry_free(r);
}

static int setup(void **state)
{
    void *u = NULL;
    int error = user_setup(&u);
    user = u;
    *state = u;
    return error || !realpath(".", project) ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hostile, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_bundled, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_reproduce, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_without_samples, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_ran, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_waiver, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_hang, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_formats, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_usage, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_fails_closed, setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_needs, setup, user_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
