/* SPDX-License-Identifier: MIT */
/* Reads one .conf: bytes in, a `struct conf` and findings out. Alone knows inih. Touches no other file.
 *
 * Reference of the .conf
 * ======================
 * Lines are `key = value`, under `[section]` lines. A line has at most 198 bytes, a section's or key's name at most 49: what
 * is longer is an error, since inih would cut it. Lines begin in the first column. A comment is a line that begins with
 * ";" or "#", or the rest of a line after a blank and ";" (inside quotes too: write \x3b there). Text is UTF-8. Each section
 * stands at most once; a key stands once unless it is marked with * below. Unknown sections and keys are errors.
 *
 *   NAME      a plugin's name: a-z 0-9 first, then also _ -, at most 47 bytes; no dot, since NAME.field names a field
 *   MEDIA     a media type (RFC 6838, 4.2), `image/png`; kept in lower case
 *   MEDIAS    MEDIA, a whole top level (image/ and a star), or * for any type
 *   VERSION   MAJOR.MINOR.PATCH without leading zeros; in [needs], the last one or two may be left out and are 0
 *   YESNO     yes, no
 *   SIZE      a number of bytes, or with K, M, G for 2^10, 2^20, 2^30: 64M
 *   TIME      a number with ms, s or min: 500ms, 2s
 *   QUOTED    "text" with the escapes \\ \" \n \t \r \0 \xNN (two hexadecimal digits) and no others
 *   PATH      a field's path: components of ASCII characters but blanks and . [ ] * = : ; " \ joined by "."; each may end in
 *             "[]" (a list, and what may be emitted more than once); the last may be "*" or "*[]" (any name, here and below)
 *
 * [plugin]
 *   name = NAME              required; unique among all plugins
 *   version = VERSION        required, three numbers; equal to the version in the module's note
 *   kind = extractor | mapper | types
 *                            required. extractor: reads bytes. mapper: reads other plugins' fields, after the streams. types:
 *                            [type] sections only, no module
 *   module = FILE            required unless kind = types: a relative path ending in .so without "..", looked up beside the
 *                            .conf, in each --module-dir, in PREFIX/lib/adit/modules
 *   summary = TEXT           one line for `adit plugins`; a warning if missing
 *   domain = NAME            the process it shares; default its own name. `bundled` only for installed .confs
 *   isolation = domain | plugin | job
 *                            a worker for the whole domain, for this plugin alone, or a fresh one for each job; default domain
 *   enabled = YESNO          no: known, not run. Default yes
 *   default = YESNO          no: runs only where --with or --only names it, or a plugin that runs needs it. Default yes
 * [type LABEL]               declares a type; several, each with a LABEL of its own (a-z 0-9 _ . + -)
 *   media = MEDIA            required
 *   parent* = MEDIA          what this type also is: application/zip
 *   alias* = MEDIA           another name of it
 *   priority = 0..100        of its magics; default 50
 *   magic* = PART [& PART…]  alternatives; all (at most 8) parts of one must be there.
 *                            PART = OFFSET PATTERN or FIRST..LAST PATTERN: an offset is a number, decimal or 0x hexadecimal,
 *                            from the beginning, or negative from the end: -128 "TAG". The pattern must lie in the first 4096
 *                            or the last 512 bytes, or, at one offset, in the first 128 KiB
 *                            PATTERN = QUOTED, QUOTED /QUOTED, hex:DIGITS or hex:DIGITS/DIGITS, 1 to 256 bytes; after the "/"
 *                            is a mask of the same size
 *   glob* = PATTERN [case] [weight 0..100]
 *                            of the base name, with * ? [a-z] [!a-z]; case: capitals count; weight default 50
 *   root* = NAME [NAMESPACE] an XML document's root element
 *   text = YESNO             a text type that has no magic of its own
 *   embedded = YESNO         found inside other files mostly: --only of a plugin that matches nothing else brings along the
 *                            plugins that emit such streams. So does a type without magic, glob and root
 * [match]                    what the plugin is for; without a type, it runs only where another plugin needs it
 *   type* = MEDIAS
 *                            a type also matches those that declare it as their parent
 *   field* = NAME.PATH, NAME.PATH = VALUE, NAME.PATH != VALUE
 *                            runs only where it holds (all of them); NAME becomes a need. "*" in a VALUE stands for any text
 * [needs]
 *   plugin* = NAME [RANGE]   its fields are input, it runs first, and without it this plugin does not run
 *   optional* = NAME [RANGE] the same where it is there
 *   conflict* = NAME         the two cannot be there together
 *                            RANGE = one or two of = >= > <= < with a VERSION: exif >= 1.0 < 2
 * [produces]
 *   stream* = MEDIAS         types of the streams it emits
 *   refine* = MEDIAS         types that it may refine its source to
 *   artifact = YESNO         default no
 * [fields]                   what may be emitted: nothing else is
 *   PATH = KIND [UNIT] [QUOTED]     KIND = bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 string bytes time any; QUOTED
 *                            describes it. Objects and lists on the way need no line of their own
 * [limits]
 *   time = TIME              of one job: 1ms..60min, default 10s
 *   memory = SIZE            address space beyond the zygote's: 1M..64G, default 256M
 *   stream = SIZE            decoded stream bytes held at once: 4K..4G, default 8M
 *   output = SIZE            of fields: 1K..256M, default 16M
 *   artifact = SIZE          of all artifacts of one file, those of its streams included: 4K..64G, default 64M
 *   artifacts = NUMBER       of them: 1..1000000, default 1000
 * [companions]               files beside the source that the plugin may read
 *   LABEL = PATTERN          a file name with {stem} (name without extension), {name}, {dir} (the folder's name): {stem}.mid
 * [resources]                files that the host opens for the plugin
 *   LABEL = FILE             a relative path without "..", looked up beside the .conf and in PREFIX/share/adit/resources; an
 *                            absolute path only in a .conf of the user's own
 * [resource LABEL]           declares the format of a file of [resources]: what does not keep to it breaks the plugin, before
 *                            its open(). UTF-8 without NUL and byte order mark, lines of at most 256 KiB that end in LF or CRLF
 *   format = tsv | csv | lines
 *                            required. tsv: cells between tabs. csv: cells between commas, "quoted" ones as in RFC 4180.
 *                            lines: each line is a cell
 *   header = YESNO           the first row has the columns' names; default no
 *   comment = TEXT | QUOTED  rows that begin with it are passed over; default none
 *   column* = NAME KIND [required]
 *                            required; the columns in their order, all of them; one for lines. NAME is a word or QUOTED.
 *                            A cell may be empty unless it is required. KIND =
 *                              text                  anything
 *                              name                  letters, digits, _ and -, a letter or _ first
 *                              u8 u16 u32 u64 i32 i64  decimal digits without leading zeros, or 0x and hexadecimal ones
 *                              f64                   -1, 0.5, 1e-3
 *                              hex                   hexadecimal digits alone
 *                              bool                  yes, no, true, false, 1, 0
 *                              date                  YYYY-MM-DD
 *                              enum(a|b|c)           one of these
 *   unique = NAME[, NAME]    no two rows have the same values in these columns (numbers are compared as such), unless all of
 *                            them are empty. The first 524288 rows are remembered
 * [options]                  anything; what the plugin reads
 *   KEY = TEXT | QUOTED      a text that begins with a quote is QUOTED (and holds no \0)
 * [map]                      an id mapper: links identifiers of one namespace with those of another. Only with kind = mapper
 *   from* = NAMESPACE        required; a-z 0-9 first, then also . _ -, at most 39 bytes: hgnc.symbol
 *   to = NAMESPACE           required
 *   cost = 1..1000           of a step over this mapper, for the cheapest path; default 10
 *   predicate = CURIE        what a link says (PREFIX:NAME); default skos:exactMatch
 *   inverse = CURIE          what it says read backwards. skos:exactMatch, skos:closeMatch and skos:relatedMatch are their own
 *                            inverse, skos:broadMatch and skos:narrowMatch each other's
 *   symmetric = YESNO        links may be walked backwards; default no
 *   field* = NAME.PATH       in `adit extract`: the values of this field are mapped, beside it
 *   cache = YESNO            results are kept between runs, for mappers that are slower than the cache; default no
 * [namespace NAME]           declares a namespace; in any .conf. Several .confs may declare it in the same words
 *   title = TEXT             what its identifiers are of
 *   prefix = TEXT            of a CURIE in SSSOM output; letters, digits, . _ -; default the namespace's name
 *   iri = TEXT               what the prefix stands for: https://identifiers.org/hgnc/; default urn:adit:NAME:
 *   pattern = REGEXP         POSIX extended regular expression that a whole identifier matches; without back-references
 *   example* = ID            matches the pattern
 *   separator = QUOTED       between the identifiers of a composite one: ","
 * [module]                   what validation should know
 *   constructors = YESNO     the module has code that runs at load time (C++); default no
 *   waive* = RULE because REASON
 *   library* = FILE          a library in the plugin's own folder: a base name, libfoo.so.1
 */
