/* SPDX-License-Identifier: MIT */
/* Numbers in comments are sections of [MS-CFB]. */
#include <adit/charset.h>
#include <adit/cursor.h>
#include <adit/emit.h>
#include <adit/ole2.h>
#include <adit/stream.h>
#include <stdlib.h>
#include <string.h>

/* 2.1: numbers of sectors that are none. */
#define MAXREGSECT 0xfffffffau
#define ENDOFCHAIN 0xfffffffeu
/* 2.6.1 */
#define NOSTREAM 0xffffffffu

enum { ENTRY = 128, HEADER_DIFAT = 109, UNIT = sizeof(uint32_t) };

struct adit_ole2_node {
    uint32_t id, parent; /* parent: its place among the nodes */
    uint32_t depth;
};

static void fault(struct adit_ole2 *o, const char *what, uint64_t at)
{
    if (!o->fault) {
        o->fault = what;
        o->fault_at = at;
    }
}

/* ---- numbers and extents ---- */

static uint16_t le16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static uint32_t le32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
static uint64_t le64(const uint8_t *p)
{
    return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* Sector numbers lie at multiples of four, so none straddles two windows. */
static bool number_at(struct adit_ole2 *o, uint64_t offset, uint32_t *out)
{
    uint64_t base = offset & ~(uint64_t)(sizeof o->window - 1);
    if (o->window_filled == 0 || base != o->window_at) {
        int64_t got = adit_read(o->job, o->source, base, o->window, sizeof o->window);
        o->window_at = base;
        o->window_filled = got > 0 ? (uint32_t)got : 0;
    }
    if (offset - base + UNIT > o->window_filled)
        return false;
    *out = le32(o->window + (offset - base));
    return true;
}

static uint64_t sector_offset(const struct adit_ole2 *o, uint32_t sector)
{
    return ((uint64_t)sector + 1) * o->sector_size;
}

static const char *append(struct adit_ole2_extents *list, uint64_t offset, uint64_t size)
{
    struct adit_ole2_extent *last = list->count ? &list->items[list->count - 1] : NULL;
    if (last && last->offset + last->size == offset) {
        last->size += size;
    } else {
        if (list->count == list->room) {
            uint32_t room = list->room ? list->room * 2 : 4;
            struct adit_ole2_extent *more = NULL;
            if (room > ADIT_OLE2_MAX_EXTENTS)
                return "a stream is in more pieces than are followed";
            more = (struct adit_ole2_extent *)realloc(list->items, room * sizeof *more);
            if (!more)
                return "there is no memory for a stream's extents";
            list->items = more;
            list->room = room;
        }
        list->items[list->count++] = (struct adit_ole2_extent){list->size, offset, size};
    }
    list->size += size;
    return NULL;
}

/* The extent that holds a position; NULL: it is beyond the end. */
static const struct adit_ole2_extent *extent_of(const struct adit_ole2_extents *list, uint64_t position)
{
    uint32_t low = 0, high = list->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list->items[middle].position + list->items[middle].size <= position)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->count ? &list->items[low] : NULL;
}

/* ---- chains (2.3, 2.4) ---- */

/* Where a sector lies, and how many of its bytes are there. */
static bool place(const struct adit_ole2 *o, uint32_t sector, bool mini, uint64_t *offset, uint64_t *left)
{
    if (!mini) {
        *offset = sector_offset(o, sector);
        *left = sector < o->sectors ? o->size - *offset : 0;
        return sector < o->sectors;
    }
    uint64_t position = (uint64_t)sector * o->mini_sector_size;
    const struct adit_ole2_extent *e = extent_of(&o->mini_stream, position);
    if (!e)
        return false;
    *offset = e->offset + (position - e->position);
    *left = e->size - (position - e->position);
    return true;
}

static bool next_sector(struct adit_ole2 *o, bool mini, uint32_t *sector)
{
    if (mini) {
        uint64_t position = (uint64_t)*sector * UNIT;
        const struct adit_ole2_extent *e = extent_of(&o->mini_fat, position);
        return e && number_at(o, e->offset + (position - e->position), sector);
    }
    uint32_t each = o->sector_size / UNIT, of = *sector / each;
    return of < o->fat_count && o->fat[of] < o->sectors &&
           number_at(o, sector_offset(o, o->fat[of]) + (uint64_t)(*sector % each) * UNIT, sector);
}

