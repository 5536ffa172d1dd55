// SPDX-License-Identifier: MIT
/* Rule 22: symbol versions (Linux Standard Base, "Symbol Versioning"). */
#include "image.h"

#define INDEX_MASK 0x7fffu

/* Where a chain of records may reach: the end of the load's file part that holds its table. */
static uint64_t end_of(const struct image *im, const struct table *t)
{
    const struct segment *load = image_load(im, t->address, 1);
    return load ? load->offset + load->filesz : 0;
}

/* A name of at most 255 bytes; NULL: there is none, and it was reported. */
static const char *version_name(struct image *im, uint32_t name, uint64_t at, const char *what)
{
    const char *text = image_string(im, name);
    if (!text) {
        if (im->strings.usable)
            report(im, RULE_STR_OFFSET, at, what, "an offset below DT_STRSZ", "0x%x", name);
    } else if (strnlen(text, NAME_LONG + 1) > NAME_LONG) {
        report(im, RULE_STR_LONG, at, what, "at most 255 bytes", "'%.40s...'", text);
        text = NULL;
    }
    return text;
}

/* Enters what an index means. False: the index cannot be used, or is used already. */
static bool define(struct image *im, enum rule rule, uint64_t at, uint32_t index, struct version v)
{
    if (index < 1 || index >= VERSION_MAX || (index < im->version_count && im->versions[index].name)) {
        report(im, rule, at, "version index", "1 to 1023, each once", "%u", index);
        return false;
    }
    while (im->version_count <= index)
        im->versions[im->version_count++] = (struct version){0};
    im->versions[index] = v;
    return true;
}

static void check_hash(struct image *im, uint64_t at, const char *name, uint32_t hash)
{
    if (name && hash_sysv(name) != hash)
        report(im, RULE_VER_HASH, at, name, "the hash of the name", "0x%08x for 0x%08x", hash, hash_sysv(name));
}

/* One Elf64_Vernaux at `at`. False: the chain cannot be followed. */
static bool take_needed_version(struct image *im, uint64_t at, uint32_t file)
{
    struct version v = {
        .hash = get32(im, at), .name = get32(im, at + 8), .file = file, .weak = get16(im, at + 4) & VER_FLG_WEAK};
    uint16_t flags = get16(im, at + 4), index = get16(im, at + 6);
    if (flags & ~(unsigned)VER_FLG_WEAK)
        report(im, RULE_VER_NEED, at + 4, "vna_flags", "0 or 2", "0x%x", flags);
    if (index < 2 || index > INDEX_MASK) {
        report(im, RULE_VER_NEED, at + 6, "vna_other", "2 to 1023", "0x%x", index);
        return false;
    }
    const char *name = version_name(im, v.name, at + 8, "vna_name");
    check_hash(im, at, name, v.hash);
    if (!name || v.name == 0) {
        if (v.name == 0)
            report(im, RULE_VER_NEED, at + 8, "vna_name", "a name", "none");
        return true;
    }
    return define(im, RULE_VER_NEED, at + 6, index, v);
}

/* Follows `next` from *at. False where the chain ends or is broken; `left` records should follow. */
static bool step(struct image *im, enum rule rule, uint64_t *at, uint64_t field, uint32_t next, uint64_t size,
                 uint64_t end, uint32_t left)
{
    if ((next == 0) != (left == 0)) {
        report(im, rule, field, NULL,
               left ? "the next record, as the count says" : "0 after the last record, as the count says", "0x%x",
               next);
        return false;
    }
    if (left == 0)
        return false;
    if (next < size || (next & 3) || !inside(*at, (uint64_t)next + size, end)) {
        report(im, rule, field, NULL, "an aligned record behind this one, inside the segment", "0x%x", next);
        return false;
    }
    *at += next;
    return true;
}

static bool is_needed(const struct image *im, const char *file)
{
    for (unsigned i = 0; i < im->needed_count; i++) {
        const char *name = image_string(im, im->needed[i]);
        if (name && strcmp(name, file) == 0)
            return true;
    }
    return false;
}

static void take_need(struct image *im, uint64_t at, uint64_t end)
{
    uint16_t version = get16(im, at), count = get16(im, at + 2);
    uint32_t file = get32(im, at + 4), aux = get32(im, at + 8);
    if (version != 1 || count < 1)
        report(im, RULE_VER_NEED, at, "vn_version", "version 1 and at least one entry", "%u and %u", version, count);
    const char *name = version_name(im, file, at + 4, "vn_file");
    if (name && !is_needed(im, name))
        report(im, RULE_VER_FILE, at + 4, name, "one of the DT_NEEDED", "a library that is none of them");
    uint64_t entry = at;
    if (aux < sizeof(Elf64_Verneed) || (aux & 3) || !inside(at, (uint64_t)aux + sizeof(Elf64_Vernaux), end)) {
        report(im, RULE_VER_NEED, at + 8, "vn_aux", "an aligned offset inside the segment", "0x%x", aux);
        return;
    }
    entry += aux;
    for (uint32_t left = count; left > 0;) {
        if (entry + sizeof(Elf64_Vernaux) > im->verneed_end)
            im->verneed_end = entry + sizeof(Elf64_Vernaux);
        if (!take_needed_version(im, entry, file))
            return;
        left--;
        if (!step(im, RULE_VER_NEED, &entry, entry + 12, get32(im, entry + 12), sizeof(Elf64_Vernaux), end, left))
            return;
    }
}

/* Every record either enters an index that was free (there are 1,023 of them) or ends its chain, and records of the
 * outer chain only go forward: the whole is bounded. */
