"""Writes resources/pipelines/clip/merges.txt.gz from the vocabulary that OpenCLIP ships.

    python packaging/clip_merges.py .../open_clip/bpe_simple_vocab_16e6.txt.gz

That file is OpenAI CLIP's (MIT), with far more merges than CLIP's text encoders know. Run by hand,
once: the result is in the repository. Standard library only.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "resources" / "pipelines" / "clip" / "merges.txt.gz"
VOCABULARY = 49408
SINGLE_SYMBOLS = 2 * 256
"""Each byte, alone and at the end of a word."""
MARKS = 2
"""Start and end of the text."""


def known_merges(vocabulary: str) -> list[str]:
    """Return the merges CLIP was trained with, the most frequent first; line 1 is a heading."""
    return vocabulary.splitlines()[1 : 1 + VOCABULARY - SINGLE_SYMBOLS - MARKS]


def main() -> None:
    """Read the file named on the command line and write `TARGET`."""
    source = Path(sys.argv[1])
    merges = known_merges(gzip.decompress(source.read_bytes()).decode("utf-8"))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    # Without a time stamp, the same merges make the same file.
    TARGET.write_bytes(gzip.compress("\n".join(merges).encode("utf-8"), mtime=0))
    print(f"{len(merges)} merges, {TARGET.stat().st_size} bytes in {TARGET}")


if __name__ == "__main__":
    main()
