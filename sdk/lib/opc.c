/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <adit/opc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RELATIONSHIPS "http://schemas.openxmlformats.org/package/2006/relationships"

bool adit_opc_open(const struct adit_call *job, struct adit_opc_reader *part, const char *name)
{
    struct adit_xml_options options = {.places = true, .name = part->name};
    struct adit_zip_member member;
    (void)snprintf(part->name, sizeof part->name, "%s", name);
    if (!adit_zip_find(job, adit_text_c(name), &member))
        return false;
    if (!adit_zip_open(&part->zip, job, &member)) {
        (void)adit_warnf(job, "%s: it is encrypted, or compressed in a way that is not read", name);
        return false;
    }
    part->x = adit_xml_open(part->zip.from, &options);
    return true;
}

int32_t adit_opc_close(const struct adit_call *job, struct adit_opc_reader *part)
{
    int32_t status = ADIT_OK;
    if (part->x && part->x->result == ADIT_XML_UNREADABLE) {
        (void)adit_warnf(job, "%s: %s", part->name, part->zip.inflate.message);
        status = ADIT_MALFORMED;
    } else {
        status = adit_xml_status(job, part->x);
    }
    adit_xml_close(part->x);
    adit_zip_close(&part->zip);
    return status;
}

int32_t adit_opc_read(const struct adit_call *job, const char *name, const struct adit_xml_table *table, void *context)
{
    struct adit_opc_reader part;
    bool mine = false;
    if (!adit_opc_open(job, &part, name))
        return ADIT_DECLINED;
    if (adit_xml_next(part.x))
        mine = !table->root || adit_xml_table_is(table, &part.x->name, table->root);
    int32_t came = mine ? adit_xml_read(job, part.x, table, context) : ADIT_OK;
    while (came != ADIT_FAILED && mine && part.x->kind == ADIT_XML_END && part.x->depth == 1 && adit_xml_next(part.x))
        continue;
    bool other = !mine && part.x && part.x->kind == ADIT_XML_START;
    int32_t status = adit_opc_close(job, &part);
    return other ? ADIT_DECLINED : came == ADIT_FAILED ? ADIT_FAILED : status;
}

/* ---- relationships ---- */

static struct adit_text append(char **to, struct adit_text text)
{
    char *begin = *to;
    if (text.size > 0)
        memcpy(begin, text.data, text.size);
    *to += text.size;
    return adit_text_of(begin, text.size);
}

static struct adit_opc_link *copy_link(const struct adit_xml *x)
{
    struct adit_text id = adit_xml_attribute(x, "", "Id"), type = adit_xml_attribute(x, "", "Type");
    struct adit_text target = adit_xml_attribute(x, "", "Target");
    struct adit_opc_link *link = (struct adit_opc_link *)malloc(sizeof *link + id.size + type.size + target.size);
    if (!link)
        return NULL;
    char *at = (char *)(link + 1);
    link->next = NULL;
    link->id = append(&at, id);
    link->type = append(&at, type);
    link->target = append(&at, target);
    link->external = adit_text_is(adit_xml_attribute(x, "", "TargetMode"), "External");
    return link;
}

struct adit_opc_links adit_opc_links(const struct adit_call *job, const char *source)
{
    struct adit_opc_links links = {NULL, ""};
    struct adit_opc_link **end = &links.first;
    struct adit_opc_reader part;
    char name[ADIT_OPC_NAME];
    const char *slash = strrchr(source, '/');
    int folder = slash ? (int)(slash - source) + 1 : 0;
    (void)snprintf(links.source, sizeof links.source, "%s", source);
    int n = snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, source, source + folder);
    if (n < 0 || (size_t)n >= sizeof name || !adit_opc_open(job, &part, name))
        return links;
    for (unsigned count = 0; count < ADIT_OPC_LINKS && adit_xml_next(part.x);) {
        if (part.x->kind != ADIT_XML_START || !adit_xml_is(&part.x->name, RELATIONSHIPS, "Relationship"))
            continue;
        *end = copy_link(part.x);
        if (!*end)
            break;
        end = &(*end)->next;
        count++;
    }
    (void)adit_opc_close(job, &part);
    return links;
}

void adit_opc_links_free(struct adit_opc_links *links)
{
    while (links->first) {
        struct adit_opc_link *next = links->first->next;
        free(links->first);
        links->first = next;
    }
}

bool adit_opc_is_type(struct adit_text type, const char *end)
{
    size_t n = type.size, k = strlen(end);
    while (k > 0 && n > 0) {
        if (end[k - 1] == '-' && type.data[n - 1] != '-') {
            k--;
            continue;
        }
        char a = type.data[n - 1], b = end[k - 1];
        if (a != b && !(a >= 'A' && a <= 'Z' && a + 32 == b))
            return false;
        n--;
        k--;
    }
    return k == 0 && n > 0 && type.data[n - 1] == '/';
}

bool adit_opc_target(const struct adit_opc_links *links, const struct adit_opc_link *link, char out[ADIT_OPC_NAME])
{
    struct adit_text rest = link->target;
    const char *slash = strrchr(links->source, '/');
    size_t n = rest.size > 0 && rest.data[0] != '/' && slash ? (size_t)(slash - links->source) + 1 : 0;
    if (link->external || rest.size == 0 || n + rest.size >= ADIT_OPC_NAME)
        return false;
    memcpy(out, links->source, n);
    while (rest.size > 0) {
        bool last = !memchr(rest.data, '/', rest.size);
        struct adit_text segment = adit_text_next(&rest, "/");
        if (adit_text_is(segment, "..")) {
            for (n -= n > 0; n > 0 && out[n - 1] != '/';)
                n--;
        } else if (segment.size > 0 && !adit_text_is(segment, ".")) {
            memcpy(out + n, segment.data, segment.size);
            n += segment.size;
            if (!last)
                out[n++] = '/';
        }
    }
    out[n] = '\0';
    return n > 0;
}

bool adit_opc_part(const struct adit_opc_links *links, const char *type, char out[ADIT_OPC_NAME])
{
    for (const struct adit_opc_link *link = links->first; link; link = link->next)
        if (adit_opc_is_type(link->type, type) && adit_opc_target(links, link, out))
            return true;
    return false;
}
