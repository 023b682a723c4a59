"""Objects of volumes: cut out in three dimensions by clicks, strokes and boxes.

view.py -> growing.py (what a touch means) -> marking.py (models, cutting.py) -> native.py (from the
working grid to the volume's own) -> segment.py (the calls).
"""
