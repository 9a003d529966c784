"""Open wing: composites, typologies, similar areas, early warning, estimates, provision. Empty until they are built."""
