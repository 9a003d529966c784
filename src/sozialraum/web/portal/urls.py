"""Addresses of the portal."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.utils.translation import gettext_lazy as _

from sozialraum.web.portal import downloads, indices, staff, views

app_name = "portal"

urlpatterns = [
    path("", views.start, name="start"),
    path(_("suche/"), views.search, name="search"),
    path(_("karte/"), views.map_page, name="map"),
    path(_("gebiete/"), views.areas, name="areas"),
    path(_("gebiete/<slug:system>/<str:code>/"), views.profile, name="profile"),
    path(_("themen/"), views.themes, name="themes"),
    path(_("themen/<slug:theme>/"), views.theme, name="theme"),
    path(_("kennzahlen/"), views.catalogue, name="catalogue"),
    path(_("kennzahlen/<slug:indicator>/"), views.indicator, name="indicator"),
    path(_("kennzahlen/<slug:indicator>/daten/<slug:form>/"), downloads.indicator_values, name="indicator-values"),
    path(_("indizes/<slug:composite>/"), indices.composite, name="composite"),
    path(_("indizes/<slug:composite>/daten/<slug:form>/"), indices.composite_scores, name="composite-scores"),
    path(_("typologien/<slug:typology>/"), indices.typology, name="typology"),
    path(_("typologien/<slug:typology>/daten/<slug:form>/"), indices.typology_areas, name="typology-areas"),
    path(_("fruehwarnung/"), views.warnings, name="warnings"),
    path(_("vergleich/"), views.comparison, name="comparison"),
    path(_("daten/"), downloads.data, name="data"),
    path(_("daten/quellen/<slug:source>/"), downloads.source, name="source"),
    path(_("daten/werte/<slug:form>/"), downloads.values, name="values"),
    path(_("daten/kennzahlen.csv"), downloads.catalogue, name="catalogue-csv"),
    path(_("daten/beschreibung.jsonld"), downloads.metadata, name="metadata"),
    path(_("daten/dateien/<str:name>"), downloads.release_file, name="release-file"),
    path(_("karten/<slug:system>.geojson"), downloads.geojson, name="geojson"),
    path(_("ueber/"), views.text_page, {"page": "about"}, name="about"),
    path(_("impressum/"), views.text_page, {"page": "imprint"}, name="imprint"),
    path(_("barrierefreiheit/"), views.text_page, {"page": "accessibility"}, name="accessibility"),
    path(_("datenschutz/"), views.text_page, {"page": "privacy"}, name="privacy"),
    path(_("einfache-sprache/"), views.text_page, {"page": "easy"}, name="easy"),
    path(_("darstellung/<slug:look>/"), views.look, name="look"),
    path(_("anmelden/"), staff.SignIn.as_view(), name="login"),
    path(_("abmelden/"), LogoutView.as_view(), name="logout"),
    path(_("intern/"), staff.internal, name="internal"),
    path(_("intern/<str:release>/geheimhaltung/"), staff.disclosure_page, name="internal-disclosure"),
    path(_("intern/geheimhaltung/"), staff.what_if_page, name="internal-what-if"),
    path(_("intern/<str:release>/mikrozellen/"), staff.microcells_page, name="internal-microcells"),
    path(_("intern/<str:release>/<slug:depth>/"), staff.release_page, name="internal-release"),
    path(_("intern/<str:release>/<slug:depth>/<slug:indicator>/"), staff.indicator_page, name="internal-indicator"),
]
