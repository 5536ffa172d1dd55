/* SPDX-License-Identifier: MIT */
/* Properties of an XMP packet as fields: ISO 16684-1:2019, 8.2 (types of values). A value that has not the form that its property
 * is defined with stays text. */
#ifndef PLUGINS_META_XMP_VALUE_H
#define PLUGINS_META_XMP_VALUE_H

#include "xmp_tree.h"

static inline bool named_in(const char *names, struct adit_text name)
{
    for (const char *at = names; name.size > 0 && (at = strstr(at, " ")) && at[1];) {
        const char *end = strchr(++at, ' ');
        if (adit_text_equal(adit_text_of(at, (size_t)(end - at)), name))
            return true;
    }
    return false;
}

static inline bool has_form(const struct xmp *m, const struct node *node, enum form form)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].form == form && strcmp(rows[i].prefix, prefix_of(m, node->space)) == 0 &&
            named_in(rows[i].names, node->local))
            return true;
    return false;
}

/* The type of a single value; of an array's elements it is the array's. */
static inline enum form form_of(const struct xmp *m, const struct node *node)
{
    for (enum form form = FORM_BOOLEAN; form <= FORM_BASE64; form++)
        if (has_form(m, node, form))
            return form;
    return FORM_TEXT;
}

static inline bool read_rational(struct adit_text text, double *out)
{
    double top, bottom = 1;
    if (!adit_text_to_f64(adit_text_next(&text, "/"), &top) || (text.size > 0 && !adit_text_to_f64(text, &bottom)) ||
        bottom == 0)
        return false;
    *out = top / bottom;
    return true;
}

/* "DDD,MM,SSk" or "DDD,MM.mmk", k one of N S E W. */
static inline bool read_position(struct adit_text text, double *out)
{
    double degree, minute, second = 0;
    if (text.size < 4 || !strchr("NSEW", text.data[text.size - 1]))
        return false;
    bool negative = text.data[--text.size] == 'S' || text.data[text.size] == 'W';
    if (!adit_text_to_f64(adit_text_next(&text, ","), &degree) ||
        !adit_text_to_f64(adit_text_next(&text, ","), &minute) || (text.size && !adit_text_to_f64(text, &second)))
        return false;
    *out = (degree + minute / 60 + second / 3600) * (negative ? -1 : 1);
    return true;
}

static inline bool read_form(enum form form, struct adit_text text, struct adit_value *v)
{
    struct adit_time time;
    double number = 0;
    bool ok = false;
    if (form == FORM_BOOLEAN) {
        bool yes = text.size == 4 && strncasecmp(text.data, "true", 4) == 0;
        *v = adit_value_bool(yes);
        return yes || (text.size == 5 && strncasecmp(text.data, "false", 5) == 0);
    }
    if (form == FORM_DATE) {
        ok = adit_time_parse(text, &time);
        if (ok)
            *v = adit_value_time(time);
        return ok;
    }
    if (form == FORM_RATIONAL)
        ok = read_rational(text, &number);
    else if (form == FORM_POSITION)
        ok = read_position(text, &number);
    else if (form == FORM_REAL || form == FORM_INTEGER)
        ok = adit_text_to_f64(text, &number);
    if (form == FORM_INTEGER) {
        if (!ok || memchr(text.data, '.', text.size) || number < -9e15 || number > 9e15)
            return false;
        *v = adit_value_i64((int64_t)number);
        return true;
    }
    *v = adit_value_f64(number);
    return ok;
}

/* An image that is part of the packet: its bytes are a stream, not a field. */
static inline void emit_base64(struct xmp *m, const struct node *node)
{
    struct adit_base64 decoder = {0};
    char piece[ADIT_BASE64_BOUND(4096)];
    int error = adit_open_stream(m->job, node->local, NULL);
    for (size_t at = 0; error == 0 && at < node->text.size; at += 4096) {
        size_t left = node->text.size - at;
        size_t n = adit_base64_decode(&decoder, node->text.data + at, left < 4096 ? left : 4096, piece);
        error = adit_write(m->job, piece, n);
    }
    if (error == 0 || error == ADIT_E_LIMIT)
        (void)adit_close(m->job);
}

static inline void emit_node(struct xmp *m, const struct node *node, struct adit_text name, enum form form);

/* One value under a name, with its language where it has one that says something. */
static inline void emit_text(struct xmp *m, const struct node *node, struct adit_text name, enum form form)
{
    struct adit_value v;
    bool qualified = node->language.size > 0 && !adit_text_is(node->language, "x-default");
    if (form == FORM_BASE64) {
        emit_base64(m, node);
        return;
    }
    if (!read_form(form, node->text, &v))
        v = adit_value_text(node->text);
    if (!qualified) {
        (void)adit_emit_named(m->job, name, &v);
        return;
    }
    (void)adit_begin_named(m->job, name, ADIT_KIND_OBJECT);
    (void)adit_emit(m->job, "value", &v);
    (void)adit_emit_text(m->job, "lang", node->language);
    (void)adit_end(m->job);
}

