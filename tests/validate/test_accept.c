// SPDX-License-Identifier: MIT
/* What must be accepted is, whatever compiler and linker made it; what is cut short never is; and the facts are told.
 * */
#include <glob.h>

#include "sample.h"

static struct vfinding items[256];

static void expect_accepted(const struct sample *s, const struct voptions *options, const char *name)
{
    struct vfindings found = {.items = items, .capacity = 256};
    int r = sample_validate(s, options, &found, NULL);
    if (r != 0 || found.count != 0) {
        print_message("    %s:\n", name);
        print_all(&found);
    }
    assert_int_equal(r, 0);
    assert_int_equal(found.count, 0);
}

static size_t accept_all(const char *pattern, bool constructors)
{
    glob_t names;
    size_t count = 0;
    if (glob(pattern, 0, NULL, &names) != 0)
        return 0;
    for (; count < names.gl_pathc; count++) {
        struct sample s;
        const char *path = names.gl_pathv[count];
        const struct voptions options = {.libraries = samples_libraries.symbols,
                                         .allow_constructors = constructors || strstr(path, "-ctor.so")};
        assert_true(sample_read(&s, path));
        expect_accepted(&s, &options, path);
        sample_close(&s);
    }
    globfree(&names);
    return count;
}

static void test_every_toolchain(void **state)
{
    char pattern[128];
    (void)state;
    (void)snprintf(pattern, sizeof pattern, "%s/*.so", samples_dir);
    assert_true(accept_all(pattern, false) >= 8); /* gcc alone makes as many */
}

/* Those that this build made. The sanitizers bring constructors, as the installed .conf files say. */
static void test_bundled_modules(void **state)
{
    (void)state;
#if defined(ADIT_SANITIZED)
    const bool sanitized = true;
#else
    const bool sanitized = false;
#endif
    assert_true(accept_all(BUILD_DIR "/lib/adit/modules/*/*.so", sanitized) > 0);
}

static void test_sanitized_module(void **state)
{
    struct sample s;
    char path[160];
    (void)state;
    (void)snprintf(path, sizeof path, "%s/asan-gcc-ctor.so", samples_dir);
    assert_true(sample_read(&s, path));
    const struct voptions options = {.libraries = samples_libraries.symbols, .allow_constructors = true};
    expect_accepted(&s, &options, path);
    const struct voptions strict = {.libraries = samples_libraries.symbols};
    struct vfindings found = {.items = items, .capacity = 256};
    struct vmodule_info info;
    assert_int_equal(sample_validate(&s, &strict, &found, &info), 1);
    assert_non_null(find(&found, "policy.constructors"));
    assert_true(info.has_constructors);
    sample_close(&s);
}

static void test_expectations(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "imports-gcc");
    struct voptions options = {
        .libraries = samples_libraries.symbols, .expected_id = "imports", .expected_version = "1.2.3"};
    expect_accepted(&s, &options, "imports-gcc");
    options.expected_id = "exports";
    options.expected_version = "1.2.4";
    struct vfindings found = {.items = items, .capacity = 256};
    assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
    assert_int_equal(found.errors, 2);
    assert_string_equal(find(&found, "note.id")->expected, "exports");
    assert_string_equal(find(&found, "note.version")->found, "'1.2.3'");
    sample_close(&s);
}

static void test_facts(void **state)
{
    struct sample s;
    struct vmodule_info info;
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.libraries = samples_libraries.symbols};
    (void)state;
    sample_open(&s, "threadlocal-gcc");
    assert_int_equal(sample_validate(&s, &options, &found, &info), 0);
    assert_true(info.has_note && info.has_plugin && info.bind_now && info.relro && info.tls);
    assert_false(info.has_constructors);
    assert_string_equal(info.note.id, "threadlocal");
    assert_string_equal(info.note.version, "0.1.0");
    assert_int_equal(info.note.abi_major, ADIT_ABI_MAJOR);
    assert_int_equal(info.build_id_size, 20);
    assert_int_equal(info.file_size, s.size);
    assert_int_equal(get(&s, (size_t)info.plugin_offset, 4), sizeof(struct adit_plugin));
    assert_true(info.import_count >= 2 && info.symbol_count > info.import_count && info.relocation_count > 0);
    sample_close(&s);
