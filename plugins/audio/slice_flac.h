/* SPDX-License-Identifier: MIT */
/* FLAC of slices without encoding their middles again: frames are independent of each other, so a frame of a block that
 * lies inside of several slices is encoded once, and for each of them its header alone is written anew, with its place in
 * the slice. Slices are streams of variable block size, since their edges are shorter. RFC 9639: 8.2 (STREAMINFO), 9.1
 * (frame header, CRC-8), 9.3 (CRC-16). */
#ifndef PLUGINS_AUDIO_SLICE_FLAC_H
#define PLUGINS_AUDIO_SLICE_FLAC_H

#include "slice_bytes.h"
#include <FLAC/stream_encoder.h>

enum { FLAC_BLOCK = 4096, FLAC_LEAST = 16, FLAC_HEAD = 42, FLAC_CHANNELS = 8 };

/* Exported by libFLAC and used by its own flac program, but in no header of its: without it every block is hashed as well. */
extern FLAC__bool FLAC__stream_encoder_set_do_md5(FLAC__StreamEncoder *, FLAC__bool) __attribute__((weak));

/* A frame of which all but the header stays. */
struct frame {
    uint8_t *body; /* after the header's CRC-8, without the CRC-16 */
    uint32_t body_size, samples;
    uint8_t codes[4], extra[4]; /* of the header: before its number and after it */
    uint32_t extra_size;
    uint16_t body_crc, shift; /* CRC-16 of the body alone; x to the power of its bits */
};

static uint16_t crc16_table[8][256]; /* [k]: of a byte that k bytes follow */
static uint8_t crc8_table[256];

/* [open] */
static inline void crc_tables(void)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned wide = i << 8, narrow = i;
        for (int bit = 0; bit < 8; bit++) {
            wide = (wide << 1 ^ (wide & 0x8000 ? 0x8005 : 0)) & 0xffff;
            narrow = (narrow << 1 ^ (narrow & 0x80 ? 0x07 : 0)) & 0xff;
        }
        crc16_table[0][i] = (uint16_t)wide;
        crc8_table[i] = (uint8_t)narrow;
    }
    for (unsigned i = 0; i < 256; i++)
        for (int k = 1; k < 8; k++)
            crc16_table[k][i] = (uint16_t)(crc16_table[k - 1][i] << 8 ^ crc16_table[0][crc16_table[k - 1][i] >> 8]);
}

static inline uint16_t crc16_of(const uint8_t *data, size_t n)
{
    unsigned crc = 0;
    for (; n >= 8; n -= 8, data += 8)
        crc = crc16_table[7][crc >> 8 ^ data[0]] ^ crc16_table[6][(crc & 0xff) ^ data[1]] ^ crc16_table[5][data[2]] ^ crc16_table[4][data[3]] ^
              crc16_table[3][data[4]] ^ crc16_table[2][data[5]] ^ crc16_table[1][data[6]] ^ crc16_table[0][data[7]];
    for (size_t i = 0; i < n; i++)
        crc = (crc << 8 & 0xffff) ^ crc16_table[0][(crc >> 8 ^ data[i]) & 0xff];
    return (uint16_t)crc;
}

static inline uint8_t crc8_of(const uint8_t *data, size_t n)
{
    uint8_t crc = 0;
    for (size_t i = 0; i < n; i++)
        crc = crc8_table[crc ^ data[i]];
    return crc;
}

/* a times b, modulo x^16 + x^15 + x^2 + 1 */
static inline uint16_t crc16_times(uint16_t a, uint16_t b)
{
    unsigned product = 0;
    for (int bit = 15; bit >= 0; bit--) {
        product = (product << 1 ^ (product & 0x8000 ? 0x8005 : 0)) & 0xffff;
        product ^= b >> bit & 1 ? a : 0;
    }
    return (uint16_t)product;
}

/* x to the power of 8 n: what n more bytes do to a CRC. */
static inline uint16_t crc16_shift(uint32_t n)
{
    uint16_t power = 1, square = 0x100;
    for (; n > 0; n >>= 1) {
        if (n & 1)
            power = crc16_times(power, square);
        square = crc16_times(square, square);
    }
    return power;
}

