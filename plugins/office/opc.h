/* SPDX-License-Identifier: MIT */
/* Parts and relationships of an Open Packaging Conventions package: ECMA-376 part 2 (5th ed.), 6.2 (part names), 6.5
 * (relationships). The archive is read by zip, which these plugins need. */
#ifndef PLUGINS_OFFICE_OPC_H
#define PLUGINS_OFFICE_OPC_H

#include <adit/adit.h>
#include <adit/header.h>
#include <adit/xml.h>
#include <adit/zip.h>
#include <stdio.h>
#include <string.h>

enum { OPC_NAME = 512 };
#define OPC_RELATIONSHIPS "http://schemas.openxmlformats.org/package/2006/relationships"

/* A part being read as XML. */
struct opc_part {
    struct adit_zip_reader zip;
    struct adit_xml *x;
    char name[OPC_NAME];
};

/* False: there is no such part, or it cannot be read, which the user is told. */
static inline bool opc_open(const struct adit_call *job, struct opc_part *part, const char *name)
{
    struct adit_zip_member member;
    (void)snprintf(part->name, sizeof part->name, "%s", name);
    if (!adit_zip_find(job, adit_text_c(name), &member))
        return false;
    if (!adit_zip_open(&part->zip, job, &member)) {
        (void)adit_warnf(job, "%s: it is encrypted, or compressed in a way that is not read", name);
        return false;
    }
    part->x = adit_xml_open(part->zip.from, NULL);
    return true;
}

/* Closes it. The status of what was read: where the XML is at fault, or what it was unpacked from. */
static inline int32_t opc_close(const struct adit_call *job, struct opc_part *part)
{
    int32_t status = part->x && part->x->result == ADIT_XML_OK ? ADIT_OK : ADIT_MALFORMED;
    if (!part->x)
        status = ADIT_FAILED;
    else if (part->x->result == ADIT_XML_UNREADABLE)
        (void)adit_warnf(job, "%s: %s", part->name, part->zip.inflate.message);
    else if (status != ADIT_OK)
        (void)adit_warnf(job, "%s, line %llu, column %llu: %s", part->name, (unsigned long long)part->x->line,
                         (unsigned long long)part->x->column, part->x->message);
    adit_xml_close(part->x);
    adit_zip_close(&part->zip);
    return status;
}

/* The name of the part that `target` means in a relationship of `source` ("" for the package): 6.5.3.3 and RFC 3986 5.2.4. */
static inline void opc_resolve(const char *source, struct adit_text target, char *out, size_t room)
{
    const char *slash = strrchr(source, '/');
    size_t n = target.size > 0 && target.data[0] != '/' && slash ? (size_t)(slash - source) + 1 : 0;
    if (n + target.size >= room) {
        *out = '\0';
        return;
    }
    memcpy(out, source, n);
    for (size_t i = 0; i < target.size; i++) {
        bool start = n == 0 || out[n - 1] == '/';
        struct adit_text rest = adit_text_of(target.data + i, target.size - i);
        if (start && rest.data[0] == '/')
            continue;
        if (start && rest.size >= 3 && memcmp(rest.data, "../", 3) == 0) {
            for (n -= n > 0; n > 0 && out[n - 1] != '/';)
                n--;
            i += 2;
            continue;
        }
        if (start && rest.size >= 2 && memcmp(rest.data, "./", 2) == 0) {
            i++;
            continue;
        }
        out[n++] = target.data[i];
    }
    out[n] = '\0';
}

/* Does a relationship's type end so? Transitional and strict documents differ in what stands before, and in hyphens. */
static inline bool opc_is_type(struct adit_text type, const char *end)
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

/* The part to which the first internal relationship of this type leads. False: there is none. */
static inline bool opc_related(const struct adit_call *job, const char *source, const char *type, char *out,
                               size_t room)
{
    struct opc_part part;
    char name[OPC_NAME];
    const char *slash = strrchr(source, '/');
    int folder = slash ? (int)(slash - source) + 1 : 0;
    bool found = false;
    (void)snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, source, source + folder);
    if (!opc_open(job, &part, name))
        return false;
    while (!found && adit_xml_next(part.x)) {
        struct adit_text mode = adit_xml_attribute(part.x, "", "TargetMode");
        if (part.x->kind != ADIT_XML_START || !adit_xml_is(&part.x->name, OPC_RELATIONSHIPS, "Relationship") ||
            !opc_is_type(adit_xml_attribute(part.x, "", "Type"), type) || adit_text_is(mode, "External"))
            continue;
        opc_resolve(source, adit_xml_attribute(part.x, "", "Target"), out, room);
        found = *out != '\0';
    }
    adit_xml_close(part.x);
    adit_zip_close(&part.zip);
    return found;
}

/* The current element's text, without the blanks around it. */
static inline struct adit_text opc_content(struct adit_xml *x, char *room, size_t size)
{
    size_t n = adit_xml_content(x, room, size);
    return adit_text_trim(adit_text_of(room, n < size ? n : size));
}

#endif
