"""What an image is, how it gets in, and the features of its pixels."""
