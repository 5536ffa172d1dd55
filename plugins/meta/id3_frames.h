/* SPDX-License-Identifier: MIT */
/* What the frames of ID3v2 hold. Sections are those of ID3v2.4.0 native frames, but where another is named. */
#ifndef PLUGINS_META_ID3_FRAMES_H
#define PLUGINS_META_ID3_FRAMES_H

#include "id3_tag.h"
#include <stdio.h>

static bool is_frame_id(uint32_t id, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        uint8_t c = (uint8_t)(id >> (24 - 8 * i));
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return true;
}

/* 4.2.3: a number, "(17)", or words; "RX" and "CR" are Remix and Cover. */
static void emit_genre_name(struct id3 *x, struct adit_text text)
{
    size_t i = text.size > 0 && text.data[0] == '(' ? 1 : 0, digits = 0;
    unsigned number = 0;
    for (; i < text.size && digits < 4 && text.data[i] >= '0' && text.data[i] <= '9'; i++, digits++)
        number = number * 10 + (unsigned)(text.data[i] - '0');
    bool closed = text.size > 0 && text.data[0] == '(' ? i < text.size && text.data[i] == ')' : i == text.size;
    if (digits > 0 && closed && adit_genre_name(number))
        (void)adit_emit_string(x->job, "genre_name", adit_genre_name(number));
}

static void keep_digits(char to[5], struct adit_text text)
{
    for (size_t i = 0; i < 4 && text.size == 4; i++)
        to[i] = text.data[i] >= '0' && text.data[i] <= '9' ? text.data[i] : '\0';
}

/* v2.4.0 structure, 4: times are UTC, and a prefix of yyyy-MM-ddTHH:mm:ss. */
static void emit_time(struct id3 *x, const char *field, struct adit_text text)
{
    struct adit_time t;
    char whole[20] = "";
    if (text.size == 13 && text.size < sizeof whole - 3) { /* to the hour */
        __builtin_memcpy(whole, text.data, text.size);
        __builtin_memcpy(whole + 13, ":00", 4);
        text = adit_text_of(whole, 16);
    }
    if (text.size == 0)
        return;
    if (!adit_time_parse(text, &t)) {
        adit_complain(&x->report, "frame %s: expected a time such as 2004-05-06T07:08:09, found \"%.*s\"", x->name,
                      (int)(text.size < 40 ? text.size : 40), text.data);
        return;
    }
    if (t.precision >= ADIT_TIME_MINUTE && t.zone == ADIT_ZONE_UNKNOWN)
        t.zone = 0;
    (void)adit_emit_time(x->job, field, t);
}

/* Times are ASCII in every encoding: UTF-16 loses its zeros. */
static struct adit_text to_ascii(struct adit_text text, uint8_t encoding, char *room, size_t capacity)
{
    size_t n = 0;
    if (encoding != 1 && encoding != 2)
        return text;
    for (size_t i = 0; i < text.size && n < capacity; i++)
        if (text.data[i] > 0)
            room[n++] = text.data[i];
    return adit_text_of(room, n);
}

/* 4.2: one text or, in v2.4, several. */
static void read_text(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    uint8_t encoding = (uint8_t)id3_number(s, 1);
    char room[64];
    bool first = true;
    if (encoding > 3) {
        adit_complain(&x->report, "frame %s: text encoding %u; expected 0 to 3", x->name, encoding);
        return;
    }
    while (s->end > s->at && s->end[-1] == 0 && encoding != 1 && encoding != 2)
        s->end--; /* terminators at the end are not further texts */
    for (; first || id3_left(s) > 1 || (id3_left(s) == 1 && encoding != 1 && encoding != 2); first = false) {
        struct adit_text text = id3_string(s, encoding);
        struct adit_text ascii = to_ascii(text, encoding, room, sizeof room);
        if (!first && text.size == 0 && id3_left(s) == 0)
            break;
        if (tag->number == ADIT_FOURCC('T', 'Y', 'E', 'R') || tag->number == ADIT_FOURCC('T', 'Y', 'E', 0))
            keep_digits(x->year, ascii);
        if (tag->number == ADIT_FOURCC('T', 'D', 'A', 'T') || tag->number == ADIT_FOURCC('T', 'D', 'A', 0))
            keep_digits(x->day, ascii);
        if (tag->number == ADIT_FOURCC('T', 'I', 'M', 'E') || tag->number == ADIT_FOURCC('T', 'I', 'M', 0))
            keep_digits(x->clock, ascii);
        if (tag->form == FORM_TIME)
            emit_time(x, tag->name, ascii);
        else
            id3_emit_text(x->job, tag->name, encoding, s, text);
        if (tag->form == FORM_GENRE)
            emit_genre_name(x, ascii);
    }
}

