/* SPDX-License-Identifier: MIT */
/* The registry's snapshot: what it keeps, when it is trusted, and what becomes of a damaged one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "conf_tree.h"
#include "snapshot.h"

static const char every_section[] =
    "domain = d\nisolation = plugin\ndefault = no\n"
    "[type t]\nmedia = image/x-t\nparent = image/x-u\nalias = image/x-v\npriority = 7\nmagic = 0 \"AB\" & 4..9 "
    "hex:ff/0f\n"
    "magic = -3 \"TAG\"\nmagic = 0 \"AB\" & 32769 \"FAR\"\nglob = *.t weight 9\nglob = *.T case\nroot = t urn:t\ntext = yes\nembedded = yes\n"
    "[match]\ntype = image/x-t\nfield = b.x = 1*\n"
    "[needs]\nplugin = b >= 1.0 < 2\nconflict = nobody\n"
    "[produces]\nstream = application/x-s\nrefine = *\nartifact = yes\n"
    "[fields]\nw = u8 px \"Width\"\nl[].* = any\n"
    "[limits]\ntime = 3s\nmemory = 5M\nstream = 9K\noutput = 7K\n"
    "[companions]\nm = {stem}.mid\n[options]\nk = v\n"
    "[namespace n.x]\ntitle = N\nprefix = NX\niri = a:b\npattern = [0-9]+\nexample = 12\nseparator = \",\"\n"
    "[module]\nconstructors = yes\nwaive = r because s\nlibrary = l.so\n";

static int begin(void **state)
{
    static struct conf_tree tree;
    conf_tree_make(&tree);
    conf_tree_plugin(&tree, "a", every_section);
    conf_tree_plugin(&tree, "b", "[match]\ntype = *\n[fields]\nx = string\n");
    conf_tree_plugin(&tree, "m", "kind = mapper\n[map]\nfrom = n.x\nfrom = n.y\nto = n.z\ncost = 7\n"
                                 "predicate = a:b\ninverse = b:a\nfield = b.x\ncache = yes\n[namespace n.y]\n[namespace n.z]\n");
    conf_tree_write(&tree, "conf.d/f/t.conf", "[plugin]\nname = t\nversion = 1.0.0\nkind = types\nsummary = s\n");
    *state = &tree;
    return 0;
}

static int end(void **state)
{
    conf_tree_remove(*state);
    return 0;
}

/* Longer than the racy window: what was written before is clearly older than what is read after. */
static void settle(void)
{
    const struct timespec pause = {.tv_nsec = 150 * 1000 * 1000};
    (void)nanosleep(&pause, NULL);
}

static struct registry *open_with(const struct conf_tree *t)
{
    return conf_tree_open(t, conf_tree_path(t, "cache"));
}

/* Opens, saves, frees. Returns whether all of it came from the snapshot. */
static bool run_once(const struct conf_tree *t)
{
    struct registry *r = open_with(t);
    struct err e = {0};
    bool from = r->from_snapshot;
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);
    return from;
}

/* As the snapshot would write it: all that is known. */
static struct buf known(const struct registry *r)
{
    struct buf b = BUF_INIT;
    assert_int_equal(snapshot_write(r, 1, &b), 0);
    return b;
}

static void keeps_everything(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    struct registry *read = open_with(t);
    assert_false(read->from_snapshot);
    assert_int_equal(read->findings.count, 0);
    struct err e = {0};
    assert_int_equal(registry_save_snapshot(read, &e), 0);
    struct registry *kept = open_with(t);
    assert_true(kept->from_snapshot);
    assert_int_equal(kept->count, 4);
    const struct conf *m = &registry_find(kept, "m")->conf;
    assert_int_equal(m->map.from_count, 2);
    assert_string_equal(m->map.from[1], "n.y");
    assert_string_equal(m->map.to, "n.z");
    assert_int_equal(m->map.cost, 7);
    assert_string_equal(m->map.predicate, "a:b");
    assert_string_equal(m->map.inverse, "b:a");
    assert_true(m->map.cache);
    assert_string_equal(m->map.fields[0].path, "x");
    assert_int_equal(kept->namespace_count, 3);
    assert_string_equal(kept->namespaces[0].declared->pattern, "[0-9]+");
    assert_string_equal(kept->namespaces[0].declared->examples[0], "12");
    assert_string_equal(kept->namespaces[0].declared->separator, ",");
    assert_string_equal(kept->namespaces[0].declared->prefix, "NX");
    struct buf before = known(read), after = known(kept);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_memory_equal(read->types_fingerprint, kept->types_fingerprint, 32);
    const struct conf *c = &registry_find(kept, "a")->conf;
    assert_int_equal(c->isolation, CONF_ISOLATE_PLUGIN);
    assert_int_equal(c->types[0].magics[0].parts[1].last, 9);
    assert_int_equal(c->types[0].magics[1].parts[0].first, -3);
    assert_int_equal(c->types[0].magics[0].priority, 7);
    assert_int_equal(c->needs[0].bounds[1].version.major, 2);
    assert_string_equal(c->fields[1].description, "Width");
    assert_int_equal(c->time_ms, 3000);
    assert_string_equal(registry_find(kept, "a")->module_path, registry_find(read, "a")->module_path);
    buf_release(&before);
    buf_release(&after);
    registry_free(read);
    registry_free(kept);
    assert_true(run_once(t));
}

