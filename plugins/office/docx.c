/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* Word documents: their text as a stream, what is in them and how much, comments, tracked changes, settings. Source: ECMA-376 part
 * 1 (5th ed.), 17 (WordprocessingML); the strict form has the same names in another namespace. */
#include "docx_body.h"
#include <stdlib.h>

ADIT_MODULE("docx", "1.0.0")

/* Local time, though it is written with a Z. */
static void emit_date(struct adit_xml_read *r, struct adit_text text)
{
    struct adit_time date;
    if (!adit_time_parse(text, &date))
        return;
    date.zone = ADIT_ZONE_UNKNOWN;
    (void)adit_emit_time(r->job, "date", date);
}

/* 17.17.4: the values of an on/off property; none means on. */
static void emit_tracking(struct adit_xml_read *r, struct adit_text none)
{
    struct adit_text value = word_attribute(r->x, "val");
    bool on = !value.data || adit_text_is(value, "1") || adit_text_is(value, "true") || adit_text_is(value, "on");
    (void)adit_emit_bool(r->job, "track_revisions", on);
    (void)none;
}

static void emit_template(struct adit_xml_read *r, struct adit_text none)
{
    (void)adit_emit_bool(r->job, "attached_template", true);
    (void)none;
}

static const struct adit_xml_space spaces[] = {{"w", TRANSITIONAL}, {"w", STRICT}};

/* 17.13.4.2 */
static const struct adit_xml_row comment_rows[] = {
    {"//w:comment", ADIT_ROW_OBJECT, .field = "comments"},
    {"//w:comment/@w:id", ADIT_ROW_TEXT, .field = "id"},
    {"//w:comment/@w:author", ADIT_ROW_TEXT, .field = "author"},
    {"//w:comment/@w:initials", ADIT_ROW_TEXT, .field = "initials"},
    {"//w:comment/@w:date", ADIT_ROW_CALL, .call = emit_date},
    {"//w:comment", ADIT_ROW_TEXT, .field = "text"},
};

/* 17.15.1 */
static const struct adit_xml_row settings_rows[] = {
    {"w:trackRevisions", ADIT_ROW_START, .call = emit_tracking},
    {"w:documentProtection/@w:edit", ADIT_ROW_TEXT, .field = "protection"},
    {"w:attachedTemplate", ADIT_ROW_START, .call = emit_template},
};

static const struct {
    const char *type; /* of the relationship */
    struct adit_xml_table table;
} parts[] = {
    {"comments", ADIT_XML_TABLE(NULL, comment_rows, spaces)},
    {"settings", ADIT_XML_TABLE(NULL, settings_rows, spaces)},
};

static void emit_parts(const struct adit_call *job)
{
    struct adit_zip_member member;
    bool macros = false;
    for (uint32_t node = 0; adit_zip_next(job, &node, &member);) {
        struct adit_text name = member.name;
        if (adit_text_begins(name, "word/media/"))
            (void)adit_emit_text(job, "media", name);
        else if (adit_text_begins(name, "word/embeddings/"))
            (void)adit_emit_text(job, "embeddings", name);
        macros = macros || adit_text_ends(name, "vbaProject.bin");
    }
    (void)adit_emit_bool(job, "macros", macros);
}

/* The main document, and the parts to which it leads. */
static int32_t read_parts(struct body *m, const char *main_part)
{
    struct adit_opc_links links = adit_opc_links(m->job, main_part);
    char name[ADIT_OPC_NAME];
    int32_t status = read_body(m);
    emit_body(m);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (adit_opc_part(&links, parts[i].type, name)) {
            int32_t came = adit_opc_read(m->job, name, &parts[i].table, NULL);
            status = came != ADIT_OK && came != ADIT_DECLINED ? came : status;
        }
    adit_opc_links_free(&links);
    return status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct body *m = (struct body *)calloc(1, sizeof *m);
    char name[ADIT_OPC_NAME];
    int32_t status = ADIT_MALFORMED;
    (void)state;
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    struct adit_opc_links links = adit_opc_links(job, "");
    if (adit_opc_part(&links, "office-document", name) && adit_opc_open(job, &m->part, name))
        status = read_parts(m, name);
    else
        (void)adit_warn(job,
                        "_rels/.rels: expected a relationship to the main document part, found none that is there");
    adit_opc_links_free(&links);
    emit_parts(job);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
