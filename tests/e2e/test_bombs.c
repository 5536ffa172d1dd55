/* SPDX-License-Identifier: MIT */
/* Files that grow when they are read, hold themselves, or state sizes that they do not have (scripts/samples/bombs.py makes them):
 * each comes to an end, with a status, the name of the bound that it met, and little time and memory. */
#include "e2e.h"

/* What the output has to hold: a plugin's status, and a part of a message or of a `limit`. */
static const struct row {
    const char *file, *plugin, *status, *message;
} rows[] = {
    {"zip-one-10g.zip", "zip", "ok", "max_output, max_ratio"},
    {"zip-nested-42.zip", "zip", "ok", "64 MiB of decoded streams in a file"},
    {"zip-nested-42.zip", "zip", "ok", "2000 streams in a file"},
    {"zip-deep.zip", "zip", "ok", "streams 8 deep"},
    {"zip-overlap-quoted.zip", "zip", "malformed", "500 members share bytes with others: they are not unpacked"},
    {"zip-overlap-same.zip", "zip", "malformed", "10000 members share bytes with others"},
    {"zip-lie-small.zip", "zip", "ok", "unpacking stopped after"},
    {"zip-lie-large.zip", "zip", "malformed", "expected 4294967294 bytes unpacked, found 3"},
    {"zip-lie-count.zip", "zip", "malformed", "no central directory: 1 members found"},
    {"zip64-lie.zip", "zip", "malformed", "expected a file header"},
    {"zip-many.zip", "zip", "ok", "option max_members"},
    {"zip-self.zip", "zip", "ok", "self.zip"},
    {"gz-10g.gz", "gzip", "ok", "[limits] stream of its plugin"},
    {"gz-members.gz", "gzip", "ok", "\"member_count\":200000"},
    {"gz-deep.gz", "gzip", "ok", "streams 8 deep"},
    {"tar-in-zip-in-tar.tar", "tar", "ok", "streams 8 deep"},
    {"tar-lie-size.tar", "tar", "malformed", "4611686018427387904 bytes at offset 512 end beyond"},
    {"tar-many.tar", "tar", "ok", "option max_members"},
    {"tar-sparse.tar", "tar", "ok", "\"real_size\":1125899906842624"},
    {"png-iccp.png", "png", "ok", "[limits] stream of its plugin"},
    {"png-ztxt.png", "png", "partial", "inflates to more than 1048576 bytes"},
    {"png-itxt.png", "png", "ok", "inflates to more than 1048576 bytes"},
    {"png-sizes.png", "png", "ok", "2147483647"},
    {"png-chunks.png", "png", "ok", "text number 1025; this and more are not read"},
    {"exif-loop.png", "png", "ok", "is that of a directory read before"},
    {"exif-counts.png", "png", "ok", "4294967295 values) points to offset 8, outside of"},
    {"exif-amplified.png", "png", "ok", "the first 1048574 are kept"},
    {"exif-chain.png", "png", "ok", ""},
    {"jpeg-size.jpg", "jpeg", "ok", "65535"},
    {"jpeg-segments.jpg", "jpeg", "ok", ""},
    {"jpeg-icc.jpg", "jpeg", "ok", "[limits] stream of its plugin"},
    {"wav-size.wav", "sndfile", "ok", ""},
    {"wav-chunks.wav", "sndfile", "malformed", ""},
    {"rf64-size.wav", "sndfile", "malformed", "expected 9223372036854775808 bytes, found 16"},
    {"aiff-size.aiff", "sndfile", "malformed", ""},
    {"flac-comments.flac", "flac", "malformed", ""},
    {"flac-blocks.flac", "flac", "ok", ""},
    {"id3-size.mp3", "mp3", "ok", "has 268435455 bytes"},
    {"id3-frames.mp3", "mp3", "ok", ""},
    {"midi-size.mid", "smf", "malformed", "goes on beyond the end"},
    {"midi-notes.mid", "smf", "malformed", ""},
    {"midi-far.mid", "smf", "ok", ""},
    {"mp4-size.mp4", "isobmff", "malformed", "it is longer than what it is in"},
    {"mp4-nested.mp4", "isobmff", "ok", "video/mp4"},
    {"mp4-counts.mp4", "isobmff", "ok", "video/mp4"},
    {"mp4-boxes.mp4", "isobmff", "malformed", "more boxes than anyone needs"},
    {"xml-laughs.xml", "text", "ok", "application/xml"},
    {"xml-laughs.svg", "text", "ok", "image/svg+xml"},
    {"xml-laughs.svg", "svg", "unsupported", "declares the entity"},
    {"xml-laughs.xmp", "xmp", "unsupported", "declares the entity"},
    {"xml-quadratic.xmp", "xmp", "unsupported", "declares the entity"},
    {"xml-external.xmp", "xmp", "unsupported", "declares the entity"},
    {"xml-deep.xml", "text", "ok", "application/xml"},
    {"xml-deep.xmp", "xmp", "unsupported", "nested deeper than the bound allows"},
    {"xml-attributes.xmp", "xmp", "unsupported", "too much comes of a small piece"},
    {"json-deep.json", "text", "ok", "application/json"},
    {"json-keys.json", "text", "ok", "application/json"},
    {"csv-quote.csv", "csv", "malformed", "rows are longer than 262144 bytes"},
    {"text-line.txt", "text", "ok", "8388608"},
    {"text-utf16.txt", "text", "malformed", "not valid UTF-16LE"},
    {"eml-deep.eml", "eml", "malformed", "more than 10000 parts, or nested deeper than 20"},
    {"eml-headers.eml", "eml", "partial", "stopped at a limit"},
    {"eml-fold.eml", "eml", "ok", "longer than 32768 bytes"},
    {"docx-laughs.docx", "docx", "unsupported", "declares the entity"},
    {"docx-deep.docx", "docx", "unsupported", "nested deeper than the bound allows"},
    {"docx-words.docx", "docx", "malformed", "no element found"},
    {"docx-zeros.docx", "zip", "ok", "max_output, max_ratio"},
    {"pdf-objects.pdf", "pdf", "malformed", "too many parts"},
    {"pdf-flate.pdf", "pdf", "malformed", "[limits] stream of its plugin"},
    {"pdf-predictor.pdf", "pdf", "malformed", "\"page_count\":1"},
    {"pdf-deep.pdf", "pdf", "malformed", "nested more than 128 deep"},
    {"pdf-table.pdf", "pdf", "malformed", "\"page_count\":1"},
    {"pdf-packed.pdf", "pdf", "ok", "option max_work"},
    {"sqlite-pages.sqlite", "sqlite", "malformed", "disk image is malformed"},
    {"dicom-nested.dcm", "dicom", "malformed", "in more than 48 others"},
    {"ole2-loop.doc", NULL, NULL, "application/msword"},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* A figure of --stats, behind `name`. */
static double figure(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    if (!at)
        fail_msg("no \"%s\" in\n%s", name, text);
    return strtod(at + strlen(name), NULL);
}

/* Processor time, not the clock's: others may be at work. Sanitizers take more of both. */
static size_t costs(const char *file, const char *stats)
{
    double seconds = figure(stats, "processor: host ") + figure(stats, "s, workers ");
    double megabytes = figure(stats, "peak memory: host ") + figure(stats, "largest worker ");
#ifdef ADIT_SANITIZED
    bool good = seconds < 30;
#else
    bool good = seconds < 5 && megabytes < 64;
#endif
    if (!good)
        print_error("%s: %.1f s of processor time and %.1f MB: expected less than 5 s and 64 MB\n", file, seconds,
                    megabytes);
    return !good;
}

/* No part was ended from outside. */
static size_t ends(const char *file, const char *out)
{
    static const char *const ended[] = {"crashed", "timeout", "out-of-memory", "denied", "failed"};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof ended / sizeof *ended; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "\"status\":\"%s\"", ended[i]);
        if (strstr(out, text)) {
            print_error("%s: a plugin's status is %s\n", file, ended[i]);
            wrong++;
        }
    }
    return wrong;
}

