/* SPDX-License-Identifier: MIT */
/* A resource that is not of its declared format: what `adit validate` says, and what it costs in a run. */
#include "base/buf.h"
#include "e2e.h"

static const char format[] =
    "\n[resource table]\nformat = tsv\nheader = yes\ncolumn = tag u16 required\ncolumn = name name\n";

/* The plugin echo as NAME with a table of its own, all of them in one domain. */
static void install(const struct user *u, const char *name, const char *declared)
{
    char *text = get_file("tests/hostile/echo.conf", NULL), file[64];
    const char *at = strstr(text, "name     = echo"), *rest = strchr(at, '\n'), *table = strstr(rest, "echo.tsv");
    struct buf b = BUF_INIT;
    put_copy(BUILD_DIR "/tests/hostile/echo.so", user_path(u, "conf/echo.so"));
    buf_add(&b, text, (size_t)(at - text));
    buf_addf(&b, "name     = %s\ndomain   = tables%.*s%s.tsv%s%s", name, (int)(table - rest), rest, name,
             table + strlen("echo.tsv"), declared);
    if (strcmp(name, "echo") != 0) { /* the media type is declared once */
        char *type = strstr((char *)(uintptr_t)buf_cstr(&b), "[type echo]"), *match = strstr(type, "[match]");
        memset(type, '\n', (size_t)(match - type));
    }
    (void)snprintf(file, sizeof file, "%s.conf", name);
    put_conf(user_path(u, "conf"), file, buf_cstr(&b));
    assert_false(b.failed);
    buf_release(&b);
    free(text);
}

static void put_table(const struct user *u, const char *name, unsigned rows, unsigned bad_row)
{
    struct buf b = BUF_INIT;
    buf_adds(&b, "tag\tname\n");
    for (unsigned row = 2; row <= rows; row++)
        buf_addf(&b, row == bad_row ? "0xL001\tLens\n" : "0x%04X\tTag%u\n", row & 0xffff, row);
    put_file(user_path(u, "conf/%s.tsv", name), b.data, b.size);
    buf_release(&b);
}

static struct outcome extract(const struct user *u, const char *path)
{
    return run_adit(u, "extract", "--format", "ndjson", "--no-default-conf", "--conf-dir", user_path(u, "conf"), path,
                    NULL);
}

static void test_validate(void **state)
{
    struct user *u = *state;
    install(u, "echo", format);
    put_table(u, "echo", 3000, 2113);
    const char *const formats[] = {"text", "json", "sarif", "junit", "tap"};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct outcome o =
            run_adit(u, "validate", "--no-default-conf", "--format", formats[i], user_path(u, "conf"), NULL);
        assert_status(&o, 1);
        assert_has(o.out, "resource.value.u16");
        assert_has(o.out, "row 2113, column 1");
        assert_has(o.out, "0xL001");
        assert_has(o.out, "echo.tsv");
        outcome_release(&o);
    }
    struct outcome o = run_adit(u, "validate", "--no-default-conf", user_path(u, "conf/echo.conf"), NULL);
    assert_status(&o, 1);
    assert_has(o.out, "conf/echo.tsv:2113:1: error: ");
    outcome_release(&o);
    put_table(u, "echo", 3000, 0);
    o = run_adit(u, "validate", "--no-default-conf", user_path(u, "conf/echo.conf"), NULL);
    assert_status(&o, 0);
    assert_null(strstr(o.out, "resource."));
    outcome_release(&o);
}

/* The table is broken: its plugin fails on each file, with the row and the value, and its neighbour knows nothing of it. */
static void test_costs_one_plugin(void **state)
{
    struct user *u = *state;
    enum { FILES = 50 };
    install(u, "echo", format);
    install(u, "neighbour", format);
    install(u, "undeclared", "");
    put_table(u, "echo", 3000, 2113);
    put_table(u, "neighbour", 3000, 0);
    put_table(u, "undeclared", 3000, 2);
    for (int i = 0; i < FILES; i++)
        put_text(user_path(u, "files/many/%02d", i), "ECHO hello\n");
    struct outcome o = extract(u, user_path(u, "files/many"));
    bool valid;
    assert_int_equal(json_lines(o.out, o.out_size, &valid), FILES);
    assert_true(valid);
    for (int i = 0; i < FILES; i++) {
        char *line = json_line_of(o.out, o.out_size, user_path(u, "files/many/%02d", i));
        assert_non_null(line);
        assert_json(line, "plugins/echo/status", "\"failed\"");
        assert_has(line,
                   "row 2113, column 1 \\\"tag\\\": expected a number such as 36867 or 0x9003, found \\\"0xL001\\\"");
        assert_has(line, "echo.tsv");
        assert_json(line, "plugins/echo/fields", NULL);
        assert_json(line, "plugins/neighbour/status", "\"ok\"");
        assert_json(line, "plugins/neighbour/fields/content", "\"ECHO hello\\n\"");
        assert_json(line, "plugins/undeclared/status", "\"ok\"");
        free(line);
    }
    assert_status(&o, 1);
    outcome_release(&o);
}

/* Mended, or declared otherwise, it runs in the next run: nothing of the failure is kept. */
static void test_mended(void **state)
{
    struct user *u = *state;
    install(u, "echo", format);
    put_table(u, "echo", 3000, 2113);
    put_text(user_path(u, "files/a"), "ECHO hello\n");
    let_settle(user_path(u, "files/a"));
    struct outcome o = extract(u, user_path(u, "files/a"));
    assert_json(o.out, "plugins/echo/status", "\"failed\"");
    outcome_release(&o);
    put_table(u, "echo", 3000, 0);
    let_settle(user_path(u, "conf/echo.tsv"));
    for (int i = 0; i < 2; i++) {
        o = extract(u, user_path(u, "files/a"));
        assert_json(o.out, "plugins/echo/status", "\"ok\"");
        assert_status(&o, 0);
        outcome_release(&o);
    }
    install(u, "echo", "\n[resource table]\nformat = tsv\ncolumn = tag u16\ncolumn = name u16\n");
    o = extract(u, user_path(u, "files/a"));
    assert_json(o.out, "plugins/echo/status", "\"failed\"");
    assert_has(o.out, "row 1, column 1");
    outcome_release(&o);
}

/* A table that takes many turns of the event loop, and a neighbour that runs meanwhile. */
static void test_large_table(void **state)
{
    struct user *u = *state;
    install(u, "echo", format);
    install(u, "neighbour", format);
    put_table(u, "echo", 1000000, 999999); /* 13 MB */
    put_table(u, "neighbour", 1000000, 0);
    put_text(user_path(u, "files/a"), "ECHO hello\n");
    struct outcome o = extract(u, user_path(u, "files/a"));
    assert_one_object(&o);
    assert_json(o.out, "plugins/echo/status", "\"failed\"");
    assert_has(o.out, "row 999999, column 1");
    assert_json(o.out, "plugins/neighbour/status", "\"ok\"");
    outcome_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_validate, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_costs_one_plugin, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_mended, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_large_table, user_setup, user_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
