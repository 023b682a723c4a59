"""An image as a tree of connected parts: computed once, cut at any detail in an instant.

working.py -> evidence.py -> superpixels.py (flooding.py) -> adjacency.py -> merging.py (cost.py)
-> tree.py; native.py and islands.py bring the leaves to the image's own resolution; cutting.py cuts
the tree and carries out the user's edits; memberships.py says how surely a pixel belongs to its
part.
"""
