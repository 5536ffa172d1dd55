/* SPDX-License-Identifier: MIT */
/* Frames of ID3v2 that are made of parts: chapters, lyrics with times, volumes; and who reads which frame. */
#ifndef PLUGINS_META_ID3_PARTS_H
#define PLUGINS_META_ID3_PARTS_H

static void read_content(struct id3 *x, uint32_t id);

/* Chapter Frame Addendum, 3.1: frames inside of a frame. Those of titles, URLs and pictures are read. */
static void read_inner_frames(struct id3 *x, struct id3_slice *s)
{
    struct id3 outer = *x;
    while (id3_left(s) >= 10) {
        uint32_t id = (uint32_t)id3_number(s, 4), stored = (uint32_t)id3_number(s, 4);
        uint64_t size = x->version == 4 && adit_is_syncsafe(stored) ? adit_from_syncsafe(stored) : stored;
        const struct adit_tag *tag = adit_tag_find(ADIT_TAGS(frame_tags), id);
        (void)id3_number(s, 2);
        if (!is_frame_id(id, 4) || size > id3_left(s))
            s->failed = true;
        if (s->failed)
            break;
        struct adit_text data = id3_take(s, (size_t)size);
        bool title = id == ADIT_FOURCC('T', 'I', 'T', '2') || id == ADIT_FOURCC('T', 'I', 'T', '3');
        if (!title && (!tag || (tag->form != FORM_USER_URL && tag->form != FORM_PICTURE)))
            continue;
        x->base = outer.base ? outer.base + (uint64_t)(data.data - (const char *)outer.data) : 0;
        x->data = (uint8_t *)outer.data + (data.data - (const char *)outer.data);
        x->size = data.size;
        x->frame_size = size;
        adit_fourcc_name(id, x->name);
        read_content(x, id);
    }
    outer.report = x->report;
    *x = outer;
}

/* 3.1, 3.2 */
static void read_chapter(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    static const char *const places[] = {"start_time", "end_time", "start_offset", "end_offset"};
    (void)adit_begin_object(x->job, tag->name);
    (void)adit_emit_in_charset(x->job, "id", ADIT_CHARSET_LATIN1, id3_string(s, 0));
    if (tag->form == FORM_CHAPTER) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            uint64_t place = id3_number(s, 4);
            if (!s->failed && place != UINT32_MAX) /* not used */
                (void)adit_emit_u64(x->job, places[i], place);
        }
    } else {
        uint64_t flags = id3_number(s, 1), entries = id3_number(s, 1);
        (void)adit_emit_bool(x->job, "top_level", flags & 2);
        (void)adit_emit_bool(x->job, "ordered", flags & 1);
        for (uint64_t i = 0; i < entries && id3_left(s) > 0; i++)
            (void)adit_emit_in_charset(x->job, "entries", ADIT_CHARSET_LATIN1, id3_string(s, 0));
    }
    read_inner_frames(x, s);
    (void)adit_end(x->job);
}

/* 4.9 */
static void read_synchronized(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    static const struct adit_tag kinds[] = {{0, 0, "other"},    {1, 0, "lyrics"},        {2, 0, "text transcription"},
                                            {3, 0, "movement"}, {4, 0, "events"},        {5, 0, "chord"},
                                            {6, 0, "trivia"},   {7, 0, "web page URLs"}, {8, 0, "image URLs"}};
    uint8_t encoding = (uint8_t)id3_number(s, 1);
    (void)adit_begin_object(x->job, tag->name);
    emit_language(x, s);
    (void)adit_emit_string(x->job, "timestamp_unit", id3_number(s, 1) == 1 ? "frames" : "milliseconds");
    uint64_t kind = id3_number(s, 1);
    (void)adit_emit_u64(x->job, "content_type", kind);
    (void)adit_emit_tag(x->job, "content_type_name", ADIT_TAGS(kinds), kind);
    id3_emit_text(x->job, "description", encoding, s, id3_string(s, encoding));
    while (id3_left(s) > 4) {
        (void)adit_begin_object(x->job, "lines");
        struct adit_text text = id3_string(s, encoding);
        (void)adit_emit_u64(x->job, "time", id3_number(s, 4));
        id3_emit_text(x->job, "text", encoding, s, text);
        (void)adit_end(x->job);
    }
    (void)adit_end(x->job);
}

