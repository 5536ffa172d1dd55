/* SPDX-License-Identifier: MIT */
/* Modules to damage: built once for a test program, read whole, patched by the names of their parts. */
#ifndef TESTS_VALIDATE_SAMPLE_H
#define TESTS_VALIDATE_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libraries.h"
#include "validate.h"

#define ANYWHERE SIZE_MAX
#define RESERVE 8u /* bytes that a patch may append */

struct sample {
    uint8_t *bytes; /* malloc'd with exactly `size` bytes when it is validated, so that ASan sees every byte too many */
    size_t size;
};

static char samples_dir[64];
static struct libraries samples_libraries;

/* A group set-up: builds the modules named in the NULL-ended list. */
static int samples_build(const char *names)
{
    char command[1024];
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(samples_dir, sizeof samples_dir, "%s/validate-XXXXXX", tmp && strlen(tmp) < 40 ? tmp : "/tmp");
    if (!mkdtemp(samples_dir))
        return -1;
    (void)snprintf(command, sizeof command, "tests/validate/build-modules %s %s >%s/built", samples_dir, names,
                   samples_dir);
    return system(command) == 0 && libraries_open(&samples_libraries) == 0 ? 0 : -1;
}

static inline int samples_remove(void **state)
{
    char command[128];
    (void)state;
    libraries_close(&samples_libraries);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", samples_dir);
    return system(command);
}

static inline bool sample_read(struct sample *s, const char *path)
{
    *s = (struct sample){0};
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    struct stat st;
    assert_int_equal(fstat(fileno(f), &st), 0);
    s->size = (size_t)st.st_size;
    s->bytes = malloc(s->size + RESERVE);
    assert_non_null(s->bytes);
    assert_int_equal(fread(s->bytes, 1, s->size, f), s->size);
    assert_int_equal(fclose(f), 0);
    return true;
}

static inline void sample_open(struct sample *s, const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s.so", samples_dir, name);
    if (!sample_read(s, path))
        fail_msg("%s was not built", path);
}

static inline void sample_close(struct sample *s)
{
    free(s->bytes);
}

static inline uint64_t get(const struct sample *s, size_t at, unsigned width)
{
    uint64_t v = 0;
    assert_true(at + width <= s->size);
    memcpy(&v, s->bytes + at, width);
    return v;
}

/* Writes, and returns where: a finding about the value names that byte. */
static inline size_t put(struct sample *s, size_t at, unsigned width, uint64_t v)
{
    assert_true(at + width <= s->size);
    memcpy(s->bytes + at, &v, width);
    return at;
}

/* The nth program header of a type. */
static inline size_t segment_at(const struct sample *s, uint32_t type, unsigned nth)
{
    size_t at = (size_t)get(s, 32, 8);
    for (uint64_t i = 0; i < get(s, 56, 2); i++, at += 56)
        if (get(s, at, 4) == type && nth-- == 0)
            return at;
    fail_msg("no segment of type 0x%x", type);
    return 0;
}

enum { P_TYPE = 0, P_FLAGS = 4, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32, P_MEMSZ = 40, P_ALIGN = 48 };

static inline size_t in_segment(struct sample *s, uint32_t type, unsigned nth, size_t member, uint64_t v)
{
    return put(s, segment_at(s, type, nth) + member, member < P_OFFSET ? 4 : 8, v);
}

static inline size_t file_offset(const struct sample *s, uint64_t address)
{
    size_t at = (size_t)get(s, 32, 8);
    for (uint64_t i = 0; i < get(s, 56, 2); i++, at += 56)
        if (get(s, at, 4) == PT_LOAD && address >= get(s, at + P_VADDR, 8) &&
            address - get(s, at + P_VADDR, 8) < get(s, at + P_FILESZ, 8))
            return (size_t)(get(s, at + P_OFFSET, 8) + address - get(s, at + P_VADDR, 8));
    fail_msg("address 0x%llx is not in the file", (unsigned long long)address);
    return 0;
}

/* The entry of a tag in the dynamic section. */
static inline size_t entry_at(const struct sample *s, uint64_t tag)
{
    size_t ph = segment_at(s, PT_DYNAMIC, 0), at = (size_t)get(s, ph + P_OFFSET, 8);
    for (size_t end = at + (size_t)get(s, ph + P_FILESZ, 8); at < end; at += 16)
        if (get(s, at, 8) == tag)
            return at;
    fail_msg("no tag 0x%llx", (unsigned long long)tag);
    return 0;
}

