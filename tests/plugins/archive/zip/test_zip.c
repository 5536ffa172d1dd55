/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/archive/zip/"

static void test_members(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "members.zip");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "members.name = ordner/été.txt");
    expect_line(t, "members.name = grün.txt");
    expect_line(t, "members.name = über.txt");
    expect_line(t, "members.mtime = 2024-02-29T11:34:56Z");
    expect_line(t, "members.last_modified = 2024-02-29T12:34:56");
    expect_line(t, "comment = made by hand: ¢");
    expect_line(t, "member_count = 8");
    expect_line(t, "directory_count = 1");
    expect_line(t, "stream noise.bin  range 221+64");
    expect_none(t, "stream link");
    expect_none(t, "stream folder/");
    expect_beginning(t, "stream text.txt  710");
}

static void test_forms(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "zip64.zip");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "zip64 = true");
    expect_line(t, "member_count = 2");
    module_run_file(t, SAMPLES "prefixed.zip");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "prefix_size = 64");
    expect_line(t, "members.offset = 64");
    module_run_file(t, SAMPLES "none.zip");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "member_count = 0");
    module_run_file(t, SAMPLES "encrypted.zip");
    expect_line(t, "members.encryption = ZipCrypto");
    expect_line(t, "members.encryption = AES-256");
    expect_line(t, "members.encrypted_method = deflated");
    expect_line(t, "members.compression_method = XZ");
    expect_none(t, "stream");
}

static void test_refine(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "book.zip");
    expect_line(t, "refine application/epub+zip");
    module_run_file(t, SAMPLES "office.zip");
    expect_line(t, "refine application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    module_run_file(t, SAMPLES "macros.zip");
    expect_line(t, "refine application/vnd.ms-word.document.macroEnabled.12");
    module_run_file(t, SAMPLES "program.zip");
    expect_line(t, "refine application/java-archive");
    module_run_file(t, SAMPLES "members.zip");
    expect_none(t, "refine");
}

static void test_damage(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning no central directory: 8 members found by their local headers");
    expect_line(t, "member_count = 8");
    module_run_file(t, SAMPLES "cut-streamed.zip");
    expect_line(t, "members.uncompressed_size = 710"); /* measured: the header does not say */
    expect_line(t, "members.crc32 = be7c84f3");
    expect_line(t, "member_count = 2");
    module_run_file(t, SAMPLES "wrong-crc.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning member text.txt: expected CRC-32 12345678, found be7c84f3");
    module_run_file(t, SAMPLES "bad-deflate.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning member text.txt, deflated data at offset 39: invalid block type");
    module_run_file(t, SAMPLES "wrong-count.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run_file(t, SAMPLES "no-records.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
}

static void test_bombs(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "overlap.zip");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning 4 members share bytes with others: they are not unpacked");
    expect_none(t, "stream");
    module_run_file(t, SAMPLES "ratio.zip");
    expect_beginning(t, "warning member zeroes: unpacking stopped after ");
    assert_in_range(t->stream.size, 65536, 1000000);
    module_option(t, "max_output", "100");
    module_run_file(t, SAMPLES "members.zip");
    assert_int_equal(t->stream.size, 100);
    expect_beginning(t, "warning member text.txt: unpacking stopped after 100 bytes");
    module_option(t, "max_output", "128M");
    module_option(t, "max_members", "3");
    module_run_file(t, SAMPLES "members.zip");
    expect_line(t, "warning only the first 3 of 8 members are listed (option max_members)");
    expect_line(t, "member_count = 8");
    expect_none(t, "file_count");
    module_option(t, "max_members", "10000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members), cmocka_unit_test(test_forms), cmocka_unit_test(test_refine),
        cmocka_unit_test(test_damage),  cmocka_unit_test(test_bombs),
    };
    return module_tests("archive/zip", tests);
}
