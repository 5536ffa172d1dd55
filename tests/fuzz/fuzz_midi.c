/* SPDX-License-Identifier: MIT */
/* Any bytes as a Standard MIDI File: tracks and events come in order and lie in the file, notes end after they begin, and moments do not
 * go back. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/smf.h>

#include "../sdk/memory_job.h"

enum { MOST = 1000 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static int warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job;
    check(n > 0 && text[0] != '\0');
    return 0;
}

static void read_track(struct adit_smf_track *track, uint64_t size)
{
    struct adit_smf_event event;
    uint64_t tick = 0, at = 0;
    int more;
    while ((more = adit_smf_next(track, &event)) == 1) {
        check(event.tick >= tick && event.at >= at && event.at < size && event.status >= 0x80);
        check(event.status < 0xf0 || (event.payload <= size && event.size <= size - event.payload));
        check(event.status >= 0xf0 || (event.data[0] < 0x80 && event.data[1] < 0x80));
        tick = event.tick;
        at = event.at;
    }
    check(more == 0 || more == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_host host = memory_host;
    struct adit_call call = memory_call(&job, data, size);
    struct adit_smf smf;
    struct adit_smf_track track;
    struct adit_smf_notes notes;
    uint32_t tracks = 0;
    host.warn = warn;
    call.host = &host;
    if (adit_smf_open(&call, ADIT_SOURCE_MAIN, &smf) != ADIT_OK)
        return 0;
    while (adit_smf_next_track(&smf, &track)) {
        check(track.number == tracks++ && adit_length(&track.c) <= size);
        read_track(&track, size);
    }
    adit_smf_rewind(&smf);
    int32_t status = adit_smf_notes(&smf, MOST, &notes);
    check(status == ADIT_OK && notes.count <= MOST);
    for (uint32_t i = 0; i < notes.count; i++) {
        const struct adit_smf_note *n = &notes.list[i];
        check(n->start <= n->end && n->tick <= n->end_tick && n->channel < 16 && n->pitch < 128 && n->track < tracks);
        check(i == 0 || notes.list[i - 1].start <= n->start);
        check(adit_smf_sample(&smf, n->start, 44100) <= adit_smf_sample(&smf, n->end, 44100));
    }
    adit_smf_notes_free(&notes);
    adit_smf_close(&smf);
    return 0;
}
