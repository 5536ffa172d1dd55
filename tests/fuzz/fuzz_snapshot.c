/* SPDX-License-Identifier: MIT */
/* Any bytes as a snapshot: as they are; behind a head and check sum that are right; and as the body of one .conf in it.
 * What is decoded is compiled and looked through, as it would be. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "detect.h"
#include "fields.h"
#include "snapshot.h"
#include "snapshot_conf.h"

/* The stamp that the seeds carry. */
static struct stamp known = {.device = 1, .inode = 1, .size = 1, .mtime_ns = 1, .ctime_ns = 1, .exists = true};

static void use_conf(const struct conf *conf)
{
    struct findings findings = {0};
    struct detect *d = detect_compile(&conf, 1, &findings);
    struct detect_result result;
    static const unsigned char head[64] = "PK\003\004 some bytes";
    const struct detect_source source = {
        .head = head, .head_size = sizeof head, .size = sizeof head, .name = "a.png", .name_size = 5};
    if (d)
        detect_type(d, &source, &result);
    detect_free(d);
    struct plugin plugin = {.conf = *conf};
    (void)plugin_field(&plugin, "text.Title[]", 12);
    findings_release(&findings);
}

static void use(struct snapshot *s)
{
    if (!s)
        return;
    struct arena arena = {0};
    struct conf conf;
    unsigned char digest[32];
    struct stamp stamp;
    const struct scan_dir *dir = snapshot_dir(s, "/c", &known);
    for (size_t i = 0; dir && i < dir->entry_count; i++)
        if (strchr(dir->entries[i].name, '/'))
            abort(); /* nothing leads out of the directory */
    if (snapshot_conf(s, "/c/a.conf", &known, &arena, &conf, digest))
        use_conf(&conf);
    (void)snapshot_module_dir(s, "/m", &known);
    (void)snapshot_module(s, "/m/a.so", &known, digest);
    (void)snapshot_module(s, "/m/a.so", &stamp, NULL);
    (void)snapshot_decoded_size(s);
    snapshot_close(s);
    arena_release(&arena);
}

static void use_behind_head(const uint8_t *data, size_t size)
{
    struct buf b = BUF_INIT;
    buf_add(&b, SNAPSHOT_MAGIC "\0\0\0\0\0\0\0", SNAPSHOT_HEADER);
    put_varint(&b, SNAPSHOT_FORMAT);
    put_varint(&b, snapshot_maker());
    put_varint(&b, 1);
    buf_add(&b, data, size);
    if (!b.failed) {
        uint64_t check = hash64(b.data + SNAPSHOT_HEADER, b.size - SNAPSHOT_HEADER, SNAPSHOT_FORMAT);
        memcpy(b.data + 8, &check, sizeof check);
        use(snapshot_from(b.data, b.size, 2));
    }
    buf_release(&b);
}

static void use_as_body(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct conf conf = {0};
    struct codec c = {.at = data, .end = data + size, .arena = &arena};
    codec_conf(&c, &conf);
    if (!c.failed)
        use_conf(&conf);
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    use(snapshot_from(data, size, 2));
    use_behind_head(data, size);
    use_as_body(data, size);
    return 0;
}
