import numpy as np
import pytest
from scipy.stats import norm

from qlearn.networks import fold, load
from qlearn.numbers import minmax_range, mse_range
from qlearn.views.error import LADDERS, NO_GUESS, ROUNDED, law, lumpy, numbers, ratios, rounding
from qlearn.views.error import ladder as sqnr_ladder
from qlearn.views.style import BLACK, figure, look


def drawn(scene):
    with look():
        fig = figure()
        return fig, scene(fig)


@pytest.mark.parametrize("data", [*LADDERS, *ROUNDED])
def test_numbers_are_what_their_name_says(data):
    x = numbers(data)
    assert np.isfinite(x).all() and x.ndim == 1
    if data == "weights":
        np.testing.assert_array_equal(x, fold(load("digits_cnn")).layers[5].W.ravel())
    elif data == "ReLU outputs":
        assert x.min() == 0 and 0.3 < np.mean(x > 0) < 0.5
    else:
        sigma = {"uniform": 1 / np.sqrt(3), "Laplace": np.sqrt(2)}.get(data, 1)
        np.testing.assert_allclose(x.std(), sigma, rtol=2e-3)
        np.testing.assert_allclose(x, -x[::-1], atol=1e-12)


def test_numbers_oracle_scipy():
    np.testing.assert_allclose(numbers("Gaussian"), norm.ppf((np.arange(20_000) + 0.5) / 20_000))


# law


def test_the_ladder_is_the_sqnr_of_the_grid():
    x = numbers("uniform")
    step = 2 * x.max() / 7
    back = step * np.clip(np.round(x / step), -4, 3)
    expected = 10 * np.log10(np.sum(x**2) / np.sum((back - x) ** 2))
    assert sqnr_ladder("uniform", minmax_range)[1] == pytest.approx(expected)


def test_claim_what_a_bit_brings():
    for data in LADDERS:
        plain, best = (np.diff(sqnr_ladder(data, find)) for find in (minmax_range, mse_range))
        assert (plain[:4] > 6.1).all()  # up to six bits the steps more than double
        if "float16" in data:
            assert plain[-1] < 0.5 and plain[6] > 5.9
        else:
            np.testing.assert_allclose([plain[9:], best[9:]], 6.02, atol=0.15)
    assert (np.diff(sqnr_ladder("Gaussian", mse_range))[:6] < 5.75).all()


def test_law_before_reveal_shows_two_points_and_gives_nothing_away():
    fig, update = drawn(law)
    said = update(guess=6, num_bits=5)
    limits = [*(line for ax in fig.axes for line in ax.lines if line.get_color() == BLACK)]
    answers = [*limits, *fig.axes[0].texts, *fig.axes[1].texts]
    assert len(limits) == 2 and len(answers) == 4
    assert not any(artist.get_visible() for artist in answers)
    plain, best = (sqnr_ladder("Gaussian", find)[3] for find in (minmax_range, mse_range))
    assert said == f"5 bits: {best:.1f} dB with the best range, {plain:.1f} with min/max."
    left, right = fig.axes
    *curves, first, second = left.lines[1:]
    np.testing.assert_allclose(
        [first.get_data(), second.get_data()], [[[5], [plain]], [[5], [best]]]
    )
    steps, guess = right.lines[1:3], right.lines[-1]
    assert all(len(line.get_xdata()) == 0 for line in [*curves, *steps])
    assert guess.get_data() == ([5], [6])
    update()
    assert len(guess.get_xdata()) == 0


def test_law_reveal_answers_the_guess():
    fig, update = drawn(law)
    said = update(guess=6, num_bits=5, reveal=True)
    plain, best = (np.diff(sqnr_ladder("Gaussian", find)) for find in (minmax_range, mse_range))
    assert said == (
        f"You said 6 dB. From 4 to 5 bits the best range gains {best[2]:.1f} dB, "
        f"min/max {plain[2]:.1f}."
    )
    lines = [line.get_data() for line in fig.axes[1].lines[1:3]]
    np.testing.assert_allclose(lines, [[np.arange(3, 17), plain], [np.arange(3, 17), best]])
    assert update(num_bits=5, reveal=True).startswith("From 4 to 5 bits")
    assert all(text.get_visible() for ax in fig.axes for text in ax.texts)
    for data in LADDERS:
        update(data=data, reveal=True)
        for ax in fig.axes:
            low, high = ax.get_ylim()
            shown = np.concatenate([np.atleast_1d(line.get_ydata()) for line in ax.lines])
            assert (low < shown).all() and (shown < high).all()


