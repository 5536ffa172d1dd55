// SPDX-License-Identifier: MIT
/* The fields of a module, and what is done to them. Reads only modules that the validator accepts, so it checks
 * little. */
#include "mutate.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#endif

uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t get(const uint8_t *bytes, size_t offset, unsigned width)
{
    uint64_t v = 0;
    memcpy(&v, bytes + offset, width);
    return v;
}

static void put(uint8_t *bytes, size_t offset, unsigned width, uint64_t v)
{
    memcpy(bytes + offset, &v, width);
}

/* Adds `count` records at `offset`, whose fields have the widths in `layout` ("8844" …). */
static int add_table(struct base *b, uint64_t offset, uint64_t count, const char *layout)
{
    size_t widths = strlen(layout), entry = 0;
    for (size_t i = 0; i < widths; i++)
        entry += (size_t)(layout[i] - '0');
    if (b->group_count >= sizeof b->groups / sizeof b->groups[0] || offset > b->size ||
        count > (b->size - offset) / entry)
        return -1;
    struct field *grown = realloc(b->fields, (b->field_count + (size_t)count * widths) * sizeof *grown);
    if (!grown && count)
        return -1;
    b->fields = grown;
    b->groups[b->group_count].first = (uint32_t)b->field_count;
    b->groups[b->group_count].count = (uint32_t)(count * widths);
    b->groups[b->group_count].entry = (uint32_t)entry;
    size_t at = (size_t)offset;
    for (uint64_t i = 0; i < count; i++)
        for (size_t k = 0; k < widths; k++) {
            uint8_t width = (uint8_t)(layout[k] - '0');
            b->fields[b->field_count++] = (struct field){(uint32_t)at, width, (uint16_t)b->group_count};
            at += width;
        }
    b->group_count++;
    return 0;
}

static void add_value(struct base *b, uint64_t v)
{
    if (b->value_count < sizeof b->values / sizeof b->values[0])
        b->values[b->value_count++] = v;
}

struct dynamic {
    uint64_t value[64], gnu_hash, versym, verneed, verneednum, verdef, verdefnum;
};

static uint64_t file_offset(const struct base *b, uint64_t address)
{
    uint64_t phoff = get(b->bytes, 32, 8), count = get(b->bytes, 56, 2);
    for (uint64_t i = 0; i < count; i++) {
        size_t at = (size_t)(phoff + i * 56);
        uint64_t offset = get(b->bytes, at + 8, 8), vaddr = get(b->bytes, at + 16, 8),
                 filesz = get(b->bytes, at + 32, 8);
        if (get(b->bytes, at, 4) == PT_LOAD && address >= vaddr && address - vaddr < filesz)
            return offset + (address - vaddr);
    }
    return UINT64_MAX;
}

static int add_dynamic(struct base *b, uint64_t offset, uint64_t size, struct dynamic *d)
{
    memset(d, 0, sizeof *d);
    for (uint64_t at = offset; at + 16 <= offset + size; at += 16) {
        uint64_t tag = get(b->bytes, (size_t)at, 8), value = get(b->bytes, (size_t)at + 8, 8);
        add_value(b, value);
        switch (tag) {
        case DT_GNU_HASH:
            d->gnu_hash = value;
            break;
        case DT_VERSYM:
            d->versym = value;
            break;
        case DT_VERNEED:
            d->verneed = value;
            break;
        case DT_VERNEEDNUM:
            d->verneednum = value;
            break;
        case DT_VERDEF:
            d->verdef = value;
            break;
        case DT_VERDEFNUM:
            d->verdefnum = value;
            break;
        default:
            if (tag < 64)
                d->value[tag] = value;
        }
    }
    return add_table(b, offset, size / 16, "88");
}

static int add_segments(struct base *b, struct dynamic *d)
{
    uint64_t phoff = get(b->bytes, 32, 8), count = get(b->bytes, 56, 2);
    int r = add_table(b, 0, 1, "11111111111111112248884222222") | add_table(b, phoff, count, "44888888");
    for (uint64_t i = 0; i < count && r == 0; i++) {
        size_t at = (size_t)(phoff + i * 56);
        uint64_t type = get(b->bytes, at, 4), offset = get(b->bytes, at + 8, 8), size = get(b->bytes, at + 32, 8);
        for (size_t k = 8; k < 56; k += 8)
            add_value(b, get(b->bytes, at + k, 8));
        if (type == PT_NOTE || type == PT_GNU_PROPERTY)
            r = add_table(b, offset, size / 4, "4");
        else if (type == PT_DYNAMIC)
            r = add_dynamic(b, offset, size, d);
    }
    return r;
}

