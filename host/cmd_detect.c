/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "detect_read.h"
#include "output_value.h"
#include "path_text.h"
#include "plugin_text.h"
#include "walk.h"
#include "walk_list.h"

enum format { FORMAT_TEXT, FORMAT_MIME, FORMAT_JSON, FORMAT_NDJSON };
enum { FLUSH_AT = 32 * 1024, MAX_ALIGNED = 60, OPT_FILES_FROM = CMD_OPT_FIRST_OWN };

struct detection {
    struct cmd_common common;
    struct registry *registry;
    enum format format;
    const char *files_from;
    bool nul, recursive, brief, all;
    size_t width;   /* columns that names are padded to */
    size_t printed;
    int status;
    struct buf out;
};

static const char help[] =
    "Usage: adit detect [OPTION]… FILE…\n\n"
    "Say of what type files are, by their first bytes and their names. '-' reads a list of names from standard input.\n\n"
    "      --files-from FILE    read more names from FILE ('-': standard input), one a line\n"
    "  -0, --null               names in lists end in NUL instead\n"
    "  -r, --recursive          walk folders, rather than say that they are folders\n"
    "  -f, --format FORMAT      text: aligned (default); mime: 'NAME: TYPE'; json; ndjson: with what it is a\n"
    "                           kind of, and what decided\n"
    "  -b, --brief              text and mime: without names\n"
    "  -a, --all                text and mime: after the type what it is a kind of, nearest first\n" CMD_COMMON_HELP
    "\nExit status: 0 all done; 1 some files could not be read; 2 bad usage; 3 configuration.\n";

/* ---- printing ---- */

static void flush(struct detection *x)
{
    size_t written = x->out.size ? fwrite(x->out.data, 1, x->out.size, stdout) : 0;
    if (x->out.failed || written != x->out.size) {
        cmd_error("detect", "cannot write to standard output: %s", x->out.failed ? strerror(ENOMEM) : strerror(errno));
        x->status = EXIT_SOME_FAILED;
    }
    buf_reset(&x->out);
}

static void print_key(struct buf *b, const char *key, const char *text)
{
    buf_addf(b, ",\"%s\":", key);
    (void)value_string(b, text, strlen(text));
}

static void print_object(struct detection *x, const char *path, const struct detect_result *r, const char *error)
{
    static const char *const BY[] = {
        [DETECT_BY_NOTHING] = "nothing", [DETECT_BY_MAGIC] = "magic", [DETECT_BY_GLOB] = "name",
        [DETECT_BY_MAGIC_AND_GLOB] = "magic and name", [DETECT_BY_TEXT] = "text", [DETECT_BY_SIZE] = "size",
        [DETECT_BY_DECLARATION] = "declaration",
    };
    struct buf *b = &x->out;
    buf_adds(b, x->format == FORMAT_JSON ? (x->printed ? ",\n" : "[\n") : "");
    buf_adds(b, "{\"path\":");
    if (!value_string(b, path, strlen(path))) {
        buf_adds(b, ",\"path_base64\":\"");
        value_base64(b, path, strlen(path));
        buf_putc(b, '"');
    }
    if (error) {
        print_key(b, "error", error);
    } else {
        const char *kinds[DETECT_KINDS];
        print_key(b, "type", r->media);
        plugin_put_json_list(b, "is", kinds, detect_kinds(x->registry->detect, r->media, kinds));
        print_key(b, "by", r->declared_in ? BY[r->by] : "file system");
    }
    if (!error && r->declared_in && r->declared_in[0]) {
        print_key(b, "plugin", r->declared_in);
        buf_addf(b, ",\"line\":%u,\"priority\":%u", r->line, r->priority);
    }
    buf_adds(b, x->format == FORMAT_JSON ? "}" : "}\n");
}

