/* SPDX-License-Identifier: MIT */
/* The module idmap/table: how tables are read, what is told of bad ones, and that answers are those of a slow reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map_module.h"

#define MODULE BUILD_DIR "/lib/adit/modules/idmap/table.so"

static struct map_module m;

/* Options as "key=value" lines. Returns open()'s status. */
static int32_t open_bytes(const char *file, const char *options, const void *bytes, size_t size)
{
    static char copy[2000];
    map_module_init(&m, MODULE, file, bytes, size);
    (void)snprintf(copy, sizeof copy, "%s", options);
    for (char *at = copy, *end; *at; at = end + 1) {
        end = strchr(at, '\n');
        char *equals = strchr(at, '=');
        assert_true(end && equals && equals < end);
        *end = *equals = '\0';
        map_module_option(&m, at, equals + 1);
    }
    return map_module_open(&m);
}

static void open_table(const char *file, const char *options, const char *text)
{
    if (open_bytes(file, options, text, strlen(text)) != ADIT_OK)
        fail_msg("open() failed: %s", buf_cstr(&m.warnings));
}

static const char *ask(const char *id, uint32_t flags)
{
    struct adit_text text = {id, strlen(id)};
    buf_reset(&m.links);
    assert_int_equal(map_module_run(&m, &text, 1, flags), ADIT_OK);
    return buf_cstr(&m.links);
}

/* Links of one identifier: "FLAGS TARGET" lines, the number left out. */
static void expect(const char *id, const char *links)
{
    char found[2000];
    size_t n = 0;
    for (const char *at = ask(id, 0); *at && n + 200 < sizeof found; at = strchr(at, '\n') + 1)
        n += (size_t)snprintf(found + n, sizeof found - n, "%.*s\n", (int)(strchr(at, '\n') - at - 2), at + 2);
    found[n] = '\0';
    if (strcmp(found, links) != 0)
        fail_msg("\"%s\" is linked to\n%sexpected\n%s", id, found, links);
}

static void expect_back(const char *id, const char *links)
{
    if (strcmp(ask(id, ADIT_MAP_BACKWARD), links) != 0)
        fail_msg("backwards \"%s\" is linked to\n%sexpected\n%s", id, buf_cstr(&m.links), links);
}

static void expect_warnings(const char *warnings)
{
    if (strcmp(buf_cstr(&m.warnings), warnings) != 0)
        fail_msg("told\n%sexpected\n%s", buf_cstr(&m.warnings), warnings);
}

static void expect_refused(const char *file, const char *options, const char *text, const char *why)
{
    if (open_bytes(file, options, text, strlen(text)) == ADIT_OK || !strstr(buf_cstr(&m.warnings), why))
        fail_msg("told \"%s\", expected \"%s\"", buf_cstr(&m.warnings), why);
    map_module_release(&m);
}

/* ---- reading ---- */

static void test_plain(void **state)
{
    (void)state;
    open_table("t.tsv", "", "key\tvalue\na\t1\nb\t2\na\t3\na\t1\n\nlonger key\tw\xc3\xa9 \"go\" on\n");
    expect("a", "0 1\n0 3\n0 1\n"); /* all of them, in their order */
    expect("b", "0 2\n");
    expect("longer key", "0 w\xc3\xa9 \"go\" on\n");
    expect("key", ""); /* the header is no row */
    expect("", "");
    expect("A", "");
    expect("a\t1", "");
    expect("a\n", "");
    expect_warnings("");
    map_module_release(&m);
    open_table("t.tsv", "header=no\n", "\xef\xbb\xbfk\tv\r\na\t1\r\nb \t 2"); /* a byte order mark, CR LF, blanks, no last line end */
    expect("k", "0 v\n");
    expect("a", "0 1\n");
    expect("b", "0 2\n");
    map_module_release(&m);
}

