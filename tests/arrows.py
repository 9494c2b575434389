"""What code imports of this project: for the tests of the layout and of what Make must know."""

import ast


def imported(code: str) -> set[tuple[str, str]]:
    """Return the imports of a text, wherever in it, as (module, name in it); no name where it is the module itself."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
    return {(module, name) for module, name in found if module.split(".")[0] == "fhi"}
