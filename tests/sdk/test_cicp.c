/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <adit/cicp.h>

static void is_sorted(const struct adit_tag *table, size_t count)
{
    for (size_t i = 1; i < count; i++)
        assert_true(table[i - 1].number < table[i].number);
}

static void test_names(void **state)
{
    (void)state;
    is_sorted(ADIT_TAGS(adit_cicp_primaries));
    is_sorted(ADIT_TAGS(adit_cicp_transfers));
    is_sorted(ADIT_TAGS(adit_cicp_matrices));
    assert_string_equal(adit_tag_name(ADIT_TAGS(adit_cicp_primaries), 9), "BT.2020, BT.2100");
    assert_string_equal(adit_tag_name(ADIT_TAGS(adit_cicp_transfers), 16), "SMPTE ST 2084 (PQ)");
    assert_string_equal(adit_tag_name(ADIT_TAGS(adit_cicp_matrices), 0), "Identity (RGB)");
    assert_string_equal(adit_tag_name(ADIT_TAGS(adit_cicp_matrices), ADIT_CICP_UNSPECIFIED), "Unspecified");
    assert_null(adit_tag_name(ADIT_TAGS(adit_cicp_primaries), 3)); /* reserved */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
