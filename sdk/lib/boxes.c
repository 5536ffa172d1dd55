/* SPDX-License-Identifier: MIT */
#include <adit/boxes.h>

/* Ends the walk. */
static void stop(struct adit_boxes *w, const char *why)
{
    w->fault = why;
    w->cursor.at = w->cursor.end;
}

bool adit_next_box(struct adit_boxes *w, struct adit_box *box)
{
    struct adit_cursor *c = &w->cursor;
    struct adit_box none = {0, {0}, c->at, 0, c->at, 0, ""};
    uint64_t room = adit_left(c);
    if (room > 0 || w->count == 0)
        *box = none; /* otherwise it stays the last one, for what is told of it */
    if (room == 0)
        return false;
    if (w->count++ == ADIT_BOXES_MAX) {
        stop(w, "there are more boxes than anyone needs; the rest is not read");
        return false;
    }
    if (room < 8) {
        /* QuickTime ends lists with a size of 0 and no type ("User Data Atoms"). */
        bool end = room == 4 && adit_read_u32be(c) == 0 && adit_ok(c);
        stop(w, end ? NULL : "expected the head of a box, 8 bytes, found fewer");
        return false;
    }
    box->size = adit_read_u32be(c);
    box->type = adit_read_u32be(c);
    adit_fourcc_name(box->type, box->name);
    if (box->size == 1)
        box->size = adit_read_u64be(c);
    else if (box->size == 0)
        box->size = room;
    if (box->type == ADIT_FOURCC('u', 'u', 'i', 'd'))
        (void)adit_read_exact(c, box->uuid, sizeof box->uuid);
    box->data = c->at;
    uint64_t head = box->data - box->offset;
    if (!adit_ok(c) || box->size < head) {
        stop(w, adit_ok(c) ? "its size is less than that of its head" : "its head is cut off");
        return false;
    }
    uint64_t size = box->size - head, left = adit_left(c);
    box->available = size < left ? size : left;
    adit_skip(c, box->available);
    if (size > left)
        w->fault = "it is longer than what it is in";
    return true;
}

struct adit_cursor adit_box_cursor(const struct adit_boxes *w, const struct adit_box *box)
{
    return adit_cursor_range(&w->cursor, box->data, box->available);
}

struct adit_boxes adit_box_enter(const struct adit_boxes *w, const struct adit_box *box, uint64_t skip)
{
    struct adit_cursor c = adit_box_cursor(w, box);
    adit_skip(&c, skip);
    struct adit_boxes inner = adit_boxes(&c);
    inner.depth = (uint8_t)(w->depth + 1);
    if (!adit_ok(&c))
        inner.fault = "it is too short for what it holds";
    else if (w->depth == ADIT_BOXES_DEPTH)
        stop(&inner, "boxes are nested too deep; what is in it is not read");
    return inner;
}
