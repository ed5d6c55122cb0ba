"""Count everything anew from what is loaded already: for settings that changed, such as names that now mean the same."""

from __future__ import annotations

from pipelines.building import build
from pipelines.errors import N_, HomeError
from pipelines.load_notes import zone_notes
from pipelines.rates import read_rates
from pipelines.report import LoadReport, Progress, Silence
from pipelines.settings import Home, read_settings
from pipelines.snapshots import current_snapshot
from pipelines.warehouse import open_store

REBUILT = N_("Counted anew under the settings as they are now; no file was loaded.")


def rebuild(home: Home, *, progress: Progress | None = None) -> LoadReport:
    """Build core and facts again under the settings of now and publish a snapshot; no row comes or goes.

    Raises VoronkaError: nothing is loaded yet, the settings are faulty, a load is going on, an identity does not hold.
    """
    settings = read_settings(home)
    watcher = progress or Silence()
    if current_snapshot(home) is None:
        raise HomeError(
            "There is no data in {home} yet. Load an export first: voronka load FILE --home {home}", home=home.path
        )
    watcher.start(3, "")
    with open_store(home) as store:
        watcher.step(0, "conform, build, check")
        with store.transaction():
            build(store, settings, read_rates(home, settings))
            loaded, profiles = store.table("ledger.files"), store.table("ledger.profiles")
            notes = zone_notes(loaded, profiles, settings.zone, home.warehouse / "files")
            watcher.step(2, "publish")
            store.count_build()
        snapshot = store.publish()
        watcher.step(1, snapshot)
        watcher.done()
        return LoadReport(
            files=(), snapshot=snapshot, message=REBUILT, template=REBUILT, mended=store.mended, notes=notes
        )
