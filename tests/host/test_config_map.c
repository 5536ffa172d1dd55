/* SPDX-License-Identifier: MIT */
/* [map] and [namespace] of the .conf: what is read, each mistake with its place, and how declarations of several files join. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conf_tree.h"
#include "config.h"
#include "id_pattern.h"
#include "namespace.h"

/* Lines 1 to 6; what a case adds begins in line 7. */
#define HEAD "[plugin]\nname = a\nversion = 1.0.0\nkind = mapper\nmodule = a.so\nsummary = s\n"
#define MAP "[map]\nfrom = x\nto = y\n"
#define A39 "abcdefghijklmnopqrstuvwxyz0123456789abc"

static int parse(const char *text, struct arena *arena, struct conf *out, struct findings *findings)
{
    return conf_parse("a.conf", text, strlen(text), arena, out, findings);
}

static void good_file(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct findings findings = {0};
    struct conf c;
    static const char text[] = HEAD "[map]\nfrom = hgnc.symbol\nfrom = 9-x_y\nto = " A39 "\ncost = 1000\n"
                                    "predicate = skos:broadMatch\nfield = vcf.genes[].name\nfield = gff.gene\n"
                                    "[needs]\nplugin = gff >= 1.0\n"
                                    "[namespace hgnc.symbol]\ntitle = Symbols; approved\nprefix = HGNC.symbol\n"
                                    "pattern = [A-Z][A-Z0-9-]*|C[0-9]+orf[0-9]+\nexample = TP53\nexample = C9orf72\n"
                                    "separator = \", \"\n[namespace n]\n";
    assert_int_equal(parse(text, &arena, &c, &findings), 0);
    assert_int_equal(findings.count, 0);
    assert_int_equal(c.map.from_count, 2);
    assert_string_equal(c.map.from[1], "9-x_y");
    assert_string_equal(c.map.to, A39);
    assert_int_equal(c.map.cost, 1000);
    assert_string_equal(c.map.inverse, "skos:narrowMatch");
    assert_false(c.map.symmetric);
    assert_false(c.map.cache);
    assert_int_equal(c.map.field_count, 2);
    assert_string_equal(c.map.fields[0].plugin, "vcf");
    assert_string_equal(c.map.fields[0].path, "genes[].name");
    assert_int_equal(c.need_count, 2); /* gff as it stands, vcf where it is there */
    assert_false(c.needs[0].optional);
    assert_string_equal(c.needs[1].plugin, "vcf");
    assert_true(c.needs[1].optional);
    assert_int_equal(c.field_count, 4);
    assert_string_equal(c.fields[3].path, "links[].targets[]");
    assert_int_equal(c.namespace_count, 2);
    assert_string_equal(c.namespaces[0].separator, ", ");
    assert_int_equal(c.namespaces[0].example_count, 2);
    findings_release(&findings);
    arena_release(&arena);

    arena = (struct arena){0};
    findings = (struct findings){0};
    assert_int_equal(parse(HEAD MAP, &arena, &c, &findings), 0);
    assert_int_equal(c.map.cost, 10);
    assert_string_equal(c.map.predicate, "skos:exactMatch");
    assert_string_equal(c.map.inverse, "skos:exactMatch");
    assert_false(c.map.symmetric);
    assert_int_equal(c.field_count, 0);
    findings_release(&findings);
    arena_release(&arena);
}

