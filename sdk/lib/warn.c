/* SPDX-License-Identifier: MIT */
/* Warnings with a format. */
#include <adit/emit.h>
#include <adit/report.h>
#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 2, 0))) static int warn(const struct adit_call *job, const char *format, va_list ap)
{
    char text[481];
    int n = vsnprintf(text, sizeof text, format, ap);
    if (n < 0)
        return ADIT_E_USAGE;
    size_t size = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    return job->host->warn(job->job, text, size);
}

int adit_warnf(const struct adit_call *job, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int error = warn(job, format, ap);
    va_end(ap);
    return error;
}

void adit_complain(struct adit_report *r, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    r->broken = true;
    if (r->told++ < ADIT_REPORT_MAX)
        (void)warn(r->job, format, ap);
    va_end(ap);
}

void adit_remark(struct adit_report *r, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    if (r->told++ < ADIT_REPORT_MAX)
        (void)warn(r->job, format, ap);
    va_end(ap);
}
