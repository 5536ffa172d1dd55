/* SPDX-License-Identifier: MIT */
/* libraries: expat zlib */
/* Properties of an Office Open XML document, or of any OPC package: core, extended and custom. Sources: ECMA-376 part 2, 8 (core
 * properties); part 1, 22.2 (extended), 22.3 (custom) and 22.4 (variant types). Fields are named as the elements. */
#include "opc.h"
#include <stdlib.h>

ADIT_MODULE("ooxml-core", "1.0.0")

enum kind { TEXT, NUMBER, BOOLEAN, TIME, PAIRS, TITLES };

static const struct property {
    const char *name;
    enum kind kind;
} properties[] = {
    /* part 2, 8.3.4 */
    {"category", TEXT},
    {"contentStatus", TEXT},
    {"contentType", TEXT},
    {"created", TIME},
    {"creator", TEXT},
    {"description", TEXT},
    {"identifier", TEXT},
    {"keywords", TEXT},
    {"language", TEXT},
    {"lastModifiedBy", TEXT},
    {"lastPrinted", TIME},
    {"modified", TIME},
    {"revision", TEXT},
    {"subject", TEXT},
    {"title", TEXT},
    {"version", TEXT},
    /* part 1, 22.2.2 */
    {"AppVersion", TEXT},
    {"Application", TEXT},
    {"Characters", NUMBER},
    {"CharactersWithSpaces", NUMBER},
    {"Company", TEXT},
    {"DocSecurity", NUMBER},
    {"HeadingPairs", PAIRS},
    {"HiddenSlides", NUMBER},
    {"HyperlinkBase", TEXT},
    {"HyperlinksChanged", BOOLEAN},
    {"Lines", NUMBER},
    {"LinksUpToDate", BOOLEAN},
    {"MMClips", NUMBER},
    {"Manager", TEXT},
    {"Notes", NUMBER},
    {"Pages", NUMBER},
    {"Paragraphs", NUMBER},
    {"PresentationFormat", TEXT},
    {"ScaleCrop", BOOLEAN},
    {"SharedDoc", BOOLEAN},
    {"Slides", NUMBER},
    {"Template", TEXT},
    {"TitlesOfParts", TITLES},
    {"TotalTime", NUMBER},
    {"Words", NUMBER},
};

struct core {
    const struct adit_call *job;
    struct opc_part part;
    uint64_t seen; /* of properties[]: each stands once */
    char text[64 * 1024];
};

/* xsd:boolean */
static bool is_true(struct adit_text text)
{
    return adit_text_is(text, "true") || adit_text_is(text, "1");
}

static bool read_i64(struct adit_text text, int64_t *out)
{
    char copy[24], *end;
    if (text.size == 0 || text.size >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    *out = strtoll(copy, &end, 10);
    return *end == '\0';
}

/* 22.4: a value of a variant type, by the name of its element. */
static void emit_variant(struct core *m, struct adit_text name, struct adit_text type, struct adit_text text)
{
    struct adit_value v = adit_value_text(text);
    struct adit_time time;
    int64_t number;
    bool integer = (type.size == 2 && type.data[0] == 'i') || (type.size == 3 && memcmp(type.data, "ui", 2) == 0) ||
                   adit_text_is(type, "int") || adit_text_is(type, "uint");
    char copy[64], *end;
    if (adit_text_is(type, "bool"))
        v = adit_value_bool(is_true(text));
    else if ((adit_text_is(type, "filetime") || adit_text_is(type, "date")) && adit_time_parse(text, &time))
        v = adit_value_time(time);
    else if (integer && read_i64(text, &number))
        v = adit_value_i64(number);
    else if ((adit_text_is(type, "r8") || adit_text_is(type, "r4") || adit_text_is(type, "decimal")) &&
             text.size < sizeof copy) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = '\0';
        double real = strtod(copy, &end);
        if (*end == '\0' && text.size > 0)
            v = adit_value_f64(real);
    }
    (void)adit_emit_named(m->job, name, &v);
}

