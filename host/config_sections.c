/* SPDX-License-Identifier: MIT */
/* [plugin], [produces], [limits], [companions], [resources], [options], [module], and the table of all sections. */
#include <string.h>

#include "config_parse.h"

static void set_name(struct conf_parse *p, const char *value)
{
    (void)conf_plugin_name(p, value, strlen(value));
    p->conf->name = conf_copy(p, value, strlen(value));
}

static void set_version(struct conf_parse *p, const char *value)
{
    (void)conf_version_value(p, value, strlen(value), 3, &p->conf->version);
}

static void set_kind(struct conf_parse *p, const char *value)
{
    static const char *const kinds[] = {"extractor", "mapper", "types", NULL};
    size_t i;
    if (conf_choice(p, value, kinds, &i))
        p->conf->kind = (enum conf_kind)(CONF_EXTRACTOR + i);
}

static void set_module(struct conf_parse *p, const char *value)
{
    size_t size = strlen(value);
    if (conf_relative_path(p, value) && (size < 4 || strcmp(value + size - 3, ".so") != 0))
        conf_error(p, value, "conf.plugin.module", "", "expected a file whose name ends in .so, found \"%s\"", value);
    p->conf->module = conf_copy(p, value, size);
}

static void set_summary(struct conf_parse *p, const char *value)
{
    const char *text = conf_copy(p, value, strlen(value));
    if (text)
        p->conf->summary = text;
}

static void set_domain(struct conf_parse *p, const char *value)
{
    if (conf_plugin_name(p, value, strlen(value)))
        p->conf->domain = conf_copy(p, value, strlen(value));
}

const char *const conf_isolation_names[] = {"domain", "plugin", "job", NULL};

static void set_isolation(struct conf_parse *p, const char *value)
{
    size_t i;
    if (conf_choice(p, value, conf_isolation_names, &i))
        p->conf->isolation = (enum conf_isolation)i;
}

static void set_enabled(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->enabled);
}

static void set_default(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->by_default);
}

static void set_stream(struct conf_parse *p, const char *value)
{
    conf_push_text(p, &p->conf->streams, &p->conf->stream_count, conf_media(p, value, true));
}

static void set_refine(struct conf_parse *p, const char *value)
{
    conf_push_text(p, &p->conf->refines, &p->conf->refine_count, conf_media(p, value, true));
}

static void set_artifact(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->artifacts);
}

static void set_time(struct conf_parse *p, const char *value)
{
    (void)conf_time(p, value, &p->conf->time_ms);
}

static void set_memory(struct conf_parse *p, const char *value)
{
    (void)conf_size(p, value, 1u << 20, (uint64_t)64 << 30, &p->conf->memory);
}

static void set_stream_bytes(struct conf_parse *p, const char *value)
{
    (void)conf_size(p, value, 4096, (uint64_t)4 << 30, &p->conf->stream_bytes);
}

static void set_output_bytes(struct conf_parse *p, const char *value)
{
    (void)conf_size(p, value, 1024, 256u << 20, &p->conf->output_bytes);
}

static void set_artifact_bytes(struct conf_parse *p, const char *value)
{
    (void)conf_size(p, value, 4096, (uint64_t)64 << 30, &p->conf->artifact_bytes);
}

static void set_artifact_most(struct conf_parse *p, const char *value)
{
    (void)conf_number(p, value, 1, 1000000, &p->conf->artifact_most);
}

/* LABEL = VALUE, where a label stands once. NULL where it stood already. */
static struct conf_pair *add_pair(struct conf_parse *p, struct conf_pair **items, size_t *count, const char *key)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*items)[i].key, key) == 0) {
            conf_error(p, NULL, "conf.key.repeated", "keep one of the two", "%s stands twice: it was set in line %u",
                       key, (*items)[i].line);
            return NULL;
        }
    }
    const char *copy = conf_copy(p, key, strlen(key));
    struct conf_pair *pair = copy ? conf_push(p, items, count, sizeof *pair) : NULL;
    if (pair)
        *pair = (struct conf_pair){.key = copy, .value = "", .line = p->line};
    return pair;
}

static void set_pair_value(struct conf_parse *p, struct conf_pair *pair, const char *value)
{
    const char *copy = conf_copy(p, value, strlen(value));
    if (copy)
        pair->value = copy;
}

/* A file name made of {stem}, {name}, {dir} and other text. */
static bool companion_pattern(struct conf_parse *p, const char *value)
{
    for (const char *at = value; *at; at++) {
        size_t size = strcspn(at, "}") + 1;
        bool known = strncmp(at, "{stem}", 6) == 0 || strncmp(at, "{name}", 6) == 0 || strncmp(at, "{dir}", 5) == 0;
        if (*at == '/' || *at == '}' || (*at == '{' && !known)) {
            conf_error(p, at, "conf.companion.pattern", "a file's name beside the source, with {stem}, {name} or {dir}",
                       "%s cannot stand there", conf_byte_text(*at).text);
            return false;
        }
        if (known)
            at += size - 1;
    }
    return true;
}

