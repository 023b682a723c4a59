"""The canvas: an image, what was found in it painted over, and the eye's place and distance."""
