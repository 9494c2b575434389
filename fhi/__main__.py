"""The commands that Make calls: ``python -m fhi <command>``."""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from fhi import records
from fhi.engine.errors import FhiError, MethodError
from fhi.files import Files, record_seconds, replace_file
from fhi.paths import BASELINE, RAW, REPORT, ROOT, SCENARIOS

#: a full disk, a limit on files, a folder that may not be written to: no fault of the program
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES)

#: the steps of a build that are no notebooks
NOTED = ("check", "page", "pdf", "manifest")
#: draws that tell whether a rank moved by more than the uncertainty
DRAWS = 1000
#: the environment variables that name the file to which a command writes its error, and the folder of such files
FAULT, FAULTS = "FHI_FAULT", "FHI_FAULTS"


def check(scenario: str) -> None:
    """Validate a scenario with its whole edition, and write it resolved beside the results."""
    from fhi.running import checking
    from fhi.scenarios import resolved_yaml

    method, files = checking.check(scenario), Files(scenario)
    path = files.write_bytes(f"{files.processed}/scenario.yml", resolved_yaml(method).encode("utf-8"))
    records.write_of_command(files, "check", [path])


def run(notebook: str, scenario: str, *prerequisites: str) -> None:
    """Run one notebook for a scenario, unless the same prerequisites and parameters have given its results before.

    Parameters
    ----------
    notebook : str
        The stage, such as ``03_weighting``.
    scenario : str
    *prerequisites : str
        The files that Make lists.
    """
    from fhi.running import history, reuse

    files = Files(scenario)
    cause = reuse.cause(notebook, files, prerequisites)
    why = reuse.reason(cause, files, notebook)
    if kept := reuse.accept(cause, files):
        said = f"with {', '.join(kept)} as altered"
    elif source := reuse.take_over(cause, files):
        said = "unchanged" if source == scenario else f"the same as in {source}"
    else:
        from fhi.running import pipeline

        pipeline.run(notebook, scenario, cause=cause)
        history.note(files, notebook, "ran", why)
        return
    print(f"{notebook:<18} {said}")
    history.note(files, notebook, said, why)


def page(scenario: str) -> None:
    """Write the page of a scenario."""
    from fhi.showing.report.page import write_report

    _timed("page", scenario, write_report)


def pdf(scenario: str) -> None:
    """Write the PDFs of a scenario, one a language."""
    from fhi.showing.report.pdf import write_pdfs

    _timed("pdf", scenario, write_pdfs)


def png(scenario: str) -> None:
    """Draw every figure of a built scenario as PNG beside its SVG, and every printed profile."""
    from fhi.showing.figures.rendering import save_all
    from fhi.showing.report.pdf import write_profiles
    from fhi.store import Store

    store = Store(scenario)
    save_all(store, kind="png")
    write_profiles(store)


def manifest(scenario: str) -> None:
    """Write what the run was made from and what it made, its tables as a package; print the closing summary."""
    from fhi.running import datapackage, history
    from fhi.showing.report.manifest import commit, read_files, summary, tau_of_root, write_manifest
    from fhi.store import Store

    store = Store(scenario)
    records.require(store, set(records.all_records(store)) - {"lab", "manifest"})
    written = [datapackage.write_built(store), write_manifest(store)]
    records.write_of_command(store, "manifest", written)
    if not records.altered(store):
        # a full disk takes no report that is there
        with contextlib.suppress(OSError):
            history.enter(store, commit(ROOT, read_files(store)), tau_of_root(store))
    print(summary(store))


def altered(scenario: str) -> None:
    """Print for Make the stages that must run again because what they wrote was altered, and say what was."""

    records.print_to_run(scenario)


def _timed(command: str, scenario: str, write: Callable[..., list[Path]]) -> None:
    """Write what readers get, from tables that are as the stages wrote them; keep its checksums and its seconds."""
    from fhi.store import Store

    started = time.perf_counter()
    store = Store(scenario)
    records.require(store, set(records.all_records(store)) - {"lab", "page", "pdf", "manifest"})
    records.write_of_command(store, command, write(store))
    record_seconds(store, command, time.perf_counter() - started)


