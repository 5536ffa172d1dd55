/* SPDX-License-Identifier: MIT */
/* Do the predicates of a plugin ([match] field = …) hold for a source, by what the plugins asked have emitted for it? [host] */
#ifndef HOST_PREDICATE_H
#define HOST_PREDICATE_H

#include "engine_impl.h"

/* True where all of them hold. The plugins that they ask have come to their end; where one has no
 * fields that count, no predicate on it holds. A field's values are looked up once a source, however
 * many predicates ask for it. Where memory is short the engine is told. */
bool predicates_hold(struct engine *g, struct source *s, const struct conf *c);

#endif