static void test_columns(void **state)
{
    (void)state;
    static const char text[] = "a,b,c,d\n1,2,3,4\n5,6,,8\n";
    open_table("t.csv", "key=c\nvalue=a, d\n", text);
    expect("3", "0 1\n0 4\n");
    expect("", "");
    map_module_release(&m);
    open_table("t.csv", "key=4\nvalue=1\n", text);
    expect("8", "0 5\n");
    map_module_release(&m);
    open_table("t.txt", "key=2\nvalue=3\nheader=no\ndelimiter=comma\n", "1,2,3\n");
    expect("2", "0 3\n");
    map_module_release(&m);
    expect_refused("t.csv", "key=e\n", text, "option key: the table has no column \"e\"; it has 4: a, b, c, d");
    expect_refused("t.csv", "value=5\n", text, "option value: the table has no column \"5\"; it has 4");
    expect_refused("t.csv", "value=a\nheader=no\n", text, "header = no: write a number");
    expect_refused("t.csv", "key=a, b\n", text, "option key: expected one column");
    expect_refused("t.tsv", "", text, "option value: the table has no column \"2\"; it has 1: a,b,c,d");
    expect_refused("t.csv", "delimiter=colon\n", text, "option delimiter: expected tab, comma");
    expect_refused("t.csv", "case=upper\n", text, "option case: expected keep or fold, found \"upper\"");
    expect_refused("t.csv", "obsolete=b\n", text, "option obsolete: expected COLUMN=VALUE");
    expect_refused("t.csv", "replacement=b\n", text, "option obsolete: expected COLUMN=VALUE");
    expect_refused("t.csv", "", "", "no first row");
    expect_refused("t.csv", "comment=#\n", "# nothing\n\n", "no first row");
}

static void test_quotes(void **state)
{
    (void)state;
    open_table("t.csv", "", "key,value\n\"a,b\",\"say \"\"hi\"\"\"\n\"two\nlines\",\"\"\n\"two\nlines\",x\nc,5\" disk\n\"\"\"q\"\"\",\"z\"\r\n\"last\",\"one\"");
    expect("a,b", "0 say \"hi\"\n");
    expect("two\nlines", "0 x\n");
    expect("c", "0 5\" disk\n");
    expect("\"q\"", "0 z\n");
    expect("last", "0 one\n");
    expect_warnings("");
    map_module_release(&m);
    open_table("t.csv", "quote=no\n", "key,value\n\"a\",b\n");
    expect("a", "");
    expect("\"a\"", "0 b\n");
    map_module_release(&m);
    open_table("t.tsv", "quote=yes\ndelimiter=|\n", "k|v\n\"a|b\"|c\n");
    expect("a|b", "0 c\n");
    map_module_release(&m);
}

static void test_cells_with_several(void **state)
{
    (void)state;
    open_table("t.tsv", "key_separator=|\nvalue_separator=; \nkey_prefix=HGNC:\nvalue_prefix=NCBI:\nmissing=-, NA\ncomment=#\n",
               "# about\nkey\tvalue\n#x\ty\nHGNC:5 | HGNC:6\tNCBI:1; 2;NCBI:3\n7\t-\n8\tNA; 9\n-\t10\n5|5\t11\n");
    expect("5", "0 1\n0 2;NCBI:3\n0 11\n");
    expect("HGNC:5", "0 1\n0 2;NCBI:3\n0 11\n");
    expect("6", "0 1\n0 2;NCBI:3\n");
    expect("7", "");
    expect("8", "0 9\n");
    expect("-", "");
    expect("#x", "");
    expect("HGNC:", "");
    expect_warnings("");
    map_module_release(&m);
}

static void test_secondary_and_obsolete(void **state)
{
    (void)state;
    open_table("t.tsv", "key=id\nvalue=to\nsecondary=old, alias\nsecondary_separator=|\nobsolete=status=withdrawn\nreplacement=by\n",
               "id\told\talias\tto\tstatus\tby\n"
               "a\ta0|a1\taa\tA\tok\t\n"
               "b\ta1\t\tB\tok\t\n"
               "c\t\t\t\twithdrawn\ta\n"
               "d\td0\t\t\twithdrawn\t\n"
               "e\t\t\t\twithdrawn\tc\n"
               "f\t\t\t\twithdrawn\tf\n"
               "g\t\t\t\twithdrawn\th\n"
               "h\t\t\tH\twithdrawn\tg\n"
               "i\ti\ti\tI\tok\t\n");
    expect("a", "0 A\n");
    expect("a0", "1 A\n");
    expect("a1", "1 A\n1 B\n");
    expect("aa", "1 A\n");
    expect("c", "2 A\n");
    expect("d", "2 \n");
    expect("d0", "3 \n");
    expect("e", "2 A\n"); /* replaced by what is replaced */
    expect("f", "2 \n");
    expect("g", "2 H\n"); /* a circle */
    expect("i", "0 I\n"); /* its own alias: once */
    map_module_release(&m);
}

