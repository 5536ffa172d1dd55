/* SPDX-License-Identifier: MIT */
/*
 * Walks TIFF structures: EXIF, DNG, maker notes, multi-picture indexes, BigTIFF. Reads directories (IFDs) and typed values
 * by bounds-checked cursors; a directory is read once, so that links in circles end. In libadit-sdk. [run]
 *
 *     struct adit_tiff tiff;
 *     struct adit_tiff_ifd ifd;
 *     struct adit_tiff_entry entry;
 *     if (adit_tiff_open(&tiff, adit_cursor(job)) == ADIT_TIFF_OK && adit_tiff_read_ifd(&tiff, tiff.first_ifd, &ifd) == ADIT_TIFF_OK)
 *         while (adit_tiff_next(&tiff, &ifd, &entry))
 *             …
 *
 * Offsets are counted from the TIFF header, as everywhere in TIFF; add adit_tiff_base() for offsets in the source.
 * Sources: TIFF 6.0, section 2; "BigTIFF Design"; EXIF 3.0, 4.6.2 (type 129, UTF-8).
 */
#ifndef ADIT_TIFF_H
#define ADIT_TIFF_H

#include <adit/abi.h>
#include <adit/cursor.h>
#include <adit/text.h>

enum adit_tiff_type {
    ADIT_TIFF_BYTE = 1,
    ADIT_TIFF_ASCII = 2,
    ADIT_TIFF_SHORT = 3,
    ADIT_TIFF_LONG = 4,
    ADIT_TIFF_RATIONAL = 5,
    ADIT_TIFF_SBYTE = 6,
    ADIT_TIFF_UNDEFINED = 7,
    ADIT_TIFF_SSHORT = 8,
    ADIT_TIFF_SLONG = 9,
    ADIT_TIFF_SRATIONAL = 10,
    ADIT_TIFF_FLOAT = 11,
    ADIT_TIFF_DOUBLE = 12,
    ADIT_TIFF_IFD = 13,
    ADIT_TIFF_LONG8 = 16,
    ADIT_TIFF_SLONG8 = 17,
    ADIT_TIFF_IFD8 = 18,
    ADIT_TIFF_UTF8 = 129,
};

enum adit_tiff_result {
    ADIT_TIFF_OK = 0,
    ADIT_TIFF_NOT_TIFF, /* no byte order mark and magic number here */
    ADIT_TIFF_OUTSIDE,  /* the directory does not begin inside of the data */
    ADIT_TIFF_LOOP,     /* the directory was read before */
    ADIT_TIFF_TOO_MANY, /* more directories than ADIT_TIFF_MAX_IFDS */
};

enum { ADIT_TIFF_MAX_IFDS = 256 };

struct adit_tiff {
    struct adit_cursor values; /* over the TIFF's bytes, its byte order set; moved by every read of a value */
    uint64_t first_ifd;
    uint64_t visited[ADIT_TIFF_MAX_IFDS];
    uint32_t visited_count;
    uint16_t magic; /* 42; 43 in BigTIFF; other numbers where a vendor has its own (adit_tiff_open_magic) */
    bool big;       /* BigTIFF: 64-bit offsets and counts */
};

struct adit_tiff_ifd {
    struct adit_cursor entries; /* over the table */
    uint64_t offset;
    uint64_t count;     /* entries that the directory says it has */
    uint64_t available; /* of those, how many are inside of the data: less than count in a truncated file */
    uint64_t next;      /* offset of the next directory; 0: none, or cut off */
};

struct adit_tiff_entry {
    uint16_t tag, type; /* type: enum adit_tiff_type or what the file says */
    uint16_t unit;      /* bytes a value; 0: the type is unknown */
    bool inside;        /* are all values inside of the data? Reading others gives 0, NaN and empty text */
    uint64_t count;     /* values */
    uint64_t offset;    /* of the first value */
    uint64_t size;      /* bytes of all values; UINT64_MAX where that overflows */
    uint64_t entry;     /* offset of this entry itself, for messages */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the header at the cursor's position, which becomes offset 0; the data end where the cursor does. */
enum adit_tiff_result adit_tiff_open(struct adit_tiff *t, const struct adit_cursor *c);
/* As adit_tiff_open, for relatives of TIFF whose magic number is another one (Panasonic 0x55, Olympus 0x4f52). */
enum adit_tiff_result adit_tiff_open_magic(struct adit_tiff *t, const struct adit_cursor *c, uint16_t magic);

/* Reads a directory's head. */
enum adit_tiff_result adit_tiff_read_ifd(struct adit_tiff *t, uint64_t offset, struct adit_tiff_ifd *ifd);

/* The next entry; false after the last one available. */
bool adit_tiff_next(const struct adit_tiff *t, struct adit_tiff_ifd *ifd, struct adit_tiff_entry *e);

/* Value i as an integer: of BYTE, SHORT, LONG, LONG8, IFD, UNDEFINED and the signed ones (as two's complement). Other types,
 * i outside of the count: 0. */
uint64_t adit_tiff_u64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i);
int64_t adit_tiff_i64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i);
/* Value i of any numeric type; rationals are divided: 0/0 is NaN, n/0 infinite. Others: NaN. */
double adit_tiff_f64(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i);
/* A rational as it stands; false where it is none. Unsigned values of RATIONAL fit int64_t. */
bool adit_tiff_rational(struct adit_tiff *t, const struct adit_tiff_entry *e, uint64_t i, int64_t *numerator,
                        int64_t *denominator);
/* The values' bytes as they stand, borrowed as by adit_view; empty where they are not all there. */
struct adit_text adit_tiff_bytes(struct adit_tiff *t, const struct adit_tiff_entry *e);
/* Text up to the first NUL, of any type of one byte a value. */
struct adit_text adit_tiff_text(struct adit_tiff *t, const struct adit_tiff_entry *e);

bool adit_tiff_is_integer(const struct adit_tiff_entry *e);
bool adit_tiff_is_number(const struct adit_tiff_entry *e);
/* "SHORT"; "unknown" for others. */
const char *adit_tiff_type_name(uint16_t type);

#ifdef __cplusplus
}
#endif

/* The offset of the TIFF header in its source. */
static inline uint64_t adit_tiff_base(const struct adit_tiff *t)
{
    return t->values.start;
}

#endif
