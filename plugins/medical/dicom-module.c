/* SPDX-License-Identifier: MIT */
/* One module of DICOM PS3.3 annex C, as its .conf describes it: of what the plugin dicom has found the attributes that belong to it, and
 * which of those it requires are not there. The conditions of conditional types (1C, 2C) are not known here: such attributes are never
 * missing. */
#include "dicom_check.h"
#include <stdlib.h>

ADIT_MODULE("dicom-module", "1.0.0")

static void emit_found(const struct adit_call *job, const struct module *m, const uint8_t *found, enum finding what,
                       const char *name)
{
    bool begun = false;
    for (size_t i = 0; i < m->count; i++) {
        if (found[i] != what)
            continue;
        if (!begun)
            (void)adit_begin_list(job, name);
        begun = true;
        (void)adit_emit_text(job, "", m->items[i].keyword);
    }
    if (begun)
        (void)adit_end(job);
}

static int32_t run(void *state, const struct adit_call *job)
{
    const struct module *m = (const struct module *)state;
    uint32_t data_set = adit_need(job, "dicom", 0), empty = adit_child(job, data_set, "empty");
    uint8_t found[MAX_ATTRIBUTES];
    for (size_t i = 0; i < m->count; i++)
        found[i] = (uint8_t)look_at(job, data_set, empty, &m->items[i]);
    emit_found(job, m, found, MISSING, "missing");
    emit_found(job, m, found, EMPTY, "empty");
    emit_found(job, m, found, INVALID, "invalid");
    return ADIT_OK;
}

static void module_close(void *state)
{
    free(state);
}

static int32_t module_open(const struct adit_call *job, void **state)
{
    struct module *m = (struct module *)calloc(1, sizeof *m);
    if (!m)
        return ADIT_FAILED;
    module_read(job, m);
    if (m->count == 0) {
        (void)adit_warn(job, "[options] attributes names none");
        free(m);
        return ADIT_FAILED;
    }
    *state = m;
    return ADIT_OK;
}

ADIT_PLUGIN(module_open, run, NULL, module_close)
