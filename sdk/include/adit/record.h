/* SPDX-License-Identifier: MIT */
/*
 * Records of a fixed layout, as most formats begin with: a table says what a specification's table says, row by row, and one call
 * reads the record and emits it. In libadit-sdk. [run]
 *
 *     static const struct adit_tag units[] = {{0, 0, "unknown"}, {1, 0, "metre"}};
 *     static const struct adit_row phys[] = {
 *         ADIT_U32BE("pixels_per_unit_x"),
 *         ADIT_U32BE("pixels_per_unit_y"),
 *         ADIT_U8("unit_specifier", ADIT_NAMES("unit_specifier_name", units)),
 *     };
 *     …
 *     return adit_record(&c, ADIT_ROWS(phys), NULL);
 *
 * A row is what stands in the file, the field that it is emitted as (NULL: none), and what else there is to say of it. A row lies
 * directly behind the one before it. Code that needs a value keeps it in a struct of its own: ADIT_KEEP names the member, and the
 * struct goes to the call. For what is decided by values (optional parts, loops, sizes) use the cursor, before and after.
 *
 * A row whose member is missing, or of a type that keeps no value, does not compile. What else is wrong with a table (a member that is
 * too small, ADIT_AT behind its row) ends as ADIT_FAILED with a warning whatever the file says, so that any sample finds it. Tables are
 * written in C: the macros take designated initializers and _Generic.
 */
#ifndef ADIT_RECORD_H
#define ADIT_RECORD_H

#include <adit/abi.h>
#include <adit/charset.h>
#include <adit/cursor.h>
#include <adit/tag.h>

/* What a row is. Numbers are of `size` bytes, 1 to 8, in the cursor's byte order, or in the one that the row says. */
enum adit_row_kind {
    ADIT_RECORD_MAGIC = 1,
    ADIT_RECORD_SKIP,
    ADIT_RECORD_AT,
    ADIT_RECORD_UNSIGNED,
    ADIT_RECORD_SIGNED,
    ADIT_RECORD_FLOAT,
    ADIT_RECORD_DIGITS,
    ADIT_RECORD_BITS,
    ADIT_RECORD_FOURCC,
    ADIT_RECORD_CHARS,
    ADIT_RECORD_BYTES,
    ADIT_RECORD_HEX,
    ADIT_RECORD_GUID,
    ADIT_RECORD_UUID,
    ADIT_RECORD_BEGIN,
    ADIT_RECORD_END,
};
enum adit_row_order { ADIT_ORDER_CURSOR = 0, ADIT_ORDER_LE, ADIT_ORDER_BE };

/* Numbers that are moments. DOS: a word of time, then one of date, as ZIP has them; CAB has the date first. */
enum adit_row_since {
    ADIT_SINCE_1970 = 1,   /* seconds, UTC */
    ADIT_SINCE_1904,       /* seconds, UTC (ISO-BMFF) */
    ADIT_SINCE_1904_LOCAL, /* seconds by the writer's clock (HFS, AIFF) */
    ADIT_SINCE_1601,       /* units of 100 ns, UTC: a FILETIME */
    ADIT_SINCE_DOS,
    ADIT_SINCE_DOS_DATE_FIRST,
};

enum adit_row_bool { ADIT_BOOL_NOT_0 = 1, ADIT_BOOL_0 };

/* Of what type a member is that keeps a value. */
enum adit_row_keep {
    ADIT_KEEP_NOTHING = 0,
    ADIT_KEEP_BOOL,
    ADIT_KEEP_INTEGER,
    ADIT_KEEP_FLOAT,
    ADIT_KEEP_TIME,
    ADIT_KEEP_CHARS,
};

struct adit_row {
    const char *name;  /* the field; NULL: it is not emitted */
    const void *bytes; /* of a magic */
    const struct adit_tag *tags;
    const char *named;   /* the field of the name that `tags` has for the number */
    const char *unknown; /* the name of those that it has not; NULL: none */
    void (*emit)(const struct adit_call *job, const char *name, const struct adit_value *value, void *keep);
    int (*convert)(const struct adit_call *job, const char *name, enum adit_charset charset, struct adit_text text);
    double per;
    uint64_t unless, when;
    uint32_t units; /* 0 is 1 */
    uint32_t size;  /* bytes in the file; of one, where there are several */
    uint32_t keep_at, keep_size;
    uint16_t tag_count, times; /* times: 0 is 1 */
    uint8_t kind, order, base, shift, bits, plus;
    uint8_t since, charset, keep_as;
    uint8_t as_bool; /* enum adit_row_bool */
    bool has_unless, is_word, wide_when, big_when;
};

/* A table with its length, for the parameters (rows, count). */
#define ADIT_ROWS(table) (table), sizeof(table) / sizeof((table)[0])

