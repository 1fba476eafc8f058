api_token.id BYTEA NOT NULL
api_token.token_hash BYTEA NOT NULL
api_token.person_id BYTEA NOT NULL
api_token.scopes BIGINT NOT NULL
api_token.expires_at BIGINT NOT NULL
api_token.seen_at BIGINT
api_token.ended_at BIGINT
api_token api_token_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
api_token api_token_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX api_token_pkey ON api_token USING btree (id)
CREATE UNIQUE INDEX api_token_token ON api_token USING btree (token_hash)
attachment.id BYTEA NOT NULL
attachment.message_id BYTEA NOT NULL
attachment.position BIGINT NOT NULL
attachment.kind BIGINT NOT NULL
attachment.sealed_about BYTEA NOT NULL
attachment.recorded_at BIGINT NOT NULL
attachment attachment_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
attachment attachment_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX attachment_message ON attachment USING btree (message_id, "position")
CREATE UNIQUE INDEX attachment_pkey ON attachment USING btree (id)
attachment_step.id BYTEA NOT NULL
attachment_step.attachment_id BYTEA NOT NULL
attachment_step.step BIGINT NOT NULL
attachment_step.failure BIGINT
attachment_step.attempts BIGINT NOT NULL
attachment_step.blob_id BYTEA
attachment_step.blob_digest BYTEA
attachment_step.sealed_about BYTEA
attachment_step.at BIGINT NOT NULL
attachment_step.recorded_at BIGINT NOT NULL
attachment_step attachment_step_attachment_id_fkey FOREIGN KEY (attachment_id) REFERENCES attachment(id) DEFERRABLE INITIALLY DEFERRED
attachment_step attachment_step_pkey PRIMARY KEY (id)
CREATE INDEX attachment_step_attachment ON attachment_step USING btree (attachment_id, id)
CREATE INDEX attachment_step_blob ON attachment_step USING btree (blob_id)
CREATE UNIQUE INDEX attachment_step_pkey ON attachment_step USING btree (id)
backup.id BYTEA NOT NULL
backup.taken_at BIGINT NOT NULL
backup.log_size BIGINT NOT NULL
backup.log_root BYTEA NOT NULL
backup.epoch BIGINT NOT NULL
backup.data_digest BYTEA NOT NULL
backup.vault_digest BYTEA NOT NULL
backup.files BIGINT NOT NULL
backup.sealed_whereabouts BYTEA NOT NULL
backup.recorded_at BIGINT NOT NULL
backup backup_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX backup_pkey ON backup USING btree (id)
backup_drill.id BYTEA NOT NULL
backup_drill.backup_id BYTEA NOT NULL
backup_drill.sound BIGINT NOT NULL
backup_drill.opened BIGINT NOT NULL
backup_drill.recorded_at BIGINT NOT NULL
backup_drill backup_drill_backup_id_fkey FOREIGN KEY (backup_id) REFERENCES backup(id) DEFERRABLE INITIALLY DEFERRED
backup_drill backup_drill_pkey PRIMARY KEY (id)
CREATE INDEX backup_drill_backup ON backup_drill USING btree (backup_id, id)
CREATE UNIQUE INDEX backup_drill_pkey ON backup_drill USING btree (id)
channel.id BYTEA NOT NULL
channel.connection_id BYTEA NOT NULL
channel.team_id BYTEA
channel.lookup BYTEA NOT NULL
channel.sealed_about BYTEA NOT NULL
channel.recorded_at BIGINT NOT NULL
channel channel_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) DEFERRABLE INITIALLY DEFERRED
channel channel_pkey PRIMARY KEY (id)
channel channel_team_id_fkey FOREIGN KEY (team_id) REFERENCES team(id) DEFERRABLE INITIALLY DEFERRED
CREATE UNIQUE INDEX channel_lookup ON channel USING btree (lookup)
CREATE UNIQUE INDEX channel_pkey ON channel USING btree (id)
checkpoint.size BIGINT NOT NULL
checkpoint.note TEXT NOT NULL
checkpoint checkpoint_pkey PRIMARY KEY (size)
CREATE UNIQUE INDEX checkpoint_pkey ON checkpoint USING btree (size)
connection.id BYTEA NOT NULL
connection.tree_id BYTEA NOT NULL
connection.recorded_at BIGINT NOT NULL
connection connection_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX connection_pkey ON connection USING btree (id)
connection_settings.id BYTEA NOT NULL
connection_settings.connection_id BYTEA NOT NULL
connection_settings.sealed_settings BYTEA NOT NULL
connection_settings.recorded_at BIGINT NOT NULL
connection_settings connection_settings_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) DEFERRABLE INITIALLY DEFERRED
connection_settings connection_settings_pkey PRIMARY KEY (id)
CREATE INDEX connection_settings_connection ON connection_settings USING btree (connection_id, id)
CREATE UNIQUE INDEX connection_settings_pkey ON connection_settings USING btree (id)
contact.id BYTEA NOT NULL
contact.tree_id BYTEA NOT NULL
contact.recorded_at BIGINT NOT NULL
contact contact_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX contact_pkey ON contact USING btree (id)
contact_name.id BYTEA NOT NULL
contact_name.contact_id BYTEA NOT NULL
contact_name.sealed_name BYTEA NOT NULL
contact_name.recorded_at BIGINT NOT NULL
contact_name contact_name_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) DEFERRABLE INITIALLY DEFERRED
contact_name contact_name_pkey PRIMARY KEY (id)
CREATE INDEX contact_name_contact ON contact_name USING btree (contact_id, id)
CREATE UNIQUE INDEX contact_name_pkey ON contact_name USING btree (id)
conversation.id BYTEA NOT NULL
conversation.kind BIGINT NOT NULL
conversation.contact_id BYTEA
conversation.channel_id BYTEA
conversation.team_id BYTEA
conversation.tree_id BYTEA NOT NULL
conversation.last_at BIGINT NOT NULL
conversation.last_inbound_at BIGINT
conversation.recorded_at BIGINT NOT NULL
conversation conversation_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES channel(id) DEFERRABLE INITIALLY DEFERRED
conversation conversation_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) DEFERRABLE INITIALLY DEFERRED
conversation conversation_pkey PRIMARY KEY (id)
conversation conversation_team_id_fkey FOREIGN KEY (team_id) REFERENCES team(id) DEFERRABLE INITIALLY DEFERRED
CREATE INDEX conversation_last ON conversation USING btree (last_at, id)
CREATE UNIQUE INDEX conversation_customer ON conversation USING btree (contact_id, channel_id) WHERE (kind = 1)
CREATE UNIQUE INDEX conversation_pkey ON conversation USING btree (id)
credential.id BYTEA NOT NULL
credential.person_id BYTEA NOT NULL
credential.sealed_login BYTEA NOT NULL
credential.sealed_password BYTEA NOT NULL
credential.recorded_at BIGINT NOT NULL
credential credential_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
credential credential_pkey PRIMARY KEY (id)
CREATE INDEX credential_person ON credential USING btree (person_id, id)
CREATE UNIQUE INDEX credential_pkey ON credential USING btree (id)
delivery.id BYTEA NOT NULL
delivery.connection_id BYTEA NOT NULL
delivery.received_at BIGINT NOT NULL
delivery.sealed BYTEA
delivery.state BIGINT NOT NULL
delivery.done_at BIGINT
delivery delivery_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) DEFERRABLE INITIALLY DEFERRED
delivery delivery_pkey PRIMARY KEY (id)
CREATE INDEX delivery_waiting ON delivery USING btree (id) WHERE (state = 1)
CREATE UNIQUE INDEX delivery_pkey ON delivery USING btree (id)
draft.id BYTEA NOT NULL
draft.person_id BYTEA NOT NULL
draft.conversation_id BYTEA NOT NULL
draft.sealed_text BYTEA NOT NULL
draft.at BIGINT NOT NULL
draft draft_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id) DEFERRABLE INITIALLY DEFERRED
draft draft_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
draft draft_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX draft_pkey ON draft USING btree (id)
CREATE UNIQUE INDEX draft_place ON draft USING btree (person_id, conversation_id)
erased.object_id BYTEA NOT NULL
erased.erasure_id BYTEA NOT NULL
erased erased_pkey PRIMARY KEY (object_id)
CREATE UNIQUE INDEX erased_pkey ON erased USING btree (object_id)
erased_copy.filing_id BYTEA NOT NULL
erased_copy.erasure_id BYTEA NOT NULL
erased_copy.reference_id BYTEA NOT NULL
erased_copy.state BIGINT NOT NULL
erased_copy erased_copy_pkey PRIMARY KEY (filing_id)
CREATE INDEX erased_copy_erasure ON erased_copy USING btree (erasure_id, filing_id)
CREATE UNIQUE INDEX erased_copy_pkey ON erased_copy USING btree (filing_id)
erased_key.tree_id BYTEA NOT NULL
erased_key.first_index BIGINT NOT NULL
erased_key.last_index BIGINT NOT NULL
erased_key.erasure_id BYTEA NOT NULL
CREATE INDEX erased_key_erasure ON erased_key USING btree (erasure_id)
erasure.id BYTEA NOT NULL
erasure.target BIGINT NOT NULL
erasure.object_id BYTEA NOT NULL
erasure.reason BIGINT NOT NULL
erasure.sealed_authority BYTEA NOT NULL
erasure.recorded_at BIGINT NOT NULL
erasure erasure_pkey PRIMARY KEY (id)
CREATE INDEX erasure_object ON erasure USING btree (object_id, id)
CREATE UNIQUE INDEX erasure_pkey ON erasure USING btree (id)
erasure_attempt.id BYTEA NOT NULL
erasure_attempt.challenge_id BYTEA NOT NULL
erasure_attempt.erasure_id BYTEA NOT NULL
erasure_attempt.place BIGINT NOT NULL
erasure_attempt.backup_id BYTEA
erasure_attempt.outcome BIGINT NOT NULL
erasure_attempt.looked BIGINT NOT NULL
erasure_attempt.found BIGINT NOT NULL
erasure_attempt.opened BIGINT NOT NULL
erasure_attempt.recorded_at BIGINT NOT NULL
erasure_attempt erasure_attempt_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasure(id) DEFERRABLE INITIALLY DEFERRED
erasure_attempt erasure_attempt_pkey PRIMARY KEY (id)
CREATE INDEX erasure_attempt_challenge ON erasure_attempt USING btree (erasure_id, challenge_id, id)
CREATE UNIQUE INDEX erasure_attempt_pkey ON erasure_attempt USING btree (id)
erasure_final.id BYTEA NOT NULL
erasure_final.retirement_id BYTEA NOT NULL
erasure_final.recorded_at BIGINT NOT NULL
erasure_final erasure_final_id_fkey FOREIGN KEY (id) REFERENCES erasure(id) DEFERRABLE INITIALLY DEFERRED
erasure_final erasure_final_pkey PRIMARY KEY (id)
erasure_final erasure_final_retirement_id_fkey FOREIGN KEY (retirement_id) REFERENCES retirement(id) DEFERRABLE INITIALLY DEFERRED
CREATE UNIQUE INDEX erasure_final_pkey ON erasure_final USING btree (id)
erasure_kept.id BYTEA NOT NULL
erasure_kept.erasure_id BYTEA NOT NULL
erasure_kept.target BIGINT NOT NULL
erasure_kept.object_id BYTEA NOT NULL
erasure_kept.ground BIGINT NOT NULL
erasure_kept.hold_id BYTEA
erasure_kept.sealed_ground BYTEA
erasure_kept.recorded_at BIGINT NOT NULL
erasure_kept erasure_kept_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasure(id) DEFERRABLE INITIALLY DEFERRED
erasure_kept erasure_kept_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX erasure_kept_once ON erasure_kept USING btree (erasure_id, object_id)
CREATE UNIQUE INDEX erasure_kept_pkey ON erasure_kept USING btree (id)
erasure_live.id BYTEA NOT NULL
erasure_live.recorded_at BIGINT NOT NULL
erasure_live erasure_live_id_fkey FOREIGN KEY (id) REFERENCES erasure(id) DEFERRABLE INITIALLY DEFERRED
erasure_live erasure_live_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX erasure_live_pkey ON erasure_live USING btree (id)
erasure_lost.id BYTEA NOT NULL
erasure_lost.lost BIGINT NOT NULL
erasure_lost.erasure_id BYTEA NOT NULL
erasure_lost.target BIGINT
erasure_lost.object_id BYTEA
erasure_lost erasure_lost_pkey PRIMARY KEY (id)
CREATE INDEX erasure_lost_erasure ON erasure_lost USING btree (lost, erasure_id, id)
CREATE UNIQUE INDEX erasure_lost_pkey ON erasure_lost USING btree (id)
event.number BIGINT NOT NULL
event.kind BIGINT NOT NULL
event.conversation_id BYTEA
event.subject BYTEA
event.person_id BYTEA
event.at BIGINT NOT NULL
event event_pkey PRIMARY KEY (number)
CREATE UNIQUE INDEX event_pkey ON event USING btree (number)
filing.id BYTEA NOT NULL
filing.message_id BYTEA NOT NULL
filing.reference_id BYTEA NOT NULL
filing.person_id BYTEA NOT NULL
filing.recorded_at BIGINT NOT NULL
filing filing_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
filing filing_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
filing filing_pkey PRIMARY KEY (id)
filing filing_reference_id_fkey FOREIGN KEY (reference_id) REFERENCES reference(id) DEFERRABLE INITIALLY DEFERRED
CREATE INDEX filing_reference ON filing USING btree (reference_id)
CREATE UNIQUE INDEX filing_message ON filing USING btree (message_id, reference_id)
CREATE UNIQUE INDEX filing_pkey ON filing USING btree (id)
filing_step.id BYTEA NOT NULL
filing_step.filing_id BYTEA NOT NULL
filing_step.step BIGINT NOT NULL
filing_step.attempts BIGINT NOT NULL
filing_step.code BIGINT
filing_step.sealed_acknowledgement BYTEA
filing_step.at BIGINT NOT NULL
filing_step.recorded_at BIGINT NOT NULL
filing_step filing_step_filing_id_fkey FOREIGN KEY (filing_id) REFERENCES filing(id) DEFERRABLE INITIALLY DEFERRED
filing_step filing_step_pkey PRIMARY KEY (id)
CREATE INDEX filing_step_filing ON filing_step USING btree (filing_id, id)
CREATE UNIQUE INDEX filing_step_pkey ON filing_step USING btree (id)
gate.id BYTEA NOT NULL
gate.public_key BYTEA NOT NULL
gate.sealed_title BYTEA NOT NULL
gate.recorded_at BIGINT NOT NULL
gate gate_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX gate_pkey ON gate USING btree (id)
CREATE UNIQUE INDEX gate_public_key ON gate USING btree (public_key)
gate_authority.id BYTEA NOT NULL
gate_authority.sealed_authority BYTEA NOT NULL
gate_authority.recorded_at BIGINT NOT NULL
gate_authority gate_authority_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX gate_authority_pkey ON gate_authority USING btree (id)
gate_end.id BYTEA NOT NULL
gate_end.gate_id BYTEA NOT NULL
gate_end.recorded_at BIGINT NOT NULL
gate_end gate_end_gate_id_fkey FOREIGN KEY (gate_id) REFERENCES gate(id) DEFERRABLE INITIALLY DEFERRED
gate_end gate_end_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX gate_end_gate ON gate_end USING btree (gate_id)
CREATE UNIQUE INDEX gate_end_pkey ON gate_end USING btree (id)
gate_seen.gate_id BYTEA NOT NULL
gate_seen.seen_at BIGINT NOT NULL
gate_seen.clear_until BIGINT NOT NULL
gate_seen.certificate_until BIGINT NOT NULL
gate_seen gate_seen_gate_id_fkey FOREIGN KEY (gate_id) REFERENCES gate(id) DEFERRABLE INITIALLY DEFERRED
gate_seen gate_seen_pkey PRIMARY KEY (gate_id)
CREATE UNIQUE INDEX gate_seen_pkey ON gate_seen USING btree (gate_id)
hold.id BYTEA NOT NULL
hold.target BIGINT NOT NULL
hold.object_id BYTEA NOT NULL
hold.sealed_authority BYTEA NOT NULL
hold.recorded_at BIGINT NOT NULL
hold hold_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX hold_pkey ON hold USING btree (id)
hold_end.id BYTEA NOT NULL
hold_end.recorded_at BIGINT NOT NULL
hold_end hold_end_id_fkey FOREIGN KEY (id) REFERENCES hold(id) DEFERRABLE INITIALLY DEFERRED
hold_end hold_end_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX hold_end_pkey ON hold_end USING btree (id)
idempotency.key_hash BYTEA NOT NULL
idempotency.body_hash BYTEA NOT NULL
idempotency.subject BYTEA NOT NULL
idempotency.expires_at BIGINT NOT NULL
idempotency idempotency_pkey PRIMARY KEY (key_hash)
CREATE UNIQUE INDEX idempotency_pkey ON idempotency USING btree (key_hash)
identity.id BYTEA NOT NULL
identity.contact_id BYTEA NOT NULL
identity.kind BIGINT NOT NULL
identity.lookup BYTEA NOT NULL
identity.sealed_value BYTEA NOT NULL
identity.since BIGINT NOT NULL
identity.ended_at BIGINT
identity.recorded_at BIGINT NOT NULL
identity identity_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES contact(id) DEFERRABLE INITIALLY DEFERRED
identity identity_pkey PRIMARY KEY (id)
CREATE INDEX identity_contact ON identity USING btree (contact_id, id)
CREATE UNIQUE INDEX identity_living ON identity USING btree (kind, lookup) WHERE (ended_at IS NULL)
CREATE UNIQUE INDEX identity_pkey ON identity USING btree (id)
identity_end.id BYTEA NOT NULL
identity_end.ended_at BIGINT NOT NULL
identity_end.recorded_at BIGINT NOT NULL
identity_end identity_end_id_fkey FOREIGN KEY (id) REFERENCES identity(id) DEFERRABLE INITIALLY DEFERRED
identity_end identity_end_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX identity_end_pkey ON identity_end USING btree (id)
installation.id BIGINT NOT NULL
installation.installation_id BYTEA NOT NULL
installation.tree_id BYTEA NOT NULL
installation.purpose BIGINT NOT NULL
installation.opened_at BIGINT NOT NULL
installation.lookup_epoch BIGINT NOT NULL
installation installation_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX installation_pkey ON installation USING btree (id)
intake_item.delivery_id BYTEA NOT NULL
intake_item.position BIGINT NOT NULL
intake_item.kind TEXT NOT NULL
intake_item.outcome BIGINT NOT NULL
intake_item.at BIGINT NOT NULL
intake_item intake_item_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery(id) DEFERRABLE INITIALLY DEFERRED
intake_item intake_item_pkey PRIMARY KEY (delivery_id, "position")
CREATE UNIQUE INDEX intake_item_pkey ON intake_item USING btree (delivery_id, "position")
invite.id BYTEA NOT NULL
invite.token_hash BYTEA NOT NULL
invite.person_id BYTEA NOT NULL
invite.expires_at BIGINT NOT NULL
invite.used_at BIGINT
invite invite_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
invite invite_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX invite_pkey ON invite USING btree (id)
CREATE UNIQUE INDEX invite_token ON invite USING btree (token_hash)
job.id BYTEA NOT NULL
job.kind TEXT NOT NULL
job.subject BYTEA NOT NULL
job.run_at BIGINT NOT NULL
job.attempts BIGINT NOT NULL
job.node BYTEA
job.leased_until BIGINT
job.begun_at BIGINT
job job_pkey PRIMARY KEY (id)
CREATE INDEX job_due ON job USING btree (kind, run_at)
CREATE INDEX job_node ON job USING btree (node) WHERE (node IS NOT NULL)
CREATE UNIQUE INDEX job_pkey ON job USING btree (id)
CREATE UNIQUE INDEX job_subject ON job USING btree (kind, subject)
kept.id BYTEA NOT NULL
kept.connection_id BYTEA NOT NULL
kept.reason BIGINT NOT NULL
kept.sealed_raw BYTEA NOT NULL
kept.review_at BIGINT NOT NULL
kept.recorded_at BIGINT NOT NULL
kept.kind TEXT
kept.weight BIGINT NOT NULL
kept kept_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES connection(id) DEFERRABLE INITIALLY DEFERRED
kept kept_pkey PRIMARY KEY (id)
CREATE INDEX kept_told ON kept USING btree (weight, id) WHERE (kind IS NOT NULL)
CREATE UNIQUE INDEX kept_pkey ON kept USING btree (id)
leaf.number BIGINT NOT NULL
leaf.subject BYTEA NOT NULL
leaf.hash BYTEA NOT NULL
leaf.bytes BYTEA NOT NULL
leaf leaf_pkey PRIMARY KEY (number)
CREATE INDEX leaf_subject ON leaf USING btree (subject, number)
CREATE UNIQUE INDEX leaf_pkey ON leaf USING btree (number)
lease.name TEXT NOT NULL
lease.owner BYTEA NOT NULL
lease.fence BIGINT NOT NULL
lease.leased_until BIGINT NOT NULL
lease lease_pkey PRIMARY KEY (name)
CREATE UNIQUE INDEX lease_pkey ON lease USING btree (name)
log_head.id BIGINT NOT NULL
log_head.size BIGINT NOT NULL
log_head.frontier BYTEA NOT NULL
log_head.root BYTEA NOT NULL
log_head.event_number BIGINT NOT NULL
log_head.fence BIGINT NOT NULL
log_head log_head_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX log_head_pkey ON log_head USING btree (id)
message.id BYTEA NOT NULL
message.conversation_id BYTEA NOT NULL
message.direction BIGINT NOT NULL
message.kind BIGINT NOT NULL
message.author_id BYTEA
message.refers_hash BYTEA
message.occurred_at BIGINT NOT NULL
message.provider_hash BYTEA
message.sealed_body BYTEA NOT NULL
message.sealed_raw BYTEA
message.sealed_provider_id BYTEA
message.recorded_at BIGINT NOT NULL
message.mark BYTEA
message.origin BIGINT NOT NULL
message message_author_id_fkey FOREIGN KEY (author_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
message message_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id) DEFERRABLE INITIALLY DEFERRED
message message_pkey PRIMARY KEY (id)
CREATE INDEX message_conversation ON message USING btree (conversation_id, occurred_at, id, direction, recorded_at, substr(provider_hash, 1, 8))
CREATE INDEX message_refers ON message USING btree (refers_hash) WHERE (refers_hash IS NOT NULL)
CREATE UNIQUE INDEX message_pkey ON message USING btree (id)
pace.subject BYTEA NOT NULL
pace.until BIGINT NOT NULL
pace pace_pkey PRIMARY KEY (subject)
CREATE UNIQUE INDEX pace_pkey ON pace USING btree (subject)
pending_event.id BYTEA NOT NULL
pending_event.kind BIGINT NOT NULL
pending_event.conversation_id BYTEA
pending_event.subject BYTEA
pending_event.person_id BYTEA
pending_event.at BIGINT NOT NULL
pending_event pending_event_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX pending_event_pkey ON pending_event USING btree (id)
pending_leaf.id BYTEA NOT NULL
pending_leaf.subject BYTEA NOT NULL
pending_leaf.bytes BYTEA NOT NULL
pending_leaf pending_leaf_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX pending_leaf_pkey ON pending_leaf USING btree (id)
person.id BYTEA NOT NULL
person.tree_id BYTEA NOT NULL
person.lookup BYTEA NOT NULL
person.sealed_name BYTEA NOT NULL
person.recorded_at BIGINT NOT NULL
person person_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX person_lookup ON person USING btree (lookup)
CREATE UNIQUE INDEX person_pkey ON person USING btree (id)
person_state.id BYTEA NOT NULL
person_state.person_id BYTEA NOT NULL
person_state.state BIGINT NOT NULL
person_state.roles BIGINT NOT NULL
person_state.recorded_at BIGINT NOT NULL
person_state person_state_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
person_state person_state_pkey PRIMARY KEY (id)
CREATE INDEX person_state_person ON person_state USING btree (person_id, id)
CREATE UNIQUE INDEX person_state_pkey ON person_state USING btree (id)
postponed.delivery_id BYTEA NOT NULL
postponed.reason BIGINT NOT NULL
postponed.failures BIGINT NOT NULL
postponed.since BIGINT NOT NULL
postponed.try_at BIGINT NOT NULL
postponed postponed_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery(id) DEFERRABLE INITIALLY DEFERRED
postponed postponed_pkey PRIMARY KEY (delivery_id)
CREATE UNIQUE INDEX postponed_pkey ON postponed USING btree (delivery_id)
read_mark.person_id BYTEA NOT NULL
read_mark.conversation_id BYTEA NOT NULL
read_mark.at BIGINT NOT NULL
read_mark read_mark_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES conversation(id) DEFERRABLE INITIALLY DEFERRED
read_mark read_mark_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
read_mark read_mark_pkey PRIMARY KEY (person_id, conversation_id)
CREATE UNIQUE INDEX read_mark_pkey ON read_mark USING btree (person_id, conversation_id)
reading.session_id BYTEA NOT NULL
reading.purpose BIGINT NOT NULL
reading.object BYTEA NOT NULL
reading.at BIGINT NOT NULL
reading reading_pkey PRIMARY KEY (session_id, purpose, object)
CREATE INDEX reading_object ON reading USING btree (object, at)
CREATE UNIQUE INDEX reading_pkey ON reading USING btree (session_id, purpose, object)
reference.id BYTEA NOT NULL
reference.system TEXT NOT NULL
reference.kind TEXT NOT NULL
reference.lookup BYTEA NOT NULL
reference.sealed_value BYTEA NOT NULL
reference.recorded_at BIGINT NOT NULL
reference reference_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX reference_lookup ON reference USING btree (system, kind, lookup)
CREATE UNIQUE INDEX reference_pkey ON reference USING btree (id)
retirement.id BYTEA NOT NULL
retirement.epoch BIGINT NOT NULL
retirement.final_before BIGINT NOT NULL
retirement.sealed_authority BYTEA NOT NULL
retirement.recorded_at BIGINT NOT NULL
retirement retirement_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX retirement_epoch ON retirement USING btree (epoch)
CREATE UNIQUE INDEX retirement_pkey ON retirement USING btree (id)
retirement_step.id BYTEA NOT NULL
retirement_step.retirement_id BYTEA NOT NULL
retirement_step.step BIGINT NOT NULL
retirement_step.recorded_at BIGINT NOT NULL
retirement_step retirement_step_pkey PRIMARY KEY (id)
retirement_step retirement_step_retirement_id_fkey FOREIGN KEY (retirement_id) REFERENCES retirement(id) DEFERRABLE INITIALLY DEFERRED
CREATE UNIQUE INDEX retirement_step_once ON retirement_step USING btree (retirement_id, step)
CREATE UNIQUE INDEX retirement_step_pkey ON retirement_step USING btree (id)
seen.mark BYTEA NOT NULL
seen.at BIGINT
seen seen_pkey PRIMARY KEY (mark)
CREATE INDEX seen_at ON seen USING btree (at) WHERE (at IS NOT NULL)
CREATE UNIQUE INDEX seen_pkey ON seen USING btree (mark)
session.id BYTEA NOT NULL
session.token_hash BYTEA NOT NULL
session.person_id BYTEA NOT NULL
session.opened_at BIGINT NOT NULL
session.seen_at BIGINT NOT NULL
session.expires_at BIGINT NOT NULL
session.ended_at BIGINT
session session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
session session_pkey PRIMARY KEY (id)
CREATE INDEX session_person ON session USING btree (person_id)
CREATE UNIQUE INDEX session_pkey ON session USING btree (id)
CREATE UNIQUE INDEX session_token ON session USING btree (token_hash)
team.id BYTEA NOT NULL
team.sealed_title BYTEA NOT NULL
team.recorded_at BIGINT NOT NULL
team team_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX team_pkey ON team USING btree (id)
team_member.id BYTEA NOT NULL
team_member.team_id BYTEA NOT NULL
team_member.person_id BYTEA NOT NULL
team_member.present BIGINT NOT NULL
team_member.recorded_at BIGINT NOT NULL
team_member team_member_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
team_member team_member_pkey PRIMARY KEY (id)
team_member team_member_team_id_fkey FOREIGN KEY (team_id) REFERENCES team(id) DEFERRABLE INITIALLY DEFERRED
CREATE INDEX team_member_person ON team_member USING btree (person_id, team_id, id)
CREATE UNIQUE INDEX team_member_pkey ON team_member USING btree (id)
throttle.subject BYTEA NOT NULL
throttle.failures BIGINT NOT NULL
throttle.blocked_until BIGINT NOT NULL
throttle.at BIGINT NOT NULL
throttle throttle_pkey PRIMARY KEY (subject)
CREATE UNIQUE INDEX throttle_pkey ON throttle USING btree (subject)
tick.id BYTEA NOT NULL
tick.message_id BYTEA
tick.provider_hash BYTEA
tick.state BIGINT NOT NULL
tick.at BIGINT NOT NULL
tick.code BIGINT
tick.sealed_about BYTEA
tick.recorded_at BIGINT NOT NULL
tick tick_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED
tick tick_pkey PRIMARY KEY (id)
CREATE INDEX tick_message ON tick USING btree (message_id)
CREATE INDEX tick_provider ON tick USING btree (provider_hash)
CREATE UNIQUE INDEX tick_pkey ON tick USING btree (id)
withdrawal_step.id BYTEA NOT NULL
withdrawal_step.filing_id BYTEA NOT NULL
withdrawal_step.step BIGINT NOT NULL
withdrawal_step.attempts BIGINT NOT NULL
withdrawal_step.code BIGINT
withdrawal_step.at BIGINT NOT NULL
withdrawal_step.recorded_at BIGINT NOT NULL
withdrawal_step withdrawal_step_pkey PRIMARY KEY (id)
CREATE UNIQUE INDEX withdrawal_step_once ON withdrawal_step USING btree (filing_id, step)
CREATE UNIQUE INDEX withdrawal_step_pkey ON withdrawal_step USING btree (id)
