// SPDX-License-Identifier: MIT
/* Rules 28 and 33, and of 22 and 30 what needs the libraries: whether every import is there, and whether a module may
 * use it. */
#include "library.h"

#include <errno.h>
#include <stdlib.h>

#define SCOPE_MAX 256u
#define INDEX_MASK 0x7fffu

/* Sorted by strcmp. */
static const char *const refused[] = {
    "_Exit",
    "_Fork",
    "__libc_dlopen_mode",
    "__libc_system",
    "_exit",
    "at_quick_exit",
    "atexit",
    "bind",
    "chdir",
    "chroot",
    "clone",
    "clone3",
    "connect",
    "dlmopen",
    "dlopen",
    "dlsym",
    "dlvsym",
    "execl",
    "execle",
    "execlp",
    "execv",
    "execve",
    "execveat",
    "execvp",
    "execvpe",
    "exit",
    "fchdir",
    "fexecve",
    "fork",
    "forkpty",
    "gets",
    "kill",
    "memfd_create",
    "mktemp",
    "mount",
    "mprotect",
    "on_exit",
    "pkey_mprotect",
    "popen",
    "posix_spawn",
    "posix_spawnp",
    "prctl",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quick_exit",
    "setenv",
    "setlocale",
    "sigaction",
    "signal",
    "socket",
    "socketpair",
    "syscall",
    "system",
    "tmpnam",
    "tmpnam_r",
    "umask",
    "umount",
    "umount2",
    "unsetenv",
    "vfork",
};
static const char *const warned[] = {
    "abort",   "creat",  "creat64", "fopen",  "fopen64",  "freopen",        "freopen64", "getenv",   "mmap",
    "mmap64",  "open",   "open64",  "openat", "openat64", "pthread_create", "rand",      "remove",   "secure_getenv",
    "sprintf", "stpcpy", "strcat",  "strcpy", "strtok",   "unlink",         "unlinkat",  "vsprintf",
};

