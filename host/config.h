/* SPDX-License-Identifier: MIT */
/* Reads one .conf: bytes in, a `struct conf` and findings out. Alone knows inih. Touches no other file.
 * The grammar of every section and key is in PLUGINS.md, "Reference of the .conf". */
#ifndef HOST_CONFIG_H
#define HOST_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum conf_kind { CONF_EXTRACTOR = 1, CONF_MAPPER, CONF_TYPES }; /* CONF_TYPES: no module, [type] sections only */
enum conf_isolation { CONF_ISOLATE_DOMAIN = 0, CONF_ISOLATE_PLUGIN, CONF_ISOLATE_JOB };

struct conf_version { uint32_t major, minor, patch; };
enum conf_compare { CONF_ANY = 0, CONF_EQ, CONF_GE, CONF_GT, CONF_LE, CONF_LT };

/* [needs] `exif`, `exif >= 1.0`, `exif >= 1.0 < 2`: all bounds must hold. */
struct conf_need {
    const char *plugin;
    bool optional;
    struct { enum conf_compare op; struct conf_version version; } bounds[2];
    uint32_t line;
};

/* One alternative of a magic: all its parts must match. `magic = 0 "RIFF" & 8 "WAVE"`, `magic = 0..1023 "%PDF-"`,
 * `magic = 0 hex:ffe0/ffe0`, `magic = 0 "ab\x00" /"\xff\xff\x00"`, `magic = -128 "TAG"` (from the end). */
struct conf_magic_part {
    int64_t first, last;        /* range of offsets at which the pattern may begin; both negative: from the end */
    const unsigned char *bytes; /* pattern, already masked */
    const unsigned char *mask;  /* NULL: every bit counts */
    size_t size;                /* 1..256 */
};
struct conf_magic {
    struct conf_magic_part *parts;
    size_t part_count; /* 1..8 */
    uint32_t priority; /* 0..100, default 50 */
    uint32_t line;
};
struct conf_glob {
    const char *pattern;      /* lower-cased unless case_sensitive; matched against the base name */
    uint32_t weight;          /* 0..100, default 50 */
    bool case_sensitive;
    uint32_t line;
};
/* [type LABEL] */
struct conf_type {
    const char *label, *media;
    const char **parents;       /* `parent = application/zip`, several */
    size_t parent_count;
    const char **aliases;       /* `alias = application/x-png`, several */
    size_t alias_count;
    struct conf_magic *magics;  /* `magic = …`, several: alternatives; `priority = N` applies to the type */
    size_t magic_count;
    struct conf_glob *globs;    /* `glob = *.png`, several; `glob = *.C case`, `glob = *.doc weight 40` */
    size_t glob_count;
    const char **roots;         /* `root = svg http://www.w3.org/2000/svg`: XML root element, optional namespace */
    size_t root_count;
    bool text;                  /* `text = yes`: a text type that has no magic of its own (globs decide) */
    uint32_t line;
};

enum conf_field_kind {
    CONF_FIELD_BOOL = 1, CONF_FIELD_I64, CONF_FIELD_U64, CONF_FIELD_F64, CONF_FIELD_STRING, CONF_FIELD_BYTES,
    CONF_FIELD_TIME, CONF_FIELD_OBJECT, CONF_FIELD_LIST_OF_ANY, CONF_FIELD_ANY,
};
/* [fields] `members[].name = string "Member name"`. The key is a path: components separated by ".", each may end in
 * "[]" (a list; also what may be emitted repeatedly), the last may be "*" (any name). Objects and lists on the way need
 * no declaration of their own. Kinds: bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 string bytes time any. */
struct conf_field {
    const char *path;          /* as written */
    enum conf_field_kind kind;
    uint8_t bits;              /* of an integer or float: 8, 16, 32, 64 */
    const char *unit;          /* "" where none */
    const char *description;   /* "" where none */
    uint32_t line;
};

