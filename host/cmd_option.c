/* SPDX-License-Identifier: MIT */
/* Reads a command line's options, and says what is wrong with one in the same words for every command. */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "nearest.h"

enum { MOST_SHORTS = 32, MOST_WORD = 64 };

/* How many long options begin with this? An exact name is one. */
static size_t count_long(const struct option *longs, const char *word, size_t size)
{
    size_t count = 0;
    for (const struct option *o = longs; o->name; o++) {
        if (strncmp(o->name, word, size) != 0)
            continue;
        if (!o->name[size])
            return 1;
        count++;
    }
    return count;
}

/* "--json" for "--format json" is what other programs understand. */
static bool is_format(const struct option *longs, const char *word)
{
    static const char *const formats[] = {"text", "ndjson", "json", "csv", "tsv", "sssom", "mime", "sarif", "junit", "tap", "dot", "mermaid"};
    if (count_long(longs, "format", strlen("format")) != 1)
        return false;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(word, formats[i]) == 0)
            return true;
    return false;
}

static void bad_long(const char *command, const struct option *longs, const char *given)
{
    char word[MOST_WORD];
    size_t size = strcspn(given, "=");
    struct nearest near = {.word = word};
    size_t known = count_long(longs, given, size);
    if (size >= sizeof word) {
        (void)cmd_usage(command, "there is no such option: %.*s…", MOST_WORD, given);
        return;
    }
    memcpy(word, given, size);
    word[size] = '\0';
    for (const struct option *o = longs; o->name; o++)
        nearest_offer(&near, o->name);
    if (known == 1) {
        (void)cmd_usage(command, "--%s takes no value, found '%s'", word, given + size + 1);
    } else if (known > 1) {
        char all[512] = "";
        for (const struct option *o = longs; o->name; o++)
            if (strncmp(o->name, word, size) == 0)
                (void)snprintf(all + strlen(all), sizeof all - strlen(all), "%s--%s", all[0] ? ", " : "", o->name);
        (void)cmd_usage(command, "--%s may be any of %s", word, all);
    } else if (is_format(longs, word)) {
        (void)cmd_usage(command, "there is no option --%s: did you mean '--format %s'?", word, word);
    } else if (near.best) {
        (void)cmd_usage(command, "there is no option --%s: did you mean --%s?", word, near.best);
    } else {
        (void)cmd_usage(command, "there is no option --%s", word);
    }
}

/* `given` may be several of them in a word, or the name of a long one that lacks a dash. */
static void bad_short(const char *command, const struct option *longs, const char *given, int option)
{
    const char *word = given[0] == '-' ? given + 1 : "";
    if (is_format(longs, word))
        (void)cmd_usage(command, "there is no option -%s: did you mean '--format %s'?", word, word);
    else if (word[0] && word[1] && count_long(longs, word, strlen(word)) > 0)
        (void)cmd_usage(command, "there is no option -%c: did you mean --%s?", option, word);
    else if (option > ' ' && option < 0x7f)
        (void)cmd_usage(command, "there is no option -%c", option);
    else
        (void)cmd_usage(command, "there is no option of the byte 0x%02x", (unsigned)option & 0xff);
}

static const char *long_name(const struct option *longs, int option)
{
    while (longs->name && longs->val != option)
        longs++;
    return longs->name;
}

int cmd_getopt(int argc, char **argv, const char *shorts, const struct option *longs)
{
    char all[MOST_SHORTS + 2];
    const char *command = strncmp(argv[0], "adit ", 5) == 0 ? argv[0] + 5 : argv[0];
    opterr = 0;
    (void)snprintf(all, sizeof all, ":h%s", shorts);
    int option = getopt_long(argc, argv, all, longs, NULL);
    /* "-json", as some programs write it, reads as -j with the value "son". */
    bool attached = optarg && optind > 1 && optarg == argv[optind - 1] + 2 && argv[optind - 1][0] == '-';
    if (option != '?' && option != ':' && !(attached && is_format(longs, optarg - 1)))
        return option;
    if (option != '?' && option != ':') {
        bad_short(command, longs, argv[optind - 1], option);
        return '?';
    }
    const char *name = optopt ? long_name(longs, optopt) : NULL;
    if (option == ':' && name)
        (void)cmd_usage(command, "--%s needs a value", name);
    else if (option == ':')
        (void)cmd_usage(command, "-%c needs a value", optopt);
    else if (optopt == 0 || name)
        bad_long(command, longs, argv[optind - 1] + 2);
    else /* it may be one of several in a word that is not done with */
        bad_short(command, longs, optind < argc && argv[optind][0] == '-' ? argv[optind] : argv[optind - 1], optopt);
    return '?';
}
