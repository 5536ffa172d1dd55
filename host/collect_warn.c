/* SPDX-License-Identifier: MIT */
#include "collect_warn.h"

#include <stdio.h>
#include <string.h>

#include "plugin_text.h"

void collect_warn(struct collect_warnings *w, const char *path, size_t path_size, const char *what)
{
    w->left_out++;
    if (w->count == COLLECT_MAX_WARNINGS)
        return;
    size_t n = path_size < 100 ? path_size : 100;
    while (n > 0 && n < path_size && ((unsigned char)path[n] & 0xc0) == 0x80) /* not within a character */
        n--;
    (void)snprintf(w->text[w->count], COLLECT_WARNING, "field %.*s %s", (int)n, path, what);
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->text[i], w->text[w->count]) == 0)
            return;
    w->count++;
}

static const char *const emitted_as[] = {
    [FIELD_BOOL] = "bool", [FIELD_I64] = "i64", [FIELD_U64] = "u64", [FIELD_F64] = "f64", [FIELD_STRING] = "string",
    [FIELD_BYTES] = "bytes", [FIELD_TIME] = "time", [FIELD_BYTES_TEXT] = "string",
};

void collect_warn_unfit(struct collect_warnings *w, const char *path, size_t n, const struct field_event *e, const struct conf_field *f)
{
    char what[128], room[8];
    const char *kind = plugin_field_kind_name(f, room);
    bool number = f->kind == CONF_FIELD_I64 || f->kind == CONF_FIELD_U64;
    if (number && e->tag == FIELD_I64)
        (void)snprintf(what, sizeof what, "is declared %s, which cannot hold %lld, and was left out", kind, (long long)e->i64);
    else if (number && e->tag == FIELD_U64)
        (void)snprintf(what, sizeof what, "is declared %s, which cannot hold %llu, and was left out", kind, (unsigned long long)e->u64);
    else
        (void)snprintf(what, sizeof what, "is declared %s, was emitted as %s, and was left out", kind, emitted_as[e->tag]);
    collect_warn(w, path, n, what);
}

void collect_warn_undeclared(struct collect_warnings *w, const char *path, size_t n, const struct field_event *e)
{
    enum { SHOWN = 48 };
    char what[128] = "is not declared in [fields] and was left out";
    if (e && n <= SHOWN)
        (void)snprintf(what, sizeof what, "is not declared in [fields] and was left out: %.*s = %s declares it", (int)n, path,
                       emitted_as[e->tag]);
    collect_warn(w, path, n, what);
}

static bool is_named_as_declared(const struct plugin *p, const char *path, size_t n, const struct field_event *e)
{
    if (e->name.size < 3 || memcmp(e->name.data + e->name.size - 2, "[]", 2) != 0)
        return false;
    for (size_t i = 0; i < p->conf.field_count; i++) {
        const char *declared = p->conf.fields[i].path;
        if (strncmp(declared, path, n) == 0 && (declared[n] == '\0' || declared[n] == '.'))
            return true;
    }
    return false;
}

bool collect_warn_named(struct collect_warnings *w, const struct plugin *p, const char *path, size_t n, const struct field_event *e)
{
    bool wrong = is_named_as_declared(p, path, n, e);
    if (wrong)
        collect_warn(w, path, n, "was left out: \"[]\" belongs in the .conf alone, the name to emit is what stands before it");
    return wrong;
}
