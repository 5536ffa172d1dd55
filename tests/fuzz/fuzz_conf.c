/* SPDX-License-Identifier: MIT */
/* Any bytes as a .conf. What is accepted is written into a snapshot's form and read back, and must come out the same;
 * its types are compiled and its fields looked up. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "detect.h"
#include "registry.h"
#include "snapshot_conf.h"

static void same_again(const struct conf *conf)
{
    struct buf first = BUF_INIT, second = BUF_INIT;
    struct arena arena = {0};
    struct conf copy = *conf, read = {0};
    struct codec write = {.out = &first};
    codec_conf(&write, &copy);
    if (!first.failed) {
        struct codec reader = {
            .at = (const uint8_t *)first.data, .end = (const uint8_t *)first.data + first.size, .arena = &arena};
        codec_conf(&reader, &read);
        if (reader.failed || reader.at != reader.end)
            abort();
        struct codec again = {.out = &second};
        codec_conf(&again, &read);
        if (!second.failed && (second.size != first.size || memcmp(second.data, first.data, first.size) != 0))
            abort();
    }
    arena_release(&arena);
    buf_release(&first);
    buf_release(&second);
}

static void look_up(const struct conf *conf)
{
    struct plugin plugin = {.conf = *conf};
    for (size_t i = 0; i < conf->field_count; i++) {
        const char *path = conf->fields[i].path;
        if (plugin_field(&plugin, path, strlen(path)) != &conf->fields[i])
            abort(); /* every declared path finds itself */
    }
    (void)plugin_field(&plugin, "a.b[].c", 7);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct findings findings = {0};
    struct conf conf;
    int rc = conf_parse("fuzz.conf", (const char *)data, size, &arena, &conf, &findings);
    if ((rc == -EINVAL) != (findings_errors(&findings) > 0))
        abort();
    if (rc == 0) {
        same_again(&conf);
        look_up(&conf);
        const struct conf *one = &conf;
        struct detect *d = detect_compile(&one, 1, &findings);
        struct detect_result result;
        const struct detect_source source = {.head = data,
                                             .head_size = size < DETECT_HEAD ? size : DETECT_HEAD,
                                             .size = size,
                                             .name = "a.b",
                                             .name_size = 3};
        if (d)
            detect_type(d, &source, &result);
        detect_free(d);
    }
    findings_sort(&findings);
    findings_release(&findings);
    arena_release(&arena);
    return 0;
}