static void check_needs(struct image *im)
{
    if (!im->verneed.usable || !im->has[DYN_VERNEEDNUM])
        return;
    uint64_t at = im->verneed.offset, end = end_of(im, &im->verneed), count = im->value[DYN_VERNEEDNUM];
    if (count < 1 || count > VERSION_MAX) {
        report(im, RULE_VER_NEED, im->value_at[DYN_VERNEEDNUM] + 8, "DT_VERNEEDNUM", "1 to 1024", "0x%llx",
               (unsigned long long)count);
        return;
    }
    im->verneed_end = at + sizeof(Elf64_Verneed);
    for (uint32_t left = (uint32_t)count; left > 0;) {
        take_need(im, at, end);
        left--;
        if (!step(im, RULE_VER_NEED, &at, at + 12, get32(im, at + 12), sizeof(Elf64_Verneed), end, left))
            break;
    }
    im->verneed.size = im->verneed_end - im->verneed.offset;
    if (at + sizeof(Elf64_Verneed) > im->verneed_end)
        im->verneed.size = at + sizeof(Elf64_Verneed) - im->verneed.offset;
}

/* The names of one definition: its own, then those of the versions that it inherits. `budget` is shared by all. */
static void take_def_names(struct image *im, uint64_t at, uint64_t end, uint16_t count, uint32_t *budget)
{
    for (uint32_t left = count; left > 0 && *budget > 0; --*budget) {
        version_name(im, get32(im, at), at, "vda_name");
        if (at + sizeof(Elf64_Verdaux) > im->verdef_end)
            im->verdef_end = at + sizeof(Elf64_Verdaux);
        left--;
        if (!step(im, RULE_VER_DEF, &at, at + 4, get32(im, at + 4), sizeof(Elf64_Verdaux), end, left))
            return;
    }
    if (*budget == 0)
        report(im, RULE_VER_DEF, at, "vd_cnt", "names that belong to one definition each", "more than fit");
}

static void take_def(struct image *im, uint64_t at, uint64_t end, uint32_t *budget)
{
    uint16_t version = get16(im, at), flags = get16(im, at + 2), index = get16(im, at + 4), count = get16(im, at + 6);
    uint32_t hash = get32(im, at + 8), aux = get32(im, at + 12);
    if (version != 1 || count < 1 || (flags & ~(unsigned)(VER_FLG_BASE | VER_FLG_WEAK)))
        report(im, RULE_VER_DEF, at, "vd_version", "version 1, known flags and at least one name", "%u, 0x%x and %u",
               version, flags, count);
    if (aux < sizeof(Elf64_Verdef) || (aux & 3) || !inside(at, (uint64_t)aux + sizeof(Elf64_Verdaux), end)) {
        report(im, RULE_VER_DEF, at + 12, "vd_aux", "an aligned offset inside the segment", "0x%x", aux);
        return;
    }
    uint32_t name = get32(im, at + aux);
    const char *text = image_string(im, name);
    if (text && strnlen(text, NAME_LONG + 1) <= NAME_LONG)
        check_hash(im, at + 8, text, hash);
    /* The first index is that of the library itself, whose name may be empty. */
    struct version v = {.hash = hash, .name = name};
    if (text && (name || index != 1))
        define(im, RULE_VER_DEF, at + 4, index, v);
    take_def_names(im, at + aux, end, count, budget);
}

static void check_defs(struct image *im)
{
    if (!im->verdef.usable || !im->has[DYN_VERDEFNUM])
        return;
    uint64_t at = im->verdef.offset, end = end_of(im, &im->verdef), count = im->value[DYN_VERDEFNUM];
    if (count < 1 || count > VERSION_MAX) {
        report(im, RULE_VER_DEF, im->value_at[DYN_VERDEFNUM] + 8, "DT_VERDEFNUM", "1 to 1024", "0x%llx",
               (unsigned long long)count);
        return;
    }
    uint32_t budget = (uint32_t)((end - at) / sizeof(Elf64_Verdaux)) + 1;
    im->verdef_end = at + sizeof(Elf64_Verdef);
    for (uint32_t left = (uint32_t)count; left > 0;) {
        if (at + sizeof(Elf64_Verdef) > im->verdef_end)
            im->verdef_end = at + sizeof(Elf64_Verdef);
        take_def(im, at, end, &budget);
        left--;
        if (!step(im, RULE_VER_DEF, &at, at + 16, get32(im, at + 16), sizeof(Elf64_Verdef), end, left))
            break;
    }
    im->verdef.size = im->verdef_end - im->verdef.offset;
}

static void check_symbol_versions(struct image *im)
{
    uint64_t size = 2 * (uint64_t)im->symbol_count, offset;
    if (!im->versym.usable || im->symbol_count == 0)
        return;
    if (!image_offset(im, im->versym.address, size, &offset)) {
        report(im, RULE_VER_COUNT, im->value_at[DYN_VERSYM] + 8, "DT_VERSYM", "an entry for each symbol",
               "room for fewer than %u", im->symbol_count);
        im->versym.usable = false;
        return;
    }
    im->versym.size = size;
    for (uint32_t i = 0; i < im->symbol_count; i++) {
        uint64_t at = offset + 2 * (uint64_t)i;
        uint32_t index = get16(im, at) & INDEX_MASK;
        if (index > 1 && (index >= im->version_count || !im->versions[index].name))
            report(im, RULE_VER_INDEX, at, "DT_VERSYM", "0, 1 or a version of DT_VERNEED or DT_VERDEF",
                   "%u of symbol %u", index, i);
    }
}

void check_versions(struct image *im)
{
    check_needs(im);
    check_defs(im);
    check_symbol_versions(im);
}

uint16_t image_symbol_version(const struct image *im, uint32_t index)
{
    return im->versym.usable ? get16(im, im->versym.offset + 2 * (uint64_t)index) : 1;
}
