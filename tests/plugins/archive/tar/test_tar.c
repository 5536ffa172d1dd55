/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

#define SAMPLES "tests/plugins/archive/tar/"
#define LONG4 "longlonglonglong"
#define LONG LONG4 LONG4 LONG4 LONG4 LONG4 LONG4 LONG4 LONG4 LONG4 LONG4

static void test_ustar(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "ustar.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_none(t, "warning");
    expect_line(t, "format = ustar");
    expect_line(t, "members.type = hard link");
    expect_line(t, "members.type = character device");
    expect_line(t, "members.devminor = 3");
    expect_line(t, "members.linkname = text.txt");
    expect_line(t, "members.uname = anna");
    expect_line(t, "members.mode = 0755");
    expect_line(t, "member_count = 7");
    expect_line(t, "file_count = 3");
    expect_line(t, "total_size = 781");
    expect_line(t, "stream text.txt  range 512+710");
}

static void test_old(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "v7.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "format = v7");
    expect_none(t, "members.uname");
    expect_line(t, "stream old.txt  range 512+4");
}

static void test_gnu(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "gnu.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "format = gnu");
    expect_beginning(t, "members.name = folder/longlonglonglonglonglonglonglonglonglonglonglonglonglonglonglonglong"
                        "longlonglonglonglonglonglonglonglong");
    expect_line(t, "members.uid = 8589934592"); /* base 256 */
    expect_line(t, "members.mtime = 1969-12-31T23:59:59Z");
    module_run_file(t, SAMPLES "sparse.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "members.real_size = 1048576");
    expect_line(t, "stream holes  1048576");
    expect_line(t, "stream after.txt  range 2048+6");
    assert_int_equal(t->stream.size, 1048576);
    for (size_t i = 0; i < t->stream.size; i++)
        assert_int_equal(t->stream.data[i], i < 512 || i >= 1048064 ? 'x' : 0);
}

static void test_pax_sparse(void **state)
{
    struct module_test *t = *state;
    static const char *const samples[] = {SAMPLES "sparse-0.1.tar", SAMPLES "sparse-1.0.tar"};
    for (size_t i = 0; i < 2; i++) {
        module_run_file(t, samples[i]);
        assert_int_equal(t->status, ADIT_OK);
        expect_line(t, "members.name = holes");
        expect_line(t, "stream holes  4096");
        for (size_t k = 0; k < 4096; k++)
            assert_int_equal(t->stream.data[k], k < 1024 || k >= 3072 ? 'y' : 0);
    }
    module_run_file(t, SAMPLES "wrong-map.tar");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning member holes at offset 1024: its map of holes does not fit its data");
}

static void test_pax(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "pax.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "format = pax");
    expect_line(t, "pax.keyword = comment");
    expect_line(t, "pax.value = 0123456789abcdef");
    expect_line(t, "members.mtime = 2024-02-29T11:34:56.250Z");
    expect_line(t, "members.atime = 1969-12-31T23:59:58.500Z");
    expect_line(t, "members.pax.keyword = SCHILY.xattr.user.colour");
    expect_line(t, "members.pax.value = red");
}

/* Solaris: a header of type A is of the member behind it. */
static void test_acl(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "acl.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "members.acl = user::rw-,user:anna:rwx:1000,mask:r--");
    expect_line(t, "member_count = 1");
    expect_line(t, "stream listed  range 1536+7");
}

static void test_damage(void **state)
{
    struct module_test *t = *state;
    module_run_file(t, SAMPLES "cut.tar");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning member text.txt: its 710 bytes at offset 512 end beyond the file's 900 bytes");
    expect_line(t, "stream text.txt  range 512+388");
    module_run_file(t, SAMPLES "cut-data.tar"); /* the name is in a record, which is still there when it is told */
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning member folder/" LONG ": its 5 bytes at offset 1536 end beyond the file's 1539 bytes");
    module_run_file(t, SAMPLES "wrong-checksum.tar");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(t, "warning offset 1536: expected a tar header, found a wrong checksum");
    expect_line(t, "member_count = 1");
    module_run_file(t, SAMPLES "wrong-record.tar");
    assert_int_equal(t->status, ADIT_MALFORMED);
    module_run_file(t, SAMPLES "wrong-acl.tar");
    assert_int_equal(t->status, ADIT_MALFORMED);
    expect_line(
        t,
        "warning access control list at offset 512: expected seven digits, NUL and its entries, found something else");
    expect_line(t, "member_count = 1");
    module_run_file(t, SAMPLES "no-end.tar");
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "warning the archive ends at offset 1536 without the two blocks of zeroes");
    module_option(t, "max_members", "2");
    module_run_file(t, SAMPLES "ustar.tar");
    expect_line(t, "warning only the first 2 members are listed, up to offset 2048 (option max_members)");
    expect_none(t, "member_count");
    module_option(t, "max_members", "10000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ustar), cmocka_unit_test(test_old),    cmocka_unit_test(test_gnu),
        cmocka_unit_test(test_pax),   cmocka_unit_test(test_damage), cmocka_unit_test(test_pax_sparse),
        cmocka_unit_test(test_acl),
    };
    return module_tests("archive/tar", tests);
}
