/* SPDX-License-Identifier: MIT */
#include <adit/hex.h>
#include <adit/transfer.h>
#include <string.h>

/* 0..63, or -1: not of the alphabet (RFC 4648, table 1). */
static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

size_t adit_base64_decode(struct adit_base64 *b, const char *in, size_t n, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < n; i++) {
        int value = sextet(in[i]);
        if (value >= 0) {
            b->bits = b->bits << 6 | (uint32_t)value;
            b->count = (uint8_t)(b->count + 6);
            if (b->count >= 8) {
                b->count = (uint8_t)(b->count - 8);
                out[written++] = (char)(b->bits >> b->count & 0xff);
            }
        } else if (in[i] == '=') {
            b->padded = true;
            b->count = 0;
        } else if (!blank(in[i]) && in[i] != '\r' && in[i] != '\n') {
            b->ignored++;
        }
    }
    return written;
}

enum { PLAIN, AFTER_EQUALS, AFTER_DIGIT, AFTER_EQUALS_CR, AFTER_EQUALS_BLANK };

/* Blanks that turned out to stand within a line. */
static size_t release(struct adit_quoted *q, char *out)
{
    size_t n = q->blanks;
    memcpy(out, q->held, n);
    q->blanks = 0;
    return n;
}

static size_t plain(struct adit_quoted *q, char c, char *out)
{
    if (c == '=') {
        q->state = AFTER_EQUALS;
        return release(q, out);
    }
    if (blank(c)) {
        size_t n = q->blanks == ADIT_QUOTED_BLANKS ? release(q, out) : 0;
        q->held[q->blanks++] = c;
        return n;
    }
    if (c == '\r' || c == '\n')
        q->blanks = 0;
    size_t n = release(q, out);
    out[n] = c;
    return n + 1;
}

/* "=" and what follows it; a fault gives all of it as it was. */
static size_t escaped(struct adit_quoted *q, char c, char *out)
{
    uint8_t state = q->state;
    q->state = PLAIN;
    if (state == AFTER_EQUALS && adit_hex_digit(c) >= 0) {
        q->digit = c;
        q->state = AFTER_DIGIT;
        return 0;
    }
    if (state == AFTER_DIGIT && adit_hex_digit(c) >= 0) {
        out[0] = (char)(adit_hex_digit(q->digit) << 4 | adit_hex_digit(c));
        return 1;
    }
    if (state != AFTER_DIGIT && (c == '\n' || c == '\r' || blank(c))) {
        if (state == AFTER_EQUALS_CR && c != '\n')
            return plain(q, c, out);
        q->state = c == '\n' ? PLAIN : c == '\r' ? AFTER_EQUALS_CR : AFTER_EQUALS_BLANK;
        return 0;
    }
    if (state == AFTER_EQUALS_CR)
        return plain(q, c, out);
    q->faults++;
    out[0] = '=';
    out[1] = q->digit;
    size_t n = state == AFTER_DIGIT ? 2 : 1;
    return n + plain(q, c, out + n);
}

size_t adit_quoted_decode(struct adit_quoted *q, const char *in, size_t n, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < n; i++)
        written += q->state == PLAIN ? plain(q, in[i], out + written) : escaped(q, in[i], out + written);
    if (n == 0 && (q->state == AFTER_EQUALS || q->state == AFTER_DIGIT)) {
        q->faults++;
        out[written++] = '=';
        if (q->state == AFTER_DIGIT)
            out[written++] = q->digit;
        q->state = PLAIN;
    }
    return written;
}
