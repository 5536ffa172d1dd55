/* SPDX-License-Identifier: MIT */
/* tar archives: v7, ustar, pax and GNU. Members are told one by one and given on as ranges. Sources: POSIX.1-2017, pax,
 * "ustar Interchange Format" and "pax Interchange Format"; GNU tar manual, "Basic Tar Format" and appendix D. */
#include "tar_sparse.h"

ADIT_MODULE("tar", "1.0.0")

struct tar {
    const struct adit_call *job;
    struct adit_report report;
    uint64_t at; /* of the next header block */
    uint64_t headers, total_size;
    struct adit_members members;
    struct tar_extended local, global; /* pax records, and names longer than the header's field */
    const char *format;
    bool done;
};

/* The file breaks a rule, and where the next header is cannot be known. */
#define STOP(t, ...) (adit_complain(&(t)->report, __VA_ARGS__), (void)((t)->done = true))

/* The data of a regular file; behind what is in front of them. */
static void take_data(struct tar *t, const struct tar_header *h, const struct tar_member *m, uint64_t *data)
{
    uint64_t size = adit_size(t->job), n = (uint64_t)m->size, left = size > *data ? size - *data : 0;
    if (m->sparse && !tar_take_sparse(t->job, h, m, &t->local, data))
        adit_complain(&t->report, "member %.*s at offset %llu: its map of holes does not fit its data",
                      ADIT_SHOW(m->name), ADIT_LLU(h->offset));
    if (!m->sparse && n > 0 && left > 0)
        (void)adit_emit_range(t->job, m->name, NULL, *data, n < left ? n : left);
    adit_add(&t->total_size, m->real_size >= 0 ? (uint64_t)m->real_size : n);
}

/* A member proper: told, counted, given on, stepped over. */
static void take_member(struct tar *t, const struct tar_header *h)
{
    struct tar_member m;
    tar_read_member(h, &t->global, &t->local, &m);
    uint64_t size = adit_size(t->job), data = t->at, n = (uint64_t)m.size;
    if (m.size < 0) {
        STOP(t, "member %.*s at offset %llu: impossible size", ADIT_SHOW(m.name), ADIT_LLU(h->offset));
        return;
    }
    tar_emit_member(t->job, &m, h, &t->local);
    bool file = m.type == '0' || m.type == '\0' || m.type == '7' || m.type == 'S';
    adit_members_add(&t->members, file ? ADIT_FILE : m.type == '5' ? ADIT_DIRECTORY : 0);
    if (file)
        take_data(t, h, &m, &data);
    if (n > (size > data ? size - data : 0))
        STOP(t, "member %.*s: its %llu bytes at offset %llu end beyond the file's %llu bytes", ADIT_SHOW(m.name),
             ADIT_LLU(n), ADIT_LLU(data), ADIT_LLU(size));
    tar_extended_clear(&t->local);
    t->at = data + adit_round_up(n, TAR_BLOCK);
}

/* Records for the next member (x, L, K; X and A are Solaris') or for all that follow (g). */
static void take_extended(struct tar *t, const struct tar_header *h)
{
    char type = h->block[TAR_TYPE];
    enum tar_taken taken = tar_read_extended(&t->report, type == 'g' ? &t->global : &t->local, h);
    t->done = taken == TAR_LOST;
    t->at += t->done ? 0 : adit_round_up((uint64_t)h->size, TAR_BLOCK);
    if (taken == TAR_TAKEN && (type == 'x' || type == 'g'))
        t->format = "pax";
}

static void take_next(struct tar *t)
{
    struct tar_header h;
    enum tar_found found = tar_read_header(t->job, t->at, &h);
    if (found == TAR_HEADER) {
        if (t->members.count == 0 && !t->format)
            t->format = h.format == TAR_V7 ? "v7" : h.format == TAR_GNU ? "gnu" : "ustar";
        t->at += TAR_BLOCK;
        t->headers++;
        if (h.block[TAR_TYPE] != '\0' && strchr("xgXLKA", h.block[TAR_TYPE]))
            take_extended(t, &h);
        else
            take_member(t, &h);
        return;
    }
    t->done = true;
    if (found == TAR_NOTHING) {
        adit_remark(&t->report, "the archive ends at offset %llu without the two blocks of zeroes", ADIT_LLU(t->at));
        t->report.broken = t->report.broken || t->members.count == 0;
    } else if (found != TAR_ZEROES) {
        adit_complain(&t->report, "offset %llu: expected a tar header, found %s", ADIT_LLU(t->at),
                      found == TAR_CUT ? "less than a block" : "a wrong checksum");
    }
}

/* Totals are told only where the whole archive was gone through. */
static void emit_totals(struct tar *t, bool asked_to_stop)
{
    struct tar_header after;
    const struct adit_call *job = t->job;
    if (t->format)
        adit_emit_string(job, "format", t->format);
    tar_emit_rest(job, &t->global);
    if (t->done || tar_read_header(job, t->at, &after) != TAR_HEADER) {
        adit_members_emit(&t->members);
        adit_emit_u64(job, "total_size", t->total_size);
    } else if (!asked_to_stop) {
        adit_warnf(job, "only the first %llu members are listed, up to offset %llu (option max_members)",
                   ADIT_LLU(t->members.count), ADIT_LLU(t->at));
    }
}

static int32_t run(void *state, const struct adit_call *job)
{
    struct tar t = {.job = job, .report = adit_report(job), .members = adit_members(job)};
    uint64_t most = t.members.most;
    uint64_t max_headers = most > UINT64_MAX / 8 ? UINT64_MAX : most * 4 + 16; /* extended ones may stand before each */
    bool go_on = true;
    (void)state;
    adit_begin_list(job, "members");
    while (!t.done && go_on && t.members.count < most && t.headers < max_headers) {
        take_next(&t);
        go_on = t.members.count % 64 != 0 || adit_progress(job, t.at, adit_size(job));
    }
    adit_end(job);
    emit_totals(&t, !go_on);
    tar_extended_clear(&t.local);
    tar_extended_clear(&t.global);
    return adit_verdict(&t.report);
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
