"""Exports in, facts out: reads the files of a CRM and its neighbours, publishes a snapshot of facts.

Knows nothing of screens: nothing here imports ``dashboard``.
"""

import os
import sys

# Polars' streaming engine begins anew for each of our hundreds of small frames, which costs more than it saves: with the
# other one pages answer a quarter sooner and loads take a sixth less. Polars reads this once, when it is imported.
os.environ.setdefault("POLARS_ENGINE_AFFINITY", "in-memory")
if "polars" in sys.modules:
    sys.modules["polars"].Config.set_engine_affinity(os.environ["POLARS_ENGINE_AFFINITY"])