static void only_what_changed_is_read_again(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    assert_false(run_once(t));
    assert_true(run_once(t));
    conf_tree_plugin(t, "b", "[match]\ntype = *\n[fields]\nx = string\nyy = u8\n"); /* changed */
    struct registry *r = open_with(t);
    assert_false(r->from_snapshot);
    assert_int_equal(registry_find(r, "b")->conf.field_count, 2);
    assert_int_equal(registry_find(r, "a")->conf.field_count, 2);
    registry_free(r);
    conf_tree_plugin(t, "c", ""); /* new */
    r = open_with(t);
    assert_non_null(registry_find(r, "c"));
    registry_free(r);
    assert_int_equal(unlink(conf_tree_path(t, "conf.d/c.conf")), 0); /* gone */
    assert_int_equal(unlink(conf_tree_path(t, "conf.d/f/t.conf")), 0);
    r = open_with(t);
    assert_null(registry_find(r, "c"));
    assert_null(registry_find(r, "t"));
    assert_int_equal(r->count, 3);
    registry_free(r);
}

/* The same size and the same time of change of the content: the other time tells. */
static void rewritten_with_old_times(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    assert_false(run_once(t));
    struct stat st;
    const char *path = conf_tree_path(t, "conf.d/b.conf");
    assert_int_equal(stat(path, &st), 0);
    conf_tree_plugin(t, "b", "[match]\ntype = *\n[fields]\ny = string\n");
    const struct timespec times[2] = {st.st_atim, st.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    struct registry *r = open_with(t);
    assert_string_equal(registry_find(r, "b")->conf.fields[0].path, "y");
    registry_free(r);
}

/* A file that was changed just before it was read may be changed again under the same times: it is not kept. */
static void racy_files_are_not_kept(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    struct registry *r = open_with(t);
    registry_find(r, "b")->conf_stamp.racy = true;
    struct err e = {0};
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);
    r = open_with(t);
    assert_false(r->from_snapshot); /* b was read again */
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);
    assert_true(run_once(t));
}

static void racy_window(void **state)
{
    (void)state;
    const int64_t s = 1000000000;
    struct stamp stamp = {.exists = true, .mtime_ns = 100 * s + 5, .ctime_ns = 100 * s + 7};
    assert_true(stamp_is_racy(&stamp, 100 * s));               /* from the future */
    assert_true(stamp_is_racy(&stamp, 100 * s + 7));           /* just now */
    assert_true(stamp_is_racy(&stamp, 100 * s + s / 10 + 6));  /* 100 ms less a nanosecond */
    assert_false(stamp_is_racy(&stamp, 100 * s + s / 10 + 7)); /* 100 ms */
    stamp.mtime_ns = 50 * s + 5;                               /* an old content with a new mode or name */
    assert_true(stamp_is_racy(&stamp, 100 * s + 8));
    stamp = (struct stamp){.exists = true, .mtime_ns = 100 * s, .ctime_ns = 100 * s}; /* no fractions: whole seconds */
    assert_true(stamp_is_racy(&stamp, 101 * s + 999999999));
    assert_false(stamp_is_racy(&stamp, 102 * s));
    stamp.exists = false;
    assert_false(stamp_is_racy(&stamp, 100 * s));
}

