"""AFEW with aligned faces, films and actors, and the two ids that both splits have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import spread

FOLDERS = ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
COUNTS = {"Train": (133, 74, 81, 150, 144, 117, 74), "Val": (64, 40, 46, 63, 63, 61, 46)}
"""Published clips, in the order of the folders."""
TEST = 593
"""Published clips without labels."""
KNOWN = {
    "Train": {"001703120": "Sad", "005153760": "Disgust"},
    "Val": {"001703120": "Happy", "005153760": "Surprise"},
}
"""Clips of which both splits have the id, and their folders."""

_FACES = {
    "Train": "AlignedFaces_LBPTOP_Points/AlignedFaces_LBPTOP_Points",
    "Val": "AlignedFaces_LBPTOP_Points_Val",
}
_BESIDE = ("LBPTOP", "Points")
_FACELESS = {True: 2, False: 1}
_STEP = 7


@dataclass(frozen=True, slots=True)
class _Clip:
    split: str
    folder: str
    id: str
    film: str
    actor: str
    frames: int

    def shot(self, path: str, images: str = "", size: tuple[int, int] = (160, 128)) -> Shot:
        """Its video, or with images its aligned face."""
        return Shot(
            path,
            self.actor,
            self.folder.lower(),
            self.id,
            images,
            height=size[0],
            width=size[1],
            frames=(self.frames, self.frames),
            close=bool(images),
            codec="mpeg4",
        )


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader.

    `subjects` counts the clips a class in Train; Val has half as many, one at least. Four clips are
    of one film and two of them of one actor; only the known ids share a film across the splits. The
    aligned faces of Train are nested twice, and a clip of each split has none (two at full count).
    """
    small = {"Train": (max(subjects, 2),) * 7, "Val": (max(subjects // 2, 1),) * 7}
    shots: list[Shot] = []
    files: dict[str, bytes] = {}
    for split, counts in (COUNTS if full else small).items():
        clips = list(_clips(split, dict(zip(FOLDERS, counts, strict=True))))
        shots += [clip.shot(f"{split}_AFEW/{clip.folder}/{clip.id}.avi") for clip in clips]
        faces = f"{split}_AFEW/{_FACES[split]}/Faces"
        seen = clips[_FACELESS[full] :]
        shots += [clip.shot(f"{faces}/{clip.id}", "{:03d}.jpg", (128, 128)) for clip in seen]
        files[f"{split}_AFEW/{split}_6.xml"] = _films(clips)
    shots += [_unlabelled(_id(2, place)) for place in range(TEST if full else 2)]
    folders = [f"{split}_AFEW/{_FACES[split]}/{name}" for split in _FACES for name in _BESIDE]
    return Layout(tuple(shots), files, tuple(folders))


def _clips(split: str, counts: Mapping[str, int]) -> Iterator[_Clip]:
    known = KNOWN[split]
    left = {name: count - [*known.values()].count(name) for name, count in counts.items()}
    for place, folder in enumerate(spread(left)):
        film = f"Film {place // 4} of {split}"
        actor = f"Actor {place % 4 // 2} of {film}"
        yield _Clip(split, folder, _id([*KNOWN].index(split), place), film, actor, 16 + place % 9)
    for id, folder in known.items():
        film = f"Film of {id}"
        yield _Clip(split, folder, id, film, f"Actor of {film} in {split}", 20)


def _id(side: int, place: int) -> str:
    """Hours, minutes, seconds and thousandths of a film, other ones for each side."""
    minutes, seconds = divmod(46 + _STEP * place, 60)
    return f"{minutes // 60:02}{minutes % 60:02}{seconds:02}{280 + 40 * side:03}"


def _films(clips: list[_Clip]) -> bytes:
    lines = [
        f'  <Clip Name="{clip.id}" MovieTitle="{clip.film}" NameOfActor="{clip.actor}">'
        f"<Length>{clip.frames}</Length></Clip>\n"
        for clip in clips
    ]
    return f'<?xml version="1.0"?>\n<Clips>\n{"".join(lines)}</Clips>\n'.encode()


def _unlabelled(id: str) -> Shot:
    return Shot(f"Test_AFEW/{id}.avi", f"test {id}", "neutral", id, codec="mpeg4")
