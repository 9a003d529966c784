"""What each page shows, made from a loaded release: plain values for the templates."""
