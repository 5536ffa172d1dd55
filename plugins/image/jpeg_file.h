/* SPDX-License-Identifier: MIT */
/* What is known of a JPEG file while it is read. Part of jpeg.c. */
#ifndef IMAGE_JPEG_FILE_H
#define IMAGE_JPEG_FILE_H

#include <adit/adit.h>
#include <adit/record.h>
#include <adit/report.h>
#include <stdio.h>

enum { MAX_SEGMENTS = 100000, MAX_KINDS = 64, MAX_PARTS = 1024, MAX_IMAGES = 64, MAX_GARBAGE = 1 << 20 };
/* Table B.1 */
enum {
    SOF0 = 0xc0,
    DHT = 0xc4,
    JPG = 0xc8,
    DAC = 0xcc,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    DQT = 0xdb,
    DNL = 0xdc,
    DRI = 0xdd,
    DHP = 0xde,
    EXP = 0xdf,
    APP0 = 0xe0,
    APP15 = 0xef,
    SOF55 = 0xf7,
    LSE = 0xf8,
    COM = 0xfe,
    TEM = 0x01,
};

/* A piece of something that is cut up over segments. */
struct part {
    uint8_t kind;
    uint32_t group, order;
    uint32_t size;
    uint64_t offset;
};

struct jpeg {
    const struct adit_call *job;
    struct adit_report report;
    struct adit_cursor c;
    bool has_frame, has_eoi, lines_unknown, scanned_all, has_restart;
    uint16_t height;
    uint32_t scans, quantization_tables, huffman_tables;
    uint64_t image_data_size, scan_limit;
    uint64_t images_end; /* of the images that a multi-picture index names */
    struct part parts[MAX_PARTS];
    size_t part_count;
    struct image {
        unsigned number;
        uint64_t offset, size;
    } images[MAX_IMAGES];
    size_t image_count;
    uint32_t icc_total, extension_size, exif_parts;
    struct kind {
        uint8_t marker;
        char identifier[48];
        uint32_t count;
        uint64_t size;
    } kinds[MAX_KINDS];
    size_t kind_count;
    uint32_t read_once;                    /* readers whose segment was there */
    uint8_t major, extension_code, factor; /* of what is being read */
};

/* A segment that is being read: its parameters, without the length. */
struct segment {
    uint8_t marker;
    uint64_t at; /* offset of the marker */
    uint64_t offset;
    uint32_t size;
};

#define KEEP(member) ADIT_KEEP(struct jpeg, member)

/* The file breaks a rule: COMPLAIN. It is fine, but too much to read all of it: TELL. */
#define COMPLAIN(j, where, format, ...)                                                                                \
    adit_complain(&(j)->report, "offset %llu: " format, (unsigned long long)(where), __VA_ARGS__)
#define TELL(j, where, format, ...)                                                                                    \
    adit_remark(&(j)->report, "offset %llu: " format, (unsigned long long)(where), __VA_ARGS__)

#endif
