"""The XML files of MMI: session, emotion, and onset, apex and offset of action units."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from bench.synthesis.performance import Phases

_NEUTRAL, _ONSET, _APEX, _OFFSET = "0", "1", "2", "3"
"""Type of a marker: the phase that begins at its frame."""


def write_session(path: Path, subject: int, view: int, annotations: Sequence[str]) -> None:
    """Write session.xml.

    Args:
        path: file to write.
        subject: number of the person.
        view: 0 frontal, 1 profile, 2 both side by side.
        annotations: names of the files that describe the recording, in order.
    """
    session = Element("session")
    SubElement(session, "subject", id=str(subject))
    track = SubElement(session, "track", view=str(view))
    for name in annotations:
        SubElement(track, "annotation", filename=name)
    _write(session, path)


def write_emotion(path: Path, name: str, code: int | None) -> None:
    """Write S###-###.xml.

    Args:
        path: file to write.
        name: of the recording.
        code: value of the tag Emotion; None: the recording was coded for action units only.
    """
    recording = Element("recording")
    SubElement(recording, "Metatag", Name="Recording", Value=name)
    if code is not None:
        SubElement(recording, "Metatag", Name="Emotion", Value=str(code))
    SubElement(recording, "Metatag", Name="Posed", Value="1")
    _write(recording, path)


def write_markers(path: Path, name: str, phases: Mapping[int, Phases], broken: bool) -> None:
    """Write S###-###-oao_aucs.xml.

    Args:
        path: file to write.
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
    _write(sheet, path)


def _write(root: Element, path: Path) -> None:
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
