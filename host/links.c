/* SPDX-License-Identifier: MIT */
#include "links.h"

#include "fields.h"

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Text that is UTF-8 as a whole is so in each part that does not begin within a character. */
static bool all_utf8(const uint8_t *heads, uint32_t count, const char *bytes, size_t size)
{
    size_t at = 0;
    bool within = false;
    for (uint32_t i = 0; i < count; i++) {
        struct link_head head;
        memcpy(&head, heads + i * sizeof head, sizeof head);
        size_t n = head.size_flags >> 8;
        within |= n > 0 && is_continuation(bytes[at]);
        at += n;
    }
    return !within && utf8_valid(bytes, size);
}

size_t links_drop_invalid(struct links_block *b)
{
    if (all_utf8((const uint8_t *)b->heads, b->count, b->bytes, b->size))
        return 0;
    uint32_t kept = 0, size = 0, at = 0, count = b->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = b->heads[i].size_flags >> 8;
        if (utf8_valid(b->bytes + at, n)) {
            b->heads[kept++] = b->heads[i];
            memmove(b->bytes + size, b->bytes + at, n);
            size += n;
        }
        at += n;
    }
    b->count = kept;
    b->size = size;
    return count - kept;
}

bool links_valid(const uint8_t *record, size_t size, uint32_t ids)
{
    uint32_t count;
    if (size < sizeof count || size > WIRE_DATA)
        return false;
    memcpy(&count, record, sizeof count);
    size -= sizeof count;
    if (count == 0 || count > size / sizeof(struct link_head))
        return false;
    const uint8_t *heads = record + sizeof count;
    size_t room = size - count * sizeof(struct link_head), used = 0;
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        struct link_head head;
        memcpy(&head, heads + i * sizeof head, sizeof head);
        uint32_t n = head.size_flags >> 8, flags = head.size_flags & 0xff;
        good &= head.id < ids && (flags & ~(uint32_t)LINK_FLAGS) == 0 && n <= LINK_TARGET && (n > 0 || (flags & ADIT_LINK_OBSOLETE));
        used += n;
        if (used > room)
            return false;
    }
    return good && used == room && all_utf8(heads, count, (const char *)heads + count * sizeof(struct link_head), room);
}