/* v2.3.0, 4.2.1: year, day and month, hour and minute stand in frames of their own, in an unknown zone. */
static void emit_moment(struct id3 *x)
{
    char text[24];
    struct adit_time t;
    if (!x->year[0] || !x->year[3] || !x->day[0] || !x->day[3])
        return;
    int n = snprintf(text, sizeof text, "%s-%.2s-%.2s", x->year, x->day + 2, x->day);
    if (x->clock[0] && x->clock[3])
        (void)snprintf(text + n, sizeof text - (size_t)n, "T%.2s:%.2s", x->clock, x->clock + 2);
    if (adit_time_parse(adit_text_c(text), &t))
        (void)adit_emit_time(x->job, "recorded", t);
}

static void emit_language(struct id3 *x, struct id3_slice *s)
{
    struct adit_text language = adit_text_until_nul(id3_take(s, 3));
    if (language.size > 0)
        (void)adit_emit_in_charset(x->job, "language", ADIT_CHARSET_LATIN1, language);
}

/* 4.3.2, 4.6, 4.8, 4.10, 4.22: an encoding, a language, a description, a text; not all have all of them. */
static void read_described(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    uint8_t encoding = (uint8_t)id3_number(s, 1);
    bool is_user = tag->form == FORM_USER_TEXT || tag->form == FORM_USER_URL;
    (void)adit_begin_object(x->job, tag->name);
    if (!is_user)
        emit_language(x, s);
    if (tag->form != FORM_TERMS)
        id3_emit_text(x->job, "description", encoding, s, id3_string(s, encoding));
    if (tag->form == FORM_USER_URL)
        encoding = 0;
    const char *field = tag->form == FORM_USER_URL ? "url" : tag->form == FORM_USER_TEXT ? "value" : "text";
    bool first = true;
    for (; first || id3_left(s) > 1; first = false) {
        struct adit_text text = id3_string(s, encoding);
        if (!first && text.size == 0)
            break;
        id3_emit_text(x->job, field, encoding, s, text);
        if (tag->form != FORM_USER_TEXT)
            break; /* one text */
    }
    (void)adit_end(x->job);
}

/* What is left of a frame as a stream: a range of the source, or bytes that are put together. */
static void emit_rest(struct id3 *x, struct id3_slice *s, const char *name)
{
    uint64_t used = (uint64_t)(s->at - x->data);
    uint8_t piece[4096];
    if (used >= x->frame_size)
        return;
    if (x->base) {
        (void)adit_emit_range(x->job, adit_text_c(name), NULL, x->base + used, x->frame_size - used);
        return;
    }
    if (adit_open_stream(x->job, adit_text_c(name), NULL) != 0)
        return;
    (void)adit_write(x->job, s->at, id3_left(s));
    for (uint64_t left = x->frame_size - x->size; left > 0 && adit_left(&x->more.cursor) > 0;) {
        size_t n = id3_read(&x->more, piece, left < sizeof piece ? (size_t)left : sizeof piece);
        left -= n;
        if (adit_write(x->job, piece, n) != 0)
            break;
    }
    (void)adit_close(x->job);
}

