/* SPDX-License-Identifier: MIT */
#include "job_table.h"

#include <errno.h>
#include <string.h>

int job_table_copy(const struct adit_plugin *table, struct adit_plugin *out, struct err *e)
{
    const size_t least = offsetof(struct adit_plugin, map); /* ABI 1.0 */
    if (!table)
        return err_set(e, -ENOEXEC, "the module exports no adit_plugin");
    if (table->size < least || table->abi_major != ADIT_ABI_MAJOR)
        return err_set(e, -ENOEXEC, "the module's adit_plugin is of ABI %u.%u and %u bytes, this host has %d.%d and %zu: build it "
                       "with this SDK", table->abi_major, table->abi_minor, table->size, ADIT_ABI_MAJOR, ADIT_ABI_MINOR,
                       sizeof *table);
    struct adit_plugin copy = {0};
    memcpy(&copy, table, table->size < sizeof copy ? table->size : sizeof copy);
    if (!copy.run && !copy.run_batch && !copy.map)
        return err_set(e, -ENOEXEC, "the module's adit_plugin has neither run nor run_batch nor map");
    *out = copy;
    return 0;
}
