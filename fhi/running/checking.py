"""Check a scenario and its whole edition before anything runs: every fault is found in one go, in about two seconds."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from fhi.editions import alternatives, construction, folders
from fhi.engine import index
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.engine.robustness import runs
from fhi.paths import user_folder
from fhi.reading.microdata import file_types
from fhi.scenarios import Scenario, load_scenario


def check(scenario: str) -> Scenario:
    """Return the method of a scenario whose file, edition and own files are in order.

    Checked: the keys and names of the scenario and of those it rests on; every raw table of its edition; the space and
    the grid of robustness; the year; the folder of its own files and their names (what stands in them is read by the
    first notebook, which may take long). Year and own files are checked once the tables are in order.

    Raises
    ------
    FhiError
        The fault, or all of them together: `MethodError` of the scenario, `DataError` of the tables.
    """
    method, faults = load_scenario(scenario), []
    file = f"scenarios/{scenario}.yml"
    with _noted(faults):
        tables = folders.load(method.edition)
    broken = bool(faults)
    if broken:
        # names of the scenario are checked by tree and units, if these can be read whatever is wrong with the rest
        try:
            cities, tree = folders.units_of(method.edition)
            Framework.from_table(tree)
        except FhiError:
            raise faults[0] from None
        tables = {"cities": cities.reset_index(), "framework": tree}
    with _noted(faults):
        alternatives.chosen(method, file)
        tables = tables if broken else alternatives.described(tables, method)
    tree = Framework.from_table(tables["framework"])
    cities = tables["cities"].set_index("name_zh")
    with _noted(faults):
        index.check(method, tree, cities.index, file, units=cities)
    with _noted(faults):
        # each alternative of the space is tried beside the method: what is wrong there would be told again for each
        plain = Scenario(edition=method.edition, robustness=method.robustness) if faults else method
        runs.check(plain, tree, cities.index, file, units=cities)
    if not broken:
        with _noted(faults):
            _check_year(method, construction.panel(tables, tree), file)
        if method.user_data and method.user_data.folder:
            with _noted(faults):
                _check_folder(method, tables)
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
    return method


class Faults(FhiError):
    """Several errors at once."""

    def __init__(self, faults: list[FhiError]):
        self.faults = faults
        super().__init__("\n".join(["several faults:", *(f"{type(fault).__name__}: {fault}" for fault in faults)]))


@contextmanager
def _noted(faults: list[FhiError]) -> Iterator[None]:
    try:
        yield
    except FhiError as fault:
        if str(fault) not in map(str, faults):
            faults.append(fault)


def _check_year(method: Scenario, panel: pd.DataFrame, file: str) -> None:
    """Refuse a year of which the edition has no value, nor of the years before it that still count as new."""
    years = sorted(panel["year"].unique().tolist())
    if method.year is None or method.user_data or not years:
        return
    oldest = years[0] if method.max_age is None else method.year - method.max_age
    if not any(oldest <= year <= method.year for year in years):
        span = f"{method.year}" if oldest >= method.year else f"{oldest}-{method.year}"
        message = f"the edition has no value of {span}; give a year of which it has some."
        raise MethodError(message, file=file, key="year", value=method.year, valid=list(map(str, years)))


def _check_folder(method: Scenario, tables: dict[str, pd.DataFrame]) -> None:
    """Refuse a folder of own files that is not there, is empty, or holds a file whose name says nothing."""
    name = method.user_data.folder
    shown = f"data/user/{name}".removesuffix("/.")
    vocabulary = file_types.words(tables["vocabulary"], Framework.from_table(tables["framework"]))
    found = file_types.files(user_folder(name), shown, method.year, vocabulary)
    if not found:
        message = f"{shown} has no file with a recognised name; add files (data/user/README.md), or remove the key."
        raise MethodError(message, key="user_data.folder", value=name)
