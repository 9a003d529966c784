"""Addresses: German without a prefix, English under ``/en/``, each in its own words."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("", include("sozialraum.web.portal.urls")),
    prefix_default_language=False,
)

handler404 = "sozialraum.web.portal.views.not_found"
handler500 = "sozialraum.web.portal.views.server_error"
