/* SPDX-License-Identifier: MIT */
/* How exif.c emits the values of tags. Part of exif.c, which defines struct exif. */
#ifndef META_EXIF_VALUES_H
#define META_EXIF_VALUES_H

#include "exif_file.h"
#include "exif_names.h"

static void wrong_type(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e,
                       const char *expected)
{
    COMPLAIN(x, "%s: %s at offset %llu: expected %s, found type %s", x->directory, tag->name,
             (unsigned long long)e->entry, expected, adit_tiff_type_name(e->type));
}

/* What a number means: beside the number, as NAME_name. */
static void emit_name(struct exif *x, const char *field, uint64_t number)
{
    char name[64];
    for (size_t i = 0; i < sizeof exif_enumerations / sizeof *exif_enumerations; i++) {
        const struct exif_enumeration *n = &exif_enumerations[i];
        if (!adit_text_is(adit_text_c(n->field), field))
            continue;
        (void)snprintf(name, sizeof name, "%s_name", field);
        (void)adit_emit_tag(x->job, name, n->names, n->count, number);
        return;
    }
}

static void emit_integers(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    bool list = tag->form == FORM_U8_LIST || tag->form == FORM_U16_LIST || tag->form == FORM_U32_LIST;
    uint64_t most = tag->form == FORM_U8_LIST                             ? UINT8_MAX
                    : tag->form == FORM_U32 || tag->form == FORM_U32_LIST ? UINT32_MAX
                                                                          : UINT16_MAX;
    if (!adit_tiff_is_integer(e)) {
        wrong_type(x, tag, e, "an integer");
        return;
    }
    if (list && e->count > MAX_LIST)
        TELL(x, "%s: %s has %llu values; the first %d are read", x->directory, tag->name, (unsigned long long)e->count,
             MAX_LIST);
    for (uint64_t i = 0; i < (list ? e->count : 1) && i < MAX_LIST; i++) {
        uint64_t value = adit_tiff_u64(&x->tiff, e, i);
        if (value > most) {
            COMPLAIN(x, "%s: %s is %lld; expected 0 to %llu", x->directory, tag->name, (long long)value,
                     (unsigned long long)most);
            continue;
        }
        (void)adit_emit_u64(x->job, tag->name, value);
        if (tag->form == FORM_ENUM)
            emit_name(x, tag->name, value);
    }
}

/* 4.6.2 and the notes of single tags: a denominator of 0 and a numerator of FFFFFFFF mean unknown or infinite; neither is a
 * number. In a list the place counts, so they stay, as NaN. */
static void emit_numbers(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    if (!adit_tiff_is_number(e)) {
        wrong_type(x, tag, e, "a number");
        return;
    }
    if (tag->form == FORM_F64) {
        double value = adit_tiff_f64(&x->tiff, e, 0);
        if (__builtin_isfinite(value))
            (void)adit_emit_f64(x->job, tag->name, value);
        return;
    }
    for (uint64_t i = 0; i < e->count && i < MAX_LIST; i++)
        (void)adit_emit_f64(x->job, tag->name, adit_tiff_f64(&x->tiff, e, i));
}

/* Which byte order UNICODE text is in, the standard leaves open: that in which more of its units are below 256. */
static enum adit_charset utf16_order(const struct exif *x, struct adit_text text)
{
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < text.size; i++)
        zeros[i & 1] += text.data[i] == '\0';
    if (text.size >= 2 && ((unsigned char)text.data[0] ^ (unsigned char)text.data[1]) == 1 &&
        ((unsigned char)text.data[0] >= 0xfe))
        return ADIT_CHARSET_UTF16;
    if (zeros[0] == zeros[1])
        return x->tiff.values.big_endian ? ADIT_CHARSET_UTF16BE : ADIT_CHARSET_UTF16LE;
    return zeros[0] > zeros[1] ? ADIT_CHARSET_UTF16BE : ADIT_CHARSET_UTF16LE;
}

/* UTF-16 without the NULs and spaces at its end. */
static struct adit_text trim_units(struct adit_text text, bool big)
{
    text.size &= ~(size_t)1;
    while (text.size >= 2) {
        char low = text.data[text.size - (big ? 1 : 2)], high = text.data[text.size - (big ? 2 : 1)];
        if (high != '\0' || (low != '\0' && low != ' '))
            break;
        text.size -= 2;
    }
    return text;
}

