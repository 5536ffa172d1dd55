/* SPDX-License-Identifier: MIT */
/* inih splits lines into sections, keys and values; this file watches what goes into it, line by line, so that nothing
 * is cut or merged unseen, and hands each value to the reader of its key. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config_parse.h"
#include "fields.h"
#include "nearest.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

__attribute__((format(printf, 6, 0))) static void add_error(struct conf_parse *p, uint32_t line, uint32_t column,
                                                            const char *rule, const char *mend, const char *fmt,
                                                            va_list ap)
{
    char message[640];
    (void)vsnprintf(message, sizeof message, fmt, ap);
    p->errors++;
    if (!findings_add(p->findings, FINDING_ERROR, rule, p->file, line, column, mend, "%s", message))
        p->no_memory = true;
}

void conf_error(struct conf_parse *p, const char *at, const char *rule, const char *mend, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_error(p, p->line, at ? p->column + (uint32_t)(at - p->value) : 1, rule, mend, fmt, ap);
    va_end(ap);
}

void conf_error_at(struct conf_parse *p, uint32_t line, uint32_t column, const char *rule, const char *mend,
                   const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_error(p, line, column, rule, mend, fmt, ap);
    va_end(ap);
}

void *conf_push(struct conf_parse *p, void *items_pointer, size_t *count, size_t size)
{
    char *items;
    memcpy(&items, items_pointer, sizeof items);
    size_t first = size > 100 ? 1 : size > 24 ? 2 : 4; /* few .confs have many of the large ones */
    bool full = *count == 0 || (*count >= first && (*count & (*count - 1)) == 0);
    if (full) {
        char *grown = arena_array(p->arena, *count ? *count * 2 : first, size);
        if (!grown) {
            p->no_memory = true;
            return NULL;
        }
        if (*count)
            memcpy(grown, items, *count * size);
        items = grown;
        memcpy(items_pointer, &items, sizeof items);
    }
    return items + (*count)++ * size;
}

const char *conf_copy(struct conf_parse *p, const char *text, size_t size)
{
    const char *copy = arena_strndup(p->arena, text, size);
    if (!copy)
        p->no_memory = true;
    return copy;
}

void conf_push_text(struct conf_parse *p, const char ***items, size_t *count, const char *text)
{
    if (!text)
        return;
    const char **slot = conf_push(p, items, count, sizeof **items);
    if (slot)
        *slot = text;
}

/* The byte after `from` at which inih begins an inline comment, or the end of the line. */
static size_t comment_start(const struct conf_parse *p, size_t from)
{
    for (size_t i = from + 1; i < p->text_size; i++) {
        if (p->text[i] == ';' && is_blank(p->text[i - 1]))
            return i;
    }
    return p->text_size;
}

static bool check_bytes(struct conf_parse *p)
{
    for (size_t i = 0; i < p->text_size; i++) {
        unsigned char c = (unsigned char)p->text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            conf_error_at(p, p->line, (uint32_t)i + 1, "conf.text.control", "write it as \\xNN inside quotes",
                          "the control character 0x%02x stands in the line", c);
            return false;
        }
    }
    if (utf8_valid(p->text, p->text_size))
        return true;
    size_t good = p->text_size;
    while (good > 0 && !utf8_valid(p->text, good))
        good--;
    conf_error_at(p, p->line, (uint32_t)good + 1, "conf.text.utf8", "save the file as UTF-8",
                  "the line is not valid UTF-8");
    return false;
}

