/* SPDX-License-Identifier: MIT */
/* Any bytes as a module, as an ordinary library, and as every library that they themselves need. The committed inputs
 * are the modules of tests/validate/modules without what lies behind their segments. */
#include <assert.h>
#include <string.h>

#include "validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *bytes;
    size_t size;
};

static int find_itself(void *user, const char *name, const uint8_t **bytes, size_t *size)
{
    const struct input *input = user;
    (void)name;
    *bytes = input->bytes;
    *size = input->size;
    return 0;
}

static void check(const struct input *input, const struct voptions *options)
{
    static struct vfinding items[64];
    struct vfindings found = {.items = items, .capacity = sizeof items / sizeof *items}, counted = {0};
    struct vmodule_info info;
    int r = validate_module(input->bytes, input->size, options, &found, &info);
    assert(r == (found.errors > 0));
    assert(found.count <= found.capacity);
    for (size_t i = 0; i < found.count; i++) {
        char text[1024];
        int n = validate_describe(&items[i], text, sizeof text);
        assert(n > 0 && (size_t)n < sizeof text && strlen(text) == (size_t)n);
        assert(items[i].rule->form || !options->form_only);
    }
    for (size_t i = 0; i < info.needed_count; i++)
        assert(strlen(info.needed[i]) <= 255);
    /* What is found does not depend on the room for it. */
    assert(validate_module(input->bytes, input->size, options, &counted, NULL) == r);
    assert(counted.errors == found.errors && counted.warnings == found.warnings);
    /* An accepted module has all that the host goes on to use. */
    if (r == 0 && !options->form_only)
        assert(info.has_note && info.has_plugin && info.note.id[0] &&
               (options->allow_constructors || !info.has_constructors));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const waivers[] = {"policy.import.refused", "policy.import.warned.getenv"};
    struct input input = {data, size};
    struct adit_note note;
    struct vlibraries *libraries = vlibraries_new(find_itself, &input);
    const struct vown_library own[] = {{"libc.so.6", data, size}};
    const struct voptions module = {
        .allow_constructors = true, .libraries = libraries, .waivers = waivers, .waiver_count = 2};
    const struct voptions strict = {
        .own_libraries = own, .own_library_count = 1, .expected_id = "plain", .expected_version = "1.0.0"};
    const struct voptions form = {.form_only = true};
    if (!libraries)
        return 0;
    check(&input, &module);
    check(&input, &strict);
    check(&input, &form);
    if (validate_read_note(data, size, &note))
        assert(note.id[sizeof note.id - 1] == '\0' && note.version[sizeof note.version - 1] == '\0');
    vlibraries_free(libraries);
    return 0;
}
