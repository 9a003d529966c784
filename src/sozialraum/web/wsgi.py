"""The entry of a WSGI server (granian, or any other): ``sozialraum.web.wsgi:application``."""

from __future__ import annotations

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

from sozialraum.web.warm import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sozialraum.web.settings")

application = get_wsgi_application()

Thread(target=warm, daemon=True).start()