def compare(scenario: str, base: str) -> None:
    """Write what became of the ranks of one built scenario in another.

    Parameters
    ----------
    scenario : str
        A built scenario.
    base : str
        Another, or an earlier run (``<scenario>@<run>``).

    Raises
    ------
    MethodError
        If the two are one scenario, or there is no such run.
    """
    from fhi.running import history
    from fhi.scenarios import scenario_names
    from fhi.showing.compare import compare, read_data, read_result
    from fhi.showing.compare.files import write_comparison
    from fhi.store import Store

    if scenario == base:
        message = "SCENARIO and BASE are the same; name two: make compare SCENARIO=x BASE=y (without BASE: its base)."
        others = [name for name in scenario_names() if name != base]
        raise MethodError(message, key="SCENARIO", value=scenario, valid=others)
    store = Store(scenario)
    records.require(store, records.RANKS)
    if history.SEPARATOR in base:
        before = history.earlier(base)
    else:
        before = Store(base)
        records.require(before, records.RANKS)
    sides = read_result(before)._replace(name=base), read_result(store)
    found = compare(*sides, read_data(store), read_data(before), DRAWS)
    write_comparison(found, store)


def compare_all(*scenarios: str) -> None:
    """Write the rank tables over built scenarios, by edition; the others of each are compared with its first.

    A scenario that cannot be read, or whose build left an error in the folder ``$FHI_FAULTS``, is named with it.
    """
    from fhi.showing.compare.files import write_all

    folder = os.environ.get(FAULTS)
    left = [(name, Path(folder, name)) for name in scenarios] if folder else []
    faults = {name: path.read_text("utf-8") for name, path in left if path.is_file()}
    for name in scenarios:
        changed = records.changes(Files(name), records.RANKS)
        faults |= {name: "\n".join(map(str, changed))} if changed and not faults.get(name) else {}
    write_all(scenarios, faults)


def site(address: str = "") -> None:
    """Write the site of all built reports into the folder ``site``, for the address where it will stand."""
    from fhi.showing.report.site import FOLDER, write_site

    written = write_site(address)
    print(f"{FOLDER}/index.html and {len(written) - 1} other files; serve the folder with any web server")


def try_(*arguments: str) -> None:
    """Print what changes of a built scenario do to its ranks: ``experience=2 normalisation=rank …``."""
    import argparse

    from fhi.running import trying
    from fhi.showing.compare.plain_text import comparison_text

    parser = argparse.ArgumentParser(prog="python -m fhi try", description=try_.__doc__)
    parser.add_argument("changes", nargs="+", metavar="key=value", help="a key of a scenario, or a node's weight")
    parser.add_argument("--scenario", default=BASELINE, help="the built scenario to start from (default: %(default)s)")
    parser.add_argument("--draws", type=int, default=0, help="say which moves exceed the uncertainty, by so many draws")
    parser.add_argument("--save", metavar="NAME", help="write the changes as notebooks/scenarios/NAME.yml")
    given = parser.parse_args(arguments)
    found, settings = trying.attempt(given.scenario, given.changes, max(given.draws, 0))
    print(comparison_text(found), end="")
    if given.save:
        path = trying.save(given.save, given.scenario, settings)
        print(f"\nwritten to {path}; next: make report SCENARIO={given.save}")


def why(scenario: str) -> None:
    """Print for each step of a scenario whether it ran, was taken over or was skipped in the last build, and why."""
    from fhi.running import history

    print(history.why(Files(scenario)))


def history(scenario: str) -> None:
    """Print the earlier runs of a scenario, with which `make compare BASE=<scenario>@<run>` compares."""
    from fhi.running import history as past

    print(past.text(Files(scenario)))


def serve() -> None:
    """Run the commands of a build, each in a child of this process (see `fhi.running.server`)."""
    from fhi.running import server

    server.serve(run_command)


