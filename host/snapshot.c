/* SPDX-License-Identifier: MIT */
/*
 *   file    := "aditsnap", hash64 of the rest (8 bytes, little endian), rest
 *   rest    := format, maker, time of writing, dirs, confs, folders, modules          numbers are varints
 *   dirs    := count, (path, stamp, count, (name, family)*)*
 *   confs   := count, (path, stamp, types digest, size, conf)*
 *   folders := count, (path, stamp)*                           those that modules were looked for in
 *   modules := count, (path, stamp, known, SHA-256 if known)*
 *
 * The maker is this very program: another build may read a .conf differently.
 */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "digest.h"
#include "snapshot_conf.h"

enum { MAX_FILE = 8 * 1024 * 1024 };

struct conf_record {
    const char *path;
    struct stamp stamp;
    const unsigned char *types_digest, *bytes;
    size_t size;
};
struct module_record {
    const char *path;
    struct stamp stamp;
    const unsigned char *digest; /* NULL: never sealed */
};
struct folder_record {
    const char *path;
    struct stamp stamp;
};

struct snapshot {
    void *mapping; /* NULL where the bytes are borrowed */
    size_t size;
    struct arena arena;
    struct scan_dir *dirs;
    struct conf_record *confs;
    struct folder_record *folders;
    struct module_record *modules;
    size_t dir_count, conf_count, folder_count, module_count;
    size_t next_dir, next_conf, next_folder, next_module; /* asked for in the order of writing, mostly */
};

static uint64_t load_u64(const unsigned char *p)
{
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

uint64_t snapshot_maker(void)
{
    struct stamp self;
    if (stamp_of(AT_FDCWD, "/proc/self/exe", &self) < 0)
        self = (struct stamp){0};
    uint64_t parts[] = {self.device, self.inode, self.size, (uint64_t)self.mtime_ns, sizeof(struct conf)};
    return hash64(parts, sizeof parts, hash64(ADIT_VERSION, sizeof ADIT_VERSION, SNAPSHOT_FORMAT));
}

static void *records(struct codec *c, size_t *count, size_t size)
{
    codec_size(c, count, (size_t)(c->end - c->at));
    void *items = arena_array(c->arena, *count, size);
    if (!items || c->failed) {
        c->failed = true;
        *count = 0;
    }
    return items;
}

static void read_dirs(struct codec *c, struct snapshot *s)
{
    s->dirs = records(c, &s->dir_count, sizeof *s->dirs);
    for (size_t i = 0; i < s->dir_count && !c->failed; i++) {
        struct scan_dir *dir = &s->dirs[i];
        codec_text(c, &dir->path);
        codec_stamp(c, &dir->stamp);
        dir->entries = records(c, &dir->entry_count, sizeof *dir->entries);
        for (size_t k = 0; k < dir->entry_count && !c->failed; k++) {
            struct scan_entry *entry = &dir->entries[k];
            codec_text(c, &entry->name);
            codec_bool(c, &entry->family);
            size_t size = strlen(entry->name);
            bool conf = size > 5 && strcmp(entry->name + size - 5, ".conf") == 0;
            if (strchr(entry->name, '/') || entry->name[0] == '.' || entry->name[0] == '\0' || !(conf || entry->family))
                c->failed = true;
        }
    }
}

static void read_confs(struct codec *c, struct snapshot *s)
{
    s->confs = records(c, &s->conf_count, sizeof *s->confs);
    for (size_t i = 0; i < s->conf_count && !c->failed; i++) {
        struct conf_record *conf = &s->confs[i];
        codec_text(c, &conf->path);
        codec_stamp(c, &conf->stamp);
        codec_raw(c, &conf->types_digest, DIGEST_SIZE);
        codec_size(c, &conf->size, CONF_MAX_FILE);
        codec_raw(c, &conf->bytes, conf->size);
    }
}

static void read_folders(struct codec *c, struct snapshot *s)
{
    s->folders = records(c, &s->folder_count, sizeof *s->folders);
    for (size_t i = 0; i < s->folder_count && !c->failed; i++) {
        codec_text(c, &s->folders[i].path);
        codec_stamp(c, &s->folders[i].stamp);
    }
}

static void read_modules(struct codec *c, struct snapshot *s)
{
    s->modules = records(c, &s->module_count, sizeof *s->modules);
    for (size_t i = 0; i < s->module_count && !c->failed; i++) {
        struct module_record *module = &s->modules[i];
        codec_text(c, &module->path);
        codec_stamp(c, &module->stamp);
        bool known = false;
        codec_bool(c, &known);
        if (known)
            codec_raw(c, &module->digest, DIGEST_SIZE);
    }
}

/* Lays out the records; bodies of .confs are decoded when they are asked for. */
static struct snapshot *read_all(const unsigned char *data, size_t size, int64_t now_ns)
{
    if (size < SNAPSHOT_HEADER || memcmp(data, SNAPSHOT_MAGIC, 8) != 0 ||
        load_u64(data + 8) != hash64(data + SNAPSHOT_HEADER, size - SNAPSHOT_HEADER, SNAPSHOT_FORMAT))
        return NULL;
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    struct codec c = {.at = data + SNAPSHOT_HEADER, .end = data + size, .arena = &s->arena};
    uint64_t format = 0, made_by = 0, written = 0;
    codec_u64(&c, &format);
    codec_u64(&c, &made_by);
    codec_u64(&c, &written);
    /* Written later than now: the clock was set back, and a file may have been changed to the same times again. */
    if (format != SNAPSHOT_FORMAT || made_by != snapshot_maker() || written > (uint64_t)now_ns)
        c.failed = true;
    read_dirs(&c, s);
    read_confs(&c, s);
    read_folders(&c, s);
    read_modules(&c, s);
    if (!c.failed && c.at == c.end)
        return s;
    snapshot_close(s);
    return NULL;
}

struct snapshot *snapshot_from(const void *data, size_t size, int64_t now_ns)
{
    return read_all(data, size, now_ns);
}

struct snapshot *snapshot_open(const char *path, int64_t now_ns)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    struct stat st;
    bool fits = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= SNAPSHOT_HEADER && st.st_size <= MAX_FILE &&
                st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH));
    size_t size = fits ? (size_t)st.st_size : 0;
    int64_t day_ago = now_ns / 1000000000 - 86400;
    if (fits && st.st_mtim.tv_sec < day_ago)
        (void)futimens(fd, NULL); /* used: see prune.h */
    /* Files are replaced by renaming, never written in place, so the mapping does not change or shrink. */
    void *mapping = fits ? mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0) : MAP_FAILED;
    (void)close(fd);
    if (mapping == MAP_FAILED)
        return NULL;
    struct snapshot *s = read_all(mapping, size, now_ns);
    if (!s) {
        (void)munmap(mapping, size);
        return NULL;
    }
    s->mapping = mapping;
    s->size = size;
    return s;
}

