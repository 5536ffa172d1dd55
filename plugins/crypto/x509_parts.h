/* SPDX-License-Identifier: MIT */
/* What certificates consist of: names, identifiers, keys. RFC 5280 4.1. */
#ifndef CRYPTO_X509_PARTS_H
#define CRYPTO_X509_PARTS_H

#include "x509_names.h"
#include <adit/adit.h>
#include <adit/der.h>
#include <adit/hex.h>
#include <adit/report.h>
#include <stdio.h>

struct x509 {
    const struct adit_call *job;
    struct adit_report report;
    char text[16 * 1024]; /* one value */
};

/* An identifier by its name, or in dots. */
static inline const struct x509_oid *x509_emit_oid(struct x509 *m, const char *field, struct adit_text content,
                                                   const struct x509_oid *table, size_t n)
{
    char oid[ADIT_DER_OID_TEXT];
    if (!adit_der_oid(content, oid, sizeof oid))
        return NULL;
    const struct x509_oid *found = x509_find(table, n, oid);
    (void)adit_emit_string(m->job, field, found ? found->name : oid);
    return found;
}

/* Bytes as upper-case hexadecimal digits. */
static inline void x509_emit_hex(struct x509 *m, const char *field, struct adit_text bytes)
{
    const size_t most = sizeof m->text / 2, n = bytes.size < most ? bytes.size : most;
    (void)adit_emit_text(m->job, field, adit_text_of(m->text, adit_hex_upper(bytes.data, n, m->text)));
}

/* 4.1.2.4: a name in the file's order, with RFC 4514's escapes: "C=US, O=Example\, Inc.". Written from `n` on; returns the new end. */
static inline size_t x509_name(struct adit_text content, char *out, size_t n, size_t room)
{
    struct adit_der sets = adit_der(content);
    struct adit_der_item set, pair, type, value;
    char oid[ADIT_DER_OID_TEXT], text[1024];
    size_t start = n;
    while (adit_der_next(&sets, &set)) {
        struct adit_der members = adit_der(set.content);
        const char *between = n == start ? "" : ", ";
        for (; adit_der_next(&members, &pair); between = "+") {
            struct adit_der d = adit_der(pair.content);
            if (!adit_der_expect(&d, ADIT_DER_OID, &type) || !adit_der_next(&d, &value) ||
                !adit_der_oid(type.content, oid, sizeof oid) || n + sizeof oid + 2 * sizeof text + 4 > room)
                continue;
            const struct x509_oid *known = x509_find(X509_TABLE(x509_attributes), oid);
            n += (size_t)snprintf(out + n, room - n, "%s%s=", between, known ? known->name : oid);
            memset(text, 0, sizeof text);
            size_t size = adit_der_text(&value, text, sizeof text - 1);
            if (size >= sizeof text) /* cut between characters */
                size = strlen(text);
            for (size_t i = 0; i < size; i++) {
                if (text[i] && strchr(",+\"\\<>;", text[i]))
                    out[n++] = '\\';
                out[n++] = text[i];
            }
        }
    }
    return n;
}

/* The attribute of this identifier, the last of its kind: the most specific one. */
static inline void x509_emit_attribute(struct x509 *m, const char *field, struct adit_text name, const char *wanted)
{
    struct adit_der sets = adit_der(name);
    struct adit_der_item set, pair, type, value, last = {0, false, {NULL, 0}, {NULL, 0}};
    char oid[ADIT_DER_OID_TEXT];
    while (adit_der_next(&sets, &set)) {
        struct adit_der members = adit_der(set.content);
        while (adit_der_next(&members, &pair)) {
            struct adit_der d = adit_der(pair.content);
            if (adit_der_expect(&d, ADIT_DER_OID, &type) && adit_der_next(&d, &value) &&
                adit_der_oid(type.content, oid, sizeof oid) && strcmp(oid, wanted) == 0)
                last = value;
        }
    }
    size_t n = last.content.data ? adit_der_text(&last, m->text, sizeof m->text) : 0;
    if (n > 0 && n <= sizeof m->text)
        (void)adit_emit_text(m->job, field, adit_text_of(m->text, n));
}

/* 4.1.2.7: the algorithm, its parameters, and the key, whose size is told in bits as each algorithm counts them. */
static inline bool x509_public_key(struct x509 *m, struct adit_text content)
{
    struct adit_der d = adit_der(content), in;
    struct adit_der_item algorithm, id, parameters, key, inner;
    struct adit_text bytes;
    unsigned unused;
    uint64_t bits = 0, exponent;
    if (!adit_der_expect(&d, ADIT_DER_SEQUENCE, &algorithm) || !adit_der_expect(&d, ADIT_DER_BIT_STRING, &key) ||
        !adit_der_bits(key.content, &bytes, &unused))
        return false;
    d = adit_der(algorithm.content);
    if (!adit_der_expect(&d, ADIT_DER_OID, &id))
        return false;
    const struct x509_oid *known = x509_emit_oid(m, "public_key_algorithm", id.content, X509_TABLE(x509_algorithms));
    bool has_parameters = adit_der_next(&d, &parameters);
    const char *name = known ? known->name : "";
    bits = known ? known->bits : 0;
    in = adit_der(bytes);
    if ((strcmp(name, "rsaEncryption") == 0 || strcmp(name, "rsassaPss") == 0) &&
        adit_der_expect(&in, ADIT_DER_SEQUENCE, &inner)) { /* RFC 8017 A.1.1 */
        in = adit_der(inner.content);
        if (adit_der_expect(&in, ADIT_DER_INTEGER, &inner))
            bits = adit_der_bit_length(inner.content);
        if (adit_der_expect(&in, ADIT_DER_INTEGER, &inner) && adit_der_u64(inner.content, &exponent))
            (void)adit_emit_u64(m->job, "rsa_exponent", exponent);
    } else if (strcmp(name, "ecPublicKey") == 0 && has_parameters &&
               parameters.tag == ADIT_DER_OID) { /* RFC 5480 2.1.1 */
        const struct x509_oid *curve = x509_emit_oid(m, "curve", parameters.content, X509_TABLE(x509_curves));
        bits = curve ? curve->bits : 0;
    } else if (strcmp(name, "ecPublicKey") == 0 && bytes.size > 1 &&
               bytes.data[0] == 4) { /* a curve by its numbers: a point of two */
        bits = (bytes.size - 1) / 2 * 8;
    } else if (strcmp(name, "dsaEncryption") == 0 && has_parameters) { /* RFC 3279 2.3.2: p */
        in = adit_der(parameters.content);
        if (adit_der_expect(&in, ADIT_DER_INTEGER, &inner))
            bits = adit_der_bit_length(inner.content);
    }
    if (bits > 0)
        (void)adit_emit_u64(m->job, "public_key_bits", bits);
    return true;
}

#endif
