-- Portable between SQLite and PostgreSQL: only BIGINT and TEXT, times in milliseconds since 1970 UTC, no NULL.
-- Nothing here names a resident: answers, pages and PIN verifiers stay in the sealed parts, notes are sealed again.

CREATE TABLE submission (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    kiosk TEXT NOT NULL,
    bundle TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    receipt_body TEXT NOT NULL,
    receipt_signature TEXT NOT NULL,
    accepted_at BIGINT NOT NULL
);

CREATE TABLE part (
    key TEXT NOT NULL REFERENCES submission (key),
    name TEXT NOT NULL,
    is_payload BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    PRIMARY KEY (key, name)
);

CREATE TABLE application (
    number TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE REFERENCES submission (key),
    service TEXT NOT NULL,
    kelurahan TEXT NOT NULL,
    token_sha256 TEXT NOT NULL UNIQUE,
    submitted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_since BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    closed BIGINT NOT NULL
);
CREATE INDEX application_by_state ON application (closed, due_at);
CREATE INDEX application_by_due ON application (due_at);
CREATE INDEX application_by_time ON application (submitted_at);

CREATE TABLE patch (
    number TEXT NOT NULL REFERENCES application (number),
    patch_no BIGINT NOT NULL,
    key TEXT NOT NULL UNIQUE REFERENCES submission (key),
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (number, patch_no)
);

CREATE TABLE history (
    number TEXT NOT NULL REFERENCES application (number),
    line_no BIGINT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    note_sealed TEXT NOT NULL,
    PRIMARY KEY (number, line_no)
);

CREATE TABLE repair_item (
    number TEXT NOT NULL,
    line_no BIGINT NOT NULL,
    item TEXT NOT NULL,
    reason TEXT NOT NULL,
    note_sealed TEXT NOT NULL,
    until_at BIGINT NOT NULL,
    PRIMARY KEY (number, line_no, item),
    FOREIGN KEY (number, line_no) REFERENCES history (number, line_no)
);

CREATE TABLE tries (
    subject TEXT PRIMARY KEY,
    wrong BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL
);

CREATE TABLE kiosk (
    name TEXT PRIMARY KEY,
    secret_sha256 TEXT NOT NULL UNIQUE,
    added_at BIGINT NOT NULL
);

CREATE TABLE officer (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    verifier TEXT NOT NULL,
    added_at BIGINT NOT NULL
);

CREATE TABLE officer_session (
    cookie_sha256 TEXT PRIMARY KEY,
    login TEXT NOT NULL REFERENCES officer (login),
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE INDEX tries_by_time ON tries (last_at);
