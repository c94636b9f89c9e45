"""Carries settings to where they have effect, at once, and back from where they are changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from inpaint_studio.core.layer import MaskKind
from inpaint_studio.editor.brush_memory import keep_brush, restore_pen
from inpaint_studio.editor.services import Services
from inpaint_studio.settings import (
    BRUSH_SMOOTHING,
    CHECKERBOARD,
    COMPILE_MODELS,
    HISTORY_BUDGET_MIB,
    HISTORY_DISK_BUDGET_MIB,
    MASK_COLOR,
    MASK_OPACITY,
    MASK_OUTLINE,
    MASK_TINTED,
    MODEL_FOLDERS,
    PATCH_CANDIDATES,
    PIXEL_GRID,
    PRESSURE_OPACITY_CURVE,
    PRESSURE_SIZE_CURVE,
    PRESSURE_TO_OPACITY,
    PRESSURE_TO_SIZE,
    THEME,
)
from inpaint_studio.ui.main_window import MainWindow
from inpaint_studio.ui.theme import ThemeMode, apply_theme, current, theme

_CHECKS = {"small": 8, "medium": 16, "large": 32}
"""Sides of the checkerboard's squares in px."""
_PEN = (
    *(BRUSH_SMOOTHING, PRESSURE_TO_SIZE, PRESSURE_SIZE_CURVE),
    *(PRESSURE_TO_OPACITY, PRESSURE_OPACITY_CURVE),
)


class LiveSettings(QObject):
    """`apply(key)` after a setting changed; `collect()` before settings are shown or saved."""

    def __init__(self, app: QApplication, services: Services, window: MainWindow) -> None:
        super().__init__(window)
        self._app = app
        self._services = services
        self._settings = services.settings
        self._window = window
        self._effects = self._effects_by_key()
        self._dress_canvas()
        self._show_grid()
        theme().changed.connect(self._dress_canvas)

    def apply(self, key: str) -> None:
        """Let a setting take effect. Those that are only remembered have none."""
        effect = self._effects.get(key)
        if effect is not None:
            effect()

    def collect(self) -> None:
        """Take over what was chosen in the window itself."""
        self._services.edits.settings.keep(self._settings)
        keep_brush(self._services.toolbox, self._settings)

    def _effects_by_key(self) -> dict[str, Callable[[], object]]:
        canvas = (MASK_COLOR, MASK_OPACITY, MASK_TINTED, MASK_OUTLINE, CHECKERBOARD)
        budgets = (HISTORY_BUDGET_MIB, HISTORY_DISK_BUDGET_MIB)
        return {
            THEME.key: self._dress_program,
            MODEL_FOLDERS.key: self._services.library.look,
            PATCH_CANDIDATES.key: self._set_candidates,
            COMPILE_MODELS.key: self._set_compiling,
            PIXEL_GRID.key: self._show_grid,
            **dict.fromkeys([setting.key for setting in canvas], self._dress_canvas),
            **dict.fromkeys([setting.key for setting in budgets], self._set_budgets),
            **dict.fromkeys([setting.key for setting in _PEN], self._dress_pen),
        }

    def _dress_program(self) -> None:
        mode = cast(ThemeMode, self._settings.get(THEME))
        apply_theme(self._app, mode)
        self._window.actions_table[f"theme_{mode}"].setChecked(True)

    def _dress_canvas(self) -> None:
        canvas, opacity = self._window.canvas, self._settings.get(MASK_OPACITY)
        colours = {
            MaskKind.repaint: QColor(self._settings.get(MASK_COLOR)),
            MaskKind.avoid: QColor(current().accent),
        }
        for kind, colour in colours.items():
            canvas.set_mask_style(kind, colour, opacity)
            self._window.layers_panel.set_mask_color(kind, colour.name())
            self._window.mask_section.set_color(kind, colour.name())
        is_tinted = self._settings.get(MASK_TINTED)
        canvas.scene.set_tinted(is_tinted)
        self._window.actions_table["mask_as_outline"].setChecked(not is_tinted)
        canvas.scene.set_outlined(self._settings.get(MASK_OUTLINE))
        canvas.scene.set_checkerboard(_CHECKS[self._settings.get(CHECKERBOARD)])
        canvas.update()

    def _show_grid(self) -> None:
        shown = self._settings.get(PIXEL_GRID)
        self._window.canvas.set_pixel_grid(shown)
        self._window.actions_table["pixel_grid"].setChecked(shown)

    def _dress_pen(self) -> None:
        restore_pen(self._services.toolbox, self._settings)

    def _set_candidates(self) -> None:
        choices = self._services.edits.settings
        choices.change(patch_candidates=self._settings.get(PATCH_CANDIDATES))

    def _set_compiling(self) -> None:
        choices = self._services.edits.settings
        choices.change(compile=self._settings.get(COMPILE_MODELS))

    def _set_budgets(self) -> None:
        memory, disk = HISTORY_BUDGET_MIB, HISTORY_DISK_BUDGET_MIB
        self._services.session.set_history_budgets(
            self._settings.get(memory) << 20, self._settings.get(disk) << 20
        )
