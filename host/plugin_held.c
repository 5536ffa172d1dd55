/* SPDX-License-Identifier: MIT */
#include "plugin_held.h"

#include "module.h"
#include "quarantine.h"

bool plugin_mark_held(struct registry *r, const char *cache_dir, struct arena *arena)
{
    struct quarantine *q;
    if (quarantine_open(cache_dir, &q) != 0)
        return false;
    bool done = true;
    for (size_t i = 0; done && i < r->count; i++) {
        struct plugin *p = &r->plugins[i];
        if (p->state != PLUGIN_READY || !quarantine_mentions(q, p->conf.name))
            continue;
        registry_check_module(r, p);
        unsigned char digest[32]; /* the snapshot knows no module that is as young as it */
        if (!p->has_module_digest && module_digest(p, digest, NULL) == 0)
            registry_set_digest(r, p, digest);
        const char *reason = p->has_module_digest ? quarantine_reason(q, p->conf.name, p->module_digest) : NULL;
        if (!reason)
            continue;
        p->state = PLUGIN_QUARANTINED;
        p->reason = arena_strdup(arena, reason);
        done = p->reason != NULL;
    }
    quarantine_free(q);
    return done;
}
