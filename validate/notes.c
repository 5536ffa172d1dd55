// SPDX-License-Identifier: MIT
/* Rule 13 and the adit note: what PT_NOTE and PT_GNU_PROPERTY hold, entry by entry (gABI, "Note Section"; Linux
 * Extensions to gABI, "Program Property"). */
#include "image.h"

#include <stdio.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define NOTE_HEADER 12u /* namesz, descsz, type */
#define PROPERTY_TYPE 5u
#define BUILD_ID_TYPE 3u
#define X86_FEATURE_1 0xc0000002u
#define X86_ISA_NEEDED 0xc0008002u
#define AARCH64_FEATURE_1 0xc0000000u

struct note {
    uint64_t at, name, desc; /* file offsets */
    uint32_t namesz, descsz, type;
};

static uint64_t round_up(uint64_t v, uint64_t align)
{
    return (v + align - 1) & ~(align - 1);
}

/* Reads the note at *at, and moves *at behind it. False: none that fits before `end`. */
static bool next_note(const struct image *im, uint64_t *at, uint64_t end, uint64_t align, struct note *n)
{
    if (!inside(*at, NOTE_HEADER, end))
        return false;
    n->at = *at;
    n->namesz = get32(im, *at);
    n->descsz = get32(im, *at + 4);
    n->type = get32(im, *at + 8);
    n->name = *at + NOTE_HEADER;
    /* Offsets are rounded from the beginning of the note, which is itself aligned; 32-bit sizes cannot wrap 64 bits. */
    n->desc = *at + round_up(NOTE_HEADER + (uint64_t)n->namesz, align);
    uint64_t used = round_up(n->desc - *at + n->descsz, align);
    if (!inside(n->desc, n->descsz, end))
        return false;
    *at = used > end - *at ? end : *at + used; /* the last one may lack its padding */
    return true;
}

static bool is_owner(const struct image *im, const struct note *n, const char *owner, uint32_t size)
{
    return n->namesz == size && memcmp(im->bytes + n->name, owner, size) == 0;
}

/* The SDK counts the padding as part of the name; either length is right. */
static bool is_adit(const struct image *im, const struct note *n)
{
    static const char owner[8] = ADIT_NOTE_OWNER;
    return is_owner(im, n, owner, sizeof ADIT_NOTE_OWNER) || is_owner(im, n, owner, sizeof owner);
}

#if defined(__x86_64__)
/* The x86-64 levels that this processor has, as bits 0 (baseline) to 3 (v4). System V ABI AMD64, "Micro-Architecture
 * Levels". What the operating system saves is not asked: Linux saves what the processor has. */
static uint32_t processor_levels(void)
{
    unsigned a, b, c, d, levels = 1;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return levels;
    const unsigned v2 = bit_CMPXCHG16B | bit_POPCNT | bit_SSE3 | bit_SSE4_1 | bit_SSE4_2 | bit_SSSE3;
    if ((c & v2) != v2)
        return levels;
    levels |= 2;
    const unsigned v3 = bit_AVX | bit_F16C | bit_FMA | bit_MOVBE | bit_OSXSAVE;
    unsigned c1 = c, b7 = 0;
    if (!__get_cpuid_count(7, 0, &a, &b7, &c, &d) || (c1 & v3) != v3 ||
        (b7 & (bit_AVX2 | bit_BMI | bit_BMI2)) != (bit_AVX2 | bit_BMI | bit_BMI2))
        return levels;
    levels |= 4;
    const unsigned v4 = bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL;
    return (b7 & v4) == v4 ? levels | 8 : levels;
}
#endif

static void take_property(struct image *im, uint32_t type, uint64_t data, uint32_t size)
{
    if (size != 4)
        return;
    uint32_t value = get32(im, data);
#if defined(__x86_64__)
    if (type == X86_FEATURE_1) {
        im->info->branch_protection = value & 1;
        im->info->return_protection = value & 2;
    } else if (type == X86_ISA_NEEDED) {
        uint32_t missing = value & ~processor_levels();
        if (missing)
            report(im, RULE_NOTE_ISA, data, "x86 ISA needed", "levels that this processor has",
                   "levels 0x%x, of which 0x%x are missing", value, missing);
    }
#else
    if (type == AARCH64_FEATURE_1) {
        im->info->branch_protection = value & 1;
        im->info->return_protection = value & 2;
    }
#endif
}

