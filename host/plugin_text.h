/* SPDX-License-Identifier: MIT */
/* How the parts of plugins and plans are called, in what commands print. */
#ifndef HOST_PLUGIN_TEXT_H
#define HOST_PLUGIN_TEXT_H

#include "base/buf.h"
#include "plan.h"

const char *plugin_kind_name(const struct plugin *p);
const char *plugin_state_name(enum plugin_state state); /* "ready", "disabled", "broken", "quarantined" */
const char *plugin_isolation_name(const struct plugin *p);
const char *plan_reason_name(enum plan_reason reason); /* "type", "needed", "not-type", …: stable, for json */
bool plan_reason_runs(enum plan_reason reason);

/* "u32", "string", …: as in the .conf. */
const char *plugin_field_kind_name(const struct conf_field *f, char out[8]);
/* "exif >= 1.0.0 < 2.0.0" */
void plugin_need_text(struct buf *b, const struct conf_need *need);

/* "hgnc.symbol, hgnc.alias -> ncbigene, skos:exactMatch, cost 10, both ways" */
void plugin_map_text(struct buf *b, const struct conf_map *m);
/* `,"map":{…}`; nothing where there is no [map]. */
void plugin_put_map_json(struct buf *b, const struct conf_map *m);

/* A text for a terminal: what it would act upon is made visible. */
void plugin_put_visible(struct buf *b, const char *text);
/* `,"key":"text"`, without the comma at the beginning of an object. */
void plugin_put_json(struct buf *b, const char *key, const char *text);
void plugin_put_json_list(struct buf *b, const char *key, const char *const *texts, size_t count);

#endif
