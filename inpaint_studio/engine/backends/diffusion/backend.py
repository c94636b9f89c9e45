"""A loaded diffusion model that makes edits: the one entry from outside is `open_backend`."""

from __future__ import annotations

import importlib.metadata
from itertools import chain
from typing import Any

import numpy as np
import torch

from inpaint_studio.core.edit import DiffusionOptions, EditParams, Intent, ModelIdentity
from inpaint_studio.engine.backend import Capabilities, GenerateInput, OnLoad, OnStep, RunFacts
from inpaint_studio.engine.backends.diffusion.adapters.adapter import Adapter, Call, Embeddings
from inpaint_studio.engine.backends.diffusion.adapters.latents import keep_encodings
from inpaint_studio.engine.backends.diffusion.devices import Device, pick_device
from inpaint_studio.engine.backends.diffusion.generate import (
    LEAST_STRENGTH,
    Job,
    parts_of,
    run,
    steps_for,
)
from inpaint_studio.engine.backends.diffusion.ladder import Ladder, LadderMemory
from inpaint_studio.engine.backends.diffusion.loading import load_components
from inpaint_studio.engine.backends.diffusion.memory import TensorCache, free
from inpaint_studio.engine.backends.diffusion.nan_guard import guarded_decode
from inpaint_studio.engine.backends.diffusion.outfit import Outfit, family_of
from inpaint_studio.engine.backends.diffusion.placement import is_rounded
from inpaint_studio.engine.backends.diffusion.previews import (
    Decode,
    Previews,
    linear_decode,
    tiny_autoencoder_beside,
    tiny_decode,
)
from inpaint_studio.engine.backends.diffusion.prompts import Words, readable, words_for
from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
from inpaint_studio.engine.backends.diffusion.registry import adapter_for, pipeline_for
from inpaint_studio.engine.backends.diffusion.speed import compile_denoiser, tune
from inpaint_studio.errors import EditRefusedError
from inpaint_studio.models.detect import identify
from inpaint_studio.models.families import Task
from inpaint_studio.models.fingerprint import fingerprint
from inpaint_studio.models.model_info import ModelInfo
from inpaint_studio.models.placements import Placement
from inpaint_studio.settings import folders

RELOADED = "The model was loaded again, since its weights had been rounded to 8 bits."
KEPT_EMBEDDINGS = 128 * 1024 * 1024
"""bytes; the longest prompt of the largest text encoder takes 8 MB."""


def open_backend(options: DiffusionOptions, on_load: OnLoad) -> DiffusionBackend:
    """Load `options.model`.

    Raises InpaintStudioError in plain words, and passes on what `on_load` raises.
    """
    info = identify(options.model)
    notices: list[str] = []
    device = pick_device(notices.append)
    pipe = _load(info, device, options, on_load)
    return DiffusionBackend(info, pipe, device, options, notices)


def _load(info: ModelInfo, device: Device, options: DiffusionOptions, on_load: OnLoad) -> Any:
    # LoRAs and the like come with the first edit, as they do with every later one.
    bare, dtype = DiffusionOptions(options.model), device.dtype_for(info.nbytes)
    return load_components(info, bare, dtype, on_load, options.companion)


