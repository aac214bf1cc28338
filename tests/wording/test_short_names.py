"""Names of sessions and files, shortened."""

from tests.support.cases import each_case
from zigtui.wording.short_names import short_id, tilde


@each_case(
    ("path", "home", "said"),
    [
        ("/home/dev", "/home/dev", "~"),
        ("/home/dev/.zig", "/home/dev", "~/.zig"),
        ("/home/dev/.zig", "/home/dev/", "~/.zig"),
        ("/home/developer/.zig", "/home/dev", "/home/developer/.zig"),
        ("/srv/zig", "/home/dev", "/srv/zig"),
        ("/srv/zig", None, "/srv/zig"),
        ("/srv/zig", "", "/srv/zig"),
    ],
)
def test_the_home_directory_is_a_tilde(path: str, home: str | None, said: str) -> None:
    assert tilde(path, home) == said


def test_ids_are_cut_to_the_part_that_distinguishes_them() -> None:
    assert [short_id("0b5c3d52-6a0f-4a39"), short_id("x"), short_id("")] == ["0b5c3d52", "x", ""]
