// SPDX-License-Identifier: MIT
/* Finds and maps the system's shared libraries. */
#include "libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIBRARY_SIZE_MAX ((off_t)1 << 30)

struct mapped_library {
    struct mapped_library *next;
    void *bytes;
    size_t size;
};

#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu"
#else
#define MULTIARCH "aarch64-linux-gnu"
#endif

static const char *const directories[] = {
    "/lib/" MULTIARCH, "/usr/lib/" MULTIARCH, "/lib64", "/usr/lib64", "/lib", "/usr/lib", NULL,
};

const char *const *libraries_directories(void)
{
    return directories;
}

/* Maps a regular file that others than root and the user cannot change while it is read. */
static int map_file(const char *path, void **bytes, size_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int r = 0;
    void *p = MAP_FAILED;
    if (fstat(fd, &st) < 0)
        r = -errno;
    else if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > LIBRARY_SIZE_MAX)
        r = -ENOENT;
    else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        r = -errno;
    close(fd);
    if (r < 0)
        return r;
    *bytes = p;
    *size = (size_t)st.st_size;
    return 0;
}

static int find_library(void *user, const char *name, const uint8_t **bytes, size_t *size)
{
    struct libraries *l = user;
    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return -ENOENT;
    for (size_t i = 0; directories[i]; i++) {
        char path[512];
        void *p = NULL;
        size_t n = 0;
        if (snprintf(path, sizeof path, "%s/%s", directories[i], name) >= (int)sizeof path ||
            map_file(path, &p, &n) < 0)
            continue;
        struct mapped_library *m = malloc(sizeof *m);
        if (!m) {
            munmap(p, n);
            return -ENOMEM;
        }
        *m = (struct mapped_library){l->mapped, p, n};
        l->mapped = m;
        *bytes = p;
        *size = n;
        return 0;
    }
    return -ENOENT;
}

int libraries_open(struct libraries *l)
{
    l->mapped = NULL;
    l->symbols = vlibraries_new(find_library, l);
    return l->symbols ? 0 : -ENOMEM;
}

void libraries_close(struct libraries *l)
{
    vlibraries_free(l->symbols);
    while (l->mapped) {
        struct mapped_library *next = l->mapped->next;
        munmap(l->mapped->bytes, l->mapped->size);
        free(l->mapped);
        l->mapped = next;
    }
    l->symbols = NULL;
}
