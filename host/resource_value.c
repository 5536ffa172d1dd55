/* SPDX-License-Identifier: MIT */
/* The kinds of columns. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "resource_impl.h"

static const struct {
    unsigned bits;
    bool is_signed;
    const char *form, *range;
} integers[] = {
    [CONF_COLUMN_U8] = {8, false, "a number such as 36 or 0x24", "a number from 0 to 255"},
    [CONF_COLUMN_U16] = {16, false, "a number such as 36867 or 0x9003", "a number from 0 to 65535"},
    [CONF_COLUMN_U32] = {32, false, "a number such as 36867 or 0x9003", "a number from 0 to 4294967295"},
    [CONF_COLUMN_U64] = {64, false, "a number such as 36867 or 0x9003", "a number from 0 to 18446744073709551615"},
    [CONF_COLUMN_I32] = {32, true, "a number such as -1 or 0x9003", "a number from -2147483648 to 2147483647"},
    [CONF_COLUMN_I64] = {64, true, "a number such as -1 or 0x9003",
                         "a number from -9223372036854775808 to 9223372036854775807"},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static uint64_t hex_digit(char c)
{
    return (uint64_t)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

bool value_is_integer(enum conf_column_kind kind)
{
    return kind >= CONF_COLUMN_U8 && kind <= CONF_COLUMN_I64;
}

static enum value_fault check_integer(enum conf_column_kind kind, const char *text, size_t size, uint64_t *number)
{
    bool negative = integers[kind].is_signed && size > 0 && text[0] == '-';
    size_t at = negative;
    bool hex = size >= at + 2 && text[at] == '0' && text[at + 1] == 'x';
    at += hex ? 2 : 0;
    if (at == size || (!hex && text[at] == '0' && size > at + 1)) /* 010: eight to C, ten to others */
        return VALUE_FORM;
    uint64_t value = 0, base = hex ? 16 : 10;
    bool large = false;
    for (; at < size; at++) {
        if (!(hex ? is_hex(text[at]) : is_digit(text[at])))
            return VALUE_FORM;
        large |=
            __builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, hex_digit(text[at]), &value);
    }
    unsigned bits = integers[kind].bits - integers[kind].is_signed;
    uint64_t most = (UINT64_MAX >> (64 - bits)) + negative;
    if (large || value > most)
        return VALUE_RANGE;
    *number = negative ? 0 - value : value;
    return VALUE_GOOD;
}

static size_t digits(const char *text, size_t size, size_t at)
{
    while (at < size && is_digit(text[at]))
        at++;
    return at;
}

/* -1, 0.5, 1e-3 */
static enum value_fault check_float(const char *text, size_t size)
{
    char copy[512];
    size_t at = size > 0 && text[0] == '-', end = digits(text, size, at);
    if (end == at)
        return VALUE_FORM;
    if (end < size && text[end] == '.') {
        at = end + 1;
        end = digits(text, size, at);
        if (end == at)
            return VALUE_FORM;
    }
    if (end < size && (text[end] == 'e' || text[end] == 'E')) {
        at = end + 1;
        at += at < size && (text[at] == '-' || text[at] == '+');
        end = digits(text, size, at);
        if (end == at)
            return VALUE_FORM;
    }
    if (end < size)
        return VALUE_FORM;
    if (size >= sizeof copy)
        return VALUE_RANGE;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return isfinite(strtod(copy, NULL)) ? VALUE_GOOD : VALUE_RANGE;
}

static enum value_fault check_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_letter(text[i]) && text[i] != '_' && (i == 0 || (!is_digit(text[i]) && text[i] != '-')))
            return VALUE_FORM;
    return size > 0 ? VALUE_GOOD : VALUE_FORM;
}

static enum value_fault check_hex(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_hex(text[i]))
            return VALUE_FORM;
    return size > 0 ? VALUE_GOOD : VALUE_FORM;
}

static bool is_text(const char *text, size_t size, const char *expected)
{
    return strlen(expected) == size && memcmp(text, expected, size) == 0;
}