static void print_line(struct detection *x, const char *path, const char *media)
{
    struct buf *b = &x->out;
    size_t columns = 0;
    if (!x->brief) {
        (void)path_text_visible(b, path, strlen(path), SIZE_MAX, &columns);
        buf_adds(b, ": ");
        for (; x->format == FORMAT_TEXT && columns < x->width; columns++)
            buf_putc(b, ' ');
    }
    const char *kinds[DETECT_KINDS] = {media};
    size_t count = x->all ? detect_kinds(x->registry->detect, media, kinds) : 1;
    for (size_t i = 0; i < count; i++)
        buf_addf(b, "%s%s", i ? ", " : "", kinds[i]);
    buf_putc(b, '\n');
}

static void print_type(struct detection *x, const char *path, const struct detect_result *r)
{
    if (x->format == FORMAT_TEXT || x->format == FORMAT_MIME)
        print_line(x, path, r->media);
    else
        print_object(x, path, r, NULL);
    x->printed++;
    if (x->out.size >= FLUSH_AT)
        flush(x);
}

static void print_failure(struct detection *x, const char *path, const char *reason)
{
    struct buf shown = BUF_INIT;
    (void)path_text_visible(&shown, path, strlen(path), SIZE_MAX, NULL);
    cmd_error("detect", "%s: %s", buf_cstr(&shown), reason);
    buf_release(&shown);
    x->status = EXIT_SOME_FAILED;
    if (x->format == FORMAT_JSON || x->format == FORMAT_NDJSON) {
        print_object(x, path, NULL, reason);
        x->printed++;
    }
}

/* ---- reading ---- */

/* What file(1) calls what is not a regular file; NULL for those. */
static const char *inode_type(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG: return NULL;
    case S_IFDIR: return "inode/directory";
    case S_IFLNK: return "inode/symlink";
    case S_IFIFO: return "inode/fifo";
    case S_IFSOCK: return "inode/socket";
    case S_IFCHR: return "inode/chardevice";
    case S_IFBLK: return "inode/blockdevice";
    default: return "application/octet-stream";
    }
}

static void print_inode(struct detection *x, const char *path, mode_t mode)
{
    struct detect_result r = {.media = inode_type(mode)};
    print_type(x, path, &r);
}

/* Opening waits for nobody: a FIFO or a device is told by stat and never opened, unless it came between. */
static void detect_file(struct detection *x, int dirfd, const char *name, const char *path, bool follow)
{
    struct stat st;
    struct detect_result r;
    if (fstatat(dirfd, name, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        print_failure(x, path, strerror(errno));
        return;
    }
    if (!S_ISREG(st.st_mode)) {
        print_inode(x, path, st.st_mode);
        return;
    }
    int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
    int error = fd < 0 || fstat(fd, &st) != 0 ? -errno : 0;
    if (error == 0 && S_ISREG(st.st_mode)) {
        const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
        error = detect_fd(x->registry->detect, fd, 0, detect_file_size(st.st_size), base, strlen(base), &r);
    }
    if (fd >= 0)
        (void)close(fd);
    if (error)
        print_failure(x, path, strerror(-error));
    else if (!S_ISREG(st.st_mode))
        print_inode(x, path, st.st_mode);
    else
        print_type(x, path, &r);
}

static void detect_tree(struct detection *x, const char *path)
{
    struct walk_options options = {.paths = &path, .path_count = 1};
    struct walk *w;
    struct walk_entry entry;
    struct err e = {0};
    int n = walk_open(&options, &w, &e);
    if (n != 0) {
        print_failure(x, path, e.text[0] ? e.text : strerror(-n));
        return;
    }
    while ((n = walk_next(w, &entry)) == 1) {
        if (entry.error == RESULT_READ || entry.error == RESULT_NOT_REGULAR)
            detect_file(x, entry.dirfd, entry.name, entry.path, entry.argument);
        else
            print_failure(x, entry.path, entry.error_text);
    }
    if (n < 0)
        print_failure(x, path, strerror(-n));
    walk_free(w);
}

static void detect_path(struct detection *x, const char *path)
{
    struct stat st;
    if (x->recursive && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        detect_tree(x, path);
    else
        detect_file(x, AT_FDCWD, path, path, true);
}

static void detect_list(struct detection *x, const char *file)
{
    bool standard = strcmp(file, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        print_failure(x, file, strerror(errno));
        return;
    }
    struct walk_list list = {.fd = fd, .separator = x->nul ? '\0' : '\n'};
    const char *name;
    size_t size;
    int n;
    while ((n = walk_list_next(&list, &name, &size)) == 1 || n == -EAGAIN) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (n == -EAGAIN) {
            flush(x); /* whoever feeds the list may wait for answers */
            (void)fflush(stdout);
            (void)poll(&ready, 1, -1);
        } else {
            detect_path(x, name);
        }
    }
    if (n < 0)
        print_failure(x, standard ? "standard input" : file, walk_list_error(n));
    walk_list_release(&list);
    if (!standard)
        (void)close(fd);
}

/* ---- the command line ---- */

static int parse_format(struct detection *x, const char *name)
{
    static const char *const NAMES[] = {"text", "mime", "json", "ndjson"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i]) != 0)
            continue;
        x->format = (enum format)i;
        return 0;
    }
    (void)cmd_usage("detect", "--format: expected text, mime, json or ndjson, found '%s'", name);
    return -EINVAL;
}

