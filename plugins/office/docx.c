/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* Word documents: their text as a stream, what is in them and how much, comments, tracked changes, settings. Source: ECMA-376 part
 * 1 (5th ed.), 17 (WordprocessingML); the strict form has the same names in another namespace. */
#include "opc.h"
#include <adit/stream.h>
#include <stdlib.h>

ADIT_MODULE("docx", "1.0.0")

#define TRANSITIONAL "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define COMPATIBILITY "http://schemas.openxmlformats.org/markup-compatibility/2006"
#define STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"

enum { MAX_AUTHORS = 64, MAX_COMMENTS = 10000 };

/* Elements that are counted, and the field that tells how many. */
static const struct counted {
    const char *name, *field;
} counted[] = {
    {"p", "paragraphs"},
    {"tbl", "tables"},
    {"sectPr", "sections"},
    {"hyperlink", "hyperlinks"},
    {"drawing", "drawings"},
    {"pict", "vml_pictures"},
    {"object", "embedded_objects"},
    {"footnoteReference", "footnotes"},
    {"endnoteReference", "endnotes"},
    {"commentReference", "comment_references"},
    {"bookmarkStart", "bookmarks"},
    {"fldSimple", "simple_fields"},
    {"instrText", "field_instructions"},
    {"ins", "insertions"},
    {"del", "deletions"},
    {"moveFrom", "moves"},
    {"rPrChange", "format_changes"},
    {"pPrChange", "paragraph_changes"},
};
enum { COUNTED = sizeof counted / sizeof *counted };

struct docx {
    const struct adit_call *job;
    struct opc_part part;
    uint64_t counts[COUNTED], characters, words;
    bool in_word, stream;
    size_t used;
    char out[4096], text[32 * 1024];
    char authors[MAX_AUTHORS][128]; /* of tracked changes */
    unsigned author_count;
    struct adit_time first, last; /* of tracked changes; precision 0: none */
};

static bool is_word(const struct adit_xml_name *name)
{
    return adit_text_is(name->space, TRANSITIONAL) || adit_text_is(name->space, STRICT);
}

static struct adit_text attribute(const struct adit_xml *x, const char *name)
{
    struct adit_text text = adit_xml_attribute(x, TRANSITIONAL, name);
    return text.data ? text : adit_xml_attribute(x, STRICT, name);
}

static void flush(struct docx *m)
{
    if (m->stream && m->used > 0)
        m->stream = adit_write(m->job, m->out, m->used) == 0;
    m->used = 0;
}

/* Text goes to the stream, and its words and characters are counted. */
static void put(struct docx *m, struct adit_text text, bool counts)
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
static void read_change(struct docx *m, const struct adit_xml *x)
{
    struct adit_text author = attribute(x, "author");
    struct adit_time date;
    unsigned i = 0;
    if (adit_time_parse(attribute(x, "date"), &date)) {
        date.zone = ADIT_ZONE_UNKNOWN;
        if (m->first.precision == 0 || adit_time_compare(&date, &m->first) < 0)
            m->first = date;
        if (m->last.precision == 0 || adit_time_compare(&date, &m->last) > 0)
            m->last = date;
    }
    while (i < m->author_count && !adit_text_is(author, m->authors[i]))
        i++;
    if (author.size == 0 || author.size >= sizeof m->authors[0] || i < m->author_count || i == MAX_AUTHORS)
        return;
    (void)snprintf(m->authors[m->author_count++], sizeof m->authors[0], "%.*s", (int)author.size, author.data);
}

static void read_start(struct docx *m, const struct adit_xml *x)
{
    struct adit_text local = x->name.local;
    for (unsigned i = 0; i < COUNTED; i++)
        m->counts[i] += adit_text_is(local, counted[i].name);
    if (adit_text_is(local, "ins") || adit_text_is(local, "del") || adit_text_is(local, "moveFrom") ||
        adit_text_is(local, "rPrChange") || adit_text_is(local, "pPrChange"))
        read_change(m, x);
    else if (adit_text_is(local, "tab") || adit_text_is(local, "ptab"))
        put(m, ADIT_TEXT("\t"), true);
    else if (adit_text_is(local, "br") || adit_text_is(local, "cr"))
        put(m, ADIT_TEXT("\n"), false);
    else if (adit_text_is(local, "noBreakHyphen"))
        put(m, ADIT_TEXT("-"), true);
}

/* 17.3: runs of text in paragraphs. Deleted text (delText) is not part of it; tabs within properties are stops, no characters. */
static int32_t read_document(struct docx *m)
{
    struct adit_xml *x = m->part.x;
    bool text = false;
    uint32_t properties = 0; /* depth of the pPr or rPr that is open */
    m->stream = adit_open_stream(m->job, ADIT_TEXT("text"), "text/plain") == 0;
    bool open = m->stream;
    for (uint64_t events = 1; adit_xml_next(x); events++) {
        bool word = x->kind != ADIT_XML_TEXT && is_word(&x->name);
        if (events % 4096 == 0 && !adit_progress(m->job, 0, 0))
            break;
        if (x->kind == ADIT_XML_START && adit_xml_is(&x->name, COMPATIBILITY, "Fallback"))
            (void)adit_xml_skip(x); /* part 3, 7.6: the same again, for readers that do not know the choice before it */
        if (x->kind == ADIT_XML_TEXT && text)
            put(m, x->text, true);
        if (!word)
            continue;
        struct adit_text local = x->name.local;
        bool start = x->kind == ADIT_XML_START;
        text = start && adit_text_is(local, "t");
        if (properties == 0 && start && (adit_text_is(local, "pPr") || adit_text_is(local, "tblPr")))
            properties = x->depth;
        if (properties == 0 && start)
            read_start(m, x);
        else if (start && (adit_text_is(local, "sectPr") || adit_text_is(local, "ins") || adit_text_is(local, "del") ||
                           adit_text_is(local, "pPrChange") || adit_text_is(local, "rPrChange")))
            read_start(m, x);
        if (!start && x->depth == properties)
            properties = 0;
        if (!start && adit_text_is(local, "p"))
            put(m, ADIT_TEXT("\n"), false);
    }
    flush(m);
    if (open)
        (void)(m->stream ? adit_close(m->job) : adit_close_truncated(m->job));
    return opc_close(m->job, &m->part);
}

