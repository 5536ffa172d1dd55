/* SPDX-License-Identifier: MIT */
/* Expat calls back; the callers of adit_xml_next want to ask. So what a block of the document calls back is kept in a queue. */
#include <adit/charset.h>
#include <adit/emit.h>
#include <adit/xml.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 8 * 1024,
    QUEUE_EVENTS = 1024,    /* so many make expat pause */
    QUEUE_BYTES = 16 << 20, /* attributes by default (an ATTLIST) can make much of little */
    MAX_SPACES = 1024,      /* namespaces of a document, and the bytes of their names */
    MAX_SPACE_BYTES = 256 << 10,
    SEPARATOR = '\n', /* no URI contains one */
};

/* Where a piece of the queue's bytes is. They move, so no pointers. */
struct piece {
    size_t at, size;
};
struct queued_name {
    uint32_t space; /* its number in spaces[] */
    struct piece local, prefix;
};
struct queued_attribute {
    struct queued_name name;
    struct piece value;
};
struct event {
    enum adit_xml_kind kind;
    uint32_t depth;
    bool whole; /* a text to which nothing can be added */
    struct queued_name name;
    struct piece text;
    size_t attribute, attributes;
    uint64_t line, column;
};

struct state {
    struct adit_xml x; /* first: what the caller has */
    struct adit_xml_options options;
    struct adit_reader *from;
    XML_Parser parser;
    bool paused, finished;
    uint64_t fed;
    uint32_t depth;
    struct adit_text *spaces;
    size_t space_count, space_bytes;
    char *bytes;
    size_t size, room;
    struct event *events; /* QUEUE_EVENTS and those that come before expat pauses */
    size_t first, count, event_room;
    struct queued_attribute *attributes;
    size_t attribute_count, attribute_room;
    struct adit_xml_attribute *shown;
    size_t shown_room;
    uint64_t end_line, end_column; /* of the fault */
    char said[160];
};

static void stop(struct state *s, enum adit_xml_result result, const char *message)
{
    if (s->finished)
        return;
    s->finished = true;
    s->x.result = result;
    s->x.message = message;
    s->end_line = s->parser ? (uint64_t)XML_GetCurrentLineNumber(s->parser) : 0;
    s->end_column = s->parser ? (uint64_t)XML_GetCurrentColumnNumber(s->parser) + 1 : 0;
    if (s->parser)
        (void)XML_StopParser(s->parser, XML_FALSE);
}

/* Room for one more element of `size` bytes. */
static bool grow(struct state *s, void **array, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room)
        return true;
    size_t wanted = *room ? *room : 64;
    while (wanted < needed)
        wanted *= 2;
    if (wanted * size > QUEUE_BYTES) {
        stop(s, ADIT_XML_LIMIT, "too much comes of a small piece of the document");
        return false;
    }
    void *moved = realloc(*array, wanted * size);
    if (!moved) {
        stop(s, ADIT_XML_NO_MEMORY, "out of memory");
        return false;
    }
    *array = moved;
    *room = wanted;
    return true;
}

static struct piece keep(struct state *s, const char *data, size_t n)
{
    struct piece p = {s->size, 0};
    if (n > 0 && grow(s, (void **)&s->bytes, &s->room, s->size + n, 1)) {
        memcpy(s->bytes + s->size, data, n);
        s->size += n;
        p.size = n;
    }
    return p;
}

/* Namespaces are few and their names long: each is kept once. */
static uint32_t space_of(struct state *s, const char *uri, size_t n)
{
    for (size_t i = s->space_count; i-- > 0;)
        if (s->spaces[i].size == n && memcmp(s->spaces[i].data, uri, n) == 0)
            return (uint32_t)i;
    if (s->space_count == MAX_SPACES || n > MAX_SPACE_BYTES - s->space_bytes) {
        stop(s, ADIT_XML_LIMIT, "more namespaces, or longer names of them, than the bound allows");
        return 0;
    }
    char *copy = (char *)malloc(n + 1);
    if (!copy) {
        stop(s, ADIT_XML_NO_MEMORY, "out of memory");
        return 0;
    }
    memcpy(copy, uri, n);
    s->space_bytes += n;
    s->spaces[s->space_count] = adit_text_of(copy, n);
    return (uint32_t)s->space_count++;
}

