/* SPDX-License-Identifier: MIT */
/* Which check does what. */
#include "check_feed.h"
#include "check_repeat.h"
#include "check_state.h"

#define STATE                                                                                                          \
    {                                                                                                                  \
        check_state_opening, check_state_running                                                                       \
    }

const struct check_steps check_steps[CHECK_COUNT] = {
    [CHECK_LOAD_OPEN] = {NULL, check_feed_inputs}, /* no inputs: close() alone */
    [CHECK_LOAD_TIME] = {NULL, check_feed_load_time},
    [CHECK_MEMORY_OPEN] = {check_memory_opening, check_memory_opened},
    [CHECK_INPUT_EMPTY] = {NULL, check_feed_inputs},
    [CHECK_INPUT_RANDOM] = {NULL, check_feed_inputs},
    [CHECK_INPUT_FOREIGN] = {NULL, check_feed_inputs},
    [CHECK_INPUT_SAMPLE] = {NULL, check_feed_inputs},
    [CHECK_LOCK_CALLS] = {NULL, check_state_running},
    [CHECK_STATE_DESCRIPTORS] = STATE,
    [CHECK_STATE_THREADS] = STATE,
    [CHECK_STATE_SIGNALS] = STATE,
    [CHECK_STATE_DIRECTORY] = STATE,
    [CHECK_STATE_LOCALE] = STATE,
    [CHECK_STATE_UMASK] = STATE,
    [CHECK_STATE_FLOATING] = STATE,
    [CHECK_STATE_ENVIRONMENT] = STATE,
    [CHECK_INPUT_TRUNCATED] = {NULL, check_feed_inputs},
    [CHECK_INPUT_FLIPPED] = {NULL, check_feed_inputs},
    [CHECK_INPUT_GUARD] = {NULL, check_feed_inputs},
    [CHECK_INPUT_FUZZ] = {NULL, check_feed_inputs},
    [CHECK_IO_SHORT] = {NULL, check_feed_short},
    [CHECK_IO_ERROR] = {NULL, check_feed_errors},
    [CHECK_CANCEL_POLL] = {NULL, check_feed_cancel},
    [CHECK_MEMORY_RUN] = {NULL, check_memory_running},
    [CHECK_DECLARED_FIELDS] = {NULL, check_feed_fields},
    [CHECK_DECLARED_STREAMS] = {NULL, check_feed_streams},
    [CHECK_DETERMINISM_TWICE] = {NULL, check_repeat_twice},
    [CHECK_DETERMINISM_ORDER] = {NULL, check_repeat_order},
    [CHECK_ISOLATION_NEIGHBOUR] = {NULL, check_repeat_neighbour},
    [CHECK_LOAD_CYCLE] = {check_cycle_opening, check_cycle_running},
    [CHECK_HOST_SIZE] = {check_hosts_opening, check_hosts_running},
};
