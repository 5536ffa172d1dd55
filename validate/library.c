// SPDX-License-Identifier: MIT
/* What the libraries that modules need define: read on demand, kept by name, looked up through their own hash tables.
 * */
#include "library.h"

#include <errno.h>
#include <stdlib.h>

#define BUCKETS 256u

struct vlibraries {
    vlibrary_find *find;
    void *user;
    size_t count;
    struct library *buckets[BUCKETS]; /* by the name's hash */
};

struct vlibraries *vlibraries_new(vlibrary_find *find, void *user)
{
    struct vlibraries *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->find = find;
    l->user = user;
    return l;
}

void vlibraries_free(struct vlibraries *l)
{
    if (!l)
        return;
    for (unsigned b = 0; b < BUCKETS; b++)
        while (l->buckets[b]) {
            struct library *next = l->buckets[b]->next;
            library_free(l->buckets[b]);
            l->buckets[b] = next;
        }
    free(l);
}

void library_free(struct library *l)
{
    if (!l)
        return;
    free(l->image);
    free(l);
}

/* Nothing is judged here, so nobody reads these. */
static const struct voptions no_options;

int library_open(const char *name, const uint8_t *bytes, size_t size, struct library **out)
{
    struct library *l = calloc(1, sizeof *l);
    struct image *im = l ? malloc(sizeof *im) : NULL;
    struct vmodule_info info = {0};
    if (!im) {
        free(l);
        return -ENOMEM;
    }
    memcpy(l->name, name, strlen(name) + 1);
    memset(im, 0, offsetof(struct image, versions));
    im->bytes = bytes;
    im->size = size;
    im->options = &no_options;
    im->info = &info;
    im->page = 4096;
    if (check_header(im)) {
        check_segments(im);
        check_dynamic(im);
        check_strings(im);
        check_hashes(im);
        check_versions(im);
    }
    im->info = NULL;
    l->usable = im->strings.usable && im->symbol_count > 0;
    /* Only the versions in use are kept. */
    struct image *smaller = realloc(im, offsetof(struct image, versions) + im->version_count * sizeof im->versions[0]);
    l->image = smaller ? smaller : im;
    *out = l;
    return 0;
}

static int get_cached(struct vlibraries *all, const char *name, struct library **out)
{
    struct library **bucket = &all->buckets[hash_gnu(name) % BUCKETS];
    for (struct library *l = *bucket; l; l = l->next)
        if (strcmp(l->name, name) == 0) {
            *out = l;
            return l->usable ? 0 : -ENOENT;
        }
    if (all->count >= VALIDATE_LIBRARY_MAX)
        return -ENOENT;
    const uint8_t *bytes = NULL;
    size_t size = 0;
    int r = all->find(all->user, name, &bytes, &size);
    if (r < 0 && r != -ENOENT)
        return r == -ENOMEM ? r : -ENOENT;
    struct library *l;
    /* One that is not there is kept too, without bytes, so that it is looked for once. */
    int opened = library_open(name, r == 0 ? bytes : NULL, r == 0 ? size : 0, &l);
    if (opened < 0)
        return opened;
    l->next = *bucket;
    *bucket = l;
    all->count++;
    *out = l;
    return l->usable ? 0 : -ENOENT;
}

int library_get(struct library_set *set, const char *name, struct library **out)
{
    const struct voptions *o = set->options;
    if (strnlen(name, NAME_LONG + 1) > NAME_LONG)
        return -ENOENT;
    for (unsigned i = 0; i < set->own_count; i++)
        if (strcmp(set->own[i]->name, name) == 0) {
            *out = set->own[i];
            return set->own[i]->usable ? 0 : -ENOENT;
        }
    for (size_t i = 0; i < o->own_library_count && set->own_count < OWN_MAX; i++) {
        const struct vown_library *own = &o->own_libraries[i];
        if (strcmp(own->name, name) != 0)
            continue;
        int r = library_open(name, own->bytes, own->size, out);
        if (r < 0)
            return r;
        set->own[set->own_count++] = *out;
        return (*out)->usable ? 0 : -ENOENT;
    }
    return o->libraries ? get_cached(o->libraries, name, out) : -ENOENT;
}

void library_set_release(struct library_set *set)
{
    for (unsigned i = 0; i < set->own_count; i++)
        library_free(set->own[i]);
    set->own_count = 0;
}

bool library_has_version(const struct library *l, const char *version)
{
    const struct image *im = l->image;
    if (!im->verdef.usable)
        return true; /* without versions of its own it satisfies any, as for the loader */
    for (unsigned i = 1; i < im->version_count; i++) {
        const char *name =
            im->versions[i].file || !im->versions[i].name ? NULL : image_string(im, im->versions[i].name);
        if (name && strcmp(name, version) == 0)
            return true;
    }
    return false;
}

bool library_has_symbol(const struct library *l, const char *name, uint32_t hash, const char *version, bool *is_tls)
{
    struct symbol s;
    uint32_t index = image_lookup(l->image, name, hash, version);
    if (!index)
        return false;
    image_symbol(l->image, index, &s);
    *is_tls = s.type == STT_TLS;
    return true;
}