def read_(*arguments: str) -> None:
    """Print what would be understood, used, left outside and refused of one file of your own; write nothing."""
    import argparse

    from fhi.running import user_data

    parser = argparse.ArgumentParser(prog="python -m fhi read", description=read_.__doc__)
    parser.add_argument("file", type=Path, help="a file named as in data/user (data/user/README.md)")
    parser.add_argument(
        "--edition", default=REPORT, help="the edition whose cities and tree count (default: %(default)s)"
    )
    parser.add_argument("--year", type=int, help="the year of the scenario (default: that in the name, or this year)")
    given = parser.parse_args(arguments)
    print(user_data.dry_run(given.file, given.edition, given.year))


def export(scenario: str) -> None:
    """Write a built scenario as a workbook."""
    from fhi.running.workbook.sheets import write_workbook
    from fhi.store import Store

    store = Store(scenario)
    records.require(store, records.RANKS)
    write_workbook(store)


def import_(workbook: str, name: str | None = None) -> None:
    """Write the changes of an edited workbook as a scenario.

    Parameters
    ----------
    workbook : str
        The path of the edited workbook.
    name : str, optional
        Of the scenario to write (default: the stem of the file).
    """
    from fhi.running.workbook.importing import import_workbook

    path = Path(workbook)
    changes = import_workbook(path, name)
    if changes:
        scenario = path.stem if name is None else name
        print("\n".join(changes))
        print(f"written to notebooks/scenarios/{scenario}.yml; next: make compare SCENARIO={scenario}")
    else:
        print("nothing differs; nothing was written")


def open_lab(scenario: str) -> None:
    """Print the path of the notebook in which to change one assumption of a scenario."""
    from fhi.running import lab

    print(lab.notebook(scenario))


def sweep(scenario: str) -> None:
    """Build every combination of a scenario's grid, write how each agrees with the published ranks, and sum up."""
    from fhi.editions.published import published
    from fhi.engine.framework import Framework
    from fhi.engine.index import build
    from fhi.engine.robustness import runs
    from fhi.processes import cluster
    from fhi.scenarios import load_scenario
    from fhi.store import Store

    method, store = load_scenario(scenario), Store(scenario)
    records.require(store, ("check", "01_ingestion"))
    framework = Framework.from_table(store["tables/framework"])
    units, root = store["tables/cities"].set_index("name_zh"), framework.root
    order, given = published(store), (store["panel"], framework, method)
    printed = root in set(order["node"])
    if not printed:
        order = build(*given, units=units).ranks[root].dropna().astype(int).rename("rank").rename_axis("city")
        order = order.reset_index().assign(node=root)
    table, ranks = runs.sweep(*given, order, units=units, cluster=cluster())
    if not printed:
        ranks = ranks.assign(published=None)
        print(f"the edition has no published ranks of the index: agreement is with the ranks of {scenario}")
    path = store.write("sweep", table)
    store.write("sweep_ranks", ranks)
    print(runs.describe_sweep(table))
    print(f"{'written':<14}{path}")


def verify(scenario: str) -> None:
    """Compare a built scenario with what is expected of it under ``tests/expected``."""
    from fhi.running import verification

    files = Files(scenario)
    checks = verification.verify(files, verification.EXPECTED / scenario)
    print(verification.text(checks))
    verification.require(checks, files)


def expected(scenario: str) -> None:
    """Write what is expected of a scenario anew from its build."""
    from fhi.running import verification
    from fhi.store import Store

    folder = verification.EXPECTED / scenario
    changed = verification.write_expected(Store(scenario), folder)
    print("\n".join([*changed, f"{len(changed)} files changed in {folder}"]))


def refresh(scenario: str, *notebooks: str) -> None:
    """Store executed notebooks over their sources, the examples run anew, and the pictures that the READMEs show."""
    from fhi.running import documentation, pipeline

    pipeline.refresh_examples()
    for notebook in notebooks:
        pipeline.refresh(notebook, scenario)
    documentation.write_pictures(scenario)


