CREATE TABLE api_token (
    id BLOB NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    scopes INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at INTEGER,
    ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX api_token_token ON api_token (token_hash);
CREATE TABLE attachment (
    id BLOB NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    sealed_about BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX attachment_message ON attachment (message_id, position);
CREATE TABLE attachment_step (
    id BLOB NOT NULL PRIMARY KEY,
    attachment_id BLOB NOT NULL REFERENCES attachment (id) DEFERRABLE INITIALLY DEFERRED,
    step INTEGER NOT NULL,
    failure INTEGER,
    attempts INTEGER NOT NULL,
    blob_id BLOB,
    blob_digest BLOB,
    sealed_about BLOB,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachment_step_attachment ON attachment_step (attachment_id, id);
CREATE INDEX attachment_step_blob ON attachment_step (blob_id);
CREATE TABLE backup (
    id BLOB NOT NULL PRIMARY KEY,
    taken_at INTEGER NOT NULL,
    log_size INTEGER NOT NULL,
    log_root BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    data_digest BLOB NOT NULL,
    vault_digest BLOB NOT NULL,
    files INTEGER NOT NULL,
    sealed_whereabouts BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE backup_drill (
    id BLOB NOT NULL PRIMARY KEY,
    backup_id BLOB NOT NULL REFERENCES backup (id) DEFERRABLE INITIALLY DEFERRED,
    sound INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX backup_drill_backup ON backup_drill (backup_id, id);
CREATE TABLE channel (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    team_id BLOB REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    lookup BLOB NOT NULL,
    sealed_about BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX channel_lookup ON channel (lookup);
CREATE TABLE checkpoint (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;
CREATE TABLE connection (
    id BLOB NOT NULL PRIMARY KEY,
    tree_id BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE connection_settings (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_settings BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX connection_settings_connection ON connection_settings (connection_id, id);
CREATE TABLE contact (
    id BLOB NOT NULL PRIMARY KEY,
    tree_id BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE contact_name (
    id BLOB NOT NULL PRIMARY KEY,
    contact_id BLOB NOT NULL REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_name BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contact_name_contact ON contact_name (contact_id, id);
CREATE TABLE conversation (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    contact_id BLOB REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    channel_id BLOB REFERENCES channel (id) DEFERRABLE INITIALLY DEFERRED,
    team_id BLOB REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    tree_id BLOB NOT NULL,
    last_at INTEGER NOT NULL,
    last_inbound_at INTEGER,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX conversation_customer ON conversation (contact_id, channel_id) WHERE kind = 1;
CREATE INDEX conversation_last ON conversation (last_at, id);
CREATE TABLE credential (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_login BLOB NOT NULL,
    sealed_password BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_person ON credential (person_id, id);
CREATE TABLE delivery (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    received_at INTEGER NOT NULL,
    sealed BLOB,
    state INTEGER NOT NULL,
    done_at INTEGER
) STRICT;
CREATE INDEX delivery_waiting ON delivery (id) WHERE state = 1;
CREATE TABLE draft (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    conversation_id BLOB NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    sealed_text BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX draft_place ON draft (person_id, conversation_id);
CREATE TABLE erased (
    object_id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE erased_copy (
    filing_id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL,
    reference_id BLOB NOT NULL,
    state INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erased_copy_erasure ON erased_copy (erasure_id, filing_id);
CREATE TABLE erased_key (
    tree_id BLOB NOT NULL,
    first_index INTEGER NOT NULL,
    last_index INTEGER NOT NULL,
    erasure_id BLOB NOT NULL
) STRICT;
CREATE INDEX erased_key_erasure ON erased_key (erasure_id);
CREATE TABLE erasure (
    id BLOB NOT NULL PRIMARY KEY,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    reason INTEGER NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_object ON erasure (object_id, id);
CREATE TABLE erasure_attempt (
    id BLOB NOT NULL PRIMARY KEY,
    challenge_id BLOB NOT NULL,
    erasure_id BLOB NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    place INTEGER NOT NULL,
    backup_id BLOB,
    outcome INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    found INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX erasure_attempt_challenge ON erasure_attempt (erasure_id, challenge_id, id);
CREATE TABLE erasure_final (
    id BLOB NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    retirement_id BLOB NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE erasure_kept (
    id BLOB NOT NULL PRIMARY KEY,
    erasure_id BLOB NOT NULL REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    ground INTEGER NOT NULL,
    hold_id BLOB,
    sealed_ground BLOB,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX erasure_kept_once ON erasure_kept (erasure_id, object_id);
CREATE TABLE erasure_live (
    id BLOB NOT NULL PRIMARY KEY REFERENCES erasure (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE erasure_lost (
    id BLOB NOT NULL PRIMARY KEY,
    lost INTEGER NOT NULL,
    erasure_id BLOB NOT NULL,
    target INTEGER,
    object_id BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_lost_erasure ON erasure_lost (lost, erasure_id, id);
CREATE TABLE event (
    number INTEGER NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    conversation_id BLOB,
    subject BLOB,
    person_id BLOB,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE filing (
    id BLOB NOT NULL PRIMARY KEY,
    message_id BLOB NOT NULL REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    reference_id BLOB NOT NULL REFERENCES reference (id) DEFERRABLE INITIALLY DEFERRED,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX filing_message ON filing (message_id, reference_id);
CREATE INDEX filing_reference ON filing (reference_id);
CREATE TABLE filing_step (
    id BLOB NOT NULL PRIMARY KEY,
    filing_id BLOB NOT NULL REFERENCES filing (id) DEFERRABLE INITIALLY DEFERRED,
    step INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    code INTEGER,
    sealed_acknowledgement BLOB,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX filing_step_filing ON filing_step (filing_id, id);
CREATE TABLE gate (
    id BLOB NOT NULL PRIMARY KEY,
    public_key BLOB NOT NULL,
    sealed_title BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gate_public_key ON gate (public_key);
CREATE TABLE gate_authority (
    id BLOB NOT NULL PRIMARY KEY,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE gate_end (
    id BLOB NOT NULL PRIMARY KEY,
    gate_id BLOB NOT NULL REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX gate_end_gate ON gate_end (gate_id);
CREATE TABLE gate_seen (
    gate_id BLOB NOT NULL PRIMARY KEY REFERENCES gate (id) DEFERRABLE INITIALLY DEFERRED,
    seen_at INTEGER NOT NULL,
    clear_until INTEGER NOT NULL,
    certificate_until INTEGER NOT NULL
) STRICT;
CREATE TABLE hold (
    id BLOB NOT NULL PRIMARY KEY,
    target INTEGER NOT NULL,
    object_id BLOB NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE hold_end (
    id BLOB NOT NULL PRIMARY KEY REFERENCES hold (id) DEFERRABLE INITIALLY DEFERRED,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE idempotency (
    key_hash BLOB NOT NULL PRIMARY KEY,
    body_hash BLOB NOT NULL,
    subject BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE identity (
    id BLOB NOT NULL PRIMARY KEY,
    contact_id BLOB NOT NULL REFERENCES contact (id) DEFERRABLE INITIALLY DEFERRED,
    kind INTEGER NOT NULL,
    lookup BLOB NOT NULL,
    sealed_value BLOB NOT NULL,
    since INTEGER NOT NULL,
    ended_at INTEGER,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX identity_contact ON identity (contact_id, id);
CREATE UNIQUE INDEX identity_living ON identity (kind, lookup) WHERE ended_at IS NULL;
CREATE TABLE identity_end (
    id BLOB NOT NULL PRIMARY KEY REFERENCES identity (id) DEFERRABLE INITIALLY DEFERRED,
    ended_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY,
    installation_id BLOB NOT NULL,
    tree_id BLOB NOT NULL,
    purpose INTEGER NOT NULL,
    opened_at INTEGER NOT NULL
, lookup_epoch INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE "intake_item" (
    delivery_id BLOB NOT NULL REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    outcome INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE invite (
    id BLOB NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE UNIQUE INDEX invite_token ON invite (token_hash);
CREATE TABLE job (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    node BLOB,
    leased_until INTEGER
, begun_at INTEGER) STRICT;
CREATE INDEX job_due ON job (kind, run_at);
CREATE INDEX job_node ON job (node) WHERE node IS NOT NULL;
CREATE UNIQUE INDEX job_subject ON job (kind, subject);
CREATE TABLE kept (
    id BLOB NOT NULL PRIMARY KEY,
    connection_id BLOB NOT NULL REFERENCES connection (id) DEFERRABLE INITIALLY DEFERRED,
    reason INTEGER NOT NULL,
    sealed_raw BLOB NOT NULL,
    review_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
, kind TEXT, weight INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE INDEX kept_told ON kept (weight, id) WHERE kind IS NOT NULL;
CREATE TABLE leaf (
    number INTEGER NOT NULL PRIMARY KEY,
    subject BLOB NOT NULL,
    hash BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX leaf_subject ON leaf (subject, number);
CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner BLOB NOT NULL,
    fence INTEGER NOT NULL,
    leased_until INTEGER NOT NULL
) STRICT;
CREATE TABLE log_head (
    id INTEGER NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    root BLOB NOT NULL,
    event_number INTEGER NOT NULL,
    fence INTEGER NOT NULL
) STRICT;
CREATE TABLE message (
    id BLOB NOT NULL PRIMARY KEY,
    conversation_id BLOB NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    direction INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    author_id BLOB REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    refers_hash BLOB,
    occurred_at INTEGER NOT NULL,
    provider_hash BLOB,
    sealed_body BLOB NOT NULL,
    sealed_raw BLOB,
    sealed_provider_id BLOB,
    recorded_at INTEGER NOT NULL
, mark BLOB, origin INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE INDEX message_conversation ON message (conversation_id, occurred_at, id, direction, recorded_at, substr(provider_hash, 1, 8));
CREATE INDEX message_refers ON message (refers_hash) WHERE refers_hash IS NOT NULL;
CREATE TABLE pace (
    subject BLOB NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT;
CREATE TABLE "pending_event" (
    id BLOB NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    conversation_id BLOB,
    subject BLOB,
    person_id BLOB,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "pending_leaf" (
    id BLOB NOT NULL PRIMARY KEY,
    subject BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE person (
    id BLOB NOT NULL PRIMARY KEY,
    tree_id BLOB NOT NULL,
    lookup BLOB NOT NULL,
    sealed_name BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX person_lookup ON person (lookup);
CREATE TABLE person_state (
    id BLOB NOT NULL PRIMARY KEY,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    state INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_state_person ON person_state (person_id, id);
CREATE TABLE postponed (
    delivery_id BLOB NOT NULL PRIMARY KEY REFERENCES delivery (id) DEFERRABLE INITIALLY DEFERRED,
    reason INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    since INTEGER NOT NULL,
    try_at INTEGER NOT NULL
) STRICT;
CREATE TABLE read_mark (
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    conversation_id BLOB NOT NULL REFERENCES conversation (id) DEFERRABLE INITIALLY DEFERRED,
    at INTEGER NOT NULL,
    PRIMARY KEY (person_id, conversation_id)
) STRICT;
CREATE TABLE reading (
    session_id BLOB NOT NULL,
    purpose INTEGER NOT NULL,
    object BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (session_id, purpose, object)
) STRICT;
CREATE INDEX reading_object ON reading (object, at);
CREATE TABLE reference (
    id BLOB NOT NULL PRIMARY KEY,
    system TEXT NOT NULL,
    kind TEXT NOT NULL,
    lookup BLOB NOT NULL,
    sealed_value BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reference_lookup ON reference (system, kind, lookup);
CREATE TABLE retirement (
    id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    final_before INTEGER NOT NULL,
    sealed_authority BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX retirement_epoch ON retirement (epoch);
CREATE TABLE retirement_step (
    id BLOB NOT NULL PRIMARY KEY,
    retirement_id BLOB NOT NULL REFERENCES retirement (id) DEFERRABLE INITIALLY DEFERRED,
    step INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX retirement_step_once ON retirement_step (retirement_id, step);
CREATE TABLE "seen" (
    mark BLOB NOT NULL PRIMARY KEY,
    at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at) WHERE at IS NOT NULL;
CREATE TABLE session (
    id BLOB NOT NULL PRIMARY KEY,
    token_hash BLOB NOT NULL,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    opened_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;
CREATE INDEX session_person ON session (person_id);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE TABLE team (
    id BLOB NOT NULL PRIMARY KEY,
    sealed_title BLOB NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE TABLE team_member (
    id BLOB NOT NULL PRIMARY KEY,
    team_id BLOB NOT NULL REFERENCES team (id) DEFERRABLE INITIALLY DEFERRED,
    person_id BLOB NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    present INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX team_member_person ON team_member (person_id, team_id, id);
CREATE TABLE throttle (
    subject BLOB NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE tick (
    id BLOB NOT NULL PRIMARY KEY,
    message_id BLOB REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
    provider_hash BLOB,
    state INTEGER NOT NULL,
    at INTEGER NOT NULL,
    code INTEGER,
    sealed_about BLOB,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tick_message ON tick (message_id);
CREATE INDEX tick_provider ON tick (provider_hash);
CREATE TABLE withdrawal_step (
    id BLOB NOT NULL PRIMARY KEY,
    filing_id BLOB NOT NULL,
    step INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    code INTEGER,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX withdrawal_step_once ON withdrawal_step (filing_id, step);