#ifndef HOST_CONFIG_H
#define HOST_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "findings.h"
#include "version.h"

/* Bounds of what inih reads whole, and of what detection looks at. */
enum { CONF_MAX_LINE = 198, CONF_MAX_NAME = 49, CONF_MAX_PLUGIN_NAME = 47, CONF_MAX_FILE = 1024 * 1024 };
enum { CONF_MAX_NAMESPACE = CONF_MAX_NAME - 10 }; /* behind "namespace " in a section's name */
enum { CONF_MAGIC_HEAD = 4096, CONF_MAGIC_TAIL = 512, CONF_MAGIC_PARTS = 8, CONF_PATTERN_MAX = 256 };
/* Beyond the head a pattern stands at one offset, below CONF_MAGIC_FAR, and all such of a magic within one block. */
enum { CONF_MAGIC_FAR = 128 * 1024, CONF_MAGIC_BLOCK = 4096 };

enum conf_kind { CONF_EXTRACTOR = 1, CONF_MAPPER, CONF_TYPES }; /* CONF_TYPES: no module, [type] sections only */
enum conf_isolation { CONF_ISOLATE_DOMAIN = 0, CONF_ISOLATE_PLUGIN, CONF_ISOLATE_JOB };
extern const char *const conf_isolation_names[]; /* by enum conf_isolation; NULL at the end */

