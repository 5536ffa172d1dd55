/* SPDX-License-Identifier: MIT */
#include "conf_tree.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void conf_tree_make(struct conf_tree *t)
{
    umask(022);
    (void)snprintf(t->root, sizeof t->root, "/tmp/adit-conf-XXXXXX");
    assert_non_null(mkdtemp(t->root));
    assert_int_equal(mkdir(conf_tree_path(t, "conf.d"), 0755), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void conf_tree_remove(struct conf_tree *t)
{
    assert_int_equal(nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

const char *conf_tree_path(const struct conf_tree *t, const char *relative)
{
    static char paths[16][4096];
    static size_t next;
    char *path = paths[next++ % 16];
    (void)snprintf(path, sizeof paths[0], "%s/%s", t->root, relative);
    return path;
}

void conf_tree_write(const struct conf_tree *t, const char *relative, const char *text)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", t->root, relative);
    for (char *slash = strchr(path + strlen(t->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0755);
        *slash = '/';
    }
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

void conf_tree_plugin(const struct conf_tree *t, const char *name, const char *more)
{
    char text[4096], path[256];
    bool has_kind = strncmp(more, "kind = ", 7) == 0;
    int n =
        snprintf(text, sizeof text, "[plugin]\nname = %s\nversion = 1.0.0\nmodule = %s.so\nsummary = for a test\n%s%s",
                 name, name, has_kind ? "" : "kind = extractor\n", more);
    assert_true(n > 0 && (size_t)n < sizeof text);
    (void)snprintf(path, sizeof path, "conf.d/%s.conf", name);
    conf_tree_write(t, path, text);
    (void)snprintf(path, sizeof path, "conf.d/%s.so", name);
    conf_tree_write(t, path, name);
}

struct registry *conf_tree_open(const struct conf_tree *t, const char *snapshot_folder)
{
    const char *dir = conf_tree_path(t, "conf.d");
    struct registry_options options = {
        .conf_dirs = &dir,
        .conf_dir_count = 1,
        .prefix = t->root,
        .only_given_dirs = true,
        .snapshot_path = snapshot_folder,
    };
    struct registry *r = NULL;
    struct err e = {0};
    int rc = registry_open(&options, &r, &e);
    if (rc != 0)
        print_message("registry_open: %d %s\n", rc, e.text);
    assert_int_equal(rc, 0);
    return r;
}

void conf_tree_expect(const struct registry *r, const char *name, enum plugin_state state, const char *reason)
{
    const struct plugin *p = registry_find(r, name);
    assert_non_null(p);
    bool fits = p->state == state && strstr(p->reason, reason);
    if (!fits)
        print_message("%s: state %d, reason \"%s\"; expected %d, \"%s\"\n", name, p->state, p->reason, state, reason);
    assert_true(fits);
}

const struct finding *conf_tree_finding(const struct registry *r, const char *rule, const char *part)
{
    for (int anywhere = 0; anywhere < 2; anywhere++) {
        for (size_t i = 0; i < r->findings.count; i++) {
            const struct finding *f = &r->findings.items[i];
            const char *found = strcmp(f->rule, rule) == 0 ? strstr(f->message, part) : NULL;
            if (found && (anywhere || found == f->message))
                return f;
        }
    }
    print_message("no finding %s with \"%s\" among:\n", rule, part);
    for (size_t i = 0; i < r->findings.count; i++)
        print_message("  %s:%u: %s [%s]\n", r->findings.items[i].file, r->findings.items[i].line,
                      r->findings.items[i].message, r->findings.items[i].rule);
    assert_true(false);
    return NULL;
}
