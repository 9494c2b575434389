"""Run one notebook strictly: unknown parameters fail, failures name the cell, and nothing half-done is left."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm

from fhi import records
from fhi.engine.errors import FhiError, MethodError
from fhi.files import STAGING, Files, record_seconds, replace_file
from fhi.paths import EXAMPLES, NOTEBOOKS, ROOT
from fhi.running import cells, notebooks, reuse

# the bar of the cells needs no thread that watches it: a process with one is not copied (fhi.processes.pool)
tqdm.monitor_interval = 0


class NotebookError(FhiError):
    """A cell of a notebook raised; the message names notebook and cell."""


def run(name: str, scenario: str, parameters: dict[str, Any] | None = None, cause: dict | None = None) -> Path:
    """Run a notebook for a scenario and put its outputs in place once it has succeeded.

    Everything that the notebook writes goes to a staging folder first. When the last cell is done, the
    files are renamed into place, the executed notebook last (its date is what Make compares).

    Parameters
    ----------
    name : str
        Stem of a notebook under ``notebooks/``.
    scenario : str
        Passed as the parameter ``scenario`` unless it is the notebook's default.
    parameters : dict, optional
        More parameters of the notebook.
    cause : dict, optional
        What the results depend on (`fhi.running.reuse.cause`), to be recorded with them.

    Returns
    -------
    Path
        The executed notebook.

    Raises
    ------
    MethodError
        If the notebook has no such parameter.
    NotebookError
        If a cell raises; older results stay as they are.
    """
    files = Files(scenario)
    source = NOTEBOOKS / f"{name}.ipynb"
    given = _changed_parameters(source, {"scenario": scenario, **(parameters or {})})
    target = f"{files.reports}/notebooks/{name}.ipynb"
    started = time.perf_counter()
    with files.staging(name) as staging:
        executed = staging / target
        executed.parent.mkdir(parents=True)
        _execute(source, executed, given, str(staging), files.root)
        executed.write_bytes(notebooks.encode(notebooks.tidied(notebooks.read(executed))))
        (files.root / records.record_path(files, name)).unlink(missing_ok=True)
        if cause:
            reuse.write_record(cause, files, staging)
            reuse.keep(cause, files, staging)
        files.put_in_place(staging, last=target)
    record_seconds(files, name, time.perf_counter() - started)
    return files.root / target


def _changed_parameters(notebook: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that differ from the notebook's defaults.

    Raises
    ------
    MethodError
        If one is not declared in the cell tagged ``parameters``.
    """
    declared = papermill.inspect_notebook(str(notebook))
    for key in parameters:
        if key not in declared:
            message = f"there is no parameter {key!r}."
            raise MethodError(message, file=f"notebooks/{notebook.name}", key=key, value=key, valid=declared)
    return {key: value for key, value in parameters.items() if declared[key]["default"].strip("'\"") != str(value)}


def _execute(source: Path, executed: Path, parameters: dict[str, Any], staging: str, root: Path) -> None:
    saved = dict(os.environ)
    # processes that a notebook begins import this checkout, whatever checkout the environment was set up for
    os.environ |= {STAGING: staging, "FHI_OUT": str(root), "PYTHONPATH": str(ROOT)}
    bar = {"desc": f"{source.stem:<18}", "bar_format": "{desc} {bar:24} {n_fmt}/{total_fmt} cells  {elapsed}"}
    try:
        papermill.execute_notebook(
            str(source),
            str(executed),
            parameters,
            engine_name=cells.NAME,
            kernel_name="python3",
            cwd=str(ROOT),
            progress_bar=bar,
            # it is written once, at the end
            request_save_on_cell_execute=False,
        )
    except PapermillExecutionError as error:
        message = f"{source.name}, cell {error.cell_index + 1}: {error.ename}: {error.evalue}"
        raise NotebookError(message) from None
    finally:
        os.environ.clear()
        os.environ.update(saved)


def run_example(source: Path) -> dict:
    """Return an example of the documentation as it runs now, outputs and all; what it writes does not stay.

    Raises
    ------
    NotebookError
        If a cell raises.
    """
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / source.name
        _execute(source, executed, {}, folder, Path(folder))
        return notebooks.tidied(notebooks.read(executed))


def refresh_examples() -> list[Path]:
    """Run the examples of the documentation and store them with their outputs (for ``make notebooks``)."""
    return [replace_file(path, notebooks.encode(run_example(path))) for path in sorted(EXAMPLES.glob("*.ipynb"))]


def refresh(name: str, scenario: str) -> Path:
    """Copy an executed notebook, outputs and all, over its source (for ``make notebooks``).

    Parameters
    ----------
    name : str
        Of the notebook, without its ending.
    scenario : str
        The one that it was run for.

    Returns
    -------
    pathlib.Path
        The source.
    """
    executed = Files(scenario).root / f"reports/{scenario}/notebooks/{name}.ipynb"
    return replace_file(NOTEBOOKS / f"{name}.ipynb", executed.read_bytes())
