"""What the lab notebook calls: try a change of the method in memory, say and draw what it does."""

import html
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from fhi import editions
from fhi.editions import alternatives
from fhi.engine import index
from fhi.engine.errors import FhiError, MethodError
from fhi.engine.framework import Framework
from fhi.files import Files, replace_file
from fhi.paths import BASELINE, NOTEBOOKS
from fhi.running import notebooks, user_data
from fhi.scenarios import KEYS, READS, Scenario, load_scenario, validated
from fhi.showing.compare import Comparison, Data, Result, build_result, rebuild_result
from fhi.showing.compare import compare as side_by_side
from fhi.showing.compare.files import evidence, pictures, slope_rows
from fhi.showing.compare.moves import moves as move_table
from fhi.showing.compare.plain_text import comparison_text
from fhi.showing.figures import moves, rendering
from fhi.store import Store, with_names

#: what the changed scenario is called
NAME = "lab"


def start(scenario: str) -> Result:
    """Return the index of a scenario with its data, built in memory; errors as of `change`."""
    method = load_scenario(scenario)
    return build_result(scenario, method, read_data(method))


def read_data(method: Scenario) -> Data:
    """Return the data of a method: the raw files of its edition, and those of its own, without any stage having run."""
    raw = alternatives.described(editions.load(method.edition), method)
    framework = Framework.from_table(raw["framework"])
    with tempfile.TemporaryDirectory() as folder:
        # files that are made up are written before they are read
        given = user_data.read(method, raw, framework, Store(NAME, Path(folder)))
    panel = user_data.panel(method, raw, framework, given)
    return Data(panel, framework, raw["cities"].set_index("name_zh"))


def change(base: Result, changes: Mapping[str, Any]) -> Result:
    """Return the index with some keys changed, checked as those of a scenario file are.

    Data are read anew where a key says so: another edition, files or constructions of one's own, the year of these.

    Parameters
    ----------
    base : Result
        What is changed.
    changes : mapping
        By key of a scenario: its whole value.

    Returns
    -------
    Result

    Raises
    ------
    MethodError
        If a key, a name or a value does not exist, with the nearest that do; or the index cannot be built so.
    DataError
        If the files so named are bad.
    """
    for key in changes:
        if key not in KEYS:
            raise MethodError(f"there is no key {key!r}.", file=NAME, key=key, value=key, valid=KEYS)
    method = validated(base.method.model_dump() | dict(changes), NAME)
    same = all(getattr(method, key) == getattr(base.method, key) for key in READS["01_ingestion"])
    data = base.data if same else read_data(method)
    index.check(method, data.framework, data.units.index, NAME, units=data.units)
    return rebuild_result(NAME, method, data, base) if same else build_result(NAME, method, data)


def compare(base: Result, other: Result, draws: int = 0) -> Comparison:
    """Set an index of `start` or `change` beside another; see `fhi.showing.compare.compare`.

    Parameters
    ----------
    base, other : Result
    draws : int
        So many tell which moves exceed the uncertainty of both.

    Returns
    -------
    Comparison
    """
    return side_by_side(base, other, other.data, base.data, draws)


def pair(found: Comparison, city: str | None = None, rival: str | None = None) -> tuple[str, str]:
    """Return a city and another to set beside it: by default the one that moved most, and the one next above it.

    Parameters
    ----------
    found : Comparison
    city, rival : str, optional
        Names of cities.

    Returns
    -------
    city, rival : str

    Raises
    ------
    MethodError
        If one has no rank in the changed index, with the nearest names.
    """
    ranks = found.other.index.ranks[found.data.framework.root].dropna().sort_values(kind="stable")
    for key, name in (("city", city), ("rival", rival)):
        if name is not None and name not in ranks.index:
            raise MethodError(f"{name!r} has no rank.", file=NAME, key=key, value=name, valid=list(ranks.index))
    moved = slope_rows(found.moves, found.data).set_index("city")["shift"].abs()
    city = city or str(moved.idxmax())
    others = ranks.drop(city)
    above = others[others <= ranks[city]]
    return city, rival or str(above.index[-1] if len(above) else others.index[0])


