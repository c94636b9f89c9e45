"""The ways to generate pixels. Patch fill is always there; others need more to be installed."""
