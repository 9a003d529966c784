"""What has been published of every house and every cell, release after release, and which cells may go on."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

HOUSES = pl.Schema(
    {
        "building": pl.String(),
        "cell": pl.String(),
        "households": pl.Int64(),
        "least": pl.Int64(),
        "steady": pl.Boolean(),
        "last": pl.Int64(),
        "x": pl.Float64(),
        "y": pl.Float64(),
    }
)
CELLS = pl.Schema(
    {
        "cell": pl.String(),
        "area": pl.String(),
        "first": pl.Int64(),
        "begun": pl.String(),
        "parents": pl.List(pl.String()),
        "last": pl.Int64(),
        "ended": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class History:
    """What all releases so far have said.

    Attributes:
        minimum: the fewest households of a cell, the same in every release.
        release: how many releases there were; they are numbered from 1.
        houses: one row per house that was ever in a cell, sorted by ``building``: its last ``cell``, its ``households``
            then, the ``least`` it ever had in a release, whether it is ``steady`` (in a cell in every release since the
            first), the ``last`` release in which it was in a cell, and where it is (``x``, ``y``).
        cells: one row per cell that ever was, sorted by ``area`` and ``cell``: the ``first`` and the ``last`` release
            it was in, how it has ``begun`` (formed, split, moved) and from which ``parents``, and how it has ``ended``:
            split, moved, fallen (below the minimum), gone (no house is left), null while it lives.
    """

    minimum: int
    release: int
    houses: pl.DataFrame
    cells: pl.DataFrame

    @classmethod
    def empty(cls, minimum: int) -> History:
        """Return the history before the first release."""
        return cls(minimum, 0, pl.DataFrame(schema=HOUSES), pl.DataFrame(schema=CELLS))

    def survivors(self, inhabited: pl.DataFrame) -> pl.DataFrame:
        """Return the houses whose cell goes on, parted by area.

        The houses of an earlier cell that are in one area now may be a cell if those of them that have always been in
        it have enough households together, each counted with the fewest it ever had: then no combination of numbers of
        any releases tells about fewer (see :mod:`sozialraum.microcells.maintenance`). Where a border parts a cell, none
        of its parts goes on unless all may, for the others would tell about the one that is missing.

        Args:
            inhabited: ``building``, ``area``, ``households`` of the houses now.

        Returns:
            ``building``, ``area`` and ``origin``, the cell of the last release in which the house was in one.
        """
        known = inhabited.select("building", "area", "households").join(
            self.houses.select("building", "least", "steady", "last", origin="cell"), on="building"
        )
        part = ["origin", "area"]
        sure = pl.min_horizontal("least", "households") * pl.col("steady")
        known = known.with_columns(sound=sure.sum().over(part) >= self.minimum)
        lacking = known.filter(~pl.col("sound"), last=self.release).select("origin").unique()
        return known.filter("sound").join(lacking, on="origin", how="anti").select("building", *part)

    def followed(self, now: pl.DataFrame, births: pl.DataFrame) -> History:
        """Return the history with one more release.

        Args:
            now: ``building``, ``cell``, ``households``, ``x``, ``y`` of the inhabited houses; null without a cell.
            births: the cells that begin: ``cell``, ``area``, ``begun``, ``parents``.
        """
        release = self.release + 1
        cells = pl.concat([self._ended(now, births), _born(births, release)]).sort("area", "cell")
        return History(self.minimum, release, _remembered(self.houses, now.drop_nulls("cell"), release), cells)

    def _ended(self, now: pl.DataFrame, births: pl.DataFrame) -> pl.DataFrame:
        """Return the cells so far, those that are in the new release with its number, the others with their end."""
        children = births.explode("parents", empty_as_null=False).select(cell="parents", became="begun").unique("cell")
        peopled = self.houses.join(now, on="building", how="semi")["cell"].unique().implode()
        living, lives = pl.col("ended").is_null(), pl.col("cell").is_in(now["cell"].drop_nulls().unique().implode())
        fate = pl.coalesce(
            "became", pl.when(pl.col("cell").is_in(peopled)).then(pl.lit("fallen")).otherwise(pl.lit("gone"))
        )
        return (
            self.cells.join(children, on="cell", how="left")
            .with_columns(
                last=pl.when(living & lives).then(self.release + 1).otherwise("last"),
                ended=pl.when(living & ~lives).then(fate).otherwise("ended"),
            )
            .select(*CELLS)
        )

    def events(self) -> pl.DataFrame:
        """Return what happened to every cell in every release: ``release``, ``cell``, ``area``, ``event``, ``parents``.

        A cell is formed, split or moved (the event that it begins with), then kept, and in the release after its last
        one it is split, moved, fallen or gone.
        """
        nobody = pl.lit([], pl.List(pl.String)).alias("parents")
        begun = self.cells.select("cell", "area", "parents", release="first", event="begun")
        kept = (
            self.cells.with_columns(release=pl.int_ranges(pl.col("first") + 1, pl.col("last") + 1))
            .explode("release", empty_as_null=False)
            .select("cell", "area", nobody, "release", event=pl.lit("kept"))
        )
        ended = self.cells.drop_nulls("ended").select(
            "cell", "area", nobody, release=pl.col("last") + 1, event=pl.col("ended")
        )
        order = ["release", "cell", "area", "event", "parents"]
        return pl.concat([frame.select(order) for frame in (begun, kept, ended)]).sort("release", "area", "cell")


def _born(births: pl.DataFrame, release: int) -> pl.DataFrame:
    number, end = pl.lit(release, pl.Int64), pl.lit(None, pl.String)
    return births.with_columns(first=number, last=number, ended=end).select(*CELLS)


def _remembered(houses: pl.DataFrame, published: pl.DataFrame, release: int) -> pl.DataFrame:
    """Return what is known of every house ever published, after one more release."""
    before = houses.select("building", before="least", stood="steady")
    present = published.join(before, on="building", how="left").with_columns(
        least=pl.min_horizontal("households", "before"),
        steady=pl.col("stood").fill_null(True),
        last=pl.lit(release, pl.Int64),
    )
    absent = houses.join(published, on="building", how="anti").with_columns(steady=pl.lit(False))
    return pl.concat([present.select(*HOUSES), absent.select(*HOUSES)]).sort("building")
