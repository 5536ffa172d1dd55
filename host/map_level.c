/* SPDX-License-Identifier: MIT */
#include "map_level.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/vec.h"

struct adit_text map_level_text(const struct map_level *l, uint32_t entry)
{
    const char *at = l->texts.bytes.data + l->entries[entry].offset;
    return map_texts_next(&at);
}

bool map_level_add(struct map_level *l, struct adit_text text, struct map_level_entry entry)
{
    if (!vec_grow(&l->entries, &l->capacity, (size_t)l->texts.count + 1, sizeof *l->entries))
        return false;
    entry.offset = (uint32_t)l->texts.bytes.size;
    l->entries[l->texts.count] = entry;
    map_texts_add(&l->texts, text.data, text.size);
    return !l->texts.bytes.failed;
}

struct wanted {
    const struct map_level *level;
    struct adit_text text;
    uint32_t root;
};

static bool same_entry(const void *context, uint32_t entry)
{
    const struct wanted *w = context;
    const struct adit_text text = map_level_text(w->level, entry);
    return w->level->entries[entry].root == w->root && text.size == w->text.size &&
           memcmp(text.data, w->text.data, text.size) == 0;
}

/* Has the root the text already? Its entries are the last ones of the level: few are looked through, more are hashed. 1, 0 or
 * -ENOMEM. */
static int stands_already(const struct map_level *l, struct map_seen *seen, const struct wanted *w)
{
    enum { FEW = 16 };
    uint32_t count = l->texts.count, of_root = 0;
    while (of_root < count && of_root <= FEW && l->entries[count - 1 - of_root].root == w->root) {
        if (same_entry(w, count - 1 - of_root))
            return 1;
        of_root++;
    }
    if (of_root < FEW)
        return 0;
    for (uint32_t i = of_root == FEW ? 0 : FEW; i < FEW; i++) { /* from now on they are hashed */
        const struct adit_text text = map_level_text(l, count - FEW + i);
        const struct wanted other = {l, text, w->root};
        if (map_seen_put(seen, hash64(text.data, text.size, w->root), count - FEW + i, same_entry, &other) < 0)
            return -ENOMEM;
    }
    return map_seen_put(seen, hash64(w->text.data, w->text.size, w->root), count, same_entry, w);
}

int map_level_add_once(struct map_level *l, struct map_seen *seen, struct adit_text text, struct map_level_entry entry)
{
    const struct wanted w = {l, text, entry.root};
    if (l->texts.bytes.size + text.size > MAP_LEVEL_BYTES)
        return -E2BIG;
    int known = stands_already(l, seen, &w);
    if (known != 0)
        return known < 0 ? known : 0;
    return map_level_add(l, text, entry) ? 0 : -ENOMEM;
}
