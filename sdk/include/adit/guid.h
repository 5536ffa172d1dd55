/* SPDX-License-Identifier: MIT */
/*
 * GUIDs and UUIDs: 16 bytes, and their text. UUIDs stand in files as they are written (RFC 9562, 4); GUIDs of Microsoft's
 * formats (ASF, OLE, WAVE sub-formats) have their first three groups in little endian. [run; open for resources]
 *
 *     struct adit_guid id = adit_read_guid(&c);
 *     if (adit_guid_is(&id, "75b22630-668e-11cf-a6d9-00aa0062ce6c"))
 *
 * Sources: RFC 9562; [MS-DTYP] 2.3.4.2.
 */
#ifndef ADIT_GUID_H
#define ADIT_GUID_H

#include <adit/abi.h>
#include <adit/cursor.h>
#include <adit/emit.h>

enum { ADIT_GUID_TEXT = 37 }; /* with its NUL */

struct adit_guid {
    uint8_t bytes[16]; /* in the order of the text */
};

/* In network order: RFC 9562, ISO-BMFF, Matroska. */
static inline struct adit_guid adit_read_uuid(struct adit_cursor *c)
{
    struct adit_guid g;
    (void)adit_read_exact(c, g.bytes, sizeof g.bytes);
    return g;
}

/* With its first three groups, of 4, 2 and 2 bytes, in little endian. */
static inline struct adit_guid adit_read_guid(struct adit_cursor *c)
{
    static const uint8_t order[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    struct adit_guid raw = adit_read_uuid(c), g = raw;
    for (int i = 0; i < 8; i++)
        g.bytes[i] = raw.bytes[order[i]];
    return g;
}

/* 8-4-4-4-12 hexadecimal digits in lower case, and a NUL. */
static inline void adit_guid_text(const struct adit_guid *g, char text[ADIT_GUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *text++ = '-';
        *text++ = digits[g->bytes[i] >> 4];
        *text++ = digits[g->bytes[i] & 15];
    }
    *text = '\0';
}

/* Is it this one? `text` as adit_guid_text writes it, in either case. */
static inline bool adit_guid_is(const struct adit_guid *g, const char *text)
{
    char own[ADIT_GUID_TEXT];
    adit_guid_text(g, own);
    for (int i = 0; i < ADIT_GUID_TEXT; i++)
        if (own[i] != (text[i] >= 'A' && text[i] <= 'F' ? text[i] + ('a' - 'A') : text[i]))
            return false;
    return true;
}

static inline int adit_emit_guid(const struct adit_call *job, const char *name, const struct adit_guid *g)
{
    char text[ADIT_GUID_TEXT];
    adit_guid_text(g, text);
    return adit_emit_string(job, name, text);
}

#endif
