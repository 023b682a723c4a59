"""The shared EM core: samples in, mixture out. Knows no image, no file and no window."""
