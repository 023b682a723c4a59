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

CHANGE_RANKING: Ranking = {
    "scale": (-0.1283, 0.5226, 0.7138),
    "larger_scale": (0.1144, 0.2299, 0.2404),
    "region": (0.3335, 0.4715, -0.1746),
    "size": (-5.523, 1.884, 1.166),
    "size_squared": (34.06, 21.96, -1.667),
    "relative_size": (-3.569, 1.946, 1.129),
    "evidence": (-1.092, 1.832, 1.391),
    "evidence_edge": (-0.3241, 1.475, -0.4389),
    "edge_gain": (0.03953, 0.1317, -1.191),
    "new_edge": (0.4099, 0.2421, -1.627),
    "length_gain": (0.08701, 0.2919, -0.7646),
    "object_fit": (-0.07067, 0.3219, 0.7328),
    "background_fit": (-0.04364, 0.2233, -0.6893),
    "object_place_fit": (-0.06598, 0.2923, 2.181),
    "background_place_fit": (-0.02038, 0.1357, 0.06223),
    "edge_cost": (0.007149, 0.03969, 0.7741),
    "roughness": (1.926, 0.2561, 1.895),
    "compactness": (1.693, 0.2466, 0.68),
    "part_taken": (0.04442, 0.0803, -1.687),
    "repeated_scale": (-0.09342, 0.5398, 0.1486),
    "repeated_size": (-4.184, 4.711, 0.4033),
    "adding_size": (-2.384, 2.872, -0.8007),
    "late_size": (-8.425, 6.417, -3.171),
    "agreement": (0.8848, 0.1302, 3.304),
    "depth_size": (21.7, 7.675, -0.1546),
}
