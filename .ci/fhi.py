"""Start a command of this checkout: ``python -I .ci/fhi.py <command>``.

The package is loaded from here, whatever else of its name is installed, and no module that stands in the folder or in
``PYTHONPATH`` takes the place of one of Python's own. With ``.ci`` in ``PYTHONPATH``, ``import fhi`` does the same: the
package is found, and nothing else that stands in the checkout.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "fhi"

if __name__ == "fhi" or "fhi" not in sys.modules:
    spec = spec_from_file_location("fhi", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)])
    sys.modules["fhi"] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules["fhi"])

if __name__ == "__main__":
    from fhi.__main__ import main

    sys.exit(main())
