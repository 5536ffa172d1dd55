/* SPDX-License-Identifier: MIT */
/* Perceptual hashes of decoded images: pictures that look alike have hashes with few different bits. average, perceptual, difference and
 * wavelet are those of the Python library imagehash with its defaults (64 bits), and equal to what it gives; pdq is Meta's, 256 bits.
 * Sources: Krawetz, "Looks Like It" (2011) and "Kind of Like That" (2013), hackerfactor.com, for the first three. */
#include <adit/adit.h>
#include <adit/pixels.h>

ADIT_MODULE("imagehash", "1.0.0")

#include "pdq.h"
#include "resample.h"
#include "smaller.h"
#include "transform.h"

enum { AVERAGE = 1, PERCEPTUAL = 2, DIFFERENCE = 4, WAVELET = 8, PDQ = 16, PIECE = 64 * 1024 };
static const uint64_t MAX_PIXELS = 64 * 1024 * 1024;

static const struct name {
    const char *name;
    uint32_t bit;
} names[] = {
    {"average", AVERAGE}, {"perceptual", PERCEPTUAL}, {"difference", DIFFERENCE}, {"wavelet", WAVELET}, {"pdq", PDQ},
};

struct picture {
    const struct adit_call *job;
    struct adit_pixels_view view;
    uint32_t wanted;
    bool is_smaller; /* than the image that it is of */
    uint8_t *luma;   /* width * height; of what is smaller, nothing */
    float *line;     /* a row */
    float *plane;    /* all of them, for PDQ, where they are few; NULL: they are not */
    struct pdq pdq;
    struct smaller smaller;
    uint8_t *rows; /* as the stream has them */
    uint32_t rows_at_once;
};

/* Names between blanks or commas. 0: there is one that is none. */
static uint32_t choose(const struct adit_call *job)
{
    struct adit_text rest = adit_option(job, "hashes");
    uint32_t wanted = 0;
    for (size_t at = 0, end; at < rest.size; at = end + 1) {
        for (end = at; end < rest.size && rest.data[end] != ' ' && rest.data[end] != ',';)
            end++;
        struct adit_text word = adit_text_of(rest.data + at, end - at);
        uint32_t bit = 0;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            bit |= adit_text_is(word, names[i].name) ? names[i].bit : 0;
        if (word.size > 0 && !bit) {
            adit_warnf(job, "option hashes: \"%.*s\" is none of average, perceptual, difference, wavelet, pdq",
                       (int)word.size, word.data);
            return 0;
        }
        wanted |= bit;
    }
    return rest.data ? wanted : AVERAGE | PERCEPTUAL | DIFFERENCE | WAVELET | PDQ;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    uint32_t wanted = choose(job);
    uint32_t *kept = (uint32_t *)malloc(sizeof *kept);
    if (!wanted || !kept) {
        free(kept);
        return ADIT_FAILED;
    }
    *kept = wanted;
    *state = kept;
    return ADIT_OK;
}

static void emit_hex(const struct adit_call *job, const char *name, const bool *bit, size_t count)
{
    char text[PDQ_BITS / 4];
    for (size_t i = 0; i < count / 4; i++)
        text[i] = "0123456789abcdef"[bit[4 * i] << 3 | bit[4 * i + 1] << 2 | bit[4 * i + 2] << 1 | bit[4 * i + 3]];
    adit_emit_text(job, name, adit_text_of(text, count / 4));
}

static void emit_64(const struct adit_call *job, const char *name, uint64_t bits)
{
    bool bit[HASH_BITS];
    for (int i = 0; i < HASH_BITS; i++)
        bit[i] = bits >> (HASH_BITS - 1 - i) & 1;
    emit_hex(job, name, bit, HASH_BITS);
}

/* The picture as `width` * `height` pixels, by Lanczos' kernel. False: short of memory. */
static bool shrink(const struct picture *p, const struct reduction *r, const struct taps *across, uint32_t width,
                   uint32_t height, uint8_t *out)
{
    if (!p->is_smaller)
        return resample(p->luma, p->view.is.width, p->view.is.height, out, width, height);
    smaller_pixels(r, across, out);
    return true;
}

/* 8 * 8: brighter than the mean. */
static bool emit_average(const struct picture *p)
{
    uint8_t small[HASH_BITS];
    uint32_t sum = 0;
    uint64_t bits = 0;
    if (!shrink(p, &p->smaller.eighth, &p->smaller.eighth.across, HASH_SIDE, HASH_SIDE, small))
        return false;
    for (int i = 0; i < HASH_BITS; i++)
        sum += small[i];
    for (int i = 0; i < HASH_BITS; i++)
        bits = bits << 1 | (small[i] * (uint32_t)HASH_BITS > sum);
    emit_64(p->job, "average", bits);
    return true;
}

/* 9 * 8: brighter than the one on the left. */
static bool emit_difference(const struct picture *p)
{
    uint8_t small[HASH_SIDE][HASH_SIDE + 1];
    uint64_t bits = 0;
    if (!shrink(p, &p->smaller.eighth, &p->smaller.ninth, HASH_SIDE + 1, HASH_SIDE, small[0]))
        return false;
    for (int i = 0; i < HASH_BITS; i++)
        bits = bits << 1 | (small[i / HASH_SIDE][i % HASH_SIDE + 1] > small[i / HASH_SIDE][i % HASH_SIDE]);
    emit_64(p->job, "difference", bits);
    return true;
}

