/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dataset.h"
#include "engine_impl.h"

enum { IDLE_MS = 100 };

void engine_no_memory(struct engine *g)
{
    g->out_of_memory = true;
}

void engine_keep(struct engine *g, struct file *f, uint64_t bytes)
{
    f->held += bytes;
    g->held += bytes;
}

/* ---- files in ---- */

static struct file *new_file(struct engine *g)
{
    struct file *f = g->spare;
    if (f)
        g->spare = f->next;
    else
        f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    struct arena arena = f->arena;
    struct buf needs = f->root.needs, raw = f->root.raw;
    *f = (struct file){.arena = arena};
    f->root = (struct source){.file = f, .fd = -1, .made_fd = -1, .needs = needs, .raw = raw};
    struct result *r = &f->root.result;
    r->media = r->detected = r->error_text = r->limit = r->source_plugin = "";
    r->offset = UINT64_MAX;
    if (g->last)
        g->last->next = f;
    else
        g->first = f;
    g->last = f;
    g->under_way++;
    return f;
}

static void forget_file(struct engine *g, struct file *f)
{
    enum { KEEP = 64 * 1024 };
    struct source *s = &f->root;
    if (s->fd >= 0)
        (void)close(s->fd);
    dataset_forget(s);
    if (s->raw.capacity > KEEP)
        buf_release(&s->raw);
    if (s->needs.capacity > KEEP)
        buf_release(&s->needs);
    arena_reset(&f->arena);
    s->first = s->last = NULL; /* its streams and jobs lay there */
    s->job_count = 0;
    g->held -= f->held;
    f->next = g->spare;
    g->spare = f;
    g->under_way--;
}

/* What was read of a file that changed meanwhile may belong to no version of it. Other rights, or one name less, change the time of
 * change alone: that is only not believed later. */
static void notice_change(struct file *f)
{
    struct stat st;
    struct stamp now;
    struct result *r = &f->root.result;
    if (f->root.fd < 0 || fstat(f->root.fd, &st) != 0)
        return;
    stamp_from_stat(&st, &now);
    if (stamp_equal(&now, &f->stamp))
        return;
    f->keep = false;
    if (r->error == RESULT_READ && (now.size != f->stamp.size || now.mtime_ns != f->stamp.mtime_ns)) {
        r->error = RESULT_CHANGED;
        r->error_text = "it changed while it was read: what is told of it may fit neither what it was nor what it is";
    }
}

void engine_file_done(struct engine *g, struct file *f)
{
    f->done = true;
    notice_change(f);
    if (f->root.fd >= 0)
        (void)close(f->root.fd);
    f->root.fd = -1;
    g->stats.unread += f->root.result.error == RESULT_CHANGED;
    if (g->options.cache && f->keep && !g->out_of_memory)
        (void)cache_store(g->options.cache, f->key, f->key_size, &f->stamp, g->registry_key, &f->root.result);
}

static void fail_file(struct engine *g, struct file *f, enum result_error error, const char *text)
{
    struct result *r = &f->root.result;
    r->error = error;
    r->error_text = arena_strdup(&f->arena, text);
    if (!r->error_text) {
        r->error_text = "";
        engine_no_memory(g);
    }
    f->keep = false;
    f->done = true;
    g->stats.unread += error != RESULT_NOT_REGULAR;
}

/* Are the file's artifacts in the shards, from when the result was made? */
static bool artifacts_hold(const struct engine *g, const struct file *f, const struct result *r)
{
    unsigned char identity[DIGEST_SIZE];
    if (!g->shards || !dataset_concerns(g, r))
        return true;
    dataset_identity(g, f, r, identity);
    return shards_has(g->shards, identity);
}

