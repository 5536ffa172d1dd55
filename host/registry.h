/* SPDX-License-Identifier: MIT */
/* Every plugin that is configured: read from the .conf directories (or from the snapshot of an earlier run), checked,
 * and joined into one graph. No module is opened here; only .conf files, and stat() of modules and resources.
 *
 * Directories, later wins: PREFIX/share/adit/conf.d, /etc/adit/conf.d, $XDG_CONFIG_HOME/adit/conf.d (else ~/.config/adit/conf.d),
 * each --conf-dir. Each holds *.conf files, and folders (families) of them, one level deep; names that begin with "." are
 * passed over. The base name decides what overrides what, as plugin names are global: png.conf or my/png.conf of a later
 * directory replaces image/png.conf of an earlier one. An empty file, or a link to /dev/null, masks. */
#ifndef HOST_REGISTRY_H
#define HOST_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/map.h"
#include "config.h"
#include "stamp.h"

struct detect;
struct registry_state;

enum plugin_state {
    PLUGIN_READY = 0,
    PLUGIN_DISABLED,   /* enabled = no, or masked */
    PLUGIN_BROKEN,     /* the .conf, the module or a need is wrong: `reason` says what */
    PLUGIN_QUARANTINED,
};

struct plugin {
    uint32_t index;           /* in registry.plugins; plugins are sorted by name, so the order is the same in every run */
    struct conf conf;
    const char *conf_path;
    const char *overrides;    /* the .conf of an earlier directory that this one replaces or masks; NULL: none */
    uint32_t rank;            /* of its directory in registry.dirs: the later, the higher */
    bool trusted;             /* found under the installed directory: may join the domain `bundled` */
    const char *module_path;  /* absolute; NULL for types-only .confs, and where it was not found */
    struct stamp conf_stamp, module_stamp;
    enum plugin_state state;
    const char *reason;       /* one line where state is not READY */
    const char *own_process;  /* of a plugin that shares no process: see registry_process */
    /* The graph, as indexes into registry.plugins, sorted. Only edges to plugins that are there. */
    uint32_t *hard, hard_count;
    uint32_t *soft, soft_count;
    uint32_t *dependents, dependent_count; /* the reverse of both */
    uint32_t depth;           /* longest way to a plugin without needs: a topological order by (depth, index) */
    /* Resources, opened by the host when the plugin is loaded: absolute paths and stamps, in the order of conf.resources. */
    const char **resource_paths;
    struct stamp *resource_stamps;
    bool module_is_checked; /* module_stamp is of this run; otherwise of the snapshot, and its folder has not changed since */
    /* SHA-256 of the module's bytes, known once it was sealed (or was under the same stamp in an earlier run). Filled in by
     * registry_check_module. */
    unsigned char module_digest[32];
    bool has_module_digest;
    bool conf_is_clean;             /* nothing was found wrong with the .conf, so the snapshot may keep it */
    unsigned char types_digest[32]; /* of the [type] sections, where there are any */
};

/* A namespace of identifiers. */
struct namespace {
    const char *name;
    const struct conf_namespace *declared; /* NULL: a [map] names it, and no .conf declares it */
    const struct plugin *by;               /* whose .conf that is */
};

struct registry_options {
    const char *const *conf_dirs;     /* --conf-dir, after the standard ones; later wins */
    size_t conf_dir_count;
    const char *const *module_dirs;   /* --module-dir: searched before the standard one */
    size_t module_dir_count;
    const char *prefix;               /* of the running program: PREFIX/share/adit/conf.d, PREFIX/lib/adit/modules */
    bool only_given_dirs;             /* --no-default-conf: conf_dirs alone, the first of them counts as installed */
    const char *snapshot_path;        /* folder that holds the snapshots; made when missing. NULL: neither read nor written */
};

struct registry {
    struct plugin *plugins;
    size_t count;
    struct map by_name;               /* name -> struct plugin * */
    struct detect *detect;            /* compiled from every [type] of every enabled .conf */
    struct namespace *namespaces; size_t namespace_count; /* sorted by name */
    struct findings findings;         /* of .confs and of the graph, in the order of files and lines */
    const char **dirs; size_t dir_count; /* the directories as searched, for messages */
    unsigned char types_fingerprint[32]; /* changes when any [type] does */
    bool from_snapshot;               /* every .conf came from it */
    enum conf_isolation least_isolation; /* of every plugin in this run, whatever its .conf says: --isolation */
    struct registry_state *state;     /* the registry's own */
};

/* Reads, checks, joins. A bad .conf costs its own plugin and is a finding; the result is usable. Returns 0 or a negative
 * errno with e filled where nothing can be used (a configuration directory that others can write, memory). */
int registry_open(const struct registry_options *options, struct registry **out, struct err *e);
void registry_free(struct registry *r);
struct plugin *registry_find(const struct registry *r, const char *name);

/* What keeps this plugin apart in this run: the stricter of its .conf's isolation and r->least_isolation. */
enum conf_isolation registry_isolation(const struct registry *r, const struct plugin *p);
/* What the processes that it runs in are called: its domain, or a name that no other plugin can take where it is kept apart or
 * its domain is its own name, as by default; "" where it never runs. Borrowed from p. */
const char *registry_process(const struct registry *r, const struct plugin *p);

/* The declaration of a field by its path as emitted ("text.Title", "members[].name"; "[]" where a list begins): the exact one,
 * else the longest wildcard: "text.*" takes every path below "text.", "text.*[]" every list there. NULL: not declared. */
const struct conf_field *plugin_field(const struct plugin *p, const char *path, size_t size);

/* Stats the module where discovery did not need to, and so finds out whether the digest of an earlier run still holds. The
 * fingerprints do this by themselves. */
void registry_check_module(const struct registry *r, const struct plugin *p);

/* Tells the registry the digest of a module that was just sealed, and saves the snapshot at the end of a run if something
 * in it is new. A snapshot that cannot be written is no error: -errno is for --verbose only. */
void registry_set_digest(struct registry *r, struct plugin *p, const unsigned char digest[32]);
int registry_save_snapshot(struct registry *r, struct err *e);

/* What a cached result of this plugin depends on: module digest, version, options, fields, limits that change results,
 * resources, and the fingerprints of all it needs. Needs p->has_module_digest of p and its needs; false without, and where a
 * resource was changed so recently that its stamp says nothing (do not cache then). The first REGISTRY_FINGERPRINT_CODE bytes are
 * of the modules alone, its own and those of its needs, so that one can tell whether code changed; all are to be compared. */
enum { REGISTRY_FINGERPRINT_CODE = 16 };
bool registry_fingerprint(const struct registry *r, const struct plugin *p, unsigned char out[32]);
/* The same where optional needs count only if `present` (by plugin index) says that they take part in this run: see
 * planner_fingerprint, which is the one to use with a selection. */
bool registry_fingerprint_among(const struct registry *r, const struct plugin *p, const bool *present, unsigned char out[32]);

#endif
