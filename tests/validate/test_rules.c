// SPDX-License-Identifier: MIT
/* Every rule refuses what it is there for, and says where. */
#include "sample.h"

#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#define DT_RELRENT 37
#endif
#if defined(__x86_64__)
#define TYPE_64 1u
#define TYPE_REFUSED 24u /* PC64 */
#define TYPE_RELATIVE 8u
#define TYPE_DTPMOD 16u
#else
#define TYPE_64 257u
#define TYPE_REFUSED 260u
#define TYPE_RELATIVE 1027u
#define TYPE_DTPMOD 1028u
#endif

struct rule_case {
    const char *rule, *module;
    size_t (*damage)(struct sample *s); /* returns where the finding is, or ANYWHERE */
};

/* 1, 2 */
static size_t header_size(struct sample *s)
{
    return s->size = 40, ANYWHERE;
}
static size_t ident_magic(struct sample *s)
{
    return put(s, 1, 1, 'X'), 0;
}
static size_t ident_class(struct sample *s)
{
    return put(s, EI_CLASS, 1, 1);
}
static size_t ident_data(struct sample *s)
{
    return put(s, EI_DATA, 1, 2);
}
static size_t ident_version(struct sample *s)
{
    return put(s, EI_VERSION, 1, 2);
}
static size_t header_version(struct sample *s)
{
    return put(s, 20, 4, 2);
}
static size_t ident_osabi(struct sample *s)
{
    return put(s, EI_OSABI, 1, 9);
}
static size_t ident_padding(struct sample *s)
{
    return put(s, 12, 1, 1);
}
static size_t header_type(struct sample *s)
{
    return put(s, 16, 2, ET_EXEC);
}
static size_t header_machine(struct sample *s)
{
    return put(s, 18, 2, EM_SPARC);
}
static size_t header_phentsize(struct sample *s)
{
    return put(s, 54, 2, 32);
}
static size_t phdr_count(struct sample *s)
{
    return put(s, 56, 2, 65535);
}
static size_t phdr_none(struct sample *s)
{
    return put(s, 56, 2, 0);
}
static size_t phdr_range(struct sample *s)
{
    return put(s, 32, 8, UINT64_MAX - 100);
}

/* 3 to 7 */
static size_t load_none(struct sample *s)
{
    for (unsigned i = 0; i < get(s, 56, 2); i++)
        if (get(s, 64 + 56 * (size_t)i, 4) == PT_LOAD)
            put(s, 64 + 56 * (size_t)i, 4, PT_GNU_PROPERTY);
    return ANYWHERE;
}
static size_t load_order(struct sample *s)
{
    return in_segment(s, PT_LOAD, 2, P_VADDR, 0);
}
static size_t load_overlap(struct sample *s)
{
    return in_segment(s, PT_LOAD, 0, P_MEMSZ, 0x1001), segment_at(s, PT_LOAD, 1) + P_VADDR;
}
static size_t load_base(struct sample *s)
{
    return in_segment(s, PT_LOAD, 0, P_VADDR, 0x1000000);
}
static size_t load_size(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_FILESZ, 0x900000);
}
static size_t load_range(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_OFFSET, UINT64_MAX - 0xfff);
}
static size_t load_span(struct sample *s)
{
    return in_segment(s, PT_LOAD, 3, P_MEMSZ, UINT64_MAX - 8), segment_at(s, PT_LOAD, 3) + P_VADDR;
}
static size_t load_align(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_ALIGN, 0x1800);
}
static size_t load_align_large(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_ALIGN, 0x400000);
}
static size_t load_congruent(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_OFFSET, 0x800), segment_at(s, PT_LOAD, 1) + P_VADDR;
}
static size_t load_readable(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_FLAGS, PF_X);
}
static size_t load_wx(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_FLAGS, PF_R | PF_W | PF_X);
}
static size_t load_bss(struct sample *s)
{
    return in_segment(s, PT_LOAD, 1, P_MEMSZ, get(s, segment_at(s, PT_LOAD, 1) + P_FILESZ, 8) + 8);
}

/* 8 to 12 */
static size_t dynamic_missing(struct sample *s)
{
    return in_segment(s, PT_DYNAMIC, 0, P_TYPE, PT_NOTE), ANYWHERE;
}
static size_t dynamic_repeated(struct sample *s)
{
    return in_segment(s, PT_GNU_STACK, 0, P_TYPE, PT_DYNAMIC);
}
static size_t dynamic_range(struct sample *s)
{
    return in_segment(s, PT_DYNAMIC, 0, P_OFFSET, 0);
}
static size_t dynamic_long(struct sample *s)
{
    return in_segment(s, PT_DYNAMIC, 0, P_MEMSZ, 0x1000000), segment_at(s, PT_DYNAMIC, 0) + P_OFFSET;
}
static size_t dynamic_align(struct sample *s)
{
    size_t at = segment_at(s, PT_DYNAMIC, 0);
    return put(s, at + P_VADDR, 8, get(s, at + P_VADDR, 8) + 4);
}
static size_t dynamic_writable(struct sample *s)
{
    size_t load = segment_at(s, PT_LOAD, 0), at = segment_at(s, PT_DYNAMIC, 0);
    put(s, at + P_OFFSET, 8, get(s, load + P_OFFSET, 8) + 64);
    put(s, at + P_VADDR, 8, get(s, load + P_VADDR, 8) + 64);
    return at + P_FLAGS;
}
static size_t phdr_image(struct sample *s)
{
    return in_segment(s, PT_PHDR, 0, P_VADDR, 0x80);
}
static size_t segment_interp(struct sample *s)
{
    return in_segment(s, PT_GNU_EH_FRAME, 0, P_TYPE, PT_INTERP);
}
static size_t segment_repeated(struct sample *s)
{
    return in_segment(s, PT_GNU_EH_FRAME, 0, P_TYPE, PT_GNU_STACK), ANYWHERE;
}
static size_t segment_unknown(struct sample *s)
{
    return in_segment(s, PT_GNU_EH_FRAME, 0, P_TYPE, 0x6474e599);
}
static size_t stack_missing(struct sample *s)
{
    return in_segment(s, PT_GNU_STACK, 0, P_TYPE, PT_NOTE), ANYWHERE;
}
static size_t stack_executable(struct sample *s)
{
    return in_segment(s, PT_GNU_STACK, 0, P_FLAGS, 7);
}
static size_t relro_range(struct sample *s)
{
    return in_segment(s, PT_GNU_RELRO, 0, P_VADDR, 0);
}
static size_t relro_long(struct sample *s)
{
    return in_segment(s, PT_GNU_RELRO, 0, P_MEMSZ, 0x1000000), segment_at(s, PT_GNU_RELRO, 0) + P_VADDR;
}

