/* SPDX-License-Identifier: MIT */
/* Decrypting the strings and streams of a document whose key is known. ISO 32000-1 and 32000-2, 7.6.3; PKCS #5 padding: RFC 8018, 6.1.1. */
#ifndef DOCUMENT_PDF_CIPHER_H
#define DOCUMENT_PDF_CIPHER_H

#include "pdf_filters.h"
#include "pdf_key.h"

struct pdf_cipher {
    enum pdf_method method;
    union {
        struct arcfour_ctx rc4;
        struct aes128_ctx aes128;
        struct aes256_ctx aes256;
    };
    uint8_t vector[AES_BLOCK_SIZE];
};

static inline void pdf_cipher_start(struct pdf_cipher *x, const struct pdf_crypt *c, enum pdf_method method,
                                    uint32_t number, uint32_t generation)
{
    uint8_t key[32];
    size_t n = pdf_object_key(c, method, number, generation, key);
    x->method = method;
    if (method == PDF_RC4) {
        arcfour_set_key(&x->rc4, n, key);
    } else if (method == PDF_AES_128) {
        memset(key + n, 0, sizeof key - n);
        aes128_set_decrypt_key(&x->aes128, key);
    } else {
        aes256_set_decrypt_key(&x->aes256, key);
    }
}

/* In place; n is a multiple of the block for AES. */
static inline void pdf_decipher(struct pdf_cipher *x, uint8_t *data, size_t n)
{
    if (x->method == PDF_RC4)
        arcfour_crypt(&x->rc4, n, data, data);
    else if (x->method == PDF_AES_128)
        cbc_decrypt(&x->aes128, (nettle_cipher_func *)aes128_decrypt, AES_BLOCK_SIZE, x->vector, n, data, data);
    else
        cbc_decrypt(&x->aes256, (nettle_cipher_func *)aes256_decrypt, AES_BLOCK_SIZE, x->vector, n, data, data);
}

/* Bytes of the last block that are padding; 0: it is not padded as it should be, and is given whole. */
static inline size_t pdf_padded(const uint8_t *block)
{
    uint8_t n = block[AES_BLOCK_SIZE - 1];
    return n >= 1 && n <= AES_BLOCK_SIZE ? n : 0;
}

/* A string in memory, in place. Returns its bytes. */
static inline struct adit_text pdf_decrypt_text(const struct pdf_crypt *c, struct adit_text text, uint32_t number,
                                                uint32_t generation)
{
    struct pdf_cipher x;
    uint8_t *data = (uint8_t *)(uintptr_t)text.data; /* in the arena */
    if (c->strings == PDF_PLAIN || c->strings == PDF_UNKNOWN_METHOD || text.size == 0)
        return text;
    pdf_cipher_start(&x, c, c->strings, number, generation);
    if (c->strings == PDF_RC4) {
        pdf_decipher(&x, data, text.size);
        return text;
    }
    size_t n = text.size / AES_BLOCK_SIZE * AES_BLOCK_SIZE;
    if (n < 2 * AES_BLOCK_SIZE)
        return adit_text_of("", 0);
    memcpy(x.vector, data, AES_BLOCK_SIZE);
    n -= AES_BLOCK_SIZE;
    pdf_decipher(&x, data + AES_BLOCK_SIZE, n);
    return adit_text_of((const char *)data + AES_BLOCK_SIZE, n - pdf_padded(data + n));
}

/* A stream, as a reader. One block of AES is held back: it may be the last, and padded. */
struct pdf_decrypter {
    struct adit_reader reader; /* first */
    struct pdf_bytes in;
    struct pdf_cipher cipher;
    bool started, ended;
    uint8_t held[AES_BLOCK_SIZE];
    size_t at, filled;
    uint8_t block[AES_BLOCK_SIZE];
};

static inline bool pdf_take_block(struct pdf_decrypter *x, uint8_t block[AES_BLOCK_SIZE])
{
    for (size_t i = 0; i < AES_BLOCK_SIZE; i++) {
        int c = pdf_byte(&x->in);
        if (c < 0)
            return false;
        block[i] = (uint8_t)c;
    }
    return true;
}

/* The next plain block into x->block; its bytes are x->filled, 0 at the end. */
static inline void pdf_next_block(struct pdf_decrypter *x)
{
    x->at = x->filled = 0;
    if (!x->started) {
        x->started = true;
        x->ended = !pdf_take_block(x, x->cipher.vector) || !pdf_take_block(x, x->held);
        if (!x->ended)
            pdf_decipher(&x->cipher, x->held, AES_BLOCK_SIZE);
    }
    if (x->ended)
        return;
    memcpy(x->block, x->held, AES_BLOCK_SIZE);
    x->filled = AES_BLOCK_SIZE;
    if (pdf_take_block(x, x->held)) {
        pdf_decipher(&x->cipher, x->held, AES_BLOCK_SIZE);
    } else {
        x->ended = true;
        x->filled -= pdf_padded(x->block);
    }
}

static inline int64_t pdf_decrypter_read(struct adit_reader *r, void *buffer, size_t n)
{
    struct pdf_decrypter *x = (struct pdf_decrypter *)(void *)r;
    uint8_t *out = buffer;
    size_t got = 0;
    for (int c; x->cipher.method == PDF_RC4 && got < n && (c = pdf_byte(&x->in)) >= 0;)
        out[got++] = (uint8_t)c;
    if (x->cipher.method == PDF_RC4) {
        pdf_decipher(&x->cipher, out, got);
        return (int64_t)got;
    }
    while (got < n) {
        if (x->at == x->filled)
            pdf_next_block(x);
        if (x->filled == 0)
            break;
        size_t fits = x->filled - x->at < n - got ? x->filled - x->at : n - got;
        memcpy(out + got, x->block + x->at, fits);
        x->at += fits;
        got += fits;
    }
    return (int64_t)got;
}

static inline struct adit_reader *pdf_decrypt_open(struct pdf *d, struct adit_reader *from, enum pdf_method method,
                                                   const struct pdf_stream *stream)
{
    struct pdf_decrypter *x = pdf_take(&d->arena, sizeof *x);
    if (!x)
        return NULL;
    x->reader = (struct adit_reader){pdf_decrypter_read, d->job, ADIT_SOURCE_MAIN, 0, 0};
    pdf_bytes_start(&x->in, d, from);
    pdf_cipher_start(&x->cipher, &d->crypt, method, stream->number, stream->generation);
    return &x->reader;
}

#endif
