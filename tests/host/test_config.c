/* SPDX-License-Identifier: MIT */
/* The .conf reader: what a good file means, and what each mistake is told as, with line and column. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config.h"

/* Lines 1 to 6; what a case adds begins in line 7. */
#define HEAD "[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n"

#define RES "[resources]\nt = t.tsv\n"

struct parsed {
    struct arena arena;
    struct findings findings;
    struct conf conf;
    int rc;
};

static void parse(struct parsed *p, const char *text, size_t size)
{
    *p = (struct parsed){0};
    p->rc = conf_parse("a.conf", text, size, &p->arena, &p->conf, &p->findings);
}

static void release(struct parsed *p)
{
    findings_release(&p->findings);
    arena_release(&p->arena);
}

static void show(const struct parsed *p)
{
    for (size_t i = 0; i < p->findings.count; i++) {
        const struct finding *f = &p->findings.items[i];
        print_message("  %s:%u:%u: %s [%s]\n", f->file, f->line, f->column, f->message, f->rule);
    }
}

static void good_file(void **state)
{
    (void)state;
    static const char text[] = "; a comment\n"
                               "[plugin]\n"
                               "name     = png\n"
                               "version  = 1.20.3\n"
                               "kind     = extractor\n"
                               "module   = image/png.so          ; where it lies\n"
                               "summary  = PNG header; text and colour\n"
                               "isolation = job\n"
                               "default  = no\n"
                               "\n"
                               "[type png]\n"
                               "media    = image/PNG\n"
                               "parent   = image/x-any\n"
                               "alias    = image/x-png\n"
                               "priority = 60\n"
                               "magic    = 0 \"\\x89PNG\\r\\n\\x1a\\n\"\n"
                               "magic    = 0x10..0x20 hex:ffe0/fff0 & -128 \"TAG\" /\"\\xff\\xff\\x00\"\n"
                               "glob     = *.PNG\n"
                               "glob     = *.P case weight 40\n"
                               "root     = svg   http://www.w3.org/2000/svg\n"
                               "[match]\n"
                               "type     = image/png\n"
                               "type     = text/*\n"
                               "field    = dicom.Class = 1.2*\n"
                               "field    = dicom.Modality\n"
                               "field    = exif.Make != \"a b\"\n"
                               "[needs]\n"
                               "plugin   = exif >= 1.0 < 2\n"
                               "optional = icc\n"
                               "conflict = other-png\n"
                               "[produces]\n"
                               "stream   = application/x-exif\n"
                               "refine   = *\n"
                               "artifact = yes\n"
                               "[fields]\n"
                               "width    = u32 px \"Image width\"\n"
                               "text.*   = string\n"
                               "members[].name = string \"Name; \\\"of\\\" a member\"\n"
                               "[limits]\n"
                               "time     = 500ms\n"
                               "memory   = 64M\n"
                               "stream   = 8K\n"
                               "output   = 1M\n"
                               "artifact = 1M\n"
                               "artifacts = 12\n"
                               "[companions]\n"
                               "midi     = {stem}.mid\n"
                               "[resources]\n"
                               "table    = hgnc.tsv\n"
                               "[resource table]\n"
                               "format   = csv\n"
                               "header   = yes\n"
                               "comment  = \"\\x3b \"\n"
                               "unique   = \"a, b\" , id\n"
                               "column   = id   u16  required\n"
                               "column   = \"a, b\" enum(x y|z)\n"
                               "column   = rest text\n"
                               "[options]\n"
                               "mode     = fast\n"
                               "between  = \"\\t\"\n"
                               "[module]\n"
                               "constructors = yes\n"
                               "waive    = elf.init because it is C++\n"
                               "library  = libfoo.so.1\n";
    struct parsed p;
    parse(&p, text, sizeof text - 1);
    show(&p);
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.findings.count, 0);
    const struct conf *c = &p.conf;
    assert_string_equal(c->name, "png");
    assert_string_equal(c->domain, "png");
    assert_string_equal(c->module, "image/png.so");
    assert_string_equal(c->summary, "PNG header; text and colour");
    assert_int_equal(c->version.minor, 20);
    assert_int_equal(c->isolation, CONF_ISOLATE_JOB);
    assert_true(c->enabled);
    assert_false(c->by_default);

    assert_int_equal(c->type_count, 1);
    const struct conf_type *t = c->types;
    assert_string_equal(t->media, "image/png");
    assert_int_equal(t->magic_count, 2);
    assert_int_equal(t->magics[0].priority, 60);
    assert_int_equal(t->magics[0].parts[0].size, 8);
    assert_memory_equal(t->magics[0].parts[0].bytes, "\x89PNG\r\n\x1a\n", 8);
    const struct conf_magic_part *parts = t->magics[1].parts;
    assert_int_equal(t->magics[1].part_count, 2);
    assert_int_equal(parts[0].first, 16);
    assert_int_equal(parts[0].last, 32);
    assert_memory_equal(parts[0].bytes, "\xff\xe0", 2);
    assert_memory_equal(parts[0].mask, "\xff\xf0", 2);
    assert_int_equal(parts[1].first, -128);
    assert_memory_equal(parts[1].bytes, "TA\0", 3); /* masked already */
    assert_string_equal(t->globs[0].pattern, "*.png");
    assert_false(t->globs[0].case_sensitive);
    assert_string_equal(t->globs[1].pattern, "*.P");
    assert_true(t->globs[1].case_sensitive);
    assert_int_equal(t->globs[1].weight, 40);
    assert_string_equal(t->roots[0], "svg http://www.w3.org/2000/svg");

    assert_int_equal(c->match_type_count, 2);
    assert_string_equal(c->match_types[1], "text/*");
    assert_int_equal(c->predicate_count, 3);
    assert_int_equal(c->predicates[0].op, CONF_PRED_EQ);
    assert_string_equal(c->predicates[0].value, "1.2*");
    assert_int_equal(c->predicates[1].op, CONF_PRED_PRESENT);
    assert_int_equal(c->predicates[2].op, CONF_PRED_NE);
    assert_string_equal(c->predicates[2].value, "a b");
    /* exif, icc, and dicom, which the predicates imply */
    assert_int_equal(c->need_count, 3);
    assert_false(c->needs[0].optional);
    assert_int_equal(c->needs[0].bounds[0].op, CONF_GE);
    assert_int_equal(c->needs[0].bounds[1].op, CONF_LT);
    assert_int_equal(c->needs[0].bounds[1].version.major, 2);
    assert_true(c->needs[1].optional);
    assert_string_equal(c->needs[2].plugin, "dicom");
    assert_string_equal(c->conflicts[0], "other-png");
    assert_true(c->artifacts);

    assert_int_equal(c->field_count, 3); /* sorted */
    assert_string_equal(c->fields[0].path, "members[].name");
    assert_string_equal(c->fields[0].description, "Name; \"of\" a member");
    assert_string_equal(c->fields[2].unit, "px");
    assert_int_equal(c->fields[2].bits, 32);
    assert_int_equal(c->time_ms, 500);
    assert_int_equal(c->memory, 64u << 20);
    assert_int_equal(c->stream_bytes, 8192);
    assert_int_equal(c->artifact_bytes, 1 << 20);
    assert_int_equal(c->artifact_most, 12);
    assert_string_equal(c->companions[0].value, "{stem}.mid");
    assert_int_equal(c->format_count, 1);
    const struct conf_format *format = conf_format_of(c, "table");
    assert_ptr_equal(format, c->formats);
    assert_int_equal(format->kind, CONF_FORMAT_CSV);
    assert_true(format->header);
    assert_string_equal(format->comment, "; ");
    assert_int_equal(format->column_count, 3);
    assert_int_equal(format->columns[0].kind, CONF_COLUMN_U16);
    assert_true(format->columns[0].required);
    assert_string_equal(format->columns[1].name, "a, b");
    assert_int_equal(format->columns[1].choice_count, 2);
    assert_string_equal(format->columns[1].choices[0], "x y");
    assert_false(format->columns[1].required);
    assert_int_equal(format->unique_count, 2);
    assert_int_equal(format->unique[0], 1);
    assert_int_equal(format->unique[1], 0);
    assert_string_equal(c->options[1].value, "\t");
    assert_true(c->constructors);
    assert_string_equal(c->waivers[0].key, "elf.init");
    assert_string_equal(c->waivers[0].value, "it is C++");
    release(&p);
}

