"""Volumes in the window: three linked planes, their tissue, and the brush that corrects it."""