/* 13, 14 */
static size_t note_range(struct sample *s)
{
    return in_segment(s, PT_NOTE, 0, P_OFFSET, 8);
}
static size_t note_entry(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) - 20 + 4, 4, 0x7fffffff) - 4;
}
static size_t note_property(struct sample *s)
{
    return put(s, note_at(s, "GNU", 5) + 4, 4, 0x1000) - 4;
}
static size_t note_isa(struct sample *s)
{
    return put(s, note_at(s, "GNU", 5) + 24, 4, 0x80000000u);
}
static size_t ehframe_range(struct sample *s)
{
    return in_segment(s, PT_GNU_EH_FRAME, 0, P_OFFSET, s->size);
}
static size_t tls_size(struct sample *s)
{
    return in_segment(s, PT_TLS, 0, P_FILESZ, 0x10000);
}
static size_t tls_align(struct sample *s)
{
    return in_segment(s, PT_TLS, 0, P_ALIGN, 128);
}
static size_t tls_range(struct sample *s)
{
    return in_segment(s, PT_TLS, 0, P_VADDR, 0x20);
}

/* The note */
static size_t adit_missing(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) - 8, 1, 'B'), ANYWHERE;
}
static size_t adit_repeated(struct sample *s)
{
    for (unsigned nth = 0;; nth++) { /* the segment that holds the note, once more */
        size_t from = segment_at(s, PT_NOTE, nth), note = note_at(s, "Adit", 1),
               begin = (size_t)get(s, from + P_OFFSET, 8);
        if (note < begin || note >= begin + get(s, from + P_FILESZ, 8))
            continue;
        memcpy(s->bytes + segment_at(s, PT_GNU_EH_FRAME, 0), s->bytes + from, 56);
        return note - 20;
    }
}
static size_t adit_layout(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1), 4, 2) - 20;
}
static size_t adit_abi(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) + 4, 2, 2);
}
static size_t adit_abi_minor(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) + 6, 2, ADIT_ABI_MINOR + 1) - 2;
}
static size_t adit_id(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) + 8, 1, 'P');
}
static size_t adit_id_padding(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) + 8 + 40, 1, 'x') - 40;
}
static size_t adit_version(struct sample *s)
{
    return put(s, note_at(s, "Adit", 1) + 56 + 1, 1, 'a') - 1;
}

/* 15 to 18 */
static size_t dyn_end(struct sample *s)
{
    size_t ph = segment_at(s, PT_DYNAMIC, 0), null = entry_at(s, DT_NULL);
    put(s, ph + P_FILESZ, 8, null - get(s, ph + P_OFFSET, 8));
    put(s, ph + P_MEMSZ, 8, null - get(s, ph + P_OFFSET, 8));
    return (size_t)get(s, ph + P_OFFSET, 8);
}
static size_t dyn_unknown(struct sample *s)
{
    return put(s, entry_at(s, DT_RELACOUNT), 8, 0x1000000000000001);
}
static size_t dyn_repeated(struct sample *s)
{
    return put(s, entry_at(s, DT_RELACOUNT), 8, DT_SYMTAB);
}
static size_t dyn_required(struct sample *s)
{
    return put(s, entry_at(s, DT_STRSZ), 8, DT_DEBUG), ANYWHERE;
}
static size_t dyn_required_hash(struct sample *s)
{
    return put(s, entry_at(s, DT_GNU_HASH), 8, DT_DEBUG), ANYWHERE;
}
static size_t dyn_group(struct sample *s)
{
    return put(s, entry_at(s, DT_RELAENT), 8, DT_DEBUG), entry_at(s, DT_RELA);
}
static size_t dyn_group_versions(struct sample *s)
{
    return put(s, entry_at(s, DT_VERSYM), 8, DT_DEBUG), ANYWHERE;
}
static size_t dyn_entsize(struct sample *s)
{
    return set_entry(s, DT_SYMENT, 16);
}
static size_t dyn_pltrel(struct sample *s)
{
    return set_entry(s, DT_PLTREL, DT_REL);
}
static size_t table_align(struct sample *s)
{
    return set_entry(s, DT_SYMTAB, entry(s, DT_SYMTAB) + 4);
}
static size_t table_range(struct sample *s)
{
    return set_entry(s, DT_STRTAB, 0x10000000);
}
static size_t table_overlap(struct sample *s)
{
    return set_entry(s, DT_VERSYM, entry(s, DT_SYMTAB)), ANYWHERE;
}
static size_t table_headers(struct sample *s)
{
    return set_entry(s, DT_RELA, 64), 32;
}
static size_t table_writable(struct sample *s)
{
    size_t load = segment_at(s, PT_LOAD, 3);
    set_entry(s, DT_RELASZ, 24);
    return set_entry(s, DT_RELA, (get(s, load + P_VADDR, 8) + 7) & ~UINT64_C(7));
}
static size_t str_end(struct sample *s)
{
    return set_entry(s, DT_STRSZ, entry(s, DT_STRSZ) - 1), table_at(s, DT_STRTAB) + (size_t)entry(s, DT_STRSZ) - 1;
}
static size_t str_offset(struct sample *s)
{
    return set_entry(s, DT_NEEDED, 0x100000);
}
static size_t str_offset_symbol(struct sample *s)
{
    return put(s, table_at(s, DT_SYMTAB) + 24, 4, 0x7fffffff);
}
static size_t str_long(struct sample *s)
{
    return entry_at(s, DT_SONAME) + 8;
}

