"""Qwen's text-and-picture processor without torchvision.

The original wants torchvision for videos alone, which are never edited here.
"""

from __future__ import annotations

from typing import Any

from transformers import BatchFeature
from transformers.processing_utils import ProcessorMixin

IMAGE_TOKEN = "<|image_pad|>"


class QwenImageTextProcessor(ProcessorMixin):
    """Stands in for transformers' Qwen2VLProcessor (and Qwen2.5's) where there are only pictures.

    A ProcessorMixin, since diffusers checks the type of what it is given.
    """

    def __init__(self, image_processor: Any, tokenizer: Any) -> None:
        self.image_processor = image_processor
        self.tokenizer = tokenizer
        self.chat_template = getattr(tokenizer, "chat_template", None)

    def __call__(
        self,
        images: Any = None,
        text: Any = "",
        videos: Any = None,
        audio: Any = None,
        **settings: Any,
    ) -> BatchFeature:
        """Tokens of `text` (one or a list), each picture's mark as often as it has patches.

        `settings` go to the tokenizer. Raises ValueError for videos and sound.
        """
        if videos is not None or audio is not None:
            raise ValueError("Only pictures are read here.")
        texts = [text] if isinstance(text, str) else list(text)
        features: dict[str, Any] = {}
        if images is not None:
            features.update(self.image_processor(images=images, return_tensors="pt"))
            texts = self._with_places(texts, features["image_grid_thw"])
        tokens = self.tokenizer(texts, **{"padding": True, "return_tensors": "pt"} | settings)
        image_token = self.tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)
        features["input_ids"] = tokens["input_ids"]
        features["attention_mask"] = tokens["attention_mask"]
        features["mm_token_type_ids"] = (tokens["input_ids"] == image_token).long()
        return BatchFeature(features)

    def _with_places(self, texts: list[str], grids: Any) -> list[str]:
        """`grids`: frames, rows and columns of patches per picture, in the order of the marks."""
        merged = self.image_processor.merge_size**2
        counts = iter([int(grid.prod()) // merged for grid in grids])
        filled = []
        for text in texts:
            first, *rest = text.split(IMAGE_TOKEN)
            filled.append(first + "".join(IMAGE_TOKEN * next(counts) + part for part in rest))
        return filled
