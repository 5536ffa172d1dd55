/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* DICOM: data sets in files with and without a header. Sources: DICOM PS3.5 (encoding), PS3.6 (dictionary), PS3.10 section 7 (files),
 * 2024e. */
#include <adit/inflate.h>

#include "dicom_data.h"
#include "dicom_modules.h"

ADIT_MODULE("dicom", "1.0.0")

enum { META_START = 132, INFLATED_MAX = 64 << 20 };

/* How the element at `at` is encoded, as far as it shows. False: it does not look like one. */
static bool guess_encoding(struct dicom *d, uint64_t at, struct encoding *out)
{
    const uint8_t *p = bytes_at(&d->bytes, at, 8);
    if (!p)
        return false;
    uint16_t vr = VR(p[4], p[5]);
    out->implicit = !is_letters(vr); /* as a length they would be 16 KiB and more */
    out->big = p[0] == 0 && p[1] != 0;
    return true;
}

/* PS3.3 C.12.1.1.8: it stands behind some of the times that it holds for. */
static void find_zone(struct dicom *d, const struct set *s, uint64_t at)
{
    struct set peek = *s;
    struct element e;
    char text[24];
    peek.quiet = true;
    for (int i = 0; i < 256 && read_head(d, &peek, at, &e) && e.length <= s->end - e.value; i++) {
        if (e.tag == TAG_ZONE) {
            copy_text(d, &e, text, sizeof text);
            (void)read_zone(adit_text_c(text), &d->moments.zone);
        }
        if (e.tag >= TAG_ZONE)
            return;
        at = e.value + e.length;
    }
}

/* PS3.10 7.1: group 0002, always explicit and little endian; written otherwise all the same. Returns where the data set begins. */
static uint64_t read_meta(struct dicom *d, uint64_t at)
{
    struct set meta = {.repertoire = {.g0 = SET_ASCII}, .encoding = explicit_little, .end = d->bytes.size, .group = 2};
    struct encoding found;
    if (guess_encoding(d, at, &found) && found.implicit) {
        adit_complain(&d->report, "offset %llu: the file's meta information is not in explicit VR (PS3.10 7.1)",
                      LL(at));
        meta.encoding = implicit_little;
    }
    at = read_set(d, &meta, at);
    d->tag_count = d->empty_count = 0; /* of the data set alone */
    if (!d->syntax_uid[0]) {
        adit_complain(&d->report, "there is no TransferSyntaxUID (PS3.10 7.1)");
        return at;
    }
    d->syntax = syntax_of(adit_text_c(d->syntax_uid));
    (void)adit_emit_string(d->job, "transfer_syntax", d->syntax_uid);
    if (d->syntax)
        (void)adit_emit_string(d->job, "transfer_syntax_name", d->syntax->name);
    else
        adit_remark(&d->report, "the transfer syntax %s is not known: read as explicit VR, little endian",
                    d->syntax_uid);
    return at;
}

struct inflated {
    uint8_t *data;
    size_t size, room;
};

static bool keep_inflated(void *context, const uint8_t *data, size_t n)
{
    struct inflated *to = (struct inflated *)context;
    if (to->size + n > to->room) {
        size_t room = to->room ? to->room * 2 : 64 << 10;
        while (room < to->size + n)
            room *= 2;
        uint8_t *grown = (uint8_t *)realloc(to->data, room);
        if (!grown)
            return false;
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->size, data, n);
    to->size += n;
    return true;
}

/* PS3.5 A.5: all that follows the meta information is one raw deflate stream. False: nothing came of it. */
static bool inflate_rest(struct dicom *d, uint64_t at, struct inflated *to)
{
    struct adit_inflate z = adit_inflate(d->job, at, UINT64_MAX, ADIT_INFLATE_RAW);
    z.max_output = INFLATED_MAX;
    z.sink = keep_inflated;
    z.context = to;
    enum adit_inflate_result result = adit_inflate_run(&z);
    if (result == ADIT_INFLATE_LIMIT)
        adit_remark(&d->report, "only the first %d MiB of the data set are inflated", INFLATED_MAX >> 20);
    else if (result != ADIT_INFLATE_DONE)
        adit_complain(&d->report, "deflated data set at offset %llu: %s", LL(at), z.message);
    if (to->size == 0)
        return false;
    d->bytes.memory = to->data;
    d->bytes.size = to->size;
    return true;
}

