"""The engine: an index from a frame and a tree, its uncertainty and its bounds. It knows no file, city or year.

It needs numpy, pandas, scipy and pydantic; draws need tqdm and threadpoolctl too, and joblib if several processes make
them, bounds need highspy::

    from fhi.engine import Framework, Method, build, uncertainty

    tree = Framework.from_csv("tree.csv")
    index = build(frame, tree, Method(normalisation="rank"))  # frame: units × indicators
    draws = uncertainty(frame, tree, {"weight_noise": {"uniform": 0.25}})
    print(index.scores, index.ranks, draws.intervals())
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Framework": "framework",
    "IdentifiedSet": "identification.bounds",
    "Method": "parameters",
    "build": "index",
    "sensitivity": "robustness.saltelli",
    "uncertainty": "robustness.monte_carlo",
}
__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    # imported when asked for: whoever needs one module does not wait for them all
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
