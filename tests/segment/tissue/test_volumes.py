from segmenter.segment.tissue.volumes import TissueVolume, notes_on_volumes


def volume(name, hard):
    return TissueVolume(1, name, hard, 100.0, 90.0, 110.0, 1.0, 0.1)


def test_labels_outside_the_interval_of_their_tissue_are_named():
    (note,) = notes_on_volumes([volume("Gel", 89.0), volume("Fat", 100.0), volume("Bone", 111.0)])
    assert note.endswith(": Gel, Bone.")
    assert notes_on_volumes([volume("Gel", 90.0), volume("Fat", 110.0)]) == ()
