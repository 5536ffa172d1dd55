/* SPDX-License-Identifier: MIT */
/* [type LABEL]: how a type is recognised. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_parse.h"

static struct conf_type *present(struct conf_parse *p)
{
    return &p->conf->types[p->conf->type_count - 1];
}

void conf_type_begin(struct conf_parse *p, const char *label)
{
    struct conf_type *t = NULL;
    size_t size = strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789_.+-");
    if (size == 0 || label[size])
        conf_error_at(p, p->line, (uint32_t)(7 + size), "conf.section.label", "a label has a-z 0-9 _ . + -",
                      "[type %s] has no usable label", label);
    for (size_t i = 0; i < p->conf->type_count; i++) {
        if (p->conf->types[i].label && strcmp(p->conf->types[i].label, label) == 0)
            conf_error_at(p, p->line, 2, "conf.section.repeated", "give each [type] a label of its own",
                          "[type %s] stands twice: it began in line %u", label, p->conf->types[i].line);
    }
    t = conf_push(p, &p->conf->types, &p->conf->type_count, sizeof *t);
    if (!t) {
        p->section = NULL; /* without memory for it, its keys cannot be kept */
        return;
    }
    t->label = conf_copy(p, label, strlen(label));
    t->line = p->line;
    p->priority = 50;
}

void conf_type_finish(struct conf_parse *p)
{
    struct conf_type *t = present(p);
    for (size_t i = 0; i < t->magic_count; i++)
        t->magics[i].priority = p->priority;
}

static void set_media(struct conf_parse *p, const char *value)
{
    present(p)->media = conf_media(p, value, false);
}

static void set_parent(struct conf_parse *p, const char *value)
{
    conf_push_text(p, &present(p)->parents, &present(p)->parent_count, conf_media(p, value, false));
}

static void set_alias(struct conf_parse *p, const char *value)
{
    conf_push_text(p, &present(p)->aliases, &present(p)->alias_count, conf_media(p, value, false));
}

static void set_priority(struct conf_parse *p, const char *value)
{
    (void)conf_number(p, value, 0, 100, &p->priority);
}

static void set_text(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &present(p)->text);
}

static void set_embedded(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &present(p)->embedded);
}

/* A decimal or 0x hexadecimal number, perhaps negative, that ends at a blank, at ".." or at the end. */
static bool read_offset(struct conf_parse *p, const char **at, int64_t *out)
{
    const char *in = *at;
    bool negative = *in == '-';
    in += negative;
    bool hex = in[0] == '0' && (in[1] == 'x' || in[1] == 'X');
    in += hex ? 2 : 0;
    int64_t value = 0;
    const char *begin = in;
    for (; *in && *in != ' ' && *in != '\t' && !(in[0] == '.' && in[1] == '.'); in++) {
        int digit = conf_hex_digit(*in);
        if (digit < 0 || (!hex && digit > 9)) {
            if (hex)
                conf_error(p, in, "conf.magic.hex", "after 0x stand 0-9 a-f", "\"%.*s\" is not hexadecimal: found %s",
                           (int)(conf_word_end(in) - *at), *at, conf_byte_text(*in).text);
            else
                conf_error(p, in, "conf.magic.offset", "", "expected an offset, found %s", conf_byte_text(*in).text);
            return false;
        }
        value = value * (hex ? 16 : 10) + digit;
        if (value > CONF_MAGIC_FAR) {
            conf_error(p, *at, "conf.magic.offset", "", "only the first %d and the last %d bytes are looked at",
                       CONF_MAGIC_FAR, CONF_MAGIC_TAIL);
            return false;
        }
    }
    if (in == begin) {
        conf_error(p, in, "conf.magic.offset", "", "expected an offset");
        return false;
    }
    if (negative && value == 0) {
        conf_error(p, *at, "conf.magic.offset", "", "-0 is behind the last byte");
        return false;
    }
    *out = negative ? -value : value;
    *at = in;
    return true;
}

/* Bytes in pairs of hexadecimal digits, up to a blank, a "/" or the end. */
static const char *read_hex(struct conf_parse *p, const char **at, size_t *size)
{
    char bytes[CONF_MAX_LINE];
    const char *in = *at;
    size_t n = 0;
    for (; *in && *in != ' ' && *in != '\t' && *in != '/'; in++, n++) {
        int digit = conf_hex_digit(*in);
        if (digit < 0) {
            conf_error(p, in, "conf.magic.hex", "pairs of 0-9 a-f", "the pattern is not hexadecimal: found %s",
                       conf_byte_text(*in).text);
            return NULL;
        }
        bytes[n / 2] = (char)(n % 2 ? bytes[n / 2] | digit : digit << 4);
    }
    if (n == 0 || n % 2) {
        conf_error(p, in, "conf.magic.hex", "each byte is two digits",
                   n ? "the pattern has an odd number of hexadecimal digits" : "expected hexadecimal digits");
        return NULL;
    }
    *at = in;
    *size = n / 2;
    return conf_copy(p, bytes, n / 2);
}