/* Both kinds of version records are made of 16-byte or 8-byte steps; each 2-byte unit is a field, which covers all. */
static int add_words(struct base *b, uint64_t address, uint64_t bytes)
{
    uint64_t offset = address ? file_offset(b, address) : UINT64_MAX;
    return offset == UINT64_MAX ? 0 : add_table(b, offset, bytes / 2, "2");
}

static uint64_t symbol_count(const struct base *b, const struct dynamic *d)
{
    if (d->value[DT_HASH])
        return get(b->bytes, (size_t)file_offset(b, d->value[DT_HASH]) + 4, 4);
    size_t at = (size_t)file_offset(b, d->gnu_hash);
    uint64_t buckets = get(b->bytes, at, 4), first = get(b->bytes, at + 4, 4), bloom = get(b->bytes, at + 8, 4),
             last = 0;
    size_t table = at + 16 + (size_t)bloom * 8, chains = table + (size_t)buckets * 4;
    for (uint64_t i = 0; i < buckets; i++)
        if (get(b->bytes, table + (size_t)i * 4, 4) > last)
            last = get(b->bytes, table + (size_t)i * 4, 4);
    while (last >= first && !(get(b->bytes, chains + (size_t)(last - first) * 4, 4) & 1))
        last++;
    return last + 1;
}

static int add_hashes(struct base *b, const struct dynamic *d, uint64_t symbols)
{
    int r = 0;
    if (d->gnu_hash) {
        size_t at = (size_t)file_offset(b, d->gnu_hash);
        uint64_t words = get(b->bytes, at + 8, 4) * 2 + get(b->bytes, at, 4) + symbols - get(b->bytes, at + 4, 4);
        r = add_table(b, at, 4 + words, "4");
    }
    if (d->value[DT_HASH]) {
        size_t at = (size_t)file_offset(b, d->value[DT_HASH]);
        r |= add_table(b, at, 2 + get(b->bytes, at, 4) + get(b->bytes, at + 4, 4), "4");
    }
    return r;
}

static int add_tables(struct base *b, const struct dynamic *d)
{
    uint64_t symbols = symbol_count(b, d);
    int r = add_table(b, file_offset(b, d->value[DT_SYMTAB]), symbols, "411288");
    r |= add_hashes(b, d, symbols);
    r |= add_table(b, file_offset(b, d->value[DT_STRTAB]), d->value[DT_STRSZ], "1");
    if (d->value[DT_RELA])
        r |= add_table(b, file_offset(b, d->value[DT_RELA]), d->value[DT_RELASZ] / 24, "8448");
    if (d->value[DT_JMPREL])
        r |= add_table(b, file_offset(b, d->value[DT_JMPREL]), d->value[DT_PLTRELSZ] / 24, "8448");
    if (d->value[DT_RELR])
        r |= add_table(b, file_offset(b, d->value[DT_RELR]), d->value[DT_RELRSZ] / 8, "8");
    if (d->value[DT_INIT_ARRAY])
        r |= add_table(b, file_offset(b, d->value[DT_INIT_ARRAY]), d->value[DT_INIT_ARRAYSZ] / 8, "8");
    r |= add_words(b, d->versym, symbols * 2);
    r |= add_words(b, d->verneed, d->verneednum * 64);
    r |= add_words(b, d->verdef, d->verdefnum * 28);
    return r;
}

int base_open(struct base *b, const char *name, uint8_t *bytes, size_t size)
{
    struct dynamic d;
    memset(b, 0, sizeof *b);
    b->name = name;
    b->bytes = bytes;
    b->size = size;
    add_value(b, size);
    if (size < 64 || memcmp(bytes, ELFMAG, SELFMAG) != 0 || add_segments(b, &d) != 0 || add_tables(b, &d) != 0) {
        base_release(b);
        return -1;
    }
    return 0;
}

void base_release(struct base *b)
{
    free(b->fields);
    free(b->bytes);
    b->fields = NULL;
    b->bytes = NULL;
}