/* Expat gives "local", "URI\nlocal" or "URI\nlocal\nprefix". */
static struct queued_name name_of(struct state *s, const char *name)
{
    struct queued_name q = {0, {0, 0}, {0, 0}};
    const char *first = strchr(name, SEPARATOR);
    const char *local = first ? first + 1 : name;
    const char *second = first ? strchr(local, SEPARATOR) : NULL;
    if (first)
        q.space = space_of(s, name, (size_t)(first - name));
    q.local = keep(s, local, second ? (size_t)(second - local) : strlen(local));
    if (second)
        q.prefix = keep(s, second + 1, strlen(second + 1));
    return q;
}

static struct event *queue(struct state *s, enum adit_xml_kind kind)
{
    if (s->finished || !grow(s, (void **)&s->events, &s->event_room, s->count + 1, sizeof *s->events))
        return NULL;
    if (s->count > 0)
        s->events[s->count - 1].whole = true;
    struct event *e = &s->events[s->count++];
    memset(e, 0, sizeof *e);
    e->kind = kind;
    e->depth = s->depth;
    e->whole = kind != ADIT_XML_TEXT;
    if (s->options.places) {
        e->line = (uint64_t)XML_GetCurrentLineNumber(s->parser);
        e->column = (uint64_t)XML_GetCurrentColumnNumber(s->parser) + 1;
    }
    if (s->count >= QUEUE_EVENTS && !s->paused) {
        s->paused = true;
        (void)XML_StopParser(s->parser, XML_TRUE);
    }
    return e;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct state *s = (struct state *)context;
    s->depth++;
    if (s->depth > s->options.max_depth) {
        stop(s, ADIT_XML_LIMIT, "elements are nested deeper than the bound allows");
        return;
    }
    struct event *e = queue(s, ADIT_XML_START);
    if (!e)
        return;
    e->name = name_of(s, name);
    e->attribute = s->attribute_count;
    for (; attributes[0] && !s->finished; attributes += 2) {
        if (!grow(s, (void **)&s->attributes, &s->attribute_room, s->attribute_count + 1, sizeof *s->attributes))
            return;
        struct queued_attribute *a = &s->attributes[s->attribute_count++];
        a->name = name_of(s, attributes[0]);
        a->value = keep(s, attributes[1], strlen(attributes[1]));
    }
    e->attributes = s->attribute_count - e->attribute;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct state *s = (struct state *)context;
    struct event *e = queue(s, ADIT_XML_END);
    if (!e)
        return;
    e->name = name_of(s, name);
    s->depth--;
    if (s->depth == 0 && s->options.only_root)
        stop(s, ADIT_XML_OK, "");
}

static void XMLCALL on_text(void *context, const XML_Char *text, int size)
{
    struct state *s = (struct state *)context;
    struct event *e = s->count > s->first && !s->finished ? &s->events[s->count - 1] : NULL;
    if (!e || e->whole)
        e = queue(s, ADIT_XML_TEXT);
    if (!e)
        return;
    struct piece p = keep(s, text, (size_t)size);
    if (e->text.size == 0)
        e->text.at = p.at;
    e->text.size += p.size;
    e->whole = e->text.size >= s->options.max_text;
}

static void XMLCALL on_skipped(void *context, const XML_Char *name, int is_parameter)
{
    if (is_parameter)
        return;
    on_text(context, "&", 1);
    on_text(context, name, (int)strlen(name));
    on_text(context, ";", 1);
}

static void XMLCALL on_entity(void *context, const XML_Char *name, int is_parameter, const XML_Char *value, int size,
                              const XML_Char *base, const XML_Char *system, const XML_Char *public,
                              const XML_Char *notation)
{
    struct state *s = (struct state *)context;
    (void)is_parameter, (void)value, (void)size, (void)base, (void)system, (void)public, (void)notation;
    if (s->finished)
        return;
    (void)snprintf(s->said, sizeof s->said, "the document declares the entity \"%.60s\": such documents are not read",
                   name);
    stop(s, ADIT_XML_ENTITIES, s->said);
}

