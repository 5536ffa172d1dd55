/* SPDX-License-Identifier: MIT */
#include "check_rules.h"

#include <string.h>

#define BOTH (CHECK_NEEDS_SAMPLES | CHECK_COMPARES)

const struct check_rule check_rules[CHECK_COUNT] = {
    [CHECK_LOAD_OPEN] = {"run.load.open", 0, "The module loads, and open() succeeds, behind the lock",
                         "Make open() return ADIT_OK with the options and resources that the .conf declares"},
    [CHECK_LOAD_TIME] = {"run.load.time", 0, "Loading and open() take less than 100 ms",
                         "Do less in open(): build tables when they are compiled, or when run() first needs them"},
    [CHECK_MEMORY_OPEN] =
        {"run.memory.open", 0, "open() survives that an allocation fails",
         "Check every malloc, calloc and realloc of open(), and return ADIT_FAILED where one gives NULL"},
    [CHECK_INPUT_EMPTY] =
        {"run.input.empty", 0, "Empty and one-byte sources are survived",
         "Check the size of the source before reading: adit_ok() after cursor reads, data != NULL after adit_view"},
    [CHECK_INPUT_RANDOM] =
        {"run.input.random", 0, "Random bytes are survived",
         "Return ADIT_DECLINED or ADIT_MALFORMED for what is not the format, and trust no number in it"},
    [CHECK_INPUT_FOREIGN] = {"run.input.foreign", 0, "Sources of other types are survived",
                             "Check the format's signature first and return ADIT_DECLINED where it is another's"},
    [CHECK_INPUT_SAMPLE] = {"run.input.sample", CHECK_NEEDS_SAMPLES,
                            "Each sample runs to its end, with a status of enum adit_status",
                            "Run the sample by itself under a debugger (run_plugin), and mend what ends it"},
    [CHECK_LOCK_CALLS] = {"run.lock.calls", 0, "No call is made that ends a locked process",
                          "Leave the call out: adit ends the job as `denied` where it is made"},
    [CHECK_STATE_DESCRIPTORS] = {"run.state.descriptors", 0, "No descriptor stays open, none is closed",
                                 "Close what is opened before the function returns, and nothing that is adit's"},
    [CHECK_STATE_THREADS] = {"run.state.threads", 0, "No thread and no process is started",
                             "Do the work in the calling thread: adit runs as many workers as there are processors"},
    [CHECK_STATE_SIGNALS] = {"run.state.signals", 0, "Signal handlers and the signal mask stay as they are",
                             "Leave signals alone: they are the process's, not the plugin's"},
    [CHECK_STATE_DIRECTORY] = {"run.state.directory", 0, "The working directory stays as it is",
                               "Leave the working directory alone: there is no file to be reached from it"},
    [CHECK_STATE_LOCALE] =
        {"run.state.locale", 0, "The locale stays as it is",
         "Leave the locale alone, and write numbers without it; put uselocale() back before returning"},
    [CHECK_STATE_UMASK] = {"run.state.umask", 0, "The file mode mask stays as it is",
                           "Leave the umask alone: no plugin makes files"},
    [CHECK_STATE_FLOATING] = {"run.state.floating", 0,
                              "Rounding, precision and traps of floating point stay as they are",
                              "Put the floating-point environment back before returning (fegetenv, fesetenv)"},
    [CHECK_STATE_ENVIRONMENT] = {"run.state.environment", 0, "The environment's variables stay as they are",
                                 "Leave the environment alone: configuration comes by [options]"},
    [CHECK_INPUT_TRUNCATED] =
        {"run.input.truncated", CHECK_NEEDS_SAMPLES, "Samples cut at any length are survived",
         "Check each read against the size of the source, not against sizes that the file states"},
    [CHECK_INPUT_FLIPPED] = {"run.input.flipped", CHECK_NEEDS_SAMPLES, "Samples with one flipped bit are survived",
                             "Check every number from the file before it is an index, a size or a count"},
    [CHECK_INPUT_GUARD] =
        {"run.input.guard", CHECK_NEEDS_SAMPLES, "Nothing is read outside of the source, nothing written to it",
         "Stay inside of the n bytes that adit_view gave; copy what has to be changed or NUL-terminated"},
    [CHECK_INPUT_FUZZ] = {"run.input.fuzz", CHECK_NEEDS_SAMPLES, "Damaged samples are survived",
                          "Write the input with --save-inputs DIR, run it under a debugger, and mend what ends it"},
    [CHECK_IO_SHORT] = {"run.io.short", CHECK_NEEDS_SAMPLES,
                        "A source that turns out shorter than its size is survived",
                        "Use what adit_read returns, not what was asked for; 0 is the end"},
    [CHECK_IO_ERROR] = {"run.io.error", CHECK_NEEDS_SAMPLES, "Reads that fail midway are survived",
                        "Check adit_read for negative results and adit_view for NULL, and end with what there is"},
    [CHECK_CANCEL_POLL] = {"run.cancel.poll", CHECK_NEEDS_SAMPLES, "run() returns soon after adit_progress says so",
                           "Return ADIT_OK, with what is emitted, as soon as adit_progress is false"},
    [CHECK_MEMORY_RUN] = {"run.memory.run", CHECK_NEEDS_SAMPLES, "run() survives that an allocation fails",
                          "Check every malloc, calloc and realloc, also those in libraries, and return ADIT_FAILED"},
    [CHECK_DECLARED_FIELDS] = {"run.declared.fields", CHECK_NEEDS_SAMPLES,
                               "Only declared fields are emitted, with their types",
                               "Declare the field in [fields] with the type that is emitted, or emit what is declared"},
    [CHECK_DECLARED_STREAMS] =
        {"run.declared.streams", CHECK_NEEDS_SAMPLES, "Only declared streams, types and artifacts are made",
         "Declare it in [produces] (stream, refine, artifact), and close each stream that is opened"},
    [CHECK_DETERMINISM_TWICE] =
        {"run.determinism.twice", CHECK_NEEDS_SAMPLES, "The same source gives the same twice",
         "Emit nothing that depends on time, addresses, uninitialised memory or earlier jobs: results are cached"},
    [CHECK_DETERMINISM_ORDER] = {"run.determinism.order", BOTH, "The same sources in another order give the same",
                                 "Let each job begin anew: nothing of one may be seen in the next"},
    [CHECK_ISOLATION_NEIGHBOUR] = {"run.isolation.neighbour", BOTH, "A bad source spoils no other",
                                   "Put everything back after a failure, and set a status for every call of run_batch"},
    [CHECK_LOAD_CYCLE] = {"run.load.cycle", BOTH,
                          "open() and close() work many times, and states do not know each other",
                          "Keep what changes in the state, not in globals: two plugins may share the module"},
    [CHECK_HOST_SIZE] = {"run.host.size", BOTH, "Older and newer hosts are the same to it",
                         "Take nothing from `size` but whether a member is there, and use no member beyond it"},
};

enum check_id check_rule_find(const char *id)
{
    size_t i = 0;
    while (i < CHECK_COUNT && strcmp(check_rules[i].id, id) != 0)
        i++;
    return (enum check_id)i;
}
