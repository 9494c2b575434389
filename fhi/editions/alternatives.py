"""Other constructions of indicators than the default ones; a scenario names them in its key ``constructions``.

An alternative gives all values of its indicator, so that the indicator means one thing for all cities. Its unit, name
and texts stand in ``constructions.csv`` of the edition and replace those of ``framework.csv`` in the scenario.
"""

from collections.abc import Callable, Mapping
from functools import partial

import pandas as pd

from fhi.editions.construction import Tables
from fhi.engine.errors import MethodError, choose
from fhi.engine.parameters import Method
from fhi.paths import REPORT

KEY = "constructions"
TEXTS = ["unit", "name_zh", "name_en", "definition_zh", "definition_en", "construction"]


def chosen(method: Method, file: str | None = None) -> dict[str, Callable[[Tables], pd.DataFrame]]:
    """Return the function of each indicator that a scenario constructs otherwise.

    Parameters
    ----------
    method : Method
    file : str, optional
        The file of the scenario, for messages.

    Returns
    -------
    dict
        Functions of the raw tables, by indicator.

    Raises
    ------
    MethodError
        If an indicator has no alternative, an alternative does not exist, or the edition is not the report's.
    """
    if method.constructions and method.edition not in ("", REPORT):
        message = (
            "alternative constructions use the report's raw tables; in an edition of your own fill in indicators.csv."
        )
        raise MethodError(message, file=file, key=KEY, value=dict(method.constructions))
    return {
        indicator: choose(choose(ALTERNATIVES, indicator, KEY, file), name, f"{KEY}.{indicator}", file)
        for indicator, name in method.constructions.items()
    }


def described(tables: Mapping[str, pd.DataFrame], method: Method) -> dict[str, pd.DataFrame]:
    """Return the raw tables with the unit, name and texts of the chosen constructions in the table of the framework.

    Parameters
    ----------
    tables : mapping
        The raw tables by name.
    method : Method
        Its ``constructions`` are named in ``tables["constructions"]``.

    Returns
    -------
    dict
        The raw tables by name.
    """
    framework = tables["framework"].copy()
    if chosen(method):
        texts = tables["constructions"].set_index(["indicator", "name"])
        for pair in method.constructions.items():
            framework.loc[framework["code"] == pair[0], TEXTS] = texts.loc[pair, TEXTS].to_numpy()
    return {**tables, "framework": framework}


def _rows(table: str, tables: Tables, column: str, year: int) -> pd.DataFrame:
    """Return a column of a public table for the cities of the index that the table lists."""
    listed = tables[table][["city", column]].set_axis(["city", "value"], axis=1)
    own = listed[listed["city"].isin(tables["cities"]["name_zh"])]
    return own.assign(value=own["value"].astype(float), year=year, source_id=table, evidence="public")


#: by indicator, then by name of the construction: its values from a public table
ALTERNATIVES: dict[str, dict[str, Callable[[Tables], pd.DataFrame]]] = {
    "firm_count": {"lending-platforms": partial(_rows, "public/p2p_platforms", column="platforms", year=2017)},
    "capital": {
        name: partial(_rows, "public/p2p_platforms", column=column, year=2017)
        for name, column in {
            "lending-volume": "volume_2017h1_100m",
            "lending-registered-capital": "registered_capital_100m",
        }.items()
    },
    "services": {"mobile-payment-index": partial(_rows, "public/mobile_payment_index_2018", column="value", year=2018)},
}