#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A200 A50 A50 A50 A50
#define NAME_49 "a234567890123456789012345678901234567890123456789"

struct mistake {
    const char *text, *rule;
    uint32_t line, column;
    const char *says; /* part of the message */
};

static const struct mistake mistakes[] = {
    /* lines and sections */
    {"", "conf.section.missing", 1, 1, "[plugin]"},
    {"name = a\n", "conf.key.early", 1, 1, "before the first section"},
    {HEAD "[plugin]\n", "conf.section.repeated", 7, 2, "line 1"},
    {HEAD "[mach]\ntype = *\n", "conf.section.unknown", 7, 2, "did you mean [match]?"},
    {HEAD "[match\n", "conf.section.open", 7, 7, "\"]\""},
    {HEAD "[match] x\n", "conf.section.after", 7, 9, "drop"},
    {HEAD "[match x]\n", "conf.section.label", 7, 2, "no label"},
    {HEAD "[type]\n", "conf.section.label", 7, 2, "needs a label"},
    {HEAD "[type A]\nmedia = a/b\n", "conf.section.label", 7, 7, "label"},
    {HEAD "[type a]\nmedia = a/b\n[type a]\nmedia = a/c\n", "conf.section.repeated", 9, 2, "line 7"},
    {HEAD "[type " NAME_49 "]\n", "conf.section.long", 7, 51, "54 bytes"},
    {HEAD "[options]\n" NAME_49 "0 = x\n", "conf.key.long", 8, 50, "50 bytes"},
    {HEAD "[options]\nk = " A200 "\n", "conf.line.long", 8, 199, "198"},
    {HEAD "; " A200 "\n", "conf.line.long", 7, 199, "198"},
    {HEAD "[match]\n type = *\n", "conf.line.indented", 8, 2, "indented"},
    {HEAD "[match]\ntype\n", "conf.line.form", 8, 1, "key = value"},
    {HEAD "[match]\ntype: *\n", "conf.line.colon", 8, 5, "\":\""},
    {HEAD "[match]\n= *\n", "conf.key.empty", 8, 1, "no key"},
    {HEAD "[match]\ntype =\n", "conf.value.empty", 8, 7, "no value"},
    {HEAD "[options]\nk = ;\n", "conf.value.empty", 8, 5, "no value"},
    {HEAD "[options]\nk = \"a ;b\"\n", "conf.comment.quoted", 8, 8, "comment"},
    {HEAD "[options]\nk = a\001b\n", "conf.text.control", 8, 6, "0x01"},
    {HEAD "[options]\nk = \xc3\xa4\xff\n", "conf.text.utf8", 8, 7, "UTF-8"},
    {HEAD "[match]\ntipe = *\n", "conf.key.unknown", 8, 1, "did you mean type?"},
    {HEAD "[limits]\ntime = 1s\ntime = 2s\n", "conf.key.repeated", 9, 1, "line 8"},
    {HEAD "[options]\nk = 1\nk = 2\n", "conf.key.repeated", 9, 1, "line 8"},
    /* [plugin] */
    {"[plugin]\nname = a\nkind = types\nsummary = s\n", "conf.key.missing", 1, 1, "version"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = mapper\nsummary = s\n", "conf.key.missing", 1, 1, "module"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = types\nsummary = s\nmodule = a.so\n", "conf.key.kind", 1, 1,
     "no module"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = types\nsummary = s\n[match]\ntype = *\n", "conf.section.kind", 1, 1,
     "nothing else"},
    {"[plugin]\nname = aB\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n", "conf.value.name", 2, 9,
     "'B'"},
    {"[plugin]\nname = a.b\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n", "conf.value.name", 2, 9,
     "'.'"},
    {"[plugin]\nname = a\nversion = 1.0\nkind = extractor\nmodule = a.so\nsummary = s\n", "conf.value.version", 3, 11,
     "MAJOR.MINOR.PATCH"},
    {"[plugin]\nname = a\nversion = 1.01.0\nkind = extractor\nmodule = a.so\nsummary = s\n", "conf.value.version", 3,
     13, "1.01.0"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = extracter\nmodule = a.so\nsummary = s\n", "conf.value.choice", 4, 8,
     "did you mean extractor?"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = ../a.so\nsummary = s\n", "conf.value.path", 5, 10,
     "\"..\""},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = /a.so\nsummary = s\n", "conf.value.path", 5, 10,
     "absolute"},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = a.dll\nsummary = s\n", "conf.plugin.module", 5,
     10, ".so"},
    {HEAD "enabled = maybe\n", "conf.value.yesno", 7, 11, "maybe"},
    /* [type] */
    {HEAD "[type t]\nglob = *.t\n", "conf.key.missing", 7, 1, "media"},
    {HEAD "[type t]\nmedia = image\n", "conf.value.media", 8, 14, "image"},
    {HEAD "[type t]\nmedia = image/*\n", "conf.value.media", 8, 15, "image/*"},
    {HEAD "[type t]\nmedia = a/b\npriority = 101\n", "conf.value.range", 9, 12, "0 to 100"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0xL001 \"x\"\n", "conf.magic.hex", 9, 11, "'L'"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 0xL001\n", "conf.magic.hex", 9, 13, "'L'"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 0xff\n", "conf.magic.hex", 9, 11, "0x"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 hex:ffL0\n", "conf.magic.hex", 9, 17, "'L'"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 hex:fff\n", "conf.magic.hex", 9, 18, "odd"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"a\\xZZ\"\n", "conf.magic.hex", 9, 15, "'Z'"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"a\\x4\"\n", "conf.magic.hex", 9, 16, "'\"'"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"a\\q\"\n", "conf.value.escape", 9, 13, "\\q"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"a\n", "conf.value.quote", 9, 11, "not closed"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"\"\n", "conf.magic.pattern", 9, 11, "empty"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0\n", "conf.magic.pattern", 9, 10, "pattern"},
    {HEAD "[type t]\nmedia = a/b\nmagic = x \"a\"\n", "conf.magic.offset", 9, 9, "offset"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 9..1 \"a\"\n", "conf.magic.offset", 9, 9, "smaller"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 131072 \"a\"\n", "conf.magic.offset", 9, 9, "131072"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 131071 \"ab\"\n", "conf.magic.offset", 9, 9, "131072"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 4000..4096 \"a\"\n", "conf.magic.offset", 9, 9, "range"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 8000 \"a\" & 12096 \"b\"\n", "conf.magic.offset", 9, 9, "within 4096 bytes"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 8000 \"a\" & -1 \"b\"\n", "conf.magic.offset", 9, 9, "at the end"},
    {HEAD "[type t]\nmedia = a/b\nmagic = -2 \"abc\"\n", "conf.magic.offset", 9, 9, "last 512"},
    {HEAD "[type t]\nmedia = a/b\nmagic = -0 \"abc\"\n", "conf.magic.offset", 9, 9, "-0"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 99999999999999999999 \"a\"\n", "conf.magic.offset", 9, 9, "131072"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"ab\" /\"\\xff\"\n", "conf.magic.mask", 9, 17, "1 bytes"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"ab\" /ff\n", "conf.magic.mask", 9, 17, "mask"},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"ab\" 4 \"c\"\n", "conf.magic.part", 9, 16, "\"&\""},
    {HEAD "[type t]\nmedia = a/b\nmagic = 0 \"a\" & 1 \"a\" & 2 \"a\" & 3 \"a\" & 4 \"a\" & 5 \"a\" & 6 \"a\" & 7 "
          "\"a\" & 8 \"a\"\n",
     "conf.magic.part", 9, 71, "more than 8"},
    {HEAD "[type t]\nmedia = a/b\nglob = a/*.b\n", "conf.glob.slash", 9, 9, "\"/\""},
    {HEAD "[type t]\nmedia = a/b\nglob = *.[ab\n", "conf.glob.set", 9, 10, "\"]\""},
    {HEAD "[type t]\nmedia = a/b\nglob = *.a big\n", "conf.glob.word", 9, 12, "big"},
    {HEAD "[type t]\nmedia = a/b\nglob = *.a weight 1x\n", "conf.value.number", 9, 20, "'x'"},
    {HEAD "[type t]\nmedia = a/b\nroot = a b c\n", "conf.root.word", 9, 12, "namespace"},
    {HEAD "[type t]\nmedia = a/b\nroot = a:b\n", "conf.root.name", 9, 8, "local name"},
    /* [match], [needs], [produces] */
    {HEAD "[match]\ntype = image/png/x\n", "conf.value.media", 8, 17, "image/png/x"},
    {HEAD "[match]\nfield = dicom\n", "conf.match.field", 8, 9, "dicom"},
    {HEAD "[match]\nfield = dicom.a < 3\n", "conf.match.field", 8, 17, "= or !="},
    {HEAD "[match]\nfield = dicom.a =\n", "conf.match.field", 8, 18, "value"},
    {HEAD "[needs]\nplugin = exif 1.0\n", "conf.needs.range", 8, 15, "1.0"},
    {HEAD "[needs]\nplugin = exif >= 1.x\n", "conf.value.version", 8, 20, "1.x"},
    {HEAD "[needs]\nplugin = exif > 1 < 2 < 3\n", "conf.needs.range", 8, 23, "two bounds"},
    {HEAD "[needs]\nplugin = exif\noptional = exif\n", "conf.needs.repeated", 9, 12, "line 8"},
    {HEAD "[needs]\nplugin = a\n", "conf.needs.self", 8, 1, "itself"},
    {HEAD "[produces]\nstream = x\n", "conf.value.media", 8, 11, "\"x\""},
    /* [fields] */
    {HEAD "[fields]\na..b = u32\n", "conf.field.path", 8, 3, "'.'"},
    {HEAD "[fields]\n*.b = u32\n", "conf.field.path", 8, 2, "'.'"},
    {HEAD "[fields]\na[1] = u32\n", "conf.field.path", 8, 2, "'['"},
    {HEAD "[fields]\na = u24\n", "conf.field.kind", 8, 5, "u24"},
    {HEAD "[fields]\na = u32 px m\n", "conf.field.form", 8, 12, "the end"},
    {HEAD "[fields]\na = u32 \"x\" y\n", "conf.field.form", 8, 13, "the end"},
    {HEAD "[fields]\na = u32\na = u8\n", "conf.field.repeated", 9, 1, "line 8"},
    {HEAD "[fields]\na = u32\na.b = u8\n", "conf.field.shape", 9, 1, "single value"},
    {HEAD "[fields]\na[].b = u32\na = u8\n", "conf.field.shape", 8, 1, "line 9"},
    /* the rest */
    {HEAD "[limits]\ntime = 2\n", "conf.value.unit", 8, 9, "500ms"},
    {HEAD "[limits]\ntime = s\n", "conf.value.number", 8, 8, "'s'"},
    {HEAD "[limits]\ntime = 0ms\n", "conf.value.range", 8, 8, "1ms to 60min"},
    {HEAD "[limits]\nmemory = 64Q\n", "conf.value.unit", 8, 12, "64M"},
    {HEAD "[limits]\nmemory = 1K\n", "conf.value.range", 8, 10, "1M to 64G"},
    {HEAD "[limits]\nmemory = 99999999999999999999\n", "conf.value.number", 8, 10, "too large"},
    {HEAD "[limits]\nmemory = 17179869184G\n", "conf.value.range", 8, 10, "64G"},
    {HEAD "[companions]\nx = ../{stem}.mid\n", "conf.companion.pattern", 8, 7, "'/'"},
    {HEAD "[companions]\nx = {base}.mid\n", "conf.companion.pattern", 8, 5, "'{'"},
    {HEAD "[resources]\nx = a/../b\n", "conf.value.path", 8, 7, "\"..\""},
    {HEAD "[resources]\nx = a//b\n", "conf.value.path", 8, 7, "empty part"},
    {HEAD RES "[resource t]\nformat = xml\ncolumn = a u8\n", "conf.value.choice", 10, 10, "tsv, csv, lines"},
    {HEAD RES "[resource t]\ncolumn = a u8\n", "conf.key.missing", 9, 1, "lacks format"},
    {HEAD RES "[resource t]\nformat = tsv\n", "conf.key.missing", 9, 1, "lacks column"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a u8\ncolums = b u8\n", "conf.key.unknown", 12, 1, "column"},
    {HEAD RES "[resource t]\nformat = tsv\nheader = on\ncolumn = a u8\n", "conf.value.yesno", 11, 10, "yes or no"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a u24\n", "conf.resource.kind", 11, 12, "u24"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a\n", "conf.resource.kind", 11, 11, "kind"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a enum\n", "conf.resource.kind", 11, 16, "values"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a enum(b|)\n", "conf.resource.kind", 11, 19, "empty"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a enum(b\n", "conf.resource.kind", 11, 18, "missing"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a u8 needed\n", "conf.resource.column", 11, 15, "needed"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a,b u8\n", "conf.resource.column", 11, 11, "','"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = \"\" u8\n", "conf.resource.column", 11, 10, "name"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a u8\ncolumn = a u8\n", "conf.resource.column", 12, 10, "line 11"},
    {HEAD RES "[resource t]\nformat = lines\ncolumn = a u8\ncolumn = b u8\n", "conf.resource.column", 12, 1, "one column"},
    {HEAD RES "[resource t]\nformat = lines\nheader = yes\ncolumn = a u8\n", "conf.resource.header", 9, 1, "no header"},
    {HEAD RES "[resource t]\nformat = tsv\nunique = a, c\ncolumn = a u8\n", "conf.resource.unique", 11, 13, "\"c\""},
    {HEAD RES "[resource t]\nformat = tsv\nunique = a, a\ncolumn = a u8\n", "conf.resource.unique", 11, 13, "twice"},
    {HEAD RES "[resource t]\nformat = tsv\nunique = a a\ncolumn = a u8\n", "conf.resource.unique", 11, 12, "\",\""},
    {HEAD RES "[resource t]\nformat = tsv\ncomment = # x\ncolumn = a u8\n", "conf.value.quote", 11, 12, "follows"},
    {HEAD RES "[resource u]\nformat = tsv\ncolumn = a u8\n", "conf.resource.label", 9, 11, "did you mean t?"},
    {HEAD RES "[resource]\nformat = tsv\n", "conf.section.label", 9, 2, "needs a label"},
    {HEAD RES "[resource t]\nformat = tsv\ncolumn = a u8\n[resource t]\nformat = tsv\ncolumn = a u8\n", "conf.section.repeated",
     12, 11, "line 9"},
    {HEAD "[options]\nx = \"a\" b\n", "conf.value.quote", 8, 8, "follows"},
    {HEAD "[options]\nx = \"a\\0\"\n", "conf.value.nul", 8, 7, "\\0"},
    {HEAD "[module]\nwaive = elf.init\n", "conf.module.waive", 8, 17, "because"},
    {HEAD "[module]\nwaive = elf.init because\n", "conf.module.waive", 8, 18, "reason"},
    {HEAD "[module]\nlibrary = a/libb.so\n", "conf.module.library", 8, 12, "base name"},
};

static void each_mistake(void **state)
{
    (void)state;
    size_t fails = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        const struct mistake *m = &mistakes[i];
        struct parsed p;
        parse(&p, m->text, strlen(m->text));
        const struct finding *f = p.findings.items;
        bool as_expected = p.rc == -EINVAL && p.findings.count >= 1 && strcmp(f->rule, m->rule) == 0 &&
                           f->line == m->line && f->column == m->column && strstr(f->message, m->says) &&
                           strcmp(f->file, "a.conf") == 0;
        /* Nothing else is said but where a whole file lacks something. */
        as_expected = as_expected && (p.findings.count == 1 || m->line == 1);
        if (!as_expected) {
            fails++;
            print_message("case %zu: expected %s at %u:%u saying %s; rc %d\n%s\n", i, m->rule, m->line, m->column,
                          m->says, p.rc, m->text);
            show(&p);
        }
        release(&p);
    }
    assert_int_equal(fails, 0);
}

static void all_findings_not_the_first(void **state)
{
    (void)state;
    static const char text[] = "[plugin]\nname = A\nversion = x\nkind = y\nmodule = ../a.so\nfoo = 1\n[type t]\nmagic "
                               "= 0 \"\\xQQ\"\n[nothing]\nk = v\n";
    static const struct {
        uint32_t line;
        const char *rule;
    } expected[] = {
        {2, "conf.value.name"},  {3, "conf.value.version"},   {4, "conf.value.choice"},
        {5, "conf.value.path"},  {6, "conf.key.unknown"},     {8, "conf.magic.hex"},
        {7, "conf.key.missing"}, {9, "conf.section.unknown"}, {1, "conf.plugin.summary"},
    };
    struct parsed p;
    parse(&p, text, sizeof text - 1);
    assert_int_equal(p.rc, -EINVAL);
    show(&p);
    assert_int_equal(p.findings.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < p.findings.count; i++) {
        assert_int_equal(p.findings.items[i].line, expected[i].line);
        assert_string_equal(p.findings.items[i].rule, expected[i].rule);
    }
    assert_int_equal(findings_errors(&p.findings), 8);
    findings_sort(&p.findings);
    assert_int_equal(p.findings.items[0].line, 1);
    assert_int_equal(p.findings.items[8].line, 9);
    release(&p);
}

/* What fits exactly must not be refused, and must arrive whole. */
static void longest_names_and_lines(void **state)
{
    (void)state;
    char text[1024];
    int n = snprintf(text, sizeof text, HEAD "[options]\n" NAME_49 " = %.146s\n", A200);
    struct parsed p;
    parse(&p, text, (size_t)n);
    show(&p);
    assert_int_equal(p.rc, 0);
    assert_string_equal(p.conf.options[0].key, NAME_49);
    assert_int_equal(strlen(p.conf.options[0].value), 146);
    release(&p);

    n = snprintf(text, sizeof text, HEAD "[options]\nkey = %.192s", A200); /* 198 bytes, no newline */
    parse(&p, text, (size_t)n);
    assert_int_equal(p.rc, 0);
    assert_int_equal(strlen(p.conf.options[0].value), 192);
    release(&p);
}

static void line_ends_and_mark(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf[plugin]\r\nname = a\r\nversion = 1.0.0\r\nkind = extractor\r\nmodule = "
                               "a.so\r\n  ; indented comment\r\n  \r\nsummary = last line without an end";
    struct parsed p;
    parse(&p, text, sizeof text - 1);
    show(&p);
    assert_int_equal(p.rc, 0);
    assert_string_equal(p.conf.module, "a.so");
    assert_string_equal(p.conf.summary, "last line without an end");
    release(&p);
}

static void zero_byte(void **state)
{
    (void)state;
    static const char text[] = HEAD "[options]\nk = a\0b\n";
    struct parsed p;
    parse(&p, text, sizeof text - 1);
    assert_int_equal(p.rc, -EINVAL);
    assert_string_equal(p.findings.items[0].rule, "conf.text.control");
    assert_int_equal(p.findings.items[0].line, 8);
    release(&p);
}

static void missing_summary_is_a_warning(void **state)
{
    (void)state;
    static const char text[] = "[plugin]\nname = a\nversion = 1.0.0\nkind = types\n";
    struct parsed p;
    parse(&p, text, sizeof text - 1);
    assert_int_equal(p.rc, 0);
    assert_int_equal(p.findings.count, 1);
    assert_int_equal(p.findings.items[0].severity, FINDING_WARNING);
    assert_null(p.conf.module);
    assert_string_equal(p.conf.summary, "");
    release(&p);
}

static void too_large(void **state)
{
    (void)state;
    size_t size = CONF_MAX_FILE + 1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, ';', size);
    struct parsed p;
    parse(&p, text, size);
    free(text);
    assert_int_equal(p.rc, -EINVAL);
    assert_string_equal(p.findings.items[0].rule, "conf.file.large");
    release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_file),
        cmocka_unit_test(each_mistake),
        cmocka_unit_test(all_findings_not_the_first),
        cmocka_unit_test(longest_names_and_lines),
        cmocka_unit_test(line_ends_and_mark),
        cmocka_unit_test(zero_byte),
        cmocka_unit_test(missing_summary_is_a_warning),
        cmocka_unit_test(too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
