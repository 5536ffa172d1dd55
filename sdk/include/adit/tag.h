/* SPDX-License-Identifier: MIT */
/*
 * Tables from numbers to names: the values of an enumeration ("2" is "Truecolor"), the tags of a format ("0x010f" is
 * "Make", an ASCII string). A table is sorted by number and found in by halving. [open, run]
 *
 *     static const struct adit_tag units[] = {{0, 0, "none"}, {1, 0, "metre"}};
 *     adit_emit_tag(job, "unit", ADIT_TAGS(units), value);
 *
 * Types of four characters (RIFF, ISO-BMFF, ID3) are numbers too: their bytes, the first one highest.
 */
#ifndef ADIT_TAG_H
#define ADIT_TAG_H

#include <adit/abi.h>
#include <adit/emit.h>

struct adit_tag {
    uint32_t number;
    uint32_t form; /* how the tag's value is read: the plugin's own enum; 0 where the table only names */
    const char *name;
};

/* A table with its length, for the parameters (table, count). */
#define ADIT_TAGS(table) (table), sizeof(table) / sizeof((table)[0])

/* The entry of this number, or NULL. The table must be sorted by number. */
static inline const struct adit_tag *adit_tag_find(const struct adit_tag *table, size_t count, uint64_t number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && table[low].number == number ? &table[low] : NULL;
}

/* Its name, or NULL. */
static inline const char *adit_tag_name(const struct adit_tag *table, size_t count, uint64_t number)
{
    const struct adit_tag *tag = adit_tag_find(table, count, number);
    return tag ? tag->name : NULL;
}

/* Emits the name of a number as a string; a number that is not in the table emits nothing. */
static inline int adit_emit_tag(const struct adit_call *job, const char *field, const struct adit_tag *table,
                                size_t count, uint64_t number)
{
    const char *name = adit_tag_name(table, count, number);
    return name ? adit_emit_string(job, field, name) : 0;
}

/* As adit_emit_tag; a number that is not in the table emits `unknown`. */
static inline int adit_emit_tag_or(const struct adit_call *job, const char *field, const struct adit_tag *table,
                                   size_t count, uint64_t number, const char *unknown)
{
    const char *name = adit_tag_name(table, count, number);
    return adit_emit_string(job, field, name ? name : unknown);
}

/* A type of four characters as a number, as adit_read_u32be gives it. */
#define ADIT_FOURCC(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* Its characters and a NUL; what does not print in ASCII becomes '?'. */
static inline void adit_fourcc_name(uint32_t type, char name[5])
{
    for (int i = 0; i < 4; i++) {
        char c = (char)(type >> (24 - 8 * i));
        name[i] = c >= ' ' && c <= '~' ? c : '?';
    }
    name[4] = '\0';
}

#endif
