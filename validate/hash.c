// SPDX-License-Identifier: MIT
/* Rule 19: the hash tables, which also tell how many symbols there are (gABI, "Hash Table"; the GNU table as binutils
 * writes and glibc reads it). */
#include "image.h"

static uint32_t word(const struct image *im, uint64_t at, uint64_t index)
{
    return get32(im, at + 4 * index);
}

/* Bytes of the file from `offset` to the end of the load's file part that holds the table. */
static uint64_t room_of(const struct image *im, const struct table *t)
{
    const struct segment *load = t->usable ? image_load(im, t->address, 1) : NULL;
    return load ? load->vaddr + load->filesz - t->address : 0;
}

static void locate_gnu(struct image *im)
{
    if (!im->gnu_hash.usable)
        return;
    uint64_t at = im->gnu_hash.offset, room = room_of(im, &im->gnu_hash);
    im->gnu.buckets = word(im, at, 0);
    im->gnu.first = word(im, at, 1);
    im->gnu.bloom_words = word(im, at, 2);
    im->gnu.shift = word(im, at, 3);
    uint64_t used = 16 + 8 * (uint64_t)im->gnu.bloom_words + 4 * (uint64_t)im->gnu.buckets;
    if (im->gnu.buckets < 1 || im->gnu.first < 1 || !power_of_two(im->gnu.bloom_words) || im->gnu.shift > 31 ||
        used > room) {
        report(im, RULE_GNU_HEADER, at, "DT_GNU_HASH",
               "buckets and first symbol at least 1, a power of two of filter words, shift below 32",
               "%u buckets, first symbol %u, %u filter words, shift %u, room for 0x%llx bytes", im->gnu.buckets,
               im->gnu.first, im->gnu.bloom_words, im->gnu.shift, (unsigned long long)room);
        return;
    }
    im->gnu.bloom_at = at + 16;
    im->gnu.buckets_at = im->gnu.bloom_at + 8 * (uint64_t)im->gnu.bloom_words;
    im->gnu.chains_at = im->gnu.buckets_at + 4 * (uint64_t)im->gnu.buckets;
    im->gnu.chain_words = (room - used) / 4;
    im->gnu_hash.size = used;
    im->gnu.usable = true;
}

static void locate_sysv(struct image *im)
{
    if (!im->sysv_hash.usable)
        return;
    uint64_t at = im->sysv_hash.offset, room = room_of(im, &im->sysv_hash);
    im->sysv.buckets = word(im, at, 0);
    im->sysv.chains = word(im, at, 1);
    uint64_t used = 8 + 4 * ((uint64_t)im->sysv.buckets + im->sysv.chains);
    if (im->sysv.buckets < 1 || im->sysv.chains < 1 || used > room) {
        report(im, RULE_SYSV_HEADER, at, "DT_HASH", "at least one bucket and one symbol, inside the segment",
               "%u buckets, %u symbols, room for 0x%llx bytes", im->sysv.buckets, im->sysv.chains,
               (unsigned long long)room);
        return;
    }
    im->sysv.buckets_at = at + 8;
    im->sysv.chains_at = im->sysv.buckets_at + 4 * (uint64_t)im->sysv.buckets;
    im->sysv_hash.size = used;
    im->sysv.usable = true;
}

/* The number of symbols by the GNU table: the end of the chain that begins last. 0: no chain, or one without an end. */
static uint32_t count_gnu(struct image *im)
{
    uint32_t last = 0;
    for (uint32_t b = 0; b < im->gnu.buckets; b++) {
        uint32_t first = word(im, im->gnu.buckets_at, b);
        if (first && (first < im->gnu.first || first - im->gnu.first >= im->gnu.chain_words)) {
            report(im, RULE_GNU_BUCKET, im->gnu.buckets_at + 4 * (uint64_t)b, "DT_GNU_HASH",
                   "0, or the first symbol of a chain", "%u", first);
            im->gnu.usable = false;
        } else if (first > last) {
            last = first;
        }
    }
    if (!im->gnu.usable || last == 0)
        return 0;
    for (uint64_t i = last - im->gnu.first; i < im->gnu.chain_words; i++)
        if (word(im, im->gnu.chains_at, i) & 1) {
            if (i + im->gnu.first >= UINT32_MAX)
                break;
            im->gnu_hash.size += 4 * (i + 1);
            return (uint32_t)(i + im->gnu.first + 1);
        }
    report(im, RULE_GNU_CHAIN, im->gnu.chains_at, "DT_GNU_HASH", "a chain that ends inside the segment",
           "none for the bucket that begins at %u", last);
    im->gnu.usable = false;
    return 0;
}

/* Symbols that fit before the next table. The only bound where a hash table has no chain at all. */
static uint64_t count_room(const struct image *im)
{
    const struct table *others[] = {&im->strings, &im->gnu_hash, &im->sysv_hash, &im->rela,  &im->jmprel,
                                    &im->relr,    &im->versym,   &im->verneed,   &im->verdef};
    uint64_t end = im->symbols.offset + room_of(im, &im->symbols);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i]->usable && others[i]->offset > im->symbols.offset && others[i]->offset < end)
            end = others[i]->offset;
    return (end - im->symbols.offset) / sizeof(Elf64_Sym);
}

