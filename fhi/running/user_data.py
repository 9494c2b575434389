"""What a scenario gives beside the raw data: files of the staff's own, or files made up in their place."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from fhi.editions import alternatives, construction, synthetic
from fhi.engine.framework import Framework
from fhi.paths import user_folder
from fhi.reading.microdata import Microdata, collect
from fhi.scenarios import Scenario
from fhi.store import Store

#: folder of the tables, below the scenario's own
FOLDER = "microdata"


def read(method: Scenario, tables: Mapping[str, pd.DataFrame], framework: Framework, store: Store) -> Microdata:
    """Return what the files of a scenario give; without any, nothing.

    Files that are made up are written into the store first, under ``microdata/``, and read as any others.

    Raises
    ------
    DataError
        See `fhi.reading.microdata.collect`.
    """
    given = method.user_data
    if given is None:
        return Microdata.empty()
    options = {"year": method.year, "least_financing": given.least_financing, "rate_gap": given.rate_gap}
    if given.synthetic is None:
        shown = f"data/user/{given.folder}".removesuffix("/.")
        return collect(user_folder(given.folder), tables, framework, shown=shown, **options)
    made = synthetic.files(tables, framework, given.synthetic.years, given.synthetic.seed)
    paths = [store.write_bytes(f"{store.processed}/{FOLDER}/files/{name}", content) for name, content in made.items()]
    folder = paths[0].parent
    for left in {*folder.glob("*.csv")} - {*paths}:
        # an issue that was made up before and is not meant now
        left.unlink()
    return collect(folder, tables, framework, shown="synthetic", **options)


def panel(method: Scenario, tables: Mapping[str, pd.DataFrame], framework: Framework, given: Microdata) -> pd.DataFrame:
    """Return the panel of a scenario: what is constructed from the raw tables, and what its files give in its place."""
    replaces = method.user_data.replaces if method.user_data else "indicator"
    return construction.panel(tables, framework, given.panel, replaces, alternatives.chosen(method))


def replaced(method: Scenario, tables: Mapping[str, pd.DataFrame], given: Microdata) -> pd.DataFrame:
    """Return the rows of the panel by default that the constructions of a scenario replace; none without any.

    Parameters as for `panel`; the tables with the default texts of the framework.
    """
    default = method.model_copy(update={"constructions": {}})
    rows = panel(default, tables, Framework.from_table(tables["framework"]), given)
    return rows[rows["indicator"].isin(method.constructions)]


def write(store: Store, given: Microdata) -> None:
    """Write the tables that tell what was read, refused and left open; none where there are no files."""
    if given.quality.empty:
        return
    for name in ("quality", "refused", "understood", "intervals", "services"):
        store.write(f"{FOLDER}/{name}", getattr(given, name))
