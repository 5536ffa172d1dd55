/* SPDX-License-Identifier: MIT */
/* libraries: sndfile */
/* Note slices: each holds exactly the samples of its window, whatever the window, the encoding and the source; `flac -t` finds
 * no fault; what is wrong with a pair is said and does not end the others. */
#include "e2e.h"
#include <math.h>
#include <sndfile.h>
#include <sys/wait.h>

enum { RATE = 8000, FRAMES = 60000, LONG_FRAMES = 600000, NOTES = 120, CHANNELS = 2 };

static int16_t sound[LONG_FRAMES * CHANNELS];
static uint32_t onsets[NOTES];

/* ---- a pair ---- */

static void make_sound(void)
{
    uint32_t random = 7;
    double level = 0;
    for (int i = 0; i < LONG_FRAMES * CHANNELS; i++) {
        random = random * 1664525 + 1013904223;
        level = i % 5000 == 0 ? 9000 : level * 0.999;
        sound[i] = (int16_t)(level * sin(i / 20.0) + (double)(random >> 16) / 400 - 80);
    }
}

static void write_sound(const char *path, int format, int channels, int rate, int frames)
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    SNDFILE *f = sf_open(path, SFM_WRITE, &info);
    assert_non_null(f);
    assert_int_equal(sf_writef_short(f, sound, frames), frames);
    assert_int_equal(sf_close(f), 0);
}

static uint8_t *put_delta(uint8_t *at, uint32_t delta)
{
    if (delta >= 1 << 14)
        *at++ = (uint8_t)(0x80 | delta >> 14);
    if (delta >= 1 << 7)
        *at++ = (uint8_t)(0x80 | (delta >> 7 & 0x7f));
    *at++ = delta & 0x7f;
    return at;
}