static const uint64_t favourites[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    10,
    13,
    16,
    23,
    24,
    25,
    32,
    48,
    55,
    56,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    4095,
    4096,
    4097,
    0x1ff8,
    0x2000,
    0x7fff,
    0x8000,
    0xfff0,
    0xfff1,
    0xffff,
    0x10000,
    0x100000,
    0x200000,
    0x400000,
    0x7fffffff,
    0x80000000,
    0xffffffff,
    0x100000000,
    0x6ffffef5,
    0x6ffffff0,
    0x6ffffff9,
    0x6ffffffb,
    0x6ffffffe,
    0x6fffffff,
    0x6474e550,
    0x6474e551,
    0x6474e552,
    0x6474e553,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xfffffffffffff000,
    0xfffffffffffffff8,
    0xffffffffffffffff,
};

static uint64_t pick(uint64_t *rng, uint64_t n)
{
    return n ? random_next(rng) % n : 0;
}

/* A value that might be mistaken for the one that is there. */
static uint64_t other_value(const struct base *b, uint64_t *rng, uint64_t now)
{
    static const int64_t steps[] = {1,   -1, 2,   -2, 4,   -4,     8,       -8,      16,
                                    -16, 24, -24, 56, -56, 0x1000, -0x1000, 0x10000, 0x200000};
    switch (pick(rng, 9)) {
    case 0:
        return favourites[pick(rng, sizeof favourites / sizeof favourites[0])];
    case 1:
        return now + (uint64_t)steps[pick(rng, sizeof steps / sizeof steps[0])];
    case 2:
        return b->values[pick(rng, b->value_count)];
    case 3:
        return b->values[pick(rng, b->value_count)] + (uint64_t)steps[pick(rng, sizeof steps / sizeof steps[0])];
    case 4:
        return now ^ (uint64_t)1 << pick(rng, 64);
    case 5:
        return random_next(rng);
    case 6:
        return pick(rng, b->size * 2);
    case 7:
        return now << 1;
    default:
        return ~now;
    }
}

static const struct field *any_field(const struct base *b, uint64_t *rng)
{
    /* Every table is as likely as any other, however long it is. */
    unsigned g = (unsigned)pick(rng, b->group_count);
    while (b->groups[g].count == 0)
        g = (g + 1) % b->group_count;
    return &b->fields[b->groups[g].first + pick(rng, b->groups[g].count)];
}

static void change_field(const struct base *b, uint64_t *rng, uint8_t *out)
{
    const struct field *f = any_field(b, rng);
    put(out, f->offset, f->width, other_value(b, rng, get(out, f->offset, f->width)));
}

static void swap_fields(const struct base *b, uint64_t *rng, uint8_t *out)
{
    const struct field *f = any_field(b, rng);
    const struct field *g = &b->fields[b->groups[f->group].first + pick(rng, b->groups[f->group].count)];
    uint64_t v = get(out, f->offset, f->width);
    put(out, f->offset, f->width, get(out, g->offset, g->width));
    put(out, g->offset, g->width, v);
}

/* Copies, swaps or clears a record. */
static void change_record(const struct base *b, uint64_t *rng, uint8_t *out)
{
    const struct field *f = any_field(b, rng);
    uint32_t entry = b->groups[f->group].entry;
    uint32_t begin = b->fields[b->groups[f->group].first].offset;
    const struct field *last = &b->fields[b->groups[f->group].first + b->groups[f->group].count - 1];
    uint32_t count = (last->offset + last->width - begin) / entry;
    uint8_t *one = out + begin + pick(rng, count) * entry, *two = out + begin + pick(rng, count) * entry, saved[64];
    memcpy(saved, one, entry);
    switch (pick(rng, 3)) {
    case 0:
        memmove(one, two, entry);
        break;
    case 1:
        memmove(one, two, entry);
        memcpy(two, saved, entry);
        break;
    default:
        memset(one, 0, entry);
    }
}

/* A group of records of 24 bytes whose first field has this width: 8 relocations, 4 symbols. -1: there is none. */
static int group_of(const struct base *b, uint64_t *rng, unsigned width)
{
    for (int tries = 0; tries < 64; tries++) {
        unsigned g = (unsigned)pick(rng, b->group_count);
        if (b->groups[g].entry == 24 && b->groups[g].count && b->fields[b->groups[g].first].width == width)
            return (int)g;
    }
    return -1;
}

/* Makes a relocation one of another kind that may be there, and its symbol, or another, one of another kind. Each
 * alone is plausible: what they come to together is seen only where both are looked at. */
