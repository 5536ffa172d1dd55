/* SPDX-License-Identifier: MIT */
/* The adit program: finds the command and runs it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "nearest.h"

static const struct cmd commands[] = {
    {"extract", cmd_extract, "say what is in files"},
    {"detect", cmd_detect, "say of what type files are"},
    {"explain", cmd_explain, "say which plugins run on a file, and why"},
    {"map", cmd_map, "map identifiers from one namespace to another"},
    {"plugins", cmd_plugins, "list and show plugins and their graph"},
    {"validate", cmd_validate, "check modules and .conf files"},
    {"cache", cmd_cache, "look at the cache of results, prune or clear it"},
    {"new", cmd_new, "begin a plugin of your own"},
};

static void print_help(FILE *to)
{
    (void)fprintf(to, "Usage: adit COMMAND [OPTION]… [ARGUMENT]…\n\nadit says what is in files, and maps identifiers, with plugins that it "
                      "checks, locks away and remembers.\n\nCommands:\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        (void)fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
    (void)fprintf(to, "\nTry 'adit extract FILE', 'adit COMMAND --help', or 'man adit'.\n");
}

/* What was printed has to arrive: a full disk is no success. (`extract` writes its results by itself, and tells the same way.) */
static int finish(const char *name, int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    cmd_error(name, "cannot write to standard output: %s", errno ? strerror(errno) : "an earlier write failed");
    return status > EXIT_CONFIGURATION ? status : EXIT_CONFIGURATION;
}

static const struct cmd *command_of(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    if (name[0] == '-') {
        (void)fprintf(stderr, "adit: there is no option '%s' before a command: options follow it, as in 'adit extract --format json FILE'\n"
                              "Try 'adit --help'.\n", name);
        return EXIT_USAGE;
    }
    struct nearest n = {.word = name};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        nearest_offer(&n, commands[i].name);
    (void)fprintf(stderr, "adit: there is no command '%s'", name);
    if (n.best)
        (void)fprintf(stderr, ": did you mean '%s'?", n.best);
    else if (access(name, F_OK) == 0) /* a file, as other programs are given it */
        (void)fprintf(stderr, ": did you mean 'adit extract %s'?", name);
    (void)fprintf(stderr, "\nTry 'adit --help'.\n");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    bool help = strcmp(name, "help") == 0;
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (help && argc == 2)) {
        print_help(stdout);
        return finish("help", EXIT_DONE);
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0 || strcmp(name, "version") == 0) {
        (void)printf("adit %s\n", ADIT_VERSION);
        return finish("--version", EXIT_DONE);
    }
    if (help)
        name = argv[2];
    const struct cmd *command = command_of(name);
    if (!command)
        return unknown(name);
    char full[32]; /* see cmd_getopt */
    (void)snprintf(full, sizeof full, "adit %s", name);
    char *const ask[] = {full, (char[]){"--help"}, NULL};
    argv[1] = full;
    /* A file that may not grow further is an error to be told, and no end. */
    (void)signal(SIGXFSZ, SIG_IGN);
    return finish(name, help ? command->run(2, (char **)ask) : command->run(argc - 1, argv + 1));
}