static void begin_section(struct conf_parse *p, const char *name, size_t size)
{
    memcpy(p->section_name, name, size);
    p->section_name[size] = '\0';
    p->in_section = true;
    p->section_line = p->line;
    memset(p->key_seen, 0, sizeof p->key_seen);
    const char *blank = memchr(p->section_name, ' ', size);
    size_t word = blank ? (size_t)(blank - p->section_name) : size;
    for (size_t i = 0; conf_sections[i].name; i++) {
        const struct conf_section *s = &conf_sections[i];
        if (strlen(s->name) != word || memcmp(s->name, p->section_name, word) != 0)
            continue;
        if (s->has_label != (blank != NULL)) {
            conf_error_at(p, p->line, 2, "conf.section.label", "",
                          s->has_label ? "[%s] needs a label: [%s LABEL]" : "[%s] has no label: [%s]", s->name,
                          s->name);
            return;
        }
        if (p->section_seen[i] && !s->has_label) {
            conf_error_at(p, p->line, 2, "conf.section.repeated", "join the two",
                          "[%s] stands twice: it began in line %u", s->name, p->section_seen[i]);
            return;
        }
        p->section_seen[i] = p->line;
        p->section = s;
        if (s->begin)
            s->begin(p, blank ? blank + 1 : "");
        return;
    }
    p->section_name[word] = '\0';
    struct nearest near = {.word = p->section_name};
    for (size_t i = 0; conf_sections[i].name; i++)
        nearest_offer(&near, conf_sections[i].name);
    conf_error_at(p, p->line, 2, "conf.section.unknown", "",
                  near.best ? "there is no section [%s]: did you mean [%s]?" : "there is no section [%s]",
                  p->section_name, near.best);
}

static void end_section(struct conf_parse *p)
{
    const struct conf_section *s = p->section;
    if (!s)
        return;
    for (size_t i = 0; s->keys && s->keys[i].name; i++) {
        if (s->keys[i].required && !p->key_seen[i])
            conf_error_at(p, p->section_line, 1, "conf.key.missing", "", "[%s] lacks %s", p->section_name,
                          s->keys[i].name);
    }
    if (s->finish)
        s->finish(p);
    p->section = NULL;
}

static bool check_section(struct conf_parse *p)
{
    end_section(p);
    p->in_section = true; /* keys that follow a broken header are not "before the first section" */
    size_t limit = comment_start(p, 0);
    const char *close = memchr(p->text, ']', limit);
    if (!close) {
        conf_error_at(p, p->line, (uint32_t)limit + 1, "conf.section.open", "",
                      "\"]\" is missing at the end of the section's name");
        return false;
    }
    size_t size = (size_t)(close - p->text) - 1;
    for (size_t i = size + 2; i < limit; i++) {
        if (!is_blank(p->text[i])) {
            conf_error_at(p, p->line, (uint32_t)i + 1, "conf.section.after", "put it on a line of its own",
                          "text follows the section's name and would be dropped");
            return false;
        }
    }
    if (size > CONF_MAX_NAME) {
        conf_error_at(p, p->line, 2 + CONF_MAX_NAME, "conf.section.long", "",
                      "the section's name has %zu bytes, and it would be cut at %d", size, CONF_MAX_NAME);
        return false;
    }
    begin_section(p, p->text + 1, size);
    return true;
}

/* Would inih begin a comment inside of quotes? */
static bool check_quotes(struct conf_parse *p, size_t from)
{
    size_t limit = comment_start(p, from);
    if (limit == p->text_size)
        return true;
    bool open = false;
    for (size_t i = from; i < limit; i++) {
        if (p->text[i] == '\\' && open)
            i++;
        else if (p->text[i] == '"')
            open = !open;
    }
    if (!open || !memchr(p->text + limit, '"', p->text_size - limit))
        return true;
    conf_error_at(p, p->line, (uint32_t)limit + 1, "conf.comment.quoted", "write \\x3b for the \";\"",
                  "\";\" after a blank begins a comment, inside quotes too");
    return false;
}

