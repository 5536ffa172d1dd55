/* SPDX-License-Identifier: MIT */
/*
 * Parts and relationships of a package by the Open Packaging Conventions: Office Open XML (docx, xlsx, pptx), 3MF, XPS, Visio, NuGet. The
 * plugin needs the plugin zip, which has read the archive. Links expat and zlib: a comment of its own, libraries: expat zlib. In
 * libadit-sdk. [run]
 *
 *     char name[ADIT_OPC_NAME];
 *     struct adit_opc_links links = adit_opc_links(job, "");                     of the package
 *     if (adit_opc_part(&links, "office-document", name))
 *         status = adit_opc_read(job, name, &table, context);                    xml_table.h
 *     adit_opc_links_free(&links);
 *
 * Source: ECMA-376 part 2 (5th ed.), 6.2 (part names), 6.5 (relationships).
 */
#ifndef ADIT_OPC_H
#define ADIT_OPC_H

#include <adit/xml_table.h>
#include <adit/zip.h>

enum { ADIT_OPC_NAME = 512, ADIT_OPC_LINKS = 20000 };

/* A relationship; its texts live as long as the links. */
struct adit_opc_link {
    struct adit_opc_link *next;
    struct adit_text id, type, target; /* target as written */
    bool external;                     /* it leads out of the package */
};

/* The relationships of a part, in the order of the file; at most ADIT_OPC_LINKS. */
struct adit_opc_links {
    struct adit_opc_link *first;
    char source[ADIT_OPC_NAME]; /* the part's name; "": the package */
};

/* A part being read as XML. It must not be moved. */
struct adit_opc_reader {
    struct adit_xml *x; /* with places, and the part's name in messages */
    struct adit_zip_reader zip;
    char name[ADIT_OPC_NAME];
};

#ifdef __cplusplus
extern "C" {
#endif
/* Those of the part `source`, "" for the package. None where it has none; what is wrong is told, and what came before is kept. */
struct adit_opc_links adit_opc_links(const struct adit_call *job, const char *source);
void adit_opc_links_free(struct adit_opc_links *links);
/* Does a relationship's type end so: "office-document", "core-properties"? Transitional and strict documents differ in what stands
 * before, and in hyphens. */
bool adit_opc_is_type(struct adit_text type, const char *end);
/* The part that a link leads to, by its target and RFC 3986 5.2.4. False: it leads out, or its name is too long. */
bool adit_opc_target(const struct adit_opc_links *links, const struct adit_opc_link *link, char out[ADIT_OPC_NAME]);
/* The part to which the first internal relationship of this type leads; whether it is there is not looked at. False: there is none. */
bool adit_opc_part(const struct adit_opc_links *links, const char *type, char out[ADIT_OPC_NAME]);
/* Opens a part. False: there is none of this name, or it cannot be read, which is told. */
bool adit_opc_open(const struct adit_call *job, struct adit_opc_reader *part, const char *name);
/* Closes it. What reading it came to, as a plugin's status: the fault of the XML, or of what it was unpacked from, is told. */
int32_t adit_opc_close(const struct adit_call *job, struct adit_opc_reader *part);
/* Opens, reads its root element by the table, and closes. ADIT_DECLINED: there is no such part, or its root is another one. Values that
 * are not of their kind are told, and the status does not speak of them. */
int32_t adit_opc_read(const struct adit_call *job, const char *name, const struct adit_xml_table *table, void *context);
#ifdef __cplusplus
}
#endif

#endif
