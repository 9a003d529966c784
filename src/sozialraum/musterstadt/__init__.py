"""A synthetic town that delivers its files as a real one would: for the demo, the docs and the golden tests.

============  =========================================================================================================
``plan``      the parts of the town as a planner describes them (``town.toml``)
``ground``    outline, river, quarters, observation areas and districts as polygons
``roads``     streets through the quarters, and building plots on both sides of them
``houses``    which plots are built on: type, year, dwellings, house number
``population``, ``years``  persons and households, and ten years of their lives
``situation`` work, benefits, debts and care of every person; the type of every household
``town``      all of it, made from a seed
``registers``, ``tables``, ``departments``, ``establishments``, ``survey``  what the town's offices know and count
``writing``, ``deliveries``, ``project``  the files they deliver, and a project that reads them
``region``    a region of 21 municipalities with series of twenty years
============  =========================================================================================================
"""

from sozialraum.musterstadt.project import TEMPLATES, write_project, write_template
from sozialraum.musterstadt.town import Town, make_town

__all__ = ["TEMPLATES", "Town", "make_town", "write_project", "write_template"]
