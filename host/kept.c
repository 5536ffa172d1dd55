/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

enum { BLOCK = 1 << 20, NAME = 2 * KEPT_KEY };

struct head {
    char magic[8];
    uint64_t size, sum;
    unsigned char key[KEPT_KEY];
};
static const char magic[8] = "aditkep1";

static void name_of(const unsigned char key[KEPT_KEY], char out[NAME + 1])
{
    for (int i = 0; i < KEPT_KEY; i++)
        (void)snprintf(out + 2 * (size_t)i, 3, "%02x", key[i]);
}

/* Reads `size` bytes from `offset` on and sums them up; to >= 0: copies them there. 0 or -errno. */
static int go_through(int from, uint64_t offset, uint64_t size, int to, uint64_t *sum)
{
    unsigned char *block = malloc(BLOCK);
    int error = block ? 0 : -ENOMEM;
    *sum = size;
    for (uint64_t done = 0; !error && done < size;) {
        size_t want = size - done < BLOCK ? (size_t)(size - done) : BLOCK;
        ssize_t n = pread(from, block, want, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            error = n < 0 ? -errno : -EIO;
        else if (to >= 0 && pwrite(to, block, (size_t)n, (off_t)(KEPT_HEAD + done)) != n)
            error = errno ? -errno : -ENOSPC;
        /* Blocks of the same bytes, however the kernel cuts them: only whole ones are summed. */
        else if ((size_t)n == want)
            *sum = hash64(block, want, *sum);
        else
            error = -EIO;
        done += n > 0 ? (uint64_t)n : 0;
    }
    free(block);
    return error;
}

static bool is_ours(int fd, struct stat *st)
{
    return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & 022) == 0;
}

int kept_open(const char *folder, const unsigned char key[KEPT_KEY], uint64_t *size)
{
    char path[4200], name[NAME + 1];
    struct stat st;
    struct head h;
    uint64_t sum;
    name_of(key, name);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -ENOENT;
    bool good = is_ours(fd, &st) && pread(fd, &h, sizeof h, 0) == (ssize_t)sizeof h && memcmp(h.magic, magic, sizeof magic) == 0 &&
                memcmp(h.key, key, sizeof h.key) == 0 && h.size <= KEPT_MOST && (uint64_t)st.st_size == KEPT_HEAD + h.size &&
                go_through(fd, KEPT_HEAD, h.size, -1, &sum) == 0 && sum == h.sum;
    if (!good) {
        (void)close(fd);
        (void)unlink(path);
        return -ENOENT;
    }
    (void)utimensat(AT_FDCWD, path, NULL, 0); /* the time of the last use */
    *size = h.size;
    return fd;
}

static int make_folder(const char *folder)
{
    struct stat st;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return -errno;
    if (lstat(folder, &st) != 0)
        return -errno;
    return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 022) == 0 ? 0 : -EPERM;
}

int kept_save(const char *folder, const unsigned char key[KEPT_KEY], int from, uint64_t size)
{
    char path[4200], temporary[4200], name[NAME + 1];
    struct head h = {.size = size};
    int error = size > KEPT_MOST ? -EFBIG : make_folder(folder);
    if (error)
        return error;
    name_of(key, name);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)snprintf(temporary, sizeof temporary, "%s/new-XXXXXX", folder);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.key, key, sizeof h.key);
    errno = 0;
    error = go_through(from, 0, size, fd, &h.sum);
    if (!error && pwrite(fd, &h, sizeof h, 0) != (ssize_t)sizeof h)
        error = errno ? -errno : -ENOSPC;
    if (close(fd) != 0 && !error)
        error = -errno;
    if (!error && rename(temporary, path) != 0)
        error = -errno;
    if (error)
        (void)unlink(temporary);
    else
        (void)kept_prune(folder, &(struct prune){.most = KEPT_TOTAL});
    return error;
}

static enum prune_kind kind_of(const char *name)
{
    bool whole = strlen(name) == NAME && strspn(name, "0123456789abcdef") == NAME;
    return whole ? PRUNE_WHOLE : strncmp(name, "new-", 4) == 0 ? PRUNE_PARTIAL : PRUNE_FOREIGN;
}

int kept_prune(const char *folder, struct prune *p)
{
    return prune_folder(folder, kind_of, p);
}
