// SPDX-License-Identifier: MIT
/* `adit validate`: what an author is told about each common mistake, in every format, and the exit status. */
#include <fcntl.h>
#include <getopt.h>

#include "base/buf.h"
#include "cmd.h"
#include "json.h"
#include "sample.h"

static char folder[96]; /* of one test: conf.d and modules in it, out for the report */

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s/work", samples_dir);
    char command[512];
    (void)snprintf(command, sizeof command, "rm -rf '%s' && mkdir '%s' '%s/conf.d'", folder, folder, folder);
    return system(command);
}

static void write_file(const char *name, const void *data, size_t size)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *name, const char *text)
{
    write_file(name, text, strlen(text));
}

static void install(const char *module, const char *as)
{
    struct sample s;
    sample_open(&s, module);
    write_file(as, s.bytes, s.size);
    sample_close(&s);
}

static char *read_report(size_t *size)
{
    struct sample s;
    char path[256];
    (void)snprintf(path, sizeof path, "%s/out", folder);
    if (!sample_read(&s, path))
        return NULL;
    s.bytes[s.size] = '\0';
    *size = s.size;
    return (char *)s.bytes;
}

/* Runs the command with the options, on `name` in the folder ("" for all of it). */
static int run_command(const char *name, const char *const *options)
{
    char path[256], out[256];
    char *argv[24] = {(char *)"validate", (char *)"--no-default-conf", (char *)"--output"};
    int argc = 3;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)snprintf(out, sizeof out, "%s/out", folder);
    argv[argc++] = out;
    for (; options && *options; options++)
        argv[argc++] = (char *)(uintptr_t)*options;
    if (name)
        argv[argc++] = path;
    optind = 0; /* getopt starts anew */
    return cmd_validate(argc, argv);
}

/* The first line must name the file, and say what to do. */
static void expect_first_line(const char *name, int status, const char *in_it)
{
    size_t size;
    assert_int_equal(run_command(name, NULL), status);
    char *text = read_report(&size);
    assert_non_null(text);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    *end = '\0';
    if (!strstr(text, in_it))
        print_message("    %s\n    lacks: %s\n", text, in_it);
    assert_non_null(strstr(text, in_it));
    assert_non_null(strstr(text, folder));
    free(text);
}

#define CONF(name, version, rest)                                                                                      \
    "[plugin]\nname = " name "\nversion = " version "\nkind = extractor\nmodule = " name ".so\nsummary = a test\n"     \
    "[match]\ntype = text/plain\n" rest

static void test_no_entry(void **state)
{
    (void)state;
    install("none-gcc", "conf.d/none-gcc.so");
    expect_first_line("conf.d/none-gcc.so", 1, "error: Add ADIT_PLUGIN(");
}

static void test_other_interface(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "plain-gcc");
    put(&s, note_at(&s, "Adit", 1) + 4, 2, 9);
    write_file("conf.d/plain.so", s.bytes, s.size);
    sample_close(&s);
    expect_first_line("conf.d/plain.so", 1, "error: Build it against the SDK of this host");
}

static void test_other_name(void **state)
{
    (void)state;
    install("plain-gcc", "conf.d/other.so");
    expect_first_line("conf.d/other.so", 1, "error: Give ADIT_MODULE(");
}

static void test_constructor(void **state)
{
    (void)state;
    install("constructor-gcc", "conf.d/constructor-gcc.so");
    expect_first_line("conf.d/constructor-gcc.so", 1, "constructors = yes under [module]");
    write_text("conf.d/constructor-gcc.conf", CONF("constructor-gcc", "1.0.0", "[module]\nconstructors = yes\n"));
    assert_int_equal(run_command("conf.d", NULL), 0);
    assert_int_equal(run_command("conf.d/constructor-gcc.so", NULL), 0); /* with the .conf beside it */
}

static void renamed_import(const char *from, const char *to, const char *expected)
{
    struct sample s;
    sample_open(&s, "imports-gcc");
    rename_string(&s, from, to);
    write_file("conf.d/imports.so", s.bytes, s.size);
    sample_close(&s);
    expect_first_line("conf.d/imports.so", 1, expected);
}

static void test_missing_library(void **state)
{
    (void)state;
    renamed_import("libm.so.6", "libq.so.6", "error: Install the package that has it");
}

static void test_undefined_symbol(void **state)
{
    (void)state;
    renamed_import("malloc", "mallok", "error: Link the library that defines it");
}

