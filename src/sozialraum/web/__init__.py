"""The platform: faces that show a release to people. The only room that knows Django.

:func:`serve` runs it for one project folder.
"""

from sozialraum.web.serving import demo_accounts, prepare, serve

__all__ = ["demo_accounts", "prepare", "serve"]
