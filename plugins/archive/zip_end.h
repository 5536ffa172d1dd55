/* SPDX-License-Identifier: MIT */
/* The end of a ZIP file, from which the rest is found. Section numbers are those of PKWARE's APPNOTE 6.3.10. */
#ifndef PLUGINS_ARCHIVE_ZIP_END_H
#define PLUGINS_ARCHIVE_ZIP_END_H

#include "zip.h"

/* The end of central directory record, with what its ZIP64 form adds. */
struct zip_end {
    uint64_t offset; /* of the record itself */
    uint64_t entries, directory_size, directory_offset;
    uint64_t directory; /* where the central directory really is */
    uint64_t comment;   /* where the comment begins */
    uint64_t prefix;    /* bytes in front of the archive, by which its offsets are wrong */
    uint32_t disk, directory_disk;
    uint16_t comment_size;
    bool zip64, encrypted; /* encrypted: the central directory is (7.3) */
};

/* 4.3.14, 4.3.15: the 64-bit record is where the locator says, or right before the locator when bytes were put in
 * front. */
static inline void zip_read_end64(const struct adit_call *job, struct zip_end *end)
{
    if (end->offset < ZIP_LOCATOR64_SIZE)
        return;
    uint64_t locator = end->offset - ZIP_LOCATOR64_SIZE;
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, locator, ZIP_LOCATOR64_SIZE);
    if (adit_read_u32le(&c) != ZIP_LOCATOR64)
        return;
    adit_skip(&c, 4);
    uint64_t places[2] = {adit_read_u64le(&c), locator >= ZIP_END64_SIZE ? locator - ZIP_END64_SIZE : 0};
    for (int i = 0; i < 2; i++) {
        c = adit_cursor_at(job, ADIT_SOURCE_MAIN, places[i], ZIP_END64_SIZE);
        if (places[i] >= locator || adit_read_u32le(&c) != ZIP_END64)
            continue;
        uint64_t size = adit_read_u64le(&c);
        adit_skip(&c, 4);
        end->disk = adit_read_u32le(&c);
        end->directory_disk = adit_read_u32le(&c);
        adit_skip(&c, 8);
        end->entries = adit_read_u64le(&c);
        end->directory_size = adit_read_u64le(&c);
        end->directory_offset = adit_read_u64le(&c);
        struct adit_cursor version2 = adit_cursor_at(job, ADIT_SOURCE_MAIN, places[i] + ZIP_END64_SIZE, 20); /* 7.3.4 */
        adit_skip(&version2, 18);
        end->encrypted = size >= ZIP_END64_SIZE - 12 + 20 && adit_read_u16le(&version2) != 0;
        end->offset = places[i];
        end->zip64 = true;
        return;
    }
}

/* Is there an end record at `offset` whose comment fits the file? */
static inline bool zip_read_end(const struct adit_call *job, uint64_t offset, struct zip_end *end)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, offset, UINT64_MAX);
    if (adit_read_u32le(&c) != ZIP_END)
        return false;
    memset(end, 0, sizeof *end);
    end->offset = offset;
    end->disk = adit_read_u16le(&c);
    end->directory_disk = adit_read_u16le(&c);
    adit_skip(&c, 2);
    end->entries = adit_read_u16le(&c);
    end->directory_size = adit_read_u32le(&c);
    end->directory_offset = adit_read_u32le(&c);
    end->comment_size = adit_read_u16le(&c);
    end->comment = offset + ZIP_END_SIZE;
    return adit_ok(&c) && end->comment_size <= adit_left(&c);
}

/* Finds the record from the end of the file backwards: at most a comment is behind it. */
static inline bool zip_find_end(const struct adit_call *job, struct zip_end *end)
{
    uint64_t size = adit_size(job);
    if (size < ZIP_END_SIZE)
        return false;
    bool found = zip_read_end(job, size - ZIP_END_SIZE, end);
    uint64_t span = size < ZIP_END_SIZE + ZIP_TEXT_MAX ? size : ZIP_END_SIZE + ZIP_TEXT_MAX;
    char *tail = found ? NULL : (char *)malloc((size_t)span);
    if (tail && adit_read(job, ADIT_SOURCE_MAIN, size - span, tail, (size_t)span) == (int64_t)span)
        for (uint64_t at = span - ZIP_END_SIZE + 1; at-- > 0 && !found;)
            found = memcmp(tail + at, "PK\5\6", 4) == 0 && zip_read_end(job, size - span + at, end);
    free(tail);
    return found;
}

/* Where the central directory is: it ends where the end record begins, unless something stands between them. */
static inline void zip_locate_directory(const struct adit_call *job, struct zip_end *end)
{
    struct adit_cursor c;
    zip_read_end64(job, end);
    end->directory = end->directory_offset;
    if (end->directory_size > end->offset || end->offset - end->directory_size < end->directory_offset)
        return;
    uint64_t place = end->offset - end->directory_size;
    c = adit_cursor_at(job, ADIT_SOURCE_MAIN, place, 4);
    if (end->entries > 0 && adit_read_u32le(&c) != ZIP_CENTRAL)
        return;
    end->directory = place;
    end->prefix = place - end->directory_offset;
}

#endif