static void test_backward(void **state)
{
    (void)state;
    static const char text[] = "k,v,s\na,1|2,\nb,2,\nc,3,gone\n";
    open_table("t.csv", "map.symmetric=yes\nvalue_separator=|\nobsolete=s=gone\nkey_prefix=K:\n", text);
    expect("a", "0 1\n0 2\n");
    expect_back("2", "0 0 a\n0 0 b\n");
    expect_back("1", "0 0 a\n");
    expect_back("3", ""); /* nothing becomes what is withdrawn */
    expect_back("a", "");
    map_module_release(&m);
    open_table("t.csv", "map.symmetric=no\n", text);
    struct adit_text id = {"1", 1};
    assert_int_equal(map_module_run(&m, &id, 1, ADIT_MAP_BACKWARD), ADIT_UNSUPPORTED);
    map_module_release(&m);
}

static void test_case(void **state)
{
    (void)state;
    open_table("t.tsv", "case=fold\nkey_prefix=hgnc:\n", "k\tv\nTP53\t1\ntp53\t2\n\xce\xa3\xce\xbf\xcf\x86\xce\xaf\xce\xb1\t3\n\xc8\xba\t4\nSTRASSE\t5\n\xc5\xbf\t6\nHGNC:7\t7\n");
    expect("Tp53", "0 1\n0 2\n");
    expect("\xcf\x83\xce\x9f\xce\xa6\xce\x8a\xce\x91", "0 3\n");
    expect("\xe2\xb1\xa5", "0 4\n"); /* U+023A is two bytes, what it becomes is three */
    expect("stra\xc3\x9f" "e", "");  /* simple folding */
    expect("S", "0 6\n");
    expect("7", "0 7\n");
    expect("HgNc:7", "0 7\n");
    map_module_release(&m);
}

/* Every letter that Unicode folds simply, as Python's copy of its data has it. */
static void test_folding_is_unicodes(void **state)
{
    FILE *f = popen("scripts/samples/folding.py --pairs", "r");
    unsigned from, to, n = 0;
    struct buf table = BUF_INIT, other = BUF_INIT;
    (void)state;
    assert_non_null(f);
    buf_adds(&table, "k\tv\n");
    for (; fscanf(f, "%x %x", &from, &to) == 2; n++) {
        const unsigned both[] = {from, to};
        for (int i = 0; i < 2; i++) {
            struct buf *b = i ? &other : &table;
            unsigned c = both[i];
            if (c >= 0x800)
                buf_addf(b, "x%c%c%c", (int)(0xe0 | c >> 12), (int)(0x80 | (c >> 6 & 63)), (int)(0x80 | (c & 63)));
            else if (c >= 0x80)
                buf_addf(b, "x%c%c", (int)(0xc0 | c >> 6), (int)(0x80 | (c & 63)));
            else
                buf_addf(b, "x%c", (int)c);
            buf_addf(b, i ? "\n" : "\t%x\n", from);
        }
    }
    assert_int_equal(pclose(f), 0);
    assert_true(n > 700);
    open_table("t.tsv", "case=fold\n", buf_cstr(&table));
    char wanted[20];
    const char *row = strchr(table.data, '\n') + 1;
    for (char *at = other.data, *end = at; n-- > 0; at = end + 1) {
        end = strchr(at, '\n');
        *end = '\0';
        const char *tab = strchr(row, '\t');
        (void)snprintf(wanted, sizeof wanted, " %.*s\n", (int)(strchr(tab, '\n') - tab - 1), tab + 1);
        if (!strstr(ask(at, 0), wanted))
            fail_msg("\"%s\" is not found as U+%s", at, wanted);
        row = strchr(row, '\n') + 1;
    }
    map_module_release(&m);
    buf_release(&table);
    buf_release(&other);
}

/* ---- bad tables ---- */

