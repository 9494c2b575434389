"""How far computed ranks agree with the published ones."""

import numpy as np
import pandas as pd

from fhi.engine.ranking import ranked, rounded


def compare_ranks(scores: pd.DataFrame, published: pd.DataFrame, decimals: int | None = None) -> pd.DataFrame:
    """Return computed beside published ranks, the published cities ranked among themselves.

    Parameters
    ----------
    scores : pandas.DataFrame
        Cities × nodes; any cities.
    published : pandas.DataFrame
        ``node, city, rank``.
    decimals : int, optional
        Of the scores, beyond which they are tied: `Method.ranking.decimals`.

    Returns
    -------
    pandas.DataFrame
        ``city, node, rank, published, difference``; difference is computed less published, so that a
        positive one means that the city stands lower here. A city without a score has no row, and those published
        below it stand one higher here for that alone.
    """
    columns = ["city", "node", "rank", "published", "difference"]
    frames = [pd.DataFrame(columns=columns)] if published.empty else []
    for node, rows in published.groupby("node", sort=False):
        printed = rows.set_index("city")["rank"]
        among = scores[node].reindex(printed.index).dropna()
        ranks = ranked(among, decimals).astype(int)
        frame = pd.DataFrame({"rank": ranks, "published": printed[ranks.index]}).rename_axis("city").reset_index()
        frames.append(frame.assign(node=node, difference=frame["rank"] - frame["published"]))
    return pd.concat(frames, ignore_index=True)[columns]


def shifts(
    before: pd.Series, after: pd.Series, *, ascending: bool = False, decimals: int | None = None
) -> pd.DataFrame:
    """Return how many places lower each unit stands after than before, among the units that have both values.

    Parameters
    ----------
    before, after : pandas.Series
        By unit: scores, of which the highest is best, or with `ascending` ranks, of which the lowest is.
    decimals : int, optional
        Of scores, beyond which they are tied (`fhi.engine.ranking.rounded`).

    Returns
    -------
    pandas.DataFrame
        ``before, after`` (ranks of the common units among themselves, ties sharing the lower number) and ``shift``,
        after less before: positive is a fall. A unit that comes or goes moves none of the others.
    """
    pair = pd.DataFrame({"before": before, "after": after}).dropna()
    ranks = rounded(pair, decimals).rank(ascending=ascending, method="min").astype(int)
    return ranks.assign(shift=ranks["after"] - ranks["before"])


def kendall_tau_b(x, y) -> float:
    """Return ``Σ sign(xᵢ−xⱼ)·sign(yᵢ−yⱼ) / √(Σ sign²(xᵢ−xⱼ) · Σ sign²(yᵢ−yⱼ))`` over all pairs; NaN if one is constant.

    Written out because importing scipy.stats takes longer than the whole stage; the tests compare the two.

    Parameters
    ----------
    x, y : array_like of float
        Two series of one length, without missing values.

    Returns
    -------
    float
        From −1 to 1.

    References
    ----------
    Kendall (1945), The treatment of ties in ranking problems, Biometrika 33(3).
    """
    return float(_resampled(np.ones((1, len(x))), x, y)[0])


def spearman_rho(x, y) -> float:
    """Return the correlation of the mid-ranks of two series; NaN if one is constant.

    Parameters
    ----------
    x, y : array_like of float
        Two series of one length.

    Returns
    -------
    float
        From −1 to 1.

    References
    ----------
    Spearman (1904), The proof and measurement of association between two things, American Journal of Psychology 15.
    """
    rank_x, rank_y = (pd.Series(np.asarray(values)).rank() for values in (x, y))
    return float(rank_x.corr(rank_y))


