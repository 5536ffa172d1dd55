// SPDX-License-Identifier: MIT
/* Rules 23 to 27: relocations (processor supplements, "Relocation Types"; gABI, "Relative Relocation Table"). */
#include "image.h"

#include <stdio.h>

enum kind { KIND_REFUSED, KIND_RELATIVE, KIND_ADDRESS, KIND_TLS, KIND_TLS_PAIR };

#if defined(__x86_64__)
static enum kind kind_of(uint32_t type)
{
    switch (type) {
    case R_X86_64_RELATIVE:
        return KIND_RELATIVE;
    case R_X86_64_64:
    case R_X86_64_GLOB_DAT:
    case R_X86_64_JUMP_SLOT:
        return KIND_ADDRESS;
    case R_X86_64_DTPMOD64:
    case R_X86_64_DTPOFF64:
        return KIND_TLS;
    case R_X86_64_TLSDESC:
        return KIND_TLS_PAIR;
    default:
        return KIND_REFUSED;
    }
}
#else
static enum kind kind_of(uint32_t type)
{
    switch (type) {
    case R_AARCH64_RELATIVE:
        return KIND_RELATIVE;
    case R_AARCH64_ABS64:
    case R_AARCH64_GLOB_DAT:
    case R_AARCH64_JUMP_SLOT:
        return KIND_ADDRESS;
    case R_AARCH64_TLS_DTPMOD:
    case R_AARCH64_TLS_DTPREL:
        return KIND_TLS;
    case R_AARCH64_TLSDESC:
        return KIND_TLS_PAIR;
    default:
        return KIND_REFUSED;
    }
}
#endif

