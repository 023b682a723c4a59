"""Weights by which the proposals for a first click, or for an area, are ranked.

Each trait has its mean, its standard deviation and the weight of its standard score. They were
learned by ``tests/benchmarks/rank_proposals.py`` on 44 photos of the GrabCut and the VGG
geodesic-star sets: from the proposals for 264 clicks, for 132 boxes around their objects, and from
what each of some thousand further clicks may have meant. On photos left out, the proposal ranked
first overlaps with the truth by about .7 for clicks at the object's middle, .64 for clicks
elsewhere and .78 for tight boxes; the best possible are .83, .80 and .86.
Run that script again when the proposals, the changes or their traits change.
"""

Ranking = dict[str, tuple[float, float, float]]

CLICK_RANKING: Ranking = {
    "size": (-0.827, 1.064, -0.5472),
    "size_squared": (1.815, 2.169, -0.0283),
    "object_fit": (2.529, 1.055, 0.5211),
    "background_fit": (2.344, 0.8873, -0.08153),
    "object_place_fit": (3.589, 0.709, 1.102),
    "background_place_fit": (3.325, 0.469, 0.2205),
    "edge_cost": (0.2334, 0.1204, -0.8441),
    "roughness": (1.583, 0.3887, -0.0165),
    "border_covered": (0.1752, 0.1956, -0.7899),
    "border_touched": (0.1767, 0.1887, -0.6919),
    "click_depth": (0.7016, 0.1936, 0.7236),
    "image_offset": (0.161, 0.09089, -0.4355),
    "standing_out": (0.2494, 0.1948, 0.6517),
    "agreement": (0.5138, 0.1161, 0.423),
    "stage": (1.501, 0.5, 0.7787),
    "edge_cost_by_size": (0.1357, 0.09435, -0.7561),
    "nesting": (-0.294, 0.1965, 0.1132),
}

AREA_RANKING: Ranking = {
    "size": (0.1813, 0.6247, -0.06127),
    "size_squared": (0.4232, 0.6223, -0.2261),
    "object_fit": (2.661, 1.212, 0.2394),
    "background_fit": (2.26, 0.9693, 0.2743),
    "object_place_fit": (3.335, 0.8853, 0.2938),
    "background_place_fit": (3.016, 0.6342, 0.2742),
    "edge_cost": (0.2277, 0.1214, -0.5178),
    "roughness": (1.725, 0.2649, 0.1383),
    "gap": (0.1029, 0.07652, -0.4),
    "agreement": (0.7537, 0.1199, 0.179),
    "middle": (0.5878, 0.1779, -0.381),
    "stage": (1, 0.8165, 0.4858),
}

CHANGE_RANKING: Ranking = {
    "scale": (-0.1286, 0.5231, -0.001987),
    "larger_scale": (0.1146, 0.2301, 0.5958),
    "region": (0.332, 0.4709, 0.0254),
    "size": (-5.317, 1.859, 1.18),
    "size_squared": (31.73, 21.17, -1.75),
    "relative_size": (-3.339, 1.897, 1.156),
    "evidence": (-1.285, 1.847, 1.378),
    "evidence_edge": (-0.427, 1.511, -1.153),
    "edge_gain": (0.04954, 0.1386, -0.687),
    "new_edge": (0.3923, 0.2401, -1.586),
    "length_gain": (0.08985, 0.3292, -0.9731),
    "object_fit": (-0.09199, 0.3546, 0.6027),
    "background_fit": (-0.05745, 0.2407, -0.9701),
    "object_place_fit": (-0.0841, 0.2871, 1.891),
    "background_place_fit": (-0.03055, 0.1378, 0.5361),
    "edge_cost": (0.01122, 0.04117, -0.1367),
    "roughness": (1.927, 0.2336, 1.648),
    "compactness": (1.7, 0.2562, 0.7409),
    "part_taken": (0.05109, 0.08867, -1.947),
    "repeated_scale": (-0.08241, 0.4693, 0.2022),
    "repeated_size": (-3.34, 3.416, -0.01886),
    "adding_size": (-2.715, 2.926, -0.6813),
    "late_size": (-7.245, 5.751, -4.669),
    "agreement": (0.901, 0.1215, 3.036),
    "depth_size": (21.1, 7.618, -0.5123),
}