/* 19 */
static size_t gnu_header(struct sample *s)
{
    return put(s, table_at(s, DT_GNU_HASH), 4, 0);
}
static size_t gnu_header_bloom(struct sample *s)
{
    return put(s, table_at(s, DT_GNU_HASH) + 8, 4, 3) - 8;
}
static size_t gnu_header_shift(struct sample *s)
{
    return put(s, table_at(s, DT_GNU_HASH) + 12, 4, 64) - 12;
}
static size_t gnu_table(const struct sample *s, size_t *buckets, size_t *chains)
{
    size_t at = table_at(s, DT_GNU_HASH);
    *buckets = at + 16 + 8 * (size_t)get(s, at + 8, 4);
    *chains = *buckets + 4 * (size_t)get(s, at, 4);
    return at;
}
/* The bucket in which adit_plugin is. */
static size_t gnu_filled(const struct sample *s)
{
    size_t buckets, chains;
    (void)gnu_table(s, &buckets, &chains);
    while (get(s, buckets, 4) == 0)
        buckets += 4;
    return buckets;
}
static size_t gnu_bucket(struct sample *s)
{
    return put(s, gnu_filled(s), 4, 0x1000000);
}
static size_t gnu_chain(struct sample *s)
{
    size_t buckets, chains;
    (void)gnu_table(s, &buckets, &chains);
    /* No value up to the end of the segment may end the chain. */
    size_t load = segment_at(s, PT_LOAD, 0), end = (size_t)(get(s, load + P_OFFSET, 8) + get(s, load + P_FILESZ, 8));
    for (size_t at = chains; at + 4 <= end; at += 4)
        s->bytes[at] = (uint8_t)(s->bytes[at] & 0xfe);
    return chains;
}
static size_t gnu_value(struct sample *s)
{
    size_t buckets, chains;
    (void)gnu_table(s, &buckets, &chains);
    return put(s, chains, 4, get(s, chains, 4) ^ 0x100);
}
static size_t gnu_bloom(struct sample *s)
{
    size_t at = table_at(s, DT_GNU_HASH);
    for (size_t i = 0; i < get(s, at + 8, 4); i++)
        put(s, at + 16 + 8 * i, 8, 0);
    return at + 16;
}
static size_t sysv_header(struct sample *s)
{
    return put(s, table_at(s, DT_HASH), 4, 0);
}
static size_t sysv_index(struct sample *s)
{
    size_t at = table_at(s, DT_HASH) + 8;
    while (get(s, at, 4) == 0)
        at += 4;
    return put(s, at, 4, 0x10000);
}
static size_t sysv_cycle(struct sample *s)
{
    size_t at = table_at(s, DT_HASH), buckets = (size_t)get(s, at, 4), chain = at + 8 + 4 * buckets;
    size_t bucket = at + 8;
    while (get(s, bucket, 4) == 0)
        bucket += 4;
    size_t symbol = (size_t)get(s, bucket, 4);
    put(s, chain + 4 * symbol, 4, symbol);
    return ANYWHERE;
}
static size_t sysv_value(struct sample *s)
{
    size_t at = table_at(s, DT_HASH) + 8, filled = at;
    while (get(s, filled, 4) == 0)
        filled += 4;
    uint64_t symbol = get(s, filled, 4);
    put(s, filled, 4, 0);
    return put(s, filled == at ? at + 4 : at, 4, symbol);
}
static size_t hash_count(struct sample *s)
{
    return put(s, table_at(s, DT_HASH) + 4, 4, get(s, table_at(s, DT_HASH) + 4, 4) - 1), ANYWHERE;
}

