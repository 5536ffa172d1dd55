/* SPDX-License-Identifier: MIT */
/* Compound files: sectors, and the chains of them that allocation tables make. Numbers in comments are sections of [MS-CFB]. */
#include "ole2_sectors.h"
#include <adit/array.h>
#include <adit/cursor.h>
#include <stdlib.h>

enum { HEADER_DIFAT = 109, UNIT = sizeof(uint32_t) };

void ole2_fault(struct adit_ole2 *o, const char *what, uint64_t at)
{
    if (!o->fault) {
        o->fault = what;
        o->fault_at = at;
    }
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
    *out = (uint32_t)adit_number(o->window + (offset - base), UNIT, false);
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
        struct adit_ole2_extent *more = (struct adit_ole2_extent *)adit_grow(list->items, &list->room, list->count,
                                                                             sizeof *more, ADIT_OLE2_MAX_EXTENTS);
        if (!more)
            return list->count == ADIT_OLE2_MAX_EXTENTS ? "a stream is in more pieces than are followed"
                                                        : "there is no memory for a stream's extents";
        list->items = more;
        list->items[list->count++] = (struct adit_ole2_extent){list->size, offset, size};
    }
    list->size += size;
    return NULL;
}

/* The extent that holds a position; NULL: it is beyond the end. */
const struct adit_ole2_extent *ole2_extent_of(const struct adit_ole2_extents *list, uint64_t position)
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
    const struct adit_ole2_extent *e = ole2_extent_of(&o->mini_stream, position);
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
        const struct adit_ole2_extent *e = ole2_extent_of(&o->mini_fat, position);
        return e && number_at(o, e->offset + (position - e->position), sector);
    }
    uint32_t each = o->sector_size / UNIT, of = *sector / each;
    return of < o->fat_count && o->fat[of] < o->sectors &&
           number_at(o, sector_offset(o, o->fat[of]) + (uint64_t)(*sector % each) * UNIT, sector);
}

/* Collects the extents of a chain, at most `want` bytes. A chain that comes back to a sector is noticed before it has gone round
 * twice (Brent). Returns what is wrong, or NULL. */
const char *ole2_follow(struct adit_ole2 *o, uint32_t sector, bool mini, uint64_t want, struct adit_ole2_extents *out)
{
    uint32_t unit = mini ? o->mini_sector_size : o->sector_size, anchor = OLE2_ENDOFCHAIN;
    uint64_t steps = 0, power = 1, offset = 0, left = 0;
    while (sector != OLE2_ENDOFCHAIN && out->size < want) {
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

/* 2.5: the sectors of the FAT: 109 in the header, more in the chain of DIFAT sectors, of which the last number is the next one. */
bool ole2_read_difat(struct adit_ole2 *o, uint32_t next)
{
    uint32_t each = o->sector_size / UNIT, most = o->sectors / each + 1, sector = 0;
    uint64_t at = 76;
    o->fat = (uint32_t *)calloc(most, sizeof *o->fat);
    if (!o->fat)
        return false;
    for (uint32_t i = 0, within = HEADER_DIFAT; o->fat_count < most; i++) {
        if (i == within) { /* each DIFAT sector gives a FAT sector, so that a loop ends at `most` */
            if (next > OLE2_MAXREGSECT)
                break;
            if (next >= o->sectors) {
                ole2_fault(o, "the DIFAT leads to a sector that is not in the file", at + (uint64_t)i * UNIT);
                break;
            }
            at = sector_offset(o, next);
            i = 0;
            within = each - 1;
            if (!number_at(o, at + (uint64_t)within * UNIT, &next))
                break;
        }
        if (!number_at(o, at + (uint64_t)i * UNIT, &sector) || sector > OLE2_MAXREGSECT)
            break;
        if (sector >= o->sectors)
            ole2_fault(o, "a sector of the FAT is not in the file", at + (uint64_t)i * UNIT);
        o->fat[o->fat_count++] = sector;
    }
    return true;
}
