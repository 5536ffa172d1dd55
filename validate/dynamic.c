// SPDX-License-Identifier: MIT
/* Rules 15 to 17: the dynamic section, and the tables to which it points (gABI, "Dynamic Section"). */
#include "image.h"

#include <stdio.h>

#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#define DT_RELRENT 37
#endif

static const struct tag {
    int64_t tag;
    enum dyn dyn;
    const char *name;
} tags[] = {
    {DT_NEEDED, DYN_NEEDED, "DT_NEEDED"},
    {DT_STRTAB, DYN_STRTAB, "DT_STRTAB"},
    {DT_STRSZ, DYN_STRSZ, "DT_STRSZ"},
    {DT_SYMTAB, DYN_SYMTAB, "DT_SYMTAB"},
    {DT_SYMENT, DYN_SYMENT, "DT_SYMENT"},
    {DT_HASH, DYN_HASH, "DT_HASH"},
    {DT_GNU_HASH, DYN_GNU_HASH, "DT_GNU_HASH"},
    {DT_RELA, DYN_RELA, "DT_RELA"},
    {DT_RELASZ, DYN_RELASZ, "DT_RELASZ"},
    {DT_RELAENT, DYN_RELAENT, "DT_RELAENT"},
    {DT_RELACOUNT, DYN_RELACOUNT, "DT_RELACOUNT"},
    {DT_JMPREL, DYN_JMPREL, "DT_JMPREL"},
    {DT_PLTRELSZ, DYN_PLTRELSZ, "DT_PLTRELSZ"},
    {DT_PLTREL, DYN_PLTREL, "DT_PLTREL"},
    {DT_PLTGOT, DYN_PLTGOT, "DT_PLTGOT"},
    {DT_RELR, DYN_RELR, "DT_RELR"},
    {DT_RELRSZ, DYN_RELRSZ, "DT_RELRSZ"},
    {DT_RELRENT, DYN_RELRENT, "DT_RELRENT"},
    {DT_VERSYM, DYN_VERSYM, "DT_VERSYM"},
    {DT_VERNEED, DYN_VERNEED, "DT_VERNEED"},
    {DT_VERNEEDNUM, DYN_VERNEEDNUM, "DT_VERNEEDNUM"},
    {DT_VERDEF, DYN_VERDEF, "DT_VERDEF"},
    {DT_VERDEFNUM, DYN_VERDEFNUM, "DT_VERDEFNUM"},
    {DT_SONAME, DYN_SONAME, "DT_SONAME"},
    {DT_INIT, DYN_INIT, "DT_INIT"},
    {DT_FINI, DYN_FINI, "DT_FINI"},
    {DT_INIT_ARRAY, DYN_INIT_ARRAY, "DT_INIT_ARRAY"},
    {DT_INIT_ARRAYSZ, DYN_INIT_ARRAYSZ, "DT_INIT_ARRAYSZ"},
    {DT_FINI_ARRAY, DYN_FINI_ARRAY, "DT_FINI_ARRAY"},
    {DT_FINI_ARRAYSZ, DYN_FINI_ARRAYSZ, "DT_FINI_ARRAYSZ"},
    {DT_PREINIT_ARRAY, DYN_PREINIT_ARRAY, "DT_PREINIT_ARRAY"},
    {DT_PREINIT_ARRAYSZ, DYN_PREINIT_ARRAYSZ, "DT_PREINIT_ARRAYSZ"},
    {DT_FLAGS, DYN_FLAGS, "DT_FLAGS"},
    {DT_FLAGS_1, DYN_FLAGS_1, "DT_FLAGS_1"},
    {DT_BIND_NOW, DYN_BIND_NOW, "DT_BIND_NOW"},
    {DT_TEXTREL, DYN_TEXTREL, "DT_TEXTREL"},
    {DT_SYMBOLIC, DYN_SYMBOLIC, "DT_SYMBOLIC"},
    {DT_RPATH, DYN_RPATH, "DT_RPATH"},
    {DT_RUNPATH, DYN_RUNPATH, "DT_RUNPATH"},
    {DT_FILTER, DYN_FILTER, "DT_FILTER"},
    {DT_AUXILIARY, DYN_AUXILIARY, "DT_AUXILIARY"},
    {DT_AUDIT, DYN_AUDIT, "DT_AUDIT"},
    {DT_DEPAUDIT, DYN_DEPAUDIT, "DT_DEPAUDIT"},
    {DT_GNU_PRELINKED, DYN_PRELINKED, "DT_GNU_PRELINKED"},
    {DT_CHECKSUM, DYN_CHECKSUM, "DT_CHECKSUM"},
    {DT_TLSDESC_PLT, DYN_TLSDESC_PLT, "DT_TLSDESC_PLT"},
    {DT_TLSDESC_GOT, DYN_TLSDESC_GOT, "DT_TLSDESC_GOT"},
    {DT_DEBUG, DYN_DEBUG, "DT_DEBUG"},
#if defined(__aarch64__)
    {0x70000001, DYN_MACHINE_1, "DT_AARCH64_BTI_PLT"},
    {0x70000003, DYN_MACHINE_3, "DT_AARCH64_PAC_PLT"},
    {0x70000005, DYN_MACHINE_5, "DT_AARCH64_VARIANT_PCS"},
#endif
};

