// SPDX-License-Identifier: MIT
/* Rules 1 and 2: the ELF header and where the program headers are. */
#include "image.h"

static void check_ident(struct image *im)
{
    const uint8_t *b = im->bytes;
    if (b[EI_VERSION] != EV_CURRENT)
        report(im, RULE_IDENT_VERSION, EI_VERSION, "e_ident", "1", "%u", b[EI_VERSION]);
    if (get32(im, 20) != EV_CURRENT)
        report(im, RULE_IDENT_VERSION, 20, "e_version", "1", "%u", get32(im, 20));
    if (b[EI_OSABI] != ELFOSABI_NONE && b[EI_OSABI] != ELFOSABI_GNU)
        report(im, RULE_IDENT_OSABI, EI_OSABI, "EI_OSABI", "0 or 3", "%u", b[EI_OSABI]);
    if (b[EI_ABIVERSION] != 0)
        report(im, RULE_IDENT_OSABI, EI_ABIVERSION, "EI_ABIVERSION", "0", "%u", b[EI_ABIVERSION]);
    for (unsigned i = EI_PAD; i < EI_NIDENT; i++)
        if (b[i])
            report(im, RULE_IDENT_PADDING, i, "e_ident", "0 in the bytes that have no meaning", "%u", b[i]);
}

static void read_segment(struct image *im, unsigned i)
{
    uint64_t at = im->phoff + (uint64_t)i * sizeof(Elf64_Phdr);
    struct segment *s = &im->segments[i];
    s->at = at;
    s->type = get32(im, at);
    s->flags = get32(im, at + 4);
    s->offset = get64(im, at + 8);
    s->vaddr = get64(im, at + 16);
    s->filesz = get64(im, at + 32);
    s->memsz = get64(im, at + 40);
    s->align = get64(im, at + 48);
}

static bool locate_segments(struct image *im)
{
    im->phoff = get64(im, 32);
    uint16_t entry = get16(im, 54), count = get16(im, 56);
    if (entry != sizeof(Elf64_Phdr))
        report(im, RULE_HEADER_PHENTSIZE, 54, "e_phentsize", "56", "%u", entry);
    if (count < 1 || count > SEGMENT_MAX) {
        report(im, RULE_PHDR_COUNT, 56, "e_phnum", "1 to 64", "%u", count);
        return false;
    }
    if (!inside(im->phoff, (uint64_t)count * sizeof(Elf64_Phdr), im->size)) {
        report(im, RULE_PHDR_RANGE, 32, "e_phoff", "all program headers inside the file",
               "%u headers at 0x%llx, the file has 0x%llx bytes", count, (unsigned long long)im->phoff,
               (unsigned long long)im->size);
        return false;
    }
    im->segment_count = count;
    for (unsigned i = 0; i < count; i++)
        read_segment(im, i);
    return true;
}

bool check_header(struct image *im)
{
    if (im->size < SELFMAG || memcmp(im->bytes, ELFMAG, SELFMAG) != 0) {
        report(im, RULE_IDENT_MAGIC, 0, NULL, "7f 45 4c 46", im->size ? "0x%02x as the first byte" : "an empty file",
               im->size ? im->bytes[0] : 0);
        return false;
    }
    if (im->size < sizeof(Elf64_Ehdr)) {
        report(im, RULE_HEADER_SIZE, 0, NULL, "64 bytes", "%llu", (unsigned long long)im->size);
        return false;
    }
    if (im->bytes[EI_CLASS] != ELFCLASS64) {
        report(im, RULE_IDENT_CLASS, EI_CLASS, "EI_CLASS", "2", "%u", im->bytes[EI_CLASS]);
        return false;
    }
    if (im->bytes[EI_DATA] != ELFDATA2LSB) {
        report(im, RULE_IDENT_DATA, EI_DATA, "EI_DATA", "1", "%u", im->bytes[EI_DATA]);
        return false;
    }
    check_ident(im);
    if (get16(im, 16) != ET_DYN)
        report(im, RULE_HEADER_TYPE, 16, "e_type", "3 (ET_DYN)", "%u", get16(im, 16));
    if (get16(im, 18) != MACHINE) {
        report(im, RULE_HEADER_MACHINE, 18, "e_machine", MACHINE_NAME, "%u", get16(im, 18));
        return false;
    }
    return locate_segments(im);
}
