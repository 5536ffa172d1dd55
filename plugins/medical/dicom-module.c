/* SPDX-License-Identifier: MIT */
/* One module of DICOM PS3.3 annex C, as its .conf describes it: of what the plugin dicom has found the attributes that belong to it, and
 * which of those it requires are not there. [options] attributes, attributes_2, …: KEYWORD:TYPE or KEYWORD:TYPE:KIND between blanks, with
 * the types of PS3.5 7.4 and the kinds of [fields] (object for PATH.*, size for PATH_size, [] behind those of lists). The conditions of
 * conditional types (1C, 2C) are not known here: such attributes are never missing. */
#include <adit/adit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("dicom-module", "1.0.0")

enum { MAX_ATTRIBUTES = 512, MAX_DEPTH = 16 };

struct attribute {
    struct adit_text keyword, type;
    enum adit_kind kind; /* ADIT_KIND_NONE: any */
    bool list, told;     /* told: it is one, or none; else whatever comes */
    bool size;           /* told as the size of its bytes */
};
struct module {
    struct attribute items[MAX_ATTRIBUTES];
    size_t count;
};

static struct adit_text word_of(struct adit_text *rest, char end)
{
    const char *found = rest->size ? (const char *)memchr(rest->data, end, rest->size) : NULL;
    size_t n = found ? (size_t)(found - rest->data) : rest->size;
    struct adit_text word = adit_text_of(rest->data, n);
    n += found != NULL;
    *rest = adit_text_of(rest->data + n, rest->size - n);
    return word;
}

/* "time[]" */
static void read_kind(struct adit_text text, struct attribute *a)
{
    static const struct {
        const char *name;
        enum adit_kind kind;
    } kinds[] = {{"f64", ADIT_KIND_F64},   {"i64", ADIT_KIND_I64},       {"u64", ADIT_KIND_U64},
                 {"time", ADIT_KIND_TIME}, {"string", ADIT_KIND_STRING}, {"object", ADIT_KIND_OBJECT},
                 {"size", ADIT_KIND_U64}};
    a->told = text.size > 0;
    a->list = text.size > 2 && memcmp(text.data + text.size - 2, "[]", 2) == 0;
    text.size -= a->list ? 2 : 0;
    a->size = adit_text_is(text, "size");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (adit_text_is(text, kinds[i].name))
            a->kind = kinds[i].kind;
}

static void module_close(void *state)
{
    free(state);
}

/* Options stay where they are as long as the module is loaded. */
static int32_t module_open(const struct adit_call *job, void **state)
{
    struct module *m = (struct module *)calloc(1, sizeof *m);
    char key[32] = "attributes";
    if (!m)
        return ADIT_FAILED;
    for (unsigned number = 1;; number++) {
        if (number > 1)
            (void)snprintf(key, sizeof key, "attributes_%u", number);
        struct adit_text rest = adit_option(job, key);
        if (!rest.data)
            break;
        while (rest.size > 0 && m->count < MAX_ATTRIBUTES) {
            struct adit_text word = word_of(&rest, ' ');
            struct attribute a = {.keyword = word_of(&word, ':')};
            a.type = word_of(&word, ':');
            read_kind(word, &a);
            if (a.keyword.size > 0)
                m->items[m->count++] = a;
        }
    }
    if (m->count == 0) {
        (void)adit_warn(job, "[options] attributes names none");
        free(m);
        return ADIT_FAILED;
    }
    *state = m;
    return ADIT_OK;
}

/* The field as it is, lists and objects whole. */
static void copy(const struct adit_call *job, struct adit_text name, uint32_t node, unsigned depth)
{
    struct adit_value value = adit_get(job, node);
    if (depth == MAX_DEPTH || value.kind == ADIT_KIND_NONE)
        return;
    if (value.kind != ADIT_KIND_LIST && value.kind != ADIT_KIND_OBJECT) {
        (void)adit_emit_named(job, name, &value);
        return;
    }
    (void)adit_begin_named(job, name, (enum adit_kind)value.kind);
    for (uint32_t child = adit_first(job, node); child; child = adit_next(job, child))
        copy(job, adit_node_name(job, child), child, depth + 1);
    (void)adit_end(job);
}

