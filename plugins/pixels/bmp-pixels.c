/* SPDX-License-Identifier: MIT */
/* BMP as pixels: bitmaps of Windows (headers of 40, 52, 56, 64, 108 and 124 bytes) and OS/2 (12, 64), 1, 2, 4, 8, 16, 24 and 32 bits, plain,
 * run-length encoded and by masks. Sources: Microsoft, "Bitmap Storage", BITMAPFILEHEADER, BITMAPINFOHEADER, BITMAPV5HEADER,
 * "Bitmap Compression". Those that hold JPEG or PNG are not read. */
#include "bmp_rows.h"

ADIT_MODULE("bmp-pixels", "1.0.0")

/* The status of a file that will not be decoded; ADIT_OK: go on. */
static int32_t check(struct bmp *b)
{
    bool runs = b->compression == BI_RLE8 || b->compression == BI_RLE4;
    bool fits = b->compression == BI_RGB    ? b->bits == 1 || b->bits == 2 || b->bits == 4 || b->bits >= 8
                : b->compression == BI_RLE8 ? b->bits == 8
                : b->compression == BI_RLE4 ? b->bits == 4
                                            : (b->compression == BI_BITFIELDS || b->compression == BI_ALPHABITFIELDS) &&
                                                  (b->bits == 16 || b->bits == 32);
    if (!fits || (b->bits > 8 && b->bits != 16 && b->bits != 24 && b->bits != 32)) {
        adit_remark(&b->report, "compression %u with %u bits a pixel is not decoded", b->compression, b->bits);
        return ADIT_UNSUPPORTED;
    }
    if (runs && (uint64_t)b->is.width * b->is.height > b->limits->memory) {
        adit_remark(&b->report, "%u * %u in runs needs as many bytes at once; option memory gives %llu", b->is.width,
                    b->is.height, (unsigned long long)b->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    return ADIT_OK;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct bmp b = {.job = job, .limits = (const struct limits *)state, .report = adit_report(job)};
    struct adit_pixels_writer w;
    int32_t status = read_heads(&b);
    if (status == ADIT_OK)
        status = check(&b);
    int error = status == ADIT_OK ? adit_pixels_begin(&w, job, &b.is, b.limits->most_pixels) : 0;
    if (status != ADIT_OK || error)
        return status != ADIT_OK ? status : error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    uint8_t *in = (uint8_t *)malloc((size_t)b.is.width * 4), *out = (uint8_t *)malloc((size_t)b.is.width * 4);
    if (!in || !out) {
        status = ADIT_FAILED;
    } else if (b.compression == BI_RLE8 || b.compression == BI_RLE4) {
        status = decode_runs(&b, &w, out);
    } else {
        read_plain(&b, &w, in, out);
        status = adit_verdict(&b.report);
    }
    (void)adit_pixels_end(&w);
    free(in);
    free(out);
    return status;
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
