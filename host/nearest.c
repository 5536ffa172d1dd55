/* SPDX-License-Identifier: MIT */
#include "nearest.h"

#include <string.h>

enum { LONGEST = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

/* Insertions, deletions, replacements and swapped neighbours (optimal string alignment), in three rows. */
static size_t edit_distance(const char *a, size_t an, const char *b, size_t bn)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= bn; j++)
        last[j] = j;
    for (size_t i = 1; i <= an; i++) {
        now[0] = i;
        for (size_t j = 1; j <= bn; j++) {
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[bn];
}

void nearest_offer(struct nearest *n, const char *known)
{
    size_t wn = strlen(n->word), kn = strlen(known);
    if (wn > LONGEST || kn > LONGEST)
        return;
    size_t distance = edit_distance(n->word, wn, known, kn);
    size_t longer = wn > kn ? wn : kn;
    if (distance > (longer + 2) / 3)
        return;
    if (!n->best || distance < n->distance) {
        n->best = known;
        n->distance = distance;
    }
}