static int compare_names(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static bool listed(const char *name, const char *const *list, size_t count)
{
    return bsearch(name, list, count, sizeof *list, compare_names) != NULL;
}

/* setuid, setresgid, setsid, setpgid, … */
static bool sets_identity(const char *name)
{
    size_t n = strlen(name);
    return n >= 6 && strncmp(name, "set", 3) == 0 && strcmp(name + n - 2, "id") == 0;
}

static void check_allowed(struct image *im, const struct symbol *s, const char *name)
{
    if (listed(name, refused, sizeof refused / sizeof refused[0]) || sets_identity(name))
        report(im, RULE_IMPORT_REFUSED, s->at, name, "no use of it", "an import");
    else if (listed(name, warned, sizeof warned / sizeof warned[0]))
        report(im, RULE_IMPORT_WARNED, s->at, name, "no use of it", "an import");
}

static void take_facts(struct image *im, const char *name)
{
    size_t n = strlen(name);
    if (strcmp(name, "__stack_chk_fail") == 0)
        im->info->stack_protector = true;
    else if (n > 6 && name[0] == '_' && name[1] == '_' && strcmp(name + n - 4, "_chk") == 0)
        im->info->fortify = true;
}

/* Everything in which the loader will look for this module's imports: what it needs, what that needs, and so on. */
struct scope {
    struct library_set set;
    struct library *libraries[SCOPE_MAX];
    unsigned count;
    bool complete; /* nothing is missing, so that a symbol that is not found is nowhere */
};

static bool has_library(const struct scope *scope, const char *name)
{
    for (unsigned i = 0; i < scope->count; i++)
        if (strcmp(scope->libraries[i]->name, name) == 0)
            return true;
    return false;
}

static int add_library(struct scope *scope, const char *name)
{
    struct library *l;
    if (has_library(scope, name))
        return 0;
    int r = scope->count < SCOPE_MAX ? library_get(&scope->set, name, &l) : -ENOENT;
    if (r < 0) {
        scope->complete = false;
        return r;
    }
    scope->libraries[scope->count++] = l;
    return 0;
}

static int build_scope(struct image *im, struct scope *scope)
{
    for (unsigned i = 0; i < im->needed_count; i++) {
        const char *name = image_string(im, im->needed[i]);
        if (!name || strnlen(name, NAME_LONG + 1) > NAME_LONG)
            continue;
        int r = add_library(scope, name);
        if (r == -ENOMEM)
            return r;
        if (r < 0 && !strpbrk(name, "/$"))
            report(im, RULE_NEEDED_MISSING, im->needed_at[i], name, "a library of this system or of the plugin",
                   "none of that name");
    }
    for (unsigned i = 0; i < scope->count; i++) {
        const struct image *library = scope->libraries[i]->image;
        for (unsigned k = 0; k < library->needed_count; k++) {
            const char *name = image_string(library, library->needed[k]);
            if (name && add_library(scope, name) == -ENOMEM)
                return -ENOMEM;
        }
    }
    return 0;
}

/* Rule 22: the loader refuses a module when the library that it names for a version does not define it. */
static void check_versions_there(struct image *im, struct scope *scope)
{
    for (unsigned i = 2; i < im->version_count; i++) {
        const struct version *v = &im->versions[i];
        const char *name = v->file && v->name ? image_string(im, v->name) : NULL,
                   *file = name ? image_string(im, v->file) : NULL;
        struct library *l;
        if (!file || v->weak || library_get(&scope->set, file, &l) < 0 || library_has_version(l, name))
            continue;
        report(im, RULE_VER_TARGET, im->verneed.offset, name, file, "the library without that version");
    }
}

static const char *wanted_version(const struct image *im, uint32_t index)
{
    uint32_t v = image_symbol_version(im, index) & INDEX_MASK;
    return v >= 2 && v < im->version_count && im->versions[v].name ? image_string(im, im->versions[v].name) : NULL;
}

/* The loader divides by the alignment of the thread-local storage in which it finds a thread-local symbol: one that is
 * something else there, in a library without any, ends the process. */
static void check_import(struct image *im, struct scope *scope, const struct symbol *s, uint32_t index,
                         const char *name)
{
    uint32_t hash = hash_gnu(name);
    const char *version = wanted_version(im, index);
    bool is_tls;
    for (unsigned i = 0; i < scope->count; i++)
        if (library_has_symbol(scope->libraries[i], name, hash, version, &is_tls)) {
            if (is_tls != (s->type == STT_TLS) && (is_tls || s->type != STT_NOTYPE))
                report(im, RULE_REL_TLS, s->at, name,
                       is_tls ? "the type TLS, as in its library" : "another type than TLS, as in its library",
                       "type %u", s->type);
            return;
        }
    if (s->bind != STB_WEAK)
        report(im, RULE_IMPORT_UNRESOLVED, s->at, name,
               version ? version : "defined by a library that the module needs", "nowhere");
}

/* A symbol that is not defined here, and is not looked up elsewhere either, becomes the beginning of the module. */
static bool is_looked_up(struct image *im, const struct symbol *s, const char *name)
{
    if (s->bind != STB_LOCAL && s->visibility != STV_HIDDEN && s->visibility != STV_INTERNAL && *name)
        return true;
    report(im, RULE_IMPORT_UNRESOLVED, s->at, *name ? name : NULL, "a name, GLOBAL or WEAK, of default visibility",
           "'%.60s', binding %u, visibility %u", name, s->bind, s->visibility);
    return false;
}

static void check_each(struct image *im, struct scope *scope)
{
    for (uint32_t i = 1; i < im->symbol_count; i++) {
        struct symbol s;
        image_symbol(im, i, &s);
        if (s.section != SHN_UNDEF)
            continue;
        const char *name = image_string(im, s.name);
        if (!name || strnlen(name, SYMBOL_LONG + 1) > SYMBOL_LONG)
            continue;
        if (!is_looked_up(im, &s, name))
            continue;
        take_facts(im, name);
        check_allowed(im, &s, name);
        if (scope->complete)
            check_import(im, scope, &s, i, name);
    }
}

int check_imports(struct image *im)
{
    struct scope scope;
    scope.set.options = im->options;
    scope.set.own_count = 0;
    scope.count = 0;
    scope.complete = im->options->libraries != NULL && !im->options->form_only;
    int r = scope.complete ? build_scope(im, &scope) : 0;
    if (r == 0) {
        if (scope.count)
            check_versions_there(im, &scope);
        check_each(im, &scope);
    }
    library_set_release(&scope.set);
    return r;
}
