"""Make the pictures of the guide for an exercise director, from the real page.

    .venv/bin/python tools/guide-pictures.py

Plays the first exercise as its test in a browser does (`tests/browser/test_exercise.py`), which keeps what it
sees in `out/screens`, and writes the pictures of the guide, in few colours, to `docs/images/exercise-*.png`.
"""

import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
SCREENS = ROOT / "out" / "screens"
IMAGES = ROOT / "docs" / "images"
PICTURES = ("waiting", "tracks", "claim", "conflict", "warning", "why", "logs", "review")
COLOURS = (256, 128, 64)
LARGEST_BYTES = 150_000


def main() -> int:
    """Play, then write each picture; ends with status 1 where the play failed or a picture is too large."""
    test = ROOT / "tests" / "browser" / "test_exercise.py"
    played = subprocess.run([sys.executable, "-m", "pytest", "-q", "-x", str(test)], cwd=ROOT, check=False)
    if played.returncode:
        return 1
    for name in PICTURES:
        target = IMAGES / f"exercise-{name}.png"
        for colours in COLOURS:
            with Image.open(SCREENS / f"{name}.png") as seen:
                few = seen.convert("RGB").quantize(
                    colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
                )
            few.save(target, optimize=True)
            if target.stat().st_size <= LARGEST_BYTES:
                break
        else:
            sys.stderr.write(f"{target} is larger than {LARGEST_BYTES} bytes\n")
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
