/* SPDX-License-Identifier: MIT */
/*
 * Everything a plugin needs. A whole module:
 *
 *     #include <adit/adit.h>
 *     ADIT_MODULE("hello", "1.0.0")
 *
 *     static int32_t run(void *state, const struct adit_call *job)
 *     {
 *         struct adit_cursor c = adit_cursor(job);
 *         (void)state;
 *         if (adit_read_u32be(&c) != 0x48454c4f)
 *             return ADIT_DECLINED;
 *         uint16_t width = adit_read_u16be(&c);
 *         if (!adit_ok(&c))
 *             return ADIT_MALFORMED;
 *         adit_emit_u64(job, "width", width);
 *         return ADIT_OK;
 *     }
 *     ADIT_PLUGIN(NULL, run, NULL, NULL)
 *
 * No function here allocates, prints or exits; all may be called in C11 and C++17.
 */
#ifndef ADIT_ADIT_H
#define ADIT_ADIT_H

#include <adit/abi.h>
#include <adit/cursor.h>
#include <adit/emit.h>
#include <adit/map.h>
#include <adit/module.h>
#include <adit/need.h>
#include <adit/option.h>
#include <adit/source.h>
#include <adit/stream.h>
#include <adit/text.h>
#include <adit/time.h>

#endif
