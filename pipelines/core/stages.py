"""The stage dictionary: which stages a funnel has, in which order, and what each means.

The company's own description (settings) goes before a source's, and both before what the data shows. A stage that the data
holds and the dictionary does not is never dropped: it is listed as unmapped (product.md D01).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import polars as pl

from pipelines.core.stage_words import in_usual_order
from pipelines.headings import fold_heading
from pipelines.keys import beside, ends, in_order, number_in_run, unique_first
from pipelines.schema.facts import Stages
from pipelines.settings import Funnel, Settings, Stage
from pipelines.staged import StagedTable

WON_WORDS = (
    "won", "closed won", "closedwon", "deal won", "успешно реализовано", "сделка успешна", "сделка заключена", "выиграна",
    "успешно завершена", "сделка выиграна", "выиграно", "оплачено", "оплачен", "продано", "купил", "converted",
    "good lead", "качественный лид", "продажа",
)  # fmt: skip
LOST_WORDS = (
    "lost", "closed lost", "closedlost", "lose", "deal lost", "закрыто и не реализовано", "сделка провалена",
    "сделка отклонена", "проиграна", "проиграно", "сделка проиграна", "отказ", "отказ клиента", "не купил", "apology",
    "анализ причины провала", "analyze failure",
)  # fmt: skip
JUNK_WORDS = ("junk", "junk lead", "некачественный лид", "нецелевой", "нецелевые", "спам", "spam", "дубль")
FINAL_RANK = {"open": 0, "won": 1, "lost": 2, "junk": 3}
Key = tuple[str, str]


def type_by_words(name: str, won: Iterable[str] = (), lost: Iterable[str] = (), junk: Iterable[str] = ()) -> str | None:
    """Tell from its name what a stage or an outcome means: a source's own words first, then those systems use; else None.

    A source's own words may be globs: ``C*:WON``.
    """
    folded = fold_heading(name)
    for words, meaning in ((won, "won"), (lost, "lost"), (junk, "junk")):
        if any(fnmatchcase(folded, fold_heading(word)) for word in words):
            return meaning
    for words, meaning in ((WON_WORDS, "won"), (LOST_WORDS, "lost"), (JUNK_WORDS, "junk")):
        if folded in words:
            return meaning
    return None


@dataclass(frozen=True)
class StageDictionary:
    """Stages by funnel, with the spellings that other exports use for a funnel or a stage."""

    frame: pl.DataFrame
    funnel_codes: dict[str, str]
    stage_codes: dict[Key, Key]
    default_funnel: str | None
    not_sales: frozenset[str] = frozenset()
    """Funnels that sell nothing by themselves."""

    @classmethod
    def declared(cls, staged: Sequence[StagedTable], settings: Settings) -> StageDictionary:
        """Collect what settings and sources declare; a funnel described in settings is taken from there alone."""
        funnels = {funnel.name: funnel for funnel in settings.funnel}
        described = {name for funnel in settings.funnel for name in (funnel.name, *funnel.codes)}
        by_source: dict[str, list[Stage]] = {}
        for one in staged:
            if one.table.kind not in ("deals", "stages"):
                continue
            log = one.profile.event_log
            for stage in one.profile.stage:
                name = stage.funnel or (log.funnel if log else None) or one.profile.title
                if name in described:
                    continue
                known = by_source.setdefault(name, [])
                if all(stage.name != other.name for other in known):
                    known.append(stage)
        for name, stages in by_source.items():
            funnels.setdefault(name, Funnel(name=name, stage=tuple(stages)))
        not_sales = funnels_without_sales(staged, settings)
        codes: dict[str, str] = {}
        stage_codes: dict[Key, Key] = {}
        for funnel in funnels.values():
            codes |= {fold_heading(code): funnel.name for code in (funnel.name, *funnel.codes)}
            for stage in funnel.stage:
                for code in (stage.name, *stage.codes):
                    stage_codes[(funnel.name, fold_heading(code))] = (funnel.name, stage.name)
                    if code not in (other.name for f in funnels.values() if f is not funnel for other in f.stage):
                        stage_codes.setdefault(("", fold_heading(code)), (funnel.name, stage.name))
        rows = [row for funnel in funnels.values() for row in _rows(funnel)]
        # The only funnel is that of deals which name none, as long as they are of one system: another has funnels of its own.
        systems = {one.profile.system for one in staged if one.table.kind == "deals" and one.height}
        default = next(iter(funnels)) if len(funnels) == 1 and len(systems) < 2 else None
        return cls(_frame(rows, not_sales), codes, stage_codes, default, not_sales)

    def named(self, rows: pl.DataFrame, fallback: str | pl.Expr) -> pl.DataFrame:
        """Give funnels and stages the dictionary's names.

        A row without a funnel gets the one its stage code is unique to, else ``fallback``.
        """
        pairs = rows.select("funnel_name", "stage_name").unique()
        resolved = [(*pair, *self._resolve(*pair)) for pair in pairs.iter_rows()]
        names = pl.DataFrame(
            resolved, schema=["funnel_name", "stage_name", "_funnel", "_stage"], orient="row", infer_schema_length=None
        ).cast(pl.String)
        otherwise = pl.lit(fallback) if isinstance(fallback, str) else fallback
        return (
            beside(rows, names, ["funnel_name", "stage_name"])
            .with_columns(funnel_name=pl.coalesce("_funnel", otherwise), stage_name="_stage")
            .drop("_funnel", "_stage")
        )

    def funnel_tellers(self, stages: Iterable[str | None]) -> list[str]:
        """Return those of some stages that only one described funnel has: they tell it by themselves."""
        return [stage for stage in stages if stage is not None and ("", fold_heading(stage)) in self.stage_codes]

    def _resolve(self, funnel: str | None, stage: str | None) -> tuple[str | None, str | None]:
        name = None if funnel is None else self.funnel_codes.get(fold_heading(funnel), funnel)
        if stage is None:
            return name or self.default_funnel, None
        found = self.stage_codes.get((name or self.default_funnel or "", fold_heading(stage)))
        if found is None and name is None:
            found = self.stage_codes.get(("", fold_heading(stage)))
        return found if found is not None else (name or self.default_funnel, stage)

    def completed(self, deals: pl.DataFrame, changes: pl.DataFrame) -> StageDictionary:
        """Add the stages that only the data shows.

        In a described funnel they are unmapped; in an undescribed one they stand in the order in which deals usually enter
        them, else in that which their names tell (``is_ordered`` false, for the user to confirm).
        """
        counted = deals.group_by("funnel_name", "stage_name", pl.col("outcome").cast(pl.String)).len()
        seen = pl.concat(
            [
                counted,
                changes.select("funnel_name", "stage_name")
                .unique()
                .select(pl.all(), outcome=pl.lit(None, dtype=pl.String), len=pl.lit(0, dtype=counted.schema["len"])),
            ]
        ).drop_nulls("stage_name")
        stages = (
            seen.sort("len", "outcome", descending=[True, False], nulls_last=True)
            .group_by("funnel_name", "stage_name", maintain_order=True)
            .agg(
                deals=pl.col("len").filter(pl.col("outcome").is_not_null()).sum(),
                outcome=pl.col("outcome").drop_nulls().first(),
            )
        )
        usual = usual_places(changes)
        new = (
            stages.join(self.frame, on=["funnel_name", "stage_name"], how="anti")
            .join(usual, on=["funnel_name", "stage_name"], how="left")
            .with_columns(
                stage_type=pl.struct("stage_name", "outcome").map_elements(_observed_type, return_dtype=pl.String)
            )
            .with_columns(rank=pl.col("stage_type").replace_strict(FINAL_RANK, return_dtype=pl.Int64))
        )
        new = new.join(guessed_order(new), on=["funnel_name", "stage_name"], how="left").sort(
            ["funnel_name", "rank", "guess", "place", "deals", "stage_name"],
            descending=[False] * 4 + [True, False],
            nulls_last=True,
        )
        # Where nothing but such funnels holds deals, they are all there is to count.
        not_sales = self.not_sales if set(deals["funnel_name"].unique()) - self.not_sales else frozenset()
        described = self.frame.group_by("funnel_name").agg(last=pl.col("stage_order").max())
        added = new.join(described, on="funnel_name", how="left", maintain_order="left").with_columns(
            stage_order=pl.int_range(pl.len()).over("funnel_name") + 1 + pl.col("last").fill_null(0),
            is_unmapped=pl.col("last").is_not_null(),
            is_optional=pl.lit(False),
            is_ordered=pl.lit(False),
            is_sales=pl.lit(True),
        )
        frame = pl.concat([self.frame, _cast(added)]).sort("funnel_name", "stage_order")
        frame = frame.with_columns(is_sales=~pl.col("funnel_name").is_in(not_sales))
        return StageDictionary(frame, self.funnel_codes, self.stage_codes, self.default_funnel, not_sales)


def funnels_without_sales(staged: Sequence[StagedTable], settings: Settings) -> frozenset[str]:
    """Return the names of the funnels that sell nothing by themselves: as the company says, else as their source does."""
    said = {f.name: f.is_sales for f in settings.funnel if "is_sales" in f.model_fields_set}
    for one in staged:
        for funnel in one.profile.funnel:
            named = next((f.name for f in settings.funnel if funnel.name in (f.name, *f.codes)), funnel.name)
            said.setdefault(named, funnel.is_sales)
    return frozenset(name for name, is_sales in said.items() if not is_sales)


def usual_places(changes: pl.DataFrame) -> pl.DataFrame:
    """Return the mean place, 0 at the first entry of a deal and 1 at its last, at which each stage is first entered."""
    ordered = in_order(changes, ["deal", "entered_at"]).select(
        "deal", "funnel_name", "stage_name", number=number_in_run("deal")
    )
    sizes = pl.when(ends("deal")).then("number").backward_fill()
    placed = ordered.with_columns(place=(pl.col("number") - 1) / (sizes - 1).clip(1))
    first = unique_first(placed, ["deal", "funnel_name", "stage_name"])
    return first.group_by("funnel_name", "stage_name").agg(pl.col("place").mean())


def guessed_order(stages: pl.DataFrame) -> pl.DataFrame:
    """Return the place among the open stages of each funnel, by what deals did and by what the names tell."""
    parts = [pl.DataFrame(schema={"funnel_name": pl.String(), "stage_name": pl.String(), "guess": pl.Int64()})]
    for (funnel,), rows in stages.filter(pl.col("stage_type") == "open").group_by("funnel_name"):
        names = in_usual_order(rows.select("stage_name", "place", "deals").rows())
        own = {"funnel_name": [funnel] * len(names), "stage_name": names, "guess": range(len(names))}
        parts.append(pl.DataFrame(own, schema=parts[0].schema))
    return pl.concat(parts)


def _observed_type(stage: dict[str, str | None]) -> str:
    """A stage nobody described means what its name says, else how most deals that stand in it have ended."""
    return type_by_words(stage["stage_name"] or "") or stage["outcome"] or "open"


def _rows(funnel: Funnel) -> list[dict[str, object]]:
    ordered = sorted(funnel.stage, key=lambda stage: FINAL_RANK[stage.type])
    return [
        {
            "funnel_name": funnel.name,
            "stage_name": stage.name,
            "stage_type": stage.type,
            "exit_result": stage.exit_result,
            "required_action": stage.required_action,
            "norm_days": stage.norm_days,
            "stage_order": order,
            "is_optional": stage.optional,
            "is_unmapped": False,
            "is_ordered": True,
        }
        for order, stage in enumerate(ordered, start=1)
    ]


def _cast(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(column.dtype).alias(name)
        for name, column in Stages.columns().items()
    )


def _frame(rows: list[dict[str, object]], not_sales: Collection[str]) -> pl.DataFrame:
    if not rows:
        return Stages.create_empty()
    stages = pl.DataFrame(rows, infer_schema_length=None)
    return _cast(stages.with_columns(is_sales=~pl.col("funnel_name").is_in(not_sales)))
