/* SPDX-License-Identifier: MIT */
/* Things that JPEG cuts up over many segments, put together again. Part of jpeg.c. */
#ifndef IMAGE_JPEG_PARTS_H
#define IMAGE_JPEG_PARTS_H

#include "jpeg_file.h"

enum part_kind { PART_EXIF, PART_XMP_EXTENSION, PART_ICC, PART_PHOTOSHOP, PART_JUMBF, PART_FLIR, PART_KINDS };

static const struct {
    struct adit_text name;
    const char *media;
} part_kinds[PART_KINDS] = {
    [PART_EXIF] = {{"Exif", 4}, "application/x-exif"},
    [PART_XMP_EXTENSION] = {{"Extended XMP", 12}, "application/rdf+xml"},
    [PART_ICC] = {{"ICC_PROFILE", 11}, "application/vnd.iccprofile"},
    [PART_PHOTOSHOP] = {{"Photoshop 3.0", 13}, "application/x-photoshop-irb"},
    [PART_JUMBF] = {{"JUMBF", 5}, "application/x-jumbf"},
    [PART_FLIR] = {{"FLIR", 4}, "application/x-flir"},
};

/* Keeps what is left of the segment; `order` sorts the parts of a group. */
static void keep_part(struct jpeg *j, enum part_kind kind, uint32_t group, uint32_t order, struct adit_cursor *c)
{
    if (!adit_ok(c))
        return;
    if (j->part_count == MAX_PARTS) {
        TELL(j, c->at, "more than %d segments belong together; the rest is left out", MAX_PARTS);
        return;
    }
    j->parts[j->part_count++] = (struct part){(uint8_t)kind, group, order, (uint32_t)adit_left(c), c->at};
}

static bool same_group(const struct part *a, const struct part *b)
{
    return a->kind == b->kind && a->group == b->group;
}

/* Brings parts into the order (group as first met, order); equal ones keep their places. */
static void sort_parts(struct jpeg *j)
{
    for (size_t i = 1; i < j->part_count; i++) {
        struct part moved = j->parts[i];
        size_t to = i, first = 0;
        while (first < i && !same_group(&j->parts[first], &moved))
            first++;
        if (first == i)
            continue;
        while (to > first && (!same_group(&j->parts[to - 1], &moved) || j->parts[to - 1].order > moved.order)) {
            j->parts[to] = j->parts[to - 1];
            to--;
        }
        j->parts[to] = moved;
    }
}

/* ICC.1:2022 B.4: parts are numbered from 1 to their total. XMP part 3, 1.1.3.1: parts say at which byte they begin. */
static bool is_complete(struct jpeg *j, size_t first, size_t count)
{
    uint64_t at = 0;
    const struct part *p = &j->parts[first];
    for (size_t i = 0; i < count; i++) {
        if (p->kind == PART_ICC && (p[i].order != i + 1 || i >= j->icc_total)) {
            COMPLAIN(j, p[i].offset, "ICC profile: part %u of %u stands where part %zu should", p[i].order,
                     j->icc_total, i + 1);
            return false;
        }
        if (p->kind == PART_XMP_EXTENSION && p[i].order != at) {
            COMPLAIN(j, p[i].offset, "extended XMP: expected the part at byte %llu, found that at %u",
                     (unsigned long long)at, p[i].order);
            return false;
        }
        at += p[i].size;
    }
    if (p->kind == PART_ICC && count != j->icc_total) {
        COMPLAIN(j, p->offset, "ICC profile: %u parts are said to be there, found %zu", j->icc_total, count);
        return false;
    }
    if (p->kind == PART_XMP_EXTENSION && at != j->extension_size) {
        COMPLAIN(j, p->offset, "extended XMP: %u bytes are said to be there, found %llu", j->extension_size,
                 (unsigned long long)at);
        return false;
    }
    return true;
}

static void copy_range(struct jpeg *j, uint64_t offset, uint64_t size)
{
    uint8_t buffer[4096];
    while (size > 0) {
        int64_t got =
            adit_read(j->job, ADIT_SOURCE_MAIN, offset, buffer, size < sizeof buffer ? (size_t)size : sizeof buffer);
        if (got <= 0 || adit_write(j->job, buffer, (size_t)got))
            return;
        offset += (uint64_t)got;
        size -= (uint64_t)got;
    }
}

/* One part is a range of the file; several are copied. */
static void emit_group(struct jpeg *j, size_t first, size_t count)
{
    const struct part *p = &j->parts[first];
    struct adit_text name = part_kinds[p->kind].name;
    const char *media = part_kinds[p->kind].media;
    bool complete = is_complete(j, first, count);
    if (count == 1 && complete) {
        (void)adit_emit_range(j->job, name, media, p->offset, p->size);
        return;
    }
    if (adit_open_stream(j->job, name, media))
        return;
    for (size_t i = 0; i < count; i++)
        copy_range(j, p[i].offset, p[i].size);
    (void)(complete ? adit_close(j->job) : adit_close_truncated(j->job));
}

static void emit_parts(struct jpeg *j)
{
    sort_parts(j);
    for (size_t first = 0, next; first < j->part_count; first = next) {
        next = first + 1;
        while (next < j->part_count && same_group(&j->parts[first], &j->parts[next]))
            next++;
        emit_group(j, first, next - first);
    }
}

/* Further images come after the metadata of this one: who asks for the EXIF of the file gets its own first. `number` 0: the
 * thumbnail of JFXX. */
static void keep_image(struct jpeg *j, unsigned number, uint64_t offset, uint64_t size)
{
    if (j->image_count < MAX_IMAGES)
        j->images[j->image_count++] = (struct image){number, offset, size};
}

static void emit_images(struct jpeg *j)
{
    for (size_t i = 0; i < j->image_count; i++) {
        const struct image *image = &j->images[i];
        char name[16];
        int n = snprintf(name, sizeof name, image->number ? "MPImage%u" : "JFXX thumbnail", image->number);
        (void)adit_emit_range(j->job, adit_text_of(name, (size_t)n), "image/jpeg", image->offset, image->size);
    }
}

#endif
