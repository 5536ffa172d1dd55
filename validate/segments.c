// SPDX-License-Identifier: MIT
/* Rules 3 to 12 and 14: the program headers (gABI, "Program Header" and "Program Loading"). */
#include "image.h"

#include <stdio.h>

#ifndef PT_GNU_PROPERTY
#define PT_GNU_PROPERTY 0x6474e553
#endif
#define PT_GNU_SFRAME_ 0x6474e554 /* binutils 2.40; a stack trace format that the loader does not read */
#define ALIGN_MAX ((uint64_t)2 << 20)
#define TLS_ALIGN_MAX 64u

const char *segment_name(uint32_t type)
{
    switch (type) {
    case PT_LOAD:
        return "PT_LOAD";
    case PT_DYNAMIC:
        return "PT_DYNAMIC";
    case PT_INTERP:
        return "PT_INTERP";
    case PT_NOTE:
        return "PT_NOTE";
    case PT_PHDR:
        return "PT_PHDR";
    case PT_TLS:
        return "PT_TLS";
    case PT_GNU_EH_FRAME:
        return "PT_GNU_EH_FRAME";
    case PT_GNU_STACK:
        return "PT_GNU_STACK";
    case PT_GNU_RELRO:
        return "PT_GNU_RELRO";
    case PT_GNU_PROPERTY:
        return "PT_GNU_PROPERTY";
    default:
        return "segment";
    }
}

#define HEX(v) ((unsigned long long)(v))

/* Rules 5 and 7, of one PT_LOAD by itself. False: it does not lie in the file, so nothing is looked up in it. */
static bool check_load_range(struct image *im, const struct segment *s)
{
    bool good = true;
    if (s->filesz > s->memsz) {
        report(im, RULE_LOAD_SIZE, s->at + 32, "PT_LOAD", "p_filesz at most p_memsz", "0x%llx and 0x%llx",
               HEX(s->filesz), HEX(s->memsz));
        good = false;
    }
    if (!inside(s->offset, s->filesz, im->size)) {
        report(im, RULE_LOAD_RANGE, s->at + 8, "PT_LOAD", "p_offset + p_filesz inside the file",
               "0x%llx + 0x%llx of 0x%llx bytes", HEX(s->offset), HEX(s->filesz), HEX(im->size));
        good = false;
    }
    if (!inside(s->vaddr, s->memsz, SPAN_MAX)) {
        report(im, RULE_LOAD_SPAN, s->at + 16, "PT_LOAD", "p_vaddr + p_memsz at most 0x40000000", "0x%llx + 0x%llx",
               HEX(s->vaddr), HEX(s->memsz));
        good = false;
    }
    return good;
}

static void check_load_flags(struct image *im, const struct segment *s)
{
    if (!(s->flags & PF_R) || (s->flags & ~(uint32_t)(PF_R | PF_W | PF_X)))
        report(im, RULE_LOAD_READABLE, s->at + 4, "PT_LOAD", "R, RW or RX", "p_flags 0x%x", s->flags);
    if ((s->flags & PF_W) && (s->flags & PF_X))
        report(im, RULE_LOAD_WX, s->at + 4, "PT_LOAD", "not both W and X", "p_flags 0x%x", s->flags);
    if (s->filesz < s->memsz && !(s->flags & PF_W))
        report(im, RULE_LOAD_BSS, s->at + 40, "PT_LOAD", "p_memsz equal to p_filesz where PF_W is not set",
               "0x%llx and 0x%llx", HEX(s->memsz), HEX(s->filesz));
}

/* Rule 6. */
static void check_load_align(struct image *im, const struct segment *s)
{
    if (!power_of_two(s->align) || s->align < im->page || s->align > ALIGN_MAX) {
        report(im, RULE_LOAD_ALIGN, s->at + 48, "PT_LOAD", "a power of two from the page size to 0x200000", "0x%llx",
               HEX(s->align));
        if ((s->vaddr - s->offset) & (im->page - 1))
            report(im, RULE_LOAD_CONGRUENT, s->at + 16, "PT_LOAD", "p_vaddr and p_offset equal modulo the page size",
                   "0x%llx and 0x%llx", HEX(s->vaddr), HEX(s->offset));
    } else if ((s->vaddr - s->offset) & (s->align - 1)) {
        report(im, RULE_LOAD_CONGRUENT, s->at + 16, "PT_LOAD", "p_vaddr and p_offset equal modulo p_align",
               "0x%llx and 0x%llx modulo 0x%llx", HEX(s->vaddr), HEX(s->offset), HEX(s->align));
    }
}

