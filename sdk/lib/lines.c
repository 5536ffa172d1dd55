/* SPDX-License-Identifier: MIT */
#include <adit/lines.h>
#include <string.h>

/* Moves what is left of the room to its beginning and reads on behind it. False: nothing more came. */
static bool fill(struct adit_lines *l)
{
    memmove(l->room, l->room + l->at, l->filled - l->at);
    l->filled -= l->at;
    l->at = 0;
    uint64_t left = l->end > l->next ? l->end - l->next : 0;
    size_t space = l->capacity - l->filled;
    size_t want = left < space ? (size_t)left : space;
    int64_t got = want > 0 ? adit_read(l->job, l->source, l->next, l->room + l->filled, want) : 0;
    if (got < 0)
        l->failed = true;
    if (got <= 0)
        return false;
    l->next += (uint64_t)got;
    l->filled += (size_t)got;
    return true;
}

/* Offset in `text` of the first line end, or `n`. By blocks, so that a text with one kind of end alone is not searched for
 * the other kind to its very end again and again. */
static size_t find_end(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t block = n - i < 256 ? n - i : 256;
        const char *lf = (const char *)memchr(text + i, '\n', block);
        size_t before = lf ? (size_t)(lf - (text + i)) : block;
        const char *cr = (const char *)memchr(text + i, '\r', before);
        if (cr)
            return (size_t)(cr - text);
        if (lf)
            return (size_t)(lf - text);
        i += block;
    }
    return n;
}

/* Steps over the end that stands at l->at; a CR at the end of the room needs one byte more to tell it from CRLF. The line
 * that was found must survive that, so the byte is asked for on its own. */
static void take_end(struct adit_lines *l)
{
    char end = l->room[l->at++];
    if (end == '\n') {
        l->ended = ADIT_LINE_END_LF;
        return;
    }
    l->ended = ADIT_LINE_END_CR;
    char after = 0;
    if (l->at < l->filled) {
        if (l->room[l->at] != '\n')
            return;
        l->at++;
    } else {
        if (l->next >= l->end || adit_read(l->job, l->source, l->next, &after, 1) != 1 || after != '\n')
            return;
        l->next++;
    }
    l->ended = ADIT_LINE_END_CRLF;
}

/* Drops bytes of a line that has become longer than the room until its end. */
static void skip_rest(struct adit_lines *l)
{
    char piece[4096];
    l->at = l->filled;
    while (l->next < l->end) {
        uint64_t left = l->end - l->next;
        int64_t got = adit_read(l->job, l->source, l->next, piece, left < sizeof piece ? (size_t)left : sizeof piece);
        if (got <= 0) {
            l->failed = l->failed || got < 0;
            l->next = l->end;
            return;
        }
        size_t to_end = find_end(piece, (size_t)got);
        l->length += to_end;
        l->next += to_end;
        if (to_end == (size_t)got)
            continue;
        bool crlf = false;
        if (piece[to_end] == '\r') {
            char pair[2];
            crlf = l->end - l->next > 1 && adit_read(l->job, l->source, l->next, pair, 2) == 2 && pair[1] == '\n';
        }
        l->ended = piece[to_end] == '\n' ? ADIT_LINE_END_LF : crlf ? ADIT_LINE_END_CRLF : ADIT_LINE_END_CR;
        l->next += crlf ? 2 : 1;
        return;
    }
}

bool adit_next_line(struct adit_lines *l)
{
    size_t searched = 0; /* bytes from l->at known to hold no end */
    for (;;) {
        searched += find_end(l->room + l->at + searched, l->filled - l->at - searched);
        if (l->at + searched < l->filled)
            break;
        if (searched == l->capacity || !fill(l))
            break;
    }
    if (l->at == l->filled) /* the range is used up */
        return false;
    l->offset = l->next - (l->filled - l->at);
    l->number++;
    l->line = adit_text_of(l->room + l->at, searched);
    l->length = searched;
    l->ended = ADIT_LINE_END_NONE;
    l->at += searched;
    if (l->at < l->filled)
        take_end(l);
    else if (searched == l->capacity)
        skip_rest(l);
    return true;
}
