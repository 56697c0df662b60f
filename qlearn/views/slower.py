"""A figure of 73-roofline: one layer in INT8 beside FP16, and all that a roofline leaves out."""

from functools import cache

from qlearn.hardware import layer_parts_s

from .controls import NO_GUESS
from .style import BLUE, GREY, ORANGE, SKY, VERMILION

PASS_GUESSES = [NO_GUESS, 0, 1, 2, 3, "never"]
KERNELS = {
    "int8 multipliers": {},
    "no int8: unpack inside": {"runs_in": "float16"},
    "no int8: unpack first": {"runs_in": "float16", "unpack_first": True},
}
PART_LOOKS = {
    "wait for memory": (BLUE, ""),
    "wait for arithmetic": (VERMILION, "///"),
    "start the layer": (GREY, ""),
    "extra passes": (ORANGE, "..."),
    "unpack first": (SKY, "\\\\\\"),
}


@cache
def parts_us(num_bits, batch, passes=0, kernel="int8 multipliers"):
    """Microseconds of each part of one 4096 x 4096 layer on an A100."""
    seconds = layer_parts_s("a100", num_bits, batch, passes, **KERNELS[kernel])
    return {part: 1e6 * s for part, s in seconds.items()}


def total_us(*setting):
    return sum(parts_us(*setting).values())


@cache
def breaking_passes(kernel):
    """How many extra passes make INT8 slower than FP16 at batch 1."""
    return next(n for n in range(4) if total_us(8, 1, n, kernel) > total_us(16, 1))


def slower(fig):
    """Two stacked bars in percent of the FP16 time: FP16 above, INT8 as it is set below."""
    ax = fig.subplots()
    ax.set(xlim=(0, 350), ylim=(-0.45, 1.6), yticks=[1, 0], xlabel="% of the time of FP16")
    ax.set_yticklabels(["FP16", "INT8"])
    ax.set_title("one layer, 4096 x 4096, on an A100")
    ax.grid(True, axis="x")
    bars = [[ax.barh(y, 0, height=0.5, color=c, hatch=h, ec="white", zorder=4)[0]
             for c, h in PART_LOOKS.values()] for y in (1, 0)]  # fmt: skip
    values = [ax.text(0, y, "", va="center", zorder=5) for y in (1, 0)]
    size = ax.text(3, 0.5, "", va="center", color=GREY, zorder=5)
    legend = ax.legend(bars[0], PART_LOOKS, loc="upper right", handlelength=1.5)
    legend.set_zorder(1)  # below what moves: it need not be drawn again

    def update(guess=NO_GUESS, log2_batch=0, passes=0, kernel="int8 multipliers"):
        batch = 2**log2_batch
        size.set_text(f"batch {batch:,}")
        whole = total_us(16, batch)
        both = parts_us(16, batch), parts_us(8, batch, passes, kernel)
        for row, value, parts in zip(bars, values, both, strict=True):
            end = 0.0
            for bar, us in zip(row, parts.values(), strict=True):
                bar.set_x(end)
                bar.set_width(100 * us / whole)
                bar.set_visible(us > 0)
                end += 100 * us / whole
            value.set_text(f"{sum(parts.values()):.1f} us")
            value.set_x(end + 3)
        return slower_caption(guess, batch, whole, both[1], kernel)

    return update


def slower_caption(guess, batch, whole, parts, kernel):
    """How much faster or slower INT8 is; with the guess, how many passes it takes."""
    total, part = sum(parts.values()), max(parts, key=parts.get)
    if guess == NO_GUESS:
        word = "slower than" if total > whole else "faster than"
        word = "as fast as" if abs(total / whole - 1) < 0.005 else word
        said = f"Batch {batch}: INT8 {total:.1f} us, {word} FP16, {whole:.1f}"
        return f"{said}; largest part: {part}."
    least = breaking_passes(kernel)
    answer = f"it takes {least} passes" if least else "it is slower without any"
    said = f"You said {guess}: at batch 1 {answer}. Batch {batch}"
    return f"{said}: INT8 {total:.1f} us, FP16 {whole:.1f}."