/* [needs] `exif`, `exif >= 1.0`, `exif >= 1.0 < 2`: all bounds must hold. A plugin whose field [match] asks for is listed
 * as a hard need too. */
struct conf_need {
    const char *plugin;
    bool optional;
    struct conf_bound bounds[2];
    uint32_t line;
};

/* One alternative of a magic: all its parts must match. `magic = 0 "RIFF" & 8 "WAVE"`, `magic = 0..1023 "%PDF-"`,
 * `magic = 0 hex:ffe0/ffe0`, `magic = 0 "ab\x00" /"\xff\xff\x00"`, `magic = -128 "TAG"` (from the end),
 * `magic = 0x8001 "CD001"` (beyond the head). */
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
/* Beyond the head: looked at only where what was read before does not decide. */
static inline bool conf_magic_part_is_far(const struct conf_magic_part *part)
{
    return part->first >= 0 && part->last + (int64_t)part->size > CONF_MAGIC_HEAD;
}
/* Do all parts lie where detection looks? */
bool conf_magic_fits(const struct conf_magic *m);
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
    bool embedded;              /* `embedded = yes`: found inside other files mostly */
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

/* [resource LABEL] */
enum conf_format_kind { CONF_FORMAT_TSV = 1, CONF_FORMAT_CSV, CONF_FORMAT_LINES };
enum conf_column_kind {
    CONF_COLUMN_TEXT = 1, CONF_COLUMN_NAME, CONF_COLUMN_U8, CONF_COLUMN_U16, CONF_COLUMN_U32, CONF_COLUMN_U64,
    CONF_COLUMN_I32, CONF_COLUMN_I64, CONF_COLUMN_F64, CONF_COLUMN_HEX, CONF_COLUMN_BOOL, CONF_COLUMN_DATE,
    CONF_COLUMN_ENUM,
};
struct conf_column {
    const char *name;
    enum conf_column_kind kind;
    bool required;                           /* no cell of it is empty */
    const char **choices; size_t choice_count; /* of CONF_COLUMN_ENUM */
    uint32_t line;
};
struct conf_format {
    const char *label;                       /* of [resources] */
    enum conf_format_kind kind;
    bool header;
    const char *comment;                     /* "" where none */
    struct conf_column *columns; size_t column_count; /* 1 at least; exactly 1 for CONF_FORMAT_LINES */
    uint32_t *unique; size_t unique_count;   /* indexes of columns */
    uint32_t line;
};

