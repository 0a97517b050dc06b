"""The names of parts: short enough, one for each resource, the same in every target."""

import pytest

from stead.model import Bucket, Postgres, Redis
from stead.model.resource_name import LONGEST, part_name


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (Postgres(), "shop_order_service"),
        (Redis(), "shop_order_service"),
        (Postgres("ARCHIVE_DATABASE_URL"), "shop_order_service_archive_database_url"),
        (Bucket("PICTURES_BUCKET_URL"), "shop_order_service_pictures_bucket_url"),
    ],
)
def test_a_second_resource_has_its_setting_in_its_name(resource, name):
    assert part_name("shop", "order-service", resource) == name


def test_a_long_name_stays_one_of_its_own():
    names = {part_name("shop", f"{'order-' * 12}{end}", Postgres()) for end in ("a", "b")}
    assert len(names) == 2
    assert all(len(name) == LONGEST for name in names)