static const struct {
    const char *text, *rule, *says;
    uint32_t line, column;
} mistakes[] = {
    {HEAD "[map]\nto = y\n", "conf.key.missing", "[map] lacks from", 7, 1},
    {HEAD "[map]\nfrom = x\n", "conf.key.missing", "[map] lacks to", 7, 1},
    {HEAD MAP "to = z\n", "conf.key.repeated", "to stands twice", 10, 1},
    {HEAD "[map]\nfrom = x\nfrom = x\nto = y\n", "conf.map.repeated", "from = x stands twice", 9, 8},
    {HEAD "[map]\nfrom = X\nto = y\n", "conf.map.namespace", "'X' cannot stand there", 8, 8},
    {HEAD "[map]\nfrom = x\nto = .y\n", "conf.map.namespace", "'.' cannot stand there", 9, 6},
    {HEAD "[map]\nfrom = x\nto = " A39 "d\n", "conf.map.namespace", "beyond the 39 bytes", 9, 45},
    {HEAD "[map]\nfrom = x\nto = x\n", "conf.map.circle", "both x", 7, 1},
    {HEAD MAP "cost = 0\n", "conf.value.range", "from 1 to 1000", 10, 8},
    {HEAD MAP "cost = ten\n", "conf.value.number", "'t'", 10, 8},
    {HEAD MAP "predicate = exactMatch\n", "conf.map.curie", "skos:exactMatch", 10, 13},
    {HEAD MAP "predicate = a:b c\n", "conf.map.curie", "\"a:b c\"", 10, 16},
    {HEAD MAP "predicate = a:b\nsymmetric = yes\n", "conf.map.inverse", "a:b has no inverse", 7, 1},
    {HEAD "[map]\nfrom = x\nfrom = z\nto = y\nsymmetric = yes\n", "conf.map.symmetric", "to x or to z", 7, 1},
    {HEAD MAP "inverse = a:b\n", "conf.map.inverse", "is skos:exactMatch, not a:b", 7, 1},
    {HEAD MAP "symetric = yes\n", "conf.key.unknown", "did you mean symmetric?", 10, 1},
    {HEAD MAP "field = vcf\n", "conf.map.field", "the plugin vcf alone", 10, 9},
    {HEAD MAP "field = vcf.a b\n", "conf.field.path", "a blank", 10, 14},
    {HEAD MAP "[map]\n", "conf.section.repeated", "[map] stands twice", 10, 2},
    {HEAD "[maps]\n", "conf.section.unknown", "did you mean [map]?", 7, 2},
    {HEAD "[namespace]\n", "conf.section.label", "[namespace LABEL]", 7, 2},
    {HEAD "[namespace a b]\n", "conf.map.namespace", "a blank cannot stand there", 7, 13},
    {HEAD "[namespace a]\n[namespace a]\n", "conf.section.repeated", "began in line 7", 8, 12},
    {HEAD "[namespace a]\nprefix = A:\n", "conf.namespace.prefix", "':' cannot", 8, 11},
    {HEAD "[namespace a]\niri = hgnc\n", "conf.namespace.iri", "\"hgnc\" is no IRI", 8, 7},
    {HEAD "[namespace a]\npattern = a(b\n", "conf.namespace.pattern", "parenthesis is not closed", 8, 11},
    {HEAD "[namespace a]\npattern = [a\n", "conf.namespace.pattern", "malformed", 8, 11},
    {HEAD "[namespace a]\npattern = (a)\\1\n", "conf.namespace.pattern", "\\1", 8, 11},
    {HEAD "[namespace a]\npattern = ((a{99}){99}){99}\n", "conf.namespace.pattern", "repeats too much", 8, 11},
    {HEAD "[namespace a]\npattern = [0-9]+\nexample = 12x\n", "conf.namespace.example", "\"12x\"", 7, 1},
    {HEAD "[namespace a]\nseparator = ,\n", "conf.value.quote", "in quotes", 8, 13},
    {HEAD "[namespace a]\nseparator = \"\"\n", "conf.value.quote", "one byte", 8, 13},
    {"[plugin]\nname = a\nversion = 1.0.0\nkind = extractor\nmodule = a.so\nsummary = s\n" MAP, "conf.map.kind",
     "kind = mapper", 7, 1},
};

static void each_mistake(void **state)
{
    (void)state;
    size_t fails = 0;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct arena arena = {0};
        struct findings findings = {0};
        struct conf c;
        int rc = parse(mistakes[i].text, &arena, &c, &findings);
        const struct finding *f = findings.items;
        bool good = rc == -EINVAL && findings.count > 0 && strcmp(f->rule, mistakes[i].rule) == 0 &&
                    f->line == mistakes[i].line && f->column == mistakes[i].column &&
                    (strstr(f->message, mistakes[i].says) || strstr(f->mend, mistakes[i].says));
        if (!good) {
            print_message("case %zu: rc %d, %u:%u: %s [%s]\n", i, rc, findings.count ? f->line : 0,
                          findings.count ? f->column : 0, findings.count ? f->message : "",
                          findings.count ? f->rule : "");
            fails++;
        }
        findings_release(&findings);
        arena_release(&arena);
    }
    assert_int_equal(fails, 0);
}

