/* SPDX-License-Identifier: MIT */
/* Certificates as text: RFC 7468. */
#ifndef CRYPTO_X509_PEM_H
#define CRYPTO_X509_PEM_H

#include <adit/text.h>
#include <adit/transfer.h>
#include <string.h>

/* RFC 7468 5: the next block of this kind of text, decoded in place. False: there is none. */
static inline bool x509_next_block(struct adit_text *rest, char *end, struct adit_text *out)
{
    static const char *const labels[] = {"-----BEGIN CERTIFICATE-----", "-----BEGIN X509 CERTIFICATE-----",
                                         "-----BEGIN TRUSTED CERTIFICATE-----"};
    for (char *at = (char *)rest->data; at < end && (at = (char *)memchr(at, '-', (size_t)(end - at))) != NULL; at++)
        for (size_t i = 0; i < 3; i++) {
            size_t n = strlen(labels[i]);
            if ((size_t)(end - at) < n || memcmp(at, labels[i], n) != 0)
                continue;
            struct adit_base64 b = {0};
            char *close = (char *)memchr(at + n, '-', (size_t)(end - at) - n);
            size_t size = close ? (size_t)(close - at) - n : (size_t)(end - at) - n;
            *out = adit_text_of(at + n, adit_base64_decode(&b, at + n, size, at + n));
            *rest = adit_text_of(at + n + size, (size_t)(end - at) - n - size);
            return true;
        }
    return false;
}

#endif
