/* SPDX-License-Identifier: MIT */
#include <adit/data_uri.h>
#include <adit/header.h>
#include <adit/hex.h>
#include <adit/stream.h>
#include <string.h>

bool adit_data_uri(struct adit_text text, struct adit_data_uri *out)
{
    if (text.size < 5 || !adit_text_equals_ignoring_case(adit_text_of(text.data, 5), "data:"))
        return false;
    struct adit_text rest = adit_text_of(text.data + 5, text.size - 5), parameters;
    if (!memchr(rest.data, ',', rest.size))
        return false;
    parameters = adit_text_next(&rest, ",");
    out->data = rest;
    out->media = adit_text_trim(adit_text_next(&parameters, ";"));
    out->base64 = false;
    out->at = 0;
    memset(&out->decoder, 0, sizeof out->decoder);
    while (parameters.size > 0)
        if (adit_text_equals_ignoring_case(adit_text_trim(adit_text_next(&parameters, ";")), "base64"))
            out->base64 = true;
    return true;
}

/* Up to `room` characters with their percent-encoding undone; what is none stays. */
static size_t unescape(struct adit_text text, size_t *at, char *out, size_t room)
{
    size_t n = 0;
    while (n < room && *at < text.size) {
        const char *c = text.data + *at;
        int high = *c == '%' && text.size - *at > 2 ? adit_hex_digit(c[1]) : -1,
            low = high >= 0 ? adit_hex_digit(c[2]) : -1;
        out[n] = *c;
        if (low >= 0) {
            out[n] = (char)(high << 4 | low);
            *at += 2;
        }
        ++*at;
        n++;
    }
    return n;
}

size_t adit_data_uri_read(struct adit_data_uri *uri, char *out, size_t room)
{
    size_t taken, n;
    do {
        n = taken = unescape(uri->data, &uri->at, out, room);
        if (uri->base64)
            n = adit_base64_decode(&uri->decoder, out, taken, out); /* in place: never longer */
    } while (n == 0 && taken > 0);
    return n;
}

/* RFC 6838 4.2 */
static bool is_media(struct adit_text text)
{
    static const char marks[] = "!#$&-^_.+/";
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (!(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z') && !memchr(marks, c, sizeof marks - 1))
            return false;
    }
    return text.size > 0 && memchr(text.data, '/', text.size);
}

int adit_emit_data_uri(const struct adit_call *job, struct adit_text name, struct adit_data_uri *uri)
{
    char media[128], bytes[4096];
    size_t n;
    bool known = is_media(uri->media) && uri->media.size < sizeof media;
    (void)adit_text_keep(uri->media, media, sizeof media);
    int error = adit_open_stream(job, name, known ? media : uri->media.size == 0 ? "text/plain" : NULL);
    if (error)
        return error;
    while (error == 0 && (n = adit_data_uri_read(uri, bytes, sizeof bytes)) > 0)
        error = adit_write(job, bytes, n);
    int closed = adit_close(job);
    return error ? error : closed;
}
