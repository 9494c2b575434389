"""The map projection: Albers' equal-area conic, in closed form."""

from __future__ import annotations

import numpy as np

RADIUS = 6371.007  # km, of the sphere of the earth's surface area


def albers(lon, lat, *, lat_1=25.0, lat_2=47.0, lon_0=105.0, lat_0=0.0, radius=RADIUS):
    """Project longitude and latitude on a plane so that areas keep their size.

    Parameters
    ----------
    lon, lat : array-like
        Degrees.
    lat_1, lat_2 : float
        Standard parallels, degrees, where lengths are true; not opposite to one another.
    lon_0, lat_0 : float
        Longitude and latitude of the origin, degrees.
    radius : float
        Radius of the sphere; its unit is that of the result.

    Returns
    -------
    tuple of numpy.ndarray
        x to the east and y to the north of the origin.

    Notes
    -----
    .. math:: n = (\\sin φ_1 + \\sin φ_2) / 2, \\quad C = \\cos^2 φ_1 + 2 n \\sin φ_1, \\quad
              ρ(φ) = R \\sqrt{C - 2 n \\sin φ} / n, \\quad θ = n (λ - λ_0), \\\\
              x = ρ \\sin θ, \\quad y = ρ(φ_0) - ρ \\cos θ

    Source: J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987), equations 14-1 to 14-6, p. 100.
    The earth is taken as a sphere: against the ellipsoid the error of a length is below 0.3 %, less than a line's width here.
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    first, second = np.sin(np.radians([lat_1, lat_2]))
    n = (first + second) / 2
    constant = 1 - first**2 + 2 * n * first

    def distance(latitude):
        return radius * np.sqrt(constant - 2 * n * np.sin(np.radians(latitude))) / n

    angle = n * np.radians(lon - lon_0)
    return distance(lat) * np.sin(angle), distance(lat_0) - distance(lat) * np.cos(angle)
