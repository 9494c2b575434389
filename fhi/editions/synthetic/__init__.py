"""Sample micro-data of the report's size, made up so that what is counted in them is what the report prints.

For tests, teaching and benchmarks. Every row says ``synthetic``, and so does everything that is made of it. The last of
the issues matches the published numbers; earlier ones are what had been founded, financed or offered by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from fhi.editions.synthetic import firms, lists, people, yearbooks
from fhi.editions.synthetic.places import Places
from fhi.editions.synthetic.writing import to_bytes
from fhi.engine.framework import Framework

__all__ = ["files"]


def files(
    tables: Mapping[str, pd.DataFrame], framework: Framework, years: Sequence[int] = (2018,), seed: int = 2018
) -> dict[str, bytes]:
    """Return the files of all issues by name, as they would stand in a folder of the staff's.

    Parameters
    ----------
    tables : mapping
        The raw tables of the report's edition: what is printed is the target.
    framework : Framework
        Indicators that it does not have are left out of the yearbooks.
    years : sequence of int
        Years of the issues.
    seed : int

    Returns
    -------
    dict
        ``firms-2018.csv``, ``questionnaires-2018.csv``, ``population.csv`` and so on, in UTF-8.
    """
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(6)]
    last, found = max(years), {}
    places = Places(tables, last)
    margins = people.population(places, streams[0])
    found["population.csv"] = margins.assign(year=min(years))
    whole = firms.firms(places, streams[1])
    for year in sorted(years):
        found[f"firms-{year}.csv"] = firms.until(whole, places, year)
        found[f"questionnaires-{year}.csv"] = people.questionnaires(places, margins, year, streams[2])
        found[f"services-{year}.csv"] = lists.services(places, year, streams[3])
        found[f"companies-{year}.csv"] = lists.companies(places, year, streams[4])
        found[f"yearbooks-{year}.csv"] = yearbooks.values(places, framework, year, streams[5])
    return {name: to_bytes(frame) for name, frame in found.items()}
