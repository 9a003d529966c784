"""The platform: faces that show a release to people. The only room that knows Django.

:func:`serve` runs it for one project folder.
"""

from sozialraum.web.serving import address_of, demand_address, open_database, prepare, serve

__all__ = ["address_of", "demand_address", "open_database", "prepare", "serve"]
