/* SPDX-License-Identifier: MIT */
/* The values of a .conf: names, numbers, sizes, times, media types, paths, quoted texts. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config_parse.h"
#include "nearest.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z');
}

struct conf_byte conf_byte_text(char c)
{
    struct conf_byte b;
    bool printable = c > 0x20 && c < 0x7f;
    (void)snprintf(b.text, sizeof b.text, printable ? "'%c'" : "0x%02x", printable ? c : (unsigned char)c);
    if (c == ' ')
        memcpy(b.text, "a blank", sizeof "a blank");
    return b;
}

const char *conf_skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

const char *conf_word_end(const char *text)
{
    return text + strcspn(text, " \t");
}

bool conf_yes_no(struct conf_parse *p, const char *text, bool *out)
{
    bool yes = strcmp(text, "yes") == 0;
    if (!yes && strcmp(text, "no") != 0) {
        conf_error(p, text, "conf.value.yesno", "", "expected yes or no, found \"%s\"", text);
        return false;
    }
    *out = yes;
    return true;
}

bool conf_choice(struct conf_parse *p, const char *text, const char *const *choices, size_t *out)
{
    struct nearest near = {.word = text};
    char list[256] = "";
    for (size_t i = 0; choices[i]; i++) {
        if (strcmp(text, choices[i]) == 0) {
            *out = i;
            return true;
        }
        nearest_offer(&near, choices[i]);
        size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", choices[i]);
    }
    conf_error(p, text, "conf.value.choice", "",
               near.best ? "expected one of %s; found \"%s\": did you mean %s?" : "expected one of %s; found \"%s\"",
               list, text, near.best);
    return false;
}

/* Decimal digits at `text`; the byte after them, or NULL (complained about) where there are none or too many. */
static const char *digits(struct conf_parse *p, const char *text, uint64_t *out)
{
    const char *at = text;
    uint64_t value = 0;
    for (; is_digit(*at); at++) {
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) {
            conf_error(p, text, "conf.value.number", "", "the number is too large");
            return NULL;
        }
    }
    if (at == text) {
        conf_error(p, at, "conf.value.number", "", *at ? "expected a number, found %s" : "expected a number",
                   conf_byte_text(*at).text);
        return NULL;
    }
    *out = value;
    return at;
}

