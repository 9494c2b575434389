"""Run one notebook strictly: unknown parameters fail, failures name the cell, and nothing half-done is left.

The cells run in this process by an engine of papermill, as a kernel would run them: a kernel costs two seconds of start
and imports a notebook. Each notebook has a namespace of its own here too, and its outputs are those of a kernel to the
byte.
"""

import atexit
import io
import os
import platform
import shutil
import sys
import tempfile
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
import traitlets
from ipykernel.jsonutil import json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from tqdm import tqdm
from traitlets.config import Config

from fhi import records
from fhi.engine.errors import FhiError, MethodError
from fhi.files import STAGING, Files, record_seconds, replace_file
from fhi.paths import EXAMPLES, NOTEBOOKS, ROOT
from fhi.running import notebooks, reuse

ENGINE = "in-process"
#: what pandas shows of a table in a notebook
NOTEBOOK_COLUMNS = 20
#: what a kernel says of its language; the kernel itself is not imported, since tqdm would take this for a notebook
LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": platform.python_version(),
}


class _Stream(io.TextIOBase):
    """What a cell prints, as an output; what is printed in one go stays in one."""

    def __init__(self, name: str, outputs: list):
        self.name, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == self.name:
            last["text"] += text
        elif text:
            self.outputs.append(new_output("stream", name=self.name, text=text))
        return len(text)


class _Publisher(DisplayPublisher):
    outputs = traitlets.Any()

    def publish(self, data, metadata=None, **_) -> None:
        self.outputs.append(new_output("display_data", data=json_clean(data), metadata=metadata or {}))


class _Hook(DisplayHook):
    outputs = traitlets.Any()

    def write_output_prompt(self) -> None:
        """The number of the cell stands in the output itself."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        result = {"data": json_clean(format_dict), "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.outputs.append(new_output("execute_result", **result))

    def finish_displayhook(self) -> None:
        """Nothing is printed after a result."""


class ZmqShell(InteractiveShell):
    """A shell that keeps the outputs; pandas takes one of such a name for a notebook's, and lays tables out for it."""

    displayhook_class = traitlets.Type(_Hook)
    display_pub_class = traitlets.Type(_Publisher)

    def enable_gui(self, gui=None) -> None:
        """There are no windows."""

    def _showtraceback(self, etype, evalue, stb) -> None:
        error = {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        self.display_pub.outputs.append(new_output("error", **error))


class InProcess(Engine):
    """Run the cells one after the other, up to the first that raises."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, **_) -> None:
        """Run the cells of a notebook one by one in this process, until one fails; papermill calls it.

        Parameters
        ----------
        nb_man : papermill.execute.NotebookExecutionManager
            Holds the notebook, and is told where each cell begins and ends.
        kernel_name : str
            Plays no part.
        """
        nb_man.nb.metadata["language_info"] = dict(LANGUAGE)
        main = sys.modules["__main__"]
        ZmqShell.clear_instance()
        # the notebook is the main module while it runs; nothing of it is written into the home of the user
        home = tempfile.mkdtemp(prefix="fhi-")
        shell = ZmqShell.instance(config=Config(HistoryManager={"enabled": False}), ipython_dir=home)
        try:
            # imported before there was a notebook, pandas would show as many columns as a terminal has room for
            with pd.option_context("display.max_columns", NOTEBOOK_COLUMNS):
                for place, cell in enumerate(nb_man.nb.cells):
                    nb_man.cell_start(cell, place)
                    if cell.cell_type == "code" and not _run(shell, cell):
                        nb_man.cell_exception(cell, place)
                        break
                    nb_man.cell_complete(cell, place)
        finally:
            shell.atexit_operations()
            atexit.unregister(shell.atexit_operations)
            shell.restore_sys_module_state()
            ZmqShell.clear_instance()
            sys.modules["__main__"] = main
            shutil.rmtree(home, ignore_errors=True)


def _run(shell: ZmqShell, cell) -> bool:
    """Run a cell and put what it shows into it; False if it raised."""
    outputs: list = []
    shell.display_pub.outputs = shell.displayhook.outputs = outputs
    with redirect_stdout(_Stream("stdout", outputs)), redirect_stderr(_Stream("stderr", outputs)):
        done = shell.run_cell(cell.source, store_history=True)
    cell.outputs, cell.execution_count = outputs, shell.execution_count - 1
    return done.success


papermill_engines.register(ENGINE, InProcess)

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
    os.environ |= {STAGING: staging, "FHI_OUT": str(root), "PYTHONPATH": str(ROOT / ".ci")}
    bar = {"desc": f"{source.stem:<18}", "bar_format": "{desc} {bar:24} {n_fmt}/{total_fmt} cells  {elapsed}"}
    options = {"engine_name": ENGINE, "kernel_name": "python3", "cwd": str(ROOT), "progress_bar": bar}
    # it is written once, at the end
    options["request_save_on_cell_execute"] = False
    try:
        papermill.execute_notebook(str(source), str(executed), parameters, **options)
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
