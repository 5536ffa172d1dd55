/* SPDX-License-Identifier: MIT */
#include "collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/vec.h"
#include "collect_warn.h"

/* Implied lists may double the depth of what a plugin emits. */
enum { NO_NODE = 0, PATH_MAX_SIZE = 4096, USUAL_SLOTS = 4096, USUAL_NODES = 2048, USUAL_BYTES = 1 << 16, WRITTEN = FIELD_END, EMIT_DEPTH = FIELD_MAX_DEPTH / 2 };

/* Nodes are handles: index + 1. Node 1 is the root object. What they say stays where it is. An object that has ended is written, and
 * its nodes, the last ones, are given up: of a million rows each is one node. */
struct node {
    uint32_t name;          /* place in c->raw */
    uint16_t name_size;
    uint8_t tag, emitted_as; /* enum field_tag: as declared, and as it came */
    union {
        struct { uint32_t first, last; } children;
        struct { uint32_t at, size; } payload; /* as fields.h has it: of a value, in c->raw; of what is WRITTEN, in c->written */
    } of;
    uint32_t next, parent;
};

struct collector {
    struct { struct node *items; size_t count, capacity; } nodes;
    const char *raw;
    struct buf written, moving;
    uint32_t *slots; /* (parent, name) -> node; a power of two of them */
    size_t slot_count;
    char path[PATH_MAX_SIZE];
};

/* An event, and where its name and payload are in c->raw; `event` is converted to the declared type. */
struct item {
    struct field_event event;
    enum field_tag emitted_as;
    uint32_t name, payload, payload_size;
};

/* Where the walk through the events is. */
struct frame {
    uint32_t node;     /* NO_NODE: this subtree is left out */
    size_t path_size;  /* of c->path up to and including this object or list */
    size_t written;    /* c->written.size when it began */
};

struct collector *collector_new(void)
{
    return calloc(1, sizeof(struct collector));
}

void collector_free(struct collector *c)
{
    if (!c)
        return;
    free(c->nodes.items);
    free(c->slots);
    buf_release(&c->written);
    buf_release(&c->moving);
    free(c);
}

/* ---- the tree ---- */

static bool grow_slots(struct collector *c)
{
    size_t count = c->slot_count ? c->slot_count * 2 : 256;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (!slots)
        return false;
    free(c->slots);
    c->slots = slots;
    c->slot_count = count;
    for (uint32_t i = 1; i < c->nodes.count; i++) {
        const struct node *n = &c->nodes.items[i];
        if (n->name_size == 0) /* an element of a list is never looked up */
            continue;
        size_t at = (size_t)hash64(c->raw + n->name, n->name_size, n->parent) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = i + 1;
    }
    return true;
}

static uint32_t *slot_of(struct collector *c, uint32_t parent, struct adit_text name)
{
    size_t at = (size_t)hash64(name.data, name.size, parent) & (c->slot_count - 1);
    for (; c->slots[at]; at = (at + 1) & (c->slot_count - 1)) {
        const struct node *n = &c->nodes.items[c->slots[at] - 1];
        if (n->parent == parent && n->name_size == name.size && memcmp(c->raw + n->name, name.data, name.size) == 0)
            break;
    }
    return &c->slots[at];
}

static bool is_nested(enum field_tag tag)
{
    return tag == FIELD_OBJECT || tag == FIELD_LIST;
}

/* Appends a child; elements of lists have no name and are never looked up. NO_NODE: memory is short. */
static uint32_t add_node(struct collector *c, uint32_t parent, const struct item *item)
{
    struct adit_text name = item->event.name;
    if ((c->nodes.count + 1) * 2 > c->slot_count && !grow_slots(c))
        return NO_NODE;
    struct node node = {.name = item->name, .name_size = (uint16_t)name.size, .tag = (uint8_t)item->event.tag,
                        .emitted_as = (uint8_t)item->emitted_as, .parent = parent};
    if (!is_nested(item->event.tag)) {
        node.of.payload.at = item->payload;
        node.of.payload.size = item->payload_size;
    }
    if (!vec_push(&c->nodes, node))
        return NO_NODE;
    uint32_t handle = (uint32_t)c->nodes.count;
    struct node *p = &c->nodes.items[parent - 1];
    if (p->of.children.last)
        c->nodes.items[p->of.children.last - 1].next = handle;
    else
        p->of.children.first = handle;
    p->of.children.last = handle;
    if (name.size)
        *slot_of(c, parent, name) = handle;
    return handle;
}

/* ---- declarations ---- */

static size_t append(struct collector *c, size_t at, const char *text, size_t n)
{
    if (at + n >= PATH_MAX_SIZE)
        return at;
    memcpy(c->path + at, text, n);
    return at + n;
}

