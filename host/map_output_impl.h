/* SPDX-License-Identifier: MIT */
/* What the formats of answers share. */
#ifndef HOST_MAP_OUTPUT_IMPL_H
#define HOST_MAP_OUTPUT_IMPL_H

#include "base/arena.h"
#include "map_csv.h"
#include "map_output.h"

enum { MAP_BLOCK = 256 * 1024, MAP_COLUMNS_MOST = 16 };

enum map_column {
    MAP_COL_INPUT = 0, MAP_COL_INDEX, MAP_COL_TARGET, MAP_COL_STATUS, MAP_COL_PREDICATE, MAP_COL_PATH, MAP_COL_HOPS,
    MAP_COL_THROUGH, MAP_COL_VALIDATION, MAP_COL_DIGEST, MAP_COL_REASON, MAP_COLUMNS,
};

enum map_piece_end { MAP_PIECE_END, MAP_PIECE_INPUT, MAP_PIECE_INDEX, MAP_PIECE_TARGET };
/* A piece of a row of a mapped input: a text that is always the same, and what follows it. */
struct map_piece { char *text; size_t size; enum map_piece_end then; };

struct map_output {
    struct map_output_options options;
    const struct map_format_ops *ops;
    struct buf out;
    struct map_counts counts;
    int error;
    bool terminal;
    struct arena arena;
    enum map_column columns[MAP_COLUMNS_MOST]; size_t column_count;
    struct map_piece pieces[MAP_COLUMNS_MOST + 1]; size_t piece_count; /* 0: there is no short cut */
    size_t fixed; /* bytes of all pieces */
    bool first;   /* json: nothing was printed yet */
    void *sssom;
};

struct map_format_ops {
    const char *name;
    int (*begin)(struct map_output *o, struct err *e);
    void (*answer)(struct map_output *o, const struct map_answer *a);
    void (*end)(struct map_output *o);
    /* Takes a chunk as a whole, where it can. NULL: never. */
    bool (*chunk)(struct map_output *o, struct map_chunk *c);
};
extern const struct map_format_ops map_text_ops, map_tsv_ops, map_ndjson_ops, map_json_ops, map_sssom_ops;

/* Writes what waits, where it is a block at least. */
void map_output_spill(struct map_output *o);
int map_output_write(struct map_output *o);
void map_output_count(struct map_output *o, const struct map_answer *a);
/* The way a target was found by. */
const struct map_way *map_output_way(const struct map_output *o, const struct map_target *t);
/* Of a target, or of the input where it is NULL. */
enum map_validation map_output_validation(const struct map_output *o, const struct map_target *t);

#endif
