/* SPDX-License-Identifier: MIT */
/* Values of SVG that are of no simple type: lengths (CSS Values 3, 5.2), links, subjects. */
#ifndef PLUGINS_IMAGE_SVG_VALUES_H
#define PLUGINS_IMAGE_SVG_VALUES_H

#include <adit/adit.h>
#include <adit/data_uri.h>
#include <adit/header.h>
#include <adit/xml_table.h>
#include <stdio.h>

struct svg {
    unsigned embedded; /* pictures */
    bool listed;       /* the subject has its words one by one */
};

/* In pixels of 1/96 inch, where the length is absolute. */
static inline void emit_length(struct adit_xml_read *r, struct adit_text text, const char *field)
{
    static const struct {
        const char *unit;
        double pixels;
    } units[] = {{"px", 1},         {"pt", 96.0 / 72}, {"pc", 16}, {"mm", 96 / 25.4},
                 {"cm", 96 / 2.54}, {"Q", 96 / 101.6}, {"in", 96}, {"", 1}};
    static const char *const relative[] = {"%", "em", "ex", "rem", "ch", "vw", "vh", "auto"};
    double number;
    for (size_t i = 0; i < sizeof relative / sizeof *relative; i++)
        if (adit_text_ends(text, relative[i]))
            return;
    for (size_t i = 0; i < sizeof units / sizeof *units && text.size > 0; i++)
        if (adit_text_ends(text, units[i].unit)) {
            struct adit_text value = adit_text_of(text.data, text.size - __builtin_strlen(units[i].unit));
            if (adit_text_to_f64(adit_text_trim(value), &number))
                (void)adit_emit_f64(r->job, field, number * units[i].pixels);
            else
                adit_xml_wrong(r, "a length", text);
            return;
        }
}

static inline void emit_width(struct adit_xml_read *r, struct adit_text text)
{
    emit_length(r, text, "width_px");
}

static inline void emit_height(struct adit_xml_read *r, struct adit_text text)
{
    emit_length(r, text, "height_px");
}

/* Links within the picture are its structure; those that hold their content are streams; the others lead out. */
static inline void take_link(struct adit_xml_read *r, struct adit_text href)
{
    struct svg *svg = (struct svg *)r->context;
    struct adit_data_uri uri;
    char name[32];
    if (href.size == 0 || href.data[0] == '#')
        return;
    if (!adit_data_uri(href, &uri)) {
        (void)adit_emit_text(r->job, "links", href);
        return;
    }
    (void)snprintf(name, sizeof name, "embedded-%u", ++svg->embedded);
    (void)adit_emit_text(r->job, "embedded", uri.media.size > 0 ? uri.media : ADIT_TEXT("text/plain"));
    (void)adit_emit_data_uri(r->job, adit_text_c(name), &uri);
}

/* dc:subject is a bag of words (Inkscape), or text. */
static inline void emit_subject_of_list(struct adit_xml_read *r, struct adit_text word)
{
    ((struct svg *)r->context)->listed = true;
    if (word.size > 0)
        (void)adit_emit_text(r->job, "subjects", word);
}

static inline void emit_subject(struct adit_xml_read *r, struct adit_text text)
{
    struct svg *svg = (struct svg *)r->context;
    if (!svg->listed && text.size > 0)
        (void)adit_emit_text(r->job, "subjects", text);
    svg->listed = false;
}

#endif
