/* SPDX-License-Identifier: MIT */
/* Perceptual hashes of decoded images: pictures that look alike have hashes with few different bits. average, perceptual, difference and
 * wavelet are those of the Python library imagehash with its defaults (64 bits), and equal to what it gives; pdq is Meta's, 256 bits.
 * Sources: Krawetz, "Looks Like It" (2011) and "Kind of Like That" (2013), hackerfactor.com, for the first three. */
#include <adit/adit.h>
#include <adit/pixels.h>

ADIT_MODULE("imagehash", "1.0.0")

#include "pdq.h"
#include "resample.h"
#include "transform.h"

enum { AVERAGE = 1, PERCEPTUAL = 2, DIFFERENCE = 4, WAVELET = 8, PDQ = 16, PIECE = 256 * 1024 };
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
    uint8_t *luma; /* width * height */
    float *line;   /* for PDQ: width */
    struct pdq pdq;
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

/* 8 * 8: brighter than the mean. */
static bool emit_average(const struct picture *p)
{
    uint8_t small[HASH_BITS];
    uint32_t sum = 0;
    uint64_t bits = 0;
    if (!resample(p->luma, p->view.is.width, p->view.is.height, small, HASH_SIDE, HASH_SIDE))
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
    if (!resample(p->luma, p->view.is.width, p->view.is.height, small[0], HASH_SIDE + 1, HASH_SIDE))
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
    if (!resample(p->luma, p->view.is.width, p->view.is.height, small, DCT_SIDE, DCT_SIDE))
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

/* PDQ has its brightness in fractions; where the pixels are grey it is the value itself. */
static void add_pdq_row(struct picture *p, const uint8_t *row)
{
    const struct adit_pixels *is = &p->view.is;
    uint32_t step = adit_pixels_bytes(is->format);
    bool colour = is->format == ADIT_PIXELS_RGB8 || is->format == ADIT_PIXELS_RGBA8;
    for (uint32_t x = 0; x < is->width; x++, row += step)
        p->line[x] =
            colour ? 0.299f * row[0] + 0.587f * row[1] + 0.114f * row[2] : row[is->format == ADIT_PIXELS_GREY16];
    pdq_row(&p->pdq, p->line);
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
            adit_pixels_luma(is, p->rows + (size_t)i * stride, true, p->luma + (size_t)y * is->width);
            if (p->wanted & PDQ)
                add_pdq_row(p, p->rows + (size_t)i * stride);
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
    if (done && (p->wanted & PDQ))
        emit_pdq(p);
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
    p.rows_at_once = stride < PIECE ? (uint32_t)(PIECE / stride) : 1;
    p.luma = (uint8_t *)malloc((size_t)is->width * is->height);
    p.line = (float *)malloc(is->width * sizeof *p.line);
    p.rows = (uint8_t *)malloc(p.rows_at_once * stride);
    bool ready = p.luma && p.line && p.rows && (!(p.wanted & PDQ) || pdq_begin(&p.pdq, is->width, is->height));
    status = ready ? hash(&p) : ADIT_FAILED;
    pdq_free(&p.pdq);
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