/* 4.14, 4.15; v2.2's PIC has three letters for the format. */
static void read_picture(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    uint8_t encoding = (uint8_t)id3_number(s, 1);
    bool is_object = tag->form == FORM_OBJECT;
    (void)adit_begin_object(x->job, tag->name);
    struct adit_text media = x->version == 2 && !is_object ? id3_take(s, 3) : id3_string(s, 0);
    (void)adit_emit_in_charset(x->job, "media_type", ADIT_CHARSET_LATIN1, media);
    if (is_object) {
        id3_emit_text(x->job, "filename", encoding, s, id3_string(s, encoding));
    } else {
        uint64_t type = id3_number(s, 1);
        (void)adit_emit_u64(x->job, "type", type);
        (void)adit_emit_tag_or(x->job, "type_name", ADIT_TAGS(picture_types), type, "reserved");
    }
    id3_emit_text(x->job, "description", encoding, s, id3_string(s, encoding));
    (void)adit_emit_u64(x->job, "size", x->frame_size - (uint64_t)(s->at - x->data));
    bool is_link = adit_text_is(media, "-->");
    if (is_link)
        id3_emit_text(x->job, "url", 0, s, id3_string(s, 0));
    (void)adit_end(x->job);
    if (!is_link && !s->failed)
        emit_rest(x, s, x->name);
}

/* 4.1, 4.27: an owner, and bytes of its own. */
static void read_owned(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    (void)adit_begin_object(x->job, tag->name);
    (void)adit_emit_in_charset(x->job, "owner", ADIT_CHARSET_LATIN1, id3_string(s, 0));
    (void)adit_emit_bytes(x->job, "data", adit_text_of((const char *)s->at, id3_left(s)));
    (void)adit_end(x->job);
}

/* 4.16, 4.17: the counter grows beyond four bytes. */
static void read_counter(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    if (tag->form == FORM_COUNTER) {
        (void)adit_emit_u64(x->job, "play_counter", id3_number(s, id3_left(s) < 8 ? id3_left(s) : 8));
        return;
    }
    (void)adit_begin_object(x->job, tag->name);
    (void)adit_emit_in_charset(x->job, "email", ADIT_CHARSET_LATIN1, id3_string(s, 0));
    (void)adit_emit_u64(x->job, "rating", id3_number(s, 1));
    if (id3_left(s) > 0)
        (void)adit_emit_u64(x->job, "counter", id3_number(s, id3_left(s) < 8 ? id3_left(s) : 8));
    (void)adit_end(x->job);
}

#include "id3_parts.h"

/* A frame's data, at its beginning. */
static void read_content(struct id3 *x, uint32_t id)
{
    struct id3_slice s = {x->data, x->data + x->size, false, true};
    const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(frame_tags), id);
    bool is_text = id >> 24 == 'T', is_url = id >> 24 == 'W',
         is_range = tag && (tag->form == FORM_PICTURE || tag->form == FORM_OBJECT);
    if (x->frame_size > MAX_FRAME && !is_range)
        adit_remark(&x->report, "frame %s: has %llu bytes; the first %d are read", x->name,
                    (unsigned long long)x->frame_size, MAX_FRAME);
    if (tag) {
        readers[tag->form](x, &s, tag);
    } else {
        const struct adit_tag other = {id, is_url ? FORM_URL : FORM_TEXT, "text"};
        (void)adit_begin_object(x->job, is_text || is_url ? "other_text" : "other_frames");
        (void)adit_emit_string(x->job, "id", x->name);
        if (is_text || is_url)
            readers[other.form](x, &s, &other);
        else
            (void)adit_emit_u64(x->job, "size", x->frame_size);
        (void)adit_end(x->job);
    }
    if (s.failed)
        adit_complain(&x->report, "frame %s: its %llu bytes are too few for what it says", x->name,
                      (unsigned long long)x->frame_size);
}

#endif
