/* SPDX-License-Identifier: MIT */
#include "walk_list.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

/* Reads more: 1, or 0 at the end, or a negative errno. Never waits: the caller has other things to do. */
static int fill(struct walk_list *l)
{
    if (l->at > 0) {
        memmove(l->buf.data, l->buf.data + l->at, l->buf.size - l->at);
        l->buf.size -= l->at;
        l->scanned -= l->at;
        l->at = 0;
    }
    if (l->buf.size > WALK_LIST_NAME_MAX)
        return -ENAMETOOLONG;
    struct pollfd ready = {.fd = l->fd, .events = POLLIN};
    int n = poll(&ready, 1, 0);
    if (n == 0 || (n < 0 && errno == EINTR))
        return -EAGAIN;
    char *room = buf_reserve(&l->buf, READ_SIZE);
    if (!room)
        return -ENOMEM;
    ssize_t got = read(l->fd, room, READ_SIZE);
    if (got < 0)
        return errno == EINTR ? -EAGAIN : -errno;
    l->buf.size += (size_t)got;
    return got > 0;
}

static void end(struct walk_list *l)
{
    l->ended = true;
    l->at = l->scanned = l->buf.size = 0;
}

/* No name holds a NUL: this is another kind of list, or no list at all but a file's own bytes. */
static int give(struct walk_list *l, const char *name, size_t size)
{
    if (!memchr(name, '\0', size))
        return 1;
    end(l);
    return -EILSEQ;
}

/* The last name may lack its separator. */
static int last_name(struct walk_list *l, const char **name, size_t *size)
{
    *size = l->buf.size - l->at;
    buf_putc(&l->buf, '\0');
    if (l->buf.failed)
        return -ENOMEM;
    *name = l->buf.data + l->at;
    end(l);
    return *size > 0 ? give(l, *name, *size) : 0;
}

int walk_list_next(struct walk_list *l, const char **name, size_t *size)
{
    while (!l->ended) {
        size_t unseen = l->buf.size - l->scanned;
        char *found = unseen ? memchr(l->buf.data + l->scanned, l->separator, unseen) : NULL;
        if (!found) {
            l->scanned = l->buf.size;
            int error = fill(l);
            if (error == 0)
                return last_name(l, name, size);
            if (error < 0) {
                if (error != -EAGAIN)
                    end(l);
                return error;
            }
            continue;
        }
        *name = l->buf.data + l->at;
        *size = (size_t)(found - *name);
        *found = '\0';
        l->at = l->scanned = (size_t)(found - l->buf.data) + 1;
        if (*size > 0)
            return give(l, *name, *size);
    }
    return 0;
}

const char *walk_list_error(int error)
{
    switch (error) {
    case -ENAMETOOLONG:
        return "list has a name of more than 1 MiB: are its names separated as said?";
    case -EILSEQ:
        return "list has a NUL byte: expected names of files, one a line; where names end in NUL, give --null; to read a file's own "
               "bytes, name the file";
    default:
        return strerror(-error);
    }
}

void walk_list_release(struct walk_list *l)
{
    if (l->fd > STDERR_FILENO)
        (void)close(l->fd);
    buf_release(&l->buf);
}
