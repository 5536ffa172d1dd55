/* SPDX-License-Identifier: MIT */
/* run_plugin MODULE.so FILE [OPTION=VALUE]…: calls one module on one file in this very process, without locks, and prints
 * what it emits. For authors at work under a debugger; everybody else uses `adit extract`. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fields.h"
#include "job.h"

static int depth;

static void print_event(const uint8_t *at, size_t size)
{
    struct field_reader r = {at, at + size};
    struct field_event e;
    if (field_next(&r, &e) != 1)
        exit(3);
    if (e.tag == FIELD_END) {
        depth--;
        printf("%*s}\n", depth * 2, "");
        return;
    }
    printf("%*s%.*s: ", depth * 2, "", (int)e.name.size, e.name.data ? e.name.data : "");
    char time[FIELD_TIME_TEXT];
    switch (e.tag) {
    case FIELD_BOOL: printf("%s\n", e.boolean ? "true" : "false"); break;
    case FIELD_I64: printf("%lld\n", (long long)e.i64); break;
    case FIELD_U64: printf("%llu\n", (unsigned long long)e.u64); break;
    case FIELD_F64: printf("%.17g\n", e.f64); break;
    case FIELD_STRING: printf("\"%.*s\"\n", (int)e.text.size, e.text.data); break;
    case FIELD_BYTES: printf("<%zu bytes>\n", e.text.size); break;
    case FIELD_BYTES_TEXT: printf("<%zu bytes that are no UTF-8>\n", e.text.size); break;
    case FIELD_TIME: (void)field_time_text(&e.time, time); printf("%s\n", time); break;
    default: printf("%s\n", e.tag == FIELD_LIST ? "[" : "{"); depth++; break;
    }
}

static void put(void *context, enum wire_record kind, uint8_t flags, const void *a, size_t a_size, const void *b, size_t n)
{
    (void)context, (void)b, (void)n;
    struct wire_stream s;
    struct wire_job_end end;
    switch (kind) {
    case RECORD_FIELD: print_event(a, a_size); break;
    case RECORD_WARN: printf("warning: %.*s\n", (int)a_size, (const char *)a); break;
    case RECORD_REFINE: printf("refined: %.*s\n", (int)a_size, (const char *)a); break;
    case RECORD_STREAM_RANGE:
    case RECORD_STREAM_OPEN:
    case RECORD_ARTIFACT_OPEN:
        memcpy(&s, a, sizeof s);
        printf("%s name=\"%.*s\" media=\"%.*s\" offset=%llu size=%llu flags=%u\n", kind == RECORD_ARTIFACT_OPEN ? "artifact" : "stream",
               s.name_size, (const char *)a + sizeof s, s.media_size, (const char *)a + sizeof s + s.name_size,
               (unsigned long long)s.offset, (unsigned long long)s.size, s.flags);
        break;
    case RECORD_DATA: printf("  data %zu\n", a_size); break;
    case RECORD_CLOSE: printf("  close%s\n", flags ? " (truncated)" : ""); break;
    case RECORD_JOB_END:
        memcpy(&end, a, sizeof end);
        printf("status %d flags %u refused %llu\n", end.status, end.flags, (unsigned long long)end.refused);
        break;
    default: break;
    }
}

static bool progress(void *context, uint64_t done, uint64_t total)
{
    (void)context, (void)done, (void)total;
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        (void)fprintf(stderr, "usage: run_plugin MODULE.so FILE [OPTION=VALUE]...\n");
        return 2;
    }
    void *module = dlopen(argv[1], RTLD_NOW);
    const struct adit_plugin *table = module ? dlsym(module, "adit_plugin") : NULL;
    int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (!table || fd < 0 || fstat(fd, &st) != 0) {
        (void)fprintf(stderr, "run_plugin: %s\n", table ? argv[2] : dlerror());
        return 1;
    }
    struct job_pair options[64];
    static struct job_pair streams[] = {{"*", "1"}};
    size_t count = 0;
    for (int i = 3; i < argc && count < 64; i++) {
        char *equals = strchr(argv[i], '=');
        if (equals) {
            *equals = '\0';
            options[count++] = (struct job_pair){argv[i], equals + 1};
        }
    }
    struct job_plugin plugin = {.name = "plugin", .table = table, .options = options, .option_count = count, .streams = streams,
                                .stream_count = 1, .output_bytes = 16 << 20, .stream_bytes = 8 << 20,
                                .artifact_bytes = 64 << 20, .artifact_most = 1000};
    static struct adit_job job;
    char reason[256];
    if (job_open(&job, &plugin, reason, sizeof reason) != ADIT_OK) {
        (void)fprintf(stderr, "run_plugin: open failed: %s\n", reason);
        return 1;
    }
    const struct job_sink sink = {.put = put, .progress = progress};
    job.sink = &sink;
    job.quota = 64 << 20;
    job.task_flags = WIRE_TASK_STREAMS | WIRE_TASK_ARTIFACTS;
    job_set_source(&job, &(struct job_source){.fd = fd, .size = (uint64_t)st.st_size},
                   (struct adit_text){argv[2], strlen(argv[2])}, (struct adit_text){NULL, 0});
    job_run(&job, &plugin);
    return 0;
}
