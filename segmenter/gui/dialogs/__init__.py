"""Dialogs: for decisions, and for what must not be missed."""
