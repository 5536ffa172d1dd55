/* SPDX-License-Identifier: MIT */
/* tar archives: v7, ustar, pax and GNU. Members are told one by one and given on as ranges. Sources: POSIX.1-2017, pax,
 * "ustar Interchange Format" and "pax Interchange Format"; GNU tar manual, "Basic Tar Format" and appendix D. */
#include "tar_sparse.h"

ADIT_MODULE("tar", "1.0.0")

struct tar {
    const struct adit_call *job;
    uint64_t at; /* of the next header block */
    uint64_t headers, count, files, directories, total_size;
    struct tar_extended local, global; /* pax records, and names longer than the header's field */
    const char *format;
    bool done;
};

#define LL(x) ((unsigned long long)(x))

static const struct adit_tag types[] = {
    {0, 0, "file"},
    {'0', 0, "file"},
    {'1', 0, "hard link"},
    {'2', 0, "symlink"},
    {'3', 0, "character device"},
    {'4', 0, "block device"},
    {'5', 0, "directory"},
    {'6', 0, "fifo"},
    {'7', 0, "contiguous file"},
    {'A', 0, "Solaris ACL"},
    {'D', 0, "GNU directory listing"},
    {'I', 0, "inode"},
    {'M', 0, "continuation"},
    {'N', 0, "GNU old long names"},
    {'S', 0, "sparse file"},
    {'V', 0, "volume label"},
};

static bool stop(struct tar *t)
{
    t->done = true;
    return false;
}

static void emit_octal(const struct adit_call *job, const char *field, int64_t number)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%04llo", LL(number));
    adit_emit_string(job, field, text);
}

static void emit_time(const struct adit_call *job, const char *field, struct adit_time time)
{
    if (time.precision)
        adit_emit_time(job, field, time);
}

static void emit_member(const struct tar *t, const struct tar_member *m, const struct tar_header *h)
{
    const struct adit_call *job = t->job;
    char unknown[2] = {m->type, '\0'};
    const char *type = adit_tag_name(ADIT_TAGS(types), (unsigned char)m->type);
    adit_begin_object(job, "");
    adit_emit_text(job, "name", m->name);
    adit_emit_string(job, "type", type ? type : unknown);
    adit_emit_u64(job, "size", (uint64_t)m->size);
    if (m->sparse && m->real_size >= 0)
        adit_emit_u64(job, "real_size", (uint64_t)m->real_size);
    if (m->mode >= 0)
        emit_octal(job, "mode", m->mode);
    if (m->has_uid)
        adit_emit_i64(job, "uid", m->uid);
    if (m->has_gid)
        adit_emit_i64(job, "gid", m->gid);
    if (m->uname.size > 0)
        adit_emit_text(job, "uname", m->uname);
    if (m->gname.size > 0)
        adit_emit_text(job, "gname", m->gname);
    emit_time(job, "mtime", m->mtime);
    emit_time(job, "atime", m->atime);
    emit_time(job, "ctime", m->ctime);
    if (m->linkname.size > 0)
        adit_emit_text(job, "linkname", m->linkname);
    if (m->type == '3' || m->type == '4') {
        adit_emit_i64(job, "devmajor", m->major);
        adit_emit_i64(job, "devminor", m->minor);
    }
    adit_emit_u64(job, "offset", h->offset);
    if (t->local.rest.size > 0) {
        adit_begin_list(job, "pax");
        tar_emit_rest(job, &t->local);
        adit_end(job);
    }
    adit_end(job);
}

/* A file with holes. *data: behind the header, then behind what is in front of the data. False: its map is damaged. */
static bool take_sparse(struct tar *t, const struct tar_header *h, const struct tar_member *m, uint64_t *data,
                        uint64_t *n)
{
    struct tar_sparse s = {0};
    uint64_t map = *data;
    bool old = m->type == 'S', good;
    if (old)
        good = tar_map_of_header(t->job, h, &s, data);
    else
        good = tar_map_of_records(t->job, &t->local, &s, &map, *n);
    uint64_t in_front = old ? 0 : map - *data;
    good = good && in_front <= *n && (uint64_t)s.kept == *n - in_front && s.end <= m->real_size;
    if (good && s.kept > 0)
        tar_emit_sparse(t->job, m->name, &s, old ? *data : map, m->real_size);
    free(s.areas);
    return good;
}

/* The data of a regular file. False: not where or what the header says; a warning tells. */
static bool take_data(struct tar *t, const struct tar_header *h, const struct tar_member *m, uint64_t *data)
{
    uint64_t size = adit_size(t->job), n = (uint64_t)m->size;
    uint64_t left = size > *data ? size - *data : 0;
    if (m->sparse && !take_sparse(t, h, m, data, &n)) {
        adit_warnf(t->job, "member %.*s at offset %llu: its map of holes does not fit its data", TAR_SHOW(m->name),
                   LL(h->offset));
        return false;
    }
    if (!m->sparse && n > 0 && left > 0)
        (void)adit_emit_range(t->job, m->name, NULL, *data, n < left ? n : left);
    return true;
}

