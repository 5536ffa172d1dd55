/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include <adit/smf.h>

static void put(uint8_t **at, const void *bytes, size_t n)
{
    memcpy(*at, bytes, n);
    *at += n;
}

/* A note at each change of tempo: its position must be the exact sum, rounded once, however many changes there were. */
static void test_no_drift(void **state)
{
    enum { CHANGES = 5000, TICKS = 97, DIVISION = 7 };
    uint8_t *file = malloc(64 + CHANGES * 16), *at = file;
    (void)state;
    assert_non_null(file);
    put(&at, "MThd\0\0\0\6\0\0\0\1\0\7MTrk", 18);
    uint32_t size = CHANGES * 15 + 4;
    put(&at, (uint8_t[4]){(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size}, 4);
    uint32_t random = 1;
    uint64_t exact[CHANGES], sum = 0;
    uint32_t before = 500000;
    for (size_t i = 0; i < CHANGES; i++) {
        sum += (uint64_t)TICKS * before;
        exact[i] = sum;
        random = random * 1664525 + 1013904223;
        before = random >> 8;
        put(&at, (uint8_t[15]){TICKS, 0xff, 0x51, 3, (uint8_t)(before >> 16), (uint8_t)(before >> 8), (uint8_t)before,
                               0, 0x90, 60, 1, 0, 0x80, 60, 0}, 15);
    }
    put(&at, "\0\xff\x2f", 4);
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, file, (size_t)(at - file));
    struct adit_smf smf;
    struct adit_smf_notes notes;
    assert_int_equal(adit_smf_open(&job, ADIT_SOURCE_MAIN, &smf), ADIT_OK);
    assert_int_equal(adit_smf_notes(&smf, CHANGES + 1, &notes), ADIT_OK);
    assert_int_equal(notes.count, CHANGES);
    assert_false(notes.malformed);
    for (size_t i = 0; i < CHANGES; i++) {
        assert_int_equal(notes.list[i].start, exact[i]);
        uint64_t whole = exact[i] / (DIVISION * 1000000u), rest = exact[i] % (DIVISION * 1000000u);
        assert_int_equal(adit_smf_sample(&smf, notes.list[i].start, 48000),
                         whole * 48000 + (rest * 48000 * 2 + DIVISION * 1000000u) / (DIVISION * 2000000u));
    }
    adit_smf_notes_free(&notes);
    assert_int_equal(adit_smf_notes(&smf, 10, &notes), ADIT_OK);
    assert_int_equal(notes.count, 10);
    assert_int_equal(notes.left_out, CHANGES - 10);
    adit_smf_notes_free(&notes);
    adit_smf_close(&smf);
    free(file);
}

/* Moments that no 64 bits hold stand still instead of going round. */
static void test_far_away(void **state)
{
    struct adit_smf smf = {.ticks = 32767, .units_of_second = UINT64_C(32767000000)};
    (void)state;
    assert_int_equal(adit_smf_units(&smf, UINT64_MAX), UINT64_C(1) << 63);
    assert_int_equal(adit_smf_sample(&smf, UINT64_C(1) << 63, UINT32_MAX), UINT64_C(1208962713947227295));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_drift), cmocka_unit_test(test_far_away)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