static int own_option(struct detection *x, int option, const char *argument)
{
    switch (option) {
    case OPT_FILES_FROM: x->files_from = argument; return 0;
    case '0': x->nul = true; return 0;
    case 'r': x->recursive = true; return 0;
    case 'b': x->brief = true; return 0;
    case 'a': x->all = true; return 0;
    case 'f': return parse_format(x, argument);
    default: return -EINVAL;
    }
}

/* 0: go on; otherwise end with *status. */
static int parse(struct detection *x, int argc, char **argv, int *status)
{
    static const struct option longs[] = {CMD_COMMON_LONG,
        {"files-from", required_argument, NULL, OPT_FILES_FROM}, {"null", no_argument, NULL, '0'},
        {"recursive", no_argument, NULL, 'r'}, {"format", required_argument, NULL, 'f'}, {"brief", no_argument, NULL, 'b'},
        {"all", no_argument, NULL, 'a'},
        {NULL, 0, NULL, 0}};
    int option;
    *status = EXIT_USAGE;
    while ((option = cmd_getopt(argc, argv, "0rf:ba", longs)) != -1) {
        if (option == CMD_OPT_HELP) {
            (void)fputs(help, stdout);
            *status = EXIT_DONE;
            return 1;
        }
        int common = cmd_common_option(&x->common, option, optarg);
        if (common < 0 || (common == 0 && own_option(x, option, optarg) != 0))
            return 1;
    }
    if (optind == argc && !x->files_from) {
        (void)cmd_usage("detect", "name at least one file");
        return 1;
    }
    return 0;
}

/* As file(1): as wide as the longest name among the arguments. */
static size_t aligned_width(char *const *names, int count)
{
    size_t widest = 0;
    for (int i = 0; i < count; i++) {
        struct buf shown = BUF_INIT;
        size_t columns = 0;
        (void)path_text_visible(&shown, names[i], strlen(names[i]), SIZE_MAX, &columns);
        buf_release(&shown);
        if (columns > widest)
            widest = columns;
    }
    return widest < MAX_ALIGNED ? widest : MAX_ALIGNED;
}

int cmd_detect(int argc, char **argv)
{
    struct detection x = {0};
    int status;
    if (cmd_common_init(&x.common) != 0)
        return EXIT_CONFIGURATION;
    if (parse(&x, argc, argv, &status) != 0)
        return status;
    status = cmd_open_registry(&x.common, &x.registry);
    if (status != 0)
        return status;
    x.width = aligned_width(argv + optind, argc - optind);
    for (int i = optind; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0)
            detect_list(&x, "-");
        else
            detect_path(&x, argv[i]);
    }
    if (x.files_from)
        detect_list(&x, x.files_from);
    if (x.format == FORMAT_JSON)
        buf_adds(&x.out, x.printed ? "\n]\n" : "[]\n");
    flush(&x);
    buf_release(&x.out);
    registry_free(x.registry);
    return x.status;
}
