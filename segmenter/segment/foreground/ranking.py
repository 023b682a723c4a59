"""Weights by which the proposals for a first click, or for an area, are ranked.

Each trait has its mean, its standard deviation and the weight of its standard score. They were
learned by ``tests/benchmarks/rank_proposals.py`` from the proposals for 264 clicks on 44 photos of
the GrabCut and the VGG geodesic-star sets, and for 132 boxes around their objects. On photos left
out, the proposal ranked first overlaps with the truth by about .7 for clicks at the object's
middle, .64 for clicks elsewhere and .78 for tight boxes; the best possible are .83, .80 and .86.
Run that script again when `traits`, `proposals` or `area_proposals` change.
"""

Ranking = dict[str, tuple[float, float, float]]

CLICK_RANKING: Ranking = {
    "size": (-0.8251, 1.065, -0.5909),
    "size_squared": (1.815, 2.172, -0.007029),
    "object_fit": (2.54, 1.048, 0.5329),
    "background_fit": (2.363, 0.8897, 0.06715),
    "object_place_fit": (3.574, 0.6723, 1.16),
    "background_place_fit": (3.329, 0.4526, -0.07038),
    "edge_cost": (0.2339, 0.1236, -0.8698),
    "roughness": (1.584, 0.3905, -0.1213),
    "border_covered": (0.1761, 0.1969, -0.708),
    "border_touched": (0.1771, 0.1893, -0.6184),
    "click_depth": (0.7022, 0.1923, 0.8975),
    "image_offset": (0.1609, 0.09043, -0.3914),
    "standing_out": (0.2489, 0.1951, 0.5372),
    "agreement": (0.5133, 0.1165, 0.2852),
    "stage": (1.501, 0.5, 0.8776),
    "edge_cost_by_size": (0.1358, 0.09499, -0.7583),
    "nesting": (-0.2942, 0.1971, 0.07004),
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
