/* SPDX-License-Identifier: MIT */
/*
 * What crosses between `adit validate --run` and adit-check, by a SEQPACKET socket (descriptor WIRE_SOCKET):
 *
 *   → LOCK (wire.h), with both filters       ← LOCKED (struct wire_reply)
 *   → REQUEST, with a page of shared memory, the module and the resources
 *   ← READY, once the module is open and both locks are on
 *   → SAMPLES, with their files
 *   ← RECORDS, any number: what was emitted, for CHECK_DECLARED_FIELDS
 *
 * The verdict is in the page, so that what was going on is known however the process ends. The host believes nothing of it
 * beyond what a plugin in the same process could not forge anyway: the checks find mistakes, not malice.
 */
#ifndef HOST_CHECK_WIRE_H
#define HOST_CHECK_WIRE_H

#include <stdatomic.h>
#include <stdint.h>

#include "check_rules.h"

enum {
    CHECK_REQUEST = 64,
    CHECK_READY,
    CHECK_SAMPLES,
    CHECK_RECORDS,
    CHECK_PAGE = 4096,
    CHECK_MODULES = 9, /* the module and libraries of its own */
    CHECK_SAMPLE_COUNT = 32,
    CHECK_SAMPLE_BYTES = 4 << 20, /* of one sample at most */
    CHECK_RECORD_BYTES = 60 * 1024,
};

enum check_status { CHECK_RUNNING = 0, CHECK_PASS, CHECK_FAIL, CHECK_CRASH, CHECK_TIMEOUT, CHECK_SKIP, CHECK_WARN };

/* Followed by NUL-terminated strings: the plugin's name, option_count pairs, resource_count keys, companion_count labels,
 * stream_count media types, refine_count media types. Descriptors: the page, library_count libraries of the plugin's own, the
 * module, resources. */
struct check_request {
    uint32_t message, check;
    uint64_t seed;
    uint64_t only_input; /* number + 1; 0: all */
    uint64_t sound;      /* checks whose inputs may be used by others: bit 1 << enum check_id */
    uint64_t reference;  /* CHECK_LOAD_CYCLE: what the samples give (struct check_page: digest); 0: not known */
    uint32_t effort;     /* inputs of a check, about */
    uint32_t budget_ms;  /* no new input after so long */
    uint32_t option_count, resource_count, companion_count, stream_count, refine_count;
    uint32_t artifacts;
    uint64_t output_bytes, stream_bytes, artifact_bytes, artifact_most;
    uint32_t strings;
    uint32_t library_count;
};

/* Followed by `count` times struct check_sample_head, name, media. Descriptors: the fields of needed plugins (wire.h), then one
 * a sample. */
struct check_samples {
    uint32_t message, count;
    uint64_t needs_size;
};
struct check_sample_head {
    uint64_t size;
    uint16_t name_size, media_size;
    uint32_t reserved;
};

/* Followed by fields.h events of one run. `first`: a run begins; `last`: it ends. */
struct check_records {
    uint32_t message;
    uint16_t first, last;
};

enum check_phase { CHECK_PHASE_OWN = 0, CHECK_PHASE_LOAD, CHECK_PHASE_OPEN, CHECK_PHASE_RUN, CHECK_PHASE_CLOSE };

enum { CHECK_DENIED = 16, CHECK_WHAT = 160, CHECK_TEXT = 480 };
struct check_page {
    _Atomic uint32_t phase;     /* whose code runs, enum check_phase */
    _Atomic uint32_t calls;     /* counts up with each call into the module: the host's clock starts again */
    _Atomic uint32_t status;    /* enum check_status, once it is known */
    _Atomic uint32_t no_memory; /* an allocation failed in the running call */
    _Atomic uint64_t input;     /* number of the running input + 1 */
    _Atomic uint64_t inputs;    /* run so far */
    _Atomic uint64_t digest;    /* CHECK_INPUT_SAMPLE: of all results in their order */
    _Atomic uint32_t denied_count;
    _Atomic uint32_t denied[CHECK_DENIED]; /* system calls that the lock refused */
    char what[CHECK_WHAT];                 /* the running input */
    char text[CHECK_TEXT];                 /* why */
};

#endif
