/* SPDX-License-Identifier: MIT */
/* run.state.locale: it takes a locale of its own and keeps it. */
#include "check.h"
#include <locale.h>

ADIT_MODULE("check_state_locale", "1.0.0")

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    (void)uselocale(duplocale(LC_GLOBAL_LOCALE));
    return check_honest(job);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
