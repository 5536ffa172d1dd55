/* SPDX-License-Identifier: MIT */
#include "detect_read.h"

#include <errno.h>
#include <unistd.h>

/* Where the bytes are: in memory, or from `offset` of a file. */
struct bytes {
    const unsigned char *memory;
    int fd;
    uint64_t offset;
};

/* Bytes `at` to `at + size`, in `room` where they are read: fewer where the file is shorter. NULL and a negative errno in
 * *error. */
static const unsigned char *take(const struct bytes *b, uint64_t at, unsigned char *room, size_t size, size_t *got,
                                 int *error)
{
    if (b->memory) {
        *got = size;
        return b->memory + at;
    }
    for (*got = 0; *got < size;) {
        ssize_t n = pread(b->fd, room + *got, size - *got, (off_t)(b->offset + at + *got));
        if (n == 0)
            break;
        if (n > 0) {
            *got += (size_t)n;
        } else if (errno != EINTR) {
            *error = -errno;
            return NULL;
        }
    }
    return room;
}

/* Block after block beyond the head, while one could still decide. */
static int detect_beyond(const struct detect *d, const struct bytes *b, struct detect_source *s, struct detect_result *out)
{
    unsigned char room[DETECT_FAR];
    for (s->block = 0; s->block < DETECT_BLOCKS; s->block++) {
        struct detect_result now;
        int error = 0;
        uint64_t at = detect_wants_far(d, s, out);
        if (at == 0)
            continue;
        size_t size = s->size - at < DETECT_FAR ? (size_t)(s->size - at) : DETECT_FAR;
        s->far = take(b, at, room, size, &s->far_size, &error);
        if (!s->far)
            return error;
        detect_type(d, s, &now);
        s->far = NULL;
        bool decided = now.media != out->media || now.by != out->by;
        *out = now;
        if (decided)
            break;
    }
    return 0;
}

static int detect_bytes(const struct detect *d, const struct bytes *b, struct detect_source *s, struct detect_result *out)
{
    unsigned char head[DETECT_HEAD], tail[DETECT_TAIL];
    int error = 0;
    size_t size = s->size < DETECT_HEAD ? (size_t)s->size : DETECT_HEAD;
    s->head = take(b, 0, head, size, &s->head_size, &error);
    if (!s->head)
        return error;
    if (s->head_size < size)
        s->size = s->head_size; /* it may have been cut since */
    detect_type(d, s, out);
    if (detect_wants_tail(d, s, out)) {
        size = s->size < DETECT_TAIL ? (size_t)s->size : DETECT_TAIL;
        s->tail = take(b, s->size - size, tail, size, &s->tail_size, &error);
        if (!s->tail)
            return error;
        detect_type(d, s, out);
    }
    return s->size > DETECT_HEAD ? detect_beyond(d, b, s, out) : 0;
}

int detect_fd(const struct detect *d, int fd, uint64_t offset, uint64_t size, const char *name, size_t name_size,
              struct detect_result *out)
{
    const struct bytes b = {.fd = fd, .offset = offset};
    struct detect_source s = {.size = size, .name = name, .name_size = name_size};
    return detect_bytes(d, &b, &s, out);
}

void detect_memory(const struct detect *d, const void *data, size_t size, const char *name, size_t name_size,
                   struct detect_result *out)
{
    const struct bytes b = {.memory = size ? data : (const void *)""};
    struct detect_source s = {.size = size, .name = name, .name_size = name_size};
    (void)detect_bytes(d, &b, &s, out);
}
