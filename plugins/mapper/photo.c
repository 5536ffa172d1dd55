/* SPDX-License-Identifier: MIT */
/* What people ask of a photo, whatever file it is in: one name a question, answered by the first source that knows.
 * Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, chapter 5: EXIF before XMP, and both before the text of the container;
 * what EXIF has no place for comes from XMP. */
#include "photo_questions.h"
#include <adit/header.h>

ADIT_MODULE("photo", "1.0.0")

static void emit_number(const struct adit_call *job, const char *name, double value)
{
    if (isfinite(value) && value > 0)
        (void)adit_emit_f64(job, name, value);
}

/* The APEX values are for where the plain ones are missing: EXIF 3.0, annex C. */
static void emit_exposure(const struct adit_call *job)
{
    double time = number_of(job, "ExposureTime"), f_number = number_of(job, "FNumber");
    if (!(time > 0))
        time = exp2(-number_of(job, "ShutterSpeedValue"));
    if (!(f_number > 0))
        f_number = exp2(number_of(job, "ApertureValue") / 2);
    if (!(time > 0))
        time = number_in(job, "xmp", "exif.ExposureTime");
    if (!(f_number > 0))
        f_number = number_in(job, "xmp", "exif.FNumber");
    emit_number(job, "exposure_time", time);
    emit_number(job, "f_number", f_number);
    double flash = number_of(job, "Flash");
    if (flash >= 0 && flash <= UINT16_MAX)
        (void)adit_emit_bool(job, "flash_fired", (uint32_t)flash & 1);
}

/* EXIF 3.0, 4.6.5, PhotographicSensitivity: 65535 says that the value is in the tag that SensitivityType names. */
static void emit_iso(const struct adit_call *job)
{
    static const char *const fields[8][3] = {
        {NULL},
        {"StandardOutputSensitivity"},
        {"RecommendedExposureIndex"},
        {"ISOSpeed"},
        {"RecommendedExposureIndex", "StandardOutputSensitivity"},
        {"ISOSpeed", "StandardOutputSensitivity"},
        {"ISOSpeed", "RecommendedExposureIndex"},
        {"ISOSpeed", "RecommendedExposureIndex", "StandardOutputSensitivity"},
    };
    double iso = number_of(job, "PhotographicSensitivity"), type = number_of(job, "SensitivityType");
    for (int i = 0; i < 3 && !(iso > 0 && iso < 65535) && type >= 1 && type <= 7; i++) {
        const char *field = fields[(int)type][i];
        double other = field ? number_of(job, field) : NAN;
        if (other > 0)
            iso = other;
    }
    if (!(iso > 0))
        iso = number_in(job, "xmp", "exif.ISOSpeedRatings");
    if (iso > 0 && iso <= UINT32_MAX)
        (void)adit_emit_u64(job, "iso", (uint64_t)iso);
}

static void emit_orientation(const struct adit_call *job)
{
    double orientation = number_of(job, "Orientation");
    if (isnan(orientation))
        orientation = number_in(job, "xmp", "tiff.Orientation");
    if (orientation >= 1 && orientation <= 8)
        (void)adit_emit_u64(job, "orientation", (uint64_t)orientation);
}

/* MWG 2.0, 5.7: whole stars; -1 in XMP means that the picture was rejected. */
static void emit_rating(const struct adit_call *job)
{
    double rating = number_in(job, "xmp", "xmp.Rating");
    if (isnan(rating))
        rating = number_of(job, "Rating");
    if (rating >= 0 && rating <= UINT16_MAX && rating == floor(rating))
        (void)adit_emit_u64(job, "rating", (uint64_t)rating);
}

/* Those of XMP, else Microsoft's, which are separated by semicolons. */
static void emit_keywords(const struct adit_call *job)
{
    uint32_t subject = property_node(job, "dc.subject");
    for (uint32_t node = adit_first(job, subject); node; node = adit_next(job, node)) {
        struct adit_value word = value_of(job, node);
        if (word.kind == ADIT_KIND_STRING && word.as.text.size > 0)
            (void)adit_emit_text(job, "keywords", word.as.text);
    }
    struct adit_value v = subject ? adit_get(job, 0) : field_of(job, "exif", "XPKeywords");
    struct adit_text rest = v.kind == ADIT_KIND_STRING ? v.as.text : ADIT_TEXT("");
    while (rest.size > 0) {
        struct adit_text word = adit_text_trim(adit_text_next(&rest, ";"));
        if (word.size > 0)
            (void)adit_emit_text(job, "keywords", word);
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    bool any =
        adit_need(job, "exif", 0) || adit_need(job, "jpeg", 0) || adit_need(job, "png", 0) || adit_need(job, "xmp", 0);
    if (!any)
        return ADIT_DECLINED;
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        struct adit_value value;
        if (answer(job, &questions[i], &value))
            (void)adit_emit(job, questions[i].name, &value);
    }
    emit_exposure(job);
    emit_iso(job);
    emit_orientation(job);
    emit_rating(job);
    emit_keywords(job);
    return ADIT_OK;
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