/* 8.2.2.4: alternatives by language, as an object from language to text. */
static inline void emit_languages(struct xmp *m, const struct node *first, struct adit_text name)
{
    (void)adit_begin_named(m->job, name, ADIT_KIND_OBJECT);
    for (const struct node *n = first; n; n = n->next) {
        bool twice = false;
        for (const struct node *before = first; before != n && !twice; before = before->next)
            twice = adit_text_equal(before->language, n->language);
        struct adit_value v = adit_value_text(n->text);
        if (!twice)
            (void)adit_emit_named(m->job, n->language.size ? n->language : ADIT_TEXT("x-default"), &v);
        else
            (void)adit_warnf(m->job, "%.*s stands twice in the language %.*s: the first is kept", (int)name.size,
                             name.data, (int)n->language.size, n->language.data);
    }
    (void)adit_end(m->job);
}

static inline bool all_in_languages(const struct node *list)
{
    for (const struct node *n = list->first; n; n = n->next)
        if (n->kind != NODE_TEXT || n->language.size == 0)
            return false;
    return list->first != NULL;
}

/* Fields by their local names; the prefix is told where two namespaces have one of that name. rdf:value and its neighbours are a
 * value and its qualifiers (7.8). */
static inline void emit_struct(struct xmp *m, const struct node *of, struct adit_text name, enum form form)
{
    (void)adit_begin_named(m->job, name, ADIT_KIND_OBJECT);
    for (const struct node *n = of->first; n; n = n->next) {
        char long_name[160];
        struct adit_text shown = n->local;
        bool value = strcmp(prefix_of(m, n->space), "rdf") == 0 && adit_text_is(n->local, "value");
        for (const struct node *before = of->first; before != n; before = before->next)
            if (adit_text_equal(before->local, n->local)) {
                int size = snprintf(long_name, sizeof long_name, "%s:%.*s", prefix_of(m, n->space), (int)n->local.size,
                                    n->local.data);
                shown = adit_text_of(long_name, size < (int)sizeof long_name ? (size_t)size : sizeof long_name - 1);
            }
        emit_node(m, n, shown, value ? form : form_of(m, n));
    }
    (void)adit_end(m->job);
}

static inline void emit_list(struct xmp *m, const struct node *of, struct adit_text name, enum form form)
{
    (void)adit_begin_named(m->job, name, ADIT_KIND_LIST);
    for (const struct node *n = of->kind == NODE_TEXT || of->kind == NODE_STRUCT ? of : of->first; n; n = n->next) {
        if (n->kind != NODE_LIST && (n->kind != NODE_ALTERNATIVES || all_in_languages(n))) {
            emit_node(m, n, ADIT_TEXT(""), form);
        } else { /* lists do not stand in lists */
            (void)adit_begin_object(m->job, "");
            emit_list(m, n, ADIT_TEXT("items"), form);
            (void)adit_end(m->job);
        }
        if (n == of)
            break;
    }
    (void)adit_end(m->job);
}

static inline void emit_node(struct xmp *m, const struct node *node, struct adit_text name, enum form form)
{
    if (node->kind == NODE_STRUCT)
        emit_struct(m, node, name, form);
    else if (node->kind == NODE_TEXT)
        emit_text(m, node, name, form);
    else if (node->kind == NODE_ALTERNATIVES && all_in_languages(node))
        emit_languages(m, node->first, name);
    else
        emit_list(m, node, name, form);
}

static inline void emit_property(struct xmp *m, struct node *node)
{
    if (node->reference.size > 0 && node->kind == NODE_TEXT)
        for (const struct node *n = m->named.first; n; n = n->next)
            if (adit_text_equal(n->reference, node->reference)) {
                node->kind = n->kind;
                node->first = n->first;
            }
    struct node alone = *node; /* a plain value where an array or alternatives are defined */
    alone.next = NULL;
    if (node->kind == NODE_TEXT && has_form(m, node, FORM_LANGUAGES))
        emit_languages(m, &alone, node->local);
    else if ((node->kind == NODE_TEXT || node->kind == NODE_STRUCT) && has_form(m, node, FORM_ARRAY))
        emit_list(m, &alone, node->local, form_of(m, node));
    else
        emit_node(m, node, node->local, form_of(m, node));
}

/* All properties of a namespace under its prefix, namespaces in the order in which they come. */
static inline void emit_packet(struct xmp *m)
{
    bool done[KNOWN + MAX_OTHERS] = {false};
    if (m->toolkit.size > 0)
        (void)adit_emit_text(m->job, "xmptk", m->toolkit);
    if (m->about.size > 0)
        (void)adit_emit_text(m->job, "about", m->about);
    for (struct node *n = m->root.first; n; n = n->next) {
        if (done[n->space])
            continue;
        done[n->space] = true;
        (void)adit_begin_object(m->job, prefix_of(m, n->space));
        for (struct node *k = n; k; k = k->next)
            if (k->space == n->space)
                emit_property(m, k);
        (void)adit_end(m->job);
    }
}

#endif
