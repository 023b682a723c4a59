"""The jobs: an image in, labels with probabilities out."""
