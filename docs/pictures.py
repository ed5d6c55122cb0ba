"""Write the pictures of docs/pictures: every page of the invented company in four looks, each a small PNG.

    python docs/pictures.py [--home data/demo]

Without a home the invented company is written and loaded into a temporary one, as `voronka demo` does.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from take_pictures import ARGUMENTS, served, take  # noqa: E402

from dashboard.contents import PAGES  # noqa: E402
from dashboard.exports.loads import prepare_demo  # noqa: E402
from pipelines.settings import find_home  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LOOKS = ("light-ru", "dark-ru", "light-en", "phone-ru")
COLOURS = 64
"""What a page needs: its ten colours, their tints and the grey steps of letters."""
EXACT = 16
"""Of them those of its large areas: a pale menu must not turn green."""

WIDTH = {"light-ru": 1100, "dark-ru": 1100, "light-en": 1100, "phone-ru": 390}


def shrink(path: Path, width: int) -> None:
    """Make a picture of a screen small: no wider than needed, without the blank below the page, few colours."""
    with Image.open(path) as taken:
        seen = taken.convert("RGB")
    seen = seen.crop((0, 0, seen.width, ending(seen)))
    if seen.width > width:
        seen = seen.resize((width, round(seen.height * width / seen.width)), Image.Resampling.LANCZOS)
    seen.quantize(palette=palette(seen), dither=Image.Dither.NONE).save(path, optimize=True)


def palette(seen: Image.Image) -> Image.Image:
    """Choose the colours of a picture: those of its large areas as they are, and what lies between the others."""
    counts = sorted(seen.getcolors(maxcolors=seen.width * seen.height) or [], reverse=True)
    exact = [part for _, colour in counts[:EXACT] if isinstance(colour, tuple) for part in colour]
    others = seen.quantize(COLOURS - EXACT, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).getpalette() or []
    chosen = Image.new("P", (1, 1))
    chosen.putpalette([*exact, *others[: 3 * (COLOURS - EXACT)]])
    return chosen


def ending(seen: Image.Image, margin: int = 24) -> int:
    """Return where the content of the page ends: below it, right of the menu, all is of one colour."""
    left = 300 if seen.width > 1000 else 0
    for bottom in range(seen.height, 0, -20):
        strip = seen.crop((left, max(0, bottom - 20), seen.width, bottom))
        if len(strip.getcolors(maxcolors=4) or range(5)) > 1:
            return min(seen.height, bottom + margin)
    return seen.height


def write(home: Path, looks: Sequence[str] = LOOKS) -> None:
    """Take and shrink the pictures of every page of a home; those of pages that are gone go too."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright, served(home) as url:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS
        )
        take(browser, url, PICTURES, {page.file: f"/{page.file}" for page in PAGES}, list(looks))
        browser.close()
    for path in PICTURES.glob("*.png"):
        shrink(path, next(width for look, width in WIDTH.items() if path.stem.endswith(look)))


def main() -> None:
    """Read the options and write the pictures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument(
        "--home", type=Path, help="a loaded home (else the invented company is loaded for the purpose)"
    )
    given = options.parse_args()
    if given.home:
        write(given.home)
        return
    with tempfile.TemporaryDirectory() as folder:
        prepare_demo(find_home(Path(folder)), None)
        write(Path(folder))


if __name__ == "__main__":
    main()
