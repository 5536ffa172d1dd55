/* SPDX-License-Identifier: MIT */
/* tar's header block and extended records, as tar.c lists them. */
#ifndef PLUGINS_ARCHIVE_TAR_H
#define PLUGINS_ARCHIVE_TAR_H

#include <adit/adit.h>
#include <adit/tag.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAR_BLOCK = 512, TAR_TYPE = 156, TAR_NAME_ROOM = 100 + 1 + 155, TAR_EXTENDED_MAX = 1 << 20 };
enum tar_format { TAR_V7, TAR_USTAR, TAR_GNU };
enum tar_found { TAR_HEADER, TAR_ZEROES, TAR_NOTHING, TAR_CUT, TAR_CHECKSUM };

#define TAR_SHOW(text) (int)((text).size < 200 ? (text).size : 200), (text).data

struct tar_header {
    char block[TAR_BLOCK];
    uint64_t offset;
    int64_t size;
    enum tar_format format;
};

/* What pax records and GNU long names say about a member. data NULL, has_… false: nothing. */
struct tar_extended {
    struct adit_text path, linkpath, uname, gname, sparse_name;
    struct adit_text rest; /* all the records; those without a field of their own are told as they are */
    int64_t size, uid, gid, real_size;
    bool has_size, has_uid, has_gid, sparse;
    struct adit_time mtime, atime, ctime;
    char *loaded[4]; /* what the slices above point into */
    size_t loaded_count;
};

static inline struct adit_text tar_field(const struct tar_header *h, size_t offset, size_t n)
{
    return adit_text_of(h->block + offset, n);
}

/* Octal digits between blanks and a blank or NUL; or, when the first bit is set, a two's complement number in base 256
 * ("Extensions to tar Archive Format"). False: empty, or neither. */
