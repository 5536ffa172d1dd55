/* SPDX-License-Identifier: MIT */
/* GIF as pixels: the first image of a GIF87a or GIF89a on its logical screen; where it is transparent or missing, alpha is 0. Source:
 * CompuServe, "Graphics Interchange Format, Version 89a" (1990), sections 18 to 23, appendices E and F. */
#include "gif_lzw.h"
#include <stdlib.h>

ADIT_MODULE("gif-pixels", "1.0.0")

static void write_rows(struct gif *g, struct adit_pixels_writer *w, uint8_t *row)
{
    uint32_t step = adit_pixels_bytes(g->is.format);
    uint32_t rows = g->width ? (uint32_t)(g->done / g->width) : 0; /* that are whole */
    bool short_of_some = g->done < (uint64_t)g->width * g->height;
    for (uint32_t y = 0; y < g->is.height; y++) {
        if (short_of_some && (g->interlaced || y >= g->top + rows))
            break;
        for (uint32_t x = 0; x < g->is.width; x++) {
            uint8_t index = g->screen[(size_t)y * g->is.width + x];
            bool inside = x >= g->left && x - g->left < g->width && y >= g->top && y - g->top < g->height;
            memcpy(row + (size_t)x * step, g->palette[index], 3);
            if (step == 4)
                row[4 * x + 3] = inside && index != g->transparent ? 255 : 0;
        }
        if (adit_pixels_row(w, row))
            return;
    }
    if (short_of_some)
        adit_complain(&g->report, "the image ends at offset %llu, in row %u of %u", (unsigned long long)g->c.at, rows,
                      g->height);
}

static int32_t decode(struct gif *g)
{
    struct adit_pixels_writer w;
    uint64_t pixels = (uint64_t)g->is.width * g->is.height;
    if (pixels > g->limits->memory) {
        adit_remark(&g->report, "a screen of %u * %u needs as many bytes; option memory gives %llu", g->is.width,
                    g->is.height, (unsigned long long)g->limits->memory);
        return ADIT_UNSUPPORTED;
    }
    int error = adit_pixels_begin(&w, g->job, &g->is, g->limits->most_pixels);
    if (error)
        return error == ADIT_E_UNWANTED ? ADIT_OK : ADIT_FAILED;
    uint8_t *row = (uint8_t *)malloc((size_t)g->is.width * 4);
    g->screen = (uint8_t *)malloc((size_t)pixels);
    int32_t status = ADIT_FAILED;
    if (row && g->screen) {
        memset(g->screen, g->transparent >= 0 ? g->transparent : 0, (size_t)pixels);
        read_image(g);
        write_rows(g, &w, row);
        status = adit_verdict(&g->report);
    }
    (void)adit_pixels_end(&w);
    free(g->screen);
    free(row);
    return status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct gif g = {.job = job, .limits = (const struct limits *)state, .report = adit_report(job), .transparent = -1};
    g.c = adit_cursor(job);
    if (!adit_match_literal(&g.c, "GIF87a") && !adit_match_literal(&g.c, "GIF89a"))
        return ADIT_DECLINED;
    if (!read_heads(&g)) {
        adit_complain(&g.report, "there is no image before offset %llu", (unsigned long long)g.c.at);
        return ADIT_MALFORMED;
    }
    return decode(&g);
}

ADIT_PLUGIN(open_limits, run, NULL, close_limits)
