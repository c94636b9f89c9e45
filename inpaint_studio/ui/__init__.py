"""Widgets. They hold the editor and connect to it; nothing below knows them."""
