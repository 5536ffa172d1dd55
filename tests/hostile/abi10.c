/* SPDX-License-Identifier: MIT */
/* A module of ABI 1.0, as the SDK of then built it: its table ends with close, and what lies behind it is no function. */
#include <adit/adit.h>

#undef ADIT_ABI_MINOR
#define ADIT_ABI_MINOR 0
ADIT_MODULE("abi10", "1.0.0")

struct table {
    uint32_t size;
    uint16_t abi_major, abi_minor;
    int32_t (*open)(const struct adit_call *, void **);
    int32_t (*run)(void *, const struct adit_call *);
    void (*run_batch)(void *, const struct adit_call *, int32_t *, size_t);
    void (*close)(void *);
};

static int32_t run(void *state, const struct adit_call *job)
{
    char content[64];
    int64_t n = adit_read(job, ADIT_SOURCE_MAIN, 0, content, sizeof content);
    (void)state;
    adit_emit_text(job, "content", adit_text_of(content, n > 0 ? (size_t)n : 0));
    return ADIT_OK;
}

extern __attribute__((visibility("default"))) const struct table adit_plugin;
__attribute__((used)) const struct table adit_plugin = {sizeof(struct table), ADIT_ABI_MAJOR, ADIT_ABI_MINOR, NULL, run, NULL, NULL};