/* 9.1.5 */
static inline unsigned put_coded_number(uint8_t *to, uint64_t number)
{
    if (number < 0x80) {
        to[0] = (uint8_t)number;
        return 1;
    }
    unsigned more = 1;
    while (more < 6 && number >> (6 * more + 6 - more) > 0)
        more++;
    to[0] = (uint8_t)((0xff80 >> more & 0xff) | (number >> (6 * more)));
    for (unsigned i = 1; i <= more; i++)
        to[i] = (uint8_t)(0x80 | (number >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

/* Takes apart a frame as libFLAC wrote it. False: it is none, or memory is short. */
static inline bool frame_take(struct frame *f, const uint8_t *data, size_t n, uint32_t samples)
{
    unsigned number = 1;
    if (n < 10 || data[0] != 0xff || (data[1] & 0xfe) != 0xf8)
        return false;
    while (number < 7 && data[4] & 0x80 && data[4] & 0x80 >> number)
        number++;
    unsigned block = data[2] >> 4, rate = data[2] & 0x0f;
    f->extra_size = (block == 6) + 2u * (block == 7) + (rate == 12) + 2u * (rate == 13 || rate == 14);
    uint32_t head = 4 + number + f->extra_size + 1;
    if (n < head + 2)
        return false;
    memcpy(f->codes, data, 4);
    memcpy(f->extra, data + 4 + number, f->extra_size);
    f->samples = samples;
    f->body_size = (uint32_t)(n - head - 2);
    f->body = (uint8_t *)malloc(f->body_size + 1);
    if (!f->body)
        return false;
    memcpy(f->body, data + head, f->body_size);
    f->shift = crc16_shift(f->body_size);
    f->body_crc = (uint16_t)((data[n - 2] << 8 | data[n - 1]) ^ crc16_times(crc16_of(data, head), f->shift));
    return true;
}

/* The frame as that of a slice whose blocks are of one `fixed` size, but for the last: `number` is the frame's; else it is that
 * of the slice's sample which it begins with. Returns its size; 0: memory is short. */
static inline uint32_t frame_put(const struct frame *f, uint64_t number, bool fixed, struct bytes *out)
{
    uint8_t head[16];
    memcpy(head, f->codes, 4);
    head[1] = (uint8_t)(0xf8 | !fixed);
    unsigned n = 4 + put_coded_number(head + 4, number);
    memcpy(head + n, f->extra, f->extra_size);
    n += f->extra_size;
    head[n] = crc8_of(head, n);
    n++;
    uint16_t crc = crc16_times(crc16_of(head, n), f->shift) ^ f->body_crc;
    uint8_t *to = bytes_more(out, n + f->body_size + 2);
    if (!to)
        return 0;
    memcpy(to, head, n);
    memcpy(to + n, f->body, f->body_size);
    to[n + f->body_size] = (uint8_t)(crc >> 8);
    to[n + f->body_size + 1] = (uint8_t)crc;
    return n + f->body_size + 2;
}

struct flac_format {
    uint32_t rate, channels, bits, level;
};

struct flac_info {
    uint32_t least_block, most_block, least_frame, most_frame;
    uint64_t samples;
    uint8_t md5[16];
};

/* 8.2: the last block does not count for the smallest. */
static inline void note_frame(struct flac_info *i, uint32_t samples, uint32_t size, bool last)
{
    if (!last && samples < i->least_block)
        i->least_block = samples;
    i->most_block = samples > i->most_block ? samples : i->most_block;
    i->least_frame = size < i->least_frame ? size : i->least_frame;
    i->most_frame = size > i->most_frame ? size : i->most_frame;
}

/* "fLaC", and STREAMINFO as the only metadata block. */
static inline void flac_head(const struct flac_format *f, const struct flac_info *i, uint8_t out[FLAC_HEAD])
{
    memcpy(out, "fLaC\x80\0\0\x22", 8);
    uint64_t sizes = (uint64_t)i->least_block << 48 | (uint64_t)i->most_block << 32;
    uint64_t rest = (uint64_t)f->rate << 44 | (uint64_t)(f->channels - 1) << 41 | (uint64_t)(f->bits - 1) << 36 | (i->samples & 0xfffffffff);
    for (int k = 0; k < 4; k++)
        out[8 + k] = (uint8_t)(sizes >> (56 - 8 * k));
    for (int k = 0; k < 3; k++) {
        out[12 + k] = (uint8_t)(i->least_frame >> (16 - 8 * k));
        out[15 + k] = (uint8_t)(i->most_frame >> (16 - 8 * k));
    }
    for (int k = 0; k < 8; k++)
        out[18 + k] = (uint8_t)(rest >> (56 - 8 * k));
    memcpy(out + 26, i->md5, 16);
}

/* An encoder whose frames are given to `take`, one at a time. */
struct encoder {
    FLAC__StreamEncoder *flac;
    bool open;
    void *user;
    void (*take)(void *user, const uint8_t *data, size_t n, uint32_t samples);
};

static inline FLAC__StreamEncoderWriteStatus encoder_write(const FLAC__StreamEncoder *flac, const FLAC__byte data[], size_t n,
                                                           uint32_t samples, uint32_t number, void *user)
{
    struct encoder *e = (struct encoder *)user;
    (void)flac, (void)number;
    if (samples > 0) /* metadata has none: slices get a head of their own */
        e->take(e->user, data, n, samples);
    return FLAC__STREAM_ENCODER_WRITE_STATUS_OK;
}

static inline bool encoder_open(struct encoder *e, const struct flac_format *f, uint32_t block)
{
    if (!e->flac)
        e->flac = FLAC__stream_encoder_new();
    if (!e->flac)
        return false;
    bool set = FLAC__stream_encoder_set_channels(e->flac, f->channels) && FLAC__stream_encoder_set_bits_per_sample(e->flac, f->bits) &&
               FLAC__stream_encoder_set_sample_rate(e->flac, f->rate) && FLAC__stream_encoder_set_compression_level(e->flac, f->level) &&
               FLAC__stream_encoder_set_blocksize(e->flac, block) && FLAC__stream_encoder_set_streamable_subset(e->flac, false);
    if (FLAC__stream_encoder_set_do_md5)
        (void)FLAC__stream_encoder_set_do_md5(e->flac, false);
    e->open = set && FLAC__stream_encoder_init_stream(e->flac, encoder_write, NULL, NULL, NULL, e) == FLAC__STREAM_ENCODER_INIT_STATUS_OK;
    return e->open;
}

static inline bool encoder_close(struct encoder *e)
{
    bool was = e->open;
    e->open = false;
    return !was || FLAC__stream_encoder_finish(e->flac);
}

/* n samples of each channel as one frame, right away. */
static inline bool encoder_once(struct encoder *e, const struct flac_format *f, const int32_t *samples, uint32_t n)
{
    return encoder_open(e, f, n < FLAC_LEAST ? FLAC_LEAST : n) && FLAC__stream_encoder_process_interleaved(e->flac, samples, n) &&
           encoder_close(e);
}

static inline void encoder_free(struct encoder *e)
{
    if (e->flac)
        FLAC__stream_encoder_delete(e->flac);
    e->flac = NULL;
}

#endif
