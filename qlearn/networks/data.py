"""1,797 real handwritten digits, split once: 1,077 to train, 180 to calibrate, 540 to test.

Optical Recognition of Handwritten Digits, Alpaydin and Kaynak 1998, UCI, CC BY 4.0, by way of
scikit-learn; shuffled once by `default_rng(0).permutation`.
"""

from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
CENTRE = np.array([3.5, 3.5])
PARTS = {"train": slice(0, 1077), "calibration": slice(1077, 1257), "test": slice(1257, 1797)}


def digits(part="test", hard=False):
    """Images x: (n, 1, 8, 8) float32 in [0, 1], and labels y: (n,), of one part of the digits.

    hard: the same images turned, moved and made noisy, so that methods can be told apart.
    """
    if part not in PARTS:
        raise ValueError(f"part is {part!r}: there are {', '.join(PARTS)}")
    images, labels = read()
    if hard:
        images = hard_images()
    return images[PARTS[part]].copy(), labels[PARTS[part]].copy()


@cache
def read():
    """All images and labels, in the order of the parts."""
    with np.load(HERE / "digits.npz", allow_pickle=False) as file:
        return file["images"][:, None].astype(np.float32) / 16, file["labels"].astype(np.int64)


@cache
def hard_images():
    """The same images, distorted once and for all."""
    return distort(read()[0], np.random.default_rng(0))


def distort(images, rng, turn=0.2, move=0.6, noise=0.12):
    """Turn each image (radians), move it (pixels), add noise: standard deviations of normals."""
    from scipy.ndimage import affine_transform

    angles, moves = turn * rng.normal(size=len(images)), move * rng.normal(size=(len(images), 2))
    turned = np.empty_like(images)
    for image, angle, shift, out in zip(images, angles, moves, turned, strict=True):
        c, s = np.cos(angle), np.sin(angle)
        R = np.array([[c, -s], [s, c]])
        # Turn about the centre, which lies between the four middle pixels.
        affine_transform(image[0], R, CENTRE - R @ CENTRE + shift, order=1, output=out[0])
    noisy = turned + noise * rng.normal(size=images.shape)
    return np.clip(np.round(16 * noisy) / 16, 0, 1).astype(np.float32)
