/* SPDX-License-Identifier: MIT */
#include "version.h"

#include <errno.h>
#include <stdio.h>

/* One number; returns the byte after it, or NULL. Leading zeros are refused: 1.01 and 1.1 would look different and be
 * equal. */
static const char *number(const char *at, const char *end, uint32_t *out)
{
    const char *begin = at;
    uint32_t value = 0;
    while (at < end && *at >= '0' && *at <= '9') {
        if (at == begin + 1 && *begin == '0')
            return NULL;
        if (__builtin_mul_overflow(value, 10u, &value) || __builtin_add_overflow(value, (uint32_t)(*at - '0'), &value))
            return NULL;
        at++;
    }
    if (at == begin)
        return NULL;
    *out = value;
    return at;
}

int version_parse(const char *text, size_t size, struct conf_version *out, const char **bad)
{
    const char *at = text, *end = text + size;
    uint32_t numbers[3] = {0};
    int count = 0;
    for (;;) {
        *bad = at;
        at = number(at, end, &numbers[count]);
        if (!at)
            return -EINVAL;
        count++;
        if (at == end)
            break;
        *bad = at;
        if (*at != '.' || count == 3)
            return -EINVAL;
        at++;
    }
    *out = (struct conf_version){numbers[0], numbers[1], numbers[2]};
    return count;
}

int version_compare(struct conf_version a, struct conf_version b)
{
    if (a.major != b.major)
        return a.major < b.major ? -1 : 1;
    if (a.minor != b.minor)
        return a.minor < b.minor ? -1 : 1;
    if (a.patch != b.patch)
        return a.patch < b.patch ? -1 : 1;
    return 0;
}

bool version_within(struct conf_version v, struct conf_bound bound)
{
    int c = version_compare(v, bound.version);
    switch (bound.op) {
    case CONF_ANY: return true;
    case CONF_EQ: return c == 0;
    case CONF_GE: return c >= 0;
    case CONF_GT: return c > 0;
    case CONF_LE: return c <= 0;
    case CONF_LT: return c < 0;
    }
    return false;
}

const char *version_text(struct conf_version v, char out[VERSION_TEXT])
{
    (void)snprintf(out, VERSION_TEXT, "%u.%u.%u", v.major, v.minor, v.patch);
    return out;
}

const char *version_compare_text(enum conf_compare op)
{
    switch (op) {
    case CONF_ANY: return "";
    case CONF_EQ: return "=";
    case CONF_GE: return ">=";
    case CONF_GT: return ">";
    case CONF_LE: return "<=";
    case CONF_LT: return "<";
    }
    return "";
}
