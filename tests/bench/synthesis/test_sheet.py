import cv2

from bench.synthesis.sheet import contact_sheet


def test_the_sheet_has_a_row_a_person_and_one_over_time(tmp_path):
    contact_sheet(tmp_path / "images" / "sheet.png", people=2, size=64)
    assert cv2.imread(str(tmp_path / "images" / "sheet.png")).shape == (3 * 64, 7 * 64, 3)
