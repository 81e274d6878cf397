"""Two parquet files: the answers, and a row a fold; typed columns, null where there is nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.export.runs import Run, Value, columns, prediction_columns, row


def write(runs: Sequence[Run], out: Path) -> list[Path]:
    """Write `predictions.parquet`, a group of rows for each fold, and `folds.parquet`."""
    import pyarrow as pa
    from pyarrow import parquet

    answers, folds = out / "predictions.parquet", out / "folds.parquet"
    names = prediction_columns(runs)
    schema = pa.schema([(name, _answer_type(pa, name)) for name in names])
    with parquet.ParquetWriter(answers, schema) as file:
        for run in runs:
            file.write_table(pa.Table.from_pylist(run.predictions(), schema=schema))
    rows = [row(run) for run in runs]
    schema = pa.schema([(name, _type(pa, name, rows)) for name in columns(rows)])
    texts = {field.name for field in schema if field.type == pa.string()}
    typed = [{name: _typed(v, name in texts) for name, v in one.items()} for one in rows]
    parquet.write_table(pa.Table.from_pylist(typed, schema=schema), folds)
    return [answers, folds]


def _answer_type(pa: Any, name: str) -> Any:
    if name in ("seed", "fold"):
        return pa.int64()
    return pa.float64() if name.startswith("score:") else pa.string()


def _type(pa: Any, name: str, rows: Sequence[Mapping[str, Value]]) -> Any:
    """The type that all values of a column have; text where they have several."""
    types = {type(value) for one in rows if (value := one.get(name)) is not None}
    if types <= {bool} and types:
        return pa.bool_()
    if types <= {int} and types:
        return pa.int64()
    return pa.float64() if types <= {int, float} and types else pa.string()


def _typed(value: Value, as_text: bool) -> Value:
    return str(value) if as_text and value is not None else value
