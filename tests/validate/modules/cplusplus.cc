// SPDX-License-Identifier: MIT
/* A C++ module: a constructor, exceptions, a table of virtual functions. */
#include <adit/module.h>
#include <map>
#include <stdexcept>
#include <string>

ADIT_MODULE("cplusplus", "2.0.0")

namespace
{
struct shape {
    virtual ~shape() = default;
    virtual int corners() const = 0;
};
struct square : shape {
    int corners() const override { return 4; }
};
const std::map<std::string, int> table = {{"one", 1}, {"two", 2}};

int32_t run(void *state, const adit_call *call)
{
    try {
        square s;
        const shape &any = s;
        if (table.at(call->size ? "one" : "three") == any.corners())
            throw std::runtime_error("square");
    } catch (const std::exception &) {
        return state ? ADIT_FAILED : ADIT_DECLINED;
    }
    return ADIT_OK;
}
} // namespace

ADIT_PLUGIN(nullptr, run, nullptr, nullptr)