#if defined(__x86_64__)
    sample_open(&s, "isa-gcc");
    assert_int_equal(sample_validate(&s, &options, &found, &info), 0);
    assert_true(info.branch_protection && info.return_protection);
    sample_close(&s);
#endif
}

static void test_note_alone(void **state)
{
    struct sample s;
    struct adit_note note;
    (void)state;
    sample_open(&s, "plain-gcc");
    assert_true(validate_read_note(s.bytes, s.size, &note));
    assert_string_equal(note.id, "plain");
    assert_string_equal(note.version, "1.0.0");
    for (size_t n = 0; n < s.size; n++) { /* only what is there is read */
        uint8_t *copy = malloc(n ? n : 1);
        assert_non_null(copy);
        memcpy(copy, s.bytes, n);
        (void)validate_read_note(copy, n, &note);
        free(copy);
    }
    sample_close(&s);
}

/* Every length, so that every "is it still in the file" is asked at its edge. */
static void test_truncated(void **state)
{
    static const char *const names[] = {"plain-gcc", "imports-gcc-both", "threadlocal-gcc", "imports-gcc-relr"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct sample s;
        sample_open(&s, names[i]);
        size_t last = 0; /* what is behind the segments (section headers, symbols for debugging) is not looked at */
        for (unsigned k = 0; k < 4; k++) {
            size_t at = segment_at(&s, PT_LOAD, k),
                   end = (size_t)(get(&s, at + P_OFFSET, 8) + get(&s, at + P_FILESZ, 8));
            last = end > last ? end : last;
        }
        for (s.size = 0; s.size < last; s.size++) {
            struct vfindings found = {.items = items, .capacity = 256};
            const struct voptions options = {.libraries = samples_libraries.symbols};
            assert_int_equal(sample_validate(&s, &options, &found, NULL), 1);
        }
        sample_close(&s);
    }
}

/* Every byte of the headers and tables, with a few values each: no outcome is wrong, but none may read beyond the
 * file. */
static void test_every_byte(void **state)
{
    struct sample s;
    (void)state;
    sample_open(&s, "imports-gcc-both");
    size_t end = (size_t)get(&s, segment_at(&s, PT_LOAD, 0) + P_FILESZ, 8);
    for (size_t at = 0; at < end; at++) {
        static const uint8_t values[] = {0x00, 0x01, 0x80, 0xff};
        uint8_t before = s.bytes[at];
        for (size_t i = 0; i < sizeof values; i++) {
            struct vfindings found = {.items = items, .capacity = 256};
            const struct voptions options = {.libraries = samples_libraries.symbols};
            s.bytes[at] = values[i];
            int r = sample_validate(&s, &options, &found, NULL);
            assert_true(r == (found.errors > 0));
        }
        s.bytes[at] = before;
    }
    sample_close(&s);
}

static int build(void **state)
{
    (void)state;
    return samples_build("plain-gcc abi10-gcc plain-clang plain-lld imports-gcc imports-gcc-stripped imports-gcc-both "
                         "imports-gcc-sysv imports-gcc-relr "
                         "imports-gcc-joined imports-gold imports-clang imports-lld threadlocal-gcc "
                         "threadlocal-gcc-desc threadlocal-lld "
                         "cplusplus-gcc-ctor cplusplus-lld-ctor isa-gcc asan-gcc-ctor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_toolchain),
        cmocka_unit_test(test_bundled_modules),
        cmocka_unit_test(test_sanitized_module),
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_note_alone),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_every_byte),
    };
    return cmocka_run_group_tests(tests, build, samples_remove);
}