static void read_data(struct dicom *d, uint64_t at)
{
    struct set s = {.repertoire = {.g0 = SET_ASCII}, .encoding = explicit_little, .end = d->bytes.size};
    struct encoding found;
    if (d->syntax && (d->syntax->form == SYNTAX_IMPLICIT || d->syntax->form == SYNTAX_BIG))
        s.encoding = (struct encoding){d->syntax->form == SYNTAX_IMPLICIT, d->syntax->form == SYNTAX_BIG};
    if (at < s.end && guess_encoding(d, at, &found) &&
        (found.implicit != s.encoding.implicit || found.big != s.encoding.big)) {
        if (d->syntax_uid[0])
            adit_complain(&d->report,
                          "offset %llu: the data set is in %s VR, %s endian, which the transfer syntax is not", LL(at),
                          found.implicit ? "implicit" : "explicit", found.big ? "big" : "little");
        s.encoding = found;
    }
    find_zone(d, &s, at);
    (void)read_set(d, &s, at);
}

/* PS3.3 C.24.2: (0042,0012) is its type, (0042,0015) its size without the byte that makes the element's length even. */
static void emit_document(struct dicom *d)
{
    uint64_t size = d->document.size;
    if (size == 0)
        return;
    if (d->document_length > 0 && d->document_length <= size)
        size = d->document_length;
    bytes_emit(&d->bytes, "EncapsulatedDocument", d->document_media[0] ? d->document_media : NULL, d->document.offset,
               size);
}

static void emit_empty(struct dicom *d)
{
    char name[112];
    if (d->empty_count == 0)
        return;
    (void)adit_begin_list(d->job, "empty");
    for (size_t i = 0; i < d->empty_count; i++) {
        struct element e = {.tag = d->empty[i], .attribute = find_attribute(d->tables, d->empty[i])};
        (void)adit_emit_text(d->job, "", name_of(&e, "", name));
    }
    (void)adit_end(d->job);
}

static void tell_bounds(struct dicom *d)
{
    if (d->cut_values)
        adit_remark(&d->report, "%zu elements have more values than %llu: the first ones are told (option max_values)",
                    d->cut_values, LL(d->max_values));
    if (d->cut_items)
        adit_remark(&d->report, "%zu sequences have more items than %llu: the first ones are told (option max_items)",
                    d->cut_items, LL(d->max_items));
    if (d->too_deep)
        adit_remark(&d->report, "%zu sequences are in more than %d others, and not told", d->too_deep, EMIT_DEPTH);
}

static int32_t read_file(struct dicom *d)
{
    const uint8_t *magic = bytes_at(&d->bytes, 128, 4), *head;
    struct inflated inflated = {NULL, 0, 0};
    uint64_t at = magic && memcmp(magic, "DICM", 4) == 0 ? META_START : 0;
    head = bytes_at(&d->bytes, at, 8);
    unsigned group = head ? (unsigned)(head[0] | head[1] << 8) : 0;
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

static void dicom_close(void *state)
{
    struct tables *t = (struct tables *)state;
    if (!t)
        return;
    free(t->text);
    free(t->attributes);
    struct table *tables[] = {&t->sops, &t->iods, &t->modules};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        free(tables[i]->text);
        free(tables[i]->rows);
    }
    free(t);
}

static int32_t dicom_open(const struct adit_call *job, void **state)
{
    struct tables *t = (struct tables *)calloc(1, sizeof *t);
    if (!t || !load_attributes(job, t) || !load_table(job, "sop_classes", &t->sops) ||
        !load_table(job, "iods", &t->iods) || !load_table(job, "modules", &t->modules)) {
        dicom_close(t);
        return ADIT_FAILED;
    }
    *state = t;
    return ADIT_OK;
}

ADIT_PLUGIN(dicom_open, run, NULL, dicom_close)