/* A tick is a sample: 4000 a quarter note of half a second. Some notes begin together, some a few samples from a block's end. */
static void write_midi(const char *path, uint32_t shift)
{
    uint8_t file[64 + NOTES * 16], *at = file, *track;
    memcpy(at, "MThd\0\0\0\6\0\0\0\1\x0f\xa0MTrk", 18);
    track = at += 18;
    at += 4;
    uint32_t now = 0;
    for (int i = 0; i < NOTES; i++) {
        uint32_t onset = (uint32_t)i * 480 + (uint32_t)i * 3 % 40 + shift;
        if (i % 10 == 0)
            onset = onset / 4096 * 4096 + 4096 - (uint32_t)i / 7;
        if (onset < now || i % 4 == 1)
            onset = now; /* with the note before it, or right after its end */
        onsets[i] = onset;
        at = put_delta(at, onset - now);
        at = (uint8_t *)memcpy(at, (uint8_t[3]){0x99, (uint8_t)(36 + i % 8), (uint8_t)(1 + i % 127)}, 3) + 3;
        now = onset;
        if (i % 4 == 0)
            continue; /* ended below */
        for (int k = i % 4 == 1 ? i - 1 : i; k <= i; k++) {
            at = put_delta(at, k == i ? 300 : 0);
            at = (uint8_t *)memcpy(at, (uint8_t[3]){0x89, (uint8_t)(36 + k % 8), 64}, 3) + 3;
        }
        now += 300;
    }
    at = (uint8_t *)memcpy(at, "\0\xff\x2f\0", 4) + 4;
    uint32_t size = (uint32_t)(at - track - 4);
    memcpy(track, (uint8_t[4]){(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size}, 4);
    put_file(path, file, (size_t)(at - file));
}

/* The bundled .conf with other options ("window = next-onset", …), in the user's folder. */
static void use_options(struct user *u, const char *const *options)
{
    size_t size;
    char *conf = get_file("conf.d/audio/note-slices.conf", &size), cwd[512];
    FILE *f;
    bool in_options = false;
    assert_non_null(getcwd(cwd, sizeof cwd));
    put_dir(user_path(u, "conf"));
    assert_non_null(f = fopen(user_path(u, "conf/note-slices.conf"), "w"));
    for (char *line = strtok(conf, "\n"); line; line = strtok(NULL, "\n")) {
        bool other = strncmp(line, "domain", 6) == 0;
        for (size_t i = 0; options[i] && in_options; i++) {
            size_t key = strcspn(options[i], " =");
            other |= strncmp(line, options[i], key) == 0 && (line[key] == ' ' || line[key] == '=');
        }
        if (strncmp(line, "hits = ", 7) == 0)
            (void)fprintf(f, "hits = %s/conf.d/midi/drum-hits.tsv\n", cwd);
        else if (!other)
            (void)fprintf(f, "%s\n", line);
        in_options |= strcmp(line, "[options]") == 0;
        if (strcmp(line, "[options]") == 0)
            for (size_t i = 0; options[i]; i++)
                (void)fprintf(f, "%s\n", options[i]);
    }
    (void)fclose(f);
    free(conf);
    size_t written;
    char *text = get_file(user_path(u, "conf/note-slices.conf"), &written);
    put_conf(user_path(u, "conf"), "note-slices.conf", text);
    free(text);
}

static struct outcome cut(struct user *u, const char *const *options, const char *file)
{
    use_options(u, options);
    remove_tree(user_path(u, "out"));
    return run_adit(u, "extract", "--no-cache", "--conf-dir", user_path(u, "conf"), "--only", "note-slices", "--format", "ndjson", "--artifacts",
                    user_path(u, "out"), file, NULL);
}

/* ---- what must hold ---- */

static long number_at(const char *json, const char *field)
{
    char path[128];
    (void)snprintf(path, sizeof path, "plugins/note-slices/fields/%s", field);
    char *text = json_at(json, strlen(json), path);
    if (!text)
        fail_msg("%s is missing in\n%s", path, json);
    long value = strtol(text, NULL, 10);
    free(text);
    return value;
}

static long of_row(const char *json, long i, const char *field)
{
    char path[64];
    (void)snprintf(path, sizeof path, "slices/%ld/%s", i, field);
    return number_at(json, path);
}

static void assert_no_fault(const char *folder)
{
    char command[700];
    (void)snprintf(command, sizeof command, "flac --silent --warnings-as-errors -t %s/*.flac", folder);
    int status = system(command); /* NOLINT(concurrency-mt-unsafe): a test */
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: status %d", command, status);
}

/* Every row's file holds the frames that the row says. Returns how many rows. */
static long assert_exact(struct user *u, const char *json, const char *file)
{
    static int16_t got[LONG_FRAMES * CHANNELS];
    char path[600];
    long rows = number_at(json, "made");
    for (long i = 0; i < rows; i++) {
        long start = of_row(json, i, "start");
        long frames = of_row(json, i, "frames");
        (void)snprintf(path, sizeof path, "plugins/note-slices/fields/slices/%ld/artifact", i);
        char *name = json_at(json, strlen(json), path);
        assert_non_null(name);
        (void)snprintf(path, sizeof path, "%s/%s/note-slices/%.*s", user_path(u, "out"), file, (int)strlen(name) - 2, name + 1);
        SF_INFO info = {0};
        SNDFILE *f = sf_open(path, SFM_READ, &info);
        if (!f)
            fail_msg("%s: %s", path, sf_strerror(NULL));
        assert_int_equal(info.frames, frames);
        assert_int_equal(sf_readf_short(f, got, LONG_FRAMES), frames);
        assert_int_equal(sf_close(f), 0);
        if (memcmp(got, sound + start * CHANNELS, (size_t)frames * CHANNELS * sizeof *got) != 0)
            fail_msg("%s does not hold the frames %ld to %ld", path, start, start + frames);
        free(name);
    }
    return rows;
}

static void test_windows(void **state)
{
    static const char *const sets[][4] = {
        {"length = 2.5", "level = 5"},
        {"length = 0.5", "level = 0", "pre = 0.02"},
        {"length = 0.513", "latency = -0.3", "duplicates = refer"},
        {"window = next-onset", "longest = 0.9"},
        {"window = note-off", "post = 0.001", "least_velocity = 40"},
        {"choke = 36 37 | 40 41 42", "encoding = wav"},
        {"length = 0.001", "latency = 0.02"}, /* less than the shortest block, 16 samples */
        {"window = next-onset", "level = 8"},
        {"length = 0.7", "level = 6"},
    };
    struct user *u = *state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct outcome o = cut(u, sets[i], "pair.wav");
        assert_status(&o, 0);
        assert_one_object(&o);
        long rows = assert_exact(u, o.out, "pair.wav");
        long quiet = number_at(o.out, "quiet"), outside = number_at(o.out, "outside");
        assert_int_equal(number_at(o.out, "notes"), NOTES);
        assert_int_equal(rows + quiet + outside, NOTES);
        if (i != 5)
            assert_no_fault(user_path(u, "out/pair.wav/note-slices"));
        outcome_release(&o);
    }
}

