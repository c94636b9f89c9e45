"""What our way around a diffusion pipeline costs beside the bare diffusers call, on the processor.

The model is random and of middle size, so that a step takes about a second as on a graphics card.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.measure import Row, rss_mib

if TYPE_CHECKING:
    from tests.gpu.measuring import Subject

STEPS = 6
SIDE = 256
REPEATS = 5


def bench_diffusion(folder: Path) -> Iterator[Row]:
    # First, so that the libraries start offline and silent.
    import inpaint_studio.engine.backends.diffusion  # noqa: F401, I001
    import torch

    from inpaint_studio.engine.backends.diffusion.devices import cpu_device
    from tests.gpu import measuring

    # Several threads wait for each other by spinning, which counts as work on a busy machine.
    torch.set_num_threads(1)
    subject = _middle_size(folder)
    bench = measuring.Bench(subject, cpu_device())
    yield from measuring.overhead(bench, REPEATS)
    yield from measuring.cancel(bench)
    yield from measuring.previews(bench)
    loaded = rss_mib()
    bench.backend.close()
    yield Row(f"{subject.name}: main memory given back by close", loaded - rss_mib(), "MiB", None)


def _middle_size(folder: Path) -> Subject:
    """SD1.5's shape with a UNet of 15 million weights and the real VAE at half its width."""
    from inpaint_studio.engine.backends.diffusion.quiet import quiet_libraries
    from inpaint_studio.models.families import Family
    from tests.engine.tiny_models import sd
    from tests.gpu.measuring import Subject

    diffusers: Any = import_module("diffusers")
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(64, 128, 256),
        layers_per_block=1,
        sample_size=32,
        in_channels=9,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=768,
        attention_head_dim=8,
    )
    vae = diffusers.AutoencoderKL(
        block_out_channels=(32, 64, 64, 64),
        layers_per_block=1,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=512,
    )
    parts = sd(9, 768) | {"unet": unet.eval(), "vae": vae.eval()}
    with quiet_libraries():
        pipe = diffusers.StableDiffusionInpaintPipeline(**parts)
    pipe.set_progress_bar_config(disable=True)
    return Subject("Middle-size SD", Family.sd15, pipe, SIDE, STEPS, folder)
