/* SPDX-License-Identifier: MIT */
/* The properties of an XMP packet as a tree in memory: a namespace's may be scattered over the packet, and are emitted together. */
#ifndef PLUGINS_META_XMP_TREE_H
#define PLUGINS_META_XMP_TREE_H

#include "xmp_schema.h"
#include <adit/adit.h>
#include <adit/transfer.h>
#include <adit/xml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_NODES = 50000, MAX_OTHERS = 256, BLOCK_SIZE = 64 << 10, KNOWN = sizeof spaces / sizeof *spaces };

enum node_kind { NODE_TEXT, NODE_STRUCT, NODE_LIST, NODE_ALTERNATIVES };

struct node {
    enum node_kind kind;
    uint32_t space; /* in spaces[], or from KNOWN on in others[] */
    struct adit_text local, text, language;
    struct adit_text reference; /* rdf:nodeID */
    struct node *first, *last, *next;
};

struct block {
    struct block *next;
    size_t used, size;
    max_align_t data[];
};

struct xmp {
    const struct adit_call *job;
    struct adit_xml *x;
    struct block *blocks;
    struct {
        struct adit_text uri;
        char prefix[40];
    } others[MAX_OTHERS];
    size_t other_count, node_count;
    struct node root, named;
    struct adit_text about, toolkit;
    unsigned subjects, descriptions;
    bool failed, full;
};

static inline void *allocate(struct xmp *m, size_t n)
{
    n = (n + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (!m->blocks || m->blocks->size - m->blocks->used < n) {
        size_t size = n > BLOCK_SIZE ? n : BLOCK_SIZE;
        struct block *b = (struct block *)malloc(sizeof *b + size);
        if (!b) {
            m->failed = true;
            return NULL;
        }
        *b = (struct block){m->blocks, 0, size};
        m->blocks = b;
    }
    void *p = (char *)m->blocks->data + m->blocks->used;
    m->blocks->used += n;
    return p;
}

static inline void release(struct xmp *m)
{
    while (m->blocks) {
        struct block *next = m->blocks->next;
        free(m->blocks);
        m->blocks = next;
    }
}

static inline struct adit_text keep_text(struct xmp *m, struct adit_text text)
{
    char *copy = text.size > 0 ? (char *)allocate(m, text.size) : NULL;
    if (!copy)
        return ADIT_TEXT("");
    memcpy(copy, text.data, text.size);
    return adit_text_of(copy, text.size);
}

/* Text comes in pieces where it is very long. */
static inline void append_text(struct xmp *m, struct node *node, struct adit_text text)
{
    char *joined = node->text.size > 0 ? (char *)allocate(m, node->text.size + text.size) : NULL;
    if (joined) {
        memcpy(joined, node->text.data, node->text.size);
        memcpy(joined + node->text.size, text.data, text.size);
        node->text = adit_text_of(joined, node->text.size + text.size);
    } else if (node->text.size == 0) {
        node->text = keep_text(m, text);
    }
}

static inline const char *prefix_of(const struct xmp *m, uint32_t space)
{
    return space < KNOWN ? spaces[space].prefix : m->others[space - KNOWN].prefix;
}

/* An unknown namespace keeps the prefix that the file gives it, with a number where that is another one's already. */
static inline uint32_t space_of(struct xmp *m, const struct adit_xml_name *name)
{
    for (uint32_t i = 0; i < KNOWN; i++)
        if (adit_text_is(name->space, spaces[i].uri))
            return i;
    for (uint32_t i = 0; i < m->other_count; i++)
        if (adit_text_equal(name->space, m->others[i].uri))
            return KNOWN + i;
    if (m->other_count == MAX_OTHERS)
        return KNOWN + MAX_OTHERS - 1;
    char *prefix = m->others[m->other_count].prefix;
    int n = name->prefix.size < 32 ? (int)name->prefix.size : 32;
    for (unsigned number = 1; number <= MAX_OTHERS + KNOWN; number++) {
        bool taken = false;
        (void)snprintf(prefix, sizeof m->others->prefix, n ? "%.*s" : "ns", n, name->prefix.data);
        if (number > 1)
            (void)snprintf(prefix + strlen(prefix), 7, "_%u", number);
        for (uint32_t i = 0; i < KNOWN + m->other_count && !taken; i++)
            taken = strcmp(prefix_of(m, i), prefix) == 0;
        if (!taken)
            break;
    }
    m->others[m->other_count].uri = keep_text(m, name->space);
    return KNOWN + (uint32_t)m->other_count++;
}

/* A new last child. NULL: no more room, or a property that stands there already (6.2: a name stands once). */
static inline struct node *add_node(struct xmp *m, struct node *parent, const struct adit_xml_name *name)
{
    uint32_t space = space_of(m, name);
    bool element = parent == &m->named || parent->kind == NODE_LIST || parent->kind == NODE_ALTERNATIVES;
    for (struct node *n = parent->first; n && !element; n = n->next)
        if (n->space == space && adit_text_equal(n->local, name->local)) {
            (void)adit_warnf(m->job, "%s:%.*s stands twice: the first is kept", prefix_of(m, space),
                             (int)name->local.size, name->local.data);
            return NULL;
        }
    if (m->node_count == MAX_NODES && !m->full)
        (void)adit_warnf(m->job, "more than %d values: the rest is left out", MAX_NODES);
    m->full = m->node_count == MAX_NODES;
    struct node *node = m->full ? NULL : (struct node *)allocate(m, sizeof *node);
    if (!node)
        return NULL;
    memset(node, 0, sizeof *node);
    m->node_count++;
    node->space = space;
    node->local = keep_text(m, name->local);
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

#endif
