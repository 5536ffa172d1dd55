/* SPDX-License-Identifier: MIT */
/* Any bytes as items of ASN.1: each lies in the one that holds it, they fill it but for a fault, and their values stay in bounds. */
#include <stdint.h>
#include <stdlib.h>

#include <adit/der.h>

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_values(const struct adit_der_item *item)
{
    char out[64];
    struct adit_time t;
    struct adit_text bytes;
    uint64_t u;
    int64_t i;
    unsigned unused;
    size_t n = adit_der_oid(item->content, out, sizeof out);
    check(n < sizeof out && (n == 0 || out[n] == '\0'));
    n = adit_der_decimal(item->content, out, sizeof out);
    check(n < sizeof out && (n == 0 || out[n] == '\0'));
    if (adit_der_u64(item->content, &u) && u <= INT64_MAX && item->content.size <= 8)
        check(adit_der_i64(item->content, &i) && i == (int64_t)u);
    (void)adit_der_hex(item->content, out, sizeof out);
    check(adit_der_bit_length(item->content) <= item->content.size * 8);
    if (adit_der_bits(item->content, &bytes, &unused))
        check(bytes.size + 1 == item->content.size && unused < 8);
    (void)adit_der_bit(item->content, 9);
    (void)adit_der_text(item, out, sizeof out);
    (void)adit_der_time(item, &t);
}

static void walk(struct adit_text in, int depth)
{
    struct adit_der d = adit_der(in);
    struct adit_der_item item;
    const char *at = in.data;
    while (adit_der_next(&d, &item)) {
        check(item.whole.data == at && item.content.data > at);
        at += item.whole.size;
        check(at <= in.data + in.size && item.content.data + item.content.size <= at);
        read_values(&item);
        if (depth < 16)
            walk(item.content, depth + 1);
    }
    check(d.fault || at == in.data + in.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    walk(adit_text_of((const char *)data, size), 0);
    return 0;
}
