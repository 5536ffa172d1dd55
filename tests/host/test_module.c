/* SPDX-License-Identifier: MIT */
/* From a module's file to sealed bytes: they stay as they were checked, and what is no module is refused with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "libraries.h"
#include "module.h"
#include "run_program.h"

static char dir[64], path[100];
static struct plugin plugin;

static int setup(void **state)
{
    (void)state;
    (void)umask(022);
    (void)snprintf(dir, sizeof dir, "/tmp/adit-module-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    (void)snprintf(path, sizeof path, "%s/echo.so", dir);
    put_copy(BUILD_DIR "/tests/hostile/echo.so", path);
    plugin = (struct plugin){.module_path = path, .conf = {.name = "echo", .version = {1, 0, 0}}};
#ifdef ADIT_SANITIZED
    plugin.conf.constructors = true;
#endif
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    remove_tree(dir);
    return 0;
}

static size_t open_descriptors(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 200; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void test_sealed_bytes_are_the_files(void **state)
{
    (void)state;
    struct sealed_module m, again;
    struct err e = {0};
    struct libraries libraries;
    size_t size;
    unsigned char digest[32];
    assert_int_equal(libraries_open(&libraries), 0);
    char *bytes = get_file(path, &size);
    if (module_seal(&plugin, libraries.symbols, true, &m, &e) != 0)
        fail_msg("%s", e.text);
    libraries_close(&libraries);
    assert_int_equal(module_digest(&plugin, digest, &e), 0);
    assert_memory_equal(m.digest, digest, 32);

    /* Whatever happens to the file: the sealed bytes stay. */
    put_text(path, "something else");
    char *sealed = malloc(size + 1);
    assert_non_null(sealed);
    assert_int_equal(pread(m.fd, sealed, size + 1, 0), (ssize_t)size);
    assert_memory_equal(sealed, bytes, size);
    assert_int_equal(fcntl(m.fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(pwrite(m.fd, "x", 1, 0), -1);
    assert_int_equal(ftruncate(m.fd, 0), -1);
    assert_int_equal(ftruncate(m.fd, (off_t)size + 4096), -1);
    assert_ptr_equal(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, m.fd, 0), MAP_FAILED);
    assert_int_equal(fcntl(m.fd, F_ADD_SEALS, F_SEAL_SEAL), -1);
    const int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    assert_int_equal(fcntl(m.fd, F_GET_SEALS) & all, all);
    char own[64]; /* also opened anew, for writing */
    (void)snprintf(own, sizeof own, "/proc/self/fd/%d", m.fd);
    int writable = open(own, O_RDWR | O_CLOEXEC);
    assert_true(writable < 0 || pwrite(writable, "x", 1, 0) == -1);
    if (writable >= 0)
        (void)close(writable);
    assert_int_equal(module_digest(&plugin, digest, &e), 0);
    assert_memory_not_equal(digest, m.digest, 32);
    put_file(path, bytes, size);
    assert_int_equal(module_seal(&plugin, NULL, false, &again, &e), 0);
    assert_memory_equal(again.digest, m.digest, 32);
    module_close(&again);
    module_close(&m);
    free(bytes);
    free(sealed);
}

static void refused(int error, const char *why)
{
    struct sealed_module m = {.fd = -7};
    struct err e = {0};
    size_t before = open_descriptors();
    int found = module_seal(&plugin, NULL, true, &m, &e);
    if (found != error || e.code != error || !strstr(e.text, why) || !strstr(e.text, plugin.module_path))
        fail_msg("%d (%s), expected %d with \"%s\"", found, e.text, error, why);
    assert_int_equal(m.fd, -7);
    assert_int_equal(open_descriptors(), before);
}

static void test_files_that_are_no_modules(void **state)
{
    (void)state;
    unsigned char digest[32];
    struct err e = {0};
    put_text(path, "no ELF file");
    refused(-ENOEXEC, "is refused");
    put_text(path, "");
    refused(-EFBIG, "expected 1 to");
    assert_int_equal(truncate(path, (64 << 20) + 1), 0);
    refused(-EFBIG, "expected 1 to");
    assert_int_equal(module_digest(&plugin, digest, &e), -EFBIG);
    assert_int_equal(unlink(path), 0);
    refused(-ENOENT, "cannot open module");
    assert_int_equal(module_digest(&plugin, digest, &e), -ENOENT);
    assert_int_equal(mkfifo(path, 0644), 0); /* and nobody waits for its other end */
    refused(-EINVAL, "is not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0755), 0);
    refused(-EINVAL, "is not a regular file");
}

static void test_files_that_others_can_write(void **state)
{
    (void)state;
    assert_int_equal(chmod(path, 0664), 0);
    refused(-EACCES, "chmod go-w");
    assert_int_equal(chmod(path, 0646), 0);
    refused(-EACCES, "chmod go-w");
}

/* The note travels with the bytes: another name or version than the .conf says is told. */
static void test_note_and_conf_must_agree(void **state)
{
    (void)state;
    plugin.conf.version.minor = 7;
    refused(-ENOEXEC, "1.7.0");
    plugin.conf.version.minor = 0;
    char other[100];
    (void)snprintf(other, sizeof other, "%s/other.so", dir);
    put_copy(path, other);
    plugin.module_path = other;
    refused(-ENOEXEC, "other");
}

/* The end of what the loader maps; behind it are only sections, for debuggers. */
static size_t mapped_end(const char *bytes)
{
    Elf64_Ehdr head;
    size_t end = 0;
    memcpy(&head, bytes, sizeof head);
    for (size_t i = 0; i < head.e_phnum; i++) {
        Elf64_Phdr p;
        memcpy(&p, bytes + head.e_phoff + i * sizeof p, sizeof p);
        if (p.p_type == PT_LOAD && p.p_offset + p.p_filesz > end)
            end = p.p_offset + p.p_filesz;
    }
    return end;
}

/* Any cut of what a module needs is refused: none is taken for whole, none is read beyond. */
static void test_cut_modules(void **state)
{
    (void)state;
    size_t size;
    char *bytes = get_file(path, &size);
    size_t end = mapped_end(bytes);
    assert_true(end > 0 && end < size);
    for (size_t cut = 1; cut < end; cut += end / 40 + 1) {
        put_file(path, bytes, cut);
        refused(-ENOEXEC, "is refused");
    }
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sealed_bytes_are_the_files), TEST(test_files_that_are_no_modules), TEST(test_files_that_others_can_write),
        TEST(test_note_and_conf_must_agree), TEST(test_cut_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