static void stamps(void **state)
{
    const struct conf_tree *t = *state;
    struct stamp a, b;
    assert_int_equal(stamp_of(AT_FDCWD, conf_tree_path(t, "conf.d/a.conf"), &a), 0);
    assert_int_equal(stamp_of(AT_FDCWD, conf_tree_path(t, "conf.d/b.conf"), &b), 0);
    assert_true(a.exists);
    assert_false(stamp_equal(&a, &b));
    b = a;
    b.racy = true;
    assert_true(stamp_equal(&a, &b));
    b.ctime_ns++;
    assert_false(stamp_equal(&a, &b));
    assert_int_equal(stamp_of(AT_FDCWD, conf_tree_path(t, "conf.d/none"), &b), 0);
    assert_false(b.exists);
    assert_int_equal(stamp_of(AT_FDCWD, conf_tree_path(t, "conf.d/a.conf/none"), &b), 0);
    assert_false(b.exists);
}

static void clock_set_back(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    struct registry *r = open_with(t);
    struct buf b = BUF_INIT;
    assert_int_equal(snapshot_write(r, 1000, &b), 0);
    struct snapshot *s = snapshot_from(b.data, b.size, 1000);
    assert_non_null(s);
    snapshot_close(s);
    assert_null(snapshot_from(b.data, b.size, 999));
    buf_release(&b);
    registry_free(r);
}

static void module_digests(void **state)
{
    const struct conf_tree *t = *state;
    unsigned char digest[32] = "digest", print[32];
    settle();
    struct registry *r = open_with(t);
    registry_set_digest(r, registry_find(r, "b"), digest);
    struct err e = {0};
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);

    r = open_with(t);
    const struct plugin *b = registry_find(r, "b");
    assert_true(registry_fingerprint(r, b, print)); /* checks the module */
    assert_true(b->has_module_digest);
    assert_memory_equal(b->module_digest, digest, 32);
    assert_false(registry_fingerprint(r, registry_find(r, "a"), print));
    registry_free(r);

    conf_tree_write(t, "conf.d/b.so", "B"); /* in place, of the same size: only the file's own times tell */
    r = open_with(t);
    b = registry_find(r, "b");
    assert_false(registry_fingerprint(r, b, print));
    assert_false(b->has_module_digest);
    unsigned char fresh[32] = "fresh";
    registry_set_digest(r, registry_find(r, "b"), fresh);
    assert_true(registry_fingerprint(r, b, print));
    assert_int_equal(registry_save_snapshot(r, &e), 0);
    registry_free(r);

    r = open_with(
        t); /* the file was racy then: its digest may not have been kept, but the old one must not come back */
    b = registry_find(r, "b");
    if (registry_fingerprint(r, b, print))
        assert_memory_equal(b->module_digest, fresh, 32);
    registry_free(r);

    assert_int_equal(unlink(conf_tree_path(t, "conf.d/b.so")), 0);
    r = open_with(t);
    conf_tree_expect(r, "b", PLUGIN_BROKEN, "was not found");
    registry_free(r);
}

static void broken_ones_are_said_again(void **state)
{
    const struct conf_tree *t = *state;
    conf_tree_plugin(t, "bad", "[limits]\ntime = soon\n");
    settle();
    for (int i = 0; i < 2; i++) {
        struct registry *r = open_with(t);
        (void)conf_tree_finding(r, "conf.value.number", "'s'");
        struct err e = {0};
        assert_int_equal(registry_save_snapshot(r, &e), 0);
        registry_free(r);
    }
}

/* The only file in the cache folder. */
static void snapshot_path(const struct conf_tree *t, char *out, size_t size)
{
    DIR *d = opendir(conf_tree_path(t, "cache"));
    assert_non_null(d);
    out[0] = '\0';
    for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
        if (e->d_name[0] == '.')
            continue;
        assert_string_equal(out, ""); /* no temporary file is left */
        (void)snprintf(out, size, "%s/cache/%s", t->root, e->d_name);
    }
    assert_int_equal(closedir(d), 0);
    assert_string_not_equal(out, "");
}