static enum value_fault check_bool(const char *text, size_t size)
{
    static const char *const words[] = {"yes", "no", "true", "false", "1", "0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_text(text, size, words[i]))
            return VALUE_GOOD;
    return VALUE_FORM;
}

static enum value_fault check_enum(const struct conf_column *c, const char *text, size_t size)
{
    for (size_t i = 0; i < c->choice_count; i++)
        if (is_text(text, size, c->choices[i]))
            return VALUE_GOOD;
    return VALUE_FORM;
}

/* ISO 8601-1, 5.2.2.1: YYYY-MM-DD. */
static enum value_fault check_date(const char *text, size_t size)
{
    static const unsigned char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned parts[3] = {0}, part = 0;
    if (size != 10)
        return VALUE_FORM;
    for (size_t i = 0; i < size; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? text[i] != '-' : !is_digit(text[i]))
            return VALUE_FORM;
        if (dash)
            part++;
        else
            parts[part] = parts[part] * 10 + (unsigned)(text[i] - '0');
    }
    bool leap = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0);
    bool exists = parts[1] >= 1 && parts[1] <= 12 && parts[2] >= 1 && parts[2] <= days[parts[1] - 1] &&
                  (leap || parts[1] != 2 || parts[2] <= 28);
    return exists ? VALUE_GOOD : VALUE_RANGE;
}

enum value_fault value_check(const struct conf_column *column, const char *text, size_t size, uint64_t *number)
{
    switch (column->kind) {
    case CONF_COLUMN_TEXT:
        return VALUE_GOOD;
    case CONF_COLUMN_NAME:
        return check_name(text, size);
    case CONF_COLUMN_U8:
    case CONF_COLUMN_U16:
    case CONF_COLUMN_U32:
    case CONF_COLUMN_U64:
    case CONF_COLUMN_I32:
    case CONF_COLUMN_I64:
        return check_integer(column->kind, text, size, number);
    case CONF_COLUMN_F64:
        return check_float(text, size);
    case CONF_COLUMN_HEX:
        return check_hex(text, size);
    case CONF_COLUMN_BOOL:
        return check_bool(text, size);
    case CONF_COLUMN_DATE:
        return check_date(text, size);
    case CONF_COLUMN_ENUM:
        return check_enum(column, text, size);
    }
    return VALUE_FORM;
}

void value_expected(const struct conf_column *column, enum value_fault fault, struct buf *b)
{
    static const char *const forms[] = {
        [CONF_COLUMN_TEXT] = "a text",
        [CONF_COLUMN_NAME] = "a name of letters, digits, _ and -, beginning with a letter or _",
        [CONF_COLUMN_F64] = "a number such as 0.5 or 1e-3",
        [CONF_COLUMN_HEX] = "hexadecimal digits such as 00FF",
        [CONF_COLUMN_BOOL] = "yes, no, true, false, 1 or 0",
        [CONF_COLUMN_DATE] = "a date such as 2024-02-29",
    };
    if (value_is_integer(column->kind)) {
        buf_adds(b, fault == VALUE_RANGE ? integers[column->kind].range : integers[column->kind].form);
    } else if (column->kind == CONF_COLUMN_ENUM) {
        buf_adds(b, column->choice_count == 1 ? "" : "one of ");
        for (size_t i = 0; i < column->choice_count; i++)
            buf_addf(b, "%s%s", i ? ", " : "", column->choices[i]);
    } else if (fault == VALUE_RANGE) {
        buf_adds(b, column->kind == CONF_COLUMN_DATE ? "a day that exists" : "a number that a 64-bit float can hold");
    } else {
        buf_adds(b, forms[column->kind]);
    }
}

const char *value_mend(const struct conf_column *column, enum value_fault fault)
{
    if (value_is_integer(column->kind))
        return fault == VALUE_RANGE
                   ? "correct the value, or declare a larger kind for the column"
                   : "write decimal digits without leading zeros, or 0x and hexadecimal digits, and nothing else";
    return "correct the value, or declare another kind for the column";
}
