import numpy as np
import pytest

from qlearn.grids import ladder, so_far
from qlearn.views.ladder import BITS, KINDS, LOOKS, NO_GUESS, climb, numbers, rungs
from qlearn.views.style import figure, look


def drawn(fits_of=so_far):
    with look():
        fig = figure()
        return fig, climb(fits_of)(fig)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers(kind):
    x = numbers(kind)
    assert np.isfinite(x).all() and x.ndim == (2 if kind == "ReLU outputs" else 4)
    assert (x.min() >= 0) == (kind == "ReLU outputs")


def test_rungs_are_the_ladders():
    found = rungs(so_far, "weights")
    expected = ladder({"x": [numbers("weights")]}, so_far(3)).rungs
    for name, row in expected.items():
        np.testing.assert_allclose(found[name][1], [3, *row["x"][:, 0]])
    assert found["NF4 per group"].shape == (1, 4)
    assert {name: len(rows) for name, rows in found.items()}["min/max"] == len(BITS)


def test_claim_lloyd_max_is_nearest_on_weights_and_groups_on_activations():
    at = {kind: {n: r[r[:, 0] == 4, 3] for n, r in rungs(so_far, kind).items()} for kind in KINDS}
    assert min(at["weights"], key=at["weights"].get) == "Lloyd-Max"
    assert min(at["Gaussian"], key=at["Gaussian"].get) == "Lloyd-Max"
    assert min(at["ReLU outputs"], key=at["ReLU outputs"].get) == "per group"


def shown(fig):
    return {line.get_label(): line.get_xydata() for line in fig.axes[0].lines}


def test_before_reveal_only_one_grid_shows():
    fig, update = drawn()
    said = update(guess="Lloyd-Max")
    row = rungs(so_far, "weights")["min/max"][2]
    assert said == f"4-bit codes, min/max: {row[3]:.1f} dB short of the Gaussian limit."
    curves = [line for ax in fig.axes for line in ax.lines if line.get_linestyle() == ":"]
    assert [len(line.get_xdata()) for line in curves] == 2 * [1, 0, 0, 0, 0, 0, 0]
    right = fig.axes[1]
    low, high = right.get_xlim()
    mine = ring(fig)
    assert mine.get_ydata() == [5] and 0 < (mine.get_xdata()[0] - low) / (high - low) < 0.06
    update(guess="per group", num_bits=2)
    assert (mine.get_xdata()[0] - low) / (high - low) < 0.06  # its place would tell
    update()
    assert len(mine.get_xdata()) == 0


def ring(fig):
    return next(m for m in fig.axes[1].lines if m.get_markersize() == 15)


def test_each_grid_has_its_row_and_the_guess_a_ring():
    fig, update = drawn()
    right = fig.axes[1]
    update(guess="Lloyd-Max", num_bits=3, reveal=True)
    found, names = rungs(so_far, "weights"), list(so_far(4))
    assert [t.get_text() for t in right.get_yticklabels()] == names
    rows = {line.get_ydata()[0]: line.get_xdata()[0] for line in right.lines
            if line.get_linestyle() == ":" and len(line.get_xdata())}  # fmt: skip
    assert rows == {names.index(n): -found[n][1, 3] for n in names if n != "NF4 per group"}
    assert ring(fig).get_data() == ([-found["Lloyd-Max"][1, 3]], [5])


def test_reveal_answers_the_guess():
    fig, update = drawn()
    best, other = (rungs(so_far, "weights")[n][2, 3] for n in ("Lloyd-Max", "per group"))
    said = update(guess="per group", reveal=True)
    assert said == (
        f"4-bit codes: Lloyd-Max comes closest, {best:.1f} dB short; "
        f"you said per group, {other - best:.1f} dB less."
    )
    assert update(guess="Lloyd-Max", reveal=True).endswith("dB short; you said so.")
    assert update(guess=NO_GUESS, reveal=True).endswith("dB short.")
    assert "dB beyond" in update(data="ReLU outputs", reveal=True)
    said = update(guess="NF4 per group", num_bits=3, reveal=True)
    assert said.endswith("dB short; NF4 per group has no 3-bit codes.")
    for kind in KINDS:
        said = update(guess="per channel", data=kind, reveal=True)
        assert len(said) <= 95
        low, high = fig.axes[0].get_ylim()
        assert low < 0 < high and fig.axes[1].get_xlim() == (low, high)
        for rows in rungs(so_far, kind).values():
            assert (low < -rows[:, 3]).all() and (-rows[:, 3] < high).all()


def few(num_bits):
    return {"mine": so_far(num_bits)["best range"], "yours": so_far(num_bits)["min/max"]}


def test_any_list_of_fits_will_do():
    fig, update = drawn(few)
    assert "mine" in update(reveal=True)
    assert [t.get_text() for t in fig.axes[1].get_yticklabels()] == ["mine", "yours"]
    assert len(LOOKS) == len(set(LOOKS)) >= 12
