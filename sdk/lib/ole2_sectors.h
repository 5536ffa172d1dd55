/* SPDX-License-Identifier: MIT */
/* Sectors of compound files and the chains that they make, between the parts of ole2.c. Returned texts say what is wrong; NULL: nothing. */
#ifndef SDK_LIB_OLE2_SECTORS_H
#define SDK_LIB_OLE2_SECTORS_H

#include <adit/ole2.h>

/* [MS-CFB] 2.1: numbers of sectors that are none. */
#define OLE2_MAXREGSECT 0xfffffffau
#define OLE2_ENDOFCHAIN 0xfffffffeu

/* Keeps the first fault. */
void ole2_fault(struct adit_ole2 *o, const char *what, uint64_t at);

/* The extent that holds a position; NULL: it is beyond the end. */
const struct adit_ole2_extent *ole2_extent_of(const struct adit_ole2_extents *list, uint64_t position);

/* 2.5: finds the sectors of the FAT, of which the header has the first ones, and `next` is the first that has more. False: there is no
 * memory. */
bool ole2_read_difat(struct adit_ole2 *o, uint32_t next);

/* Collects the extents of the chain that begins at a sector, or mini sector, at most `want` bytes; UINT64_MAX: all of it. */
const char *ole2_follow(struct adit_ole2 *o, uint32_t sector, bool mini, uint64_t want, struct adit_ole2_extents *out);

#endif
