"""The usual order of stages by their names, for a funnel nobody described: a guess, and shown as one.

What deals did goes before words: a stage whose place a history tells keeps it. Of the rest, names that say where they belong
stand by that, and the others where the number of their deals fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.headings import fold_heading

ENTRY = 0
USUAL = (
    (ENTRY, r"\bнеразобр|\bнеобработ|\bнов(ый|ая|ое|ые)\b|\bзаявк|\bобращени|\bвходящ|\bлид\b|\bnew\b|\blead in\b|\bincoming\b"),
    (10, r"\bпервичный контакт|\bконтакт установлен|\bдозвон|\bзвонок|\bсозвон|\bвзят\w* в работу|\bпринят\w* в работу|\bв работе\b"),
    (10, r"\bcontacted\b|\bcontact made\b|\battempt|\bprospecting\b|\bworking\b|\bin progress\b"),
    (20, r"\bквалиф|\bцелевой\b|\bqualif"),
    (30, r"\bвыявлен|\bпотребност|\bбриф|\bзамер|\bвстреч|\bконсультац|\bneeds analysis\b|\bdiscovery\b|\bappointment\b|\bmeeting\b"),
    (40, r"\bпрезентац|\bдемо|\bпоказ\b|\bтестов|\bпилот|\bdemo\b|\bpresentation\b|\bvalue proposition\b|\bdecision makers\b"),
    (45, r"\bperception analysis\b"),
    (50, r"\bкп\b|\bкоммерческ\w* предложен|\bпредложени|\bрасчет|\bсмет|\bproposal\b|\bquote\b|\boffer\b"),
    (60, r"\bпереговор|\bобсужд|\bторг\b|\bnegotiat|\bbought-in\b"),
    (65, r"\bрешени|\bдумает\b|\bсогласован|\bdecision\b(?! maker)"),
    (70, r"\bдоговор(?!ил|ен)|\bконтракт|\bподготовка документов|\bcontract\b|\bagreement\b"),
    (80, r"\bсчет|\bпредоплат|\bаванс|\binvoice\b"),
    (85, r"\bоплат|\bфинальный счет|\bpayment\b"),
    (90, r"\bотгруз|\bдоставк|\bмонтаж|\bпроизводств|\bисполнени|\bdelivery\b|\bshipping\b"),
    (100, r"\bзакрыт|\bзаверш|\bвыигр|\bпроигр|\bуспешно реализ|\bwon\b|\blost\b|\bclosed\b"),
)  # fmt: skip
"""Where a name belongs, by words in it; of several, the furthest: «Ожидание оплаты по договору» is about payment."""
BY_PREPAYMENT = re.compile(r"\bсчет на предоплату")
AFTER_PREPAYMENT = {"в работе": 82, "in progress": 82}
"""Bitrix24's own stages: work begins when the prepayment is invoiced (formats.md 2.1)."""


def usual_rank(name: str, beside: Sequence[str] = ()) -> int | None:
    """Return where a stage of this name usually stands, from 0 to 100; None for a name that does not say."""
    folded = fold_heading(name)
    if folded in AFTER_PREPAYMENT and any(BY_PREPAYMENT.search(fold_heading(other)) for other in beside):
        return AFTER_PREPAYMENT[folded]
    return max((rank for rank, words in USUAL if re.search(words, folded)), default=None)


def in_usual_order(stages: Sequence[tuple[str, float | None, int]]) -> list[str]:
    """Put open stages of one funnel in order: (name, its place in the ways of deals or None, number of deals in it).

    Places go first, then words; a name that says nothing stands before the first stage that holds fewer deals, but never
    before one in which deals begin.
    """
    names = [name for name, _, _ in stages]
    ranks = {name: usual_rank(name, names) for name in names}
    deals = {name: count for name, _, count in stages}
    ordered = [
        name for name, place, _ in sorted(stages, key=lambda one: (one[1] or 0, -one[2], one[0])) if place is not None
    ]
    told = [name for name, place, _ in stages if place is None]
    by_words = [name for name in told if ranks[name] is not None]
    for name in sorted(by_words, key=lambda one: (ranks[one] or 0, -deals[one], one)):
        before = [at for at, other in enumerate(ordered) if _is_up_to(ranks[other], ranks[name])]
        first_after = (at for at, other in enumerate(ordered) if (ranks[other] or 0) > (ranks[name] or 0))
        ordered.insert(before[-1] + 1 if before else next(first_after, len(ordered)), name)
    for name in sorted((one for one in told if ranks[one] is None), key=lambda one: (-deals[one], one)):
        fewer = (at for at, other in enumerate(ordered) if ranks[other] != ENTRY and deals[other] < deals[name])
        ordered.insert(next(fewer, len(ordered)), name)
    return ordered


def _is_up_to(rank: int | None, limit: int | None) -> bool:
    return rank is not None and limit is not None and rank <= limit