/* True: the file's result is there, whole. */
static bool look_up(struct engine *g, struct file *f)
{
    struct result *r = &f->root.result, *found;
    unsigned char key[CACHE_KEY];
    if (!g->options.cache ||
        cache_lookup(g->options.cache, f->key, f->key_size, &f->stamp, &f->arena, &found, key) != 1 || reuse_changed_companion(found))
        return false;
    f->root.old = found;
    if (memcmp(key, g->registry_key, sizeof key) != 0 || g->artifacts || !artifacts_hold(g, f, found))
        return false;
    const char *name = r->name;
    size_t name_size = r->name_size;
    *r = *found;
    r->name = name;
    r->name_size = name_size;
    r->from_cache = true;
    f->done = true;
    g->stats.hits++;
    return true;
}

/* A file that changed between the walk's stat and the open is taken as it is now. */
static bool open_file(struct engine *g, struct file *f, const struct walk_entry *entry)
{
    struct stat st;
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (entry->argument ? 0 : O_NOFOLLOW);
    int fd = openat(entry->dirfd, entry->name, flags);
    if (fd < 0) {
        fail_file(g, f, errno == ENOENT ? RESULT_VANISHED : RESULT_UNREADABLE, errno == ENOENT ? "it is gone" : strerror(errno));
        return false;
    }
    f->root.fd = fd;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        fail_file(g, f, RESULT_CHANGED, "it is no regular file any more");
        return false;
    }
    struct stamp now;
    stamp_from_stat(&st, &now);
    if (!stamp_equal(&now, &f->stamp)) {
        now.racy = true;
        f->stamp = now;
        f->root.old = NULL;
    }
    return true;
}

static void admit(struct engine *g, const struct walk_entry *entry)
{
    struct file *f = new_file(g);
    if (!f) {
        engine_no_memory(g);
        return;
    }
    struct result *r = &f->root.result;
    f->stamp = entry->stamp;
    f->keep = true;
    f->key = arena_strndup(&f->arena, entry->key, entry->key_size);
    f->key_size = entry->key_size;
    r->name = arena_strndup(&f->arena, entry->path, entry->path_size);
    r->name_size = entry->path_size;
    if (!f->key || !r->name) {
        r->name = "";
        r->name_size = 0;
        fail_file(g, f, RESULT_UNREADABLE, "out of memory");
        engine_no_memory(g);
        return;
    }
    if (entry->error != RESULT_READ) {
        fail_file(g, f, entry->error, entry->error_text);
        return;
    }
    r->size = f->stamp.size;
    r->mtime_ns = f->stamp.mtime_ns;
    if (look_up(g, f) || !open_file(g, f, entry))
        return;
    r->size = f->stamp.size;
    r->mtime_ns = f->stamp.mtime_ns;
    source_start(g, &f->root);
}

/* ---- results out ---- */

/* Only what was asked for: plugins that came along for another's sake are not told. */
static void hide_unasked(const struct engine *g, struct result *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->part_count; i++) {
        const struct plugin *p = registry_find(g->options.registry, r->parts[i].plugin);
        if (p && planner_asked(g->planner, p->index))
            r->parts[kept++] = r->parts[i];
    }
    r->part_count = kept;
    for (size_t i = 0; i < r->stream_count; i++)
        hide_unasked(g, &r->streams[i]);
}

static void show_progress(struct engine *g)
{
    if (!progress_due(g->options.progress))
        return;
    struct progress_state state = {.files = g->stats.files, .hits = g->stats.hits, .failures = g->stats.failed, .bytes = g->stats.bytes};
    struct pool_task *task;
    if (g->pool && pool_progress(g->pool, &task, &state.job_done, &state.job_total)) {
        const struct source *s = task->owner;
        state.path = s->file->root.result.name;
        state.path_size = s->file->root.result.name_size;
    } else if (g->first) {
        state.path = g->first->root.result.name;
        state.path_size = g->first->root.result.name_size;
    }
    progress_update(g->options.progress, &state);
}

static bool interrupted(const struct engine *g)
{
    return g->options.interrupted && *g->options.interrupted;
}

static void note_failure(struct engine *g, const struct result *r)
{
    g->exit_status = 1;
    if (g->stats.failing++ > 0)
        return;
    buf_reset(&g->scratch);
    result_put_failure(r, &g->scratch);
    (void)snprintf(g->stats.first_failure, sizeof g->stats.first_failure, "%s", buf_cstr(&g->scratch));
}

