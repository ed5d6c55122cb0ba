"""Finds every text that a reader may see: constants of the code handed to what translates them, and what profiles say to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from pipelines.profile import shipped_profiles

ROOT = Path(__file__).parent.parent
TRANSLATORS = {"text", "say", "N_", "plural", "Notice"}


def error_names() -> set[str]:
    """Name the exceptions whose first argument is a template."""
    tree = ast.parse((ROOT / "pipelines" / "errors.py").read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases}


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text to translate with where it stands."""
    called = TRANSLATORS | error_names()
    for profile in shipped_profiles():
        yield profile.how, f"pipelines/sources/{profile.name}.toml"
    written = (ROOT / "docs" / name for name in ("sources.py", "systems.py"))
    for path in sorted([*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py"), *written]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            wanted = node.args[:2] if name == "plural" else node.args[:1]
            if name not in called or (name == "text" and isinstance(node.func, ast.Name)):
                continue
            for argument in wanted:
                for constant in _constants(argument):
                    if any(sign.isalpha() for sign in constant):
                        yield constant, f"{path.relative_to(ROOT)}:{node.lineno}"


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)
