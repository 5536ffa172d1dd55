/* SPDX-License-Identifier: MIT */
/* echo.h, version 2. */
#define ECHO_VERSION 2u
#include "echo.h"

ADIT_MODULE("echo", "2.0.0")
