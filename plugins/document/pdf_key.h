/* SPDX-License-Identifier: MIT */
/* The key of an encrypted document, tried with the empty user password. ISO 32000-1 and 32000-2, 7.6.4 (standard security handler):
 * algorithms 2, 2.A, 2.B, 4 and 5. Revision 5 is Adobe Supplement to ISO 32000, ExtensionLevel 3, 3.5.2. */
#ifndef DOCUMENT_PDF_KEY_H
#define DOCUMENT_PDF_KEY_H

#include "pdf_document.h"
#include <nettle/aes.h>
#include <nettle/arcfour.h>
#include <nettle/cbc.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

/* Algorithm 2 a: what a password is padded with; the empty one is nothing else. */
static const uint8_t pdf_padding[32] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e,
                                        0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68,
                                        0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};

static inline void pdf_md5(struct adit_text in, uint8_t out[MD5_DIGEST_SIZE])
{
    struct md5_ctx md5;
    md5_init(&md5);
    md5_update(&md5, in.size, (const uint8_t *)in.data);
    md5_digest(&md5, MD5_DIGEST_SIZE, out);
}

static inline void pdf_rc4(const uint8_t *key, size_t key_size, uint8_t *data, size_t n)
{
    struct arcfour_ctx rc4;
    arcfour_set_key(&rc4, key_size, key);
    arcfour_crypt(&rc4, n, data, data);
}

/* Algorithm 2: revisions 2 to 4. */
static inline void pdf_derive_key(struct pdf_crypt *c, struct adit_text owner, struct adit_text id)
{
    struct md5_ctx md5;
    uint8_t digest[MD5_DIGEST_SIZE];
    uint32_t permissions = (uint32_t)c->permissions;
    const uint8_t little[4] = {(uint8_t)permissions, (uint8_t)(permissions >> 8), (uint8_t)(permissions >> 16),
                               (uint8_t)(permissions >> 24)};
    md5_init(&md5);
    md5_update(&md5, sizeof pdf_padding, pdf_padding);
    md5_update(&md5, 32, (const uint8_t *)owner.data);
    md5_update(&md5, sizeof little, little);
    md5_update(&md5, id.size, (const uint8_t *)id.data);
    if (c->revision >= 4 && !c->metadata)
        md5_update(&md5, 4, (const uint8_t *)"\xff\xff\xff\xff");
    md5_digest(&md5, sizeof digest, digest);
    for (int i = 0; c->revision >= 3 && i < 50; i++)
        pdf_md5(adit_text_of((const char *)digest, c->key_size), digest);
    memcpy(c->key, digest, c->key_size);
}

/* Algorithms 4 and 5: what U is where the password is the empty one. */
static inline bool pdf_key_opens(const struct pdf_crypt *c, struct adit_text user, struct adit_text id)
{
    uint8_t check[32], key[16];
    size_t n = sizeof check;
    memcpy(check, pdf_padding, sizeof check);
    if (c->revision >= 3) {
        struct md5_ctx md5;
        md5_init(&md5);
        md5_update(&md5, sizeof pdf_padding, pdf_padding);
        md5_update(&md5, id.size, (const uint8_t *)id.data);
        n = MD5_DIGEST_SIZE;
        md5_digest(&md5, n, check);
    }
    pdf_rc4(c->key, c->key_size, check, n);
    for (uint8_t i = 1; c->revision >= 3 && i < 20; i++) {
        for (size_t k = 0; k < c->key_size; k++)
            key[k] = c->key[k] ^ i;
        pdf_rc4(key, c->key_size, check, n);
    }
    return memcmp(check, user.data, n) == 0;
}

