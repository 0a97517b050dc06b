-- name: listen
LISTEN "procrastinate_queue_v1#outbox"

-- name: hold
-- Shows that a worker lives: the lock is gone the moment that its connection is, however the process ended.
SELECT pg_advisory_lock(600391287, %(worker)s::int)

-- name: beat
-- No row means that others took the worker for dead.
UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %(worker)s

-- name: rescue_turn
-- One rescuer at a time. A statement of its own: the next one must see what the rescuer before has done.
SELECT pg_try_advisory_xact_lock(600391287, -1) AS mine

-- name: rescue
-- Give back what dead workers had in hand. A new worker has a moment to take its lock.
SELECT job.id, procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL)::text
FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '1 second' AND NOT EXISTS (
    SELECT FROM pg_locks held JOIN pg_database here ON here.oid = held.database
    WHERE held.locktype = 'advisory' AND held.granted AND here.datname = current_database()
      AND held.classid = 600391287 AND held.objid::bigint = worker.id AND held.objsubid = 2
  ))

-- name: running_ids
-- What the table thinks this worker is doing.
SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(worker)s

-- name: give_back
SELECT procrastinate_retry_job_v2(%(id)s, now(), NULL, NULL, NULL)::text

-- name: forget
-- Failed messages are kept for a month.
DELETE FROM procrastinate_jobs job
WHERE status IN ('failed', 'cancelled', 'aborted')
  AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = job.id AND e.at > now() - interval '30 days')
