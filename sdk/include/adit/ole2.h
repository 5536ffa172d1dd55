/* SPDX-License-Identifier: MIT */
/*
 * OLE2 compound files: a file system in a file, of storages and streams. Word, Excel and PowerPoint before 2007, MSI, Outlook's
 * messages, thumbs.db and many others. In bounded memory: sectors are looked up in the file, chains are kept as extents.
 * In libadit-sdk. [run]
 *
 *     struct adit_ole2 *o = adit_ole2_open(job, ADIT_SOURCE_MAIN);
 *     struct adit_ole2_entry e;
 *     size_t n;
 *     while (adit_ole2_next(o, &e))
 *         … e.path, e.kind, e.size …
 *     char *bytes = adit_ole2_load(o, "\005SummaryInformation", 1 << 20, &n);
 *     …
 *     free(bytes);
 *     adit_ole2_close(o);
 *
 * Storages and streams are walked once, when the file is opened: each entry once, whatever the tree says, and in the tree's order, a
 * storage before what is in it. What is wrong with the file's structure is kept in `fault`; what is sound is given all the same.
 *
 * Source: [MS-CFB] (Compound File Binary File Format) 12.0.
 */
#ifndef ADIT_OLE2_H
#define ADIT_OLE2_H

#include <adit/abi.h>
#include <adit/guid.h>
#include <adit/reader.h>

enum {
    ADIT_OLE2_MAX_ENTRIES = 65536,  /* of the directory; more are a fault, and not looked at */
    ADIT_OLE2_MAX_DEPTH = 32,       /* storages in storages; the root's is 0 */
    ADIT_OLE2_MAX_EXTENTS = 262144, /* pieces of one stream that do not follow each other in the file */
    ADIT_OLE2_NAME = 94,            /* 31 UTF-16 units as UTF-8, and a NUL */
    ADIT_OLE2_PATH = ADIT_OLE2_NAME * ADIT_OLE2_MAX_DEPTH,
};

enum adit_ole2_kind { /* 2.6.1, object type */
                      ADIT_OLE2_STORAGE = 1,
                      ADIT_OLE2_STREAM = 2,
                      ADIT_OLE2_ROOT = 5,
};

struct adit_ole2_entry {
    enum adit_ole2_kind kind;
    uint32_t id, depth;        /* place in the directory; below the root, which is 0 and 0 */
    char name[ADIT_OLE2_NAME]; /* its own, UTF-8; may begin with a control character */
    struct adit_text
        path; /* from the root, with "/" between names; the root's is empty. Borrowed until the next call */
    struct adit_guid class_id;  /* all zero: none; of storages */
    uint32_t state;             /* bits of the application's own */
    uint64_t created, modified; /* FILETIME (time.h); 0: not told */
    uint32_t start;             /* first sector */
    uint64_t size;              /* of a stream, in bytes, as it says */
};

struct adit_ole2_extent {
    uint64_t position, offset, size; /* in the stream; in the source; in bytes */
};
struct adit_ole2_extents {
    struct adit_ole2_extent *items;
    uint32_t count;
    size_t room;
    uint64_t size;
};

struct adit_ole2 {
    uint16_t major_version, minor_version;
    uint32_t sector_size, mini_sector_size, mini_cutoff; /* smaller streams lie in mini sectors */
    uint32_t count;                                      /* entries that the walk gives, the root among them */
    const char *fault; /* what is wrong with the structure, in English; NULL: nothing. The first fault counts */
    uint64_t fault_at; /* where: an offset in the source */
    /* What follows is the reader's own. */
    const struct adit_call *job;
    adit_source source;
    uint64_t size;
    uint32_t sectors, fat_count, next;
    uint32_t *fat;
    struct adit_ole2_node *nodes;
    struct adit_ole2_extents directory, mini_fat, mini_stream;
    uint64_t window_at;
    uint32_t window_filled;
    uint8_t window[512];
    uint32_t prefix[ADIT_OLE2_MAX_DEPTH + 1];
    char path[ADIT_OLE2_PATH];
};

/* A stream's content. The reader is its first member: parsers read from &s.reader in order; adit_ole2_read reads anywhere. */
struct adit_ole2_stream {
    struct adit_reader reader;
    uint64_t size;                    /* of what is there */
    const char *fault;                /* NULL, or why that is less than the entry says, or why it is nothing */
    struct adit_ole2_extents extents; /* one: it lies in the source in one piece */
};

#ifdef __cplusplus
extern "C" {
#endif
/* NULL: it is no such file (signature, 2.2), or there is no memory. */
struct adit_ole2 *adit_ole2_open(const struct adit_call *job, adit_source source);
void adit_ole2_close(struct adit_ole2 *o);

/* The next entry; the first is the root. False after the last one. */
bool adit_ole2_next(struct adit_ole2 *o, struct adit_ole2_entry *e);
/* From the root again. */
void adit_ole2_rewind(struct adit_ole2 *o);
/* The entry of this path: "ObjectPool/_1/\003ObjInfo", "" for the root. ASCII letters in either case are the same, and the order
 * of siblings does not matter: not every writer sorts them as 2.6.4 asks. False: there is none. Does not disturb adit_ole2_next. */
bool adit_ole2_find(struct adit_ole2 *o, const char *path, struct adit_ole2_entry *e);

/* Begins to read a stream: finds its sectors, once. True, to be closed; false: it is no stream, or there is no memory. */
bool adit_ole2_stream(struct adit_ole2 *o, const struct adit_ole2_entry *e, struct adit_ole2_stream *s);
/* Up to n bytes at `offset` in the stream. Returns how many, fewer only at its end; or enum adit_error. */
int64_t adit_ole2_read(const struct adit_ole2_stream *s, uint64_t offset, void *buffer, size_t n);
void adit_ole2_stream_close(struct adit_ole2_stream *s);
/* The first `most` bytes of the stream of this path, or all of it, in memory that the caller frees; *size says how many. NULL: there is
 * no such stream, it is empty, or there is no memory. */
char *adit_ole2_load(struct adit_ole2 *o, const char *path, size_t most, size_t *size);
/* Emits a stream's content under its path: as a range of the source where it lies in one piece of the job's own source, else piece
 * by piece. `media` NULL: the host detects the type. Results as adit_emit_range, adit_open_stream and adit_write;
 * ADIT_E_RANGE too where none of its sectors is in the file. */
int adit_ole2_emit(struct adit_ole2 *o, const struct adit_ole2_entry *e, const char *media);
#ifdef __cplusplus
}
#endif

#endif