static bool check_key(struct conf_parse *p)
{
    size_t limit = comment_start(p, 0);
    size_t at = 0;
    while (at < limit && p->text[at] != '=' && p->text[at] != ':')
        at++;
    if (at == limit) {
        conf_error_at(p, p->line, 1, "conf.line.form", "write key = value, or begin a comment with \";\"",
                      "this line is neither a section nor key = value");
        return false;
    }
    if (p->text[at] == ':') {
        conf_error_at(p, p->line, (uint32_t)at + 1, "conf.line.colon", "write \"=\"; a key cannot hold \":\"",
                      "\":\" stands where \"=\" is expected");
        return false;
    }
    size_t size = at;
    while (size > 0 && is_blank(p->text[size - 1]))
        size--;
    if (size == 0) {
        conf_error_at(p, p->line, 1, "conf.key.empty", "", "there is no key before \"=\"");
        return false;
    }
    if (size > CONF_MAX_NAME) {
        conf_error_at(p, p->line, CONF_MAX_NAME + 1, "conf.key.long", "",
                      "the key has %zu bytes, and it would be cut at %d", size, CONF_MAX_NAME);
        return false;
    }
    return check_quotes(p, at + 1);
}

/* May inih see this line? What it would cut, merge or drop is complained about here instead. */
static bool check_line(struct conf_parse *p, size_t room)
{
    size_t blanks = 0;
    while (blanks < p->text_size && is_blank(p->text[blanks]))
        blanks++;
    bool nothing = blanks == p->text_size || p->text[blanks] == ';' || p->text[blanks] == '#';
    if (p->text_size > CONF_MAX_LINE || p->text_size > room) {
        conf_error_at(p, p->line, CONF_MAX_LINE + 1, "conf.line.long",
                      nothing ? "break the comment into two lines"
                              : "shorten it; a key that may repeat adds a value with each line",
                      "the line has %zu bytes, and a line would break after %d", p->text_size, CONF_MAX_LINE);
        return false;
    }
    if (!check_bytes(p))
        return false;
    if (nothing)
        return false;
    if (blanks > 0) {
        conf_error_at(p, p->line, (uint32_t)blanks + 1, "conf.line.indented", "begin it in the first column",
                      "the line is indented, and would be read as more of the line before");
        return false;
    }
    return p->text[0] == '[' ? check_section(p) : check_key(p);
}

/* fgets for inih: one line of the file a call, or an empty one in place of what it must not see. */
static char *read_line(char *line, int size, void *stream)
{
    struct conf_parse *p = stream;
    if (p->at == p->end || size < 2)
        return NULL;
    const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
    p->text = p->at;
    p->text_size = (size_t)((newline ? newline : p->end) - p->at);
    p->at = newline ? newline + 1 : p->end;
    p->line++;
    if (p->text_size > 0 && p->text[p->text_size - 1] == '\r')
        p->text_size--;
    size_t n = 0;
    if (check_line(p, (size_t)size - 2)) {
        n = p->text_size;
        memcpy(line, p->text, n);
    }
    line[n] = '\n';
    line[n + 1] = '\0';
    return line;
}

static void set_known(struct conf_parse *p, const char *name, const char *value)
{
    for (size_t i = 0; p->section->keys[i].name; i++) {
        const struct conf_key *key = &p->section->keys[i];
        if (strcmp(key->name, name) != 0)
            continue;
        if (p->key_seen[i] && !key->repeats) {
            conf_error(p, NULL, "conf.key.repeated", "keep one of the two", "%s stands twice: it was set in line %u",
                       name, p->key_seen[i]);
            return;
        }
        p->key_seen[i] = p->line;
        key->set(p, value);
        return;
    }
    struct nearest near = {.word = name};
    for (size_t i = 0; p->section->keys[i].name; i++)
        nearest_offer(&near, p->section->keys[i].name);
    conf_error(p, NULL, "conf.key.unknown", "",
               near.best ? "[%s] has no key %s: did you mean %s?" : "[%s] has no key %s", p->section->name, name,
               near.best);
}

