/* SPDX-License-Identifier: MIT */
/* Reports as JSON: our own, and SARIF (Static Analysis Results Interchange Format 2.1.0, OASIS Standard). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output_value.h"
#include "report.h"

static void add_text(struct buf *b, const char *text)
{
    (void)value_string(b, text, strlen(text));
}

/* `key` with its comma, quotes and colon. */
static void add(struct buf *b, const char *key, const char *text)
{
    buf_adds(b, key);
    add_text(b, text);
}

static const char *bool_text(bool v)
{
    return v ? "true" : "false";
}

static bool is_bad(const struct report_file *f, bool werror)
{
    return report_file_count(f, FINDING_ERROR) || (werror && report_file_count(f, FINDING_WARNING));
}

static void add_finding(struct buf *b, const struct report_finding *x)
{
    add(b, "{\"rule\":", x->rule);
    add(b, ",\"severity\":", finding_severity_name(x->severity));
    if (x->line)
        buf_addf(b, ",\"line\":%u,\"column\":%u", x->line, x->column);
    if (x->has_offset)
        buf_addf(b, ",\"offset\":%llu", (unsigned long long)x->offset);
    add(b, ",\"message\":", x->message);
    add(b, ",\"mend\":", x->mend);
    if (x->waived)
        add(b, ",\"waived\":", x->waived);
    buf_putc(b, '}');
}

static void add_facts(struct buf *b, const struct vmodule_info *i)
{
    buf_addf(b, ",\"facts\":{\"size\":%llu,\"memory\":%llu", (unsigned long long)i->file_size,
             (unsigned long long)i->memory_size);
    if (i->has_note) {
        add(b, ",\"id\":", i->note.id);
        add(b, ",\"version\":", i->note.version);
        buf_addf(b, ",\"abi\":\"%u.%u\"", i->note.abi_major, i->note.abi_minor);
    }
    buf_addf(b, ",\"stack_protector\":%s,\"fortify\":%s,\"bind_now\":%s,\"relro\":%s", bool_text(i->stack_protector),
             bool_text(i->fortify), bool_text(i->bind_now), bool_text(i->relro));
    buf_addf(b, ",\"branch_protection\":%s,\"return_protection\":%s,\"tls\":%s,\"constructors\":%s",
             bool_text(i->branch_protection), bool_text(i->return_protection), bool_text(i->tls),
             bool_text(i->has_constructors));
    if (i->build_id_size) {
        buf_adds(b, ",\"build_id\":\"");
        for (size_t k = 0; k < i->build_id_size; k++)
            buf_addf(b, "%02x", i->build_id[k]);
        buf_putc(b, '"');
    }
    buf_putc(b, '}');
}

void report_json(const struct report *r, bool werror, struct buf *b)
{
    static const char *const kinds[] = {"", "module", "library", "conf", "resource"};
    buf_addf(b, "{\"schema\":%d,\"adit\":\"%s\",\"files\":[", REPORT_SCHEMA, ADIT_VERSION);
    for (size_t i = 0; i < r->count; i++) {
        const struct report_file *f = &r->files[i];
        add(b, i ? ",\n{\"path\":" : "\n{\"path\":", f->path);
        buf_addf(b, ",\"kind\":\"%s\",\"accepted\":%s", kinds[f->kind], bool_text(!is_bad(f, werror)));
        if (f->conf)
            add(b, ",\"conf\":", f->conf);
        if (f->has_facts)
            add_facts(b, &f->facts);
        buf_adds(b, ",\"findings\":[");
        for (size_t k = 0; k < f->count; k++) {
            if (k)
                buf_putc(b, ',');
            add_finding(b, &f->findings[k]);
        }
        buf_adds(b, "]}");
    }
    buf_addf(b, "],\n\"errors\":%zu,\"warnings\":%zu}\n", report_count(r, FINDING_ERROR),
             report_count(r, FINDING_WARNING));
}

