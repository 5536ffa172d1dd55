/* SPDX-License-Identifier: MIT */
/* What the parts of the .conf reader share: where they are, and how values are read and complained about. */
#ifndef HOST_CONFIG_PARSE_H
#define HOST_CONFIG_PARSE_H

#include "config.h"

enum { CONF_SECTIONS_MAX = 16, CONF_KEYS_MAX = 16 };

struct conf_parse {
    const char *file;
    struct arena *arena;
    struct conf *conf;
    struct findings *findings;
    size_t errors;
    bool no_memory;

    const char *at, *end; /* bytes not read yet */
    uint32_t line;        /* the line that inih was given last, without its newline */
    const char *text;
    size_t text_size;

    const struct conf_section *section; /* NULL: before the first, or in one that was refused */
    bool in_section;
    char section_name[CONF_MAX_NAME + 1];
    uint32_t section_line;
    uint32_t section_seen[CONF_SECTIONS_MAX]; /* line of each section that stood already */
    uint32_t key_seen[CONF_KEYS_MAX];         /* line of each key that stood already in this section */
    uint32_t priority;                        /* of the present [type]'s magics */

    const char *unique; /* of the present [resource], looked up at its end; NULL: none */
    uint32_t unique_line, unique_column;

    const char *value; /* the value being read: inih's copy of it */
    uint32_t column;   /* of its first byte */
};

/* A key that a section knows, and what to do with its value. */
struct conf_key {
    const char *name;
    bool repeats, required;
    void (*set)(struct conf_parse *p, const char *value);
};
struct conf_section {
    const char *name;
    bool has_label;
    const struct conf_key *keys; /* ends with a NULL name; NULL: any key, through set_any */
    void (*set_any)(struct conf_parse *p, const char *key, const char *value);
    void (*begin)(struct conf_parse *p, const char *label);
    void (*finish)(struct conf_parse *p);
};
extern const struct conf_section conf_sections[]; /* ends with a NULL name */

/* Findings. `at` is a byte of the present value; NULL stands for the key. */
void conf_error(struct conf_parse *p, const char *at, const char *rule, const char *mend, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void conf_error_at(struct conf_parse *p, uint32_t line, uint32_t column, const char *rule, const char *mend,
                   const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* The new last element of *items, zeroed; NULL when memory is short, which is remembered. */
void *conf_push(struct conf_parse *p, void *items_pointer, size_t *count, size_t size);
const char *conf_copy(struct conf_parse *p, const char *text, size_t size);
void conf_push_text(struct conf_parse *p, const char ***items, size_t *count, const char *text);

/* A byte of a value as it can be printed in a message: 'x' or 0x1f. */
struct conf_byte { char text[8]; };
struct conf_byte conf_byte_text(char c);

/* Values (config_value.c). Each reads all of `text`, or complains and returns false or NULL. */
bool conf_yes_no(struct conf_parse *p, const char *text, bool *out);
bool conf_choice(struct conf_parse *p, const char *text, const char *const *choices, size_t *out);
bool conf_number(struct conf_parse *p, const char *text, uint32_t least, uint32_t most, uint32_t *out);
bool conf_size(struct conf_parse *p, const char *text, uint64_t least, uint64_t most, uint64_t *out);
bool conf_time(struct conf_parse *p, const char *text, uint32_t *out_ms);
bool conf_version_value(struct conf_parse *p, const char *text, size_t size, int least_parts, struct conf_version *out);
bool conf_plugin_name(struct conf_parse *p, const char *text, size_t size);
const char *conf_media(struct conf_parse *p, const char *text, bool patterns);
bool conf_relative_path(struct conf_parse *p, const char *text);
bool conf_field_path(struct conf_parse *p, const char *text, size_t size, bool is_key);
/* What stands in quotes at *at, which is moved behind the closing one; may hold NUL unless `as_text`. */
const char *conf_quoted(struct conf_parse *p, const char **at, bool as_text, size_t *size);

int conf_hex_digit(char c); /* 0..15, or -1 */
const char *conf_skip_blanks(const char *text);
const char *conf_word_end(const char *text); /* the first blank, or the end */

/* The sections of config_type.c and config_needs.c. */
extern const struct conf_key conf_type_keys[], conf_match_keys[], conf_needs_keys[];
void conf_type_begin(struct conf_parse *p, const char *label);
void conf_type_finish(struct conf_parse *p);
void conf_fields_any(struct conf_parse *p, const char *key, const char *value);
void conf_fields_finish(struct conf_parse *p);
/* config_resource.c */
extern const struct conf_key conf_resource_keys[];
void conf_resource_begin(struct conf_parse *p, const char *label);
void conf_resource_finish(struct conf_parse *p);
void conf_resources_finish(struct conf_parse *p); /* once, at the end of the file */
/* config_map.c */
extern const struct conf_key conf_map_keys[], conf_namespace_keys[];
void conf_map_begin(struct conf_parse *p, const char *label);
void conf_namespace_begin(struct conf_parse *p, const char *label);
void conf_namespace_finish(struct conf_parse *p);
void conf_maps_finish(struct conf_parse *p); /* once, at the end of the file, before conf_needs_finish */
void conf_needs_finish(struct conf_parse *p); /* once, at the end of the file */

#endif
