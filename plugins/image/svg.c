/* SPDX-License-Identifier: MIT */
/* libraries: expat */
/* SVG pictures: size, what is in them and how much, to what they link, metadata; embedded pictures are streams. Sources: W3C SVG 1.1
 * (2nd ed.) and SVG 2, 5 (structure), 8 (coordinate systems), 12 (embedded content); Creative Commons' RDF as Inkscape writes it. */
#include "svg_values.h"

ADIT_MODULE("svg", "1.0.0")

static const struct adit_xml_space spaces[] = {
    {"", "http://www.w3.org/2000/svg"},
    {"", ""}, /* written by hand, or before there was a namespace */
    {"xlink", "http://www.w3.org/1999/xlink"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"cc", "http://creativecommons.org/ns#"},
    {"cc", "http://web.resource.org/cc/"},
    {"dc", "http://purl.org/dc/elements/1.1/"},
    {"dc", "http://purl.org/dc/terms/"},
    {"inkscape", "http://www.inkscape.org/namespaces/inkscape"},
};

#define COUNT(element, name)                                                                                           \
    {                                                                                                                  \
        "//" element, ADIT_ROW_SOME, .field = name                                                                     \
    }
#define LINK(element)                                                                                                  \
    {"//" element "/@xlink:href", ADIT_ROW_CALL, .call = take_link},                                                   \
    {                                                                                                                  \
        "//" element "/@href", ADIT_ROW_CALL, .call = take_link                                                        \
    }
#define WORK "metadata/rdf:RDF/cc:Work/"

static const struct adit_xml_row rows[] = {
    {"@version", ADIT_ROW_TEXT, .field = "version"},
    {"@baseProfile", ADIT_ROW_TEXT, .field = "base_profile"},
    {"@inkscape:version", ADIT_ROW_TEXT, .field = "inkscape_version"},
    {"@width", ADIT_ROW_TEXT, .field = "width"},
    {"@width", ADIT_ROW_CALL, .call = emit_width},
    {"@height", ADIT_ROW_TEXT, .field = "height"},
    {"@height", ADIT_ROW_CALL, .call = emit_height},
    {"@viewBox", ADIT_ROW_REALS, .field = "view_box"},
    {"title", ADIT_ROW_TEXT, .field = "title"},
    {"desc", ADIT_ROW_TEXT, .field = "desc"},
    /* what is in it */
    COUNT("g", "groups"),
    COUNT("path", "paths"),
    COUNT("rect", "rects"),
    COUNT("circle", "circles"),
    COUNT("ellipse", "ellipses"),
    COUNT("line", "lines"),
    COUNT("polyline", "polylines"),
    COUNT("polygon", "polygons"),
    COUNT("text", "texts"),
    COUNT("image", "images"),
    COUNT("use", "uses"),
    COUNT("symbol", "symbols"),
    COUNT("linearGradient", "linear_gradients"),
    COUNT("radialGradient", "radial_gradients"),
    COUNT("pattern", "patterns"),
    COUNT("clipPath", "clip_paths"),
    COUNT("mask", "masks"),
    COUNT("filter", "filters"),
    COUNT("style", "styles"),
    COUNT("script", "scripts"),
    COUNT("foreignObject", "foreign_objects"),
    COUNT("animate", "animations"),
    COUNT("animateTransform", "transform_animations"),
    COUNT("animateMotion", "motion_animations"),
    {"//text", ADIT_ROW_TEXT, .field = "text"},
    /* where it leads */
    LINK("a"),
    LINK("image"),
    LINK("feImage"),
    LINK("use"),
    LINK("script"),
    /* metadata */
    {WORK "dc:title", ADIT_ROW_TEXT, .field = "work_title"},
    {WORK "dc:description", ADIT_ROW_TEXT, .field = "description"},
    {WORK "dc:date", ADIT_ROW_TEXT, .field = "date"},
    {WORK "dc:language", ADIT_ROW_TEXT, .field = "language"},
    {WORK "dc:creator", ADIT_ROW_TEXT, .field = "creators"},
    {WORK "dc:contributor", ADIT_ROW_TEXT, .field = "contributors"},
    {WORK "dc:publisher", ADIT_ROW_TEXT, .field = "publishers"},
    {WORK "dc:rights", ADIT_ROW_TEXT, .field = "rights"},
    {WORK "dc:source", ADIT_ROW_TEXT, .field = "source"},
    {WORK "dc:identifier", ADIT_ROW_TEXT, .field = "identifier"},
    {WORK "dc:subject/rdf:Bag/rdf:li", ADIT_ROW_CALL, .call = emit_subject_of_list},
    {WORK "dc:subject", ADIT_ROW_CALL, .call = emit_subject},
    {WORK "cc:license/@rdf:resource", ADIT_ROW_TEXT, .field = "license"},
};
static const struct adit_xml_table table = ADIT_XML_TABLE("svg", rows, spaces);

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_reader from = adit_reader(job);
    struct adit_xml_options options = {.max_token = 32 << 20}; /* attributes with whole pictures in them */
    struct svg svg = {0, false};
    (void)state;
    return adit_xml_read_document(job, &from, &options, &table, &svg);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
