"""Facts in, answers out: metrics, analyses, charts and the pages that show them.

Reads published snapshots only, through :mod:`dashboard.access`, and never writes one.
"""

# Streamlit puts the folder of its script first on the path, where our ``statistics`` would be taken for Python's own by
# whoever imports that later; so Python's own is imported before.
import statistics as _pythons_own  # noqa: F401