/* 20, 21 */
static size_t sym_null(struct sample *s)
{
    return put(s, table_at(s, DT_SYMTAB) + 16, 1, 1) - 16;
}
static size_t plugin(struct sample *s, size_t member, unsigned width, uint64_t v)
{
    return put(s, symbol_at(s, "adit_plugin", NULL) + member, width, v);
}
static size_t sym_type(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0x1b);
}
static size_t sym_bind(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0x51);
}
static size_t sym_ifunc(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0x1a);
}
static size_t sym_unique(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0xa1);
}
static size_t sym_abs(struct sample *s)
{
    return plugin(s, ST_SHNDX, 2, SHN_ABS);
}
static size_t sym_section(struct sample *s)
{
    return plugin(s, ST_SHNDX, 2, 0xff05);
}
static size_t sym_range(struct sample *s)
{
    return plugin(s, ST_SIZE, 8, UINT64_MAX) - 8;
}
static size_t sym_range_tls(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0x16) + 4;
}
static size_t plugin_missing(struct sample *s)
{
    return rename_string(s, "adit_plugin", "adit_plugim"), ANYWHERE;
}
static size_t plugin_type(struct sample *s)
{
    return plugin(s, ST_INFO, 1, 0x12);
}
static size_t plugin_hidden(struct sample *s)
{
    return plugin(s, ST_OTHER, 1, STV_PROTECTED) - 1;
}
static size_t plugin_size(struct sample *s)
{
    return plugin(s, ST_SIZE, 8, 32);
}
static size_t plugin_object(const struct sample *s)
{
    return file_offset(s, get(s, symbol_at(s, "adit_plugin", NULL) + ST_VALUE, 8));
}
static size_t plugin_member(struct sample *s)
{
    return put(s, plugin_object(s), 4, offsetof(struct adit_plugin, map));
}
static size_t plugin_abi(struct sample *s)
{
    return put(s, plugin_object(s) + 4, 2, 7);
}
static size_t plugin_lookup(struct sample *s)
{
    return gnu_bloom(s), symbol_at(s, "adit_plugin", NULL);
}
/* The relocation of an address. */
static size_t relocation_of(const struct sample *s, uint64_t address)
{
    for (size_t at = table_at(s, DT_RELA), end = at + (size_t)entry(s, DT_RELASZ); at < end; at += 24)
        if (get(s, at, 8) == address)
            return at;
    fail_msg("nothing relocates 0x%llx", (unsigned long long)address);
    return 0;
}
static size_t run_relocation(const struct sample *s)
{
    return relocation_of(s,
                         get(s, symbol_at(s, "adit_plugin", NULL) + ST_VALUE, 8) + offsetof(struct adit_plugin, run));
}
static size_t plugin_slot(struct sample *s)
{
    return put(s, run_relocation(s) + 16, 8, 0x40) - 16;
}
static size_t plugin_slot_word(struct sample *s)
{
    return put(s, plugin_object(s) + 8, 8, 0x1000);
}
static size_t plugin_slot_moved(struct sample *s)
{
    return put(s, run_relocation(s), 8, get(s, run_relocation(s), 8) + 1), ANYWHERE;
}
static size_t plugin_slot_none(struct sample *s)
{
    return put(s, run_relocation(s), 8, get(s, run_relocation(s), 8) - 8), ANYWHERE;
}
static size_t export_extra(struct sample *s)
{
    size_t at = symbol_at(s, "malloc", NULL);
    put(s, at + ST_VALUE, 8, 0x1000);
    return put(s, at + ST_SHNDX, 2, 1) - ST_SHNDX;
}

/* 22 */
static size_t ver_range(struct sample *s)
{
    size_t load = segment_at(s, PT_LOAD, 0);
    return set_entry(s, DT_VERSYM, (get(s, load + P_VADDR, 8) + get(s, load + P_FILESZ, 8) - 2) & ~UINT64_C(1));
}
static size_t ver_index(struct sample *s)
{
    return put(s, table_at(s, DT_VERSYM) + 2, 2, 0x7ffe);
}
static size_t ver_need(struct sample *s)
{
    return put(s, table_at(s, DT_VERNEED), 2, 2);
}
static size_t ver_need_next(struct sample *s)
{
    return put(s, table_at(s, DT_VERNEED) + 12, 4, 0x7ffffff0);
}
static size_t ver_need_count(struct sample *s)
{
    return set_entry(s, DT_VERNEEDNUM, 9), ANYWHERE;
}
static size_t aux_at(const struct sample *s)
{
    return table_at(s, DT_VERNEED) + (size_t)get(s, table_at(s, DT_VERNEED) + 8, 4);
}
static size_t ver_need_index(struct sample *s)
{
    return put(s, aux_at(s) + 6, 2, 1);
}
static size_t ver_file(struct sample *s)
{
    return put(s, table_at(s, DT_VERNEED) + 4, 4, get(s, aux_at(s) + 8, 4));
}
static size_t ver_hash(struct sample *s)
{
    return put(s, aux_at(s), 4, 0);
}
static size_t ver_target(struct sample *s)
{
    size_t aux = aux_at(s), name = table_at(s, DT_STRTAB) + (size_t)get(s, aux + 8, 4);
    uint32_t hash = 0;
    s->bytes[name] = 'H'; /* HLIBC_… */
    for (const char *p = (const char *)s->bytes + name; *p; p++) {
        hash = (hash << 4) + (unsigned char)*p;
        uint32_t high = hash & 0xf0000000u;
        hash = (hash ^ high >> 24) & ~high;
    }
    put(s, aux, 4, hash);
    return ANYWHERE;
}
static size_t ver_def(struct sample *s)
{
    return put(s, table_at(s, DT_VERDEF), 2, 3);
}
static size_t ver_def_next(struct sample *s)
{
    return put(s, table_at(s, DT_VERDEF) + 16, 4, 4);
}

