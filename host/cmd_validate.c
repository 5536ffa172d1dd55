/* SPDX-License-Identifier: MIT */
/* `adit validate PATH…`: says what is wrong with modules and .conf files, before anything of them runs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "cmd_validate_run.h"
#include "output_value.h"
#include "validation.h"

enum { OPT_OUTPUT = CMD_OPT_FIRST_OWN, OPT_WERROR, OPT_RULES };
enum { EXIT_NOTHING_RAN = 3 };

static const struct format {
    const char *name;
    void (*write)(const struct report *r, bool werror, struct buf *out);
} formats[] = {
    {"text", report_text}, {"json", report_json}, {"sarif", report_sarif}, {"junit", report_junit}, {"tap", report_tap},
};

struct settings {
    struct cmd_common common;
    const struct format *format;
    const char *output;
    bool werror, rules, quiet;
    struct validate_run run;
};

static void print_help(void)
{
    (void)printf(
        "Usage: adit validate [OPTION]… PATH…\n\n"
        "Checks modules (*.so), .conf files, and all of them in folders. Runs no code of theirs without --run.\n"
        "A module is checked with what the .conf files that use it declare.\n\n"
        "  -f, --format FORMAT      text (the default), json, sarif, junit, tap\n"
        "      --output FILE        write the report to FILE\n"
        "  -q, --quiet              text: only what is wrong, and nothing where nothing is\n"
        "      --Werror             warnings count as errors\n"
        "      --rules              list and explain the rules for modules, and end (text, json)\n" VALIDATE_RUN_HELP CMD_COMMON_HELP
        "\nExit status: 0 accepted, 1 something was found, 2 usage, 3 nothing was checked.\n");
}

static const struct format *find_format(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static const char *class_of(const struct vrule *rule)
{
    return rule->form ? "form" : rule->waivable ? "waivable" : "policy";
}

static void rules_text(struct buf *b, const struct vrule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *severity = rules[i].severity == VALIDATE_ERROR ? "error" : "warning";
        buf_addf(b, "%s (%s, %s)\n    %s.\n    %s\n    To mend: %s\n", rules[i].id, severity, class_of(&rules[i]),
                 rules[i].title, rules[i].explanation, rules[i].mend);
    }
}

static void rules_json(struct buf *b, const struct vrule *rules, size_t count)
{
    buf_addf(b, "{\"schema\":%d,\"rules\":[", REPORT_SCHEMA);
    for (size_t i = 0; i < count; i++) {
        const char *severity = rules[i].severity == VALIDATE_ERROR ? "error" : "warning";
        const char *const texts[] = {
            ",\"title\":", rules[i].title, ",\"explanation\":", rules[i].explanation, ",\"mend\":", rules[i].mend};
        buf_addf(b, "%s\n{\"id\":\"%s\",\"number\":%u,\"severity\":\"%s\",\"class\":\"%s\"", i ? "," : "", rules[i].id,
                 rules[i].number, severity, class_of(&rules[i]));
        for (size_t k = 0; k < sizeof texts / sizeof *texts; k += 2) {
            buf_adds(b, texts[k]);
            (void)value_string(b, texts[k + 1], strlen(texts[k + 1]));
        }
        buf_putc(b, '}');
    }
    buf_adds(b, "]}\n");
}

/* Writes the report; says so on stderr where it cannot. */
static int write_out(const struct settings *s, const struct buf *b)
{
    if (b->failed) {
        cmd_error("validate", "out of memory");
        return -ENOMEM;
    }
    const char *data = b->data ? b->data : ""; /* --quiet: nothing */
    if (!s->output) {
        (void)fwrite(data, 1, b->size, stdout); /* main() tells where that fails */
        return 0;
    }
    FILE *to = fopen(s->output, "w");
    bool good = to && fwrite(data, 1, b->size, to) == b->size;
    if (to)
        good = fclose(to) == 0 && good;
    if (good)
        return 0;
    cmd_error("validate", "cannot write %s: %s", s->output, strerror(errno));
    return -EIO;
}

