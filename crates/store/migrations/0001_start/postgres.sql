-- The first tables. Kept side by side with sqlite.sql: the same names in the same order.

CREATE TABLE installation (
    id BIGINT NOT NULL PRIMARY KEY,
    installation_id BYTEA NOT NULL,
    tree_id BYTEA NOT NULL,
    purpose BIGINT NOT NULL,
    opened_at BIGINT NOT NULL
);

-- Connections, numbers, teams and staff

CREATE TABLE connection (
    id BYTEA NOT NULL PRIMARY KEY,
    tree_id BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE connection_settings (
    id BYTEA NOT NULL PRIMARY KEY,
    connection_id BYTEA NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_settings BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX connection_settings_connection ON connection_settings (connection_id, id);

CREATE TABLE team (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed_title BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE channel (
    id BYTEA NOT NULL PRIMARY KEY,
    connection_id BYTEA NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    team_id BYTEA REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    lookup BYTEA NOT NULL,
    sealed_about BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX channel_lookup ON channel (lookup);

CREATE TABLE person (
    id BYTEA NOT NULL PRIMARY KEY,
    tree_id BYTEA NOT NULL,
    lookup BYTEA NOT NULL,
    sealed_name BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_lookup ON person (lookup);

CREATE TABLE person_state (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    state BIGINT NOT NULL,
    roles BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX person_state_person ON person_state (person_id, id);

CREATE TABLE team_member (
    id BYTEA NOT NULL PRIMARY KEY,
    team_id BYTEA NOT NULL REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    present BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX team_member_person ON team_member (person_id, team_id, id);

CREATE TABLE credential (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_login BYTEA NOT NULL,
    sealed_password BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX credential_person ON credential (person_id, id);

CREATE TABLE session (
    id BYTEA NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_person ON session (person_id);

CREATE TABLE invite (
    id BYTEA NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE UNIQUE INDEX invite_token ON invite (token_hash);

CREATE TABLE api_token (
    id BYTEA NOT NULL PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    scopes BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    seen_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX api_token_token ON api_token (token_hash);

CREATE TABLE throttle (
    subject BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- Contacts

CREATE TABLE contact (
    id BYTEA NOT NULL PRIMARY KEY,
    tree_id BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE contact_name (
    id BYTEA NOT NULL PRIMARY KEY,
    contact_id BYTEA NOT NULL REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_name BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX contact_name_contact ON contact_name (contact_id, id);

CREATE TABLE identity (
    id BYTEA NOT NULL PRIMARY KEY,
    contact_id BYTEA NOT NULL REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    kind BIGINT NOT NULL,
    lookup BYTEA NOT NULL,
    sealed_value BYTEA NOT NULL,
    since BIGINT NOT NULL,
    ended_at BIGINT,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_living ON identity (kind, lookup) WHERE ended_at IS NULL;
CREATE INDEX identity_contact ON identity (contact_id, id);

CREATE TABLE identity_end (
    id BYTEA NOT NULL PRIMARY KEY REFERENCES identity (id) DEFERRABLE INITIALLY DEFERRED,
    ended_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);

-- Conversations and messages

CREATE TABLE conversation (
    id BYTEA NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    contact_id BYTEA REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    channel_id BYTEA REFERENCES channel (id) DEFERRABLE INITIALLY DEFERRED,
    team_id BYTEA REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    tree_id BYTEA NOT NULL,
    last_at BIGINT NOT NULL,
    last_inbound_at BIGINT,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX conversation_customer ON conversation (contact_id, channel_id) WHERE kind = 1;
CREATE INDEX conversation_last ON conversation (last_at, id);

CREATE TABLE message (
    id BYTEA NOT NULL PRIMARY KEY,
    conversation_id BYTEA NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    direction BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    author_id BYTEA REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    refers_hash BYTEA,
    occurred_at BIGINT NOT NULL,
    provider_hash BYTEA,
    sealed_body BYTEA NOT NULL,
    sealed_raw BYTEA,
    sealed_provider_id BYTEA,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX message_provider ON message (provider_hash);
CREATE INDEX message_conversation ON message (conversation_id, occurred_at, id);
CREATE INDEX message_refers ON message (refers_hash);
CREATE INDEX message_inbound ON message (conversation_id, recorded_at) WHERE direction = 1;

CREATE TABLE tick (
    id BYTEA NOT NULL PRIMARY KEY,
    message_id BYTEA REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    provider_hash BYTEA,
    state BIGINT NOT NULL,
    at BIGINT NOT NULL,
    code BIGINT,
    sealed_about BYTEA,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX tick_message ON tick (message_id);
CREATE INDEX tick_provider ON tick (provider_hash);

CREATE TABLE attachment (
    id BYTEA NOT NULL PRIMARY KEY,
    message_id BYTEA NOT NULL REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    position BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    sealed_about BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX attachment_message ON attachment (message_id, position);

CREATE TABLE attachment_step (
    id BYTEA NOT NULL PRIMARY KEY,
    attachment_id BYTEA NOT NULL REFERENCES attachment (id) DEFERRABLE INITIALLY DEFERRED,
    step BIGINT NOT NULL,
    failure BIGINT,
    attempts BIGINT NOT NULL,
    blob_id BYTEA,
    blob_digest BYTEA,
    sealed_about BYTEA,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX attachment_step_blob ON attachment_step (blob_id);
CREATE INDEX attachment_step_attachment ON attachment_step (attachment_id, id);

-- Filing

CREATE TABLE reference (
    id BYTEA NOT NULL PRIMARY KEY,
    system TEXT NOT NULL,
    kind TEXT NOT NULL,
    lookup BYTEA NOT NULL,
    sealed_value BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX reference_lookup ON reference (system, kind, lookup);

CREATE TABLE filing (
    id BYTEA NOT NULL PRIMARY KEY,
    message_id BYTEA NOT NULL REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    reference_id BYTEA NOT NULL REFERENCES reference (id) DEFERRABLE INITIALLY DEFERRED,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX filing_message ON filing (message_id, reference_id);

CREATE TABLE filing_step (
    id BYTEA NOT NULL PRIMARY KEY,
    filing_id BYTEA NOT NULL REFERENCES filing (id) DEFERRABLE INITIALLY DEFERRED,
    step BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    code BIGINT,
    sealed_acknowledgement BYTEA,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX filing_step_filing ON filing_step (filing_id, id);

-- Intake

CREATE TABLE kept (
    id BYTEA NOT NULL PRIMARY KEY,
    connection_id BYTEA NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    reason BIGINT NOT NULL,
    sealed_raw BYTEA NOT NULL,
    review_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);

CREATE TABLE delivery (
    id BYTEA NOT NULL PRIMARY KEY,
    connection_id BYTEA NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    received_at BIGINT NOT NULL,
    sealed BYTEA,
    state BIGINT NOT NULL,
    done_at BIGINT
);
CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 1;

CREATE TABLE intake_item (
    delivery_id BYTEA NOT NULL REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    outcome BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (delivery_id, position)
);

CREATE TABLE seen (
    hash BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Work and leaders

CREATE TABLE job (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject BYTEA NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    interruptions BIGINT NOT NULL DEFAULT 0,
    node BYTEA,
    leased_until BIGINT
);
CREATE UNIQUE INDEX job_subject ON job (kind, subject);
CREATE INDEX job_run ON job (run_at);

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner BYTEA NOT NULL,
    fence BIGINT NOT NULL,
    leased_until BIGINT NOT NULL
);

-- The log and the events

CREATE TABLE pending_leaf (
    id BYTEA NOT NULL PRIMARY KEY,
    subject BYTEA NOT NULL,
    bytes BYTEA NOT NULL
);

CREATE TABLE pending_event (
    id BYTEA NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    conversation_id BYTEA,
    subject BYTEA,
    person_id BYTEA,
    at BIGINT NOT NULL
);

CREATE TABLE leaf (
    number BIGINT NOT NULL PRIMARY KEY,
    subject BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX leaf_subject ON leaf (subject, number);

CREATE TABLE event (
    number BIGINT NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    conversation_id BYTEA,
    subject BYTEA,
    person_id BYTEA,
    at BIGINT NOT NULL
);

CREATE TABLE log_head (
    id BIGINT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    frontier BYTEA NOT NULL,
    root BYTEA NOT NULL,
    event_number BIGINT NOT NULL,
    fence BIGINT NOT NULL
);

CREATE TABLE checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
);

-- Reading and writing in the pages

CREATE TABLE idempotency (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    body_hash BYTEA NOT NULL,
    subject BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE reading (
    session_id BYTEA NOT NULL,
    purpose BIGINT NOT NULL,
    object BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (session_id, purpose, object)
);
CREATE INDEX reading_object ON reading (object, at);

CREATE TABLE read_mark (
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    conversation_id BYTEA NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    at BIGINT NOT NULL,
    PRIMARY KEY (person_id, conversation_id)
);

CREATE TABLE draft (
    id BYTEA NOT NULL PRIMARY KEY,
    person_id BYTEA NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    conversation_id BYTEA NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_text BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX draft_place ON draft (person_id, conversation_id);

INSERT INTO log_head (id, size, frontier, root, event_number, fence)
VALUES (1, 0, '\x0000000000000000'::bytea, '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea, 0, 0);
