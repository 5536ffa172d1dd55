// SPDX-License-Identifier: MIT
/* Rule 20: the symbol table (gABI, "Symbol Table"), and the loader's way to find a symbol. */
#include "image.h"

#define INDEX_MASK 0x7fffu
#define HIDDEN 0x8000u

void image_symbol(const struct image *im, uint32_t index, struct symbol *s)
{
    uint64_t at = im->symbols.offset + (uint64_t)index * sizeof(Elf64_Sym);
    uint8_t info = im->bytes[at + 4], other = im->bytes[at + 5];
    s->at = at;
    s->name = get32(im, at);
    s->bind = info >> 4;
    s->type = info & 15;
    s->visibility = other & 3;
    s->other = other;
    s->section = get16(im, at + 6);
    s->value = get64(im, at + 8);
    s->size = get64(im, at + 16);
}

static const char *check_symbol_name(struct image *im, const struct symbol *s)
{
    if (!im->strings.usable)
        return NULL;
    const char *name = image_string(im, s->name);
    if (!name)
        report(im, RULE_STR_OFFSET, s->at, "st_name", "an offset below DT_STRSZ", "0x%x of 0x%llx", s->name,
               (unsigned long long)im->strings.size);
    else if (strnlen(name, SYMBOL_LONG + 1) > SYMBOL_LONG) {
        report(im, RULE_STR_LONG, s->at, "st_name", "at most 4096 bytes", "'%.40s...'", name);
        name = NULL;
    }
    return name;
}

static void check_kind(struct image *im, const struct symbol *s, const char *name)
{
    if (s->type == STT_GNU_IFUNC)
        report(im, RULE_SYM_IFUNC, s->at + 4, name, "no STT_GNU_IFUNC", "one");
    else if (s->type > STT_TLS)
        report(im, RULE_SYM_TYPE, s->at + 4, name, "a type from 0 to 6", "%u", s->type);
    if (s->bind == STB_GNU_UNIQUE)
        report(im, RULE_SYM_UNIQUE, s->at + 4, name, "no STB_GNU_UNIQUE", "one");
    else if (s->bind > STB_WEAK)
        report(im, RULE_SYM_TYPE, s->at + 4, name, "a binding from 0 to 2", "%u", s->bind);
}

/* A symbol that is defined here. */
static void check_place(struct image *im, const struct symbol *s, const char *name)
{
    if (s->section == SHN_ABS) {
        report(im, RULE_SYM_ABS, s->at + 6, name, "a section of the module", "SHN_ABS");
        return;
    }
    if (s->section >= SHN_LORESERVE) {
        report(im, RULE_SYM_SECTION, s->at + 6, name, "an index below 0xff00", "0x%x", s->section);
        return;
    }
    if (s->type == STT_TLS) {
        if (!im->tls || !inside(s->value, s->size, im->tls->memsz))
            report(im, RULE_SYM_RANGE, s->at + 8, name, "inside PT_TLS", "0x%llx + 0x%llx",
                   (unsigned long long)s->value, (unsigned long long)s->size);
        return;
    }
    const struct segment *load = image_load_memory(im, s->value, s->size);
    bool code = s->type == STT_FUNC || s->type == STT_GNU_IFUNC;
    if (!load || (code && s->size && !(load->flags & PF_X)))
        report(im, RULE_SYM_RANGE, s->at + 8, name, code ? "inside an executable PT_LOAD" : "inside one PT_LOAD",
               "0x%llx + 0x%llx", (unsigned long long)s->value, (unsigned long long)s->size);
}

static void check_null_symbol(struct image *im)
{
    static const uint8_t zero[sizeof(Elf64_Sym)];
    if (memcmp(im->bytes + im->symbols.offset, zero, sizeof zero) != 0)
        report(im, RULE_SYM_NULL, im->symbols.offset, "symbol 0", "24 bytes of 0", "others");
}

void check_symbols(struct image *im)
{
    if (im->symbol_count == 0)
        return;
    check_null_symbol(im);
    for (uint32_t i = 1; i < im->symbol_count; i++) {
        struct symbol s;
        image_symbol(im, i, &s);
        const char *name = check_symbol_name(im, &s);
        check_kind(im, &s, name);
        if (s.section != SHN_UNDEF)
            check_place(im, &s, name);
        else if (name && *name)
            im->info->import_count++;
        if (name && s.section != SHN_UNDEF && s.bind != STB_LOCAL && strcmp(name, "adit_plugin") == 0) {
            im->plugin_symbol = i;
            im->plugin_address = s.value;
            im->plugin_size = s.size;
        }
    }
    im->info->symbol_count = im->symbol_count;
}

/* Whether symbol `index` is one that a reference to `name` and `version` finds: as glibc's check_match. */
static bool matches(const struct image *im, uint32_t index, const char *name, const char *version)
{
    struct symbol s;
    image_symbol(im, index, &s);
    if (s.section == SHN_UNDEF || (s.value == 0 && s.section != SHN_ABS && s.type != STT_TLS) || s.bind == STB_LOCAL ||
        s.visibility == STV_HIDDEN || s.visibility == STV_INTERNAL)
        return false;
    if (s.type > STT_TLS && s.type != STT_GNU_IFUNC)
        return false;
    const char *own = image_string(im, s.name);
    if (!own || strcmp(own, name) != 0)
        return false;
    uint16_t v = image_symbol_version(im, index);
    if (!version || !im->versym.usable)
        return !(v & HIDDEN) || (v & INDEX_MASK) < 3;
    uint32_t i = v & INDEX_MASK;
    const char *own_version = i < im->version_count ? image_string(im, im->versions[i].name) : NULL;
    return own_version && i >= 2 && strcmp(own_version, version) == 0;
}

static uint32_t lookup_gnu(const struct image *im, const char *name, uint32_t hash, const char *version)
{
    uint64_t filter = get64(im, im->gnu.bloom_at + 8 * (uint64_t)((hash / 64) & (im->gnu.bloom_words - 1)));
    if (!((filter >> (hash & 63)) & (filter >> ((hash >> im->gnu.shift) & 63)) & 1))
        return 0;
    uint32_t i = get32(im, im->gnu.buckets_at + 4 * (uint64_t)(hash % im->gnu.buckets));
    if (i < im->gnu.first)
        return 0;
    for (; i < im->symbol_count; i++) {
        uint32_t value = get32(im, im->gnu.chains_at + 4 * (uint64_t)(i - im->gnu.first));
        if ((value | 1) == (hash | 1) && matches(im, i, name, version))
            return i;
        if (value & 1)
            break;
    }
    return 0;
}

static uint32_t lookup_sysv(const struct image *im, const char *name, const char *version)
{
    uint32_t i = get32(im, im->sysv.buckets_at + 4 * (uint64_t)(hash_sysv(name) % im->sysv.buckets));
    for (uint32_t steps = 0; i && i < im->sysv.chains && i < im->symbol_count && steps < im->sysv.chains; steps++) {
        if (matches(im, i, name, version))
            return i;
        i = get32(im, im->sysv.chains_at + 4 * (uint64_t)i);
    }
    return 0;
}

uint32_t image_lookup(const struct image *im, const char *name, uint32_t gnu_hash, const char *version)
{
    if (im->gnu.usable)
        return lookup_gnu(im, name, gnu_hash, version);
    return im->sysv.usable ? lookup_sysv(im, name, version) : 0;
}
