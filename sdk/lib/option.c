/* SPDX-License-Identifier: MIT */
#include <adit/emit.h>
#include <adit/option.h>

static bool is_one_of(struct adit_text text, const char *const *words)
{
    for (; *words; words++)
        if (adit_text_is(text, *words))
            return true;
    return false;
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

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
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
    for (; i < text.size && digit_of(text.data[i]) < (int)base; i++, digits++)
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_of(text.data[i]), &value))
            return false;
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
