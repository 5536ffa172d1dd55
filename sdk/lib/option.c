/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <adit/hex.h>
#include <adit/option.h>
#include <string.h>

/* The word's place in a list that a NULL ends, or -1. */
static int place_of(struct adit_text text, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (adit_text_is(text, words[i]))
            return i;
    return -1;
}

static bool is_one_of(struct adit_text text, const char *const *words)
{
    return place_of(text, words) >= 0;
}

bool adit_option_bool(const struct adit_call *job, const char *key, bool otherwise)
{
    static const char *const yes[] = {"yes", "true", "on", "1", NULL};
    static const char *const no[] = {"no", "false", "off", "0", NULL};
    struct adit_text text = adit_option(job, key);
    if (!text.data)
        return otherwise;
    if (is_one_of(text, yes))
        return true;
    if (is_one_of(text, no))
        return false;
    (void)adit_warnf(job, "option %s: expected yes or no, found \"%.*s\"; using %s", key, (int)text.size, text.data,
                     otherwise ? "yes" : "no");
    return otherwise;
}

static bool parse_u64(struct adit_text text, uint64_t *out)
{
    unsigned base = 10;
    size_t i = 0;
    if (text.size > 2 && text.data[0] == '0' && (text.data[1] == 'x' || text.data[1] == 'X')) {
        base = 16;
        i = 2;
    }
    uint64_t value = 0;
    size_t digits = 0;
    for (; i < text.size; i++, digits++) {
        int digit = adit_hex_digit(text.data[i]);
        if (digit < 0 || (unsigned)digit >= base)
            break;
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, (uint64_t)digit, &value))
            return false;
    }
    if (digits == 0)
        return false;
    if (i + 1 == text.size) {
        unsigned shift = text.data[i] == 'K' ? 10 : text.data[i] == 'M' ? 20 : text.data[i] == 'G' ? 30 : 0;
        if (shift == 0 || value > UINT64_MAX >> shift)
            return false;
        value <<= shift;
        i++;
    }
    if (i != text.size)
        return false;
    *out = value;
    return true;
}

bool adit_option_numbers(const struct adit_call *job, const char *key, uint64_t least, uint64_t most, uint64_t *out,
                         size_t room, size_t *count)
{
    struct adit_text text = adit_option(job, key), rest = text, word;
    size_t n = 0;
    uint64_t value;
    *count = 0;
    while ((word = adit_option_word(&rest)).size > 0) {
        if (n == room || !parse_u64(word, &value) || value < least || value > most) {
            (void)adit_warnf(job, "option %s: expected up to %zu numbers from %llu to %llu, found \"%.*s\"", key, room,
                             (unsigned long long)least, (unsigned long long)most, (int)text.size, text.data);
            return false;
        }
        out[n++] = value;
    }
    *count = n;
    return true;
}

uint64_t adit_option_u64(const struct adit_call *job, const char *key, uint64_t otherwise)
{
    struct adit_text text = adit_option(job, key);
    uint64_t value;
    if (!text.data)
        return otherwise;
    if (parse_u64(text, &value))
        return value;
    (void)adit_warnf(job, "option %s: expected a number such as 64, 0x40 or 8M, found \"%.*s\"; using %llu", key,
                     (int)text.size, text.data, (unsigned long long)otherwise);
    return otherwise;
}

bool adit_option_f64(const struct adit_call *job, const char *key, double least, double most, double *out)
{
    struct adit_text text = adit_option(job, key);
    double value;
    if (!text.data)
        return true;
    if (adit_text_to_f64(text, &value) && value >= least && value <= most) {
        *out = value;
        return true;
    }
    (void)adit_warnf(job, "option %s: expected a number from %g to %g, found \"%.*s\"", key, least, most,
                     (int)text.size, text.data);
    return false;
}

/* "option KEY: expected A, B or C, found …" */
static bool is_none(const struct adit_call *job, const char *key, const char *const *names, struct adit_text found)
{
    char list[240] = "";
    size_t used = 0;
    for (size_t i = 0; names[i]; i++) {
        const char *joint = i == 0 ? "" : names[i + 1] ? ", " : " or ";
        size_t n = strlen(names[i]), m = strlen(joint);
        if (used + n + m >= sizeof list)
            break;
        memcpy(list + used, joint, m);
        memcpy(list + used + m, names[i], n + 1);
        used += n + m;
    }
    (void)adit_warnf(job, "option %s: expected %s, found \"%.*s\"", key, list, (int)found.size, found.data);
    return false;
}

bool adit_option_choice(const struct adit_call *job, const char *key, const char *const *names, unsigned *out)
{
    struct adit_text text = adit_option(job, key);
    int place = text.data ? place_of(text, names) : -1;
    if (place >= 0)
        *out = (unsigned)place;
    return !text.data || place >= 0 || is_none(job, key, names, text);
}

bool adit_option_choices(const struct adit_call *job, const char *key, const char *const *names, uint32_t *out)
{
    struct adit_text rest = adit_option(job, key);
    uint32_t bits = 0;
    if (!rest.data)
        return true;
    for (struct adit_text word = adit_option_word(&rest); word.size > 0; word = adit_option_word(&rest)) {
        int place = place_of(word, names);
        if (place < 0 || place > 31)
            return is_none(job, key, names, word);
        bits |= (uint32_t)1 << place;
    }
    *out = bits;
    return true;
}