static bool fits(const char *pattern, const char *id)
{
    struct id_pattern *p = NULL;
    struct err e = {0};
    if (id_pattern_new(pattern, &p, &e) < 0)
        fail_msg("%s", e.text);
    bool yes = id_pattern_fits(p, id, strlen(id));
    id_pattern_free(p);
    return yes;
}

static void patterns(void **state)
{
    (void)state;
    assert_true(fits("[0-9]{1,6}", "123456"));
    assert_false(fits("[0-9]{1,6}", "1234567"));
    assert_true(fits("a|b", "b"));
    assert_false(fits("a|b", "ab")); /* both alternatives are anchored */
    assert_true(fits("[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}", "A0A024R1R8"));
    assert_true(fits("x\\.[][:digit:]x]+", "x.]7x"));
    assert_false(fits("a*", "aaa\nb"));
    struct id_pattern *p = NULL;
    assert_int_equal(id_pattern_new("a*", &p, NULL), 0);
    assert_false(id_pattern_fits(p, "a\0a", 3));
    assert_true(id_pattern_fits(p, "", 0));
    id_pattern_free(p);
}

static void declarations_join(void **state)
{
    (void)state;
    struct conf_tree t;
    conf_tree_make(&t);
    conf_tree_plugin(&t, "a", "kind = mapper\n[map]\nfrom = gene.symbl\nto = zz\n");
    conf_tree_plugin(&t, "b",
                     "kind = mapper\n[map]\nfrom = gene.symbol\nto = entrez\n"
                     "[namespace entrez]\nprefix = NCBIGene\npattern = [0-9]+\nexample = 7157\n");
    conf_tree_plugin(&t, "c",
                     "kind = mapper\n[namespace entrez]\nprefix = NCBIGene\npattern = [0-9]+\n"
                     "[namespace gene.symbol]\n[map]\nfrom = entrez\nto = gene.symbol\n");
    conf_tree_plugin(&t, "d",
                     "kind = mapper\n[namespace entrez]\nprefix = NCBIGene\npattern = [0-9]*\n[map]\nfrom = "
                     "gene.symbol\nto = entrez\n");
    conf_tree_plugin(&t, "off", "enabled = no\n[namespace off]\n");
    struct registry *r = conf_tree_open(&t, NULL);
    static const char *const names[] = {"entrez", "gene.symbl", "gene.symbol", "zz"};
    assert_int_equal(r->namespace_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(r->namespaces[i].name, names[i]);
    const struct namespace *n = namespace_find(r, "entrez");
    assert_string_equal(n->by->conf.name, "b");
    assert_string_equal(namespace_prefix(n), "NCBIGene");
    assert_string_equal(namespace_prefix(namespace_find(r, "gene.symbol")), "gene.symbol");
    assert_null(namespace_find(r, "off"));
    assert_null(namespace_find(r, "nobody"));
    assert_int_equal(r->findings.count, 3);
    const struct finding *f = conf_tree_finding(r, "map.namespace.unequal", "another pattern");
    assert_string_equal(f->file, conf_tree_path(&t, "conf.d/d.conf"));
    assert_non_null(strstr(f->message, conf_tree_path(&t, "conf.d/b.conf")));
    f = conf_tree_finding(r, "map.namespace.undeclared", "did you mean gene.symbol?");
    assert_int_equal(f->severity, FINDING_WARNING);
    f = conf_tree_finding(r, "map.namespace.undeclared", "zz");
    assert_int_equal(f->severity, FINDING_NOTE);
    conf_tree_expect(r, "d", PLUGIN_READY, "");
    registry_free(r);
    conf_tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_file),
        cmocka_unit_test(each_mistake),
        cmocka_unit_test(patterns),
        cmocka_unit_test(declarations_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