static void foreign_files_are_not_trusted(void **state)
{
    const struct conf_tree *t = *state;
    char path[512];
    settle();
    assert_false(run_once(t));
    snapshot_path(t, path, sizeof path);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(run_once(t));
    assert_int_equal(chmod(path, 0620), 0);
    assert_false(run_once(t)); /* and it was replaced */
    assert_true(run_once(t));
    assert_int_equal(truncate(path, st.st_size - 1), 0);
    assert_false(run_once(t));
    assert_int_equal(truncate(path, 0), 0);
    assert_false(run_once(t));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    struct registry *r = open_with(t);
    assert_false(r->from_snapshot);
    assert_int_equal(r->count, 4);
    struct err e = {0};
    assert_int_not_equal(registry_save_snapshot(r, &e), 0); /* told, and no harm done */
    registry_free(r);
    assert_int_equal(rmdir(path), 0);
}

/* Decodes all that the snapshot says it has. */
static void use(struct snapshot *s, const struct registry *r)
{
    for (size_t i = 0; s && i < r->count; i++) {
        const struct plugin *p = &r->plugins[i];
        struct arena arena = {0};
        struct conf c;
        unsigned char digest[32];
        struct stamp stamp = p->module_stamp;
        (void)snapshot_conf(s, p->conf_path, &p->conf_stamp, &arena, &c, digest);
        if (p->module_path)
            (void)snapshot_module(s, p->module_path, &stamp, digest);
        (void)snapshot_dir(s, r->dirs[0], &p->conf_stamp);
        arena_release(&arena);
    }
    snapshot_close(s);
}

static void repair(struct buf *b)
{
    uint64_t check = hash64(b->data + SNAPSHOT_HEADER, b->size - SNAPSHOT_HEADER, SNAPSHOT_FORMAT);
    memcpy(b->data + 8, &check, sizeof check);
}

static void damage_at_every_byte(void **state)
{
    const struct conf_tree *t = *state;
    settle();
    struct registry *r = open_with(t);
    unsigned char digest[32] = "digest";
    registry_set_digest(r, registry_find(r, "b"), digest);
    struct buf b = known(r);
    use(snapshot_from(b.data, b.size, INT64_MAX), r);
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < b.size; i++) {
        char was = b.data[i];
        b.data[i] = (char)(was ^ 0x10);
        assert_null(snapshot_from(b.data, b.size, INT64_MAX)); /* seen by the check sum */
        for (size_t k = 0; i >= SNAPSHOT_HEADER && k < sizeof values; k++) {
            b.data[i] = (char)values[k];
            repair(&b); /* as someone would who wants it to be believed */
            use(snapshot_from(b.data, b.size, INT64_MAX), r);
        }
        b.data[i] = was;
        repair(&b);
    }
    for (size_t size = 0; size < b.size; size++) {
        struct buf part = {.data = b.data, .size = size};
        assert_null(snapshot_from(part.data, part.size, INT64_MAX));
    }
    struct snapshot *whole = snapshot_from(b.data, b.size, INT64_MAX);
    assert_non_null(whole);
    snapshot_close(whole);
    buf_release(&b);
    registry_free(r);
}

/* A snapshot that is used stays young, and is not dated at each use. */
static void is_dated_by_use(void **state)
{
    const struct conf_tree *t = *state;
    struct registry *r = open_with(t);
    const char *path = r->state->snapshot_file;
    struct stat st;
    settle();
    (void)run_once(t);
    for (int days = 0; days <= 2; days += 2) {
        struct timespec use = {.tv_sec = time(NULL) - days * 86400 - 600};
        assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){use, use}, 0), 0);
        assert_true(run_once(t));
        assert_int_equal(stat(path, &st), 0);
        assert_true(days ? st.st_mtim.tv_sec >= time(NULL) - 60 : st.st_mtim.tv_sec == use.tv_sec);
    }
    registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_everything, begin, end),
        cmocka_unit_test_setup_teardown(only_what_changed_is_read_again, begin, end),
        cmocka_unit_test_setup_teardown(rewritten_with_old_times, begin, end),
        cmocka_unit_test_setup_teardown(racy_files_are_not_kept, begin, end),
        cmocka_unit_test(racy_window),
        cmocka_unit_test_setup_teardown(stamps, begin, end),
        cmocka_unit_test_setup_teardown(clock_set_back, begin, end),
        cmocka_unit_test_setup_teardown(module_digests, begin, end),
        cmocka_unit_test_setup_teardown(broken_ones_are_said_again, begin, end),
        cmocka_unit_test_setup_teardown(foreign_files_are_not_trusted, begin, end),
        cmocka_unit_test_setup_teardown(damage_at_every_byte, begin, end),
        cmocka_unit_test_setup_teardown(is_dated_by_use, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
