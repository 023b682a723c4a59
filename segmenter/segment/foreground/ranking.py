"""Weights by which the proposals for a first click, or for an area, are ranked.

Each trait has its mean, its standard deviation and the weight of its standard score. They were
learned by ``tests/benchmarks/rank_proposals.py`` from the proposals for 264 clicks on 44 photos of
the GrabCut and the VGG geodesic-star sets; on photos left out, the proposal ranked first overlaps
with the truth by about .68. Run that script again when `traits` or `proposals` change.
"""

Ranking = dict[str, tuple[float, float, float]]

CLICK_RANKING: Ranking = {
    "size": (-1.06, 1.208, -0.282),
    "size_squared": (2.583, 3.309, -0.04725),
    "object_fit": (2.347, 1.057, 0.4828),
    "background_fit": (2.236, 0.9064, 0.06883),
    "object_place_fit": (3.392, 0.7505, 0.8413),
    "background_place_fit": (3.196, 0.4993, 0.1403),
    "edge_cost": (0.2626, 0.1421, -0.5623),
    "roughness": (1.611, 0.3669, 0.1049),
    "border_covered": (0.1468, 0.1846, -0.5384),
    "border_touched": (0.1496, 0.1792, -0.4632),
    "click_depth": (0.7015, 0.1957, 0.3501),
    "click_offset": (0.2075, 0.1332, 0.01259),
    "image_offset": (0.1654, 0.09459, -0.159),
    "standing_out": (0.252, 0.1918, 0.4516),
    "agreement": (0.4372, 0.1111, 0.4534),
    "fill": (0.6486, 0.1287, -0.06743),
    "stage": (1.004, 0.8163, 0.6505),
    "edge_cost_by_size": (0.1389, 0.09706, -0.4714),
    "nesting": (-0.2986, 0.1894, 0.1212),
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
