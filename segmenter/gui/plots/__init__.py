"""Plots of the fit: histograms with the mixture's curves, and the evidence for a number."""