void snapshot_close(struct snapshot *s)
{
    if (!s)
        return;
    if (s->mapping)
        (void)munmap(s->mapping, s->size);
    arena_release(&s->arena);
    free(s);
}

size_t snapshot_decoded_size(const struct snapshot *s)
{
    return s ? s->conf_count * sizeof(struct plugin) + s->size / 2 * 3 : 0;
}

/* The record of `path` among those that begin with their path, or NULL. Records are asked for in the order of writing,
 * mostly: the search begins behind the one that was found last. */
static void *find(const void *items, size_t count, size_t size, size_t *next, const char *path)
{
    for (size_t tried = 0; tried < count; tried++) {
        const char *item = (const char *)items + *next * size, *item_path;
        memcpy(&item_path, item, sizeof item_path);
        *next = *next + 1 == count ? 0 : *next + 1;
        if (strcmp(item_path, path) == 0)
            return (void *)(uintptr_t)item;
    }
    return NULL;
}

/* Does what was recorded under `then` still hold under `now`? What was racy was not recorded. A file that is racy now
 * and has the old times was not changed since: its old times were not. */
static bool holds(const struct stamp *then, const struct stamp *now)
{
    return then->exists && stamp_equal(then, now);
}

const struct scan_dir *snapshot_dir(struct snapshot *s, const char *path, const struct stamp *stamp)
{
    const struct scan_dir *dir = s ? find(s->dirs, s->dir_count, sizeof *s->dirs, &s->next_dir, path) : NULL;
    return dir && holds(&dir->stamp, stamp) ? dir : NULL;
}

bool snapshot_conf(struct snapshot *s, const char *path, const struct stamp *stamp, struct arena *arena,
                   struct conf *out, unsigned char types_digest[32])
{
    const struct conf_record *record = s ? find(s->confs, s->conf_count, sizeof *s->confs, &s->next_conf, path) : NULL;
    if (!record || !holds(&record->stamp, stamp))
        return false;
    struct conf conf = {0};
    struct codec c = {.at = record->bytes, .end = record->bytes + record->size, .arena = arena};
    codec_conf(&c, &conf);
    if (c.failed || c.at != c.end)
        return false;
    *out = conf;
    memcpy(types_digest, record->types_digest, DIGEST_SIZE);
    return true;
}

bool snapshot_module_dir(struct snapshot *s, const char *path, const struct stamp *stamp)
{
    const struct folder_record *folder =
        s ? find(s->folders, s->folder_count, sizeof *s->folders, &s->next_folder, path) : NULL;
    return folder && holds(&folder->stamp, stamp);
}

bool snapshot_module(struct snapshot *s, const char *path, struct stamp *stamp, unsigned char *digest)
{
    const struct module_record *record =
        s ? find(s->modules, s->module_count, sizeof *s->modules, &s->next_module, path) : NULL;
    if (!record)
        return false;
    if (!digest) {
        *stamp = record->stamp;
        return true;
    }
    if (!record->digest || !holds(&record->stamp, stamp))
        return false;
    memcpy(digest, record->digest, DIGEST_SIZE);
    return true;
}
