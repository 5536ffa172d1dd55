/* SPDX-License-Identifier: MIT */
/* libraries: zlib */
/* gzip: the members' headers, and their content as one stream. Source: RFC 1952; the SAM specification, 4.1 (BGZF). */
#include <adit/adit.h>
#include <adit/charset.h>
#include <adit/inflate.h>
#include <adit/tag.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

ADIT_MODULE("gzip", "1.0.0")

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };
enum { TEXT_MAX = 64 * 1024, MAX_SUBFIELDS = 64, TRAILER_SIZE = 8, MAX_MEMBERS = 1 << 20 };
#define LL(x) ((unsigned long long)(x))

/* 2.3.1, OS */
static const struct adit_tag systems[] = {
    {0, 0, "FAT filesystem"},
    {1, 0, "Amiga"},
    {2, 0, "VMS"},
    {3, 0, "Unix"},
    {4, 0, "VM/CMS"},
    {5, 0, "Atari TOS"},
    {6, 0, "HPFS filesystem"},
    {7, 0, "Macintosh"},
    {8, 0, "Z-System"},
    {9, 0, "CP/M"},
    {10, 0, "TOPS-20"},
    {11, 0, "NTFS filesystem"},
    {12, 0, "QDOS"},
    {13, 0, "Acorn RISCOS"},
    {255, 0, "unknown"},
};

struct range {
    uint64_t offset, size;
};

struct header {
    uint8_t method, flags, extra_flags, os;
    uint32_t mtime;
    struct range extra, name, comment; /* size 0 and offset 0: not there */
    uint64_t size;                     /* of the header */
    bool crc_holds;
};

struct gzip {
    const struct adit_call *job;
    int32_t status;
    struct header first;
    uint64_t members, output, at; /* at: where the next member begins */
    uint32_t last_crc;
    uint64_t trailing; /* bytes behind the last member */
    uLong crc;
};

/* Text up to a NUL, which is not counted. */
static struct range skip_string(struct adit_cursor *c)
{
    struct range r = {adit_tell(c), 0};
    while (adit_read_u8(c) != 0 && adit_ok(c))
        if (++r.size > TEXT_MAX)
            adit_fail(c);
    return r;
}

/* 2.3.1, CRC16: the lower half of the CRC-32 of the header before it. */
static bool header_crc_holds(const struct adit_call *job, uint64_t offset, uint64_t n, uint16_t expected)
{
    uint8_t piece[512];
    uLong crc = 0;
    for (uint64_t done = 0; done < n;) {
        size_t want = n - done < sizeof piece ? (size_t)(n - done) : sizeof piece;
        if (adit_read(job, ADIT_SOURCE_MAIN, offset + done, piece, want) != (int64_t)want)
            return false;
        crc = crc32(crc, piece, (uInt)want);
        done += want;
    }
    return (crc & 0xffff) == expected;
}

/* 2.3: reads the header at `offset`. False: the magic is not there, or the header is not all there (*cut). */
static bool read_header(const struct adit_call *job, uint64_t offset, struct header *h, bool *cut)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, offset, UINT64_MAX);
    memset(h, 0, sizeof *h);
    *cut = adit_left(&c) < 10;
    if (!adit_match_literal(&c, "\x1f\x8b"))
        return false;
    h->method = adit_read_u8(&c);
    h->flags = adit_read_u8(&c);
    h->mtime = adit_read_u32le(&c);
    h->extra_flags = adit_read_u8(&c);
    h->os = adit_read_u8(&c);
    if (h->flags & FEXTRA) {
        h->extra.size = adit_read_u16le(&c);
        h->extra.offset = adit_tell(&c);
        adit_skip(&c, h->extra.size);
    }
    if (h->flags & FNAME)
        h->name = skip_string(&c);
    if (h->flags & FCOMMENT)
        h->comment = skip_string(&c);
    h->crc_holds = true;
    if (h->flags & FHCRC) {
        uint64_t n = adit_tell(&c);
        uint16_t expected = adit_read_u16le(&c);
        h->crc_holds = adit_ok(&c) && header_crc_holds(job, offset, n, expected);
    }
    h->size = adit_tell(&c);
    *cut = !adit_ok(&c);
    return adit_ok(&c);
}

