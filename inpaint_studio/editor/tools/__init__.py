"""Tools take pointer events in document coordinates and end in commands."""
