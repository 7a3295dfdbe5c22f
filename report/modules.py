"""Bundles the ES modules of the page into one script, without a JavaScript runtime.

The bundler supports and checks a small part of the language: imports are ``import {
name } from "./file.js";``, ``export`` stands before a ``function``,
``const`` or ``class``, and there are no import cycles.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function|const|class) (\w+))", re.MULTILINE
)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class ModuleError(Exception):
    """A module uses unsupported syntax, or is part of an import cycle."""


def bundle(entry: Path) -> str:
    """Return one script that runs a module after everything it imports.

    Args:
        entry: The module to run.

    Returns:
        JavaScript in which each module is a function with a separate scope. The same
        modules always give the same text.

    Raises:
        ModuleError: A module cannot be bundled.
    """
    order = imported(entry)
    numbers = {path: number for number, path in enumerate(order)}
    exports: dict[Path, list[str]] = {}
    parts = ['"use strict";']
    for path in order:
        text, exports[path] = _scoped(path, numbers, exports)
        parts.append(text)
    return "\n".join(parts) + "\n"


def imported(entry: Path) -> list[Path]:
    """Return a module and everything it imports; each module comes after its own imports.

    Args:
        entry: The module.

    Raises:
        ModuleError: There is an import cycle.
    """
    order: list[Path] = []
    _visit(entry.resolve(), order, ())
    return order


def direct_imports(module: Path) -> list[Path]:
    """Return the files that a module imports, in the module's order."""
    return [
        (module.parent / name).resolve()
        for _, name in _IMPORT.findall(module.read_text("utf-8"))
    ]


def _visit(path: Path, order: list[Path], importers: tuple[Path, ...]) -> None:
    if path in importers:
        circle = " -> ".join(one.name for one in (*importers, path))
        raise ModuleError(f"Modules import each other in a cycle: {circle}")
    if path in order:
        return
    for other in direct_imports(path):
        _visit(other, order, (*importers, path))
    order.append(path)


def _scoped(
    path: Path, numbers: dict[Path, int], exports: dict[Path, list[str]]
) -> tuple[str, list[str]]:
    """Return a module as a function that is called once, and the names it exports."""

    def binding(found: re.Match[str]) -> str:
        names, file = found.groups()
        if names is None:
            return ""
        source = (path.parent / file).resolve()
        wanted = [name.strip() for name in names.split(",") if name.strip()]
        if missing := [name for name in wanted if name not in exports[source]]:
            raise ModuleError(f"{source.name} does not export {', '.join(missing)}.")
        return f"const {{ {', '.join(wanted)} }} = module{numbers[source]};\n"

    text = path.read_text("utf-8")
    own = _EXPORT.findall(text)
    text = _EXPORT.sub("", _IMPORT.sub(binding, text))
    if other := _OTHER.search(text):
        raise ModuleError(f"{path.name} uses unsupported syntax: {other[0]}")
    returned = f"return {{ {', '.join(own)} }};\n" if own else ""
    return f"const module{numbers[path]} = (() => {{\n{text}{returned}}})();", own
