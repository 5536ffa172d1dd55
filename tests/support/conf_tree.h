/* SPDX-License-Identifier: MIT */
/* A folder of .conf files and modules for a test, and a registry of it. */
#ifndef TESTS_CONF_TREE_H
#define TESTS_CONF_TREE_H

#include "plan.h"
#include "registry.h"

struct conf_tree {
    char root[64]; /* absolute, without links */
};

void conf_tree_make(struct conf_tree *t);
void conf_tree_remove(struct conf_tree *t);

/* root/relative; valid until the sixteenth call after. */
const char *conf_tree_path(const struct conf_tree *t, const char *relative);
/* Writes a file and the folders above it. */
void conf_tree_write(const struct conf_tree *t, const char *relative, const char *text);

/* Writes conf.d/NAME.conf: an extractor (or of the kind that `more` begins with, as "kind = mapper\n") of version 1.0.0 with
 * the module NAME.so, which is written beside it; `more` is what follows in the file. */
void conf_tree_plugin(const struct conf_tree *t, const char *name, const char *more);

/* Opens root/conf.d alone (which counts as installed), without a snapshot unless a folder is given. Fails the test where it
 * cannot. */
struct registry *conf_tree_open(const struct conf_tree *t, const char *snapshot_folder);

/* The state and part of the reason of a plugin. */
void conf_tree_expect(const struct registry *r, const char *name, enum plugin_state state, const char *reason);
/* A finding of this rule whose message begins with `part`, or else has it. */
const struct finding *conf_tree_finding(const struct registry *r, const char *rule, const char *part);

#endif
