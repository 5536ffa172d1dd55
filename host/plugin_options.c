/* SPDX-License-Identifier: MIT */
#include "plugin_options.h"

#include <string.h>

static uint32_t add(struct buf *b, const char *section, const char *key, const char *value)
{
    buf_addf(b, "%s%s", section, key);
    buf_putc(b, '\0');
    buf_add(b, value, strlen(value) + 1);
    return 1;
}

uint32_t plugin_options_add(const struct conf *c, struct buf *b)
{
    uint32_t n = 0;
    for (size_t i = 0; i < c->resource_count; i++) {
        const char *slash = strrchr(c->resources[i].value, '/');
        n += add(b, "resources.", c->resources[i].key, slash ? slash + 1 : c->resources[i].value);
    }
    if (c->map.from_count > 0) {
        buf_adds(b, "map.from");
        for (size_t i = 0; i < c->map.from_count; i++) {
            buf_putc(b, i ? ' ' : '\0');
            buf_adds(b, c->map.from[i]);
        }
        buf_putc(b, '\0');
        n += 1 + add(b, "map.", "to", c->map.to) + add(b, "map.", "symmetric", c->map.symmetric ? "yes" : "no");
    }
    if (c->map.field_count > 0) {
        buf_adds(b, "map.field");
        for (size_t i = 0; i < c->map.field_count; i++)
            buf_addf(b, "%c%s.%s", i ? ' ' : '\0', c->map.fields[i].plugin, c->map.fields[i].path);
        buf_putc(b, '\0');
        n++;
    }
    for (size_t i = 0; i < c->option_count; i++)
        n += add(b, "", c->options[i].key, c->options[i].value);
    return n;
}
