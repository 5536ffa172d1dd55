/* SPDX-License-Identifier: MIT */
/*
 * Bytes that were written as text: base64 and quoted-printable, decoded piece by piece. Errors are passed over as RFC 2045
 * asks, and counted. In libadit-sdk.
 *
 *     struct adit_base64 b = {0};
 *     n = adit_base64_decode(&b, text, size, out);
 *
 * Sources: RFC 4648 4, RFC 2045 6.7 and 6.8.
 */
#ifndef ADIT_TRANSFER_H
#define ADIT_TRANSFER_H

#include <adit/abi.h>

/* Zeroed at the beginning. */
struct adit_base64 {
    uint32_t bits;
    uint8_t count;    /* bits that wait for more */
    bool padded;      /* a "=" was seen: what follows begins anew, as where two were put together */
    uint64_t ignored; /* characters that are neither of the alphabet nor blank */
};

enum { ADIT_QUOTED_BLANKS = 128 };

/* Zeroed at the beginning. */
struct adit_quoted {
    uint8_t state;
    char digit;
    uint8_t blanks; /* blanks that vanish where the line ends after them */
    char held[ADIT_QUOTED_BLANKS];
    uint64_t faults; /* "=" before what is neither two hexadecimal digits nor a line end: kept as it is */
};

/* No piece of n bytes gets longer than this. */
#define ADIT_BASE64_BOUND(n) ((n) / 4 * 3 + 3)
#define ADIT_QUOTED_BOUND(n) ((n) + ADIT_QUOTED_BLANKS + 2)

#ifdef __cplusplus
extern "C" {
#endif
/* Decodes the next n bytes into out[ADIT_BASE64_BOUND(n)], which may be `in`. Returns how many bytes came of them. */
size_t adit_base64_decode(struct adit_base64 *b, const char *in, size_t n, char *out);
/* The same into out[ADIT_QUOTED_BOUND(n)], which may not be `in`. Line ends stay as they are. n 0: the end, which gives what
 * was held back. */
size_t adit_quoted_decode(struct adit_quoted *q, const char *in, size_t n, char *out);
#ifdef __cplusplus
}
#endif

#endif
