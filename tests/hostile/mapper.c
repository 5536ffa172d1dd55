/* SPDX-License-Identifier: MIT */
/* Maps identifiers by what they say, good and bad. For tests of map(). */
#include <adit/adit.h>
#include <stdlib.h>
#include <string.h>

ADIT_MODULE("mapper", "1.0.0")

static bool begins(struct adit_text text, const char *with)
{
    return text.size >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
}

static int32_t refused(const struct adit_call *job, size_t i, size_t n)
{
    const struct adit_link unknown = {ADIT_TEXT("x"), 64, 0};
    bool good = adit_link(job, n, ADIT_TEXT("x")) == ADIT_E_USAGE && adit_link(job, i, ADIT_TEXT("")) == ADIT_E_TYPE &&
                adit_link(job, i, adit_text_of(NULL, 3)) == ADIT_E_USAGE && job->host->link(job->job, (uint32_t)i, NULL) == ADIT_E_USAGE &&
                job->host->link(job->job, (uint32_t)i, &unknown) == ADIT_E_TYPE && adit_emit_u64(job, "together", 1) == ADIT_E_USAGE &&
                adit_size(job) == 0 && adit_refine(job, "a/b") == ADIT_E_USAGE;
    return good ? ADIT_OK : ADIT_FAILED;
}

static int32_t one(const struct adit_call *job, const struct adit_text *ids, size_t i, size_t n, uint32_t flags)
{
    static char large[40000];
    struct adit_text id = ids[i];
    memset(large, 'l', sizeof large);
    if (begins(id, "none"))
        return ADIT_OK;
    if (begins(id, "refused"))
        return refused(job, i, n);
    if (begins(id, "crash"))
        abort();
    for (int k = 0; begins(id, "flood") && k < 1000; k++)
        if (adit_link(job, i, adit_text_of(large, 32000)) == ADIT_E_LIMIT)
            return ADIT_OK;
    if (begins(id, "large"))
        return adit_link(job, i, adit_text_of(large, 32001)) == ADIT_E_LIMIT ? ADIT_OK : ADIT_FAILED;
    if (begins(id, "latin"))
        (void)adit_link(job, i, ADIT_TEXT("a\xe9"));
    if (begins(id, "halves")) { /* a character in two links */
        (void)adit_link(job, i, ADIT_TEXT("a\xc3"));
        (void)adit_link(job, i, ADIT_TEXT("\xa9"));
    }
    if (begins(id, "secondary"))
        (void)adit_link_secondary(job, i, ADIT_TEXT("main"));
    if (begins(id, "withdrawn"))
        (void)adit_link_obsolete(job, i, ADIT_TEXT(""));
    if (begins(id, "twice")) {
        (void)adit_link(job, 0, ADIT_TEXT("first's"));
        (void)adit_link(job, i, ADIT_TEXT("same"));
        (void)adit_link(job, i, ADIT_TEXT("same"));
    }
    if (begins(id, "id"))
        (void)adit_link(job, i, flags & ADIT_MAP_BACKWARD ? ADIT_TEXT("back") : id);
    return ADIT_OK;
}

static int32_t map(void *state, const struct adit_call *job, const struct adit_text *ids, size_t n, uint32_t flags)
{
    int32_t status = ADIT_OK;
    (void)state;
    for (size_t i = 0; i < n && status == ADIT_OK; i++)
        status = one(job, ids, i, n, flags);
    return status;
}

static int32_t open_plugin(const struct adit_call *job, void **state)
{
    uint64_t n = adit_option_u64(job, "warnings", 0);
    (void)state;
    for (uint64_t i = 1; i <= n; i++)
        (void)adit_warnf(job, "warning %u", (unsigned)i);
    return adit_option_bool(job, "fails", false) ? ADIT_FAILED : ADIT_OK;
}

ADIT_MAPPER(open_plugin, map, NULL)
