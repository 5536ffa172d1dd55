/* SPDX-License-Identifier: MIT */
#include "conform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "conform_impl.h"
#include "filter.h"
#include "module.h"
#include "sandbox.h"

enum { LOAD_TRIES = 5 };

static const char *const status_names[] = {"running", "pass", "fail", "crash", "timeout", "skip", "warn"};

int conform_new(const struct conform_options *options, struct report *report, struct conform **out, struct err *e)
{
    struct conform *c = calloc(1, sizeof *c);
    int error = c ? 0 : err_set(e, -ENOMEM, "out of memory");
    if (error)
        return error;
    c->options = *options;
    c->report = report;
    c->collector = collector_new();
    if (!c->collector || libraries_open(&c->libraries) < 0)
        error = err_set(e, -ENOMEM, "out of memory");
    if (!error)
        error = filter_zygote(&c->filters[0], false, sandbox_landlock_abi() >= SANDBOX_SIGNALS_SCOPED_ABI, 0, e);
    if (!error)
        error = filter_worker(&c->filters[1], e);
    if (error)
        conform_free(c);
    else
        *out = c;
    return error;
}

void conform_free(struct conform *c)
{
    if (!c)
        return;
    collector_free(c->collector);
    libraries_close(&c->libraries);
    buf_release(&c->filters[0]);
    buf_release(&c->filters[1]);
    free(c);
}

size_t conform_ran(const struct conform *c)
{
    return c->ran;
}

uint64_t conform_new_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u;
    return seed;
}

int conform_parse_seed(const char *text, uint64_t *seed, uint64_t *input)
{
    char *end;
    if (*text == '-' || *text == '+' || *text == ' ')
        return -EINVAL;
    errno = 0;
    unsigned long long s = strtoull(text, &end, 16), n = 0;
    if (end == text || errno)
        return -EINVAL;
    if (*end == ':') {
        const char *number = end + 1;
        if (*number < '0' || *number > '9')
            return -EINVAL;
        n = strtoull(number, &end, 10);
        if (n == 0 || errno)
            return -EINVAL;
    }
    if (*end)
        return -EINVAL;
    *seed = s;
    *input = n;
    return 0;
}

/* ---- the report ---- */

/* What came of the checks of one plugin, so far. */
struct course {
    struct conform *c;
    struct conform_subject *subject;
    const char *path;
    bool passed[CHECK_COUNT];
    size_t counts[CHECK_WARN + 1];
    struct buf passed_ids;
};

static void add(const struct course *k, enum finding_severity severity, const char *rule, const char *mend,
                const char *message, const char *reason)
{
    struct report_file *file = report_file(k->c->report, k->path, REPORT_CONF);
    const struct report_finding x = {
        .severity = severity, .rule = rule, .message = message, .mend = mend, .waived = reason};
    if (file)
        report_add(k->c->report, file, &x);
}

static void add_reproduction(const struct course *k, enum check_id check, const struct conform_verdict *v,
                             struct buf *b)
{
    char path[8192];
    buf_addf(b, "; again: --check %s --reproduce %016llx", check_rules[check].id,
             (unsigned long long)k->c->options.seed);
    if (v->input)
        buf_addf(b, ":%llu", (unsigned long long)v->input);
    if (k->c->options.effort != CONFORM_EFFORT)
        buf_addf(b, " --effort %u", k->c->options.effort);
    if (k->c->options.save_inputs && v->input &&
        conform_save_input(k->c, k->subject, check, v->input - 1, path, sizeof path) == 0)
        buf_addf(b, "; the input is in %s", path);
}

/* [module] waive = run.… because REASON. */
static const char *waived(const struct course *k, enum check_id check)
{
    const struct conf *conf = &k->subject->plugin->conf;
    for (size_t i = 0; i < conf->waiver_count; i++)
        if (strcmp(conf->waivers[i].key, check_rules[check].id) == 0)
            return conf->waivers[i].value;
    return NULL;
}

