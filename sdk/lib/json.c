/* SPDX-License-Identifier: MIT */
#include <adit/charset.h>
#include <adit/emit.h>
#include <adit/hex.h>
#include <adit/json.h>
#include <stdlib.h>
#include <string.h>

enum { END = -1, REPLACEMENT = 0xfffd };

/* Where text goes: a key or a value, whole characters only. */
struct target {
    char *out;
    size_t room, size;
    bool cut;
};

static bool stop(struct adit_json *j, enum adit_json_result result, const char *message)
{
    if (!j->finished) {
        j->finished = true;
        j->result = result;
        j->message = message;
        j->offset = j->before + j->at;
    }
    j->kind = ADIT_JSON_NONE;
    return false;
}

static int peek(struct adit_json *j)
{
    if (j->at == j->filled && !j->ended) {
        int64_t got = adit_read_next(j->from, j->buffer, sizeof j->buffer);
        j->before += j->filled;
        j->at = 0;
        j->filled = got > 0 ? (size_t)got : 0;
        j->ended = got <= 0;
        if (got < 0)
            (void)stop(j, ADIT_JSON_UNREADABLE, "the source could not be read");
    }
    return j->at < j->filled ? (unsigned char)j->buffer[j->at] : END;
}

static int take(struct adit_json *j)
{
    int byte = peek(j);
    j->at += byte != END;
    return byte;
}

static bool unexpected(struct adit_json *j, const char *message)
{
    return peek(j) == END ? stop(j, ADIT_JSON_TRUNCATED, "the document ends too early")
                          : stop(j, ADIT_JSON_MALFORMED, message);
}

static void skip_blanks(struct adit_json *j)
{
    for (int byte = peek(j); byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; byte = peek(j))
        j->at++;
}

static void put(struct target *t, uint32_t c)
{
    char bytes[4];
    size_t n = adit_utf8_put(c, bytes);
    t->cut = t->cut || n > t->room - t->size;
    if (t->cut)
        return;
    memcpy(t->out + t->size, bytes, n);
    t->size += n;
}

/* One character of more than one byte (Unicode 15, table 3-7); what is none gives one replacement for its first byte. */
static void put_wide(struct adit_json *j, struct target *t, int first)
{
    int more = first >= 0xc2 && first < 0xe0 ? 1 : (first & 0xf0) == 0xe0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
    uint32_t c = (uint32_t)first & (0x3fu >> more);
    int low = first == 0xe0   ? 0xa0
              : first == 0xf0 ? 0x90
                              : 0x80,
        high = first == 0xed   ? 0x9f
               : first == 0xf4 ? 0x8f
                               : 0xbf;
    for (int i = 0; i < more; i++) {
        int byte = peek(j);
        if (byte < low || byte > high) {
            more = 0;
            break;
        }
        j->at++;
        c = c << 6 | (uint32_t)(byte & 0x3f);
        low = 0x80;
        high = 0xbf;
    }
    j->replaced += more == 0;
    put(t, more == 0 ? REPLACEMENT : c);
}

/* Four hexadecimal digits. */
static bool read_unit(struct adit_json *j, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        int digit = adit_hex_digit(peek(j));
        if (digit < 0)
            return unexpected(j, "expected four hexadecimal digits after \\u");
        j->at++;
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

/* 7: what follows \u; `*pending` is a first half that waits for its second. */
static bool read_escaped_unit(struct adit_json *j, struct target *t, uint32_t *pending)
{
    uint32_t unit;
    if (!read_unit(j, &unit))
        return false;
    bool low = unit >= 0xdc00 && unit < 0xe000, high = unit >= 0xd800 && unit < 0xdc00;
    if (*pending && low) {
        put(t, 0x10000 + ((*pending - 0xd800) << 10) + (unit - 0xdc00));
        *pending = 0;
        return true;
    }
    if (*pending) {
        j->replaced++;
        put(t, REPLACEMENT);
    }
    *pending = high ? unit : 0;
    if (high)
        return true;
    j->replaced += low;
    put(t, low ? REPLACEMENT : unit);
    return true;
}

static bool read_escape(struct adit_json *j, struct target *t, uint32_t *pending)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int byte = peek(j);
    if (byte == 'u') {
        j->at++;
        return read_escaped_unit(j, t, pending);
    }
    const char *at = byte > 0 ? strchr(names, byte) : NULL;
    if (!at)
        return unexpected(j, "expected one of \" \\ / b f n r t u after a backslash");
    j->at++;
    put(t, (uint32_t)(unsigned char)values[at - names]);
    return true;
}

