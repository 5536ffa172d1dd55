/* SPDX-License-Identifier: MIT */
#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
    if (!e)
        return code;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    e->code = code;
    return code;
}

int err_errno(struct err *e, const char *fmt, ...)
{
    int saved = errno;
    if (!e)
        return -saved;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(e->text, sizeof e->text, fmt, ap);
    va_end(ap);
    size_t n = strlen(e->text);
    (void)snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(saved));
    e->code = -saved;
    return e->code;
}

bool err_is_shortage(int code)
{
    return code == -ENOMEM || code == -EMFILE || code == -ENFILE || code == -EAGAIN || code == -ENOBUFS;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    if (!e)
        return 0;
    char prefix[sizeof e->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    char old[sizeof e->text];
    memcpy(old, e->text, sizeof old);
    size_t n = strlen(prefix);
    memcpy(e->text, prefix, n);
    size_t room = sizeof e->text - n - 1;
    size_t keep = strlen(old);
    if (keep > room)
        keep = room;
    memcpy(e->text + n, old, keep);
    e->text[n + keep] = '\0';
    return e->code;
}
