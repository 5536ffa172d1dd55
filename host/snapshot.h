/* SPDX-License-Identifier: MIT */
/* The registry's memory of an earlier run: what each configuration directory held, what each .conf said, and the digest of
 * each module, with the stamps under which that was so. Mapped, checked, decoded with every length and count checked: it
 * survives any bytes. */
#ifndef HOST_SNAPSHOT_H
#define HOST_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "prune.h"
#include "registry_impl.h"

/* Shared by the two halves. */
#define SNAPSHOT_MAGIC "aditsnap"
enum { SNAPSHOT_FORMAT = 6, SNAPSHOT_HEADER = 16 };
/* Each set of folders has a snapshot of its own, and folders go: what was not used for so long is removed, and the longest unused
 * of what is more. Made again, one takes some 40 ms. */
enum { SNAPSHOT_DAYS = 30, SNAPSHOT_TOTAL = 32 * 1024 * 1024 };
uint64_t snapshot_maker(void); /* this very program: another build may read a .conf differently */

/* Maps the file, and dates it as used, at most once a day. NULL: there is none, or it is damaged, of another version, not the user's own, or from the future (the clock
 * was set back, so no stamp in it says anything). */
struct snapshot *snapshot_open(const char *path, int64_t now_ns);
/* The same on bytes in memory, which are borrowed. */
struct snapshot *snapshot_from(const void *data, size_t size, int64_t now_ns);
void snapshot_close(struct snapshot *s);
/* About how much memory everything in it takes once it is decoded; 0 for NULL. */
size_t snapshot_decoded_size(const struct snapshot *s);

/* What was known of a directory, a .conf under this very stamp; otherwise NULL or false. `s` may be NULL. Texts point into the
 * snapshot. */
const struct scan_dir *snapshot_dir(struct snapshot *s, const char *path, const struct stamp *stamp);
bool snapshot_conf(struct snapshot *s, const char *path, const struct stamp *stamp, struct arena *arena,
                   struct conf *out, unsigned char types_digest[32]);
/* Is this folder as it was, so that the modules that were found in it are there? */
bool snapshot_module_dir(struct snapshot *s, const char *path, const struct stamp *stamp);
/* With a digest: is it known under *stamp? Without (NULL): was the module there, and what was its stamp then? */
bool snapshot_module(struct snapshot *s, const char *path, struct stamp *stamp, unsigned char *digest);

/* The file's bytes for what is known now. Records with racy stamps are left out. */
int snapshot_write(const struct registry *r, int64_t now_ns, struct buf *out);
/* Writes what is known now, to a temporary name that is then renamed, and prunes its folder. */
int snapshot_save(const struct registry *r, const char *path, struct err *e);
/* Removes snapshots of the folder that the bounds do not allow, as prune.h tells. 0 or -errno. */
int snapshot_prune(const char *folder, struct prune *p);

#endif
