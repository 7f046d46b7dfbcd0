import pyarrow as pa
import pytest

from countermark.adapters.storage.runs import FolderRun, read_run_table, read_summary
from countermark.errors import NotFound, RunError

TABLE = pa.table({"a": [1]})


def test_an_interrupted_run_goes_on_after_its_last_whole_part(tmp_path):
    run = FolderRun(tmp_path / "r")
    assert run.begin({"x": 1}) == 0
    run.save_part(0, {"t": TABLE}, {"n": 1})
    run.save_part(1, {"t": TABLE}, {"n": 1})
    (
        tmp_path / "r/parts/000001.json"
    ).unlink()  # died between the table and the mark that it is whole
    assert FolderRun(tmp_path / "r").begin({"x": 1}) == 1


def test_a_run_of_something_else_is_not_touched(tmp_path):
    FolderRun(tmp_path / "r").begin({"x": 1})
    with pytest.raises(RunError, match="another run"):
        FolderRun(tmp_path / "r").begin({"x": 2})


def test_a_finished_run_keeps_only_its_final_files_and_is_not_begun_again(tmp_path):
    run = FolderRun(tmp_path / "r")
    run.begin({})
    run.save_part(0, {"t": TABLE}, {})
    run.keep({"t": run.parts("t")})
    run.finish({"identity": {}})
    assert sorted(p.name for p in (tmp_path / "r").iterdir()) == ["run.json", "t.parquet"]
    assert read_run_table(tmp_path / "r", "t") == TABLE
    with pytest.raises(RunError, match="finished run"):
        run.begin({})


def test_what_is_not_finished_is_not_read_as_if_it_were(tmp_path):
    FolderRun(tmp_path / "r").begin({})
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "r")
    with pytest.raises(NotFound, match="no run there"):
        read_summary(tmp_path / "nowhere")


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunError, match="cannot be written"):
        FolderRun(tmp_path / "file" / "r").begin({})
