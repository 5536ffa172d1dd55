/* SPDX-License-Identifier: MIT */
/*
 * Reads @NAME@ files: an invented format, there to be replaced by yours. Numbers are little-endian.
 *
 *   magic      "@NAME@1"
 *   u16        width in pixels
 *   u16        height in pixels
 *   u32        when it was made: seconds since 1970-01-01T00:00:00Z
 *   u16        how many notes follow; each is a u8 (its size in bytes) and its text in UTF-8
 */
#include <adit/adit.h>

ADIT_MODULE("@NAME@", "0.1.0")

static int32_t read_notes(const struct adit_call *job, struct adit_cursor *c)
{
    uint16_t count = adit_read_u16le(c);
    for (uint16_t i = 0; i < count; i++) {
        struct adit_text note = adit_read_bytes(c, adit_read_u8(c));
        if (!adit_ok(c)) {
            adit_warnf(job, "the file ends inside note %u of %u", i + 1u, count + 0u);
            return ADIT_MALFORMED;
        }
        adit_emit_text(job, "notes", note);
    }
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_cursor c = adit_cursor(job);
    (void)state;
    if (!adit_match_literal(&c, "@NAME@1"))
        return ADIT_DECLINED;
    uint16_t width = adit_read_u16le(&c);
    uint16_t height = adit_read_u16le(&c);
    uint32_t created = adit_read_u32le(&c);
    /* The cursor never leaves the file: one question after many reads is enough. */
    if (!adit_ok(&c)) {
        adit_warn(job, "the file ends inside its header");
        return ADIT_MALFORMED;
    }
    adit_emit_u64(job, "width", width);
    adit_emit_u64(job, "height", height);
    adit_emit_time(job, "created", adit_time_from_unix(created, 0, ADIT_TIME_SECOND));
    return read_notes(job, &c);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
