/* SPDX-License-Identifier: MIT */
/* What [options] says [open, run]. A value that cannot be read as asked gives a warning that names it, and the default. */
#ifndef ADIT_OPTION_H
#define ADIT_OPTION_H

#include <adit/abi.h>
#include <adit/text.h>

/* The text as written; data NULL: not given. Borrowed as long as the module is loaded. */
static inline struct adit_text adit_option(const struct adit_call *job, const char *key)
{
    return job->host->option(job->job, key);
}

#ifdef __cplusplus
extern "C" {
#endif
/* yes/no, true/false, on/off, 1/0. In libadit-sdk. */
bool adit_option_bool(const struct adit_call *job, const char *key, bool otherwise);
/* Decimal, or hexadecimal after 0x; K, M, G after it multiply by powers of 1024. In libadit-sdk. */
uint64_t adit_option_u64(const struct adit_call *job, const char *key, uint64_t otherwise);
#ifdef __cplusplus
}
#endif

#endif