def agreement(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return rank correlations by node.

    Returns
    -------
    pandas.DataFrame
        ``node, cities, kendall_tau_b, spearman_rho, mean_absolute_difference``. Tau-b is corrected for
        ties (Kendall 1945); rho is the correlation of the mid-ranks (Spearman 1904).
    """
    rows = []
    for node, group in comparison.groupby("node", sort=False):
        tau, rho = kendall_tau_b(group["rank"], group["published"]), spearman_rho(group["rank"], group["published"])
        rows.append((node, len(group), tau, rho, group["difference"].abs().mean()))
    columns = ["node", "cities", "kendall_tau_b", "spearman_rho", "mean_absolute_difference"]
    return pd.DataFrame(rows, columns=columns)


#: resamples of the bootstrap, and the share of them that an interval holds
RESAMPLES, LEVEL = 10_000, 0.95


def tau_difference(before, after, published, seed: int) -> tuple[float, float, float]:
    """Return ``τ_b(after, published) − τ_b(before, published)`` and its bootstrap interval over the cities.

    The cities are drawn with replacement, `RESAMPLES` times, and the two orders compared on the same draw (a paired
    percentile bootstrap, Efron 1979); the interval holds the middle `LEVEL` of the differences. Draws in which an
    order is constant are left out. All three are NaN where tau-b is not defined.

    Parameters
    ----------
    before, after, published : array_like of float
        Three series over the same cities, in one order: two computed ones and the published one.
    seed : int
        Of the bootstrap.

    Returns
    -------
    difference, low, high : float
        From −2 to 2; positive where `after` agrees better.

    References
    ----------
    Efron (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7(1).
    """
    difference = kendall_tau_b(after, published) - kendall_tau_b(before, published)
    size = len(published)
    if not np.isfinite(difference):
        return (float("nan"),) * 3
    generator = np.random.default_rng(seed)
    # how often each city is drawn: tau-b of the draw is a quadratic form in these numbers
    counts = generator.multinomial(size, np.full(size, 1 / size), size=RESAMPLES).astype(float)
    draws = [_resampled(counts, order, published) for order in (before, after)]
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(draws[1] - draws[0], [tail, 1 - tail])
    return difference, float(low), float(high)


def _resampled(counts: np.ndarray, x, y) -> np.ndarray:
    """Return tau-b of two series in each resample, given how often each element is in it."""
    sign_x, sign_y = (np.sign(np.subtract.outer(values, values)) for values in (np.asarray(x), np.asarray(y)))
    agree, spread_x, spread_y = (
        ((counts @ matrix.astype(float)) * counts).sum(axis=1) for matrix in (sign_x * sign_y, sign_x**2, sign_y**2)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return agree / np.sqrt(spread_x * spread_y)


#: fewer cities than these give no correlation that says anything
LEAST_CITIES = 5


def external_agreement(scores: pd.DataFrame, rankings: pd.DataFrame, sources: pd.Series) -> pd.DataFrame:
    """Return how far the index and its pillars agree with the rankings of others.

    Parameters
    ----------
    scores : pandas.DataFrame
        Cities × nodes.
    rankings : pandas.DataFrame
        ``ranking, year, city, place, source_id``.
    sources : pandas.Series
        The ``source_id`` of every value of the panel. A ranking whose source is among them is an input and not a
        comparison: it is left out, and `status` says so.

    Returns
    -------
    pandas.DataFrame
        ``ranking, year, node, cities, kendall_tau_b, status``; status is ``compared``, ``input`` or ``few cities``
        (fewer than `LEAST_CITIES`), the last two without a coefficient.
    """
    entered = {source for cell in sources.unique() for source in str(cell).split("+")}
    rows = []
    for (ranking, year, source), group in rankings.groupby(["ranking", "year", "source_id"]):
        places = group.set_index("city")["place"].astype(float)
        for node in scores:
            both = pd.DataFrame({"score": scores[node], "place": places}).dropna()
            status = "input" if source in entered else "compared" if len(both) >= LEAST_CITIES else "few cities"
            tau = kendall_tau_b(both["score"], -both["place"]) if status == "compared" else float("nan")
            rows.append((ranking, year, node, len(both), tau, status))
    return pd.DataFrame(rows, columns=["ranking", "year", "node", "cities", "kendall_tau_b", "status"])