def named(result: Result, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table to be shown with the names of its units and nodes in both languages: `fhi.store.with_names`.

    Parameters
    ----------
    result : Result
        Of `start` or `change`.
    frame : DataFrame

    Returns
    -------
    DataFrame
    """
    return with_names(frame, result.data.units["name_en"], result.data.framework.names("zh"))


def notebook(scenario: str) -> Path:
    """Return the notebook of a scenario to open: for another than the default a copy that starts from it, made once."""
    source = NOTEBOOKS / "lab.ipynb"
    if scenario == BASELINE:
        return source
    load_scenario(scenario)
    files = Files(scenario)
    path = files.root / files.reports / "lab.ipynb"
    if not path.exists():
        copy = notebooks.for_scenario(notebooks.read(source), scenario)
        for cell in copy["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        replace_file(path, notebooks.encode(copy))
    return path


def say(comparison: Comparison) -> None:
    """Print what moved, by how much and through what."""
    print(comparison_text(comparison))


def draw(comparison: Comparison, language: str = "en") -> None:
    """Show how the ranks moved, and what moved them.

    Parameters
    ----------
    comparison : Comparison
    language : {"zh", "en"}
    """
    from IPython.display import Image, display

    for entry, frame in pictures(comparison):
        display(Image(rendering.images(entry, frame, language)["png"], width=720))


def ranks_picture(start: Result, weights: Mapping[str, float], language: str = "en") -> str:
    """Return as SVG how the ranks move when nodes have other weights.

    Parameters
    ----------
    start : Result
    weights : mapping
        Node → raw weight.
    language : {"zh", "en"}

    Returns
    -------
    str

    Raises
    ------
    MethodError
        As of `change`.
    """
    tried = change(start, {"weights": dict(start.method.weights) | dict(weights)})
    rows = slope_rows(move_table(start, tried, start.data.framework), start.data)
    entry = moves.entry("ranks", evidence((start, tried)), base=start.name, other=NAME)
    return rendering.images(entry, rows, language, ["svg"])["svg"].decode("utf-8")


def sliders(start: Result, nodes: Sequence[str] | None = None, language: str = "en") -> object:
    """Return a slider for the weight of each node and, below, the ranks that follow, drawn anew at each move.

    Parameters
    ----------
    start : Result
        Of `start` or `change`.
    nodes : sequence of str, optional
        Nodes of the tree; default: the pillars.
    language : str

    Returns
    -------
    object
        Widgets; where no front end is there to move them, the picture of the ranks as they are.
    """
    from IPython import get_ipython
    from IPython.display import SVG

    tree = start.data.framework
    nodes = list(nodes or tree.children(tree.root))
    weights = {node: float(start.method.weights.get(node, tree.weights[node])) for node in nodes}
    if not getattr(get_ipython(), "kernel", None):
        return SVG(ranks_picture(start, weights, language))
    import ipywidgets

    shown = {"style": {"description_width": "12em"}, "layout": {"width": "36em"}, "min": 0, "step": 0.05}
    picture = ipywidgets.HTML(ranks_picture(start, weights, language))
    bars = {
        node: ipywidgets.FloatSlider(weights[node], max=max(4.0, 2 * weights[node]), description=name, **shown)
        for node, name in tree.names(language)[nodes].items()
    }

    def redraw(_) -> None:
        try:
            picture.value = ranks_picture(start, {node: bar.value for node, bar in bars.items()}, language)
        except FhiError as error:
            picture.value = f"<p>{html.escape(str(error))}</p>"

    for bar in bars.values():
        bar.observe(redraw, "value")
    return ipywidgets.VBox([*bars.values(), picture])


def as_yaml(changes: Mapping[str, Any]) -> None:
    """Print changes as a scenario file holds them."""
    print(yaml.safe_dump(dict(changes), allow_unicode=True, sort_keys=False), end="")
