"""Loaded releases: what a finished release says, held in memory, never changed."""
