/* SPDX-License-Identifier: MIT */
/*
 * The binary interface between a module and adit: everything that crosses the boundary, and nothing else.
 * Authors include <adit/adit.h>, which wraps these tables in functions with names.
 *
 * Rules of the interface
 *   - A struct that both sides know begins with its size and only grows at its end. A minor version adds members or
 *     functions, a major version may change them. The host compares versions in the module's note before it loads.
 *   - Inputs are borrowed until the call returns. Outputs are copied by the host before the call returns.
 *   - Nothing is freed, closed or thrown across the boundary: no FILE *, path, descriptor, exception or longjmp.
 *   - Strings are UTF-8 with a length; they need no terminating NUL and may contain one.
 *   - A module is used by one thread of one process at a time. State made by open() is inherited, copy-on-write, by
 *     every worker: run() may change its copy, and must not count on the change being seen anywhere else.
 *
 * Phases named below:
 *   [open]  in the zygote: locked, no input, resources and options only; called once for each plugin
 *   [run]   in a worker: locked further, one or more sources; called any number of times
 *   [map]   as [run], within map(): identifiers instead of sources
 */
#ifndef ADIT_ABI_H
#define ADIT_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ADIT_ABI_MAJOR 1
#define ADIT_ABI_MINOR 1

/* What a call of a plugin came to. What was emitted before is kept, whatever the status. */
enum adit_status {
    ADIT_OK = 0,
    ADIT_DECLINED = 1,    /* not mine, though the type matched; says nothing about the file */
    ADIT_MALFORMED = 2,   /* the bytes break the format's rules; remembered until the file changes */
    ADIT_UNSUPPORTED = 3, /* well-formed as far as seen, but a variant this plugin does not read */
    ADIT_FAILED = 4,      /* the plugin's own failure: memory, a library, an assumption */
};

/* What a service of the host came to, where it is not 0 (done). */
enum adit_error {
    ADIT_E_RANGE = -1,      /* outside of the source */
    ADIT_E_IO = -2,         /* the source could not be read (truncated while read, a disk error) */
    ADIT_E_LIMIT = -3,      /* a bound of this job was reached: size, count, depth, memory */
    ADIT_E_UNDECLARED = -4, /* the .conf does not declare this field, stream, companion or resource */
    ADIT_E_TYPE = -5,       /* the declared type is another one, or the value does not fit it */
    ADIT_E_NESTING = -6,    /* begin and end do not pair, or a name is missing or not wanted here */
    ADIT_E_CANCELLED = -7,  /* stop soon: the user or a limit asked for it */
    ADIT_E_USAGE = -8,      /* a NULL, a closed writer, a service that this phase does not have */
    ADIT_E_REPEATED = -9,   /* emitted twice; declare it as a list (NAME[]) to keep both */
    ADIT_E_UNWANTED = -10,  /* nobody asked for this stream or artifact: skip the work, it is no failure */
};

struct adit_text {
    const char *data;
    size_t size;
};

/* A moment as a format states it. Members beyond the precision are 0. Values are not normalised: a file that says
 * 25:61 cannot be a time, so check before emitting (adit_time_valid). Source: ISO 8601-1:2019; EXIF 2.32, 4.6.5. */
enum adit_time_precision {
    ADIT_TIME_YEAR = 1,
    ADIT_TIME_MONTH = 2,
    ADIT_TIME_DAY = 3,
    ADIT_TIME_MINUTE = 4,
    ADIT_TIME_SECOND = 5,
    ADIT_TIME_MILLISECOND = 6,
    ADIT_TIME_MICROSECOND = 7,
    ADIT_TIME_NANOSECOND = 8,
};
#define ADIT_ZONE_UNKNOWN INT16_MIN /* local time of an unknown place; 0 is UTC, otherwise minutes east of UTC */

struct adit_time {
    int32_t year; /* proleptic Gregorian; 0 is 1 BCE */
    uint8_t month, day, hour, minute, second; /* 1..12, 1..31, 0..23, 0..59, 0..60 */
    uint8_t precision;                        /* enum adit_time_precision */
    int16_t zone;                             /* ADIT_ZONE_UNKNOWN or minutes, -1439..1439 */
    uint32_t nanosecond;                      /* 0..999999999 */
};

enum adit_kind {
    ADIT_KIND_NONE = 0, /* no such node */
    ADIT_KIND_BOOL = 1,
    ADIT_KIND_I64 = 2,
    ADIT_KIND_U64 = 3,
    ADIT_KIND_F64 = 4,
    ADIT_KIND_STRING = 5,
    ADIT_KIND_BYTES = 6,
    ADIT_KIND_TIME = 7,
    ADIT_KIND_OBJECT = 8,
    ADIT_KIND_LIST = 9,
};

