/* SPDX-License-Identifier: MIT */
/* The main document part: ECMA-376 part 1, 17.2 to 17.5 (body, paragraphs, runs, tables) and 17.13.5 (tracked changes); part 3, 7.6
 * (alternate content). */
#ifndef PLUGINS_OFFICE_DOCX_BODY_H
#define PLUGINS_OFFICE_DOCX_BODY_H

#include <adit/adit.h>
#include <adit/opc.h>
#include <adit/stream.h>

#define TRANSITIONAL "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define COMPATIBILITY "http://schemas.openxmlformats.org/markup-compatibility/2006"
#define STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"

/* What an element means, besides being counted as a field. */
enum meaning { NOTHING, CHANGE, TAB, BREAK, HYPHEN };

static const struct element {
    const char *name, *field; /* field NULL: it is not counted */
    enum meaning meaning;
    bool
        in_properties; /* it counts in the properties of paragraphs and tables too: there a tab is a stop, no character */
    bool always;       /* none is told too */
} elements[] = {
    {"p", "paragraphs", NOTHING, false, true},
    {"tbl", "tables", NOTHING, false, true},
    {"sectPr", "sections", NOTHING, true, true},
    {"hyperlink", "hyperlinks", NOTHING, false, false},
    {"drawing", "drawings", NOTHING, false, false},
    {"pict", "vml_pictures", NOTHING, false, false},
    {"object", "embedded_objects", NOTHING, false, false},
    {"footnoteReference", "footnotes", NOTHING, false, false},
    {"endnoteReference", "endnotes", NOTHING, false, false},
    {"commentReference", "comment_references", NOTHING, false, false},
    {"bookmarkStart", "bookmarks", NOTHING, false, false},
    {"fldSimple", "simple_fields", NOTHING, false, false},
    {"instrText", "field_instructions", NOTHING, false, false},
    {"ins", "insertions", CHANGE, true, false},
    {"del", "deletions", CHANGE, true, false},
    {"moveFrom", "moves", CHANGE, false, false},
    {"rPrChange", "format_changes", CHANGE, true, false},
    {"pPrChange", "paragraph_changes", CHANGE, true, false},
    {"tab", NULL, TAB, false, false},
    {"ptab", NULL, TAB, false, false},
    {"br", NULL, BREAK, false, false},
    {"cr", NULL, BREAK, false, false},
    {"noBreakHyphen", NULL, HYPHEN, false, false},
};
enum { ELEMENTS = sizeof elements / sizeof *elements, MAX_AUTHORS = 64 };

struct body {
    const struct adit_call *job;
    struct adit_opc_reader part;
    uint64_t counts[ELEMENTS], characters, words;
    bool in_word, stream;
    size_t used;
    char out[4096];
    char authors[MAX_AUTHORS][128]; /* of tracked changes */
    unsigned author_count;
    struct adit_time first, last; /* of tracked changes; precision 0: none */
};

static inline bool is_word(const struct adit_xml_name *name)
{
    return adit_text_is(name->space, TRANSITIONAL) || adit_text_is(name->space, STRICT);
}

static inline struct adit_text word_attribute(const struct adit_xml *x, const char *name)
{
    struct adit_text text = adit_xml_attribute(x, TRANSITIONAL, name);
    return text.data ? text : adit_xml_attribute(x, STRICT, name);
}

static inline void flush(struct body *m)
{
    if (m->stream && m->used > 0)
        m->stream = adit_write(m->job, m->out, m->used) == 0;
    m->used = 0;
}

/* Text goes to the stream, and its words and characters are counted. */
static inline void put(struct body *m, struct adit_text text, bool counts)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool blank = c == ' ' || c == '\t' || c == '\n';
        m->characters += counts && ((unsigned char)c & 0xc0) != 0x80;
        m->words += !blank && !m->in_word;
        m->in_word = !blank;
        if (m->used == sizeof m->out)
            flush(m);
        m->out[m->used++] = c;
    }
}

