# SPDX-License-Identifier: MIT
"""What check-hostile and check-locks share: plugins laid out for a run, and a look at processes from outside."""
import os
import pathlib
import re
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Wrong(Exception):
    """Something is not as expected."""


def expect(holds, text, *more):
    if not holds:
        raise Wrong(text + "".join(f": {m}" for m in more))


def install(build, folder, plugin, name=None, edit=lambda text: text):
    """Puts a plugin of tests/hostile into a configuration folder, with its .conf edited; under another name without its types."""
    text = edit((ROOT / f"tests/hostile/{plugin}.conf").read_text())
    if name and name != plugin:
        text = re.sub(r"^name .*", f"name = {name}", text, count=1, flags=re.M)
        text = re.sub(r"^\[type .*?\n\n", "", text, flags=re.M | re.S)  # they are declared once
    if "asan" in pathlib.Path(build).name:  # as the Makefile does for the bundled ones
        text += "\n[module]\nconstructors = yes\n"
    (folder / f"{name or plugin}.conf").write_text(text)
    shutil.copy(pathlib.Path(build) / f"tests/hostile/{plugin}.so", folder / f"{plugin}.so")


def proc(pid, name):
    try:
        return pathlib.Path(f"/proc/{pid}/{name}").read_text()
    except OSError:
        return ""


def children_of(pid):
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(c) for c in (task / "children").read_text().split()]
        except OSError:
            pass
    return found


def links_of(pid):
    found = []
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(fd))
        except OSError:
            pass
    return found
