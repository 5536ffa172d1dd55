/* SPDX-License-Identifier: MIT */
/* Artifacts as tar shards: a consumer reads them; the same artifacts make the same bytes, from the cache, after a change,
 * after an interruption; what does not change is not written again. */
#include "e2e.h"
#include <signal.h>
#include <sys/wait.h>

enum { PAIRS = 10, SECONDS = 12, RATE = 8000 };

static void put_wav(const char *path, uint32_t seed, uint32_t frames)
{
    uint8_t *file = calloc(1, 44 + (size_t)frames * 2);
    const uint32_t sizes[2] = {36 + frames * 2, frames * 2};
    assert_non_null(file);
    memcpy(file, "RIFF....WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data", 40);
    memcpy(file + 4, &sizes[0], 4);
    memcpy(file + 40, &sizes[1], 4);
    for (uint32_t i = 0; i < frames * 2; i++)
        file[44 + i] = (uint8_t)((seed = seed * 1664525 + 1013904223) >> 24) >> (i % 2 ? 3 : 0);
    put_file(path, file, 44 + (size_t)frames * 2);
    free(file);
}

/* A note each eighth of a second. */
static void put_midi(const char *path, uint8_t pitch)
{
    uint8_t file[64 + SECONDS * 8 * 8], *at = file + 22;
    memcpy(file, "MThd\0\0\0\6\0\0\0\1\0\x60MTrk", 18);
    for (int i = 0; i < SECONDS * 8; i++)
        at = (uint8_t *)memcpy(at, (uint8_t[8]){i ? 12 : 0, 0x99, pitch, 100, 12, 0x89, pitch, 0}, 8) + 8;
    at = (uint8_t *)memcpy(at, "\0\xff\x2f\0", 4) + 4;
    uint32_t size = (uint32_t)(at - file - 22);
    memcpy(file + 18, (uint8_t[4]){0, 0, (uint8_t)(size >> 8), (uint8_t)size}, 4);
    put_file(path, file, (size_t)(at - file));
}

static const char *const arguments[] = {"extract", "--only", "note-slices", "--artifacts-format", "webdataset", "--shard-size", "1M", "--stats",
                                        "--format", "ndjson", "--artifacts", "out", "in", NULL};

static struct outcome extract(struct user *u)
{
    return run_adit_v(u, arguments);
}

/* Digests of all shards and of the manifest, by a program that knows nothing of adit; the shards' must be the manifest's. */
static char *digests(struct user *u)
{
    char command[700];
    (void)snprintf(command, sizeof command,
                   "cd %s && rm -f ../sums && sha256sum *.tar > ../sums && sed -n 's/.*\"name\":\"\\(shard-[^\"]*\\)\".*\"sha256\":\"\\(.*\\)\".*/\\2  \\1/p' "
                   "shard.json | cmp - ../sums && sha256sum shard.json >> ../sums",
                   user_path(u, "files/out"));
    int status = system(command); /* NOLINT(concurrency-mt-unsafe): a test */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: status %d", command, status);
    size_t size;
    return get_file(user_path(u, "files/sums"), &size);
}

static void assert_same(struct user *u, const char *expected)
{
    char *found = digests(u);
    assert_string_equal(found, expected);
    free(found);
}

/* Groups members by what stands before the first dot of their last part, as WebDataset does: no other
 * dot is in it; each sample is a FLAC and a JSON, next
 * to each other, none comes twice, and `flac -t` finds no fault. */
static void test_consumer(void **state)
{
    struct user *u = *state;
    struct outcome o = extract(u);
    assert_status(&o, 0);
    outcome_release(&o);
    static const char reader[] =
        "import glob, json, re, subprocess, sys, tarfile\n"
        "seen, before, wrong = set(), None, 0\n"
        "for name in sorted(glob.glob(sys.argv[1] + '/shard-*.tar')):\n"
        "    with tarfile.open(name) as tar:\n"
        "        for member in tar:\n"
        "            assert re.fullmatch(r'(?:[^/]+/)*[^./]+\\.[^./]+', member.name), member.name\n"
        "            folder, _, base = member.name.rpartition('/')\n"
        "            stem, _, ending = base.partition('.')\n"
        "            key = (name, folder, stem)\n"
        "            assert key == before or key[1:] not in seen, key\n"
        "            seen.add(key[1:])\n"
        "            if key != before:\n"
        "                assert before is None or parts.keys() == {'flac', 'json'}, before\n"
        "                before, parts = key, {}\n"
        "            parts[ending] = tar.extractfile(member).read()\n"
        "            if ending == 'json':\n"
        "                told = json.loads(parts[ending])\n"
        "                assert parts['flac'][:4] == b'fLaC' and told['file'] == folder.split('/')[-2], key\n"
        "            elif told_every % 40 == 0:\n"
        "                wrong += subprocess.run(['flac', '-s', '-w', '-t', '-'], input=parts['flac']).returncode != 0\n"
        "            told_every += 1\n"
        "manifest = json.load(open(sys.argv[1] + '/shard.json'))\n"
        "assert manifest['samples'] == len(seen) == sum(s['samples'] for s in manifest['shards']), len(seen)\n"
        "assert all(s['bytes'] <= manifest['shard_size'] for s in manifest['shards'])\n"
        "assert not wrong and len(manifest['shards']) > 3\n"
        "print(len(seen))\n";
    char command[700];
    put_text(user_path(u, "reader.py"), "told_every = 0\n");
    FILE *f = fopen(user_path(u, "reader.py"), "a");
    assert_non_null(f);
    (void)fputs(reader, f);
    (void)fclose(f);
    (void)snprintf(command, sizeof command, "test $(python3 %s %s) = %d", user_path(u, "reader.py"), user_path(u, "files/out"), PAIRS * SECONDS * 8);
    int status = system(command); /* NOLINT(concurrency-mt-unsafe): a test */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: status %d", command, status);
}

