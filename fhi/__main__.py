"""The commands that Make calls: ``python -m fhi <command>``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from fhi.errors import FhiError


def check(scenario: str) -> None:
    """Validate a scenario against the framework and write it resolved beside the results."""
    from fhi import index
    from fhi.framework import Framework
    from fhi.parameters import load_scenario, resolved_yaml, user_folder
    from fhi.sources import units_of
    from fhi.store import Store

    method = load_scenario(scenario)
    cities, tree = units_of(method.edition)
    index.check(method, Framework.from_table(tree), cities.index, f"scenarios/{scenario}.yml", units=cities)
    if method.user_data and method.user_data.folder:
        user_folder(method.user_data.folder)
    store = Store(scenario)
    store.write_bytes(f"{store.processed}/scenario.yml", resolved_yaml(method).encode("utf-8"))


def run(notebook: str, scenario: str) -> None:
    """Run one notebook for a scenario."""
    from fhi import pipeline

    pipeline.run(notebook, scenario)


def page(scenario: str) -> None:
    """Write the page of a scenario."""
    from fhi.report.page import write_report

    _timed("page", scenario, write_report)


def pdf(scenario: str) -> None:
    """Write the PDFs of a scenario, one a language."""
    from fhi.report.pdf import write_pdfs

    _timed("pdf", scenario, write_pdfs)


def manifest(scenario: str) -> None:
    """Write what the run was made from and what it made; print the closing summary."""
    from fhi.report.closing import summary
    from fhi.report.manifest import write_manifest
    from fhi.store import Store

    store = Store(scenario)
    write_manifest(store)
    print(summary(store))


def _timed(stage: str, scenario: str, write: Callable) -> None:
    from fhi.files import record_seconds
    from fhi.store import Store

    started = time.perf_counter()
    store = Store(scenario)
    write(store)
    record_seconds(store, stage, time.perf_counter() - started)


def refresh(scenario: str, *notebooks: str) -> None:
    """Store executed notebooks over their sources."""
    from fhi import pipeline

    for notebook in notebooks:
        pipeline.refresh(notebook, scenario)


def checksums() -> None:
    """Write the checksums of the raw files into sources.csv."""
    from fhi.parameters import RAW
    from fhi.sources.catalogue import editions, update_checksums

    changed = [f"{folder.name}/{file}" for folder in (RAW, *editions()) for file in update_checksums(folder)]
    print("\n".join(changed) if changed else "no raw file has changed")


def readme() -> None:
    """Write the generated tables into the two READMEs."""
    from fhi import documentation

    documentation.write()


COMMANDS = {command.__name__: command for command in (check, run, page, pdf, manifest, refresh, checksums, readme)}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; an error of data or method is printed as one message."""
    parser = argparse.ArgumentParser(prog="python -m fhi", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs="*")
    parsed = parser.parse_args(arguments)
    try:
        COMMANDS[parsed.command](*parsed.arguments)
    except FhiError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
