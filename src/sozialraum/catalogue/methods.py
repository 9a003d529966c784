"""What a policy's method does with a number, in plain words for the page of each figure."""

from __future__ import annotations

from sozialraum.catalogue.documents import CellKeyDoc, NoiseDoc, RoundingDoc, RulesDoc, SmallCountsDoc, Text


def method_words(rules: RulesDoc) -> tuple[Text, ...]:
    """Return what is done to numbers under these rules, as sentences; none where they are shown as they are."""
    match rules.parameters:
        case RoundingDoc(base=base):
            return (_rounding(base),)
        case SmallCountsDoc(base=base):
            return (_small_counts(base),)
        case CellKeyDoc() as table:
            return (_cell_key(table), *_forbidden(table.forbidden))
        case NoiseDoc() as noise:
            return (_noise(noise),)
    return ()


def method_title(rules: RulesDoc) -> Text | None:
    """Return a word or two for a table's note: ``gerundet auf 5``; None where numbers are shown as they are."""
    match rules.parameters:
        case RoundingDoc(base=base):
            return Text(de=f"gerundet auf {base}", en=f"rounded to {base}")
        case SmallCountsDoc(base=base):
            return Text(de=f"kleine Zahlen gerundet auf 0 oder {base}", en=f"small numbers rounded to 0 or {base}")
        case CellKeyDoc(maximum=most):
            return Text(de=f"um höchstens {most} verändert", en=f"changed by {most} at most")
        case NoiseDoc():
            return Text(de="zufällig verändert", en="changed at random")
    return None


def _rounding(base: int) -> Text:
    low, high = base // 2, (base - 1) // 2
    return Text(
        de=f"Jede Zahl ist auf ein Vielfaches von {base} gerundet: {2 * base} steht für {2 * base - low} bis "
        f"{2 * base + high}, 0 für 0 bis {high}. Deshalb ergeben Teile zusammen nicht immer genau das Ganze.",
        en=f"Every number is rounded to a multiple of {base}: {2 * base} stands for {2 * base - low} to "
        f"{2 * base + high}, 0 for 0 to {high}. So parts do not always add up to their whole exactly.",
    )


def _small_counts(base: int) -> Text:
    return Text(
        de=f"Kleine Gruppen sind so auf 0 oder {base} gerundet, dass keine Zahl von 1 bis {base - 1} entsteht. "
        "Alle Summen stimmen; jede Zahl kann um wenige Personen verändert sein, auch eine 0.",
        en=f"Small groups are rounded to 0 or {base}, so that no number from 1 to {base - 1} is left. "
        "All sums are right; every number may be changed by a few persons, a 0 too.",
    )


def _cell_key(table: CellKeyDoc) -> Text:
    return Text(
        de=f"Jede Zahl ist zum Schutz der Gezählten um höchstens {table.maximum} verändert, im Mittel um nichts. "
        "Dieselbe Gruppe hat immer dieselbe Zahl; Teile ergeben zusammen nicht immer genau das Ganze.",
        en=f"Every number is changed by {table.maximum} at most to protect those counted, and by nothing on average. "
        "The same group always has the same number; parts do not always add up to their whole exactly.",
    )


def _forbidden(forbidden: int) -> tuple[Text, ...]:
    if not forbidden:
        return ()
    few, more = ("1", "1") if forbidden == 1 else (f"1 bis {forbidden}", f"1 to {forbidden}")
    return (
        Text(
            de=f"Zahlen von {few} kommen nicht vor; eine 0 kann deshalb für wenige Personen stehen.",
            en=f"Numbers of {more} do not occur; so a 0 may stand for a few persons.",
        ),
    )


def _noise(noise: NoiseDoc) -> Text:
    scale = f"{1 / noise.epsilon:.3g}"
    return Text(
        de=f"Jede Zahl ist zum Schutz der Gezählten zufällig verändert, im Mittel um etwa {scale.replace('.', ',')} "
        f"Personen (Differential Privacy, ε = {str(noise.epsilon).replace('.', ',')} je Zahl).",
        en=f"Every number is changed at random to protect those counted, by about {scale} persons on average "
        f"(differential privacy, ε = {noise.epsilon} for each number).",
    )
