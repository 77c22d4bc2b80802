import pytest
from prismake.manuscript.contributions import contributions, initials

AUTHORS = [
    {"name": "Ann Lee", "roles": ["software", "conceptualization"]},
    {"name": "Jean-Luc de Vries", "roles": ["writing-review-editing", "software"]},
]


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (
            {},
            "Ann Lee: conceptualization, software. Jean-Luc de Vries: software, writing – review \\& editing.",
        ),
        (
            {"by": "role", "names": "initials"},
            "Conceptualization: A.L. Software: A.L., J.-L.d.V. Writing – review \\& editing: J.-L.d.V.",
        ),
    ],
)
def test_roles_are_printed_in_the_order_of_credit(arguments, printed):
    assert contributions(AUTHORS, **arguments) == printed


def test_an_author_without_roles_is_named():
    with pytest.raises(ValueError, match="Bo: no roles are stated"):
        contributions([*AUTHORS, {"name": "Bo"}])


def test_an_unknown_arrangement_is_refused():
    with pytest.raises(ValueError, match='by="author" or "role"'):
        contributions(AUTHORS, by="section")


@pytest.mark.parametrize(("name", "letters"), [("Ann Lee", "A.L."), ("Østergård", "Ø."), ("Li X", "L.X.")])
def test_initials(name, letters):
    assert initials(name) == letters
