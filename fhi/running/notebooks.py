"""Executed notebooks as files: what changes from run to run taken out, and one scenario's name put for another's."""

import json
from pathlib import Path

from fhi.files import digest

PARAMETERS, INJECTED = "parameters", "injected-parameters"


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def encode(notebook: dict) -> bytes:
    """Return a notebook as the bytes of its file, laid out as Jupyter does."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def sources(notebook: dict) -> bytes:
    """Return what a notebook does, without what came of it: its cells and kernel, no outputs."""
    cells = [[cell["cell_type"], "".join(cell["source"]), _tags(cell)] for cell in notebook["cells"]]
    return json.dumps([cells, notebook["metadata"].get("kernelspec")], ensure_ascii=False).encode("utf-8")


def tidied(notebook: dict) -> dict:
    """Return a notebook that ran once from top to bottom without times and random ids, its cells numbered."""
    cells, count = [], 0
    for number, cell in enumerate(notebook["cells"], start=1):
        metadata = {key: value for key, value in cell["metadata"].items() if key not in ("papermill", "execution")}
        if metadata.get("tags") == []:
            del metadata["tags"]
        cell = {**cell, "id": f"cell-{number:02d}", "metadata": metadata}
        if cell["cell_type"] == "code":
            count += 1
            counts = {"execution_count": count}
            cell["outputs"] = [out | counts if "execution_count" in out else out for out in cell["outputs"]]
            cell |= counts
        cells.append(cell)
    metadata = {key: value for key, value in notebook["metadata"].items() if key != "papermill"}
    return {**notebook, "cells": cells, "metadata": metadata}


def for_scenario(notebook: dict, scenario: str) -> dict:
    """Return an executed notebook as if its parameter ``scenario`` had had another value, outputs as they are.

    The value stands in a cell of its own below the parameters, unless it is their default: as papermill writes it.

    Parameters
    ----------
    notebook : dict
        As read by `read`, with a cell tagged ``parameters``.
    scenario : str
        The value.

    Returns
    -------
    dict
        A notebook; the one given stays as it is.
    """
    cells = [cell for cell in notebook["cells"] if INJECTED not in _tags(cell)]
    place = next(number for number, cell in enumerate(cells) if PARAMETERS in _tags(cell))
    value = '"{}"'.format(scenario.encode("unicode_escape").decode().replace('"', r"\""))
    if f"scenario = {value}" not in "".join(cells[place]["source"]).splitlines():
        source = ["# Parameters\n", f"scenario = {value}\n"]
        cells.insert(place + 1, {**cells[place], "metadata": {"tags": [INJECTED]}, "source": source})
    return tidied({**notebook, "cells": cells})


def pictures(notebook: dict) -> dict[str, str]:
    """Return the checksum of every picture among the outputs of a notebook, by its cell and its number there."""
    found = {}
    for place, cell in enumerate(notebook["cells"], start=1):
        shown = (data for output in cell.get("outputs", ()) for data in output.get("data", {}).items())
        images = [content for kind, content in shown if kind.startswith("image/")]
        found |= {f"cell {place}, picture {number}": _sum(content) for number, content in enumerate(images, start=1)}
    return found


def _sum(content: str | list[str]) -> str:
    return digest("".join(content).strip().encode("utf-8"))


def _tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])
