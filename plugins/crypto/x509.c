/* SPDX-License-Identifier: MIT */
/* libraries: nettle */
/* Certificates: who says of whom what key is theirs, until when, and for what. DER, and the text around base64 that is called PEM, of
 * which the first certificate is told and the others are streams. Sources: RFC 5280 4; RFC 7468 (PEM). */
#include "x509_certificate.h"
#include "x509_pem.h"
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
    if (x509_certificate(m, tbs.content) != ADIT_OK)
        return ADIT_DECLINED;
    emit_fingerprints(m, whole.whole);
    if (d.rest.size > 0 && (uint8_t)d.rest.data[0] != '\n')
        (void)adit_emit_u64(m->job, "trailing_size", d.rest.size);
    return adit_verdict(&m->report);
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
        if (!x509_next_block(&rest, end, &block)) {
            status = read_der(m, rest);
        } else {
            status = read_der(m, block);
            if (status == ADIT_DECLINED && !m->report.broken)
                adit_complain(&m->report, "PEM: what stands between the lines is no certificate");
            status = adit_verdict(&m->report);
        }
        for (unsigned i = 2; rest.data != bytes && i <= MAX_STREAMS && x509_next_block(&rest, end, &block); i++) {
            (void)snprintf(name, sizeof name, "certificate-%u", i);
            (void)adit_emit_stream(job, adit_text_c(name), "application/pkix-cert", block.data, block.size);
        }
    }
    free(bytes);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