static void tell(struct course *k, enum check_id check, const struct conform_verdict *v)
{
    static const enum finding_severity severities[] = {FINDING_ERROR, FINDING_NOTE, FINDING_ERROR,  FINDING_ERROR,
                                                       FINDING_ERROR, FINDING_NOTE, FINDING_WARNING};
    const struct check_rule *rule = &check_rules[check];
    struct buf b = BUF_INIT;
    k->counts[v->status]++;
    if (v->status != CHECK_SKIP)
        k->c->ran++;
    k->passed[check] = v->status == CHECK_PASS || v->status == CHECK_WARN;
    if (v->status == CHECK_PASS) {
        buf_addf(&k->passed_ids, "%s%s", k->passed_ids.size ? ", " : "", rule->id);
        if (v->text[0])
            buf_addf(&k->passed_ids, " (%s)", v->text);
        return;
    }
    buf_addf(&b, "%s: %s", status_names[v->status], v->text);
    if (v->status == CHECK_FAIL || v->status == CHECK_CRASH || v->status == CHECK_TIMEOUT)
        add_reproduction(k, check, v, &b);
    const char *reason = v->status == CHECK_SKIP ? NULL : waived(k, check);
    add(k, reason ? FINDING_NOTE : severities[v->status], rule->id, v->status == CHECK_SKIP ? "" : rule->mend,
        buf_cstr(&b), reason);
    k->c->report->failed |= b.failed;
    buf_release(&b);
}

static void tell_all(struct course *k)
{
    struct buf b = BUF_INIT;
    const size_t *n = k->counts;
    size_t bad = n[CHECK_FAIL] + n[CHECK_CRASH] + n[CHECK_TIMEOUT];
    buf_addf(&b, "seed %016llx, %zu samples: %zu passed, %zu did not, %zu warned, %zu were skipped",
             (unsigned long long)k->c->options.seed, k->subject->samples->count, n[CHECK_PASS], bad, n[CHECK_WARN],
             n[CHECK_SKIP]);
    if (k->passed_ids.size)
        buf_addf(&b, ". Passed: %s", buf_cstr(&k->passed_ids));
    add(k, FINDING_NOTE, "run.summary", "", buf_cstr(&b), NULL);
    k->c->report->failed |= b.failed || k->passed_ids.failed;
    buf_release(&b);
}

/* ---- the checks of one plugin ---- */

static void skip(struct course *k, enum check_id check, const char *before, const char *name, const char *after)
{
    struct conform_verdict v = {.status = CHECK_SKIP};
    (void)snprintf(v.text, sizeof v.text, "%s%.1000s%s", before, name, after);
    tell(k, check, &v);
}

/* Why a check can say nothing; true: it was skipped. */
static bool cannot_say(struct course *k, enum check_id check)
{
    const struct check_rule *rule = &check_rules[check];
    bool all = k->c->options.only == CHECK_COUNT; /* one that is asked for is run, whatever the others say */
    if (check != CHECK_LOAD_OPEN && all && !k->passed[CHECK_LOAD_OPEN])
        skip(k, check, "", check_rules[CHECK_LOAD_OPEN].id, " did not pass");
    else if ((rule->needs & CHECK_NEEDS_SAMPLES) && k->subject->samples->count == 0)
        skip(k, check, "there are no samples: put some into ", k->subject->samples->folder, ", or give --samples DIR");
    else if ((rule->needs & CHECK_NEEDS_SAMPLES) && check != CHECK_INPUT_SAMPLE && all &&
             !k->passed[CHECK_INPUT_SAMPLE])
        skip(k, check, "", check_rules[CHECK_INPUT_SAMPLE].id, " did not pass");
    else if ((rule->needs & CHECK_COMPARES) && all && !k->passed[CHECK_DETERMINISM_TWICE])
        skip(k, check, "", check_rules[CHECK_DETERMINISM_TWICE].id, " did not pass");
    else
        return false;
    return true;
}