static const char *read_pattern(struct conf_parse *p, const char **at, bool *hex, size_t *size)
{
    *hex = strncmp(*at, "hex:", 4) == 0;
    if (*hex) {
        *at += 4;
        return read_hex(p, at, size);
    }
    if (**at == '"')
        return conf_quoted(p, at, false, size);
    if (strncmp(*at, "0x", 2) == 0) {
        const char *digit = *at + 2;
        while (conf_hex_digit(*digit) >= 0)
            digit++;
        bool bad = *digit && *digit != ' ' && *digit != '\t';
        conf_error(p, bad ? digit : *at, "conf.magic.hex", "write hex: and pairs of digits: hex:ffd8ff",
                   bad ? "\"%.*s\" is not hexadecimal: found %s" : "the pattern \"%.*s\" begins with 0x%.0s",
                   (int)strcspn(*at, " \t"), *at, conf_byte_text(*digit).text);
        return NULL;
    }
    conf_error(p, *at, "conf.magic.pattern", "write \"text\" or hex:DIGITS", "expected a pattern%s%s",
               **at ? ", found " : "", **at ? conf_byte_text(**at).text : "");
    return NULL;
}

/* What stands after a pattern's "/". */
static const char *read_mask(struct conf_parse *p, const char **at, bool hex, size_t size)
{
    size_t mask_size;
    const char *begin = ++*at, *mask;
    if (hex)
        mask = read_hex(p, at, &mask_size);
    else if (**at == '"')
        mask = conf_quoted(p, at, false, &mask_size);
    else {
        conf_error(p, *at, "conf.magic.mask",
                   "a quoted pattern's mask is quoted, a hex: pattern's is hexadecimal digits",
                   "expected a mask after \"/\"");
        return NULL;
    }
    if (mask && mask_size != size) {
        conf_error(p, begin, "conf.magic.mask", "", "the mask has %zu bytes, the pattern %zu", mask_size, size);
        return NULL;
    }
    return mask;
}

bool conf_magic_fits(const struct conf_magic *m)
{
    int64_t begin = INT64_MAX, end = 0;
    bool tail = false;
    for (size_t i = 0; i < m->part_count; i++) {
        const struct conf_magic_part *p = &m->parts[i];
        int64_t size = (int64_t)p->size;
        if (p->size == 0 || p->size > CONF_PATTERN_MAX || p->first > p->last || p->first < -CONF_MAGIC_TAIL ||
            p->last > CONF_MAGIC_FAR || (p->first < 0 && p->last + size > 0))
            return false;
        tail |= p->first < 0;
        if (!conf_magic_part_is_far(p))
            continue;
        if (p->first != p->last || p->first + size > CONF_MAGIC_FAR)
            return false;
        begin = p->first < begin ? p->first : begin;
        end = p->first + size > end ? p->first + size : end;
    }
    return m->part_count > 0 && m->part_count <= CONF_MAGIC_PARTS && (end == 0 || (!tail && end - begin <= CONF_MAGIC_BLOCK));
}

static bool within_reach(struct conf_parse *p, const char *at, struct conf_magic_part *part)
{
    if ((part->first < 0) != (part->last < 0) || part->last < part->first) {
        conf_error(p, at, "conf.magic.offset", "",
                   "a range goes from a smaller offset to a larger one on the same side");
        return false;
    }
    if (conf_magic_fits(&(const struct conf_magic){.parts = part, .part_count = 1}))
        return true;
    if (part->first != part->last && part->first >= 0)
        conf_error(p, at, "conf.magic.offset", "give one offset",
                   "a range is looked at in the first %d bytes alone, and the pattern of %zu bytes may lie beyond them",
                   CONF_MAGIC_HEAD, part->size);
    else
        conf_error(
            p, at, "conf.magic.offset", "",
            "only the first %d and the last %d bytes are looked at, and the pattern of %zu bytes does not lie in them",
            CONF_MAGIC_FAR, CONF_MAGIC_TAIL, part->size);
    return false;
}

static bool read_part(struct conf_parse *p, const char **at, struct conf_magic_part *part)
{
    const char *begin = *at;
    if (!read_offset(p, at, &part->first))
        return false;
    part->last = part->first;
    if (**at == '.') {
        *at += 2;
        if (!read_offset(p, at, &part->last))
            return false;
    }
    *at = conf_skip_blanks(*at);
    bool hex;
    const char *pattern_at = *at, *bytes = read_pattern(p, at, &hex, &part->size);
    if (!bytes)
        return false;
    if (part->size == 0) {
        conf_error(p, pattern_at, "conf.magic.pattern", "", "the pattern is empty");
        return false;
    }
    const char *next = conf_skip_blanks(*at), *mask = NULL;
    if (*next == '/') {
        *at = next;
        mask = read_mask(p, at, hex, part->size);
        if (!mask)
            return false;
    }
    char *masked = arena_dup(p->arena, bytes, part->size);
    if (!masked) {
        p->no_memory = true;
        return false;
    }
    for (size_t i = 0; mask && i < part->size; i++)
        masked[i] = (char)(masked[i] & mask[i]);
    part->bytes = (const unsigned char *)masked;
    part->mask = (const unsigned char *)mask;
    return within_reach(p, begin, part);
}

