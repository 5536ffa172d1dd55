/* SPDX-License-Identifier: MIT */
/* What is known of a PNG file while it is read. Part of png.c. */
#ifndef IMAGE_PNG_FILE_H
#define IMAGE_PNG_FILE_H

#include <adit/adit.h>
#include <adit/record.h>
#include <adit/report.h>
#include <string.h>

enum { MAX_CHUNKS = 1000000, MAX_KINDS = 64, MAX_CRC = 1 << 20 };
enum { MAX_TEXT = 1 << 20, MAX_PROFILE = 8 << 20, MAX_TEXTS = 1024 };
enum crc { CRC_NONE, CRC_METADATA, CRC_ALL };

/* One chunk that is being read. */
struct chunk {
    char type[5];
    uint64_t offset; /* of its length field, in the source */
    uint64_t size;
};

struct png {
    const struct adit_call *job;
    struct adit_report report;
    uint32_t width, height;
    uint8_t bit_depth, color_type, compression, filter, interlace;
    uint32_t palette_entries;
    uint32_t gamma;
    uint8_t intent;
    struct adit_time modified;
    enum crc crc;
    bool stopped, has_idat, in_idat, has_plte, has_iend;
    uint64_t image_data_size;
    /* APNG */
    bool animated;
    uint32_t frames_declared, frames_seen, sequence;
    double duration;
    /* Which chunks were met, in the order of their first. */
    struct kind {
        char type[5];
        uint32_t count;
        uint64_t size;
    } kinds[MAX_KINDS];
    size_t kind_count;
    struct chunk texts[MAX_TEXTS]; /* emitted when all are met: they are one object */
    size_t text_count;
};

static bool is(const struct chunk *chunk, const char *type)
{
    return memcmp(chunk->type, type, 4) == 0;
}

/* The file breaks a rule: COMPLAIN. It is fine, but too much to read all of it: TELL. */
#define COMPLAIN(p, chunk, format, ...)                                                                                \
    adit_complain(&(p)->report, "%s at offset %llu: " format, (chunk)->type, (unsigned long long)(chunk)->offset,      \
                  __VA_ARGS__)
#define TELL(p, chunk, format, ...)                                                                                    \
    adit_remark(&(p)->report, "%s at offset %llu: " format, (chunk)->type, (unsigned long long)(chunk)->offset,        \
                __VA_ARGS__)

#endif
