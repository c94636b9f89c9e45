"""The program's settings, declared once as data, and the TOML file that keeps them."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from inpaint_studio.atomic import write_bytes_atomically
from inpaint_studio.errors import FileProblemError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

T = TypeVar("T", bool, int, float, str)


class SettingKind(Enum):
    """What a value means, where its type does not say it: how a dialog shows it."""

    plain = "plain"
    percent = "percent"
    """0..1, shown as 0..100 %."""
    colour = "colour"
    """#rrggbb."""
    lines = "lines"
    """A text of several lines."""
    curve = "curve"
    """Points of a curve, see `core.pressure`."""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting: what it is called, explained and allowed to be.

    `minimum` and `maximum` are inclusive, for numbers; `pattern` is a regular expression for
    text. `label` is empty for what the program remembers by itself and no dialog shows; `unit`
    follows a number, `choice_labels` name the choices. `enabled_by` is the key of the yes-or-no
    setting without which this one means nothing.
    """

    key: str
    default: T
    label: str = ""
    help: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[T, ...] = ()
    pattern: str = ".*"
    kind: SettingKind = SettingKind.plain
    unit: str = ""
    choice_labels: tuple[str, ...] = ()
    enabled_by: str = ""

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
    """A page of the settings dialog, if any of its settings has a label."""

    title: str
    settings: tuple[Setting[Any], ...]

    @property
    def shown(self) -> tuple[Setting[Any], ...]:
        """The settings that a person chooses, in order."""
        return tuple(setting for setting in self.settings if setting.label)


THEME = Setting(
    "theme",
    "system",
    "Theme",
    "Dark, light, or what the system uses.",
    choices=("system", "dark", "light"),
    choice_labels=("Like the system", "Dark", "Light"),
)
MASK_COLOR = Setting(
    "mask_color",
    "#f0384f",
    "Mask colour",
    "The tint of what will change, as #rrggbb.",
    pattern="#[0-9a-fA-F]{6}",
    kind=SettingKind.colour,
)
MASK_OPACITY = Setting(
    *("mask_opacity", 0.45, "Mask opacity", "How much the mask hides the picture.", 0.1, 0.9),
    kind=SettingKind.percent,
)
MASK_OUTLINE = Setting("mask_outline", True, "Outline the mask", "A line around what will change.")
MASK_TINTED = Setting(
    *("mask_tinted", True, "Tint the mask", "Off: nothing but a line around it (Shift+Q)."),
)
PIXEL_GRID = Setting("pixel_grid", True, "Pixel grid", "Lines between pixels from 800 % on.")
CHECKERBOARD = Setting(
    "checkerboard",
    "small",
    "Checkerboard",
    "The squares behind what is transparent.",
    choices=("small", "medium", "large"),
    choice_labels=("Small", "Medium", "Large"),
)
BRUSH_SIZE = Setting("brush_size", 80.0, minimum=1.0, maximum=2000.0)
BRUSH_HARDNESS = Setting("brush_hardness", 0.8, minimum=0.0, maximum=1.0)
BRUSH_OPACITY = Setting("brush_opacity", 1.0, minimum=0.0, maximum=1.0)
BRUSH_SMOOTHING = Setting(
    *("brush_smoothing", 0.2, "Smoothing", "How much a stroke evens out a shaky hand.", 0.0, 1.0),
    kind=SettingKind.percent,
)
PRESSURE_TO_SIZE = Setting(
    "pressure_to_size", True, "Pressure changes the size", "For pens that feel pressure."
)
PRESSURE_SIZE_CURVE = Setting(
    "pressure_size_curve",
    "0 0, 1 1",
    "Pressure to size",
    "From a light touch at the left to full pressure at the right.",
    kind=SettingKind.curve,
    enabled_by="pressure_to_size",
)
PRESSURE_TO_OPACITY = Setting(
    "pressure_to_opacity", False, "Pressure changes the opacity", "For pens that feel pressure."
)
PRESSURE_OPACITY_CURVE = Setting(
    "pressure_opacity_curve",
    "0 0, 1 1",
    "Pressure to opacity",
    "From a light touch at the left to full pressure at the right.",
    kind=SettingKind.curve,
    enabled_by="pressure_to_opacity",
)
HISTORY_BUDGET_MIB = Setting(
    *("history_budget_mib", 512, "Memory for undo", "Beyond this, older steps go to disk."),
    *(64, 65536),
    unit=" MB",
)
HISTORY_DISK_BUDGET_MIB = Setting(
    "history_disk_budget_mib",
    4096,
    "Disk for undo",
    "Beyond this, the oldest steps are forgotten. 0 keeps none on disk.",
    *(0, 1 << 20),
    unit=" MB",
)
EXPORT_FORMAT = Setting("export_format", "png", choices=("png", "jpeg", "webp", "tiff", "avif"))
EXPORT_QUALITY = Setting("export_quality", 92, minimum=1, maximum=100)
EXPORT_FOLDER = Setting("export_folder", "")
LAST_OPEN_FOLDER = Setting("last_open_folder", "")
MODEL_FOLDERS = Setting(
    "model_folders",
    "",
    "Model folders",
    "Where to look for models, one folder or file a line.",
    pattern=r"(?s).*",
    kind=SettingKind.lines,
)
LAST_MODEL = Setting("last_model", "")
COMPANIONS = Setting("companions", "", pattern=r"(?s).*")
"""Lines of a bare transformer's path, a tab, and the folder that lends it the rest."""
PRESET = Setting("preset", "balanced", choices=("draft", "balanced", "quality", "custom"))
CUSTOM_STEPS = Setting("custom_steps", 0, minimum=0, maximum=150)
CANDIDATES = Setting("candidates", 2, minimum=1, maximum=8)
PATCH_CANDIDATES = Setting(
    *("patch_candidates", 3, "Patch fill candidates", "How many results to choose from.", 1, 3),
)
COMPILE_MODELS = Setting(
    "compile_models",
    False,
    "Compile models",
    "Faster steps on graphics cards; the first edit of each size takes a minute longer.",
)
MEND_JOINS = Setting(
    "mend_joins",
    True,
    "Mend joins that show",
    "After a step of an expansion, a model draws once more along a join that can be seen.",
)
PATCH_PACE = Setting("patch_pace", 0.6, minimum=0.05, maximum=100.0)
"""s that patch fill took here for a million px that it reads."""