static void test_executable_stack(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "plain-gcc");
    put(&s, segment_at(&s, PT_GNU_STACK, 0) + P_FLAGS, 4, 7);
    write_file("conf.d/plain.so", s.bytes, s.size);
    sample_close(&s);
    expect_first_line("conf.d/plain.so", 1, "error: Link with -Wl,-z,noexecstack");
}

static void test_old_version(void **state)
{
    (void)state;
    install("plain-gcc", "conf.d/plain.so");
    write_text("conf.d/plain.conf", CONF("plain", "0.9.0", ""));
    expect_first_line("conf.d", 1, "error: Write the same version in ADIT_MODULE(");
    write_text("conf.d/plain.conf", CONF("plain", "1.0.0", ""));
    assert_int_equal(run_command("conf.d", NULL), 0);
}

static void test_field_twice(void **state)
{
    (void)state;
    install("plain-gcc", "conf.d/plain.so");
    write_text("conf.d/plain.conf", CONF("plain", "1.0.0", "[fields]\nwidth = u32\nwidth = u64\n"));
    expect_first_line("conf.d", 1, "plain.conf:11");
}

static void test_forbidden(void **state)
{
    (void)state;
    install("forbidden-gcc", "conf.d/forbidden-gcc.so");
    expect_first_line("conf.d/forbidden-gcc.so", 1, "error: Use what the host offers");
    write_text("conf.d/forbidden-gcc.conf",
               CONF("forbidden-gcc", "1.0.0", "[module]\nwaive = policy.import.refused.system because it is a test\n"));
    assert_int_equal(run_command("conf.d", NULL), 0);
    size_t size;
    char *text = read_report(&size);
    assert_non_null(strstr(text, "waived: a function that modules may not call: system"));
    assert_non_null(strstr(text, "because it is a test"));
    free(text);
}

/* Two modules and three .conf files, with an error, a warning and a waiver among them. */
static void mixed_tree(void)
{
    struct sample s;
    install("forbidden-gcc", "conf.d/forbidden-gcc.so");
    write_text(
        "conf.d/forbidden-gcc.conf",
        CONF("forbidden-gcc", "1.0.0", "[module]\nwaive = policy.import.refused.system because \"<it & that>\"\n"));
    sample_open(&s, "imports-gcc");
    rename_string(&s, "malloc", "getenv");
    write_file("conf.d/imports.so", s.bytes, s.size);
    sample_close(&s);
    write_text("conf.d/imports.conf", CONF("imports", "1.2.3", ""));
}

static void test_warnings(void **state)
{
    static const char *const werror[] = {"--Werror", NULL};
    (void)state;
    mixed_tree();
    assert_int_equal(run_command("", NULL), 0);
    assert_int_equal(run_command("", werror), 1);
}

static void expect_json(const char *text, size_t size, const char *path, const char *expected)
{
    char *value = json_at(text, size, path);
    if (!value || strcmp(value, expected) != 0)
        print_message("    %s: %s, not %s\n", path, value ? value : "nothing", expected);
    assert_non_null(value);
    assert_string_equal(value, expected);
    free(value);
}

static void test_json(void **state)
{
    static const char *const options[] = {"--format", "json", NULL};
    size_t size;
    (void)state;
    mixed_tree();
    assert_int_equal(run_command("", options), 0);
    char *text = read_report(&size);
    assert_true(json_valid(text, size));
    expect_json(text, size, "schema", "1");
    expect_json(text, size, "errors", "0");
    expect_json(text, size, "warnings", "1");
    expect_json(text, size, "files/1/kind", "\"module\"");
    expect_json(text, size, "files/1/accepted", "true");
    expect_json(text, size, "files/1/facts/id", "\"forbidden-gcc\"");
    expect_json(text, size, "files/1/findings/0/rule", "\"policy.import.refused\"");
    expect_json(text, size, "files/1/findings/0/severity", "\"note\"");
    expect_json(text, size, "files/3/findings/0/severity", "\"warning\"");
    free(text);
}

static void test_sarif(void **state)
{
    static const char *const options[] = {"--format=sarif", NULL};
    size_t size;
    (void)state;
    mixed_tree();
    assert_int_equal(run_command("", options), 0);
    char *text = read_report(&size);
    assert_true(json_valid(text, size));
    expect_json(text, size, "version", "\"2.1.0\"");
    expect_json(text, size, "runs/0/tool/driver/name", "\"adit\"");
    expect_json(text, size, "runs/0/tool/driver/rules/0/id", "\"policy.import.refused\"");
    expect_json(text, size, "runs/0/results/0/ruleIndex", "0");
    expect_json(text, size, "runs/0/results/0/level", "\"note\"");
    expect_json(text, size, "runs/0/results/0/suppressions/0/kind", "\"inSource\"");
    expect_json(text, size, "runs/0/results/1/level", "\"warning\"");
    free(text);
}

