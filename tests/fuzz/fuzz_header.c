/* SPDX-License-Identifier: MIT */
/* Any bytes as header fields, encoded words, parameters, addresses, times, base64, quoted-printable and text of every charset: all
 * stay within what they were given, and pieces give what the whole gives. */
#include <adit/charset.h>
#include <adit/data_uri.h>
#include <adit/header.h>
#include <adit/time.h>
#include <adit/transfer.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../sdk/memory_job.h"

static void within(struct adit_text part, const char *begin, size_t size)
{
    if (part.size > 0 && (part.data < begin || part.data + part.size > begin + size))
        abort();
}

static void read_value(struct adit_text value)
{
    char *out = malloc(300);
    size_t n = adit_header_decode(value, out, 300);
    if (adit_header_decode(value, NULL, 0) != n)
        abort();
    int64_t p = adit_header_parameter(value, "name", out, 10);
    if (p < -1 || p != adit_header_parameter(value, "NAME", out, 300))
        abort();
    within(adit_header_token(value), value.data, value.size);
    struct adit_address a;
    memset(&a, 0, sizeof a);
    a.rest = value;
    while (adit_next_address(&a)) {
        within(a.name, value.data, value.size);
        within(a.address, value.data, value.size);
        within(a.group, value.data, value.size);
    }
    struct adit_time t;
    if (adit_time_parse_mail(value, &t) || adit_time_parse_pdf(value, &t) || adit_time_parse_iso(value, &t) ||
        adit_time_parse_asctime(value, &t))
        if (!adit_time_valid(&t))
            abort();
    free(out);
}

/* What is a number is so for strtod, with the same value. */
static void read_numbers(struct adit_text value)
{
    char copy[128], *end = copy;
    int64_t i = 0;
    uint64_t u = 0;
    double d = 0;
    bool integer = adit_text_to_i64(value, &i), whole = adit_text_to_u64(value, &u), real = adit_text_to_f64(value, &d);
    if (!real) {
        if (integer && value.size < sizeof copy)
            abort();
        return;
    }
    memcpy(copy, value.data, value.size);
    copy[value.size] = '\0';
    double expected = strtod(copy, &end);
    if (end != copy + value.size || memcmp(&d, &expected, sizeof d) != 0)
        abort();
    if ((integer && (double)i != d && i != 0) || (whole && (double)u != d))
        abort();
    size_t left = value.size;
    for (struct adit_text rest = value; rest.size > 0; left = rest.size)
        if (adit_text_next(&rest, ".").size + rest.size > left)
            abort();
}

/* In any pieces the same. */
static void read_data_uri(struct adit_text value)
{
    struct adit_data_uri one, many;
    if (!adit_data_uri(value, &one) || !adit_data_uri(value, &many))
        return;
    char *whole = malloc(value.size + 1), piece[3];
    size_t n = adit_data_uri_read(&one, whole, value.size + 1), at = 0, m;
    while ((m = adit_data_uri_read(&many, piece, sizeof piece)) > 0) {
        if (m > n - at || memcmp(whole + at, piece, m) != 0)
            abort();
        at += m;
    }
    if (at != n || adit_data_uri_read(&one, whole, value.size + 1) != 0)
        abort();
    free(whole);
}

static void decode_in_pieces(const char *data, size_t size)
{
    char *whole = malloc(ADIT_QUOTED_BOUND(size) * 2), *pieces = malloc(ADIT_QUOTED_BOUND(size) * 2);
    struct adit_quoted q = {0}, r = {0};
    struct adit_base64 b = {0}, c = {0};
    size_t n = adit_quoted_decode(&q, data, size, whole), m = 0;
    n += adit_quoted_decode(&q, NULL, 0, whole + n);
    for (size_t i = 0; i < size; i++)
        m += adit_quoted_decode(&r, data + i, 1, pieces + m);
    m += adit_quoted_decode(&r, NULL, 0, pieces + m);
    if (size > 0 && (n != m || memcmp(whole, pieces, n) != 0 || q.faults != r.faults))
        abort();
    n = adit_base64_decode(&b, data, size, whole);
    m = 0;
    for (size_t i = 0; i < size; i++)
        m += adit_base64_decode(&c, data + i, 1, pieces + m);
    if (n != m || n > ADIT_BASE64_BOUND(size) || memcmp(whole, pieces, n) != 0)
        abort();
    free(whole);
    free(pieces);
}

static void decode_charset(enum adit_charset charset, struct adit_text in)
{
    char *out = malloc(ADIT_UTF8_BOUND(in.size) + 1);
    size_t n = adit_charset_to_utf8(charset, in, out, ADIT_UTF8_BOUND(in.size));
    if (n > ADIT_UTF8_BOUND(in.size) || n != adit_charset_to_utf8(charset, in, NULL, 0) ||
        !adit_utf8_valid(adit_text_of(out, n)))
        abort();
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job memory;
    struct adit_call job = memory_call(&memory, data, size);
    size_t room_size = size > 0 ? 16 + (size_t)data[0] * 4 : 16;
    char *room = malloc(room_size);
    struct adit_headers h = adit_headers(&job, 0, UINT64_MAX, room, room_size);
    while (adit_next_header(&h)) {
        within(h.name, room, room_size);
        within(h.value, room, room_size);
        if (h.name.size == 0 || h.value.size > h.length)
            abort();
        char *exact = malloc(h.value.size + 1);
        memcpy(exact, h.value.data, h.value.size);
        read_value(adit_text_of(exact, h.value.size));
        read_numbers(adit_text_of(exact, h.value.size));
        free(exact);
    }
    if (h.body > size)
        abort();
    free(room);
    read_value(adit_text_of((const char *)data, size));
    read_numbers(adit_text_of((const char *)data, size));
    read_data_uri(adit_text_of((const char *)data, size));
    decode_in_pieces((const char *)data, size);
    int last = (int)adit_charset_by_name(ADIT_TEXT("euc-kr"));
    for (int charset = ADIT_CHARSET_LATIN1; charset <= last; charset++)
        decode_charset((enum adit_charset)charset, adit_text_of((const char *)data, size));
    return 0;
}
