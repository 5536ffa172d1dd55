/* SPDX-License-Identifier: MIT */
/* Mailboxes: each message as a stream. Source: RFC 4155, appendix A, and what others write alike: a message begins after a line
 * "From SENDER TIME", at the file's beginning or after an empty line, and ends with an empty line. */
#include <adit/adit.h>
#include <adit/lines.h>
#include <adit/report.h>
#include <stdio.h>
#include <string.h>

ADIT_MODULE("mbox", "1.0.0")

enum { LONGEST = 998 }; /* of a line that counts (RFC 5322 2.1.1) */

struct mbox {
    const struct adit_call *job;
    uint64_t messages, most;      /* so many are streams */
    uint64_t begin, blank;        /* of the open message; where the empty line before this line begins, or UINT64_MAX */
    struct adit_time first, last; /* precision 0: none */
};

/* A time as C's asctime writes it, behind the sender, who may contain blanks; "remote from" may follow. */
static bool is_separator(struct adit_text line, struct adit_time *time)
{
    if (line.size < 5 || memcmp(line.data, "From ", 5) != 0)
        return false;
    line.size = line.size < LONGEST ? line.size : LONGEST;
    for (size_t end = 5; end + 13 <= line.size; end++)
        if (memcmp(line.data + end, " remote from ", 13) == 0)
            line.size = end;
    for (size_t at = 5; at + 20 <= line.size; at++)
        if (line.data[at] == ' ' && adit_time_parse_asctime(adit_text_of(line.data + at, line.size - at), time))
            return true;
    return false;
}

static void end_message(struct mbox *m, uint64_t end)
{
    char name[32];
    if (m->messages == 0 || m->messages > m->most || end <= m->begin)
        return;
    (void)snprintf(name, sizeof name, "message-%llu", (unsigned long long)m->messages);
    (void)adit_emit_range(m->job, adit_text_c(name), "message/rfc822", m->begin, end - m->begin);
}

static void begin_message(struct mbox *m, const struct adit_lines *lines, const struct adit_time *time)
{
    m->messages++;
    m->begin =
        lines->offset + lines->length + (lines->ended == ADIT_LINE_END_CRLF ? 2 : lines->ended != ADIT_LINE_END_NONE);
    if (time->precision && (!m->first.precision || adit_time_compare(time, &m->first) < 0))
        m->first = *time;
    if (time->precision && (!m->last.precision || adit_time_compare(time, &m->last) > 0))
        m->last = *time;
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct adit_report report = adit_report(job);
    struct mbox m = {.job = job, .most = adit_option_u64(job, "messages", 1000), .blank = UINT64_MAX};
    char room[16 * 1024];
    struct adit_lines lines = adit_lines(job, 0, UINT64_MAX, room, sizeof room);
    uint64_t size = adit_size(job);
    (void)state;
    while (adit_next_line(&lines)) {
        struct adit_time time = {.precision = 0};
        if (lines.number % 4096 == 0 && !adit_progress(job, lines.offset, size))
            break;
        if (lines.number == 1 && (lines.line.size < 5 || memcmp(lines.line.data, "From ", 5) != 0))
            return ADIT_DECLINED;
        bool separates = (lines.number == 1 || m.blank != UINT64_MAX) && is_separator(lines.line, &time);
        if (lines.number == 1 && !separates)
            adit_complain(&report,
                          "line 1: expected a time such as \"Thu Jan  1 00:00:00 1970\" after the sender, found none");
        if (separates || lines.number == 1) {
            end_message(&m, m.blank);
            begin_message(&m, &lines, &time);
        }
        m.blank = lines.length == 0 ? lines.offset : UINT64_MAX;
    }
    end_message(&m, m.blank != UINT64_MAX ? m.blank : size);
    (void)adit_emit_u64(job, "messages", m.messages);
    if (m.first.precision) {
        (void)adit_emit_time(job, "first_delivery", m.first);
        (void)adit_emit_time(job, "last_delivery", m.last);
    }
    if (m.messages > m.most)
        adit_remark(&report, "only the first %llu of %llu messages are looked into (option messages)",
                    (unsigned long long)m.most, (unsigned long long)m.messages);
    return lines.failed ? ADIT_FAILED : adit_verdict(&report);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