static void change_kinds(const struct base *b, uint64_t *rng, uint8_t *out)
{
#if defined(__x86_64__)
    static const uint8_t types[] = {R_X86_64_64,       R_X86_64_GLOB_DAT, R_X86_64_JUMP_SLOT, R_X86_64_RELATIVE,
                                    R_X86_64_DTPMOD64, R_X86_64_DTPOFF64, R_X86_64_TLSDESC};
#else
    static const uint16_t types[] = {R_AARCH64_ABS64,    R_AARCH64_GLOB_DAT,   R_AARCH64_JUMP_SLOT,
                                     R_AARCH64_RELATIVE, R_AARCH64_TLS_DTPMOD, R_AARCH64_TLS_DTPREL,
                                     R_AARCH64_TLSDESC};
#endif
    static const uint8_t kinds[] = {0x00, 0x01, 0x02, 0x06, 0x10, 0x11, 0x12, 0x16, 0x20, 0x21, 0x22, 0x26, 0x1a, 0xa1};
    int relocations = group_of(b, rng, 8), symbols = group_of(b, rng, 4);
    if (relocations < 0 || symbols < 0)
        return;
    uint32_t count = b->groups[relocations].count / 4, symbol_count = b->groups[symbols].count / 6;
    size_t at = b->fields[b->groups[relocations].first].offset + 24 * (size_t)pick(rng, count);
    if (pick(rng, 4))
        put(out, at + 8, 4, types[pick(rng, sizeof types / sizeof types[0])]);
    if (pick(rng, 3) == 0)
        put(out, at + 12, 4, pick(rng, symbol_count));
    uint64_t index = pick(rng, 4) ? get(out, at + 12, 4) : pick(rng, symbol_count);
    if (index < symbol_count && pick(rng, 4))
        put(out, b->fields[b->groups[symbols].first].offset + 24 * (size_t)index + 4, 1,
            kinds[pick(rng, sizeof kinds)]);
}

static void change_bytes(const struct base *b, uint64_t *rng, uint8_t *out)
{
    const struct field *f = any_field(b, rng);
    uint64_t n = 1 + pick(rng, 16);
    for (uint64_t i = 0; i < n && f->offset + i < b->size; i++)
        out[f->offset + i] = (uint8_t)random_next(rng);
}

static void truncate_file(const struct base *b, uint64_t *rng, size_t *size)
{
    *size = pick(rng, 3) ? (size_t)pick(rng, b->size) : b->size - (size_t)pick(rng, 64);
}

static bool in_table(const struct base *b, uint64_t offset)
{
    for (size_t i = 0; i < b->field_count; i++)
        if (offset >= b->fields[i].offset && offset < b->fields[i].offset + b->fields[i].width)
            return true;
    return false;
}

static bool change_content(const struct base *b, uint64_t *rng, uint8_t *out)
{
    for (int tries = 0; tries < 50; tries++) {
        uint64_t offset = pick(rng, b->size);
        if (in_table(b, offset))
            continue;
        out[offset] = (uint8_t)random_next(rng);
        return true;
    }
    return false;
}

static void change(const struct base *b, uint64_t *rng, uint8_t *out, size_t *size)
{
    switch (pick(rng, 16)) {
    case 0:
    case 1:
        swap_fields(b, rng, out);
        break;
    case 2:
    case 3:
        change_record(b, rng, out);
        break;
    case 4:
        change_bytes(b, rng, out);
        break;
    case 6:
    case 7:
        change_kinds(b, rng, out);
        break;
    case 5:
        if (pick(rng, 4) == 0)
            truncate_file(b, rng, size);
        else
            change_bytes(b, rng, out);
        break;
    default:
        change_field(b, rng, out);
    }
}

enum mutation mutate(const struct base *b, uint64_t seed, uint8_t *out, size_t *size)
{
    uint64_t rng = seed;
    memcpy(out, b->bytes, b->size);
    *size = b->size;
    if (pick(&rng, 20) == 0 && change_content(b, &rng, out))
        return MUTATION_CONTENT;
    /* One change, or two that may hide each other, or a few. */
    uint64_t changes = pick(&rng, 3) ? 1 : 2 + (pick(&rng, 4) == 0) * pick(&rng, 3);
    while (changes--)
        change(b, &rng, out, size);
    return MUTATION_FORM;
}