/* [map] */
struct conf_map_field { const char *plugin, *path; uint32_t line; };
struct conf_map {
    const char **from; size_t from_count; /* 0: there is no [map] */
    const char *to;
    uint32_t cost;
    const char *predicate, *inverse;      /* inverse: "" where none is known, and then not symmetric */
    bool symmetric, cache;
    struct conf_map_field *fields; size_t field_count;
    uint32_t line;
};
/* [namespace NAME] */
struct conf_namespace {
    const char *name, *title, *prefix, *iri, *pattern, *separator; /* "" where not given; prefix: then the name */
    const char **examples; size_t example_count;
    uint32_t line;
};

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
    struct conf_field *fields; size_t field_count;       /* sorted by path (strcmp) */
    /* [limits] */
    uint32_t time_ms;          /* default 10 s a job */
    uint64_t memory;           /* default 256 MiB of address space beyond the zygote's */
    uint64_t stream_bytes;     /* decoded stream bytes held at once: default 8 MiB */
    uint64_t output_bytes;     /* of fields: default 16 MiB */
    uint64_t artifact_bytes;   /* of one file's artifacts: default 64 MiB */
    uint32_t artifact_most;    /* how many of them: default 1000 */
    /* [companions], [resources], [options] */
    struct conf_pair *companions; size_t companion_count; /* LABEL = {stem}.mid, {name}.xmp; {dir} is the folder's name */
    struct conf_pair *resources; size_t resource_count;
    struct conf_format *formats; size_t format_count;     /* of some of the resources */
    struct conf_pair *options; size_t option_count;
    struct conf_map map;
    struct conf_namespace *namespaces; size_t namespace_count;
    /* [module] */
    bool constructors;         /* waiver of rule 29 */
    struct conf_pair *waivers; size_t waiver_count;       /* `waive = RULE because REASON`: key RULE, value REASON */
    const char **libraries; size_t library_count;         /* `library = libfoo.so.1`: of the plugin's own folder */
};

/* Parses `size` bytes of the file called `file`. Everything in the result lives in `arena`; no text in it is NULL but
 * `module` of kind = types. Returns 0 and fills *out when there is no error; -EINVAL when at least one error was added to
 * `findings` (all are reported, not the first); -ENOMEM. */
int conf_parse(const char *file, const char *data, size_t size, struct arena *arena, struct conf *out,
               struct findings *findings);

/* The declared format of the resource of this label; NULL: none. */
const struct conf_format *conf_format_of(const struct conf *c, const char *label);
/* What a predicate says read backwards, where SKOS tells (W3C SKOS Reference, 10); "" otherwise. */
const char *conf_inverse_predicate(const char *predicate);
/* "u16", "enum", … */
const char *conf_column_kind_name(enum conf_column_kind kind);

/* What a .conf that could not be read is known by: harmless values everywhere, `name` (borrowed) as name and domain. */
void conf_blank(struct conf *out, const char *name);

#endif
