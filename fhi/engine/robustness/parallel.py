"""Tasks on one process, on several, or on a cluster: the results come in the order of the tasks.

A task is the same calculation wherever it runs: its random numbers come from streams of its own, and its linear
algebra keeps to one thread. So the results are the same to the last bit (on processors of one kind).
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

from threadpoolctl import ThreadpoolController
from tqdm import tqdm

from fhi.engine.errors import MethodError


class RobustnessError(MethodError):
    """A draw that cannot be computed.

    Parameters
    ----------
    why : str
        What is wrong and what to do.
    draw : object
        What the draw is called: its number from 0.
    assumptions : mapping
        The alternative of each assumption in that draw, in words.
    """

    def __init__(self, why: str, draw: object = None, assumptions: Mapping[str, str] | None = None):
        self.draw, self.assumptions = draw, dict(assumptions or {})
        listed = "; ".join(f"{name}: {text}" for name, text in self.assumptions.items())
        super().__init__(f"draw {draw} ({listed or 'nothing but noise'}) cannot be computed: {why}", key="robustness")

    def __reduce__(self):
        # an exception is made anew from its text alone, which is not what this one is made of
        return RobustnessError.__new__, (RobustnessError, str(self)), self.__dict__


#: seconds in which a scheduler must answer
ANSWER = 10
#: seconds before a progress bar appears
PATIENCE = 2.0


def run(
    function: Callable[[Any], Any],
    tasks: Sequence[Any],
    *,
    workers: int = 1,
    cluster: str | None = None,
    sizes: Sequence[int] | None = None,
    title: str = "uncertainty",
    unit: str = "draws",
) -> Iterator[Any]:
    """Yield ``function(task)`` for each task, in order.

    Parameters
    ----------
    function : callable
        Pure, and picklable if there is more than one process.
    tasks : sequence
    workers : int
        Processes of this machine.
    cluster : str, optional
        The address of a Dask scheduler, whose workers are then used instead; a task of a worker that is lost is done
        by another.
    sizes : sequence of int, optional
        How much each task counts for in the progress bar (default: 1).
    title, unit : str
        Of the progress bar.

    Yields
    ------
    object
        The result of each task.

    Raises
    ------
    MethodError
        If the cluster cannot be reached, or the number of workers is no positive number.
    """
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise MethodError(f"give a positive number of processes; found {workers!r}.", key="workers", value=workers)
    counted = sizes if sizes is not None else [1] * len(tasks)
    calls = partial(_alone, function)
    with contextlib.ExitStack() as stack:
        bar = stack.enter_context(progress(sum(counted), title, unit))
        if cluster:
            results = _on_cluster(calls, tasks, cluster, stack)
        elif workers > 1 and len(tasks) > 1:
            from joblib import Parallel, delayed

            results = Parallel(workers, return_as="generator")(delayed(calls)(task) for task in tasks)
        else:
            results = map(calls, tasks)
        for size, result in zip(counted, results, strict=True):
            bar.update(size)
            yield result


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread():
    """Return a context in which linear algebra keeps to one thread."""
    return _controller().limit(limits=1, user_api="blas")


def _alone(function: Callable[[Any], Any], task: Any) -> Any:
    with one_thread():
        return function(task)


def _on_cluster(function: Callable, tasks: Sequence[Any], address: str, stack: contextlib.ExitStack) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError:
        message = "a cluster needs the package distributed: install the extra 'cluster' of this project."
        raise MethodError(message, key="cluster", value=address) from None
    from joblib import Parallel, delayed, parallel_config

    try:
        client = stack.enter_context(Client(address, timeout=ANSWER, set_as_default=False))
    except (OSError, TimeoutError, ValueError) as error:
        message = f"no Dask scheduler answers there ({error}); start one, as docs/robustness.md shows."
        raise MethodError(message, key="cluster", value=address) from None
    stack.enter_context(parallel_config(backend="dask", client=client, pure=False))
    return Parallel(return_as="generator")(delayed(function)(task) for task in tasks)


def progress(total: int, title: str, unit: str) -> tqdm:
    """Return a progress bar with rate and remaining time that appears after `PATIENCE` seconds, on a terminal alone.

    Parameters
    ----------
    total : int
        What the bar counts up to.
    title, unit : str
        Before the bar, and behind the numbers.

    Returns
    -------
    tqdm.tqdm
        A context; ``update`` moves it on.
    """
    # where the output is kept, as in a notebook, a bar would stay in it
    return tqdm(total=total, desc=title, unit=f" {unit}", unit_scale=True, delay=PATIENCE, disable=None, leave=False)
