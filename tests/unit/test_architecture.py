"""Import rules that import-linter can't state, because it sees PySide6 as one piece."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "inpaint_studio"
WIDGETS = {"PySide6.QtWidgets", "PySide6.QtSvgWidgets", "PySide6.QtOpenGLWidgets"}


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("file", sorted((PACKAGE / "editor").rglob("*.py")), ids=lambda f: f.name)
def test_the_editor_has_no_widgets(file: Path) -> None:
    assert not imported(file) & WIDGETS