/* Longer than what is hashed at once, and windows that reach over that. */
static void test_long(void **state)
{
    static const char *const sets[][4] = {
        {"length = 62", "longest = 70", "least_velocity = 112"},
        {"length = 20", "longest = 70", "least_velocity = 112", "latency = 50"},
    };
    struct user *u = *state;
    write_sound(user_path(u, "files/long.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, CHANNELS, RATE, LONG_FRAMES);
    put_copy(user_path(u, "files/pair.mid"), user_path(u, "files/long.mid"));
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct outcome o = cut(u, (const char *const[]){sets[i][0], sets[i][1], sets[i][2], sets[i][3], NULL}, "long.wav");
        assert_status(&o, 0);
        assert_int_equal(assert_exact(u, o.out, "long.wav"), 9);
        assert_no_fault(user_path(u, "out/long.wav/note-slices"));
        outcome_release(&o);
    }
}

/* More notes than are told in fields, each 10 samples after the one before: that is said, and the index has them all. */
static void test_many_notes(void **state)
{
    enum { MANY = 46000, TOLD = 45000 };
    struct user *u = *state;
    uint8_t *file = malloc(32 + MANY * 8), *at = file + 22;
    assert_non_null(file);
    for (int i = 0; i < MANY; i++)
        at = (uint8_t *)memcpy(at, (uint8_t[8]){i ? 5 : 0, 0x99, 36, 100, 5, 0x89, 36, 64}, 8) + 8;
    at = (uint8_t *)memcpy(at, "\0\xff\x2f\0", 4) + 4;
    uint32_t size = (uint32_t)(at - file - 22);
    memcpy(file, "MThd\0\0\0\6\0\0\0\1\x0f\xa0MTrk", 18);
    memcpy(file + 18, (uint8_t[4]){(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size}, 4);
    put_file(user_path(u, "files/many.mid"), file, (size_t)(at - file));
    free(file);
    write_sound(user_path(u, "files/many.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, CHANNELS, RATE, LONG_FRAMES);
    struct outcome o = cut(u, (const char *const[]){"encoding = index", "length = 0.001", NULL}, "many.wav");
    assert_status(&o, 0);
    assert_json(o.out, "plugins/note-slices/status", "\"ok\"");
    assert_has(o.out, "only the first 45000 of 46000 slices are told; the JSON of --artifacts has all");
    assert_int_equal(of_row(o.out, TOLD - 1, "start"), (TOLD - 1) * 10);
    assert_int_equal(number_at(o.out, "made"), MANY);
    char *index = get_file(user_path(u, "out/many.wav/note-slices/source.json"), &(size_t){0}), *last = index;
    for (int i = 0; i < MANY; i++, last++)
        assert_non_null(last = strstr(last, "{\"note\":"));
    assert_null(strstr(last, "{\"note\":"));
    assert_has(last, "\"start\":459990,\"frames\":8}");
    free(index);
    outcome_release(&o);
}

/* What --stats tells is the sum over the results, whether they were made now or before. */
static void test_stats(void **state)
{
    struct user *u = *state;
    char expected[200];
    use_options(u, (const char *const[]){"length = 0.5", "duplicates = refer", NULL});
    for (int run = 0; run < 2; run++) {
        struct outcome o = run_adit(u, "extract", "--stats", "--conf-dir", user_path(u, "conf"), "--only", "note-slices", "--format", "ndjson",
                                    "--artifacts", user_path(u, "out"), "pair.wav", "pair.flac", NULL);
        assert_status(&o, 0);
        char *line = json_line_of(o.out, o.out_size, "pair.flac");
        long duplicates = number_at(line, "duplicates"), windows = number_at(line, "windows");
        assert_true(duplicates > 20);
        (void)snprintf(expected, sizeof expected, "records of note-slices: duplicates %ld (", 2 * duplicates);
        assert_has(o.err, expected);
        (void)snprintf(expected, sizeof expected, "windows %ld (", 2 * windows);
        assert_has(o.err, expected);
        (void)snprintf(expected, sizeof expected, ", made %d (", 2 * NOTES);
        assert_has(o.err, expected);
        assert_has(o.err, " of the bytes in)");
        assert_has(o.err, "peak memory: host ");
        free(line);
        outcome_release(&o);
    }
}

static void test_positions(void **state)
{
    struct user *u = *state;
    struct outcome o = cut(u, (const char *const[]){"window = next-onset", NULL}, "pair.wav");
    long rows = number_at(o.out, "made");
    for (long i = 0; i < rows; i++) {
        long note = of_row(o.out, i, "note");
        uint32_t next = FRAMES;
        for (int k = NOTES - 1; onsets[k] > onsets[note]; k--)
            next = onsets[k];
        assert_int_equal(of_row(o.out, i, "start"), onsets[note]);
        assert_int_equal(of_row(o.out, i, "frames"), next - onsets[note]);
    }
    assert_json(o.out, "plugins/note-slices/fields/slices/0/class", "\"bass\"");
    outcome_release(&o);
}

/* What the sources differ in: bits, channels, rates; floats with numbers that are none; mono. */
static void test_sources(void **state)
{
    static const struct {
        int format, channels, rate;
        const char *encoding, *status;
    } sources[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_24, 2, 384000, "encoding = flac", "\"ok\""},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1, 8000, "encoding = flac", "\"ok\""},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_32, 2, 44100, "encoding = flac", "\"ok\""},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 2, 8000, "encoding = index", "\"ok\""},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, 8000, "encoding = index", "\"ok\""},
        {SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, 8000, "encoding = flac", "\"ok\""},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, 32, 8000, "encoding = flac", "\"unsupported\""},
    };
    struct user *u = *state;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        write_sound(user_path(u, "files/other.wav"), sources[i].format, sources[i].channels, sources[i].rate, FRAMES * CHANNELS / sources[i].channels);
        put_copy(user_path(u, "files/pair.mid"), user_path(u, "files/other.mid"));
        struct outcome o = cut(u, (const char *const[]){sources[i].encoding, "length = 0.6", "fade_in = 0.1", "fade_out = 0.3", "latency = -0.4", NULL}, "other.wav");
        assert_one_object(&o);
        assert_json(o.out, "plugins/note-slices/status", sources[i].status);
        if (strcmp(sources[i].status, "\"ok\"") == 0)
            assert_no_fault(user_path(u, "out/other.wav/note-slices"));
        outcome_release(&o);
    }
    struct outcome o = cut(u, (const char *const[]){"mono = yes", "encoding = float16", "latency = -0.4", NULL}, "other.wav");
    size_t size;
    char *npy = get_file(user_path(u, "out/other.wav/note-slices/000000.npy"), &size);
    assert_memory_equal(npy, "\x93NUMPY\1\0\x76\0{'descr': '<f2'", 25);
    assert_has(npy + 10, "'shape': (");
    free(npy);
    outcome_release(&o);
}

