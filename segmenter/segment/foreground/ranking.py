"""Weights by which the proposals for a first click, or for an area, are ranked.

Each trait has its mean, its standard deviation and the weight of its standard score. They were
learned by ``tests/benchmarks/rank_proposals.py`` on 44 photos of the GrabCut and the VGG
geodesic-star sets: from the proposals for 264 clicks and for 132 boxes around their objects; and
from what each of 2,899 further clicks may have meant, also on objects joined from people's regions
on BSDS photos, and in games that begin with a poor guess (see ``games.py``).
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
    "evidence": (-1.946, 1.895, 3.418),
    "color_fit": (3.962, 1.94, 0.5716),
    "place_fit": (6.291, 1.811, 2.359),
    "color_gain": (-0.1634, 0.4867, 0.5922),
    "new_edge": (0.3669, 0.2174, -3.064),
    "old_outline": (0.4116, 0.2383, 1.189),
    "size": (0.8082, 1.566, -2.245),
    "size_squared": (3.106, 3.259, -2.867),
    "middle": (0.65, 0.2953, 2.624),
    "roughness": (1.778, 0.2269, 1.651),
    "border": (0.06396, 0.1634, -1.301),
    "share": (-4.279, 1.37, 1.501),
    "share_removed": (0.0805, 0.1918, -3.701),
}
