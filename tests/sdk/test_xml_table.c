/* SPDX-License-Identifier: MIT */
/* libraries: expat */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "memory_job.h"
#include "pieces.h"
#include <adit/xml_table.h>

/* What was emitted and warned of, as "name=value ", "name{ … } " and "! warning\n". */
static char seen[8192], warned[4096];

static void note(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void note(char *out, size_t room, const char *format, ...)
{
    va_list ap;
    size_t used = strlen(out);
    va_start(ap, format);
    int n = vsnprintf(out + used, room - used, format, ap);
    va_end(ap);
    assert_true(n >= 0 && (size_t)n < room - used);
}

static int on_emit(struct adit_job *job, const char *name, size_t n, const struct adit_value *v)
{
    (void)job;
    note(seen, sizeof seen, "%.*s=", (int)n, name);
    switch (v->kind) {
    case ADIT_KIND_STRING:
        note(seen, sizeof seen, "'%.*s' ", (int)v->as.text.size, v->as.text.data);
        break;
    case ADIT_KIND_I64:
        note(seen, sizeof seen, "%lld ", (long long)v->as.i64);
        break;
    case ADIT_KIND_U64:
        note(seen, sizeof seen, "%lluu ", (unsigned long long)v->as.u64);
        break;
    case ADIT_KIND_F64:
        note(seen, sizeof seen, "%gf ", v->as.f64);
        break;
    case ADIT_KIND_BOOL:
        note(seen, sizeof seen, "%s ", v->as.boolean ? "yes" : "no");
        break;
    case ADIT_KIND_TIME:
        note(seen, sizeof seen, "%d-%d-%d ", v->as.time.year, v->as.time.month, v->as.time.day);
        break;
    default:
        fail();
    }
    return 0;
}

static int on_begin(struct adit_job *job, const char *name, size_t n, uint32_t kind)
{
    (void)job;
    assert_int_equal(kind, ADIT_KIND_OBJECT);
    note(seen, sizeof seen, "%.*s{ ", (int)n, name);
    return 0;
}

static int on_end(struct adit_job *job)
{
    (void)job;
    note(seen, sizeof seen, "} ");
    return 0;
}

static int on_warn(struct adit_job *job, const char *text, size_t n)
{
    (void)job;
    note(warned, sizeof warned, "%.*s\n", (int)n, text);
    return 0;
}

static int on_progress(struct adit_job *job, uint64_t done, uint64_t total)
{
    (void)job, (void)done, (void)total;
    return 0;
}

static const struct adit_host host = {
    .size = sizeof(struct adit_host),
    .abi_major = ADIT_ABI_MAJOR,
    .abi_minor = ADIT_ABI_MINOR,
    .emit = on_emit,
    .begin = on_begin,
    .end = on_end,
    .warn = on_warn,
    .progress = on_progress,
};

static int32_t read_pieces(const struct adit_xml_table *table, const char *document, size_t size, size_t piece,
                           void *context)
{
    struct adit_job job = {.data = NULL};
    struct adit_call call = {sizeof call, 0, &host, &job};
    struct pieces p = pieces_of(document, size, piece);
    *seen = *warned = '\0';
    return adit_xml_read_document(&call, &p.reader, NULL, table, context);
}

static int32_t read_document(const struct adit_xml_table *table, const char *document, void *context)
{
    static char first[sizeof seen];
    int32_t status = read_pieces(table, document, strlen(document), SIZE_MAX, context);
    memcpy(first, seen, sizeof first);
    if (!context) /* in pieces it is the same */
        for (size_t piece = 1; piece < 30; piece += 7) {
            assert_int_equal(read_pieces(table, document, strlen(document), piece, context), status);
            assert_string_equal(seen, first);
        }
    return status;
}

static const struct adit_xml_space spaces[] = {{"", "u:1"}, {"", "u:2"}, {"x", "u:x"}, {"x", "u:xx"}};
static const struct adit_xml_space no_spaces[] = {{"x", "u:x"}};

/* ---- values ---- */

static const struct adit_xml_row value_rows[] = {
    {"@a", ADIT_ROW_TEXT, .field = "a"},
    {"@x:a", ADIT_ROW_TEXT, .field = "xa"},
    {"t", ADIT_ROW_TEXT, .field = "t"},
    {"i", ADIT_ROW_INTEGER, .field = "i"},
    {"r", ADIT_ROW_REAL, .field = "r"},
    {"rs", ADIT_ROW_REALS, .field = "rs"},
    {"b", ADIT_ROW_BOOLEAN, .field = "b"},
    {"d", ADIT_ROW_TIME, .field = "d"},
    {"m", ADIT_ROW_MAIL_TIME, .field = "m"},
    {"x:t", ADIT_ROW_TEXT, .field = "xt"},
    {"deep/er/@v", ADIT_ROW_INTEGER, .field = "v"},
};
static const struct adit_xml_table values = ADIT_XML_TABLE("root", value_rows, spaces);

static void test_values(void **state)
{
    (void)state;
    assert_int_equal(
        read_document(&values,
                      "<root xmlns='u:1' xmlns:p='u:x' a='1' p:a='2'><t> a <u>b</u> &amp; c\n</t><i>-5</i><i> "
                      "18446744073709551615 </i>"
                      "<r>1.5e1</r><r>INF</r><rs> 0 0,\n12.5  -3</rs><b>1</b><b>false</b><d>2003-10-31T15:44:19Z</d>"
                      "<m>Fri, 31 Oct 2003 15:44:19 +0200</m><m>2003-10-30</m><p:t>x</p:t><t/><i></i><deep><er "
                      "v='7'/></deep></root>",
                      NULL),
        ADIT_OK);
    assert_string_equal(
        seen, "a='1' xa='2' t='a b & c' i=-5 i=18446744073709551615u r=15f rs=0f rs=0f rs=12.5f rs=-3f b=yes b=no "
              "d=2003-10-31 m=2003-10-31 m=2003-10-30 xt='x' v=7 ");
    assert_string_equal(warned, "");
}

static void test_wrong_values(void **state)
{
    (void)state;
    assert_int_equal(
        read_document(
            &values,
            "<root xmlns='u:1'>\n <i>1.5</i><r>1,5</r><b>yes</b><d>gestern</d>\n  <rs>1 b 2</rs><deep><er v=''/>"
            "<er v='x'/></deep><m>0123456789012345678901234567890123456789\xc3\xa9</m>"
            "<m>012345678901234567890123456789012345678\xc3\xa9</m><t>on</t></root>",
            NULL),
        ADIT_MALFORMED);
    assert_string_equal(seen, "rs=1f rs=2f t='on' ");
    assert_string_equal(
        warned, "line 2, column 2: i: expected a whole number, found \"1.5\"\n"
                "line 2, column 12: r: expected a number, found \"1,5\"\n"
                "line 2, column 22: b: expected true or false, found \"yes\"\n"
                "line 2, column 32: d: expected a date and time, found \"gestern\"\n"
                "line 3, column 3: rs: expected a number, found \"b\"\n"
                "line 3, column 33: deep/er/@v: expected a whole number, found \"x\"\n"
                "line 3, column 51: m: expected a date and time, found \"0123456789012345678901234567890123456789\"…\n"
                "line 3, column 99: m: expected a date and time, found \"012345678901234567890123456789012345678\"…\n");
}

/* ---- which elements ---- */

static void test_names(void **state)
{
    static const struct adit_xml_row rows[] = {
        {"a", ADIT_ROW_TEXT, .field = "a"},
        {"x:a", ADIT_ROW_TEXT, .field = "xa"},
        {"x:b/x:c", ADIT_ROW_TEXT, .field = "xbc"},
    };
    static const struct adit_xml_table strict = ADIT_XML_TABLE("r", rows, spaces),
                                       lax = ADIT_XML_TABLE("r", rows, no_spaces);
    static const char document[] =
        "<r xmlns='u:2'><a>1</a><a xmlns='u:1'>2</a><a xmlns='u:3'>3</a><a xmlns=''>4</a><q:a xmlns:q='u:xx'>5</q:a>"
        "<b xmlns='u:x'><c>6</c></b><b><c>7</c></b><s><a>8</a></s></r>";
    (void)state;
    assert_int_equal(read_document(&strict, document, NULL), ADIT_OK);
    assert_string_equal(seen, "a='1' a='2' xa='5' xbc='6' ");
    assert_int_equal(read_document(&lax, document, NULL), ADIT_OK); /* without "" a name is of any namespace */
    assert_string_equal(seen, "a='1' a='2' a='3' a='4' a='5' xbc='6' ");
    assert_int_equal(read_document(&strict, "<r xmlns='u:3'/>", NULL), ADIT_DECLINED);
    assert_int_equal(read_document(&lax, "<r xmlns='u:3'/>", NULL), ADIT_OK);
    assert_int_equal(read_document(&strict, "<s xmlns='u:1'/>", NULL), ADIT_DECLINED);
    assert_string_equal(warned, "");
}

static void test_anywhere(void **state)
{
    static const struct adit_xml_row rows[] = {
        {"//p", ADIT_ROW_COUNT, .field = "p"},
        {"//p/n", ADIT_ROW_TEXT, .field = "n"},
        {"//p/p", ADIT_ROW_SOME, .field = "pp"},
        {"//none", ADIT_ROW_COUNT, .field = "none"},
        {"//nothing", ADIT_ROW_SOME, .field = "nothing"},
        {"p/n", ADIT_ROW_TEXT, .field = "first"},
        {"//q/@w", ADIT_ROW_INTEGER, .field = "w"},
        {"", ADIT_ROW_TEXT, .field = "all"},
    };
    static const struct adit_xml_table table = ADIT_XML_TABLE(NULL, rows, no_spaces);
    (void)state;
    assert_int_equal(
        read_document(&table, "<p><n>0</n><p><n>1</n><p><n>2</n></p></p><f><f><p><q w='3'/></p></f></f></p>", NULL),
        ADIT_OK);
    assert_string_equal(seen, "first='1' n='1' n='2' w=3 all='012' p=3u pp=1u none=0u ");
}

/* ---- nesting ---- */

static void test_objects(void **state)
{
    static const struct adit_xml_row rows[] = {
        {"t", ADIT_ROW_OBJECT, .field = "tracks"},    {"t/n", ADIT_ROW_TEXT, .field = "name"},
        {"t/s", ADIT_ROW_COUNT, .field = "segments"}, {"t/s/p", ADIT_ROW_COUNT, .field = "points"},
        {"t", ADIT_ROW_COUNT, .field = "count"},      {"t/a", ADIT_ROW_OBJECT, .field = "author"},
        {"t/a", ADIT_ROW_TEXT, .field = "text"},      {"t/a/b", ADIT_ROW_TEXT, .field = "inner"},
        {"t/a/@k", ADIT_ROW_BOOLEAN, .field = "k"},
    };
    static const struct adit_xml_table table = ADIT_XML_TABLE("r", rows, no_spaces);
    (void)state;
    assert_int_equal(
        read_document(&table, "<r><t><n>a</n><s><p/><p/></s><s><p/></s><a k='1'>x<b>y</b>z</a></t><t/></r>", NULL),
        ADIT_OK);
    assert_string_equal(seen, "tracks{ name='a' author{ k=yes inner='y' text='xyz' } segments=2u points=3u } "
                              "tracks{ segments=0u points=0u } count=2u ");
    /* cut: what is open is ended, and what is not whole is no value */
    assert_int_equal(read_document(&table, "<r><t><n>a</n><s><p/><p/></s><n>bc", NULL), ADIT_MALFORMED);
    assert_string_equal(seen, "tracks{ name='a' segments=1u points=2u } count=1u ");
    assert_string_equal(warned, "line 1, column 35: no element found: the document ends too early\n");
    assert_int_equal(read_document(&table, "<r><t><n>a</n></r>", NULL), ADIT_MALFORMED);
    assert_string_equal(seen, "tracks{ name='a' segments=0u points=0u } count=1u ");
    assert_int_equal(read_document(&table, "<r/>x", NULL), ADIT_MALFORMED);
    assert_int_equal(read_document(&table, "", NULL), ADIT_MALFORMED);
}

/* ---- calls ---- */

struct kept {
    int first;
    double real;
    int64_t integer;
    bool boolean;
    struct adit_time time;
    uint64_t count;
};

static void on_value(struct adit_xml_read *r, struct adit_text value)
{
    assert_non_null(r->row);
    note(seen, sizeof seen, "(%s '%.*s') ", r->row->path, (int)value.size, value.data);
    if (adit_text_is(value, "wrong"))
        adit_xml_wrong(r, "better", value);
    r->done = adit_text_is(value, "stop");
}

static void on_element(struct adit_xml_read *r, struct adit_text value)
{
    const struct kept *k = (const struct kept *)r->context;
    assert_int_equal(value.size, 0);
    note(seen, sizeof seen, "<%g %lld> ", k->real, (long long)k->integer);
}

static void on_skip(struct adit_xml_read *r, struct adit_text value)
{
    char text[64];
    (void)value;
    assert_int_equal(r->x->kind, ADIT_XML_START);
    size_t n = adit_xml_content(r->x, text, sizeof text);
    note(seen, sizeof seen, "[%.*s] ", (int)n, text);
}

static const struct adit_xml_row call_rows[] = {
    {"p/@r", ADIT_ROW_REAL, .keep = offsetof(struct kept, real)},
    {"p/i", ADIT_ROW_INTEGER, .keep = offsetof(struct kept, integer)},
    {"p", ADIT_ROW_END, .call = on_element},
    {"p/b", ADIT_ROW_BOOLEAN, .field = "b", .keep = offsetof(struct kept, boolean)},
    {"p/t", ADIT_ROW_TIME, .keep = offsetof(struct kept, time)},
    {"p/v", ADIT_ROW_CALL, .call = on_value},
    {"p/@v", ADIT_ROW_CALL, .call = on_value},
    {"s", ADIT_ROW_START, .call = on_skip},
    {"s/never", ADIT_ROW_TEXT, .field = "never"},
    {"p", ADIT_ROW_COUNT, .keep = offsetof(struct kept, count)},
};
static const struct adit_xml_table calls = ADIT_XML_TABLE("r", call_rows, no_spaces);

static void test_calls(void **state)
{
    struct kept k = {.first = 42};
    (void)state;
    assert_int_equal(
        read_document(&calls,
                      "<r><p r='1.5' "
                      "v='a'><i>3</i><b>true</b><t>2003-10-31</t><v>wrong</v></p><s>x<never>y</never></s><s/><p/></r>",
                      &k),
        ADIT_MALFORMED);
    assert_string_equal(seen, "(p/@v 'a') b=yes (p/v 'wrong') <1.5 3> [xy] [] <1.5 3> ");
    assert_string_equal(warned, "line 1, column 57: p/v: expected better, found \"wrong\"\n");
    assert_true(k.first == 42 && k.boolean && k.time.day == 31 && k.count == 2);
    /* A call ends the reading: what is open is ended, what follows is not looked at. */
    assert_int_equal(read_document(&calls, "<r><p v='stop'/><p v='more'/></r", &k), ADIT_OK);
    assert_string_equal(seen, "(p/@v 'stop') <1.5 3> ");
    assert_true(k.count == 1);
    /* and one that comes to the document's end is told */
    assert_int_equal(read_document(&calls, "<r><s>x", &k), ADIT_MALFORMED);
    assert_string_equal(seen, "[x] ");
}

static void beyond(struct adit_xml_read *r, struct adit_text value)
{
    (void)value;
    while (adit_xml_next(r->x) && !(r->x->kind == ADIT_XML_START && adit_text_is(r->x->name.local, "far")))
        continue;
}

/* ---- tables that make no sense ---- */

static void test_tables(void **state)
{
    static const struct adit_xml_row bad[] = {
        {"a", (enum adit_row_type)99, .field = "f"},
        {"a", ADIT_ROW_OBJECT, .call = NULL},
        {"a", ADIT_ROW_START, .field = "f"},
        {"a", ADIT_ROW_TEXT, .field = "f", .call = on_value},
        {"a", ADIT_ROW_TEXT, .keep = 8},
        {"@a", ADIT_ROW_COUNT, .field = "f"},
        {"@a/b", ADIT_ROW_TEXT, .field = "f"},
        {"a//b", ADIT_ROW_TEXT, .field = "f"},
        {"y:a", ADIT_ROW_TEXT, .field = "f"},
        {"//@a", ADIT_ROW_TEXT, .field = "f"},
        {"a/b/c/d/e/f/g/h/i", ADIT_ROW_TEXT, .field = "f"},
        {"a/@", ADIT_ROW_TEXT, .field = "f"},
        {"a", ADIT_ROW_TEXT, .call = NULL},
    };
    static const struct adit_xml_row far[] = {{"a", ADIT_ROW_START, .call = beyond},
                                              {"p/a", ADIT_ROW_START, .call = beyond},
                                              {"b", ADIT_ROW_TEXT, .field = "b"}};
    static const struct adit_xml_table over = ADIT_XML_TABLE("r", far, no_spaces);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct adit_xml_table table = {"r", &bad[i], 1, no_spaces, 1};
        assert_int_equal(read_document(&table, "<r><a/></r>", NULL), ADIT_FAILED);
        assert_string_equal(seen, "");
        assert_non_null(strstr(warned, "of the plugin's table: "));
    }
    assert_int_equal(read_document(&over, "<r><a><far/>c</a><b>d</b></r>", NULL),
                     ADIT_OK); /* the rest is passed over */
    assert_string_equal(seen, "b='d' ");
    assert_int_equal(read_document(&over, "<r><a/></r>", NULL), ADIT_OK); /* to the document's end */
    assert_int_equal(read_document(&over, "<r><p><a/></p><far/></r>", NULL), ADIT_FAILED);
}

