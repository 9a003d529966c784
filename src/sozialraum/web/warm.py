"""Does what the first reader would wait for: loads the published release, starts the engine that draws charts."""

from __future__ import annotations

import logging


def warm() -> None:
    """Draw the first key indicator for nobody, look for early warnings and similar areas, which are told on many pages
    and read every value, and work out what composites hang on. What goes wrong is logged: pages say it too.
    """
    from django.conf import settings

    from sozialraum.errors import SozialraumError
    from sozialraum.web.atlas.composites import prepare
    from sozialraum.web.atlas.facts import warnings_of
    from sozialraum.web.atlas.queries import key_indicators, listed_systems
    from sozialraum.web.atlas.similarity import similarity
    from sozialraum.web.atlas.store import shelf
    from sozialraum.web.portal.pages.indicator import course

    try:
        atlas = shelf(settings.PROJECT_FOLDER).published()
    except SozialraumError as error:
        logging.getLogger(__name__).error("the published release can not be read: %s", error)
        return
    if atlas and atlas.indicators:
        course(atlas, key_indicators(atlas, 1)[0])
        warnings_of(atlas)
        for system in listed_systems(atlas):
            similarity(atlas, system)
        prepare(atlas)
