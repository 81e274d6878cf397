"""Reads the eNTERFACE'05 audio-visual emotion database as its archive unpacks."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")
_EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")
_LABELS: dict[str, str] = dict(zip(_EMOTIONS, CLASSES, strict=True))
_CODES = {name[:2]: label for name, label in _LABELS.items()}
_SUBJECT = re.compile(r"subject[ _]?(\d{1,3})", re.IGNORECASE)
_SENTENCE = re.compile(r"sentence[ _]?(\d{1,3})", re.IGNORECASE)
_CODE = re.compile(r"s_?\d+_(an|di|fe|ha|sa|su)_.*", re.IGNORECASE)
_EXCLUDED = 6
_PERSONS = range(1, 45)


def load(root: Path) -> Dataset:
    """eNTERFACE'05, six acted emotions, five sentences each.

        root/                                  also: up to three folders around it
          enterface database/
            subject 1/ … subject 44/           the person
              anger/ disgust/ fear/ happiness/ sadness/ surprise/
                sentence 1/ … sentence 5/
                  s1_an_1.avi                  one video a sentence
              happiness/s6_ha.avi              subject 6 alone has no sentence folders

    Subject, emotion and sentence come from the folders, since the files of subject 11 are named
    s12, those of subject 3 s3_ and s_3_, one of subject 16 s16_su_3avi (with or without .avi after
    it), and two of subject 2 are swapped; there is no group. Subject 23 has two sentences of
    happiness. Left out and counted: subject 6, so that the 1,287 videos of the field remain; videos
    outside of a sentence folder; sentence folders without a video; links that leave the root.
    Protocol `blocks-5-fold` tests five blocks of persons in turn.
    Source: Martin et al., ICDE Workshops 2006; the blocks and the exclusion are those of the lists
    of Sun et al., https://github.com/sunlicai/MAE-DFER.

    Raises:
        BenchError: there are no subject folders, a person or an emotion is unknown, or two
            videos stand for one sentence.
    """
    home = tree.located(root, _holds_subjects, "enterface05", "folders subject 1, subject 2, ...")
    problems = tree.Problems("enterface05", "Restore the folders as they were delivered.")
    left_out: Counter[str] = Counter()
    sentences: dict[str, _Sentence] = {}
    for sentence in _sentences(home, problems, left_out):
        if sentence.id in sentences:
            twin = sentences[sentence.id].folder
            problems.add(f"{str(twin)!r} and {str(sentence.folder)!r} are one sentence")
        sentences[sentence.id] = sentence
    found = [(one, _video(one, root, problems, left_out)) for _, one in sorted(sentences.items())]
    problems.stop()
    videos = tuple(video for _, video in found if video)
    return Dataset(
        "enterface05",
        CLASSES,
        videos,
        left_out=dict(left_out),
        notes=_notes(videos),
    )


@dataclass(frozen=True, slots=True)
class _Sentence:
    folder: Path
    subject: int
    emotion: str
    number: int

    @property
    def id(self) -> str:
        return f"enterface05:{_name(self.subject)}/{self.emotion}/{self.number}"


def _name(subject: int) -> str:
    return f"s{subject:02d}"


def _holds_subjects(folder: Path) -> bool:
    return any(_SUBJECT.fullmatch(path.name) for path in tree.folders(folder))


def _sentences(home: Path, problems: tree.Problems, left_out: Counter[str]) -> Iterator[_Sentence]:
    for subject, emotion in _emotions(home, problems):
        flat = len(_avis(emotion))
        below = [(path, _SENTENCE.fullmatch(path.name)) for path in tree.folders(emotion)]
        if subject == _EXCLUDED:
            deep = sum(len(_avis(path)) for path, _ in below)
            left_out.update({f"subject {_EXCLUDED}: no sentence folders": flat + deep})
            continue
        if flat:
            left_out["outside of a sentence folder"] += flat
        for path, named in below:
            if named:
                yield _Sentence(path, subject, emotion.name.lower(), int(named[1]))
            else:
                problems.add(f"{str(path)!r} is no sentence; expected sentence 1, sentence 2, ...")


def _emotions(home: Path, problems: tree.Problems) -> Iterator[tuple[int, Path]]:
    """The number of a person with each of the emotions' folders."""
    for person in tree.folders(home):
        if not (named := _SUBJECT.fullmatch(person.name)):
            continue
        if (number := int(named[1])) not in _PERSONS:
            problems.add(f"{str(person)!r} is no person of this set; expected subject 1 to 44")
            continue
        for emotion in tree.folders(person):
            if emotion.name.lower() in _LABELS:
                yield number, emotion
            else:
                known = ", ".join(_LABELS)
                problems.add(f"{str(emotion)!r} is no emotion of this set; expected {known}")


def _avis(folder: Path) -> list[Path]:
    return [path for path in tree.files(folder) if path.name.lower().endswith("avi")]


def _video(
    sentence: _Sentence, root: Path, problems: tree.Problems, left_out: Counter[str]
) -> Video | None:
    found = _avis(sentence.folder)
    if len(found) > 1:
        problems.add(f"{str(sentence.folder)!r} holds {len(found)} videos; expected one")
    elif not found:
        left_out["sentence folder without a video"] += 1
    elif not found[0].resolve().is_relative_to(root.resolve()):
        left_out["link that leaves the root"] += 1
    else:
        return Video(
            id=sentence.id,
            path=found[0].relative_to(root).as_posix(),
            label=_LABELS[sentence.emotion],
            subject=_name(sentence.subject),
            attributes={"sentence": str(sentence.number)},
        )
    return None


def _notes(videos: tuple[Video, ...]) -> tuple[str, ...]:
    apart = [
        video.path
        for video in videos
        if (named := _CODE.fullmatch(Path(video.path).name))
        and _CODES[named[1].lower()] != video.label
    ]
    if not apart:
        return ()
    return (f"The folder counts where a file is named for another emotion: {tree.known(apart)}.",)