/* Is anything declared whose path begins with the first n bytes of c->path? */
static bool declared_below(const struct collector *c, const struct plugin *plugin, size_t n)
{
    size_t low = 0, high = plugin->conf.field_count;
    if (memchr(c->path, '\0', n)) /* emitted names may have one, declared names have none */
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strncmp(plugin->conf.fields[middle].path, c->path, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < plugin->conf.field_count && strncmp(plugin->conf.fields[low].path, c->path, n) == 0)
        return true;
    /* "*" below a shorter path takes whatever comes. */
    return plugin_field(plugin, c->path, n) != NULL;
}

static bool integer_fits(struct field_event *e, const struct conf_field *f)
{
    bool is_signed = f->kind == CONF_FIELD_I64;
    if (e->tag == FIELD_I64 && !is_signed) {
        if (e->i64 < 0)
            return false;
        e->u64 = (uint64_t)e->i64;
    }
    if (e->tag == FIELD_U64 && is_signed) {
        if (e->u64 > INT64_MAX)
            return false;
        e->i64 = (int64_t)e->u64;
    }
    e->tag = is_signed ? FIELD_I64 : FIELD_U64;
    if (f->bits == 0 || f->bits >= 64)
        return true;
    if (is_signed)
        return e->i64 >= -((int64_t)1 << (f->bits - 1)) && e->i64 < (int64_t)1 << (f->bits - 1);
    return e->u64 < (uint64_t)1 << f->bits;
}

/* Does the value have the declared type? Integers may come signed or unsigned, and may stand for a declared float. */
static bool fit(struct field_event *e, const struct conf_field *f)
{
    bool integer = e->tag == FIELD_I64 || e->tag == FIELD_U64;
    switch (f->kind) {
    case CONF_FIELD_BOOL: return e->tag == FIELD_BOOL;
    case CONF_FIELD_I64:
    case CONF_FIELD_U64: return integer && integer_fits(e, f);
    case CONF_FIELD_F64:
        if (integer) {
            e->f64 = e->tag == FIELD_I64 ? (double)e->i64 : (double)e->u64;
            e->tag = FIELD_F64;
        }
        return e->tag == FIELD_F64;
    case CONF_FIELD_STRING: return e->tag == FIELD_STRING || e->tag == FIELD_BYTES_TEXT;
    case CONF_FIELD_BYTES: return e->tag == FIELD_BYTES;
    case CONF_FIELD_TIME: return e->tag == FIELD_TIME;
    case CONF_FIELD_OBJECT:
    case CONF_FIELD_LIST_OF_ANY:
    case CONF_FIELD_ANY: return true;
    }
    return false;
}

/* ---- one event ---- */

static void warn_repeated(struct collect_warnings *w, const char *path, size_t path_size, const char *what)
{
    collect_warn(w, path, path_size, what);
    w->repeated++;
}
#define TWICE "was emitted twice and the second left out: declare it as a list, NAME[]"
#define OTHERWISE "was emitted as a list and as something else, and the second was left out"

/* The list that repeated fields called `name` go into. 0; -EEXIST: something else has the name; -ENOMEM. */
static int list_for(struct collector *c, uint32_t parent, const struct item *item, uint32_t *out)
{
    struct adit_text name = item->event.name;
    uint32_t there = c->slot_count > 0 ? *slot_of(c, parent, name) : NO_NODE;
    if (there && c->nodes.items[there - 1].tag != FIELD_LIST)
        return -EEXIST;
    *out = there ? there : add_node(c, parent, &(struct item){.event = {.tag = FIELD_LIST, .name = name}, .name = item->name});
    return *out ? 0 : -ENOMEM;
}

static bool is_taken(struct collector *c, uint32_t parent, struct adit_text name)
{
    return c->slot_count > 0 && *slot_of(c, parent, name) != NO_NODE;
}

static int on_value(struct collector *c, const struct plugin *p, const struct frame *at, bool in_list, struct item *item,
                    struct collect_warnings *w)
{
    struct field_event *e = &item->event;
    size_t n = in_list ? at->path_size : append(c, at->path_size, e->name.data, e->name.size);
    const struct conf_field *f = plugin_field(p, c->path, n);
    bool listed = false;
    if (!in_list && collect_warn_named(w, p, c->path, n, e))
        return 0;
    if (!f && !in_list) {
        f = plugin_field(p, c->path, append(c, n, "[]", 2));
        listed = f != NULL;
    }
    if (!f) {
        collect_warn_undeclared(w, c->path, n, e);
        return 0;
    }
    const struct field_event emitted = *e;
    struct adit_text name = e->name;
    if (!fit(e, f)) {
        collect_warn_unfit(w, c->path, n, &emitted, f);
        return 0;
    }
    uint32_t parent = at->node;
    int error = 0;
    if (listed) {
        error = list_for(c, at->node, item, &parent);
        e->name = (struct adit_text){NULL, 0};
    } else if (!in_list && is_taken(c, at->node, name)) {
        warn_repeated(w, c->path, n, TWICE);
        return 0;
    }
    if (error == -EEXIST) {
        warn_repeated(w, c->path, n, OTHERWISE);
        return 0;
    }
    return !error && add_node(c, parent, item) ? 0 : -ENOMEM;
}

