/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* Properties of an Office Open XML document, or of any OPC package: core, extended and custom. Sources: ECMA-376 part 2, 8 (core
 * properties); part 1, 22.2 (extended), 22.3 (custom) and 22.4 (variant types). Fields are named as the elements. */
#include "ooxml_variant.h"
#include <adit/adit.h>
#include <adit/opc.h>

ADIT_MODULE("ooxml-core", "1.0.0")

#define PROPERTY(name, type)                                                                                           \
    {                                                                                                                  \
        name, type, .field = name                                                                                      \
    }
#define TEXT(name) PROPERTY(name, ADIT_ROW_TEXT)
#define TIME(name) PROPERTY(name, ADIT_ROW_TIME)
#define NUMBER(name) PROPERTY(name, ADIT_ROW_INTEGER)
#define BOOLEAN(name) PROPERTY(name, ADIT_ROW_BOOLEAN)

static const struct adit_xml_row rows[] = {
    /* part 2, 8.3.4 */
    TEXT("category"),
    TEXT("contentStatus"),
    TEXT("contentType"),
    TIME("created"),
    TEXT("creator"),
    TEXT("description"),
    TEXT("identifier"),
    TEXT("keywords"),
    TEXT("language"),
    TEXT("lastModifiedBy"),
    TIME("lastPrinted"),
    TIME("modified"),
    TEXT("revision"),
    TEXT("subject"),
    TEXT("title"),
    TEXT("version"),
    /* part 1, 22.2.2 */
    TEXT("AppVersion"),
    TEXT("Application"),
    NUMBER("Characters"),
    NUMBER("CharactersWithSpaces"),
    TEXT("Company"),
    NUMBER("DocSecurity"),
    {"HeadingPairs/vector/variant/lpstr", ADIT_ROW_CALL, .call = begin_pair},
    {"HeadingPairs/vector/variant/lpwstr", ADIT_ROW_CALL, .call = begin_pair},
    {"HeadingPairs/vector/variant/i4", ADIT_ROW_CALL, .call = emit_count},
    {"HeadingPairs", ADIT_ROW_END, .call = end_pair},
    NUMBER("HiddenSlides"),
    TEXT("HyperlinkBase"),
    BOOLEAN("HyperlinksChanged"),
    NUMBER("Lines"),
    BOOLEAN("LinksUpToDate"),
    NUMBER("MMClips"),
    TEXT("Manager"),
    NUMBER("Notes"),
    NUMBER("Pages"),
    NUMBER("Paragraphs"),
    TEXT("PresentationFormat"),
    BOOLEAN("ScaleCrop"),
    BOOLEAN("SharedDoc"),
    NUMBER("Slides"),
    TEXT("Template"),
    {"TitlesOfParts/vector/lpstr", ADIT_ROW_CALL, .call = emit_title},
    {"TitlesOfParts/vector/lpwstr", ADIT_ROW_CALL, .call = emit_title},
    NUMBER("TotalTime"),
    NUMBER("Words"),
};
/* 22.3.2.2 */
static const struct adit_xml_row custom_rows[] = {
    {"", ADIT_ROW_OBJECT, .field = "custom"},
    {"property", ADIT_ROW_START, .call = read_custom},
};
/* Of any namespace: strict and transitional documents have different ones. */
static const struct adit_xml_table properties = ADIT_XML_TABLE_PLAIN(NULL, rows);
static const struct adit_xml_table custom = ADIT_XML_TABLE_PLAIN(NULL, custom_rows);

static int32_t run(void *state, const struct adit_call *job)
{
    static const struct {
        const char *type;
        const struct adit_xml_table *table;
    } parts[] = {
        {"core-properties", &properties}, {"extended-properties", &properties}, {"custom-properties", &custom}};
    struct adit_opc_links links = adit_opc_links(job, "");
    struct pairs pairs = {false};
    char name[ADIT_OPC_NAME];
    int32_t status = ADIT_DECLINED;
    (void)state;
    for (int i = 0; i < 3; i++) {
        int32_t came = adit_opc_part(&links, parts[i].type, name) ? adit_opc_read(job, name, parts[i].table, &pairs)
                                                                  : ADIT_DECLINED;
        if (came != ADIT_DECLINED && (status == ADIT_DECLINED || came != ADIT_OK))
            status = came;
    }
    if (adit_opc_part(&links, "thumbnail", name))
        (void)adit_emit_string(job, "thumbnail", name);
    if (adit_opc_part(&links, "office-document", name))
        (void)adit_emit_string(job, "main_part", name);
    adit_opc_links_free(&links);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
