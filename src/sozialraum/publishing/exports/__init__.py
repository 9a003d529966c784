"""Formats of open data, one module for each family; ``opendata`` is their face."""