/* From the opening quote to behind the closing one. */
static bool read_string(struct adit_json *j, struct target *t)
{
    uint32_t pending = 0;
    if (peek(j) != '"')
        return unexpected(j, "expected a string");
    j->at++;
    for (;;) {
        int byte = peek(j);
        if (byte < ' ')
            return unexpected(j, "a control character in a string");
        j->at++;
        bool escape = byte == '\\' && peek(j) == 'u';
        if (pending && !escape) {
            pending = 0;
            j->replaced++;
            put(t, REPLACEMENT);
        }
        if (byte == '"')
            return true;
        if (byte == '\\' && !read_escape(j, t, &pending))
            return false;
        if (byte != '\\' && byte < 0x80)
            put(t, (uint32_t)byte);
        else if (byte != '\\')
            put_wide(j, t, byte);
    }
}

static bool digits(struct adit_json *j, struct target *t)
{
    if (peek(j) < '0' || peek(j) > '9')
        return unexpected(j, "expected a digit");
    while (peek(j) >= '0' && peek(j) <= '9')
        put(t, (uint32_t)take(j));
    return true;
}

/* 6 */
static bool read_number(struct adit_json *j, struct target *t)
{
    j->integer = true;
    if (peek(j) == '-')
        put(t, (uint32_t)take(j));
    bool zero = peek(j) == '0';
    if (zero)
        put(t, (uint32_t)take(j));
    else if (!digits(j, t))
        return false;
    if (zero && peek(j) >= '0' && peek(j) <= '9')
        return stop(j, ADIT_JSON_MALFORMED, "a number begins with a zero");
    if (peek(j) == '.') {
        j->integer = false;
        put(t, (uint32_t)take(j));
        if (!digits(j, t))
            return false;
    }
    if (peek(j) == 'e' || peek(j) == 'E') {
        j->integer = false;
        put(t, (uint32_t)take(j));
        if (peek(j) == '+' || peek(j) == '-')
            put(t, (uint32_t)take(j));
        if (!digits(j, t))
            return false;
    }
    t->out[t->size] = '\0';
    struct adit_text text = adit_text_of(t->out, t->size);
    j->i64 = 0;
    j->integer = j->integer && !t->cut && adit_text_to_i64(text, &j->i64);
    if (!adit_text_to_f64(text, &j->number)) /* very long, or too large: then it is infinite */
        j->number = strtod(t->out, NULL);
    return true;
}

static bool read_word(struct adit_json *j, const char *word)
{
    for (; *word; word++) {
        if (peek(j) != (unsigned char)*word)
            return unexpected(j, "expected a value");
        j->at++;
    }
    return true;
}

static bool is_array(const struct adit_json *j, uint32_t level)
{
    return j->arrays[level / 8] & 1u << level % 8;
}

static bool begin(struct adit_json *j, bool array)
{
    if (j->open == ADIT_JSON_DEPTH)
        return stop(j, ADIT_JSON_LIMIT, "nested deeper than 512 objects and arrays");
    uint8_t bit = (uint8_t)(1u << j->open % 8), *byte = &j->arrays[j->open / 8];
    *byte = array ? *byte | bit : *byte & (uint8_t)~bit;
    j->at++;
    j->open++;
    j->fresh = true;
    j->kind = array ? ADIT_JSON_ARRAY : ADIT_JSON_OBJECT;
    return true;
}

