"""Statistics that keep people honest: pure functions of numbers, each with its source, that know nothing of deals or files.

A share of nothing, a quantile that was not reached, a range of one value: what cannot be known is None, never zero.
The only package that imports scipy; from it only ``scipy.special``, and where it is asked for, because it takes half a second
to start.
"""