/* Half of a recording, and all of its notes. */
static void put_cut_pair(const struct user *u)
{
    size_t size;
    char *flac = get_file(user_path(u, "files/pair.flac"), &size);
    put_file(user_path(u, "files/cut.flac"), flac, size / 2);
    free(flac);
    put_copy(user_path(u, "files/pair.mid"), user_path(u, "files/cut.mid"));
}

static void test_bad_pairs(void **state)
{
    struct user *u = *state;
    put_cut_pair(u);
    put_copy(user_path(u, "files/pair.wav"), user_path(u, "files/alone.wav"));
    write_sound(user_path(u, "files/empty.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 2, RATE, 0);
    put_copy(user_path(u, "files/pair.mid"), user_path(u, "files/empty.midi"));
    put_copy(user_path(u, "files/pair.wav"), user_path(u, "files/wrong.wav"));
    put_text(user_path(u, "files/wrong.mid"), "not MIDI");
    use_options(u, (const char *const[]){"length = 0.5", NULL});
    struct outcome o = run_adit(u, "extract", "--no-cache", "--conf-dir", user_path(u, "conf"), "--only", "note-slices", "--artifacts",
                                user_path(u, "out"), "cut.flac", "alone.wav", "empty.wav", "wrong.wav", "pair.wav", NULL);
    static const char *const expected[][3] = {
        {"cut.flac", "\"malformed\"", "the recording ends at frame "},
        {"alone.wav", "\"declined\"", "no MIDI file beside it"},
        {"empty.wav", "\"ok\"", "120 of 120 notes lie outside of the recording of 0 frames"},
        {"wrong.wav", "\"malformed\"", "the MIDI file cannot be read"},
        {"pair.wav", "\"ok\"", "\"made\":120"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char *line = json_line_of(o.out, o.out_size, expected[i][0]);
        assert_non_null(line);
        assert_json(line, "plugins/note-slices/status", expected[i][1]);
        assert_has(line, expected[i][2]);
        free(line);
    }
    outcome_release(&o);
}

/* Where the first window lies beyond the end of what is there. */
static void test_cut_before_windows(void **state)
{
    struct user *u = *state;
    put_cut_pair(u);
    struct outcome o = cut(u, (const char *const[]){"length = 0.1", "least_velocity = 112", NULL}, "cut.flac");
    assert_one_object(&o);
    assert_json(o.out, "plugins/note-slices/status", "\"malformed\"");
    assert_has(o.out, "its header says 60000");
    assert_int_equal(number_at(o.out, "made"), 0);
    outcome_release(&o);
}

/* A table with E-GMD's columns says which MIDI file belongs to a recording; the cache knows that the result depends on it. */
static void test_table(void **state)
{
    static const char header[] = "drummer,bpm,midi_filename,audio_filename,kit_name\r\n";
    struct user *u = *state;
    char text[1000];
    put_copy(user_path(u, "files/pair.wav"), user_path(u, "files/set/wav/take 1.wav"));
    put_copy(user_path(u, "files/pair.mid"), user_path(u, "files/set/midi/song.mid"));
    write_midi(user_path(u, "files/set/midi/other.mid"), 333);
    write_midi(user_path(u, "files/pair.mid"), 5);
    (void)snprintf(text, sizeof text, "%sd1,80,midi/song.mid,\"wav/take 1.wav\",Standard\r\nd1,80,midi/x.mid\n"
                   "d1,80,../pair.mid,wav/no.wav,\"a \"\"b\"\" c\"\nd1,80,,,\n", header);
    put_text(user_path(u, "files/set/info.csv"), text);
    let_settle(user_path(u, "files/set/midi/other.mid"));
    use_options(u, (const char *const[]){"length = 0.5", NULL});
    const char *const arguments[] = {"extract", "--conf-dir", user_path(u, "conf"), "--only", "note-slices", "--companions", "./set//info.csv",
                                     "set/wav", NULL};
    for (int run = 0; run < 2; run++) {
        struct outcome o = run_adit_v(u, arguments);
        assert_one_object(&o);
        assert_json(o.out, "plugins/note-slices/status", "\"ok\"");
        assert_int_equal(of_row(o.out, 0, "onset"), 4096);
        assert_has(o.err, "./set//info.csv:3: another number of cells than the header has: the row is left out");
        assert_has(o.err, "./set//info.csv:4: a file name that is not below the table's folder");
        assert_has(o.err, "./set//info.csv:5: fewer than two file names");
        outcome_release(&o);
    }
    (void)snprintf(text, sizeof text, "%sd1,80,midi/other.mid,wav/take 1.wav,Standard\n", header);
    put_text(user_path(u, "files/set/info.csv"), text);
    struct outcome o = run_adit_v(u, arguments);
    assert_one_object(&o);
    assert_string_equal(o.err, "");
    assert_int_equal(of_row(o.out, 1, "onset"), 4096);
    assert_int_not_equal(of_row(o.out, 2, "onset"), 4396 + 480);
    char *other = o.out;
    o.out = NULL;
    outcome_release(&o);
    (void)snprintf(text, sizeof text, "%sd1,80,midi/gone.mid,wav/take 1.wav,Standard\n", header);
    put_text(user_path(u, "files/set/info.csv"), text);
    o = run_adit_v(u, arguments);
    assert_json(o.out, "plugins/note-slices/status", "\"declined\"");
    assert_string_not_equal(other, o.out);
    free(other);
    outcome_release(&o);
    put_text(user_path(u, "files/set/info.csv"), "midi_filename,audio\n");
    o = run_adit_v(u, arguments);
    assert_status(&o, 2);
    assert_has(o.err, "expected a header with two columns such as midi_filename and audio_filename, found 1");
    outcome_release(&o);
}

static int setup(void **state)
{
    if (user_setup(state) != 0)
        return -1;
    struct user *u = *state;
    make_sound();
    put_dir(user_path(u, "files"));
    write_midi(user_path(u, "files/pair.mid"), 5);
    write_sound(user_path(u, "files/pair.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, CHANNELS, RATE, FRAMES);
    write_sound(user_path(u, "files/pair.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, CHANNELS, RATE, FRAMES);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_many_notes),
        cmocka_unit_test(test_stats),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_bad_pairs),
        cmocka_unit_test(test_cut_before_windows),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, setup, user_teardown);
}