static int print_rules(const struct settings *s)
{
    struct buf b = BUF_INIT;
    size_t count;
    const struct vrule *rules = validate_rules(&count);
    if (s->format->write != report_text && s->format->write != report_json)
        return cmd_usage("validate", "--rules are told as text or json, not as %s", s->format->name);
    if (s->run.on)
        validate_run_rules(&b, s->format->write == report_json);
    else
        (s->format->write == report_json ? rules_json : rules_text)(&b, rules, count);
    int r = write_out(s, &b);
    buf_release(&b);
    return r < 0 ? EXIT_NOTHING_RAN : EXIT_DONE;
}

/* -1: go on; otherwise the exit status. */
static int read_options(struct settings *s, int argc, char **argv)
{
    static const struct option longs[] = {CMD_COMMON_LONG,
                                          {"format", required_argument, NULL, 'f'},
                                          {"output", required_argument, NULL, OPT_OUTPUT},
                                          {"Werror", no_argument, NULL, OPT_WERROR},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"rules", no_argument, NULL, OPT_RULES},
                                          VALIDATE_RUN_LONG,
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = cmd_getopt(argc, argv, "f:q", longs)) != -1) {
        int common = cmd_common_option(&s->common, option, optarg);
        if (common < 0)
            return EXIT_USAGE;
        if (common > 0)
            continue;
        int run = validate_run_option(&s->run, option, optarg);
        if (run > 0)
            return run;
        if (run == 0)
            continue;
        switch (option) {
        case CMD_OPT_HELP:
            print_help();
            return EXIT_DONE;
        case 'f':
            s->format = find_format(optarg);
            if (!s->format)
                return cmd_usage("validate", "there is no format '%s': text, json, sarif, junit, tap", optarg);
            break;
        case OPT_OUTPUT:
            s->output = optarg;
            break;
        case 'q':
            s->quiet = true;
            break;
        case OPT_WERROR:
            s->werror = true;
            break;
        case OPT_RULES:
            s->rules = true;
            break;
        default:
            return EXIT_USAGE;
        }
    }
    return -1;
}

static int validate_paths(struct settings *s, char **paths, size_t count)
{
    struct report report = {0};
    struct buf b = BUF_INIT;
    struct err e = {0};
    s->common.registry.conf_dirs = s->common.conf_dirs;
    s->common.registry.module_dirs = s->common.module_dirs;
    struct validation_options options = {
        .paths = (const char *const *)paths, .path_count = count, .registry = &s->common.registry};
    int status = validate_run_begin(&s->run, s->common.prefix, &report, &options);
    if (status)
        return status;
    status = EXIT_NOTHING_RAN;
    if (validation_run(&options, &report, &e) < 0) {
        cmd_error("validate", "%s", e.text);
    } else if (report.count == 0) {
        cmd_error("validate", "nothing was checked: there is no *.so and no *.conf there");
    } else {
        size_t errors = report_count(&report, FINDING_ERROR), warnings = report_count(&report, FINDING_WARNING);
        bool bad = errors || (s->werror && warnings), quiet = s->quiet && s->format->write == report_text;
        if (quiet)
            report_keep_wrong(&report);
        if (!quiet || errors || warnings)
            s->format->write(&report, s->werror, &b);
        if (write_out(s, &b) == 0)
            status = bad ? EXIT_SOME_FAILED : validate_run_end(&s->run) ? EXIT_DONE : EXIT_NOTHING_RAN;
    }
    validate_run_release(&s->run);
    buf_release(&b);
    report_release(&report);
    return status;
}

int cmd_validate(int argc, char **argv)
{
    struct settings s = {.format = &formats[0]};
    if (cmd_common_init(&s.common) < 0)
        return EXIT_NOTHING_RAN;
    int status = read_options(&s, argc, argv);
    if (status >= 0)
        return status;
    if (s.rules)
        return print_rules(&s);
    if (optind >= argc)
        return cmd_usage("validate", "which modules, .conf files or folders?");
    return validate_paths(&s, argv + optind, (size_t)(argc - optind));
}
