/* SPDX-License-Identifier: MIT */
/* Any bytes to the SDK's small helpers: identifiers and back, names by number, tables of drums, counts of different values, decoded sound,
 * and warnings, of which there are so many and no more. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <adit/adit.h>
#include <adit/drums.h>
#include <adit/genre.h>
#include <adit/guid.h>
#include <adit/lines.h>
#include <adit/pcm.h>
#include <adit/report.h>
#include <adit/sketch.h>
#include <adit/tag.h>

#include "../sdk/memory_job.h"

static void check(bool holds)
{
    if (!holds)
        abort();
}

static uint32_t warned;
static int warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job;
    warned++;
    check(n <= 480 && strlen(text) >= n);
    return 0;
}

static void identifiers(const struct adit_call *call)
{
    struct adit_cursor c = adit_cursor(call), same = c;
    char text[ADIT_GUID_TEXT];
    while (adit_left(&c) >= 16) {
        struct adit_guid g = adit_read_guid(&c), u = adit_read_uuid(&same);
        adit_guid_text(&g, text);
        check(strlen(text) == ADIT_GUID_TEXT - 1 && adit_guid_is(&g, text));
        check(memcmp(g.bytes + 8, u.bytes + 8, 8) == 0 && g.bytes[0] == u.bytes[3] && g.bytes[7] == u.bytes[6]);
        text[0] = text[0] == 'x' ? 'y' : 'x';
        check(!adit_guid_is(&g, text));
    }
    struct adit_guid past = adit_read_guid(&c); /* what is not there is zeros */
    adit_guid_text(&past, text);
    check(adit_left(&same) >= 16 || adit_guid_is(&past, "00000000-0000-0000-0000-000000000000"));
}

static void names(const uint8_t *data, size_t size)
{
    static const struct adit_tag tags[] = {{1, 0, "a"}, {7, 0, "b"}, {200, 0, "c"}, {0xfffffff0, 0, "d"}};
    char type[5];
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t n;
        memcpy(&n, data + i, 8);
        const char *genre = adit_genre_name(n);
        check((n > 255) <= !genre && (!genre || *genre));
        const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(tags), n);
        check(tag ? tag->number == n : n != 1 && n != 7 && n != 200 && n != 0xfffffff0);
        adit_fourcc_name((uint32_t)n, type);
        check(strlen(type) == 4);
    }
}

static void distinct(const uint8_t *data, size_t size)
{
    struct adit_distinct once = {{0}}, twice = {{0}};
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < size; i++) {
            if (pass == 0)
                adit_distinct_add(&once, data + i, size - i < 3 ? size - i : 3);
            adit_distinct_add(&twice, data + i, size - i < 3 ? size - i : 3);
        }
    double n = adit_distinct_estimate(&once);
    check(memcmp(&once, &twice, sizeof once) == 0 && n >= 0 && n <= 2.0 * (double)size + 8);
}

static void sound(const struct adit_call *call)
{
    static float out[64 * ADIT_PCM_CHANNELS_MAX];
    struct adit_pcm_view view;
    if (adit_pcm_open(call, &view) != ADIT_OK)
        return;
    check(view.is.rate > 0 && view.is.channels > 0 && view.is.channels <= ADIT_PCM_CHANNELS_MAX &&
          adit_pcm_frame(&view.is) > 0);
    for (uint64_t at = 0; at < view.frames; at += 64) {
        int64_t got = adit_pcm_read(&view, at, 64, out);
        check(got == (int64_t)(view.frames - at < 64 ? view.frames - at : 64));
    }
    check(adit_pcm_read(&view, view.frames, 64, out) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_host host = memory_host;
    struct adit_call call = memory_call(&job, data, size);
    char room[64];
    host.warn = warn;
    call.host = &host;
    sound(&call);
    identifiers(&call);
    names(data, size);
    distinct(data, size);
    struct adit_drums *drums = calloc(1, sizeof *drums);
    struct adit_report report = adit_report(&call);
    struct adit_lines lines = adit_lines(&call, 0, UINT64_MAX, room, sizeof room);
    uint64_t end = 0;
    warned = 0;
    while (drums && adit_next_line(&lines)) {
        check(lines.offset == end && lines.line.size <= sizeof room && lines.line.size <= lines.length);
        end = lines.offset + lines.length + (lines.ended == ADIT_LINE_END_CRLF ? 2 : lines.ended != ADIT_LINE_END_NONE);
        adit_drums_take(drums, lines.line);
        if (lines.number % 2)
            adit_complain(&report, "%.*s", (int)lines.line.size, lines.line.data);
        else
            adit_remark(&report, "%600s", "long");
    }
    check(end == size && warned <= ADIT_REPORT_MAX && report.told == lines.number);
    check(adit_verdict(&report) == (lines.number ? ADIT_MALFORMED : ADIT_OK));
    for (size_t i = 0; drums && i < 128; i++)
        for (size_t k = 0; k < ADIT_DRUM_COLUMNS; k++)
            check(memchr(drums->text[i][k], '\0', ADIT_DRUM_TEXT) != NULL);
    free(drums);
    return 0;
}
