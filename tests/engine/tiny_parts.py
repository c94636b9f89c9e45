"""The parts of the tiny models: tokenizers, text encoders, autoencoders and U-Nets."""

from __future__ import annotations

import string
from importlib import import_module
from typing import Any

# Both fill themselves in lazily, which type checkers can't follow.
diffusers = import_module("diffusers")
transformers = import_module("transformers")

WORDS = [
    "a",
    "cat",
    "dog",
    "sky",
    "red",
    "blue",
    "green",
    "photo",
    "of",
    "the",
    "on",
    "in",
    "grass",
    "tree",
    "house",
]
QWEN_SPECIALS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_symbols() -> list[str]:
    """GPT-2's 256 printable stand-ins for bytes: any text can be written with them."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return [chr(code) for code in printable + list(range(256, 256 + len(rest)))]


def clip_tokenizer() -> Any:
    """A CLIP tokenizer in which `WORDS` are one token each."""
    symbols = byte_symbols()
    tokens = symbols + [symbol + "</w>" for symbol in symbols]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        *letters, last = word
        parts = [*letters, last + "</w>"]
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            parts[:2] = [parts[0] + parts[1]]
            tokens.append(parts[0])
    tokens = [*dict.fromkeys(tokens), "<|startoftext|>", "<|endoftext|>"]
    vocab = {token: index for index, token in enumerate(tokens)}
    return transformers.CLIPTokenizer(
        vocab=vocab, merges=list(dict.fromkeys(merges)), model_max_length=77
    )


def t5_tokenizer() -> Any:
    """A T5 tokenizer of single letters and `WORDS`."""
    vocab = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    vocab += [(letter, -5.0) for letter in string.printable if not letter.isspace()]
    vocab += [("▁" + word, -3.0) for word in WORDS if len(word) > 1]
    vocab += [(f"<extra_id_{index}>", 0.0) for index in range(99, -1, -1)]
    return transformers.T5Tokenizer(vocab=vocab, extra_ids=100, model_max_length=512)


def qwen_tokenizer() -> Any:
    """A byte-level Qwen tokenizer with a short chat template."""
    tokens = byte_symbols() + QWEN_SPECIALS
    tokenizer = transformers.Qwen2Tokenizer(
        vocab={token: index for index, token in enumerate(tokens)},
        merges=[],
        model_max_length=2048,
    )
    tokenizer.add_special_tokens({"additional_special_tokens": QWEN_SPECIALS[1:]})
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


def clip_text_model(tokenizer: Any, width: int, *, projection: bool = False) -> Any:
    """A CLIP text encoder of one layer, `width` wide."""
    config = transformers.CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=77,
        projection_dim=width,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    if projection:
        return transformers.CLIPTextModelWithProjection(config).eval()
    return transformers.CLIPTextModel(config).eval()


def t5_text_model(tokenizer: Any, width: int) -> Any:
    """A T5 encoder of one layer, `width` wide."""
    config = transformers.T5Config(
        vocab_size=len(tokenizer),
        d_model=width,
        d_kv=8,
        d_ff=2 * width,
        num_layers=1,
        num_heads=2,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    return transformers.T5EncoderModel(config).eval()


def qwen3_config(tokenizer: Any, layers: int) -> Any:
    """Qwen3, 16 wide."""
    return transformers.Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=1024,
    )


def kl_autoencoder(latent_channels: int, scaling: float, shift: float | None = None) -> Any:
    """Four levels, so that the factor of 8 is the real one. A `shift` means FLUX's kind."""
    has_quant = shift is None
    return diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        layers_per_block=1,
        latent_channels=latent_channels,
        norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        sample_size=64,
        scaling_factor=scaling,
        shift_factor=shift,
        use_quant_conv=has_quant,
        use_post_quant_conv=has_quant,
    )


def sd_unet(in_channels: int, text_width: int) -> Any:
    """The U-Net of SD1.5 (768 wide text) and SD2 (1024)."""
    return diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=8,
        in_channels=in_channels,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=text_width,
        # Heads, by an old mistake of diffusers. At 512 px attention takes nearly all of the time.
        attention_head_dim=1,
        norm_num_groups=4,
    )


def sdxl_unet(in_channels: int) -> Any:
    """SDXL's U-Net: text of both encoders (768 + 1280) and the picture's sizes as conditions."""
    return diffusers.UNet2DConditionModel(
        block_out_channels=(8, 16),
        layers_per_block=1,
        sample_size=16,
        in_channels=in_channels,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=6 * 8 + 1280,
        cross_attention_dim=2048,
        norm_num_groups=4,
    )


def qwen_text_model(
    tokenizer: Any,
) -> Any:
    """Qwen2.5-VL, which reads the instruction together with the picture."""
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "mrope_section": [1, 1, 2],
                "rope_theta": 1e6,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_heads": 2,
            "out_hidden_size": 16,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "fullatt_block_indexes": [1],
        },
        image_token_id=tokenizer.convert_tokens_to_ids("<|image_pad|>"),
        video_token_id=tokenizer.convert_tokens_to_ids("<|video_pad|>"),
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    )
    return transformers.Qwen2_5_VLForConditionalGeneration(config).eval()
