"""The Foreground job in the window: marks on the canvas, the object they give, and its views."""
