/* SPDX-License-Identifier: MIT */
/* libraries: expat */
/* XMP: properties by the standard prefix of their namespace, values by the types that the standards give them. Source: ISO
 * 16684-1:2019, clause 6 (data model) and 7 (its RDF/XML). */
#include "xmp_rdf.h"
#include "xmp_value.h"

ADIT_MODULE("xmp", "1.0.0")

enum { MAX_PADDING = 64 << 10 };

/* Where the XML begins: XML allows no blanks and NULs before its declaration. In UTF-16 a NUL stands beside the first "<". */
static uint64_t begin_of(const struct adit_call *job)
{
    struct adit_cursor c = adit_cursor(job);
    uint8_t byte = 0;
    while (adit_left(&c) > 0 && adit_tell(&c) < MAX_PADDING && ((byte = adit_read_u8(&c)) <= ' '))
        continue;
    uint64_t at = adit_tell(&c) - (adit_tell(&c) > 0);
    if (byte == '<' && at > 0 && adit_left(&c) > 0 && adit_read_u8(&c) == 0)
        return at - 1;
    /* 7.3.2: what "begin" says of the encoding may be broken where the rest is not. */
    adit_seek(&c, at);
    bool packet = adit_match_literal(&c, "<?xpacket ");
    while (packet && adit_left(&c) > 2 && adit_tell(&c) < at + ADIT_CURSOR_WINDOW) {
        if (adit_match_literal(&c, "?>"))
            return adit_tell(&c);
        adit_skip(&c, 1);
    }
    return at;
}

static int32_t read_packet(struct xmp *m)
{
    struct adit_reader from = adit_reader_at(m->job, ADIT_SOURCE_MAIN, begin_of(m->job), UINT64_MAX);
    struct adit_xml_options options = {.max_depth = 64, .max_token = 16 << 20, .only_root = true};
    bool wrapped = false, found = false;
    m->x = adit_xml_open(&from, &options);
    while (adit_xml_next(m->x)) {
        if (m->x->kind != ADIT_XML_START)
            continue;
        if (adit_text_is(m->x->name.space, "adobe:ns:meta/")) {
            wrapped = true;
            struct adit_text toolkit = adit_xml_attribute(m->x, "adobe:ns:meta/", "xmptk");
            m->toolkit = keep_text(m, toolkit.size > 0 ? toolkit : adit_xml_attribute(m->x, "adobe:ns:meta/", "xaptk"));
        } else if (is_rdf(&m->x->name, "RDF")) {
            found = true;
            read_rdf(m);
        } else {
            (void)adit_xml_skip(m->x);
        }
    }
    int32_t status =
        found || wrapped || (m->x && m->x->result != ADIT_XML_OK) ? adit_xml_status(m->job, m->x) : ADIT_DECLINED;
    adit_xml_close(m->x);
    /* RDF about several things, or about none in particular, is RDF for something else (7.4). */
    bool xmp = wrapped || (m->descriptions > 0 && m->subjects == 0);
    return status == ADIT_OK && !xmp ? ADIT_DECLINED : m->failed ? ADIT_FAILED : status;
}

static int32_t run(void *state, const struct adit_call *job)
{
    (void)state;
    struct xmp *m = (struct xmp *)calloc(1, sizeof *m);
    if (!m)
        return ADIT_FAILED;
    m->job = job;
    int32_t status = read_packet(m);
    if (status != ADIT_DECLINED)
        emit_packet(m);
    release(m);
    free(m);
    return status;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
