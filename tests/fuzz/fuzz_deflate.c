/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* Any bytes as deflate, zlib and gzip, and as members of a ZIP archive: what comes out is the same through a function, into memory and
 * from a reader, and never more than the bounds allow. The first bytes choose format and bounds; members are described by what comes last. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <adit/inflate.h>
#include <adit/reader.h>
#include <adit/zip.h>

#include "../sdk/memory_job.h"

enum { ROOM = 1 << 16, RECORD = 16, MEMBERS = 4 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

struct kept {
    uint8_t data[ROOM];
    size_t n;
};

static bool keep(void *context, const uint8_t *data, size_t n)
{
    struct kept *k = context;
    check(n > 0 && n <= ROOM - k->n);
    memcpy(k->data + k->n, data, n);
    k->n += n;
    return true;
}

static void inflate_all_ways(const struct adit_call *call, enum adit_inflate_format format, uint64_t size,
                             uint64_t most, uint32_t ratio)
{
    static struct kept sunk, copied;
    static uint8_t piece[333];
    struct adit_inflate z = adit_inflate(call, 2, size, format);
    enum adit_inflate_result read_result = ADIT_INFLATE_DONE, result;
    z.max_output = most;
    z.max_ratio = ratio;
    z.sink = keep;
    z.context = &sunk;
    sunk.n = 0;
    result = adit_inflate_run(&z);
    check(z.produced == sunk.n && z.produced <= most && z.consumed <= size &&
          (result == ADIT_INFLATE_DONE) == (*z.message == '\0'));
    if (ratio == 0) {
        struct adit_inflate into = adit_inflate(call, 2, size, format);
        enum adit_inflate_result same = adit_inflate_into(&into, copied.data, (size_t)most);
        check(into.produced == z.produced && memcmp(copied.data, sunk.data, sunk.n) == 0 && same == result);
    }
    z.sink = NULL;
    struct adit_reader *reader = adit_inflate_open(&z, &read_result);
    int64_t got;
    for (copied.n = 0; reader && (got = adit_read_next(reader, piece, sizeof piece)) > 0; copied.n += (size_t)got)
        check(copied.n + (size_t)got <= sunk.n && memcmp(sunk.data + copied.n, piece, (size_t)got) == 0);
    check(!reader || result != ADIT_INFLATE_DONE || (copied.n == sunk.n && read_result == ADIT_INFLATE_DONE));
    adit_inflate_close(reader);
}

/* ---- what the plugin zip would have told: node 1 is its fields, 2 the members, 3 to 6 each of them, others their fields ---- */

static const uint8_t *records;
static const char *const fields[] = {"name",     "offset", "compressed_size", "uncompressed_size", "compression_method",
                                     "encrypted"};

static uint32_t need(struct adit_job *job, const char *plugin, uint32_t nth)
{
    (void)job;
    return strcmp(plugin, "zip") == 0 && nth == 0;
}
static uint32_t node_child(struct adit_job *job, uint32_t node, const char *name, size_t n)
{
    (void)job;
    if (node == 1)
        return n == 7 && memcmp(name, "members", 7) == 0 ? 2 : 0;
    for (uint32_t i = 0; node >= 3 && node < 3 + MEMBERS && i < 6; i++)
        if (strlen(fields[i]) == n && memcmp(fields[i], name, n) == 0)
            return 10 * (node - 2) + i;
    return 0;
}
static uint32_t node_first(struct adit_job *job, uint32_t node)
{
    (void)job;
    return node == 2 ? 3 : 0;
}
static uint32_t node_next(struct adit_job *job, uint32_t node)
{
    (void)job;
    return node < 2 + MEMBERS ? node + 1 : 0;
}
static int node_get(struct adit_job *job, uint32_t node, struct adit_value *v, struct adit_text *name)
{
    const uint8_t *r = records + RECORD * (node / 10 - 1);
    (void)job;
    (void)name;
    switch (node % 10) {
    case 0:
        *v = adit_value_text(adit_text_of((const char *)r, 2));
        break;
    case 4:
        *v = r[14] & 1   ? adit_value_text(ADIT_TEXT("deflated"))
             : r[14] & 2 ? adit_value_text(ADIT_TEXT("stored"))
                         : adit_value_u64(7);
        break;
    case 5:
        *v = adit_value_bool(r[15] & 1);
        break;
    default:
        r += 2 + 4 * (node % 10 - 1);
        *v = adit_value_u64((uint64_t)r[0] | (uint64_t)r[1] << 8 | (uint64_t)r[2] << 16 | (uint64_t)r[3] << 32);
    }
    return 0;
}

static void read_members(const struct adit_call *call)
{
    static char piece[4096];
    struct adit_zip_member member;
    struct adit_zip_reader reader;
    uint32_t node = 0, count = 0;
    while (adit_zip_next(call, &node, &member)) {
        uint64_t total = 0;
        int64_t got = 0;
        struct adit_zip_member again;
        check(++count <= MEMBERS && adit_zip_find(call, member.name, &again));
        if (!adit_zip_open(&reader, call, &member))
            continue;
        while (total < ROOM && (got = adit_read_next(reader.from, piece, sizeof piece)) > 0)
            total += (uint64_t)got;
        check(!member.encrypted && (member.deflated || total <= member.compressed_size));
        adit_zip_close(&reader);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct adit_job job;
    struct adit_call call = memory_call(&job, data, size);
    struct adit_host host = memory_host;
    if (size < 2)
        return 0;
    inflate_all_ways(&call, (enum adit_inflate_format)(data[0] % 3), size - 2, data[1] & 1 ? ROOM : 100,
                     data[1] & 2 ? 4 : 0);
    if (size < RECORD * MEMBERS)
        return 0;
    records = data + size - RECORD * MEMBERS;
    host.need = need;
    host.node_child = node_child;
    host.node_first = node_first;
    host.node_next = node_next;
    host.node_get = node_get;
    call.host = &host;
    read_members(&call);
    return 0;
}
