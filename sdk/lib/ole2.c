/* SPDX-License-Identifier: MIT */
/* Compound files: the header, the directory, and its entries. Numbers in comments are sections of [MS-CFB]. */
#include "ole2_sectors.h"
#include <adit/charset.h>
#include <adit/cursor.h>
#include <stdlib.h>
#include <string.h>

/* 2.6.1 */
#define NOSTREAM 0xffffffffu

enum { ENTRY = 128, HEADER = 76 /* without its part of the DIFAT */ };

struct adit_ole2_node {
    uint32_t id, parent; /* parent: its place among the nodes */
    uint32_t depth, units;
};

/* ---- the directory (2.6) ---- */

/* 2.6.1 */
struct record {
    uint64_t at; /* in the source */
    char name[64];
    uint32_t units; /* of its name, without the NUL */
    uint8_t type;
    uint32_t left, right, child;
    struct adit_guid class_id;
    uint32_t state;
    uint64_t created, modified;
    uint32_t start;
    uint64_t size;
};

static bool read_record(struct adit_ole2 *o, uint32_t id, struct record *r)
{
    uint8_t raw[ENTRY];
    uint64_t position = (uint64_t)id * ENTRY;
    const struct adit_ole2_extent *e = ole2_extent_of(&o->directory, position);
    if (!e)
        return false;
    r->at = e->offset + (position - e->position);
    if (adit_read(o->job, o->source, r->at, raw, ENTRY) != ENTRY)
        return false;
    struct adit_cursor c = adit_cursor_memory(raw, ENTRY);
    (void)adit_read_exact(&c, r->name, sizeof r->name);
    uint32_t size = adit_read_u16le(&c);
    r->units = size > 64 ? 31 : size >= 2 ? size / 2 - 1 : 0;
    r->type = adit_read_u8(&c);
    adit_skip(&c, 1); /* its colour in the tree */
    r->left = adit_read_u32le(&c);
    r->right = adit_read_u32le(&c);
    r->child = adit_read_u32le(&c);
    r->class_id = adit_read_guid(&c);
    r->state = adit_read_u32le(&c);
    r->created = adit_read_u64le(&c);
    r->modified = adit_read_u64le(&c);
    r->start = adit_read_u32le(&c);
    r->size = o->major_version == 3 ? adit_read_u32le(&c) : adit_read_u64le(&c);
    return true;
}

/* An entry that the walk has yet to come to, or, once it was read, whose siblings on the left come first. */
struct pending {
    uint32_t id, parent, depth, child, units;
    uint64_t at;
    uint8_t type;
    bool read;
};

struct walk {
    struct pending *stack;
    uint8_t *seen; /* a bit for each entry: it is on the stack at most once */
    uint32_t top;
};

static void push(struct adit_ole2 *o, struct walk *w, struct pending p)
{
    if (p.id == NOSTREAM)
        return;
    if ((uint64_t)p.id * ENTRY >= o->directory.size || p.id >= ADIT_OLE2_MAX_ENTRIES) {
        ole2_fault(o, "the directory's tree leads to an entry that is not there", p.at);
    } else if (w->seen[p.id / 8] & 1u << p.id % 8) {
        ole2_fault(o, "the directory's tree leads to an entry twice", p.at);
    } else {
        w->seen[p.id / 8] = (uint8_t)(w->seen[p.id / 8] | 1u << p.id % 8);
        w->stack[w->top++] = p;
    }
}

static void add_node(struct adit_ole2 *o, struct walk *w, const struct pending *p)
{
    if (p->type != ADIT_OLE2_STORAGE && p->type != ADIT_OLE2_STREAM && p->type != ADIT_OLE2_ROOT) {
        ole2_fault(o, "an entry of the directory's tree is neither storage nor stream", p->at);
        return;
    }
    struct pending child = {.id = p->child, .parent = o->count, .depth = p->depth + 1, .at = p->at};
    o->nodes[o->count++] = (struct adit_ole2_node){p->id, p->parent, p->depth, p->units};
    if (p->type != ADIT_OLE2_STREAM && p->depth < ADIT_OLE2_MAX_DEPTH)
        push(o, w, child);
    else if (p->type != ADIT_OLE2_STREAM && child.id != NOSTREAM)
        ole2_fault(o, "storages lie deeper in each other than is followed", p->at);
}

/* 2.6.4: siblings are a binary tree, the child of a storage is the top of one. The root has no siblings. */
static void walk_tree(struct adit_ole2 *o, struct walk *w)
{
    struct record r;
    push(o, w, (struct pending){.id = 0});
    while (w->top > 0) {
        struct pending p = w->stack[--w->top], side = {.parent = p.parent, .depth = p.depth};
        if (!p.read) {
            if (!read_record(o, p.id, &r))
                continue;
            p.at = side.at = r.at;
            p.type = r.type;
            p.child = r.child;
            p.units = r.units;
            p.read = true;
            if (p.depth > 0) {
                side.id = r.right;
                push(o, w, side);
                w->stack[w->top++] = p;
                side.id = r.left;
                push(o, w, side);
                continue;
            }
        }
        add_node(o, w, &p);
    }
}

