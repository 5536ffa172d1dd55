/* SPDX-License-Identifier: MIT */
#include "shards_journal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

enum { MOST_SHARDS = 1000000 };

void digest_text(const unsigned char digest[DIGEST_SIZE], char out[2 * DIGEST_SIZE + 1])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static bool digest_parse(const char *text, unsigned char out[DIGEST_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (unsigned char)byte;
    }
    return true;
}

static struct shard_facts *facts_of(struct journal *j, uint32_t shard)
{
    while (shard < MOST_SHARDS && shard >= j->shards.count)
        if (!vec_push(&j->shards, (struct shard_facts){0}))
            return NULL;
    return shard < MOST_SHARDS ? &j->shards.items[shard] : NULL;
}

/* "SHARD:OFFSET:SIZE:SAMPLES:FILES,…" or "-"; NULL: it is neither. */
static const struct segment *parse_segments(struct journal *j, const char *text, size_t *count)
{
    size_t most = 1;
    for (const char *at = text; *at; at++)
        most += *at == ',';
    struct segment *list = arena_array(&j->arena, most, sizeof *list);
    *count = 0;
    if (!list || strcmp(text, "-") == 0)
        return list;
    for (const char *at = text; *count < most; at++) {
        struct segment *s = &list[(*count)++];
        int size = 0;
        if (sscanf(at, "%" SCNu32 ":%" SCNu64 ":%" SCNu64 ":%" SCNu32 ":%" SCNu32 "%n", &s->shard, &s->offset, &s->size, &s->samples, &s->files, &size) != 5 ||
            s->shard >= MOST_SHARDS)
            return NULL;
        at += size;
        if (*at != ',')
            return *at == '\0' ? list : NULL;
    }
    return NULL;
}

static bool on_unit(struct journal *j, char *line)
{
    struct unit *u = arena_alloc(&j->arena, sizeof *u);
    char id[65], *space = strrchr(line, ' ');
    if (!u)
        return false;
    *u = (struct unit){0};
    if (!space || sscanf(line, "u %64s %" SCNu64 " %" SCNu64, id, &u->samples, &u->files) != 3 || strlen(id) != 64 || !digest_parse(id, u->identity))
        return true;
    u->segments = parse_segments(j, space + 1, &u->segment_count);
    return !u->segments || map_put(&j->units, (const char *)u->identity, DIGEST_SIZE, u);
}

void journal_drop(struct journal *j, uint32_t shard)
{
    for (size_t i = 0; i < j->units.capacity; i++) {
        struct unit *u = j->units.entries[i].key ? j->units.entries[i].value : NULL;
        for (size_t k = 0; u && k < u->segment_count; k++)
            if (u->segments[k].shard == shard) {
                j->units.entries[i].value = NULL;
                break;
            }
    }
    if (shard < j->shards.count)
        j->shards.items[shard] = (struct shard_facts){0};
}

static bool on_shard(struct journal *j, const char *line)
{
    uint32_t shard;
    char id[65];
    struct shard_facts f = {.complete = true};
    if (sscanf(line, "s %" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNd64 " %64s %" SCNu64 " %" SCNu64, &shard, &f.size, &f.inode, &f.mtime_ns, id,
               &f.samples, &f.files) != 7 || shard >= MOST_SHARDS || strlen(id) != 64 || !digest_parse(id, f.digest))
        return true;
    struct shard_facts *to = facts_of(j, shard);
    if (to)
        *to = f;
    return to != NULL;
}

bool journal_read(struct journal *j, FILE *f)
{
    char *line = NULL;
    size_t room = 0;
    uint32_t shard;
    bool fits = true;
    for (ssize_t n; fits && (n = getline(&line, &room, f)) > 0;) {
        if (line[n - 1] != '\n')
            break; /* cut off while it was written */
        line[n - 1] = '\0';
        if (line[0] == 'u')
            fits = on_unit(j, line);
        else if (line[0] == 's')
            fits = on_shard(j, line);
        else if (sscanf(line, "d %" SCNu32, &shard) == 1)
            journal_drop(j, shard);
    }
    free(line);
    return fits;
}

void journal_release(struct journal *j)
{
    arena_release(&j->arena);
    map_release(&j->units);
    free(j->shards.items);
    *j = (struct journal){0};
}

const struct unit *journal_unit(const struct journal *j, const unsigned char identity[DIGEST_SIZE])
{
    return map_get(&j->units, (const char *)identity, DIGEST_SIZE);
}

void journal_put_unit(FILE *f, const struct unit *u)
{
    char id[65];
    digest_text(u->identity, id);
    (void)fprintf(f, "u %s %" PRIu64 " %" PRIu64 " ", id, u->samples, u->files);
    for (size_t i = 0; i < u->segment_count; i++)
        (void)fprintf(f, "%s%" PRIu32 ":%" PRIu64 ":%" PRIu64 ":%" PRIu32 ":%" PRIu32, i > 0 ? "," : "", u->segments[i].shard, u->segments[i].offset,
                      u->segments[i].size, u->segments[i].samples, u->segments[i].files);
    (void)fputs(u->segment_count > 0 ? "\n" : "-\n", f);
}

void journal_put_shard(FILE *f, uint32_t shard, const struct shard_facts *s)
{
    char id[65];
    digest_text(s->digest, id);
    (void)fprintf(f, "s %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRId64 " %s %" PRIu64 " %" PRIu64 "\n", shard, s->size, s->inode, s->mtime_ns, id,
                  s->samples, s->files);
}

void journal_put_drop(FILE *f, uint32_t shard)
{
    (void)fprintf(f, "d %" PRIu32 "\n", shard);
}
