"""One module per kind of chart: from its frozen question to a Vega-Lite specification."""