static size_t says(const struct row *r, const char *out, size_t size)
{
    char path[100];
    (void)snprintf(path, sizeof path, "plugins/%s/status", r->plugin ? r->plugin : "");
    char *found = r->plugin ? json_at(out, size, path) : NULL;
    bool status = !r->plugin || (found && strlen(found) > 2 && strncmp(found + 1, r->status, strlen(found) - 2) == 0);
    bool message = strstr(out, r->message) != NULL;
    if (!status)
        print_error("%s: the status of %s is %s, expected \"%s\"\n", r->file, r->plugin, found ? found : "missing",
                    r->status);
    if (!message)
        print_error("%s: expected \"%s\" in %.2000s\n", r->file, r->message, out);
    free(found);
    return !status + !message;
}

static size_t hold(const struct user *u, size_t first, size_t count)
{
    /* Streams are made for those who want them. */
    const char *with = strstr(rows[first].message, "[limits] stream") ? "--with" : NULL;
    struct outcome o = run_adit(u, "extract", "--format", "ndjson", "--no-cache", "--sandbox=strict", "--stats",
                                rows[first].file, with, "hashes", NULL);
    bool valid;
    size_t wrong = json_lines(o.out, o.out_size, &valid) != 1 || !valid || (o.status != 0 && o.status != 1);
    if (wrong)
        print_error("%s: exit status %d, signal %d: %s\n", rows[first].file, o.status, o.signal, o.err);
    wrong += ends(rows[first].file, o.out) + costs(rows[first].file, o.err);
    for (size_t i = first; i < first + count; i++)
        wrong += says(&rows[i], o.out, o.out_size);
    outcome_release(&o);
    return wrong;
}

static void test_bombs(void **state)
{
    struct user *u = *state;
    char command[1024];
    size_t wrong = 0;
    (void)snprintf(command, sizeof command, "scripts/samples/bombs.py %s", user_path(u, "files"));
    assert_int_equal(system(command), 0);
    for (size_t i = 0, n; i < ROWS; i += n) {
        for (n = 1; i + n < ROWS && strcmp(rows[i + n].file, rows[i].file) == 0; n++)
            ;
        wrong += hold(u, i, n);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_bombs, user_setup, user_teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
