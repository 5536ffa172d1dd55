/* SPDX-License-Identifier: MIT */
/* The rules by number, for the checks. */
#ifndef VALIDATE_RULES_H
#define VALIDATE_RULES_H

enum rule {
#define R(name, number, id, severity, class, title, explanation, mend) RULE_##name,
#include "rules.def"
#undef R
    RULE_COUNT
};

#endif
