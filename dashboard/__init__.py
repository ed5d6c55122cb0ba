"""Facts in, answers out: metrics, analyses, charts and the pages that show them.

Reads published snapshots only, through :mod:`dashboard.access`, and never writes one.
"""
