import numpy as np
import pytest

from segmenter.segment.tissue.head import head_levels
from segmenter.segment.tissue.surface import brain_surface_steps, filled, sphere
from segmenter.work import finish


@pytest.mark.parametrize("n_divisions", [0, 1, 3])
def test_a_sphere_is_closed_and_even(n_divisions):
    mesh = sphere(n_divisions)
    assert len(mesh.vertices) == 10 * 4**n_divisions + 2
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices, axis=1), 1)
    edges = np.sort(mesh.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    assert (np.unique(edges, axis=0, return_counts=True)[1] == 2).all()
    a, b, c = mesh.vertices[mesh.triangles].transpose(1, 0, 2)
    assert (np.einsum("ni,ni->n", np.cross(b - a, c - a), a) > 0).all()
    assert ((mesh.neighbors >= 0).sum(axis=1) == 5).sum() == 12


def test_a_filled_surface_has_its_volume():
    mesh = sphere(3)
    spacing = np.array([1.0, 2.0, 1.5])
    inside = filled(mesh.vertices * 20 + 30, mesh.triangles, (61, 31, 41), spacing)
    assert inside.sum() * 3 == pytest.approx(4 / 3 * np.pi * 20**3, rel=0.03)
    places = np.argwhere(inside) * spacing - 30
    assert np.linalg.norm(places, axis=1).max() < 20.01


def test_a_surface_grows_to_the_edge_of_a_ball():
    spacing = np.array([2.0, 2.0, 2.0])
    places = np.indices((80, 80, 80)).transpose(1, 2, 3, 0) * spacing - 80
    far = np.linalg.norm(places / [1.0, 1.2, 0.9], axis=-1)
    ball = np.where(far < 60, 100, np.where(far < 70, 5, 0)).astype(np.float32)
    levels = head_levels(ball, spacing)
    vertices = finish(brain_surface_steps(ball, spacing, levels))
    inside = filled(vertices, sphere(4).triangles, ball.shape, spacing)
    truth = far < 60
    assert 2 * (inside & truth).sum() / (inside.sum() + truth.sum()) > 0.95
