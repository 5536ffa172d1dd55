/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* gzip: the members' headers, and their content as one stream. Source: RFC 1952; the SAM specification, 4.1 (BGZF). */
#include "gzip_header.h"
#include "unpacked_name.h"
#include <adit/hex.h>
#include <adit/inflate.h>
#include <adit/report.h>

ADIT_MODULE("gzip", "1.0.0")

enum { TRAILER_SIZE = 8, MAX_MEMBERS = 1 << 20 };

struct gzip {
    const struct adit_call *job;
    struct adit_report report;
    struct header h;              /* of the member that comes next */
    uint64_t members, output, at; /* at: where the next member begins */
    uint32_t last_crc;
    uint64_t trailing; /* bytes behind the last member */
};

#define FAULT(g, offset, format, ...)                                                                                  \
    adit_complain(&(g)->report, "member %llu, offset %llu: " format, ADIT_LLU((g)->members + 1), ADIT_LLU(offset),     \
                  __VA_ARGS__)

/* One member's data and trailer (2.3.1: CRC32, ISIZE). False: no more can be read. */
static bool decode(struct gzip *g)
{
    struct adit_inflate z = adit_inflate(g->job, g->at + g->h.size, UINT64_MAX, ADIT_INFLATE_RAW);
    z.check = adit_crc32;
    enum adit_inflate_result result = adit_inflate_write(&z);
    uint64_t trailer = z.offset + z.consumed;
    g->output += z.produced;
    if (result != ADIT_INFLATE_DONE) {
        if (result != ADIT_INFLATE_STOPPED)
            FAULT(g, trailer, "%s", z.message);
        return false;
    }
    struct adit_cursor c = adit_cursor_at(g->job, ADIT_SOURCE_MAIN, trailer, TRAILER_SIZE);
    uint32_t crc = adit_read_u32le(&c), isize = adit_read_u32le(&c);
    if (!adit_ok(&c)) {
        FAULT(g, trailer, "%s", "the file ends before the 8 bytes of CRC32 and ISIZE");
        return false;
    }
    if (crc != z.sum)
        FAULT(g, trailer, "expected CRC32 %08x, found %08x", crc, z.sum);
    else if (isize != (uint32_t)z.produced)
        FAULT(g, trailer + 4, "expected ISIZE %u, found %u bytes", isize, (uint32_t)z.produced);
    g->last_crc = crc;
    g->members++;
    g->at = trailer + TRAILER_SIZE;
    return true;
}

/* What stands behind the last member: zeroes are padding (of tapes); anything else is not part of the format. */
static void look_behind(struct gzip *g)
{
    uint8_t piece[512];
    int64_t got = adit_read(g->job, ADIT_SOURCE_MAIN, g->at, piece, sizeof piece), i = 0;
    while (i < got && piece[i] == 0)
        i++;
    g->trailing = adit_size(g->job) - g->at;
    if (i < got)
        FAULT(g, g->at, "%s", "expected another member or the end, found other bytes");
}

/* All members, one after another. False: not everything was decoded. */
static bool decode_all(struct gzip *g)
{
    bool cut;
    while (g->members < MAX_MEMBERS && adit_progress(g->job, g->at, adit_size(g->job))) {
        if (g->h.method != DEFLATE || g->h.flags & RESERVED) {
            FAULT(g, g->at, "%s", "reserved flags, or a method other than deflate");
            return false;
        }
        if (!decode(g))
            return false;
        if (g->at >= adit_size(g->job))
            return true;
        if (!read_header(g->job, g->at, &g->h, &cut)) {
            look_behind(g);
            return true;
        }
    }
    return false;
}

/* The name in the header; else the file's, less what gzip adds to it. */
static struct adit_text stream_name(const struct gzip *g, char *room, size_t size)
{
    static const char *const endings[] = {".gz", "", ".tgz", ".tar", NULL};
    return g->h.name.size > 0 ? header_name(g->job, &g->h, room, size) : unpacked_name(g->job, endings, room, size);
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct gzip g = {.job = job, .report = adit_report(job)};
    char room[1024];
    bool cut;
    (void)state;
    if (!read_header(job, 0, &g.h, &cut)) {
        if (cut && adit_size(job) >= FIXED_SIZE)
            emit_header(job, &g.h);
        adit_warnf(job, "offset 0: %s", cut ? "the header is cut" : "expected the gzip magic 1f 8b");
        return cut ? ADIT_MALFORMED : ADIT_DECLINED;
    }
    emit_header(job, &g.h);
    if (g.h.method != DEFLATE || g.h.flags & RESERVED) {
        adit_warnf(job, "offset 2: method %u, flags 0x%02x: expected method 8 and no reserved flags", g.h.method,
                   g.h.flags);
        return ADIT_UNSUPPORTED;
    }
    if (!g.h.crc_holds)
        FAULT(&g, UINT64_C(0), "%s", "the header's CRC16 is wrong");
    if (adit_open_stream(job, stream_name(&g, room, sizeof room), NULL) != 0)
        return adit_verdict(&g.report);
    bool whole = decode_all(&g);
    (void)adit_close_as(job, whole);
    if (!whole)
        return adit_verdict(&g.report);
    if (g.trailing > 0)
        adit_emit_u64(job, "trailing_size", g.trailing);
    adit_emit_u64(job, "member_count", g.members);
    adit_emit_u64(job, "uncompressed_size", g.output);
    if (g.members == 1)
        adit_emit_hex_number(job, "crc32", g.last_crc, 8);
    return adit_verdict(&g.report);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
