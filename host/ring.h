/* SPDX-License-Identifier: MIT */
/* The ring of shared memory by which a worker tells its results. One writer (the worker), one reader (the host). */
#ifndef HOST_RING_H
#define HOST_RING_H

#include "base/buf.h"
#include "wire.h"

/* [worker, locked] */
struct ring_writer {
    struct wire_shared *shared;
    uint8_t *data;
    uint64_t head;
    int socket; /* for doorbells */
};
void ring_writer_init(struct ring_writer *w, void *memory, int socket);
/* Appends one record; waits for room where there is none. */
void ring_put(struct ring_writer *w, enum wire_record kind, uint8_t flags, uint16_t task, const void *a, size_t a_size,
              const void *b, size_t b_size);
/* Tells the host that there is something to read, unless it has been told. */
void ring_doorbell(struct ring_writer *w);

/* [host] The memory is hostile: every number is copied once and checked. */
struct ring_reader {
    struct wire_shared *shared;
    const uint8_t *data;
    uint64_t tail;
};
void ring_reader_init(struct ring_reader *r, void *memory);
/* Moves what there is to the end of `out`. 0, -EBADMSG when the worker's head makes no sense, -ENOMEM. */
int ring_take(struct ring_reader *r, struct buf *out);

#endif
