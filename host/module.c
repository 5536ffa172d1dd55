/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "digest.h"
#include "validate.h"

enum { MODULE_MAX = 64 << 20, REPORTED = 32 };

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u /* Linux 6.3; before it every memfd may be executed */
#endif

static int new_memfd(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return fd;
}

static int copy_file(int from, int to, size_t size)
{
    for (size_t left = size; left > 0;) {
        ssize_t n = sendfile(to, from, NULL, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO; /* shorter than fstat said: it is being replaced */
        left -= (size_t)n;
    }
    return 0;
}

static int open_module(const char *path, size_t *size, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return err_errno(e, "cannot open module %s", path);
    int error = 0;
    if (fstat(fd, &st) != 0)
        error = err_errno(e, "cannot read module %s", path);
    else if (!S_ISREG(st.st_mode))
        error = err_set(e, -EINVAL, "module %s is not a regular file", path);
    else if (stat_refuses(&st, false))
        error = err_set(e, -EACCES, "module %s %s: chown it to root or to yourself, and chmod go-w", path, stat_refuses(&st, false));
    else if (st.st_size <= 0 || st.st_size > MODULE_MAX)
        error = err_set(e, -EFBIG, "module %s has %lld bytes; expected 1 to %d", path, (long long)st.st_size, MODULE_MAX);
    if (error) {
        (void)close(fd);
        return error;
    }
    *size = (size_t)st.st_size;
    return fd;
}

/* A memfd with the file's bytes that nobody can change any more. */
static int seal_copy(const char *path, const char *name, size_t *size, struct err *e)
{
    int from = open_module(path, size, e);
    if (from < 0)
        return from;
    int to = new_memfd(name);
    int error = to < 0 ? -errno : copy_file(from, to, *size);
    if (!error && fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        error = -errno;
    (void)close(from);
    if (!error)
        return to;
    if (to >= 0)
        (void)close(to);
    return err_set(e, error, "cannot seal a copy of module %s: %s", path, strerror(-error));
}

/* "image/png.so" -> "png" */
static void id_of(const char *path, char out[64])
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(out, 64, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(out, '.');
    if (dot)
        *dot = '\0';
}

/* The .conf's waivers as the validator wants them. */
static const char **waivers_of(const struct conf *conf, struct arena *a)
{
    const char **list = arena_array(a, conf->waiver_count + 1, sizeof *list);
    for (size_t i = 0; list && i < conf->waiver_count; i++)
        list[i] = conf->waivers[i].key;
    return list;
}

static int check(const struct plugin *plugin, struct vlibraries *libraries, const uint8_t *bytes, size_t size, struct err *e)
{
    struct arena arena = {0};
    char id[64], version[48];
    struct vfinding items[REPORTED];
    struct vfindings findings = {.items = items, .capacity = REPORTED};
    const struct conf_version *v = &plugin->conf.version;
    id_of(plugin->module_path, id);
    (void)snprintf(version, sizeof version, "%u.%u.%u", v->major, v->minor, v->patch);
    const struct voptions options = {
        .allow_constructors = plugin->conf.constructors,
        .waivers = waivers_of(&plugin->conf, &arena),
        .waiver_count = plugin->conf.waiver_count,
        .libraries = libraries,
        .expected_id = id,
        .expected_version = version,
        .page_size = (uint32_t)sysconf(_SC_PAGESIZE),
    };
    int refused = options.waivers ? validate_module(bytes, size, &options, &findings, NULL) : -ENOMEM;
    arena_release(&arena);
    if (refused < 0)
        return err_set(e, refused, "cannot check module %s: %s", plugin->module_path, strerror(-refused));
    if (!refused)
        return 0;
    const struct vfinding *first = NULL;
    for (size_t i = 0; !first && i < findings.count; i++)
        if (findings.items[i].severity == VALIDATE_ERROR)
            first = &findings.items[i];
    char text[600] = "";
    if (first)
        (void)validate_describe(first, text, sizeof text);
    return err_set(e, -ENOEXEC, "module %s is refused (%zu %s): %s [%s]; see 'adit validate %s'", plugin->module_path,
                   findings.errors, findings.errors == 1 ? "error" : "errors", text, first ? first->rule->id : "report.more",
                   plugin->module_path);
}

int module_seal(const struct plugin *plugin, struct vlibraries *libraries, bool checked, struct sealed_module *out, struct err *e)
{
    size_t size;
    char name[64];
    id_of(plugin->module_path, name);
    int fd = seal_copy(plugin->module_path, name, &size, e);
    if (fd < 0)
        return fd;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        int error = err_errno(e, "cannot map the sealed copy of module %s", plugin->module_path);
        (void)close(fd);
        return error;
    }
    int error = checked ? check(plugin, libraries, bytes, size, e) : 0;
    if (!error)
        digest_of(bytes, size, out->digest);
    (void)munmap(bytes, size);
    if (error)
        (void)close(fd);
    else
        out->fd = fd;
    return error;
}

int module_digest(const char *path, unsigned char digest[32], struct err *e)
{
    size_t size;
    int fd = open_module(path, &size, e);
    if (fd < 0)
        return fd;
    void *bytes = malloc(size);
    int error = bytes ? 0 : err_set(e, -ENOMEM, "out of memory");
    for (size_t done = 0; !error && done < size;) {
        ssize_t n = pread(fd, (char *)bytes + done, size - done, (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            error = err_set(e, n < 0 ? -errno : -EIO, "cannot read module %s", path);
        else
            done += (size_t)n;
    }
    if (!error)
        digest_of(bytes, size, digest);
    free(bytes);
    (void)close(fd);
    return error;
}
