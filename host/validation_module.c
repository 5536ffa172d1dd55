/* SPDX-License-Identifier: MIT */
/* One module, and the libraries that come with it, into the report. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"
#include "validation_impl.h"

#define MODULE_SIZE_MAX ((size_t)256 << 20)
#define FINDINGS_MAX 256u
#define OWN_MAX 64u

int read_whole(struct arena *a, const char *path, size_t limit, uint8_t **bytes, size_t *size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    int r = fstat(fd, &st) < 0                               ? -errno
            : !S_ISREG(st.st_mode)                           ? -EINVAL
            : st.st_size < 0 || (uint64_t)st.st_size > limit ? -EFBIG
                                                             : 0;
    uint8_t *p = r == 0 ? arena_alloc(a, (size_t)st.st_size) : NULL;
    if (r == 0 && !p)
        r = -ENOMEM;
    size_t n = 0;
    while (r == 0 && n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + n, (size_t)st.st_size - n);
        if (got < 0 && errno != EINTR)
            r = -errno;
        if (got == 0)
            break; /* it became shorter: what was read is what is checked */
        if (got > 0)
            n += (size_t)got;
    }
    (void)close(fd);
    if (r < 0)
        return r;
    *bytes = p;
    *size = n;
    return 0;
}

/* What the report calls it: as the user did, where the user did. */
static const char *shown_path(const struct validation *v, const char *real)
{
    for (size_t i = 0; i < v->modules.count; i++)
        if (strcmp(v->modules.items[i].real, real) == 0)
            return v->modules.items[i].path;
    return real;
}

static const char *reason_of(const struct conf *conf, const struct vfinding *f)
{
    size_t n = strlen(f->rule->id);
    for (size_t i = 0; conf && i < conf->waiver_count; i++) {
        const char *key = conf->waivers[i].key;
        if (strncmp(key, f->rule->id, n) == 0 &&
            (key[n] == '\0' || (key[n] == '.' && strcmp(key + n + 1, f->subject) == 0)))
            return conf->waivers[i].value;
    }
    return "";
}

static void add_findings(struct validation *v, struct report_file *file, const struct vfindings *found,
                         const struct conf *conf)
{
    static const enum finding_severity severities[] = {0, FINDING_ERROR, FINDING_WARNING, FINDING_NOTE};
    for (size_t i = 0; i < found->count; i++) {
        const struct vfinding *f = &found->items[i];
        char text[768];
        (void)validate_describe(f, text, sizeof text);
        const struct report_finding x = {.severity = severities[f->severity],
                                         .rule = f->rule->id,
                                         .message = text,
                                         .mend = f->rule->mend,
                                         .offset = f->offset,
                                         .has_offset = true,
                                         .waived = f->waived ? reason_of(conf, f) : NULL};
        report_add(v->report, file, &x);
    }
}

/* Checks `bytes` and adds what is found to the report. */
static int check_bytes(struct validation *v, const char *path, enum report_kind kind, const char *conf_path,
                       const struct conf *conf, const struct voptions *options, const uint8_t *bytes, size_t size)
{
    struct vfinding *items = malloc(FINDINGS_MAX * sizeof *items);
    struct vfindings found = {.items = items, .capacity = FINDINGS_MAX};
    struct vmodule_info info;
    int r = items ? validate_module(bytes, size, options, &found, &info) : -ENOMEM;
    struct report_file *file = r < 0 ? NULL : report_file(v->report, path, kind);
    if (file) {
        add_findings(v, file, &found, conf);
        file->has_facts = kind == REPORT_MODULE && (info.has_note || info.memory_size > 0); /* else it is no module at all */
        file->facts = info;
        file->facts.soname = NULL; /* they point into the bytes */
        file->facts.needed_count = 0;
        memset(file->facts.needed, 0, sizeof file->facts.needed);
        if (conf_path && !file->conf)
            file->conf = arena_strdup(&v->report->arena, conf_path);
    }
    free(items);
    return r < 0 ? r : file ? 0 : -ENOMEM;
}