/* Collects the extents of a chain, at most `want` bytes. A chain that comes back to a sector is noticed before it has gone round
 * twice (Brent). Returns what is wrong, or NULL. */
static const char *follow(struct adit_ole2 *o, uint32_t sector, bool mini, uint64_t want, struct adit_ole2_extents *out)
{
    uint32_t unit = mini ? o->mini_sector_size : o->sector_size, anchor = ENDOFCHAIN;
    uint64_t steps = 0, power = 1, offset = 0, left = 0;
    while (sector != ENDOFCHAIN && out->size < want) {
        if (sector == anchor)
            return "a chain of sectors comes back to itself";
        if (steps++ == power) {
            anchor = sector;
            power *= 2;
        }
        if (!place(o, sector, mini, &offset, &left))
            return "a chain leads to a sector that is not in the file";
        uint64_t n = want - out->size < unit ? want - out->size : unit;
        const char *error = append(out, offset, n < left ? n : left);
        if (error)
            return error;
        if (n > left && want != UINT64_MAX)
            return "the file ends within a sector of a stream";
        if (out->size < want && !next_sector(o, mini, &sector))
            return "a chain leads to a sector that the allocation table does not have";
    }
    return out->size < want && want != UINT64_MAX ? "a chain ends before its stream does" : NULL;
}

/* ---- opening ---- */

/* 2.5: the sectors of the FAT: 109 in the header, more in the chain of DIFAT sectors, of which the last number is the next one. */
static bool read_difat(struct adit_ole2 *o, uint32_t next)
{
    uint32_t each = o->sector_size / UNIT, most = o->sectors / each + 1, sector = 0;
    uint64_t at = 76;
    o->fat = (uint32_t *)calloc(most, sizeof *o->fat);
    if (!o->fat)
        return false;
    for (uint32_t i = 0, within = HEADER_DIFAT; o->fat_count < most; i++) {
        if (i == within) { /* each DIFAT sector gives a FAT sector, so that a loop ends at `most` */
            if (next > MAXREGSECT)
                break;
            if (next >= o->sectors) {
                fault(o, "the DIFAT leads to a sector that is not in the file", at + (uint64_t)i * UNIT);
                break;
            }
            at = sector_offset(o, next);
            i = 0;
            within = each - 1;
            if (!number_at(o, at + (uint64_t)within * UNIT, &next))
                break;
        }
        if (!number_at(o, at + (uint64_t)i * UNIT, &sector) || sector > MAXREGSECT)
            break;
        if (sector >= o->sectors)
            fault(o, "a sector of the FAT is not in the file", at + (uint64_t)i * UNIT);
        o->fat[o->fat_count++] = sector;
    }
    return true;
}

static bool entry_bytes(struct adit_ole2 *o, uint32_t id, uint8_t raw[ENTRY], uint64_t *at)
{
    const struct adit_ole2_extent *e = extent_of(&o->directory, (uint64_t)id * ENTRY);
    if (!e)
        return false;
    *at = e->offset + ((uint64_t)id * ENTRY - e->position);
    return adit_read(o->job, o->source, *at, raw, ENTRY) == ENTRY;
}

struct pending {
    uint32_t id, parent, depth;
    bool expanded; /* what is left of it has been given */
};

static void push(struct adit_ole2 *o, struct pending *stack, uint32_t *top, uint8_t *seen, struct pending p,
                 uint64_t at)
{
    if (p.id == NOSTREAM)
        return;
    if ((uint64_t)p.id * ENTRY >= o->directory.size || p.id >= ADIT_OLE2_MAX_ENTRIES)
        fault(o, "the directory's tree leads to an entry that is not there", at);
    else if (seen[p.id / 8] & 1u << p.id % 8)
        fault(o, "the directory's tree leads to an entry twice", at);
    else {
        seen[p.id / 8] = (uint8_t)(seen[p.id / 8] | 1u << p.id % 8);
        stack[(*top)++] = p;
    }
}

