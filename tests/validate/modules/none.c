// SPDX-License-Identifier: MIT
/* A mistake: no table of functions. */
#include <adit/module.h>

ADIT_MODULE("none-gcc", "1.0.0")