/* One value, emitted or read back from a needed plugin. */
struct adit_value {
    uint32_t kind; /* enum adit_kind */
    uint32_t reserved;
    union {
        bool boolean;
        int64_t i64;
        uint64_t u64;
        double f64;
        struct adit_text text; /* STRING, BYTES */
        struct adit_time time;
    } as;
};

/* Bytes found inside a source, to be dispatched like a file of their own. */
struct adit_stream {
    uint32_t size;          /* sizeof (struct adit_stream) */
    uint32_t flags;         /* ADIT_STREAM_… */
    struct adit_text name;  /* what the container calls it: a member's path, "exif"; may be empty, may be any bytes */
    struct adit_text media; /* its type where the format says so, else empty: the host detects it */
};
#define ADIT_STREAM_TRUNCATED 1u /* the content goes on beyond what is emitted */

struct adit_artifact {
    uint32_t size; /* sizeof (struct adit_artifact) */
    uint32_t flags; /* 0, or ADIT_ARTIFACT_ASK */
    struct adit_text name;  /* a relative file name, "/" between folders; the host refuses what escapes */
    struct adit_text media;
};
#define ADIT_ARTIFACT_ASK 1u /* ABI 1.1. Opens none: 0 says that one would be wanted */

/* ABI 1.1. One answer to an identifier: what it is called in the other namespace. */
struct adit_link {
    struct adit_text target; /* UTF-8, 32000 bytes at most; empty only with ADIT_LINK_OBSOLETE */
    uint32_t flags;          /* ADIT_LINK_… */
    uint32_t reserved;
};
#define ADIT_LINK_SECONDARY 1u /* the identifier asked for is an alias or a former name of the entry that this link is of */
#define ADIT_LINK_OBSOLETE 2u  /* the identifier asked for is withdrawn; the target, where there is one, replaces it */

/* A source by number: what read, view and size take. 0 is the job's own; others come from companion() [run] and
 * resource() [open]. Negative numbers are enum adit_error. */
typedef int32_t adit_source;

struct adit_job; /* the host's; what every service is called with */

/* The host's services. Read `size` before using a member that a later minor version added (adit.h does). Each takes the
 * job that the plugin was called with. int results: 0 or enum adit_error. */
struct adit_host {
    uint32_t size;
    uint16_t abi_major, abi_minor;

    /* Reading [open, run]. */
    uint64_t (*source_size)(struct adit_job *, adit_source);
    /* Copies up to n bytes at `offset` into buffer. Returns how many (fewer only at the end), or enum adit_error. */
    int64_t (*read)(struct adit_job *, adit_source, uint64_t offset, void *buffer, size_t n);
    /* n bytes at `offset`, valid until the plugin's function returns; NULL when they are not all there, cannot be read, or
     * when more than 16 MiB would be held at once in this way. For large inputs use read. n <= 4 MiB. In [open] n is bounded by
     * [limits] memory alone, and from 1 MiB on nothing is copied: the file itself is mapped (16 times at most). */
    const void *(*view)(struct adit_job *, adit_source, uint64_t offset, size_t n);

    /* Configuration [open, run]. NULL data: not given. The text is valid as long as the module is loaded. */
    struct adit_text (*option)(struct adit_job *, const char *key);
    /* [open] A file named in [resources], as a source. */
    adit_source (*resource)(struct adit_job *, const char *key);

    /* Emitting [run]. `name` has `n` bytes; inside a list it is empty. Values are checked against [fields]. */
    int (*emit)(struct adit_job *, const char *name, size_t n, const struct adit_value *);
    int (*begin)(struct adit_job *, const char *name, size_t n, uint32_t kind); /* ADIT_KIND_OBJECT or _LIST */
    int (*end)(struct adit_job *);
    int (*warn)(struct adit_job *, const char *text, size_t n);
    /* Replaces the source's type ("this zip is a docx"); a type that [produces] names as `refine`. */
    int (*refine)(struct adit_job *, const char *media, size_t n);

    /* Streams [run]. ADIT_E_UNWANTED: do not trouble to decode it. */
    int (*stream_range)(struct adit_job *, const struct adit_stream *, adit_source, uint64_t offset, uint64_t n);
    /* Content that has to be made: open, any number of writes, close. One stream or artifact is open at a time.
     * A write that does not fit the quota keeps what fits, marks the stream truncated and returns ADIT_E_LIMIT. */
    int (*stream_open)(struct adit_job *, const struct adit_stream *);
    int (*artifact_open)(struct adit_job *, const struct adit_artifact *);
    int (*write)(struct adit_job *, const void *data, size_t n);
    int (*close)(struct adit_job *, uint32_t flags); /* ADIT_STREAM_TRUNCATED, or 0 */