static void companions_any(struct conf_parse *p, const char *key, const char *value)
{
    struct conf_pair *pair = add_pair(p, &p->conf->companions, &p->conf->companion_count, key);
    if (pair && companion_pattern(p, value))
        set_pair_value(p, pair, value);
}

static void resources_any(struct conf_parse *p, const char *key, const char *value)
{
    struct conf_pair *pair = add_pair(p, &p->conf->resources, &p->conf->resource_count, key);
    /* Whether this .conf may name an absolute path depends on where it was found: the registry knows. */
    if (pair && (*value == '/' || conf_relative_path(p, value)))
        set_pair_value(p, pair, value);
}

static void options_any(struct conf_parse *p, const char *key, const char *value)
{
    struct conf_pair *pair = add_pair(p, &p->conf->options, &p->conf->option_count, key);
    if (!pair)
        return;
    if (*value != '"') {
        set_pair_value(p, pair, value);
        return;
    }
    size_t size;
    const char *at = value, *text = conf_quoted(p, &at, true, &size);
    if (text && *at)
        conf_error(p, at, "conf.value.quote", "write \\\" for a quote inside of quotes",
                   "text follows the closing quote");
    if (text)
        pair->value = text;
}

static void set_constructors(struct conf_parse *p, const char *value)
{
    (void)conf_yes_no(p, value, &p->conf->constructors);
}

/* waive = RULE because REASON */
static void set_waive(struct conf_parse *p, const char *value)
{
    const char *end = conf_word_end(value), *because = conf_skip_blanks(end),
               *reason = conf_skip_blanks(because + strcspn(because, " \t"));
    if (strncmp(because, "because", 7) != 0 || because + 7 != conf_word_end(because) || *reason == '\0') {
        conf_error(p, because, "conf.module.waive", "waive = RULE because REASON",
                   "a waiver gives its reason after \"because\"");
        return;
    }
    struct conf_pair *pair = conf_push(p, &p->conf->waivers, &p->conf->waiver_count, sizeof *pair);
    if (pair)
        *pair = (struct conf_pair){conf_copy(p, value, (size_t)(end - value)), conf_copy(p, reason, strlen(reason)),
                                   p->line};
}

static void set_library(struct conf_parse *p, const char *value)
{
    if (strpbrk(value, "/$ \t")) {
        conf_error(p, strpbrk(value, "/$ \t"), "conf.module.library", "", "expected a base name such as libfoo.so.1");
        return;
    }
    conf_push_text(p, &p->conf->libraries, &p->conf->library_count, conf_copy(p, value, strlen(value)));
}

static const struct conf_key plugin_keys[] = {
    {"name", .required = true, .set = set_name},
    {"version", .required = true, .set = set_version},
    {"kind", .required = true, .set = set_kind},
    {"module", .set = set_module},
    {"summary", .set = set_summary},
    {"domain", .set = set_domain},
    {"isolation", .set = set_isolation},
    {"enabled", .set = set_enabled},
    {"default", .set = set_default},
    {0},
};
static const struct conf_key produces_keys[] = {
    {"stream", .repeats = true, .set = set_stream},
    {"refine", .repeats = true, .set = set_refine},
    {"artifact", .set = set_artifact},
    {0},
};
static const struct conf_key limits_keys[] = {
    {"time", .set = set_time},
    {"memory", .set = set_memory},
    {"stream", .set = set_stream_bytes},
    {"output", .set = set_output_bytes},
    {"artifact", .set = set_artifact_bytes},
    {"artifacts", .set = set_artifact_most},
    {0},
};
static const struct conf_key module_keys[] = {
    {"constructors", .set = set_constructors},
    {"waive", .repeats = true, .set = set_waive},
    {"library", .repeats = true, .set = set_library},
    {0},
};

/* [plugin] is the first: conf_parse looks for it there. */
const struct conf_section conf_sections[] = {
    {"plugin", .keys = plugin_keys},
    {"type", .has_label = true, .keys = conf_type_keys, .begin = conf_type_begin, .finish = conf_type_finish},
    {"match", .keys = conf_match_keys},
    {"needs", .keys = conf_needs_keys},
    {"produces", .keys = produces_keys},
    {"fields", .set_any = conf_fields_any, .finish = conf_fields_finish},
    {"limits", .keys = limits_keys},
    {"companions", .set_any = companions_any},
    {"resources", .set_any = resources_any},
    {"resource",
     .has_label = true,
     .keys = conf_resource_keys,
     .begin = conf_resource_begin,
     .finish = conf_resource_finish},
    {"options", .set_any = options_any},
    {"map", .keys = conf_map_keys, .begin = conf_map_begin},
    {"namespace",
     .has_label = true,
     .keys = conf_namespace_keys,
     .begin = conf_namespace_begin,
     .finish = conf_namespace_finish},
    {"module", .keys = module_keys},
    {0},
};
