/* SPDX-License-Identifier: MIT */
/* What a plugin's adit_option() knows: [options], and under reserved keys what else of its .conf it may have to know. */
#ifndef HOST_PLUGIN_OPTIONS_H
#define HOST_PLUGIN_OPTIONS_H

#include "base/buf.h"
#include "registry.h"

/* Appends pairs of NUL-terminated key and value, reserved keys first: resources.LABEL (the file's base name), and of [map] map.from
 * (joined by a blank), map.to, map.symmetric, map.field (PLUGIN.PATH, joined by a blank). Returns how many pairs. */
uint32_t plugin_options_add(const struct conf *c, struct buf *b);

#endif