/* 17.13.4.2 */
static int32_t read_comments(struct docx *m)
{
    struct adit_xml *x = m->part.x;
    for (unsigned count = 0; adit_xml_next(x) && count < MAX_COMMENTS;) {
        struct adit_time date;
        if (x->kind != ADIT_XML_START || !is_word(&x->name) || !adit_text_is(x->name.local, "comment"))
            continue;
        count++;
        (void)adit_begin_object(m->job, "comments");
        (void)adit_emit_text(m->job, "id", attribute(x, "id"));
        (void)adit_emit_text(m->job, "author", attribute(x, "author"));
        if (attribute(x, "initials").size > 0)
            (void)adit_emit_text(m->job, "initials", attribute(x, "initials"));
        if (adit_time_parse(attribute(x, "date"), &date)) {
            date.zone = ADIT_ZONE_UNKNOWN;
            (void)adit_emit_time(m->job, "date", date);
        }
        (void)adit_emit_text(m->job, "text", opc_content(x, m->text, sizeof m->text));
        (void)adit_end(m->job);
    }
    return opc_close(m->job, &m->part);
}

/* 17.15.1: 17.17.4 gives the values of an on/off property. */
static int32_t read_settings(struct docx *m)
{
    struct adit_xml *x = m->part.x;
    while (adit_xml_next(x)) {
        if (x->kind != ADIT_XML_START || x->depth != 2)
            continue;
        struct adit_text value = attribute(x, "val");
        bool on = !value.data || adit_text_is(value, "1") || adit_text_is(value, "true") || adit_text_is(value, "on");
        if (adit_text_is(x->name.local, "trackRevisions"))
            (void)adit_emit_bool(m->job, "track_revisions", on);
        else if (adit_text_is(x->name.local, "documentProtection") && attribute(x, "edit").size > 0)
            (void)adit_emit_text(m->job, "protection", attribute(x, "edit"));
        else if (adit_text_is(x->name.local, "attachedTemplate"))
            (void)adit_emit_bool(m->job, "attached_template", true);
        else if (adit_text_is(x->name.local, "rsids"))
            (void)adit_xml_skip(x);
    }
    return opc_close(m->job, &m->part);
}

static void emit_parts(struct docx *m)
{
    struct adit_zip_member member;
    bool macros = false;
    for (uint32_t node = 0; adit_zip_next(m->job, &node, &member);) {
        struct adit_text name = member.name;
        if (name.size > 11 && memcmp(name.data, "word/media/", 11) == 0)
            (void)adit_emit_text(m->job, "media", name);
        else if (name.size > 16 && memcmp(name.data, "word/embeddings/", 16) == 0)
            (void)adit_emit_text(m->job, "embeddings", name);
        macros = macros || (name.size > 14 && memcmp(name.data + name.size - 14, "vbaProject.bin", 14) == 0);
    }
    (void)adit_emit_bool(m->job, "macros", macros);
}

static void emit_counts(struct docx *m)
{
    for (unsigned i = 0; i < COUNTED; i++)
        if (i < 3 || m->counts[i] > 0)
            (void)adit_emit_u64(m->job, counted[i].field, m->counts[i]);
    (void)adit_emit_u64(m->job, "words", m->words);
    (void)adit_emit_u64(m->job, "characters", m->characters);
    for (unsigned i = 0; i < m->author_count; i++)
        (void)adit_emit_string(m->job, "change_authors", m->authors[i]);
    if (m->first.precision)
        (void)adit_emit_time(m->job, "first_change", m->first);
    if (m->last.precision)
        (void)adit_emit_time(m->job, "last_change", m->last);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct docx *m = (struct docx *)calloc(1, sizeof *m);
    char main_part[OPC_NAME], name[OPC_NAME];
    (void)state;
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    int32_t status = ADIT_MALFORMED, came = ADIT_OK;
    if (!opc_related(job, "", "office-document", main_part, sizeof main_part) || !opc_open(job, &m->part, main_part)) {
        (void)adit_warn(job,
                        "_rels/.rels: expected a relationship to the main document part, found none that is there");
    } else {
        status = read_document(m);
        emit_counts(m);
        if (opc_related(job, main_part, "comments", name, sizeof name) && opc_open(job, &m->part, name))
            came = read_comments(m);
        status = came != ADIT_OK ? came : status;
        if (opc_related(job, main_part, "settings", name, sizeof name) && opc_open(job, &m->part, name))
            came = read_settings(m);
        status = came != ADIT_OK ? came : status;
    }
    emit_parts(m);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
