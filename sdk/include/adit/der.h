/* SPDX-License-Identifier: MIT */
/*
 * ASN.1 in DER, and the BER that PKCS #7 files come in: items one after another, from bytes in memory that stay the caller's.
 * Nothing is allocated. What holds others is entered with a reader of its own. In libadit-sdk. [open, run]
 *
 *     struct adit_der d = adit_der(bytes), in;
 *     struct adit_der_item item;
 *     if (adit_der_expect(&d, ADIT_DER_SEQUENCE, &item)) {
 *         in = adit_der(item.content);
 *         while (adit_der_next(&in, &item))
 *             if (item.tag == ADIT_DER_OID)
 *                 n = adit_der_oid(item.content, text, sizeof text);
 *     }
 *
 * Source: ITU-T X.690 (02/2021).
 */
#ifndef ADIT_DER_H
#define ADIT_DER_H

#include <adit/abi.h>
#include <adit/text.h>

/* A tag with its class (8.1.2): universal ones as they are. */
#define ADIT_DER_CONTEXT(n) (0x80000000u | (n))
#define ADIT_DER_APPLICATION(n) (0x40000000u | (n))
#define ADIT_DER_PRIVATE(n) (0xc0000000u | (n))

enum adit_der_tag { /* X.680 8.4 */
                    ADIT_DER_BOOLEAN = 1,
                    ADIT_DER_INTEGER = 2,
                    ADIT_DER_BIT_STRING = 3,
                    ADIT_DER_OCTET_STRING = 4,
                    ADIT_DER_NULL = 5,
                    ADIT_DER_OID = 6,
                    ADIT_DER_ENUMERATED = 10,
                    ADIT_DER_UTF8_STRING = 12,
                    ADIT_DER_SEQUENCE = 16,
                    ADIT_DER_SET = 17,
                    ADIT_DER_NUMERIC_STRING = 18,
                    ADIT_DER_PRINTABLE_STRING = 19,
                    ADIT_DER_T61_STRING = 20,
                    ADIT_DER_IA5_STRING = 22,
                    ADIT_DER_UTC_TIME = 23,
                    ADIT_DER_GENERALIZED_TIME = 24,
                    ADIT_DER_VISIBLE_STRING = 26,
                    ADIT_DER_UNIVERSAL_STRING = 28,
                    ADIT_DER_BMP_STRING = 30,
};

enum { ADIT_DER_OID_TEXT = 256, ADIT_DER_MAX_DEPTH = 64 }; /* depth: of items of indefinite length in each other */

struct adit_der {
    struct adit_text rest;
    const char *fault; /* why there is no next item, in English; NULL: the end was reached */
};

struct adit_der_item {
    uint32_t tag; /* with its class; of high tags (8.1.2.4) 30 bits */
    bool constructed;
    struct adit_text content; /* without the two zeros that end an indefinite length */
    struct adit_text whole;   /* with tag and length: what is signed and hashed */
};

static inline struct adit_der adit_der(struct adit_text bytes)
{
    struct adit_der d = {bytes, NULL};
    return d;
}

#ifdef __cplusplus
extern "C" {
#endif
/* The next item. False: there is none, or what is there is none; d->fault says which. */
bool adit_der_next(struct adit_der *d, struct adit_der_item *item);
/* The next item, which must have this tag: otherwise false, and d->fault is set. */
bool adit_der_expect(struct adit_der *d, uint32_t tag, struct adit_der_item *item);
/* The next item if it has this tag; otherwise false, and nothing is stepped over. */
bool adit_der_optional(struct adit_der *d, uint32_t tag, struct adit_der_item *item);

/* 8.3: an INTEGER's content as a number; false: it is empty, negative (u64), or does not fit. */
bool adit_der_u64(struct adit_text content, uint64_t *out);
bool adit_der_i64(struct adit_text content, int64_t *out);
/* Of a large one, not negative: its magnitude in upper-case hexadecimal, two digits a byte; in decimal, up to 1024 bytes of content.
 * Both write a NUL and return the length; 0: it does not fit `room`, or is none. */
size_t adit_der_hex(struct adit_text content, char *out, size_t room);
size_t adit_der_decimal(struct adit_text content, char *out, size_t room);
/* Its bits without leading zeros. */
uint64_t adit_der_bit_length(struct adit_text content);

/* 8.6: a BIT STRING's bytes without the count of unused bits; false: it is malformed. Bit n is the n-th from the highest. */
bool adit_der_bits(struct adit_text content, struct adit_text *bytes, unsigned *unused);
bool adit_der_bit(struct adit_text content, uint32_t n);

/* 8.19: dotted text with a NUL; returns the length; 0: malformed, an arc beyond 64 bits, or it does not fit. */
size_t adit_der_oid(struct adit_text content, char *out, size_t room);

/* UTCTime and GeneralizedTime (8.25, 8.26, 11.7; years of two digits as RFC 5280 4.1.2.5.1). False: no valid moment. */
bool adit_der_time(const struct adit_der_item *item, struct adit_time *out);

/* A string of any type to UTF-8, T61String taken as Latin-1. Writes whole characters into out[room], no NUL; returns the bytes that all of
 * it takes. 0 too where the item is no string: see adit_der_is_text. */
size_t adit_der_text(const struct adit_der_item *item, char *out, size_t room);
bool adit_der_is_text(const struct adit_der_item *item);
#ifdef __cplusplus
}
#endif

#endif
