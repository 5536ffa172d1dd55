// SPDX-License-Identifier: MIT
/* Rule 21: the one thing that a module exports. */
#include "image.h"

#include <stdio.h>

static const char *const slot_names[PLUGIN_SLOTS] = {"open", "run", "run_batch", "close", "map"};
#define SLOT_RUN 1u
#define SLOT_RUN_BATCH 2u
#define SLOT_MAP 4u

/* The table of ABI 1.0 ends before map. */
static uint32_t table_size(uint16_t minor)
{
    return minor == 0 ? offsetof(struct adit_plugin, map) : sizeof(struct adit_plugin);
}

static void check_exports(struct image *im)
{
    for (uint32_t i = 1; i < im->symbol_count; i++) {
        struct symbol s;
        image_symbol(im, i, &s);
        if (s.section == SHN_UNDEF || s.bind == STB_LOCAL || s.visibility == STV_HIDDEN ||
            s.visibility == STV_INTERNAL || i == im->plugin_symbol)
            continue;
        const char *name = image_string(im, s.name);
        report(im, RULE_EXPORT_EXTRA, s.at, name && strnlen(name, SYMBOL_LONG + 1) <= SYMBOL_LONG ? name : NULL,
               "adit_plugin alone", "another symbol");
    }
}

/* One function: absent (no relocation, and 0 in the file) or code of this module. */
static bool check_slot(struct image *im, unsigned i, uint64_t offset)
{
    const struct slot *slot = &im->plugin_slots[i];
    if (!slot->at) {
        uint64_t value = get64(im, offset);
        if (value)
            report(im, RULE_PLUGIN_SLOT, offset, slot_names[i], "0 where nothing relocates it", "0x%llx",
                   (unsigned long long)value);
        return false;
    }
    const struct segment *load = slot->address == UINT64_MAX ? NULL : image_load(im, slot->address, 1);
    if (!load || !(load->flags & PF_X)) {
        report(im, RULE_PLUGIN_SLOT, slot->at, slot_names[i], "an address in an executable segment of the module",
               slot->address == UINT64_MAX ? "a symbol of another library" : "0x%llx",
               (unsigned long long)slot->address);
    }
    return true;
}

static bool check_object(struct image *im, const struct symbol *s)
{
    uint64_t offset;
    uint32_t size = table_size(0);
    uint16_t minor = 0;
    bool in_file = image_offset(im, s->value, size, &offset);
    if (in_file) {
        minor = get16(im, offset + offsetof(struct adit_plugin, abi_minor));
        size = table_size(minor);
        in_file = image_offset(im, s->value, size, &offset);
    }
    if (s->type != STT_OBJECT || s->bind != STB_GLOBAL || s->visibility != STV_DEFAULT ||
        !in_file || (s->value & 7)) {
        report(im, RULE_PLUGIN_TYPE, s->at + 4, "adit_plugin",
               "a GLOBAL OBJECT of default visibility, aligned to 8, in the file",
               "type %u, binding %u, visibility %u, address 0x%llx", s->type, s->bind, s->visibility,
               (unsigned long long)s->value);
        return false;
    }
    char expected[64];
    snprintf(expected, sizeof expected, "%u, as struct adit_plugin of ABI 1.%u", size, minor);
    if (s->size != size)
        report(im, RULE_PLUGIN_SIZE, s->at + 16, "adit_plugin", expected, "%llu", (unsigned long long)s->size);
    if (get32(im, offset) != size)
        report(im, RULE_PLUGIN_SIZE, offset, "adit_plugin.size", expected, "%u", get32(im, offset));
    uint16_t major = get16(im, offset + offsetof(struct adit_plugin, abi_major));
    if (im->info->has_note && (major != im->info->note.abi_major || minor != im->info->note.abi_minor))
        report(im, RULE_PLUGIN_SIZE, offset + offsetof(struct adit_plugin, abi_major), "adit_plugin.abi",
               "the note's version", "%u.%u", major, minor);
    im->info->plugin_offset = offset;
    bool there[PLUGIN_SLOTS] = {false};
    unsigned slots = (size - (unsigned)offsetof(struct adit_plugin, open)) / 8;
    for (unsigned i = 0; i < slots; i++)
        there[i] = check_slot(im, i, offset + offsetof(struct adit_plugin, open) + 8 * (uint64_t)i);
    if (!there[SLOT_RUN] && !there[SLOT_RUN_BATCH] && !there[SLOT_MAP])
        report(im, RULE_PLUGIN_SLOT, offset + offsetof(struct adit_plugin, run), "run", "run, run_batch or map", "none of them");
    if (im->plugin_spoilt)
        report(im, RULE_PLUGIN_SLOT, im->plugin_spoilt, "adit_plugin", "relocations of its functions only, once each",
               "another one");
    return true;
}

void check_plugin(struct image *im)
{
    if (im->symbol_count == 0 || !im->strings.usable)
        return; /* what is wrong with those tables was reported */
    check_exports(im);
    if (!im->plugin_symbol) {
        report(im, RULE_PLUGIN_MISSING, im->symbols.offset, "adit_plugin", "one", "none");
        return;
    }
    struct symbol s;
    image_symbol(im, im->plugin_symbol, &s);
    bool good = check_object(im, &s);
    /* dlsym passes over what has a version of its own that is not the default one. */
    uint16_t version = image_symbol_version(im, im->plugin_symbol);
    bool hidden = (version & 0x8000u) && (version & 0x7fffu) >= 2;
    if (hidden || image_lookup(im, "adit_plugin", hash_gnu("adit_plugin"), NULL) != im->plugin_symbol)
        report(im, RULE_PLUGIN_LOOKUP, s.at, "adit_plugin", "found through the hash table", "not found");
    else
        im->info->has_plugin = good;
}
