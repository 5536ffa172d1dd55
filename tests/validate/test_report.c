// SPDX-License-Identifier: MIT
/* How findings are kept, counted, waived and put into words; where libraries come from. */
#include <errno.h>

#include "sample.h"

static struct vfinding items[256];

static void test_rules_are_told(void **state)
{
    size_t count;
    const struct vrule *rules = validate_rules(&count);
    (void)state;
    assert_true(count > 80);
    for (size_t i = 0; i < count; i++) {
        assert_true(rules[i].id[0] && rules[i].title[0] && rules[i].explanation[0] && rules[i].mend[0]);
        assert_true(rules[i].number <= 34);
        assert_ptr_equal(validate_rule(rules[i].id), &rules[i]); /* the ids differ */
        assert_null(strpbrk(rules[i].title, "\n\t"));
    }
    assert_null(validate_rule("no.such.rule"));
}

static void test_no_room(void **state)
{
    struct sample s;
    struct vfindings found = {.items = items, .capacity = 3}, counted = {0};
    const struct voptions options = {.libraries = samples_libraries.symbols};
    (void)state;
    sample_open(&s, "imports-gcc");
    memset(s.bytes + table_at(&s, DT_RELA), 0xff, (size_t)entry(&s, DT_RELASZ));
    rename_string(&s, "malloc", "system");
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    assert_int_equal(found.count, 3);
    assert_string_equal(items[2].rule->id, "report.more");
    assert_true(items[2].more > 0);
    assert_int_equal(sample_validate(&s, &options, &counted, NULL), 1);
    assert_int_equal(counted.count, 0);
    assert_int_equal(counted.errors, found.errors);
    sample_close(&s);
}

/* A table that is wrong all over does not drown the rest. */
static void test_one_rule_often(void **state)
{
    struct sample s;
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.libraries = samples_libraries.symbols, .allow_constructors = true};
    (void)state;
    sample_open(&s, "many-gcc-ctor");
    size_t relocations = (size_t)entry(&s, DT_RELASZ) / 24, kept = 0;
    assert_true(relocations > VALIDATE_PER_RULE);
    for (size_t i = 0; i < relocations; i++)
        put(&s, table_at(&s, DT_RELA) + 24 * i, 8, 8);
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    for (size_t i = 0; i < found.count; i++)
        kept += strcmp(items[i].rule->id, "rel.target") == 0;
    assert_int_equal(kept, VALIDATE_PER_RULE);
    for (size_t i = found.count; i-- > 0;)
        if (strcmp(items[i].rule->id, "rel.target") == 0) {
            assert_int_equal(items[i].more, relocations - VALIDATE_PER_RULE);
            break;
        }
    assert_non_null(find(&found, "policy.constructors.count"));
    sample_close(&s);
}

static void test_waivers(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "forbidden-gcc");
    const char *const all[] = {"policy.import.refused"}, *const one[] = {"policy.import.refused.system"},
                      *const other[] = {"policy.import.refused.popen"},
                      *const wrong[] = {"elf.load.wx", "no.such.rule"};
    const struct {
        const char *const *list;
        size_t count;
        int result;
    } cases[] = {{all, 1, 0}, {one, 1, 0}, {other, 1, 1}, {wrong, 2, 1}};
    for (size_t i = 0; i < 4; i++) {
        struct vfindings found = {.items = items, .capacity = 256};
        const struct voptions options = {
            .libraries = samples_libraries.symbols, .waivers = cases[i].list, .waiver_count = cases[i].count};
        assert_int_equal(sample_validate(&s, &options, &found, NULL), cases[i].result);
        const struct vfinding *f = find(&found, "policy.import.refused");
        assert_non_null(f);
        assert_string_equal(f->subject, "system");
        assert_int_equal(f->waived, cases[i].result == 0);
        assert_int_equal(f->severity, cases[i].result == 0 ? VALIDATE_NOTE : VALIDATE_ERROR);
        assert_int_equal(found.warnings, cases[i].list == wrong ? 2 : 0);
        assert_true((find(&found, "waiver.unknown") != NULL) == (cases[i].list == wrong));
    }
    sample_close(&s);
}

/* Names come from the file; they are printed on terminals. */
static void test_printable(void **state)
{
    struct sample s;
    char text[700];
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.libraries = samples_libraries.symbols};
    (void)state;
    sample_open(&s, "imports-gcc");
    rename_string(&s, "malloc", "\033[31m\xff");
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    const struct vfinding *f = find(&found, "import.unresolved");
    assert_non_null(f);
    assert_string_equal(f->subject, "?[31m?");
    int n = validate_describe(f, text, sizeof text);
    assert_true(n > 0 && (size_t)n == strlen(text));
    assert_null(strchr(text, '\033'));
    assert_int_equal(validate_describe(f, text, 10), n);
    assert_int_equal(strlen(text), 9);
    sample_close(&s);
}

static void test_form_only(void **state)
{
    struct sample s;
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.form_only = true};
    (void)state;
    sample_open(&s, "forbidden-gcc");
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 0);
    assert_int_equal(found.count, 0);
    put(&s, segment_at(&s, PT_LOAD, 1) + P_FLAGS, 4, 7);
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    sample_close(&s);
}

/* A resolver of our own: which libraries are asked for, and how often. */
struct source {
    struct sample libc, libm;
    unsigned asked;
    int refuse_with;
};