/* SARIF names each rule once and lets results point at it. */
static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **used_rules(const struct report *r, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++)
        n += r->files[i].count;
    const char **ids = calloc(n + 1, sizeof *ids);
    if (!ids)
        return NULL;
    n = 0;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->files[i].count; k++)
            ids[n++] = r->files[i].findings[k].rule;
    qsort(ids, n, sizeof *ids, compare_ids);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (*count == 0 || strcmp(ids[*count - 1], ids[i]) != 0)
            ids[(*count)++] = ids[i];
    return ids;
}

static void add_rule(struct buf *b, const char *id)
{
    const struct vrule *rule = validate_rule(id);
    add(b, "\n{\"id\":", id);
    if (rule) {
        add(b, ",\"shortDescription\":{\"text\":", rule->title);
        add(b, "},\"fullDescription\":{\"text\":", rule->explanation);
        add(b, "},\"help\":{\"text\":", rule->mend);
        buf_putc(b, '}');
    }
    buf_putc(b, '}');
}

/* RFC 3986: what is not unreserved becomes %XX; "/" stays. A path that begins with "/" becomes a file: URI. */
static void add_uri(struct buf *b, const char *path)
{
    buf_adds(b, path[0] == '/' ? "\"file://" : "\"");
    for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
        bool plain =
            (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("-._~/", *p);
        if (plain)
            buf_putc(b, (char)*p);
        else
            buf_addf(b, "%%%02X", *p);
    }
    buf_putc(b, '"');
}

static void add_result(struct buf *b, const struct report_file *f, const struct report_finding *x, size_t index)
{
    add(b, "{\"ruleId\":", x->rule);
    buf_addf(b, ",\"ruleIndex\":%zu,\"level\":\"%s\"", index, finding_severity_name(x->severity));
    struct buf text = BUF_INIT;
    buf_addf(&text, "%s%s%s", x->message, x->mend[0] ? ". " : "", x->mend);
    add(b, ",\"message\":{\"text\":", buf_cstr(&text));
    buf_release(&text);
    buf_adds(b, "},\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    add_uri(b, f->path);
    buf_putc(b, '}');
    if (x->line && x->column)
        buf_addf(b, ",\"region\":{\"startLine\":%u,\"startColumn\":%u}", x->line, x->column);
    else if (x->line)
        buf_addf(b, ",\"region\":{\"startLine\":%u}", x->line);
    else if (x->has_offset)
        buf_addf(b, ",\"region\":{\"byteOffset\":%llu,\"byteLength\":1}", (unsigned long long)x->offset);
    buf_adds(b, "}}]");
    if (x->waived) {
        add(b, ",\"suppressions\":[{\"kind\":\"inSource\",\"justification\":", x->waived);
        buf_adds(b, "}]");
    }
    buf_putc(b, '}');
}

static size_t index_of(const char *const *ids, size_t count, const char *id)
{
    const char *const *found = bsearch(&id, ids, count, sizeof *ids, compare_ids);
    return found ? (size_t)(found - ids) : 0;
}

void report_sarif(const struct report *r, bool werror, struct buf *b)
{
    size_t count = 0;
    const char **ids = used_rules(r, &count);
    if (!ids) {
        b->failed = true;
        return;
    }
    (void)werror; /* SARIF's levels are those of the rules; the exit status says the rest */
    buf_adds(b, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{");
    buf_addf(b, "\"tool\":{\"driver\":{\"name\":\"adit\",\"version\":\"%s\",\"rules\":[", ADIT_VERSION);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_putc(b, ',');
        add_rule(b, ids[i]);
    }
    buf_adds(b, "]}},\n\"artifacts\":[");
    for (size_t i = 0; i < r->count; i++) {
        buf_adds(b, i ? ",\n{\"location\":{\"uri\":" : "\n{\"location\":{\"uri\":");
        add_uri(b, r->files[i].path);
        buf_adds(b, "}}");
    }
    buf_adds(b, "],\n\"results\":[");
    bool first = true;
    for (size_t i = 0; i < r->count; i++)
        for (size_t k = 0; k < r->files[i].count; k++) {
            const struct report_finding *x = &r->files[i].findings[k];
            buf_adds(b, first ? "\n" : ",\n");
            add_result(b, &r->files[i], x, index_of(ids, count, x->rule));
            first = false;
        }
    buf_adds(b, "]}]}\n");
    free(ids);
}
