/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/compress/gzip/"

static void test_header(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "header.gz");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "name = téxt.txt");
    expect_line(t, "comment = by hand");
    expect_line(t, "mtime = 2024-02-29T11:34:56Z");
    expect_line(t, "os = Unix");
    expect_line(t, "extra.id = AB");
    expect_line(t, "extra.data = 64617461");
    expect_line(t, "uncompressed_size = 710");
    expect_line(t, "crc32 = be7c84f3");
    assert_int_equal(t->stream.size, 710);
}

/* RFC 1952 leaves room for more systems: their number is told. */
static void test_system(void **state)
{
    static const unsigned char empty[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 42, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    struct module_test *t = *state;
    module_run(t, empty, sizeof empty);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "os = system 42");
}

static void test_members(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "members.gz");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "member_count = 3");
    expect_none(t, "crc32");
    assert_int_equal(t->stream.size, 10);
    assert_memory_equal(t->stream.data, "one\nthree\n", 10);
    module_run_file(t, SAMPLES "blocks.gz");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "bgzf = true");
    expect_line(t, "member_count = 2");
    module_run_file(t, SAMPLES "padded.gz");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "trailing_size = 100");
}

/* Beyond the quota the content is cut, and nothing is told that was not seen. */
static void test_quota(void **state)
{
    struct module_test *t = *state;
    uint64_t before = t->plugin.stream_bytes;
    t->plugin.stream_bytes = 100000;
    module_run_file(t, SAMPLES "zeroes.gz");
    assert_int_equal(t->status, ADIT_OK);
    assert_int_equal(t->stream.size, 100000);
    expect_line(t, "stream test  100000 truncated");
    expect_none(t, "uncompressed_size");
    t->plugin.stream_bytes = before;
    module_run_file(t, SAMPLES "zeroes.gz");
    expect_line(t, "uncompressed_size = 200000");
}

static void test_damage(void **state)
{
    static const struct {
        const char *sample, *line;
    } broken[] = {
        {SAMPLES "cut.gz", "warning member 1, offset 100: the compressed data ends too early"},
        {SAMPLES "cut-trailer.gz", "warning member 1, offset 155: the file ends before the 8 bytes of CRC32 and ISIZE"},
        {SAMPLES "cut-header.gz", "warning offset 0: the header is cut"},
        {SAMPLES "wrong-crc.gz", "warning member 1, offset 155: expected CRC32 04030201, found be7c84f3"},
        {SAMPLES "wrong-size.gz", "warning member 1, offset 159: expected ISIZE 67305985, found 710 bytes"},
        {SAMPLES "trailing.gz", "warning member 2, offset 29: expected another member or the end, found other bytes"},
    };
    struct module_test *t = *state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        module_run_file(t, broken[i].sample);
        assert_int_equal(t->status, ADIT_MALFORMED);
        assert_non_null(strstr(buf_cstr(&t->lines), broken[i].line)); /* may come while the stream is open */
    }
    module_run_file(t, SAMPLES "cut-header.gz"); /* what is there is told */
    expect_line(t, "mtime = 2024-02-29T11:34:56Z");
    expect_none(t, "extra.");
    module_run_file(t, SAMPLES "reserved.gz");
    assert_int_equal(t->status, ADIT_UNSUPPORTED);
    expect_line(t, "os = Unix");
    module_run(t, "not gzip, and long enough", 25);
    assert_int_equal(t->status, ADIT_DECLINED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_header), cmocka_unit_test(test_system), cmocka_unit_test(test_members),
        cmocka_unit_test(test_quota),  cmocka_unit_test(test_damage),
    };
    return module_tests("compress/gzip", tests);
}
