/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* ID3 tags: v1, v1.1, v2.2, v2.3 and v2.4, one a source. Specifications "ID3v1", "ID3 tag version 2" (2.2), "ID3v2.3.0", "ID3v2.4.0
 * - Main Structure" and "- Native Frames", "ID3v2 Chapter Frame Addendum", of id3.org. */
#include "id3_frame.h"
#include "id3_v1.h"

ADIT_MODULE("id3", "1.0.0")

/* v2.3.0, 3.2: its size without itself; v2.4.0, 3.2: synchsafe, with itself. */
static void skip_extended_header(struct id3 *x)
{
    uint8_t raw[4] = {0};
    (void)id3_read(&x->reader, raw, sizeof raw);
    struct id3_slice s = {raw, raw + sizeof raw, false, false};
    uint32_t size = (uint32_t)id3_number(&s, 4);
    uint64_t skip = x->version == 4 ? (uint64_t)adit_from_syncsafe(size) - 4 : size;
    for (; skip > 0 && skip <= adit_left(&x->reader.cursor); skip--)
        (void)id3_read(&x->reader, raw, 1);
}

static int32_t read_v2(struct id3 *x, struct adit_cursor *c)
{
    char version[] = "2.0.0";
    x->version = adit_read_u8(c);
    uint8_t revision = adit_read_u8(c);
    x->flags = adit_read_u8(c);
    uint32_t stored = adit_read_u32be(c);
    if (!adit_ok(c) || !adit_is_syncsafe(stored))
        adit_complain(&x->report, "ID3v2 at offset 0: expected a head of 10 bytes, its size synchsafe, found size %08x",
                      (unsigned)stored);
    if (x->report.broken)
        return ADIT_MALFORMED;
    if (x->version < 2 || x->version > 4 || (x->version == 2 && (x->flags & EXTENDED))) {
        adit_remark(&x->report, "ID3v2: version 2.%u.%u%s is not read", x->version, revision,
                    x->version == 2 ? " with compression" : "");
        return ADIT_UNSUPPORTED;
    }
    version[2] = (char)('0' + x->version);
    version[4] = (char)('0' + revision % 10);
    uint64_t size = adit_from_syncsafe(stored);
    (void)adit_emit_string(x->job, "version", version);
    (void)adit_emit_u64(x->job, "size", size);
    (void)adit_emit_bool(x->job, "unsynchronisation", x->flags & UNSYNCHRONISATION);
    (void)adit_emit_bool(x->job, "experimental", x->version > 2 && x->flags & EXPERIMENTAL);
    if (size > adit_left(c)) {
        adit_complain(&x->report, "ID3v2: has %llu bytes, found %llu", (unsigned long long)size,
                      (unsigned long long)adit_left(c));
        size = adit_left(c);
    }
    x->reader.cursor = adit_sub(c, size);
    x->reader.unsynchronised = x->version < 4 && (x->flags & UNSYNCHRONISATION);
    if (x->version > 2 && (x->flags & EXTENDED))
        skip_extended_header(x);
    x->data = malloc(MAX_FRAME);
    if (!x->data)
        return ADIT_FAILED;
    for (int n = 0; n < MAX_FRAMES && read_frame(x); n++)
        ;
    free(x->data);
    emit_moment(x);
    return adit_verdict(&x->report);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct id3 x = {.job = job, .report = adit_report(job)};
    struct adit_cursor c = adit_cursor(job), again = c;
    if (adit_match_literal(&c, "ID3"))
        return read_v2(&x, &c);
    if (!adit_match_literal(&c, "TAG"))
        return ADIT_DECLINED;
    read_v1(&x, &again);
    return adit_verdict(&x.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
