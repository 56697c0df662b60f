"""Turn pixels (height, width, 4) of uint8 into PNG files: quickly to be seen, small to be kept."""

import base64
import io
import struct
import textwrap
import zlib

import numpy as np

from qlearn.views.style import COLORS, figure, look


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def quick_png(pixels) -> bytes:
    """Write a PNG in a third of Pillow's time, exact: each row as its difference to the row above.

    Signature, header (8 bits, colour type 6: RGBA), rows, end (PNG specification, third edition,
    sections 5 and 9.2; row filter 2 is "Up")."""
    height, width, _ = pixels.shape
    flat, rows = pixels.reshape(height, -1), np.empty((height, 1 + 4 * width), np.uint8)
    rows[:, 0], rows[0, 1:] = 2, flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows, 1)),
            _chunk(b"IEND", b""),
        ]
    )


def small_png(pixels, colors=48) -> bytes:
    """Write a PNG of few colours, a third the size of the exact one: for pictures in notebooks.

    The most frequent colours are kept as they are, and those of the look, however thin their line;
    the shades at the edges of letters and lines make do with the rest."""
    from PIL import Image, ImageColor

    image, file = Image.fromarray(pixels).convert("RGB"), io.BytesIO()
    seen = [color for _, color in sorted(image.getcolors(pixels.size), reverse=True)]
    own = [color for color in map(ImageColor.getrgb, COLORS) if color in seen]
    palette, kept = Image.new("P", (1, 1)), []
    others = np.reshape(image.quantize(colors // 2).getpalette(), (-1, 3)).tolist()
    for color in [*own, *seen[: colors // 2], *others]:
        if np.abs(np.subtract(kept or [[999] * 3], color)).max(axis=1).min() >= 8:
            kept.append(color)  # Pillow mixes up near ones
    palette.putpalette([part for color in kept for part in color])
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def footer(text, inches):
    """Draw a caption as a strip of pixels, `inches` wide, to go under a picture."""
    lines = textwrap.wrap(text, int(9.5 * inches))  # a figure at 12 pt is 0.106 inch wide
    height = 0.2 * len(lines) + 0.12
    with look():
        fig = figure((inches, height))
        fig.text(0.1 / inches, 1, "\n".join(lines), va="top", linespacing=1.15)
        fig.canvas.draw()
        return np.asarray(fig.canvas.buffer_rgba())


def strip(states, inches):
    """Stack (pixels, caption) pairs, each caption at the foot of its picture."""
    rows = [part for pixels, text in states for part in (pixels, footer(text, inches))]
    return np.vstack(rows)


def as_text(png: bytes) -> str:
    """Write the bytes in base64, as notebooks and web pages hold them."""
    return base64.b64encode(png).decode("ascii")
