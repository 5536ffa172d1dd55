// SPDX-License-Identifier: MIT
/* The checks in their order. */
#include "image.h"

int validate_module(const uint8_t *bytes, size_t size, const struct voptions *options, struct vfindings *out,
                    struct vmodule_info *info)
{
    struct vmodule_info own_info;
    struct image im;
    int r = 0;
    size_t errors = out->errors;
    memset(&im, 0, offsetof(struct image, versions));
    im.bytes = bytes;
    im.size = size;
    im.options = options;
    im.out = out;
    im.info = info ? info : &own_info;
    im.page = options->page_size ? options->page_size : 4096;
    memset(im.info, 0, sizeof *im.info);
    im.info->file_size = size;
    if (check_header(&im)) {
        check_segments(&im);
        check_notes(&im);
        check_dynamic(&im);
        check_strings(&im);
        check_hashes(&im);
        check_versions(&im);
        check_overlap(&im);
        check_symbols(&im);
        check_relocations(&im);
        check_plugin(&im);
        check_policy(&im);
        r = check_imports(&im);
    }
    if (r < 0)
        return r;
    return out->errors > errors;
}
