"""What an edition says of itself: ``data/raw/<edition>/edition.yml``, typed and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from fhi.engine.errors import MethodError
from fhi.paths import EDITION_FILE, RAW, edition_folder


class _OnceLoader(yaml.SafeLoader):
    """The safe loader of YAML, for which a key that stands twice is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice[0]!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


@lru_cache(64)
def _loaded(text: str) -> Any:
    """Return what a text holds; a run reads the same files several times, and YAML is slow."""
    return yaml.load(text, Loader=_OnceLoader)


def read_settings(path: Path, file: str) -> dict[str, Any]:
    """Return what a file of settings holds, its values not yet checked; an empty one holds nothing.

    Parameters
    ----------
    path : Path
        The file: YAML in UTF-8.
    file : str
        Its name in messages.

    Returns
    -------
    dict
        By key.

    Raises
    ------
    MethodError
        If it is not readable, or no list of keys and values.
    """
    try:
        settings = deepcopy(_loaded(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MethodError(f"not readable as YAML in UTF-8: {error}", file=file) from None
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise MethodError("the file must be a list of 'key: value' lines.", file=file, value=settings)
    return settings


Text = Annotated[str, Field(min_length=1, strict=True)]
Positive = Annotated[int | float, Field(gt=0, allow_inf_nan=False)]


class Strict(BaseModel):
    """Settings that do not change, and that have no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(Strict):
    """A thing with a name in each language."""

    zh: Text
    en: Text


class Unit(Part):
    """The word for what is compared; in English in singular and plural."""

    plural: Text


class PagePart(Part):
    """A part of the publication from its first page on."""

    page: Annotated[int, Field(ge=1, strict=True)]
    id: Text


class Tier(Part):
    """A tier of the published order."""

    id: Text


class PublishedRanks(Strict):
    """A table of the publication with ranks side by side: node -> column, and columns of places gained in a year."""

    table: Text
    columns: Annotated[dict[str, str], Field(min_length=1)]
    changes: dict[str, str] = {}


class Variant(Strict):
    """Options of the identified set (`fhi.engine.identification.bounds.IdentifiedSet`); None: its default."""

    least_gap: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    normalisation: Literal["linear", "min-max", "increasing"] | None = None
    weights: Literal["free", "equal-inside-parents", "between-1/48-and-1/4"] | None = None

    @property
    def options(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class Facts(Strict):
    """Groups of facts in the order in which they are added, and the variants of the bounds with all facts."""

    groups: tuple[Text, ...] = ()
    variants: dict[str, Variant] = {}


class AssumedError(Strict):
    """An assumed standard error of an indicator, one of three; see `fhi.engine.robustness.space`."""

    answers: Positive | None = None
    sd: Positive | None = None
    relative: Positive | None = None

    @model_validator(mode="after")
    def _one(self) -> AssumedError:
        if len(self.entry) != 1:
            raise ValueError("give one of answers, sd and relative")
        return self

    @property
    def entry(self) -> dict[str, float]:
        return self.model_dump(exclude_none=True)


class Edition(Strict):
    """An edition in its own words; the template explains each key.

    Frozen and typed: a key that does not exist, or a value of the wrong type, raises when it is read.
    """

    title: Part
    citation: Part
    publisher: Part | None = None
    unit: Unit
    year: Annotated[int, Field(strict=True, ge=1000, le=9999)] | None = None
    parts: tuple[PagePart, ...] = ()
    tiers: tuple[Tier, ...] = ()
    published_ranks: PublishedRanks | None = None
    facts: Facts = Facts()
    #: how many profiles the print has, best first
    profiles: Annotated[int, Field(strict=True, ge=0, le=200)] = 20
    standard_errors: dict[str, AssumedError] = {}
    #: files of data/raw/sources.csv that its values are constructed from, or its maps drawn
    common: tuple[Text, ...] = ()

    @field_validator("parts", "tiers")
    @classmethod
    def _once(cls, value: tuple) -> tuple:
        ids = [item.id for item in value]
        if len(set(ids)) < len(ids):
            raise ValueError("each id once")
        return value

    @field_validator("parts")
    @classmethod
    def _ascending(cls, value: tuple[PagePart, ...]) -> tuple[PagePart, ...]:
        pages = [part.page for part in value]
        if pages != sorted(set(pages)):
            raise ValueError("the parts in the order of their first pages, each page once")
        return value

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        """The options of each variant of the bounds."""
        return {name: variant.options for name, variant in self.facts.variants.items()}


def edition(name: str, file: str | None = None) -> Edition:
    """Return what the edition of a name says of itself; `file` is the scenario that names it, for messages.

    Parameters
    ----------
    name : str
        Name of the folder below data/raw.
    file : str, optional
        The scenario that names it, for messages.

    Returns
    -------
    Edition

    Raises
    ------
    MethodError
        If there is none of this name, or its file is bad: with file, key, value and the nearest valid names.
    """
    return read_edition(edition_folder(name, file))


def read_edition(folder: Path) -> Edition:
    """Return what the edition in a folder says of itself; errors as of `edition`."""
    path = folder / EDITION_FILE
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, changed: int) -> Edition:
    file = f"data/raw/{path.relative_to(RAW).as_posix()}" if path.is_relative_to(RAW) else str(path)
    settings = read_settings(path, file)
    try:
        return Edition(**settings)
    except ValidationError as error:
        raise _refused(error, file) from None


def _refused(error: ValidationError, file: str) -> MethodError:
    """Return a fault of a file as an error with its key, its value and, for a name, those that are valid."""
    # a misspelt key is missing as well: it is named as misspelt
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        name = first["loc"][-1]
        return MethodError(f"there is no key {name!r}.", file=file, key=key, value=name, valid=_keys(first["loc"][:-1]))
    if first["type"] == "missing":
        return MethodError("the key is missing; data/raw/template/edition.yml explains it.", file=file, key=key)
    message = f"{first['msg'].removeprefix('Value error, ')}; found {first['input']!r}."
    return MethodError(message, file=file, key=key, value=first["input"])


def _keys(place: tuple) -> list[str]:
    """Return the keys that are valid at a place in the file."""
    models: Mapping[str, type[BaseModel]] = {
        **{"title": Part, "citation": Part, "publisher": Part, "unit": Unit, "parts": PagePart, "tiers": Tier},
        **{"published_ranks": PublishedRanks, "facts": Facts, "standard_errors": AssumedError},
    }
    model = Edition if not place else Variant if "variants" in place else models[place[0]]
    return list(model.model_fields)


def words(found: Edition) -> pd.DataFrame:
    """Return the words of an edition as a table that page and figures read as any other.

    Returns
    -------
    pandas.DataFrame
        ``row`` (from 1), ``key, zh, en``. Keys: ``title``, ``citation``, ``publisher`` (if stated), ``unit`` and
        ``units`` (one and several of what is compared), ``profiles`` (how many are printed), ``year`` (if stated),
        ``part.<id>`` with ``part.<id>.page`` (its first page) and ``tier.<id>``, in the order of the edition.
    """
    rows = list(_rows(found))
    return pd.DataFrame(rows, columns=["key", "zh", "en"]).assign(row=range(1, len(rows) + 1))[
        ["row", "key", "zh", "en"]
    ]


def year_of(tables: Mapping[str, pd.DataFrame]) -> int:
    """Return the year of an edition from its `words` among its raw tables."""
    return int(tables["edition"].set_index("key").at["year", "en"])


def _rows(found: Edition) -> Iterator[tuple[str, str, str]]:
    for key in ("title", "citation", "publisher", "unit"):
        if (text := getattr(found, key)) is not None:
            yield key, text.zh, text.en
    yield "units", found.unit.zh, found.unit.plural
    yield "profiles", str(found.profiles), str(found.profiles)
    if found.year is not None:
        yield "year", str(found.year), str(found.year)
    for part in found.parts:
        yield f"part.{part.id}", part.zh, part.en
        yield f"part.{part.id}.page", str(part.page), str(part.page)
    for tier in found.tiers:
        yield f"tier.{tier.id}", tier.zh, tier.en
