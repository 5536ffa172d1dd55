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

/* A sealed file and its bytes. */
struct piece { char path[4200]; int fd; const uint8_t *bytes; size_t size; };

static int open_piece(struct piece *p, struct err *e)
{
    char name[64];
    id_of(p->path, name);
    p->fd = seal_copy(p->path, name, &p->size, e);
    if (p->fd < 0)
        return p->fd;
    void *bytes = mmap(NULL, p->size, PROT_READ, MAP_PRIVATE, p->fd, 0);
    if (bytes == MAP_FAILED)
        return err_errno(e, "cannot map the sealed copy of module %s", p->path);
    p->bytes = bytes;
    return 0;
}

static void close_piece(struct piece *p)
{
    if (p->bytes)
        (void)munmap((void *)(uintptr_t)p->bytes, p->size);
    if (p->fd >= 0)
        (void)close(p->fd);
}

static int refused(const char *path, const struct vfindings *findings, struct err *e)
{
    const struct vfinding *first = NULL;
    for (size_t i = 0; !first && i < findings->count; i++)
        if (findings->items[i].severity == VALIDATE_ERROR)
            first = &findings->items[i];
    char text[600] = "";
    if (first)
        (void)validate_describe(first, text, sizeof text);
    return err_set(e, -ENOEXEC, "module %s is refused (%zu %s): %s [%s]; see 'adit validate %s'", path, findings->errors,
                   findings->errors == 1 ? "error" : "errors", text, first ? first->rule->id : "report.more", path);
}

static int check_piece(const struct piece *p, const struct voptions *options, struct err *e)
{
    struct vfinding items[REPORTED];
    struct vfindings findings = {.items = items, .capacity = REPORTED};
    int bad = validate_module(p->bytes, p->size, options, &findings, NULL);
    if (bad < 0)
        return err_set(e, bad, "cannot check module %s: %s", p->path, strerror(-bad));
    return bad ? refused(p->path, &findings, e) : 0;
}

/* pieces[0] is the module, the others are its own libraries: those are ordinary ones, held to the rules about form. */
static int check(const struct plugin *plugin, struct vlibraries *libraries, const struct piece *pieces, size_t count, struct err *e)
{
    struct arena arena = {0};
    char id[64], version[48];
    struct vown_library own[MODULE_LIBRARIES];
    const struct conf_version *v = &plugin->conf.version;
    id_of(plugin->module_path, id);
    (void)snprintf(version, sizeof version, "%u.%u.%u", v->major, v->minor, v->patch);
    for (size_t i = 1; i < count; i++)
        own[i - 1] = (struct vown_library){plugin->conf.libraries[i - 1], pieces[i].bytes, pieces[i].size};
    const struct voptions options = {
        .allow_constructors = plugin->conf.constructors,
        .waivers = waivers_of(&plugin->conf, &arena),
        .waiver_count = plugin->conf.waiver_count,
        .own_libraries = own,
        .own_library_count = count - 1,
        .libraries = libraries,
        .expected_id = id,
        .expected_version = version,
        .page_size = (uint32_t)sysconf(_SC_PAGESIZE),
    };
    const struct voptions form = {.form_only = true, .page_size = options.page_size};
    int error = options.waivers ? check_piece(&pieces[0], &options, e) : err_set(e, -ENOMEM, "out of memory");
    for (size_t i = 1; !error && i < count; i++)
        error = check_piece(&pieces[i], &form, e);
    arena_release(&arena);
    return error;
}

/* Where the module and its own libraries are. Returns their number, or a negative errno. */
static int find_pieces(const struct plugin *plugin, struct piece pieces[1 + MODULE_LIBRARIES], struct err *e)
{
    const char *slash = strrchr(plugin->module_path, '/');
    int folder = slash ? (int)(slash - plugin->module_path) + 1 : 0;
    if (plugin->conf.library_count > MODULE_LIBRARIES)
        return err_set(e, -E2BIG, "%zu libraries of its own are more than %d", plugin->conf.library_count, MODULE_LIBRARIES);
    for (size_t i = 0; i < 1 + MODULE_LIBRARIES; i++)
        pieces[i] = (struct piece){.fd = -1};
    (void)snprintf(pieces[0].path, sizeof pieces[0].path, "%s", plugin->module_path);
    for (size_t i = 0; i < plugin->conf.library_count; i++)
        (void)snprintf(pieces[1 + i].path, sizeof pieces[0].path, "%.*s%s", folder, plugin->module_path, plugin->conf.libraries[i]);
    return (int)plugin->conf.library_count + 1;
}

int module_seal(const struct plugin *plugin, struct vlibraries *libraries, bool checked, struct sealed_module *out, struct err *e)
{
    struct piece pieces[1 + MODULE_LIBRARIES];
    struct digest d;
    int count = find_pieces(plugin, pieces, e), error = count < 0 ? count : 0;
    for (int i = 0; !error && i < count; i++)
        error = open_piece(&pieces[i], e);
    if (!error && checked)
        error = check(plugin, libraries, pieces, (size_t)count, e);
    if (!error) {
        digest_init(&d);
        for (int i = 0; i < count; i++) {
            digest_add_u64(&d, pieces[i].size);
            digest_add(&d, pieces[i].bytes, pieces[i].size);
            *(i == 0 ? &out->fd : &out->libraries[i - 1]) = pieces[i].fd;
            pieces[i].fd = -1;
        }
        digest_finish(&d, out->digest);
        out->library_count = (size_t)count - 1;
    }
    for (int i = 0; i < count; i++)
        close_piece(&pieces[i]);
    return error;
}

void module_close(struct sealed_module *m)
{
    (void)close(m->fd);
    while (m->library_count > 0)
        (void)close(m->libraries[--m->library_count]);
}

int module_digest(const struct plugin *plugin, unsigned char digest[32], struct err *e)
{
    struct sealed_module sealed;
    int error = module_seal(plugin, NULL, false, &sealed, e);
    if (error)
        return error;
    memcpy(digest, sealed.digest, sizeof sealed.digest);
    module_close(&sealed);
    return 0;
}
