/* SPDX-License-Identifier: MIT */
/* The committed declarations: they parse, they do not contradict each other, and short samples, written here by hand after
 * each format's specification, are recognised by them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "base/buf.h"
#include "detect_read.h"

enum { MAX_CONFS = 1024 };

static struct {
    struct arena arena;
    struct findings findings;
    struct conf confs[MAX_CONFS];
    const struct conf *list[MAX_CONFS];
    size_t count;
    struct detect *d;
} all;

static void load(const char *path)
{
    struct buf text = BUF_INIT;
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&text, chunk, n);
    (void)fclose(f);
    assert_true(all.count < MAX_CONFS);
    char *kept = arena_dup(&all.arena, buf_cstr(&text), text.size + 1);
    assert_non_null(kept);
    int r = conf_parse(path, kept, text.size, &all.arena, &all.confs[all.count], &all.findings);
    buf_release(&text);
    if (r == 0) {
        all.list[all.count] = &all.confs[all.count];
        all.count++;
    }
}

static int setup(void **state)
{
    (void)state;
    glob_t found;
    if (glob("conf.d/*/*.conf", 0, NULL, &found) != 0)
        return -1;
    for (size_t i = 0; i < found.gl_pathc; i++)
        load(found.gl_pathv[i]);
    globfree(&found);
    all.d = detect_compile(all.list, all.count, &all.findings);
    return all.d ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    detect_free(all.d);
    findings_release(&all.findings);
    arena_release(&all.arena);
    return 0;
}

static void test_no_findings(void **state)
{
    (void)state;
    size_t of_types = 0;
    for (size_t i = 0; i < all.findings.count; i++) {
        const struct finding *f = &all.findings.items[i];
        bool ours = strstr(f->file, "types") != NULL || strncmp(f->rule, "type.", 5) == 0;
        if (ours)
            print_error("%s:%u: %s [%s]\n", f->file, f->line, f->message, f->rule);
        of_types += ours;
    }
    assert_int_equal(of_types, 0);
    assert_true(detect_type_count(all.d) > 900);
}

/* A declared parent that nobody declares is a slip of the pen. */
static void test_parents_are_declared(void **state)
{
    (void)state;
    size_t missing = 0;
    for (size_t i = 0; i < all.count; i++) {
        for (size_t t = 0; t < all.list[i]->type_count; t++) {
            const struct conf_type *type = &all.list[i]->types[t];
            for (size_t p = 0; p < type->parent_count; p++) {
                if (detect_canonical(all.d, type->parents[p], strlen(type->parents[p])))
                    continue;
                print_error("%s: parent %s of %s is declared nowhere\n", all.list[i]->name, type->parents[p], type->media);
                missing++;
            }
        }
    }
    assert_int_equal(missing, 0);
}

struct sample { const char *name, *bytes; size_t size; const char *media; };
#define S(name, bytes, media) {name, bytes, sizeof(bytes) - 1, media}
#define ZIP(rest) "PK\3\4\x14\0\0\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0" rest

