/* SPDX-License-Identifier: MIT */
/* Reports as the XML that JUnit's Ant task began and that CI servers read: one suite, a case for each file, a failure
 * with all its findings. */
#include <string.h>

#include "path_text.h"
#include "report.h"

/* XML 1.0 has no control characters but tab and newline, and no bytes that are not UTF-8. */
static void add_xml(struct buf *b, const char *text)
{
    struct buf clean = BUF_INIT;
    (void)path_text_visible(&clean, text, strlen(text), SIZE_MAX, NULL);
    for (size_t i = 0; i < clean.size; i++) {
        switch (clean.data[i]) {
        case '&':
            buf_adds(b, "&amp;");
            break;
        case '<':
            buf_adds(b, "&lt;");
            break;
        case '>':
            buf_adds(b, "&gt;");
            break;
        case '"':
            buf_adds(b, "&quot;");
            break;
        default:
            buf_putc(b, clean.data[i]);
        }
    }
    b->failed |= clean.failed;
    buf_release(&clean);
}

static bool is_bad(const struct report_finding *x, bool werror)
{
    return x->severity == FINDING_ERROR || (werror && x->severity == FINDING_WARNING);
}

static size_t count_bad(const struct report_file *f, bool werror)
{
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += is_bad(&f->findings[i], werror);
    return n;
}

static void add_lines(struct buf *b, const struct report_file *f, bool bad, bool werror)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct report_finding *x = &f->findings[i];
        if (is_bad(x, werror) != bad)
            continue;
        buf_addf(b, "%s", x->waived ? "waived" : finding_severity_name(x->severity));
        if (x->line)
            buf_addf(b, " at line %u, column %u", x->line, x->column);
        buf_addf(b, " [%s]: ", x->rule);
        add_xml(b, x->message);
        buf_adds(b, ". ");
        add_xml(b, x->waived ? x->waived : x->mend);
        buf_putc(b, '\n');
    }
}

static void add_case(struct buf *b, const struct report_file *f, bool werror)
{
    size_t bad = count_bad(f, werror);
    buf_adds(b, "  <testcase classname=\"adit.validate\" name=\"");
    add_xml(b, f->path);
    buf_adds(b, "\" time=\"0\">\n");
    for (size_t i = 0; bad && i < f->count; i++) {
        if (!is_bad(&f->findings[i], werror))
            continue;
        buf_addf(b, "    <failure type=\"%s\" message=\"", f->findings[i].rule);
        add_xml(b, f->findings[i].mend[0] ? f->findings[i].mend : f->findings[i].message);
        buf_adds(b, "\">");
        add_lines(b, f, true, werror);
        buf_adds(b, "</failure>\n");
        break;
    }
    if (f->count > bad) {
        buf_adds(b, "    <system-out>");
        add_lines(b, f, false, werror);
        buf_adds(b, "</system-out>\n");
    }
    buf_adds(b, "  </testcase>\n");
}

void report_junit(const struct report *r, bool werror, struct buf *b)
{
    size_t failures = 0;
    for (size_t i = 0; i < r->count; i++)
        failures += count_bad(&r->files[i], werror) != 0;
    buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    buf_addf(
        b, " <testsuite name=\"adit validate\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
        r->count, failures);
    for (size_t i = 0; i < r->count; i++)
        add_case(b, &r->files[i], werror);
    buf_adds(b, " </testsuite>\n</testsuites>\n");
}