static void check_properties(struct image *im, const struct note *n)
{
    uint64_t at = n->desc, end = n->desc + n->descsz;
    uint32_t last = 0;
    for (bool first = true; at < end; first = false) {
        if (end - at < 8) {
            report(im, RULE_NOTE_PROPERTY, at, NULL, "a type and a size", "%u bytes", (unsigned)(end - at));
            return;
        }
        uint32_t type = get32(im, at), size = get32(im, at + 4);
        if (round_up(size, 8) > end - at - 8 || (!first && type <= last)) {
            report(im, RULE_NOTE_PROPERTY, at, NULL, "ascending types, data inside the note",
                   "type 0x%x after 0x%x, size 0x%x", type, last, size);
            return;
        }
        take_property(im, type, at + 8, size);
        last = type;
        at += 8 + round_up(size, 8);
    }
}

static bool is_padded(const char *text, size_t used, size_t size)
{
    for (size_t i = used; i < size; i++)
        if (text[i])
            return false;
    return true;
}

static bool is_id(const char *id)
{
    if (!id[0] || id[0] == '.' || id[0] == '_' || id[0] == '-')
        return false;
    for (const char *p = id; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '.' || *p == '_' || *p == '-'))
            return false;
    return true;
}

static bool is_version(const char *v)
{
    for (int part = 0; part < 3; part++) {
        if (part && *v++ != '.')
            return false;
        size_t digits = strspn(v, "0123456789");
        if (digits == 0 || digits > 9 || (digits > 1 && *v == '0'))
            return false;
        v += digits;
    }
    return *v == '\0';
}

static void check_adit_content(struct image *im, const struct note *n)
{
    const struct adit_note *note = &im->info->note;
    if (note->abi_major != ADIT_ABI_MAJOR || note->abi_minor > ADIT_ABI_MINOR) {
        char expected[64];
        snprintf(expected, sizeof expected, "%d.%d or an earlier minor version (this host)", ADIT_ABI_MAJOR,
                 ADIT_ABI_MINOR);
        report(im, RULE_ADIT_ABI, n->desc + offsetof(struct adit_note, abi_major), NULL, expected,
               "the module wants %u.%u", note->abi_major, note->abi_minor);
    }
    const char *id = (const char *)im->bytes + n->desc + offsetof(struct adit_note, id);
    size_t length = strnlen(id, sizeof note->id);
    const char *wanted = im->options->expected_id;
    if (length == sizeof note->id || !is_padded(id, length, sizeof note->id) || !is_id(note->id))
        report(im, RULE_ADIT_ID, n->desc + offsetof(struct adit_note, id), NULL, "[a-z0-9][a-z0-9._-]*, 1 to 47 bytes",
               "'%s'", note->id);
    else if (wanted && strcmp(wanted, note->id) != 0)
        report(im, RULE_ADIT_ID, n->desc + offsetof(struct adit_note, id), NULL, wanted, "'%s'", note->id);

    const char *version = (const char *)im->bytes + n->desc + offsetof(struct adit_note, version);
    length = strnlen(version, sizeof note->version);
    wanted = im->options->expected_version;
    if (length == sizeof note->version || !is_padded(version, length, sizeof note->version) ||
        !is_version(note->version))
        report(im, RULE_ADIT_VERSION, n->desc + offsetof(struct adit_note, version), NULL, "MAJOR.MINOR.PATCH", "'%s'",
               note->version);
    else if (wanted && strcmp(wanted, note->version) != 0)
        report(im, RULE_ADIT_VERSION, n->desc + offsetof(struct adit_note, version), NULL, wanted, "'%s'",
               note->version);
}

/* Copies member by member: the file's bytes have no alignment. */
static void read_adit_note(const struct image *im, uint64_t desc, struct adit_note *note)
{
    note->format = get32(im, desc);
    note->abi_major = get16(im, desc + offsetof(struct adit_note, abi_major));
    note->abi_minor = get16(im, desc + offsetof(struct adit_note, abi_minor));
    memcpy(note->id, im->bytes + desc + offsetof(struct adit_note, id), sizeof note->id);
    memcpy(note->version, im->bytes + desc + offsetof(struct adit_note, version), sizeof note->version);
    note->id[sizeof note->id - 1] = '\0';
    note->version[sizeof note->version - 1] = '\0';
}

