/* SPDX-License-Identifier: MIT */
/* The picture block of FLAC, which Vorbis comments hold too (METADATA_BLOCK_PICTURE). RFC 9639, section 8.8. */
#include <adit/adit.h>
#include <adit/report.h>
#include <adit/tag.h>

#include "picture_types.h"

ADIT_MODULE("flac_picture", "1.0.0")

enum { MAX_TEXT = 1 << 20 };

static struct adit_text read_text(struct adit_cursor *c)
{
    uint32_t size = adit_read_u32be(c);
    if (size > MAX_TEXT)
        adit_fail(c);
    return size > 0 ? adit_read_bytes(c, size) : adit_text_of("", 0);
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct adit_report report = adit_report(job);
    struct adit_cursor c = adit_cursor(job);
    uint32_t type = adit_read_u32be(&c);
    struct adit_text media = read_text(&c), description = read_text(&c);
    uint32_t width = adit_read_u32be(&c), height = adit_read_u32be(&c), depth = adit_read_u32be(&c);
    uint32_t colors = adit_read_u32be(&c), size = adit_read_u32be(&c);
    if (!adit_ok(&c)) {
        adit_complain(&report, "expected 32 bytes and two texts, found %llu bytes", (unsigned long long)adit_size(job));
        return adit_verdict(&report);
    }
    (void)adit_emit_u64(job, "type", type);
    (void)adit_emit_tag_or(job, "type_name", ADIT_TAGS(picture_types), type, "reserved");
    (void)adit_emit_text(job, "media_type", media);
    (void)adit_emit_text(job, "description", description);
    (void)adit_emit_u64(job, "width", width);
    (void)adit_emit_u64(job, "height", height);
    (void)adit_emit_u64(job, "color_depth", depth);
    (void)adit_emit_u64(job, "colors_used", colors);
    (void)adit_emit_u64(job, "size", size);
    bool is_uri = adit_text_is(media, "-->");
    if (size != adit_left(&c))
        adit_complain(&report, "the picture has %u bytes as it says, %llu are there", (unsigned)size,
                      (unsigned long long)adit_left(&c));
    uint64_t there = size < adit_left(&c) ? size : adit_left(&c);
    if (is_uri)
        (void)adit_emit_text(job, "uri", adit_read_bytes(&c, there < MAX_TEXT ? there : MAX_TEXT));
    else if (there > 0)
        (void)adit_emit_range(job, ADIT_TEXT("picture"), NULL, c.at, there);
    return adit_verdict(&report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
