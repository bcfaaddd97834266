-- One visit may hold several applications, and each application several outputs with their own state and clock.
-- Portable between SQLite and PostgreSQL, as step 1: only BIGINT and TEXT, no NULL; '' and 0 stand for "none".
-- SQLite cannot take a constraint away, so `application` and the tables that point at it are written anew.

CREATE TABLE application_of_visit (
    number TEXT PRIMARY KEY,
    -- The submission it came with; applications of one visit share it, and with it answers, pages and PIN verifier.
    key TEXT NOT NULL REFERENCES submission (key),
    -- Place on the slip, from 0.
    place_no BIGINT NOT NULL,
    service TEXT NOT NULL,
    menu TEXT NOT NULL,
    kelurahan TEXT NOT NULL,
    token_sha256 TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    -- How many doubts the rules had when it arrived or was repaired; which ones is worked out from the sealed answers.
    doubts BIGINT NOT NULL,
    -- The next four are copies of what the outputs say: of the least advanced one, and the nearest unkept promise.
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    UNIQUE (key, place_no),
    UNIQUE (token_sha256, place_no)
);
INSERT INTO application_of_visit (number, key, place_no, service, menu, kelurahan, token_sha256, submitted_at, doubts, due_at, state, state_since, closed, lines)
SELECT number, key, 0, service, 'pendaftaran', kelurahan, token_sha256, submitted_at, 0, due_at, state, state_since, closed, lines FROM application;

CREATE TABLE patch_of_visit (
    number TEXT NOT NULL REFERENCES application_of_visit (number),
    patch_no BIGINT NOT NULL,
    key TEXT NOT NULL UNIQUE REFERENCES submission (key),
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (number, patch_no)
);
INSERT INTO patch_of_visit (number, patch_no, key, accepted_at) SELECT number, patch_no, key, accepted_at FROM patch;

CREATE TABLE history_of_visit (
    number TEXT NOT NULL REFERENCES application_of_visit (number),
    line_no BIGINT NOT NULL,
    -- Which output the line is about; '' is every output that was still open then.
    output_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    note_sealed TEXT NOT NULL,
    PRIMARY KEY (number, line_no)
);
INSERT INTO history_of_visit (number, line_no, output_id, at, state, actor, reason, note_sealed)
SELECT number, line_no, '', at, state, actor, reason, note_sealed FROM history;

CREATE TABLE repair_item_of_visit (
    number TEXT NOT NULL,
    line_no BIGINT NOT NULL,
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    note_sealed TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (number, line_no, item),
    FOREIGN KEY (number, line_no) REFERENCES history_of_visit (number, line_no)
);
INSERT INTO repair_item_of_visit (number, line_no, item, reason, note_sealed, until_at)
SELECT number, line_no, item, reason, note_sealed, until_at FROM repair_item;

CREATE TABLE output (
    number TEXT NOT NULL REFERENCES application_of_visit (number),
    -- '' is the one output of an application from before outputs had names.
    output_id TEXT NOT NULL,
    place_no BIGINT NOT NULL,
    -- '' is the path of the service's first output.
    path TEXT NOT NULL,
    -- '' is the clock that the sealed payload names.
    clock TEXT NOT NULL,
    -- The last promised moment, moved by every pause that has ended.
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    -- The last stage of the path that was reached, while the state itself lies beside the path.
    stage TEXT NOT NULL,
    -- Since when the clock stands still; 0 while it runs.
    paused_at BIGINT NOT NULL,
    -- When the promise was met or ended; 0 while it is owed.
    met_at BIGINT NOT NULL,
    PRIMARY KEY (number, output_id)
);
INSERT INTO output (number, output_id, place_no, path, clock, due_at, state, state_since, stage, paused_at, met_at)
SELECT number, '', 0, '', '', due_at, state, state_since,
    CASE WHEN state IN ('perlu-perbaikan', 'ditahan', 'ditolak', 'dibatalkan')
        THEN COALESCE((SELECT line.state FROM history AS line WHERE line.number = application.number
            AND line.state NOT IN ('perlu-perbaikan', 'ditahan', 'ditolak', 'dibatalkan') ORDER BY line.line_no DESC LIMIT 1), '')
        ELSE state END,
    CASE WHEN state IN ('perlu-perbaikan', 'ditahan') THEN state_since ELSE 0 END,
    CASE WHEN state IN ('diterima-kelurahan', 'diambil', 'ditolak', 'dibatalkan')
        THEN COALESCE((SELECT MIN(line.at) FROM history AS line WHERE line.number = application.number AND line.state = 'diterima-kelurahan'), state_since)
        ELSE 0 END
FROM application;

DROP TABLE repair_item;
DROP TABLE history;
DROP TABLE patch;
DROP TABLE application;
ALTER TABLE application_of_visit RENAME TO application;
ALTER TABLE patch_of_visit RENAME TO patch;
ALTER TABLE history_of_visit RENAME TO history;
ALTER TABLE repair_item_of_visit RENAME TO repair_item;

CREATE INDEX application_by_key ON application (key);
CREATE INDEX application_by_token ON application (token_sha256);
CREATE INDEX application_by_state ON application (closed, due_at);
CREATE INDEX application_by_due ON application (due_at);
CREATE INDEX application_by_time ON application (submitted_at);