static void test_again(void **state)
{
    struct user *u = *state;
    char *sums = digests(u);
    struct stat before, after;
    assert_int_equal(stat(user_path(u, "files/out/shard-000001.tar"), &before), 0);
    struct outcome o = extract(u);
    assert_status(&o, 0);
    assert_has(o.err, "from the cache 20");
    outcome_release(&o);
    assert_int_equal(stat(user_path(u, "files/out/shard-000001.tar"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_same(u, sums);
    free(sums);
}

/* One pair changes and changes back; a pair comes first; a shard is lost: the bytes are those of a data set made anew. */
static void test_changes(void **state)
{
    struct user *u = *state;
    char *first = digests(u);
    put_midi(user_path(u, "files/in/p4.mid"), 50);
    let_settle(user_path(u, "files/in/p4.mid"));
    struct outcome o = extract(u);
    assert_status(&o, 0);
    assert_has(o.err, "from the cache 18"); /* the pair's MIDI file, and its recording for that */
    outcome_release(&o);
    char *changed = digests(u);
    assert_string_not_equal(first, changed);
    remove_tree(user_path(u, "files/out"));
    o = extract(u);
    outcome_release(&o);
    assert_same(u, changed);
    put_midi(user_path(u, "files/in/p4.mid"), 40);
    assert_int_equal(unlink(user_path(u, "files/out/shard-000002.tar")), 0);
    o = extract(u);
    assert_status(&o, 0);
    outcome_release(&o);
    assert_same(u, first);
    put_wav(user_path(u, "files/in/a.wav"), 99, RATE);
    put_midi(user_path(u, "files/in/a.mid"), 36);
    o = extract(u);
    outcome_release(&o);
    assert_int_equal(unlink(user_path(u, "files/in/a.wav")) + unlink(user_path(u, "files/in/a.mid")), 0);
    o = extract(u);
    assert_status(&o, 0);
    outcome_release(&o);
    assert_same(u, first);
    free(first);
    free(changed);
}

static void interrupt(struct user *u, int number, const char *after)
{
    struct running r = start_adit(u, arguments);
    bool there = wait_for_text(&r, r.out_path, after);
    assert_int_equal(kill(r.pid, number), 0);
    struct outcome o = finish_adit(&r);
    if (!there)
        fail_msg("it ended before %s", after);
    outcome_release(&o);
}

static void test_interrupted(void **state)
{
    struct user *u = *state;
    char *sums = digests(u);
    static const int numbers[] = {SIGINT, SIGKILL, SIGTERM};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        remove_tree(user_path(u, "files/out"));
        remove_tree(user_path(u, "cache"));
        interrupt(u, numbers[i], "p");
        struct outcome o = extract(u);
        assert_status(&o, 0);
        outcome_release(&o);
        assert_same(u, sums);
        assert_int_not_equal(access(user_path(u, "files/out/.shard-000000.part"), F_OK), 0);
    }
    free(sums);
}

static void test_usage(void **state)
{
    struct user *u = *state;
    struct outcome o = run_adit(u, "extract", "--artifacts-format", "webdataset", ".", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "--artifacts-format needs --artifacts DIR");
    outcome_release(&o);
    o = run_adit(u, "extract", "--artifacts", "out", "--shard-size", "1M", ".", NULL);
    assert_status(&o, 2);
    outcome_release(&o);
    o = run_adit(u, "extract", "--artifacts", "out", "--artifacts-format", "webdataset", "--shard-name", "a/b", ".", NULL);
    assert_status(&o, 2);
    assert_has(o.err, "expected 1 to 100 bytes without a slash");
    outcome_release(&o);
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    put_dir(user_path(u, "files/in"));
    for (uint32_t i = 0; i < PAIRS; i++) {
        put_wav(user_path(u, "files/in/p%u.wav", i), i, SECONDS * RATE + i * 100);
        put_midi(user_path(u, "files/in/p%u.mid", i), (uint8_t)(36 + i));
    }
    let_settle(user_path(u, "files/in/p%u.mid", PAIRS - 1));
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_consumer),    cmocka_unit_test(test_again), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_interrupted), cmocka_unit_test(test_usage),
    };
    return cmocka_run_group_tests(tests, setup, user_teardown);
}
