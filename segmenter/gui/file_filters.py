"""Which files the dialogs offer."""

from __future__ import annotations

SUFFIX = ".segmenter"
"""Of a session."""

IMAGE_FILTER = (
    "Images (*.png *.jpg *.jpeg *.tif *.tiff *.webp *.bmp *.gif *.pbm *.pgm *.ppm *.pnm *.jp2"
    " *.j2k *.avif *.tga *.nii *.nii.gz *.hdr *.img *.img.gz *.mgh *.mgz *.nrrd *.mha *.mhd *.dcm"
    ");;All files (*)"
)
OPEN_FILTER = IMAGE_FILTER.replace("Images (", f"Images and Sessions (*{SUFFIX} ", 1)
SESSION_FILTER = f"Sessions (*{SUFFIX})"