/* ---- bounds ---- */

static void test_long_values(void **state)
{
    static char document[(2 << 20) + 100], tail[] = "</t><t>b</t></r>";
    static const struct adit_xml_row rows[] = {{"t", ADIT_ROW_CALL, .call = on_value}};
    static const struct adit_xml_table table = ADIT_XML_TABLE("r", rows, no_spaces);
    (void)state;
    memset(document, ' ', 2 << 20); /* trimmed to nothing: what is measured is the warning */
    memcpy(document, "<r><t>", 6);
    memcpy(document + (2 << 20), tail, sizeof tail);
    assert_int_equal(read_pieces(&table, document, strlen(document), SIZE_MAX, NULL), ADIT_OK);
    assert_string_equal(seen, "(t '') (t 'b') ");
    assert_non_null(strstr(warned, "values are longer than 1048576 bytes: they were cut\n"));
}

/* One of several documents has its name in what is told. */
static void test_part(void **state)
{
    struct adit_job job = {.data = NULL};
    struct adit_call call = {sizeof call, 0, &host, &job};
    struct adit_xml_options options = {.places = true, .name = "docs/app.xml"};
    struct pieces p = pieces_of("<root xmlns='u:1'><i>x</i></roof>", 33, 5);
    struct adit_xml *x = adit_xml_open(&p.reader, &options);
    (void)state;
    *seen = *warned = '\0';
    assert_int_equal(adit_xml_read(&call, x, &values, NULL), ADIT_FAILED); /* it stands nowhere yet */
    assert_true(adit_xml_next(x));
    assert_int_equal(adit_xml_read(&call, x, &values, NULL), ADIT_MALFORMED);
    assert_int_equal(adit_xml_status(&call, x), ADIT_MALFORMED);
    assert_string_equal(warned, "docs/app.xml, line 1, column 19: i: expected a whole number, found \"x\"\n"
                                "docs/app.xml, line 1, column 29: mismatched tag\n");
    adit_xml_close(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),   cmocka_unit_test(test_wrong_values), cmocka_unit_test(test_names),
        cmocka_unit_test(test_anywhere), cmocka_unit_test(test_objects),      cmocka_unit_test(test_calls),
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_long_values),  cmocka_unit_test(test_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
