"""The replay of the crews service finds each defect that is planted, names its invariant, and nothing else."""

import psycopg

from stead.services.crews.replay import replay

FILL = """
INSERT INTO crew_group (id, event_id, kind, name, capacity, weight) VALUES
    ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000e', 'boat', 'Raft', 3, 200);
INSERT INTO assignment (group_id, event_id, kind, booking_id, user_id, seat, weight, actor)
SELECT '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000e', 'boat',
    ('00000000-0000-4000-8000-0000000000b' || seat)::uuid, 'user_' || seat, seat, 80, 'olga'
FROM generate_series(1, 2) seat;
"""
DEFECTS = {
    "overfull": "UPDATE assignment SET seat = 4 WHERE seat = 1",
    "too_heavy": "UPDATE assignment SET weight = 121 WHERE seat = 1",
    "weight_unknown": "UPDATE assignment SET weight = NULL WHERE seat = 1",
    "double_place": "DROP INDEX assignment_booking; "
    "UPDATE assignment SET booking_id = (SELECT booking_id FROM assignment LIMIT 1)",
    "misplaced": "UPDATE assignment SET kind = 'tent' WHERE seat = 1",
}


async def test_each_planted_defect_is_found_and_a_sound_board_is_clean(run, cluster, database_url):
    async with run():
        pass
    with psycopg.connect(database_url, autocommit=True) as connection:
        for invariant, defect in [("", ""), *DEFECTS.items()]:
            connection.execute(f"TRUNCATE crew_group CASCADE; {FILL} {defect}")
            assert list(replay(database_url).counts) == [invariant] * bool(invariant)
