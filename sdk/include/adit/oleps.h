/* SPDX-License-Identifier: MIT */
/*
 * Property sets of OLE: the streams "\005SummaryInformation" and "\005DocumentSummaryInformation" of compound files (ole2.h), also
 * FlashPix' ones in JPEG. Read from bytes in memory, which stay the caller's and must live as long; nothing is allocated.
 * In libadit-sdk. [run]
 *
 *     struct adit_oleps ps;
 *     struct adit_oleps_property p;
 *     adit_oleps_open(&ps, bytes);
 *     while (adit_oleps_next_set(&ps))
 *         while (adit_oleps_next(&ps, &p))
 *             if (adit_guid_is(&ps.format, ADIT_OLEPS_SUMMARY) && p.id == 2)
 *                 adit_oleps_emit(job, ADIT_TEXT("title"), &ps, &p);
 *
 * Source: [MS-OLEPS] (Object Linking and Embedding Property Set Data Structures) 7.0.
 */
#ifndef ADIT_OLEPS_H
#define ADIT_OLEPS_H

#include <adit/abi.h>
#include <adit/charset.h>
#include <adit/guid.h>
#include <adit/text.h>

/* 2.21, 3.1: formats of property sets. */
#define ADIT_OLEPS_SUMMARY "f29f85e0-4ff9-1068-ab91-08002b27b3d9"
#define ADIT_OLEPS_DOCUMENT "d5cdd502-2e9c-101b-9397-08002b2cf9ae"
#define ADIT_OLEPS_USER "d5cdd505-2e9c-101b-9397-08002b2cf9ae"

enum { ADIT_OLEPS_MAX = 4096 }; /* properties of a set, and names of its dictionary; more are a fault */

enum adit_oleps_type { /* 2.15, those that are read; ADIT_OLEPS_VARIANT only in vectors */
                       ADIT_OLEPS_I2 = 0x02,
                       ADIT_OLEPS_I4 = 0x03,
                       ADIT_OLEPS_R4 = 0x04,
                       ADIT_OLEPS_R8 = 0x05,
                       ADIT_OLEPS_CY = 0x06,
                       ADIT_OLEPS_DATE = 0x07,
                       ADIT_OLEPS_BSTR = 0x08,
                       ADIT_OLEPS_ERROR = 0x0a,
                       ADIT_OLEPS_BOOL = 0x0b,
                       ADIT_OLEPS_VARIANT = 0x0c,
                       ADIT_OLEPS_I1 = 0x10,
                       ADIT_OLEPS_UI1 = 0x11,
                       ADIT_OLEPS_UI2 = 0x12,
                       ADIT_OLEPS_UI4 = 0x13,
                       ADIT_OLEPS_I8 = 0x14,
                       ADIT_OLEPS_UI8 = 0x15,
                       ADIT_OLEPS_INT = 0x16,
                       ADIT_OLEPS_UINT = 0x17,
                       ADIT_OLEPS_LPSTR = 0x1e,
                       ADIT_OLEPS_LPWSTR = 0x1f,
                       ADIT_OLEPS_FILETIME = 0x40,
                       ADIT_OLEPS_BLOB = 0x41,
                       ADIT_OLEPS_CF = 0x47, /* a format's number, and its data */
                       ADIT_OLEPS_CLSID = 0x48,
                       ADIT_OLEPS_VECTOR = 0x1000,
};

struct adit_oleps {
    struct adit_text bytes;
    uint16_t version, system; /* system: 0 Win16, 1 Macintosh, 2 Win32 */
    uint16_t system_version;
    struct adit_guid class_id;
    uint32_t sets;     /* at most two by 2.21 */
    const char *fault; /* what is wrong, in English; NULL: nothing. The first fault counts */
    size_t fault_at;   /* where in the bytes */
    /* The set that adit_oleps_next_set went to. */
    struct adit_guid format;
    uint32_t properties;
    uint16_t code_page;        /* property 1; 0: not told */
    enum adit_charset charset; /* of that code page; 0: none that is decoded here */
    /* The reader's own. */
    uint32_t next_set, next;
    size_t start, end, dictionary;
    uint64_t spent;
};

struct adit_oleps_property {
    uint32_t id;
    uint16_t type; /* enum adit_oleps_type, without ADIT_OLEPS_VECTOR */
    bool vector;
    uint32_t count; /* values; 1 where it is no vector */
    /* The reader's own. */
    size_t at;
    uint32_t given;
    bool padded;
};

/* One value. `value` has numbers as I64 or U64, FILETIME and DATE as TIME, texts as STRING without their NUL, in `charset` (0: not
 * known; take it as it is), BLOB and CF as BYTES, a CLSID as BYTES in the order of its text. */
struct adit_oleps_value {
    uint16_t type;
    enum adit_charset charset;
    struct adit_value value;
    struct adit_guid guid;
    uint64_t raw; /* a number's or a time's bits: a FILETIME may be a duration, in 100 ns */
    size_t at;    /* of its bytes, in the stream's */
};

#ifdef __cplusplus
extern "C" {
#endif
/* False: it is no property set stream (2.21), ps->fault says why. */
bool adit_oleps_open(struct adit_oleps *ps, struct adit_text bytes);
/* To the next set; its properties begin anew. False after the last one. */
bool adit_oleps_next_set(struct adit_oleps *ps);
/* The next property but the dictionary; those of a type that is not read are a fault and passed over. */
bool adit_oleps_next(struct adit_oleps *ps, struct adit_oleps_property *p);
/* The next value of a property. False after the last one. Values together are at most four times as long as the stream. */
bool adit_oleps_value(struct adit_oleps *ps, struct adit_oleps_property *p, struct adit_oleps_value *v);
/* A BLOB that is a vector of variants itself, as Office keeps hyperlinks, becomes a property of its own. False: it is none. */
bool adit_oleps_enter(const struct adit_oleps *ps, const struct adit_oleps_value *blob, struct adit_oleps_property *p);
/* What the dictionary calls a property, as UTF-8 with a NUL, cut between characters; returns its length. 0: it has no name. */
size_t adit_oleps_name(const struct adit_oleps *ps, uint32_t id, char *out, size_t room);
/* Emits one value; a CY as its ten thousandths say, a CLSID as text. 0 or enum adit_error. */
int adit_oleps_emit_value(const struct adit_call *job, struct adit_text name, const struct adit_oleps_value *v);
/* Emits all values of a property under one name: a list where it is a vector. Empty texts and times that are not set are left out. */
int adit_oleps_emit(const struct adit_call *job, struct adit_text name, struct adit_oleps *ps,
                    struct adit_oleps_property *p);
/* The charset of a Windows code page: 1252, 10000, 65001; 0: none that is decoded here. */
enum adit_charset adit_charset_of_code_page(uint32_t code_page);
#ifdef __cplusplus
}
#endif

#endif
