/* SPDX-License-Identifier: MIT */
/* The ISO base media file format (ISO/IEC 14496-12), QuickTime, and what is built on them: MP4, 3GP, HEIF, AVIF, CR3. The boxes of the
 * file; what is in them is read in the headers beside this file. */
#include "isobmff_chapters.h"
#include "isobmff_items.h"
#include "isobmff_movie.h"

ADIT_MODULE("isobmff", "1.0.0")

enum { MAX_MDAT = 64, MAX_BRANDS = 64 };

/* What a brand says of the type, sorted by brand: MP4 Registration Authority, "Brands". */
static const struct adit_tag brand_types[] = {
    {BOX('3', 'g', '2', 'a'), 0, "video/3gpp2"},     {BOX('3', 'g', 'p', '4'), 0, "video/3gpp"},
    {BOX('3', 'g', 'p', '5'), 0, "video/3gpp"},      {BOX('3', 'g', 'p', '6'), 0, "video/3gpp"},
    {BOX('M', '4', 'A', ' '), 0, "audio/mp4"},       {BOX('M', '4', 'B', ' '), 0, "audio/mp4"},
    {BOX('M', '4', 'V', ' '), 0, "video/mp4"},       {BOX('a', 'v', 'i', 'f'), 0, "image/avif"},
    {BOX('a', 'v', 'i', 's'), 0, "image/avif"},      {BOX('h', 'e', 'i', 'c'), 0, "image/heic"},
    {BOX('h', 'e', 'i', 'x'), 0, "image/heic"},      {BOX('i', 's', 'o', 'm'), 0, "video/mp4"},
    {BOX('m', 'p', '4', '1'), 0, "video/mp4"},       {BOX('m', 'p', '4', '2'), 0, "video/mp4"},
    {BOX('q', 't', ' ', ' '), 0, "video/quicktime"},
};

/* 4.3 */
static void read_ftyp(struct isobmff *x, struct adit_cursor *c)
{
    x->brand = adit_read_u32(c);
    uint32_t version = adit_read_u32(c);
    bool avif = false;
    if (!adit_ok(c))
        return;
    emit_fourcc(x, "major_brand", x->brand);
    (void)adit_emit_u64(x->job, "minor_version", version);
    for (int i = 0; i < MAX_BRANDS && adit_left(c) >= 4; i++) {
        uint32_t brand = adit_read_u32(c);
        avif = avif || brand == BOX('a', 'v', 'i', 'f') || brand == BOX('a', 'v', 'i', 's');
        emit_fourcc(x, "compatible_brands", brand);
    }
    bool image = x->brand == BOX('m', 'i', 'f', '1') || x->brand == BOX('m', 's', 'f', '1');
    const char *type = image && avif ? "image/avif" : adit_tag_name(ADIT_TAGS(brand_types), x->brand);
    if (type && !adit_text_is(adit_source_media(x->job), type))
        (void)adit_refine(x->job, type);
}

static void read_box(struct isobmff *x, const struct adit_boxes *boxes, const struct adit_box *box, int *mdat)
{
    struct adit_cursor c = adit_box_cursor(boxes, box);
    switch (box->type) {
    case BOX('f', 't', 'y', 'p'):
        if (is_first(x, &x->in_file, box))
            read_ftyp(x, &c);
        break;
    case BOX('m', 'o', 'o', 'v'):
        x->movie_is_behind |= x->has_data && !x->has_movie;
        read_moov(x, adit_box_enter(boxes, box, 0));
        break;
    case BOX('m', 'o', 'o', 'f'):
        read_moof(x, adit_box_enter(boxes, box, 0));
        break;
    case BOX('m', 'e', 't', 'a'):
        read_meta(x, boxes, box);
        if (add_once(&x->in_file, BOX('m', 'e', 't', 'a')))
            read_items(x, boxes, box);
        break;
    case BOX('u', 'd', 't', 'a'):
        read_user_data(x, adit_box_enter(boxes, box, 0), false);
        break;
    case BOX('u', 'u', 'i', 'd'):
        read_uuid(x, boxes, box);
        break;
    case BOX('m', 'd', 'a', 't'):
        x->has_data = true;
        if ((*mdat)++ >= MAX_MDAT)
            break;
        (void)adit_begin_object(x->job, "media_data");
        (void)adit_emit_u64(x->job, "offset", box->data);
        (void)adit_emit_u64(x->job, "size", box->size - (box->data - box->offset));
        (void)adit_end(x->job);
        break;
    default:
        break;
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct isobmff x = {.job = job, .report = adit_report(job)};
    struct adit_cursor c = adit_cursor(job);
    struct adit_boxes boxes = adit_boxes(&c);
    struct adit_box box;
    int mdat = 0;
    while (adit_next_box(&boxes, &box)) {
        if (boxes.count == 1 && (box.type >> 24 < ' ' || box.size < 8))
            return ADIT_DECLINED;
        if (!adit_progress(job, box.offset, adit_size(job)))
            return ADIT_OK;
        read_box(&x, &boxes, &box, &mdat);
    }
    check_walk(&x, &boxes, &box);
    if (x.has_movie && x.has_data)
        (void)adit_emit_bool(job, "fast_start", !x.movie_is_behind);
    emit_chapters(&x);
    emit_fragments(&x);
    if (!x.has_movie && !x.has_items && x.fragments == 0)
        adit_complain(&x.report,
                      "expected a movie (moov), fragments (moof) or items (meta), found none of them in %u boxes",
                      (unsigned)boxes.count);
    return adit_verdict(&x.report);
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
