/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <adit/guid.h>
#include <adit/tag.h>

#include "memory_job.h"

static char emitted[64];

static int take(struct adit_job *job, const char *name, size_t n, const struct adit_value *value)
{
    (void)job, (void)name, (void)n;
    assert_in_range(value->as.text.size, 0, sizeof emitted - 1);
    memcpy(emitted, value->as.text.data, value->as.text.size);
    emitted[value->as.text.size] = '\0';
    return 0;
}

static const struct adit_host emitting = {.size = sizeof emitting, .emit = take};
static const struct adit_call call = {sizeof call, 0, &emitting, NULL};

/* The header object of ASF, as its specification writes it and as files have it. */
static void test_guid(void **state)
{
    static const char bytes[] = "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c";
    struct adit_job job;
    struct adit_call memory = memory_call(&job, bytes, 16);
    struct adit_cursor c = adit_cursor(&memory), again = c;
    (void)state;
    struct adit_guid g = adit_read_guid(&c), u = adit_read_uuid(&again);
    assert_true(adit_guid_is(&g, "75B22630-668E-11CF-A6D9-00AA0062CE6C"));
    assert_true(adit_guid_is(&g, "75b22630-668e-11cf-a6d9-00aa0062ce6c"));
    assert_false(adit_guid_is(&g, "75b22630-668e-11cf-a6d9-00aa0062ce6"));
    assert_false(adit_guid_is(&g, "75b22630-668e-11cf-a6d9-00aa0062ce6cc"));
    assert_true(adit_guid_is(&u, "3026b275-8e66-cf11-a6d9-00aa0062ce6c"));
    assert_int_equal(adit_emit_guid(&call, "id", &g), 0);
    assert_string_equal(emitted, "75b22630-668e-11cf-a6d9-00aa0062ce6c");
    (void)adit_read_guid(&c);
    assert_false(adit_ok(&c));
}

static void test_tags(void **state)
{
    static const struct adit_tag types[] = {{ADIT_FOURCC('d', 'a', 't', 'a'), 0, "samples"},
                                            {ADIT_FOURCC('f', 'm', 't', ' '), 0, "format"}};
    char name[5];
    (void)state;
    assert_string_equal(adit_tag_name(ADIT_TAGS(types), 0x666d7420), "format");
    adit_fourcc_name(0x66007fff, name);
    assert_string_equal(name, "f???");
    assert_int_equal(adit_emit_tag_or(&call, "type", ADIT_TAGS(types), 0x64617461, "unknown"), 0);
    assert_string_equal(emitted, "samples");
    assert_int_equal(adit_emit_tag_or(&call, "type", ADIT_TAGS(types), 7, "unknown"), 0);
    assert_string_equal(emitted, "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_guid), cmocka_unit_test(test_tags)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
