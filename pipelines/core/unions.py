"""Groups of what belongs together: the connected components of a graph, whatever order its edges come in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def components(count: int, left: Numbers, right: Numbers) -> Numbers:
    """Return for each of ``count`` nodes the smallest node that edges ``left[i]``-``right[i]`` connect it with.

    Every node takes the smallest label of its neighbours, then its label's label, until nothing changes: a few rounds,
    each over all edges at once.
    """
    label = np.arange(count, dtype=np.int64)
    while True:
        before = label.copy()
        lowest = np.minimum(label[left], label[right])
        # The roots are hooked, not only the nodes, so that whole groups move at once.
        for side in (left, right):
            np.minimum.at(label, before[side], lowest)
            np.minimum.at(label, side, lowest)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(label, before):
            return label
