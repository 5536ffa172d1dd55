/* SPDX-License-Identifier: MIT */
/* What people ask of a photo, whatever file it is in: one name a question, answered by the first source that knows.
 * Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, chapter 5: EXIF before the text of the container. */
#include <adit/adit.h>
#include <math.h>

ADIT_MODULE("photo", "1.0.0")

enum { MAX_SOURCES = 4 };

/* A question and where its answer may be, best first. `png:Title` is the PNG text of that keyword. */
static const struct question {
    const char *name;
    struct {
        const char *plugin, *field;
    } sources[MAX_SOURCES];
} questions[] = {
    {"taken", {{"exif", "DateTimeOriginal"}, {"exif", "DateTimeDigitized"}, {"png:", "Creation Time"}}},
    {"digitized", {{"exif", "DateTimeDigitized"}}},
    {"modified", {{"exif", "DateTime"}, {"png", "last_modified"}}},
    {"camera_make", {{"exif", "Make"}}},
    {"camera_model", {{"exif", "Model"}}},
    {"camera_serial_number", {{"exif", "BodySerialNumber"}}},
    {"camera_owner", {{"exif", "CameraOwnerName"}}},
    {"lens_make", {{"exif", "LensMake"}}},
    {"lens_model", {{"exif", "LensModel"}}},
    {"lens_serial_number", {{"exif", "LensSerialNumber"}}},
    {"exposure_compensation", {{"exif", "ExposureBiasValue"}}},
    {"focal_length", {{"exif", "FocalLength"}}},
    {"focal_length_35mm", {{"exif", "FocalLengthIn35mmFilm"}}},
    {"latitude", {{"exif", "GPSLatitude"}}},
    {"longitude", {{"exif", "GPSLongitude"}}},
    {"altitude", {{"exif", "GPSAltitude"}}},
    {"direction", {{"exif", "GPSImgDirection"}}},
    {"position_time", {{"exif", "GPSDateTime"}}},
    {"width", {{"jpeg", "width"}, {"png", "width"}, {"exif", "PixelXDimension"}, {"exif", "ImageWidth"}}},
    {"height", {{"jpeg", "height"}, {"png", "height"}, {"exif", "PixelYDimension"}, {"exif", "ImageLength"}}},
    {"title", {{"exif", "ImageTitle"}, {"exif", "XPTitle"}, {"png:", "Title"}}},
    {"description", {{"exif", "ImageDescription"}, {"exif", "XPSubject"}, {"png:", "Description"}}},
    {"comment", {{"exif", "UserComment"}, {"exif", "XPComment"}, {"jpeg", "comments"}, {"png:", "Comment"}}},
    {"creator", {{"exif", "Artist"}, {"exif", "Photographer"}, {"exif", "XPAuthor"}, {"png:", "Author"}}},
    {"copyright", {{"exif", "Copyright"}, {"png:", "Copyright"}}},
    {"software", {{"exif", "Software"}, {"png:", "Software"}}},
    {"rating", {{"exif", "Rating"}}},
};

/* Text that says nothing is no answer; a list answers with its first element. */
static bool is_answer(const struct adit_value *v)
{
    switch (v->kind) {
    case ADIT_KIND_NONE:
    case ADIT_KIND_OBJECT:
    case ADIT_KIND_LIST:
        return false;
    case ADIT_KIND_STRING:
        for (size_t i = 0; i < v->as.text.size; i++)
            if (v->as.text.data[i] > ' ' || v->as.text.data[i] < '\0')
                return true;
        return false;
    case ADIT_KIND_F64:
        return isfinite(v->as.f64);
    default:
        return true;
    }
}

static struct adit_value value_of(const struct adit_call *job, uint32_t node)
{
    struct adit_value value = adit_get(job, node);
    return value.kind == ADIT_KIND_LIST ? adit_get(job, adit_first(job, node)) : value;
}

static struct adit_value field_of(const struct adit_call *job, const char *plugin, const char *field)
{
    return value_of(job, adit_child(job, adit_need(job, plugin, 0), field));
}

static struct adit_value png_text(const struct adit_call *job, const char *keyword)
{
    return value_of(job, adit_child(job, adit_child(job, adit_need(job, "png", 0), "text"), keyword));
}

static bool answer(const struct adit_call *job, const struct question *q, struct adit_value *out)
{
    for (int i = 0; i < MAX_SOURCES && q->sources[i].plugin; i++) {
        bool text = q->sources[i].plugin[3] == ':';
        *out = text ? png_text(job, q->sources[i].field) : field_of(job, q->sources[i].plugin, q->sources[i].field);
        if (text && q == questions) { /* taken: PNG has it as text, and recommends no form of it that is certain */
            struct adit_time time;
            if (out->kind != ADIT_KIND_STRING || !adit_time_parse(out->as.text, &time))
                continue;
            *out = adit_value_time(time);
        }
        if (is_answer(out))
            return true;
    }
    return false;
}

/* A number of EXIF; NaN: it is not there. */
static double number_of(const struct adit_call *job, const char *field)
{
    struct adit_value v = field_of(job, "exif", field);
    switch (v.kind) {
    case ADIT_KIND_U64:
        return (double)v.as.u64;
    case ADIT_KIND_I64:
        return (double)v.as.i64;
    case ADIT_KIND_F64:
        return v.as.f64;
    default:
        return NAN;
    }
}

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
    if (iso > 0 && iso <= UINT32_MAX)
        (void)adit_emit_u64(job, "iso", (uint64_t)iso);
}

static void emit_orientation(const struct adit_call *job)
{
    double orientation = number_of(job, "Orientation");
    if (orientation >= 1 && orientation <= 8)
        (void)adit_emit_u64(job, "orientation", (uint64_t)orientation);
}

/* Microsoft separates keywords by semicolons. */
static void emit_keywords(const struct adit_call *job)
{
    struct adit_value v = field_of(job, "exif", "XPKeywords");
    if (v.kind != ADIT_KIND_STRING)
        return;
    const char *at = v.as.text.data, *end = at + v.as.text.size;
    while (at < end) {
        const char *stop = __builtin_memchr(at, ';', (size_t)(end - at));
        const char *last = stop ? stop : end;
        while (at < last && *at == ' ')
            at++;
        struct adit_text word = adit_text_trim_end(adit_text_of(at, (size_t)(last - at)));
        if (word.size)
            (void)adit_emit_text(job, "keywords", word);
        at = stop ? stop + 1 : end;
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    bool any = adit_need(job, "exif", 0) || adit_need(job, "jpeg", 0) || adit_need(job, "png", 0);
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
    emit_keywords(job);
    return ADIT_OK;
}
ADIT_PLUGIN(NULL, run, NULL, NULL)