/* inih's handler. Non-zero: go on; what is wrong is remembered as findings. */
static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    struct conf_parse *p = user;
    if (!p->in_section)
        conf_error(p, NULL, "conf.key.early", "begin with [plugin]", "%s stands before the first section", name);
    if (!p->section)
        return 1;
    assert(strcmp(section, p->section_name) == 0);
    (void)section;
    const char *equals = memchr(p->text, '=', p->text_size);
    size_t from = equals ? (size_t)(equals - p->text) + 1 : 0;
    while (from < p->text_size && is_blank(p->text[from]))
        from++;
    p->value = value;
    p->column = (uint32_t)from + 1;
    if (*value == '\0')
        conf_error(p, value, "conf.value.empty", "give it one, or remove the line", "%s has no value", name);
    else if (p->section->set_any)
        p->section->set_any(p, name, value);
    else
        set_known(p, name, value);
    return 1;
}

void conf_blank(struct conf *out, const char *name)
{
    *out = (struct conf){
        .name = name,
        .summary = "",
        .domain = name,
        .kind = CONF_EXTRACTOR,
        .enabled = true,
        .by_default = true,
        .time_ms = 10000,
        .memory = 256u << 20,
        .stream_bytes = 8u << 20,
        .output_bytes = 16u << 20,
        .artifact_bytes = 64u << 20,
        .artifact_most = 1000,
        .map = {.to = "", .cost = 10, .predicate = "", .inverse = ""},
    };
}

/* What only the whole file can tell. */
static void check_whole(struct conf_parse *p)
{
    struct conf *c = p->conf;
    uint32_t line = p->section_seen[0] ? p->section_seen[0] : 1;
    if (!p->section_seen[0])
        conf_error_at(p, 1, 1, "conf.section.missing", "every .conf has [plugin] with name, version, kind and module; one that overrides another replaces all of it",
                      "there is no section [plugin]");
    else if (c->kind && c->kind != CONF_TYPES && !c->module)
        conf_error_at(p, line, 1, "conf.key.missing", "", "[plugin] lacks module");
    else if (c->kind == CONF_TYPES && c->module)
        conf_error_at(p, line, 1, "conf.key.kind", "remove it, or declare another kind",
                      "a plugin of kind = types has no module");
    if (c->kind == CONF_TYPES && (c->match_type_count || c->need_count || c->field_count || c->stream_count))
        conf_error_at(p, line, 1, "conf.section.kind", "keep [plugin], [type …] and [namespace …] only",
                      "kind = types declares types and namespaces, and nothing else");
    if (!*c->summary && !findings_add(p->findings, FINDING_WARNING, "conf.plugin.summary", p->file, line, 1,
                                      "say in one line what it reads", "[plugin] lacks summary"))
        p->no_memory = true;
    conf_resources_finish(p);
    conf_maps_finish(p);
    conf_needs_finish(p);
}

int conf_parse(const char *file, const char *data, size_t size, struct arena *arena, struct conf *out,
               struct findings *findings)
{
    struct conf conf;
    conf_blank(&conf, NULL);
    conf.kind = 0;
    struct conf_parse p = {
        .file = file,
        .arena = arena,
        .conf = &conf,
        .findings = findings,
        .at = data,
        .end = data + size,
    };
    if (size > CONF_MAX_FILE) {
        conf_error_at(&p, 0, 0, "conf.file.large", "", "the file has %zu bytes; at most %d are read", size,
                      CONF_MAX_FILE);
        return p.no_memory ? -ENOMEM : -EINVAL;
    }
    if (size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
        p.at += 3;
    /* inih returns the line of the first error of its own; it sees only lines that were checked. */
    int rc = size > 0 ? ini_parse_stream(read_line, &p, on_pair, &p) : 0;
    if (rc != 0)
        conf_error_at(&p, rc > 0 ? (uint32_t)rc : 0, 0, "conf.line.form", "", "the line cannot be read");
    end_section(&p);
    check_whole(&p);
    if (p.no_memory)
        return -ENOMEM;
    if (p.errors > 0)
        return -EINVAL;
    if (!conf.domain)
        conf.domain = conf.name;
    *out = conf;
    return 0;
}
