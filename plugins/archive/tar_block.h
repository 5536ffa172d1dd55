/* SPDX-License-Identifier: MIT */
/* tar's header block: its numbers, its checksum and which format it is of. POSIX.1-2017, pax, "ustar Interchange Format". */
#ifndef PLUGINS_ARCHIVE_TAR_BLOCK_H
#define PLUGINS_ARCHIVE_TAR_BLOCK_H

#include <adit/adit.h>
#include <adit/member.h>
#include <adit/report.h>
#include <string.h>

enum { TAR_BLOCK = 512, TAR_TYPE = 156, TAR_NAME_ROOM = 100 + 1 + 155 };
enum tar_format { TAR_V7 = 1, TAR_USTAR = 2, TAR_GNU = 4 };
enum tar_found { TAR_HEADER, TAR_ZEROES, TAR_NOTHING, TAR_CUT, TAR_CHECKSUM };

struct tar_header {
    char block[TAR_BLOCK];
    uint64_t offset;
    int64_t size; /* -1: the field is neither a number nor empty */
    enum tar_format format;
};

static inline struct adit_text tar_field(const struct tar_header *h, size_t offset, size_t n)
{
    return adit_text_of(h->block + offset, n);
}

/* Octal digits; or, when the first bit is set, a two's complement number in base 256 ("Extensions to tar Archive Format").
 * False: empty, or neither. */
static inline bool tar_number(struct adit_text text, int64_t *out)
{
    uint64_t value;
    uint8_t first = (uint8_t)text.data[0];
    bool negative = first & 0x40;
    if (!(first & 0x80)) {
        bool good = adit_octal(text, &value);
        *out = good ? (int64_t)value : *out;
        return good;
    }
    value = negative ? ~(uint64_t)0 : 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (i == 0)
            byte = negative ? byte : byte & 0x7f;
        if (i < text.size - 8 && byte != (negative ? 0xff : 0))
            return false;
        value = value << 8 | byte;
    }
    *out = (int64_t)value;
    return negative == (*out < 0);
}

/* Years that struct adit_time cannot hold are no times. */
static inline struct adit_time tar_seconds(int64_t seconds)
{
    struct adit_time none = {0};
    bool sane = seconds > -100000000000000 && seconds < 100000000000000;
    return sane ? adit_time_from_unix(seconds, 0, ADIT_TIME_SECOND) : none;
}

/* The checksum counts its own field as blanks; some old writers summed signed characters. */
static inline bool tar_checksum_holds(const struct tar_header *h)
{
    int64_t stated, sum = 0, signed_sum = 0;
    for (size_t i = 0; i < TAR_BLOCK; i++) {
        char c = i >= 148 && i < 156 ? ' ' : h->block[i];
        sum += (unsigned char)c;
        signed_sum += (signed char)c;
    }
    return tar_number(tar_field(h, 148, 8), &stated) && (stated == sum || stated == signed_sum);
}

static inline enum tar_found tar_read_header(const struct adit_call *job, uint64_t at, struct tar_header *h)
{
    static const char zeroes[TAR_BLOCK];
    int64_t got = adit_read(job, ADIT_SOURCE_MAIN, at, h->block, TAR_BLOCK);
    if (got <= 0)
        return TAR_NOTHING;
    if (got < TAR_BLOCK)
        return TAR_CUT;
    if (memcmp(h->block, zeroes, TAR_BLOCK) == 0)
        return TAR_ZEROES;
    if (!tar_checksum_holds(h))
        return TAR_CHECKSUM;
    h->offset = at;
    h->format = memcmp(h->block + 257, "ustar ", 6) == 0  ? TAR_GNU
                : memcmp(h->block + 257, "ustar", 5) == 0 ? TAR_USTAR
                                                          : TAR_V7;
    if (!tar_number(tar_field(h, 124, 12), &h->size))
        h->size = tar_field(h, 124, 12).data[0] == '\0' ? 0 : -1;
    return TAR_HEADER;
}

/* ustar: the prefix, a slash, the name. */
static inline struct adit_text tar_name(const struct tar_header *h, char room[TAR_NAME_ROOM])
{
    struct adit_text name = adit_text_until_nul(tar_field(h, 0, 100));
    struct adit_text prefix = adit_text_until_nul(tar_field(h, 345, 155));
    if (h->format != TAR_USTAR)
        prefix.size = 0;
    memcpy(room, prefix.data, prefix.size);
    size_t n = prefix.size;
    if (n > 0)
        room[n++] = '/';
    memcpy(room + n, name.data, name.size);
    return adit_text_of(room, n + name.size);
}

#endif
