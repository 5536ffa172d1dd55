/* SPDX-License-Identifier: MIT */
/* What [options] says [open, run]. A value that cannot be read as asked gives a warning that names it, and the default. */
#ifndef ADIT_OPTION_H
#define ADIT_OPTION_H

#include <adit/abi.h>
#include <adit/charset.h>
#include <adit/text.h>

/* The text as written; data NULL: not given. Borrowed as long as the module is loaded. */
static inline struct adit_text adit_option(const struct adit_call *job, const char *key)
{
    return job->host->option(job->job, key);
}

/* The next of the words in `rest` that stand between blanks or commas, and takes it off; empty: there is none left. */
static inline struct adit_text adit_option_word(struct adit_text *rest)
{
    size_t begin = 0, end;
    if (rest->size == 0) /* where data may be NULL */
        return *rest;
    while (begin < rest->size && (rest->data[begin] == ' ' || rest->data[begin] == ','))
        begin++;
    for (end = begin; end < rest->size && rest->data[end] != ' ' && rest->data[end] != ',';)
        end++;
    struct adit_text word = adit_text_of(rest->data + begin, end - begin);
    *rest = adit_text_of(rest->data + end, rest->size - end);
    return word;
}

#ifdef __cplusplus
extern "C" {
#endif
/* yes/no, true/false, on/off, 1/0. In libadit-sdk. */
bool adit_option_bool(const struct adit_call *job, const char *key, bool otherwise);
/* Decimal, or hexadecimal after 0x; K, M, G after it multiply by powers of 1024. In libadit-sdk. */
uint64_t adit_option_u64(const struct adit_call *job, const char *key, uint64_t otherwise);
/* The others write *out where the option is given and can be read; where it cannot they return false, for a plugin that would
 * rather not be opened than go on with the default. */
/* A decimal number from `least` to `most`, such as 0.25 or -1e3. In libadit-sdk. */
bool adit_option_f64(const struct adit_call *job, const char *key, double least, double most, double *out);
/* One of `names`, which a NULL ends: its place among them. In libadit-sdk. */
bool adit_option_choice(const struct adit_call *job, const char *key, const char *const *names, unsigned *out);
/* Any of `names` (at most 32), as words: bit n stands for the n-th. In libadit-sdk. */
bool adit_option_choices(const struct adit_call *job, const char *key, const char *const *names, uint32_t *out);
/* Words that are numbers as adit_option_u64 reads them, each from `least` to `most`, at most `room` of them; *count says how many, also
 * where the option is not given: 0. In libadit-sdk. */
bool adit_option_numbers(const struct adit_call *job, const char *key, uint64_t least, uint64_t most, uint64_t *out,
                         size_t room, size_t *count);
/* A charset by any of its names (charset.h); 0 for "bytes", or where the option is not given. In libadit-sdk. */
bool adit_option_charset(const struct adit_call *job, const char *key, enum adit_charset *out);
#ifdef __cplusplus
}
#endif

#endif