static void set_magic(struct conf_parse *p, const char *value)
{
    struct conf_magic magic = {.line = p->line};
    for (const char *at = value;;) {
        struct conf_magic_part part = {0};
        if (!read_part(p, &at, &part))
            return;
        struct conf_magic_part *slot = conf_push(p, &magic.parts, &magic.part_count, sizeof *slot);
        if (!slot)
            return;
        *slot = part;
        at = conf_skip_blanks(at);
        if (*at == '\0')
            break;
        if (*at != '&' || magic.part_count == CONF_MAGIC_PARTS) {
            conf_error(p, at, "conf.magic.part", "",
                       *at == '&' ? "more than %d parts"
                                  : "expected \"&\" and another part, or the end (at most %d parts)",
                       CONF_MAGIC_PARTS);
            return;
        }
        at = conf_skip_blanks(at + 1);
    }
    if (!conf_magic_fits(&magic)) {
        conf_error(p, value, "conf.magic.offset", "",
                   "what lies beyond the first %d bytes has to lie within %d bytes, without a part at the end of the file",
                   CONF_MAGIC_HEAD, CONF_MAGIC_BLOCK);
        return;
    }
    struct conf_magic *slot = conf_push(p, &present(p)->magics, &present(p)->magic_count, sizeof *slot);
    if (slot)
        *slot = magic;
}

static bool glob_well_formed(struct conf_parse *p, const char *text, const char *end)
{
    for (const char *at = text; at < end; at++) {
        if (*at == '/') {
            conf_error(p, at, "conf.glob.slash", "", "a glob is matched against the base name, which has no \"/\"");
            return false;
        }
        if (*at != '[')
            continue;
        const char *in = at + 1;
        in += in < end && *in == '!';
        in += in < end && *in == ']'; /* a first "]" is one of the set (POSIX.1-2017 XCU 2.13.1) */
        while (in < end && *in != ']')
            in++;
        if (in >= end) {
            conf_error(p, at, "conf.glob.set", "", "the \"[\" has no \"]\"");
            return false;
        }
        at = in;
    }
    return true;
}

static void set_glob(struct conf_parse *p, const char *value)
{
    const char *end = conf_word_end(value);
    struct conf_glob glob = {.weight = 50, .line = p->line};
    if (!glob_well_formed(p, value, end))
        return;
    for (const char *at = conf_skip_blanks(end); *at; at = conf_skip_blanks(conf_word_end(at))) {
        size_t size = (size_t)(conf_word_end(at) - at);
        if (size == 4 && memcmp(at, "case", 4) == 0) {
            glob.case_sensitive = true;
        } else if (size == 6 && memcmp(at, "weight", 6) == 0) {
            at = conf_skip_blanks(at + size);
            const char *word = conf_copy(p, at, (size_t)(conf_word_end(at) - at));
            const char *kept = p->value;
            uint32_t column = p->column;
            p->column += (uint32_t)(at - p->value);
            p->value = word; /* columns are counted in the copy */
            bool fits = word && conf_number(p, word, 0, 100, &glob.weight);
            p->value = kept;
            p->column = column;
            if (!fits)
                return;
        } else {
            conf_error(p, at, "conf.glob.word", "", "expected \"case\" or \"weight N\", found \"%.*s\"", (int)size, at);
            return;
        }
    }
    char *pattern = arena_strndup(p->arena, value, (size_t)(end - value));
    for (char *c = pattern; c && *c && !glob.case_sensitive; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    }
    glob.pattern = pattern;
    struct conf_glob *slot = pattern ? conf_push(p, &present(p)->globs, &present(p)->glob_count, sizeof *slot) : NULL;
    if (slot)
        *slot = glob;
    else
        p->no_memory = true;
}

static void set_root(struct conf_parse *p, const char *value)
{
    const char *end = conf_word_end(value), *space = conf_skip_blanks(end), *after = conf_word_end(space);
    if (*conf_skip_blanks(after)) {
        conf_error(p, conf_skip_blanks(after), "conf.root.word", "",
                   "expected an element's name and at most one namespace");
        return;
    }
    if (strcspn(value, "<>:\"&") < (size_t)(end - value)) {
        conf_error(p, value, "conf.root.name", "give the local name, and the namespace after it",
                   "\"%.*s\" is no local name of an element", (int)(end - value), value);
        return;
    }
    char *root = arena_printf(p->arena, "%.*s%s%s", (int)(end - value), value, *space ? " " : "", space);
    if (!root)
        p->no_memory = true;
    conf_push_text(p, &present(p)->roots, &present(p)->root_count, root);
}

const struct conf_key conf_type_keys[] = {
    {"media", .required = true, .set = set_media},
    {"parent", .repeats = true, .set = set_parent},
    {"alias", .repeats = true, .set = set_alias},
    {"priority", .set = set_priority},
    {"magic", .repeats = true, .set = set_magic},
    {"glob", .repeats = true, .set = set_glob},
    {"root", .repeats = true, .set = set_root},
    {"text", .set = set_text},
    {"embedded", .set = set_embedded},
    {0},
};
