/* SPDX-License-Identifier: MIT */
/* Any bytes as TIFF: directories end, no offset is gone to twice, and values that are said to be inside are. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/tiff.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_entry(struct adit_tiff *t, const struct adit_tiff_entry *e)
{
    int64_t n, d;
    check(!e->inside || (e->offset <= adit_length(&t->values) && e->size <= adit_length(&t->values) - e->offset));
    for (uint64_t i = 0; i < 3; i++) {
        (void)adit_tiff_i64(t, e, i);
        (void)adit_tiff_f64(t, e, i);
        check(!adit_tiff_rational(t, e, i, &n, &d) || (e->inside && i < e->count));
    }
    struct adit_text bytes = adit_tiff_bytes(t, e), text = adit_tiff_text(t, e);
    check(bytes.size == 0 || bytes.size == e->size);
    check(text.size <= bytes.size && *adit_tiff_type_name(e->type));
    check(!adit_tiff_is_integer(e) || adit_tiff_is_number(e));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    struct adit_cursor c = memory_cursor(&call, size % 2);
    struct adit_tiff t;
    struct adit_tiff_ifd ifd;
    struct adit_tiff_entry e;
    uint32_t directories = 0;
    if (adit_tiff_open(&t, &c) != ADIT_TIFF_OK)
        return 0;
    for (uint64_t at = t.first_ifd; at && adit_tiff_read_ifd(&t, at, &ifd) == ADIT_TIFF_OK; at = ifd.next) {
        uint64_t entries = 0;
        check(++directories <= ADIT_TIFF_MAX_IFDS && ifd.available <= ifd.count);
        while (entries < 512 && adit_tiff_next(&t, &ifd, &e)) {
            entries++;
            read_entry(&t, &e);
        }
        check(entries <= ifd.available);
    }
    return 0;
}
