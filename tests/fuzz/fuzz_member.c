/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* Any bytes as what members of archives have: octal fields against strtoull, digits against what they stand for, check sums of parts
 * against that of the whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <adit/array.h>
#include <adit/check.h>
#include <adit/hex.h>
#include <adit/member.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_octal(const uint8_t *data, size_t size)
{
    char text[33] = "", *end;
    uint64_t value = 0;
    size = size < 32 ? size : 32;
    memcpy(text, data, size);
    bool good = adit_octal(adit_text_of((const char *)data, size), &value);
    char *first = text + strspn(text, " ");
    if (good)
        check(strtoull(first, &end, 8) == value && (*end == '\0' || *end == ' '));
    else
        check(strspn(first, "01234567") == 0 || strspn(first, "01234567") > 21 ||
              strchr(" ", first[strspn(first, "01234567")]) == NULL);
}

static void check_hex(const uint8_t *data, size_t size)
{
    char digits[64];
    size = size < 32 ? size : 32;
    check(adit_hex(data, size, digits) == 2 * size);
    for (size_t i = 0; i < size; i++) {
        char two[3] = {digits[2 * i], digits[2 * i + 1], '\0'};
        check(strtoul(two, NULL, 16) == data[i] && strspn(two, "0123456789abcdef") == 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    check_octal(data, size);
    check_hex(data, size);
    if (size < 16)
        return 0;
    uint64_t n, unit;
    uint32_t whole, sum = 0;
    memcpy(&n, data, sizeof n);
    memcpy(&unit, data + 8, sizeof unit);
    uint64_t up = unit ? adit_round_up(n, unit) : n;
    check(unit == 0 || (up % unit == 0 && (up >= n ? up - n : n - up) < unit));
    size_t room = 0;
    uint16_t *grown = NULL;
    for (size_t i = 0; i < size; i++) {
        uint16_t *more = adit_grow(grown, &room, i, sizeof *more, data[0] + 1u);
        check((more != NULL) == (i <= data[0]));
        if (!more)
            break;
        grown = more;
        grown[i] = data[i];
    }
    free(grown);
    size_t part = (size_t)(n % (size + 1));
    check(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 0, size, &whole) && whole == adit_crc32(0, data, size));
    check(adit_crc32_range(&call, ADIT_SOURCE_MAIN, 0, part, &sum) &&
          adit_crc32(sum, data + part, size - part) == whole);
    check(!adit_crc32_range(&call, ADIT_SOURCE_MAIN, part, size - part + 1, &sum));
    return 0;
}
