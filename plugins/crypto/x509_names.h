/* SPDX-License-Identifier: MIT */
/* Names of the object identifiers in certificates. Sources: RFC 5280 4.2 and A; RFC 4519 2; X.520; RFC 4055, 5480, 5758, 8410, 8017;
 * CA/Browser Forum Guidelines 9.2. */
#ifndef CRYPTO_X509_NAMES_H
#define CRYPTO_X509_NAMES_H

#include <adit/text.h>
#include <string.h>

struct x509_oid {
    const char *oid, *name;
    unsigned bits; /* of a key by that name or on that curve; 0: the key tells */
};

static const struct x509_oid x509_attributes[] = {
    {"2.5.4.3", "CN", 0},
    {"2.5.4.4", "SN", 0},
    {"2.5.4.5", "serialNumber", 0},
    {"2.5.4.6", "C", 0},
    {"2.5.4.7", "L", 0},
    {"2.5.4.8", "ST", 0},
    {"2.5.4.9", "street", 0},
    {"2.5.4.10", "O", 0},
    {"2.5.4.11", "OU", 0},
    {"2.5.4.12", "title", 0},
    {"2.5.4.13", "description", 0},
    {"2.5.4.15", "businessCategory", 0},
    {"2.5.4.17", "postalCode", 0},
    {"2.5.4.41", "name", 0},
    {"2.5.4.42", "GN", 0},
    {"2.5.4.43", "initials", 0},
    {"2.5.4.46", "dnQualifier", 0},
    {"2.5.4.65", "pseudonym", 0},
    {"2.5.4.97", "organizationIdentifier", 0},
    {"1.2.840.113549.1.9.1", "emailAddress", 0},
    {"0.9.2342.19200300.100.1.1", "UID", 0},
    {"0.9.2342.19200300.100.1.25", "DC", 0},
    {"1.3.6.1.4.1.311.60.2.1.1", "jurisdictionL", 0},
    {"1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST", 0},
    {"1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC", 0},
};

static const struct x509_oid x509_algorithms[] = {
    {"1.2.840.113549.1.1.1", "rsaEncryption", 0},
    {"1.2.840.113549.1.1.2", "md2WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.4", "md5WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.10", "rsassaPss", 0},
    {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption", 0},
    {"1.2.840.113549.1.1.14", "sha224WithRSAEncryption", 0},
    {"1.2.840.10040.4.1", "dsaEncryption", 0},
    {"1.2.840.10040.4.3", "dsaWithSHA1", 0},
    {"2.16.840.1.101.3.4.3.1", "dsaWithSHA224", 0},
    {"2.16.840.1.101.3.4.3.2", "dsaWithSHA256", 0},
    {"1.2.840.10045.2.1", "ecPublicKey", 0},
    {"1.2.840.10045.4.1", "ecdsaWithSHA1", 0},
    {"1.2.840.10045.4.3.1", "ecdsaWithSHA224", 0},
    {"1.2.840.10045.4.3.2", "ecdsaWithSHA256", 0},
    {"1.2.840.10045.4.3.3", "ecdsaWithSHA384", 0},
    {"1.2.840.10045.4.3.4", "ecdsaWithSHA512", 0},
    {"1.3.101.110", "X25519", 256},
    {"1.3.101.111", "X448", 448},
    {"1.3.101.112", "Ed25519", 256},
    {"1.3.101.113", "Ed448", 456},
    {"1.2.643.7.1.1.1.1", "GOST R 34.10-2012 (256)", 256},
    {"1.2.643.7.1.1.1.2", "GOST R 34.10-2012 (512)", 512},
};

static const struct x509_oid x509_curves[] = {
    {"1.2.840.10045.3.1.1", "P-192", 192},
    {"1.3.132.0.33", "P-224", 224},
    {"1.2.840.10045.3.1.7", "P-256", 256},
    {"1.3.132.0.34", "P-384", 384},
    {"1.3.132.0.35", "P-521", 521},
    {"1.3.132.0.10", "secp256k1", 256},
    {"1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256},
    {"1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384},
    {"1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512},
};

/* RFC 5280 4.2.1.12 */
static const struct x509_oid x509_purposes[] = {
    {"2.5.29.37.0", "anyExtendedKeyUsage", 0},
    {"1.3.6.1.5.5.7.3.1", "serverAuth", 0},
    {"1.3.6.1.5.5.7.3.2", "clientAuth", 0},
    {"1.3.6.1.5.5.7.3.3", "codeSigning", 0},
    {"1.3.6.1.5.5.7.3.4", "emailProtection", 0},
    {"1.3.6.1.5.5.7.3.8", "timeStamping", 0},
    {"1.3.6.1.5.5.7.3.9", "OCSPSigning", 0},
    {"1.3.6.1.4.1.311.10.3.3", "msServerGatedCrypto", 0},
    {"1.3.6.1.4.1.311.10.3.4", "msEncryptingFileSystem", 0},
    {"1.3.6.1.4.1.311.20.2.2", "msSmartcardLogon", 0},
    {"2.16.840.1.113730.4.1", "nsServerGatedCrypto", 0},
};

/* RFC 5280 4.2.1.3: bits 0 to 8 */
static const char *const x509_usages[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",
};

#define X509_TABLE(table) (table), sizeof(table) / sizeof((table)[0])

static inline const struct x509_oid *x509_find(const struct x509_oid *table, size_t n, const char *oid)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].oid, oid) == 0)
            return &table[i];
    return NULL;
}

#endif
