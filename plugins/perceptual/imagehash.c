/* SPDX-License-Identifier: MIT */
/* Perceptual hashes of decoded images: pictures that look alike have hashes with few different bits. average, perceptual, difference and
 * wavelet are those of the Python library imagehash with its defaults (64 bits), and equal to what it gives; pdq is Meta's, 256 bits. */
#include "imagehash_hashes.h"

ADIT_MODULE("imagehash", "1.0.0")

enum { PIECE = 64 * 1024 };
static const uint64_t MAX_PIXELS = 64 * 1024 * 1024;

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    static const char *const names[] = {"average", "perceptual", "difference",
                                        "wavelet", "pdq",        NULL}; /* as the bits */
    uint32_t *wanted = (uint32_t *)malloc(sizeof *wanted);
    if (!wanted)
        return ADIT_FAILED;
    *wanted = AVERAGE | PERCEPTUAL | DIFFERENCE | WAVELET | PDQ;
    if (!adit_option_choices(job, "hashes", names, wanted) || *wanted == 0) {
        free(wanted);
        return ADIT_FAILED;
    }
    *state = wanted;
    return ADIT_OK;
}

static int32_t hash(struct picture *p)
{
    static const struct {
        uint32_t bit;
        bool (*emit)(const struct picture *p);
    } hashes[] = {
        {AVERAGE, emit_average}, {PERCEPTUAL, emit_perceptual}, {DIFFERENCE, emit_difference}, {WAVELET, emit_wavelet}};
    int32_t status = read_rows(p);
    if (status != ADIT_OK)
        return status;
    bool done = true;
    for (size_t i = 0; done && i < sizeof hashes / sizeof *hashes; i++)
        done = !(p->wanted & hashes[i].bit) || hashes[i].emit(p);
    if (done && (p->wanted & PDQ)) {
        if (!p->plane)
            pdq_end(&p->pdq);
        else if (!pdq_of_plane(&p->pdq, p->plane, p->view.is.width, p->view.is.height))
            return ADIT_FAILED;
        emit_pdq(p);
    }
    if (done && p->is_smaller)
        adit_emit_bool(p->job, "smaller", true);
    return done ? ADIT_OK : ADIT_FAILED;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct picture p = {.job = job, .wanted = *(const uint32_t *)state};
    int32_t status = adit_pixels_open(job, &p.view);
    if (status != ADIT_OK)
        return status;
    const struct adit_pixels *is = &p.view.is;
    size_t stride = adit_pixels_stride(is);
    if (p.view.rows < is->height) {
        adit_warnf(job, "pixels: %u of %u rows are there: what is left of an image has another hash", p.view.rows,
                   is->height);
        return ADIT_MALFORMED;
    }
    if ((uint64_t)is->width * is->height > MAX_PIXELS) {
        adit_warnf(job, "pixels: %u * %u: at most %llu are hashed", is->width, is->height,
                   (unsigned long long)MAX_PIXELS);
        return ADIT_UNSUPPORTED;
    }
    p.is_smaller = is->full_width > is->width || is->full_height > is->height;
    p.rows_at_once = stride < PIECE ? (uint32_t)(PIECE / stride) : 1;
    p.luma = (uint8_t *)malloc(p.is_smaller ? 1 : (size_t)is->width * is->height);
    p.stride = reduction_stride(is->width);
    p.lines = (float *)calloc(p.stride, REDUCED * sizeof *p.lines);
    p.rows = (uint8_t *)malloc(p.rows_at_once * stride);
    bool small = (p.wanted & PDQ) && !p.is_smaller && (uint64_t)is->width * is->height <= PDQ_SMALL;
    p.plane = small ? (float *)malloc((size_t)is->width * is->height * sizeof *p.plane) : NULL;
    bool ready =
        p.luma && p.lines && p.rows && (p.plane || !small) &&
        (!p.is_smaller || smaller_begin(&p.smaller, is->width, is->height)) &&
        (small || !(p.wanted & PDQ) || pdq_begin(&p.pdq, is->full_width, is->full_height, is->width, is->height));
    status = ready ? hash(&p) : ADIT_FAILED;
    pdq_free(&p.pdq);
    smaller_free(&p.smaller);
    free(p.plane);
    free(p.rows);
    free(p.lines);
    free(p.luma);
    return status;
}

static void close_plugin(void *state)
{
    free(state);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
