/* SPDX-License-Identifier: MIT */
/* Slices of bytes, and the numbers that are written in them. Source of the forms: XML Schema 1.1 part 2, 3.3 (boolean, decimal,
 * double, integer), which most formats of text share. */
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

static inline bool adit_text_begins(struct adit_text text, const char *with)
{
    size_t n = __builtin_strlen(with);
    return text.size >= n && adit_text_is(adit_text_of(text.data, n), with);
}
static inline bool adit_text_ends(struct adit_text text, const char *with)
{
    size_t n = __builtin_strlen(with);
    return text.size >= n && (n == 0 || __builtin_memcmp(text.data + (text.size - n), with, n) == 0);
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

#ifdef __cplusplus
extern "C" {
#endif
/* Numbers and truth values. All of the text is one, without blanks, or the result is false and `out` stays as it was; what a format
 * allows around it, adit_text_trim takes away. In libadit-sdk. [open, run] */
/* Decimal digits, a + or - before them. False where the value does not fit; adit_text_to_u64 knows no -, not even of 0. */
bool adit_text_to_i64(struct adit_text text, int64_t *out);
bool adit_text_to_u64(struct adit_text text, uint64_t *out);
/* "-1", "1.5", ".5", "5.", "1e-3": no hexadecimal, no infinity, no NaN, and at most 127 bytes. The double that is nearest; what is too
 * small for one is 0, and what is too large none. */
bool adit_text_to_f64(struct adit_text text, double *out);
/* true, false, 1, 0 */
bool adit_text_to_bool(struct adit_text text, bool *out);
/* Lists in text: takes what stands before the first `separator` off the front of `*rest`, the separator with it; all of it where there
 * is none. */
struct adit_text adit_text_next(struct adit_text *rest, const char *separator);
/* Copies text into room[size], size > 0, with a NUL at the end; what does not fit is cut between UTF-8 characters. Returns the copy. */
struct adit_text adit_text_keep(struct adit_text text, char *room, size_t size);
#ifdef __cplusplus
}
#endif

#endif