static const struct sample samples[] = {
    S("", "GIF89a\1\0\1\0", "image/gif"),
    S("", "II*\0\x08\0\0\0", "image/tiff"),
    S("a.nef", "MM\0*\0\0\0\x08", "image/x-nikon-nef"),
    S("a.tif", "II*\0\x10\0\0\0CR\2\0", "image/x-canon-cr2"),
    S("", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    S("a.txt", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
    S("", "\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    S("", "RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
    S("", "RIFF\0\0\0\0WAVEfmt ", "audio/vnd.wave"),
    S("", "RIFF\0\0\0\0AVI LIST", "video/x-msvideo"),
    S("", "RIFF\0\0\0\0ABCD", "application/x-riff"),
    S("", "\0\0\0\x1c" "ftypavif\0\0\0\0", "image/avif"),
    S("", "\0\0\0\x1c" "ftypmif1\0\0\0\0mif1avif", "image/avif"),
    S("", "\0\0\0\x1c" "ftypmif1\0\0\0\0mif1heic", "image/heif"),
    S("", "\0\0\0\x1c" "ftypheic\0\0\0\0", "image/heic"),
    S("", "\0\0\0\x1c" "ftypisom\0\0\2\0", "video/mp4"),
    S("a.m4a", "\0\0\0\x1c" "ftypM4A \0\0\2\0", "audio/mp4"),
    S("", "\0\0\0\x1c" "ftypqt  \0\0\2\0", "video/quicktime"),
    S("", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "image/bmp"),
    S("", "\0\0\1\0\1\0\x10\x10\0\0\1\0", "image/vnd.microsoft.icon"),
    S("", "P6\n2 2\n255\n", "image/x-portable-pixmap"),
    S("", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml"),
    S("", "%PDF-1.7\n", "application/pdf"),
    S("", "junk before\n%PDF-1.4\n", "application/pdf"),
    S("", "%!PS-Adobe-3.0 EPSF-3.0\n", "image/x-eps"),
    S("", "%!PS-Adobe-3.0\n", "application/postscript"),
    S("", "{\\rtf1\\ansi", "application/rtf"),
    S("", ZIP("mimetypeapplication/epub+zip"), "application/epub+zip"),
    S("x.zip", ZIP("mimetypeapplication/epub+zip"), "application/epub+zip"),
    S("", ZIP("mimetypeapplication/vnd.oasis.opendocument.textPK\3\4"), "application/vnd.oasis.opendocument.text"),
    S("", ZIP("mimetypeapplication/vnd.oasis.opendocument.text-templatePK"), "application/vnd.oasis.opendocument.text-template"),
    S("a.docx", ZIP("docProps/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    S("", ZIP("[Content_Types].xml..................................................PK\3\4..........................word/document.xml"),
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    S("", ZIP("a.txtwords"), "application/zip"),
    S("a.jar", ZIP("META-INF/"), "application/java-archive"),
    S("", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0", "application/x-ole-storage"),
    S("a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0\0\0\0\0", "application/msword"),
    S("", "Rar!\x1a\x07\1\0", "application/vnd.rar"),
    S("", "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    S("", "\x1f\x8b\x08\0", "application/gzip"),
    S("a.tar.gz", "\x1f\x8b\x08\0", "application/x-compressed-tar"),
    S("", "BZh91AY&SY", "application/x-bzip2"),
    S("a.tar.bz2", "BZh91AY&SY", "application/x-bzip2-compressed-tar"),
    S("", "\xfd" "7zXZ\0", "application/x-xz"),
    S("", "\x28\xb5\x2f\xfd\0", "application/zstd"),
    S("", "!<arch>\ndebian-binary   ", "application/vnd.debian.binary-package"),
    S("", "MThd\0\0\0\6\0\1", "audio/midi"),
    S("", "fLaC\0\0\0\x22", "audio/flac"),
    S("", "OggS\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0OpusHead", "audio/ogg"),
    S("", "OggS\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80theora", "video/ogg"),
    S("a.mp3", "ID3\3\0\0\0\0\0\0", "audio/mpeg"),
    S("", "\xff\xfb\x90\x64\0\0", "audio/mpeg"),
    S("", "\xff\xf1\x50\x80\0\0", "audio/aac"),
    S("", "\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "video/webm"),
    S("a.mka", "\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska", "audio/matroska"),
    S("", "FLV\1\5", "video/x-flv"),
    S("", "\0\1\0\0\0\x0c\0\x80", "font/ttf"),
    S("", "\0\1\0\0Standard Jet DB\0", "application/vnd.ms-access"),
    S("", "wOF2\0\1\0\0", "font/woff2"),
    S("", "\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0", "application/x-executable"),
    S("", "\x7f" "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0", "application/x-sharedlib"),
    S("", "\xca\xfe\xba\xbe\0\0\0\x34", "application/x-java"),
    S("", "\xca\xfe\xba\xbe\0\0\0\2", "application/x-mach-binary"),
    S("", "\0asm\1\0\0\0", "application/wasm"),
    S("", "SQLite format 3\0\x10\0", "application/vnd.sqlite3"),
    S("", "\x89HDF\r\n\x1a\n\0", "application/x-hdf"),
    S("", "CDF\1\0\0\0\0", "application/x-netcdf"),
    S("", "SIMPLE  =                    T", "application/fits"),
    S("", "\xd4\xc3\xb2\xa1\2\0\4\0", "application/vnd.tcpdump.pcap"),
    S("", "BEGIN:VCALENDAR\r\n", "text/calendar"),
    S("", "begin:vcard\n", "text/vcard"),
    S("", "From a@b.c Mon Jan  1 00:00:00 2024\nSubject: x\n", "application/mbox"),
    S("a.eml", "Received: from x\n", "message/rfc822"),
    S("", "-----BEGIN CERTIFICATE-----\n", "application/pkix-cert"),
    S("", "-----BEGIN RSA PRIVATE KEY-----\n", "application/x-pem-file"),
    S("", "#!/bin/sh\nexit\n", "application/x-shellscript"),
    S("a.py", "#!/bin/sh\nexit\n", "text/x-python"),
    S("a.py", "import os\n", "text/x-python"),
    S("a.c", "\0\0\0\0", "application/octet-stream"),
    S("makefile", "all:\n", "text/x-makefile"),
    S("", "WEBVTT\n\n", "text/vtt"),
    S("", "#EXTM3U\n#EXT-X-TARGETDURATION:8\n", "application/vnd.apple.mpegurl"),
    S("", "#EXTM3U\na.mp3\n", "audio/x-mpegurl"),
    S("a.json", "{\"a\": 1}", "application/json"),
    S("a.geojson", "{\"a\": 1}", "application/geo+json"),
    S("", "{\"a\": 1}\n{\"a\": 2}\n", "application/x-ndjson"),
    S("a.csv", "a,b\n1,2\n", "text/csv"),
    S("a.tsv", "a\tb\n", "text/tab-separated-values"),
    S("a.html", "<p>words", "text/html"),
    S("", "<?xml version=\"1.0\"?><gpx version=\"1.1\">", "application/gpx+xml"),
    S("", "<?xml version=\"1.0\"?><unheard-of/>", "application/xml"),
    S("a.class", "\xca\xfe\xba\xbe", "application/x-java"),
    S("", "\xca\xfe\xba\xbe\0\0\0\x41", "application/x-java"),
    S("", "\xca\xfe\xba\xbe\0\0\0\2", "application/x-mach-binary"),
    S("a.mp1", "\xff\xff\x14\0\1\2\3", "audio/mpeg"),
    S("", "\xff\xf7\x14\0\1\2\3", "audio/mpeg"),
    S("a.iso", "\0\0\0\0", "application/vnd.efi.iso"),
    S("a.png", "no picture", "text/plain"),
    S("a.png", "\1\2\3\4", "application/octet-stream"),
    S("a.unheard-of", "words\n", "text/plain"),
};

static const char *type_of(const struct sample *s, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, s->bytes, size);
    struct detect_source source = {.head = copy, .head_size = size, .size = size, .name = s->name, .name_size = strlen(s->name)};
    struct detect_result r;
    detect_type(all.d, &source, &r);
    free(copy);
    return r.media;
}

/* Marks behind 32 KiB of the system area, whatever is in that. */
static void test_discs(void **state)
{
    (void)state;
    enum { SIZE = 40000 };
    static const struct { size_t at; const char *mark, *name, *media; } cases[] = {
        {32769, "CD001", "a.raw", "application/vnd.efi.iso"}, {32769, "CD001", "a.bin", "application/vnd.efi.iso"},
        {32777, "CDROM", "", "application/vnd.efi.iso"},      {32752, "TMR SEGA", "", "application/x-sms-rom"},
        {32770, "CD001", "", "application/octet-stream"},     {32770, "CD001", "a.iso", "application/vnd.efi.iso"},
    };
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        unsigned char *file = calloc(1, SIZE);
        assert_non_null(file);
        bool boots = i % 2; /* a disc that is a hard disk as well: its first sector is a boot record */
        memcpy(file, "\xeb\x63", boots ? 2 : 0);
        memcpy(file + 510, "\x55\xaa", boots ? 2 : 0);
        memcpy(file + cases[i / 2].at, cases[i / 2].mark, strlen(cases[i / 2].mark));
        struct detect_result r;
        detect_memory(all.d, file, SIZE, cases[i / 2].name, strlen(cases[i / 2].name), &r);
        bool record = boots && strcmp(cases[i / 2].media, "application/octet-stream") == 0;
        assert_string_equal(r.media, record ? "application/x-master-boot-record" : cases[i / 2].media);
        free(file);
    }
}

static void test_samples(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *got = type_of(&samples[i], samples[i].size);
        if (strcmp(got, samples[i].media) == 0)
            continue;
        print_error("sample %zu, \"%s\": expected %s, found %s\n", i, samples[i].name, samples[i].media, got);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* Cut at every length: some known type, and the same again. */
static void test_cut_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        for (size_t n = 0; n <= samples[i].size; n++) {
            const char *got = type_of(&samples[i], n);
            assert_string_equal(got, detect_canonical(all.d, got, strlen(got)));
            assert_string_equal(got, type_of(&samples[i], n));
        }
    }
}

static void test_dicom_and_tar(void **state)
{
    (void)state;
    unsigned char b[1024] = {0};
    memcpy(b + 128, "DICM", 4);
    struct sample s = {"", (const char *)b, 132, ""};
    assert_string_equal(type_of(&s, 132), "application/dicom");
    memset(b, 0, sizeof b);
    memcpy(b + 257, "ustar\0", 6);
    assert_string_equal(type_of(&s, 512), "application/x-tar");
    memset(b, 0, sizeof b);
    memcpy(b + sizeof b - 512, "koly\0\0\0\4\0\0\2\0", 12);
    assert_string_equal(type_of(&s, sizeof b), "application/x-apple-diskimage");
}

static void test_aliases(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"image/x-tiff", "image/tiff"}, {"audio/x-wav", "audio/vnd.wave"}, {"text/xml", "application/xml"},
        {"video/x-matroska", "video/matroska"}, {"application/x-rar", "application/vnd.rar"}, {"audio/amr", "audio/amr"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(detect_canonical(all.d, names[i][0], strlen(names[i][0])), names[i][1]);
    assert_true(detect_is_a(all.d, "image/x-nikon-nef", "image/tiff"));
    assert_true(detect_is_a(all.d, "image/svg+xml", "text/plain"));
    assert_true(detect_is_a(all.d, "application/epub+zip", "application/zip"));
    assert_true(detect_is_a(all.d, "application/vnd.debian.binary-package", "application/x-archive"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_findings),   cmocka_unit_test(test_parents_are_declared),
        cmocka_unit_test(test_samples),       cmocka_unit_test(test_cut_samples),
        cmocka_unit_test(test_dicom_and_tar), cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_discs),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