/* 2.6.4: siblings are a binary tree, the child of a storage is the top of one. Each entry is on the stack at most once. */
static bool walk_directory(struct adit_ole2 *o)
{
    uint64_t total = o->directory.size / ENTRY;
    uint8_t raw[ENTRY] = {0}, *seen = NULL;
    uint32_t top = 0;
    if (total > ADIT_OLE2_MAX_ENTRIES) {
        fault(o, "the directory has more entries than are looked at", o->directory.items[0].offset);
        total = ADIT_OLE2_MAX_ENTRIES;
    }
    struct pending *stack = (struct pending *)calloc((size_t)total + 1, sizeof *stack);
    o->nodes = (struct adit_ole2_node *)calloc((size_t)total + 1, sizeof *o->nodes);
    seen = (uint8_t *)calloc(ADIT_OLE2_MAX_ENTRIES / 8, 1);
    bool enough = stack && o->nodes && seen;
    if (enough && total > 0)
        push(o, stack, &top, seen, (struct pending){0, 0, 0, true}, 0);
    while (enough && top > 0) {
        struct pending p = stack[--top], side = {0, p.parent, p.depth, false};
        uint64_t at = 0;
        if (!entry_bytes(o, p.id, raw, &at))
            continue;
        if (!p.expanded) {
            side.id = le32(raw + 72);
            push(o, stack, &top, seen, side, at);
            p.expanded = true;
            stack[top++] = p;
            side.id = le32(raw + 68);
            push(o, stack, &top, seen, side, at);
            continue;
        }
        uint8_t type = raw[66];
        if (type != ADIT_OLE2_STORAGE && type != ADIT_OLE2_STREAM && type != ADIT_OLE2_ROOT) {
            fault(o, "an entry of the directory's tree is neither storage nor stream", at);
            continue;
        }
        o->nodes[o->count] = (struct adit_ole2_node){p.id, p.parent, p.depth};
        side = (struct pending){le32(raw + 76), o->count++, p.depth + 1, false};
        if (type != ADIT_OLE2_STREAM && p.depth < ADIT_OLE2_MAX_DEPTH)
            push(o, stack, &top, seen, side, at);
        else if (type != ADIT_OLE2_STREAM && side.id != NOSTREAM)
            fault(o, "storages lie deeper in each other than is followed", at);
    }
    free(seen);
    free(stack);
    return enough;
}

static bool read_structure(struct adit_ole2 *o, const uint8_t *h)
{
    uint8_t root[ENTRY];
    uint64_t at = 0, sectors = o->size > o->sector_size ? (o->size - 1) / o->sector_size : 0;
    o->sectors = sectors < MAXREGSECT ? (uint32_t)sectors : MAXREGSECT;
    if (!read_difat(o, le32(h + 68)))
        return false;
    const char *error = follow(o, le32(h + 48), false, UINT64_MAX, &o->directory);
    if (error)
        fault(o, error, 48);
    if (o->directory.size < ENTRY || !entry_bytes(o, 0, root, &at)) {
        fault(o, "there is no directory", 48);
        return true;
    }
    error = follow(o, le32(h + 60), false, UINT64_MAX, &o->mini_fat);
    if (error)
        fault(o, error, 60);
    uint64_t size = le64(root + 120);
    error = follow(o, le32(root + 116), false, o->major_version == 3 ? (uint32_t)size : size, &o->mini_stream);
    if (error)
        fault(o, error, at + 116);
    return walk_directory(o);
}