static void count_symbols(struct image *im)
{
    uint32_t gnu = im->gnu.usable ? count_gnu(im) : 0;
    uint32_t sysv = im->sysv.usable ? im->sysv.chains : 0;
    if (!im->symbols.usable)
        return;
    uint64_t room = count_room(im);
    uint64_t count = gnu ? gnu : sysv;
    if (count == 0 && im->gnu.usable) /* a table without chains: all symbols are undefined ones */
        count = room < UINT32_MAX ? room : UINT32_MAX;
    if ((gnu && sysv && gnu != sysv) || count > room) {
        report(im, RULE_HASH_COUNT, im->value_at[DYN_SYMTAB] + 8, "DT_SYMTAB",
               "one number of symbols, that fit before the next table",
               "%u by DT_GNU_HASH, %u by DT_HASH, room for %llu", gnu, sysv, (unsigned long long)room);
        if (count > room)
            count = room;
        if (gnu > count)
            im->gnu.usable = false;
        if (sysv > count)
            im->sysv.usable = false;
    }
    im->symbol_count = (uint32_t)count;
    im->symbols.size = count * sizeof(Elf64_Sym);
}

/* The name of a symbol for hashing; NULL (reported by check_symbols) where it cannot be read. */
static const char *name_of(const struct image *im, uint32_t index)
{
    const char *name = image_string(im, get32(im, im->symbols.offset + (uint64_t)index * sizeof(Elf64_Sym)));
    return name && strnlen(name, SYMBOL_LONG + 1) <= SYMBOL_LONG ? name : NULL;
}

static bool bloom_has(const struct image *im, uint32_t hash)
{
    uint64_t filter = get64(im, im->gnu.bloom_at + 8 * (uint64_t)((hash / 64) & (im->gnu.bloom_words - 1)));
    return (filter >> (hash & 63)) & (filter >> ((hash >> im->gnu.shift) & 63)) & 1;
}

/* Every chain value, in order: a table as linkers write it has its symbols sorted by bucket, so one pass sees all. */
static void check_gnu_chains(struct image *im)
{
    uint32_t bucket = 0, begun = 0, filled = 0;
    bool starts = true;
    for (uint32_t b = 0; b < im->gnu.buckets; b++)
        filled += word(im, im->gnu.buckets_at, b) != 0;
    if (filled == 0)
        return; /* nothing is exported: linkers then write one bucket and no chain, whatever symbols there are */
    for (uint32_t i = im->gnu.first; i < im->symbol_count; i++) {
        uint64_t at = im->gnu.chains_at + 4 * (uint64_t)(i - im->gnu.first);
        uint32_t value = get32(im, at);
        const char *name = name_of(im, i);
        uint32_t hash = name ? hash_gnu(name) : value;
        uint32_t b = hash % im->gnu.buckets;
        if (name && (hash | 1) != (value | 1))
            report(im, RULE_GNU_VALUE, at, name, "the hash of the name", "0x%08x for 0x%08x", value, hash);
        if (name && !bloom_has(im, hash))
            report(im, RULE_GNU_BLOOM, im->gnu.bloom_at, name, "both bits of its hash", "a filter without them");
        if (starts) {
            begun++;
            if (name && word(im, im->gnu.buckets_at, b) != i)
                report(im, RULE_GNU_BUCKET, im->gnu.buckets_at + 4 * (uint64_t)b, name, "the first symbol of its chain",
                       "%u for %u", word(im, im->gnu.buckets_at, b), i);
        } else if (name && b != bucket) {
            report(im, RULE_GNU_VALUE, at, name, "the bucket of its chain", "bucket %u in the chain of %u", b, bucket);
        }
        if (starts)
            bucket = b;
        starts = value & 1;
    }
    if (filled != begun)
        report(im, RULE_GNU_BUCKET, im->gnu.buckets_at, "DT_GNU_HASH", "as many chains as buckets that are not 0",
               "%u and %u", begun, filled);
}

/* Every chain, with one budget for all of them: each symbol is in at most one chain, so more steps than symbols mean
 * that chains meet or turn in circles. */
static void check_sysv_chains(struct image *im)
{
    uint32_t steps = 0;
    for (uint32_t b = 0; b < im->sysv.buckets; b++) {
        uint64_t at = im->sysv.buckets_at + 4 * (uint64_t)b;
        for (uint32_t i = get32(im, at); i != 0; i = get32(im, at)) {
            if (i >= im->sysv.chains) {
                report(im, RULE_SYSV_INDEX, at, "DT_HASH", "an index below nchain", "%u of %u", i, im->sysv.chains);
                im->sysv.usable = false;
                break;
            }
            if (++steps >= im->sysv.chains) {
                report(im, RULE_SYSV_CYCLE, at, "DT_HASH", "chains that share no symbol",
                       "more steps than the %u symbols", im->sysv.chains);
                im->sysv.usable = false;
                return;
            }
            const char *name = i < im->symbol_count ? name_of(im, i) : NULL;
            if (name && hash_sysv(name) % im->sysv.buckets != b)
                report(im, RULE_SYSV_VALUE, at, name, "the bucket of its hash", "%u instead of %u", b,
                       hash_sysv(name) % im->sysv.buckets);
            at = im->sysv.chains_at + 4 * (uint64_t)i;
        }
    }
}

void check_hashes(struct image *im)
{
    locate_gnu(im);
    locate_sysv(im);
    count_symbols(im);
    if (!im->out || im->symbol_count == 0)
        return; /* a library that is only looked into: image_lookup bounds itself */
    if (im->gnu.usable)
        check_gnu_chains(im);
    if (im->sysv.usable)
        check_sysv_chains(im);
}