/* 23 to 28 */
static size_t rel_size(struct sample *s)
{
    return set_entry(s, DT_RELASZ, entry(s, DT_RELASZ) - 8);
}
static size_t rel_count(struct sample *s)
{
    return set_entry(s, DT_RELACOUNT, 0x7fffffff);
}
static size_t rel_count_type(struct sample *s)
{
    put(s, table_at(s, DT_RELA) + 8, 8, 0);
    return entry_at(s, DT_RELACOUNT) + 8;
}
static size_t rel_overlap(struct sample *s)
{
    return set_entry(s, DT_JMPREL, entry(s, DT_RELA) + 24);
}
static size_t rel_type(struct sample *s)
{
    return put(s, table_at(s, DT_JMPREL) + 8, 4, TYPE_REFUSED);
}
static size_t rel_symbol(struct sample *s)
{
    return put(s, table_at(s, DT_JMPREL) + 12, 4, 0x7fffffff);
}
static size_t rel_symbol_relative(struct sample *s)
{
    return put(s, table_at(s, DT_RELA) + 12, 4, 0x7fffffff);
}
static size_t rel_target(struct sample *s)
{
    return put(s, table_at(s, DT_RELA), 8, 0x1000);
}
static size_t rel_target_edge(struct sample *s)
{
    size_t load = segment_at(s, PT_LOAD, 3);
    return put(s, table_at(s, DT_RELA), 8, get(s, load + P_VADDR, 8) + get(s, load + P_MEMSZ, 8) - 4);
}
static size_t rel_target_dynamic(struct sample *s)
{
    return put(s, table_at(s, DT_RELA), 8, get(s, segment_at(s, PT_DYNAMIC, 0) + P_VADDR, 8) + 8);
}
static size_t rel_addend(struct sample *s)
{
    return put(s, table_at(s, DT_RELA) + 16, 8, 0x40000000);
}
static size_t rel_tls(struct sample *s)
{
    return put(s, table_at(s, DT_JMPREL) + 8, 4, TYPE_DTPMOD) - 8;
}
static size_t rel_tls_missing(struct sample *s)
{
    return in_segment(s, PT_TLS, 0, P_TYPE, PT_NOTE), ANYWHERE;
}
#if defined(__x86_64__)
#define TYPE_TLSDESC 36u
#else
#define TYPE_TLSDESC 1031u
#endif
/* The relocation of an import's place in the global offset table. */
static size_t import_relocation(const struct sample *s, const char *name)
{
    unsigned index;
    (void)symbol_at(s, name, &index);
    for (size_t at = table_at(s, DT_JMPREL), end = at + (size_t)entry(s, DT_PLTRELSZ); at < end; at += 24)
        if (get(s, at + 12, 4) == index)
            return at;
    fail_msg("nothing imports %s", name);
    return 0;
}
/* The loader divides by zero on this one: libm has no thread-local storage. */
static size_t rel_tls_elsewhere(struct sample *s)
{
    put(s, import_relocation(s, "sin") + 8, 4, TYPE_TLSDESC);
    return put(s, symbol_at(s, "sin", NULL) + ST_INFO, 1, 0x16) - ST_INFO;
}
/* An empty RELA where JMPREL ends: the loader takes the size of one from the other, and does neither. */
static size_t rel_overlap_empty(struct sample *s)
{
    set_entry(s, DT_RELA, entry(s, DT_JMPREL) + entry(s, DT_PLTRELSZ));
    set_entry(s, DT_RELASZ, 0);
    return entry_at(s, DT_JMPREL) + 8;
}
static size_t unresolved_hidden(struct sample *s)
{
    return put(s, symbol_at(s, "sin", NULL) + ST_OTHER, 1, STV_HIDDEN) - ST_OTHER;
}
static size_t unresolved_local(struct sample *s)
{
    return put(s, symbol_at(s, "sin", NULL) + ST_INFO, 1, 0x02) - ST_INFO;
}
static size_t unresolved_nameless(struct sample *s)
{
    return put(s, symbol_at(s, "sin", NULL), 4, 0);
}
static size_t plugin_lookup_version(struct sample *s)
{
    unsigned index;
    (void)symbol_at(s, "adit_plugin", &index);
    return put(s, table_at(s, DT_VERSYM) + 2 * (size_t)index, 2, 0x8002), symbol_at(s, "adit_plugin", NULL);
}
static size_t relr_form(struct sample *s)
{
    return put(s, table_at(s, DT_RELR), 8, 3);
}
static size_t relr_target(struct sample *s)
{
    return put(s, table_at(s, DT_RELR), 8, 0x1000);
}
static size_t relr_version(struct sample *s)
{
    return entry_at(s, DT_RELR) + 8;
}
static size_t pltgot(struct sample *s)
{
    return set_entry(s, DT_PLTGOT, 0x1000);
}
static size_t bind_now(struct sample *s)
{
    return set_entry(s, DT_FLAGS, 0), set_entry(s, DT_FLAGS_1, 0), ANYWHERE;
}
static size_t unresolved(struct sample *s)
{
    return rename_string(s, "malloc", "mallok"), symbol_at(s, "mallok", NULL);
}

