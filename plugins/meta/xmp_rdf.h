/* SPDX-License-Identifier: MIT */
/* The RDF/XML of XMP, into the tree of xmp_tree.h: ISO 16684-1:2019, clause 7. Each function begins at the start tag of what it reads, and
 * ends at its end tag. */
#ifndef PLUGINS_META_XMP_RDF_H
#define PLUGINS_META_XMP_RDF_H

#include "xmp_tree.h"

static inline void read_property(struct xmp *m, struct node *parent);

static inline bool is_rdf(const struct adit_xml_name *name, const char *local)
{
    return adit_xml_is(name, NS_RDF, local);
}

/* 7.5, 7.9.2.2: attributes that are no syntax are simple properties or fields. */
static inline void read_attributes(struct xmp *m, struct node *of)
{
    for (size_t i = 0; i < m->x->attribute_count; i++) {
        const struct adit_xml_attribute *a = &m->x->attributes[i];
        bool syntax = adit_text_is(a->name.space, NS_RDF) && !adit_text_is(a->name.local, "value");
        if (syntax || adit_text_is(a->name.space, NS_XML) || a->name.space.size == 0)
            continue;
        struct node *field = add_node(m, of, &a->name);
        if (field)
            field->text = keep_text(m, a->value);
    }
}

/* The properties of a resource up to the end of the element that holds them, which is the current one. */
static inline void read_properties(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    of->kind = NODE_STRUCT;
    while (adit_xml_next_element(m->x, depth))
        read_property(m, of);
}

/* 7.7: an array's items are properties named rdf:li. */
static inline void read_array(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    of->kind = is_rdf(&m->x->name, "Alt") ? NODE_ALTERNATIVES : NODE_LIST;
    while (adit_xml_next_element(m->x, depth))
        read_property(m, of);
}

/* What is in a property element: text, an array, or a resource of its own (rdf:Description, or any typed node). */
static inline void read_content(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    bool element = false;
    while (adit_xml_next_in(m->x, depth)) {
        if (m->x->kind == ADIT_XML_TEXT) {
            if (!element)
                append_text(m, of, m->x->text);
            continue;
        }
        element = true;
        of->text = ADIT_TEXT("");
        if (is_rdf(&m->x->name, "Bag") || is_rdf(&m->x->name, "Seq") || is_rdf(&m->x->name, "Alt")) {
            read_array(m, of);
        } else {
            read_attributes(m, of);
            read_properties(m, of);
        }
    }
}

/* 7.4: XML as a value, of which the text is kept. */
static inline void read_literal(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    while (adit_xml_next_in(m->x, depth))
        if (m->x->kind == ADIT_XML_TEXT)
            append_text(m, of, m->x->text);
}

/* 7.4 to 7.9: one property element, in each of its forms. */
static inline void read_property(struct xmp *m, struct node *parent)
{
    struct node *node = add_node(m, parent, &m->x->name);
    if (!node) {
        (void)adit_xml_skip(m->x);
        return;
    }
    struct adit_text type = adit_xml_attribute(m->x, NS_RDF, "parseType");
    struct adit_text resource = adit_xml_attribute(m->x, NS_RDF, "resource");
    node->language = keep_text(m, adit_xml_attribute(m->x, NS_XML, "lang"));
    node->reference = keep_text(m, adit_xml_attribute(m->x, NS_RDF, "nodeID"));
    read_attributes(m, node);
    if (node->first)
        node->kind = NODE_STRUCT;
    if (adit_text_is(type, "Resource")) {
        read_properties(m, node);
    } else if (adit_text_is(type, "Literal")) {
        read_literal(m, node);
    } else if (resource.data) {
        node->text = keep_text(m, resource);
        (void)adit_xml_skip(m->x);
    } else {
        read_content(m, node);
    }
}

/* rdf:RDF: descriptions of the one resource, in as many pieces as the writer likes (7.4). What a nodeID names may stand
 * anywhere (no XMP, but RDF that is written all the same). */
static inline void read_rdf(struct xmp *m)
{
    uint32_t depth = m->x->depth;
    while (adit_xml_next_element(m->x, depth)) {
        struct adit_text about = adit_xml_attribute(m->x, NS_RDF, "about");
        struct adit_text id = adit_xml_attribute(m->x, NS_RDF, "nodeID");
        bool description = is_rdf(&m->x->name, "Description");
        if (about.size > 0 && m->about.size > 0 && !adit_text_equal(about, m->about))
            m->subjects++;
        if (about.size > 0 && m->about.size == 0)
            m->about = keep_text(m, about);
        m->descriptions += description;
        struct node *target = &m->root;
        if (id.size > 0 && !description && (target = add_node(m, &m->named, &m->x->name)))
            target->reference = keep_text(m, id);
        if (!target) {
            (void)adit_xml_skip(m->x);
        } else if (description) {
            read_attributes(m, target);
            read_properties(m, target);
        } else {
            read_array(m, target);
        }
    }
}

#endif
