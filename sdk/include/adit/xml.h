/* SPDX-License-Identifier: MIT */
/*
 * XML as a sequence of start tags, end tags and text, with namespaces expanded; read block by block, in bounds, whatever
 * the document says. Over expat: a module that uses it links it: a comment of its own, libraries: expat. In libadit-sdk. [run]
 *
 *     struct adit_reader from = adit_reader(job);
 *     struct adit_xml *x = adit_xml_open(&from, NULL);
 *     while (adit_xml_next(x))
 *         if (x->kind == ADIT_XML_START && adit_xml_is(&x->name, DC, "title"))
 *             …
 *     int32_t status = adit_xml_status(job, x);
 *     adit_xml_close(x);
 *
 * Character encodings: UTF-8 and UTF-16 by expat, the single-byte ones of charset.h from the SDK's tables. Entities: the five
 * of XML and character references. A document that declares entities of its own is not read beyond that declaration, and
 * nothing outside of the document is ever fetched. A reference to an entity that only an external DTD could declare is kept
 * as text: "&nbsp;".
 *
 * Sources: XML 1.0 (5th ed.), Namespaces in XML 1.0 (3rd ed.).
 */
#ifndef ADIT_XML_H
#define ADIT_XML_H

#include <adit/abi.h>
#include <adit/reader.h>
#include <adit/text.h>

enum adit_xml_kind {
    ADIT_XML_NONE = 0, /* before the first, after the last */
    ADIT_XML_START = 1,
    ADIT_XML_END = 2,  /* for an empty element too */
    ADIT_XML_TEXT = 3, /* between two tags all in one piece, unless it is longer than max_text: then in several */
};

enum adit_xml_result {
    ADIT_XML_OK = 0,         /* the document was read to its end */
    ADIT_XML_MALFORMED = 1,  /* it is not well-formed */
    ADIT_XML_TRUNCATED = 2,  /* it ends too early */
    ADIT_XML_LIMIT = 3,      /* deeper, or with larger tokens or more namespaces, than the bounds allow */
    ADIT_XML_ENTITIES = 4,   /* it declares entities */
    ADIT_XML_ENCODING = 5,   /* an encoding that is not known here */
    ADIT_XML_UNREADABLE = 6, /* the source could not be read */
    ADIT_XML_NO_MEMORY = 7,
};

struct adit_xml_name {
    struct adit_text space; /* the namespace's name (a URI); empty: none */
    struct adit_text local;
    struct adit_text prefix; /* as written; two prefixes may mean the same space */
};

struct adit_xml_attribute {
    struct adit_xml_name name;
    struct adit_text value;
};

/* 0 in a member stands for its default. */
struct adit_xml_options {
    uint32_t max_depth; /* open elements, 256 */
    uint32_t max_text;  /* bytes of one piece of text, 1 MiB */
    uint32_t max_token; /* bytes of one tag or comment in the document, 1 MiB */
    bool only_root;     /* the end of the root element is the end: what follows is not looked at */
    bool places;        /* line and column of every event: costs about a tenth more */
    const char
        *name; /* what messages call the document, where it is one of several: "word/settings.xml"; must live as long */
};

/* The reader. Everything in it is borrowed, and valid until the next call. */
struct adit_xml {
    enum adit_xml_kind kind;
    uint32_t depth;            /* of the element that a tag opens or ends, of which a text is part: the root's is 1 */
    struct adit_xml_name name; /* START, END */
    struct adit_text text;     /* TEXT */
    const struct adit_xml_attribute *attributes; /* START; namespace declarations are not among them */
    size_t attribute_count;
    /* Once adit_xml_next has returned false. */
    enum adit_xml_result result;
    const char *message;   /* what is wrong, in English; "" for ADIT_XML_OK */
    uint64_t line, column; /* where, from 1; 0: no place. With `places` also, before, where the tag or text begins */
};

static inline bool adit_xml_is(const struct adit_xml_name *name, const char *space, const char *local)
{
    return adit_text_is(name->local, local) && adit_text_is(name->space, space);
}

/* The value of an attribute; data NULL: it is not there. `space` "" for attributes without a prefix. */
static inline struct adit_text adit_xml_attribute(const struct adit_xml *x, const char *space, const char *local)
{
    for (size_t i = 0; x->kind == ADIT_XML_START && i < x->attribute_count; i++)
        if (adit_xml_is(&x->attributes[i].name, space, local))
            return x->attributes[i].value;
    return adit_text_of(NULL, 0);
}

#ifdef __cplusplus
extern "C" {
#endif
/* A reader over what `from` gives, which must live as long. NULL: no memory; the calls below take that too. */
struct adit_xml *adit_xml_open(struct adit_reader *from, const struct adit_xml_options *options);
/* Moves on. False: there is no more; x->result says why. What came before a fault has been given. */
bool adit_xml_next(struct adit_xml *x);
/* After a START: passes over all of that element, to its END. False: it has no end. */
bool adit_xml_skip(struct adit_xml *x);
/* After a START: the text of that element and of what is in it, into out[room]; moves to its END. Returns the bytes that all of
 * it takes: more than `room` means that it was cut, between characters. */
size_t adit_xml_content(struct adit_xml *x, char *out, size_t room);
/* What the result comes to as a plugin's status; tells the user, with line and column, where it is not ADIT_OK. */
int32_t adit_xml_status(const struct adit_call *job, const struct adit_xml *x);
/* "part, line 3, column 7": where the reader stands, for a warning. Returns out. */
const char *adit_xml_place(const struct adit_xml *x, char out[128]);
void adit_xml_close(struct adit_xml *x);
#ifdef __cplusplus
}
#endif

/* In the element of this depth, which is open: moves on. False: that was its end tag, or there is no more. */
static inline bool adit_xml_next_in(struct adit_xml *x, uint32_t depth)
{
    return adit_xml_next(x) && !(x->kind == ADIT_XML_END && x->depth == depth);
}

/* The same, to the next start tag in it. */
static inline bool adit_xml_next_element(struct adit_xml *x, uint32_t depth)
{
    while (adit_xml_next_in(x, depth))
        if (x->kind == ADIT_XML_START)
            return true;
    return false;
}

#endif
