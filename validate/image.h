/* SPDX-License-Identifier: MIT */
/* What the checks share: the bytes, what was understood of them so far, and how to report. Internal to validate/.
 * A table is used by a later check only when the one that located it set `usable`. */
#ifndef VALIDATE_IMAGE_H
#define VALIDATE_IMAGE_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* strnlen; every file includes this one first */
#endif

#include <elf.h>
#include <string.h>

#include "rules.h"
#include "validate.h"

#define SEGMENT_MAX 64u
#define DYNAMIC_MAX 1024u /* entries: 16 KiB */
#define DYNAMIC_NEEDED_MAX 256u
#define SPAN_MAX ((uint64_t)1 << 30) /* of addresses */
#define TLS_MAX ((uint64_t)1 << 20)
#define NAME_LONG 255u /* of libraries and versions */
#define SYMBOL_LONG 4096u
#define VERSION_MAX 1024u

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#define MACHINE_NAME "62 (x86-64)"
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
#define MACHINE_NAME "183 (aarch64)"
#else
#error "modules are checked on x86-64 and aarch64"
#endif

struct segment {
    uint32_t type, flags;
    uint64_t offset, vaddr, filesz, memsz, align;
    uint64_t at; /* file offset of the program header */
};

/* The entries of the dynamic section that are understood. */
enum dyn {
    DYN_STRTAB,
    DYN_STRSZ,
    DYN_SYMTAB,
    DYN_SYMENT,
    DYN_HASH,
    DYN_GNU_HASH,
    DYN_RELA,
    DYN_RELASZ,
    DYN_RELAENT,
    DYN_RELACOUNT,
    DYN_JMPREL,
    DYN_PLTRELSZ,
    DYN_PLTREL,
    DYN_PLTGOT,
    DYN_RELR,
    DYN_RELRSZ,
    DYN_RELRENT,
    DYN_VERSYM,
    DYN_VERNEED,
    DYN_VERNEEDNUM,
    DYN_VERDEF,
    DYN_VERDEFNUM,
    DYN_SONAME,
    DYN_INIT,
    DYN_FINI,
    DYN_INIT_ARRAY,
    DYN_INIT_ARRAYSZ,
    DYN_FINI_ARRAY,
    DYN_FINI_ARRAYSZ,
    DYN_PREINIT_ARRAY,
    DYN_PREINIT_ARRAYSZ,
    DYN_FLAGS,
    DYN_FLAGS_1,
    DYN_BIND_NOW,
    DYN_TEXTREL,
    DYN_SYMBOLIC,
    DYN_RPATH,
    DYN_RUNPATH,
    DYN_FILTER,
    DYN_AUXILIARY,
    DYN_AUDIT,
    DYN_DEPAUDIT,
    DYN_PRELINKED,
    DYN_CHECKSUM,
    DYN_TLSDESC_PLT,
    DYN_TLSDESC_GOT,
    DYN_MACHINE_1,
    DYN_MACHINE_3,
    DYN_MACHINE_5,
    DYN_DEBUG,
    DYN_NEEDED,
    DYN_COUNT
};

struct table {
    uint64_t address, offset,
        size; /* size: as announced, or the room up to the next table where nothing announces it */
    bool usable;
};

struct version {
    uint32_t name; /* in the string table; 0: nothing defines this index */
    uint32_t hash;
    uint32_t file; /* of VERNEED, in the string table; 0: defined here */
    bool weak;
};

/* A function in adit_plugin, and how it comes there. */
struct slot {
    uint64_t at;      /* file offset of the relocation; 0: none */
    uint64_t address; /* the code; UINT64_MAX: not of this module */
};
#define PLUGIN_SLOTS ((sizeof(struct adit_plugin) - offsetof(struct adit_plugin, open)) / 8)

/* The arrays of functions that run when the module is loaded or unloaded. */
enum array { ARRAY_INIT, ARRAY_FINI, ARRAY_PREINIT, ARRAY_COUNT };
#define ARRAY_MAX 1024u

struct image {
    const uint8_t *bytes;
    uint64_t size;
    const struct voptions *options;
    struct vfindings *out; /* NULL: nothing is reported (a library that is only looked into) */
    struct vmodule_info *info;
    uint32_t reported[RULE_COUNT];
    uint64_t page;

    /* header.c, segments.c */
    uint64_t phoff;
    unsigned segment_count, load_count;
    struct segment segments[SEGMENT_MAX];
    struct segment loads[SEGMENT_MAX]; /* only those that lie in the file */
    uint64_t span_end;                 /* of the highest load in memory */
    const struct segment *dynamic, *tls, *relro, *stack, *phdr, *ehframe, *property;

    /* dynamic.c */
    uint64_t dyn_offset; /* of the dynamic section in the file */
    unsigned dyn_entries;
    bool has[DYN_COUNT];
    uint64_t value[DYN_COUNT], value_at[DYN_COUNT];                     /* and the entry's offset in the file */
    uint64_t needed[DYNAMIC_NEEDED_MAX], needed_at[DYNAMIC_NEEDED_MAX]; /* names in the string table */
    unsigned needed_count, needed_total;

