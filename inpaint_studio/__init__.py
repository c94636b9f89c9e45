"""Inpaint Studio: paint over what should go; every pixel you did not touch stays as it was."""

__version__ = "0.1.0"
