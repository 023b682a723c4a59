"""Speaker identification: one mixture for each speaker; the most likely one is who speaks.

The classic method (Reynolds & Rose, 1995), on mel-cepstrum-like features of synthetic voices.
"""

import numpy as np
from scipy.fft import dct
from scipy.signal import lfilter

from segmenter.em.fit import fit_mixture

RATE = 8000
FORMANTS = {  # of five vowels; speakers differ in pitch and in the length of the vocal tract
    "a": (730, 1090), "e": (530, 1840), "i": (270, 2290), "o": (570, 840), "u": (300, 870),
}  # fmt: skip
SPEAKERS = {"Ana": (210, 1.15), "Ben": (120, 1.0), "Cleo": (185, 1.08), "Dan": (100, 0.93)}


def speech(speaker, seconds, seed):
    """A babble of vowels: pulses at the speaker's pitch through two resonances and some noise."""
    random = np.random.default_rng(seed)
    pitch, tract = SPEAKERS[speaker]
    sounds = []
    for _ in range(int(seconds / 0.2)):
        n = int(0.2 * RATE)
        pulses = np.zeros(n)
        pulses[:: int(RATE / (pitch * random.uniform(0.9, 1.1)))] = 1
        sound = pulses + 0.01 * random.standard_normal(n)
        for formant in FORMANTS[random.choice(list(FORMANTS))]:
            angle = 2 * np.pi * formant * tract * random.uniform(0.97, 1.03) / RATE
            sound = lfilter([1], [1, -2 * 0.97 * np.cos(angle), 0.97**2], sound)
        sounds.append(sound)
    return np.concatenate(sounds)


def spectral_features(sound, n_features=12):
    """Cepstrum of 32 ms windows, shape (n, 12)."""
    n, hop = 256, 128
    starts = range(0, len(sound) - n, hop)
    windows = np.stack([sound[start : start + n] for start in starts]) * np.hanning(n)
    power = np.abs(np.fft.rfft(windows)) ** 2
    bands = np.log(power[:, 1:].reshape(len(power), 32, 4).sum(axis=2) + 1e-8)
    return dct(bands, norm="ortho")[:, 1 : n_features + 1].astype(np.float32)


def main(n_components=8):
    mixtures = {
        speaker: fit_mixture(
            spectral_features(speech(speaker, 20, seed)), n_components, covariance="diagonal"
        ).mixture
        for seed, speaker in enumerate(SPEAKERS)
    }

    def who_speaks(sound):
        features = spectral_features(sound)
        return max(mixtures, key=lambda name: mixtures[name].log_density(features).mean())

    utterances = [(speaker, speech(speaker, 2, 100 + i)) for i in range(5) for speaker in SPEAKERS]
    return [(speaker, who_speaks(sound)) for speaker, sound in utterances]


if __name__ == "__main__":
    for speaker, guess in main():
        print(f"{speaker}: taken for {guess}")
