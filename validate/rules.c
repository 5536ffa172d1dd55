// SPDX-License-Identifier: MIT
/* The table of rules, and how a finding is added and put into words. */
#include "image.h"

#include <stdarg.h>
#include <stdio.h>

#define ERROR VALIDATE_ERROR
#define WARNING VALIDATE_WARNING
#define FORM true, false
#define STRICT false, false
#define POLICY false, false
#define WAIVABLE false, true
/* The class is two members, so it is expanded before R_ takes it apart. */
#define R(name, number, id, severity, class, title, explanation, mend)                                                 \
    R_(number, id, severity, class, title, explanation, mend)
#define R_(number, id, severity, form, waivable, title, explanation, mend)                                             \
    {id, number, severity, form, waivable, title, explanation, mend},
static const struct vrule rules[RULE_COUNT] = {
#include "rules.def"
};
#undef R
#undef R_

const struct vrule *validate_rules(size_t *count)
{
    *count = RULE_COUNT;
    return rules;
}

const struct vrule *validate_rule(const char *id)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (strcmp(rules[i].id, id) == 0)
            return &rules[i];
    return NULL;
}

/* Names from the file go to terminals and reports: printable ASCII only. */
static void make_printable(char *text)
{
    for (char *p = text; *p; p++)
        if (*p < 0x20 || *p > 0x7e)
            *p = '?';
}

static void copy_text(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%s", from ? from : "");
    make_printable(to);
}

/* "ID" waives all findings of the rule, "ID.SUBJECT" those about one symbol. */
static bool is_waived(const struct voptions *o, const struct vrule *rule, const char *subject)
{
    if (!rule->waivable)
        return false;
    size_t n = strlen(rule->id);
    for (size_t i = 0; i < o->waiver_count; i++) {
        const char *w = o->waivers[i];
        if (strncmp(w, rule->id, n) != 0)
            continue;
        if (w[n] == '\0' || (w[n] == '.' && subject && strcmp(w + n + 1, subject) == 0))
            return true;
    }
    return false;
}

/* The next free finding, or NULL when the list is full. The last place is for the remark that there is more. */
static struct vfinding *next_finding(struct vfindings *out)
{
    if (out->count + 1 < out->capacity)
        return &out->items[out->count++];
    if (out->count + 1 == out->capacity) {
        struct vfinding *last = &out->items[out->count++];
        memset(last, 0, sizeof *last);
        last->rule = &rules[RULE_REPORT_MORE];
        last->severity = VALIDATE_ERROR;
    }
    if (out->capacity)
        out->items[out->capacity - 1].more++;
    return NULL;
}

static void count_more(struct vfindings *out, const struct vrule *rule)
{
    for (size_t i = out->count; i-- > 0;)
        if (out->items[i].rule == rule) {
            out->items[i].more++;
            return;
        }
}

void report(struct image *im, enum rule which, uint64_t offset, const char *subject, const char *expected,
            const char *found_fmt, ...)
{
    const struct vrule *rule = &rules[which];
    if (!im->out || (im->options->form_only && !rule->form))
        return;
    bool waived = is_waived(im->options, rule, subject);
    enum vseverity severity = waived ? VALIDATE_NOTE : rule->severity;
    im->out->errors += severity == VALIDATE_ERROR;
    im->out->warnings += severity == VALIDATE_WARNING;
    if (im->reported[which]++ >= VALIDATE_PER_RULE) {
        count_more(im->out, rule);
        return;
    }
    struct vfinding *f = next_finding(im->out);
    if (!f)
        return;
    f->rule = rule;
    f->severity = severity;
    f->waived = waived;
    f->offset = offset;
    f->more = 0;
    copy_text(f->subject, sizeof f->subject, subject);
    copy_text(f->expected, sizeof f->expected, expected);
    va_list ap;
    va_start(ap, found_fmt);
    vsnprintf(f->found, sizeof f->found, found_fmt, ap);
    va_end(ap);
    make_printable(f->found);
}

int validate_describe(const struct vfinding *f, char *buffer, size_t size)
{
    char more[48] = "", subject[140] = "";
    if (f->more)
        snprintf(more, sizeof more, " (and %u more like it)", f->more);
    if (f->subject[0])
        snprintf(subject, sizeof subject, ": %s", f->subject);
    if (!f->expected[0] && !f->found[0])
        return snprintf(buffer, size, "%s%s%s", f->rule->title, subject, more);
    return snprintf(buffer, size, "%s%s: expected %s, found %s (at byte 0x%llx)%s", f->rule->title, subject,
                    f->expected, f->found, (unsigned long long)f->offset, more);
}