/* Prints what is done, in the order of the walk. */
static int print_done(struct engine *g, struct err *e)
{
    int error = 0;
    while (!error && g->first && g->first->done) {
        struct file *f = g->first;
        struct result *r = &f->root.result;
        g->first = f->next;
        if (!g->first)
            g->last = NULL;
        g->stats.files++;
        g->stats.bytes += r->error == RESULT_READ ? r->size : 0;
        tally_add(g->options.tally, r);
        if (result_exit_status(r))
            note_failure(g, r);
        if (g->shards && !interrupted(g)) /* after that, a file may be done in part */
            error = dataset_add(g, f, e);
        if (g->options.selection.only_count > 0)
            hide_unasked(g, r);
        if (!error && (error = output_result(g->options.output, r)) != 0)
            (void)err_set(e, error, "cannot write the results: %s", strerror(-error));
        forget_file(g, f);
    }
    return error;
}

/* ---- the loop ---- */

static bool has_room(const struct engine *g)
{
    return g->under_way < g->window && (g->held <= HELD_BYTES || !g->first);
}

/* Takes in more files. -EAGAIN: the list that they come from has none now. */
static int take_in(struct engine *g)
{
    struct walk_entry entry;
    for (int n = 0; n < BURST && has_room(g) && !g->walk_ended; n++) {
        int got = interrupted(g) ? 0 : walk_next(g->options.walk, &entry);
        if (got < 0)
            return got;
        if (got == 0)
            g->walk_ended = true;
        else
            admit(g, &entry);
    }
    return 0;
}

static int finish_up(struct engine *g, int error, struct err *e)
{
    if (error && !e->code)
        (void)err_set(e, error, "%s", error == -ENOMEM ? "out of memory" : strerror(-error));
    if (!error && interrupted(g))
        error = -EINTR;
    return error;
}

/* Waits for what there is to wait for: workers, or the list of names. */
static int wait_for_more(struct engine *g, bool starved, struct err *e)
{
    bool room = has_room(g) && !g->walk_ended && !starved;
    if (!room) { /* whoever reads should not wait with us */
        int error = output_flush(g->options.output);
        if (error)
            return err_set(e, error, "cannot write the results: %s", strerror(-error));
    }
    return pool_wait(g->pool, room ? 0 : IDLE_MS, starved ? walk_fd(g->options.walk) : -1, e);
}

static int run(struct engine *g, struct err *e)
{
    bool cancelled = false;
    for (;;) {
        int error = take_in(g);
        bool starved = error == -EAGAIN;
        if (error && !starved)
            return error;
        if (g->out_of_memory) /* a file that seems done may lack what there was no memory for */
            return -ENOMEM;
        error = print_done(g, e);
        if (error)
            return error;
        if (g->walk_ended && !g->first)
            return 0;
        if (interrupted(g) && !cancelled) {
            pool_cancel(g->pool);
            cancelled = true;
        }
        pool_hold(g->pool, g->held > HELD_BYTES);
        error = wait_for_more(g, starved, e);
        if (error)
            return error;
        show_progress(g);
        if (g->options.cache)
            cache_tick(g->options.cache);
    }
}

/* A file under way may hold itself, what was made of it, and streams of streams; zygotes and workers hold some as well. */
static size_t window_for_descriptors(void)
{
    enum { WANTED = 4096, OTHERS = 128, A_FILE = 4 };
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0)
        return 1;
    if (r.rlim_cur < WANTED) {
        r.rlim_cur = r.rlim_max < WANTED ? r.rlim_max : WANTED;
        (void)setrlimit(RLIMIT_NOFILE, &r);
    }
    size_t room = r.rlim_cur > OTHERS ? (size_t)(r.rlim_cur - OTHERS) / A_FILE : 1;
    return room < 1 ? 1 : room < WINDOW ? room : WINDOW;
}