/* 4.11: channels with an adjustment in 1/512 dB and a peak of any number of bits. */
static void read_volumes(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    static const struct adit_tag channels[] = {{0, 0, "other"},        {1, 0, "master"},      {2, 0, "front right"},
                                               {3, 0, "front left"},   {4, 0, "back right"},  {5, 0, "back left"},
                                               {6, 0, "front centre"}, {7, 0, "back centre"}, {8, 0, "subwoofer"}};
    (void)adit_begin_object(x->job, tag->name);
    (void)adit_emit_in_charset(x->job, "identification", ADIT_CHARSET_LATIN1, id3_string(s, 0));
    while (id3_left(s) >= 4) {
        (void)adit_begin_object(x->job, "channels");
        (void)adit_emit_tag_or(x->job, "channel", ADIT_TAGS(channels), id3_number(s, 1), "reserved");
        (void)adit_emit_f64(x->job, "adjustment", (int16_t)id3_number(s, 2) / 512.0);
        uint64_t bits = id3_number(s, 1), peak = id3_number(s, (size_t)(bits + 7) / 8);
        (void)adit_emit_u64(x->job, "peak_bits", bits);
        if (bits > 0 && bits <= 64)
            (void)adit_emit_u64(x->job, "peak", peak);
        (void)adit_end(x->job);
    }
    (void)adit_end(x->job);
}

/* v2.3.0, 4.12: bit 0 of the flags says that the right channel gets louder, bit 1 the left one. */
static void read_old_volume(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    uint64_t flags = id3_number(s, 1), bits = id3_number(s, 1);
    size_t n = (size_t)(bits + 7) / 8;
    if (n == 0 || n > 7 || id3_left(s) < 2 * n) {
        adit_complain(&x->report, "frame %s: numbers of %u bits, %zu bytes", x->name, (unsigned)bits, x->size);
        return;
    }
    int64_t right = (int64_t)id3_number(s, n), left = (int64_t)id3_number(s, n);
    (void)adit_begin_object(x->job, tag->name);
    (void)adit_emit_u64(x->job, "bits", bits);
    (void)adit_emit_i64(x->job, "right", flags & 1 ? right : -right);
    (void)adit_emit_i64(x->job, "left", flags & 2 ? left : -left);
    if (id3_left(s) >= 2 * n) {
        (void)adit_emit_u64(x->job, "peak_right", id3_number(s, n));
        (void)adit_emit_u64(x->job, "peak_left", id3_number(s, n));
    }
    (void)adit_end(x->job);
}

/* 4.3: always Latin-1, and alone. */
static void read_url(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    id3_emit_text(x->job, tag->name, 0, s, id3_string(s, 0));
}

static void read_bytes(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    (void)adit_emit_bytes(x->job, tag->name, adit_text_of((const char *)s->at, id3_left(s)));
}

static void skip(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag)
{
    (void)x, (void)s, (void)tag;
}

/* Who reads frames of which form. */
static void (*const readers[])(struct id3 *x, struct id3_slice *s, const struct adit_tag *tag) = {
    [FORM_TEXT] = read_text,
    [FORM_GENRE] = read_text,
    [FORM_TIME] = read_text,
    [FORM_URL] = read_url,
    [FORM_COMMENT] = read_described,
    [FORM_TERMS] = read_described,
    [FORM_USER_TEXT] = read_described,
    [FORM_USER_URL] = read_described,
    [FORM_PICTURE] = read_picture,
    [FORM_OBJECT] = read_picture,
    [FORM_OWNED] = read_owned,
    [FORM_COUNTER] = read_counter,
    [FORM_COUNTER_BY] = read_counter,
    [FORM_BYTES] = read_bytes,
    [FORM_CHAPTER] = read_chapter,
    [FORM_TOC] = read_chapter,
    [FORM_SYNCHRONIZED] = read_synchronized,
    [FORM_VOLUME] = read_volumes,
    [FORM_VOLUME_OLD] = read_old_volume,
    [FORM_SKIP] = skip,
};

#endif
