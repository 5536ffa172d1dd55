/* SPDX-License-Identifier: MIT */
/*
 * What crosses between the host and the locked processes.
 *
 *   host → zygote   SEQPACKET messages: LOCK once, then LOAD (a sealed module and its resources) and FORK (a worker's
 *                   socket and shared memory), in any number
 *   zygote → host   LOCKED, LOADED, and WARNED before it
 *   host → worker   SEQPACKET messages: a BATCH of tasks, descriptors beside it
 *   worker → host   one-byte doorbells by the socket, everything else as records in a ring of shared memory, so that what a
 *                   worker found out before it died is not lost
 *
 * Both sides are built together: numbers are in the machine's own order. The host believes nothing that it reads here.
 */
#ifndef HOST_WIRE_H
#define HOST_WIRE_H

#include <adit/abi.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WIRE_VERSION = 2,
    WIRE_SOCKET = 3,                /* the zygote's descriptor of its socket */
    WIRE_MESSAGE = 96 * 1024,       /* bytes of one message at most */
    WIRE_DESCRIPTORS = 240,         /* of one message; the kernel's SCM_MAX_FD is 253 */
    WIRE_TASKS = 64,                /* of one batch */
    WIRE_RING = 256 * 1024,         /* bytes of the ring; a power of two */
    WIRE_SHARED = 4096 + WIRE_RING, /* struct wire_shared on its page, then the ring */
    WIRE_VALUE = 1024 * 1024,       /* bytes of one text or bytes value at most */
    WIRE_RECORD = WIRE_VALUE + 4096,
    WIRE_DATA = 32 * 1024,          /* bytes of one DATA or LINKS record at most */
    WIRE_WARNINGS = 32,             /* of one open() */
    WIRE_IDS = 1024 * 1024,         /* bytes of the identifiers of one MAP task at most */
};

enum wire_message {
    WIRE_LOCK = 1,
    WIRE_LOAD,
    WIRE_FORK,
    WIRE_BATCH,
    WIRE_LOCKED = 16,
    WIRE_LOADED,
    WIRE_WARNED,
    WIRE_HELLO = 32, /* from a new worker, with its credentials */
    WIRE_DOORBELL,
};

/* LOCK: followed by two BPF programs (struct sock_filter arrays). */
struct wire_lock {
    uint32_t message, version;
    uint32_t sandbox;       /* 0: --sandbox=off */
    uint32_t filter_counts[2];
    uint32_t debug;         /* keep standard error */
    uint64_t address_space; /* RLIMIT_AS, hard; 0: none */
    uint64_t cpu_seconds;   /* RLIMIT_CPU, a backstop */
};

/* LOCKED, LOADED: status 0, or what is wrong in `text`. WARNED: what the open() of `plugin` warned of, WIRE_WARNINGS times at most. */
struct wire_reply {
    uint32_t message;
    int32_t status;
    uint32_t plugin;
    uint32_t landlock_abi; /* LOCKED */
    uint64_t kept;         /* LOADED: bytes in the memory file */
    char text[512];
};

/* LOAD: `library_count` sealed libraries of its own, the sealed module (none of both where `module_of` names a plugin that has
 * it already), then one descriptor a resource, then, as `keeping` says, one of what was kept in an earlier run, or of a memory file for what
 * is to be. Followed by NUL-terminated strings: the plugin's name,
 * option_count pairs, resource_count keys, companion_count labels, and stream_count times a media type and "1" or "0" (is it
 * wanted?). */
struct wire_load {
    uint32_t message, plugin;
    uint32_t option_count, resource_count, companion_count, stream_count;
    uint32_t strings; /* bytes */
    uint32_t module_of;
    uint32_t library_count, keeping;
    uint64_t kept_size;
    uint64_t output_bytes, stream_bytes, artifact_bytes;
    uint64_t artifact_most;
};
enum { WIRE_MAY_KEEP = 1, WIRE_HAS_KEPT = 2 };
#define WIRE_NO_PLUGIN UINT32_MAX

/* FORK: descriptors 0 (the worker's socket) and 1 (its shared memory). */
struct wire_fork {
    uint32_t message, reserved;
    uint64_t key; /* without which filter 1 lets nobody fork */
};