/* 17.13.5: who changed what when. Local time, though it is written with a Z. */
static inline void read_change(struct body *m, const struct adit_xml *x)
{
    struct adit_text author = word_attribute(x, "author");
    struct adit_time date;
    unsigned i = 0;
    if (adit_time_parse(word_attribute(x, "date"), &date)) {
        date.zone = ADIT_ZONE_UNKNOWN;
        if (m->first.precision == 0 || adit_time_compare(&date, &m->first) < 0)
            m->first = date;
        if (m->last.precision == 0 || adit_time_compare(&date, &m->last) > 0)
            m->last = date;
    }
    while (i < m->author_count && !adit_text_is(author, m->authors[i]))
        i++;
    if (author.size > 0 && author.size < sizeof m->authors[0] && i == m->author_count && i < MAX_AUTHORS)
        (void)adit_text_keep(author, m->authors[m->author_count++], sizeof m->authors[0]);
}

static inline void read_start(struct body *m, const struct adit_xml *x, bool in_properties)
{
    for (unsigned i = 0; i < ELEMENTS; i++) {
        const struct element *e = &elements[i];
        if ((in_properties && !e->in_properties) || !adit_text_is(x->name.local, e->name))
            continue;
        m->counts[i]++;
        if (e->meaning == CHANGE)
            read_change(m, x);
        else if (e->meaning == TAB)
            put(m, ADIT_TEXT("\t"), true);
        else if (e->meaning == BREAK)
            put(m, ADIT_TEXT("\n"), false);
        else if (e->meaning == HYPHEN)
            put(m, ADIT_TEXT("-"), true);
        return;
    }
}

/* 17.3: runs of text in paragraphs. Deleted text (delText) is not part of it. */
static inline int32_t read_body(struct body *m)
{
    struct adit_xml *x = m->part.x;
    bool text = false;
    uint32_t properties = 0; /* depth of the pPr or tblPr that is open */
    m->stream = adit_open_stream(m->job, ADIT_TEXT("text"), "text/plain") == 0;
    bool open = m->stream;
    for (uint64_t events = 1; adit_xml_next(x) && (events % 4096 != 0 || adit_progress(m->job, 0, 0)); events++) {
        bool start = x->kind == ADIT_XML_START;
        if (x->kind == ADIT_XML_TEXT) {
            if (text)
                put(m, x->text, true);
            continue;
        }
        if (start && adit_xml_is(&x->name, COMPATIBILITY, "Fallback"))
            (void)adit_xml_skip(x); /* the same again, for readers that do not know the choice before it */
        if (!is_word(&x->name))
            continue;
        struct adit_text local = x->name.local;
        text = start && adit_text_is(local, "t");
        if (properties == 0 && start && (adit_text_is(local, "pPr") || adit_text_is(local, "tblPr")))
            properties = x->depth;
        if (start)
            read_start(m, x, properties > 0);
        else if (x->depth == properties)
            properties = 0;
        if (!start && adit_text_is(local, "p"))
            put(m, ADIT_TEXT("\n"), false);
    }
    flush(m);
    if (open)
        (void)(m->stream ? adit_close(m->job) : adit_close_truncated(m->job));
    return adit_opc_close(m->job, &m->part);
}

static inline void emit_body(const struct body *m)
{
    for (unsigned i = 0; i < ELEMENTS; i++)
        if (elements[i].field && (elements[i].always || m->counts[i] > 0))
            (void)adit_emit_u64(m->job, elements[i].field, m->counts[i]);
    (void)adit_emit_u64(m->job, "words", m->words);
    (void)adit_emit_u64(m->job, "characters", m->characters);
    for (unsigned i = 0; i < m->author_count; i++)
        (void)adit_emit_string(m->job, "change_authors", m->authors[i]);
    if (m->first.precision)
        (void)adit_emit_time(m->job, "first_change", m->first);
    if (m->last.precision)
        (void)adit_emit_time(m->job, "last_change", m->last);
}

#endif