static int XMLCALL on_encoding(void *context, const XML_Char *name, XML_Encoding *encoding)
{
    enum adit_charset charset = adit_charset_by_name(adit_text_c(name));
    (void)context;
    if (adit_charset_point(charset, 0x80) == UINT32_MAX)
        return XML_STATUS_ERROR;
    for (int i = 0; i < 256; i++) {
        uint32_t c = adit_charset_point(charset, (uint8_t)i);
        encoding->map[i] = c == 0xfffd ? -1 : (int)c;
    }
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

struct adit_xml *adit_xml_open(struct adit_reader *from, const struct adit_xml_options *options)
{
    struct state *s = (struct state *)calloc(1, sizeof *s);
    if (!s)
        return NULL;
    if (options)
        s->options = *options;
    s->options.max_depth = s->options.max_depth ? s->options.max_depth : 256;
    s->options.max_text = s->options.max_text ? s->options.max_text : 1 << 20;
    s->options.max_token = s->options.max_token ? s->options.max_token : 1 << 20;
    s->from = from;
    s->x.message = "";
    s->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    s->spaces = (struct adit_text *)malloc(MAX_SPACES * sizeof *s->spaces);
    if (!s->parser || !s->spaces) {
        adit_xml_close(&s->x);
        return NULL;
    }
    s->spaces[s->space_count++] = adit_text_of(NULL, 0); /* number 0: no namespace */
    XML_SetUserData(s->parser, s);
    XML_SetReturnNSTriplet(s->parser, 1);
    XML_SetElementHandler(s->parser, on_start, on_end);
    XML_SetCharacterDataHandler(s->parser, on_text);
    XML_SetEntityDeclHandler(s->parser, on_entity);
    XML_SetSkippedEntityHandler(s->parser, on_skipped);
    XML_SetUnknownEncodingHandler(s->parser, on_encoding, NULL);
    return &s->x;
}

/* What expat's codes mean here. */
static void stop_with_code(struct state *s)
{
    enum XML_Error code = XML_GetErrorCode(s->parser);
    bool early = code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_PARTIAL_CHAR ||
                 code == XML_ERROR_UNCLOSED_CDATA_SECTION;
    (void)snprintf(s->said, sizeof s->said, "%s", XML_ErrorString(code));
    stop(s,
         code == XML_ERROR_NO_MEMORY                                                  ? ADIT_XML_NO_MEMORY
         : code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING ? ADIT_XML_ENCODING
         : code == XML_ERROR_AMPLIFICATION_LIMIT_BREACH                               ? ADIT_XML_LIMIT
         : early                                                                      ? ADIT_XML_TRUNCATED
                                                                                      : ADIT_XML_MALFORMED,
         s->said);
}

/* Feeds one more block: as large as what expat holds of an unfinished token, so that a long one is not read again and
 * again from its beginning. */
static void feed(struct state *s)
{
    enum XML_Status status;
    if (s->paused) {
        s->paused = false;
        status = XML_ResumeParser(s->parser);
    } else {
        int64_t index = (int64_t)XML_GetCurrentByteIndex(s->parser);
        uint64_t pending = index >= 0 && (uint64_t)index < s->fed ? s->fed - (uint64_t)index : 0;
        if (pending > s->options.max_token) {
            stop(s, ADIT_XML_LIMIT, "a tag, comment or the like is longer than the bound allows");
            return;
        }
        int want = pending > BLOCK ? (int)pending : BLOCK;
        void *block = XML_GetBuffer(s->parser, want);
        int64_t got = block ? adit_read_next(s->from, block, (size_t)want) : 0;
        if (!block || got < 0) {
            stop(s, block ? ADIT_XML_UNREADABLE : ADIT_XML_NO_MEMORY,
                 block ? "the source could not be read" : "out of memory");
            return;
        }
        s->fed += (uint64_t)got;
        status = XML_ParseBuffer(s->parser, (int)got, got == 0);
    }
    XML_ParsingStatus now;
    XML_GetParsingStatus(s->parser, &now);
    if (s->finished)
        return;
    if (status == XML_STATUS_ERROR)
        stop_with_code(s);
    else if (now.parsing == XML_FINISHED)
        stop(s, ADIT_XML_OK, "");
}

/* Throws away what was given, and keeps an unfinished text as the only event. */
static void tidy(struct state *s)
{
    if (s->first == s->count) {
        s->first = s->count = s->size = s->attribute_count = 0;
    } else if (s->first > 0 && s->first + 1 == s->count && s->events[s->first].kind == ADIT_XML_TEXT) {
        struct event e = s->events[s->first];
        memmove(s->bytes, s->bytes + e.text.at, e.text.size);
        s->size = e.text.size;
        e.text.at = 0;
        s->events[0] = e;
        s->first = s->attribute_count = 0;
        s->count = 1;
    }
}

static struct adit_text text_of(const struct state *s, struct piece p)
{
    return adit_text_of(p.size ? s->bytes + p.at : "", p.size);
}

static struct adit_xml_name shown_name(const struct state *s, const struct queued_name *q)
{
    struct adit_xml_name name = {s->spaces[q->space], text_of(s, q->local), text_of(s, q->prefix)};
    return name;
}

static bool show(struct state *s, const struct event *e)
{
    struct adit_xml *x = &s->x;
    if (e->attributes > s->shown_room) {
        free(s->shown);
        s->shown = (struct adit_xml_attribute *)malloc(e->attributes * sizeof *s->shown);
        s->shown_room = s->shown ? e->attributes : 0;
        if (!s->shown) {
            stop(s, ADIT_XML_NO_MEMORY, "out of memory");
            return false;
        }
    }
    x->kind = e->kind;
    x->depth = e->depth;
    x->line = e->line;
    x->column = e->column;
    x->name = shown_name(s, &e->name);
    x->text = text_of(s, e->text);
    x->attributes = s->shown;
    x->attribute_count = e->attributes;
    for (size_t i = 0; i < e->attributes; i++) {
        const struct queued_attribute *a = &s->attributes[e->attribute + i];
        s->shown[i].name = shown_name(s, &a->name);
        s->shown[i].value = text_of(s, a->value);
    }
    return true;
}

bool adit_xml_next(struct adit_xml *x)
{
    struct state *s = (struct state *)(void *)x;
    if (!s)
        return false;
    while (!s->finished && (s->first == s->count || !s->events[s->first].whole)) {
        tidy(s);
        feed(s);
    }
    if (s->first < s->count && show(s, &s->events[s->first])) {
        s->first++;
        return true;
    }
    x->kind = ADIT_XML_NONE;
    x->attribute_count = 0;
    x->line = s->end_line;
    x->column = s->end_column;
    return false;
}

bool adit_xml_skip(struct adit_xml *x)
{
    (void)adit_xml_content(x, NULL, 0);
    return x && x->kind == ADIT_XML_END;
}

size_t adit_xml_content(struct adit_xml *x, char *out, size_t room)
{
    size_t needed = 0, written = 0;
    if (!x || x->kind != ADIT_XML_START)
        return 0;
    uint32_t depth = x->depth;
    while (adit_xml_next(x) && !(x->kind == ADIT_XML_END && x->depth == depth)) {
        if (x->kind != ADIT_XML_TEXT)
            continue;
        size_t n = written < needed ? 0 : x->text.size < room - written ? x->text.size : room - written;
        while (n > 0 && n < x->text.size && ((unsigned char)x->text.data[n] & 0xc0) == 0x80)
            n--;
        if (n > 0)
            memcpy(out + written, x->text.data, n);
        written += n;
        needed += x->text.size;
    }
    return needed;
}

const char *adit_xml_place(const struct adit_xml *x, char out[128])
{
    const struct state *s = (const struct state *)(const void *)x;
    const char *name = s->options.name ? s->options.name : "";
    (void)snprintf(out, 128, "%.70s%sline %llu, column %llu", name, *name ? ", " : "", (unsigned long long)x->line,
                   (unsigned long long)x->column);
    return out;
}

int32_t adit_xml_status(const struct adit_call *job, const struct adit_xml *x)
{
    static const int32_t statuses[] = {
        [ADIT_XML_OK] = ADIT_OK,
        [ADIT_XML_MALFORMED] = ADIT_MALFORMED,
        [ADIT_XML_TRUNCATED] = ADIT_MALFORMED,
        [ADIT_XML_LIMIT] = ADIT_UNSUPPORTED,
        [ADIT_XML_ENTITIES] = ADIT_UNSUPPORTED,
        [ADIT_XML_ENCODING] = ADIT_UNSUPPORTED,
        [ADIT_XML_UNREADABLE] = ADIT_FAILED,
        [ADIT_XML_NO_MEMORY] = ADIT_FAILED,
    };
    char place[128];
    if (!x)
        return ADIT_FAILED;
    if (x->result != ADIT_XML_OK)
        (void)adit_warnf(job, "%s: %s%s", adit_xml_place(x, place), x->message,
                         x->result == ADIT_XML_TRUNCATED ? ": the document ends too early" : "");
    return statuses[x->result];
}

void adit_xml_close(struct adit_xml *x)
{
    struct state *s = (struct state *)(void *)x;
    if (!s)
        return;
    if (s->parser)
        XML_ParserFree(s->parser);
    for (size_t i = 1; s->spaces && i < s->space_count; i++)
        free((void *)(uintptr_t)s->spaces[i].data);
    free(s->spaces);
    free(s->bytes);
    free(s->events);
    free(s->attributes);
    free(s->shown);
    free(s);
}