static const struct tag *find_tag(int64_t tag)
{
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (tags[i].tag == tag)
            return &tags[i];
    return NULL;
}

const char *dyn_name(enum dyn d)
{
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (tags[i].dyn == d)
            return tags[i].name;
    return "?";
}

static void take_entry(struct image *im, uint64_t at, int64_t tag, uint64_t value)
{
    const struct tag *t = find_tag(tag);
    if (!t) {
        report(im, RULE_DYN_UNKNOWN, at, NULL, "a tag that is known", "0x%llx", (unsigned long long)tag);
        return;
    }
    if (t->dyn == DYN_NEEDED) {
        im->needed_total++;
        if (im->needed_count < DYNAMIC_NEEDED_MAX) {
            im->needed[im->needed_count] = value;
            im->needed_at[im->needed_count++] = at;
        }
        return;
    }
    if (im->has[t->dyn])
        report(im, RULE_DYN_REPEATED, at, t->name, "one", "another one");
    /* As the loader does: the last one counts. */
    im->has[t->dyn] = true;
    im->value[t->dyn] = value;
    im->value_at[t->dyn] = at;
}

static void read_entries(struct image *im)
{
    for (unsigned i = 0; i < im->dyn_entries; i++) {
        uint64_t at = im->dyn_offset + (uint64_t)i * sizeof(Elf64_Dyn);
        int64_t tag = (int64_t)get64(im, at);
        if (tag == DT_NULL)
            return;
        take_entry(im, at, tag, get64(im, at + 8));
    }
    report(im, RULE_DYN_END, im->dyn_offset, "DT_NULL", "before the end of PT_DYNAMIC", "none in %u entries",
           im->dyn_entries);
}

/* Rule 16. */
static void check_required(struct image *im)
{
    static const enum dyn required[] = {DYN_STRTAB, DYN_STRSZ, DYN_SYMTAB, DYN_SYMENT};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
        if (!im->has[required[i]])
            report(im, RULE_DYN_REQUIRED, im->dyn_offset, dyn_name(required[i]), "one", "none");
    if (!im->has[DYN_GNU_HASH] && !im->has[DYN_HASH])
        report(im, RULE_DYN_REQUIRED, im->dyn_offset, "DT_GNU_HASH", "DT_GNU_HASH or DT_HASH", "neither");
}

