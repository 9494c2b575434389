"""Run the cells of a notebook in this process, as a kernel would: an engine of papermill.

A kernel costs two seconds of start and imports a notebook. Each notebook has a namespace of its own here too, and its
outputs are those of a kernel to the byte.
"""

from __future__ import annotations

import atexit
import io
import platform
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout

import pandas as pd
from ipykernel.jsonutil import json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets import Any, Type
from traitlets.config import Config

NAME = "in-process"
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
    outputs = Any()

    def publish(self, data, metadata=None, **_) -> None:
        self.outputs.append(new_output("display_data", data=json_clean(data), metadata=metadata or {}))


class _Hook(DisplayHook):
    outputs = Any()

    def write_output_prompt(self) -> None:
        """The number of the cell stands in the output itself."""

    def write_format_data(self, format_dict, md_dict=None) -> None:
        result = {"data": json_clean(format_dict), "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.outputs.append(new_output("execute_result", **result))

    def finish_displayhook(self) -> None:
        """Nothing is printed after a result."""


class ZmqShell(InteractiveShell):
    """A shell that keeps the outputs; pandas takes one of such a name for a notebook's, and lays tables out for it."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

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


papermill_engines.register(NAME, InProcess)
