/* SPDX-License-Identifier: MIT */
/* A little of `make faults` and of `make soak`: scripts/faults and scripts/soak tell what must hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef ADIT_SANITIZED /* a run takes ten times as long */
#define SOME_FAULTS " --most 2 --scenario extract --kind memory --kind descriptor --kind disk"
#define SOME_KILLS " --kills 3"
#else
#define SOME_FAULTS " --most 2"
#define SOME_KILLS " --kills 15"
#endif

static void run(const char *command)
{
    char text[4096] = "", line[1024];
    FILE *f = popen(command, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, "ok ", 3) != 0 && strlen(text) + strlen(line) < sizeof text)
            (void)strcat(text, line);
    int status = pclose(f);
    if (status != 0)
        fail_msg("%s: status %d\n%s", command, status, text);
    print_message("%s", text);
}

static void test_some_of_each(void **state)
{
    (void)state;
    run("scripts/faults --build " BUILD_DIR SOME_FAULTS " 2>&1");
}

static void test_some_kills(void **state)
{
    (void)state;
    run("scripts/soak --build " BUILD_DIR SOME_KILLS " 2>&1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_some_of_each), cmocka_unit_test(test_some_kills)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
