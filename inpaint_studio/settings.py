"""The program's settings, declared once as data, and the TOML file that keeps them."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from inpaint_studio.atomic import write_bytes_atomically
from inpaint_studio.errors import FileProblemError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

T = TypeVar("T", bool, int, float, str)


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: what it is called, explained and allowed to be.

    `minimum` and `maximum` are inclusive, for numbers; `pattern` is a regular expression for
    text. `label` is empty for what the program remembers by itself and no dialog shows.
    """

    key: str
    default: T
    label: str = ""
    help: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[T, ...] = ()
    pattern: str = ".*"

    def accepted(self, value: object) -> T | None:
        """`value` in the setting's type, or None if it is not allowed. 1 counts as 1.0."""
        # NaN is in no range. The range comes first: a huge whole number has no float.
        if isinstance(value, (int, float)) and not self.minimum <= value <= self.maximum:
            return None
        if isinstance(value, str) and not re.fullmatch(self.pattern, value):
            return None
        wanted = type(self.default)
        if wanted is float and type(value) is int:
            value = float(value)
        # type, not isinstance: True is an int, but no number of pixels.
        is_allowed = type(value) is wanted and (not self.choices or value in self.choices)
        return cast(T, value) if is_allowed else None


@dataclass(frozen=True)
class SettingGroup:
    """A titled section of the settings dialog."""

    title: str
    settings: tuple[Setting[Any], ...]


THEME = Setting(
    "theme",
    "system",
    "Theme",
    "Dark, light, or what the system uses.",
    choices=("system", "dark", "light"),
)
MASK_COLOR = Setting(
    "mask_color",
    "#f0384f",
    "Mask colour",
    "The tint of what will change, as #rrggbb.",
    pattern="#[0-9a-fA-F]{6}",
)
MASK_OPACITY = Setting(
    "mask_opacity", 0.45, "Mask opacity", "How much the mask hides the picture.", 0.1, 0.9
)
BRUSH_SIZE = Setting("brush_size", 80.0, "Brush size", "Diameter in pixels.", 1.0, 2000.0)
BRUSH_HARDNESS = Setting("brush_hardness", 0.8, "Hardness", "1 is a sharp edge.", 0.0, 1.0)
BRUSH_OPACITY = Setting(
    "brush_opacity", 1.0, "Brush opacity", "Below 1 the change is blended in.", 0.0, 1.0
)
PRESSURE_TO_SIZE = Setting(
    "pressure_to_size", True, "Pressure changes the size", "For pens that feel pressure."
)
PRESSURE_TO_OPACITY = Setting(
    "pressure_to_opacity", False, "Pressure changes the opacity", "For pens that feel pressure."
)
HISTORY_BUDGET_MIB = Setting(
    "history_budget_mib",
    512,
    "Memory for undo (MiB)",
    "Beyond this, older steps go to disk.",
    64,
    65536,
)
EXPORT_FORMAT = Setting("export_format", "png", choices=("png", "jpeg", "webp", "tiff", "avif"))
EXPORT_QUALITY = Setting("export_quality", 92, minimum=1, maximum=100)
EXPORT_FOLDER = Setting("export_folder", "")
LAST_OPEN_FOLDER = Setting("last_open_folder", "")

GROUPS = (
    SettingGroup("Appearance", (THEME, MASK_COLOR, MASK_OPACITY)),
    SettingGroup(
        "Brush",
        (BRUSH_SIZE, BRUSH_HARDNESS, BRUSH_OPACITY, PRESSURE_TO_SIZE, PRESSURE_TO_OPACITY),
    ),
    SettingGroup("Memory", (HISTORY_BUDGET_MIB,)),
    SettingGroup("Remembered", (EXPORT_FORMAT, EXPORT_QUALITY, EXPORT_FOLDER, LAST_OPEN_FOLDER)),
)
SETTINGS: dict[str, Setting[Any]] = {
    setting.key: setting for group in GROUPS for setting in group.settings
}
"""Every setting by its key."""


class Settings:
    """Values of the declared settings. Without a path they live in memory only.

    `notices` are sentences to show once, about a file that could not be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.notices: list[str] = []
        self._path = path
        self._values: dict[str, Any] = {}

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Settings from a TOML file. A missing file means defaults, and so does a bad value.

        A file that is no TOML at all is renamed to *.broken, which a notice says.
        """
        settings = cls(path)
        try:
            stored = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return settings
        except (ValueError, RecursionError):
            settings.notices.append(_set_aside(path))
            return settings
        except OSError:
            settings.notices.append(f"The settings in {path} can't be read; defaults are used.")
            return settings
        accepted = {key: SETTINGS[key].accepted(stored[key]) for key in SETTINGS.keys() & stored}
        settings._values = {key: value for key, value in accepted.items() if value is not None}
        return settings

    @overload
    def get(self, setting: Setting[T]) -> T: ...
    @overload
    def get(self, setting: str) -> Any: ...
    def get(self, setting: Setting[Any] | str) -> Any:
        """The value of a setting (or of its key). Raises KeyError for an unknown key."""
        declared = SETTINGS[setting] if isinstance(setting, str) else setting
        return self._values.get(declared.key, declared.default)

    def set(self, setting: Setting[T] | str, value: T) -> None:
        """Choose a value. Raises ValueError if the setting does not allow it, else KeyError."""
        declared = SETTINGS[setting] if isinstance(setting, str) else setting
        accepted = declared.accepted(value)
        if accepted is None:
            raise ValueError(f"{declared.key} can't be {value!r}")
        self._values[declared.key] = accepted

    def save(self) -> None:
        """Write what was chosen into the file; comments and unknown keys in it stay.

        Raises FileProblemError if it can't be written.
        """
        if self._path is None or not self._values:
            return
        document = _existing_document(self._path)
        for key, value in self._values.items():
            if document.get(key) != value:
                document[key] = value
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomically(self._path, document.as_string().encode())
        except OSError as error:
            raise FileProblemError(
                self._path, "the settings can't be saved.", str(error)
            ) from error


def _existing_document(path: Path) -> TOMLDocument:
    """The file as tomlkit sees it, empty where there is none or it is no TOML any more."""
    import tomlkit

    try:
        return tomlkit.parse(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return tomlkit.document()


def _set_aside(path: Path) -> str:
    broken = path.with_name(path.name + ".broken")
    try:
        path.replace(broken)
    except OSError:
        return f"The settings file {path} is damaged; defaults are used."
    return f"The settings file was damaged; defaults are used. It is kept as {broken}."


@dataclass(frozen=True)
class Folders:
    """Where the program keeps its own files. They may not exist yet."""

    config: Path
    state: Path
    cache: Path
    log: Path

    @property
    def settings_file(self) -> Path:
        """The TOML file of the settings."""
        return self.config / "settings.toml"


def folders() -> Folders:
    """The program's folders by this system's conventions."""
    from platformdirs import PlatformDirs

    here = PlatformDirs("inpaint-studio", appauthor=False)
    return Folders(
        here.user_config_path, here.user_state_path, here.user_cache_path, here.user_log_path
    )