/* Does this list of texts have it? */
static bool has(const struct adit_call *job, uint32_t list, struct adit_text keyword)
{
    for (uint32_t at = adit_first(job, list); at; at = adit_next(job, at))
        if (adit_text_equal(adit_get(job, at).as.text, keyword))
            return true;
    return false;
}

/* The field of an attribute; *size: it is the one that tells the size of its bytes. 0: it has no value. */
static uint32_t field_of(const struct adit_call *job, uint32_t data_set, struct adit_text keyword, bool *size)
{
    char name[128];
    int n = snprintf(name, sizeof name, "%.*s_size", (int)keyword.size, keyword.data);
    *size = false;
    if (n < 0 || n >= (int)sizeof name || !data_set)
        return 0;
    uint32_t node = job->host->node_child(job->job, data_set, name, keyword.size);
    *size = node == 0;
    return node ? node : job->host->node_child(job->job, data_set, name, (size_t)n);
}

static bool is_empty(const struct adit_call *job, uint32_t node)
{
    uint32_t kind = adit_get(job, node).kind;
    return (kind == ADIT_KIND_LIST || kind == ADIT_KIND_OBJECT) && !adit_first(job, node);
}

static bool is_of_kind(struct adit_value v, enum adit_kind kind)
{
    if (kind == ADIT_KIND_U64 && v.kind == ADIT_KIND_I64)
        return v.as.i64 >= 0;
    if (kind == ADIT_KIND_I64 && v.kind == ADIT_KIND_U64)
        return v.as.u64 <= INT64_MAX;
    bool single = v.kind != ADIT_KIND_LIST && v.kind != ADIT_KIND_OBJECT;
    return kind == ADIT_KIND_NONE ? single : v.kind == (uint32_t)kind;
}

/* Can the field be emitted as it is declared? What is not of its VR, the plugin dicom tells as text. */
static bool fits(const struct adit_call *job, uint32_t node, const struct attribute *a)
{
    struct adit_value v = adit_get(job, node);
    if (!a->told || v.kind != ADIT_KIND_LIST)
        return !a->told || (!a->list && is_of_kind(v, a->kind));
    for (uint32_t at = adit_first(job, node); at; at = adit_next(job, at))
        if (!is_of_kind(adit_get(job, at), a->kind))
            return false;
    return a->list;
}

enum finding { FINE = 0, MISSING, EMPTY, INVALID };

/* Emits an attribute that has a value; says what is wrong where it should have one. */
static enum finding look_at(const struct adit_call *job, uint32_t data_set, uint32_t empty, const struct attribute *a)
{
    bool one = adit_text_is(a->type, "1"), two = adit_text_is(a->type, "2");
    bool size;
    uint32_t node = field_of(job, data_set, a->keyword, &size);
    bool without = node ? is_empty(job, node) : has(job, empty, a->keyword);
    if (without)
        return one ? EMPTY : FINE;
    if (node && ((a->told && size != a->size) || !fits(job, node, a)))
        return INVALID;
    if (node)
        copy(job, adit_node_name(job, node), node, 0);
    return node || !(one || two) ? FINE : MISSING;
}

static void emit_found(const struct adit_call *job, const struct module *m, const uint8_t *found, enum finding what,
                       const char *name)
{
    bool begun = false;
    for (size_t i = 0; i < m->count; i++) {
        if (found[i] != what)
            continue;
        if (!begun)
            (void)adit_begin_list(job, name);
        begun = true;
        (void)adit_emit_text(job, "", m->items[i].keyword);
    }
    if (begun)
        (void)adit_end(job);
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct module *m = (const struct module *)state;
    uint32_t data_set = adit_need(job, "dicom", 0), empty = adit_child(job, data_set, "empty");
    uint8_t found[MAX_ATTRIBUTES];
    for (size_t i = 0; i < m->count; i++)
        found[i] = (uint8_t)look_at(job, data_set, empty, &m->items[i]);
    emit_found(job, m, found, MISSING, "missing");
    emit_found(job, m, found, EMPTY, "empty");
    emit_found(job, m, found, INVALID, "invalid");
    return ADIT_OK;
}

ADIT_PLUGIN(module_open, run, NULL, module_close)
