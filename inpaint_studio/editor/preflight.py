"""What the next edit will look at, and what it will cost, before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from inpaint_studio.core.document import Document
from inpaint_studio.core.edit import DiffusionOptions, EditParams, EditResult
from inpaint_studio.core.effective_mask import MaskUnion
from inpaint_studio.core.layer import MaskKind
from inpaint_studio.core.request import context_rule, masked_parts
from inpaint_studio.editor.edit_choices import EditChoices
from inpaint_studio.editor.edit_settings import EditSettings
from inpaint_studio.editor.session import EditorSession
from inpaint_studio.geometry import Bounds
from inpaint_studio.imaging.crop import CropPlan, plan_crop

GIB = 2**30
BYTES_PER_PIXEL = 1200
"""Activations at half precision while decoding, the peak of an edit: about 1.2 GB at 1 MP."""


@dataclass(frozen=True)
class Flight:
    """The largest crop of the next edit; `crops` of them in all. `seconds` 0 = not known yet."""

    plan: CropPlan
    crops: int
    nbytes: int
    seconds: float

    @property
    def bounds(self) -> Bounds:
        """What is looked at, in document coordinates."""
        return self.plan.context

    @property
    def label(self) -> str:
        """ "1024 × 1640 → 832 × 1344 · 6.1 GB · about 9 s"."""
        context, size = self.plan.context, self.plan.size
        parts = [f"{context.width} × {context.height}"]
        if (context.width, context.height) != tuple(size):
            parts[0] += f" → {size.width} × {size.height}"
        if self.crops > 1:
            parts.append(f"1 of {self.crops} places")
        parts.append(f"{self.nbytes / GIB:.1f} GB")
        if self.seconds:
            parts.append(f"about {rounded_seconds(self.seconds)} s")
        return " · ".join(parts)


class Pace:
    """How fast models were on this machine: seconds per step and megapixel, by path."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def learn(self, result: EditResult) -> None:
        """Measure an edit that is done."""
        params, run = result.params, result.run
        work = sum(size.width * size.height for size in run.sizes) / 1e6
        work *= max(1, run.steps) * params.num_candidates
        if isinstance(params.options, DiffusionOptions) and work:
            seconds = run.seconds.generate or result.seconds
            self._seconds[str(params.options.model)] = seconds / work

    def seconds(self, params: EditParams, steps: int, pixels: int) -> float:
        """How long that will take; 0 where the model was not measured yet."""
        if not isinstance(params.options, DiffusionOptions):
            return 0.0
        rate = self._seconds.get(str(params.options.model), 0.0)
        return rate * steps * params.num_candidates * pixels / 1e6


def plan_flight(document: Document, choices: EditChoices, pace: Pace) -> Flight | None:
    """What an edit of the masks would do; None for patch fill and where nothing is masked."""
    family = choices.family
    if family is None or choices.model is None:
        return None
    params = choices.params(0)
    masks = MaskUnion.used(document, MaskKind.repaint)
    parts = masked_parts(document, masks, context_rule(params))
    if not parts:
        return None
    sizes = family.sizes.limited(params.most_pixels)
    plans = [plan_crop(part.context, sizes) for part in parts]
    largest = max(plans, key=lambda plan: plan.context.area)
    pixels = sum(plan.size.area for plan in plans)
    steps = max(1, round(choices.effective_steps * choices.effective_strength))
    return Flight(
        largest,
        len(plans),
        choices.model.nbytes + largest.size.area * BYTES_PER_PIXEL,
        pace.seconds(params, steps, pixels),
    )


class Preflight(QObject):
    """Follows mask (at the end of a stroke) and choices. `changed()`: `flight` is another one."""

    changed = Signal()

    def __init__(
        self, session: EditorSession, settings: EditSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._flight: Flight | None = None
        self._planned_for: EditChoices | None = None
        self.pace = Pace()
        session.history_changed.connect(self.refresh)
        session.document_replaced.connect(self.refresh)
        settings.changed.connect(self._on_choices_changed)

    @property
    def flight(self) -> Flight | None:
        """The next edit, None where there is nothing to show."""
        return self._flight

    def refresh(self) -> None:
        """Plan anew."""
        document, choices = self._session.document, self._settings.choices
        self._planned_for = choices
        flight = None if document is None else plan_flight(document, choices, self.pace)
        if flight != self._flight:
            self._flight = flight
            self.changed.emit()

    def _on_choices_changed(self) -> None:
        if self._planned_for is None or _size_of(self._settings.choices) != _size_of(
            self._planned_for
        ):
            self.refresh()


def _size_of(choices: EditChoices) -> tuple[object, ...]:
    """What of the choices decides crop and cost: not the words that are being typed."""
    return (
        *(choices.model, choices.effective_strength, choices.effective_steps),
        *(choices.candidates, choices.feather, choices.grow, choices.most_pixels),
    )


def rounded_seconds(seconds: float) -> int:
    """Whole seconds, from 20 on in fives: an estimate should not look exact."""
    return max(1, round(seconds)) if seconds < 20 else 5 * round(seconds / 5)
