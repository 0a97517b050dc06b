-- One run of a backend. Times are microseconds since 1970; a level is that of Python's logging.
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS logs (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    process TEXT NOT NULL,
    level INTEGER NOT NULL,
    message TEXT NOT NULL,
    fields TEXT NOT NULL,
    trace TEXT NOT NULL,
    span TEXT NOT NULL,
    request TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS logs_by_time ON logs (time, id);
CREATE INDEX IF NOT EXISTS logs_by_trace ON logs (trace) WHERE trace != '';
CREATE INDEX IF NOT EXISTS logs_refused ON logs (time, id)
WHERE substr(message, 1, 7) = 'refused'
    OR CASE WHEN json_valid(fields) THEN json_extract(fields, '$.status') IN (401, 403) END;

CREATE TABLE IF NOT EXISTS spans (
    id INTEGER PRIMARY KEY,
    trace TEXT NOT NULL,
    span TEXT NOT NULL,
    parent TEXT NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    kind INTEGER NOT NULL,
    start INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    status INTEGER NOT NULL,
    error INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    events TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS spans_by_trace ON spans (trace, span);
CREATE INDEX IF NOT EXISTS spans_by_start ON spans (start);

-- One row a trace, kept beside its spans: a list of 20,000 traces is read without grouping all spans.
CREATE TABLE IF NOT EXISTS traces (
    trace TEXT PRIMARY KEY,
    start INTEGER NOT NULL,
    finish INTEGER NOT NULL,
    root INTEGER NOT NULL,
    first INTEGER NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    status INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    errors INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS traces_by_start ON traces (start);

-- Calls between services, counted as their spans come: those of one slot of time, and about as long as each other.
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    slot INTEGER NOT NULL,
    caller TEXT NOT NULL,
    callee TEXT NOT NULL,
    step INTEGER NOT NULL,
    count INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    longest INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS calls_by_slot ON calls (slot, caller, callee, step);

CREATE TABLE IF NOT EXISTS states (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    process TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    url TEXT NOT NULL,
    restarts INTEGER NOT NULL,
    pid INTEGER
);

CREATE TABLE IF NOT EXISTS metrics (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    process TEXT NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL
);
