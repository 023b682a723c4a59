"""Many like objects on a ground, such as nuclei under a microscope: each one found and counted.

component_tree.py (connected sets of all thresholds) -> traits.py (what each looks like) ->
quality.py (how likely it is one object) -> choice.py (sets that do not overlap) -> pixel_traits.py
(which pixels are part of one) -> growth.py (outlines, and what was left out) -> picked.py (those
that are kept); objects.py is the road.
"""
