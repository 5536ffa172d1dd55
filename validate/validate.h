/* SPDX-License-Identifier: MIT */
/*
 * Whether a module may be shown to the dynamic loader: bytes in, findings out.
 *
 * The loader trusts what a shared library says about itself; these checks do not. The bytes must not change while they
 * are read, nor between the check and the load (a sealed memfd). Section headers are not looked at, since the loader
 * does not look at them. Time is linear in the size of the file; nothing is allocated but by vlibraries_* (bounded,
 * see there); nothing is printed or opened. Depends on libc and <adit/abi.h>.
 *
 * Checked: every rule in the table of validate_rules(), whose `number` is the rule's place in the list of what is
 * checked (1..34, 0: about the report itself). What no static check can see, and is not claimed: what the module's
 * code does once it is called.
 */
#ifndef VALIDATE_H
#define VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <adit/abi.h>

enum vseverity { VALIDATE_ERROR = 1, VALIDATE_WARNING, VALIDATE_NOTE };

/* What one rule asks, and what to do about it. All strings are static. */
struct vrule {
    const char *id;          /* stable: "elf.load.overlap" */
    unsigned number;         /* which of the rules 1..34 it belongs to */
    enum vseverity severity; /* of its findings, unless waived */
    bool form;               /* about form, so that any ordinary shared library keeps it; otherwise a policy of ours */
    bool waivable;           /* a .conf may waive it with a reason; what protects the loader cannot be waived */
    const char *title;       /* one line: what is wrong where it is broken */
    const char *explanation; /* why it matters */
    const char *mend;        /* one line: what an author does about it */
};
const struct vrule *validate_rules(size_t *count);
const struct vrule *validate_rule(const char *id); /* NULL: there is none */

struct vfinding {
    const struct vrule *rule;
    enum vseverity severity; /* the rule's; VALIDATE_NOTE where it was waived */
    bool waived;
    uint64_t offset;   /* in the file, of the byte that the finding is about; 0 where it is about the whole */
    uint32_t more;     /* how many more of the same rule were found and are not listed */
    char subject[128]; /* the symbol, library, tag or segment it is about; "" where there is none */
    char expected[128];
    char found[192]; /* printable ASCII, whatever the file holds */
};

/* The caller's memory: `items` has room for `capacity`. Initialise count, errors and warnings with 0 (validate_module
 * adds to them). At most VALIDATE_PER_RULE findings of one rule are kept (the last tells how many more there were).
 * When items is full the last one is of the rule "report.more"; `errors` still counts all. NULL items with capacity 0
 * only counts. */
#define VALIDATE_PER_RULE 16u
struct vfindings {
    struct vfinding *items;
    size_t capacity, count;
    size_t errors, warnings;
};

/* The symbols of the libraries that modules need, read once and kept. Not for concurrent use. */
struct vlibraries;
/* Gives the bytes of the library called `name` (a file name without directory), which must stay as they are until
 * vlibraries_free. 0, or -ENOENT: there is none, or another negative errno. */
typedef int vlibrary_find(void *user, const char *name, const uint8_t **bytes, size_t *size);
/* NULL: no memory. At most VALIDATE_LIBRARY_MAX libraries are kept (about 10 KB each); what goes beyond counts as
 * missing. */
#define VALIDATE_LIBRARY_MAX 1024u
struct vlibraries *vlibraries_new(vlibrary_find *find, void *user);
void vlibraries_free(struct vlibraries *libraries);

/* A library that comes with a plugin: [module] library = NAME. */
struct vown_library {
    const char *name;
    const uint8_t *bytes;
    size_t size;
};

/* Zero-initialise: the strictest checks, imports not resolved. */
struct voptions {
    bool form_only;          /* only the rules about form: for libraries that are not modules */
    bool allow_constructors; /* [module] constructors = yes */
    /* [module] waive: a rule's id ("policy.import.refused"), or an id, a dot and the subject
     * ("policy.import.refused.popen"). */
    const char *const *waivers;
    size_t waiver_count;
    const struct vown_library *own_libraries;
    size_t own_library_count;
    struct vlibraries *libraries; /* NULL: needed libraries are not looked for and imports not resolved */
    const char *expected_id;      /* the file's name without .so; NULL: not compared with the note */
    const char *expected_version; /* the .conf's, "MAJOR.MINOR.PATCH"; NULL: not compared */
    uint32_t page_size;           /* of the machine that will load it; 0: 4096 */
};

#define VALIDATE_NEEDED_MAX 64u
struct vmodule_info {
    bool has_note;          /* with a layout that could be read; its content may still be wrong (see the findings) */
    struct adit_note note;  /* id and version are NUL-terminated here even where they are not in the file */
    uint64_t note_offset;   /* of the descriptor */
    bool has_plugin;        /* exports adit_plugin as it should */
    uint64_t plugin_offset; /* of the object in the file */
    bool has_constructors;  /* runs code when it is loaded (INIT, INIT_ARRAY, …) */
    const char *soname;     /* borrowed from the bytes; NULL: none */
    const char *needed[VALIDATE_NEEDED_MAX]; /* borrowed from the bytes, NUL-terminated, at most 255 bytes each */
    size_t needed_count;
    size_t symbol_count, import_count, relocation_count;
    /* Facts, reported and not judged. */
    bool bind_now, relro, stack_protector, fortify, tls;
    bool branch_protection; /* x86-64: IBT; aarch64: BTI */
    bool return_protection; /* x86-64: SHSTK; aarch64: PAC */
    uint8_t build_id[64];
    size_t build_id_size; /* 0: none */
    uint64_t file_size, memory_size;
};

/* Checks all that can still be read, not only up to the first mistake. 0: no finding of severity error; 1: at least
 * one; -ENOMEM (only where options->libraries had to grow). `info` (may be NULL) is filled as far as the file can be
 * read. */
int validate_module(const uint8_t *bytes, size_t size, const struct voptions *options, struct vfindings *out,
                    struct vmodule_info *info);

/* Only finds the note, in a few hundred nanoseconds: to list modules, not to judge them. False: none that can be
 * read. */
bool validate_read_note(const uint8_t *bytes, size_t size, struct adit_note *note);

/* The whole finding as one line without a final newline: "TITLE: SUBJECT: expected …, found … (at 0x…)". Returns the
 * length that it has or would have, as snprintf. */
int validate_describe(const struct vfinding *finding, char *buffer, size_t size);

#endif