/* 29 to 33 */
static size_t unchanged(struct sample *s)
{
    return (void)s, ANYWHERE;
}
static size_t init(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_INIT, get(s, run_relocation(s) + 16, 8));
}
static size_t init_target(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_INIT, 0x40) + 8;
}
static size_t init_array_target(struct sample *s)
{
    return put(s, relocation_of(s, entry(s, DT_INIT_ARRAY)) + 16, 8, 0x40), ANYWHERE;
}
static size_t needed_name(struct sample *s)
{
    return rename_string(s, "libm.so.6", "l/m.so.6\0"), ANYWHERE;
}
static size_t needed_missing(struct sample *s)
{
    return rename_string(s, "libm.so.6", "libq.so.6"), entry_at(s, DT_NEEDED);
}
static size_t needed_count(struct sample *s)
{
    uint64_t name = 1; /* a dynamic section of 80 entries in the data segment, nearly all of them DT_NEEDED */
    size_t load = segment_at(s, PT_LOAD, 3), ph = segment_at(s, PT_DYNAMIC, 0), at = (size_t)get(s, load + P_OFFSET, 8);
    at = (at + 15) & ~(size_t)15;
    uint64_t address = get(s, load + P_VADDR, 8) + at - get(s, load + P_OFFSET, 8);
    size_t room = (size_t)(get(s, load + P_OFFSET, 8) + get(s, load + P_FILESZ, 8)) - at,
           count = room / 16 < 80 ? room / 16 : 80;
    size_t string_table = (size_t)entry(s, DT_STRTAB), string_size = (size_t)entry(s, DT_STRSZ);
    put(s, ph + P_OFFSET, 8, at);
    put(s, ph + P_VADDR, 8, address);
    put(s, ph + P_FILESZ, 8, 16 * count);
    put(s, ph + P_MEMSZ, 8, 16 * count);
    for (size_t i = 0; i < count; i++) {
        put(s, at + 16 * i, 8, i == 0 ? DT_STRTAB : i == 1 ? DT_STRSZ : i + 1 == count ? DT_NULL : DT_NEEDED);
        put(s, at + 16 * i + 8, 8, i == 0 ? string_table : i == 1 ? string_size : i + 1 == count ? 0 : name);
    }
    assert_true(count > 68);
    return ANYWHERE;
}
static size_t runpath(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_RUNPATH, 1);
}
static size_t auxiliary(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_AUXILIARY, 1);
}
static size_t textrel(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_TEXTREL, 0);
}
static size_t flags(struct sample *s)
{
    return set_entry(s, DT_FLAGS, DF_BIND_NOW | DF_STATIC_TLS);
}
static size_t flags_1(struct sample *s)
{
    return set_entry(s, DT_FLAGS_1, DF_1_NOW | DF_1_GLOBAL);
}
static size_t soname(struct sample *s)
{
    return change_entry(s, DT_RELACOUNT, DT_SONAME, entry(s, DT_NEEDED));
}
static size_t refused(struct sample *s)
{
    return rename_string(s, "malloc", "system"), symbol_at(s, "system", NULL);
}
static size_t refused_pattern(struct sample *s)
{
    return rename_string(s, "malloc", "setuid"), symbol_at(s, "setuid", NULL);
}
static size_t warned(struct sample *s)
{
    return rename_string(s, "malloc", "getenv"), symbol_at(s, "getenv", NULL);
}

