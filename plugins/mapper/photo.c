/* SPDX-License-Identifier: MIT */
/* What people ask of a photo, whatever file it is in: one name a question, answered by the first source that knows.
 * Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, chapter 5: EXIF before XMP, and both before the text of the container;
 * what EXIF has no place for comes from XMP. */
#include <adit/adit.h>
#include <math.h>

ADIT_MODULE("photo", "1.0.0")

enum { MAX_SOURCES = 6, MAX_PACKETS = 4 };

/* A question and where its answer may be, best first. `png:Title` is the PNG text of that keyword,
 * `xmp` `dc.title` the property of that prefix. */
static const struct question {
    const char *name;
    enum { TEXT, NUMBER, TIME } kind;
    struct {
        const char *plugin, *field;
    } sources[MAX_SOURCES];
} questions[] = {
    {"taken",
     TIME,
     {{"exif", "DateTimeOriginal"},
      {"exif", "DateTimeDigitized"},
      {"xmp", "photoshop.DateCreated"},
      {"xmp", "exif.DateTimeOriginal"},
      {"png:", "Creation Time"}}},
    {"digitized", TIME, {{"exif", "DateTimeDigitized"}, {"xmp", "xmp.CreateDate"}}},
    {"modified", TIME, {{"exif", "DateTime"}, {"xmp", "xmp.ModifyDate"}, {"png", "last_modified"}}},
    {"camera_make", TEXT, {{"exif", "Make"}, {"xmp", "tiff.Make"}}},
    {"camera_model", TEXT, {{"exif", "Model"}, {"xmp", "tiff.Model"}}},
    {"camera_serial_number", TEXT, {{"exif", "BodySerialNumber"}, {"xmp", "aux.SerialNumber"}}},
    {"camera_owner", TEXT, {{"exif", "CameraOwnerName"}, {"xmp", "aux.OwnerName"}}},
    {"lens_make", TEXT, {{"exif", "LensMake"}}},
    {"lens_model", TEXT, {{"exif", "LensModel"}, {"xmp", "exifEX.LensModel"}, {"xmp", "aux.Lens"}}},
    {"lens_serial_number", TEXT, {{"exif", "LensSerialNumber"}}},
    {"exposure_compensation", NUMBER, {{"exif", "ExposureBiasValue"}, {"xmp", "exif.ExposureBiasValue"}}},
    {"focal_length", NUMBER, {{"exif", "FocalLength"}, {"xmp", "exif.FocalLength"}}},
    {"focal_length_35mm", NUMBER, {{"exif", "FocalLengthIn35mmFilm"}, {"xmp", "exif.FocalLengthIn35mmFilm"}}},
    {"latitude", NUMBER, {{"exif", "GPSLatitude"}, {"xmp", "exif.GPSLatitude"}}},
    {"longitude", NUMBER, {{"exif", "GPSLongitude"}, {"xmp", "exif.GPSLongitude"}}},
    {"altitude", NUMBER, {{"exif", "GPSAltitude"}}},
    {"direction", NUMBER, {{"exif", "GPSImgDirection"}}},
    {"position_time", TIME, {{"exif", "GPSDateTime"}}},
    {"width", NUMBER, {{"jpeg", "width"}, {"png", "width"}, {"exif", "PixelXDimension"}, {"exif", "ImageWidth"}}},
    {"height", NUMBER, {{"jpeg", "height"}, {"png", "height"}, {"exif", "PixelYDimension"}, {"exif", "ImageLength"}}},
    {"title", TEXT, {{"exif", "ImageTitle"}, {"exif", "XPTitle"}, {"xmp", "dc.title"}, {"png:", "Title"}}},
    {"description",
     TEXT,
     {{"exif", "ImageDescription"}, {"exif", "XPSubject"}, {"xmp", "dc.description"}, {"png:", "Description"}}},
    {"comment", TEXT, {{"exif", "UserComment"}, {"exif", "XPComment"}, {"jpeg", "comments"}, {"png:", "Comment"}}},
    {"creator",
     TEXT,
     {{"exif", "Artist"}, {"exif", "Photographer"}, {"exif", "XPAuthor"}, {"xmp", "dc.creator"}, {"png:", "Author"}}},
    {"copyright", TEXT, {{"exif", "Copyright"}, {"xmp", "dc.rights"}, {"png:", "Copyright"}}},
    {"headline", TEXT, {{"xmp", "photoshop.Headline"}}},
    {"credit", TEXT, {{"xmp", "photoshop.Credit"}}},
    {"source", TEXT, {{"xmp", "photoshop.Source"}}},
    {"location", TEXT, {{"xmp", "Iptc4xmpCore.Location"}}},
    {"city", TEXT, {{"xmp", "photoshop.City"}}},
    {"state", TEXT, {{"xmp", "photoshop.State"}}},
    {"country", TEXT, {{"xmp", "photoshop.Country"}}},
    {"label", TEXT, {{"xmp", "xmp.Label"}}},
    {"software", TEXT, {{"exif", "Software"}, {"xmp", "xmp.CreatorTool"}, {"png:", "Software"}}},
};

