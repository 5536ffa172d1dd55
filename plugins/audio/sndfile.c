/* SPDX-License-Identifier: MIT */
/* libraries: sndfile */
/* Sound files of every container that libsndfile reads, through its virtual I/O; of WAVE and AIFF also what their
 * chunks say themselves. */
#include "sndfile_chunks.h"
#include "sndfile_header.h"
#include "sndfile_place.h"
#include "sndfile_told.h"

ADIT_MODULE("sndfile", "1.0.0")

/* What libsndfile cannot read, and what is damaged, it tells apart in its texts alone: most of its error numbers are
 * private. */
static int32_t give_up(const struct adit_call *job)
{
    static const char *const unknown[] = {"not recognised", "unknown format", "unimplemented", "not supported",
                                          "unsupported"};
    const char *text = sf_strerror(NULL);
    if (adit_text_is(adit_source_media(job), "application/x-matlab-data"))
        return ADIT_DECLINED;           /* MAT files seldom hold sound */
    if (strstr(text, "does not exist")) /* how it says that a decoder found nothing to decode */
        text = "no audio data where the header says that they are";
    adit_warnf(job, "libsndfile: %s", text);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (strstr(text, unknown[i]))
            return ADIT_UNSUPPORTED;
    return ADIT_MALFORMED;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct place place = {job, 0};
    SF_INFO info;
    struct header header = {.job = job};
    struct chunk_walk walk = {job, true, false, header_chunk, &header};
    (void)state;
    enum chunks_end end = walk_chunks(&walk);
    if (end == CHUNKS_ENDLESS) {
        header_emit(&header, false);
        return ADIT_MALFORMED;
    }
    SNDFILE *file = place_open(&place, &info);
    int32_t status = file ? ADIT_OK : give_up(job);
    header_emit(&header, file != NULL);
    if (!file)
        return status;
    emit_info(job, file, &info);
    emit_channels(job, file, &info, walk.early);
    emit_strings(job, file);
    header_broadcast(&header);
    emit_cues(job, file);
    emit_instrument(job, file);
    emit_loop(job, file);
    if (adit_option_bool(job, "measure", false) && info.channels > 0 && info.channels <= MAX_CHANNELS)
        measure(job, file, &info);
    (void)sf_close(file);
    return end == CHUNKS_WHOLE ? ADIT_OK : ADIT_MALFORMED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