static void check_groups(struct image *im)
{
    static const enum dyn groups[][3] = {
        {DYN_RELA, DYN_RELASZ, DYN_RELAENT},
        {DYN_JMPREL, DYN_PLTRELSZ, DYN_PLTREL},
        {DYN_RELR, DYN_RELRSZ, DYN_RELRENT},
        {DYN_INIT_ARRAY, DYN_INIT_ARRAYSZ, DYN_INIT_ARRAY},
        {DYN_FINI_ARRAY, DYN_FINI_ARRAYSZ, DYN_FINI_ARRAY},
        {DYN_PREINIT_ARRAY, DYN_PREINIT_ARRAYSZ, DYN_PREINIT_ARRAY},
        {DYN_VERNEED, DYN_VERNEEDNUM, DYN_VERNEED},
        {DYN_VERDEF, DYN_VERDEFNUM, DYN_VERDEF},
    };
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        unsigned there = 0, first = 3;
        for (unsigned i = 0; i < 3; i++)
            if (im->has[groups[g][i]]) {
                there++;
                first = first == 3 ? i : first;
            }
        if (there == 0 || there == 3)
            continue;
        for (unsigned i = 0; i < 3; i++)
            if (!im->has[groups[g][i]]) {
                char expected[64];
                snprintf(expected, sizeof expected, "one beside %s", dyn_name(groups[g][first]));
                report(im, RULE_DYN_GROUP, im->value_at[groups[g][first]], dyn_name(groups[g][i]), expected, "none");
            }
    }
    bool versions = im->has[DYN_VERNEED] || im->has[DYN_VERDEF];
    if (im->has[DYN_VERSYM] != versions)
        report(im, RULE_DYN_GROUP, im->has[DYN_VERSYM] ? im->value_at[DYN_VERSYM] : im->dyn_offset, "DT_VERSYM",
               "together with DT_VERNEED or DT_VERDEF", versions ? "those without it" : "it without those");
    if (im->has[DYN_RELACOUNT] && !im->has[DYN_RELA])
        report(im, RULE_DYN_GROUP, im->value_at[DYN_RELACOUNT], "DT_RELA", "one beside DT_RELACOUNT", "none");
}

static void check_entry_sizes(struct image *im)
{
    static const struct {
        enum dyn dyn;
        unsigned value;
    } sizes[] = {
        {DYN_SYMENT, sizeof(Elf64_Sym)}, {DYN_RELAENT, sizeof(Elf64_Rela)}, {DYN_RELRENT, 8}, {DYN_PLTREL, DT_RELA}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        enum dyn d = sizes[i].dyn;
        char expected[16];
        snprintf(expected, sizeof expected, "%u", sizes[i].value);
        if (im->has[d] && im->value[d] != sizes[i].value)
            report(im, RULE_DYN_ENTSIZE, im->value_at[d] + 8, dyn_name(d), expected, "0x%llx",
                   (unsigned long long)im->value[d]);
    }
}

/* Rule 17, but for overlaps: finds a table of at least `size` bytes. */
static void locate(struct image *im, struct table *t, enum dyn d, uint64_t size, unsigned align, bool writable)
{
    if (!im->has[d])
        return;
    t->address = im->value[d];
    t->size = size;
    uint64_t at = im->value_at[d] + 8;
    const struct segment *load = image_load(im, t->address, size);
    if (!load) {
        report(im, RULE_TABLE_RANGE, at, dyn_name(d), "in the file part of one PT_LOAD",
               "0x%llx bytes at address 0x%llx", (unsigned long long)size, (unsigned long long)t->address);
        return;
    }
    t->offset = load->offset + (t->address - load->vaddr);
    t->usable = true;
    if (t->address & (align - 1))
        report(im, RULE_TABLE_ALIGN, at, dyn_name(d),
               align == 8   ? "a multiple of 8"
               : align == 4 ? "a multiple of 4"
                            : "a multiple of 2",
               "0x%llx", (unsigned long long)t->address);
    if (!writable && (load->flags & PF_W))
        report(im, RULE_TABLE_WRITABLE, at, dyn_name(d), "in a segment without PF_W", "0x%llx",
               (unsigned long long)t->address);
}

/* A table with its size in another entry, which must be a multiple of the entries. */
static void locate_sized(struct image *im, struct table *t, enum dyn d, enum dyn size, unsigned entry, bool writable)
{
    if (!im->has[size])
        return;
    if (im->value[size] % entry) {
        char expected[32];
        snprintf(expected, sizeof expected, "a multiple of %u", entry);
        report(im, RULE_REL_SIZE, im->value_at[size] + 8, dyn_name(size), expected, "0x%llx",
               (unsigned long long)im->value[size]);
    }
    locate(im, t, d, im->value[size], 8, writable);
}

