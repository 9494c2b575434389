"""Labels of figures: those registered, unless the index rests on given files."""

import pandas as pd
import pytest

from fhi.engine.errors import DataError
from fhi.showing.figures import entries
from fhi.showing.figures.evidence import cited, drawable, kinds, of_index, seen
from fhi.showing.figures.registry import FigureEntry
from fhi.store import MissingTable


def entry(read, evidence, column=None):
    """Return a figure that reads some tables, its data with a column of labels or without."""

    def data(tables):
        for name in read:
            tables[name]
        return pd.DataFrame({"x": [1]} | ({"evidence": [column]} if column else {}))

    return FigureEntry("x", None, evidence, {}, data, None, None)


def tables(label, **more):
    cells = pd.DataFrame(
        {"indicator": ["a", "b", "c"], "evidence": [label, label, "public"], "used": [True, True, False]}
    )
    names = ("scores", "ranks", "comparison", "bounds", "tables/top20", "tables/public_indicators", "tables/cities")
    names += ("rank_intervals", "rank_confidence", "tables/exchanges")
    return {"coverage": cells, **dict.fromkeys(names, pd.DataFrame()), **more}


@pytest.mark.parametrize(
    "read, registered, column, expected",
    [
        # what is built from the index rests on the files
        (["scores"], ("reconstructed",), None, ("synthetic",)),
        (["scores", "tables/cities"], ("published", "derived", "public"), None, ("synthetic",)),
        # a comparison with printed numbers keeps their label
        (["comparison"], ("reconstructed", "published"), None, ("published", "synthetic")),
        (["scores", "tables/top20"], ("reconstructed", "published"), None, ("published", "synthetic")),
        (["scores", "tables/public_indicators"], ("public",), None, ("public", "synthetic")),
        # the exchanges that the report counts are no exchange rates
        (["scores", "tables/exchanges"], ("public", "published"), None, ("published", "synthetic")),
        # the data tell themselves
        (["coverage"], ("published", "public"), "published+synthetic", ("published", "synthetic")),
        # what has nothing to do with the index stays
        (["tables/top20"], ("published",), None, ("published",)),
        (["bounds"], ("identified",), None, ("identified",)),
        (["rank_confidence", "tables/cities"], ("published", "derived"), None, ("published", "derived")),
        # ranks drawn at random stand beside the published ones
        (["rank_intervals"], ("reconstructed", "published"), None, ("published", "synthetic")),
        (["rank_intervals"], ("reconstructed",), None, ("synthetic",)),
    ],
)
def test_labels_follow_the_tables_that_are_read(read, registered, column, expected):
    assert seen(entry(read, registered, column), tables("synthetic"))[0].evidence == expected


@pytest.mark.parametrize(
    "read, registered, expected",
    [
        (["scores"], ("reconstructed", "published"), ("reconstructed",)),
        (["comparison"], ("reconstructed", "published"), ("reconstructed", "published")),
        (["tables/top20"], ("published", "derived"), ("published", "derived")),
        # what is drawn of the index cannot pass for public
        (["scores"], ("public",), ("reconstructed",)),
    ],
)
def test_the_tables_decide_which_registered_labels_stand(read, registered, expected):
    assert seen(entry(read, registered), tables("derived"))[0].evidence == expected


def test_given_files_stand_beside_what_else_the_index_uses():
    cells = pd.DataFrame({"indicator": ["a", "b"], "evidence": ["user", "public"], "used": [True, True]})
    mixed = tables("user", coverage=cells)
    assert seen(entry(["scores"], ("reconstructed",)), mixed)[0].evidence == ("reconstructed", "user")
    assert of_index(("published", "reconstructed"), mixed) == ("published", "reconstructed", "user")


def test_a_table_without_a_label_is_refused():
    with pytest.raises(DataError, match=r"fhi/codebook/tables\.csv"):
        seen(entry(["new"], ("public",)), {"new": pd.DataFrame()})


def test_a_given_value_that_the_index_does_not_use_labels_nothing():
    cells = pd.DataFrame({"indicator": ["a"], "evidence": ["user"], "used": [False]})
    assert seen(entry(["scores"], ("public",)), tables("public", coverage=cells))[0].evidence == ("reconstructed",)


def test_a_table_of_results_has_the_labels_behind_the_index():
    labels = ("published", "reconstructed", "identified")
    assert of_index(labels, tables("synthetic")) == ("published", "identified", "synthetic")
    assert of_index(("published",), tables("synthetic")) == ("published",)
    assert of_index(labels, tables("derived")) == labels


def test_the_kinds_to_draw():
    # an edition of public data alone has no key for what a report prints
    assert kinds(pd.Series(["public", None])) == ("public",)
    assert kinds(pd.Series(["public", "derived", "published"])) == ("published", "derived", "public")
    assert kinds(pd.Series(["user", "public", None])) == ("public", "user")


def test_every_figure_of_the_baseline_has_its_registered_labels(store):
    listed = store["figures"].set_index("id")["evidence"]
    assert listed.to_dict() == {entry.id: "+".join(entry.evidence) for entry in entries()}


def test_another_edition_draws_what_it_has_and_cites_itself():
    class Tables(dict):
        def __missing__(self, name):
            raise MissingTable([])

    sources = pd.DataFrame({"file": ["indicators.csv"], "citation": ["Bericht | Report"]})
    given = Tables({"tables/indicators": pd.DataFrame(), "tables/sources": sources})
    assert drawable(given) == []
    assert cited(given) == {"zh": "Bericht", "en": "Report"}
    pages = drawable(Tables({"tables/attention": pd.DataFrame({"city": ["A"]})}))
    assert [entry.id for entry in pages] == ["p36-attention"]
