// SPDX-License-Identifier: MIT
/* Rule 18: the string table, and the names of the dynamic section. */
#include "image.h"

static const char *check_name(struct image *im, uint64_t name, uint64_t at, const char *what)
{
    const char *text = image_string(im, name);
    if (!text) {
        if (im->strings.usable)
            report(im, RULE_STR_OFFSET, at + 8, what, "an offset below DT_STRSZ", "0x%llx of 0x%llx",
                   (unsigned long long)name, (unsigned long long)im->strings.size);
        return NULL;
    }
    if (strnlen(text, NAME_LONG + 1) > NAME_LONG) {
        report(im, RULE_STR_LONG, at + 8, what, "at most 255 bytes", "'%.40s...'", text);
        return NULL;
    }
    return text;
}

void check_strings(struct image *im)
{
    struct table *t = &im->strings;
    if (t->usable && (t->size == 0 || im->bytes[t->offset + t->size - 1] != '\0')) {
        report(im, RULE_STR_END, t->size ? t->offset + t->size - 1 : im->value_at[DYN_STRSZ] + 8, "DT_STRTAB",
               "NUL as the last byte", t->size ? "0x%02x" : "an empty table",
               t->size ? im->bytes[t->offset + t->size - 1] : 0);
        t->usable = false;
    }
    for (unsigned i = 0; i < im->needed_count; i++) {
        const char *name = check_name(im, im->needed[i], im->needed_at[i], "DT_NEEDED");
        if (name && im->info->needed_count < VALIDATE_NEEDED_MAX)
            im->info->needed[im->info->needed_count++] = name;
    }
    if (im->has[DYN_SONAME])
        im->info->soname = check_name(im, im->value[DYN_SONAME], im->value_at[DYN_SONAME], "DT_SONAME");
}