static bool read_value(struct adit_json *j)
{
    struct target t = {j->room, j->capacity - 1, 0, false};
    int byte = peek(j);
    bool ok = true;
    j->depth = j->open;
    if (byte == '{' || byte == '[')
        return begin(j, byte == '[');
    if (byte == '"') {
        j->kind = ADIT_JSON_STRING;
        ok = read_string(j, &t);
    } else if (byte == '-' || (byte >= '0' && byte <= '9')) {
        j->kind = ADIT_JSON_NUMBER;
        ok = read_number(j, &t);
    } else if (byte == 't' || byte == 'f') {
        j->kind = ADIT_JSON_BOOL;
        j->boolean = byte == 't';
        ok = read_word(j, j->boolean ? "true" : "false");
    } else {
        j->kind = ADIT_JSON_NULL;
        ok = read_word(j, "null");
    }
    if (!ok)
        return false;
    j->fresh = false;
    t.out[t.size] = '\0';
    j->text = adit_text_of(t.out, t.size);
    j->cut = t.cut;
    return true;
}

/* In an object or array: its end, or the next member. */
static bool read_member(struct adit_json *j)
{
    bool array = is_array(j, j->open - 1);
    if (peek(j) == (array ? ']' : '}')) {
        j->at++;
        j->open--;
        j->depth = j->open;
        j->fresh = false;
        j->kind = ADIT_JSON_END;
        return true;
    }
    if (!j->fresh) {
        if (peek(j) != ',')
            return unexpected(j, array ? "expected , or ]" : "expected , or }");
        j->at++;
        skip_blanks(j);
    }
    j->fresh = false;
    if (!array) {
        struct target key = {j->key_room, sizeof j->key_room, 0, false};
        if (!read_string(j, &key))
            return false;
        j->key = adit_text_of(j->key_room, key.size);
        skip_blanks(j);
        if (peek(j) != ':')
            return unexpected(j, "expected :");
        j->at++;
        skip_blanks(j);
    }
    return read_value(j);
}

bool adit_json_next(struct adit_json *j)
{
    bool first = j->before == 0 && j->filled == 0 && !j->ended;
    j->key = j->text = adit_text_of(NULL, 0);
    j->cut = false;
    if (j->finished)
        return stop(j, j->result, j->message);
    if (first && peek(j) == 0xef && !read_word(j, "\xef\xbb\xbf")) /* 8.1: a byte order mark may be ignored */
        return false;
    skip_blanks(j);
    if (j->finished)
        return false;
    if (j->open > 0)
        return read_member(j) && !j->finished;
    bool more = first || j->kind == ADIT_JSON_NONE;
    if (!more && peek(j) == END)
        return stop(j, ADIT_JSON_OK, "");
    if (!more && !j->many)
        return stop(j, ADIT_JSON_MALFORMED, "something follows the value");
    if (first && j->many && peek(j) == END)
        return stop(j, ADIT_JSON_OK, "");
    return read_value(j) && !j->finished;
}

bool adit_json_skip(struct adit_json *j)
{
    uint32_t depth = j->depth;
    if (j->kind != ADIT_JSON_OBJECT && j->kind != ADIT_JSON_ARRAY)
        return false;
    while (adit_json_next(j))
        if (j->kind == ADIT_JSON_END && j->depth == depth)
            return true;
    return false;
}

int32_t adit_json_status(const struct adit_call *job, const struct adit_json *j)
{
    if (j->result != ADIT_JSON_OK)
        (void)adit_warnf(job, "offset %llu: %s", (unsigned long long)j->offset, j->message);
    return j->result == ADIT_JSON_OK           ? ADIT_OK
           : j->result == ADIT_JSON_LIMIT      ? ADIT_UNSUPPORTED
           : j->result == ADIT_JSON_UNREADABLE ? ADIT_FAILED
                                               : ADIT_MALFORMED;
}