static int run_check(struct course *k, enum check_id check, struct err *e)
{
    struct conform_verdict v;
    int error = 0;
    if (cannot_say(k, check))
        return 0;
    /* A busy machine can be slow once; a slow plugin is slow each time. */
    for (int tries = check == CHECK_LOAD_TIME ? LOAD_TRIES : 1; tries > 0; tries--) {
        error = conform_process(k->c, k->subject, check, &v, e);
        if (error || v.status != CHECK_FAIL)
            break;
    }
    if (error)
        return error;
    tell(k, check, &v);
    if (k->passed[check])
        k->subject->sound |= (uint64_t)1 << check;
    if (k->passed[check] && check == CHECK_INPUT_SAMPLE && !k->c->options.only_input)
        k->subject->reference = v.digest;
    return 0;
}

static void tell_unknown_waivers(const struct course *k)
{
    const struct conf *conf = &k->subject->plugin->conf;
    for (size_t i = 0; i < conf->waiver_count; i++) {
        char text[200];
        if (strncmp(conf->waivers[i].key, "run.", 4) != 0 || check_rule_find(conf->waivers[i].key) != CHECK_COUNT)
            continue;
        (void)snprintf(text, sizeof text, "line %u waives %.100s: there is no check of that name",
                       conf->waivers[i].line, conf->waivers[i].key);
        add(k, FINDING_WARNING, "run.waiver.unknown", "Correct the check's id (adit validate --run --rules lists them)",
            text, NULL);
    }
}

/* A check by itself may use the inputs of all others, and has to know what the samples give. */
static int get_ready_for_one(struct course *k, struct err *e)
{
    struct conform_verdict v;
    k->subject->sound = UINT64_MAX;
    if (k->c->options.only != CHECK_LOAD_CYCLE || k->subject->samples->count == 0)
        return 0;
    uint64_t only_input = k->c->options.only_input;
    k->c->options.only_input = 0;
    int error = conform_process(k->c, k->subject, CHECK_INPUT_SAMPLE, &v, e);
    k->c->options.only_input = only_input;
    if (!error && v.status == CHECK_PASS)
        k->subject->reference = v.digest;
    return error;
}

static int run_checks(struct course *k, struct err *e)
{
    enum check_id only = k->c->options.only;
    int error = only == CHECK_COUNT ? 0 : get_ready_for_one(k, e);
    for (int i = 0; !error && i < CHECK_COUNT; i++)
        if (only == CHECK_COUNT || (int)only == i)
            error = run_check(k, (enum check_id)i, e);
    if (!error && k->subject->samples->left_out) {
        char text[200];
        (void)snprintf(text, sizeof text, "%zu samples were left out: only the first %d of at most %d bytes are used",
                       k->subject->samples->left_out, CHECK_SAMPLE_COUNT, CHECK_SAMPLE_BYTES);
        add(k, FINDING_NOTE, "run.samples", "", text, NULL);
    }
    if (!error) {
        tell_unknown_waivers(k);
        tell_all(k);
    }
    return error;
}

/* Nothing of it can run: the rules for its module or its .conf say why. */
static void refuse(struct conform *c, const char *path, const char *why)
{
    struct course k = {.c = c, .path = path};
    char text[1400];
    (void)snprintf(text, sizeof text, "skip: nothing was run: %s", why);
    add(&k, FINDING_NOTE, "run.summary", "", text, NULL);
}

int conform_plugin(struct conform *c, const struct registry *r, const struct plugin *p, const char *path, struct err *e)
{
    struct conform_samples samples;
    struct sealed_module sealed = {.fd = -1};
    struct err why = {0};
    if (p->state == PLUGIN_BROKEN || p->state == PLUGIN_DISABLED || !p->module_path) {
        refuse(c, path, p->reason ? p->reason : "it is disabled");
        return 0;
    }
    if (module_seal(p, c->libraries.symbols, true, &sealed, &why) != 0) {
        refuse(c, path, why.text);
        return 0;
    }
    int error = conform_samples_open(&samples, c, r, p, e);
    if (!error) {
        struct conform_subject subject = {.registry = r, .plugin = p, .sealed = &sealed, .samples = &samples};
        struct course course = {.c = c, .subject = &subject, .path = path};
        error = conform_needs(r, p, &subject.needs);
        error = error ? err_set(e, error, "out of memory") : run_checks(&course, e);
        buf_release(&subject.needs);
        buf_release(&course.passed_ids);
        conform_samples_close(&samples);
    }
    module_close(&sealed);
    return error;
}