/* ---- rows: first what takes no field ---- */

#define ADIT_ROW_OF(...)                                                                                               \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

/* Bytes that must be there, up to 256 of them. */
#define ADIT_MAGIC(literal) ADIT_ROW_OF(.kind = ADIT_RECORD_MAGIC, .bytes = (literal), .size = sizeof(literal) - 1)
#define ADIT_SKIP(n) ADIT_ROW_OF(.kind = ADIT_RECORD_SKIP, .size = (n))
/* What follows is there, counted from the record's first byte. */
#define ADIT_AT(offset) ADIT_ROW_OF(.kind = ADIT_RECORD_AT, .size = (offset))
/* The fields up to ADIT_END are of this object. */
#define ADIT_BEGIN(field) ADIT_ROW_OF(.kind = ADIT_RECORD_BEGIN, .name = (field))
#define ADIT_END ADIT_ROW_OF(.kind = ADIT_RECORD_END)

/* Then ADIT_X(field), or ADIT_X(field, options). */
#define ADIT_ROW_NUMBER(k, n, o, ...) ADIT_ROW_OF(.kind = (k), .size = (n), .order = (o), .name = __VA_ARGS__)
#define ADIT_U8(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 1, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_U16(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 2, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_U16LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 2, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_U16BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 2, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_U24(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 3, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_U24LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 3, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_U24BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 3, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_U32(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 4, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_U32LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 4, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_U32BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 4, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_U64(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 8, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_U64LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 8, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_U64BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_UNSIGNED, 8, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_I8(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 1, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_I16(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 2, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_I16LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 2, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_I16BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 2, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_I32(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 4, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_I32LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 4, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_I32BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 4, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_I64(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 8, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_I64LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 8, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_I64BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_SIGNED, 8, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_F32(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 4, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_F32LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 4, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_F32BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 4, ADIT_ORDER_BE, __VA_ARGS__)
#define ADIT_F64(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 8, ADIT_ORDER_CURSOR, __VA_ARGS__)
#define ADIT_F64LE(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 8, ADIT_ORDER_LE, __VA_ARGS__)
#define ADIT_F64BE(...) ADIT_ROW_NUMBER(ADIT_RECORD_FLOAT, 8, ADIT_ORDER_BE, __VA_ARGS__)
/* An address or size that has 4 bytes in one variant of the format and 8 in the other: see ADIT_WIDE_IF. */
#define ADIT_WORD(...) ADIT_ROW_OF(.kind = ADIT_RECORD_UNSIGNED, .size = 4, .is_word = true, .name = __VA_ARGS__)
/* A number as n <= 32 ASCII digits of base 8, 10 or 16 between blanks and NULs; of none nothing is emitted or
 * kept. Others: malformed. */
#define ADIT_DIGITS(n, b, ...) ADIT_ROW_OF(.kind = ADIT_RECORD_DIGITS, .size = (n), .base = (b), .name = __VA_ARGS__)
/* n bits of the number above, beginning with the bit of value 1 << shift. Takes no bytes; what is above stays. */
#define ADIT_BITS(s, n, ...) ADIT_ROW_OF(.kind = ADIT_RECORD_BITS, .shift = (s), .bits = (n), .name = __VA_ARGS__)
/* Four characters; as a number (ADIT_KEEP, ADIT_NAMES) the first is the highest. What does not print becomes '?'. */
#define ADIT_CODE(...) ADIT_ROW_OF(.kind = ADIT_RECORD_FOURCC, .size = 4, .name = __VA_ARGS__)
/* Text of n bytes up to a NUL, without the blanks that fill it; emitted unless it is empty. */
#define ADIT_CHARS(n, ...) ADIT_ROW_OF(.kind = ADIT_RECORD_CHARS, .size = (n), .name = __VA_ARGS__)
/* n bytes as such; as hexadecimal digits (n <= 256). */
#define ADIT_BYTES(n, ...) ADIT_ROW_OF(.kind = ADIT_RECORD_BYTES, .size = (n), .name = __VA_ARGS__)
#define ADIT_HEX(n, ...) ADIT_ROW_OF(.kind = ADIT_RECORD_HEX, .size = (n), .name = __VA_ARGS__)
#define ADIT_GUID(...) ADIT_ROW_OF(.kind = ADIT_RECORD_GUID, .size = 16, .name = __VA_ARGS__)
#define ADIT_UUID(...) ADIT_ROW_OF(.kind = ADIT_RECORD_UUID, .size = 16, .name = __VA_ARGS__)

/* ---- options ---- */

/* Keeps the value in a member of the struct that adit_record is given: numbers in integers of either sign that are large enough,
 * in a double or a bool as it is emitted; moments in a struct adit_time (where they are none it stays as it is); CHARS in a
 * char array, with a NUL; BYTES in a uint8_t array. */
