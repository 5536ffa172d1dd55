/* SPDX-License-Identifier: MIT */
#include "cmd_validate_run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "output_value.h"

enum { EXIT_NOTHING_RAN = 3, EFFORT_MAX = 1000000 };

static int read_effort(struct validate_run *r, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end || end == text || n < 1 || n > EFFORT_MAX)
        return cmd_usage("validate", "--effort %s: a number from 1 to %d is wanted", text, EFFORT_MAX);
    r->options.effort = (uint32_t)n;
    r->has_effort = true;
    return 0;
}

int validate_run_option(struct validate_run *r, int option, const char *argument)
{
    if (option < VALIDATE_OPT_RUN || option > VALIDATE_OPT_SAVE)
        return -1;
    if (option == VALIDATE_OPT_RUN)
        r->on = true;
    else
        r->with_options = true;
    switch (option) {
    case VALIDATE_OPT_SAMPLES:
        r->options.samples = argument;
        break;
    case VALIDATE_OPT_SAVE:
        r->options.save_inputs = argument;
        break;
    case VALIDATE_OPT_CHECK:
        r->check = argument;
        if (check_rule_find(argument) == CHECK_COUNT)
            return cmd_usage("validate", "there is no check '%s': --run --rules lists them", argument);
        break;
    case VALIDATE_OPT_REPRODUCE:
        r->has_seed = true;
        if (conform_parse_seed(argument, &r->options.seed, &r->options.only_input) != 0)
            return cmd_usage("validate", "--reproduce %s: SEED or SEED:N is wanted, as a report gives it", argument);
        break;
    case VALIDATE_OPT_EFFORT:
        return read_effort(r, argument);
    default:
        break;
    }
    return 0;
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int run_plugin(void *context, const struct registry *registry, const struct plugin *p, const char *path,
                      struct err *e)
{
    struct validate_run *r = context;
    return conform_plugin(r->conform, registry, p, path, e);
}

int validate_run_begin(struct validate_run *r, const char *prefix, struct report *report,
                       struct validation_options *options)
{
    struct err e = {0};
    if (!r->on)
        return r->with_options
                   ? cmd_usage("validate", "--samples, --check, --reproduce, --effort and --save-inputs go with --run")
                   : 0;
    if (r->options.samples && !is_folder(r->options.samples))
        return cmd_usage("validate", "--samples %s is not a folder", r->options.samples);
    if (r->options.save_inputs && !is_folder(r->options.save_inputs))
        return cmd_usage("validate", "--save-inputs %s is not a folder: make it first", r->options.save_inputs);
    r->options.only = r->check ? check_rule_find(r->check) : CHECK_COUNT;
    r->options.prefix = prefix;
    if (!r->has_seed)
        r->options.seed = conform_new_seed();
    if (!r->has_effort)
        r->options.effort = CONFORM_EFFORT;
    if (conform_new(&r->options, report, &r->conform, &e) < 0) {
        cmd_error("validate", "%s", e.text);
        return EXIT_NOTHING_RAN;
    }
    options->plugin = run_plugin;
    options->context = r;
    return 0;
}

bool validate_run_end(struct validate_run *r)
{
    bool ran = !r->on || conform_ran(r->conform) > 0;
    if (!ran)
        cmd_error(
            "validate",
            "no check was run: --run is for .conf files whose module passes; see the report for what was skipped");
    return ran;
}

void validate_run_release(struct validate_run *r)
{
    conform_free(r->conform);
    r->conform = NULL;
}

static void rules_json(struct buf *b)
{
    buf_addf(b, "{\"schema\":%d,\"checks\":[", REPORT_SCHEMA);
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        const struct check_rule *r = &check_rules[i];
        buf_addf(b, "%s\n{\"id\":\"%s\",\"samples\":%s,\"title\":", i ? "," : "", r->id,
                 r->needs & CHECK_NEEDS_SAMPLES ? "true" : "false");
        (void)value_string(b, r->title, strlen(r->title));
        buf_adds(b, ",\"mend\":");
        (void)value_string(b, r->mend, strlen(r->mend));
        buf_putc(b, '}');
    }
    buf_adds(b, "]}\n");
}

void validate_run_rules(struct buf *b, bool json)
{
    if (json) {
        rules_json(b);
        return;
    }
    for (size_t i = 0; i < CHECK_COUNT; i++)
        buf_addf(b, "%s\n    %s.%s\n    To mend: %s.\n", check_rules[i].id, check_rules[i].title,
                 check_rules[i].needs & CHECK_NEEDS_SAMPLES ? " Needs samples." : "", check_rules[i].mend);
}
