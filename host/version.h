/* SPDX-License-Identifier: MIT */
/* MAJOR.MINOR.PATCH, how two compare, and ranges of them. */
#ifndef HOST_VERSION_H
#define HOST_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf_version {
    uint32_t major, minor, patch;
};

enum conf_compare { CONF_ANY = 0, CONF_EQ, CONF_GE, CONF_GT, CONF_LE, CONF_LT };

struct conf_bound {
    enum conf_compare op;
    struct conf_version version;
};

/* Reads `size` bytes of text: one to three decimal numbers without leading zeros, separated by dots; missing ones are 0.
 * Returns how many numbers there were, or -EINVAL with *bad set to the first byte that does not fit. */
int version_parse(const char *text, size_t size, struct conf_version *out, const char **bad);

/* Less than, equal to, greater than 0. */
int version_compare(struct conf_version a, struct conf_version b);
bool version_within(struct conf_version v, struct conf_bound bound);

enum { VERSION_TEXT = 34 };
const char *version_text(struct conf_version v, char out[VERSION_TEXT]);

/* "=", ">=", ">", "<=", "<", or "" for CONF_ANY. */
const char *version_compare_text(enum conf_compare op);

#endif