/* 32 * 32: the lowest 8 * 8 frequencies above their median. */
static bool emit_perceptual(const struct picture *p)
{
    uint8_t small[DCT_SIDE * DCT_SIDE];
    double low[HASH_BITS];
    if (!shrink(p, &p->smaller.dct, &p->smaller.dct.across, DCT_SIDE, DCT_SIDE, small))
        return false;
    dct_corner(small, low);
    emit_64(p->job, "perceptual", above_median(low));
    return true;
}

/* The largest power of two that fits the shorter side, 8 at least: the means of 8 * 8 squares above their median. */
static bool emit_wavelet(const struct picture *p)
{
    uint32_t shorter = p->view.is.width < p->view.is.height ? p->view.is.width : p->view.is.height, side = HASH_SIDE;
    uint64_t bits = 0;
    if (p->is_smaller) {
        emit_64(p->job, "wavelet", smaller_wavelet(&p->smaller));
        return true;
    }
    while (side * 2 <= shorter)
        side *= 2;
    uint8_t *square = (uint8_t *)malloc((size_t)side * side);
    bool done = square && resample(p->luma, p->view.is.width, p->view.is.height, square, side, side) &&
                haar_bits(square, side, &bits);
    free(square);
    if (done)
        emit_64(p->job, "wavelet", bits);
    return done;
}

/* The last frequency is written first. */
static void emit_pdq(const struct picture *p)
{
    bool bit[PDQ_BITS] = {false}, reversed[PDQ_BITS];
    bool too_small = p->view.is.width < PDQ_LEAST || p->view.is.height < PDQ_LEAST;
    if (!too_small)
        pdq_bits(&p->pdq, bit);
    for (int i = 0; i < PDQ_BITS; i++)
        reversed[i] = bit[PDQ_BITS - 1 - i];
    emit_hex(p->job, "pdq", reversed, PDQ_BITS);
    adit_emit_u64(p->job, "pdq_quality", too_small ? 0 : pdq_quality(&p->pdq));
}

/* Brightness in fractions: what PDQ goes by, and all hashes of what was decoded smaller. The reference for PDQ adds in double
 * precision, also where all three are grey; where nothing can be met to the last bit, integers do. */
static void add_row(struct picture *p, uint32_t y, const uint8_t *row)
{
    const struct adit_pixels *is = &p->view.is;
    uint32_t step = adit_pixels_bytes(is->format), green = 0, blue = 0, width = is->width;
    float *line = p->line;
    if (is->format == ADIT_PIXELS_RGB8 || is->format == ADIT_PIXELS_RGBA8)
        green = 1, blue = 2;
    if (is->format == ADIT_PIXELS_GREY16)
        row++; /* its high byte */
    if (p->is_smaller)
        smaller_brightness(row, step, green > 0, line, width);
    else
        for (uint32_t x = 0; x < width; x++, row += step)
            line[x] = (float)(row[0] * 0.299 + row[green] * 0.587 + row[blue] * 0.114);
    if (p->plane)
        memcpy(p->plane + (size_t)y * width, line, width * sizeof *line);
    else if (p->wanted & PDQ)
        reduction_row(&p->pdq.image, line);
    if (p->is_smaller)
        smaller_row(&p->smaller, line);
}

static int32_t read_rows(struct picture *p)
{
    const struct adit_pixels *is = &p->view.is;
    size_t stride = adit_pixels_stride(is);
    for (uint32_t y = 0; y < is->height;) {
        int64_t got = adit_pixels_read(&p->view, y, p->rows_at_once, p->rows);
        if (got <= 0) {
            adit_warnf(p->job, "pixels: row %u of %u could not be read", y, is->height);
            return ADIT_FAILED;
        }
        for (int64_t i = 0; i < got; i++, y++) {
            if (!p->is_smaller)
                adit_pixels_luma(is, p->rows + (size_t)i * stride, true, p->luma + (size_t)y * is->width);
            if (p->is_smaller || (p->wanted & PDQ))
                add_row(p, y, p->rows + (size_t)i * stride);
        }
        if (!adit_progress(p->job, y, is->height) && y < is->height)
            return ADIT_DECLINED;
    }
    return ADIT_OK;
}

static int32_t hash(struct picture *p)
{
    int32_t status = read_rows(p);
    if (status != ADIT_OK)
        return status;
    bool done = (!(p->wanted & AVERAGE) || emit_average(p)) && (!(p->wanted & PERCEPTUAL) || emit_perceptual(p)) &&
                (!(p->wanted & DIFFERENCE) || emit_difference(p)) && (!(p->wanted & WAVELET) || emit_wavelet(p));
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
    p.line = (float *)calloc(reduction_stride(is->width), sizeof *p.line);
    p.rows = (uint8_t *)malloc(p.rows_at_once * stride);
    bool small = (p.wanted & PDQ) && !p.is_smaller && (uint64_t)is->width * is->height <= PDQ_SMALL;
    p.plane = small ? (float *)malloc((size_t)is->width * is->height * sizeof *p.plane) : NULL;
    bool ready =
        p.luma && p.line && p.rows && (p.plane || !small) &&
        (!p.is_smaller || smaller_begin(&p.smaller, is->width, is->height)) &&
        (small || !(p.wanted & PDQ) || pdq_begin(&p.pdq, is->full_width, is->full_height, is->width, is->height));
    status = ready ? hash(&p) : ADIT_FAILED;
    pdq_free(&p.pdq);
    smaller_free(&p.smaller);
    free(p.plane);
    free(p.rows);
    free(p.line);
    free(p.luma);
    return status;
}

static void close_plugin(void *state)
{
    free(state);
}

ADIT_PLUGIN(open_plugin, run, NULL, close_plugin)
