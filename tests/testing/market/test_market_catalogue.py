import pytest

from countermark.errors import PackError
from countermark.testing.market import catalogue_from_files, read_catalogue


def brand(catalogue, mark):
    return next(brand for brand in catalogue.brands if brand.mark == mark)


def test_knows_the_official_names_and_no_coded_one(catalogue):
    nike = brand(catalogue, "nike")
    assert (nike.name, nike.others, nike.renderings) == ("Nike", (), {"zh": ("耐克",)})


def test_leaves_out_brands_without_a_price_band(pack_files):
    files = dict(pack_files)
    files["hp/public/prices.csv"] = files["hp/public/prices.csv"].split(b"\n", 1)[0]
    assert "hp" not in {brand.mark for brand in catalogue_from_files(files).brands}


def test_prices_are_in_minor_units(catalogue):
    [goods] = brand(catalogue, "nike").goods
    assert goods.bands["USD", "new"].typical == 115_00


def test_packs_without_any_price_are_refused():
    with pytest.raises(PackError, match="none of 0 packs has a price band"):
        catalogue_from_files({})


def test_broken_toml_is_refused_by_its_path(pack_files):
    files = pack_files | {"hp/public/aliases.toml": b"[["}
    with pytest.raises(PackError, match=r"hp/public/aliases\.toml is not TOML"):
        catalogue_from_files(files)


def test_a_folder_of_packs_reads_like_its_files(tmp_path, catalogue, pack_files):
    for path, content in pack_files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert read_catalogue(tmp_path) == catalogue


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(PackError, match="is not a folder"):
        read_catalogue(tmp_path / "nothing")
