"""The XML files of MMI: session, emotion, and onset, apex and offset of action units."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bench.synthesis.performance import Phases

_NEUTRAL, _ONSET, _APEX, _OFFSET = "0", "1", "2", "3"
"""Type of a marker: the phase that begins at its frame."""


def session(subject: int, view: int, annotations: Sequence[str]) -> bytes:
    """Content of session.xml.

    Args:
        subject: number of the person.
        view: 0 frontal, 1 profile, 2 both side by side.
        annotations: names of the files that describe the recording, in order.
    """
    root = Element("session")
    SubElement(root, "subject", id=str(subject))
    track = SubElement(root, "track", view=str(view))
    for name in annotations:
        SubElement(track, "annotation", filename=name)
    return _text(root)


def emotion(name: str, code: int | None) -> bytes:
    """Content of S###-###.xml.

    Args:
        name: of the recording.
        code: value of the tag Emotion; None: the recording was coded for action units only.
    """
    recording = Element("recording")
    SubElement(recording, "Metatag", Name="Recording", Value=name)
    if code is not None:
        SubElement(recording, "Metatag", Name="Emotion", Value=str(code))
    SubElement(recording, "Metatag", Name="Posed", Value="1")
    return _text(recording)


def markers(name: str, phases: Mapping[int, Phases], broken: bool) -> bytes:
    """Content of S###-###-oao_aucs.xml.

    Args:
        name: of the recording.
        phases: action unit -> frames from 0; in the file, frames count from 1.
        broken: put apex and offset of the first unit in the wrong order, and leave the end of the
            second one away.
    """
    sheet = Element("annotation", recording=name)
    units = SubElement(sheet, "ActionUnits")
    for position, (unit, phase) in enumerate(phases.items()):
        marks = [(1, _NEUTRAL), (phase.onset + 1, _ONSET), (phase.apex + 1, _APEX)]
        marks += [(phase.offset + 1, _OFFSET), (phase.end + 1, _NEUTRAL)]
        if broken and position == 0:
            marks[2], marks[3] = (marks[3][0], _APEX), (marks[2][0], _OFFSET)
        if broken and position == 1:
            marks = marks[:3]
        one = SubElement(units, "ActionUnit", Number=str(unit))
        for frame, kind in marks:
            SubElement(one, "Marker", Frame=str(frame), Type=kind)
    SubElement(SubElement(units, "ActionUnit", Number="46L"), "Marker", Frame="1", Type=_NEUTRAL)
    return _text(sheet)


def _text(root: Element) -> bytes:
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)
