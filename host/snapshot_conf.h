/* SPDX-License-Identifier: MIT */
/* A `struct conf` as bytes and back. One function walks the structure in both directions, so that they cannot disagree. */
#ifndef HOST_SNAPSHOT_CONF_H
#define HOST_SNAPSHOT_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "config.h"
#include "stamp.h"

/* Writing: `out` is set. Reading: at, end and arena are; texts point into the bytes, which must stay. Once something does not
 * fit, `failed` stays set, and values read are harmless. */
struct codec {
    struct buf *out;
    const uint8_t *at, *end;
    struct arena *arena;
    bool failed;
};

void codec_u64(struct codec *c, uint64_t *v);
void codec_size(struct codec *c, size_t *v, size_t most);
void codec_bool(struct codec *c, bool *v);
void codec_text(struct codec *c, const char **text); /* a length, the bytes, a NUL */
void codec_raw(struct codec *c, const unsigned char **bytes, size_t size);
void codec_stamp(struct codec *c, struct stamp *s); /* but `racy` */
void codec_format(struct codec *c, struct conf_format *f);
void codec_conf(struct codec *c, struct conf *conf);

#endif
