/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a file, told as warnings, a bounded number of them, and remembered for the status [run].
 *
 *     struct adit_report report = adit_report(job);
 *     if (version != 1)
 *         adit_complain(&report, "header at offset 4: version is %u; expected 1", version);
 *     return adit_verdict(&report);
 */
#ifndef ADIT_REPORT_H
#define ADIT_REPORT_H

#include <adit/abi.h>

enum { ADIT_REPORT_MAX = 24, ADIT_SHOW_MAX = 200 }; /* warnings told; more are only counted. Bytes of a text in one */

/* For "%.*s" and "%llu": a text of the file, shortened; a number of any width without a sign. */
#define ADIT_SHOW(text) (int)((text).size < ADIT_SHOW_MAX ? (text).size : ADIT_SHOW_MAX), (text).data ? (text).data : ""
#define ADIT_LLU(number) ((unsigned long long)(number))

struct adit_report {
    const struct adit_call *job;
    uint32_t told;
    bool broken; /* the file breaks a rule of its format */
};

static inline struct adit_report adit_report(const struct adit_call *job)
{
    struct adit_report report = {job, 0, false};
    return report;
}

/* ADIT_MALFORMED where something was complained of, else ADIT_OK. */
static inline int32_t adit_verdict(const struct adit_report *r)
{
    return r->broken ? ADIT_MALFORMED : ADIT_OK;
}

#ifdef __cplusplus
extern "C" {
#endif
/* The file breaks a rule: says which, where, what was expected and what was found. In libadit-sdk. */
void adit_complain(struct adit_report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The file is fine, but not all of it is read, or something is odd. In libadit-sdk. */
void adit_remark(struct adit_report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
#ifdef __cplusplus
}
#endif

#endif
