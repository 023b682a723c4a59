"""DICOM: pictures, slices and series, through pydicom (the extra `dicom`).

``dataset.py`` opens a file, ``slices.py`` says what is in it slice by slice, ``stack.py`` puts
slices in order on a grid, ``series.py`` finds the series of a folder, ``pixels.py`` decodes;
``volume.py`` and ``picture.py`` hand over what the readers of volumes and pictures expect.
"""
