/* SPDX-License-Identifier: MIT */
/* What the content of a compressed file is called where the format does not say: the file's name without what the compressor added. */
#ifndef PLUGINS_COMPRESS_UNPACKED_NAME_H
#define PLUGINS_COMPRESS_UNPACKED_NAME_H

#include <adit/adit.h>
#include <string.h>

/* `endings` are pairs, an ending and what stands in its place (".tgz", ".tar"), then NULL. Into `room`, or borrowed as
 * adit_source_name is. */
static inline struct adit_text unpacked_name(const struct adit_call *job, const char *const *endings, char *room,
                                             size_t size)
{
    struct adit_text name = adit_source_name(job);
    for (; *endings; endings += 2) {
        size_t n = strlen(endings[0]), m = strlen(endings[1]), stem = name.size - n;
        if (name.size <= n || stem + m > size || memcmp(name.data + stem, endings[0], n) != 0)
            continue;
        memcpy(room, name.data, stem);
        memcpy(room + stem, endings[1], m);
        return adit_text_of(room, stem + m);
    }
    return name;
}

#endif
