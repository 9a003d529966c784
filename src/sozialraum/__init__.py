"""sozialraum: a municipality knows, plans, acts and listens without ever learning anything about a single person."""

from importlib.metadata import version

__version__ = version("sozialraum")
