// SPDX-License-Identifier: MIT
/* Rules 28 to 32: what a module may ask of the loader, and code that runs when it is loaded. */
#include "image.h"

#include <stdio.h>

static bool is_code(const struct image *im, uint64_t address)
{
    const struct segment *load = image_load(im, address, 1);
    return load && (load->flags & PF_X);
}

static void check_function(struct image *im, enum dyn d)
{
    if (!im->has[d])
        return;
    im->info->has_constructors = true;
    if (!im->options->allow_constructors)
        report(im, RULE_CONSTRUCTORS, im->value_at[d], dyn_name(d), "none", "one");
    if (!is_code(im, im->value[d]))
        report(im, RULE_CONSTRUCTOR_TARGET, im->value_at[d] + 8, dyn_name(d), "an address in an executable segment",
               "0x%llx", (unsigned long long)im->value[d]);
}

static void check_array(struct image *im, enum array which, const struct table *t, enum dyn d)
{
    static const char *const reasons[] = {"the whole table", "relocated to code of the module, each once"};
    if (!im->has[d] || (t->usable && t->size == 0))
        return;
    im->info->has_constructors = true;
    if (!im->options->allow_constructors || d == DYN_PREINIT_ARRAY)
        report(im, RULE_CONSTRUCTORS, im->value_at[d], dyn_name(d), "none", "one of %llu functions",
               (unsigned long long)(t->size / 8));
    if (!t->usable)
        return;
    uint64_t count = t->size / 8;
    for (uint64_t i = 0; i < count && i < ARRAY_MAX; i++)
        if (!(im->arrays[which].relocated[i / 64] >> (i % 64) & 1))
            report(im, RULE_CONSTRUCTOR_TARGET, t->offset + 8 * i, dyn_name(d), reasons[1], "entry %llu is not",
                   (unsigned long long)i);
    if (im->arrays[which].spoilt)
        report(im, RULE_CONSTRUCTOR_TARGET, im->arrays[which].spoilt, dyn_name(d), reasons[1], "another relocation");
    if (count > ARRAY_MAX)
        report(im, RULE_CONSTRUCTOR_COUNT, im->value_at[d], dyn_name(d), "at most 1024 functions", "%llu",
               (unsigned long long)count);
}

static void check_constructors(struct image *im)
{
    check_function(im, DYN_INIT);
    check_function(im, DYN_FINI);
    check_array(im, ARRAY_INIT, &im->init_array, DYN_INIT_ARRAY);
    check_array(im, ARRAY_FINI, &im->fini_array, DYN_FINI_ARRAY);
    check_array(im, ARRAY_PREINIT, &im->preinit_array, DYN_PREINIT_ARRAY);
}

