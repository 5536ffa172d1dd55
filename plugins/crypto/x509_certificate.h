/* SPDX-License-Identifier: MIT */
/* What the issuer signs of a certificate: RFC 5280 4.1.2. */
#ifndef CRYPTO_X509_CERTIFICATE_H
#define CRYPTO_X509_CERTIFICATE_H

#include "x509_extensions.h"

static inline void x509_emit_name(struct x509 *m, const char *field, const char *common, const char *organization,
                                  struct adit_text name)
{
    size_t n = x509_name(name, m->text, 0, sizeof m->text);
    (void)adit_emit_text(m->job, field, adit_text_of(m->text, n));
    x509_emit_attribute(m, common, name, "2.5.4.3");
    x509_emit_attribute(m, organization, name, "2.5.4.10");
}

static inline void x509_emit_validity(struct x509 *m, struct adit_text content)
{
    static const char *const fields[] = {"not_before", "not_after"};
    struct adit_der d = adit_der(content);
    struct adit_der_item item;
    struct adit_time t;
    for (int i = 0; i < 2; i++)
        if (!adit_der_next(&d, &item) || !adit_der_time(&item, &t))
            adit_complain(&m->report, "validity: %s is no time (RFC 5280 4.1.2.5)", fields[i]);
        else
            (void)adit_emit_time(m->job, fields[i], t);
}

/* 4.1: TBSCertificate. Other structures, as attribute certificates (RFC 5755), have no algorithm in this place. */
static inline int32_t x509_certificate(struct x509 *m, struct adit_text content)
{
    struct adit_der d = adit_der(content), in = adit_der(adit_text_of(NULL, 0));
    struct adit_der_item item, serial, algorithm, issuer, validity, subject, list;
    uint64_t version = 0;
    if (adit_der_optional(&d, ADIT_DER_CONTEXT(0), &item))
        in = adit_der(item.content);
    if (adit_der_optional(&in, ADIT_DER_INTEGER, &item))
        (void)adit_der_u64(item.content, &version);
    if (!adit_der_expect(&d, ADIT_DER_INTEGER, &serial) || !adit_der_expect(&d, ADIT_DER_SEQUENCE, &item))
        return ADIT_DECLINED;
    in = adit_der(item.content);
    if (!adit_der_expect(&in, ADIT_DER_OID, &algorithm))
        return ADIT_DECLINED;
    (void)adit_emit_u64(m->job, "version", version < 255 ? version + 1 : 255);
    if (adit_der_hex(serial.content, m->text, sizeof m->text))
        (void)adit_emit_string(m->job, "serial_number", m->text);
    else
        x509_emit_hex(m, "serial_number", serial.content); /* negative, which 4.1.2.2 forbids */
    (void)x509_emit_oid(m, "signature_algorithm", algorithm.content, X509_TABLE(x509_algorithms));
    if (adit_der_expect(&d, ADIT_DER_SEQUENCE, &issuer) && adit_der_expect(&d, ADIT_DER_SEQUENCE, &validity) &&
        adit_der_expect(&d, ADIT_DER_SEQUENCE, &subject)) {
        x509_emit_name(m, "issuer", "issuer_common_name", "issuer_organization", issuer.content);
        x509_emit_name(m, "subject", "subject_common_name", "subject_organization", subject.content);
        (void)adit_emit_bool(m->job, "self_issued", adit_text_equal(issuer.content, subject.content));
        x509_emit_validity(m, validity.content);
    }
    if (adit_der_expect(&d, ADIT_DER_SEQUENCE, &item) && !x509_public_key(m, item.content))
        adit_complain(&m->report, "certificate: the public key is malformed");
    while (adit_der_next(&d, &item)) {
        in = adit_der(item.content);
        if (item.tag == ADIT_DER_CONTEXT(3) && adit_der_expect(&in, ADIT_DER_SEQUENCE, &list))
            x509_extensions(m, list.content);
    }
    if (d.fault)
        adit_complain(&m->report, "certificate: %s", d.fault);
    return ADIT_OK;
}

#endif