/* A member proper: told, counted, given on, stepped over. */
static int32_t take_member(struct tar *t, const struct tar_header *h)
{
    struct tar_member m;
    tar_read_member(h, &t->global, &t->local, &m);
    uint64_t size = adit_size(t->job), data = t->at, n = (uint64_t)m.size;
    if (m.size < 0) {
        adit_warnf(t->job, "member %.*s at offset %llu: impossible size", TAR_SHOW(m.name), LL(h->offset));
        (void)stop(t);
        return ADIT_MALFORMED;
    }
    emit_member(t, &m, h);
    t->count++;
    if (m.type == '5')
        t->directories++;
    bool good = true;
    if (m.type == '0' || m.type == '\0' || m.type == '7' || m.type == 'S') {
        uint64_t told = (uint64_t)(m.sparse && m.real_size >= 0 ? m.real_size : m.size);
        t->total_size = told > UINT64_MAX - t->total_size ? UINT64_MAX : t->total_size + told;
        t->files++;
        good = take_data(t, h, &m, &data);
    }
    tar_extended_clear(&t->local);
    uint64_t left = size > data ? size - data : 0;
    if (n > left) {
        adit_warnf(t->job, "member %.*s: its %llu bytes at offset %llu end beyond the file's %llu bytes",
                   TAR_SHOW(m.name), LL(n), LL(data), LL(size));
        (void)stop(t);
        return ADIT_MALFORMED;
    }
    t->at = data + (n + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    return good ? ADIT_OK : ADIT_MALFORMED;
}

/* Records for the next member (x, L, K; X is Solaris' x) or for all that follow (g). */
static int32_t take_extended(struct tar *t, const struct tar_header *h)
{
    char type = h->block[TAR_TYPE];
    struct tar_extended *e = type == 'g' ? &t->global : &t->local;
    struct adit_text data;
    if (h->size < 0 || h->size > TAR_EXTENDED_MAX || !tar_load(t->job, e, t->at, (size_t)h->size, &data)) {
        adit_warnf(t->job, "extended header at offset %llu: its %lld bytes are not there, or more than %d",
                   LL(h->offset), (long long)h->size, TAR_EXTENDED_MAX);
        (void)stop(t);
        return ADIT_MALFORMED;
    }
    t->at += ((uint64_t)h->size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    if (type == 'L')
        e->path = adit_text_until_nul(data);
    else if (type == 'K')
        e->linkpath = adit_text_until_nul(data);
    else if (!tar_parse_records(e, data)) {
        adit_warnf(t->job, "pax records at offset %llu: expected \"LENGTH KEYWORD=VALUE\", found something else",
                   LL(h->offset + TAR_BLOCK));
        return ADIT_MALFORMED;
    }
    if (type == 'x' || type == 'g')
        t->format = "pax";
    return ADIT_OK;
}

static int32_t next(struct tar *t)
{
    struct tar_header h;
    enum tar_found found = tar_read_header(t->job, t->at, &h);
    if (found == TAR_HEADER) {
        if (t->count == 0 && !t->format)
            t->format = h.format == TAR_V7 ? "v7" : h.format == TAR_GNU ? "gnu" : "ustar";
        t->at += TAR_BLOCK;
        char type = h.block[TAR_TYPE];
        bool extended = type == 'x' || type == 'g' || type == 'X' || type == 'L' || type == 'K';
        t->headers++;
        return extended ? take_extended(t, &h) : take_member(t, &h);
    }
    (void)stop(t);
    if (found == TAR_ZEROES)
        return ADIT_OK;
    if (found == TAR_NOTHING) {
        adit_warnf(t->job, "the archive ends at offset %llu without the two blocks of zeroes", LL(t->at));
        return t->count > 0 ? ADIT_OK : ADIT_MALFORMED;
    }
    adit_warnf(t->job, "offset %llu: expected a tar header, found %s", LL(t->at),
               found == TAR_CUT ? "less than a block" : "a wrong checksum");
    return ADIT_MALFORMED;
}

/* Told only where the whole archive was gone through. */
static void emit_totals(const struct tar *t)
{
    adit_emit_u64(t->job, "member_count", t->count);
    adit_emit_u64(t->job, "file_count", t->files);
    adit_emit_u64(t->job, "directory_count", t->directories);
    adit_emit_u64(t->job, "total_size", t->total_size);
}

static int32_t extract(struct tar *t)
{
    struct tar_header after;
    uint64_t max = adit_option_u64(t->job, "max_members", 10000);
    uint64_t max_headers =
        max > UINT64_MAX / 8 ? UINT64_MAX : max * 4 + 16; /* extended ones may stand before each member */
    int32_t status = ADIT_OK;
    bool go_on = true;
    adit_begin_list(t->job, "members");
    while (!t->done && go_on && t->count < max && t->headers < max_headers) {
        int32_t result = next(t);
        if (result != ADIT_OK)
            status = result;
        go_on = t->count % 64 != 0 || adit_progress(t->job, t->at, adit_size(t->job));
    }
    adit_end(t->job);
    if (t->format)
        adit_emit_string(t->job, "format", t->format);
    if (t->global.rest.size > 0) {
        adit_begin_list(t->job, "pax");
        tar_emit_rest(t->job, &t->global);
        adit_end(t->job);
    }
    if (t->done || tar_read_header(t->job, t->at, &after) != TAR_HEADER)
        emit_totals(t);
    else if (go_on)
        adit_warnf(t->job, "only the first %llu members are listed, up to offset %llu (option max_members)",
                   LL(t->count), LL(t->at));
    return status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct tar t = {.job = job};
    int32_t status = extract(&t);
    tar_extended_clear(&t.local);
    tar_extended_clear(&t.global);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