# lumpy


@pytest.mark.parametrize("scale", [0.5, 1, 2, 3])
def test_rounding_against_integrals_over_all_steps(scale):
    k, e = np.arange(-40, 41)[:, None] * scale, scale * ((np.arange(2000) + 0.5) / 2000 - 0.5)
    density = norm.pdf(k - e).sum(axis=0) * scale / 2000  # x = k - e: of the error e
    bars, (noise, added, correlation) = rounding("Gaussian", scale)
    D = density @ e**2
    levels = norm.cdf(k + scale / 2) - norm.cdf(k - scale / 2)
    variance = float((levels * k**2).sum())
    assert noise == pytest.approx(D / (scale**2 / 12), rel=3e-3)
    assert added == pytest.approx((variance - 1) / (scale**2 / 12), abs=6e-3)
    assert correlation == pytest.approx((variance - 1 - D) / 2 / np.sqrt(D), abs=5e-3)
    expected = density.reshape(25, 80).sum(axis=1) * 25
    np.testing.assert_allclose(bars, expected, atol=0.06)
    assert bars.sum() == pytest.approx(25)


def test_claim_zeros_take_their_share_of_the_noise_at_every_step():
    share = np.mean(numbers("ReLU outputs") > 0)
    np.testing.assert_allclose(ratios("ReLU outputs")[0][:20], share, atol=0.03)


def test_claim_errors_may_be_even_and_no_variance_added():
    # Levels in the middles of eight cells that uniform numbers fill: each is the mean of its cell.
    x = 8 * (2 * np.arange(80_000) + 1) / 160_000
    e = np.floor(x) + 0.5 - x
    assert np.mean(e**2) == pytest.approx(1 / 12, rel=1e-4)
    assert np.var(x + e) - np.var(x) == pytest.approx(-1 / 12, rel=1e-4)
    noise, added, _ = ratios("uniform")[:, :20]  # and so, at some steps, in the figure
    np.testing.assert_allclose(noise, 1, atol=0.3)
    assert added.min() < -0.7 and added.max() > 2
    for data, to in ("Gaussian", 15), ("Laplace", 6):  # smooth, without sharp ends
        np.testing.assert_allclose(ratios(data)[1][:to], 1, atol=0.07)


def test_lumpy_before_and_after_reveal():
    fig, update = drawn(lumpy)
    bars, right = fig.axes[0].patches[0], fig.axes[1]
    said = update(guess=0.5, step=2)
    noise, added, _ = rounding("Gaussian", 2)[1]
    assert (noise, added) == (pytest.approx(0.991, abs=0.003), pytest.approx(0.905, abs=0.006))
    assert said == f"Step 2 sigma: noise {noise:.2f}, added variance {added:.2f} of the law's."
    np.testing.assert_array_equal(bars.get_data().values, rounding("Gaussian", 2)[0])
    *curves, a, b, c, guess = right.lines
    assert all(len(line.get_xdata()) == 0 for line in curves)
    now = rounding("Gaussian", 2)[1]
    np.testing.assert_allclose([p.get_ydata()[0] for p in (a, b, c)], now)
    assert guess.get_data() == ([0.5], [0.9])
    said = update(guess=0.5, step=2, reveal=True)
    assert said == (
        "You said 0.5 sigma: the added variance is off by a tenth from a step of 2.1 sigma on."
    )
    np.testing.assert_allclose([line.get_ydata() for line in curves], ratios("Gaussian"))
    assert update(guess=NO_GUESS, reveal=True).startswith("The added")
    for data in "uniform", "ReLU outputs":  # no step to name
        off = np.sum(np.abs(ratios(data)[1] - 1) > 0.1)
        assert update(data=data, reveal=True).endswith(f"a tenth at {off} of 40 steps.")


@pytest.mark.parametrize("data", ROUNDED)
def test_what_lumpy_draws_stays_inside(data):
    low, high = drawn(lumpy)[0].axes[1].get_ylim()
    assert low < ratios(data).min() and ratios(data).max() < high
    assert np.any(np.abs(ratios(data)[1] - 1) > 0.1)  # there is something to reveal
