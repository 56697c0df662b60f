"""The squared error of a uniform grid on given values, for hundreds of grids at once.

Cast: v a level, t a threshold between two levels, H(t) = sum of (t - x) over all x below t.
"""

from dataclasses import dataclass

import numpy as np

LOOKUPS = 24_000  # that the first lattice of ranges takes, about
ENTRIES = 1 << 16  # of a table of sorted values, about
ENDS = 1 << 10  # values on either end that are always kept: outliers decide


@dataclass(frozen=True, eq=False)
class Table:
    """Values in order, each with the number and the sums of all before it.

    Of millions only every so-many-th is kept, and all of both ends: what lies between two
    neighbours counts as the lower one's.
    """

    x: np.ndarray
    before: np.ndarray
    sums: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, x):
        x = np.sort(x)
        n = len(x)
        ends = min(ENDS, n // 2)
        kept = [(0, ends), (ends, n - ends, max(1, n // ENTRIES)), (n - ends, n)]
        kept = np.concatenate([np.arange(*span) for span in kept])
        sums = np.add.reduceat(x, kept, dtype=np.float64)
        squares = np.add.reduceat(np.square(x, dtype=np.float64), kept)
        return cls(x[kept], np.append(kept, n), running(sums), running(squares))

    @property
    def mean(self):
        """The mean of |x|."""
        return (self.sums[-1] - 2 * self.sums[self.x.searchsorted(0)]) / self.before[-1]

    def below(self, t, v):
        """The sum of (x - v)^2 over all x below t."""
        i = self.find(t)
        return self.squares[i] - 2 * v * self.sums[i] + v * v * self.before[i]

    def above(self, t, v):
        """The sum of (x - v)^2 over all x from t on."""
        return self.below(np.inf, v) - self.below(t, v)

    def error(self, scale, zero_point, qmin, qmax):
        """The sum of (x - Q(x))^2 for each grid scale (q - zero_point) of two arrays.

        = sum of (x - v)^2 - 2 scale sum of H(t), with v the top level: every t above an x takes it
        one level down. Beyond 8 bits rounding errs by scale^2 / 12 in the mean (Bennett 1948).
        """
        top, bottom = (scale * (q - zero_point) for q in (qmax, qmin))
        if qmax - qmin > 255:
            inside = self.before[self.find(top)] - self.before[self.find(bottom)]
            return self.above(top, top) + self.below(bottom, bottom) + inside * scale**2 / 12
        t = scale * (np.arange(qmin, qmax)[:, None] + 0.5 - zero_point)
        i = self.find(t)
        H = t * self.before[i] - self.sums[i]
        return self.below(np.inf, top) - 2 * scale * H.sum(axis=0)

    def find(self, t):
        return self.x.searchsorted(np.asarray(t, self.x.dtype))


def running(x):
    """0, x[0], x[0] + x[1], ..."""
    return np.concatenate([[0], np.cumsum(x)])


def best_grid(table, qmin, qmax, symmetric):
    """The scale and zero point of least error: a coarse lattice of ranges, then closer and closer.

    A range is -low f .. high g, with factors f and g of the largest value on either side. Symmetric
    grids, and values on one side of 0, have one factor. The lattice holds min/max itself. Some
    value must differ from 0.
    """
    low, high = max(0.0, -float(table.x[0])), max(0.0, float(table.x[-1]))
    if symmetric:
        low = high = max(low, high)
    sides = 2 if low > 0 < high and not symmetric else 1
    f, g = (
        factors(table.mean / (side or max(low, high)), qmax - qmin, sides) for side in (low, high)
    )
    step, best = np.log(g[-1] / g[-2]), (np.inf,)
    while True:
        f, g = (a.ravel() for a in np.meshgrid(f, g)) if sides == 2 else (g, g)
        f, g = f[f + g > 0], g[f + g > 0]
        scale, z = grids(low * f, high * g, qmin, qmax, symmetric)
        error = table.error(scale, z, qmin, qmax)
        k = error.argmin()
        best = min(best, (error[k], scale[k], z[k], f[k], g[k]))
        if step < 0.003:
            return best[1:3]
        near = np.exp(step * np.linspace(-1, 1, 9 if sides == 1 else 5))
        step /= 4 // sides
        f, g = best[3] * near, best[4] * near


def factors(mean, n, sides):
    """Factors of the largest value: 1, and from half the mean of |x| (or a tenth) to beyond 1.

    mean: that of |x| as a factor, too. Two sides share the look-ups, and may do without one.
    """
    most = n / (n - 1) if n > 1 else 1.0  # a symmetric grid then has its last code on that value
    if sides == 1:
        return np.append(1.0, np.geomspace(min(mean / 2, 0.1), most, 96))
    count = np.clip((LOOKUPS / n) ** 0.5, 7, 60)
    return np.concatenate([[0, 1], np.geomspace(min(mean / 2, 0.1), most, int(count))])


def grids(low, high, qmin, qmax, symmetric):
    """What Affine.from_range makes of the ranges -low .. high."""
    scale = (low + high) / (qmax - qmin)
    z = 0 * scale if symmetric else np.clip(np.round(qmin + low / scale), qmin, qmax)
    return scale, z
