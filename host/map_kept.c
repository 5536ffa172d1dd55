/* SPDX-License-Identifier: MIT */
/* A step of a mapper whose answers are kept: only what is not known is asked, and then kept. */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "map_run_impl.h"

bool map_kept_look_up(struct map_flight *f, const struct map_level *l)
{
    const struct map_edge *edge = f->path->steps[f->step];
    const char *at = l->texts.bytes.data;
    f->kept.count = 0;
    f->kept.unsorted = false;
    buf_reset(&f->kept.bytes);
    buf_reset(&f->missing.bytes);
    f->missing.count = 0;
    for (uint32_t i = 0; i < l->texts.count; i++) {
        const struct adit_text text = map_texts_next(&at);
        int known = map_cache_get(f->run->cache, edge->plugin, edge->backward, text, i, &f->kept);
        if (known < 0)
            return false;
        if (known > 0)
            continue;
        if (!vec_grow(&f->missing_of, &f->missing_capacity, (size_t)f->missing.count + 1, sizeof *f->missing_of))
            return false;
        f->missing_of[f->missing.count] = i;
        map_texts_add(&f->missing, text.data, text.size);
    }
    return !f->missing.bytes.failed;
}

/* One task's answers, which are sorted. */
static bool keep(struct map_flight *f, const struct map_level *l, const struct map_task *t)
{
    const struct map_edge *edge = f->path->steps[f->step];
    const char *bytes = t->links.bytes.data;
    size_t link = 0;
    for (uint32_t i = 0; i < t->pool.map_ids; i++) {
        uint32_t entry = f->missing_of[t->begin + i];
        const char *at = l->texts.bytes.data + l->entries[entry].offset, *first = bytes;
        size_t begin = link;
        for (; link < t->links.count && t->links.heads[link].id == i; link++) {
            const struct link_head *head = &t->links.heads[link];
            if (!map_links_add(&f->kept, entry, (struct adit_text){bytes, head->size_flags >> 8},
                               head->size_flags & 0xff))
                return false;
            bytes += head->size_flags >> 8;
        }
        if (!map_cache_put(f->run->cache, edge->plugin, edge->backward, map_texts_next(&at),
                           link > begin ? t->links.heads + begin : NULL, link - begin, first))
            return false;
    }
    return true;
}

bool map_kept_join(struct map_flight *f, const struct map_level *l)
{
    map_run_use(f->run, f->path->steps[f->step])->cached += l->texts.count - f->missing.count;
    for (size_t i = 0; i < f->task_count; i++)
        if (!f->tasks[i].fault && !keep(f, l, &f->tasks[i]))
            return false;
    return map_links_sort(&f->kept, l->texts.count, NULL, 0);
}