/* BATCH: `count` tasks, each a struct wire_task followed by its variable parts, padded to 8. */
struct wire_batch {
    uint32_t message, count;
    uint32_t serial;
    uint32_t descriptor_count;
};
enum { WIRE_NO_DESCRIPTOR = 0xffff };
/* MAP: one job, an id mapper's; the source is a sequence of identifiers, each uint32_t size and bytes. */
enum { WIRE_TASK_STREAMS = 1, WIRE_TASK_ARTIFACTS = 2, WIRE_TASK_MAP = 4, WIRE_TASK_MAP_BACKWARD = 8 };
struct wire_task {
    uint32_t bytes;           /* of this task, all parts and padding included */
    uint16_t flags;
    uint16_t descriptor;      /* index, or WIRE_NO_DESCRIPTOR: then `inline_size` bytes are the source */
    uint64_t offset, size;    /* the source: a range of the descriptor */
    uint64_t stream_bytes;    /* what is left of the source's quota of made streams */
    uint32_t inline_size;
    uint32_t needs_size;      /* inline, unless needs_descriptor is given */
    uint16_t needs_descriptor;
    uint16_t name_size, media_size;
    uint16_t job_count, companion_count;
    uint16_t reserved[3];
    /* then: uint32_t jobs[job_count]; struct wire_companion[companion_count]; name; media; needs; inline bytes */
};
struct wire_companion {
    uint64_t size;
    uint32_t plugin;
    uint16_t label;      /* index in the plugin's [companions] */
    uint16_t descriptor;
};
/* needs: for each: uint32_t size of the fields, uint8_t size of the plugin's name, name, fields (fields.h). */

/* Records in the ring. */
enum wire_record {
    RECORD_JOB_BEGIN = 1,  /* uint32_t plugin */
    RECORD_FIELD,          /* one event (fields.h) */
    RECORD_WARN,           /* text */
    RECORD_REFINE,         /* media type */
    RECORD_STREAM_RANGE,   /* struct wire_stream, name, media */
    RECORD_STREAM_OPEN,    /* struct wire_stream, name, media; then DATA…, CLOSE */
    RECORD_ARTIFACT_OPEN,  /* struct wire_stream, name, media; then DATA…, CLOSE */
    RECORD_DATA,
    RECORD_CLOSE,          /* flags: ADIT_STREAM_TRUNCATED, WIRE_CLOSE_LIMIT */
    RECORD_JOB_END,        /* struct wire_job_end */
    RECORD_TASK_END,
    RECORD_BATCH_END,      /* uint32_t serial */
    RECORD_LINKS,          /* links.h */
};
enum { WIRE_CLOSE_LIMIT = 2 }; /* cut because it did not fit the job's quota */
struct wire_record_head {
    uint8_t kind, flags;
    uint16_t task; /* index in the batch */
    uint32_t size; /* of what follows */
};
struct wire_stream {
    uint64_t offset, size;
    uint32_t flags;
    uint16_t name_size, media_size;
};
enum { JOB_END_SHRANK = 1, JOB_END_NO_MEMORY = 2, JOB_END_LIMIT = 4, JOB_END_NESTING = 8, JOB_END_VIEWS = 16,
       JOB_END_READ_ERROR = 32, JOB_END_CANCELLED = 64, JOB_END_DEPTH = 128, JOB_END_UNBEGUN = 256 };
struct wire_job_end {
    int32_t status; /* enum adit_status */
    uint32_t flags;
    uint64_t refused; /* emit calls that were refused in the worker */
};

/* The first page of a worker's shared memory. Each member is written by one side; the host copies before it checks. */
struct wire_shared {
    _Atomic uint64_t head;       /* worker: bytes written to the ring, ever */
    _Atomic uint64_t tail;       /* host: bytes taken out, ever */
    _Atomic uint32_t wake;       /* host: futex word, counts up when room was made for a waiting worker */
    _Atomic uint32_t waiting;    /* worker: set while it waits for room */
    _Atomic uint32_t doorbell;   /* set by the worker when it rings, cleared by the host before it reads */
    _Atomic uint32_t cancel;     /* host: the running job should stop */
    _Atomic uint32_t task;       /* worker: index in the batch + 1; 0: idle */
    _Atomic uint32_t plugin;     /* worker: whose code runs */
    _Atomic uint32_t serial;     /* worker: of the batch */
    _Atomic uint32_t no_memory;  /* worker: an allocation failed in this job */
    _Atomic uint32_t denied;     /* worker: system call number + 1 that the filter trapped */
    _Atomic uint32_t reserved;
    _Atomic uint64_t job_serial; /* worker: jobs begun, ever */
    _Atomic uint64_t done, total; /* worker: progress of the running job */
};

#endif
