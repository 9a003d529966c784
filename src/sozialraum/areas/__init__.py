"""Ground: area systems, their hierarchies, validity and geometry.

=================  ====================================================================================================
``containers``     a delivered path (folder, zip, gz or plain file) becomes plain files, within limits
``completeness``   is it what it claims to be, and is all of it there?
``geodata``        any of seven formats becomes one :class:`~sozialraum.areas.geodata.GeoData`
``geoparquet``     the format that releases are written in, both ways
``crs``            coordinates are assigned, checked and transformed, or refused with a reason
``systems``        :class:`~sozialraum.areas.systems.AreaSystem` and the hierarchy of them
``columns``        codes, names and dates of validity out of delivered columns
``shapes``         broken polygons repaired, overlaps found, parents derived by location
``reading``        an area system's TOML document becomes an area system
``locate``         which area does each of twenty million points lie in?
``changes``        what became of the old areas after a reform, by the people in them
``reforms``        which areas of one time fill an area of another
``generalise``     borders light enough for a web page, still fitting each other
=================  ====================================================================================================

Point location is imported from its module (``from sozialraum.areas.locate import locate``): it loads a compiler.
"""

from sozialraum.areas.crs import GERMANY, INTERNAL, Territory, territory_of, to_internal_points
from sozialraum.areas.generalise import generalise, web_geometry
from sozialraum.areas.geodata import GeoData, read_geodata, to_internal
from sozialraum.areas.geoparquet import read_geoparquet, write_geoparquet
from sozialraum.areas.reading import read_area_system, read_area_systems
from sozialraum.areas.reforms import reformed
from sozialraum.areas.systems import AREA_SCHEMA, AreaSystem, AreaSystems, latest

__all__ = [
    "AREA_SCHEMA",
    "GERMANY",
    "INTERNAL",
    "AreaSystem",
    "AreaSystems",
    "GeoData",
    "Territory",
    "generalise",
    "latest",
    "read_area_system",
    "read_area_systems",
    "read_geodata",
    "read_geoparquet",
    "reformed",
    "territory_of",
    "to_internal",
    "to_internal_points",
    "web_geometry",
    "write_geoparquet",
]