#define ADIT_KEEP(type, member)                                                                                        \
    .keep_at = offsetof(type, member), .keep_size = sizeof(((type *)0)->member),                                       \
    .keep_as = ADIT_KEEP_AS(((type *)0)->member)
/* clang-format off */
#define ADIT_KEEP_AS(m)                                                                                                \
    _Generic((m),                                                                                                      \
        bool: ADIT_KEEP_BOOL, double: ADIT_KEEP_FLOAT, struct adit_time: ADIT_KEEP_TIME, char *: ADIT_KEEP_CHARS,      \
        uint8_t: ADIT_KEEP_INTEGER, uint16_t: ADIT_KEEP_INTEGER, uint32_t: ADIT_KEEP_INTEGER,                          \
        uint64_t: ADIT_KEEP_INTEGER, int8_t: ADIT_KEEP_INTEGER, int16_t: ADIT_KEEP_INTEGER,                            \
        int32_t: ADIT_KEEP_INTEGER, int64_t: ADIT_KEEP_INTEGER, uint8_t *: ADIT_KEEP_INTEGER,                          \
        uint16_t *: ADIT_KEEP_INTEGER, uint32_t *: ADIT_KEEP_INTEGER, uint64_t *: ADIT_KEEP_INTEGER,                   \
        int16_t *: ADIT_KEEP_INTEGER, int32_t *: ADIT_KEEP_INTEGER, int64_t *: ADIT_KEEP_INTEGER,                      \
        double *: ADIT_KEEP_FLOAT)
/* clang-format on */
/* Emits, behind the number, what a table (tag.h) calls it; of what it does not have nothing, or `other`. */
#define ADIT_NAMES(field, table) .named = (field), .tags = (table), .tag_count = sizeof(table) / sizeof((table)[0])
#define ADIT_NAMES_OR(field, table, other) ADIT_NAMES(field, table), .unknown = (other)
/* Emits nothing where the number, as an unsigned one of its width, is this: 0, 0xffff. It is kept all the same. */
#define ADIT_UNLESS(number) .has_unless = true, .unless = (number)
/* Emits the number as a fraction of this many parts: 65536 for 16.16, 100 for hundredths. */
#define ADIT_PER(parts) .per = (parts)
/* The value is this much more than the number: where a format stores it less one. */
#define ADIT_PLUS(n) .plus = (n)
/* The value is the number times this: sectors of 512 bytes. Kept in 8 bytes. */
#define ADIT_UNITS(n) .units = (n)
/* Emits whether the number is not 0; whether it is. */
#define ADIT_IS_NOT_0 .as_bool = ADIT_BOOL_NOT_0
#define ADIT_IS_0 .as_bool = ADIT_BOOL_0
/* The number is a moment: an ADIT_SINCE_… above. What is none (beyond the year 9999, no day of a month) is not emitted. */
#define ADIT_IS_TIME(s) .since = (s)
/* n numbers, one after the other; the field is a list. They are kept in an array of n. */
#define ADIT_TIMES(n) .times = (n)
/* CHARS is text in this charset. Without it, what is no UTF-8 is kept as bytes. */
#define ADIT_IN(of) .charset = (uint8_t)(of), .convert = adit_emit_in_charset
/* The plugin's own function emits the value, with what was kept so far. */
#define ADIT_BY(function) .emit = (function)
/* Where the number is this, ADIT_WORD has 8 bytes from here on; where it is this, the cursor's order is big endian from here on, else
 * little. */
#define ADIT_WIDE_IF(number) .wide_when = true, .when = (number)
#define ADIT_BIG_IF(number) .big_when = true, .when = (number)

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a record at the cursor, which is behind it then, and emits its fields to the cursor's job. `keep` is the struct that rows keep
 * values in; NULL where none does. ADIT_OK; ADIT_MALFORMED: the range ends before the record does, or digits are none: what was there is
 * emitted and kept; ADIT_DECLINED: a magic is another one, or not there in full; ADIT_FAILED: the table is wrong. But for ADIT_OK the
 * cursor has failed. */
int32_t adit_record(struct adit_cursor *c, const struct adit_row *rows, size_t count, void *keep);

/* The same n times, each record an object of this name (a list: NAME[]). Ends before the first that is not there in full:
 * ADIT_MALFORMED. */
int32_t adit_records(struct adit_cursor *c, const char *name, const struct adit_row *rows, size_t count, void *keep,
                     uint64_t n);

/* How many bytes a record has; each ADIT_WORD counts as 4. For where nothing is emitted unless it is all there. */
uint64_t adit_record_size(const struct adit_row *rows, size_t count);

#ifdef __cplusplus
}
#endif

#endif
