"""The model as bytes, opaque to everybody else. All that Sample needs is in them: any replica can sample any model."""

import io
import zipfile
from dataclasses import fields

import numpy as np

from numpy_generator.mixture import Mixture
from qloom_service.refusals import invalid

MOST_BYTES = 64 << 20
"""The longest model that is read."""
_SHAPES = {"weights": "ck", "means": "ckf", "factors": "ckff", "offset": "f", "scale": "f", "bounds": "2f"}


def pack(model: Mixture) -> bytes:
    """Writes a model as .npz, without times in it: the same model gives the same bytes."""
    packed = io.BytesIO()
    np.savez(packed, **{field.name: getattr(model, field.name) for field in fields(model)})
    return packed.getvalue()


def unpack(data: bytes) -> Mixture:
    """Reads a model. Raises INVALID_ARGUMENT for bytes that are none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MOST_BYTES:
            raise ValueError(f"it has {unpacked} bytes unpacked")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            model = Mixture(**{name: arrays[name].astype(np.float64) for name in _SHAPES})
    except (zipfile.BadZipFile, ValueError, TypeError, KeyError, OSError, EOFError) as error:
        raise invalid("model", f"is no model of this generator ({error}); right would be the bytes of a Fit") from error
    sizes = {"2": 2}
    for name, axes in _SHAPES.items():
        shape = getattr(model, name).shape
        if len(shape) != len(axes) or any(sizes.setdefault(axis, n) != n for axis, n in zip(axes, shape, strict=True)):
            raise invalid("model", f"has {name} of the shape {list(shape)}; right would be the bytes of a Fit")
    return model
