/* SPDX-License-Identifier: MIT */
/* The libraries that a module needs, for the checks of its imports. Internal to validate/. */
#ifndef VALIDATE_LIBRARY_H
#define VALIDATE_LIBRARY_H

#include "image.h"

#define OWN_MAX 64u /* libraries that come with a plugin */

struct library {
    struct library *next;
    char name[NAME_LONG + 1];
    struct image *image; /* its `versions` has only version_count elements */
    bool usable;         /* there, and with tables that can be looked into */
};

/* Where one module's libraries come from. */
struct library_set {
    const struct voptions *options;
    struct library
        *own[OWN_MAX]; /* opened for this module only, since other plugins may have others of the same name */
    unsigned own_count;
};

/* 0; -ENOENT: not there, or not a library; -ENOMEM. */
int library_get(struct library_set *set, const char *name, struct library **out);
void library_set_release(struct library_set *set);

/* Opens bytes as a library called `name` (at most 255 bytes). `*out` is the caller's, to library_free. */
int library_open(const char *name, const uint8_t *bytes, size_t size, struct library **out);
void library_free(struct library *l);

bool library_has_version(const struct library *l, const char *version);
bool library_has_symbol(const struct library *l, const char *name, uint32_t hash, const char *version, bool *is_tls);

#endif