/* 4.6.5, UserComment: eight bytes name the charset. Some cameras write none and begin with the text. */
static void emit_comment(struct exif *x, const struct adit_tag *tag, struct adit_text text)
{
    struct adit_text code = adit_text_of(text.data, text.size < 8 ? 0 : 8), rest = text;
    bool unicode = code.size && adit_text_equal(code, ADIT_TEXT("UNICODE\0"));
    bool jis = code.size && adit_text_equal(code, ADIT_TEXT("JIS\0\0\0\0\0"));
    bool plain = code.size && (adit_text_equal(code, ADIT_TEXT("ASCII\0\0\0")) ||
                               adit_text_equal(code, ADIT_TEXT("\0\0\0\0\0\0\0\0")));
    if (unicode || jis || plain)
        rest = adit_text_of(text.data + 8, text.size - 8);
    if (unicode) {
        enum adit_charset order = utf16_order(x, rest);
        (void)adit_emit_in_charset(x->job, tag->name, order, trim_units(rest, order != ADIT_CHARSET_UTF16LE));
        return;
    }
    if (jis)
        TELL(x, "%s: %s is in JIS X 0208, which is not decoded; its bytes stay as they are", x->directory, tag->name);
    (void)adit_emit_text(x->job, tag->name, adit_text_trim_end(jis ? rest : adit_text_until_nul(rest)));
}

/* 4.6.4, Copyright: the photographer's, NUL, the editor's. */
static void emit_copyright(struct exif *x, const struct adit_tag *tag, struct adit_text text)
{
    struct adit_text first = adit_text_until_nul(text);
    (void)adit_emit_text(x->job, tag->name, adit_text_trim_end(first));
    if (first.size == text.size)
        return;
    struct adit_text second = adit_text_until_nul(adit_text_of(text.data + first.size + 1, text.size - first.size - 1));
    second = adit_text_trim_end(second);
    if (second.size)
        (void)adit_emit_text(x->job, "CopyrightEditor", second);
}

static void emit_dotted(struct exif *x, const struct adit_tag *tag, struct adit_text text)
{
    char out[64];
    size_t n = 0;
    for (size_t i = 0; i < text.size && i < 8; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, i ? ".%u" : "%u", (unsigned char)text.data[i]);
    (void)adit_emit_text(x->job, tag->name, adit_text_of(out, n));
}

/* Coordinates come before or after their letters: both are kept until the directory is read. */
static void keep_ref(struct exif *x, const struct adit_tag *tag, struct adit_text text)
{
    static const uint16_t refs[4] = {0x0001, 0x0003, 0x0013, 0x0015};
    for (int i = 0; tag >= gps_tags && tag < gps_tags + tables[TABLE_GPS].count && i < 4; i++)
        if (tag->number == refs[i])
            x->coordinates[i].ref = text;
}

static void emit_letter(struct exif *x, const struct adit_tag *tag, struct adit_text text)
{
    (void)adit_emit_text(x->job, tag->name, text);
    if (text.size)
        emit_name(x, tag->name, (unsigned char)text.data[0]);
}

static void emit_bytes(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    struct adit_text bytes = adit_tiff_bytes(&x->tiff, e), text = adit_text_trim_end(adit_text_until_nul(bytes));
    if (e->unit != 1 && tag->form != FORM_BYTES) {
        wrong_type(x, tag, e, "text");
        return;
    }
    if (!bytes.data) {
        TELL(x, "%s: %s has %llu bytes, which is more than are read", x->directory, tag->name,
             (unsigned long long)e->size);
        return;
    }
    switch (tag->form) {
    case FORM_BYTES:
        (void)adit_emit_bytes(x->job, tag->name, bytes);
        break;
    case FORM_COMMENT:
        emit_comment(x, tag, bytes);
        break;
    case FORM_COPYRIGHT:
        emit_copyright(x, tag, bytes);
        break;
    case FORM_DOTTED:
        emit_dotted(x, tag, bytes);
        break;
    case FORM_XP:
        (void)adit_emit_in_charset(x->job, tag->name, ADIT_CHARSET_UTF16LE, trim_units(bytes, false));
        break;
    case FORM_ASCII_ENUM:
        emit_letter(x, tag, text);
        break;
    default:
        keep_ref(x, tag, text);
        (void)adit_emit_text(x->job, tag->name, text);
    }
}

static void emit_value(struct exif *x, const struct adit_tag *tag, const struct adit_tiff_entry *e)
{
    switch (tag->form) {
    case FORM_F64:
    case FORM_F64_LIST:
        emit_numbers(x, tag, e);
        break;
    case FORM_U16:
    case FORM_U32:
    case FORM_ENUM:
    case FORM_U8_LIST:
    case FORM_U16_LIST:
    case FORM_U32_LIST:
        emit_integers(x, tag, e);
        break;
    default:
        emit_bytes(x, tag, e);
        return;
    }
    if (tag->number == 0x0201 && x->in_thumbnail)
        x->thumbnail_offset = adit_tiff_u64(&x->tiff, e, 0);
    if (tag->number == 0x0202 && x->in_thumbnail)
        x->thumbnail_size = adit_tiff_u64(&x->tiff, e, 0);
    if (tag->form == FORM_ENUM && tag->number == 0x0005)
        x->altitude_ref = adit_tiff_u64(&x->tiff, e, 0);
    if (tag->form == FORM_F64_LIST && tag->number == 0x0007 && e->count == 3) {
        x->has_clock = true;
        for (unsigned i = 0; i < 3; i++)
            x->gps_clock[i] = adit_tiff_f64(&x->tiff, e, i);
    }
}

#endif
