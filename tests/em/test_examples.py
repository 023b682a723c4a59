"""The worked examples find what was put into them."""

import numpy as np

from tests.em.examples import (
    customer_groups,
    market_regimes,
    sensor_anomaly,
    speaker_identification,
)


def test_customer_groups_are_found(capsys):
    labels = customer_groups.main()
    kinds = customer_groups.customers()[1]
    assert capsys.readouterr().out.startswith("Mixture of 3 Gaussians")
    same = labels[:, None] == labels[None, :500]
    truly_same = kinds[:, None] == kinds[None, :500]
    assert (same == truly_same).mean() > 0.99


def test_anomalies_are_found_and_few_others():
    found = sensor_anomaly.main()
    assert {100, 2500, 4999} <= set(found)
    assert len(found) < 3 + 5


def test_turbulent_spells_are_found():
    turbulence = market_regimes.main()
    truth = market_regimes.returns()[1]
    assert ((turbulence > 0.5) == truth).mean() > 0.9
    assert turbulence[truth].mean() > 3 * turbulence[~truth].mean()


def test_speakers_are_told_apart():
    guesses = speaker_identification.main()
    assert np.mean([speaker == guess for speaker, guess in guesses]) >= 0.9