static bool walk_directory(struct adit_ole2 *o)
{
    uint64_t total = o->directory.size / ENTRY;
    if (total > ADIT_OLE2_MAX_ENTRIES) {
        ole2_fault(o, "the directory has more entries than are looked at", o->directory.items[0].offset);
        total = ADIT_OLE2_MAX_ENTRIES;
    }
    struct walk w = {.stack = (struct pending *)calloc((size_t)total + 1, sizeof *w.stack),
                     .seen = (uint8_t *)calloc(ADIT_OLE2_MAX_ENTRIES / 8, 1)};
    o->nodes = (struct adit_ole2_node *)calloc((size_t)total + 1, sizeof *o->nodes);
    bool enough = w.stack && w.seen && o->nodes;
    if (enough)
        walk_tree(o, &w);
    free(w.seen);
    free(w.stack);
    return enough;
}

/* ---- opening ---- */

/* 2.2: what the header says of where the structures begin. */
struct header {
    uint32_t directory, mini_fat, difat;
};

static bool read_structure(struct adit_ole2 *o, const struct header *h)
{
    struct record root;
    uint64_t sectors = o->size > o->sector_size ? (o->size - 1) / o->sector_size : 0;
    o->sectors = sectors < OLE2_MAXREGSECT ? (uint32_t)sectors : OLE2_MAXREGSECT;
    if (!ole2_read_difat(o, h->difat))
        return false;
    const char *error = ole2_follow(o, h->directory, false, UINT64_MAX, &o->directory);
    if (error)
        ole2_fault(o, error, 48);
    if (o->directory.size < ENTRY || !read_record(o, 0, &root)) {
        ole2_fault(o, "there is no directory", 48);
        return true;
    }
    error = ole2_follow(o, h->mini_fat, false, UINT64_MAX, &o->mini_fat);
    if (error)
        ole2_fault(o, error, 60);
    error = ole2_follow(o, root.start, false, root.size, &o->mini_stream);
    if (error)
        ole2_fault(o, error, root.at + 116);
    return walk_directory(o);
}

static void read_header(struct adit_ole2 *o, struct adit_cursor *c, struct header *h)
{
    adit_skip(c, 16); /* a class, which is not used */
    o->minor_version = adit_read_u16le(c);
    o->major_version = adit_read_u16le(c);
    uint16_t order = adit_read_u16le(c), shift = adit_read_u16le(c), mini_shift = adit_read_u16le(c);
    o->sector_size = 1u << (shift & 31);
    o->mini_sector_size = 1u << (mini_shift & 31);
    adit_skip(c, 6 + 4 + 4); /* reserved; sectors of the directory and of the FAT */
    h->directory = adit_read_u32le(c);
    adit_skip(c, 4); /* a transaction's number */
    o->mini_cutoff = adit_read_u32le(c);
    h->mini_fat = adit_read_u32le(c);
    adit_skip(c, 4); /* sectors of the mini FAT */
    h->difat = adit_read_u32le(c);
    adit_skip(c, 4); /* sectors of the DIFAT */
    if (order != 0xfffe)
        ole2_fault(o, "the header's byte order is not little endian", 28);
    else if (shift != 9 && shift != 12)
        ole2_fault(o, "the header's sectors have neither 512 nor 4096 bytes", 30);
    else if (mini_shift != 6)
        ole2_fault(o, "the header's mini sectors do not have 64 bytes", 32);
}

struct adit_ole2 *adit_ole2_open(const struct adit_call *job, adit_source source)
{
    struct adit_cursor c = adit_cursor_at(job, source, 0, HEADER);
    struct header h;
    if (adit_left(&c) < HEADER || !adit_match_literal(&c, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
        return NULL;
    struct adit_ole2 *o = (struct adit_ole2 *)calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->job = job;
    o->source = source;
    o->size = adit_source_size(job, source);
    read_header(o, &c, &h);
    if (adit_ok(&c) && (o->fault || read_structure(o, &h)))
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
    struct record r;
    memset(e, 0, sizeof *e);
    if (!read_record(o, o->nodes[index].id, &r))
        return false;
    size_t n =
        adit_charset_to_utf8(ADIT_CHARSET_UTF16LE, adit_text_of(r.name, r.units * 2), e->name, sizeof e->name - 1);
    e->name[n < sizeof e->name ? n : 0] = '\0';
    e->kind = index == 0 ? ADIT_OLE2_ROOT : r.type == ADIT_OLE2_STREAM ? ADIT_OLE2_STREAM : ADIT_OLE2_STORAGE;
    e->id = o->nodes[index].id;
    e->depth = o->nodes[index].depth;
    e->class_id = r.class_id;
    e->state = r.state;
    e->created = r.created;
    e->modified = r.modified;
    e->start = r.start;
    e->size = e->kind == ADIT_OLE2_STORAGE ? 0 : r.size;
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
        uint32_t units = o->nodes[i].units; /* of one to three bytes as UTF-8 */
        if (o->nodes[i].parent != found || n < units || n > units * 3 || !read_entry(o, i, e) ||
            !same_name(e->name, at, n))
            continue;
        found = i;
        at += slash ? n + 1 : n;
    }
    if (!o || o->count == 0 || *at || !read_entry(o, found, e))
        return false;
    e->path = adit_text_c(path);
    return true;
}
