/* SPDX-License-Identifier: MIT */
/*
 * The genres that ID3v1 numbers, which ID3v2, iTunes and others write too. In libadit-sdk. [open, run]
 *
 * Sources: ID3v2.3.0, appendix A (0 to 79); those from 80 on are Winamp's.
 */
#ifndef ADIT_GENRE_H
#define ADIT_GENRE_H

#include <adit/abi.h>

#ifdef __cplusplus
extern "C" {
#endif
/* Its name, or NULL where there is no genre of this number. Static. */
const char *adit_genre_name(uint64_t number);
#ifdef __cplusplus
}
#endif

#endif