/* RFC 1952 2.3.1: names and comments are ISO 8859-1. */
static void emit_latin1(const struct adit_call *job, const char *field, struct range r)
{
    struct adit_text text = adit_view(job, ADIT_SOURCE_MAIN, r.offset, (size_t)r.size);
    if (r.size > 0 && text.data)
        adit_emit_in_charset(job, field, ADIT_CHARSET_LATIN1, text);
}

/* 2.3.1.1: subfields SI1 SI2 LEN data. BC of 2 bytes is BGZF's: the size of the member less 1. */
static void emit_subfields(const struct adit_call *job, struct range extra)
{
    struct adit_cursor c = adit_cursor_at(job, ADIT_SOURCE_MAIN, extra.offset, extra.size);
    bool bgzf = false;
    adit_begin_list(job, "extra");
    for (int i = 0; i < MAX_SUBFIELDS && adit_left(&c) >= 4; i++) {
        char id[2];
        (void)adit_read_exact(&c, id, 2);
        uint16_t size = adit_read_u16le(&c);
        struct adit_text data = adit_read_bytes(&c, size);
        if (!adit_ok(&c))
            break;
        bgzf = bgzf || (id[0] == 'B' && id[1] == 'C' && size == 2);
        adit_begin_object(job, "");
        adit_emit_text(job, "id", adit_text_of(id, 2));
        adit_emit_bytes(job, "data", data);
        adit_end(job);
    }
    adit_end(job);
    adit_emit_bool(job, "bgzf", bgzf);
}

static void emit_header(const struct adit_call *job, const struct header *h)
{
    adit_emit_string(job, "compression_method", "deflate");
    if (h->flags & FNAME)
        emit_latin1(job, "name", h->name);
    if (h->flags & FCOMMENT)
        emit_latin1(job, "comment", h->comment);
    if (h->mtime != 0) /* 0: no time is told */
        adit_emit_time(job, "mtime", adit_time_from_unix(h->mtime, 0, ADIT_TIME_SECOND));
    adit_emit_tag(job, "os", ADIT_TAGS(systems), h->os);
    adit_emit_u64(job, "extra_flags", h->extra_flags);
    adit_emit_bool(job, "is_text", h->flags & FTEXT);
    if (h->flags & FEXTRA)
        emit_subfields(job, h->extra);
}

static bool take(void *context, const uint8_t *data, size_t n)
{
    struct gzip *g = (struct gzip *)context;
    g->crc = crc32(g->crc, data, (uInt)n);
    return adit_write(g->job, data, n) == 0 && adit_progress(g->job, g->at, adit_size(g->job));
}

static void fault(struct gzip *g, uint64_t offset, const char *what)
{
    g->status = ADIT_MALFORMED;
    adit_warnf(g->job, "member %llu, offset %llu: %s", LL(g->members + 1), LL(offset), what);
}

/* One member's data and trailer (2.3.1: CRC32, ISIZE). False: no more can be read. */
static bool decode(struct gzip *g, const struct header *h)
{
    char text[96];
    struct adit_inflate z = adit_inflate(g->job, g->at + h->size, UINT64_MAX, ADIT_INFLATE_RAW);
    z.sink = take;
    z.context = g;
    g->crc = 0;
    enum adit_inflate_result result = adit_inflate_run(&z);
    uint64_t trailer = g->at + h->size + z.consumed;
    g->output += z.produced;
    if (result != ADIT_INFLATE_DONE) {
        if (result != ADIT_INFLATE_STOPPED)
            fault(g, trailer, z.message);
        return false;
    }
    struct adit_cursor c = adit_cursor_at(g->job, ADIT_SOURCE_MAIN, trailer, TRAILER_SIZE);
    uint32_t crc = adit_read_u32le(&c), isize = adit_read_u32le(&c);
    if (!adit_ok(&c)) {
        fault(g, trailer, "the file ends before the 8 bytes of CRC32 and ISIZE");
        return false;
    }
    if (crc != (uint32_t)g->crc) {
        (void)snprintf(text, sizeof text, "expected CRC32 %08x, found %08x", crc, (uint32_t)g->crc);
        fault(g, trailer, text);
    } else if (isize != (uint32_t)z.produced) {
        (void)snprintf(text, sizeof text, "expected ISIZE %u, found %u bytes", isize, (uint32_t)z.produced);
        fault(g, trailer + 4, text);
    }
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
        fault(g, g->at, "expected another member or the end, found other bytes");
}