/* [module] library: read from the module's folder, and checked by the rules about form. */
static int own_libraries(struct validation *v, const char *real, const struct conf *conf, struct vown_library *list,
                         size_t *count)
{
    const char *slash = strrchr(real, '/');
    *count = 0;
    for (size_t i = 0; conf && i < conf->library_count && *count < OWN_MAX; i++) {
        char path[PATH_MAX];
        uint8_t *bytes;
        size_t size;
        int n = snprintf(path, sizeof path, "%.*s/%s", (int)(slash - real), real, conf->libraries[i]);
        if (n < 0 || (size_t)n >= sizeof path)
            continue;
        int r = read_whole(&v->scratch, path, MODULE_SIZE_MAX, &bytes, &size);
        if (r == -ENOMEM)
            return r;
        if (r < 0)
            continue; /* policy.needed.missing says so where it is needed */
        const struct voptions options = {.form_only = true, .page_size = (uint32_t)sysconf(_SC_PAGESIZE)};
        r = check_bytes(v, path, REPORT_LIBRARY, NULL, NULL, &options, bytes, size);
        if (r < 0)
            return r;
        list[(*count)++] = (struct vown_library){conf->libraries[i], bytes, size};
    }
    return 0;
}

/* The module's name: that of its file without .so. */
static const char *id_of(struct arena *a, const char *real)
{
    const char *name = strrchr(real, '/') + 1;
    size_t n = strlen(name);
    return arena_strndup(a, name, n > 3 && strcmp(name + n - 3, ".so") == 0 ? n - 3 : n);
}

/* All of a .conf that changes what is found in its module. */
static const char *variant_key(struct arena *a, const struct conf *conf)
{
    struct buf b = BUF_INIT;
    if (conf) {
        buf_addf(&b, "%u.%u.%u %d", conf->version.major, conf->version.minor, conf->version.patch, conf->constructors);
        for (size_t i = 0; i < conf->waiver_count; i++)
            buf_addf(&b, "\n%s %s", conf->waivers[i].key, conf->waivers[i].value);
        for (size_t i = 0; i < conf->library_count; i++)
            buf_addf(&b, "\n/%s", conf->libraries[i]);
    }
    const char *key = arena_strdup(a, buf_cstr(&b));
    bool failed = b.failed;
    buf_release(&b);
    return failed ? NULL : key;
}

static bool is_known(const struct validation *v, const char *real, const char *key)
{
    for (size_t i = 0; i < v->variants.count; i++)
        if (strcmp(v->variants.items[i].key, key) == 0 && strcmp(v->variants.items[i].real, real) == 0)
            return true;
    return false;
}

static int check_variant(struct validation *v, const char *real, const char *conf_path, const struct conf *conf)
{
    char version[48] = "";
    const char **waivers = arena_array(&v->arena, (conf ? conf->waiver_count : 0) + 1, sizeof *waivers);
    const char *id = id_of(&v->arena, real);
    struct vown_library own[OWN_MAX];
    size_t own_count = 0;
    uint8_t *bytes;
    size_t size;
    if (!waivers || !id)
        return -ENOMEM;
    for (size_t i = 0; conf && i < conf->waiver_count; i++)
        waivers[i] = conf->waivers[i].key;
    if (conf)
        (void)snprintf(version, sizeof version, "%u.%u.%u", conf->version.major, conf->version.minor,
                       conf->version.patch);
    int r = read_whole(&v->scratch, real, MODULE_SIZE_MAX, &bytes, &size);
    if (r == 0)
        r = own_libraries(v, real, conf, own, &own_count);
    if (r < 0)
        return r;
    const struct voptions options = {
        .allow_constructors = conf && conf->constructors,
        .waivers = waivers,
        .waiver_count = conf ? conf->waiver_count : 0,
        .own_libraries = own,
        .own_library_count = own_count,
        .libraries = v->libraries.symbols,
        .expected_id = id,
        .expected_version = conf ? version : NULL,
        .page_size = (uint32_t)sysconf(_SC_PAGESIZE),
    };
    return check_bytes(v, shown_path(v, real), REPORT_MODULE, conf_path, conf, &options, bytes, size);
}

int validation_module(struct validation *v, const char *real, const char *conf_path, const struct conf *conf,
                      struct err *e)
{
    const char *key = variant_key(&v->arena, conf);
    const char *path = arena_strdup(&v->arena, real);
    if (!key || !path || !map_puts(&v->checked, path, (void *)path))
        return err_set(e, -ENOMEM, "out of memory");
    if (is_known(v, path, key))
        return 0;
    const struct variant variant = {path, key};
    if (!vec_push(&v->variants, variant))
        return err_set(e, -ENOMEM, "out of memory");
    int r = check_variant(v, path, conf_path, conf);
    arena_reset(&v->scratch);
    return r < 0 ? err_set(e, r, "%s: %s", shown_path(v, real), strerror(-r)) : 0;
}
