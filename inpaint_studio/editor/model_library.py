"""The models on this machine: found in the background, chosen, added, remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from inpaint_studio.editor.background import BackgroundTask
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.machine import Machine, look_around, missing_packages
from inpaint_studio.editor.model_reasons import ADDON_KINDS, MODEL_KINDS, why_not_model
from inpaint_studio.errors import InpaintStudioError
from inpaint_studio.models.companions import find_companion
from inpaint_studio.models.detect import identify
from inpaint_studio.models.library import find_models
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.settings import COMPANIONS, LAST_MODEL, MODEL_FOLDERS, Settings


@dataclass(frozen=True)
class _Survey:
    """What a look at the folders and the machine found."""

    found: tuple[ModelInfo, ...]
    machine: Machine


class ModelLibrary(QObject):
    """Knows which models there are. Nothing is loaded here; headers are read on a thread.

    Signals: `changed()` (what was found, or whether it is being looked for) and `refused(str)`: why
    a file is not taken, in the user's words.
    """

    changed = Signal()
    refused = Signal(str)

    def __init__(
        self,
        settings: Settings,
        edit_settings: EditSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._edit_settings = edit_settings
        self._survey = _Survey((), Machine())
        self._tasks: list[BackgroundTask] = []
        self._has_chosen = False
        self._missing = missing_packages()

    @property
    def models(self) -> tuple[ModelInfo, ...]:
        """What can be edited with, and what looks like it but has a problem; usable ones first."""
        found = [info for info in self._survey.found if self._is_listed(info)]
        return tuple(sorted(found, key=lambda info: (bool(info.problem), info.name.casefold())))

    @property
    def addons(self) -> tuple[ModelInfo, ...]:
        """The usable LoRAs and textual inversions that were found, by name."""
        found = [i for i in self._survey.found if i.kind in ADDON_KINDS and i.is_usable]
        return tuple(sorted(found, key=lambda info: info.name.casefold()))

    @property
    def machine(self) -> Machine:
        """What this machine can hold; unknown until the first look is over."""
        return self._survey.machine

    @property
    def missing(self) -> tuple[str, ...]:
        """The packages without which no model runs."""
        return self._missing

    @property
    def is_looking(self) -> bool:
        """Whether folders are being read right now."""
        return bool(self._tasks)

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders and files that the person added."""
        lines = self._settings.get(MODEL_FOLDERS).splitlines()
        return tuple(Path(line.strip()) for line in lines if line.strip())

    def look(self) -> None:
        """Read the folders anew. Chooses the model of the last session when it is found."""
        self._missing = missing_packages()
        last = self._settings.get(LAST_MODEL)
        places = (*self.places, *([Path(last)] if last else []))
        self._start(partial(_survey, places), self._on_surveyed)

    def choose(self, model: ModelInfo | None) -> None:
        """Edit with this model (None: patch fill), now and in the next session."""
        reason = self.why_not(model) if model else ""
        if reason:
            self.refused.emit(reason)
            return
        self._has_chosen = True
        self._settings.set(LAST_MODEL, str(model.path) if model else "")
        self._edit_settings.choose_model(model, self.companion_of(model) if model else None)

    def why_not(self, model: ModelInfo) -> str:
        """Why nothing can be edited with a model, in the user's words; "" where it can."""
        return why_not_model(model, self._missing)

    def companion_of(self, model: ModelInfo) -> Path | None:
        """The folder that was chosen to lend a bare transformer the rest; None = one near it."""
        return self._companions().get(model.path)

    def lend(self, model: ModelInfo, folder: Path) -> None:
        """Take a bare transformer's text encoders and VAE from a diffusers folder from now on, and
        choose it. `refused` says why the folder does not fit."""
        self._start(partial(_lender, model, folder), partial(self._on_lent, model, folder))

    def add(self, path: Path) -> None:
        """Take a model file, a model folder or a folder of models into the library."""
        self._start(partial(_look_at, path), partial(self._on_added, path))

    def add_addon(self, path: Path) -> None:
        """Use a LoRA or a textual inversion for the next edits, if it fits the chosen model."""
        self._start(lambda _report, _is_cancelled: identify(path), self._edit_settings.add_addon)

    def _companions(self) -> dict[Path, Path]:
        lines = (line.split("\t") for line in self._settings.get(COMPANIONS).splitlines())
        return {Path(pair[0]): Path(pair[1]) for pair in lines if len(pair) == 2}

    def _on_lent(self, model: ModelInfo, folder: Path, _found: ModelInfo) -> None:
        pairs = self._companions() | {model.path: folder}
        self._settings.set(COMPANIONS, "\n".join(f"{a}\t{b}" for a, b in pairs.items()))
        self.choose(model)

    def _is_listed(self, info: ModelInfo) -> bool:
        return info.kind in MODEL_KINDS or info.path in self.places

    def _start(
        self,
        work: Callable[[Callable[[float], None], Callable[[], bool]], object],
        on_finished: Callable[..., None],
    ) -> None:
        task = BackgroundTask(work, owner=self)
        task.finished.connect(on_finished)
        task.failed.connect(self._on_failed)
        for ended in (task.finished, task.failed, task.cancelled):
            ended.connect(partial(self._on_ended, task))
        self._tasks.append(task)
        task.start()
        self.changed.emit()

    def _on_ended(self, task: BackgroundTask, *_outcome: object) -> None:
        if task in self._tasks:
            self._tasks.remove(task)
        self.changed.emit()

    def _on_failed(self, error: InpaintStudioError) -> None:
        self.refused.emit(str(error))

    def _on_surveyed(self, survey: _Survey) -> None:
        self._survey = survey
        last = self._settings.get(LAST_MODEL)
        if self._has_chosen or not last:
            return
        found = next((info for info in survey.found if info.path == Path(last)), None)
        if found is not None and not self.why_not(found):
            self.choose(found)

    def _on_added(self, path: Path, found: tuple[ModelInfo, ...]) -> None:
        # What is added to models counts as one only where it was chosen by itself.
        models = [info for info in found if info.kind not in ADDON_KINDS or info.path == path]
        if len(models) == 1 and (reason := why_not_model(models[0])):
            self.refused.emit(reason)
            return
        places = dict.fromkeys((*self.places, path))
        self._settings.set(MODEL_FOLDERS, "\n".join(map(str, places)))
        others = tuple(
            info for info in self._survey.found if info.path not in {f.path for f in found}
        )
        self._survey = _Survey((*others, *found), self._survey.machine)
        if len(models) == 1:
            # Without torch it is listed, and the choice says what is missing.
            self.choose(models[0])


def _survey(
    places: tuple[Path, ...], _report: Callable[[float], None], is_cancelled: Callable[[], bool]
) -> _Survey:
    return _Survey(tuple(find_models(places, is_cancelled)), look_around())


def _lender(
    model: ModelInfo,
    folder: Path,
    _report: Callable[[float], None],
    _is_cancelled: Callable[[], bool],
) -> ModelInfo:
    """The folder's model. Raises FileProblemError if it can't lend anything to this one."""
    return find_companion(model, folder)


def _look_at(
    path: Path, _report: Callable[[float], None], is_cancelled: Callable[[], bool]
) -> tuple[ModelInfo, ...]:
    """The model at a path, or those in it and their add-ons; at least one, maybe a bad one."""
    info = identify(path)
    if info.is_usable or not path.is_dir():
        return (info,)
    found = (i for i in find_models([path], is_cancelled) if i.path.is_relative_to(path))
    return tuple(i for i in found if i.kind in MODEL_KINDS | ADDON_KINDS) or (info,)
