/* SPDX-License-Identifier: MIT */
/* Slices of bytes. */
#ifndef ADIT_TEXT_H
#define ADIT_TEXT_H

#include <adit/abi.h>

static inline struct adit_text adit_text_of(const char *data, size_t size)
{
    struct adit_text text = {data, size};
    return text;
}

/* A NUL-terminated C string as a slice; NULL gives the empty one. */
static inline struct adit_text adit_text_c(const char *string)
{
    return adit_text_of(string, string ? __builtin_strlen(string) : 0);
}

/* ADIT_TEXT("literal") */
#define ADIT_TEXT(literal) adit_text_of((literal), sizeof(literal) - 1)

static inline bool adit_text_equal(struct adit_text a, struct adit_text b)
{
    return a.size == b.size && (a.size == 0 || __builtin_memcmp(a.data, b.data, a.size) == 0);
}
static inline bool adit_text_is(struct adit_text a, const char *string)
{
    return adit_text_equal(a, adit_text_c(string));
}

/* Without the NULs and spaces that fixed-width fields are padded with, at the end. */
static inline struct adit_text adit_text_trim_end(struct adit_text text)
{
    while (text.size > 0 && (text.data[text.size - 1] == '\0' || text.data[text.size - 1] == ' '))
        text.size--;
    return text;
}

/* Up to the first NUL, or all of it. */
static inline struct adit_text adit_text_until_nul(struct adit_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\0')
            return adit_text_of(text.data, i);
    return text;
}

#endif
