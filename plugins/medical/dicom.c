/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* DICOM: data sets in files with and without a header. Sources: DICOM PS3.5 (encoding), PS3.6 (dictionary), PS3.10 section 7 (files),
 * 2024e. */
#include "dicom_file.h"
#include "dicom_modules.h"
#include "dicom_tell.h"

ADIT_MODULE("dicom", "1.0.0")

static int32_t read_file(struct dicom *d)
{
    const uint8_t *magic = bytes_at(&d->bytes, 128, 4), *head;
    struct inflated inflated = {NULL, 0, 0};
    uint64_t at = magic && memcmp(magic, "DICM", 4) == 0 ? META_START : 0;
    head = bytes_at(&d->bytes, at, 8);
    unsigned group = head ? (unsigned)adit_number(head, 2, false) : 0;
    if (!head || (at == 0 && group != 2 && group != 4 && group != 8 && group != 0x0800 && group != 0x0400)) {
        (void)adit_warn(d->job,
                        "neither \"DICM\" at offset 128 nor a data element of group 0002, 0004 or 0008 at offset 0");
        return ADIT_MALFORMED;
    }
    if (group == 2)
        at = read_meta(d, at);
    else if (at > 0)
        adit_complain(&d->report, "offset %llu: there is no meta information (PS3.10 7.1)", LL(at));
    bool deflated = d->syntax && d->syntax->form == SYNTAX_DEFLATED;
    if (deflated && inflate_rest(d, at, &inflated))
        at = 0;
    if (!deflated || inflated.size > 0)
        read_data(d, at);
    tell_sop_class(d, d->media_sop_class);
    emit_modules(d);
    emit_moments(d->job, &d->moments);
    emit_empty(d);
    emit_document(d);
    tell_bounds(d);
    free(inflated.data);
    return d->deep && !d->report.broken ? ADIT_UNSUPPORTED : adit_verdict(&d->report);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct dicom *d = (struct dicom *)calloc(1, sizeof *d);
    if (!d)
        return ADIT_FAILED;
    d->tables = (const struct tables *)state;
    d->job = d->bytes.job = job;
    d->bytes.size = adit_size(job);
    d->report = adit_report(job);
    d->moments.zone = ADIT_ZONE_UNKNOWN;
    d->max_values = adit_option_u64(job, "max_values", 256);
    d->max_items = adit_option_u64(job, "max_items", 1000);
    d->max_frames = adit_option_u64(job, "max_frames", 16);
    int32_t status = read_file(d);
    free(d->bytes.large);
    free(d->room);
    free(d);
    return status;
}

static int32_t dicom_open(const struct adit_call *job, void **state)
{
    *state = load_tables(job);
    return *state ? ADIT_OK : ADIT_FAILED;
}

static void dicom_close(void *state)
{
    free_tables((struct tables *)state);
}

ADIT_PLUGIN(dicom_open, run, NULL, dicom_close)
