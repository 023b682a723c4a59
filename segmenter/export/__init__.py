"""Results on disk: every save is atomic and is read back."""
