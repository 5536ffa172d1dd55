/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <stdarg.h>
#include <stdio.h>

int adit_warnf(const struct adit_call *job, const char *format, ...)
{
    char text[481];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    if (n < 0)
        return ADIT_E_USAGE;
    size_t size = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    return job->host->warn(job->job, text, size);
}