struct adit_ole2 *adit_ole2_open(const struct adit_call *job, adit_source source)
{
    static const uint8_t signature[8] = {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1};
    uint8_t h[76] = {0};
    if (adit_read(job, source, 0, h, sizeof h) < (int64_t)sizeof h || memcmp(h, signature, sizeof signature) != 0)
        return NULL;
    struct adit_ole2 *o = (struct adit_ole2 *)calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->job = job;
    o->source = source;
    o->size = adit_source_size(job, source);
    o->minor_version = le16(h + 24);
    o->major_version = le16(h + 26);
    o->sector_size = 1u << (le16(h + 30) & 31);
    o->mini_sector_size = 1u << (le16(h + 32) & 31);
    o->mini_cutoff = le32(h + 56);
    if (le16(h + 28) != 0xfffe)
        fault(o, "the header's byte order is not little endian", 28);
    else if (le16(h + 30) != 9 && le16(h + 30) != 12)
        fault(o, "the header's sectors have neither 512 nor 4096 bytes", 30);
    else if (le16(h + 32) != 6)
        fault(o, "the header's mini sectors do not have 64 bytes", 32);
    if (o->fault || read_structure(o, h))
        return o;
    adit_ole2_close(o);
    return NULL;
}

void adit_ole2_close(struct adit_ole2 *o)
{
    if (!o)
        return;
    free(o->directory.items);
    free(o->mini_fat.items);
    free(o->mini_stream.items);
    free(o->nodes);
    free(o->fat);
    free(o);
}

/* ---- entries ---- */