/* Vectors of strings, or of pairs of a string and a count (22.2.2.8). */
static void read_vector(struct core *m, const struct property *p)
{
    struct adit_xml *x = m->part.x;
    uint32_t depth = x->depth;
    bool open = false;
    while (adit_xml_next(x) && !(x->kind == ADIT_XML_END && x->depth == depth)) {
        bool string = adit_text_is(x->name.local, "lpstr") || adit_text_is(x->name.local, "lpwstr");
        if (x->kind != ADIT_XML_START || (!string && !adit_text_is(x->name.local, "i4")))
            continue;
        struct adit_text text = opc_content(x, m->text, sizeof m->text);
        int64_t count;
        if (p->kind == TITLES) {
            (void)adit_emit_text(m->job, p->name, text);
        } else if (string) {
            if (open)
                (void)adit_end(m->job);
            open = true;
            (void)adit_begin_object(m->job, p->name);
            (void)adit_emit_text(m->job, "name", text);
        } else if (open && read_i64(text, &count)) {
            (void)adit_emit_i64(m->job, "count", count);
        }
    }
    if (open)
        (void)adit_end(m->job);
}

static void read_property(struct core *m, const struct property *p)
{
    struct adit_time time;
    int64_t number;
    if (p->kind == PAIRS || p->kind == TITLES) {
        read_vector(m, p);
        return;
    }
    struct adit_text text = opc_content(m->part.x, m->text, sizeof m->text);
    if (text.size == 0)
        return;
    if (p->kind == TEXT)
        (void)adit_emit_text(m->job, p->name, text);
    else if (p->kind == BOOLEAN)
        (void)adit_emit_bool(m->job, p->name, is_true(text));
    else if (p->kind == NUMBER && read_i64(text, &number))
        (void)adit_emit_i64(m->job, p->name, number);
    else if (p->kind == TIME && adit_time_parse(text, &time))
        (void)adit_emit_time(m->job, p->name, time);
    else
        (void)adit_warnf(m->job, "%s: %s: expected a %s, found \"%.*s\"", m->part.name, p->name,
                         p->kind == TIME ? "date and time" : "number", text.size < 40 ? (int)text.size : 40, text.data);
}

/* Both the core and the extended properties are children of the root, each at most once. */
static int32_t read_properties(struct core *m)
{
    struct adit_xml *x = m->part.x;
    while (adit_xml_next(x)) {
        if (x->kind != ADIT_XML_START || x->depth != 2)
            continue;
        for (unsigned i = 0; i < sizeof properties / sizeof *properties; i++)
            if (adit_text_is(x->name.local, properties[i].name) && !(m->seen & 1ull << i)) {
                m->seen |= 1ull << i;
                read_property(m, &properties[i]);
                break;
            }
    }
    return opc_close(m->job, &m->part);
}

/* 22.3.2.2: <property name="…"><vt:lpwstr>…</vt:lpwstr></property> */
static int32_t read_custom(struct core *m)
{
    struct adit_xml *x = m->part.x;
    char name[256] = "", type[16];
    (void)adit_begin_object(m->job, "custom");
    while (adit_xml_next(x)) {
        if (x->kind != ADIT_XML_START)
            continue;
        struct adit_text of = adit_xml_attribute(x, "", "name"), kind = x->name.local;
        if (x->depth == 2) {
            (void)snprintf(name, sizeof name, "%.*s", (int)(of.size < 255 ? of.size : 255), of.size ? of.data : "");
        } else if (x->depth == 3 && *name) {
            (void)snprintf(type, sizeof type, "%.*s", (int)(kind.size < 15 ? kind.size : 15), kind.data);
            struct adit_text text = opc_content(x, m->text, sizeof m->text);
            emit_variant(m, adit_text_c(name), adit_text_c(type), text);
            *name = '\0';
        }
    }
    (void)adit_end(m->job);
    return opc_close(m->job, &m->part);
}

static int32_t run(void *state, const struct adit_call *job)
{
    static const char *const types[] = {"core-properties", "extended-properties", "custom-properties"};
    struct core *m = (struct core *)calloc(1, sizeof *m);
    int32_t status = ADIT_DECLINED;
    char name[OPC_NAME];
    (void)state;
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    for (int i = 0; i < 3; i++) {
        if (!opc_related(job, "", types[i], name, sizeof name) || !opc_open(job, &m->part, name))
            continue;
        int32_t came = i == 2 ? read_custom(m) : read_properties(m);
        status = status == ADIT_DECLINED || came != ADIT_OK ? came : status;
    }
    if (opc_related(job, "", "thumbnail", name, sizeof name))
        (void)adit_emit_string(job, "thumbnail", name);
    if (opc_related(job, "", "office-document", name, sizeof name))
        (void)adit_emit_string(job, "main_part", name);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
