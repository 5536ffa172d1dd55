/* SPDX-License-Identifier: MIT */
/* Tags before and after MPEG audio: ID3v2, APEv2, Lyrics3, ID3v1. They are not part of it, and become streams. Sources: ID3v2.4.0
 * structure, 3.4 and 5; "APE Tags Header" of hydrogenaud.io; "Lyrics3 v2.00" of id3.org. */
#ifndef PLUGINS_AUDIO_MP3_TAGS_H
#define PLUGINS_AUDIO_MP3_TAGS_H

#include <adit/adit.h>
#include <adit/varint.h>

enum { MAX_TAGS = 16 };

struct mp3_tags {
    struct mp3_tag {
        const char *name, *media;
        uint64_t offset, size;
    } tags[MAX_TAGS];
    size_t count;
    uint64_t start, end; /* of what is between them */
};

static inline bool keep_tag(struct mp3_tags *t, const char *name, const char *media, uint64_t offset, uint64_t size)
{
    t->tags[t->count++] = (struct mp3_tag){name, media, offset, size};
    if (offset == t->start)
        t->start += size;
    else
        t->end = offset;
    return t->count < MAX_TAGS;
}

static inline struct adit_cursor between(const struct adit_call *job, uint64_t start, uint64_t end)
{
    return adit_cursor_at(job, ADIT_SOURCE_MAIN, start, end - start);
}

/* The size of an APE tag, from its head or foot: that of its items and foot, and of the head where the flags say it has one. */
static inline uint64_t ape_size(struct adit_cursor *c)
{
    if (!adit_match_literal(c, "APETAGEX"))
        return 0;
    adit_skip(c, 4);
    uint64_t size = adit_read_u32le(c);
    adit_skip(c, 4);
    uint32_t flags = adit_read_u32le(c);
    return adit_ok(c) ? size + (flags & 0x80000000u ? 32 : 0) : 0;
}

static inline bool take_leading(const struct adit_call *job, struct mp3_tags *t)
{
    struct adit_cursor c = between(job, t->start, t->end), ape = c;
    uint64_t size = ape_size(&ape);
    if (size >= 32 && size <= adit_left(&c))
        return keep_tag(t, "APEv2", "application/x-apetag", t->start, size);
    if (!adit_match_literal(&c, "ID3"))
        return false;
    adit_skip(&c, 2);
    uint8_t flags = adit_read_u8(&c);
    size = 10 + (uint64_t)adit_read_syncsafe(&c) + (flags & 0x10 ? 10 : 0);
    if (!adit_ok(&c))
        return false;
    size = size < t->end - t->start ? size : t->end - t->start; /* cut off: all of it is tag */
    return keep_tag(t, "ID3v2", "application/x-id3", t->start, size);
}

/* Six digits and LYRICS200 at the end of what begins with LYRICSBEGIN. */
static inline uint64_t lyrics_size(const struct adit_call *job, const struct mp3_tags *t, uint64_t room)
{
    struct adit_cursor c = between(job, t->end - 15, t->end);
    uint64_t size = 0;
    for (int i = 0; i < 6; i++) {
        uint8_t digit = adit_read_u8(&c);
        if (digit < '0' || digit > '9')
            return 0;
        size = size * 10 + (uint64_t)(digit - '0');
    }
    if (!adit_match_literal(&c, "LYRICS200") || size + 15 > room)
        return 0;
    c = between(job, t->end - size - 15, t->end);
    return adit_match_literal(&c, "LYRICSBEGIN") ? size + 15 : 0;
}

static inline bool take_trailing(const struct adit_call *job, struct mp3_tags *t)
{
    uint64_t room = t->end - t->start, size = 0;
    struct adit_cursor c = between(job, room < 128 ? t->end : t->end - 128, t->end);
    if (adit_match_literal(&c, "TAG"))
        return keep_tag(t, "ID3v1", "application/x-id3", t->end - 128, 128);
    c = between(job, room < 32 ? t->end : t->end - 32, t->end);
    if ((size = ape_size(&c)) >= 32 && size <= room)
        return keep_tag(t, "APEv2", "application/x-apetag", t->end - size, size);
    if (room >= 15 && (size = lyrics_size(job, t, room)) > 0)
        return keep_tag(t, "Lyrics3v2", "application/x-lyrics3", t->end - size, size);
    c = between(job, room < 10 ? t->end : t->end - 10, t->end);
    if (!adit_match_literal(&c, "3DI"))
        return false;
    adit_skip(&c, 3);
    size = 20 + (uint64_t)adit_read_syncsafe(&c);
    return adit_ok(&c) && size <= room && keep_tag(t, "ID3v2", "application/x-id3", t->end - size, size);
}

static inline void find_tags(const struct adit_call *job, struct mp3_tags *t)
{
    t->count = 0;
    t->start = 0;
    t->end = adit_size(job);
    while (take_leading(job, t))
        ;
    while (t->count < MAX_TAGS && take_trailing(job, t))
        ;
}

static inline void emit_tags(const struct adit_call *job, const struct mp3_tags *t)
{
    for (size_t i = 0; i < t->count; i++)
        (void)adit_emit_range(job, adit_text_c(t->tags[i].name), t->tags[i].media, t->tags[i].offset, t->tags[i].size);
}

#endif