/* Rules 3 and 4, against the PT_LOAD before it. */
static void check_load_order(struct image *im, const struct segment *s, const struct segment *previous)
{
    if (!previous) {
        if (page_floor(im, s->vaddr) != 0)
            report(im, RULE_LOAD_BASE, s->at + 16, "PT_LOAD", "p_vaddr in page 0", "0x%llx", HEX(s->vaddr));
        return;
    }
    if (s->vaddr < previous->vaddr) {
        report(im, RULE_LOAD_ORDER, s->at + 16, "PT_LOAD", "a p_vaddr above that of the one before",
               "0x%llx after 0x%llx", HEX(s->vaddr), HEX(previous->vaddr));
        return;
    }
    /* Where addresses wrap, elf.load.span was reported already. */
    uint64_t end = previous->vaddr + previous->memsz;
    if (inside(previous->vaddr, previous->memsz, SPAN_MAX) && page_floor(im, s->vaddr) < page_ceil(im, end))
        report(im, RULE_LOAD_OVERLAP, s->at + 16, "PT_LOAD", "a page of its own",
               "0x%llx, where the one before ends at 0x%llx", HEX(s->vaddr), HEX(end));
}

static void check_loads(struct image *im)
{
    const struct segment *previous = NULL;
    for (unsigned i = 0; i < im->segment_count; i++) {
        const struct segment *s = &im->segments[i];
        if (s->type != PT_LOAD)
            continue;
        bool good = check_load_range(im, s);
        check_load_flags(im, s);
        check_load_align(im, s);
        check_load_order(im, s, previous);
        previous = s;
        if (!good)
            continue;
        im->loads[im->load_count++] = *s;
        if (s->vaddr + s->memsz > im->span_end)
            im->span_end = s->vaddr + s->memsz;
    }
    if (!previous)
        report(im, RULE_LOAD_NONE, im->phoff, NULL, "at least one PT_LOAD", "none");
    im->info->memory_size = page_ceil(im, im->span_end);
}

/* Rule 10: keeps the segments that may be there once. */
static void keep(struct image *im, const struct segment **slot, const struct segment *s)
{
    if (*slot)
        report(im, RULE_SEGMENT_REPEATED, s->at, segment_name(s->type), "one", "another one");
    else
        *slot = s;
}

static void sort_segment(struct image *im, const struct segment *s)
{
    switch (s->type) {
    case PT_LOAD:
    case PT_NOTE:
    case PT_GNU_SFRAME_:
        return;
    case PT_DYNAMIC:
        if (im->dynamic)
            report(im, RULE_DYNAMIC_REPEATED, s->at, "PT_DYNAMIC", "one", "another one");
        else
            im->dynamic = s;
        return;
    case PT_INTERP:
        report(im, RULE_SEGMENT_INTERP, s->at, "PT_INTERP", "none", "one");
        return;
    case PT_PHDR:
        keep(im, &im->phdr, s);
        return;
    case PT_TLS:
        keep(im, &im->tls, s);
        return;
    case PT_GNU_EH_FRAME:
        keep(im, &im->ehframe, s);
        return;
    case PT_GNU_STACK:
        keep(im, &im->stack, s);
        return;
    case PT_GNU_RELRO:
        keep(im, &im->relro, s);
        return;
    case PT_GNU_PROPERTY:
        keep(im, &im->property, s);
        return;
    default:
        report(im, RULE_SEGMENT_UNKNOWN, s->at, "p_type", "a type that is known", "0x%x", s->type);
    }
}

/* Rule 8. */
static void check_dynamic_segment(struct image *im)
{
    const struct segment *s = im->dynamic;
    if (!s) {
        report(im, RULE_DYNAMIC_MISSING, im->phoff, NULL, "one PT_DYNAMIC", "none");
        return;
    }
    if ((s->vaddr & 7) || (s->filesz & 15))
        report(im, RULE_DYNAMIC_ALIGN, s->at + 16, "PT_DYNAMIC", "an address that is a multiple of 8, a size of 16",
               "0x%llx and 0x%llx", HEX(s->vaddr), HEX(s->filesz));
    const struct segment *load = image_load(im, s->vaddr, s->filesz);
    uint64_t offset = load ? load->offset + (s->vaddr - load->vaddr) : 0;
    if (!load || offset != s->offset || s->memsz != s->filesz || s->filesz > DYNAMIC_MAX * sizeof(Elf64_Dyn)) {
        report(im, RULE_DYNAMIC_RANGE, s->at + 8, "PT_DYNAMIC", "at most 0x4000 bytes in the file part of a PT_LOAD",
               "address 0x%llx, offset 0x%llx, sizes 0x%llx and 0x%llx", HEX(s->vaddr), HEX(s->offset), HEX(s->filesz),
               HEX(s->memsz));
    } else if ((s->flags & PF_W) && !(load->flags & PF_W)) {
        report(im, RULE_DYNAMIC_WRITABLE, s->at + 4, "PT_DYNAMIC", "PF_W only in a writable PT_LOAD",
               "p_flags 0x%x in p_flags 0x%x", s->flags, load->flags);
    }
    if (!load)
        return;
    im->dyn_offset = offset;
    im->dyn_entries =
        s->filesz > DYNAMIC_MAX * sizeof(Elf64_Dyn) ? DYNAMIC_MAX : (unsigned)(s->filesz / sizeof(Elf64_Dyn));
}

