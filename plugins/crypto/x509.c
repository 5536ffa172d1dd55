/* SPDX-License-Identifier: MIT */
/* libraries: nettle */
/* Certificates: who says of whom what key is theirs, until when, and for what. DER, and the text around base64 that is called PEM, of
 * which the first certificate is told and the others are streams. Sources: RFC 5280 4; RFC 7468 (PEM). */
#include "x509_extensions.h"
#include <adit/transfer.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdlib.h>

ADIT_MODULE("x509", "1.0.0")

enum { MAX_SIZE = 4 << 20, MAX_STREAMS = 256 };

static void emit_fingerprints(struct x509 *m, struct adit_text der)
{
    struct sha256_ctx sha256;
    struct sha1_ctx sha1;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha256);
    sha256_update(&sha256, der.size, (const uint8_t *)der.data);
    sha256_digest(&sha256, sizeof digest, digest);
    x509_emit_hex(m, "fingerprint_sha256", adit_text_of((const char *)digest, SHA256_DIGEST_SIZE));
    sha1_init(&sha1);
    sha1_update(&sha1, der.size, (const uint8_t *)der.data);
    sha1_digest(&sha1, SHA1_DIGEST_SIZE, digest);
    x509_emit_hex(m, "fingerprint_sha1", adit_text_of((const char *)digest, SHA1_DIGEST_SIZE));
}

static void emit_name(struct x509 *m, const char *field, const char *common, const char *organization,
                      struct adit_text name)
{
    size_t n = x509_name(name, m->text, 0, sizeof m->text);
    (void)adit_emit_text(m->job, field, adit_text_of(m->text, n));
    x509_emit_attribute(m, common, name, "2.5.4.3");
    x509_emit_attribute(m, organization, name, "2.5.4.10");
}

static void emit_validity(struct x509 *m, struct adit_text content)
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
static int32_t read_certificate(struct x509 *m, struct adit_text content)
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
        emit_name(m, "issuer", "issuer_common_name", "issuer_organization", issuer.content);
        emit_name(m, "subject", "subject_common_name", "subject_organization", subject.content);
        (void)adit_emit_bool(m->job, "self_issued", adit_text_equal(issuer.content, subject.content));
        emit_validity(m, validity.content);
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

static int32_t read_der(struct x509 *m, struct adit_text bytes)
{
    struct adit_der d = adit_der(bytes), in;
    struct adit_der_item whole, tbs, item;
    if (!adit_der_expect(&d, ADIT_DER_SEQUENCE, &whole)) {
        if (bytes.size > 0 && bytes.data[0] == 0x30)
            adit_complain(&m->report, "certificate: %s", d.fault);
        return bytes.size > 0 && bytes.data[0] == 0x30 ? ADIT_MALFORMED : ADIT_DECLINED;
    }
    in = adit_der(whole.content);
    if (!adit_der_expect(&in, ADIT_DER_SEQUENCE, &tbs) || !adit_der_expect(&in, ADIT_DER_SEQUENCE, &item) ||
        !adit_der_expect(&in, ADIT_DER_BIT_STRING, &item))
        return ADIT_DECLINED; /* another structure: a key, a request, a list of revoked ones */
    if (read_certificate(m, tbs.content) != ADIT_OK)
        return ADIT_DECLINED;
    emit_fingerprints(m, whole.whole);
    if (d.rest.size > 0 && (uint8_t)d.rest.data[0] != '\n')
        (void)adit_emit_u64(m->job, "trailing_size", d.rest.size);
    return adit_verdict(&m->report);
}

/* RFC 7468 5: the next block of this kind of text, decoded in place. False: there is none. */
static bool next_block(struct adit_text *rest, char *end, struct adit_text *out)
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

static int32_t run(void *state, const struct adit_call *job)
{
    uint64_t total = adit_size(job);
    struct x509 *m = (struct x509 *)calloc(1, sizeof *m);
    char *bytes = (char *)malloc(total < MAX_SIZE ? (size_t)total + 1 : MAX_SIZE), name[32];
    (void)state;
    int32_t status = ADIT_FAILED;
    if (m && bytes) {
        int64_t got = adit_read(job, ADIT_SOURCE_MAIN, 0, bytes, total < MAX_SIZE ? (size_t)total : MAX_SIZE);
        struct adit_text rest = adit_text_of(bytes, got > 0 ? (size_t)got : 0), block;
        char *end = bytes + rest.size;
        m->job = job;
        m->report = adit_report(job);
        if (!next_block(&rest, end, &block)) {
            status = read_der(m, rest);
        } else {
            status = read_der(m, block);
            if (status == ADIT_DECLINED && !m->report.broken)
                adit_complain(&m->report, "PEM: what stands between the lines is no certificate");
            status = adit_verdict(&m->report);
        }
        for (unsigned i = 2; rest.data != bytes && i <= MAX_STREAMS && next_block(&rest, end, &block); i++) {
            (void)snprintf(name, sizeof name, "certificate-%u", i);
            (void)adit_emit_stream(job, adit_text_c(name), "application/pkix-cert", block.data, block.size);
        }
    }
    free(bytes);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