static const struct rule_case cases[] = {
    {"elf.header.size", "plain-gcc", header_size},
    {"elf.ident.magic", "plain-gcc", ident_magic},
    {"elf.ident.class", "plain-gcc", ident_class},
    {"elf.ident.data", "plain-gcc", ident_data},
    {"elf.ident.version", "plain-gcc", ident_version},
    {"elf.ident.version", "plain-gcc", header_version},
    {"elf.ident.osabi", "plain-gcc", ident_osabi},
    {"elf.ident.padding", "plain-gcc", ident_padding},
    {"elf.header.type", "plain-gcc", header_type},
    {"elf.header.machine", "plain-gcc", header_machine},
    {"elf.header.phentsize", "plain-gcc", header_phentsize},
    {"elf.phdr.count", "plain-gcc", phdr_count},
    {"elf.phdr.count", "plain-gcc", phdr_none},
    {"elf.phdr.range", "plain-gcc", phdr_range},
    {"elf.load.none", "plain-gcc", load_none},
    {"elf.load.order", "plain-gcc", load_order},
    {"elf.load.overlap", "plain-gcc", load_overlap},
    {"elf.load.base", "plain-gcc", load_base},
    {"elf.load.size", "plain-gcc", load_size},
    {"elf.load.range", "plain-gcc", load_range},
    {"elf.load.span", "plain-gcc", load_span},
    {"elf.load.align", "plain-gcc", load_align},
    {"elf.load.align", "plain-gcc", load_align_large},
    {"elf.load.congruent", "plain-gcc", load_congruent},
    {"elf.load.readable", "plain-gcc", load_readable},
    {"elf.load.wx", "plain-gcc", load_wx},
    {"elf.load.bss", "plain-gcc", load_bss},
    {"elf.dynamic.missing", "plain-gcc", dynamic_missing},
    {"elf.dynamic.repeated", "plain-gcc", dynamic_repeated},
    {"elf.dynamic.range", "plain-gcc", dynamic_range},
    {"elf.dynamic.range", "plain-gcc", dynamic_long},
    {"elf.dynamic.align", "plain-gcc", dynamic_align},
    {"elf.dynamic.writable", "plain-gcc", dynamic_writable},
    {"elf.phdr.image", "plain-lld", phdr_image},
    {"elf.segment.interp", "plain-gcc", segment_interp},
    {"elf.segment.repeated", "plain-gcc", segment_repeated},
    {"elf.segment.unknown", "plain-gcc", segment_unknown},
    {"elf.stack.missing", "plain-gcc", stack_missing},
    {"elf.stack.executable", "plain-gcc", stack_executable},
    {"elf.relro.range", "plain-gcc", relro_range},
    {"elf.relro.range", "plain-gcc", relro_long},
    {"elf.note.range", "plain-gcc", note_range},
    {"elf.note.entry", "plain-gcc", note_entry},
    {"elf.note.property", "isa-gcc", note_property},
#if defined(__x86_64__)
    {"elf.note.isa", "isa-gcc", note_isa},
#endif
    {"elf.ehframe.range", "plain-gcc", ehframe_range},
    {"elf.tls.size", "threadlocal-gcc", tls_size},
    {"elf.tls.align", "threadlocal-gcc", tls_align},
    {"elf.tls.range", "threadlocal-gcc", tls_range},
    {"note.missing", "plain-gcc", adit_missing},
    {"note.repeated", "plain-gcc", adit_repeated},
    {"note.layout", "plain-gcc", adit_layout},
    {"note.abi", "plain-gcc", adit_abi},
    {"note.abi", "plain-gcc", adit_abi_minor},
    {"note.id", "plain-gcc", adit_id},
    {"note.id", "plain-gcc", adit_id_padding},
    {"note.version", "plain-gcc", adit_version},
    {"dyn.end", "imports-gcc", dyn_end},
    {"dyn.tag.unknown", "imports-gcc", dyn_unknown},
    {"dyn.tag.repeated", "imports-gcc", dyn_repeated},
    {"dyn.required", "imports-gcc", dyn_required},
    {"dyn.required", "imports-gcc", dyn_required_hash},
    {"dyn.group", "imports-gcc", dyn_group},
    {"dyn.group", "imports-gcc", dyn_group_versions},
    {"dyn.entsize", "imports-gcc", dyn_entsize},
    {"dyn.entsize", "imports-gcc", dyn_pltrel},
    {"dyn.table.align", "imports-gcc", table_align},
    {"dyn.table.range", "imports-gcc", table_range},
    {"dyn.table.overlap", "imports-gcc", table_overlap},
    {"dyn.table.overlap", "imports-gcc", table_headers},
    {"dyn.table.writable", "imports-gcc", table_writable},
    {"str.end", "imports-gcc", str_end},
    {"str.offset", "imports-gcc", str_offset},
    {"str.offset", "imports-gcc", str_offset_symbol},
    {"str.long", "soname-gcc", str_long},
    {"hash.gnu.header", "imports-gcc", gnu_header},
    {"hash.gnu.header", "imports-gcc", gnu_header_bloom},
    {"hash.gnu.header", "imports-gcc", gnu_header_shift},
    {"hash.gnu.bucket", "imports-gcc", gnu_bucket},
    {"hash.gnu.chain", "imports-gcc", gnu_chain},
    {"hash.gnu.value", "imports-gcc", gnu_value},
    {"hash.gnu.bloom", "imports-gcc", gnu_bloom},
    {"hash.sysv.header", "imports-gcc-sysv", sysv_header},
    {"hash.sysv.index", "imports-gcc-sysv", sysv_index},
    {"hash.sysv.cycle", "imports-gcc-sysv", sysv_cycle},
    {"hash.sysv.value", "imports-gcc-sysv", sysv_value},
    {"hash.count", "imports-gcc-both", hash_count},
    {"sym.null", "imports-gcc", sym_null},
    {"sym.type", "imports-gcc", sym_type},
    {"sym.type", "imports-gcc", sym_bind},
    {"sym.ifunc", "imports-gcc", sym_ifunc},
    {"sym.unique", "imports-gcc", sym_unique},
    {"sym.abs", "imports-gcc", sym_abs},
    {"sym.section", "imports-gcc", sym_section},
    {"sym.range", "imports-gcc", sym_range},
    {"sym.range", "imports-gcc", sym_range_tls},
    {"plugin.missing", "imports-gcc", plugin_missing},
    {"plugin.type", "imports-gcc", plugin_type},
    {"plugin.type", "imports-gcc", plugin_hidden},
    {"plugin.size", "imports-gcc", plugin_size},
    {"plugin.size", "imports-gcc", plugin_member},
    {"plugin.size", "imports-gcc", plugin_abi},
    {"plugin.lookup", "imports-gcc", plugin_lookup},
    {"plugin.slot", "imports-gcc", plugin_slot},
    {"plugin.slot", "plain-gcc", plugin_slot_word},
    {"plugin.slot", "imports-gcc", plugin_slot_moved},
    {"plugin.slot", "plain-gcc", plugin_slot_none},
    {"plugin.export", "imports-gcc", export_extra},
    {"ver.sym.range", "imports-gcc", ver_range},
    {"ver.sym.index", "imports-gcc", ver_index},
    {"ver.need.form", "imports-gcc", ver_need},
    {"ver.need.form", "imports-gcc", ver_need_next},
    {"ver.need.form", "imports-gcc", ver_need_count},
    {"ver.need.form", "imports-gcc", ver_need_index},
    {"ver.need.file", "imports-gcc", ver_file},
    {"ver.hash", "imports-gcc", ver_hash},
    {"ver.need.target", "imports-gcc", ver_target},
    {"ver.def.form", "imports-gold", ver_def},
    {"ver.def.form", "imports-gold", ver_def_next},
    {"rel.size", "imports-gcc", rel_size},
    {"rel.count", "imports-gcc", rel_count},
    {"rel.count", "imports-gcc", rel_count_type},
    {"rel.overlap", "imports-gcc", rel_overlap},
    {"rel.type", "imports-gcc", rel_type},
    {"rel.symbol", "imports-gcc", rel_symbol},
    {"rel.symbol", "imports-gcc", rel_symbol_relative},
    {"rel.target", "imports-gcc", rel_target},
    {"rel.target", "imports-gcc", rel_target_edge},
    {"rel.target", "imports-gcc", rel_target_dynamic},
    {"rel.addend", "imports-gcc", rel_addend},
    {"rel.tls", "imports-gcc", rel_tls},
    {"rel.tls", "threadlocal-gcc", rel_tls_missing},
    {"rel.tls", "imports-gcc", rel_tls_elsewhere},
    {"rel.overlap", "imports-gcc", rel_overlap_empty},
    {"import.unresolved", "imports-gcc", unresolved_hidden},
    {"import.unresolved", "imports-gcc", unresolved_local},
    {"import.unresolved", "imports-gcc", unresolved_nameless},
    {"plugin.lookup", "imports-gcc", plugin_lookup_version},
    {"relr.form", "imports-gcc-relr", relr_form},
    {"relr.target", "imports-gcc-relr", relr_target},
    {"relr.version", "packed-lld", relr_version},
    {"dyn.pltgot", "imports-gcc", pltgot},
    {"dyn.bind_now", "imports-gcc", bind_now},
    {"import.unresolved", "imports-gcc", unresolved},
    {"policy.constructors", "imports-gcc", init},
    {"policy.constructors", "constructor-gcc", unchanged},
    {"policy.constructors.target", "imports-gcc", init_target},
    {"policy.constructors.target", "cplusplus-gcc-ctor", init_array_target},
    {"policy.constructors.count", "many-gcc-ctor", unchanged},
    {"policy.needed.name", "imports-gcc", needed_name},
    {"policy.needed.missing", "imports-gcc", needed_missing},
    {"policy.needed.count", "many-gcc-ctor", needed_count},
    {"policy.path", "imports-gcc", runpath},
    {"policy.path", "imports-gcc", auxiliary},
    {"policy.textrel", "imports-gcc", textrel},
    {"policy.flags", "imports-gcc", flags},
    {"policy.flags", "imports-gcc", flags_1},
    {"policy.soname", "imports-gcc", soname},
    {"policy.import.refused", "imports-gcc", refused},
    {"policy.import.refused", "imports-gcc", refused_pattern},
    {"policy.import.warned", "imports-gcc", warned},
};
#define CASES (sizeof cases / sizeof cases[0])

