"""Leaflet and helper's script: a lesson as it is written, on paper."""
