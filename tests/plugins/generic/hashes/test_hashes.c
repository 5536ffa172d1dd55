/* SPDX-License-Identifier: MIT */
#include "../../image/plugin_test.h"

/* As at the host: options are read once, by open(). */
static int32_t open_with(struct module_test *t, const char *algorithms)
{
    module_option(t, "algorithms", algorithms);
    return module_start(t);
}

/* FIPS 180-4 and RFC 1321 test vectors for "abc"; git hash-object. */
static void test_vectors(void **state)
{
    struct module_test *t = *state;
    assert_int_equal(open_with(t, "md5, sha1 sha256,sha512 sha3_256 crc32 adler32 git_blob md5"), ADIT_OK);
    module_run(t, "abc", 3);
    assert_int_equal(t->status, ADIT_OK);
    expect_line(t, "md5 = 900150983cd24fb0d6963f7d28e17f72");
    expect_line(t, "sha1 = a9993e364706816aba3e25717850c26c9cd0d89d");
    expect_line(t, "sha256 = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_line(t, "sha512 = ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                   "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    expect_line(t, "sha3_256 = 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    expect_line(t, "crc32 = 352441c2");
    expect_line(t, "adler32 = 024d0127");
    expect_line(t, "git_blob = f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f");
    module_run(t, "", 0);
    expect_line(t, "md5 = d41d8cd98f00b204e9800998ecf8427e");
    expect_line(t, "crc32 = 00000000");
    expect_line(t, "adler32 = 00000001");
    expect_line(t, "git_blob = e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

/* More than is read at once: a million times "a" (FIPS 180-4). */
static void test_long(void **state)
{
    struct module_test *t = *state;
    char *data = malloc(1000000);
    assert_non_null(data);
    memset(data, 'a', 1000000);
    assert_int_equal(open_with(t, "sha1"), ADIT_OK);
    module_run(t, data, 1000000);
    expect_line(t, "sha1 = 34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    expect_none(t, "md5");
    free(data);
}

static void test_unknown(void **state)
{
    struct module_test *t = *state;
    assert_int_equal(open_with(t, "md5 sha0"), ADIT_FAILED);
    assert_non_null(strstr(t->reason, "\"sha0\" is not known"));
}

static bool stop_soon(void *context, uint64_t done, uint64_t total)
{
    (void)total;
    *(uint64_t *)context = done;
    return true;
}

static void count_records(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size,
                          const void *b, size_t b_size)
{
    (void)context, (void)flags, (void)a, (void)a_size, (void)b, (void)b_size;
    assert_int_not_equal(kind, RECORD_FIELD); /* half a digest is none */
}

static void test_cancelled(void **state)
{
    struct module_test *t = *state;
    uint64_t reached = 0;
    char *data = calloc(1, 1000000);
    const struct job_sink sink = {.context = &reached, .put = count_records, .progress = stop_soon};
    assert_non_null(data);
    assert_int_equal(open_with(t, "md5"), ADIT_OK);
    t->job.sink = &sink;
    job_set_source(&t->job, &(struct job_source){.fd = -1, .memory = (const uint8_t *)data, .size = 1000000},
                   (struct adit_text){"test", 4}, (struct adit_text){NULL, 0});
    job_run(&t->job, &t->plugin);
    job_release_source(&t->job);
    assert_in_range(reached, 1, 999999);
    free(data);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_cancelled),
    };
    return module_tests("generic/hashes", tests);
}