static void check_adit_note(struct image *im, const struct note *n)
{
    if (im->info->note_offset) {
        report(im, RULE_ADIT_REPEATED, n->at, NULL, "one", "another one");
        return;
    }
    im->info->note_offset = n->desc;
    if (n->type != ADIT_NOTE_TYPE || n->descsz != sizeof(struct adit_note) || get32(im, n->desc) != ADIT_NOTE_FORMAT) {
        char expected[64];
        snprintf(expected, sizeof expected, "type %d, %zu bytes, format %d", ADIT_NOTE_TYPE, sizeof(struct adit_note),
                 ADIT_NOTE_FORMAT);
        report(im, RULE_ADIT_LAYOUT, n->at, NULL, expected, "type %u, %u bytes, format %u", n->type, n->descsz,
               n->descsz >= 4 ? get32(im, n->desc) : 0);
        return;
    }
    im->info->has_note = true;
    read_adit_note(im, n->desc, &im->info->note);
    check_adit_content(im, n);
}

static void take_note(struct image *im, const struct note *n, uint32_t segment_type)
{
    if (is_owner(im, n, "GNU", 4)) {
        if (n->type == PROPERTY_TYPE)
            check_properties(im, n);
        else if (n->type == BUILD_ID_TYPE && n->descsz <= sizeof im->info->build_id) {
            im->info->build_id_size = n->descsz;
            memcpy(im->info->build_id, im->bytes + n->desc, n->descsz);
        }
    } else if (segment_type == PT_NOTE && is_adit(im, n)) {
        check_adit_note(im, n);
    }
}

static void check_note_segment(struct image *im, const struct segment *s)
{
    uint64_t offset;
    if (s->filesz != s->memsz || !image_offset(im, s->vaddr, s->filesz, &offset) || offset != s->offset) {
        report(im, RULE_NOTE_RANGE, s->at + 8, segment_name(s->type), "in the file part of a PT_LOAD",
               "address 0x%llx, offset 0x%llx, sizes 0x%llx and 0x%llx", (unsigned long long)s->vaddr,
               (unsigned long long)s->offset, (unsigned long long)s->filesz, (unsigned long long)s->memsz);
        return;
    }
    uint64_t align = s->align == 8 ? 8 : 4;
    if (s->align != align && s->align > 1) {
        report(im, RULE_NOTE_ENTRY, s->at + 48, segment_name(s->type), "an alignment of 4 or 8", "0x%llx",
               (unsigned long long)s->align);
        return;
    }
    uint64_t at = offset, end = offset + s->filesz;
    struct note n;
    while (at < end) {
        if (!next_note(im, &at, end, align, &n)) {
            report(im, RULE_NOTE_ENTRY, at, segment_name(s->type), "a note that ends inside the segment",
                   "%llu bytes left", (unsigned long long)(end - at));
            return;
        }
        take_note(im, &n, s->type);
    }
}

void check_notes(struct image *im)
{
    for (unsigned i = 0; i < im->segment_count; i++)
        if (im->segments[i].type == PT_NOTE || im->segments[i].type == PT_GNU_PROPERTY)
            check_note_segment(im, &im->segments[i]);
    if (!im->info->note_offset)
        report(im, RULE_ADIT_MISSING, im->phoff, NULL, "a note of owner Adit in a PT_NOTE", "none");
}

bool validate_read_note(const uint8_t *bytes, size_t size, struct adit_note *note)
{
    struct image im; /* large, and only these two are read here */
    im.bytes = bytes;
    im.size = size;
    if (size < sizeof(Elf64_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0 || bytes[EI_CLASS] != ELFCLASS64 ||
        bytes[EI_DATA] != ELFDATA2LSB)
        return false;
    uint64_t phoff = get64(&im, 32), count = get16(&im, 56);
    if (get16(&im, 54) != sizeof(Elf64_Phdr) || count > SEGMENT_MAX || !inside(phoff, count * sizeof(Elf64_Phdr), size))
        return false;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t ph = phoff + i * sizeof(Elf64_Phdr), at = get64(&im, ph + 8), length = get64(&im, ph + 32);
        if (get32(&im, ph) != PT_NOTE || !inside(at, length, size))
            continue;
        struct note n;
        uint64_t end = at + length;
        while (next_note(&im, &at, end, get64(&im, ph + 48) == 8 ? 8 : 4, &n))
            if (is_adit(&im, &n) && n.type == ADIT_NOTE_TYPE && n.descsz == sizeof(struct adit_note) &&
                get32(&im, n.desc) == ADIT_NOTE_FORMAT) {
                read_adit_note(&im, n.desc, note);
                return true;
            }
    }
    return false;
}
