/* SPDX-License-Identifier: MIT */
/* Questions about a photo, and where their answers may be: Metadata Working Group, "Guidelines for Handling Image Metadata" 2.0, chapter
 * 5: EXIF before XMP, and both before the text of the container. */
#ifndef PLUGINS_MAPPER_PHOTO_QUESTIONS_H
#define PLUGINS_MAPPER_PHOTO_QUESTIONS_H

#include <adit/adit.h>
#include <math.h>

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
static inline bool is_answer(const struct question *q, struct adit_value *v)
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
static inline struct adit_value value_of(const struct adit_call *job, uint32_t node)
{
    struct adit_value value = adit_get(job, node);
    if (value.kind == ADIT_KIND_OBJECT) {
        uint32_t standard = adit_child(job, node, "x-default");
        return adit_get(job, standard ? standard : adit_first(job, node));
    }
    return value.kind == ADIT_KIND_LIST ? adit_get(job, adit_first(job, node)) : value;
}

/* A property of XMP, `dc.title`, from the first packet that has it: a picture may have several. */
static inline uint32_t property_node(const struct adit_call *job, const char *property)
{
    const char *dot = __builtin_strchr(property, '.');
    struct adit_text prefix = adit_text_of(property, (size_t)(dot - property));
    uint32_t found = 0, packet;
    for (uint32_t i = 0; i < MAX_PACKETS && !found && (packet = adit_need(job, "xmp", i)); i++)
        found = adit_child(job, job->host->node_child(job->job, packet, prefix.data, prefix.size), dot + 1);
    return found;
}

static inline struct adit_value field_of(const struct adit_call *job, const char *plugin, const char *field)
{
    bool xmp = adit_text_is(adit_text_c(plugin), "xmp");
    return value_of(job, xmp ? property_node(job, field) : adit_child(job, adit_need(job, plugin, 0), field));
}

static inline struct adit_value png_text(const struct adit_call *job, const char *keyword)
{
    return value_of(job, adit_child(job, adit_child(job, adit_need(job, "png", 0), "text"), keyword));
}

static inline bool answer(const struct adit_call *job, const struct question *q, struct adit_value *out)
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
static inline double number_in(const struct adit_call *job, const char *plugin, const char *field)
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

static inline double number_of(const struct adit_call *job, const char *field)
{
    return number_in(job, "exif", field);
}

#endif
