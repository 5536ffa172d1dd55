/* SPDX-License-Identifier: MIT */
/*
 * What members of archives and entries of file systems have in common: numbers as octal text, modes of Unix, sizes that add up
 * whatever a file claims [run]. Source: POSIX.1-2017, <sys/stat.h>; pax, "ustar Interchange Format"; ar and cpio have the same.
 */
#ifndef ADIT_MEMBER_H
#define ADIT_MEMBER_H

#include <adit/abi.h>
#include <adit/emit.h>
#include <adit/option.h>
#include <adit/tag.h>
#include <adit/text.h>

enum { ADIT_DIRECTORY = 4, ADIT_FILE = 8, ADIT_SYMLINK = 10 };
/* The types of files by S_IFMT, whose values are the same everywhere: the mode's bits from 12 on. */
static const struct adit_tag adit_file_types[] = {
    {1, 0, "fifo"},         {2, 0, "character device"}, {ADIT_DIRECTORY, 0, "directory"},
    {6, 0, "block device"}, {ADIT_FILE, 0, "file"},     {ADIT_SYMLINK, 0, "symlink"},
    {12, 0, "socket"},
};

/* A field of octal digits: blanks before them, and behind them nothing, a blank or a NUL. False: there are none, something else,
 * or more than 64 bits. */
static inline bool adit_octal(struct adit_text field, uint64_t *out)
{
    size_t i = 0, first;
    uint64_t value = 0;
    while (i < field.size && field.data[i] == ' ')
        i++;
    for (first = i; i < field.size && field.data[i] >= '0' && field.data[i] <= '7'; i++) {
        if (value >> 61)
            return false;
        value = value << 3 | (uint64_t)(field.data[i] - '0');
    }
    if (i == first || (i < field.size && field.data[i] != ' ' && field.data[i] != '\0'))
        return false;
    *out = value;
    return true;
}

/* A number as octal text of at least so many digits, as ls and tar users write modes. */
static inline int adit_emit_octal(const struct adit_call *job, const char *field, uint64_t number, unsigned digits)
{
    char text[22];
    unsigned i = sizeof text;
    for (; i > 0 && (number > 0 || sizeof text - i < digits); number >>= 3)
        text[--i] = (char)('0' + (number & 7));
    return adit_emit_text(job, field, adit_text_of(text + i, sizeof text - i));
}

/* Adds, and stays at the highest number where it would go beyond. */
static inline void adit_add(uint64_t *sum, uint64_t n)
{
    *sum = n > UINT64_MAX - *sum ? UINT64_MAX : *sum + n;
}

/* The first multiple of `unit` (not 0) that is not below n; the highest one where that goes beyond 64 bits. */
static inline uint64_t adit_round_up(uint64_t n, uint64_t unit)
{
    uint64_t over = n % unit;
    return over == 0 ? n : unit - over > UINT64_MAX - n ? n - over : n + (unit - over);
}

/* The members listed so far; no more than a user wants (option max_members). */
struct adit_members {
    const struct adit_call *job;
    uint64_t most, count, files, directories;
};

static inline struct adit_members adit_members(const struct adit_call *job)
{
    struct adit_members m = {job, adit_option_u64(job, "max_members", 10000), 0, 0, 0};
    return m;
}

/* One was listed; `type` as in adit_file_types, 0: another. */
static inline void adit_members_add(struct adit_members *m, unsigned type)
{
    m->count++;
    m->files += type == ADIT_FILE;
    m->directories += type == ADIT_DIRECTORY;
}

/* member_count, file_count, directory_count: where all were gone through. */
static inline void adit_members_emit(const struct adit_members *m)
{
    (void)adit_emit_u64(m->job, "member_count", m->count);
    (void)adit_emit_u64(m->job, "file_count", m->files);
    (void)adit_emit_u64(m->job, "directory_count", m->directories);
}

#endif