static inline bool tar_number(struct adit_text text, int64_t *out)
{
    size_t i = 0, digits = 0;
    uint64_t value = 0;
    uint8_t first = (uint8_t)text.data[0];
    if (first & 0x80) {
        bool negative = first & 0x40;
        value = negative ? ~(uint64_t)0 : 0;
        for (; i < text.size; i++) {
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
    while (i < text.size && text.data[i] == ' ')
        i++;
    for (; i < text.size && text.data[i] >= '0' && text.data[i] <= '7'; i++, digits++)
        value = value << 3 | (uint64_t)(text.data[i] - '0');
    if (digits == 0 || (i < text.size && text.data[i] != ' ' && text.data[i] != '\0'))
        return false;
    *out = (int64_t)value;
    return true;
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

static inline void tar_extended_clear(struct tar_extended *e)
{
    for (size_t i = 0; i < e->loaded_count; i++)
        free(e->loaded[i]);
    memset(e, 0, sizeof *e);
}

/* The data of an extended header, kept until tar_extended_clear. More of them than there is room for begin anew: no
 * writer makes so many for one member. */
static inline bool tar_load(const struct adit_call *job, struct tar_extended *e, uint64_t at, size_t n,
                            struct adit_text *out)
{
    if (e->loaded_count == sizeof e->loaded / sizeof *e->loaded)
        tar_extended_clear(e);
    char *data = (char *)malloc(n + 1);
    if (!data)
        return false;
    e->loaded[e->loaded_count++] = data;
    *out = adit_text_of(data, n);
    return adit_read(job, ADIT_SOURCE_MAIN, at, data, n) == (int64_t)n;
}

/* "LENGTH KEYWORD=VALUE\n", LENGTH counting all of it. Takes one record off the front. */
static inline bool tar_next_record(struct adit_text *text, struct adit_text *keyword, struct adit_text *value)
{
    size_t length = 0, i = 0;
    for (; i < text->size && i < 8 && text->data[i] >= '0' && text->data[i] <= '9'; i++)
        length = length * 10 + (size_t)(text->data[i] - '0');
    if (i == 0 || i >= text->size || text->data[i] != ' ' || length > text->size || length < i + 3 ||
        text->data[length - 1] != '\n')
        return false;
    i++;
    const char *equals = (const char *)memchr(text->data + i, '=', length - 1 - i);
    if (!equals)
        return false;
    size_t at = (size_t)(equals - text->data);
    *keyword = adit_text_of(text->data + i, at - i);
    *value = adit_text_of(equals + 1, length - 1 - (at + 1));
    *text = adit_text_of(text->data + length, text->size - length);
    return true;
}

static inline bool tar_decimal(struct adit_text text, int64_t *out)
{
    int64_t value = 0;
    bool negative = text.size > 0 && text.data[0] == '-';
    for (size_t i = negative; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i > 17)
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *out = negative ? -value : value;
    return text.size > negative;
}

/* Seconds since 1970 with a decimal fraction; those before count down: -1.5 is 1.5 s before. */
static inline struct adit_time tar_decimal_time(struct adit_text text)
{
    static const uint8_t precisions[] = {ADIT_TIME_SECOND, ADIT_TIME_MILLISECOND, ADIT_TIME_MICROSECOND,
                                         ADIT_TIME_NANOSECOND};
    struct adit_time none = {0};
    const char *dot = (const char *)memchr(text.data, '.', text.size);
    struct adit_text whole = adit_text_of(text.data, dot ? (size_t)(dot - text.data) : text.size);
    int64_t seconds, nanosecond = 0;
    size_t digits = dot ? text.size - whole.size - 1 : 0;
    if (!tar_decimal(whole, &seconds) || tar_seconds(seconds).precision == 0)
        return none;
    for (size_t i = 0; i < 9; i++) {
        char c = i < digits ? dot[1 + i] : '0';
        if (c < '0' || c > '9')
            return none;
        nanosecond = nanosecond * 10 + (c - '0');
    }
    if (text.data[0] == '-' && nanosecond > 0) {
        seconds--;
        nanosecond = 1000000000 - nanosecond;
    }
    return adit_time_from_unix(seconds, (uint32_t)nanosecond, precisions[digits > 6 ? 3 : (digits + 2) / 3]);
}

/* One record into the member's field that it is for. False: it is for none. */
static inline bool tar_take_record(struct tar_extended *e, struct adit_text keyword, struct adit_text value)
{
    if (adit_text_is(keyword, "path"))
        e->path = value;
    else if (adit_text_is(keyword, "GNU.sparse.name"))
        e->sparse_name = value;
    else if (adit_text_is(keyword, "linkpath"))
        e->linkpath = value;
    else if (adit_text_is(keyword, "uname"))
        e->uname = value;
    else if (adit_text_is(keyword, "gname"))
        e->gname = value;
    else if (adit_text_is(keyword, "size"))
        e->has_size = tar_decimal(value, &e->size);
    else if (adit_text_is(keyword, "uid"))
        e->has_uid = tar_decimal(value, &e->uid);
    else if (adit_text_is(keyword, "gid"))
        e->has_gid = tar_decimal(value, &e->gid);
    else if (adit_text_is(keyword, "mtime"))
        e->mtime = tar_decimal_time(value);
    else if (adit_text_is(keyword, "atime"))
        e->atime = tar_decimal_time(value);
    else if (adit_text_is(keyword, "ctime"))
        e->ctime = tar_decimal_time(value);
    else if (adit_text_is(keyword, "GNU.sparse.size") || adit_text_is(keyword, "GNU.sparse.realsize"))
        e->sparse = tar_decimal(value, &e->real_size);
    else
        return false;
    return true;
}

static inline bool tar_parse_records(struct tar_extended *e, struct adit_text data)
{
    struct adit_text text = data, keyword, value;
    while (text.size > 0 && text.data[0] != '\0') {
        if (!tar_next_record(&text, &keyword, &value))
            return false;
        if (!tar_take_record(e, keyword, value))
            e->rest = data;
    }
    return true;
}

/* The records that no field is for, as {keyword, value}. */
static inline void tar_emit_rest(const struct adit_call *job, const struct tar_extended *e)
{
    struct tar_extended ignored = {0};
    struct adit_text text = e->rest, keyword, value;
    while (text.size > 0 && tar_next_record(&text, &keyword, &value)) {
        if (tar_take_record(&ignored, keyword, value))
            continue;
        adit_begin_object(job, "");
        adit_emit_text(job, "keyword", keyword);
        adit_emit_text(job, "value", value);
        adit_end(job);
    }
}

#endif
