/* SPDX-License-Identifier: MIT */
/* Any bytes as a compound file, and as property sets: entries come once, streams lie in the file, values in their stream. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/ole2.h>
#include <adit/oleps.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void walk_sets(const char *data, size_t size)
{
    struct adit_oleps ps;
    struct adit_oleps_property p, inner;
    struct adit_oleps_value v;
    char name[64];
    if (!adit_oleps_open(&ps, adit_text_of(data, size)))
        return;
    while (adit_oleps_next_set(&ps))
        while (adit_oleps_next(&ps, &p)) {
            if (p.id < 100)
                check(adit_oleps_name(&ps, p.id, name, sizeof name) < sizeof name);
            while (adit_oleps_value(&ps, &p, &v)) {
                bool text =
                    v.value.kind == ADIT_KIND_STRING || (v.value.kind == ADIT_KIND_BYTES && v.type != ADIT_OLEPS_CLSID);
                check(!text ||
                      (v.value.as.text.data >= data && v.value.as.text.data + v.value.as.text.size <= data + size));
                if (adit_oleps_enter(&ps, &v, &inner))
                    while (adit_oleps_value(&ps, &inner, &v))
                        continue;
            }
        }
    check(ps.spent <= 8 * ((uint64_t)size + 1024));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char content[1 << 16];
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    struct adit_ole2 *o = adit_ole2_open(&call, ADIT_SOURCE_MAIN);
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    uint32_t count = 0;
    walk_sets((const char *)data, size);
    while (adit_ole2_next(o, &e)) {
        check(e.depth <= ADIT_OLE2_MAX_DEPTH && count++ < o->count && e.path.size < ADIT_OLE2_PATH);
        if (count > 64 || !adit_ole2_stream(o, &e, &s))
            continue;
        check(s.size <= e.size && (s.size == e.size || s.fault));
        for (uint32_t i = 0; i < s.extents.count; i++)
            check(s.extents.items[i].offset <= size && s.extents.items[i].size <= size - s.extents.items[i].offset);
        int64_t got = adit_ole2_read(&s, 0, content, sizeof content);
        check(got == (int64_t)(s.size < sizeof content ? s.size : sizeof content));
        walk_sets(content, (size_t)got);
        adit_ole2_stream_close(&s);
    }
    adit_ole2_close(o);
    return 0;
}
