/* SPDX-License-Identifier: MIT */
/* The attributes of a module, as the options of its .conf name them: attributes, attributes_2, …: KEYWORD:TYPE or KEYWORD:TYPE:KIND between
 * blanks, with the types of PS3.5 7.4 and the kinds of [fields] (object for PATH.*, size for PATH_size, [] behind those of lists). */
#ifndef MEDICAL_DICOM_ATTRIBUTES_H
#define MEDICAL_DICOM_ATTRIBUTES_H

#include <adit/adit.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ATTRIBUTES = 512 };

struct attribute {
    struct adit_text keyword, type;
    enum adit_kind kind; /* ADIT_KIND_NONE: any */
    bool list, told;     /* told: it is one, or none; else whatever comes */
    bool size;           /* told as the size of its bytes */
};
struct module {
    struct attribute items[MAX_ATTRIBUTES];
    size_t count;
};

/* "time[]" */
static inline void read_kind(struct adit_text text, struct attribute *a)
{
    static const struct {
        const char *name;
        enum adit_kind kind;
    } kinds[] = {{"f64", ADIT_KIND_F64},   {"i64", ADIT_KIND_I64},       {"u64", ADIT_KIND_U64},
                 {"time", ADIT_KIND_TIME}, {"string", ADIT_KIND_STRING}, {"object", ADIT_KIND_OBJECT},
                 {"size", ADIT_KIND_U64}};
    a->told = text.size > 0;
    a->list = text.size > 2 && memcmp(text.data + text.size - 2, "[]", 2) == 0;
    text.size -= a->list ? 2 : 0;
    a->size = adit_text_is(text, "size");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (adit_text_is(text, kinds[i].name))
            a->kind = kinds[i].kind;
}

/* What options say stays where it is as long as the module is loaded. */
static inline void module_read(const struct adit_call *job, struct module *m)
{
    char key[32] = "attributes";
    for (unsigned number = 1;; number++) {
        if (number > 1)
            (void)snprintf(key, sizeof key, "attributes_%u", number);
        struct adit_text rest = adit_option(job, key);
        if (!rest.data)
            break;
        while (rest.size > 0 && m->count < MAX_ATTRIBUTES) {
            struct adit_text word = adit_text_next(&rest, " ");
            struct attribute a = {.keyword = adit_text_next(&word, ":")};
            a.type = adit_text_next(&word, ":");
            read_kind(word, &a);
            if (a.keyword.size > 0)
                m->items[m->count++] = a;
        }
    }
}

#endif
