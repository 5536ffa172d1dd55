/* SPDX-License-Identifier: MIT */
/*
 * Members of a ZIP archive for plugins of the formats that use it as their container: they need the plugin zip, which has read the
 * directory, and read members by name. A module that uses it links zlib: a comment of its own, libraries: zlib. In
 * libadit-sdk. [run]
 *
 *     [needs]                                struct adit_zip_member member;
 *     plugin = zip                           struct adit_zip_reader reader;
 *                                            if (adit_zip_find(job, ADIT_TEXT("mimetype"), &member) &&
 *                                                adit_zip_open(&reader, job, &member)) {
 *                                                … adit_read_next(reader.from, …) …
 *                                                adit_zip_close(&reader);
 *                                            }
 *
 * Source: PKWARE APPNOTE 6.3.10, 4.3.7.
 */
#ifndef ADIT_ZIP_H
#define ADIT_ZIP_H

#include <adit/inflate.h>
#include <adit/need.h>
#include <adit/reader.h>

struct adit_zip_member {
    struct adit_text name; /* as zip tells it */
    uint64_t offset;       /* of its local header */
    uint64_t compressed_size, uncompressed_size;
    bool deflated;  /* otherwise it is stored */
    bool encrypted; /* or compressed in another way: it cannot be opened */
};

/* A member being read. It must not be moved. */
struct adit_zip_reader {
    struct adit_reader *from; /* to read from */
    struct adit_reader stored;
    struct adit_inflate inflate;
    enum adit_inflate_result result; /* of a deflated one */
};

#ifdef __cplusplus
extern "C" {
#endif
/* The first member after `*node` (0: from the beginning, moved on). False: there is none. */
bool adit_zip_next(const struct adit_call *job, uint32_t *node, struct adit_zip_member *out);
/* The member of this name; ASCII letters in either case are the same, as in OPC (ECMA-376 part 2, 6.2.2.3). */
bool adit_zip_find(const struct adit_call *job, struct adit_text name, struct adit_zip_member *out);
/* Begins to read its content, at most 64 MiB of it and 500 bytes for each one in the archive. False: it cannot be had. */
bool adit_zip_open(struct adit_zip_reader *reader, const struct adit_call *job, const struct adit_zip_member *member);
void adit_zip_close(struct adit_zip_reader *reader);
#ifdef __cplusplus
}
#endif

#endif
