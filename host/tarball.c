/* SPDX-License-Identifier: MIT */
#include "tarball.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 0, NAME_SIZE = 100, MODE = 100, OWNER = 108, GROUP = 116, SIZE = 124, SIZE_SIZE = 12, TIME = 136, SUM = 148, SUM_SIZE = 8,
       TYPE = 156, MAGIC = 257, PREFIX = 345, PREFIX_SIZE = 155 };

static unsigned sum_of(const uint8_t *block)
{
    unsigned sum = 0;
    for (size_t i = 0; i < TARBALL_BLOCK; i++)
        sum += i >= SUM && i < SUM + SUM_SIZE ? ' ' : block[i];
    return sum;
}

/* Sizes of 8 GiB and more are written as GNU tar and its successors read them: in base 256, the first bit set. */
static void put_size(uint8_t *to, uint64_t size)
{
    if (size < (uint64_t)1 << 33) {
        (void)snprintf((char *)to, SIZE_SIZE, "%011llo", (unsigned long long)size);
        return;
    }
    to[0] = 0x80;
    for (int i = 0; i < 8; i++)
        to[4 + i] = (uint8_t)(size >> (56 - 8 * i));
}

static void put_block(struct buf *out, char type, const char *prefix, size_t prefix_size, const char *name, size_t name_size, uint64_t size)
{
    uint8_t block[TARBALL_BLOCK] = {0};
    memcpy(block + NAME, name, name_size);
    memcpy(block + PREFIX, prefix, prefix_size);
    memcpy(block + MODE, "0000644", 8);
    memcpy(block + OWNER, "0000000", 8);
    memcpy(block + GROUP, "0000000", 8);
    put_size(block + SIZE, size);
    memcpy(block + TIME, "00000000000", 12);
    block[TYPE] = (uint8_t)type;
    memcpy(block + MAGIC, "ustar\00000", 8);
    (void)snprintf((char *)block + SUM, SUM_SIZE, "%06o", sum_of(block));
    block[SUM + 7] = ' ';
    buf_add(out, block, sizeof block);
}

/* Where a long name can be parted into a prefix and the rest; 0: nowhere. */
static size_t part_name(const char *name, size_t size)
{
    size_t at = size > PREFIX_SIZE ? PREFIX_SIZE : size - 1;
    for (; at > 0 && size - at - 1 <= NAME_SIZE; at--)
        if (name[at] == '/' && at + 1 < size)
            return at;
    return 0;
}

/* "LENGTH path=NAME\n", where LENGTH counts itself. */
static void put_extended(struct buf *out, const char *name, size_t size)
{
    char digits[24];
    size_t rest = strlen(" path=\n") + size, length = rest;
    for (size_t before = 0; before != length;) {
        before = length;
        length = rest + (size_t)snprintf(digits, sizeof digits, "%zu", before);
    }
    put_block(out, 'x', "", 0, "pax", 3, length);
    size_t end = out->size + tarball_padded(length);
    buf_addf(out, "%zu path=", length);
    buf_add(out, name, size);
    buf_putc(out, '\n');
    while (out->size < end && !out->failed)
        buf_putc(out, '\0');
}

void tarball_header(struct buf *out, const char *name, size_t name_size, uint64_t size)
{
    size_t parted = name_size > NAME_SIZE ? part_name(name, name_size) : 0;
    if (name_size > NAME_SIZE && parted == 0) {
        put_extended(out, name, name_size);
        put_block(out, '0', "", 0, name + name_size - NAME_SIZE, NAME_SIZE, size);
    } else if (parted > 0) {
        put_block(out, '0', name, parted, name + parted + 1, name_size - parted - 1, size);
    } else {
        put_block(out, '0', "", 0, name, name_size, size);
    }
}

int tarball_read(const uint8_t block[TARBALL_BLOCK], uint64_t *size, char *type)
{
    uint64_t value = 0;
    unsigned sum = 0;
    size_t zeros = 0;
    while (zeros < TARBALL_BLOCK && block[zeros] == 0)
        zeros++;
    if (zeros == TARBALL_BLOCK)
        return -ENODATA;
    for (size_t i = SUM; i < SUM + 6 && block[i] >= '0' && block[i] <= '7'; i++)
        sum = sum * 8 + (unsigned)(block[i] - '0');
    if (sum != sum_of(block) || memcmp(block + MAGIC, "ustar", 5) != 0)
        return -EBADMSG;
    for (int i = 4; i < SIZE_SIZE && block[SIZE] == 0x80; i++)
        value = value << 8 | block[SIZE + i];
    for (int i = 0; i < SIZE_SIZE - 1 && block[SIZE] != 0x80; i++) {
        if (block[SIZE + i] < '0' || block[SIZE + i] > '7')
            return -EBADMSG;
        value = value * 8 + (uint64_t)(block[SIZE + i] - '0');
    }
    *size = value;
    *type = (char)block[TYPE];
    return 0;
}

void tarball_name(const uint8_t block[TARBALL_BLOCK], struct buf *out)
{
    const char *prefix = (const char *)block + PREFIX, *name = (const char *)block + NAME;
    size_t prefix_size = strnlen(prefix, PREFIX_SIZE);
    buf_add(out, prefix, prefix_size);
    if (prefix_size > 0)
        buf_putc(out, '/');
    buf_add(out, name, strnlen(name, NAME_SIZE));
}

void tarball_extended_name(const char *data, size_t size, struct buf *out)
{
    const char *at = memmem(data, size, " path=", 6), *end = data + size;
    if (at && end[-1] == '\n')
        buf_add(out, at + 6, (size_t)(end - at) - 7);
}
