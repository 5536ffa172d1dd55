/* SPDX-License-Identifier: MIT */
/* From the first bytes and the name of a file to its media type, by the [type] declarations of all .confs, compiled into
 * one structure. Reads no file itself. Every byte it looks at may be hostile. */
#ifndef HOST_DETECT_H
#define HOST_DETECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

struct detect;

enum detect_by { DETECT_BY_NOTHING = 0, DETECT_BY_MAGIC, DETECT_BY_GLOB, DETECT_BY_MAGIC_AND_GLOB, DETECT_BY_TEXT, DETECT_BY_SIZE, DETECT_BY_DECLARATION };

struct detect_result {
    const char *media;     /* canonical; owned by the detector. application/octet-stream, text/plain or
                              inode/x-empty-like application/x-empty where nothing fits better */
    enum detect_by by;
    uint32_t priority;     /* of the magic or weight of the glob that decided */
    const char *declared_in; /* name of the .conf that declared the type; "" for the built-in ones */
    uint32_t line;
};

/* How many bytes of the head and of the tail detection wants to see: at most 8192 and 512. Beyond the head it may want to see
 * a few blocks, each of DETECT_FAR bytes. */
enum { DETECT_HEAD = 4096, DETECT_TAIL = 512, DETECT_FAR = 4096, DETECT_BLOCKS = 4 };

struct detect_source {
    const unsigned char *head; size_t head_size; /* the first bytes, all of the file when it is shorter than DETECT_HEAD */
    const unsigned char *tail; size_t tail_size; /* the last bytes, or NULL where not read: see detect_wants_tail */
    const unsigned char *far; size_t far_size;   /* the bytes of block `block`, or NULL: see detect_wants_far */
    unsigned block;                              /* 0 to DETECT_BLOCKS - 1 */
    uint64_t size;                               /* of the whole */
    const char *name; size_t name_size;          /* base name; may be empty; any bytes */
};

/* confs[i] declares its types; the detector borrows them. Returns NULL when memory is short. Several declarations of one
 * media type add up. Cost of a look-up does not grow linearly with the number of types. */
struct detect *detect_compile(const struct conf *const *confs, size_t count, struct findings *findings);
void detect_free(struct detect *d);

void detect_type(const struct detect *d, const struct detect_source *s, struct detect_result *out);
/* Would bytes of the tail (patterns at negative offsets) change the answer for this source? */
bool detect_wants_tail(const struct detect *d, const struct detect_source *s, const struct detect_result *so_far);
/* Would the bytes of block `s->block` (patterns beyond the head) change the answer? Where the block begins, or 0: they would
 * not. Never of what has a strong magic, is text, or is smaller. */
uint64_t detect_wants_far(const struct detect *d, const struct detect_source *s, const struct detect_result *so_far);

/* The canonical name of a type (aliases resolved, lower case), or NULL if it is not declared. */
const char *detect_canonical(const struct detect *d, const char *media, size_t size);
/* Does `media` equal `ancestor` or have it among its declared parents, at any distance? Every text type has
 * text/plain as an ancestor, every type application/octet-stream. */
bool detect_is_a(const struct detect *d, const char *media, const char *ancestor);
/* What `media` is, nearest first and each once: itself, then its declared ancestors (image/svg+xml, application/xml,
 * text/plain; application/octet-stream, which everything is, only as itself). The names are the detector's, but for
 * `media` where nobody declares it. Writes at most DETECT_KINDS, the bound of the ancestry; returns how many. */
enum { DETECT_KINDS = 32 };
size_t detect_kinds(const struct detect *d, const char *media, const char *out[DETECT_KINDS]);
size_t detect_type_count(const struct detect *d);
/* The i-th type's media name and the .conf that declared it first, sorted by name. */
const char *detect_type_at(const struct detect *d, size_t i, const char **declared_in);

#endif