static void check_needed(struct image *im)
{
    for (unsigned i = 0; i < im->needed_count; i++) {
        const char *name = image_string(im, im->needed[i]);
        if (name && (!*name || strpbrk(name, "/$") || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
            report(im, RULE_NEEDED_NAME, im->needed_at[i], "DT_NEEDED", "a file name without / and $", "'%.80s'", name);
    }
    if (im->needed_total > VALIDATE_NEEDED_MAX)
        report(im, RULE_NEEDED_COUNT, im->dyn_offset, "DT_NEEDED", "at most 64", "%u", im->needed_total);
}

static void check_refused_entries(struct image *im)
{
    static const enum dyn paths[] = {DYN_RPATH, DYN_RUNPATH,  DYN_FILTER,    DYN_AUXILIARY,
                                     DYN_AUDIT, DYN_DEPAUDIT, DYN_PRELINKED, DYN_CHECKSUM};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (im->has[paths[i]])
            report(im, RULE_SEARCH_PATH, im->value_at[paths[i]], dyn_name(paths[i]), "none", "one");
    if (im->has[DYN_TEXTREL])
        report(im, RULE_TEXTREL, im->value_at[DYN_TEXTREL], "DT_TEXTREL", "none", "one");
    if (im->has[DYN_SYMBOLIC])
        report(im, RULE_TEXTREL, im->value_at[DYN_SYMBOLIC], "DT_SYMBOLIC", "none", "one");
}

/* Rules 28 and 31. */
static void check_flags(struct image *im)
{
    uint64_t flags = im->has[DYN_FLAGS] ? im->value[DYN_FLAGS] : 0,
             flags_1 = im->has[DYN_FLAGS_1] ? im->value[DYN_FLAGS_1] : 0;
    if (flags & ~(uint64_t)DF_BIND_NOW)
        report(im, RULE_FLAGS, im->value_at[DYN_FLAGS] + 8, "DT_FLAGS", "BIND_NOW (8) alone", "0x%llx",
               (unsigned long long)flags);
    if (flags_1 & ~(uint64_t)DF_1_NOW)
        report(im, RULE_FLAGS, im->value_at[DYN_FLAGS_1] + 8, "DT_FLAGS_1", "NOW (1) alone", "0x%llx",
               (unsigned long long)flags_1);
    im->info->bind_now = im->has[DYN_BIND_NOW] || (flags & DF_BIND_NOW) || (flags_1 & DF_1_NOW);
    if (!im->info->bind_now && im->dynamic)
        report(im, RULE_BIND_NOW, im->dyn_offset, NULL, "DT_BIND_NOW, DF_BIND_NOW or DF_1_NOW", "none of them");
}

static void check_got(struct image *im)
{
    static const enum dyn writable[] = {DYN_PLTGOT, DYN_TLSDESC_GOT};
    for (size_t i = 0; i < 2; i++) {
        enum dyn d = writable[i];
        const struct segment *load = im->has[d] ? image_load_memory(im, im->value[d], 8) : NULL;
        if (im->has[d] && (!load || !(load->flags & PF_W)))
            report(im, RULE_PLTGOT_RANGE, im->value_at[d] + 8, dyn_name(d), "an address in a writable segment",
                   "0x%llx", (unsigned long long)im->value[d]);
    }
    if (im->has[DYN_TLSDESC_PLT] && !is_code(im, im->value[DYN_TLSDESC_PLT]))
        report(im, RULE_PLTGOT_RANGE, im->value_at[DYN_TLSDESC_PLT] + 8, "DT_TLSDESC_PLT",
               "an address in an executable segment", "0x%llx", (unsigned long long)im->value[DYN_TLSDESC_PLT]);
}

/* Rule 32. */
static void check_soname(struct image *im)
{
    const char *soname = im->info->soname, *id = im->info->note.id;
    if (!soname)
        return;
    size_t n = strlen(id);
    bool own =
        im->info->has_note && strncmp(soname, id, n) == 0 && (soname[n] == '\0' || strcmp(soname + n, ".so") == 0);
    if (!own)
        report(im, RULE_SONAME, im->value_at[DYN_SONAME], "DT_SONAME", "none, or the module's name", "'%s'", soname);
}

static void check_waivers(struct image *im)
{
    size_t rule_count;
    const struct vrule *rules = validate_rules(&rule_count);
    for (size_t i = 0; i < im->options->waiver_count; i++) {
        const char *w = im->options->waivers[i];
        bool known = strncmp(w, "run.", 4) == 0; /* a check of a running plugin: not for these rules */
        for (size_t k = 0; k < rule_count && !known; k++) {
            size_t n = strlen(rules[k].id);
            known = rules[k].waivable && strncmp(w, rules[k].id, n) == 0 && (w[n] == '\0' || w[n] == '.');
        }
        if (!known)
            report(im, RULE_WAIVER_UNKNOWN, 0, w, "a rule that can be waived",
                   validate_rule(w) ? "one that cannot" : "no rule of that name");
    }
}

void check_policy(struct image *im)
{
    if (im->dynamic) {
        check_constructors(im);
        check_needed(im);
        check_refused_entries(im);
        check_flags(im);
        check_got(im);
        check_soname(im);
    }
    check_waivers(im);
}