class DiffusionBackend:
    """One model, kept loaded. What an edit asks for beside the model (LoRAs, scheduler) changes
    between edits without loading it again.
    """

    def __init__(
        self,
        info: ModelInfo,
        pipe: Any,
        device: Device,
        options: DiffusionOptions,
        notices: list[str],
    ) -> None:
        self._info = info
        self._family = family_of(info)
        self._device = device
        self._opened = options
        self._fingerprint = fingerprint(info)
        self._called: dict[str, Any] = {}
        self._embeddings: TensorCache[Embeddings] = TensorCache(KEPT_EMBEDDINGS)
        self._params: EditParams | None = None
        self._notices = notices
        self._facts = RunFacts()
        self._adopt(pipe)

    def _adopt(self, pipe: Any) -> None:
        """Work with this pipeline, which was just loaded."""
        self._pipe = pipe
        self._to_compile = self._opened.compile
        self._decode: Decode | None = None
        self._outfit = Outfit(pipe, self._info)
        memory = LadderMemory(folders().state)
        model = self._fingerprint
        self._ladder = Ladder(pipe, self._device, model, self._notices.append, memory)
        keep_encodings(pipe.vae)
        tune(pipe, self._device)

    @property
    def identity(self) -> ModelIdentity:
        """The name of the file or folder; what it holds, and the library that runs it."""
        library = importlib.metadata.version("diffusers")
        version = f"{self._fingerprint[:16]}, diffusers {library}"
        return ModelIdentity("diffusion", self._info.name, version)

    @property
    def capabilities(self) -> Capabilities:
        """The family's."""
        family = self._family
        return Capabilities(family.sizes, True, family.soft_mask, family.has_strength)

    @property
    def notices(self) -> tuple[str, ...]:
        """What was changed while loading and in the latest edit."""
        return tuple(dict.fromkeys(self._notices))

    @property
    def facts(self) -> RunFacts:
        """About the latest `generate`."""
        return self._facts

    def generate(self, work: GenerateInput, on_step: OnStep) -> list[np.ndarray]:
        """See `Backend.generate`. Raises EditRefusedError, EngineError, and what `on_step` does."""
        if self._params is not None and work.params is not self._params:
            self._notices.clear()
        self._params = work.params
        on_step(0.0, None)
        options = _options_of(work.params)
        self._reload_if_rounded(options.placement, on_step)
        adapter = adapter_for(self._pipe, self._task(work))
        with quiet_libraries():
            self._dress(options)
            pipe = self._pipeline(adapter)
            call = self._call(work, adapter)
            self._ladder.use(pipe)
            return self._ladder.run(
                lambda: self._run(pipe, adapter, call, on_step),
                work.mask.size,
                len(work.candidates),
                options.placement,
            )

    def close(self) -> None:
        """Give back all memory; the backend can't be used any more."""
        self._called.clear()
        self._embeddings.clear()
        self._decode = None
        free(self._pipe, self._device)

    def _reload_if_rounded(self, asked: str, on_step: OnStep) -> None:
        """Weights that were rounded to 8 bits come back from the disk alone: when a rung is asked
        for that rounds nothing and is faster."""
        faster = [p.value for p in Placement if p.order < Placement.fp8_group_offload.order]
        if asked not in faster or not is_rounded(self._pipe):
            return
        self._note(RELOADED)
        self.close()
        self._adopt(_load(self._info, self._device, self._opened, lambda *_: on_step(0.0, None)))

    def _run(self, pipe: Any, adapter: Adapter, call: Call, on_step: OnStep) -> list[np.ndarray]:
        self._compile_once(pipe)
        decode = self._decode = self._decode or self._make_decode(pipe)
        embeddings = self._embed(pipe, adapter, call.words)
        on_step(0.0, None)
        pictures: list[np.ndarray] = []
        for part, listener in parts_of(call, self._ladder.together, on_step):
            job = Job(part, embeddings, self._family.soft_mask or not adapter.takes_mask)
            with guarded_decode(pipe, self._notices.append):
                made, steps = run(pipe, adapter, job, Previews(decode), listener)
            pictures += made
            self._facts = RunFacts(steps, self._ladder.placement.value)
        return pictures

    def _compile_once(self, pipe: Any) -> None:
        if self._to_compile:
            self._to_compile = False
            self._note(compile_denoiser(pipe, self._ladder.placement))

    def _task(self, work: GenerateInput) -> Task:
        """A whole mask on an instruction means the whole picture."""
        if work.params.intent is not Intent.instruct:
            return Task.inpaint
        if Task.instruct not in self._family.tasks:
            raise EditRefusedError(
                f"{self._family.label} can't follow instructions. Describe what should be seen "
                "in the masked area instead, or choose a model that edits by instruction."
            )
        return Task.instruct if int(work.mask.min()) == 255 else Task.inpaint

    def _call(self, work: GenerateInput, adapter: Adapter) -> Call:
        params, defaults = work.params, self._outfit.defaults
        strength = min(max(params.strength, LEAST_STRENGTH), 1.0)
        scale = params.guidance_scale
        scale = defaults.guidance_scale if scale is None else scale
        steps = params.num_inference_steps or defaults.steps
        if adapter.takes_strength:
            steps = steps_for(steps, strength)
        words, left_out = readable(words_for(params, self._family, scale), adapter.reads_weights)
        self._note(left_out)
        return Call(
            work.image,
            work.mask,
            words,
            strength,
            scale,
            self._outfit.steps_within(steps),
            work.seeds,
        )

    def _dress(self, options: DiffusionOptions) -> None:
        if self._outfit.fits(options):
            return
        self._called.clear()
        with self._ladder.lifted():
            self._note(self._outfit.wear(options))

    def _pipeline(self, adapter: Adapter) -> Any:
        pipe = self._called.get(adapter.pipeline)
        if pipe is None:
            pipe = self._called[adapter.pipeline] = pipeline_for(self._pipe, adapter)
        return pipe

    def _make_decode(self, pipe: Any) -> Decode:
        tiny = tiny_autoencoder_beside(self._info.path, self._family.family)
        with torch.no_grad():
            if tiny is not None:
                try:
                    return tiny_decode(tiny, pipe)
                except (OSError, ValueError):
                    self._note(f"{tiny.name} can't be read; previews are coarser.")
            return linear_decode(pipe)

    def _embed(self, pipe: Any, adapter: Adapter, words: Words) -> Embeddings:
        """What the words come to; known words with the same LoRAs cost nothing."""
        device = str(pipe._execution_device)
        key = (type(adapter), words, self._outfit.words_key, device)
        embeddings = self._embeddings.get(key)
        if embeddings is None:
            with torch.no_grad():
                embeddings = adapter.embed(pipe, words)
            self._embeddings.put(key, embeddings, _tensors_of(embeddings))
        return embeddings

    def _note(self, notice: str) -> None:
        if notice:
            self._notices.append(notice)


def _options_of(params: EditParams) -> DiffusionOptions:
    if not isinstance(params.options, DiffusionOptions):
        raise TypeError("a diffusion model was asked for a patch fill")
    return params.options


def _tensors_of(embeddings: Embeddings) -> tuple[torch.Tensor, ...]:
    values = (value if isinstance(value, list) else [value] for value in embeddings.values())
    return tuple(value for value in chain(*values) if isinstance(value, torch.Tensor))
