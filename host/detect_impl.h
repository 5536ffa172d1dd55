/* SPDX-License-Identifier: MIT */
/* The compiled form of all [type] declarations, shared by the files of detection and by nothing else. Everything is
 * built once, in one arena, and never changes afterwards. */
#ifndef HOST_DETECT_IMPL_H
#define HOST_DETECT_IMPL_H

#include "base/arena.h"
#include "detect.h"

enum {
    DETECT_NONE = -1,
    DETECT_STRONG = 50,     /* a magic of this priority or more is had by every file of its type, see detect.c */
    DETECT_HITS = 16,       /* candidates and glob hits kept for one file */
    DETECT_NAME = 255,      /* bytes of a name's end that globs see */
    DETECT_ROOT_NAMESPACE = 80, /* priority of an XML root element with its namespace */
    DETECT_ROOT_ALONE = 60,     /* and of one without */
};

/* Types that the heuristics answer with exist whatever the .confs declare; their indices are fixed. */
enum detect_builtin {
    BUILTIN_OCTETS, BUILTIN_TEXT, BUILTIN_EMPTY, BUILTIN_XML, BUILTIN_JSON, BUILTIN_NDJSON, BUILTIN_CSV, BUILTIN_TSV,
    BUILTIN_HTML, BUILTIN_COUNT,
};

/* Where something was declared: index of the .conf, or DETECT_NONE for what is built in. */
struct detect_where { int32_t conf; uint32_t line; };

struct detect_type {
    const char *media;          /* lower case */
    uint32_t size;
    int32_t parents;            /* first link in detect.links, or DETECT_NONE */
    struct detect_where where;  /* of the first declaration */
    bool declared;              /* false: only named as a parent */
    bool text;                  /* `text = yes`, text/..., or a descendant of text/plain */
    bool strong, weak;          /* has a magic of priority DETECT_STRONG or more (or a root); has one of less */
    bool wants_magic;           /* its name alone is not believed: see rule 4 in detect.c */
};
struct detect_link { int32_t type, next; };

/* Open addressing, power of two; `type` DETECT_NONE: empty. Holds canonical names and aliases. */
struct detect_name { const char *name; uint32_t hash, size; int32_t type; };

/* One alternative of a magic. The parts are borrowed from the .conf. `anchor` is the part, `anchor_at` the byte within
 * it, by which the indices find the rule. */
struct detect_rule {
    const struct conf_magic *magic;
    int32_t type, conf;
    uint16_t length;            /* pattern bytes that count, all parts together: how specific it is */
    uint8_t priority, anchor, anchor_at;
    bool has_tail;              /* a part is counted from the end */
    bool has_far;               /* a part lies beyond the head */
    int8_t block;               /* of detect.blocks, where it has such parts; DETECT_NONE: in none, so it never matches */
};

/* An index from up to four bytes to rules: buckets of chains. */
struct detect_entry { uint32_t key; int32_t rule, next; uint16_t slot; uint8_t width; };
struct detect_index {
    int32_t *buckets;
    struct detect_entry *entries;
    size_t mask, count, capacity;
};

/* Bytes of the file beyond the head that patterns lie in: where they begin, and the highest priority among their rules. */
struct detect_block { uint64_t at; int priority; };

/* All rules anchored at one offset share a slot. A negative offset counts from the end. */
struct detect_slot {
    int32_t offset;
    uint32_t widths;            /* bit w: some rule has an anchor of w bytes here */
    uint64_t first[4];          /* which values of the first byte lead anywhere */
};

enum detect_glob_kind { GLOB_LITERAL, GLOB_SUFFIX, GLOB_PATTERN, GLOB_CASE = 4 };
struct detect_glob {
    const char *text;           /* the literal, the suffix with its dot, or the whole pattern */
    uint32_t size, kind;        /* detect_glob_kind, GLOB_CASE or-ed in */
    uint16_t weight, length;    /* length of the whole pattern */
    int32_t type, next;         /* next in the bucket, or of the patterns */
    struct detect_where where;
};

struct detect_root {
    const char *local, *space;  /* "*" matches any; space "": only an element without a namespace */
    uint32_t local_size, space_size, priority;
    int32_t type, next;
    struct detect_where where;
};

/* The declared types. Sorted by name when first asked for: most runs never ask. */
struct detect_order { bool sorted; size_t count; int32_t types[]; };

struct detect {
    struct arena arena;
    const struct conf **confs; size_t conf_count;
    int32_t *ids;                         /* of each [type] section in turn, .conf by .conf */
    struct detect_type *types; size_t type_count;
    struct detect_link *links; size_t link_count;
    struct detect_name *names; size_t name_mask;
    struct detect_order *order;

    struct detect_rule *rules; size_t rule_count;
    struct detect_slot *slots; size_t slot_count;
    struct detect_index fixed;
    /* Patterns that may begin anywhere in a range: a window of the head is looked up only where its first two bytes are
     * in `pairs`, a bitmap of 65,536. limits[p] is where the last window of a rule of priority p or more begins. */
    struct detect_index ranged;
    uint64_t *pairs;
    uint32_t ranged_widths;
    uint16_t limits[102];
    int32_t *loose; size_t loose_count; /* rules without one byte to index by: tried one after another */
    int32_t *tails; size_t tail_count;    /* rules with a part at the end */
    int tail_priority;                  /* the highest among them; DETECT_NONE: there are none */
    int32_t *fars; size_t far_count;    /* rules with a part beyond the head: tried one after another */
    struct detect_block blocks[DETECT_BLOCKS]; size_t block_count;

    struct detect_glob *globs; size_t glob_count;
    int32_t *glob_buckets; size_t glob_mask;
    int32_t glob_patterns;              /* first of those that need matching one by one */

    struct detect_root *roots; size_t root_count;
    int32_t *root_buckets; size_t root_mask;
};

/* [detect_build.c] The index of a name, canonical or alias, lower case; DETECT_NONE. */
int32_t detect_find(const struct detect *d, const char *media, size_t size);
bool detect_index_is_a(const struct detect *d, int32_t type, int32_t ancestor);

/* A type that something speaks for, and how loudly. */
struct detect_hit {
    int32_t type;
    uint16_t priority, length;
    struct detect_where where;
};
struct detect_hits { struct detect_hit items[DETECT_HITS]; size_t count; };

/* [detect_magic.c] */
bool detect_magic_build(struct detect *d, struct findings *findings);
/* What counts as matching though it was not read: nothing; parts at the end; parts in the source's block. */
enum detect_assume { ASSUME_NOTHING, ASSUME_TAIL, ASSUME_FAR };
/* Adds every type whose magic matches, best first: by priority, then length. Ranges are not searched for what
 * could not win. */
void detect_magic_match(const struct detect *d, const struct detect_source *s, bool text, enum detect_assume assume,
                        struct detect_hits *hits);
void detect_hits_add(struct detect_hits *hits, struct detect_hit hit);

/* [detect_far.c] Gives each rule with a part beyond the head its block. */
void detect_far_build(struct detect *d, struct findings *findings);

/* [detect_glob.c] */
bool detect_glob_build(struct detect *d);
/* Globs that match, best first: by weight, then length of the pattern. */
void detect_glob_match(const struct detect *d, const char *name, size_t size, struct detect_hits *hits);

/* [detect_xml.c] */
bool detect_root_build(struct detect *d);
void detect_root_match(const struct detect *d, const unsigned char *head, size_t size, struct detect_hits *hits);

#endif
