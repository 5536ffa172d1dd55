/* SPDX-License-Identifier: MIT */
/* echo.h, version 1. */
#define ECHO_VERSION 1u
#include "echo.h"

ADIT_MODULE("echo", "1.0.0")
