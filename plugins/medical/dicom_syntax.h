/* SPDX-License-Identifier: MIT */
/* Transfer syntaxes: DICOM PS3.6 table A-1, PS3.5 section 10 and annex A. */
#ifndef MEDICAL_DICOM_SYNTAX_H
#define MEDICAL_DICOM_SYNTAX_H

#include <adit/adit.h>
#include <string.h>

enum syntax_form { SYNTAX_EXPLICIT = 0, SYNTAX_IMPLICIT, SYNTAX_BIG, SYNTAX_DEFLATED, SYNTAX_FRAMES, SYNTAX_VIDEO };

struct transfer_syntax {
    const char *uid; /* what follows 1.2.840.10008. */
    const char *name;
    const char *media; /* of a frame, or of the whole video ("": as detected); NULL: none of its own */
    enum syntax_form form;
};

static const struct transfer_syntax transfer_syntaxes[] = {
    {"1.2", "Implicit VR Little Endian", NULL, SYNTAX_IMPLICIT},
    {"1.2.1", "Explicit VR Little Endian", NULL, SYNTAX_EXPLICIT},
    {"1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", NULL, SYNTAX_FRAMES},
    {"1.2.1.99", "Deflated Explicit VR Little Endian", NULL, SYNTAX_DEFLATED},
    {"1.2.2", "Explicit VR Big Endian", NULL, SYNTAX_BIG},
    {"1.2.4.50", "JPEG Baseline (Process 1)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.51", "JPEG Extended (Process 2 & 4)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.52", "JPEG Extended (Process 3 & 5)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.53", "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.54", "JPEG Spectral Selection, Non-Hierarchical (Process 7 & 9)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.55", "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.56", "JPEG Full Progression, Non-Hierarchical (Process 11 & 13)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.57", "JPEG Lossless, Non-Hierarchical (Process 14)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.58", "JPEG Lossless, Non-Hierarchical (Process 15)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.59", "JPEG Extended, Hierarchical (Process 16 & 18)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.60", "JPEG Extended, Hierarchical (Process 17 & 19)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.61", "JPEG Spectral Selection, Hierarchical (Process 20 & 22)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.62", "JPEG Spectral Selection, Hierarchical (Process 21 & 23)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.63", "JPEG Full Progression, Hierarchical (Process 24 & 26)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.64", "JPEG Full Progression, Hierarchical (Process 25 & 27)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.65", "JPEG Lossless, Hierarchical (Process 28)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.66", "JPEG Lossless, Hierarchical (Process 29)", "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.70", "JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])",
     "image/jpeg", SYNTAX_FRAMES},
    {"1.2.4.80", "JPEG-LS Lossless Image Compression", "image/jls", SYNTAX_FRAMES},
    {"1.2.4.81", "JPEG-LS Lossy (Near-Lossless) Image Compression", "image/jls", SYNTAX_FRAMES},
    {"1.2.4.90", "JPEG 2000 Image Compression (Lossless Only)", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.91", "JPEG 2000 Image Compression", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.92", "JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.93", "JPEG 2000 Part 2 Multi-component Image Compression", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.94", "JPIP Referenced", NULL, SYNTAX_EXPLICIT},
    {"1.2.4.95", "JPIP Referenced Deflate", NULL, SYNTAX_DEFLATED},
    {"1.2.4.100", "MPEG2 Main Profile / Main Level", "video/mpeg", SYNTAX_VIDEO},
    {"1.2.4.100.1", "Fragmentable MPEG2 Main Profile / Main Level", "video/mpeg", SYNTAX_VIDEO},
    {"1.2.4.101", "MPEG2 Main Profile / High Level", "video/mpeg", SYNTAX_VIDEO},
    {"1.2.4.101.1", "Fragmentable MPEG2 Main Profile / High Level", "video/mpeg", SYNTAX_VIDEO},
    {"1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", "", SYNTAX_VIDEO},
    {"1.2.4.102.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1", "", SYNTAX_VIDEO},
    {"1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", "", SYNTAX_VIDEO},
    {"1.2.4.103.1", "Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", "", SYNTAX_VIDEO},
    {"1.2.4.104", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", "", SYNTAX_VIDEO},
    {"1.2.4.104.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video", "", SYNTAX_VIDEO},
    {"1.2.4.105", "MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", "", SYNTAX_VIDEO},
    {"1.2.4.105.1", "Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video", "", SYNTAX_VIDEO},
    {"1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", "", SYNTAX_VIDEO},
    {"1.2.4.106.1", "Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", "", SYNTAX_VIDEO},
    {"1.2.4.107", "HEVC/H.265 Main Profile / Level 5.1", "", SYNTAX_VIDEO},
    {"1.2.4.108", "HEVC/H.265 Main 10 Profile / Level 5.1", "", SYNTAX_VIDEO},
    {"1.2.4.110", "JPEG XL Lossless", "image/jxl", SYNTAX_FRAMES},
    {"1.2.4.111", "JPEG XL JPEG Recompression", "image/jxl", SYNTAX_FRAMES},
    {"1.2.4.112", "JPEG XL", "image/jxl", SYNTAX_FRAMES},
    {"1.2.4.201", "High-Throughput JPEG 2000 Image Compression (Lossless Only)", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.202", "High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)", "image/j2c",
     SYNTAX_FRAMES},
    {"1.2.4.203", "High-Throughput JPEG 2000 Image Compression", "image/j2c", SYNTAX_FRAMES},
    {"1.2.4.204", "JPIP HTJ2K Referenced", NULL, SYNTAX_EXPLICIT},
    {"1.2.4.205", "JPIP HTJ2K Referenced Deflate", NULL, SYNTAX_DEFLATED},
    {"1.2.5", "RLE Lossless", "image/dicom-rle", SYNTAX_FRAMES},
    {"1.2.6.1", "RFC 2557 MIME encapsulation", NULL, SYNTAX_EXPLICIT},
    {"1.2.6.2", "XML Encoding", NULL, SYNTAX_EXPLICIT},
    {"1.2.7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video", NULL, SYNTAX_EXPLICIT},
    {"1.2.7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video", NULL, SYNTAX_EXPLICIT},
    {"1.2.7.3", "SMPTE ST 2110-30 PCM Digital Audio", NULL, SYNTAX_EXPLICIT},
    {"1.2.8.1", "Deflated Image Frame Compression", NULL, SYNTAX_FRAMES},
    {"1.20", "Papyrus 3 Implicit VR Little Endian", NULL, SYNTAX_IMPLICIT},
};

#define DICOM_ROOT "1.2.840.10008."

/* NULL: a private one, or one that is not known: explicit VR, little endian (PS3.5 10.3 knows nothing else of it). */
static inline const struct transfer_syntax *syntax_of(struct adit_text uid)
{
    const size_t root = sizeof DICOM_ROOT - 1;
    if (uid.size <= root || memcmp(uid.data, DICOM_ROOT, root) != 0)
        return NULL;
    struct adit_text rest = adit_text_of(uid.data + root, uid.size - root);
    for (size_t i = 0; i < sizeof transfer_syntaxes / sizeof *transfer_syntaxes; i++)
        if (adit_text_is(rest, transfer_syntaxes[i].uid))
            return &transfer_syntaxes[i];
    return NULL;
}

#endif
