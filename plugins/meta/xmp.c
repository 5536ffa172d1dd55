/* SPDX-License-Identifier: MIT */
/* libraries: expat */
/* XMP: properties by the standard prefix of their namespace, values by the types that the standards give them. Source: ISO
 * 16684-1:2019, clause 6 (data model) and 7 (its RDF/XML). */
#include "xmp_value.h"

ADIT_MODULE("xmp", "1.0.0")

enum { MAX_PADDING = 64 << 10 };

static void read_property(struct xmp *m, struct node *parent);

static bool is_rdf(const struct adit_xml_name *name, const char *local)
{
    return adit_xml_is(name, NS_RDF, local);
}

/* 7.5, 7.9.2.2: attributes that are no syntax are simple properties or fields. */
static void read_attributes(struct xmp *m, struct node *of)
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
static void read_properties(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    of->kind = NODE_STRUCT;
    while (adit_xml_next(m->x) && !(m->x->kind == ADIT_XML_END && m->x->depth == depth))
        if (m->x->kind == ADIT_XML_START)
            read_property(m, of);
}

/* 7.7: an array's items are properties named rdf:li. */
static void read_array(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    of->kind = is_rdf(&m->x->name, "Alt") ? NODE_ALTERNATIVES : NODE_LIST;
    while (adit_xml_next(m->x) && !(m->x->kind == ADIT_XML_END && m->x->depth == depth))
        if (m->x->kind == ADIT_XML_START)
            read_property(m, of);
}

/* What is in a property element: text, an array, or a resource of its own (rdf:Description, or any typed node). */
static void read_content(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    bool element = false;
    while (adit_xml_next(m->x) && !(m->x->kind == ADIT_XML_END && m->x->depth == depth)) {
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
static void read_literal(struct xmp *m, struct node *of)
{
    uint32_t depth = m->x->depth;
    while (adit_xml_next(m->x) && !(m->x->kind == ADIT_XML_END && m->x->depth == depth))
        if (m->x->kind == ADIT_XML_TEXT)
            append_text(m, of, m->x->text);
}

/* 7.4 to 7.9: one property element, in each of its forms. */
static void read_property(struct xmp *m, struct node *parent)
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
static void read_rdf(struct xmp *m)
{
    uint32_t depth = m->x->depth;
    while (adit_xml_next(m->x) && !(m->x->kind == ADIT_XML_END && m->x->depth == depth)) {
        if (m->x->kind != ADIT_XML_START)
            continue;
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

/* Where the XML begins: XML allows no blanks and NULs before its declaration. In UTF-16 a NUL stands beside the first "<". */
static uint64_t begin_of(const struct adit_call *job)
{
    struct adit_cursor c = adit_cursor(job);
    uint8_t byte = 0;
    while (adit_left(&c) > 0 && adit_tell(&c) < MAX_PADDING && ((byte = adit_read_u8(&c)) <= ' '))
        continue;
    uint64_t at = adit_tell(&c) - (adit_tell(&c) > 0);
    if (byte == '<' && at > 0 && adit_left(&c) > 0 && adit_read_u8(&c) == 0)
        return at - 1;
    /* 7.3.2: what "begin" says of the encoding may be broken where the rest is not. */
    adit_seek(&c, at);
    bool packet = adit_match_literal(&c, "<?xpacket ");
    while (packet && adit_left(&c) > 2 && adit_tell(&c) < at + ADIT_CURSOR_WINDOW) {
        if (adit_match_literal(&c, "?>"))
            return adit_tell(&c);
        adit_skip(&c, 1);
    }
    return at;
}

static int32_t read_packet(struct xmp *m)
{
    struct adit_reader from = adit_reader_at(m->job, ADIT_SOURCE_MAIN, begin_of(m->job), UINT64_MAX);
    struct adit_xml_options options = {.max_depth = 64, .max_token = 16 << 20, .only_root = true};
    bool wrapped = false, found = false;
    m->x = adit_xml_open(&from, &options);
    while (adit_xml_next(m->x)) {
        if (m->x->kind != ADIT_XML_START)
            continue;
        if (adit_text_is(m->x->name.space, "adobe:ns:meta/")) {
            wrapped = true;
            struct adit_text toolkit = adit_xml_attribute(m->x, "adobe:ns:meta/", "xmptk");
            m->toolkit = keep_text(m, toolkit.size > 0 ? toolkit : adit_xml_attribute(m->x, "adobe:ns:meta/", "xaptk"));
        } else if (is_rdf(&m->x->name, "RDF")) {
            found = true;
            read_rdf(m);
        } else {
            (void)adit_xml_skip(m->x);
        }
    }
    int32_t status =
        found || wrapped || (m->x && m->x->result != ADIT_XML_OK) ? adit_xml_status(m->job, m->x) : ADIT_DECLINED;
    adit_xml_close(m->x);
    /* RDF about several things, or about none in particular, is RDF for something else (7.4). */
    bool xmp = wrapped || (m->descriptions > 0 && m->subjects == 0);
    return status == ADIT_OK && !xmp ? ADIT_DECLINED : m->failed ? ADIT_FAILED : status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct xmp *m = (struct xmp *)calloc(1, sizeof *m);
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    int32_t status = read_packet(m);
    if (status != ADIT_DECLINED)
        emit_packet(m);
    release(m);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