    /* The fields of the plugins in [needs], as a tree [run]. `plugin` is a name, `nth` counts that plugin's results for
     * this source and, for a field mapper, for the streams found in it, in the order found. Node 0: there is none. */
    uint32_t (*need)(struct adit_job *, const char *plugin, uint32_t nth);
    uint32_t (*node_child)(struct adit_job *, uint32_t node, const char *name, size_t n); /* of an object */
    uint32_t (*node_first)(struct adit_job *, uint32_t node);                             /* of an object or list */
    uint32_t (*node_next)(struct adit_job *, uint32_t node);                              /* sibling */
    /* The value and the name (empty in a list); both may be NULL. Text is valid until the function returns. */
    int (*node_get)(struct adit_job *, uint32_t node, struct adit_value *, struct adit_text *name);

    /* [run] A file beside the source, by its label in [companions]; ADIT_E_RANGE: there is none. */
    adit_source (*companion)(struct adit_job *, const char *label);
    /* [run] The source's name as the host knows it (a stream's: as emitted), and its type. For messages and choices,
     * not for opening. */
    struct adit_text (*source_name)(struct adit_job *);
    struct adit_text (*source_media)(struct adit_job *);

    /* [run] Call now and then in long work. total 0: unknown. ADIT_E_CANCELLED: emit what is done and return. */
    int (*progress)(struct adit_job *, uint64_t done, uint64_t total);

    /* ABI 1.1: these three. [map] One link of the identifier ids[id]. Any order of ids; all links of one id are kept in
     * the order given, one-to-many and duplicates included. ADIT_E_LIMIT: [limits] output is reached. */
    int (*link)(struct adit_job *, uint32_t id, const struct adit_link *);
    /* [open] What keep() kept in an earlier run, as a source: of the same module, options and resources. ADIT_E_RANGE: there is
     * nothing. It is whole, but check what it says: it was on a disk. */
    adit_source (*kept)(struct adit_job *);
    /* [open] Keeps these texts, one behind the other, for kept() of later runs, in place of what was kept before. For what takes
     * long to make of a large resource. ADIT_E_UNWANTED: nothing is kept in this run, which is no failure. */
    int (*keep)(struct adit_job *, const struct adit_text *parts, size_t n);
};

/* What the host gives a plugin for one call. */
struct adit_call {
    uint32_t size;
    uint32_t reserved;
    const struct adit_host *host;
    struct adit_job *job;
};

/* What a module exports, as the constant data object `adit_plugin`, and the only thing it exports. Functions that a
 * plugin does not have are NULL; run, run_batch or map must be there. */
struct adit_plugin {
    uint32_t size; /* sizeof (struct adit_plugin) */
    uint16_t abi_major, abi_minor;
    /* [open] Reads options and resources, builds tables. *state is passed to the others; it may stay NULL. Anything but
     * ADIT_OK disables the plugin for this run, with the last warning as its reason. */
    int32_t (*open)(const struct adit_call *, void **state);
    /* [run] One source. Returns enum adit_status. */
    int32_t (*run)(void *state, const struct adit_call *);
    /* [run] Many sources at once, where that is faster: status[i] for calls[i]. Never called with n == 0. */
    void (*run_batch)(void *state, const struct adit_call *calls, int32_t *status, size_t n);
    /* [run] When a worker ends in good order. Nothing needs to be freed: the process ends. */
    void (*close)(void *state);
    /* ABI 1.1. [map] Identifiers of [map] `from`, to be answered with host->link; with ADIT_MAP_BACKWARD those of `to`, where the
     * .conf says that it is symmetric. Any UTF-8, the empty text included. An identifier without a link is unknown, which is no
     * failure. n > 0. Returns enum adit_status. */
    int32_t (*map)(void *state, const struct adit_call *, const struct adit_text *ids, size_t n, uint32_t flags);
};
#define ADIT_MAP_BACKWARD 1u

/* The note that travels with the module's bytes: an ELF note of owner "Adit", type ADIT_NOTE_TYPE, 4-byte aligned in a
 * PT_NOTE. The host reads it without loading anything. Unused bytes are 0. */
#define ADIT_NOTE_TYPE 1
#define ADIT_NOTE_FORMAT 1
#define ADIT_NOTE_OWNER "Adit"
struct adit_note {
    uint32_t format; /* ADIT_NOTE_FORMAT */
    uint16_t abi_major, abi_minor;
    char id[48];      /* the module's name: its file name without .so; [a-z0-9][a-z0-9._-]*, NUL-terminated */
    char version[24]; /* MAJOR.MINOR.PATCH, NUL-terminated */
};
struct adit_note_record { /* the note with its ELF header (gABI, "Note Section") */
    uint32_t namesz, descsz, type;
    char name[8]; /* "Adit\0" padded to 4 */
    struct adit_note desc;
};

#ifdef __cplusplus
}
#endif

#endif
