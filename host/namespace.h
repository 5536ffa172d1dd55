/* SPDX-License-Identifier: MIT */
/* The namespaces of identifiers: what every .conf declares of them, joined, and where that does not fit together. */
#ifndef HOST_NAMESPACE_H
#define HOST_NAMESPACE_H

#include "base/err.h"
#include "registry.h"

/* Fills r->namespaces, sorted by name: those that are declared, and those that a [map] names. Of two declarations that differ the
 * one of the earlier directory counts, then that of the plugin whose name comes first; the other is a finding. */
int namespaces_join(struct registry *r, struct err *e);

/* NULL: nobody knows it. */
const struct namespace *namespace_find(const struct registry *r, const char *name);
/* What its CURIEs begin with. */
const char *namespace_prefix(const struct namespace *n);

#endif
