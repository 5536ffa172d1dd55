/* SPDX-License-Identifier: MIT */
/* Holds a resource file against the format that its .conf declares ([resource LABEL]), row by row, in bounded memory: what is
 * wrong with one row never stops the checking of the others. [host; the files are the plugin author's, any bytes] */
#ifndef HOST_RESOURCE_H
#define HOST_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"
#include "findings.h"
#include "stamp.h"

/* Rows of more bytes are findings, what was found after so many errors in one file is counted and not told, and so many rows
 * are remembered for `unique`. */
enum { RESOURCE_ROW_MAX = 256 * 1024, RESOURCE_FINDINGS = 50, RESOURCE_UNIQUE_MAX = 512 * 1024 };

struct resource_check;

/* Opens the file at `path`, which findings call `shown`. All four are borrowed until resource_close. At most `most` errors are
 * told; with 1 the check ends at the first. A file that cannot be opened is a finding (resource.open), and the check is
 * over at once. Returns 0 or -ENOMEM. */
int resource_open(const char *path, const char *shown, const struct conf_format *format, size_t most,
                  struct findings *findings, struct resource_check **out);

/* Goes on for about `budget` bytes (SIZE_MAX: to the end). Returns 1: there is more; 0: it is done; -ENOMEM. */
int resource_step(struct resource_check *c, size_t budget);

/* The file that was opened, as it was then; exists is false where there was none. */
const struct stamp *resource_stamp(const struct resource_check *c);

/* May be NULL. */
void resource_close(struct resource_check *c);

#endif