static void test_case(void **state)
{
    const struct rule_case *c = *state;
    struct sample s;
    static struct vfinding items[256];
    struct vfindings found = {.items = items, .capacity = 256};
    const struct voptions options = {.libraries = samples_libraries.symbols, .allow_constructors = is_ctor(c->module)};
    const struct vrule *rule = validate_rule(c->rule);
    assert_non_null(rule);
    sample_open(&s, c->module);
    size_t at = c->damage(&s);
    int r = sample_validate(&s, &options, &found, NULL);
    const struct vfinding *f = find(&found, c->rule);
    if (!f)
        print_all(&found);
    assert_non_null(f);
    assert_int_equal(r, rule->severity == VALIDATE_ERROR ? 1 : 0);
    assert_int_equal(f->severity, rule->severity);
    if (at != ANYWHERE) {
        bool there = false;
        for (size_t i = 0; i < found.count; i++)
            there |= found.items[i].rule == rule && found.items[i].offset == at;
        if (!there) {
            print_all(&found);
            print_message("    expected at 0x%zx\n", at);
        }
        assert_true(there);
    }
    sample_close(&s);
}

/* Those that are not about damage have their tests in test_report.c and test_accept.c. */
static void test_every_rule_has_a_case(void **state)
{
    size_t count, missing = 0;
    const struct vrule *rules = validate_rules(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool there = strcmp(rules[i].id, "report.more") == 0 || strcmp(rules[i].id, "waiver.unknown") == 0;
#if !defined(__x86_64__)
        there |= strcmp(rules[i].id, "elf.note.isa") == 0;
#endif
        for (size_t k = 0; k < CASES; k++)
            there |= strcmp(cases[k].rule, rules[i].id) == 0;
        if (!there)
            print_message("    no case for %s\n", rules[i].id);
        missing += !there;
    }
    assert_int_equal(missing, 0);
}

static int build(void **state)
{
    (void)state;
    return samples_build("plain-gcc plain-lld imports-gcc imports-gcc-sysv imports-gcc-both imports-gcc-relr "
                         "imports-gold threadlocal-gcc "
                         "cplusplus-gcc-ctor isa-gcc soname-gcc many-gcc-ctor packed-lld constructor-gcc");
}

int main(void)
{
    struct CMUnitTest tests[CASES + 1];
    memset(tests, 0, sizeof tests);
    for (size_t i = 0; i < CASES; i++) {
        tests[i].name = cases[i].rule;
        tests[i].test_func = test_case;
        tests[i].initial_state = (void *)(uintptr_t)&cases[i];
    }
    tests[CASES].name = "every rule has a case";
    tests[CASES].test_func = test_every_rule_has_a_case;
    return _cmocka_run_group_tests("rules", tests, CASES + 1, build, samples_remove);
}
