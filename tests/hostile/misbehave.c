/* SPDX-License-Identifier: MIT */
/* Does whatever the file says: "MISBEHAVE " and a word. For tests of what adit makes of plugins that go wrong. */
#include <adit/adit.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

ADIT_MODULE("misbehave", "1.0.0")

/* A system call as an attacker makes it: past the C library, whose functions validation would see. */
static long raw(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

static int32_t do_ok(const struct adit_call *job)
{
    adit_emit_u64(job, "number", 7);
    return ADIT_OK;
}
static int32_t do_declined(const struct adit_call *job)
{
    (void)job;
    return ADIT_DECLINED;
}
static int32_t do_malformed(const struct adit_call *job)
{
    adit_warn(job, "the header says 3, expected 4");
    return ADIT_MALFORMED;
}
static int32_t do_unsupported(const struct adit_call *job)
{
    (void)job;
    return ADIT_UNSUPPORTED;
}
static int32_t do_failed(const struct adit_call *job)
{
    (void)job;
    return ADIT_FAILED;
}
static int32_t do_strange(const struct adit_call *job)
{
    (void)job;
    return 4711;
}

static int32_t do_segv(const struct adit_call *job)
{
    volatile char *volatile nowhere = NULL;
    (void)job;
    nowhere[16] = 1;
    return ADIT_OK;
}
static int32_t do_trap(const struct adit_call *job)
{
    (void)job;
    __builtin_trap();
}
static int32_t do_exit(const struct adit_call *job)
{
    (void)job;
    return (int32_t)raw(SYS_exit_group, 0, 0, 0);
}
static int32_t do_stack(const struct adit_call *job)
{
    volatile char room[65536];
    room[0] = 1;
    int32_t deeper = adit_size(job) > 0 ? do_stack(job) : 0;
    return deeper + room[0];
}
static int32_t do_loop(const struct adit_call *job)
{
    for (volatile unsigned i = 0; adit_size(job) > 0; i++)
        ;
    return ADIT_OK;
}
static int32_t do_leak(const struct adit_call *job)
{
    char *volatile lost = malloc(100);
    (void)job;
    lost = NULL;
    (void)lost;
    return ADIT_OK;
}
static int32_t do_overflow(const struct adit_call *job)
{
    volatile int32_t most = INT32_MAX;
    adit_emit_u64(job, "number", most + 1 < most);
    return ADIT_OK;
}
static int32_t do_hog(const struct adit_call *job)
{
    (void)job;
    for (;;) {
        char *p = malloc(1 << 20);
        if (!p)
            return ADIT_FAILED;
        memset(p, 1, 1 << 20);
    }
}

/* What no plugin has a use for. Where the call comes back, its error is told. */
static int32_t tell(const struct adit_call *job, long result)
{
    adit_emit_i64(job, "errno", result < 0 ? -result : 0);
    return ADIT_OK;
}
static int32_t do_socket(const struct adit_call *job)
{
    return tell(job, raw(SYS_socket, AF_INET, SOCK_STREAM, 0));
}
static int32_t do_open(const struct adit_call *job)
{
    return tell(job, raw(SYS_open, (long)"/etc/passwd", O_RDONLY, 0));
}
static int32_t do_fork(const struct adit_call *job)
{
    long child = raw(SYS_fork, 0, 0, 0);
    if (child == 0)
        (void)raw(SYS_exit_group, 0, 0, 0);
    return tell(job, child);
}
static int32_t do_exec(const struct adit_call *job)
{
    char *argv[] = {(char *)(uintptr_t)"/bin/true", NULL};
    return tell(job, raw(SYS_execve, (long)argv[0], (long)argv, 0));
}
static int32_t do_kill(const struct adit_call *job)
{
    return tell(job, raw(SYS_kill, raw(SYS_getppid, 0, 0, 0), SIGKILL, 0));
}
static int32_t do_mprotect(const struct adit_call *job)
{
    static unsigned char page[8192];
    long at = ((long)page + 4095) & ~4095L;
    return tell(job, raw(SYS_mprotect, at, 4096, PROT_READ | PROT_EXEC));
}

static int32_t do_undeclared(const struct adit_call *job)
{
    adit_emit_u64(job, "nobody_declared_this", 1);
    adit_emit_string(job, "number", "seven");
    adit_emit_u64(job, "number", 300);
    return do_ok(job);
}
static int32_t do_nesting(const struct adit_call *job)
{
    adit_end(job);
    for (int i = 0; i < 100; i++)
        adit_begin_object(job, "deep");
    return ADIT_OK;
}
static int32_t do_flood(const struct adit_call *job)
{
    for (uint64_t i = 0; i < 1000000; i++)
        adit_emit_u64(job, "list", i);
    return ADIT_OK;
}
static int32_t do_streams(const struct adit_call *job)
{
    static const char zeros[4096];
    adit_open_stream(job, ADIT_TEXT("zeros"), "application/x-misbehave-zeros");
    for (int i = 0; i < 4096; i++)
        adit_write(job, zeros, sizeof zeros);
    adit_close(job);
    return ADIT_OK;
}
/* Each stream is the whole file again: recursion that only the host can end. */
static int32_t do_again(const struct adit_call *job)
{
    for (int i = 0; i < 3; i++)
        adit_emit_range(job, ADIT_TEXT("again"), "application/x-misbehave", 0, adit_size(job));
    return ADIT_OK;
}
static int32_t do_bytes(const struct adit_call *job)
{
    adit_emit_text(job, "note", adit_text_of("not \xff UTF-8", 11));
    return ADIT_OK;
}
static int32_t do_escape(const struct adit_call *job)
{
    static const char *const names[] = {"../escaped", "/escaped", "a/../../escaped", "", ".", "a//b", "kept.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (adit_open_artifact(job, adit_text_c(names[i]), "text/plain") == 0) {
            adit_write(job, "artifact", 8);
            adit_close(job);
        }
    return ADIT_OK;
}

/* Writes noise to every descriptor that it may find, the worker's own socket among them. */
static int32_t do_scribble(const struct adit_call *job)
{
    unsigned char noise[512];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(i * 37 + 11);
    for (long fd = 0; fd < 300; fd++)
        for (long n = 1; n <= (long)sizeof noise; n *= 8)
            (void)raw(SYS_write, fd, (long)noise, n);
    return do_ok(job);
}
static int32_t do_close(const struct adit_call *job)
{
    for (long fd = 0; fd < 300; fd++)
        (void)raw(SYS_close, fd, 0, 0);
    return do_ok(job);
}
static int32_t do_warnings(const struct adit_call *job)
{
    for (unsigned i = 0; i < 100000; i++)
        adit_warnf(job, "warning number %u: \xff\n\x1b[31m", i);
    return do_ok(job);
}
static int32_t do_many(const struct adit_call *job)
{
    for (int i = 0; i < 100000; i++)
        adit_emit_range(job, ADIT_TEXT("one of many"), "application/x-misbehave-many", (uint64_t)i % adit_size(job), 1);
    return do_ok(job);
}
static int32_t do_outside(const struct adit_call *job)
{
    char byte;
    adit_emit_range(job, ADIT_TEXT("outside"), "application/x-misbehave", adit_size(job), 1);
    adit_emit_range(job, ADIT_TEXT("wraps"), "application/x-misbehave", UINT64_MAX, UINT64_MAX);
    adit_emit_text(job, "note", adit_view(job, ADIT_SOURCE_MAIN, UINT64_MAX, SIZE_MAX));
    (void)adit_read(job, 4711, 0, &byte, 1);
    (void)adit_read(job, -1, 0, &byte, 1);
    return do_ok(job);
}

static const struct {
    const char *word;
    int32_t (*act)(const struct adit_call *);
} acts[] = {
    {"ok", do_ok},
    {"declined", do_declined},
    {"malformed", do_malformed},
    {"unsupported", do_unsupported},
    {"failed", do_failed},
    {"strange", do_strange},
    {"segv", do_segv},
    {"trap", do_trap},
    {"exit", do_exit},
    {"stack", do_stack},
    {"loop", do_loop},
    {"leak", do_leak},
    {"overflow", do_overflow},
    {"hog", do_hog},
    {"socket", do_socket},
    {"open", do_open},
    {"fork", do_fork},
    {"exec", do_exec},
    {"kill", do_kill},
    {"mprotect", do_mprotect},
    {"undeclared", do_undeclared},
    {"nesting", do_nesting},
    {"flood", do_flood},
    {"streams", do_streams},
    {"again", do_again},
    {"bytes", do_bytes},
    {"escape", do_escape},
    {"scribble", do_scribble},
    {"close", do_close},
    {"warnings", do_warnings},
    {"many", do_many},
    {"outside", do_outside},
};

static int32_t run(void *state, const struct adit_call *job)
{
    char word[32];
    int64_t n = adit_read(job, ADIT_SOURCE_MAIN, 10, word, sizeof word - 1);
    (void)state;
    adit_emit_string(job, "before", "kept");
    word[n > 0 ? n : 0] = '\0';
    word[strcspn(word, "\n ")] = '\0';
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (strcmp(word, acts[i].word) == 0)
            return acts[i].act(job);
    adit_warnf(job, "no such misbehaviour: %s", word);
    return ADIT_MALFORMED;
}

ADIT_PLUGIN(NULL, run, NULL, NULL)
