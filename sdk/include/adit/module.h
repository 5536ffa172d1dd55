/* SPDX-License-Identifier: MIT */
/* The two things that every module defines: its note and its table of functions. */
#ifndef ADIT_MODULE_H
#define ADIT_MODULE_H

#include <adit/abi.h>

#ifdef __cplusplus
#define ADIT_EXTERN extern "C"
#else
#define ADIT_EXTERN extern
#endif

/* ADIT_MODULE("png", "1.2.0"): the id is the file's name without .so, the version the one in the .conf. */
#define ADIT_MODULE(id_, version_)                                                                                   \
    __attribute__((section(".note.adit"), used, aligned(4))) static const struct adit_note_record adit_note_ = {     \
        8, sizeof(struct adit_note), ADIT_NOTE_TYPE, ADIT_NOTE_OWNER,                                                \
        {ADIT_NOTE_FORMAT, ADIT_ABI_MAJOR, ADIT_ABI_MINOR, id_, version_}};

/* ADIT_PLUGIN(open, run, run_batch, close): NULL for what the plugin does not have. See struct adit_plugin. */
#define ADIT_PLUGIN(open_, run_, run_batch_, close_)                                                                 \
    ADIT_EXTERN __attribute__((visibility("default"))) const struct adit_plugin adit_plugin;                   \
    __attribute__((used)) const struct adit_plugin adit_plugin = {                                                                       \
        sizeof(struct adit_plugin), ADIT_ABI_MAJOR, ADIT_ABI_MINOR, open_, run_, run_batch_, close_, NULL};

/* ADIT_MAPPER(open, map, close): the table of an id mapper. See map.h. */
#define ADIT_MAPPER(open_, map_, close_)                                                                             \
    ADIT_EXTERN __attribute__((visibility("default"))) const struct adit_plugin adit_plugin;                         \
    __attribute__((used)) const struct adit_plugin adit_plugin = {                                                   \
        sizeof(struct adit_plugin), ADIT_ABI_MAJOR, ADIT_ABI_MINOR, open_, NULL, NULL, close_, map_};

#endif
