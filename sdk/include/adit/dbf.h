/* SPDX-License-Identifier: MIT */
/*
 * The head of a table of dBASE III and IV and FoxPro (.dbf), which stands alone or beside shapes and archives of others: what it says of
 * the table, and its columns. In libadit-sdk. [run]
 *
 *     struct adit_dbf table = {.charset = 0};
 *     struct adit_cursor c = adit_cursor(job);
 *     return adit_dbf_read(&c, &table);
 *
 * Emits version u8, last_update time, record_count u32, record_size u16, language_driver u8, code_page string, and fields[] with name
 * string, type string (C text, N F number, L logical, D date, M memo, I integer, B double, …), length u8, decimals u8: what the plugin's
 * .conf declares.
 *
 * Sources: dBASE III+ and IV table file structure; Visual FoxPro table structure; language drivers as in ESRI's.
 */
#ifndef ADIT_DBF_H
#define ADIT_DBF_H

#include <adit/abi.h>
#include <adit/charset.h>
#include <adit/cursor.h>

enum { ADIT_DBF_FIELDS = 255 }; /* columns that a table has at most */

struct adit_dbf {
    enum adit_charset
        charset; /* in: of names and text, where a .cpg or a user says it, else 0. Out: where that was 0, the language
                                     driver's; 0: not known, names were taken as Latin-1 */
    uint8_t version;          /* the byte 0: 0x03 without a memo file, 0x83 with one, … */
    uint8_t year, month, day; /* as stored: years since 1900 */
    uint8_t language_driver;  /* 0: not told */
    uint32_t records;
    uint16_t head_size, record_size; /* bytes; record_size with the mark of deletion */
    uint32_t fields;                 /* columns that were read */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the head at the cursor, and leaves the cursor behind its columns. ADIT_OK, or ADIT_MALFORMED: it ends early; what was there is
 * emitted. */
int32_t adit_dbf_read(struct adit_cursor *c, struct adit_dbf *table);

#ifdef __cplusplus
}
#endif

#endif