static inline uint64_t entry(const struct sample *s, uint64_t tag)
{
    return get(s, entry_at(s, tag) + 8, 8);
}
static inline size_t set_entry(struct sample *s, uint64_t tag, uint64_t v)
{
    return put(s, entry_at(s, tag) + 8, 8, v);
}
/* Makes one entry another one. Returns where the entry is. */
static inline size_t change_entry(struct sample *s, uint64_t from, uint64_t to, uint64_t v)
{
    size_t at = entry_at(s, from);
    put(s, at, 8, to);
    put(s, at + 8, 8, v);
    return at;
}

/* The table to which a tag points, in the file. */
static inline size_t table_at(const struct sample *s, uint64_t tag)
{
    return file_offset(s, entry(s, tag));
}

static inline const char *name_at(const struct sample *s, uint64_t name)
{
    return (const char *)s->bytes + table_at(s, DT_STRTAB) + name;
}

/* The symbol of that name; its index in *index where that is not NULL. */
static inline size_t symbol_at(const struct sample *s, const char *name, unsigned *index)
{
    size_t at = table_at(s, DT_SYMTAB);
    for (unsigned i = 0; i < 100; i++)
        if (strcmp(name_at(s, get(s, at + 24 * (size_t)i, 4)), name) == 0) {
            if (index)
                *index = i;
            return at + 24 * (size_t)i;
        }
    fail_msg("no symbol %s", name);
    return 0;
}

enum { ST_NAME = 0, ST_INFO = 4, ST_OTHER = 5, ST_SHNDX = 6, ST_VALUE = 8, ST_SIZE = 16 };

/* Where a name is in the string table, as an offset in the file. */
static inline size_t string_at(const struct sample *s, const char *name)
{
    size_t at = table_at(s, DT_STRTAB), end = at + (size_t)entry(s, DT_STRSZ);
    for (; at < end; at += strlen((const char *)s->bytes + at) + 1)
        if (strcmp((const char *)s->bytes + at, name) == 0)
            return at;
    fail_msg("no string %s", name);
    return 0;
}

/* Renames: both names have the same length. */
static inline void rename_string(struct sample *s, const char *from, const char *to)
{
    memcpy(s->bytes + string_at(s, from), to, strlen(from));
}

/* The descriptor of the note of this owner and type. */
static inline size_t note_at(const struct sample *s, const char *owner, uint64_t type)
{
    for (unsigned nth = 0; nth < 8; nth++) {
        size_t ph = segment_at(s, PT_NOTE, nth), align = (size_t)get(s, ph + P_ALIGN, 8),
               at = (size_t)get(s, ph + P_OFFSET, 8);
        for (size_t end = at + (size_t)get(s, ph + P_FILESZ, 8); at < end;) {
            size_t namesz = (size_t)get(s, at, 4), descsz = (size_t)get(s, at + 4, 4),
                   desc = (12 + namesz + align - 1) / align * align;
            if (get(s, at + 8, 4) == type && strcmp((const char *)s->bytes + at + 12, owner) == 0)
                return at + desc;
            at += (desc + descsz + align - 1) / align * align;
        }
    }
    return 0;
}

static inline bool is_ctor(const char *name)
{
    return strlen(name) > 5 && strcmp(name + strlen(name) - 5, "-ctor") == 0;
}

/* Validates an exact copy. */
static inline int sample_validate(const struct sample *s, const struct voptions *options, struct vfindings *out,
                                  struct vmodule_info *info)
{
    uint8_t *copy = malloc(s->size ? s->size : 1);
    assert_non_null(copy);
    memcpy(copy, s->bytes, s->size);
    int r = validate_module(copy, s->size, options, out, info);
    if (info) { /* they point into the copy */
        info->soname = NULL;
        info->needed_count = 0;
    }
    free(copy);
    return r;
}

static inline void print_all(const struct vfindings *found)
{
    for (size_t i = 0; i < found->count; i++) {
        char text[700];
        (void)validate_describe(&found->items[i], text, sizeof text);
        print_message("    %s: %s\n", found->items[i].rule->id, text);
    }
}

static inline const struct vfinding *find(const struct vfindings *found, const char *rule)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->items[i].rule->id, rule) == 0)
            return &found->items[i];
    return NULL;
}

#endif
