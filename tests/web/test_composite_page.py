"""The page of a composite: how many areas stand where, why, and what it would say without one of its indicators."""
