/* SPDX-License-Identifier: MIT */
/* Every sample of every bundled plugin: tests/plugins/FAMILY/NAME/SAMPLE gives SAMPLE.expected.json, which is what
 * `adit extract --format ndjson --with NAME SAMPLE` prints, without path and mtime. Under the real filters; no worker may die.
 * Those of id mappers are identifiers, one a line, and SAMPLE.expected.tsv has the first six columns of `adit map --via NAME`. */
#include <glob.h>

#include "e2e.h"

static const char *const from_one_machine_to_the_next[] = {"path", "mtime", NULL};

/* The plugin's name: the folder that the sample lies in. */
static void plugin_of(const char *path, char out[64])
{
    char copy[512];
    (void)snprintf(copy, sizeof copy, "%s", path);
    *strrchr(copy, '/') = '\0';
    (void)snprintf(out, 64, "%s", strrchr(copy, '/') + 1);
}

static bool sample_holds(const struct user *u, const char *expected_path)
{
    char sample[512], absolute[1024], cwd[512], plugin[64];
    (void)snprintf(sample, sizeof sample, "%.*s", (int)(strlen(expected_path) - strlen(".expected.json")), expected_path);
    plugin_of(sample, plugin);
    assert_non_null(getcwd(cwd, sizeof cwd));
    (void)snprintf(absolute, sizeof absolute, "%s/%s", cwd, sample);
    size_t size;
    char *expected_text = get_file(expected_path, &size);
    if (!json_valid(expected_text, size))
        fail_msg("%s is not valid JSON", expected_path);
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "--with", plugin, absolute, NULL);
    bool valid;
    bool one = json_lines(o.out, o.out_size, &valid) == 1 && valid;
    char *expected = json_compact(expected_text, size, from_one_machine_to_the_next);
    char *found = one ? json_compact(o.out, o.out_size, from_one_machine_to_the_next) : strdup(o.out);
    assert_non_null(expected);
    assert_non_null(found);
    bool same = one && strcmp(expected, found) == 0;
    bool alive = !strstr(found, "\"status\":\"crashed\"") && !strstr(found, "\"status\":\"denied\"");
    if (!same || !alive)
        print_error("%s\n  expected %s\n  found    %s\n  stderr   %s\n", sample, expected, found, o.err);
    free(expected);
    free(found);
    free(expected_text);
    outcome_release(&o);
    return same && alive;
}

static void test_samples(void **state)
{
    glob_t found;
    assert_int_equal(glob("tests/plugins/*/*/*.expected.json", 0, NULL, &found), 0);
    size_t wrong = 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        wrong += !sample_holds(*state, found.gl_pathv[i]);
    print_message("%zu samples\n", found.gl_pathc);
    globfree(&found);
    assert_int_equal(wrong, 0);
}

/* ---- id mappers ---- */

/* The first value of `key` in a .conf. */
static void conf_value(const char *path, const char *key, char *out, size_t room)
{
    char line[256];
    FILE *f = fopen(path, "r");
    out[0] = '\0';
    while (f && fgets(line, sizeof line, f)) {
        size_t n = strlen(key), blanks = strspn(line + (strncmp(line, key, n) ? 0 : n), " ");
        if (strncmp(line, key, n) == 0 && line[n + blanks] == '=' && !out[0])
            (void)sscanf(line + n + blanks + 1, " %63s", out);
    }
    if (f)
        (void)fclose(f);
    assert_true(strlen(out) < room);
}

/* Cuts each line behind its sixth cell. */
static void cut_columns(char *text)
{
    char *to = text;
    for (unsigned tabs = 0; *text; text++) {
        if (*text == '\n')
            tabs = 0;
        if (*text == '\t')
            tabs++;
        if (tabs < 6)
            *to++ = *text;
    }
    *to = '\0';
}

