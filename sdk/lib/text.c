/* SPDX-License-Identifier: MIT */
#include <adit/text.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_REAL = 127 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t sign_of(struct adit_text text, bool *negative)
{
    *negative = text.size > 0 && text.data[0] == '-';
    return *negative || (text.size > 0 && text.data[0] == '+');
}

/* Digits from `at` to the end of the text. */
static bool read_digits(struct adit_text text, size_t at, uint64_t *out)
{
    uint64_t value = 0;
    if (at == text.size)
        return false;
    for (; at < text.size; at++)
        if (!is_digit(text.data[at]) || __builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.data[at] - '0'), &value))
            return false;
    *out = value;
    return true;
}

bool adit_text_to_u64(struct adit_text text, uint64_t *out)
{
    bool negative;
    size_t at = sign_of(text, &negative);
    return !negative && read_digits(text, at, out);
}

bool adit_text_to_i64(struct adit_text text, int64_t *out)
{
    bool negative;
    uint64_t value, most = INT64_MAX;
    size_t at = sign_of(text, &negative);
    if (!read_digits(text, at, &value) || value > most + negative)
        return false;
    *out = !negative ? (int64_t)value : value > most ? INT64_MIN : -(int64_t)value;
    return true;
}

/* The value where a double holds it exactly whatever way it is computed: at most 15 digits, and a power of ten up to 10^22. */
static bool is_exact(uint64_t digits, unsigned count, int power, double *out)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (count > 15 || power < -22 || power > 22)
        return false;
    *out = power < 0 ? (double)digits / tens[-power] : (double)digits * tens[power];
    return true;
}

/* Digits from `*at` on, behind those that are in `*digits` already; counts them without leading zeros. */
static unsigned take_digits(struct adit_text text, size_t *at, uint64_t *digits, unsigned *count)
{
    size_t first = *at;
    for (; *at < text.size && is_digit(text.data[*at]); ++*at) {
        *digits = *digits * 10 + (unsigned)(text.data[*at] - '0'); /* may wrap: then there are more than 15 */
        *count += *count > 0 || *digits > 0;
    }
    return (unsigned)(*at - first);
}

/* "e-3" at the end of the text. An exponent beyond all doubles counts as 10000. */
static bool take_exponent(struct adit_text text, size_t *at, int *power)
{
    bool negative;
    int value = 0;
    if (*at == text.size || (text.data[*at] != 'e' && text.data[*at] != 'E'))
        return true;
    ++*at;
    *at += sign_of(adit_text_of(text.data + *at, text.size - *at), &negative);
    size_t first = *at;
    for (; *at < text.size && is_digit(text.data[*at]); ++*at)
        value = value < 1000 ? value * 10 + text.data[*at] - '0' : 10000;
    *power = negative ? -value : value;
    return *at > first;
}

bool adit_text_to_f64(struct adit_text text, double *out)
{
    bool negative;
    uint64_t digits = 0;
    unsigned count = 0, before, after = 0;
    int power = 0;
    char copy[LONGEST_REAL + 1];
    double value;
    if (text.size > LONGEST_REAL)
        return false;
    size_t at = sign_of(text, &negative);
    before = take_digits(text, &at, &digits, &count);
    if (at < text.size && text.data[at] == '.') {
        at++;
        after = take_digits(text, &at, &digits, &count);
    }
    if (before + after == 0 || !take_exponent(text, &at, &power) || at < text.size)
        return false;
    if (!is_exact(digits, count, power - (int)after, &value)) {
        memcpy(copy, text.data, text.size);
        copy[text.size] = '\0';
        value = fabs(strtod(copy, NULL));
        if (!isfinite(value))
            return false;
    }
    *out = negative ? -value : value;
    return true;
}

struct adit_text adit_text_next(struct adit_text *rest, const char *separator)
{
    size_t length = strlen(separator), at = 0;
    if (rest->size == 0) /* where data may be NULL */
        return *rest;
    while (at < rest->size && (rest->size - at < length || memcmp(rest->data + at, separator, length) != 0)) {
        const char *next = (const char *)memchr(rest->data + at + 1, separator[0], rest->size - at - 1);
        at = next ? (size_t)(next - rest->data) : rest->size;
    }
    struct adit_text taken = adit_text_of(rest->data, at);
    size_t used = at < rest->size ? at + length : at;
    *rest = adit_text_of(rest->data + used, rest->size - used);
    return taken;
}

struct adit_text adit_text_keep(struct adit_text text, char *room, size_t size)
{
    size_t n = text.size < size ? text.size : size - 1;
    while (n > 0 && n < text.size && ((unsigned char)text.data[n] & 0xc0) == 0x80)
        n--;
    if (n > 0)
        memcpy(room, text.data, n);
    room[n] = '\0';
    return adit_text_of(room, n);
}

bool adit_text_to_bool(struct adit_text text, bool *out)
{
    bool yes = adit_text_is(text, "true") || adit_text_is(text, "1");
    if (!yes && !adit_text_is(text, "false") && !adit_text_is(text, "0"))
        return false;
    *out = yes;
    return true;
}
