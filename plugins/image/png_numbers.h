/* SPDX-License-Identifier: MIT */
/* The chunks of PNG that are numbers and nothing else, as tables: section 11 of the standard, "Extensions to the PNG 1.2
 * Specification" 1.4.0, and those of ImageMagick and of Apple. Part of png.c. */
#ifndef IMAGE_PNG_NUMBERS_H
#define IMAGE_PNG_NUMBERS_H

#include "png_file.h"
#include <adit/cicp.h>

#define KEEP(member) ADIT_KEEP(struct png, member)

/* 11.2.1 */
static const struct adit_tag color_types[] = {{0, 0, "Grayscale"},
                                              {2, 0, "Truecolor"},
                                              {3, 0, "Indexed-color"},
                                              {4, 0, "Grayscale with alpha"},
                                              {6, 0, "Truecolor with alpha"}};
static const struct adit_tag interlaces[] = {{0, 0, "No interlace"}, {1, 0, "Adam7"}};
static const struct adit_row ihdr[] = {
    ADIT_U32("width", KEEP(width)),
    ADIT_U32("height", KEEP(height)),
    ADIT_U8("bit_depth", KEEP(bit_depth)),
    ADIT_U8("color_type", KEEP(color_type), ADIT_NAMES("color_type_name", color_types)),
    ADIT_U8("compression_method", KEEP(compression)),
    ADIT_U8("filter_method", KEEP(filter)),
    ADIT_U8("interlace_method", KEEP(interlace), ADIT_NAMES("interlace_method_name", interlaces)),
};

/* 11.3.1.1 (tRNS), 11.3.4.1 (bKGD): a colour in the image's own terms. */
static const struct adit_row gray[] = {ADIT_U16("gray")};
static const struct adit_row rgb[] = {ADIT_U16("red"), ADIT_U16("green"), ADIT_U16("blue")};
static const struct adit_row palette_index[] = {ADIT_U8("palette_index")};

/* 11.3.2.1 */
#define XY(name) ADIT_U32(name, ADIT_PER(100000))
static const struct adit_row chrm[] = {
    ADIT_BEGIN("chromaticities"),
    XY("white_point_x"),
    XY("white_point_y"),
    XY("red_x"),
    XY("red_y"),
    XY("green_x"),
    XY("green_y"),
    XY("blue_x"),
    XY("blue_y"),
    ADIT_END,
};
#undef XY

/* 11.3.2.2 */
static const struct adit_row gama[] = {ADIT_U32("gamma", KEEP(gamma), ADIT_PER(100000))};

/* 11.3.2.5 */
static const struct adit_tag intents[] = {
    {0, 0, "Perceptual"}, {1, 0, "Relative colorimetric"}, {2, 0, "Saturation"}, {3, 0, "Absolute colorimetric"}};
static const struct adit_row srgb[] = {
    ADIT_U8("rendering_intent", KEEP(intent), ADIT_NAMES("rendering_intent_name", intents)),
};

/* 11.3.2.6 */
static const struct adit_row cicp[] = {
    ADIT_BEGIN("cicp"),
    ADIT_U8("color_primaries", ADIT_NAMES("color_primaries_name", adit_cicp_primaries)),
    ADIT_U8("transfer_function", ADIT_NAMES("transfer_function_name", adit_cicp_transfers)),
    ADIT_U8("matrix_coefficients", ADIT_NAMES("matrix_coefficients_name", adit_cicp_matrices)),
    ADIT_U8("video_full_range", ADIT_IS_NOT_0),
    ADIT_END,
};

/* 11.3.2.7: chromaticities in steps of 0.00002, luminances in steps of 0.0001 cd/m2. */
#define XY(name) ADIT_U16(name, ADIT_PER(50000))
static const struct adit_row mdcv[] = {
    ADIT_BEGIN("mastering_display_chromaticities"),
    XY("red_x"),
    XY("red_y"),
    XY("green_x"),
    XY("green_y"),
    XY("blue_x"),
    XY("blue_y"),
    XY("white_point_x"),
    XY("white_point_y"),
    ADIT_END,
    ADIT_BEGIN("mastering_display_luminance"),
    ADIT_U32("maximum", ADIT_PER(10000)),
    ADIT_U32("minimum", ADIT_PER(10000)),
    ADIT_END,
};
#undef XY

/* 11.3.2.8 */
static const struct adit_row clli[] = {
    ADIT_BEGIN("content_light_level"),
    ADIT_U32("maximum_content_light_level", ADIT_PER(10000)),
    ADIT_U32("maximum_frame_average", ADIT_PER(10000)),
    ADIT_END,
};

/* 11.3.4.3 */
static const struct adit_tag pixel_units[] = {{0, 0, "unknown"}, {1, 0, "metre"}};
static const struct adit_row phys[] = {
    ADIT_U32("pixels_per_unit_x"),
    ADIT_U32("pixels_per_unit_y"),
    ADIT_U8("unit_specifier", ADIT_NAMES("unit_specifier_name", pixel_units)),
};

/* 11.3.5 */
static const struct adit_row time_rows[] = {
    ADIT_U16(NULL, KEEP(modified.year)), ADIT_U8(NULL, KEEP(modified.month)),  ADIT_U8(NULL, KEEP(modified.day)),
    ADIT_U8(NULL, KEEP(modified.hour)),  ADIT_U8(NULL, KEEP(modified.minute)), ADIT_U8(NULL, KEEP(modified.second)),
};

/* 11.3.6.1 */
static const struct adit_row actl[] = {ADIT_U32("num_frames", KEEP(frames_declared)), ADIT_U32("num_plays")};

/* Extensions, 4.2.1, 4.2.4, 4.3.2 */
static const struct adit_tag offset_units[] = {{0, 0, "pixel"}, {1, 0, "micrometre"}};
static const struct adit_row offs[] = {
    ADIT_BEGIN("offset"), ADIT_I32("x"), ADIT_I32("y"), ADIT_U8(NULL, ADIT_NAMES("unit", offset_units)), ADIT_END,
};
static const struct adit_tag stereo_modes[] = {{0, 0, "cross-fuse"}, {1, 0, "diverging-fuse"}};
static const struct adit_row ster[] = {ADIT_U8(NULL, ADIT_NAMES("stereo_mode", stereo_modes))};
static const struct adit_row gifg[] = {
    ADIT_BEGIN("gif_graphic_controls"),
    ADIT_U8("disposal_method"),
    ADIT_U8("user_input", ADIT_IS_NOT_0),
    ADIT_U16("delay_time"),
    ADIT_END,
};

/* ImageMagick: the canvas that the image is a part of. */
static const struct adit_row canv[] = {
    ADIT_BEGIN("canvas"), ADIT_U32("width"), ADIT_U32("height"), ADIT_I32("x"), ADIT_I32("y"), ADIT_END,
};
static const struct adit_row vpag[] = {
    ADIT_BEGIN("virtual_page"), ADIT_U32("width"), ADIT_U32("height"), ADIT_U8("unit"), ADIT_END,
};

/* Apple's variant for iOS: IDAT without a zlib header, BGRA. */
static const struct adit_row cgbi[] = {ADIT_U32("apple_cgbi")};

#endif