/* Is it of the kind that is asked for? Text that says nothing is no answer, and neither is text where XMP has a number or a
 * time that its writer did not write as one. A time in text is taken where it is one. */
static bool is_answer(const struct question *q, struct adit_value *v)
{
    struct adit_time time;
    if (q->kind == NUMBER)
        return v->kind == ADIT_KIND_I64 || v->kind == ADIT_KIND_U64 ||
               (v->kind == ADIT_KIND_F64 && isfinite(v->as.f64));
    if (q->kind == TIME && v->kind == ADIT_KIND_STRING && adit_time_parse(v->as.text, &time))
        *v = adit_value_time(time);
    if (q->kind == TIME)
        return v->kind == ADIT_KIND_TIME;
    for (size_t i = 0; v->kind == ADIT_KIND_STRING && i < v->as.text.size; i++)
        if (v->as.text.data[i] > ' ' || v->as.text.data[i] < '\0')
            return true;
    return false;
}

/* Of a list the first element, of XMP's languages the default one. */
static struct adit_value value_of(const struct adit_call *job, uint32_t node)
{
    struct adit_value value = adit_get(job, node);
    if (value.kind == ADIT_KIND_OBJECT) {
        uint32_t standard = adit_child(job, node, "x-default");
        return adit_get(job, standard ? standard : adit_first(job, node));
    }
    return value.kind == ADIT_KIND_LIST ? adit_get(job, adit_first(job, node)) : value;
}

/* A property of XMP, `dc.title`, from the first packet that has it: a picture may have several. */
static uint32_t property_node(const struct adit_call *job, const char *property)
{
    const char *dot = __builtin_strchr(property, '.');
    struct adit_text prefix = adit_text_of(property, (size_t)(dot - property));
    uint32_t found = 0, packet;
    for (uint32_t i = 0; i < MAX_PACKETS && !found && (packet = adit_need(job, "xmp", i)); i++)
        found = adit_child(job, job->host->node_child(job->job, packet, prefix.data, prefix.size), dot + 1);
    return found;
}

static struct adit_value field_of(const struct adit_call *job, const char *plugin, const char *field)
{
    bool xmp = adit_text_is(adit_text_c(plugin), "xmp");
    return value_of(job, xmp ? property_node(job, field) : adit_child(job, adit_need(job, plugin, 0), field));
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
        if (is_answer(q, out))
            return true;
    }
    return false;
}

/* NaN: it is not there, or no number. */
static double number_in(const struct adit_call *job, const char *plugin, const char *field)
{
    struct adit_value v = field_of(job, plugin, field);
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

static double number_of(const struct adit_call *job, const char *field)
{
    return number_in(job, "exif", field);
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
    for (uint32_t node = adit_first(job, property_node(job, "dc.subject")); node; node = adit_next(job, node)) {
        struct adit_value word = value_of(job, node);
        if (word.kind == ADIT_KIND_STRING && word.as.text.size > 0)
            (void)adit_emit_text(job, "keywords", word.as.text);
    }
    if (property_node(job, "dc.subject"))
        return;
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