static int find_in_source(void *user, const char *name, const uint8_t **bytes, size_t *size)
{
    struct source *source = user;
    source->asked++;
    if (source->refuse_with)
        return source->refuse_with;
    const struct sample *s = strcmp(name, "libc.so.6") == 0   ? &source->libc
                             : strcmp(name, "libm.so.6") == 0 ? &source->libm
                                                              : NULL;
    if (!s)
        return -ENOENT;
    *bytes = s->bytes;
    *size = s->size;
    return 0;
}

static void read_system_library(struct sample *s, const char *name)
{
    for (const char *const *d = libraries_directories(); *d; d++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", *d, name);
        if (access(path, R_OK) == 0 && sample_read(s, path))
            return;
    }
    fail_msg("%s is not in the library directories", name);
}

static void test_libraries_are_asked_once(void **state)
{
    struct source source = {.asked = 0};
    struct sample s;
    (void)state;
    read_system_library(&source.libc, "libc.so.6");
    read_system_library(&source.libm, "libm.so.6");
    struct vlibraries *libraries = vlibraries_new(find_in_source, &source);
    assert_non_null(libraries);
    const struct voptions options = {.libraries = libraries};
    sample_open(&s, "imports-gcc");
    for (int i = 0; i < 5; i++) {
        struct vfindings found = {.items = items, .capacity = 256};
        assert_int_equal(sample_validate(&s, &options, &found, NULL), 0);
    }
    assert_int_equal(source.asked, 3); /* libm, libc, and the loader, which libc needs */
    sample_close(&s);
    vlibraries_free(libraries);
    sample_close(&source.libc);
    sample_close(&source.libm);
}

static void test_libraries_not_there(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "imports-gcc");
    const int errors[] = {-ENOENT, -EACCES};
    for (size_t i = 0; i < 2; i++) {
        struct source source = {.refuse_with = errors[i]};
        struct vlibraries *libraries = vlibraries_new(find_in_source, &source);
        assert_non_null(libraries);
        struct vfindings found = {.items = items, .capacity = 256};
        const struct voptions options = {.libraries = libraries};
        assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
        assert_int_equal(found.errors, 2); /* the two libraries, and not every symbol of theirs */
        assert_string_equal(items[0].rule->id, "policy.needed.missing");
        vlibraries_free(libraries);
    }
    struct source source = {.refuse_with = -ENOMEM};
    struct vlibraries *libraries = vlibraries_new(find_in_source, &source);
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.libraries = libraries};
    assert_int_equal(sample_validate(&s, &options, &found, NULL), -ENOMEM);
    vlibraries_free(libraries);
    vlibraries_free(NULL);
    sample_close(&s);
}

/* A library that is no library, and one that the plugin brings. */
static void test_own_library(void **state)
{
    struct sample s, libm;
    (void)state;
    sample_open(&s, "imports-gcc");
    read_system_library(&libm, "libm.so.6");
    rename_string(&s, "libm.so.6", "libq.so.6");
    const struct vown_library own[] = {{"libq.so.6", libm.bytes, libm.size}};
    struct voptions options = {.libraries = samples_libraries.symbols, .own_libraries = own, .own_library_count = 1};
    struct vfindings found = {.items = items, .capacity = 256};
    int r = sample_validate(&s, &options, &found, NULL);
    print_all(&found);
    assert_int_equal(r, 0);
    const struct vown_library broken[] = {{"libq.so.6", (const uint8_t *)"text", 4}};
    options.own_libraries = broken;
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    assert_non_null(find(&found, "policy.needed.missing"));
    sample_close(&libm);
    sample_close(&s);
}

/* Damaged libraries are only looked into: nothing in them may lead outside of them. */
static void test_damaged_libraries(void **state)
{
    struct sample s, module;
    (void)state;
    sample_open(&module, "imports-gcc");
    sample_open(&s, "imports-gcc-both");
    rename_string(&module, "libm.so.6", "libq.so.6");
    size_t end = (size_t)get(&s, segment_at(&s, PT_LOAD, 0) + P_FILESZ, 8);
    for (size_t at = 0; at < end; at += 3) {
        uint8_t before = s.bytes[at];
        s.bytes[at] = (uint8_t)(before ^ 0xa5);
        uint8_t *copy = malloc(s.size);
        assert_non_null(copy);
        memcpy(copy, s.bytes, s.size);
        const struct vown_library own[] = {{"libq.so.6", copy, s.size}};
        const struct voptions options = {
            .libraries = samples_libraries.symbols, .own_libraries = own, .own_library_count = 1};
        struct vfindings found = {.items = items, .capacity = 256};
        assert_true(sample_validate(&module, &options, &found, NULL) >= 0);
        free(copy);
        s.bytes[at] = before;
    }
    sample_close(&s);
    sample_close(&module);
}

static int build(void **state)
{
    (void)state;
    return samples_build("imports-gcc imports-gcc-both forbidden-gcc many-gcc-ctor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_told),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_one_rule_often),
        cmocka_unit_test(test_waivers),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_form_only),
        cmocka_unit_test(test_libraries_are_asked_once),
        cmocka_unit_test(test_libraries_not_there),
        cmocka_unit_test(test_own_library),
        cmocka_unit_test(test_damaged_libraries),
    };
    return cmocka_run_group_tests(tests, build, samples_remove);
}
