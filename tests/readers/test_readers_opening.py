"""Whatever a file holds: one clear message or a plain reading, in bounded memory, and nothing outside of it."""

from __future__ import annotations

import os
import zipfile

import pytest

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers import opening, reader_of
from outsourcing_kit.readers.opening import open_source


def source_of(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return open_source(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_is_read_whatever_wrote_it(tmp_path, encoding):
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    source = source_of(tmp_path / "t", mark + 'Name;Labels;Labels\r\n"Inés; a";x;y\r\n'.encode(encoding))
    assert source.grid.header == ("Name", "Labels", "Labels")
    assert source.grid.get("NAME") == ["Inés; a"]
    assert [list(column) for column in source.grid.all("labels")] == [["x"], ["y"]]


def test_short_rows_are_filled_and_long_ones_refused(tmp_path):
    assert source_of(tmp_path / "a", "a,b\n1\n").grid.get("b") == [""]
    with pytest.raises(OutsourcingKitError, match="3 cells in row 2 and 2 in the header"):
        _ = source_of(tmp_path / "b", "a,b\n1,2,3\n").grid


def test_a_cell_without_an_end_is_refused(tmp_path):
    with pytest.raises(OutsourcingKitError, match="cell that never ends"):
        _ = source_of(tmp_path / "a", 'a,b\n"' + "x" * 2_000_000).rows


@pytest.mark.parametrize("text", ['{"a": ', "[" * 100_000 + "]" * 100_000, '{"a": 1e999999', "[1,]"])
def test_spoilt_json_is_refused_in_one_sentence(tmp_path, text):
    with pytest.raises(OutsourcingKitError, match="Mend: export it again") as refused:
        _ = source_of(tmp_path / "a.json", text).json
    assert len(str(refused.value)) < 400


def zipped(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return open_source(path)


def test_names_inside_a_zip_are_no_paths(tmp_path):
    source = zipped(tmp_path / "in.zip", {"../../evil.json": "[]", "/etc/x.json": "{}", "a/b.json": "[1]"})
    assert [name for name, _ in source.members(".json")] == ["../../evil.json", "/etc/x.json", "a/b.json"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in.zip"]


def test_a_zip_that_opens_to_gigabytes_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_LARGEST_MEMBER", 1_000_000)
    source = zipped(tmp_path / "bomb.zip", {"a.json": b"0" * 5_000_000})
    assert source.path.stat().st_size < 10_000
    with pytest.raises(OutsourcingKitError, match="opens to more than anybody exports"):
        list(source.members(".json"))


def test_many_members_together_are_stopped_too(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_MOST_OPENED", 3_000_000)
    source = zipped(tmp_path / "bomb.zip", {f"{n}.json": b"0" * 1_000_000 for n in range(5)})
    with pytest.raises(OutsourcingKitError, match="opens to more than anybody exports"):
        list(source.members(".json"))


def test_a_damaged_zip_is_refused(tmp_path):
    with pytest.raises(OutsourcingKitError, match="zip that cannot be opened"):
        list(source_of(tmp_path / "a.zip", b"PK\x03\x04 and no more").members(".json"))


def test_links_inside_a_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.json").write_text("[]")
    export = tmp_path / "export"
    export.mkdir()
    (export / "a.json").write_text("[]")
    os.symlink(tmp_path / "secret.json", export / "b.json")
    os.symlink(tmp_path, export / "up")
    assert [name for name, _ in open_source(export).members(".json")] == ["a.json"]


def test_a_device_or_nothing_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place, found in ((tmp_path / "pipe", "a pipe or a device"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(OutsourcingKitError, match=found):
            open_source(place)


def test_a_huge_file_is_refused_before_it_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_LARGEST_FILE", 1_000_000)
    with pytest.raises(OutsourcingKitError, match="export fewer months at a time"):
        _ = source_of(tmp_path / "a.csv", b"a" * 2_000_000).text


@pytest.mark.parametrize("line", ["(" * 90_000 + "\n1", "Timestamp," + "[" * 90_000, "[" * 90_000])
def test_what_is_no_name_of_a_column_is_not_looked_through(tmp_path, line):
    """As a header it took three quarters of a minute: each bracket was tried as the beginning of a grid."""
    source = source_of(tmp_path / "a.csv", line)
    assert source.header.header == ()
    with pytest.raises(OutsourcingKitError, match="no reader knows"):
        reader_of(source)