/* Rules 9, 11 and 12. */
static void check_special(struct image *im)
{
    const struct segment *s = im->phdr;
    uint64_t offset;
    uint64_t size = (uint64_t)im->segment_count * sizeof(Elf64_Phdr);
    if (s && (!image_offset(im, s->vaddr, size, &offset) || offset != im->phoff))
        report(im, RULE_PHDR_IMAGE, s->at + 16, "PT_PHDR", "the address at which e_phoff is loaded", "0x%llx",
               HEX(s->vaddr));

    s = im->stack;
    if (!s)
        report(im, RULE_STACK_MISSING, im->phoff, NULL, "PT_GNU_STACK", "none");
    else if (s->flags & PF_X)
        report(im, RULE_STACK_EXECUTABLE, s->at + 4, "PT_GNU_STACK", "p_flags 6 (RW)", "%u", s->flags);

    s = im->relro;
    if (!s || s->memsz == 0)
        return;
    for (unsigned i = 0; i < im->load_count; i++) {
        const struct segment *load = &im->loads[i];
        uint64_t end = page_ceil(im, load->vaddr + load->memsz);
        if ((load->flags & PF_W) && s->vaddr >= load->vaddr && s->vaddr < end && inside(s->vaddr, s->memsz, end)) {
            im->info->relro = true;
            return;
        }
    }
    report(im, RULE_RELRO_RANGE, s->at + 16, "PT_GNU_RELRO", "inside a writable PT_LOAD, rounded up to a page",
           "0x%llx + 0x%llx", HEX(s->vaddr), HEX(s->memsz));
}

/* Rule 14. */
static void check_tls(struct image *im)
{
    const struct segment *s = im->tls;
    if (!s)
        return;
    im->info->tls = true;
    if (s->filesz > s->memsz || s->memsz > TLS_MAX)
        report(im, RULE_TLS_SIZE, s->at + 32, "PT_TLS", "p_filesz at most p_memsz, p_memsz at most 0x100000",
               "0x%llx and 0x%llx", HEX(s->filesz), HEX(s->memsz));
    if (!power_of_two(s->align) || s->align > TLS_ALIGN_MAX)
        report(im, RULE_TLS_ALIGN, s->at + 48, "PT_TLS", "a power of two, 1 to 64", "0x%llx", HEX(s->align));
    uint64_t offset;
    if (s->filesz && (!image_offset(im, s->vaddr, s->filesz, &offset) || offset != s->offset))
        report(im, RULE_TLS_RANGE, s->at + 16, "PT_TLS", "in the file part of a PT_LOAD",
               "address 0x%llx, offset 0x%llx, size 0x%llx", HEX(s->vaddr), HEX(s->offset), HEX(s->filesz));
    if (!inside(s->vaddr, s->memsz, SPAN_MAX))
        report(im, RULE_TLS_RANGE, s->at + 16, "PT_TLS", "an address of the image", "0x%llx", HEX(s->vaddr));
}

void check_segments(struct image *im)
{
    check_loads(im);
    for (unsigned i = 0; i < im->segment_count; i++)
        sort_segment(im, &im->segments[i]);
    check_dynamic_segment(im);
    check_special(im);
    check_tls(im);
    uint64_t offset;
    const struct segment *s = im->ehframe;
    if (s && (s->filesz != s->memsz || s->filesz < 4 || !image_offset(im, s->vaddr, s->filesz, &offset) ||
              offset != s->offset))
        report(im, RULE_EHFRAME_RANGE, s->at + 8, "PT_GNU_EH_FRAME", "in the file part of a PT_LOAD",
               "address 0x%llx, offset 0x%llx, size 0x%llx", HEX(s->vaddr), HEX(s->offset), HEX(s->filesz));
}
