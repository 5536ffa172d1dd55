/* SPDX-License-Identifier: MIT */
/* Fields for plugins that read other plugins' fields: one of each that is declared. */
#include <errno.h>
#include <string.h>

#include "conform_impl.h"
#include "fields.h"

enum { DEPTH = FIELD_MAX_DEPTH / 2 - 1 }; /* a list and its object count two */

static struct adit_value value_of(const struct conf_field *f)
{
    struct adit_value v = {0};
    switch (f->kind) {
    case CONF_FIELD_BOOL:
        v.kind = ADIT_KIND_BOOL;
        v.as.boolean = true;
        break;
    case CONF_FIELD_I64:
        v.kind = ADIT_KIND_I64;
        v.as.i64 = -3;
        break;
    case CONF_FIELD_U64:
        v.kind = ADIT_KIND_U64;
        v.as.u64 = 42;
        break;
    case CONF_FIELD_F64:
        v.kind = ADIT_KIND_F64;
        v.as.f64 = 2.5;
        break;
    case CONF_FIELD_BYTES:
        v.kind = ADIT_KIND_BYTES;
        v.as.text = (struct adit_text){"\x01\xff", 2};
        break;
    case CONF_FIELD_TIME:
        v.kind = ADIT_KIND_TIME;
        v.as.time = (struct adit_time){.year = 2003,
                                       .month = 10,
                                       .day = 31,
                                       .hour = 15,
                                       .minute = 44,
                                       .second = 19,
                                       .precision = ADIT_TIME_SECOND,
                                       .zone = 120};
        break;
    default:
        v.kind = ADIT_KIND_STRING;
        v.as.text = (struct adit_text){"sample", 6};
        break;
    }
    return v;
}

/* "name", "name[]", "*", "*[]" at the end of a path. */
static void add_leaf(struct buf *b, const struct conf_field *f, const char *name)
{
    size_t n = strlen(name);
    struct adit_value v = value_of(f);
    bool list = n > 2 && strcmp(name + n - 2, "[]") == 0;
    n -= list ? 2 : 0;
    if (name[0] == '*') {
        name = "any";
        n = 3;
    }
    if (!list) {
        field_put_value(b, name, n, &v);
        return;
    }
    field_put_begin(b, name, n, FIELD_LIST);
    field_put_value(b, "", 0, &v);
    field_put_value(b, "", 0, &v);
    field_put_end(b);
}

/* The `count` fields whose paths have the first `prefix` bytes in common: sorted, so that those of one object are together. */
static void add_object(struct buf *b, const struct conf_field *fields, size_t count, size_t prefix, int depth)
{
    for (size_t i = 0, next; i < count; i = next) {
        const char *path = fields[i].path, *name = path + prefix, *dot = strchr(name, '.');
        next = i + 1;
        if (!dot) {
            add_leaf(b, &fields[i], name);
            continue;
        }
        size_t inner = (size_t)(dot + 1 - path), n = (size_t)(dot - name);
        while (next < count && strncmp(fields[next].path, path, inner) == 0)
            next++;
        if (depth == DEPTH)
            continue;
        bool list = n > 2 && dot[-1] == ']';
        if (list)
            field_put_begin(b, name, n - 2, FIELD_LIST);
        field_put_begin(b, list ? "" : name, list ? 0 : n, FIELD_OBJECT);
        add_object(b, fields + i, next - i, inner, depth + 1);
        field_put_end(b);
        if (list)
            field_put_end(b);
    }
}

static void add_plugin(struct buf *out, const struct plugin *p)
{
    struct buf fields = BUF_INIT;
    add_object(&fields, p->conf.fields, p->conf.field_count, 0, 0);
    uint32_t size = (uint32_t)fields.size;
    uint8_t name_size = (uint8_t)strlen(p->conf.name);
    buf_add(out, &size, sizeof size);
    buf_add(out, &name_size, 1);
    buf_add(out, p->conf.name, name_size);
    buf_add(out, fields.data, fields.size);
    out->failed |= fields.failed;
    buf_release(&fields);
}

int conform_needs(const struct registry *r, const struct plugin *p, struct buf *out)
{
    for (size_t i = 0; i < p->hard_count; i++)
        add_plugin(out, &r->plugins[p->hard[i]]);
    for (size_t i = 0; i < p->soft_count; i++)
        add_plugin(out, &r->plugins[p->soft[i]]);
    return out->failed ? -ENOMEM : 0;
}