bool conf_number(struct conf_parse *p, const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    uint64_t value;
    const char *after = digits(p, text, &value);
    if (!after)
        return false;
    if (*after) {
        conf_error(p, after, "conf.value.number", "", "expected a number, found %s after it",
                   conf_byte_text(*after).text);
        return false;
    }
    if (value < least || value > most) {
        conf_error(p, text, "conf.value.range", "", "expected a number from %u to %u", least, most);
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* A number with one of the units; *out is in the smallest one. */
struct unit {
    const char *name;
    uint64_t factor;
};

static bool with_unit(struct conf_parse *p, const char *text, const struct unit *units, const char *expected,
                      uint64_t least, uint64_t most, uint64_t *out)
{
    uint64_t value;
    const char *after = digits(p, text, &value);
    if (!after)
        return false;
    size_t i = 0;
    while (units[i].name && strcmp(units[i].name, after) != 0)
        i++;
    if (!units[i].name) {
        conf_error(p, after, "conf.value.unit", "", "expected %s, found \"%s\"", expected, text);
        return false;
    }
    if (__builtin_mul_overflow(value, units[i].factor, &value) || value < least || value > most) {
        size_t big = 0;
        while (units[big + 1].name && least % units[big + 1].factor == 0 && least >= units[big + 1].factor)
            big++;
        size_t top = 0;
        while (units[top + 1].name && most % units[top + 1].factor == 0)
            top++;
        conf_error(p, text, "conf.value.range", "", "expected from %llu%s to %llu%s, found %s",
                   (unsigned long long)(least / units[big].factor), units[big].name,
                   (unsigned long long)(most / units[top].factor), units[top].name, text);
        return false;
    }
    *out = value;
    return true;
}

bool conf_size(struct conf_parse *p, const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
    static const struct unit units[] = {{"", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}, {NULL, 0}};
    return with_unit(p, text, units, "a size such as 4096, 8K, 64M, 1G", least, most, out);
}

bool conf_time(struct conf_parse *p, const char *text, uint32_t *out_ms)
{
    static const struct unit units[] = {{"ms", 1}, {"s", 1000}, {"min", 60 * 1000}, {NULL, 0}};
    uint64_t ms;
    if (!with_unit(p, text, units, "a time such as 500ms, 2s, 1min", 1, 60 * 60 * 1000, &ms))
        return false;
    *out_ms = (uint32_t)ms;
    return true;
}

bool conf_version_value(struct conf_parse *p, const char *text, size_t size, int least_parts, struct conf_version *out)
{
    const char *bad;
    int parts = version_parse(text, size, out, &bad);
    if (parts >= least_parts)
        return true;
    conf_error(p, parts < 0 ? bad : text, "conf.value.version", "",
               "expected a version %s without leading zeros, found \"%.*s\"",
               least_parts == 3 ? "MAJOR.MINOR.PATCH" : "such as 1, 1.2 or 1.2.3", (int)size, text);
    return false;
}

bool conf_plugin_name(struct conf_parse *p, const char *text, size_t size)
{
    static const char mend[] = "a name has a-z and 0-9, then also \"_\" and \"-\"";
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (is_lower(c) || is_digit(c) || (i > 0 && (c == '_' || c == '-')))
            continue;
        conf_error(p, text + i, "conf.value.name", mend, "%s cannot stand in the name \"%.*s\"", conf_byte_text(c).text,
                   (int)size, text);
        return false;
    }
    if (size == 0) {
        conf_error(p, text, "conf.value.name", mend, "expected a plugin's name");
        return false;
    }
    if (size > CONF_MAX_PLUGIN_NAME) {
        conf_error(p, text + CONF_MAX_PLUGIN_NAME, "conf.value.name", "",
                   "the name has %zu bytes; at most %d are allowed", size, CONF_MAX_PLUGIN_NAME);
        return false;
    }
    return true;
}

/* RFC 6838, 4.2: restricted-name: a letter or digit, then at most 126 of these. Returns the byte after it. */
static const char *restricted_name(const char *at)
{
    const char *begin = at;
    while (is_letter(*at) || is_digit(*at) || (at > begin && *at && strchr("!#$&-^_.+", *at)))
        at++;
    return at;
}

const char *conf_media(struct conf_parse *p, const char *text, bool patterns)
{
    if (patterns && strcmp(text, "*") == 0)
        return conf_copy(p, text, 1);
    const char *slash = restricted_name(text), *after = slash;
    bool fits = slash > text && *slash == '/';
    if (fits) {
        after = patterns && strcmp(slash + 1, "*") == 0 ? slash + 2 : restricted_name(slash + 1);
        fits = after > slash + 1 && *after == '\0';
    }
    if (!fits) {
        conf_error(p, after, "conf.value.media", "", "expected a media type such as image/png%s, found \"%s\"",
                   patterns ? ", image/* or *" : "", text);
        return NULL;
    }
    if (slash - text > 127 || after - slash - 1 > 127) {
        conf_error(p, text, "conf.value.media", "", "a media type has at most 127 bytes on each side of \"/\"");
        return NULL;
    }
    char *copy = arena_strdup(p->arena, text);
    if (!copy)
        p->no_memory = true;
    for (char *c = copy; c && *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    return copy;
}

bool conf_relative_path(struct conf_parse *p, const char *text)
{
    static const char mend[] = "give a path relative to the folders that are searched";
    if (*text == '/') {
        conf_error(p, text, "conf.value.path", mend, "the path \"%s\" is absolute", text);
        return false;
    }
    for (const char *at = text;; at++) {
        size_t size = strcspn(at, "/");
        if (size == 0 || (size == 1 && *at == '.') || (size == 2 && at[0] == '.' && at[1] == '.')) {
            conf_error(p, at, "conf.value.path", mend, "the path \"%s\" has %s in it", text,
                       size == 0   ? "an empty part"
                       : size == 1 ? "\".\""
                                   : "\"..\"");
            return false;
        }
        at += size;
        if (*at == '\0')
            return true;
    }
}

static bool is_field_byte(char c)
{
    return c > 0x20 && c < 0x7f && !strchr(".[]*=:;\"\\", c);
}

bool conf_field_path(struct conf_parse *p, const char *text, size_t size, bool is_key)
{
    const char *at = text, *end = text + size;
    for (;;) {
        const char *begin = at;
        while (at < end && is_field_byte(*at))
            at++;
        bool wildcard = at == begin && at < end && *at == '*';
        at += wildcard;
        while (at > begin && end - at >= 2 && at[0] == '[' && at[1] == ']')
            at += 2;
        bool fits = at > begin && (at == end || (*at == '.' && !wildcard));
        if (!fits) {
            const char *mend = "components joined by \".\", each may end in \"[]\", the last may be \"*\"";
            char found[32];
            (void)snprintf(found, sizeof found, "%s", at < end ? conf_byte_text(*at).text : "the end");
            if (is_key)
                conf_error_at(p, p->line, (uint32_t)(at - text) + 1, "conf.field.path", mend,
                              "%s cannot stand there in the field's path \"%.*s\"", found, (int)size, text);
            else
                conf_error(p, at, "conf.field.path", mend, "%s cannot stand there in the field's path \"%.*s\"", found,
                           (int)size, text);
            return false;
        }
        if (at == end)
            return true;
        at++;
    }
}

int conf_hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The escape at `at` (its backslash): the byte it stands for and the byte after it; NULL where it is none. */
static const char *escape(struct conf_parse *p, const char *at, char *out)
{
    static const char names[] = "\\\"nrt0", bytes[] = "\\\"\n\r\t";
    const char *found = at[1] ? strchr(names, at[1]) : NULL;
    if (found) {
        *out = bytes[found - names]; /* the last one is the terminator, \0 */
        return at + 2;
    }
    if (at[1] != 'x') {
        conf_error(p, at, "conf.value.escape", "the escapes are \\\\ \\\" \\n \\t \\r \\0 \\xNN", "unknown escape \\%c",
                   at[1] ? at[1] : ' ');
        return NULL;
    }
    for (size_t i = 2; i < 4; i++) {
        if (conf_hex_digit(at[i]) < 0) {
            conf_error(p, at[i] ? at + i : at, "conf.magic.hex", "\\x is followed by two of 0-9 a-f",
                       "\"\\x%.2s\" is not hexadecimal: found %s", at + 2,
                       at[i] ? conf_byte_text(at[i]).text : "the end");
            return NULL;
        }
    }
    *out = (char)(conf_hex_digit(at[2]) * 16 + conf_hex_digit(at[3]));
    return at + 4;
}

const char *conf_quoted(struct conf_parse *p, const char **at, bool as_text, size_t *size)
{
    const char *open = *at, *in = open + 1;
    char text[CONF_MAX_LINE + 1];
    size_t n = 0;
    while (*in && *in != '"') {
        const char *here = in;
        if (*in != '\\')
            text[n++] = *in++;
        else if (!(in = escape(p, in, &text[n++])))
            return NULL;
        if (as_text && text[n - 1] == '\0') {
            conf_error(p, here, "conf.value.nul", "", "a text cannot hold \\0");
            return NULL;
        }
    }
    if (*in != '"') {
        conf_error(p, open, "conf.value.quote", "end it with \", and write \\\" for a quote inside",
                   "the quote that opens here is not closed");
        return NULL;
    }
    *at = in + 1;
    *size = n;
    return conf_copy(p, text, n);
}