static bool identifiers_hold(const struct user *u, const char *expected_path)
{
    char sample[512], conf[512], plugin[64], from[64], to[64];
    size_t size, expected_size;
    (void)snprintf(sample, sizeof sample, "%.*s", (int)(strlen(expected_path) - strlen(".expected.tsv")), expected_path);
    plugin_of(sample, plugin);
    (void)snprintf(conf, sizeof conf, "conf.d/idmap/%s.conf", plugin);
    conf_value(conf, "from", from, sizeof from);
    conf_value(conf, "to", to, sizeof to);
    char *ids = get_file(sample, &size), *expected = get_file(expected_path, &expected_size);
    const char *const arguments[] = {"map", "--from", from, "--to", to, "--via", plugin, "-", NULL};
    struct outcome o = run_adit_input(u, ids, size, arguments);
    cut_columns(o.out);
    bool same = expected_size > 0 && strcmp(o.out, expected) == 0;
    if (!same)
        print_error("%s\n  expected %s\n  found    %s\n  stderr   %s\n", sample, expected, o.out, o.err);
    free(ids);
    free(expected);
    outcome_release(&o);
    return same;
}

static void test_id_mappers(void **state)
{
    glob_t found, confs;
    size_t wrong = 0, lacking = 0;
    assert_int_equal(glob("tests/plugins/idmap/*/*.expected.tsv", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        wrong += !identifiers_hold(*state, found.gl_pathv[i]);
    assert_int_equal(glob("conf.d/idmap/*.conf", 0, NULL, &confs), 0);
    for (size_t i = 0; i < confs.gl_pathc; i++) {
        const char *name = confs.gl_pathv[i] + strlen("conf.d/idmap/");
        char pattern[512];
        glob_t samples = {0};
        (void)snprintf(pattern, sizeof pattern, "tests/plugins/idmap/%.*s/*.expected.tsv", (int)(strlen(name) - strlen(".conf")), name);
        if (glob(pattern, 0, NULL, &samples) != 0) {
            print_error("%s: there is none\n", pattern);
            lacking++;
        }
        globfree(&samples);
    }
    globfree(&confs);
    globfree(&found);
    assert_int_equal(wrong, 0);
    assert_int_equal(lacking, 0);
}

static bool puts_to_use(const char *conf, const char *module)
{
    size_t size;
    char key[600], *line, *text = get_file(conf, &size);
    bool found = false;
    for (char *rest = text; !found && (line = strsep(&rest, "\n"));)
        found = sscanf(line, "module = %599s", key) == 1 && strcmp(key, module) == 0;
    free(text);
    return found;
}

static size_t samples_of(const char *conf)
{
    char pattern[600];
    glob_t found = {0};
    const char *name = conf + strlen("conf.d/");
    (void)snprintf(pattern, sizeof pattern, "tests/plugins/%.*s/*.expected.json", (int)(strlen(name) - strlen(".conf")), name);
    size_t n = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return n;
}

/* Adding a plugin is adding a file, its .conf, one good and one broken sample with the expected result. A module that several
 * .confs put to use has two samples among them. */
static void test_every_plugin_has_two_samples(void **state)
{
    glob_t plugins, confs;
    size_t lacking = 0;
    (void)state;
    assert_int_equal(glob("plugins/*/*.c", 0, NULL, &plugins), 0);
    assert_int_equal(glob("conf.d/*/*.conf", 0, NULL, &confs), 0);
    for (size_t i = 0; i < plugins.gl_pathc; i++) {
        const char *path = plugins.gl_pathv[i] + strlen("plugins/");
        char module[512];
        size_t users = 0, samples = 0;
        if (strncmp(path, "idmap/", 6) == 0)
            continue; /* see above */
        (void)snprintf(module, sizeof module, "%.*s.so", (int)strlen(path) - 2, path);
        for (size_t k = 0; k < confs.gl_pathc; k++)
            if (puts_to_use(confs.gl_pathv[k], module)) {
                users++;
                samples += samples_of(confs.gl_pathv[k]);
            }
        if (users == 0 || samples < 2) {
            print_error("plugins/%s: %zu .confs put it to use, with %zu samples\n", path, users, samples);
            lacking++;
        }
    }
    globfree(&plugins);
    globfree(&confs);
    assert_int_equal(lacking, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_samples, user_setup, user_teardown),
        cmocka_unit_test_setup_teardown(test_id_mappers, user_setup, user_teardown),
        cmocka_unit_test(test_every_plugin_has_two_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
