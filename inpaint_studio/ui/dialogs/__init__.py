"""Dialogs, each asking one thing."""
