/* SPDX-License-Identifier: MIT */
/* Apart from option.c: with it come the tables of every charset. */
#include <adit/emit.h>
#include <adit/option.h>

bool adit_option_charset(const struct adit_call *job, const char *key, enum adit_charset *out)
{
    struct adit_text name = adit_option(job, key);
    bool bytes = name.size == 0 || adit_text_is(name, "bytes");
    *out = bytes ? (enum adit_charset)0 : adit_charset_by_name(name);
    if (bytes || *out)
        return true;
    (void)adit_warnf(job, "option %s: expected bytes, or a charset such as windows-1252 or shift_jis, found \"%.*s\"",
                     key, (int)name.size, name.data);
    return false;
}
