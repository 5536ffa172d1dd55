/* SPDX-License-Identifier: MIT */
/* Which format it is that uses ZIP as its container: by a member that holds the media type, by the content types of an Office
 * document, or by a member that only this format has. */
#ifndef PLUGINS_ARCHIVE_ZIP_REFINE_H
#define PLUGINS_ARCHIVE_ZIP_REFINE_H

#include "zip_content.h"
#include <stdio.h>

/* ODF 1.3 part 2, 3.3; EPUB OCF 4.3: the member "mimetype" (the first, if the writer keeps to the rule) holds the
 * media type and nothing else. */
static inline bool refine_by_mimetype(struct zip *z)
{
    char media[128];
    struct adit_text text = adit_text_trim_end(read_part(z, z->mimetype));
    while (text.size > 0 && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
        text.size--;
    if (text.size < 3 || text.size >= sizeof media || !memchr(text.data, '/', text.size))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '"' || text.data[i] == ';')
            return false;
    memcpy(media, text.data, text.size);
    media[text.size] = '\0';
    return adit_refine(z->job, media) == 0;
}

/* OPC (ECMA-376 part 2, 10.1.2): the content type of an Office document's main part is its media type and ".main+xml";
 * with macros the registered one ends in ".12" instead. */
static inline bool refine_by_content_types(struct zip *z)
{
    static const char main_part[] = ".main";
    char media[128];
    struct adit_text text = read_part(z, z->content_types);
    for (size_t at = 0; at + sizeof main_part <= text.size; at++) {
        if (memcmp(text.data + at, main_part, 5) != 0 || (text.data[at + 5] != '+' && text.data[at + 5] != '"'))
            continue;
        size_t begin = at;
        while (begin > 0 && text.data[begin - 1] != '"')
            begin--;
        int n = (int)(at - begin);
        if (begin == 0 || n < 12 || n > 100 || memcmp(text.data + begin, "application/", 12) != 0)
            continue;
        bool macros = n > 12 && memcmp(text.data + at - 12, "macroEnabled", 12) == 0;
        bool visio = n > 12 && memcmp(text.data + begin, "application/vnd.ms-visio", n < 24 ? (size_t)n : 24) == 0;
        (void)snprintf(media, sizeof media, "%.*s%s", n, text.data + begin, macros ? ".12" : visio ? ".main+xml" : "");
        return adit_refine(z->job, media) == 0;
    }
    return false;
}

static inline void refine(struct zip *z)
{
    if (refine_by_mimetype(z) || refine_by_content_types(z))
        return;
    for (unsigned i = 1; i < sizeof markers / sizeof *markers; i++)
        if (z->marks & 1u << i && (i > 1 || z->marks & 1)) {
            (void)adit_refine(z->job, markers[i].media);
            return;
        }
}

#endif
