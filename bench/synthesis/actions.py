"""Facial action units, and which of them make up each expression."""

from collections.abc import Mapping

EXPRESSIONS = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""The classes of the drawn data, in the order of their labels."""

UNITS: Mapping[int, str] = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    12: "lip corner puller",
    15: "lip corner depressor",
    17: "chin raiser",
    20: "lip stretcher",
    23: "lip tightener",
    24: "lip pressor",
    25: "lips part",
    26: "jaw drop",
}
"""Action units that can be drawn, with their names in FACS.

Source: Ekman, Friesen and Hager, Facial Action Coding System, 2002.
"""

PROTOTYPES: Mapping[str, Mapping[int, float]] = {
    "angry": {4: 1.0, 5: 0.6, 7: 0.7, 17: 0.3, 23: 0.9, 24: 0.8},
    "disgust": {4: 0.5, 7: 0.3, 9: 1.0, 10: 1.0, 15: 0.4, 17: 0.4, 25: 0.5},
    "fear": {1: 1.0, 2: 0.6, 4: 0.7, 5: 1.0, 20: 1.0, 25: 0.8, 26: 0.2},
    "happy": {6: 1.0, 12: 1.0, 25: 0.6},
    "neutral": {},
    "sad": {1: 1.0, 4: 0.5, 15: 1.0, 17: 0.6},
    "surprise": {1: 0.9, 2: 1.0, 5: 0.9, 25: 0.8, 26: 1.0},
}
"""Expression -> action unit -> intensity in [0, 1] at the apex of a full expression.

Source: the units are the EMFACS prototypes (Ekman and Friesen, EMFACS-7, 1983; FACS
Investigator's Guide, 2002, Table 10-1); the intensities are ours.
"""
