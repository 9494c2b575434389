"""A file of settings in YAML, read strictly: UTF-8, each key once, a mapping."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from fhi.engine.errors import MethodError


class OnceLoader(yaml.SafeLoader):
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
    return yaml.load(text, Loader=OnceLoader)


def read_settings(path: Path, file: str) -> dict[str, Any]:
    """Return what a file of settings holds, its values not yet checked; an empty one holds nothing.

    Raises
    ------
    MethodError
        If it is not readable, or no list of keys and values; `file` is the name that is shown.
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