/* [match] `field = dicom.SOPClassUID = 1.2.840*` */
enum conf_predicate_op { CONF_PRED_EQ = 1, CONF_PRED_NE, CONF_PRED_PRESENT }; /* a value may end in or hold "*" */
struct conf_predicate { const char *plugin, *field, *value; enum conf_predicate_op op; uint32_t line; };

struct conf_pair { const char *key, *value; uint32_t line; }; /* [options], [resources], [companions] */

struct conf {
    /* [plugin] */
    const char *name, *module, *summary, *domain;
    struct conf_version version;
    enum conf_kind kind;
    enum conf_isolation isolation;
    bool enabled;              /* `enabled = no`: known, not run; `default = no`: runs only when asked for (--with, --only) */
    bool by_default;
    /* [type …] */
    struct conf_type *types; size_t type_count;
    /* [match] */
    const char **match_types; size_t match_type_count;   /* `type = image/png`, `type = text/` followed by `*`, or `*` */
    struct conf_predicate *predicates; size_t predicate_count; /* all must hold */
    /* [needs] */
    struct conf_need *needs; size_t need_count;
    const char **conflicts; size_t conflict_count;
    /* [produces] */
    const char **streams; size_t stream_count;           /* `stream = application/x-exif`, or `*` */
    const char **refines; size_t refine_count;           /* `refine = application/epub+zip`, or `*` */
    bool artifacts;                                      /* `artifact = yes` */
    /* [fields] */
    struct conf_field *fields; size_t field_count;
    /* [limits] */
    uint32_t time_ms;          /* default 10 s a job */
    uint64_t memory;           /* default 256 MiB of address space beyond the zygote's */
    uint64_t stream_bytes;     /* decoded stream bytes held at once: default 8 MiB */
    uint64_t output_bytes;     /* of fields: default 16 MiB */
    /* [companions], [resources], [options] */
    struct conf_pair *companions; size_t companion_count; /* LABEL = {stem}.mid, {name}.xmp; {dir} is the folder's name */
    struct conf_pair *resources; size_t resource_count;
    struct conf_pair *options; size_t option_count;
    /* [module] */
    bool constructors;         /* waiver of rule 29 */
    struct conf_pair *waivers; size_t waiver_count;       /* `waive = RULE because REASON`: key RULE, value REASON */
    const char **libraries; size_t library_count;         /* `library = libfoo.so.1`: of the plugin's own folder */
    const char **warm; size_t warm_count;                 /* `warm = locale` …: done in the zygote before the last lock */
};

enum finding_severity { FINDING_ERROR = 1, FINDING_WARNING, FINDING_NOTE };

/* One thing wrong with a .conf or a graph. Strings live in the findings' arena. */
struct finding {
    enum finding_severity severity;
    const char *rule;          /* "conf.key.unknown", "conf.magic.hex", "graph.cycle", …: stable */
    const char *file;
    uint32_t line, column;     /* 1-based; 0: does not apply */
    const char *message;       /* one line: what is wrong, expected, found */
    const char *mend;          /* one line: what to do; "" where obvious */
};
struct findings { struct finding *items; size_t count, capacity; struct arena arena; };

/* Appends; copies the strings. False when memory is short. */
bool findings_add(struct findings *f, enum finding_severity severity, const char *rule, const char *file, uint32_t line,
                  uint32_t column, const char *mend, const char *message_fmt, ...) __attribute__((format(printf, 8, 9)));
size_t findings_errors(const struct findings *f);
void findings_release(struct findings *f);

/* Parses `size` bytes of the file called `file`. Everything in the result lives in `arena`. Returns 0 and fills *out
 * when there is no error; -EINVAL when at least one error was added to `findings` (all are reported, not the first);
 * -ENOMEM. */
int conf_parse(const char *file, const char *data, size_t size, struct arena *arena, struct conf *out,
               struct findings *findings);

#endif