static void test_junit_and_tap(void **state)
{
    static const char *const junit[] = {"--format=junit", "--Werror", NULL}, *const tap[] = {"--format=tap", "--Werror",
                                                                                             NULL};
    size_t size;
    (void)state;
    mixed_tree();
    assert_int_equal(run_command("", junit), 1);
    char *text = read_report(&size);
    assert_non_null(strstr(text, "tests=\"4\" failures=\"1\""));
    assert_non_null(strstr(text, "<failure type=\"policy.import.warned\""));
    assert_non_null(strstr(text, "&lt;it &amp; that&gt;"));
    assert_null(strstr(text, "<it"));
    free(text);
    assert_int_equal(run_command("", tap), 1);
    text = read_report(&size);
    assert_int_equal(strncmp(text, "TAP version 13\n1..4\nok 1 - ", 27), 0);
    assert_non_null(strstr(text, "\nnot ok 4 - "));
    free(text);
}

static void test_graph(void **state)
{
    (void)state;
    install("plain-gcc", "conf.d/plain.so");
    write_text(
        "conf.d/a.conf",
        "[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = plain.so\nsummary = s\n[needs]\nplugin = b\n");
    write_text(
        "conf.d/b.conf",
        "[plugin]\nname = b\nversion = 1.0.0\nkind = extractor\nmodule = plain.so\nsummary = s\n[needs]\nplugin = a\n");
    assert_int_equal(run_command("", NULL), 1);
    size_t size;
    char *text = read_report(&size);
    assert_non_null(strstr(text, "[graph.cycle]"));
    free(text);
}

static void test_nothing_and_usage(void **state)
{
    static const char *const format[] = {"--format=yaml", NULL}, *const option[] = {"--no-such-option", NULL};
    (void)state;
    int keep = dup(2), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(keep >= 0 && null >= 0 && dup2(null, 2) == 2);
    int empty = run_command("", NULL), absent = run_command("nothing-there.so", NULL),
        no_path = run_command(NULL, NULL), bad_format = run_command("", format), bad_option = run_command("", option);
    assert_int_equal(dup2(keep, 2), 2);
    (void)close(keep);
    (void)close(null);
    assert_int_equal(empty, 3);
    assert_int_equal(absent, 3);
    assert_int_equal(no_path, 2);
    assert_int_equal(bad_format, 2);
    assert_int_equal(bad_option, 2);
}

static void test_rules(void **state)
{
    static const char *const text_options[] = {"--rules", NULL}, *const json_options[] = {"--rules", "--format=json",
                                                                                          NULL};
    size_t size;
    (void)state;
    assert_int_equal(run_command(NULL, text_options), 0);
    char *text = read_report(&size);
    assert_non_null(strstr(text, "elf.load.overlap (error, form)\n"));
    free(text);
    assert_int_equal(run_command(NULL, json_options), 0);
    text = read_report(&size);
    assert_true(json_valid(text, size));
    expect_json(text, size, "rules/0/id", "\"elf.header.size\"");
    free(text);
}

/* A file that is no module, and one that has no content. */
static void test_other_files(void **state)
{
    (void)state;
    write_text("conf.d/text.so", "This is text.\n");
    write_text("conf.d/empty.so", "");
    assert_int_equal(run_command("", NULL), 1);
    size_t size;
    char *text = read_report(&size);
    assert_non_null(strstr(text, "empty.so: error: Name a module"));
    assert_non_null(strstr(text, "text.so: error: Name a module"));
    free(text);
}

static int build(void **state)
{
    (void)state;
    return samples_build("plain-gcc imports-gcc none-gcc constructor-gcc forbidden-gcc");
}

#define T(test) cmocka_unit_test_setup(test, make_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_no_entry),
        T(test_other_interface),
        T(test_other_name),
        T(test_constructor),
        T(test_missing_library),
        T(test_undefined_symbol),
        T(test_executable_stack),
        T(test_old_version),
        T(test_field_twice),
        T(test_forbidden),
        T(test_warnings),
        T(test_json),
        T(test_sarif),
        T(test_junit_and_tap),
        T(test_graph),
        T(test_nothing_and_usage),
        T(test_rules),
        T(test_other_files),
    };
    return cmocka_run_group_tests(tests, build, samples_remove);
}