/* An object or a list begins: `next` is the frame within it. */
static int on_begin(struct collector *c, const struct plugin *p, const struct frame *at, bool in_list, struct item *item,
                    struct frame *next, struct collect_warnings *w)
{
    struct field_event *e = &item->event;
    bool list = e->tag == FIELD_LIST;
    size_t n = in_list ? at->path_size : append(c, at->path_size, e->name.data, e->name.size);
    *next = (struct frame){NO_NODE, n, 0};
    if (!in_list && collect_warn_named(w, p, c->path, n, e))
        return 0;
    size_t inner = list ? append(c, n, "[]", 2) : n;
    uint32_t parent = at->node;
    struct adit_text name = e->name;
    int error = 0;
    bool known = !(list && in_list) && declared_below(c, p, list ? inner : (inner = append(c, n, ".", 1)));
    if (!known && !list && !in_list) { /* an object that repeats: NAME[].… */
        inner = append(c, append(c, n, "[]", 2), ".", 1);
        known = declared_below(c, p, inner);
        if (known) {
            error = list_for(c, at->node, item, &parent);
            e->name = (struct adit_text){NULL, 0};
        }
    }
    if (!known) {
        collect_warn_undeclared(w, c->path, n, NULL);
        return 0;
    }
    next->path_size = inner;
    if (list)
        error = list_for(c, at->node, item, &next->node);
    else if (!in_list && e->name.size && is_taken(c, at->node, name))
        warn_repeated(w, c->path, n, TWICE);
    else if (!error && !(next->node = add_node(c, parent, item)))
        error = -ENOMEM;
    if (error != -EEXIST)
        return error;
    warn_repeated(w, c->path, n, OTHERWISE);
    return 0;
}

static void write_node(const struct collector *c, uint32_t handle, struct buf *out);

static void write_children(const struct collector *c, uint32_t handle, struct buf *out)
{
    for (uint32_t at = c->nodes.items[handle - 1].of.children.first; at; at = c->nodes.items[at - 1].next)
        write_node(c, at, out);
}

/* Integers that were declared as other numbers: the payload is a varint. */
static void write_converted(const struct collector *c, const struct node *n, struct buf *out)
{
    const uint8_t *at = (const uint8_t *)c->raw + n->of.payload.at;
    uint64_t value = 0;
    struct adit_value v = {0};
    (void)get_varint(&at, at + n->of.payload.size, &value);
    bool negative = n->emitted_as == FIELD_I64 && (value & 1);
    if (n->emitted_as == FIELD_I64)
        value = value >> 1 ^ (0 - (value & 1));
    v.kind = n->tag == FIELD_I64 ? ADIT_KIND_I64 : n->tag == FIELD_U64 ? ADIT_KIND_U64 : ADIT_KIND_F64;
    if (n->tag == FIELD_F64)
        v.as.f64 = negative ? (double)(int64_t)value : (double)value;
    else
        v.as.u64 = value;
    field_put_value(out, c->raw + n->name, n->name_size, &v);
}

/* Recursion is as deep as the fields: at most FIELD_MAX_DEPTH. */
static void write_node(const struct collector *c, uint32_t handle, struct buf *out)
{
    const struct node *n = &c->nodes.items[handle - 1];
    if (is_nested((enum field_tag)n->tag)) {
        field_put_begin(out, c->raw + n->name, n->name_size, (enum field_tag)n->tag);
        if (n->emitted_as != WRITTEN)
            write_children(c, handle, out);
        else if (n->of.payload.size > 0) /* nothing may have been written yet */
            buf_add(out, c->written.data + n->of.payload.at, n->of.payload.size);
        field_put_end(out);
    } else if (n->tag == n->emitted_as) {
        field_put_begin(out, c->raw + n->name, n->name_size, (enum field_tag)n->tag);
        buf_add(out, c->raw + n->of.payload.at, n->of.payload.size);
    } else {
        write_converted(c, n, out);
    }
}

/* An object that ends cannot be reopened. Its nodes, and then their slots, go in the reverse order of their coming, which is what
 * linear probing allows. */
