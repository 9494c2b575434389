"""The closing summary of ``make report``."""

from __future__ import annotations

from fhi.editions.provenance import of_parts, of_whole
from fhi.showing.figures.evidence import label_words, part_words
from fhi.showing.figures.registry import EVIDENCE, LANGUAGES
from fhi.showing.report.manifest import evidence, made
from fhi.showing.report.tables import node_names
from fhi.store import Store


def summary(store: Store) -> str:
    """Return what was made and where, figures by evidence, agreement with what it rests on, seconds by stage."""
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
        *agreement(store),
        f"seconds    {', '.join(f'{name} {value}' for name, value in seconds.items())}",
    ]
    return "\n".join(lines)


def agreement(store: Store) -> list[str]:
    """Return Kendall's tau-b with the published ranks, the evidence behind the weight, and the tau-b of its parts."""
    names = node_names(store)
    measures = of_whole(store["agreement"])["kendall_tau_b"].dropna()
    nodes = [node for node in names if node in measures]
    if not nodes:
        return ["agreement  no published ranks"]
    first = nodes[0]
    weight = "; ".join(f"{node}: {label_words(store, node)['en']}" for node in nodes)
    parts = of_parts(store["agreement"], first)["kendall_tau_b"].dropna()
    taus = ", ".join(f"{node} {measures[node]:.2f}" for node in nodes)
    lines = [
        f"agreement  Kendall's tau-b with the published ranks: {taus}",
        f"weight     {weight}",
    ]
    if len(parts):
        told = ", ".join(f"{part_words(part, names)['en']} {tau:.2f}" for part, tau in parts.items())
        lines.append(f"parts      {first}, tau-b of {told}")
    return lines


def tau_of_root(store: Store) -> float | None:
    """Return Kendall's tau-b of the index with the published ranks; None if there are none."""
    measures = of_whole(store["agreement"])["kendall_tau_b"].dropna()
    return next((float(measures[node]) for node in node_names(store) if node in measures), None)