GROUPS = (
    SettingGroup("General", (THEME,)),
    SettingGroup(
        "Canvas", (MASK_COLOR, MASK_OPACITY, MASK_TINTED, MASK_OUTLINE, PIXEL_GRID, CHECKERBOARD)
    ),
    SettingGroup(
        "Brush and pen",
        (
            *(BRUSH_SIZE, BRUSH_HARDNESS, BRUSH_OPACITY, BRUSH_SMOOTHING),
            *(PRESSURE_TO_SIZE, PRESSURE_SIZE_CURVE),
            *(PRESSURE_TO_OPACITY, PRESSURE_OPACITY_CURVE),
        ),
    ),
    SettingGroup(
        "Engine",
        (
            *(PATCH_CANDIDATES, MEND_JOINS, COMPILE_MODELS, MODEL_FOLDERS),
            *(HISTORY_BUDGET_MIB, HISTORY_DISK_BUDGET_MIB),
        ),
    ),
    SettingGroup(
        "Remembered",
        (
            *(EXPORT_FORMAT, EXPORT_QUALITY, EXPORT_FOLDER, LAST_OPEN_FOLDER),
            *(LAST_MODEL, COMPANIONS, PRESET, CUSTOM_STEPS, CANDIDATES, PATCH_PACE),
        ),
    ),
)
SETTINGS: dict[str, Setting[Any]] = {
    setting.key: setting for group in GROUPS for setting in group.settings
}
"""Every setting by its key."""


Shortcuts = dict[str, tuple[str, ...]]
"""Key sequences by the command they give."""
_SHORTCUTS = "shortcuts"


class Settings:
    """Values of the declared settings. Without a path they live in memory only.

    `shortcuts` holds those that differ from the program's own; commands that this version does
    not know stay in it.

    `notices` are sentences to show once, about a file that could not be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.notices: list[str] = []
        self._path = path
        self._values: dict[str, Any] = {}
        self._shortcuts_in_file: Shortcuts = {}
        self.shortcuts: Shortcuts = {}

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
        settings._shortcuts_in_file = _read_shortcuts(stored.get(_SHORTCUTS))
        settings.shortcuts = dict(settings._shortcuts_in_file)
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
        has_shortcuts = self.shortcuts != self._shortcuts_in_file
        if self._path is None or not (self._values or has_shortcuts):
            return
        document = _existing_document(self._path)
        for key, value in self._values.items():
            if document.get(key) != value:
                document[key] = value
        if has_shortcuts:
            _write_shortcuts(document, self._shortcuts_in_file, self.shortcuts)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes_atomically(self._path, document.as_string().encode())
        except OSError as error:
            raise FileProblemError(
                self._path, "the settings can't be saved.", str(error)
            ) from error
        self._shortcuts_in_file = dict(self.shortcuts)


def _read_shortcuts(stored: object) -> Shortcuts:
    """What is a list of texts; anything else counts as not there."""
    if not isinstance(stored, dict):
        return {}
    return {
        key: tuple(keys)
        for key, keys in stored.items()
        if isinstance(keys, list) and all(isinstance(text, str) for text in keys)
    }


def _write_shortcuts(document: TOMLDocument, before: Shortcuts, after: Shortcuts) -> None:
    """Change the table where it differs, so that what else is in it stays."""
    import tomlkit

    if not isinstance(document.get(_SHORTCUTS), dict):
        document[_SHORTCUTS] = tomlkit.table()
    table = cast("dict[str, Any]", document[_SHORTCUTS])
    for key in before.keys() - after.keys():
        table.pop(key, None)
    for key, keys in after.items():
        if before.get(key) != keys:
            table[key] = list(keys)


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