static bool end_object(struct collector *c, const struct frame *at)
{
    buf_reset(&c->moving);
    write_children(c, at->node, &c->moving);
    while (c->nodes.count > at->node) {
        const struct node *n = &c->nodes.items[c->nodes.count - 1];
        if (n->name_size > 0)
            *slot_of(c, n->parent, (struct adit_text){c->raw + n->name, n->name_size}) = NO_NODE;
        c->nodes.count--;
    }
    c->written.size = at->written;
    buf_add(&c->written, c->moving.data, c->moving.size);
    struct node *n = &c->nodes.items[at->node - 1];
    n->emitted_as = WRITTEN;
    n->of.payload.at = (uint32_t)at->written;
    n->of.payload.size = (uint32_t)c->moving.size;
    return !c->moving.failed && !c->written.failed && c->written.size <= UINT32_MAX;
}

/* Memory that few jobs need is not kept for the others. */
static void forget(struct collector *c)
{
    c->nodes.count = 0;
    if (c->nodes.capacity > USUAL_NODES) {
        free(c->nodes.items);
        c->nodes.items = NULL;
        c->nodes.capacity = 0;
    }
    if (c->slot_count > USUAL_SLOTS) {
        free(c->slots);
        c->slots = NULL;
        c->slot_count = 0;
    }
    if (c->slots)
        memset(c->slots, 0, c->slot_count * sizeof *c->slots);
    if (c->written.capacity > USUAL_BYTES || c->written.failed)
        buf_release(&c->written);
    if (c->moving.capacity > USUAL_BYTES || c->moving.failed)
        buf_release(&c->moving);
    buf_reset(&c->written);
}

/* 1: *out is the next event; else as field_next() says. */
static int next_item(const struct collector *c, struct field_reader *r, struct item *out)
{
    int got = field_next(r, &out->event);
    if (got != 1 || out->event.tag == FIELD_END)
        return got;
    const struct adit_text *name = &out->event.name;
    if (out->event.tag == FIELD_BYTES_TEXT && utf8_valid(out->event.text.data, out->event.text.size))
        out->event.tag = FIELD_STRING;
    out->emitted_as = out->event.tag;
    out->name = (uint32_t)(name->data - c->raw);
    out->payload = out->name + (uint32_t)name->size;
    out->payload_size = (uint32_t)((const char *)r->at - c->raw) - out->payload;
    return 1;
}

int collect_fields(struct collector *c, const struct plugin *plugin, const void *raw, size_t size, struct buf *out,
                   struct collect_warnings *warnings)
{
    struct frame frames[EMIT_DEPTH + 1];
    bool lists[EMIT_DEPTH + 1] = {false};
    size_t depth = 0, events = 0;
    struct field_reader r = field_reader_of(raw, size);
    struct item item;
    int got, error = 0;
    forget(c);
    if (size > UINT32_MAX)
        return -EBADMSG;
    c->raw = raw;
    if (!vec_push(&c->nodes, (struct node){.tag = FIELD_OBJECT}))
        return -ENOMEM;
    frames[0] = (struct frame){1, 0, 0};
    while (!error && (got = next_item(c, &r, &item)) == 1) {
        const struct field_event *e = &item.event;
        if (e->tag == FIELD_END) {
            if (depth == 0)
                return -EBADMSG;
            if (!lists[depth] && frames[depth].node != NO_NODE && !end_object(c, &frames[depth]))
                error = -ENOMEM;
            depth--;
            continue;
        }
        if ((e->name.size == 0) != lists[depth] || ++events > FIELD_MAX_EVENTS)
            return -EBADMSG;
        bool nested = is_nested(e->tag);
        if (nested && depth == EMIT_DEPTH)
            return -EBADMSG;
        bool dropped = frames[depth].node == NO_NODE;
        if (nested) {
            lists[depth + 1] = e->tag == FIELD_LIST;
            frames[depth + 1] = (struct frame){NO_NODE, frames[depth].path_size, 0};
            if (!dropped)
                error = on_begin(c, plugin, &frames[depth], lists[depth], &item, &frames[depth + 1], warnings);
            depth++;
            frames[depth].written = c->written.size;
        } else if (!dropped) {
            error = on_value(c, plugin, &frames[depth], lists[depth], &item, warnings);
        }
    }
    if (!error && (got != 0 || depth != 0))
        return -EBADMSG;
    if (!error) {
        write_children(c, 1, out);
        error = out->failed ? -ENOMEM : 0;
    }
    if (c->nodes.capacity > USUAL_NODES || c->written.capacity > USUAL_BYTES || c->moving.capacity > USUAL_BYTES)
        forget(c);
    return error;
}
