"""Tissues of the brain: a volume in, CSF, gray and white matter with probabilities out."""