static bool wants_stream(void *context, const char *media)
{
    struct engine *g = context;
    if (*media && !planner_plan(g->planner, media))
        engine_no_memory(g);
    return planner_wants_stream(g->planner, media);
}

static int set_up(struct engine *g, struct err *e)
{
    const struct engine_options *o = &g->options;
    size_t n = o->registry->count + 1;
    g->collector = collector_new();
    g->fingerprints = calloc(n, sizeof *g->fingerprints);
    g->has_fingerprint = calloc(n, 1);
    g->versions = arena_array(&g->arena, n, sizeof *g->versions);
    for (size_t i = 0; g->versions && i < o->registry->count; i++) {
        const struct conf_version *v = &o->registry->plugins[i].conf.version;
        g->versions[i] = arena_printf(&g->arena, "%u.%u.%u", v->major, v->minor, v->patch);
        if (!g->versions[i])
            g->versions = NULL;
    }
    g->quarantined = arena_array(&g->arena, n, sizeof *g->quarantined);
    if (!g->collector || !g->fingerprints || !g->has_fingerprint || !g->versions || !g->quarantined)
        return err_set(e, -ENOMEM, "out of memory");
    int error = planner_open(o->registry, &o->selection, &g->planner, e);
    if (!error && o->artifacts && o->shard_name)
        error = shards_open(o->artifacts, o->shard_name, o->shard_bytes, &g->shards, e);
    else if (!error && o->artifacts)
        error = artifacts_open(o->artifacts, &g->artifacts, e);
    if (error)
        return error;
    const struct pool_options pool = {
        .registry = o->registry,
        .workers = o->workers,
        .sandbox = o->sandbox,
        .strict = o->strict,
        .debug = o->debug,
        .wants_stream = wants_stream,
        .kept = o->kept,
        .prefix = o->prefix,
        .events = record_events(g),
    };
    g->window = window_for_descriptors();
    if (g->options.cache)
        reuse_key(g);
    return pool_open(&pool, &g->pool, e);
}

const char *engine_quarantined(struct engine *g, const struct plugin *p)
{
    const char **known = &g->quarantined[p->index];
    if (!*known) {
        registry_check_module(g->options.registry, p);
        const char *why = p->has_module_digest ? quarantine_reason(g->options.quarantine, p->conf.name, p->module_digest) : NULL;
        *known = why ? arena_strdup(&g->arena, why) : "";
        if (!*known) {
            engine_no_memory(g);
            return NULL;
        }
    }
    return **known ? *known : NULL;
}

static void free_files(struct file *f)
{
    while (f) {
        struct file *next = f->next;
        if (f->root.fd >= 0)
            (void)close(f->root.fd);
        source_release(&f->root);
        dataset_forget(&f->root);
        arena_release(&f->arena);
        free(f);
        f = next;
    }
}

static void release_streams(struct source *s)
{
    for (struct source *c = s->first; c; c = c->next) {
        release_streams(c);
        source_release(c);
    }
}

static void tear_down(struct engine *g)
{
    pool_close(g->pool);
    for (struct file *f = g->first; f; f = f->next) {
        source_close_companions(&f->root);
        release_streams(&f->root);
    }
    free_files(g->first);
    free_files(g->spare);
    planner_free(g->planner);
    artifacts_close(g->artifacts);
    collector_free(g->collector);
    buf_release(&g->scratch);
    free(g->fingerprints);
    free(g->has_fingerprint);
    arena_release(&g->arena);
}

int engine_run(const struct engine_options *options, int *status, struct engine_stats *stats, struct err *e)
{
    struct engine g = {.options = *options};
    e->code = 0;
    int error = set_up(&g, e);
    if (!error)
        error = finish_up(&g, run(&g, e), e);
    struct err late = {0};
    int closed = shards_close(g.shards, error == 0, &g.stats.shards, &late);
    if (closed && !error) {
        *e = late;
        error = closed;
    }
    if (g.pool)
        pool_stats(g.pool, &g.stats.pool);
    *status = g.exit_status;
    *stats = g.stats;
    tear_down(&g);
    return error;
}
