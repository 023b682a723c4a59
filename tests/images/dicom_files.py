"""DICOM files made for the tests with pydicom."""

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

MR, CT, ENHANCED_MR = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("4", "2", "4.1"))
AXIAL = (1, 0, 0, 0, 1, 0)


def dataset(pixels, **elements):
    """Describe gray pixels, shape (rows, columns) or (frames, rows, columns), or color ones."""
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    header.SOPClassUID = header.file_meta.MediaStorageSOPClassUID = MR
    header.SOPInstanceUID = header.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    is_color = pixels.shape[-1] == 3
    header.Rows, header.Columns = pixels.shape[-3:-1] if is_color else pixels.shape[-2:]
    header.SamplesPerPixel = 3 if is_color else 1
    header.PhotometricInterpretation = "RGB" if is_color else "MONOCHROME2"
    if is_color:
        header.PlanarConfiguration = 0
    header.BitsAllocated = header.BitsStored = pixels.itemsize * 8
    header.HighBit = header.BitsStored - 1
    header.PixelRepresentation = int(pixels.dtype.kind == "i")
    header.PixelData = pixels.tobytes()
    for name, value in elements.items():
        setattr(header, name, value)
    return header


def save(path, header):
    path.parent.mkdir(exist_ok=True, parents=True)
    header.save_as(path, enforce_file_format=True)
    return path


def save_series(folder, values, *, step=(0, 0, 3), origin=(-10, -20, -30), directions=AXIAL,
                spacing=(2, 1.5), uid="1.2.3", skip=(), each=None, **elements):  # fmt: skip
    """Save values, shape (slices, rows, columns), as a file each, in a shuffled order of names."""
    names = np.random.default_rng(0).permutation(len(values))
    for index, pixels in enumerate(values):
        if index in skip:
            continue
        own = {} if each is None else each(index)
        header = dataset(
            pixels,
            **{
                "SeriesInstanceUID": uid,
                "ImagePositionPatient": list(np.add(origin, np.multiply(step, index))),
                "ImageOrientationPatient": list(directions),
                "PixelSpacing": list(spacing),
                "SliceThickness": 3,
                "InstanceNumber": index + 1,
                "PatientName": "Doe^Jane",
                **elements,
                **own,
            },
        )
        save(folder / f"{names[index]:04d}", header)
    return folder


def item(**elements):
    made = Dataset()
    for name, value in elements.items():
        setattr(made, name, value)
    return pydicom.Sequence([made])
