from bench.synthesis.layout import Layout, Shot


def test_an_image_is_named_by_its_number():
    assert Shot("a/b", "anna", "happy", images="{:03d}.jpg").image(7) == "a/b/007.jpg"


def test_an_image_may_bear_the_name_of_its_folder():
    shot = Shot("clips/00012", "anna", "happy", images="{folder}_{:05d}.jpg", first=1)
    assert shot.image(shot.first) == "clips/00012/00012_00001.jpg"


def test_a_layout_of_shots_alone_has_nothing_beside_them():
    layout = Layout((), {})
    assert (layout.folders, layout.copies) == ((), {})
