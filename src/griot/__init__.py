"""Griot: a newsroom for teams who report on people on the move."""

__version__ = "0.1.0"
__released__ = "2026-11-26"
