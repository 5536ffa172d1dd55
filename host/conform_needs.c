/* SPDX-License-Identifier: MIT */
/* Fields for plugins that read other plugins' fields: one of each that is declared. */
#include <errno.h>
#include <string.h>

#include "conform_impl.h"
#include "fields.h"

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

/* Fields at the top, and lists of values there; "*" becomes a name. */
static void add_field(struct buf *b, const struct conf_field *f)
{
    size_t n = strlen(f->path);
    struct adit_value v = value_of(f);
    if (strchr(f->path, '.'))
        return;
    bool list = n > 2 && strcmp(f->path + n - 2, "[]") == 0;
    const char *name = f->path[0] == '*' ? "any" : f->path;
    size_t name_size = f->path[0] == '*' ? 3 : list ? n - 2 : n;
    if (!list) {
        field_put_value(b, name, name_size, &v);
        return;
    }
    field_put_begin(b, name, name_size, FIELD_LIST);
    field_put_value(b, "", 0, &v);
    field_put_value(b, "", 0, &v);
    field_put_end(b);
}

static void add_plugin(struct buf *out, const struct plugin *p)
{
    struct buf fields = BUF_INIT;
    for (size_t i = 0; i < p->conf.field_count; i++)
        add_field(&fields, &p->conf.fields[i]);
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