static void test_bad_rows(void **state)
{
    static const char text[] = "key,value,more\na,1,x\nb,2\nc,3,x,y\n\"d\"x,4,x\ne,5\xff,x\nf,\0" "6,x\n\ng,7,x\n\"h,8,x\ni,9,x\n";
    (void)state;
    assert_int_equal(open_bytes("t.csv", "", text, sizeof text - 1), ADIT_OK);
    expect_warnings("table, line 3: 2 cells, expected 3 as in the first row; the row is left out\n"
                    "table, line 4: 4 cells, expected 3 as in the first row; the row is left out\n"
                    "table, line 5, column 1: text after a closing quote, expected the delimiter (RFC 4180, 2); the row is left out\n"
                    "table, line 6, column 2: bytes that are no UTF-8: convert the table; the row is left out\n"
                    "table, line 7, column 2: a NUL, expected text; the row is left out\n"
                    "table, line 10, column 1: a quote that is not closed within 1 MiB, expected \" at the end of the cell; the row is left out\n");
    expect("a", "0 1\n");
    expect("g", "0 7\n");
    expect("i", "0 9\n");
    expect("b", "");
    expect("c", "");
    expect("e", "");
    expect("f", "");
    map_module_release(&m);
    open_table("t.csv", "ragged=yes\n", "key,value,more\na,1\nb\nc,2,x,y\n");
    expect_warnings("table, line 4: 4 cells, expected 3 as in the first row; the row is left out\n");
    expect("a", "0 1\n");
    expect("b", "");
    map_module_release(&m);
    expect_refused("t.csv", "", "\xff\xfe" "k", "UTF-16");
    expect_refused("t.csv", "", "k,v\na\nb\n", "no row of the table can be used: is the delimiter right?");
}

static void test_many_bad_rows_are_counted(void **state)
{
    struct buf b = BUF_INIT;
    (void)state;
    buf_adds(&b, "k,v\ngood,1\n");
    for (int i = 0; i < 100000; i++)
        buf_adds(&b, "bad\n");
    open_table("t.csv", "", buf_cstr(&b));
    size_t lines = 0;
    for (const char *at = buf_cstr(&m.warnings); *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 9);
    assert_non_null(strstr(m.warnings.data, "table: 100000 of 100001 rows are left out; the first 8 are told\n"));
    expect("good", "0 1\n");
    map_module_release(&m);
    buf_release(&b);
}

static void test_rows_without_end(void **state)
{
    const size_t size = 5 << 20;
    char *text = malloc(size);
    (void)state;
    assert_non_null(text);
    memset(text, 0, size);
    memcpy(text, "k,v\na,1\n", 8);
    memcpy(text + size - 5, "\nb,2\n", 5);
    assert_int_equal(open_bytes("t.csv", "", text, size), ADIT_OK);
    expect_warnings("table, line 3, column 1: a row of more than 1 MiB, expected a line end; the row is left out\n");
    expect("a", "0 1\n");
    expect("b", "0 2\n");
    map_module_release(&m);
    memset(text + 8, '"', size - 8);
    assert_int_equal(open_bytes("t.csv", "", text, size), ADIT_OK);
    expect("a", "0 1\n");
    map_module_release(&m);
    free(text);
}

/* ---- many ---- */

/* A key that every row has: no step of building or asking takes its square. */
static void test_one_key_for_all(void **state)
{
    struct buf b = BUF_INIT;
    (void)state;
    buf_adds(&b, "k\tv\n");
    for (int i = 0; i < 300000; i++)
        buf_addf(&b, "%s\t%d\n", i % 1000 == 7 ? "other" : "same", i);
    open_table("t.tsv", "", buf_cstr(&b));
    m.count_only = true;
    (void)ask("same", 0);
    assert_int_equal(m.linked, 300000 - 300);
    m.linked = 0;
    for (int i = 0; i < 1000; i++)
        (void)ask("other", 0);
    assert_int_equal(m.linked, 300 * 1000);
    map_module_release(&m);
    buf_release(&b);
}

enum { ROWS = 400, WORDS = 60, QUESTIONS = 100 };

static uint64_t seed = 88172645463325252u;
static unsigned any(unsigned n)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (unsigned)(seed >> 20) % n;
}

static void add_cell(struct buf *b, const char *text, bool quotes)
{
    if (!quotes || (any(3) && !strpbrk(text, ",\"\n"))) {
        buf_adds(b, text);
        return;
    }
    buf_putc(b, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_putc(b, '"');
        buf_putc(b, *text);
    }
    buf_putc(b, '"');
}

