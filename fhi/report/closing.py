"""The closing summary of ``make report``."""

from __future__ import annotations

from fhi.agreement import PUBLISHED
from fhi.figures.registry import EVIDENCE, LANGUAGES
from fhi.report.manifest import evidence, made
from fhi.store import Store


def summary(store: Store) -> str:
    """Return what was made and where, figures by evidence, agreement, seconds by stage."""
    measures = store["agreement"].set_index("node")["kendall_tau_b"].dropna()
    nodes = [node for node in PUBLISHED if node in measures] or list(measures.index)
    taus = ", ".join(f"{node} {measures[node]:.2f}" for node in nodes) or "no published ranks"
    timings = store.root / ".timings" / store.scenario
    seconds = {path.name: path.read_text().strip() for path in sorted(timings.glob("*"))}
    counts = evidence(store)["figures"]
    labels = ", ".join(f"{label} {counts[label]}" for label in EVIDENCE if counts[label])
    names = ("page", "print", "", "manifest")
    files = [
        f"{name:<10} {path} ({path.stat().st_size / 1e6:.1f} MB)"
        for name, path in zip(names, made(store), strict=True)
        if path.is_file()
    ]
    lines = [
        *files,
        f"figures    {len(store['figures'])} in {' and '.join(LANGUAGES)}; by evidence: {labels}",
        f"agreement  Kendall's tau-b with the published ranks: {taus}",
        f"seconds    {', '.join(f'{name} {value}' for name, value in seconds.items())}",
    ]
    return "\n".join(lines)
