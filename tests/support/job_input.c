/* SPDX-License-Identifier: MIT */
#include "job_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void job_input_release(struct job_input *in)
{
    struct buf *parts[INPUT_PARTS];
    for (size_t i = job_input_parts(in, parts); i-- > 0;)
        buf_release(parts[i]);
}

size_t job_input_parts(struct job_input *in, struct buf *parts[INPUT_PARTS])
{
    size_t n = 0;
    parts[n++] = &in->source;
    parts[n++] = &in->needs;
    for (size_t i = 0; i < in->companion_count; i++)
        parts[n++] = &in->companions[i].data;
    return n;
}

/* ---- as a file ---- */

static const struct conf *conf_of(const struct registry *r, const char *plugin)
{
    const struct plugin *p = registry_find(r, plugin);
    return p ? &p->conf : NULL;
}

void job_input_write(const struct registry *r, const struct job_input *in, struct buf *out)
{
    const struct conf *c = conf_of(r, in->plugin);
    buf_addf(out, "%s\t%s\t%s\t%zu", in->plugin, in->media, in->name, in->needs.size);
    for (size_t i = 0; i < in->companion_count; i++)
        buf_addf(out, "\t%s=%zu", c ? c->companions[in->companions[i].label].key : "", in->companions[i].data.size);
    buf_putc(out, '\n');
    buf_add(out, in->needs.data, in->needs.size);
    for (size_t i = 0; i < in->companion_count; i++)
        buf_add(out, in->companions[i].data.data, in->companions[i].data.size);
    buf_add(out, in->source.data, in->source.size);
}

/* Up to the next tab; false: it does not fit. */
static bool take_word(char **at, char *out, size_t room)
{
    char *word = strsep(at, "\t");
    if (!word || strlen(word) >= room)
        return false;
    memcpy(out, word, strlen(word) + 1);
    return true;
}

static void take_bytes(const char **at, const char *end, size_t size, struct buf *out)
{
    size_t left = (size_t)(end - *at);
    size = size < left ? size : left;
    buf_add(out, *at, size);
    *at += size;
}

static bool take_companion(const struct conf *c, char *word, struct job_input *out, size_t *size)
{
    char *equals = strchr(word, '=');
    if (!equals || out->companion_count == INPUT_COMPANIONS)
        return false;
    *equals = '\0';
    for (size_t i = 0; i < c->companion_count; i++)
        if (strcmp(c->companions[i].key, word) == 0) {
            out->companions[out->companion_count++].label = (uint16_t)i;
            *size = strtoul(equals + 1, NULL, 10);
            return true;
        }
    return false;
}

bool job_input_parse(const struct registry *r, const void *data, size_t size, struct job_input *out)
{
    char line[1024], number[32], *at = line;
    size_t sizes[INPUT_COMPANIONS];
    const char *body = size ? memchr(data, '\n', size < sizeof line ? size : sizeof line) : NULL,
               *end = (const char *)data + size;
    memset(out, 0, sizeof *out);
    if (!body)
        return false;
    memcpy(line, data, (size_t)(body - (const char *)data));
    line[body++ - (const char *)data] = '\0';
    if (!take_word(&at, out->plugin, sizeof out->plugin) || !take_word(&at, out->media, sizeof out->media) ||
        !take_word(&at, out->name, sizeof out->name) || !take_word(&at, number, sizeof number))
        return false;
    const struct conf *c = conf_of(r, out->plugin);
    for (char *word; c && (word = strsep(&at, "\t")) != NULL;)
        if (!take_companion(c, word, out, &sizes[out->companion_count]))
            return false;
    take_bytes(&body, end, strtoul(number, NULL, 10), &out->needs);
    for (size_t i = 0; i < out->companion_count; i++)
        take_bytes(&body, end, sizes[i], &out->companions[i].data);
    take_bytes(&body, end, SIZE_MAX, &out->source);
    return c != NULL;
}

/* ---- as a job ---- */

/* One needed plugin's fields at *at. False: there is no further one that makes sense. */
static bool next_need(const struct buf *needs, size_t *at, const char **name, size_t *name_size, const char **fields,
                      size_t *size)
{
    uint32_t n;
    if (needs->size - *at < sizeof n + 1)
        return false;
    memcpy(&n, needs->data + *at, sizeof n);
    *name_size = (unsigned char)needs->data[*at + sizeof n];
    *at += sizeof n + 1;
    if (*name_size > needs->size - *at)
        return false;
    *name = needs->data + *at;
    *at += *name_size;
    *size = n < needs->size - *at ? n : needs->size - *at;
    *fields = needs->data + *at;
    *at += *size;
    return true;
}

/* The events that are whole, with ends for what they leave open: what the host makes of a job that was cut off. */
static void whole_events(const char *fields, size_t size, struct buf *out)
{
    struct field_reader r = field_reader_of(fields, size);
    const uint8_t *at = r.at;
    struct field_event e;
    size_t depth = 0;
    buf_reset(out);
    while (field_next(&r, &e) == 1 && (e.tag != FIELD_END || depth > 0)) {
        buf_add(out, at, (size_t)(r.at - at));
        at = r.at;
        depth += e.tag == FIELD_OBJECT || e.tag == FIELD_LIST;
        depth -= e.tag == FIELD_END;
    }
    while (depth-- > 0)
        field_put_end(out);
}

static bool apply_needs(struct job_input_use *use, const struct registry *r, const struct job_input *in,
                        struct adit_job *job)
{
    size_t at = 0, name_size, size;
    const char *name, *fields;
    job->needs = use->needs;
    job->need_count = 0;
    while (job->need_count < INPUT_NEEDS && next_need(&in->needs, &at, &name, &name_size, &fields, &size)) {
        struct collect_warnings warnings = {.count = 0};
        struct buf *out = &use->fields[job->need_count];
        char text[256];
        memcpy(text, name, name_size);
        text[name_size] = '\0';
        const struct plugin *p = registry_find(r, text);
        buf_reset(out);
        whole_events(fields, size, &use->whole);
        if (!p || collect_fields(use->collector, p, use->whole.data, use->whole.size, out, &warnings) != 0)
            return false;
        use->needs[job->need_count++] =
            (struct job_need){p->conf.name, name_size, (const uint8_t *)out->data, out->size};
    }
    return true;
}

bool job_input_apply(struct job_input_use *use, const struct registry *r, const struct job_input *in,
                     struct adit_job *job)
{
    const struct plugin *p = registry_find(r, in->plugin);
    if (!use->collector)
        use->collector = collector_new();
    if (!use->collector || !p || !apply_needs(use, r, in, job))
        return false;
    for (size_t i = 0; i < in->companion_count; i++)
        use->companions[i] = (struct job_companion){.plugin = p->index,
                                                    .label = in->companions[i].label,
                                                    .source = {.fd = -1,
                                                               .memory = (const uint8_t *)in->companions[i].data.data,
                                                               .size = in->companions[i].data.size}};
    job->companions = use->companions;
    job->companion_count = in->companion_count;
    return true;
}

void job_input_use_release(struct job_input_use *use)
{
    collector_free(use->collector);
    buf_release(&use->whole);
    for (size_t i = 0; i < INPUT_NEEDS; i++)
        buf_release(&use->fields[i]);
    memset(use, 0, sizeof *use);
}