/* Tables of words from a small set, written in all ways, asked for all words at once: as a walk over the rows says. */
static void compare_with_a_walk(bool quotes)
{
    static char words[WORDS][40];
    static struct { unsigned cell[4]; bool gone; } rows[ROWS];
    static struct adit_text ids[QUESTIONS];
    struct buf text = BUF_INIT, expected = BUF_INIT;
    for (unsigned i = 0; i < WORDS; i++) {
        size_t n = 1 + any(i % 4 ? 6 : 38);
        for (size_t k = 0; k < n; k++)
            words[i][k] = quotes && !any(6) ? ",\"\n"[any(3)] : (char)('a' + any(2));
        words[i][n] = '\0';
    }
    words[0][0] = '\0';
    buf_adds(&text, quotes ? "key,old,value,other,state\n" : "key\told\tvalue\tother\tstate\n");
    size_t count = 1 + any(ROWS);
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < 4; k++) {
            rows[i].cell[k] = any(WORDS);
            add_cell(&text, words[rows[i].cell[k]], quotes);
            buf_putc(&text, quotes ? ',' : '\t');
        }
        rows[i].gone = any(5) == 0;
        buf_adds(&text, rows[i].gone ? "gone" : "x");
        buf_adds(&text, any(2) ? "\r\n" : "\n");
    }
    unsigned asked[QUESTIONS];
    for (uint32_t q = 0; q < QUESTIONS; q++) {
        asked[q] = any(WORDS);
        const char *id = words[asked[q]];
        ids[q] = (struct adit_text){id, strlen(id)};
        for (size_t i = 0; id[0] && i < count; i++) {
            bool key = strcmp(words[rows[i].cell[0]], id) == 0, old = strcmp(words[rows[i].cell[1]], id) == 0;
            unsigned flags = (key ? 0 : ADIT_LINK_SECONDARY) | (rows[i].gone ? ADIT_LINK_OBSOLETE : 0);
            bool any_value = false;
            for (int k = 2; (key || old) && k < 4; k++)
                if (words[rows[i].cell[k]][0]) {
                    buf_addf(&expected, "%u %u %s\n", q, flags, words[rows[i].cell[k]]);
                    any_value = true;
                }
            if ((key || old) && rows[i].gone && !any_value)
                buf_addf(&expected, "%u %u \n", q, flags);
        }
    }
    open_table(quotes ? "t.csv" : "t.tsv", "secondary=old\nvalue=value,other\nobsolete=state=gone\n", buf_cstr(&text));
    assert_int_equal(map_module_run(&m, ids, QUESTIONS, 0), ADIT_OK);
    if (strcmp(buf_cstr(&m.links), buf_cstr(&expected)) != 0)
        fail_msg("links\n%sexpected\n%sof the table\n%s%s", buf_cstr(&m.links), buf_cstr(&expected), buf_cstr(&text), buf_cstr(&m.warnings));
    expect_warnings("");
    map_module_release(&m);
    buf_release(&text);
    buf_release(&expected);
}

static void test_as_a_walk_over_the_rows(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++)
        compare_with_a_walk(i % 2);
}

/* Whatever the bytes: open() ends, and answers stay within the text. */
static void test_any_bytes(void **state)
{
    static const char alphabet[] = "a,\"\n\r\t \0\xc3\xa9";
    char text[300];
    struct adit_text ids[] = {{"a", 1}, {"", 0}, {"a,", 2}, {"\xc3\xa9", 2}};
    (void)state;
    for (int i = 0; i < 3000; i++) {
        size_t n = any(sizeof text);
        for (size_t k = 0; k < n; k++)
            text[k] = alphabet[any(sizeof alphabet - 1)];
        if (open_bytes(i % 2 ? "t.csv" : "t.tsv", i % 3 ? "value=1\nragged=yes\n" : "header=no\nvalue=1\ncase=fold\nquote=yes\n", text, n) == ADIT_OK)
            assert_int_equal(map_module_run(&m, ids, 4, 0), ADIT_OK);
        map_module_release(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain), cmocka_unit_test(test_columns), cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_cells_with_several), cmocka_unit_test(test_secondary_and_obsolete), cmocka_unit_test(test_backward),
        cmocka_unit_test(test_case), cmocka_unit_test(test_folding_is_unicodes), cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_many_bad_rows_are_counted), cmocka_unit_test(test_rows_without_end), cmocka_unit_test(test_one_key_for_all),
        cmocka_unit_test(test_as_a_walk_over_the_rows), cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
