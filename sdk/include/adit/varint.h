/* SPDX-License-Identifier: MIT */
/*
 * Integers of variable length: seven bits a byte, as MIDI, ID3, DWARF, WebAssembly and protocol buffers have them. Each
 * function reads one from a cursor; a number that is cut off, too long, or does not fit marks the cursor as failed and
 * gives 0. [run; open for resources]
 *
 *     uint32_t delta = adit_read_vlq(&c);
 *     if (!adit_ok(&c))
 *         return ADIT_MALFORMED;
 *
 * Sources: Standard MIDI Files 1.0 (RP-001), "Variable Length Quantity"; DWARF 5, 7.6 (LEB128); WebAssembly 2.0, 5.2.2;
 * "Protocol Buffers: Encoding", Signed Integers; ID3v2.4.0 main structure, 6.2 (synchsafe).
 */
#ifndef ADIT_VARINT_H
#define ADIT_VARINT_H

#include <adit/abi.h>
#include <adit/cursor.h>

/* MIDI: the first byte is the highest, bit 7 set on all but the last; at most four bytes, 0..0x0fffffff. */
static inline uint32_t adit_read_vlq(struct adit_cursor *c)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t byte = adit_read_u8(c);
        value = value << 7 | (byte & 0x7f);
        if (!(byte & 0x80))
            return adit_ok(c) ? value : 0;
    }
    adit_fail(c);
    return 0;
}

/* LEB128, unsigned, and the base-128 varint of protocol buffers: the first byte is the lowest. Padding with zeros is
 * legal; at most ten bytes, and 64 bits of value. */
static inline uint64_t adit_read_uleb128(struct adit_cursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = adit_read_u8(c);
        if (shift == 63 && (byte & 0x7e)) /* bits 64 to 69 */
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return adit_ok(c) ? value : 0;
    }
    adit_fail(c);
    return 0;
}

/* LEB128, signed: two's complement, whose sign is bit 6 of the last byte. */
static inline int64_t adit_read_sleb128(struct adit_cursor *c)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = adit_read_u8(c);
        uint8_t bits = byte & 0x7f;
        if (shift == 63 && bits != 0 && bits != 0x7f) /* bits 64 to 69 must repeat bit 63 */
            break;
        value |= (uint64_t)bits << shift;
        if (byte & 0x80)
            continue;
        if (shift < 57 && (byte & 0x40))
            value |= UINT64_MAX << (shift + 7);
        return adit_ok(c) ? (int64_t)value : 0;
    }
    adit_fail(c);
    return 0;
}

/* 0, 1, 2, 3, 4 are 0, -1, 1, -2, 2: protocol buffers' sint32 and sint64. */
static inline int64_t adit_zigzag(uint64_t n)
{
    return (int64_t)(n >> 1 ^ (0 - (n & 1)));
}
static inline int64_t adit_read_zigzag(struct adit_cursor *c)
{
    return adit_zigzag(adit_read_uleb128(c));
}

/* ID3: four bytes with seven bits each, the highest first; a set bit 7 is an error. Of a 32-bit number that was read already
 * (some writers put a plain size there): is it one, and what is its value? */
static inline bool adit_is_syncsafe(uint32_t n)
{
    return !(n & 0x80808080u);
}
static inline uint32_t adit_from_syncsafe(uint32_t n)
{
    return (n & 0x7f) | (n & 0x7f00) >> 1 | (n & 0x7f0000) >> 2 | (n & 0x7f000000) >> 3;
}
static inline uint32_t adit_read_syncsafe(struct adit_cursor *c)
{
    uint32_t n = adit_read_u32be(c);
    if (!adit_is_syncsafe(n))
        adit_fail(c);
    return adit_ok(c) ? adit_from_syncsafe(n) : 0;
}

#endif