def edition(name: str, base: str) -> None:
    """Start the folder of the edition after another one, and a scenario for it.

    Parameters
    ----------
    name : str
        Of the new edition.
    base : str
        The edition that it starts from.
    """
    from fhi.editions import starting

    written = starting.start(name, base)
    text = f"edition: {name}\ndescription: {{zh: {name}, en: {name}}}\n"
    written.append(replace_file(SCENARIOS / f"{name}.yml", text.encode("utf-8")))
    print("\n".join(f"written  {path.relative_to(ROOT)}" for path in written))
    print(f"next: replace what begins with EXAMPLE, add what is new, then make checksums report SCENARIO={name}")


def checksums() -> None:
    """Write the checksums of the raw files into sources.csv, and the package that repeats them."""
    from fhi.editions import folders
    from fhi.editions.catalogue import editions, update_checksums
    from fhi.running import datapackage

    changed = [f"{RAW.name}/{file}" for file in update_checksums()]
    changed += [f"{folder.name}/{file}" for folder in editions() for file in folders.update(folder)]
    datapackage.write_raw()
    print("\n".join(changed) if changed else "no raw file has changed")


def readme() -> None:
    """Write what is generated: tables of the READMEs, notes on methods, the codebook, the package of the raw data."""
    from fhi.running import documentation

    documentation.write()


def audit() -> None:
    """Measure every package of the lock anew and write the page of the dependencies."""
    from fhi.running import dependencies, documentation

    dependencies.write(dependencies.PACKAGES, dependencies.measure())
    documentation.write()


def matrix(*tested: str) -> None:
    """Resolve the lock for every system and version of Python; `tested` are the versions whose tests passed here."""
    from fhi.running import dependencies, documentation

    dependencies.write(dependencies.SYSTEMS, dependencies.resolve(tested))
    documentation.write()


COMMANDS = {
    command.__name__.strip("_").replace("_", "-"): command
    for command in [check, run, page, pdf, png, manifest, altered, compare, compare_all]
    + [site, try_, read_, why, history, serve, export, import_, open_lab]
    + [sweep, verify, expected, refresh, edition, checksums, readme, audit, matrix]
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command, by the server of the build if there is one."""
    arguments = sys.argv[1:] if arguments is None else arguments
    sent = None
    if os.environ.get("FHI_BUILD") and arguments[:1] != ["altered"]:
        from fhi.running import server

        sent = server.send(arguments)
    return run_command(arguments) if sent is None else sent


def run_command(arguments: list[str]) -> int:
    """Run a command; an error of data or method, or of the disk, is printed as one message."""
    name, *rest = arguments or [""]
    command = COMMANDS.get(name)
    if command is None or not _takes(command, rest):
        _refuse(name, rest)
    try:
        command(*rest)
        if name in NOTED:
            _note(name, rest[0])
    except FhiError as error:
        return _told(f"{type(error).__name__}: {error}")
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        return _told(f"{error.strerror}: {error.filename or 'the outputs'}; nothing half-written stays")
    return 0


def _note(step: str, scenario: str) -> None:
    """Keep for ``make why`` that a step of a build ran."""
    from fhi.running import history

    history.note(Files(scenario), step, "ran")


def _takes(command: Callable, arguments: list[str]) -> bool:
    """True if a command takes so many arguments; `inspect` would tell the same, and is slow to import."""
    code, most = command.__code__, command.__code__.co_argcount
    least = most - len(command.__defaults__ or ())
    return least <= len(arguments) and (len(arguments) <= most or bool(code.co_flags & 0x04))


def _refuse(name: str, arguments: list[str]) -> NoReturn:
    """Print how the commands are called, and end."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m fhi", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs="*")
    parser.parse_args([name] if name else [])
    names = [*COMMANDS[name].__code__.co_varnames[: COMMANDS[name].__code__.co_argcount]]
    parser.error(f"{name}: give {' '.join(names)}; found {' '.join(arguments) or 'nothing'}")


def _told(message: str) -> int:
    """Print an error, and write it where ``make compare-all`` looks for it."""
    print(message, file=sys.stderr)
    if os.environ.get(FAULT):
        Path(os.environ[FAULT]).write_text(message + "\n", encoding="utf-8")
    return 1


if __name__ == "__main__":
    sys.exit(main())