static bool read_entry(struct adit_ole2 *o, uint32_t index, struct adit_ole2_entry *e)
{
    static const uint8_t order[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    uint8_t raw[ENTRY];
    uint64_t at = 0;
    memset(e, 0, sizeof *e);
    if (!entry_bytes(o, o->nodes[index].id, raw, &at))
        return false;
    size_t length = le16(raw + 64); /* with its NUL */
    length = length > 64 ? 62 : length >= 2 ? (length - 2) & ~1u : 0;
    size_t n = adit_charset_to_utf8(ADIT_CHARSET_UTF16LE, adit_text_of((const char *)raw, length), e->name,
                                    sizeof e->name - 1);
    e->name[n < sizeof e->name ? n : 0] = '\0';
    e->kind = index == 0 ? ADIT_OLE2_ROOT : raw[66] == ADIT_OLE2_STREAM ? ADIT_OLE2_STREAM : ADIT_OLE2_STORAGE;
    e->id = o->nodes[index].id;
    e->depth = o->nodes[index].depth;
    for (int i = 0; i < 16; i++)
        e->class_id.bytes[i] = raw[80 + (i < 8 ? order[i] : i)];
    e->state = le32(raw + 96);
    e->created = le64(raw + 100);
    e->modified = le64(raw + 108);
    e->start = le32(raw + 116);
    e->size = e->kind == ADIT_OLE2_STORAGE ? 0 : o->major_version == 3 ? le32(raw + 120) : le64(raw + 120);
    return true;
}

/* The path of an entry whose parents were the last ones of their depth. */
static void add_path(struct adit_ole2 *o, struct adit_ole2_entry *e)
{
    size_t at = e->depth > 1 ? o->prefix[e->depth - 1] : 0, n = strlen(e->name);
    if (e->depth == 0)
        n = 0;
    if (at > 0)
        o->path[at++] = '/';
    if (n > sizeof o->path - at)
        n = sizeof o->path - at;
    memcpy(o->path + at, e->name, n);
    o->prefix[e->depth] = (uint32_t)(at + n);
    e->path = adit_text_of(o->path, at + n);
}

bool adit_ole2_next(struct adit_ole2 *o, struct adit_ole2_entry *e)
{
    while (o && o->next < o->count)
        if (read_entry(o, o->next++, e)) {
            add_path(o, e);
            return true;
        }
    return false;
}

void adit_ole2_rewind(struct adit_ole2 *o)
{
    if (o)
        o->next = 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_name(const char *name, const char *wanted, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (name[i] == '\0' || lower(name[i]) != lower(wanted[i]))
            return false;
    return name[n] == '\0';
}

bool adit_ole2_find(struct adit_ole2 *o, const char *path, struct adit_ole2_entry *e)
{
    uint32_t found = 0;
    const char *at = path;
    for (uint32_t i = 1; o && *at && i < o->count && o->nodes[i].depth > o->nodes[found].depth; i++) {
        const char *slash = strchr(at, '/');
        size_t n = slash ? (size_t)(slash - at) : strlen(at);
        if (o->nodes[i].parent != found || !read_entry(o, i, e) || !same_name(e->name, at, n))
            continue;
        found = i;
        at += slash ? n + 1 : n;
    }
    if (!o || o->count == 0 || *at || !read_entry(o, found, e))
        return false;
    e->path = adit_text_c(path);
    return true;
}

/* ---- streams ---- */

static int64_t reader_read(struct adit_reader *r, void *buffer, size_t n)
{
    const struct adit_ole2_stream *s = (const struct adit_ole2_stream *)r;
    int64_t got = adit_ole2_read(s, r->at, buffer, n);
    if (got > 0)
        r->at += (uint64_t)got;
    return got;
}

/* 2.6.3: what is smaller than the cutoff lies in the mini stream. */
bool adit_ole2_stream(struct adit_ole2 *o, const struct adit_ole2_entry *e, struct adit_ole2_stream *s)
{
    static const struct adit_ole2_stream none = {{NULL, NULL, 0, 0, 0}, 0, NULL, {NULL, 0, 0, 0}};
    *s = none;
    if (!o || e->kind != ADIT_OLE2_STREAM)
        return false;
    if (e->size > 0)
        s->fault = follow(o, e->start, e->size < o->mini_cutoff, e->size, &s->extents);
    s->size = s->extents.size;
    s->reader = (struct adit_reader){reader_read, o->job, o->source, 0, s->size};
    return true;
}

int64_t adit_ole2_read(const struct adit_ole2_stream *s, uint64_t offset, void *buffer, size_t n)
{
    size_t done = 0;
    while (done < n && offset < s->size) {
        const struct adit_ole2_extent *e = extent_of(&s->extents, offset);
        uint64_t skip = offset - e->position, left = e->size - skip;
        size_t want = left < n - done ? (size_t)left : n - done;
        int64_t got = adit_read(s->reader.job, s->reader.source, e->offset + skip, (char *)buffer + done, want);
        if (got <= 0)
            return done ? (int64_t)done : got;
        done += (size_t)got;
        offset += (uint64_t)got;
    }
    return (int64_t)done;
}

void adit_ole2_stream_close(struct adit_ole2_stream *s)
{
    free(s->extents.items);
    s->extents = (struct adit_ole2_extents){NULL, 0, 0, 0};
    s->size = s->reader.end = 0;
}

char *adit_ole2_load(struct adit_ole2 *o, const char *path, size_t most, size_t *size)
{
    struct adit_ole2_entry e;
    struct adit_ole2_stream s;
    *size = 0;
    if (!adit_ole2_find(o, path, &e) || !adit_ole2_stream(o, &e, &s))
        return NULL;
    size_t n = s.size < most ? (size_t)s.size : most;
    char *bytes = n > 0 ? (char *)malloc(n) : NULL;
    int64_t got = bytes ? adit_ole2_read(&s, 0, bytes, n) : 0;
    adit_ole2_stream_close(&s);
    if (got > 0) {
        *size = (size_t)got;
        return bytes;
    }
    free(bytes);
    return NULL;
}

static int copy(const struct adit_call *job, struct adit_ole2_stream *s, struct adit_text name, const char *media)
{
    char buffer[8192];
    int64_t got = 0;
    int error = adit_open_stream(job, name, media);
    if (error)
        return error;
    while (!error && (got = adit_read_next(&s->reader, buffer, sizeof buffer)) > 0)
        error = adit_write(job, buffer, (size_t)got);
    int closed = s->fault || got < 0 ? adit_close_truncated(job) : adit_close(job);
    return error ? error : closed;
}

int adit_ole2_emit(struct adit_ole2 *o, const struct adit_ole2_entry *e, const char *media)
{
    struct adit_ole2_stream s;
    if (!adit_ole2_stream(o, e, &s))
        return ADIT_E_USAGE;
    if (s.size == 0 && e->size > 0)
        return ADIT_E_RANGE;
    int error = s.extents.count == 1 && !s.fault && o->source == ADIT_SOURCE_MAIN
                    ? adit_emit_range(o->job, e->path, media, s.extents.items[0].offset, s.size)
                    : copy(o->job, &s, e->path, media);
    adit_ole2_stream_close(&s);
    return error;
}