    struct table strings, symbols, gnu_hash, sysv_hash, rela, jmprel, relr, versym, verneed, verdef;
    struct table init_array, fini_array, preinit_array;
    uint64_t verneed_end, verdef_end; /* file offsets behind what their chains reach */

    /* hash.c */
    uint32_t symbol_count; /* of the symbols that are known to be there */
    struct {
        uint32_t buckets, bloom_words, shift, first;           /* the header's words */
        uint64_t bloom_at, buckets_at, chains_at, chain_words; /* file offsets; room */
        bool usable;
    } gnu;
    struct {
        uint32_t buckets, chains;
        uint64_t buckets_at, chains_at;
        bool usable;
    } sysv;

    /* symbols.c, relocations.c: adit_plugin and what is relocated into it */
    uint32_t plugin_symbol; /* 0: there is none */
    uint64_t plugin_address, plugin_size;
    struct slot plugin_slots[PLUGIN_SLOTS];
    uint64_t plugin_spoilt; /* file offset of a relocation that changes something else in it; 0: none */
    struct {
        uint64_t relocated[ARRAY_MAX / 64]; /* a bit for each entry that is relocated to code, once */
        uint64_t spoilt;                    /* file offset of any other relocation in it; 0: none */
    } arrays[ARRAY_COUNT];

    /* versions.c: what an index of VERSYM means. Last, since only version_count of them are initialised. */
    unsigned version_count;
    struct version versions[VERSION_MAX];
};

/* Reads of little-endian values at an offset that the caller has checked. */
static inline uint16_t get16(const struct image *im, uint64_t at)
{
    return (uint16_t)(im->bytes[at] | im->bytes[at + 1] << 8);
}
static inline uint32_t get32(const struct image *im, uint64_t at)
{
    uint32_t v;
    memcpy(&v, im->bytes + at, 4); /* both machines are little endian */
    return v;
}
static inline uint64_t get64(const struct image *im, uint64_t at)
{
    uint64_t v;
    memcpy(&v, im->bytes + at, 8);
    return v;
}

/* [offset, offset + size) lies in [0, limit), without wrapping. */
static inline bool inside(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset <= limit && size <= limit - offset;
}
static inline uint64_t page_floor(const struct image *im, uint64_t v)
{
    return v & ~(im->page - 1);
}
static inline uint64_t page_ceil(const struct image *im, uint64_t v)
{
    return (v + im->page - 1) & ~(im->page - 1);
}
static inline bool power_of_two(uint64_t v)
{
    return v && !(v & (v - 1));
}

/* The load that holds `size` bytes at `address` in its file part (or, _memory, anywhere in it); NULL: none does. */
const struct segment *image_load(const struct image *im, uint64_t address, uint64_t size);
const struct segment *image_load_memory(const struct image *im, uint64_t address, uint64_t size);
/* Where `size` bytes at `address` are in the file. False: not in the file part of one load. */
bool image_offset(const struct image *im, uint64_t address, uint64_t size, uint64_t *offset);
/* The string at `name` of the string table, NUL-terminated; NULL: there is none. */
const char *image_string(const struct image *im, uint64_t name);

/* Adds a finding. `subject` may be NULL. */
void report(struct image *im, enum rule rule, uint64_t offset, const char *subject, const char *expected,
            const char *found_fmt, ...) __attribute__((format(printf, 6, 7)));
/* Findings of this rule so far. */
static inline bool reported(const struct image *im, enum rule rule)
{
    return im->reported[rule] != 0;
}

/* The checks, in the order in which they run. Each copes with whatever the earlier ones found wrong. */
bool check_header(struct image *im); /* false: nothing more can be read */
void check_segments(struct image *im);
void check_notes(struct image *im);
void check_dynamic(struct image *im); /* the entries, and where the tables are */
void check_strings(struct image *im);
void check_hashes(struct image *im); /* finds the number of symbols */
void check_versions(struct image *im);
void check_overlap(struct image *im); /* of the tables, whose sizes are known now */
void check_symbols(struct image *im);
void check_relocations(struct image *im);
void check_plugin(struct image *im);
int check_imports(struct image *im); /* -ENOMEM */
void check_policy(struct image *im);

/* One symbol of the table; `index` must be below symbol_count. */
struct symbol {
    uint64_t at, value, size;
    uint32_t name;
    uint16_t section;
    uint8_t bind, type, visibility, other;
};
void image_symbol(const struct image *im, uint32_t index, struct symbol *s);
/* The version of a symbol: its index in `versions`, with the hidden flag (bit 15); 1 where the module has no
 * versions. */
uint16_t image_symbol_version(const struct image *im, uint32_t index);
/* As the loader would: the defined symbol called `name`, of the version `version` (NULL: any that is the default); 0:
 * none. Bounded whatever the tables hold. */
uint32_t image_lookup(const struct image *im, const char *name, uint32_t gnu_hash, const char *version);

const char *segment_name(uint32_t type);
const char *dyn_name(enum dyn d);

uint32_t hash_gnu(const char *name);
uint32_t hash_sysv(const char *name);

#endif
