/* SPDX-License-Identifier: MIT */
/* A tag that is being read: what all chapters of it know. */
#ifndef PLUGINS_META_ID3_TAG_H
#define PLUGINS_META_ID3_TAG_H

#include <adit/adit.h>
#include <adit/genre.h>
#include <adit/inflate.h>
#include <adit/report.h>
#include <adit/tag.h>
#include <adit/varint.h>
#include <stdlib.h>

#include "id3_bytes.h"
#include "id3_names.h"
#include "picture_types.h"

enum { MAX_FRAME = 1 << 20, MAX_FRAMES = 16384 };
enum { UNSYNCHRONISATION = 0x80, EXTENDED = 0x40, EXPERIMENTAL = 0x20, FOOTER = 0x10 };

struct id3 {
    const struct adit_call *job;
    struct adit_report report;
    struct id3_reader reader;
    struct id3_reader more;         /* behind what there is of the current frame in memory */
    uint8_t version, flags;
    uint64_t base;                  /* offset of the current frame's data, where they are as stored; else 0 */
    uint8_t *data;                  /* of the current frame, at most MAX_FRAME bytes */
    size_t size;                    /* bytes there */
    uint64_t frame_size;            /* all of its bytes */
    char name[5];                   /* its id */
    char year[5], day[5], clock[5]; /* TYER, TDAT, TIME: four digits each */
};

#endif