static void locate_tables(struct image *im)
{
    if (im->has[DYN_STRSZ])
        locate(im, &im->strings, DYN_STRTAB, im->value[DYN_STRSZ], 1, false);
    locate(im, &im->symbols, DYN_SYMTAB, sizeof(Elf64_Sym), 8, false);
    locate(im, &im->gnu_hash, DYN_GNU_HASH, 16, 8, false);
    locate(im, &im->sysv_hash, DYN_HASH, 8, 4, false);
    locate_sized(im, &im->rela, DYN_RELA, DYN_RELASZ, sizeof(Elf64_Rela), false);
    locate_sized(im, &im->jmprel, DYN_JMPREL, DYN_PLTRELSZ, sizeof(Elf64_Rela), false);
    locate_sized(im, &im->relr, DYN_RELR, DYN_RELRSZ, 8, false);
    locate(im, &im->versym, DYN_VERSYM, 2, 2, false);
    locate(im, &im->verneed, DYN_VERNEED, sizeof(Elf64_Verneed), 4, false);
    locate(im, &im->verdef, DYN_VERDEF, sizeof(Elf64_Verdef), 4, false);
    locate_sized(im, &im->init_array, DYN_INIT_ARRAY, DYN_INIT_ARRAYSZ, 8, true);
    locate_sized(im, &im->fini_array, DYN_FINI_ARRAY, DYN_FINI_ARRAYSZ, 8, true);
    locate_sized(im, &im->preinit_array, DYN_PREINIT_ARRAY, DYN_PREINIT_ARRAYSZ, 8, true);
}

void check_dynamic(struct image *im)
{
    if (!im->dynamic)
        return;
    read_entries(im);
    check_required(im);
    check_groups(im);
    check_entry_sizes(im);
    locate_tables(im);
}

/* What the file is made of, for rule 17. */
struct extent {
    uint64_t begin, end;
    const char *name;
    uint64_t at;
};

static unsigned add_extent(struct extent *list, unsigned n, uint64_t begin, uint64_t size, const char *name,
                           uint64_t at)
{
    if (size == 0)
        return n;
    /* Few enough for insertion. */
    unsigned i = n;
    for (; i > 0 && list[i - 1].begin > begin; i--)
        list[i] = list[i - 1];
    list[i] = (struct extent){begin, begin + size, name, at};
    return n + 1;
}

void check_overlap(struct image *im)
{
    struct extent list[20];
    unsigned n = 0;
    const struct {
        const struct table *table;
        enum dyn dyn;
    } tables[] = {{&im->strings, DYN_STRTAB},
                  {&im->symbols, DYN_SYMTAB},
                  {&im->gnu_hash, DYN_GNU_HASH},
                  {&im->sysv_hash, DYN_HASH},
                  {&im->rela, DYN_RELA},
                  {&im->jmprel, DYN_JMPREL},
                  {&im->relr, DYN_RELR},
                  {&im->versym, DYN_VERSYM},
                  {&im->verneed, DYN_VERNEED},
                  {&im->verdef, DYN_VERDEF},
                  {&im->init_array, DYN_INIT_ARRAY},
                  {&im->fini_array, DYN_FINI_ARRAY},
                  {&im->preinit_array, DYN_PREINIT_ARRAY}};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const struct table *t = tables[i].table;
        uint64_t size = t->size;
        /* JMPREL may be the tail of RELA (rule 23 looks at that pair); then it is no extent of its own. */
        if (t == &im->jmprel && im->rela.usable && t->usable && t->offset < im->rela.offset + im->rela.size &&
            im->rela.offset < t->offset + t->size)
            continue;
        if (t->usable)
            n = add_extent(list, n, t->offset, size, dyn_name(tables[i].dyn), im->value_at[tables[i].dyn] + 8);
    }
    n = add_extent(list, n, 0, sizeof(Elf64_Ehdr), "the ELF header", 0);
    n = add_extent(list, n, im->phoff, (uint64_t)im->segment_count * sizeof(Elf64_Phdr), "the program headers", 32);
    n = add_extent(list, n, im->dyn_offset, (uint64_t)im->dyn_entries * sizeof(Elf64_Dyn), "the dynamic section",
                   im->dynamic ? im->dynamic->at + 8 : 0);
    uint64_t reached = 0;
    const char *last = "";
    for (unsigned i = 0; i < n; i++) {
        if (list[i].begin < reached)
            report(im, RULE_TABLE_OVERLAP, list[i].at, list[i].name, "no byte shared with another table",
                   "0x%llx to 0x%llx, shared with %s", (unsigned long long)list[i].begin,
                   (unsigned long long)list[i].end, last);
        if (list[i].end > reached) {
            reached = list[i].end;
            last = list[i].name;
        }
    }
}
