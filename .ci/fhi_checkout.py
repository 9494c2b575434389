"""The package of the checkout that a process stands in comes first: several checkouts may share an environment.

`.ci/setup.sh` puts this module and the line that starts it into the environment. So a notebook that was opened without
``make lab`` computes with the code beside it. A process that stands in no checkout has the package of the checkout that
set the environment up.
"""

import os
import sys


def checkout(folder: str) -> str | None:
    """Return the nearest folder, from this one upwards, that is a checkout of the project, if there is one."""
    while not os.path.isfile(os.path.join(folder, ".ci", "fhi.py")):
        folder, inner = os.path.dirname(folder), folder
        if folder == inner:
            return None
    return folder


try:
    found = checkout(os.getcwd())
except OSError:
    found = None  # the folder is gone
if found:
    sys.path.append(os.path.join(found, ".ci"))
