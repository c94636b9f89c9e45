"""What a command and a menu are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Commands = dict[str, Callable[[], object]]
"""What is done for the command of a key."""


@dataclass(frozen=True)
class ActionSpec:
    """One command. `needs` names what must be there for it to be enabled (see `Actions.enable`)."""

    key: str
    text: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    needs: str = ""


@dataclass(frozen=True)
class MenuSpec:
    """A menu: its title and the keys of its commands, None for a line between them."""

    # QT_TRANSLATE_NOOP returns its text but is declared to return an object.
    title: object
    keys: tuple[str | None, ...]


def spec(
    key: str,
    text: object,
    *shortcuts: str,
    icon: str = "",
    checkable: bool = False,
    needs: str = "",
) -> ActionSpec:
    """A command; `text` comes from QT_TRANSLATE_NOOP."""
    return ActionSpec(key, str(text), shortcuts, icon, checkable, needs)
