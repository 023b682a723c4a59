"""The panel beside the canvas: the model's settings, the labels, and the fit."""
