/* SPDX-License-Identifier: MIT */
/*
 * Text in the charsets that file formats use, to UTF-8. From tables: nothing here needs iconv or a locale, which a locked
 * process does not have. In libadit-sdk. [open, run]
 *
 * Sources: ISO/IEC 8859; WHATWG Encoding (windows-1252, East Asia); Unicode's mapping tables of the others; RFC 2781 (UTF-16); names by
 * IANA's registry of character sets.
 */
#ifndef ADIT_CHARSET_H
#define ADIT_CHARSET_H

#include <adit/abi.h>
#include <adit/text.h>

enum adit_charset {
    ADIT_CHARSET_LATIN1 = 1,   /* every byte is the code point of the same number */
    ADIT_CHARSET_WINDOWS_1252, /* as Latin-1, with printable characters in 0x80..0x9f; its five holes stay C1 controls */
    ADIT_CHARSET_CP437,        /* MS-DOS; 0x01..0x1f and 0x7f are controls, as in names and text, not the pictures */
    ADIT_CHARSET_UTF16LE,
    ADIT_CHARSET_UTF16BE,
    ADIT_CHARSET_UTF16, /* a byte order mark decides and is dropped; without one big endian */
    ADIT_CHARSET_UTF8,  /* checked: what is not well-formed becomes U+FFFD; a byte order mark at the beginning is dropped */
    /* Single bytes, 0x80 to 0xff from tables; bytes that stand for nothing become U+FFFD. */
    ADIT_CHARSET_ISO_8859_2,
    ADIT_CHARSET_ISO_8859_3,
    ADIT_CHARSET_ISO_8859_4,
    ADIT_CHARSET_ISO_8859_5,
    ADIT_CHARSET_ISO_8859_6,
    ADIT_CHARSET_ISO_8859_7,
    ADIT_CHARSET_ISO_8859_8,
    ADIT_CHARSET_ISO_8859_9,
    ADIT_CHARSET_ISO_8859_10,
    ADIT_CHARSET_ISO_8859_11,
    ADIT_CHARSET_ISO_8859_13,
    ADIT_CHARSET_ISO_8859_14,
    ADIT_CHARSET_ISO_8859_15,
    ADIT_CHARSET_ISO_8859_16,
    ADIT_CHARSET_WINDOWS_874,
    ADIT_CHARSET_WINDOWS_1250,
    ADIT_CHARSET_WINDOWS_1251,
    ADIT_CHARSET_WINDOWS_1253,
    ADIT_CHARSET_WINDOWS_1254,
    ADIT_CHARSET_WINDOWS_1255,
    ADIT_CHARSET_WINDOWS_1256,
    ADIT_CHARSET_WINDOWS_1257,
    ADIT_CHARSET_WINDOWS_1258,
    ADIT_CHARSET_KOI8_R,
    ADIT_CHARSET_KOI8_U,
    ADIT_CHARSET_CP737,
    ADIT_CHARSET_CP775,
    ADIT_CHARSET_CP850,
    ADIT_CHARSET_CP852,
    ADIT_CHARSET_CP855,
    ADIT_CHARSET_CP857,
    ADIT_CHARSET_CP858,
    ADIT_CHARSET_CP860,
    ADIT_CHARSET_CP861,
    ADIT_CHARSET_CP862,
    ADIT_CHARSET_CP863,
    ADIT_CHARSET_CP865,
    ADIT_CHARSET_CP866,
    ADIT_CHARSET_MACINTOSH,
    ADIT_CHARSET_MAC_CYRILLIC,
    /* Those of several bytes have no constant here, for their tables take 175 KB: adit_charset_by_name tells their numbers, and a
     * module that never calls it does not carry them. */
};

/* No text of n bytes gets longer than this as UTF-8. */
#define ADIT_UTF8_BOUND(n) ((n)*3)

#ifdef __cplusplus
extern "C" {
#endif

/* Writes `in` as UTF-8 into out[room], whole characters only, no NUL after it. Returns the bytes that all of it takes:
 * more than `room` means that the end was left out. out may be NULL with room 0, to measure. Unpaired surrogates and an odd
 * last byte become U+FFFD. */
size_t adit_charset_to_utf8(enum adit_charset charset, struct adit_text in, char *out, size_t room);

/* The charset of this name, as IANA registers it or as files write it ("latin1", "cp1252", "866"); case does not matter. 0:
 * none that is decoded here. Beside those above: shift_jis (Windows', code page 932), euc-jp (with JIS X 0212), iso-2022-jp,
 * gb18030 (with gbk and gb2312), big5 (Windows', code page 950), euc-kr (Windows', code page 949); what is not well-formed in
 * these becomes U+FFFD. */
enum adit_charset adit_charset_by_name(struct adit_text name);

/* The code point of a byte in a single-byte charset; 0xfffd: it stands for nothing; UINT32_MAX: not such a charset. */
uint32_t adit_charset_point(enum adit_charset charset, uint8_t byte);

/* Emits `in` as UTF-8 under `name`: at most 1 MiB of it, what is beyond is left out with a warning. 0, enum adit_error, or
 * ADIT_E_LIMIT when memory is short. [run] */
int adit_emit_in_charset(const struct adit_call *job, const char *name, enum adit_charset charset, struct adit_text in);

/* Writes a character as UTF-8 into out[4]. Returns its bytes, 1 to 4. What is none becomes U+FFFD. */
size_t adit_utf8_put(uint32_t c, char *out);

/* Is this well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, nothing overlong, nothing above U+10FFFF)? */
bool adit_utf8_valid(struct adit_text text);

/* Only bytes below 0x80? Such text is the same in every charset here but UTF-16. */
bool adit_ascii_only(struct adit_text text);

#ifdef __cplusplus
}
#endif

#endif