static bool meets(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Whether `size` bytes at `address` may be changed at load time. *hint: the load of the call before. */
static bool may_change(const struct image *im, uint64_t address, uint64_t size, const struct segment **hint)
{
    const struct segment *s = *hint;
    if (!s || address < s->vaddr || !inside(address - s->vaddr, size, s->memsz)) {
        s = image_load_memory(im, address, size);
        if (!s)
            return false;
        *hint = s;
    }
    if (!(s->flags & PF_W))
        return false;
    if (im->dynamic && meets(address, size, im->dynamic->vaddr, im->dynamic->memsz))
        return false;
    uint64_t offset = s->offset + (address - s->vaddr);
    return !(address - s->vaddr < s->filesz &&
             meets(offset, size, im->phoff, (uint64_t)im->segment_count * sizeof(Elf64_Phdr)));
}

/* Keeps what is relocated into adit_plugin, for rule 21. */
static void note_plugin(struct image *im, uint64_t at, uint64_t target, uint64_t size, uint64_t address)
{
    if (!im->plugin_symbol || !meets(target, size, im->plugin_address, im->plugin_size))
        return;
    uint64_t first = offsetof(struct adit_plugin, open);
    uint64_t inner = target - im->plugin_address;
    if (target < im->plugin_address + first || (inner - first) % 8 || (inner - first) / 8 >= PLUGIN_SLOTS ||
        size != 8 || im->plugin_slots[(inner - first) / 8].at) {
        im->plugin_spoilt = at;
        return;
    }
    im->plugin_slots[(inner - first) / 8] = (struct slot){at, address};
}

/* The same for the arrays of constructors, for rule 29. */
static void note_array(struct image *im, enum array which, const struct table *t, uint64_t at, uint64_t target,
                       uint64_t size, uint64_t address)
{
    if (!t->usable || !meets(target, size, t->address, t->size))
        return;
    uint64_t index = (target - t->address) / 8;
    const struct segment *load = address == UINT64_MAX ? NULL : image_load(im, address, 1);
    if (target < t->address || (target - t->address) % 8 || size != 8 || !load || !(load->flags & PF_X)) {
        im->arrays[which].spoilt = at;
        return;
    }
    if (index >= ARRAY_MAX)
        return;
    uint64_t *word = &im->arrays[which].relocated[index / 64], bit = (uint64_t)1 << (index % 64);
    if (*word & bit)
        im->arrays[which].spoilt = at;
    *word |= bit;
}

static void note_target(struct image *im, uint64_t at, uint64_t target, uint64_t size, uint64_t address, bool sure)
{
    note_plugin(im, at, target, size, sure ? address : UINT64_MAX);
    note_array(im, ARRAY_INIT, &im->init_array, at, target, size, address);
    note_array(im, ARRAY_FINI, &im->fini_array, at, target, size, address);
    note_array(im, ARRAY_PREINIT, &im->preinit_array, at, target, size, address);
}

static void check_addend(struct image *im, uint64_t at, uint64_t addend)
{
    if (addend > page_ceil(im, im->span_end))
        report(im, RULE_REL_ADDEND, at, NULL, "an address of the image", "0x%llx", (unsigned long long)addend);
}

/* Rule 26. `s`: the relocation's symbol. */
static void check_thread_local(struct image *im, uint64_t at, uint32_t index, const struct symbol *s)
{
    const char *name = index ? image_string(im, s->name) : "symbol 0";
    bool ours = index == 0 || s->section != SHN_UNDEF || s->bind == STB_LOCAL;
    if (ours && (!im->tls || im->tls->memsz == 0))
        report(im, RULE_REL_TLS, at, name, "a PT_TLS", "none");
    if (index && s->type != STT_TLS)
        report(im, RULE_REL_TLS, at, name, "a symbol of type TLS", "type %u", s->type);
}

/* The address that a relocation by symbol gives; UINT64_MAX: one of another library. *sure: it cannot be any other
 * (another library may define a symbol that is exported, and some types add the addend where others do not). */
static uint64_t check_symbol(struct image *im, uint64_t at, enum kind kind, uint32_t index, uint64_t addend, bool *sure)
{
    struct symbol s;
    if (im->symbol_count == 0)
        return UINT64_MAX; /* what is wrong with the symbol table was reported */
    if (index >= im->symbol_count) {
        report(im, RULE_REL_SYMBOL, at + 12, NULL, "an index below the number of symbols", "%u of %u", index,
               im->symbol_count);
        return UINT64_MAX;
    }
    image_symbol(im, index, &s);
    if (kind == KIND_TLS || kind == KIND_TLS_PAIR)
        check_thread_local(im, at, index, &s);
    else if (kind == KIND_ADDRESS && s.type == STT_TLS)
        report(im, RULE_REL_TLS, at, image_string(im, s.name), "a thread-local relocation for a thread-local symbol",
               "another type");
    *sure = (s.bind == STB_LOCAL || s.visibility != STV_DEFAULT) && addend == 0;
    return s.section != SHN_UNDEF && s.section != SHN_ABS ? s.value + addend : UINT64_MAX;
}

static void check_entry(struct image *im, uint64_t at, const struct segment **hint)
{
    uint64_t target = get64(im, at), info = get64(im, at + 8), addend = get64(im, at + 16);
    uint32_t type = (uint32_t)info, index = (uint32_t)(info >> 32);
    enum kind kind = kind_of(type);
    uint64_t size = kind == KIND_TLS_PAIR ? 16 : 8, address = addend;
    bool sure = false;
    if (kind == KIND_REFUSED)
        report(im, RULE_REL_TYPE, at + 8, NULL, "RELATIVE, 64, GLOB_DAT, JUMP_SLOT, DTPMOD64, DTPOFF64 or TLSDESC",
               "type %u", type);
    if (!may_change(im, target, size, hint))
        report(im, RULE_REL_TARGET, at, NULL,
               "8 bytes in a writable segment, outside of the headers and the dynamic section", "0x%llx",
               (unsigned long long)target);
    /* The loader looks at the symbol's version before it looks at the type, so the index counts for RELATIVE too. */
    if (kind == KIND_RELATIVE) {
        check_addend(im, at + 16, addend);
        if (index && im->symbol_count)
            (void)check_symbol(im, at, kind, index, addend, &sure);
        sure = true;
    } else {
        address = check_symbol(im, at, kind, index, addend, &sure);
    }
    if (kind == KIND_TLS || kind == KIND_TLS_PAIR)
        address = UINT64_MAX;
    note_target(im, at, target, size, address, sure);
}

static void check_rela(struct image *im, const struct table *t)
{
    const struct segment *hint = NULL;
    if (!t->usable)
        return;
    uint64_t count = t->size / sizeof(Elf64_Rela);
    for (uint64_t i = 0; i < count; i++)
        check_entry(im, t->offset + i * sizeof(Elf64_Rela), &hint);
    im->info->relocation_count += count;
}

/* Rule 23: the prefix that is done without looking at types. */
static void check_relative_count(struct image *im)
{
    if (!im->has[DYN_RELACOUNT] || !im->rela.usable)
        return;
    uint64_t count = im->value[DYN_RELACOUNT], at = im->value_at[DYN_RELACOUNT] + 8;
    if (count > im->rela.size / sizeof(Elf64_Rela)) {
        report(im, RULE_REL_COUNT, at, "DT_RELACOUNT", "at most the number of relocations", "0x%llx of 0x%llx",
               (unsigned long long)count, (unsigned long long)(im->rela.size / sizeof(Elf64_Rela)));
        return;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint32_t type = get32(im, im->rela.offset + i * sizeof(Elf64_Rela) + 8);
        if (kind_of(type) != KIND_RELATIVE) {
            report(im, RULE_REL_COUNT, at, "DT_RELACOUNT", "only RELATIVE ones in the beginning",
                   "type %u as number %llu of %llu", type, (unsigned long long)i, (unsigned long long)count);
            return;
        }
    }
}

/* Whether JMPREL is the last part of RELA. The loader then leaves it out of RELA. */
static bool is_tail(const struct image *im)
{
    return im->jmprel.offset >= im->rela.offset &&
           im->jmprel.offset + im->jmprel.size == im->rela.offset + im->rela.size;
}

static void check_both(struct image *im)
{
    bool both = im->rela.usable && im->jmprel.usable;
    /* Where both end at one address the loader takes the size of JMPREL from that of RELA, even where that is 0. */
    bool shared =
        both && (meets(im->rela.offset, im->rela.size, im->jmprel.offset, im->jmprel.size) ||
                 (im->jmprel.size && im->rela.address + im->rela.size == im->jmprel.address + im->jmprel.size));
    if (shared && !is_tail(im))
        report(im, RULE_REL_OVERLAP, im->value_at[DYN_JMPREL] + 8, "DT_JMPREL", "apart from DT_RELA or its tail",
               "0x%llx + 0x%llx in 0x%llx + 0x%llx", (unsigned long long)im->jmprel.offset,
               (unsigned long long)im->jmprel.size, (unsigned long long)im->rela.offset,
               (unsigned long long)im->rela.size);
    check_relative_count(im);
    check_rela(im, &im->rela);
    if (!(both && is_tail(im)))
        check_rela(im, &im->jmprel);
}

/* Rule 27: one decoded address, whose word in the file is the addend. */
static void check_packed(struct image *im, uint64_t at, uint64_t address, const struct segment **hint)
{
    uint64_t offset;
    if (!may_change(im, address, 8, hint) || !image_offset(im, address, 8, &offset)) {
        report(im, RULE_RELR_TARGET, at, NULL,
               "8 bytes in a writable segment, outside of the headers and the dynamic section", "0x%llx",
               (unsigned long long)address);
        return;
    }
    check_addend(im, offset, get64(im, offset));
    note_target(im, at, address, 8, get64(im, offset), true);
}

static void check_relr_version(struct image *im)
{
    for (unsigned i = 2; i < im->version_count; i++) {
        const char *name = im->versions[i].name ? image_string(im, im->versions[i].name) : NULL;
        if (name && strcmp(name, "GLIBC_ABI_DT_RELR") == 0)
            return;
    }
    report(im, RULE_RELR_VERSION, im->value_at[DYN_RELR] + 8, "DT_RELR", "the needed version GLIBC_ABI_DT_RELR",
           "none");
}

static void check_relr(struct image *im)
{
    if (!im->has[DYN_RELR])
        return;
    check_relr_version(im);
    if (!im->relr.usable)
        return;
    const struct segment *hint = NULL;
    uint64_t base = 0, count = im->relr.size / 8;
    bool begun = false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = im->relr.offset + 8 * i, entry = get64(im, at);
        if (!(entry & 1)) {
            begun = true;
            check_packed(im, at, entry, &hint);
            base = entry + 8;
            im->info->relocation_count++;
            continue;
        }
        if (!begun) {
            report(im, RULE_RELR_FORM, at, "DT_RELR", "an address first", "0x%llx", (unsigned long long)entry);
            return;
        }
        for (unsigned bit = 0; bit < 63; bit++)
            if (entry >> (bit + 1) & 1) {
                check_packed(im, at, base + 8 * (uint64_t)bit, &hint);
                im->info->relocation_count++;
            }
        base += 63 * 8;
    }
}

void check_relocations(struct image *im)
{
    check_both(im);
    check_relr(im);
}