static inline void pdf_sha(size_t bits, struct adit_text in, uint8_t out[64])
{
    union {
        struct sha256_ctx sha256;
        struct sha512_ctx sha512;
    } u;
    const uint8_t *data = (const uint8_t *)in.data;
    if (bits == 256) {
        sha256_init(&u.sha256);
        sha256_update(&u.sha256, in.size, data);
        sha256_digest(&u.sha256, SHA256_DIGEST_SIZE, out);
    } else if (bits == 384) {
        sha384_init(&u.sha512);
        sha384_update(&u.sha512, in.size, data);
        sha384_digest(&u.sha512, SHA384_DIGEST_SIZE, out);
    } else {
        sha512_init(&u.sha512);
        sha512_update(&u.sha512, in.size, data);
        sha512_digest(&u.sha512, SHA512_DIGEST_SIZE, out);
    }
}

/* Algorithm 2.B for the empty password of the user: the hash of a salt. Revision 5: SHA-256 of it alone. */
static inline void pdf_hash(int64_t revision, struct adit_text salt, uint8_t out[32])
{
    uint8_t k[64], data[64 * 64], *end = data;
    size_t size = 32;
    pdf_sha(256, salt, k);
    for (int round = 0; revision >= 6 && (round < 64 || end[-1] > round - 32); round++) {
        struct CBC_CTX(struct aes128_ctx, AES_BLOCK_SIZE) aes;
        unsigned sum = 0;
        for (size_t i = 0; i < 64; i++)
            memcpy(data + i * size, k, size);
        end = data + 64 * size;
        aes128_set_encrypt_key(&aes.ctx, k);
        CBC_SET_IV(&aes, k + 16);
        CBC_ENCRYPT(&aes, aes128_encrypt, 64 * size, data, data);
        for (size_t i = 0; i < 16; i++)
            sum += data[i]; /* 256 is 1 modulo 3 */
        size = sum % 3 == 0 ? 32 : sum % 3 == 1 ? 48 : 64;
        pdf_sha(size * 8, adit_text_of((const char *)data, (size_t)(end - data)), k);
    }
    memcpy(out, k, 32);
}

/* Algorithm 2.A: revisions 5 and 6. U is a hash, the salt of the check and that of the key; UE is the key, encrypted. */
static inline bool pdf_open_aes_256(struct pdf_crypt *c, struct adit_text user, struct adit_text packed)
{
    uint8_t hash[32];
    if (user.size < 48 || packed.size < 32)
        return false;
    pdf_hash(c->revision, adit_text_of(user.data + 32, 8), hash);
    if (memcmp(hash, user.data, 32) != 0)
        return false;
    struct CBC_CTX(struct aes256_ctx, AES_BLOCK_SIZE) aes;
    static const uint8_t zero[AES_BLOCK_SIZE];
    pdf_hash(c->revision, adit_text_of(user.data + 40, 8), hash);
    aes256_set_decrypt_key(&aes.ctx, hash);
    CBC_SET_IV(&aes, zero);
    CBC_DECRYPT(&aes, aes256_decrypt, 32, c->key, (const uint8_t *)packed.data);
    c->key_size = 32;
    return true;
}

/* Algorithms 1 and 1.A: the key of an object. Returns its bytes. */
static inline size_t pdf_object_key(const struct pdf_crypt *c, enum pdf_method method, uint32_t number,
                                    uint32_t generation, uint8_t key[32])
{
    uint8_t salted[32 + 9], digest[MD5_DIGEST_SIZE];
    size_t n = c->key_size;
    memcpy(key, c->key, 32);
    if (method == PDF_AES_256)
        return 32;
    memcpy(salted, c->key, n);
    for (unsigned i = 0; i < 3; i++)
        salted[n++] = (uint8_t)(number >> 8 * i);
    salted[n++] = (uint8_t)generation;
    salted[n++] = (uint8_t)(generation >> 8);
    if (method == PDF_AES_128) {
        memcpy(salted + n, "sAlT", 4);
        n += 4;
    }
    pdf_md5(adit_text_of((const char *)salted, n), digest);
    n = c->key_size + 5 < MD5_DIGEST_SIZE ? c->key_size + 5 : MD5_DIGEST_SIZE;
    memcpy(key, digest, n);
    return n;
}

#endif