/* All members, one after another. False: not everything was decoded. */
static bool decode_all(struct gzip *g)
{
    struct header h = g->first;
    bool cut = false;
    while (g->members < MAX_MEMBERS && adit_progress(g->job, g->at, adit_size(g->job))) {
        if (h.method != 8 || h.flags & RESERVED) {
            fault(g, g->at, "reserved flags, or a method other than deflate");
            return false;
        }
        if (!decode(g, &h))
            return false;
        if (g->at >= adit_size(g->job))
            return true;
        if (!read_header(g->job, g->at, &h, &cut)) {
            look_behind(g);
            return true;
        }
    }
    return false;
}

/* The stream's name: the one in the header; else the file's, less what gzip adds to it. */
static struct adit_text stream_name(const struct gzip *g, char *room, size_t size)
{
    struct adit_text name = adit_source_name(g->job);
    if (g->first.flags & FNAME && g->first.name.size > 0) {
        struct adit_text raw = adit_view(g->job, ADIT_SOURCE_MAIN, g->first.name.offset, (size_t)g->first.name.size);
        size_t n = adit_charset_to_utf8(ADIT_CHARSET_LATIN1, raw, room, size);
        return adit_text_of(room, n < size ? n : 0);
    }
    if (name.size > 3 && memcmp(name.data + name.size - 3, ".gz", 3) == 0)
        return adit_text_of(name.data, name.size - 3);
    if (name.size > 4 && name.size < size && memcmp(name.data + name.size - 4, ".tgz", 4) == 0) {
        memcpy(room, name.data, name.size);
        memcpy(room + name.size - 4, ".tar", 4);
        return adit_text_of(room, name.size);
    }
    return name;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct gzip g = {.job = job, .status = ADIT_OK};
    char room[1024];
    bool cut;
    (void)state;
    if (!read_header(job, 0, &g.first, &cut)) {
        adit_warnf(job, "offset 0: %s", cut ? "the header is cut" : "expected the gzip magic 1f 8b");
        return cut ? ADIT_MALFORMED : ADIT_DECLINED;
    }
    if (g.first.method != 8 || g.first.flags & RESERVED) {
        adit_warnf(job, "offset 2: method %u, flags 0x%02x: expected method 8 and no reserved flags", g.first.method,
                   g.first.flags);
        return ADIT_UNSUPPORTED;
    }
    emit_header(job, &g.first);
    if (!g.first.crc_holds)
        fault(&g, 0, "the header's CRC16 is wrong");
    if (adit_open_stream(job, stream_name(&g, room, sizeof room), NULL) != 0)
        return g.status;
    bool whole = decode_all(&g);
    (void)(whole ? adit_close(job) : adit_close_truncated(job));
    if (!whole)
        return g.status;
    if (g.trailing > 0)
        adit_emit_u64(job, "trailing_size", g.trailing);
    adit_emit_u64(job, "member_count", g.members);
    adit_emit_u64(job, "uncompressed_size", g.output);
    if (g.members == 1) {
        (void)snprintf(room, sizeof room, "%08x", g.last_crc);
        adit_emit_string(job, "crc32", room);
    }
    return g.status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
