"""Open data, charts and maps: what leaves a finished release for people, files and reports.

==================  ===================================================================================================
``charts``          kinds of charts and their rendering to SVG; ``drawing`` holds one module for each kind
``theme``           colours that follow the page, sizes, widths of type
``svg``             from Vega's SVG to one that a page may hold
``telling``         title, text alternative and legend of every picture
``classes``         numbers into classes: quantiles, equal steps, natural breaks, fixed edges
``maps``            choropleths for reports and files
``opendata``        values and areas as CSV, Parquet, XLSX, GeoJSON, GeoPackage, JSON-stat and SDMX-CSV, with metadata
==================  ===================================================================================================

Modules are imported by their names: charts load a JavaScript engine, exports load spreadsheet and geodata libraries.
"""
